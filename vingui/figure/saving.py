"""Figures as files and as pictures."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import matplotlib.style
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import NDArray
from PIL import Image

from vingui import __version__
from vingui.core.embedding import KEY, SOFTWARE, recipe_element, xmp_packet
from vingui.core.errors import VinguiError
from vingui.core.files import brief, replacing
from vingui.core.recipe import Recipe
from vingui.core.run import Run
from vingui.figure.drawing import Drawn, drawn
from vingui.figure.fonts import pdf_font_type
from vingui.figure.lettering import one_line
from vingui.figure.options import SUFFIXES, FigureOptions
from vingui.figure.svg import shortened

_SETTINGS: Final[dict[Any, Any]] = {
    "svg.hashsalt": "vingui",
    "svg.fonttype": "path",
    "pdf.compression": 6,
}
"""Files of vectors that are the same each time, with letters as they were measured."""

_WEBP_SIDE: Final = 16383
_MAKER: Final = f"{SOFTWARE} {__version__}"


def picture_of(
    run: Run, options: FigureOptions, *, name: str = "", most_pixels: int | None = None
) -> NDArray[np.uint8]:
    """A figure as a picture, for previews and the clipboard.

    Args:
        run: what is shown.
        options: what can be chosen.
        name: of the map, for the caption; empty for none.
        most_pixels: where the figure has more it is drawn coarser; `None` for no matter how many.

    Returns:
        `(height, width, 4)` uint8 RGBA.

    Raises:
        VinguiError: the figure cannot be drawn.
    """
    return pixels_of(drawn(run, options, name=name, vector=False).figure, most_pixels)


def save_figure(
    run: Run, path: Path, options: FigureOptions, *, name: str = "", recipe: Recipe | None
) -> None:
    """Draw a run and write the figure, whole or not at all.

    The same run and options make the same bytes.

    Args:
        run: the run.
        path: the file, whose suffix is one of `SUFFIXES`.
        options: what can be chosen.
        name: of the map, for the caption; empty for none.
        recipe: what the file is made again from, which it then carries.

    Raises:
        VinguiError: the figure cannot be drawn, or the file not written.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise VinguiError(
            f"Expected a figure's file to end in {', '.join(SUFFIXES)}, "
            f"received {brief(path.suffix)}"
        )
    made = drawn(run, options, name=name, vector=suffix in (".svg", ".pdf"))
    about = _About(
        title=one_line(options.title or name or "Figure", limit=200),
        words=made.words,
        recipe=recipe.encoded() if recipe is not None else "",
    )
    with replacing(path) as temporary:
        temporary.write_bytes(_WRITERS[suffix](made, about, options))


@dataclass(frozen=True)
class _About:
    """What a file says of itself."""

    title: str
    words: str
    recipe: str


def _png(made: Drawn, about: _About, options: FigureOptions) -> bytes:
    from PIL.PngImagePlugin import PngInfo

    texts = PngInfo()
    texts.add_text("Software", _MAKER)
    texts.add_itxt("Title", about.title)
    texts.add_itxt("Description", about.words)
    if about.recipe:
        texts.add_text(KEY, about.recipe, zip=True)
    file = io.BytesIO()
    resolution = (options.dpi, options.dpi)
    _image(made, options).save(file, "PNG", pnginfo=texts, dpi=resolution)
    return file.getvalue()


def _webp(made: Drawn, about: _About, options: FigureOptions) -> bytes:
    width, height = made.figure.canvas.get_width_height()
    if max(width, height) > _WEBP_SIDE:
        raise VinguiError(
            f"Expected at most {_WEBP_SIDE:,} pixels a side in a WebP, "
            f"received {width:,} x {height:,}; take less dpi"
        )
    file = io.BytesIO()
    xmp = {"xmp": xmp_packet(about.recipe)} if about.recipe else {}
    _image(made, options).save(file, "WEBP", lossless=True, quality=60, method=3, **xmp)
    return file.getvalue()


def _svg(made: Drawn, about: _About, options: FigureOptions) -> bytes:
    metadata = {
        "Title": about.title,
        "Description": about.words,
        "Creator": _MAKER,
        "Date": None,
    }
    written = shortened(_vectors(made.figure, "svg", metadata))
    if not about.recipe:
        return written
    return written.replace(
        b"<metadata>", b"<metadata>\n  " + recipe_element(about.recipe).encode(), 1
    )


def _pdf(made: Drawn, about: _About, options: FigureOptions) -> bytes:
    metadata = {
        "Title": about.title,
        "Subject": about.words,
        "Keywords": about.recipe or None,
        "Creator": _MAKER,
        "CreationDate": None,
    }
    return _vectors(made.figure, "pdf", metadata)


_WRITERS: Final = {".png": _png, ".webp": _webp, ".svg": _svg, ".pdf": _pdf}


def _vectors(figure: Figure, kind: str, metadata: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    texts: list[Any] = figure.findobj(Text)
    names = {name for text in texts for name in text.get_fontfamily()}
    settings = _SETTINGS | {"pdf.fonttype": pdf_font_type(names)}
    with matplotlib.style.context("default"), mpl.rc_context(settings):
        figure.savefig(file, format=kind, metadata=metadata)
    return file.getvalue()


def _image(made: Drawn, options: FigureOptions) -> Image.Image:
    pixels = pixels_of(made.figure)
    if options.background != "transparent":
        pixels = pixels[..., :3]
    return Image.fromarray(np.ascontiguousarray(pixels))


def pixels_of(figure: Figure, most_pixels: int | None = None) -> NDArray[np.uint8]:
    """What a figure looks like.

    Args:
        figure: as `draw_figure` makes it.
        most_pixels: where it has more it is drawn coarser; `None` for no matter how many.

    Returns:
        `(height, width, 4)` uint8 RGBA.
    """
    width, height = figure.canvas.get_width_height()
    if most_pixels is not None and width * height > most_pixels:
        figure.set_dpi(figure.dpi * (most_pixels / (width * height)) ** 0.5)
    canvas: Any = FigureCanvasAgg(figure)
    with matplotlib.style.context("default"):
        canvas.draw()
    return np.array(canvas.buffer_rgba())
