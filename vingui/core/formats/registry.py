"""The table of formats. A new format is a module with a `Format` and a row here.

Other packages bring theirs by entry points of the group `vingui.formats`, each a `Format`.
"""

from dataclasses import replace
from pathlib import Path
from typing import Final

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.extensions import Extension, Registry, leave_out, reason_of
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
from vingui.core.formats.options import ReadOptions

_OWN: Final = (
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


def _adapted(extension: Extension) -> Format:
    form = extension.entry_point.load()
    if not isinstance(form, Format):
        raise VinguiError(f"it is of the type {type(form).__name__}, not a Format")
    taken = {suffix for one in _OWN for suffix in one.written_suffixes}
    for suffix in (*form.suffixes, *form.written_suffixes):
        if suffix != suffix.lower() or not suffix.startswith("."):
            raise VinguiError(f"its suffix {suffix!r} is not in lower case, with the dot")
    if taken.intersection(form.written_suffixes):
        raise VinguiError(f"vingui itself writes {' and '.join(form.written_suffixes)}")

    def matches(head: bytes, path: Path) -> bool:
        try:
            return bool(form.matches(head, path))
        except (Exception, SystemExit) as error:
            leave_out(extension, f"it cannot tell its files: {reason_of(error)}")
            return False

    def read(path: Path, options: ReadOptions) -> DataSet:
        with extension.naming():
            dataset = form.read(path, options)
            if not isinstance(dataset, DataSet) or not len(dataset.maps):
                raise TypeError("read returns no DataSet with maps")
        return dataset

    return replace(
        form,
        matches=matches,
        read=read,
        write=form.write and extension.guarded(form.write),
        beside=form.beside
        and replace(
            form.beside,
            write=extension.guarded(form.beside.write),
            belongs=extension.guarded(form.beside.belongs),
        ),
        terrain_loss=extension.guarded(form.terrain_loss),
    )


FORMATS: Final = Registry({one.name: one for one in _OWN}, "vingui.formats", _adapted)
"""All formats by their names. If several share a suffix and none matches, the first one reports
what is wrong."""


def readable_suffixes() -> tuple[str, ...]:
    """The suffixes of all files that can be read."""
    return tuple(
        dict.fromkeys(suffix for file_format in FORMATS.values() for suffix in file_format.suffixes)
    )


def is_readable(suffix: str) -> bool:
    """Whether files of a suffix in lower case, with the dot, can be read."""
    return any(suffix in file_format.suffixes for file_format in FORMATS.values())


def writable_suffixes() -> tuple[str, ...]:
    """The suffixes of all files that can be written."""
    return tuple(
        dict.fromkeys(
            suffix for file_format in FORMATS.values() for suffix in file_format.written_suffixes
        )
    )


def format_to_write(path: Path) -> Format:
    """The format in which a file of this name is written.

    Raises:
        VinguiError: no format with its suffix can be written.
    """
    suffix = path.suffix.lower()
    for file_format in FORMATS.values():
        if suffix in file_format.written_suffixes:
            return file_format
    raise VinguiError(
        f"{name_of(path)}: The name must end in {', '.join(writable_suffixes())}, "
        f"not {brief(path.suffix)}"
    )
