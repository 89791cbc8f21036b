"""Telling films from pictures, which share their formats."""

from pathlib import Path
from typing import Final

from vingui.core.errors import VinguiError
from vingui.core.formats.pixels import is_several, opened

_SUFFIXES: Final = (".gif", ".webp")


def is_film(path: Path) -> bool:
    """Whether it is a GIF or WebP of several pictures. Never raises; damaged files are none."""
    if path.suffix.lower() not in _SUFFIXES:
        return False
    try:
        with opened(path) as picture:
            return is_several(picture)
    except (VinguiError, OSError):
        # Reading it says how it is damaged.
        return False
