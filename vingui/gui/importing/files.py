"""Opening and saving maps, and the filters of the file dialogs.

`probe_file`, `open_map` and `save_map` take as long as the disk does: they run in a background
thread.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.gui.document.file_mark import FileMark

if TYPE_CHECKING:
    from vingui.gui.importing.occupancy import Occupancy
    from vingui.gui.importing.picture import Picture

_HEAD_BYTES = 4096


@dataclass(frozen=True)
class OpenedMap:
    """A map that was read.

    Attributes:
        grid: the map.
        path: the file or folder that it was in.
        title: what to call it where it has no file of its own.
        about: what there is to tell of it, often nothing.
        writable: whether saving to `path` puts this map there and nothing is lost: it holds one
            map, in a format that can be written and keeps all of it, and may be written.
        notes: what reading it did to it, one sentence each.
        mark: the file or folder as it was read.
    """

    grid: GridMap
    path: Path
    title: str
    about: str = ""
    writable: bool = False
    notes: tuple[str, ...] = ()
    mark: FileMark | None = None


@dataclass(frozen=True)
class SavedMap:
    """A map that was written.

    Attributes:
        grid: the map.
        path: its file.
        losses: what the file's format has left out of it, one sentence each.
        mark: the file as it was written.
    """

    grid: GridMap
    path: Path
    losses: tuple[str, ...]
    mark: FileMark | None


def probe_file(
    path: Path,
    *,
    unknown: str,
    split: str = "",
    on_progress: Callable[[int, int], None] | None = None,
) -> "Picture | Occupancy | DataSet":
    """Read a file as far as that goes before there is something to choose about it.

    Args:
        path: the file or folder.
        unknown: what the unknown cells of an occupancy map become at first, "wall" or "free".
        split: the part of a planning data set that is read at first, as of `read_split`.
        on_progress: as of `read_dataset`.

    Raises:
        VinguiError: it cannot be read, or holds no sound map; one line with the file's name.
    """
    from vingui.core.formats import format_of

    choices = "" if path.is_dir() else format_of(path).choices
    if choices == "picture":
        from vingui.gui.importing.picture import read_picture

        return read_picture(path)
    if choices == "occupancy":
        from vingui.gui.importing.occupancy import read_occupancy

        return read_occupancy(path, unknown=unknown)
    return read_split(path, split, on_progress=on_progress)


def read_split(
    path: Path, split: str, *, on_progress: Callable[[int, int], None] | None = None
) -> DataSet:
    """Read one part of a planning data set, and all of any other file or folder.

    Args:
        path: the file or folder.
        split: the part; the usual one where there is none of that name.
        on_progress: as of `read_dataset`.

    Raises:
        VinguiError: it cannot be read, or holds no sound map; one line with the file's name.
    """
    from vingui.core.formats import ReadOptions, read_dataset
    from vingui.core.formats.options import SPLITS

    options = ReadOptions(split=split) if split in SPLITS else ReadOptions()
    return read_dataset(path, options, on_progress=on_progress)


def open_map(path: Path) -> OpenedMap:
    """Read the first map of a file or folder, without a choice.

    Raises:
        VinguiError: it cannot be read, or holds no sound map; one line with the file's name.
    """
    from vingui.core.formats import read_dataset

    # First, so that a change while it is read counts as one.
    mark = FileMark.of(path)
    return replace(opened(path, read_dataset(path)), mark=mark)


def opened(path: Path, dataset: DataSet, place: int = 0) -> OpenedMap:
    """One of the maps that were read from a file or folder."""
    if len(dataset.maps) == 1:
        return OpenedMap(
            dataset.maps[0],
            path,
            dataset.name,
            about=dataset.labels[0] if dataset.labels else "",
            writable=_may_be_replaced(path, dataset.maps[0]),
            notes=tuple(dataset.notes),
        )
    split = f"the {dataset.split} split of " if dataset.split else ""
    about = f"Map {place} of {split}{dataset.name}: {dataset.describe(place)}."
    title = " ".join(filter(None, (dataset.name, dataset.split, f"map {place}")))
    return OpenedMap(dataset.maps[place], path, title, about=about)


def save_map(grid: GridMap, path: Path, title: str = "") -> SavedMap:
    """Write a map, whole or not at all, in the format that the file's suffix asks for.

    Args:
        grid: the map.
        path: the file; one that is there is replaced.
        title: what the map is called; the file's name without suffix if empty.

    Raises:
        VinguiError: it cannot be written, or the format cannot hold it; one line with the file's
            name. What was there stays as it was.
    """
    from vingui.core.formats import format_to_write, write_dataset

    write_dataset(path, DataSet(title or path.stem, (grid,)))
    form = format_to_write(path)
    second = path.with_suffix(form.beside.suffix) if form.beside is not None else None
    return SavedMap(grid, path, form.losses((grid,)), FileMark.of(path, second))


def open_filter() -> str:
    """The file kinds of a dialog to open, for `QFileDialog`: all that can be read first."""
    from vingui.core.formats import FORMATS, readable_suffixes

    return ";;".join(
        [
            _filter("All readable files", readable_suffixes()),
            *(_filter(form.title, form.suffixes) for form in FORMATS),
            "All files (*)",
        ]
    )


def save_filter() -> str:
    """The file kinds of a dialog to save, for `QFileDialog`: vingui's own map first."""
    from vingui.core.formats import FORMATS

    return ";;".join(
        _filter(form.title, form.written_suffixes) for form in FORMATS if form.written_suffixes
    )


def suffix_for(chosen: str) -> str:
    """The suffix, with its dot, of a file of the kind that was chosen in a dialog to save.

    Args:
        chosen: a line of `save_filter`; of anything else the suffix is vingui's own map's.
    """
    from vingui.core.formats import FORMATS

    written = [form for form in FORMATS if form.written_suffixes]
    for form in written:
        if chosen == _filter(form.title, form.written_suffixes):
            return form.written_suffixes[0]
    return written[0].written_suffixes[0]


def _filter(title: str, suffixes: tuple[str, ...]) -> str:
    return f"{title} ({' '.join(f'*{suffix}' for suffix in suffixes)})"


def _may_be_replaced(path: Path, grid: GridMap) -> bool:
    from vingui.core.formats import format_to_write

    try:
        form = format_to_write(path)
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except (VinguiError, OSError):
        return False
    # What there is none of yet may be drawn later: a format without goals loses it then.
    lossless = form.keeps_markers and not form.losses((grid,))
    # A file may be of another format than its name says, which saving would put an end to.
    return lossless and form.matches(head, path) and os.access(path, os.W_OK)
