"""Reading and saving the files of maps, and the filters of the file dialogs.

Reading and saving take as long as the disk does, so they are done in background threads.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.gui.document.file_fingerprint import FileFingerprint

if TYPE_CHECKING:
    from vingui.core.formats import ReadOptions
    from vingui.gui.importing.occupancy import Occupancy
    from vingui.gui.importing.picture import SourcePicture
    from vingui.gui.importing.terrain_dialog import SwampAndWater


@dataclass(frozen=True)
class SourceFile:
    """A file or folder that was read as far as possible without asking the user.

    Attributes:
        path: the file or folder.
        content: what it holds.
        fingerprint: its state when it was read; `None` if that is unknown.
        writable: as in `OpenedMap`, of its only map.
    """

    path: Path
    content: "SourcePicture | Occupancy | SwampAndWater | DataSet"
    fingerprint: FileFingerprint | None = None
    writable: bool = False


@dataclass(frozen=True)
class OpenedMap:
    """A map that was read from a file or folder.

    Attributes:
        grid: the map.
        path: the file or folder.
        title: the map's name if it has no file of its own.
        about: a description of the map; often empty.
        writable: whether saving to `path` puts this map there and loses nothing: the file holds
            one map, in a format that can be written and keeps all of it, and is not
            write-protected.
        notes: how the file was read, one sentence each.
        fingerprint: the state of the file or folder when it was read.
    """

    grid: GridMap
    path: Path
    title: str
    about: str = ""
    writable: bool = False
    notes: tuple[str, ...] = ()
    fingerprint: FileFingerprint | None = None


@dataclass(frozen=True)
class SavedMap:
    """A map that was written to a file.

    Attributes:
        grid: the map.
        path: the file.
        losses: what the file's format leaves out of the map, one sentence each.
        fingerprint: the state of the file after writing.
    """

    grid: GridMap
    path: Path
    losses: tuple[str, ...]
    fingerprint: FileFingerprint | None


def read_source(
    path: Path,
    *,
    unknown: str,
    split: str = "",
    on_progress: Callable[[int, int], None] | None = None,
) -> SourceFile:
    """Read a file or folder as far as possible without asking the user.

    Args:
        path: the file or folder.
        unknown: what the unknown cells of an occupancy map become at first, "wall" or "free".
        split: which part of a planning data set is read, as for `read_split`.
        on_progress: as for `read_dataset`.

    Raises:
        VinguiError: it cannot be read, or holds no valid map; one line with the file's name.
    """
    from vingui.core.formats import format_of, read_dataset

    # First, so that a change of the file while it is being read is noticed later.
    fingerprint = FileFingerprint.of(path)
    file_format = None if path.is_dir() else format_of(path)
    if file_format is not None and file_format.name == "picture":
        from vingui.gui.importing.picture import read_picture

        return SourceFile(path, read_picture(path), fingerprint)
    if file_format is not None and file_format.name == "ros":
        from vingui.gui.importing.occupancy import read_occupancy

        return SourceFile(path, read_occupancy(path, unknown=unknown), fingerprint)
    dataset = read_dataset(path, _options(split), file_format=file_format, on_progress=on_progress)
    if file_format is not None and file_format.name == "movingai":
        from vingui.core.formats.movingai import TERRAIN
        from vingui.core.formats.options import ReadOptions

        costly = read_dataset(path, ReadOptions(terrain=True), file_format=file_format)
        if costly.maps[0].palette == TERRAIN:
            from vingui.gui.importing.terrain_dialog import SwampAndWater

            return SourceFile(path, SwampAndWater(path, dataset, costly), fingerprint)
    return SourceFile(path, dataset, fingerprint, _is_writable(path, dataset))


def read_split(path: Path, split: str) -> DataSet:
    """Read a part of a planning data set, or all of any other file or folder.

    Args:
        path: the file or folder.
        split: the part; if there is none of that name, the default one is read.

    Raises:
        VinguiError: it cannot be read, or holds no valid map; one line with the file's name.
    """
    from vingui.core.formats import read_dataset

    return read_dataset(path, _options(split))


def open_map(path: Path) -> OpenedMap:
    """Read the first map of a file or folder, without asking anything.

    Raises:
        VinguiError: it cannot be read, or holds no valid map; one line with the file's name.
    """
    from vingui.core.formats import read_dataset

    fingerprint = FileFingerprint.of(path)
    dataset = read_dataset(path)
    return opened_map(path, dataset, fingerprint=fingerprint, writable=_is_writable(path, dataset))


def opened_map(
    path: Path,
    dataset: DataSet,
    index: int = 0,
    *,
    fingerprint: FileFingerprint | None = None,
    writable: bool = False,
) -> OpenedMap:
    """Describe one of the maps that were read from a file or folder.

    Args:
        path: the file or folder.
        dataset: its maps.
        index: the index of the map, from 0.
        fingerprint: as in `OpenedMap`.
        writable: as in `OpenedMap`.
    """
    grid, about, title = dataset.maps[index], "", dataset.name
    if len(dataset.maps) > 1:
        split = f"the {dataset.split} split of " if dataset.split else ""
        about = f"Map {index} of {split}{dataset.name}: {dataset.describe(index)}."
        title = " ".join(filter(None, (dataset.name, dataset.split, f"map {index}")))
    elif dataset.labels:
        about = dataset.labels[0]
    return OpenedMap(grid, path, title, about, writable, tuple(dataset.notes), fingerprint)


def save_map(grid: GridMap, path: Path, title: str = "") -> SavedMap:
    """Write a map in the format of the file's suffix; if that fails, nothing is written.

    Args:
        grid: the map.
        path: the file, which is replaced if it exists.
        title: the map's name; the file's name without suffix if empty.

    Raises:
        VinguiError: it cannot be written, or the format cannot hold it; one line with the file's
            name. An existing file is not changed.
    """
    from vingui.core.formats import format_to_write, write_dataset

    write_dataset(path, DataSet(title or path.stem, (grid,)))
    file_format = format_to_write(path)
    second = path.with_suffix(file_format.beside.suffix) if file_format.beside is not None else None
    return SavedMap(grid, path, file_format.losses((grid,)), FileFingerprint.of(path, second))


def open_filter() -> str:
    """Return the name filters of a dialog to open files; the first is for all readable files."""
    from vingui.core.formats import FORMATS, readable_suffixes

    return ";;".join(
        [
            _filter("All readable files", readable_suffixes()),
            *(_filter(file_format.title, file_format.suffixes) for file_format in FORMATS.values()),
            "All files (*)",
        ]
    )


def save_filter() -> str:
    """Return the name filters of a dialog to save maps; the first is for vingui's own format."""
    from vingui.core.formats import FORMATS

    return ";;".join(
        _filter(file_format.title, file_format.written_suffixes)
        for file_format in FORMATS.values()
        if file_format.written_suffixes
    )


