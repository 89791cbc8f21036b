"""The folder and file name that file dialogs suggest."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

_MOST_LETTERS: Final = 80
"""File systems allow 255 bytes including the suffix; a character can take four."""


def existing_folder(wanted: Iterable[str]) -> Path:
    """Return the first folder that exists, or the home folder.

    A file dialog would take the last part of a missing folder for a file name.
    """
    return next((Path(one) for one in wanted if one and Path(one).is_dir()), Path.home())


def file_stem(title: str) -> str:
    """Return a file name without suffix, made from a title, that every system allows."""
    stem = "".join(
        mark if mark.isprintable() and mark not in '/\\:*?"<>|' else "-" for mark in title
    )
    # A name that begins with a dot would be hidden.
    return stem[:_MOST_LETTERS].strip(" .") or "map"
