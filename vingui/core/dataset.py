"""Sets of maps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Self, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from vingui.core.demonstration_arrays import DemonstrationStack
from vingui.core.errors import VinguiError
from vingui.core.grid import MAX_VALUE, Cell, GridMap, check_shape
from vingui.core.map_arrays import MAX_HEIGHT
from vingui.core.moves import MoveRule
from vingui.core.phrases import counted, place
from vingui.core.terrain import STANDARD, Palette

_T = TypeVar("_T", bound=np.generic)


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

    def __repr__(self) -> str:
        refused = f", {len(self.refused):,} refused" if self.refused else ""
        return f"DataSet({self.name!r}, {counted(len(self.maps), 'map')}{refused})"

    def __len__(self) -> int:
        return len(self.maps)

    def __iter__(self) -> Iterator[GridMap]:
        return iter(self.maps)

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
        if len(grid.goals) > 1:
            text += f", {counted(len(grid.goals), 'goal')}"
        elif grid.goal is not None:
            text += f"{' to' if len(grid.starts) == 1 else ', goal at'} {place(grid.goal)}"
        if grid.demonstrations:
            text += f", {counted(len(grid.demonstrations), 'demonstration')}"
        label = self.labels[index] if self.labels else ""
        return f"{text}; {label}" if label else text


@dataclass(frozen=True, eq=False)
class MapStack(Sequence[GridMap]):
    """Maps of one size and palette, each with a goal and at most one start, made on access.

    Every map is checked at once and vectorised, so that a set of 100,000 opens quickly.

    Attributes:
        walls: `(n, rows, cols)` bool, `True` for a wall. Kept as a read-only copy, or
            as it is where its memory is read-only already.
        goals: `(n, goals, 2)` integers, the `(row, col)` of each goal; `-1, -1` for each that a map
            has less than others. The constructor also takes `(n, 2)`, one goal a map.
        starts: `(n, 2)` integers, the `(row, col)` of each start, or `None`: no map has one.
        terrain: `(n, rows, cols)` uint8, the kind of each cell, or `None`: all are of kind 0. Kept
            like `walls`.
        palette: the kinds of terrain.
        goal_values: `(n, goals)` float64, what each goal is worth, or `None`: all are worth 0.
        demonstrations: those of each map, or `None`: no map has one.
        elevation: `(n, rows, cols)` float32, the height of each cell in metres, or `None`: no map
            has one. Kept like `walls`.

    Raises:
        VinguiError: a shape or dtype is wrong, a goal or start lies outside its map or in a wall,
            a cell's terrain is not in the palette, or a goal's value or a height is out of
            bounds; the message names the map by its index from 0.
    """

    walls: NDArray[np.bool_]
    goals: NDArray[np.int64]
    starts: NDArray[np.int64] | None = None
    terrain: NDArray[np.uint8] | None = None
    palette: Palette = STANDARD
    goal_values: NDArray[np.float64] | None = None
    demonstrations: DemonstrationStack | None = None
    elevation: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        walls = _checked_walls(self.walls)
        object.__setattr__(self, "walls", walls)
        object.__setattr__(self, "goals", _checked_goals(self.goals, walls))
        if self.starts is not None:
            object.__setattr__(self, "starts", _checked_cells("start", self.starts, walls))
        if self.terrain is not None:
            terrain = _checked_terrain(self.terrain, walls, self.palette)
            object.__setattr__(self, "terrain", terrain)
        if self.goal_values is not None:
            values = _checked_values(self.goal_values, self.goals)
            object.__setattr__(self, "goal_values", values)
        if self.elevation is not None:
            object.__setattr__(self, "elevation", _checked_elevation(self.elevation, walls))

    @classmethod
    def from_maps(cls, maps: Sequence[GridMap]) -> "MapStack":
        """Stack maps of one size and palette, each with a goal, and all or none with one start.

        Raises:
            VinguiError: there is no map, or one does not fit; the message names its index.
        """
        if isinstance(maps, MapStack):
            return maps
        if not maps:
            raise VinguiError("A data set needs at least one map")
        first = maps[0]
        starts_each = len(first.starts)
        shape = (len(maps), first.rows, first.cols)
        for index, grid in enumerate(maps):
            _check_alike(grid, index, first)
        most = max(len(grid.goals) for grid in maps)
        goals, values = np.full((len(maps), most, 2), -1), np.zeros((len(maps), most))
        walls, terrain = np.empty(shape, bool), None
        if any(grid.terrain is not None for grid in maps):
            terrain = np.zeros(shape, np.uint8)
        for index, grid in enumerate(maps):
            walls[index] = grid.walls
            goals[index, : len(grid.goals)] = grid.goals
            values[index, : len(grid.goals)] = grid.goal_values or 0
            if terrain is not None and grid.terrain is not None:
                terrain[index] = grid.terrain
        walls.flags.writeable = False
        starts = np.array([grid.starts[0] for grid in maps]) if starts_each else None
        shown = [grid.demonstrations for grid in maps]
        heights = [grid.elevation for grid in maps if grid.elevation is not None]
        return cls(
            walls,
            goals,
            starts,
            terrain,
            first.palette,
            values if values.any() else None,
            DemonstrationStack.of_maps(shown) if any(shown) else None,
            np.stack(heights) if heights else None,
        )

    def __len__(self) -> int:
        return int(self.walls.shape[0])

    @overload
    def __getitem__(self, index: int) -> GridMap: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> GridMap | Self:
        """The map at `index`, or a stack of the maps of a slice that shares this one's memory."""
        if isinstance(index, slice):
            # The constructor would copy the walls and repeat the checks.
            part = object.__new__(type(self))
            for each in fields(self):
                value = getattr(self, each.name)
                if isinstance(value, np.ndarray | DemonstrationStack):
                    value = value[index]
                object.__setattr__(part, each.name, value)
            return part
        has = self.goals[index, :, 0] >= 0
        goals = tuple(as_cell(goal) for goal in self.goals[index][has])
        values = () if self.goal_values is None else self.goal_values[index][has].tolist()
        return GridMap(
            self.walls[index],
            goals,
            () if self.starts is None else (as_cell(self.starts[index]),),
            terrain=None if self.terrain is None else self.terrain[index],
            palette=self.palette,
            goal_values=tuple(values),
            demonstrations=() if self.demonstrations is None else self.demonstrations[index],
            elevation=None if self.elevation is None else self.elevation[index],
        )

    def __iter__(self) -> Iterator[GridMap]:
        for index in range(len(self)):
            yield self[index]

    def __repr__(self) -> str:
        count, rows, cols = self.walls.shape
        kinds = "" if self.terrain is None else f", {len(self.palette)} kinds of terrain"
        starts = self.starts is not None
        return f"MapStack({count} maps of {rows}x{cols}, starts={starts}{kinds})"


