"""The table of formats. A new format is a module with a `Format` and a row here."""

from pathlib import Path
from typing import Final

from vingui.core.errors import VinguiError
from vingui.core.files import brief, name_of
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
"""All formats. If several share a suffix and none matches, the first one reports what is wrong."""


def readable_suffixes() -> tuple[str, ...]:
    """The suffixes of all files that can be read."""
    return tuple(
        dict.fromkeys(suffix for file_format in FORMATS for suffix in file_format.suffixes)
    )


def writable_suffixes() -> tuple[str, ...]:
    """The suffixes of all files that can be written."""
    return tuple(
        dict.fromkeys(suffix for file_format in FORMATS for suffix in file_format.written_suffixes)
    )


def format_to_write(path: Path) -> Format:
    """The format in which a file of this name is written.

    Raises:
        VinguiError: no format with its suffix can be written.
    """
    suffix = path.suffix.lower()
    for file_format in FORMATS:
        if suffix in file_format.written_suffixes:
            return file_format
    raise VinguiError(
        f"{name_of(path)}: The name must end in {', '.join(writable_suffixes())}, "
        f"not {brief(path.suffix)}"
    )