def suffix_for(chosen: str) -> str:
    """Return the suffix, with its dot, for a name filter of `save_filter`.

    For any other text, return the suffix of vingui's own format.
    """
    from vingui.core.formats import FORMATS

    written = [file_format for file_format in FORMATS.values() if file_format.written_suffixes]
    for file_format in written:
        if chosen == _filter(file_format.title, file_format.written_suffixes):
            return file_format.written_suffixes[0]
    return written[0].written_suffixes[0]


def _filter(title: str, suffixes: tuple[str, ...]) -> str:
    return f"{title} ({' '.join(f'*{suffix}' for suffix in suffixes)})"


def _options(split: str) -> "ReadOptions":
    from vingui.core.formats.options import DEFAULT_OPTIONS, SPLITS, ReadOptions

    return ReadOptions(split=split) if split in SPLITS else DEFAULT_OPTIONS


def _is_writable(path: Path, dataset: DataSet) -> bool:
    from vingui.core.formats import format_to_write

    if len(dataset.maps) > 1:
        return False
    try:
        file_format = format_to_write(path)
    except VinguiError:
        return False
    # If the format does not match the suffix, saving would change the file's format. If the format
    # cannot store markers, a goal that is drawn later would be lost.
    lossless = file_format.keeps_markers and not file_format.losses(dataset.maps)
    return dataset.format == file_format.name and lossless and os.access(path, os.W_OK)
