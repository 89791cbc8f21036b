"""Sets of maps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self, overload

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.grid import Cell, GridMap, check_shape
from vingui.core.moves import MoveRule
from vingui.core.phrases import counted, place


@dataclass(frozen=True, eq=False)
class DataSet:
    """Maps that belong together, each with its own goal and starts.

    Attributes:
        name: its name for the user, usually the file's name without its suffix.
        maps: one map or more.
        notes: how the file was read, one sentence each, shown to the user.
        rule: the name of the movement rule that suits the maps; empty for none.
        labels: what else the file says about each map, a few words each; empty where it says
            nothing.
        split: which split of its file it is; empty where the file has none.
        splits: how many maps each split of its file has, this one among them.
        refused: for a folder, why files could not be read: a line each that begins with the file's
            name.
        real_place: whether `rule` suits the maps because they show real places; otherwise because
            lengths in the file were measured under it.
        format: the name of the format that its file was read as; empty for a folder.

    Raises:
        VinguiError: there are no maps, or more or fewer labels than maps.
    """

    name: str
    maps: Sequence[GridMap]
    notes: tuple[str, ...] = ()
    rule: str = ""
    labels: Sequence[str] = ()
    split: str = ""
    splits: Mapping[str, int] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    real_place: bool = False
    format: str = ""

    def __post_init__(self) -> None:
        if not len(self.maps):
            raise VinguiError("A data set needs at least one map")
        if len(self.labels) not in (0, len(self.maps)):
            raise VinguiError(
                f"Expected {counted(len(self.maps), 'label')}, one a map, "
                f"received {len(self.labels)}"
            )

    def rule_advice(self, used: MoveRule) -> str:
        """Why `rule` suits the maps and the rule in use does not; empty if both suit them.

        A main clause without a full stop, like "its lengths mean moves that cut no corners".
        """
        if self.rule in ("", used.name):
            return ""
        if not self.real_place:
            return "its lengths mean moves that cut no corners"
        return "nothing real fits between two walls that touch diagonally" if used.squeezes else ""

    def describe(self, index: int) -> str:
        """A map of the set in a line, without a full stop.

        Like "8x8, from row 1, col 2 to row 6, col 3; bucket 1, optimal length 6.41".

        Raises:
            IndexError: there is no such map.
        """
        grid = self.maps[index]
        text = f"{grid.rows}x{grid.cols}"
        if len(grid.starts) == 1:
            text += f", from {place(grid.starts[0])}"
        elif grid.starts:
            text += f", {counted(len(grid.starts), 'start')}"
        if grid.goal is not None:
            text += f"{' to' if len(grid.starts) == 1 else ', goal at'} {place(grid.goal)}"
        label = self.labels[index] if self.labels else ""
        return f"{text}; {label}" if label else text


@dataclass(frozen=True, eq=False)
class MapStack(Sequence[GridMap]):
    """Maps of one size, each with a goal and at most one start, made on access.

    Every map is checked at once and vectorised, so that a set of 100,000 opens quickly.

    Attributes:
        walls: `(n, rows, cols)` bool, `True` for a wall. Kept as a read-only copy, or
            as it is where its memory is read-only already.
        goals: `(n, 2)` integers, the `(row, col)` of each goal.
        starts: `(n, 2)` integers, the `(row, col)` of each start, or `None`: no map has one.

    Raises:
        VinguiError: a shape or dtype is wrong, or a goal or start lies outside its map or in a
            wall; the message names the map by its index from 0.
    """

    walls: NDArray[np.bool_]
    goals: NDArray[np.int64]
    starts: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "walls", _checked_walls(self.walls))
        object.__setattr__(self, "goals", _checked_cells("goal", self.goals, self.walls))
        if self.starts is not None:
            object.__setattr__(self, "starts", _checked_cells("start", self.starts, self.walls))

    @classmethod
    def from_maps(cls, maps: Sequence[GridMap]) -> "MapStack":
        """Stack maps of one size, each with a goal, and all or none with one start.

        Raises:
            VinguiError: there is no map, or one does not fit; the message names its index.
        """
        if isinstance(maps, MapStack):
            return maps
        if not maps:
            raise VinguiError("A data set needs at least one map")
        first = maps[0]
        starts_each = len(first.starts)
        goals: list[Cell] = []
        walls = np.empty((len(maps), first.rows, first.cols), bool)
        for index, grid in enumerate(maps):
            _check_alike(grid, index, shape=(first.rows, first.cols), starts_each=starts_each)
            assert grid.goal is not None  # noqa: S101 - for the type checker: just checked
            goals.append(grid.goal)
            walls[index] = grid.walls
        walls.flags.writeable = False
        starts = np.array([grid.starts[0] for grid in maps]) if starts_each else None
        return cls(walls, np.array(goals), starts)

    def __len__(self) -> int:
        return int(self.walls.shape[0])

    @overload
    def __getitem__(self, index: int) -> GridMap: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> GridMap | Self:
        """The map at `index`, or a stack of the maps of a slice that shares this one's memory."""
        starts = self.starts
        if isinstance(index, slice):
            # The constructor would copy the walls and repeat the checks.
            part = object.__new__(type(self))
            object.__setattr__(part, "walls", self.walls[index])
            object.__setattr__(part, "goals", self.goals[index])
            object.__setattr__(part, "starts", None if starts is None else starts[index])
            return part
        return GridMap(
            self.walls[index],
            (as_cell(self.goals[index]),),
            () if starts is None else (as_cell(starts[index]),),
        )

    def __iter__(self) -> Iterator[GridMap]:
        for index in range(len(self)):
            yield self[index]

    def __repr__(self) -> str:
        count, rows, cols = self.walls.shape
        return f"MapStack({count} maps of {rows}x{cols}, starts={self.starts is not None})"


