"""Reading a file of any format, or a folder of such files."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from vingui.core.dataset import DataSet, MapStack
from vingui.core.errors import VinguiError
from vingui.core.files import UTF16_MARKS, check_regular, name_of, read_head, reading
from vingui.core.formats import base, ros, run_files, text, vingui_map
from vingui.core.formats.base import Format
from vingui.core.formats.options import DEFAULT_OPTIONS, ReadOptions
from vingui.core.formats.pixels import is_film
from vingui.core.formats.placeholder_files import check_no_placeholder, named_alone
from vingui.core.formats.registry import FORMATS, is_readable, readable_suffixes
from vingui.core.grid import GridMap
from vingui.core.phrases import counted

_MAX_FILES: Final = 10_000
_MOST_NAMED: Final = 3
"""The most files without a map that a note names."""

_LEFT_OUT: Final = {
    "plan": ("file", " that vingui made of a plan"),
    "film": ("film", ""),
    "other": ("file", " without a map"),
}
"""The kinds of files in a folder that are not read."""

_RECIPE_SUFFIXES: Final = (".png", ".webp", ".gif", ".json", ".npz", ".csv")
"""Suffixes of maps that files with a recipe can have too."""

# Pickles of protocols 0 and 1 begin with nothing special, and are recognised by their name.
_PICKLE_SUFFIXES: Final = (".pkl", ".pickle")
_PICKLE_HEADS: Final = tuple(bytes((0x80, protocol)) for protocol in range(2, 6))

OnProgress = Callable[[int, int], None]
"""Called with the number of files of a folder that have been read and their total.

