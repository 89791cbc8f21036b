"""Writing a file in the format of its suffix."""

import os
from dataclasses import replace
from pathlib import Path

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.files import name_of, naming, replacing
from vingui.core.formats.base import CompanionFile
from vingui.core.formats.registry import format_to_write
from vingui.core.grid import GridMap


def write_dataset(path: Path, dataset: DataSet) -> None:
    """Write a data set, whole or not at all.

    Args:
        path: the file; its suffix chooses the format. An existing file is replaced, together with
            the second file of a format of two.
        dataset: what to write.

    Raises:
        VinguiError: no format that can be written has the suffix, the format cannot hold the
            maps, a second file belongs to something else, or a file cannot be written. Existing
            files then stay as they were.
    """
    file_format = format_to_write(path)
    if file_format.write is None:
        raise VinguiError(f"{name_of(path)}: Files of this format can be read, but not written")
    named = replace(dataset, name=path.stem)
    with replacing(path) as temporary:
        with naming(path):
            file_format.write(temporary, named)
        if file_format.beside is not None:
            _write_beside(file_format.beside, path, named)


def _write_beside(beside: CompanionFile, path: Path, dataset: DataSet) -> None:
    """Move the second file into place before the first, which names it."""
    second = path.with_suffix(beside.suffix)
    # Also true of a broken link, through which the file would be written.
    if os.path.lexists(second) and not beside.belongs(path, second):
        raise VinguiError(
            f"{name_of(path)}: {name_of(second)} beside it belongs to something else and would be "
            "overwritten. Choose another name"
        )
    with replacing(second) as temporary, naming(second):
        beside.write(temporary, dataset)


def write_map(path: Path, grid: GridMap) -> None:
    """Write one map, whole or not at all.

    Args:
        path: the file; its suffix chooses the format. An existing file is replaced.
        grid: what to write.

    Raises:
        VinguiError: as `write_dataset`.
    """
    write_dataset(path, DataSet(path.stem, (grid,)))
