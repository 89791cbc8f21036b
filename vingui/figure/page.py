"""The Matplotlib figure that everything is drawn on, and the style it is drawn in."""

import io
from contextlib import AbstractContextManager
from typing import Any, Final

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.text import Text
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.figure.context import DrawContext, Sizes
from vingui.figure.fonts import families
from vingui.figure.layout import Box
from vingui.figure.theme import Theme

MOST_PIXELS: Final = 100_000_000
MOST_SIDE: Final = 2**16 - 1
"""Limits of a page: for memory, and because Matplotlib draws no longer sides."""

TICK: Final = 0.3
PAD: Final = 0.3
"""Lengths of ticks and of the gaps beside them, in sizes of the body text."""

_VECTOR_SIDE: Final = 1600
"""Pixels to which the pictures in vector files are enlarged, if their cells allow it."""

_DIGIT_MIDDLE: Final = 0.365
"""Height of the middle of digits and capitals above the baseline, in letter sizes."""

_ROUNDING: Final = 1e-5
"""Pixels added to a page's sides, because rounding down would make some a pixel shorter."""


class PageFigure(Figure):
    """A figure that a notebook shows, though no window of Matplotlib does."""

    def _repr_png_(self) -> bytes:
        return png_of(self)


def png_of(figure: Figure) -> bytes:
    """Return a figure as the content of a PNG file, with its own resolution."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=figure.dpi)
    return file.getvalue()


class CellImage(AxesImage):
    """The cells of a map as a picture that fills its axes.

    Where a cell is a whole number of pixels, these are repeated: the result is that of
    Matplotlib's resampling, in a tenth of the time.

    Args:
        axes: the axes, whose data coordinates are cells.
        shape: rows and columns of the map.
        vector: whether the figure is drawn as vectors. Cells are enlarged for these, because many
            viewers smear small pictures.
    """

    def __init__(self, axes: Axes, shape: tuple[int, int], *, vector: bool) -> None:
        self._ends = [(0, shape[0]), (shape[1], 0)]
        self._repeats = max(_VECTOR_SIDE // max(shape), 1) if vector else 1
        super().__init__(
            axes,
            extent=(0, shape[1], shape[0], 0),
            origin="upper",
            interpolation="none" if vector else "auto",
            interpolation_stage="rgba",
            zorder=1,
        )
        axes.add_image(self)

    def set_cells(self, colours: NDArray[np.uint8]) -> None:
        """Set the colours, `(rows, cols, 3)` RGB."""
        times = self._repeats
        self.set_data(colours.repeat(times, axis=0).repeat(times, axis=1))

    def make_image(self, renderer: Any, magnification: float = 1.0, unsampled: bool = False) -> Any:
        """The picture as a renderer wants it (see `matplotlib.image`)."""
        rows, cols = self.get_size()
        ends = self.get_transform().transform(self._ends)
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
    """A figure of a size in whole pixels.

    Args:
        width: its width in pixels.
        height: its height in pixels.
        context: what is drawn.
        vector: whether it is drawn as vectors.

    Raises:
        VinguiError: the page is too large.

    Attributes:
        figure: a figure that Matplotlib's pyplot does not know of.
        pixels: transforms x, y in pixels from the upper left corner.
        context: what is drawn.
        vector: whether it is drawn as vectors.
    """

    def __init__(self, width: int, height: int, context: DrawContext, *, vector: bool) -> None:
        if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
            raise VinguiError(
                f"This page would have {width:,} x {height:,} pixels, and at most "
                f"{MOST_PIXELS // 10**6} megapixels with sides of at most {MOST_SIDE:,} can be "
                "drawn; choose a lower dpi, a narrower page or fewer columns"
            )
        options, dpi = context.options, context.options.dpi
        self.vector, self.context = vector, context
        self._width, self._height = width, height
        rounding = 0.0 if vector else _ROUNDING
        size = ((width + rounding) / dpi, (height + rounding) / dpi)
        paper = "none" if options.background == "transparent" else context.theme.paper
        self.figure = PageFigure(figsize=size, dpi=dpi, facecolor=paper)
        FigureCanvasAgg(self.figure)
        to_fraction = Affine2D().scale(1 / width, -1 / height).translate(0, 1)
        self.pixels = to_fraction + self.figure.transFigure

    def axes(self, box: Box) -> Axes:
        """Add axes that fill a box."""
        width, height = self._width, self._height
        place = (box.left / width, 1 - box.bottom / height, box.width / width, box.height / height)
        return self.figure.add_axes(place, facecolor="none")

    def write(self, text: str, x: float, y: float, *, size: float, bold: bool = False) -> Text:
        """Write a line whose left end and middle are at a point given in pixels."""
        baseline = y + _DIGIT_MIDDLE * self.context.sizes.pt(size)
        return self.figure.text(
            x,
            baseline,
            text,
            fontsize=size,
            fontweight="bold" if bold else "normal",
            transform=self.pixels,
        )


def figure_style(context: DrawContext, name: str) -> AbstractContextManager[None]:
    """The style of a figure of a run, as of `page_style`.

    Args:
        context: what the figure is drawn from.
        name: the map's name; empty for none.
    """
    options = context.options
    texts = (options.title, options.caption or "", options.bar_label, name, context.run.model)
    return page_style(context.sizes, context.theme, "".join(texts))


def page_style(sizes: Sizes, theme: Theme, text: str) -> AbstractContextManager[None]:
    """The figure's fonts, lines and colours, in place of the user's Matplotlib style.

    Args:
        sizes: the sizes of letters and lines.
        theme: the colours.
        text: all that is written in it, for which fonts are chosen.
    """
    style: dict[str, Any] = {
        "font.family": families(text),
        "font.size": sizes.small,
        "text.color": theme.text,
        "text.parse_math": False,
        "axes.edgecolor": theme.frame,
        "axes.labelcolor": theme.muted,
        "axes.labelpad": PAD * sizes.font_size,
        "axes.labelsize": sizes.small,
        "axes.linewidth": sizes.hairline,
        "axes.titlelocation": "left",
        "axes.titlesize": sizes.heading,
        "axes.titleweight": "bold",
        "axes.titley": 1.0,
        "grid.color": theme.grid,
        "grid.linewidth": sizes.hairline,
        "hatch.linewidth": 0.5,
        "legend.frameon": False,
        "legend.fontsize": sizes.small,
    }
    for axis in ("xtick", "ytick"):
        style |= {
            f"{axis}.color": theme.frame,
            f"{axis}.labelcolor": theme.muted,
            f"{axis}.labelsize": sizes.small,
            f"{axis}.major.pad": PAD * sizes.font_size,
            f"{axis}.major.size": TICK * sizes.font_size,
            f"{axis}.major.width": sizes.hairline,
        }
    return matplotlib.style.context(["default", style])
