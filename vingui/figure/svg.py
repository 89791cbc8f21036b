"""Smaller SVG files."""

import re
from typing import Final

_LONG: Final = re.compile(rb' d="(M [^QCA"]{100000,})"')
"""Long paths of straight lines as Matplotlib writes them: the outlines of walls."""


def shortened(svg: bytes) -> bytes:
    """Write horizontal and vertical lines of long paths with one number each.

    On maps of a million cells this halves the file, which consists of such lines almost entirely.

    Args:
        svg: as Matplotlib writes it.
    """
    return _LONG.sub(_path, svg)


def _path(found: re.Match[bytes]) -> bytes:
    words: list[bytes] = []
    x = y = b""
    for step in found[1].splitlines():
        letter, *place = step.split()
        if not place:
            words.append(letter)
            continue
        before, (x, y) = (x, y), place
        if letter == b"L" and y == before[1]:
            words.append(b"H" + x)
        elif letter == b"L" and x == before[0]:
            words.append(b"V" + y)
        else:
            words.append(letter + x + b" " + y)
    return b' d="' + b"".join(words) + b'"'
