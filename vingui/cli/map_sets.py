"""The sets of maps that `vingui evaluate` plans on."""

import argparse
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from vingui.cli.file_arguments import read_options
from vingui.cli.printing import note
from vingui.cli.streams import check_read_once, message_names, read_maps
from vingui.core.dataset import MapStack
from vingui.core.errors import VinguiError
from vingui.core.evaluation_sets import LoadedSet, maps_like, with_distinct_names
from vingui.core.generated_maps import DEFAULT_COUNT, GeneratedMaps
from vingui.core.grid import GridMap


def read_sets(options: argparse.Namespace) -> tuple[list[LoadedSet], list[str]]:
    """Read and generate the sets of the command line, and print how.

    Returns:
        The sets, and why files of folders were refused.

    Raises:
        VinguiError: there is none, a file cannot be read, or maps lack what evaluation needs.
    """
    if not (options.data or options.generate or options.like):
        raise VinguiError(
            "There are no maps to evaluate on: name files, or add --generate maze:28:100 or "
            "--like MAP"
        )
    check_read_once(options.data)
    sets, refused = list[LoadedSet](), list[str]()
    names = message_names(options.data)
    for path, name in zip(options.data, names, strict=True):
        dataset = read_maps(path, read_options(options))
        maps = dataset.maps[: options.limit]
        _check_markers(maps, name, options.starts)
        sets.append(LoadedSet(dataset.name, maps, dataset.notes))
        refused += dataset.refused
    sets += [generated(text, options) for text in options.generate]
    sets += [like(text, options) for text in options.like]
    note(*(line for one in sets for line in one.notes))
    return with_distinct_names(sets), refused


def generated(text: str, options: argparse.Namespace) -> LoadedSet:
    """The maps of `--generate`."""
    maps = GeneratedMaps.parse(text, seed=options.seed)
    if options.limit is not None:
        maps = replace(maps, number=min(maps.number, options.limit))
    return LoadedSet(maps.title, maps)


def like(text: str, options: argparse.Namespace, *, number: int = DEFAULT_COUNT) -> LoadedSet:
    """The maps of `--like`; `number` of them unless it says how many."""
    found = re.fullmatch(r"(.+):(\d{1,7})", text)
    path, count = (found[1], int(found[2])) if found else (text, number)
    grid = read_maps(Path(path), read_options(options)).maps[0]
    return maps_like(grid, count=min(count, options.limit or count), seed=options.seed)


def _check_markers(maps: Sequence[GridMap], name: str, starts: str) -> None:
    """Raise `VinguiError` if no map has a goal, or if starts are needed and no map has one."""
    if not isinstance(maps, MapStack) and all(grid.goal is None for grid in maps):
        raise VinguiError(
            f"{name}: No map has a goal, and without one there is nothing to reach. Set it in "
            "the window, and save the map as .json"
        )
    if starts == "given" and not _has_starts(maps):
        raise VinguiError(
            f"{name}: No map has a start. Add --starts all to evaluate from every free cell"
        )


def _has_starts(maps: Sequence[GridMap]) -> bool:
    if isinstance(maps, MapStack):
        return maps.starts is not None
    return any(grid.starts for grid in maps)
