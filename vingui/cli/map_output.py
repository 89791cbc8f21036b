"""Writing maps to one file or to a file each, for `vingui generate` and `vingui convert`."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from vingui.cli.name_patterns import check_target
from vingui.cli.printing import note
from vingui.cli.progress import progress
from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.files import name_of
from vingui.core.formats import format_to_write, write_dataset, write_map
from vingui.core.name_patterns import check_pattern, filled, is_pattern, make_folder


def check_map_output(out: Path, *, known: Sequence[str]) -> None:
    """Raise `VinguiError` unless `out` is the name of a map file, or a pattern of such names.

    Args:
        out: a file, or a pattern of file names.
        known: the placeholders that a pattern may have.
    """
    format_to_write(out)
    if is_pattern(str(out)):
        check_pattern(str(out), known=known)
    else:
        check_target(str(out))


def check_map_count(out: Path, count: int, *, known: Sequence[str]) -> None:
    """Raise `VinguiError` if `out`, as accepted by `check_map_output`, cannot hold `count` maps."""
    if count < 2:
        return
    if is_pattern(str(out)):
        check_pattern(str(out), needed=("index",), known=known)
    elif ".npz" not in format_to_write(out).written_suffixes:
        raise VinguiError(
            f"{name_of(out)}: This file holds one map, and there are {count:,}. Put {{index}} into "
            "its name for a file each, or end it in .npz for all of them"
        )


def write_maps(
    out: Path, dataset: DataSet, *, indices: Sequence[int], names: Mapping[str, object]
) -> str:
    """Write maps, and print what their format leaves out.

    Args:
        out: a file, or a pattern of file names.
        dataset: the maps, at least one.
        indices: the value of the placeholder `{index}` for each map.
        names: the values of the other placeholders.

    Returns:
        The names of the files: "m0.json and m1.json", "m0.json, ... m9.json".

    Raises:
        VinguiError: a file cannot be written.
    """
    note(*(f"{out.name}: {loss}" for loss in format_to_write(out).losses(dataset.maps)))
    pattern = str(out)
    if not is_pattern(pattern):
        write_dataset(out, dataset)
        return pattern
    maps = zip(indices, dataset.maps, strict=True)
    for index, grid in progress(maps, total=len(indices), doing="Writing"):
        path = filled(pattern, {**names, "index": index})
        make_folder(pattern, path)
        write_map(path, grid)
    return written_names(out, indices, names=names)


def written_names(out: Path, indices: Sequence[int], *, names: Mapping[str, object]) -> str:
    """The names of the files of maps, as of `write_maps`."""
    pattern = str(out)
    if not is_pattern(pattern):
        return pattern
    first, last = (str(filled(pattern, {**names, "index": indices[at]})) for at in (0, -1))
    if len(indices) == 1:
        return first
    return f"{first} and {last}" if len(indices) == 2 else f"{first}, ... {last}"
