"""Figures as files and as pictures."""

import io
from collections.abc import Mapping
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
from PIL.PngImagePlugin import PngInfo

from vingui.core.embedding import KEY, SOFTWARE, recipe_element, xmp_packet
from vingui.core.errors import VinguiError
from vingui.core.files import replacing
from vingui.core.recipe import Recipe
from vingui.core.run import Run
from vingui.figure.checks import checked_suffix
from vingui.figure.compose import draw_figure
from vingui.figure.fonts import pdf_font_type
from vingui.figure.options import SUFFIXES, FigureOptions
from vingui.figure.text_layout import one_line
from vingui.version import VERSION

_SETTINGS: Final[dict[Any, Any]] = {
    "svg.hashsalt": "vingui",
    "svg.fonttype": "path",
    "pdf.compression": 6,
}
"""For vector files with the same bytes each time, and letters as wide as they were measured."""

_WEBP_SIDE: Final = 16383
_LONGEST_PACKED: Final = 1 << 20
_MAKER: Final = f"{SOFTWARE} {VERSION}"


def save_figure(
    run: Run,
    path: Path,
    options: FigureOptions,
    *,
    name: str = "",
    recipe: Recipe | None,
    training: Mapping[str, Any] | None = None,
) -> None:
    """Draw a run and write the figure, whole or not at all.

    The same run and options make the same bytes.

    Args:
        run: the run.
        path: the file, whose suffix is one of `SUFFIXES`.
        options: the figure's options.
        name: the map's name, for the caption; empty for none.
        recipe: embedded in the file, so that it can be made again.
        training: the settings of the model's training, for the caption; `None` if unknown.

    Raises:
        VinguiError: the figure cannot be drawn, or the file not written.
    """
    suffix = checked_suffix(path, SUFFIXES, "figure")
    is_vector = suffix in (".svg", ".pdf")
    drawn = draw_figure(run, options, name=name, vector=is_vector, training=training)
    title = one_line(options.title or name or "Figure", limit=200)
    encoded = recipe.encoded() if recipe is not None else ""
    write_drawing(drawn.figure, path, options, title=title, caption=drawn.caption, recipe=encoded)


def write_drawing(
    figure: Figure,
    path: Path,
    options: FigureOptions,
    *,
    title: str,
    caption: str,
    recipe: str = "",
) -> None:
    """Write what Matplotlib has drawn, whole or not at all.

    Args:
        figure: the figure.
        path: the file, whose suffix is one of `SUFFIXES`.
        options: the figure's options.
        title: its title in the file.
        caption: its description in the file.
        recipe: the encoded recipe in the file; empty for none.

    Raises:
        VinguiError: the file cannot be written.
    """
    suffix = path.suffix.lower()
    with replacing(path) as temporary:
        if suffix in (".svg", ".pdf"):
            data = _vectors(figure, suffix, title, caption, recipe)
        else:
            data = _picture(figure, suffix, title, caption, recipe, options)
        temporary.write_bytes(data)


def _picture(
    figure: Figure, suffix: str, title: str, caption: str, recipe: str, options: FigureOptions
) -> bytes:
    """A figure as PNG or WebP."""
    pixels = pixels_of(figure)
    if options.background != "transparent":
        pixels = pixels[..., :3]
    image, file = Image.fromarray(np.ascontiguousarray(pixels)), io.BytesIO()
    if suffix == ".png":
        info = PngInfo()
        info.add_text("Software", _MAKER)
        info.add_itxt("Title", title)
        info.add_itxt("Description", caption)
        if recipe:
            # Pillow opens no picture with a longer packed text, as of a large map.
            info.add_text(KEY, recipe, zip=len(recipe) <= _LONGEST_PACKED)
        image.save(file, "PNG", pnginfo=info, dpi=(options.dpi, options.dpi))
        return file.getvalue()
    if max(image.size) > _WEBP_SIDE:
        raise VinguiError(
            f"A WebP has sides of at most {_WEBP_SIDE:,} pixels, and this figure has "
            f"{image.width:,} x {image.height:,}; choose a lower dpi or another format"
        )
    xmp = {"xmp": xmp_packet(recipe)} if recipe else {}
    image.save(file, "WEBP", lossless=True, quality=60, method=3, **xmp)
    return file.getvalue()


def _vectors(figure: Figure, suffix: str, title: str, caption: str, recipe: str) -> bytes:
    """A figure as SVG or PDF."""
    metadata: dict[str, Any] = {"Title": title, "Creator": _MAKER}
    if suffix == ".svg":
        metadata |= {"Description": caption, "Date": None}
    else:
        keywords = recipe or None
        metadata |= {"Subject": caption, "Keywords": keywords, "CreationDate": None}
    texts: list[Any] = figure.findobj(Text)
    names = {name for text in texts for name in text.get_fontfamily()}
    settings, file = _SETTINGS | {"pdf.fonttype": pdf_font_type(names)}, io.BytesIO()
    with matplotlib.style.context("default"), mpl.rc_context(settings):
        figure.savefig(file, format=suffix[1:], metadata=metadata)
    if suffix == ".pdf" or not recipe:
        return file.getvalue()
    element = b"<metadata>\n  " + recipe_element(recipe).encode()
    return file.getvalue().replace(b"<metadata>", element, 1)


def pixels_of(figure: Figure, most_pixels: int | None = None) -> NDArray[np.uint8]:
    """Draw a figure as a picture.

    Args:
        figure: a figure from `draw_figure`.
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