An exception that it raises ends the reading.
"""


def read_dataset(
    path: Path,
    options: ReadOptions = DEFAULT_OPTIONS,
    *,
    file_format: Format | None = None,
    on_progress: OnProgress | None = None,
) -> DataSet:
    """Read the maps of a file or folder.

    The format follows from a file's name and content; if they disagree, the content counts, and
    a note says so. All files of a folder with a readable suffix are read in the order of their
    names, without hidden files, subfolders, `.map` files with a `.scen` file, pictures named by a
    `.yaml` file, `.yaml`, `.json` and `.txt` files of anything but maps, and what vingui made of
    a plan. Files of a folder that cannot be read are listed in `refused`.

    Args:
        path: the file or folder.
        options: how to read it.
        file_format: the format of the file, if `format_of` has been called already.
        on_progress: called before each file of a folder.

    Raises:
        VinguiError: it cannot be read, or holds no valid map. The message is one line that starts
            with the name of the file.
    """
    with reading(path):
        if not path.is_dir():
            return _read_file(path, options, file_format)
    return _read_folder(path, options, on_progress or (lambda done, total: None))


def read_map(path: Path, options: ReadOptions = DEFAULT_OPTIONS, *, index: int = 0) -> GridMap:
    """Read one map of a file or folder.

    Args:
        path: the file or folder.
        options: how to read it.
        index: the index of the map, from 0.

    Raises:
        VinguiError: as in `read_dataset`, or there is no such map.
    """
    maps = read_dataset(path, options).maps
    if not 0 <= index < len(maps):
        raise VinguiError(
            f"{name_of(path)}: There is no map {index}; its maps are 0 to {len(maps) - 1}"
        )
    return maps[index]


def format_of(path: Path) -> Format:
    """The format of a file, according to its name and its first bytes.

    Raises:
        VinguiError: it cannot be read, is a folder, or is of no known format; one line that
            starts with the name of the file.
    """
    with reading(path):
        return _format_of(path)


def _read_file(path: Path, options: ReadOptions, file_format: Format | None = None) -> DataSet:
    file_format = file_format or _format_of(path)
    named = path.suffix.lower() in file_format.suffixes
    dataset = (
        file_format.read(path, options) if named else _read_misnamed(path, file_format, options)
    )
    warning = base.blank_map_warning(dataset.maps)
    notes = (warning, *dataset.notes) if warning else dataset.notes
    return replace(dataset, notes=notes, format=file_format.name)


def _format_of(path: Path) -> Format:
    if not check_regular(path):
        raise VinguiError("The file is empty: there is no map in it")
    head = read_head(path)
    check_no_placeholder(head, is_readable)
    head = _as_utf8(head)
    if path.suffix.lower() in _PICKLE_SUFFIXES or head.startswith(_PICKLE_HEADS):
        raise VinguiError(
            "It is a Python pickle, which can run code when it is loaded, so it is not read. "
            "Export the maps with numpy.savez to an .npz with the arrays walls, goal and start"
        )
    suffix, named = path.suffix.lower(), None
    for file_format in FORMATS.values():
        if suffix in file_format.suffixes:
            if file_format.matches(head, path):
                return file_format
            named = named or file_format
    for file_format in FORMATS.values():
        if suffix not in file_format.suffixes and file_format.matches(head, path):
            return file_format
    if named is not None:
        # No format matches, so the reader that belongs to the name says what is wrong.
        return named
    if text.begins_as_map(head):
        return text.FORMAT
    raise VinguiError(
        "Neither its name nor its content is that of a map. Maps are files that end in "
        f"{', '.join(readable_suffixes())}, and folders of them"
    )


def _as_utf8(head: bytes) -> bytes:
    """The first bytes of a file, converted from UTF-16 to UTF-8 if needed; formats expect UTF-8."""
    if head.startswith(UTF16_MARKS):
        return head.decode("utf-16", "ignore").encode("utf-8", "ignore")
    return head


def _read_misnamed(path: Path, file_format: Format, options: ReadOptions) -> DataSet:
    ending = path.suffix if path.suffix.isprintable() else ""
    why = (
        f"read as {file_format.title} because of its content, despite its ending {ending}".rstrip()
    )
    try:
        dataset = file_format.read(path, options)
    except VinguiError as error:
        raise VinguiError(f"{error} ({why})") from error
    return replace(dataset, notes=(why[0].upper() + why[1:] + ".", *dataset.notes))


def _read_folder(folder: Path, options: ReadOptions, on_progress: OnProgress) -> DataSet:
    with reading(folder):
        files, refused, left_out = _files_of(folder)
        _check_files(files, refused, left_out)
    maps: list[GridMap] = []
    labels: list[str] = []
    notes: list[str] = []
    rules: set[tuple[str, bool]] = set()
    nbytes = read = 0
    for number, file in enumerate(files):
        on_progress(number, len(files))
        try:
            with reading(file):
                dataset = _read_file(file, options)
                _check_room(nbytes + _cell_bytes(dataset))
        except VinguiError as error:
            refused.append(str(error))
            continue
        read += 1
        nbytes += _cell_bytes(dataset)
        maps += dataset.maps
        labels += _labels(file, dataset)
        rules.add((dataset.rule, dataset.real_place))
        notes += (f"{name_of(file)}: {note}" for note in dataset.notes)
    if not maps:
        raise VinguiError(_none_readable(folder, refused))
    summary = f"Read {counted(len(maps), 'map')} from {counted(read, 'file')}.{left_out}"
    rule, real_place = rules.pop() if len(rules) == 1 else ("", False)
    return DataSet(
        folder.resolve().name,
        tuple(maps),
        (summary, *notes),
        rule,
        labels,
        refused=tuple(refused),
        real_place=real_place,
    )


def _check_files(files: list[Path], refused: list[str], left_out: str) -> None:
    if len(files) > _MAX_FILES:
        raise VinguiError(
            f"The folder has {len(files):,} map files; at most {_MAX_FILES:,} can be read"
        )
    if not files and not refused:
        raise VinguiError(
            "The folder holds no maps, which are files that end in "
            f"{', '.join(readable_suffixes())}" + (f".{left_out}" if left_out else "")
        )


def _check_room(nbytes: int) -> None:
    if nbytes > base.MAX_ARRAY_BYTES:
        raise VinguiError(
            "With this file the maps of the folder would be more than "
            f"{base.MAX_ARRAY_BYTES:,} cells together; open it by itself"
        )


def _none_readable(folder: Path, refused: list[str]) -> str:
    if len(refused) == 1:
        return refused[0]
    return (
        f"{name_of(folder)}: None of its {counted(len(refused), 'file')} could be read. "
        f"The first: {refused[0]}"
    )


def _labels(file: Path, dataset: DataSet) -> Sequence[str]:
    if dataset.labels:
        return [f"{name_of(file)}, {label}" for label in dataset.labels]
    # The same string for all of them, since a folder can hold a million maps.
    return [name_of(file)] * len(dataset.maps)


def _cell_bytes(dataset: DataSet) -> int:
    """The bytes of the maps' walls and terrain."""
    if isinstance(dataset.maps, MapStack):
        terrain = dataset.maps.terrain
        return dataset.maps.walls.nbytes + (0 if terrain is None else terrain.nbytes)
    # The problems of a scenario share their walls.
    walls = {id(grid.walls): grid.walls.nbytes for grid in dataset.maps}
    terrains = (grid.terrain.nbytes for grid in dataset.maps if grid.terrain is not None)
    return sum(walls.values()) + sum(terrains)


