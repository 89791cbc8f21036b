"""The page: what is drawn on it, in its pixels from the upper left corner, y downwards."""

from typing import Any, Final, Literal

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.path import Path
from matplotlib.text import Text
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.figure.layout import Box
from vingui.figure.lettering import font
from vingui.figure.shapes import Shape, Shapes, rectangle
from vingui.figure.sizes import Sizes

MOST_PIXELS: Final = 100_000_000
MOST_SIDE: Final = 2**16 - 1
"""Of pages: Matplotlib draws no longer sides, and memory is bounded."""

_ENLARGED: Final = 1600
"""Pixels that the sides of a picture in a file of vectors have, if cells can be enlarged to it."""

_MIDDLE: Final = 0.365
"""How high the middle of digits and capitals is above the baseline, in sizes of the letters."""

_HAIR: Final = 1e-5
"""Of a pixel: so much larger are pages, or rounding would take a pixel from some."""


class _Picture(AxesImage):
    """A picture that fills a box of a page.

    Where its pixels are whole numbers of the page's, these are repeated: it is what resampling
    comes to, in a tenth of the time.
    """

    def __init__(self, axes: Axes, box: Box, *, vector: bool) -> None:
        super().__init__(
            axes,
            extent=(box.left, box.right, box.bottom, box.top),
            origin="upper",
            interpolation="none" if vector else "auto",
            interpolation_stage="rgba",
        )
        self._box = box

    def make_image(self, renderer: Any, magnification: float = 1.0, unsampled: bool = False) -> Any:
        """The picture as a renderer wants it: its pixels, its place, and what to do with it."""
        rows, cols = self.get_size()
        ends = self.get_transform().transform(
            [(self._box.left, self._box.bottom), (self._box.right, self._box.top)]
        )
        (left, bottom), (right, top) = np.rint(ends).astype(int).tolist()
        high, wide = divmod(top - bottom, rows), divmod(right - left, cols)
        whole = not (high[1] or wide[1]) and np.abs(ends - np.rint(ends)).max() < 1e-3
        if unsampled or magnification != 1 or not whole or not (high[0] and wide[0]):
            return super().make_image(renderer, magnification, unsampled)
        colours = np.full((rows, cols, 4), 255, np.uint8)
        colours[..., :3] = np.asarray(self.get_array())
        large = colours[::-1].repeat(wide[0], axis=1).repeat(high[0], axis=0)
        return large, left, bottom, None


class Page:
    """A figure of a size in pixels, on which artists lie over each other as they are added.

    Args:
        width: in pixels.
        height: in pixels.
        sizes: of its letters and lengths.
        colour: behind everything; "none" for nothing.
        vector: whether it is drawn as vectors: cells of pictures are enlarged then, as many
            viewers would smear them.

    Raises:
        VinguiError: it is too large.

    Attributes:
        figure: a figure of its own, which no other part of Matplotlib knows of.
        artists: all that lies on it, in the order of drawing.
        sizes: of its letters and lengths.
        vector: whether it is drawn as vectors.
    """

    def __init__(
        self, width: int, height: int, sizes: Sizes, *, colour: str, vector: bool = False
    ) -> None:
        if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
            raise VinguiError(
                f"Expected a page of at most {MOST_PIXELS // 10**6} megapixels with sides of at "
                f"most {MOST_SIDE:,}, received {width:,} x {height:,} pixels; take less dpi, "
                "width or columns"
            )
        dpi = sizes.dpi
        self.width, self.height, self.sizes, self.vector = width, height, sizes, vector
        hair = 0.0 if vector else _HAIR
        size = ((width + hair) / dpi, (height + hair) / dpi)
        self.figure = Figure(figsize=size, dpi=dpi, facecolor=colour)
        FigureCanvasAgg(self.figure)
        self.artists: list[Artist] = []
        self._axes: Axes = self.figure.add_axes((0, 0, 1, 1))
        self._axes.set_axis_off()
        self._axes.set(xlim=(0, width), ylim=(height, 0))

    def shapes(
        self, shapes: list[Shape], *, within: Box | None = None, snap: bool | None = None
    ) -> Shapes:
        """Draw paths.

        Args:
            shapes: the paths.
            within: a box at whose edges they are cut off.
            snap: whether level and upright lines are moved onto pixels; `None` for where they are
                few.
        """
        artist: Shapes = self._add(Shapes(shapes, snap=snap))
        if within is not None:
            box = rectangle(within.left, within.top, within.width, within.height)
            self.cut(artist, box)
        return artist

    def cut(self, artist: Artist, outline: Path) -> None:
        """Cut off what lies outside of an outline."""
        artist.set_clip_on(True)
        artist.set_clip_path(outline, self._axes.transData)

    def text(
        self,
        words: str,
        x: float,
        y: float,
        *,
        size: float,
        colour: str,
        bold: bool = False,
        ha: Literal["left", "center", "right"] = "left",
        va: Literal["baseline", "middle"] = "baseline",
        rotation: float = 0,
    ) -> Text:
        """Write one line.

        Args:
            words: of characters that fonts have; written anew later, of those of the one font.
            x: of the line's left, middle or right.
            y: of its baseline or of the middle of its digits.
            size: in points.
            colour: of the letters.
            bold: whether they are.
            ha: "left", "center" or "right".
            va: "baseline", or "middle" of digits and capitals.
            rotation: in degrees against the clock; x and y are of its middle then.
        """
        if not rotation and va == "middle":
            y += _MIDDLE * self.sizes.pt(size)
        artist = Text(
            x,
            y,
            words,
            color=colour,
            fontproperties=font(size, words, bold=bold),
            horizontalalignment=ha,
            verticalalignment="center" if rotation else "baseline",
            rotation=rotation,
            parse_math=False,
        )
        self._add(artist)
        return artist

    def picture(self, box: Box) -> AxesImage:
        """A picture that fills a box; `fill` gives it its pixels."""
        return self._add(_Picture(self._axes, box, vector=self.vector))  # type: ignore[no-any-return]

    def fill(self, picture: AxesImage, colours: NDArray[np.uint8]) -> None:
        """Give a picture its pixels.

        Args:
            picture: of this page.
            colours: `(rows, cols, 3)` RGB.
        """
        if self.vector:
            times = max(_ENLARGED // max(colours.shape[:2]), 1)
            colours = colours.repeat(times, axis=0).repeat(times, axis=1)
        picture.set_data(colours)

    def _add(self, artist: Any) -> Any:
        artist.set_zorder(len(self.artists))
        self._axes.add_artist(artist)
        artist.set_clip_on(False)
        self.artists.append(artist)
        return artist
