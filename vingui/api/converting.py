"""Writing many maps, to one file or to a file each, in the format of the file's suffix."""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Final

from vingui.api.checks import checked_path, checked_whole
from vingui.api.maps import Maps, maps_of, open_maps
from vingui.api.progress import OnProgress, reporting
from vingui.core.chunk_log import ChunkLog
from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.files import name_of
from vingui.core.formats import ReadOptions, format_to_write, write_dataset, write_map
from vingui.core.formats.options import DEFAULT_OPTIONS
from vingui.core.grid import GridMap
from vingui.core.map_digest import map_digest
from vingui.core.name_patterns import check_pattern, filled, is_pattern, make_folder
from vingui.version import VERSION

_CHUNK: Final = 64
"""So many files are written before the log says so."""

PLACEHOLDERS: Final = ("name", "folder", "index")
"""Those that names of the files of single maps may have."""


@dataclass(frozen=True)
class Conversion:
    """What was written.

    Attributes:
        maps: how many maps.
        files: the names of the files: "m0.json and m1.json", "m0.json, ... m9.json".
        notes: how the maps were read and what their new format leaves out, one sentence each.
        refused: for a folder, why files could not be read.
    """

    maps: int
    files: str
    notes: tuple[str, ...]
    refused: tuple[str, ...]


def convert(
    source: str | PathLike[str],
    out: str | PathLike[str],
    *,
    index: int | Sequence[int] | None = None,
    options: ReadOptions = DEFAULT_OPTIONS,
    resume: str | PathLike[str] | None = None,
    progress: bool = True,
    on_progress: OnProgress | None = None,
) -> Conversion:
    """Read maps and write them in another format.

    Args:
        source: a file or a folder of maps.
        out: the file to write, of which the suffix chooses the format: `.npz` for any number of
            maps, another for one. `{index}` in its name gives each map a file; `{name}` and
            `{folder}` stand for those of `source`.
        index: the index of a map, from 0, or several; `None` for all.
        options: how pictures, ROS maps and data sets are read.
        resume: a file that keeps which files of single maps are written, until all are: the same
            call goes on after them.
        progress: whether to show a bar, in a notebook or at a terminal, if it takes a while.
        on_progress: called instead, with how many maps are written, and of how many.

    Raises:
        VinguiError: nothing can be read, there is no such map, the format cannot hold the maps, or
            a file cannot be written.

    Example:
        >>> vingui.convert("my-maps", "converted/{index}.txt").files
        'converted/0.txt and converted/1.txt'
    """
    source, out = checked_path(source, "source"), checked_path(out, "out")
    dataset = open_maps(source, options=options, progress=progress and on_progress is None)
    last = len(dataset.maps) - 1
    indices: Sequence[int] = range(last + 1)
    if index is not None:
        wanted = index if isinstance(index, Sequence) else [index]
        indices = [checked_whole(each, "index", 0, last) for each in wanted]
        dataset = chosen(dataset, indices)
    names = {"name": source.stem, "folder": source.resolve().parent.name}
    log = None if resume is None else checked_path(resume, "resume")
    with reporting("Writing", progress=progress, on_progress=on_progress) as report:
        losses = write_maps(
            out, dataset, indices=indices, names=names, log=log, resume=True, on_progress=report
        )
    written = written_names(out, indices, names=names)
    return Conversion(len(indices), written, (*dataset.notes, *losses), dataset.refused)


def save_maps(maps: Maps, path: str | PathLike[str]) -> None:
    """Write maps to a data set, whole or not at all, or to a file each.

    Args:
        maps: as of `evaluate`.
        path: the file, which ends in `.npz`, or names with `{index}` in any format.

    Raises:
        VinguiError: the format cannot hold the maps, or a file cannot be written.

    Example:
        >>> vingui.save_maps(vingui.generate_many("maze", 10), "mazes.npz")
    """
    file, several = checked_path(path), maps_of(maps).maps
    write_maps(file, DataSet(file.stem, several), indices=range(len(several)), names={})


def chosen(dataset: DataSet, indices: Sequence[int]) -> DataSet:
    """Some maps of a data set."""
    return replace(dataset, maps=tuple(dataset.maps[index] for index in indices), labels=())


def check_map_count(out: Path, count: int, *, known: Sequence[str] = PLACEHOLDERS) -> None:
    """Raise `VinguiError` if a file, or files of such names, cannot hold `count` maps."""
    if is_pattern(str(out)):
        check_pattern(str(out), needed=("index",) if count > 1 else (), known=known)
    elif count > 1 and ".npz" not in format_to_write(out).written_suffixes:
        raise VinguiError(
            f"{name_of(out)}: This file holds one map, and there are {count:,}. Put {{index}} into "
            "its name for a file each, or end it in .npz for all of them"
        )


def write_maps(
    out: Path,
    dataset: DataSet,
    *,
    indices: Sequence[int],
    names: Mapping[str, object],
    log: Path | None = None,
    resume: bool = False,
    on_progress: OnProgress = lambda done, total: None,
) -> tuple[str, ...]:
    """Write maps, one after the other: the disk takes most of the time, and has no second core.

    Args:
        out: a file, or a pattern of file names.
        dataset: the maps, at least one.
        indices: the value of the placeholder `{index}` for each map.
        names: the values of the other placeholders.
        log: a file that keeps which files of single maps are written, or `None`.
        resume: whether to go on after those in `log`, if it exists.
        on_progress: called with how many maps are written, and of how many.

    Returns:
        What the format leaves out of the maps, a sentence each that begins with the file's name.

    Raises:
        VinguiError: the file cannot hold as many maps, a file cannot be written, or the log is of
            other files.
    """
    losses = format_to_write(out).losses(dataset.maps)
    check_map_count(out, len(dataset.maps))
    if is_pattern(str(out)):
        files = [filled(str(out), {**names, "index": index}) for index in indices]
        with ExitStack() as stack:
            kept = None
            if log is not None and len(files) > _CHUNK:
                request = {"version": VERSION, "convert": str(out)}
                kept = stack.enter_context(ChunkLog(log, request, resume=resume))
            for number, first in enumerate(range(0, len(files), _CHUNK)):
                part = slice(first, first + _CHUNK)
                _write_files(str(out), files[part], dataset.maps[part], number, kept)
                on_progress(min(part.stop, len(files)), len(files))
            if kept is not None:
                kept.remove()
    else:
        write_dataset(out, dataset)
    return tuple(f"{out.name}: {loss}" for loss in losses)


def _write_files(
    pattern: str,
    files: Sequence[Path],
    maps: Sequence[GridMap],
    number: int,
    kept: ChunkLog | None,
) -> None:
    """Write a chunk, unless its files are there and were written of the same maps."""
    digest = hashlib.sha256()
    for file, grid in zip(files, maps, strict=True):
        digest.update(repr(str(file)).encode() + map_digest(grid))
    key = digest.hexdigest()
    if kept is not None and kept.has(number, key) and all(file.exists() for file in files):
        return
    for file, grid in zip(files, maps, strict=True):
        make_folder(pattern, file)
        write_map(file, grid)
    if kept is not None:
        kept.add(number, "null", key=key)


def written_names(out: Path, indices: Sequence[int], *, names: Mapping[str, object]) -> str:
    """The names of the files of maps: "m0.json and m1.json", "m0.json, ... m9.json"."""
    pattern = str(out)
    if not is_pattern(pattern):
        return pattern
    first, last = (str(filled(pattern, {**names, "index": indices[at]})) for at in (0, -1))
    if len(indices) == 1:
        return first
    return f"{first} and {last}" if len(indices) == 2 else f"{first}, ... {last}"