def _files_of(folder: Path) -> tuple[list[Path], list[str], str]:
    """The map files of a folder, why others cannot be read, and a note on those left out."""
    suffixes = readable_suffixes()
    files = sorted(
        file
        for file in folder.iterdir()
        if file.suffix.lower() in suffixes
        and not file.name.startswith(".")
        # A broken link is reported as unreadable.
        and (file.is_file() or (file.is_symlink() and not file.exists()))
    )
    brought: set[Path | None] = set()
    for file in files:
        if file.suffix.lower() == ".scen":
            # A scenario is read together with its map.
            brought.add(file.with_suffix(""))
        elif file.suffix.lower() in ros.FORMAT.suffixes:
            brought.add(ros.picture_of(file))
    kinds: dict[str, list[Path]] = {kind: [] for kind in ("map", *_LEFT_OUT)}
    refused: list[str] = []
    for file in files:
        if file in brought:
            continue
        try:
            with reading(file):
                kinds[_kind_of(file)].append(file)
        except VinguiError as error:
            refused.append(str(error))
    left_out = "".join(_left_out_note(kinds[kind], *_LEFT_OUT[kind]) for kind in _LEFT_OUT)
    return kinds["map"], refused, left_out


def _left_out_note(files: list[Path], noun: str, what: str) -> str:
    if not files:
        return ""
    more = ", ..." if len(files) > _MOST_NAMED else ""
    names = ", ".join(map(name_of, files[:_MOST_NAMED]))
    return f" Left out {counted(len(files), noun)}{what}: {names}{more}."


def _kind_of(file: Path) -> str:
    """The kind of a file: "map" or a key of `_LEFT_OUT`."""
    # Imported here, because `embedding` imports the reader of arrays in this package.
    from vingui.core.embedding import has_recipe

    head = _as_utf8(read_head(file))
    if run_files.matches(head, file):
        return "plan"
    if file.suffix.lower() in _RECIPE_SUFFIXES and has_recipe(file):
        return "plan"
    if is_film(file):
        return "film"
    return "map" if _is_map(file, head) else "other"


def _is_map(file: Path, head: bytes) -> bool:
    """Whether a file is meant as a map; most files with some of the suffixes are not."""
    suffix = file.suffix.lower()
    if named_alone(head, suffix.__eq__):
        # A link that was copied as text, which is reported. Lists of files name other suffixes.
        return True
    if suffix in ros.FORMAT.suffixes:
        return ros.matches(head, file) or ros.is_map(file)
    if suffix in vingui_map.FORMAT.suffixes:
        return vingui_map.matches(head, file)
    if suffix in text.FORMAT.suffixes:
        # One row is enough; errors further down are reported.
        return text.begins_as_map(head)
    return True
