"""Telling films from pictures, which share their formats."""

from pathlib import Path
from typing import Final

_KINDS: Final = {".gif": ("GIF",), ".webp": ("WEBP",)}
_MAX_BYTES: Final = 64 * 2**20
"""Pillow takes all of a WebP file at once."""


def is_film(path: Path) -> bool:
    """Whether it is a GIF or WebP of several pictures. Never raises; damaged files are none."""
    kinds = _KINDS.get(path.suffix.lower())
    if kinds is None:
        return False
    from PIL import Image

    try:
        with path.open("rb") as file:
            if file.seek(0, 2) > _MAX_BYTES:
                return False
            file.seek(0)
            with Image.open(file, formats=kinds) as picture:
                return bool(getattr(picture, "is_animated", False))
    except Exception:
        # Pillow's readers fail on damaged files in nearly any way; reading it says how.
        return False
