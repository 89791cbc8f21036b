"""Measuring and breaking text, and texts as outlines."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import matplotlib as mpl
import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import text_to_path
from numpy.typing import ArrayLike, NDArray

from vingui.figure.fonts import FAMILY
from vingui.figure.shapes import EMPTY

_SUBSCRIPTS: Final = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPTS: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def subscript(number: int) -> str:
    """A whole number in subscript digits."""
    return str(number).translate(_SUBSCRIPTS)


def superscript(number: int) -> str:
    """A whole number in superscript digits."""
    return str(number).translate(_SUPERSCRIPTS)


def one_line(text: str, *, limit: int = 60) -> str:
    """A name on one line, of at most `limit` visible characters."""
    line = " ".join("".join(map(_visible, text)).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _visible(character: str) -> str:
    return " " if unicodedata.category(character)[0] in "CZ" else character


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a text in the unit of its size, in Matplotlib's current fonts."""
    return _unit_width(text, tuple(mpl.rcParams["font.family"]), bold) * size


@lru_cache(8192)
def _unit_width(text: str, families: tuple[str, ...], bold: bool) -> float:
    font = FontProperties(family=families, size=100, weight="bold" if bold else "normal")
    return float(text_to_path.get_text_width_height_descent(text, font, False)[0]) / 100


def fitting(texts: Sequence[str], size: float, *, room: float, bold: bool = False) -> str:
    """The first text that is narrow enough, or else the last one, shortened."""
    for text in texts:
        if width(text, size, bold=bold) <= room:
            return text
    text = texts[-1]
    while text and width(text + "…", size, bold=bold) > room:
        text = text[:-1]
    return text.rstrip() + "…" if text else ""


def wrapped(text: str, size: float, *, room: float, bold: bool = False) -> list[str]:
    """Break a text at spaces into lines of at most `room`; words that are longer, anywhere."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size, bold=bold) <= room:
            lines[-1] = longer
            continue
        lines.append("")
        for character in word:
            if lines[-1] and width(lines[-1] + character, size, bold=bold) > room:
                lines.append("")
            lines[-1] += character
    return lines


@lru_cache(4096)
def _glyphs(text: str, *, bold: bool) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Points and codes of a text of size 1 about the origin, with y downwards."""
    font = FontProperties(family=FAMILY, size=100, weight="bold" if bold else "normal")
    vertices, codes = text_to_path.get_text_path(font, text, False)
    points = np.asarray(vertices, float).reshape(-1, 2) / text_to_path.FONT_SCALE
    # The middle of digits and capitals, so that the numbers of a row share a baseline.
    points -= (_unit_width(text, (FAMILY,), bold) / 2, 0.365)
    return points * (1, -1), np.asarray(codes, np.uint8)


def outlined(texts: Sequence[str], places: ArrayLike, size: float, *, bold: bool = False) -> Path:
    """Short texts as one path, because drawing many texts is slow.

    Args:
        texts: what to write.
        places: `(n, 2)`, the x, y of their middles, y downwards.
        size: letter size in the unit of the places.
        bold: whether the letters are bold.
    """
    outlines = [_glyphs(text, bold=bold) for text in texts]
    if not outlines:
        return EMPTY
    points, codes = zip(*outlines, strict=True)
    counts = [len(part) for part in points]
    shifts = np.repeat(np.asarray(places, float).reshape(-1, 2), counts, axis=0)
    return Path(np.concatenate(points) * size + shifts, np.concatenate(codes))
