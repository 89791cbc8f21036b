"""Letters: the one font, the width of a text, and breaking it into lines."""

import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.textpath import text_to_path

DPI: Final = 200
"""Pixels an inch of a figure. Sizes in points below are of the figure at this resolution."""

POINT: Final = DPI / 72
"""Pixels a point."""

_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
_SUBSCRIPTS: Final = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@cache
def _font_file(*, bold: bool) -> Path:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return Path(mpl.get_data_path(), "fonts", "ttf", name)


def font(size: float, *, bold: bool = False) -> FontProperties:
    """The font that Matplotlib brings along, of that size in points.

    By its file, not by its name: a system's own DejaVu would make other pixels.
    """
    return FontProperties(fname=_font_file(bold=bold), size=size)


def subscript(number: int) -> str:
    """A whole number in subscript digits."""
    return str(number).translate(_SUBSCRIPTS)


def one_line(text: str, *, limit: int = 60) -> str:
    """A name on one line, of at most `limit` characters and none that no one can see."""
    line = " ".join("".join(map(_spaced, text)).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def drawable(text: str) -> str:
    """The text with a stand-in for each character that the font does not have.

    Matplotlib warns of such a character and draws an empty box.
    """
    glyphs = get_font(str(_font_file(bold=False)))
    return "".join(mark if glyphs.get_char_index(ord(mark)) else _REPLACEMENT for mark in text)


def _spaced(mark: str) -> str:
    return " " if unicodedata.category(mark)[0] in "CZ" else mark


def width(text: str, size: float) -> float:
    """How many pixels wide a text is."""
    measured = text_to_path.get_text_width_height_descent(text, font(size), False)
    return float(measured[0]) * POINT


def flow(widths: Sequence[float], *, gap: float, room: float) -> list[tuple[int, float]]:
    """Set boxes in lines, each line as full as it gets.

    Args:
        widths: the boxes' widths in pixels.
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


def wrapped(text: str, size: float, *, room: float) -> list[str]:
    """Break a text at its spaces into lines of at most `room` pixels; a longer word anywhere."""
    words = [part for word in text.split(" ") for part in _parts(word, size, room)]
    widths = [width(word, size) for word in words]
    places = flow(widths, gap=width("n n", size) - width("nn", size), room=room)
    lines: list[list[str]] = [[] for _ in range(places[-1][0] + 1)]
    for word, (line, _) in zip(words, places, strict=True):
        lines[line].append(word)
    return [" ".join(line) for line in lines]


def _parts(word: str, size: float, room: float) -> list[str]:
    parts = []
    while len(word) > 1 and width(word, size) > room:
        most = next(
            end
            for end in range(len(word) - 1, 0, -1)
            if end == 1 or width(word[:end], size) <= room
        )
        parts.append(word[:most])
        word = word[most:]
    return [*parts, word]
