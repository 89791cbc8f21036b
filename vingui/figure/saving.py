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
from vingui.core.files import replacing, shown
from vingui.core.recipe import Recipe
from vingui.core.run import Run
from vingui.figure.compose import DrawnFigure, draw_figure
from vingui.figure.fonts import pdf_font_type
from vingui.figure.options import SUFFIXES, FigureOptions
from vingui.figure.svg import shortened
from vingui.figure.text_layout import one_line

_SETTINGS: Final[dict[Any, Any]] = {
    "svg.hashsalt": "vingui",
    "svg.fonttype": "path",
    "pdf.compression": 6,
}
"""Vector files are the same each time; letters are as wide as they were measured."""

_WEBP_SIDE: Final = 16383
_MAKER: Final = f"{SOFTWARE} {__version__}"


def save_figure(
    run: Run, path: Path, options: FigureOptions, *, name: str = "", recipe: Recipe | None
) -> None:
    """Draw a run and write the figure, whole or not at all.

    The same run and options make the same bytes.

    Args:
        run: the run.
        path: the file, whose suffix is one of `SUFFIXES`.
        options: of the figure.
        name: of the map, for the caption; empty for none.
        recipe: embedded in the file, so that it can be made again.

    Raises:
        VinguiError: the figure cannot be drawn, or the file not written.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise VinguiError(
            f"{shown(path)}: a figure's file name has to end in {', '.join(SUFFIXES[:-1])} "
            f"or {SUFFIXES[-1]}"
        )
    drawn = draw_figure(run, options, name=name, vector=suffix in (".svg", ".pdf"))
    metadata = _Metadata(
        title=one_line(options.title or name or "Figure", limit=200),
        caption=drawn.caption,
        recipe=recipe.encoded() if recipe is not None else "",
    )
    with replacing(path) as temporary:
        temporary.write_bytes(_WRITERS[suffix](drawn, metadata, options))


@dataclass(frozen=True)
class _Metadata:
    """Texts that a file carries."""

    title: str
    caption: str
    recipe: str


def _png(drawn: DrawnFigure, texts: _Metadata, options: FigureOptions) -> bytes:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Software", _MAKER)
    info.add_itxt("Title", texts.title)
    info.add_itxt("Description", texts.caption)
    if texts.recipe:
        info.add_text(KEY, texts.recipe, zip=True)
    file = io.BytesIO()
    resolution = (options.dpi, options.dpi)
    _image(drawn, options).save(file, "PNG", pnginfo=info, dpi=resolution)
    return file.getvalue()


def _webp(drawn: DrawnFigure, texts: _Metadata, options: FigureOptions) -> bytes:
    width, height = drawn.figure.canvas.get_width_height()
    if max(width, height) > _WEBP_SIDE:
        raise VinguiError(
            f"A WebP has sides of at most {_WEBP_SIDE:,} pixels, and this figure has "
            f"{width:,} x {height:,}; choose a lower dpi or another format"
        )
    file = io.BytesIO()
    xmp = {"xmp": xmp_packet(texts.recipe)} if texts.recipe else {}
    _image(drawn, options).save(file, "WEBP", lossless=True, quality=60, method=3, **xmp)
    return file.getvalue()


def _svg(drawn: DrawnFigure, texts: _Metadata, options: FigureOptions) -> bytes:
    metadata = {
        "Title": texts.title,
        "Description": texts.caption,
        "Creator": _MAKER,
        "Date": None,
    }
    written = shortened(_vectors(drawn.figure, "svg", metadata))
    if not texts.recipe:
        return written
    return written.replace(
        b"<metadata>", b"<metadata>\n  " + recipe_element(texts.recipe).encode(), 1
    )


def _pdf(drawn: DrawnFigure, texts: _Metadata, options: FigureOptions) -> bytes:
    metadata = {
        "Title": texts.title,
        "Subject": texts.caption,
        "Keywords": texts.recipe or None,
        "Creator": _MAKER,
        "CreationDate": None,
    }
    return _vectors(drawn.figure, "pdf", metadata)


_WRITERS: Final = {".png": _png, ".webp": _webp, ".svg": _svg, ".pdf": _pdf}


def _vectors(figure: Figure, kind: str, metadata: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    texts: list[Any] = figure.findobj(Text)
    names = {name for text in texts for name in text.get_fontfamily()}
    settings = _SETTINGS | {"pdf.fonttype": pdf_font_type(names)}
    with matplotlib.style.context("default"), mpl.rc_context(settings):
        figure.savefig(file, format=kind, metadata=metadata)
    return file.getvalue()


def _image(drawn: DrawnFigure, options: FigureOptions) -> Image.Image:
    pixels = pixels_of(drawn.figure)
    if options.background != "transparent":
        pixels = pixels[..., :3]
    return Image.fromarray(np.ascontiguousarray(pixels))


def pixels_of(figure: Figure, most_pixels: int | None = None) -> NDArray[np.uint8]:
    """Draw a figure as a picture.

    Args:
        figure: as from `draw_figure`.
        most_pixels: a figure with more is drawn at a lower dpi; `None` for no limit.

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
