"""The table of the formats. A new one is a module with a `Format` and a row here."""

from pathlib import Path
from typing import Final

from vingui.core.errors import VinguiError
from vingui.core.files import brief, shown
from vingui.core.formats import (
    movingai,
    number_grid,
    paper,
    picture,
    planning,
    pytorch_vin,
    ros,
    run_files,
    text,
    vingui_map,
    vingui_set,
)
from vingui.core.formats.base import Format

FORMATS: Final = (
    vingui_map.FORMAT,
    vingui_set.FORMAT,
    run_files.FORMAT,
    number_grid.FORMAT,
    pytorch_vin.FORMAT,
    planning.FORMAT,
    paper.FORMAT,
    movingai.MAP_FORMAT,
    movingai.SCENARIO_FORMAT,
    ros.FORMAT,
    text.FORMAT,
    picture.FORMAT,
)
"""Every format. Where two share a suffix and neither matches, the first one says what is wrong."""


def readable_suffixes() -> tuple[str, ...]:
    """The suffixes that can be read, without repeats."""
    return tuple(dict.fromkeys(suffix for form in FORMATS for suffix in form.suffixes))


def writable_suffixes() -> tuple[str, ...]:
    """The suffixes that can be written, without repeats."""
    return tuple(dict.fromkeys(suffix for form in FORMATS for suffix in form.written_suffixes))


def format_to_write(path: Path) -> Format:
    """The format that a file of this name is written in.

    Raises:
        VinguiError: none that can be written has its suffix.
    """
    suffix = path.suffix.lower()
    for form in FORMATS:
        if suffix in form.written_suffixes:
            return form
    raise VinguiError(
        f"{shown(path)}: The name must end in {', '.join(writable_suffixes())}, "
        f"not {brief(path.suffix)}"
    )
