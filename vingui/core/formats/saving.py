"""Writing a file in the format that its name asks for."""

from pathlib import Path

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.files import naming, replacing, shown
from vingui.core.formats.registry import format_to_write
from vingui.core.grid import GridMap


def write_dataset(path: Path, dataset: DataSet) -> None:
    """Write a data set, whole or not at all.

    Args:
        path: the file; its suffix chooses the format. A file that is there is replaced.
        dataset: what to write.

    Raises:
        VinguiError: no format that can be written has the suffix, the format cannot hold the
            maps, or the file cannot be written. What was there stays as it was.
    """
    form = format_to_write(path)
    if form.write is None:
        raise VinguiError(f"{shown(path)}: Expected a format that can be written, received none")
    with replacing(path) as temporary, naming(path):
        form.write(temporary, dataset)


def write_map(path: Path, grid: GridMap) -> None:
    """Write one map, whole or not at all.

    Args:
        path: the file; its suffix chooses the format. A file that is there is replaced.
        grid: what to write.

    Raises:
        VinguiError: as `write_dataset`.
    """
    write_dataset(path, DataSet(path.stem, (grid,)))