def as_cell(pair: NDArray[np.integer]) -> Cell:
    """A row and a column of an array as a cell."""
    return int(pair[0]), int(pair[1])


def _check_alike(grid: GridMap, index: int, *, shape: tuple[int, int], starts_each: int) -> None:
    if (grid.rows, grid.cols) != shape:
        raise VinguiError(
            f"The maps of a data set have one size; map 0 has {shape[0]}x{shape[1]} cells and "
            f"map {index} has {grid.rows}x{grid.cols}. Write each to a file of its own"
        )
    if grid.goal is None:
        raise VinguiError(
            f"Each map of a data set has a goal, and map {index} has none. Give it one, or write "
            "each to a file of its own"
        )
    if len(grid.starts) > 1:
        raise VinguiError(
            f"Each map of a data set has at most one start, and map {index} has "
            f"{len(grid.starts)}. Remove the others, or write each map to a file of its own"
        )
    if len(grid.starts) != starts_each:
        raise VinguiError(
            "Either all maps of a data set have a start or none has; "
            f"map 0 has {starts_each} and map {index} has {len(grid.starts)}"
        )


def _checked_walls(walls: NDArray[np.bool_]) -> NDArray[np.bool_]:
    if walls.dtype != np.bool_ or walls.ndim != 3:
        raise VinguiError(
            "Expected walls as a bool array of shape (n, rows, cols), "
            f"received {walls.dtype} of shape {walls.shape}"
        )
    if not walls.shape[0]:
        raise VinguiError("A data set needs at least one map")
    check_shape(*walls.shape[1:], what="walls")
    # Memory cannot change only if it is read-only, whether the array owns it or is a view of it.
    base = walls if walls.base is None else walls.base
    if walls.flags.writeable or not isinstance(base, np.ndarray) or base.flags.writeable:
        walls = walls.copy()
        walls.flags.writeable = False
    return walls


def _checked_cells(
    what: str, cells: NDArray[np.int64], walls: NDArray[np.bool_]
) -> NDArray[np.int64]:
    count, rows, cols = walls.shape
    if cells.dtype.kind not in "iu" or cells.shape != (count, 2):
        raise VinguiError(
            f"Expected {what}s as whole numbers of shape ({count}, 2), "
            f"received {cells.dtype} of shape {cells.shape}"
        )
    # Compared before they are made int64, where a large uint64 would turn negative.
    outside = ((cells < 0) | (cells >= np.array([rows, cols]))).any(axis=1)
    if outside.any():
        index = int(outside.argmax())
        raise VinguiError(
            f"The {what} of map {index} lies outside its {rows}x{cols} cells, "
            f"at row {cells[index, 0]}, col {cells[index, 1]}"
        )
    checked = np.array(cells, np.int64)
    blocked = walls[np.arange(count), checked[:, 0], checked[:, 1]]
    if blocked.any():
        index = int(blocked.argmax())
        raise VinguiError(
            f"The {what} of map {index} lies in a wall, "
            f"at row {checked[index, 0]}, col {checked[index, 1]}"
        )
    checked.flags.writeable = False
    return checked
