"""Reading the recipe of any file that vingui wrote."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from vingui.core.embedding.pictures import gif_texts, png_texts
from vingui.core.embedding.texts import csv_texts, json_texts, mp4_texts, pdf_texts, xml_texts
from vingui.core.errors import VinguiError
from vingui.core.files import check_regular, reading
from vingui.core.formats.npz import array_names, read_arrays, read_headers
from vingui.core.recipe import FORMAT, MAX_CHARACTERS, Recipe

_MAX_FILE_BYTES: Final = 4 << 30
_HEAD_BYTES: Final = 4096


def read_recipe(path: Path) -> Recipe:
    """The recipe of a figure, film or data file, recognised by its content.

    The file may be from anywhere: no picture in it is decoded, nothing is unpacked beyond the
    length of a recipe, and no XML is parsed.

    Args:
        path: PNG, WebP, SVG, PDF, GIF, MP4, JSON, NPZ or CSV.

    Raises:
        VinguiError: it cannot be read, or holds no valid recipe. The message is one line that
            starts with the file's name.
    """
    with reading(path):
        size = check_regular(path)
        if size > _MAX_FILE_BYTES:
            raise VinguiError(f"The file may have at most {_MAX_FILE_BYTES:,} bytes, not {size:,}")
        with path.open("rb") as file:
            for text in _texts(path, file):
                if _claims(text):
                    return Recipe.decoded(text.decode("ascii", "replace"))
        raise VinguiError("It holds no recipe. Figures, films and data that vingui writes have one")


def has_recipe(path: Path) -> bool:
    """Whether a file says that it holds a recipe, valid or not. Never raises."""
    try:
        check_regular(path)
        with path.open("rb") as file:
            return any(map(_claims, _texts(path, file)))
    except (VinguiError, OSError):
        return False


def _texts(path: Path, file: BinaryIO) -> Iterator[bytes]:
    head = file.read(_HEAD_BYTES)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return png_texts(file)
    if head.startswith(b"GIF8"):
        return gif_texts(path)
    if head[4:8] == b"ftyp":
        return mp4_texts(file)
    if head.startswith(b"PK"):
        return _npz_texts(path)
    if head.startswith(b"%PDF"):
        return pdf_texts(file)
    if b"<svg" in head or head[8:12] == b"WEBP":
        return xml_texts(file)
    return json_texts(file) if head.lstrip()[:1] == b"{" else csv_texts(file)


def _npz_texts(path: Path) -> Iterator[bytes]:
    if "recipe" not in array_names(path):
        return
    header = read_headers(path, ["recipe"])["recipe"]
    if header.dtype == np.uint8 and len(header.shape) == 1 and header.nbytes <= MAX_CHARACTERS:
        yield read_arrays(path, ["recipe"])["recipe"].tobytes()


def _claims(text: bytes) -> bool:
    """Whether a text declares itself a recipe; other comments and keywords do not."""
    return text[:1] == b"{" and f'"{FORMAT}"'.encode() in text
