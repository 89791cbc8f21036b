"""Reading a file, or a folder of them, of any known format."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from vingui.core.dataset import DataSet, MapStack
from vingui.core.errors import VinguiError
from vingui.core.files import brief, check_regular, reading, shown
from vingui.core.formats import base, ros, text, vingui_map
from vingui.core.formats.base import Format
from vingui.core.formats.options import DEFAULT_OPTIONS, ReadOptions
from vingui.core.formats.pickles import REFUSAL, is_pickle
from vingui.core.formats.registry import FORMATS, readable_suffixes
from vingui.core.grid import GridMap
from vingui.core.words import counted

_HEAD_BYTES: Final = 4096
_MAX_FILES: Final = 10_000
_MOST_NAMED: Final = 3
"""Files without a map that a note names."""


def read_dataset(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> DataSet:
    """Read the maps of a file or of a folder.

    A file is read by what its name and its content say; where they differ, by its content, with
    a note that says so. Of a folder every file is read whose suffix can be, in the order of
    their names; hidden files and folders inside are not, nor a `.map` whose `.scen` is there, nor
    a picture that a `.yaml` names, nor a `.yaml`, `.json` or `.txt` of anything but maps.

    Args:
        path: the file or folder.
        options: how to read it.

    Raises:
        VinguiError: it cannot be read, or holds no sound map. The message is one line that
            starts with the name of the file.
    """
    with reading(path):
        if not path.is_dir():
            return _read_file(path, options)
    return _read_folder(path, options)


def read_map(path: Path, options: ReadOptions = DEFAULT_OPTIONS, *, index: int = 0) -> GridMap:
    """Read one map of a file or folder.

    Args:
        path: the file or folder.
        options: how to read it.
        index: which one, from 0.

    Raises:
        VinguiError: as `read_dataset`, or there is no such map.
    """
    maps = read_dataset(path, options).maps
    if not 0 <= index < len(maps):
        raise VinguiError(
            f"{shown(path)}: Expected a map from 0 to {len(maps) - 1}, received {index}"
        )
    return maps[index]


def format_of(path: Path) -> Format:
    """The format that `read_dataset` would read a file as, from its name and its first bytes.

    Raises:
        VinguiError: it cannot be read, is a folder, or is of no known format; one line that
            starts with the name of the file.
    """
    with reading(path):
        return _format_of(path)


def _read_file(path: Path, options: ReadOptions) -> DataSet:
    form = _format_of(path)
    named = path.suffix.lower() in form.suffixes
    dataset = form.read(path, options) if named else _read_misnamed(path, form, options)
    warning = base.uniform_note(dataset.maps)
    return replace(dataset, notes=(warning, *dataset.notes)) if warning else dataset


def _format_of(path: Path) -> Format:
    if not check_regular(path):
        raise VinguiError("Expected a file with maps, received an empty one")
    head = _head(path)
    if is_pickle(head, path):
        raise VinguiError(REFUSAL)
    named = [form for form in FORMATS if path.suffix.lower() in form.suffixes]
    others = [form for form in FORMATS if form not in named]
    for form in (*named, *others):
        if form.matches(head, path):
            return form
    if named:
        # None matches, so the reader that the name asks for says what it misses.
        return named[0]
    raise VinguiError(
        f"Expected a file that ends in {', '.join(readable_suffixes())}, or a folder of them, "
        f"received {brief(path.suffix) if path.suffix else 'no suffix'} and unknown content"
    )


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES)


def _read_misnamed(path: Path, form: Format, options: ReadOptions) -> DataSet:
    ending = path.suffix if path.suffix.isprintable() else ""
    why = f"read as {form.title}, which its content is, whatever its ending {ending}".rstrip()
    try:
        dataset = form.read(path, options)
    except VinguiError as error:
        raise VinguiError(f"{error} ({why})") from error
    return replace(dataset, notes=(why[0].upper() + why[1:] + ".", *dataset.notes))


def _read_folder(folder: Path, options: ReadOptions) -> DataSet:
    with reading(folder):
        files, others = _map_files(folder)
    maps: list[GridMap] = []
    labels: list[str] = []
    notes: list[str] = []
    rules: set[str] = set()
    nbytes = 0
    for file in files:
        with reading(file):
            dataset = _read_file(file, options)
            nbytes += _wall_bytes(dataset)
            if nbytes > base.MAX_ARRAY_BYTES:
                raise VinguiError(
                    f"Expected a folder of maps of at most {base.MAX_ARRAY_BYTES:,} cells "
                    "together, received more up to this file"
                )
        maps += dataset.maps
        labels += _labels(file, dataset)
        rules.add(dataset.rule)
        notes += (f"{shown(file)}: {note}" for note in dataset.notes)
    summary = f"Read {counted(len(maps), 'map')} from {counted(len(files), 'file')}."
    if others:
        more = ", ..." if len(others) > _MOST_NAMED else ""
        named = ", ".join(map(shown, others[:_MOST_NAMED]))
        summary += f" Left out {counted(len(others), 'file')} without a map: {named}{more}."
    rule = rules.pop() if len(rules) == 1 else ""
    return DataSet(folder.resolve().name, tuple(maps), (summary, *notes), rule, labels)


def _labels(file: Path, dataset: DataSet) -> Sequence[str]:
    if dataset.labels:
        return [f"{shown(file)}, {label}" for label in dataset.labels]
    # One string for all of them: a folder may hold a million maps.
    return [shown(file)] * len(dataset.maps)


def _wall_bytes(dataset: DataSet) -> int:
    if isinstance(dataset.maps, MapStack):
        return dataset.maps.walls.nbytes
    # The problems of a scenario share their walls.
    return sum({id(grid.walls): grid.walls.nbytes for grid in dataset.maps}.values())


def _map_files(folder: Path) -> tuple[list[Path], list[Path]]:
    """The files of a folder that are read, and those that could be but hold something else."""
    suffixes = readable_suffixes()
    files = sorted(
        file
        for file in folder.iterdir()
        if file.suffix.lower() in suffixes and not file.name.startswith(".") and file.is_file()
    )
    brought: set[Path | None] = set()
    for file in files:
        if file.suffix.lower() == ".scen":
            # A scenario brings its map along, with goals and starts on it.
            brought.add(file.with_suffix(""))
        elif file.suffix.lower() in ros.FORMAT.suffixes:
            brought.add(ros.picture_of(file))
    maps: list[Path] = []
    others: list[Path] = []
    for file in files:
        if file not in brought:
            (maps if _is_map(file) else others).append(file)
    if not maps:
        raise VinguiError(
            f"Expected a folder with files that end in {', '.join(suffixes)}, received none"
        )
    if len(maps) > _MAX_FILES:
        raise VinguiError(f"Expected at most {_MAX_FILES:,} map files, received {len(maps):,}")
    return maps, others


def _is_map(file: Path) -> bool:
    """Whether a file is meant as a map: of some suffixes most files are something else."""
    with reading(file):
        head = _head(file)
    suffix = file.suffix.lower()
    if suffix in ros.FORMAT.suffixes:
        return ros.matches(head, file) or ros.is_map(file)
    if suffix in vingui_map.FORMAT.suffixes:
        return vingui_map.matches(head, file)
    if suffix in text.FORMAT.suffixes:
        # One row is enough: what is wrong further down is to be said.
        return text.matches(head.lstrip().partition(b"\n")[0], file)
    return True
