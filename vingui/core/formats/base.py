"""`Format`, and what several formats share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.dataset import DataSet, MapStack
from vingui.core.errors import VinguiError
from vingui.core.formats.options import ReadOptions
from vingui.core.grid import MAX_SIDE, MIN_SIDE, GridMap
from vingui.core.phrases import counted
from vingui.core.terrain import STANDARD

MAX_ARRAY_BYTES: Final = 512 * 2**20
"""The most bytes unpacked from a file, checked before they are allocated: 128,000 maps of 64x64."""

MAX_MAPS: Final = 1_000_000
"""The most maps read from one file, so that cells and counts stay small beside the maps."""

MAX_TEXT_BYTES: Final = 128 * 2**20
"""The longest text file read: a vingui map of 4096x4096 cells with random heights fits."""

MAX_DEFLATE_RATIO: Final = 1032
"""Deflate cannot shrink data further, so a file that claims more is damaged (zlib's manual)."""


PLACE_RULE: Final = "8-both-free"
"""The name of the movement rule for maps of real places, such as robots' maps and pictures."""


@dataclass(frozen=True)
class CompanionFile:
    """The second file of a format with two, which has the first one's name with another suffix.

    Attributes:
        suffix: the suffix of the second file, with the dot.
        write: writes the second file, as `Format.write` writes the first.
        belongs: `belongs(first, second)` is whether an existing second file is part of the first,
            and may be replaced together with it.
    """

    suffix: str
    write: Callable[[Path, DataSet], None]
    belongs: Callable[[Path, Path], bool]


def no_terrain(maps: Sequence[GridMap]) -> str:
    """What a format without terrain loses of maps: a sentence, empty where they have none."""
    if any(grid.terrain is not None or grid.palette != STANDARD for grid in maps):
        return "This format has no terrain; its cells become free cells of cost 1."
    return ""


def all_terrain(maps: Sequence[GridMap]) -> str:
    """What a format that keeps terrain and palettes loses: nothing."""
    return ""


@dataclass(frozen=True)
class Format:
    """A file format: a row of the registry.

    Attributes:
        name: its name in code, such as "picture".
        title: its name for the user, in file dialogs and help.
        suffixes: lower case, with the dot; the usual one first.
        matches: `matches(head, path)` is whether the content is clearly of this format, judged by
            the file's first bytes and, if these do not suffice, by the file. It never raises.
        read: reads a file with these options. Its `VinguiError` need not name the file, because
            `read_dataset` does.
        write: writes a data set to a path, which is overwritten; the data set has the name of the
            file without its suffix. `None` for a format that can only be read.
        written_suffixes: those of `suffixes` that `write` can write.
        beside: the second file; `None` for a format of one file.
        keeps_markers: whether `write` keeps goals and starts.
        keeps_frame: whether `write` keeps the map's place in metres.
        keeps_goals: whether `write` keeps several goals.
        keeps_values: whether `write` keeps the goals' values.
        keeps_demonstrations: whether `write` keeps demonstrations.
        keeps_elevation: whether `write` keeps the height of each cell.
        terrain_loss: what `write` loses of the maps' terrain, in one sentence; empty for nothing.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    matches: Callable[[bytes, Path], bool]
    read: Callable[[Path, ReadOptions], DataSet]
    write: Callable[[Path, DataSet], None] | None = None
    written_suffixes: tuple[str, ...] = ()
    beside: CompanionFile | None = None
    keeps_markers: bool = True
    keeps_frame: bool = False
    keeps_goals: bool = False
    keeps_values: bool = False
    keeps_demonstrations: bool = False
    keeps_elevation: bool = False
    terrain_loss: Callable[[Sequence[GridMap]], str] = no_terrain

    def losses(self, maps: Sequence[GridMap]) -> tuple[str, ...]:
        """What of the maps cannot be written in this format, one sentence each."""
        losses = (
            (
                "This format keeps walls alone; goals and starts are left out.",
                not self.keeps_markers and any(grid.goals or grid.starts for grid in maps),
            ),
            (
                "This format has no metres; resolution and origin are left out.",
                not self.keeps_frame and any(grid.frame for grid in maps),
            ),
            (
                "This format has one goal; the others are left out.",
                self.keeps_markers
                and not self.keeps_goals
                and any(len(grid.goals) > 1 for grid in maps),
            ),
            (
                "This format has no values of goals; each is worth 0 in it.",
                self.keeps_markers
                and not self.keeps_values
                and any(grid.goal_values for grid in maps),
            ),
            (
                "This format has no demonstrations; they are left out.",
                not self.keeps_demonstrations and any(grid.demonstrations for grid in maps),
            ),
            (
                "This format has no elevation; it is left out.",
                not self.keeps_elevation and any(grid.elevation is not None for grid in maps),
            ),
        )
        sentences = (sentence for sentence, lost in losses if lost)
        return (*sentences, *filter(None, [self.terrain_loss(maps)]))


def only_map(dataset: DataSet) -> GridMap:
    """The map of a data set, for formats that hold a single map.

    Raises:
        VinguiError: the data set has several maps.
    """
    if len(dataset.maps) != 1:
        raise VinguiError(
            f"This format holds one map, but there are {len(dataset.maps):,}. Choose one of them, "
            "or save all of them with a name that ends in .npz"
        )
    return dataset.maps[0]


def blank_map_warning(maps: Sequence[GridMap]) -> str:
    """A warning about maps without any wall or any free cell; empty if there are none.

    Such a map is valid, but most often it was read with the wrong options.
    """
    if isinstance(maps, MapStack):
        cells = maps.walls.reshape(len(maps), -1)
        full, empty = int(cells.all(axis=1).sum()), int((~cells.any(axis=1)).sum())
    else:
        # The problems of a scenario share their walls.
        alike = {id(grid.walls): (grid.walls.all(), not grid.walls.any()) for grid in maps}
        full, empty = (sum(bool(alike[id(grid.walls)][n]) for grid in maps) for n in (0, 1))
    if len(maps) == 1:
        kind = "wall" if full else "free"
        return f"Warning: every cell of the map is {kind}." if full or empty else ""
    counts = [
        f"{number:,} {'has' if number == 1 else 'have'} no {what}"
        for number, what in ((full, "free cell"), (empty, "wall"))
        if number
    ]
    return f"Warning: of {counted(len(maps), 'map')}, {' and '.join(counts)}." if counts else ""


def check_bytes(what: str, nbytes: int, most: int | None = None) -> None:
    """Raise `VinguiError` unless data may take so many bytes. Call it before allocating them.

    Args:
        what: a noun that begins the message, like "Arrays".
        nbytes: the bytes that the data take.
        most: `MAX_ARRAY_BYTES` by default.
    """
    most = MAX_ARRAY_BYTES if most is None else most
    if nbytes > most:
        raise VinguiError(f"{what} may have at most {counted(most, 'byte')}, not {nbytes:,}")


def goal_places(is_goal: NDArray[np.bool_], *, first: int = 0) -> NDArray[np.int64]:
    """The flat index of each map's goal.

    Args:
        is_goal: `(n, cells)` bool, which cells are the goal.
        first: the number of the first map, for the message.

    Returns:
        `(n,)` int64.

    Raises:
        VinguiError: a map has no goal, or several.
    """
    counts = np.count_nonzero(is_goal, axis=1)
    wrong = counts != 1
    if wrong.any():
        index = int(wrong.argmax())
        raise VinguiError(f"Map {first + index} must have one goal, not {counts[index]}")
    places: NDArray[np.int64] = is_goal.argmax(axis=1)
    return places


def check_count(count: int) -> None:
    """Raise `VinguiError` unless a file may hold `count` maps. Call it before reading them."""
    if not 1 <= count <= MAX_MAPS:
        raise VinguiError(f"A file may hold 1 to {MAX_MAPS:,} maps, not {count:,}")


def check_size(rows: int, cols: int) -> None:
    """Raise `VinguiError`, with advice, unless a map in a file may have this size."""
    if max(rows, cols) > MAX_SIDE:
        raise VinguiError(
            f"The map has {rows}x{cols} cells, and vingui plans on {MAX_SIDE}x{MAX_SIDE} at "
            "most: cut out a part of it, or draw it as a picture, which can be read with "
            "larger cells"
        )
    if min(rows, cols) < MIN_SIDE:
        raise VinguiError(
            f"The map has {rows}x{cols} cells, and the smallest has {MIN_SIDE}x{MIN_SIDE}"
        )
