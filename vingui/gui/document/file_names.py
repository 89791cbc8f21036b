"""The folder and the name that file dialogs propose."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

_MOST_LETTERS: Final = 80
"""File systems allow 255 bytes, with the suffix; a letter can take four."""


def existing_folder(wanted: Iterable[str]) -> Path:
    """The first of some folders that is there; the user's own folder where none is.

    Of one that is not there a file dialog would take the last part for the name of a file.
    """
    return next((Path(one) for one in wanted if one and Path(one).is_dir()), Path.home())


def file_stem(title: str) -> str:
    """A map's title as the name of a file, without suffix, that every system allows."""
    stem = "".join(
        mark if mark.isprintable() and mark not in '/\\:*?"<>|' else "-" for mark in title
    )
    # One that begins with a dot would be hidden.
    return stem[:_MOST_LETTERS].strip(" .") or "map"