def as_cell(pair: NDArray[np.integer]) -> Cell:
    """A row and a column of an array as a cell."""
    return int(pair[0]), int(pair[1])


def _check_alike(grid: GridMap, index: int, first: GridMap) -> None:
    if grid.walls.shape != first.walls.shape:
        raise VinguiError(
            f"The maps of a data set have one size; map 0 has {first.rows}x{first.cols} cells and "
            f"map {index} has {grid.rows}x{grid.cols}. Write each to a file of its own"
        )
    if grid.palette != first.palette:
        raise VinguiError(
            f"The maps of a data set have one palette; that of map {index} differs from that of "
            "map 0. Write each to a file of its own"
        )
    if grid.goal is None:
        raise VinguiError(
            f"Each map of a data set has a goal, and map {index} has none. Give it one, or write "
            "each to a file of its own"
        )
    if (grid.elevation is None) != (first.elevation is None):
        has, lacks = (index, 0) if first.elevation is None else (0, index)
        raise VinguiError(
            f"Either all maps of a data set have an elevation or none has; map {has} has one and "
            f"map {lacks} has none. Write each to a file of its own"
        )
    if len(grid.starts) > 1:
        raise VinguiError(
            f"Each map of a data set has at most one start, and map {index} has "
            f"{len(grid.starts)}. Remove the others, or write each map to a file of its own"
        )
    if len(grid.starts) != len(first.starts):
        raise VinguiError(
            "Either all maps of a data set have a start or none has; "
            f"map 0 has {len(first.starts)} and map {index} has {len(grid.starts)}"
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
    return _frozen(walls)


def _frozen(array: NDArray[_T]) -> NDArray[_T]:
    # Memory cannot change only if it is read-only, whether the array owns it or is a view of it.
    base = array if array.base is None else array.base
    if array.flags.writeable or not isinstance(base, np.ndarray) or base.flags.writeable:
        array = array.copy()
        array.flags.writeable = False
    return array


def _checked_terrain(
    terrain: NDArray[np.uint8], walls: NDArray[np.bool_], palette: Palette
) -> NDArray[np.uint8]:
    if terrain.dtype != np.uint8 or terrain.shape != walls.shape:
        raise VinguiError(
            f"Expected terrain as a uint8 array of shape {walls.shape}, "
            f"received {terrain.dtype} of shape {terrain.shape}"
        )
    highest = terrain.reshape(len(walls), -1).max(axis=1)
    wrong = highest >= len(palette)
    if wrong.any():
        index = int(wrong.argmax())
        raise VinguiError(
            f"A cell of map {index} is of terrain {highest[index]}, but the palette has "
            f"{counted(len(palette), 'kind')}, counted from 0"
        )
    return _frozen(terrain)


def _checked_elevation(
    elevation: NDArray[np.float32], walls: NDArray[np.bool_]
) -> NDArray[np.float32]:
    if elevation.dtype != np.float32 or elevation.shape != walls.shape:
        raise VinguiError(
            f"Expected elevation as a float32 array of shape {walls.shape}, "
            f"received {elevation.dtype} of shape {elevation.shape}"
        )
    # Also false for what is not a number.
    heights = elevation.reshape(len(walls), -1)
    wrong = ~((heights.min(axis=1) >= -MAX_HEIGHT) & (heights.max(axis=1) <= MAX_HEIGHT))
    if wrong.any():
        raise VinguiError(
            f"A height of map {int(wrong.argmax())} is not a number from {-MAX_HEIGHT:z,.0f} to "
            f"{MAX_HEIGHT:z,.0f} metres"
        )
    return _frozen(elevation)


def _checked_values(values: NDArray[np.float64], goals: NDArray[np.int64]) -> NDArray[np.float64]:
    if values.dtype.kind not in "iuf" or values.shape != goals.shape[:2]:
        raise VinguiError(
            f"Expected the goals' values as numbers of shape {goals.shape[:2]}, "
            f"received {values.dtype} of shape {values.shape}"
        )
    wrong = ~(np.abs(values) <= MAX_VALUE).all(axis=1)
    if wrong.any():
        raise VinguiError(
            f"The value of a goal of map {int(wrong.argmax())} is not a number from "
            f"{-MAX_VALUE:z,.0f} to {MAX_VALUE:z,.0f}"
        )
    checked = np.array(values, np.float64)
    checked.flags.writeable = False
    return checked


def _checked_goals(goals: NDArray[np.int64], walls: NDArray[np.bool_]) -> NDArray[np.int64]:
    count = len(walls)
    if goals.ndim != 3:
        return _checked_cells("goal", goals, walls)[:, None]
    if goals.dtype.kind not in "iu" or goals.shape != (count, max(goals.shape[1], 1), 2):
        raise VinguiError(
            f"Expected goals as whole numbers of shape ({count}, goals, 2), "
            f"received {goals.dtype} of shape {goals.shape}"
        )
    lacks = (goals == -1).all(axis=2)
    lacks[:, 0] = False
    owners = np.nonzero(~lacks)[0]
    checked = np.full(goals.shape, -1, np.int64)
    checked[~lacks] = _free_cells("goal", goals[~lacks], walls, owners)
    checked.flags.writeable = False
    return checked


def _checked_cells(
    what: str, cells: NDArray[np.int64], walls: NDArray[np.bool_]
) -> NDArray[np.int64]:
    count = len(walls)
    if cells.dtype.kind not in "iu" or cells.shape != (count, 2):
        raise VinguiError(
            f"Expected {what}s as whole numbers of shape ({count}, 2), "
            f"received {cells.dtype} of shape {cells.shape}"
        )
    checked = _free_cells(what, cells, walls, np.arange(count))
    checked.flags.writeable = False
    return checked


def _free_cells(
    what: str, cells: NDArray[np.int64], walls: NDArray[np.bool_], owners: NDArray[np.int64]
) -> NDArray[np.int64]:
    """A copy of `(m, 2)` cells after a check that each is a free cell of its map, an owner."""
    rows, cols = walls.shape[1:]
    # Compared before they are made int64, where a large uint64 would turn negative.
    outside = ((cells < 0) | (cells >= np.array([rows, cols]))).any(axis=1)
    if outside.any():
        wrong = int(outside.argmax())
        raise VinguiError(
            f"The {what} of map {owners[wrong]} lies outside its {rows}x{cols} cells, "
            f"at row {cells[wrong, 0]}, col {cells[wrong, 1]}"
        )
    checked = np.array(cells, np.int64)
    blocked = walls[owners, checked[:, 0], checked[:, 1]]
    if blocked.any():
        wrong = int(blocked.argmax())
        raise VinguiError(
            f"The {what} of map {owners[wrong]} lies in a wall, "
            f"at row {checked[wrong, 0]}, col {checked[wrong, 1]}"
        )
    return checked
