"""Letters: the width of a text, breaking it into lines, and texts as outlines."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import text_to_path
from numpy.typing import ArrayLike, NDArray

from vingui.figure.fonts import PLAIN, families, font_file

_SUBSCRIPTS: Final = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def font(size: float, text: str = "", *, bold: bool = False) -> FontProperties:
    """The font that Matplotlib brings along, of that size in points.

    By its file, not by its name: a system's own DejaVu would make other pixels. For what it lacks
    of the text, others of this machine stand behind it.
    """
    return _font(size, families(text, bold=bold), bold=bold)


@lru_cache(64)
def _font(size: float, names: tuple[str, ...], *, bold: bool) -> FontProperties:
    if not names:
        return FontProperties(fname=font_file(bold=bold), size=size)
    return FontProperties(family=names, size=size, **PLAIN)


def subscript(number: int) -> str:
    """A whole number in subscript digits."""
    return str(number).translate(_SUBSCRIPTS)


def one_line(text: str, *, limit: int = 60) -> str:
    """A name on one line, of at most `limit` characters and none that no one can see."""
    line = " ".join("".join(map(_spaced, text)).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _spaced(mark: str) -> str:
    return " " if unicodedata.category(mark)[0] in "CZ" else mark


@lru_cache(8192)
def _unit_width(text: str, *, bold: bool) -> float:
    measured = text_to_path.get_text_width_height_descent(text, font(100, text, bold=bold), False)
    return float(measured[0]) / 100


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text is, in the unit of its size."""
    return _unit_width(text, bold=bold) * size


def fitting(texts: Sequence[str], size: float, *, room: float, bold: bool = False) -> str:
    """The first of some texts that has room; of the last, as much as there is room for."""
    for text in texts:
        if width(text, size, bold=bold) <= room:
            return text
    text = texts[-1]
    while text and width(text + "…", size, bold=bold) > room:
        text = text[:-1]
    return text.rstrip() + "…" if text else ""


def flow(widths: Sequence[float], *, gap: float, room: float) -> list[tuple[int, float]]:
    """Set boxes in lines, each line as full as it gets.

    Args:
        widths: the boxes' widths.
        gap: the space between two boxes of a line.
        room: the width of a line. A box that is wider has a line for itself.

    Returns:
        For each box its line, from 0, and its left edge.
    """
    places: list[tuple[int, float]] = []
    line, left = 0, 0.0
    for box in widths:
        if left and left + box > room:
            line, left = line + 1, 0.0
        places.append((line, left))
        left += box + gap
    return places


def wrapped(text: str, size: float, *, room: float, bold: bool = False) -> list[str]:
    """Break a text at its spaces into lines of at most `room`; a longer word anywhere."""
    words = [part for word in text.split(" ") for part in _parts(word, size, room, bold)]
    widths = [width(word, size, bold=bold) for word in words]
    places = flow(widths, gap=width("n n", size) - width("nn", size), room=room)
    lines: list[list[str]] = [[] for _ in range(places[-1][0] + 1)]
    for word, (line, _) in zip(words, places, strict=True):
        lines[line].append(word)
    return [" ".join(line) for line in lines]


def _parts(word: str, size: float, room: float, bold: bool) -> list[str]:
    parts = []
    while len(word) > 1 and width(word, size, bold=bold) > room:
        most = 1
        while most + 1 < len(word) and width(word[: most + 1], size, bold=bold) <= room:
            most += 1
        parts.append(word[:most])
        word = word[most:]
    return [*parts, word]


@lru_cache(4096)
def _glyphs(text: str, *, bold: bool) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """A text as outlines of size 1 with its middle at the origin, y downwards: points, codes."""
    vertices, codes = text_to_path.get_text_path(font(100, text, bold=bold), text, False)
    points = np.asarray(vertices, float).reshape(-1, 2) / text_to_path.FONT_SCALE
    # The middle of digits and capitals, so that numbers of a row stand on one line.
    points -= (_unit_width(text, bold=bold) / 2, 0.365)
    return points * (1, -1), np.asarray(codes, np.uint8)


def outlined(texts: Sequence[str], places: ArrayLike, size: float, *, bold: bool = False) -> Path:
    """Texts as one path, as drawing many texts takes long.

    Args:
        texts: each short.
        places: `(n, 2)`, the x, y of their middles, y downwards.
        size: of the letters, in the unit of the places.
        bold: whether they are.
    """
    outlines = [_glyphs(text, bold=bold) for text in texts]
    if not outlines:
        return Path(np.empty((0, 2)))
    points, codes = zip(*outlines, strict=True)
    counts = [len(part) for part in points]
    shifts = np.repeat(np.asarray(places, float).reshape(-1, 2), counts, axis=0)
    return Path(np.concatenate(points) * size + shifts, np.concatenate(codes))
