"""Writing a file in the format that its name asks for."""

import os
from dataclasses import replace
from pathlib import Path

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.files import naming, replacing, shown
from vingui.core.formats.base import CompanionFile
from vingui.core.formats.registry import format_to_write
from vingui.core.grid import GridMap


def write_dataset(path: Path, dataset: DataSet) -> None:
    """Write a data set, whole or not at all.

    Args:
        path: the file; its suffix chooses the format. A file that is there is replaced, and so is
            the second one of a format of two, unless it is not part of the first.
        dataset: what to write.

    Raises:
        VinguiError: no format that can be written has the suffix, the format cannot hold the
            maps, or the file cannot be written. What was there stays as it was.
    """
    form = format_to_write(path)
    if form.write is None:
        raise VinguiError(f"{shown(path)}: Files of this format can be read, but not written")
    named = replace(dataset, name=path.stem)
    with replacing(path) as temporary:
        with naming(path):
            form.write(temporary, named)
        if form.beside is not None:
            _write_beside(form.beside, path, named)


def _write_beside(beside: CompanionFile, path: Path, dataset: DataSet) -> None:
    """Move the second file into place before the first, which names it."""
    second = path.with_suffix(beside.suffix)
    # A link that leads nowhere exists too: it would be written through.
    if os.path.lexists(second) and not beside.belongs(path, second):
        raise VinguiError(
            f"{shown(path)}: {shown(second)} beside it belongs to something else and would be "
            "overwritten. Choose another name"
        )
    with replacing(second) as temporary, naming(second):
        beside.write(temporary, dataset)


def write_map(path: Path, grid: GridMap) -> None:
    """Write one map, whole or not at all.

    Args:
        path: the file; its suffix chooses the format. A file that is there is replaced.
        grid: what to write.

    Raises:
        VinguiError: as `write_dataset`.
    """
    write_dataset(path, DataSet(path.stem, (grid,)))
