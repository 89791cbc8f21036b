"""The folder and file name that file dialogs suggest."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

_MOST_LETTERS: Final = 80
"""File systems allow 255 bytes including the suffix, and a character can take four bytes."""


def existing_folder(wanted: Iterable[str]) -> Path:
    """Return the first folder that exists, or the home folder.

    If a folder is missing, a file dialog would treat the last part of its path as a file name.
    """
    return next((Path(name) for name in wanted if name and Path(name).is_dir()), Path.home())


def file_stem(title: str) -> str:
    """Return a file name without suffix, made from a title, that every system allows."""
    stem = "".join(
        char if char.isprintable() and char not in '/\\:*?"<>|' else "-" for char in title
    )
    # A name that begins with a dot would be hidden.
    return stem[:_MOST_LETTERS].strip(" .") or "map"
