"""Opening and saving maps, and the filters of the file dialogs.

`open_map` and `save_map` take as long as the disk does: they run in a background thread.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap

_HEAD_BYTES = 4096


@dataclass(frozen=True)
class Opened:
    """A map that was read.

    Attributes:
        grid: the map; of several the first.
        path: where it was read.
        title: what to call it where it has no file of its own: the file's name without suffix.
        writable: whether saving to `path` puts this map there and nothing is lost: it holds one
            map, in a format that can be written and keeps goal and starts, and may be written.
        also: how many more maps are in it.
        keeps_markers: whether the format keeps goal and starts.
        notes: what reading it did to it, one sentence each.
    """

    grid: GridMap
    path: Path
    title: str
    writable: bool
    also: int
    keeps_markers: bool
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Saved:
    """A map that was written.

    Attributes:
        grid: the map.
        path: its file.
        lost_markers: whether it has a goal or starts that the file's format does not keep.
    """

    grid: GridMap
    path: Path
    lost_markers: bool


def open_map(path: Path) -> Opened:
    """Read the first map of a file or folder.

    Raises:
        VinguiError: it cannot be read, or holds no sound map; one line with the file's name.
    """
    from vingui.core.formats import read_dataset

    dataset = read_dataset(path)
    also = len(dataset.maps) - 1
    return Opened(
        grid=dataset.maps[0],
        path=path,
        title=dataset.name,
        writable=not also and _may_be_replaced(path),
        also=also,
        keeps_markers=_keeps_markers(path),
        notes=tuple(dataset.notes),
    )


def save_map(grid: GridMap, path: Path, title: str = "") -> Saved:
    """Write a map, whole or not at all, in the format that the file's suffix asks for.

    Args:
        grid: the map.
        path: the file; one that is there is replaced.
        title: what the map is called; the file's name without suffix if empty.

    Raises:
        VinguiError: it cannot be written, or the format cannot hold it; one line with the file's
            name. What was there stays as it was.
    """
    from vingui.core.dataset import DataSet
    from vingui.core.formats import write_dataset

    write_dataset(path, DataSet(title or path.stem, (grid,)))
    has_markers = grid.goal is not None or bool(grid.starts)
    return Saved(grid, path, lost_markers=has_markers and not _keeps_markers(path))


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


def _keeps_markers(path: Path) -> bool:
    from vingui.core.formats import FORMATS

    suffix = path.suffix.lower()
    return all(form.keeps_markers for form in FORMATS if suffix in form.suffixes)


def _may_be_replaced(path: Path) -> bool:
    from vingui.core.formats import format_to_write

    try:
        form = format_to_write(path)
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except (VinguiError, OSError):
        return False
    # A file may be of another format than its name says, which saving would put an end to.
    return form.keeps_markers and form.matches(head, path) and os.access(path, os.W_OK)
