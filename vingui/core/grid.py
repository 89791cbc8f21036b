"""The immutable gridworld map."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from numbers import Real
from operator import index
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vingui.core.drawn_cells import equal_cells
from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.frame import MapFrame
from vingui.core.map_arrays import frozen, frozen_elevation, frozen_terrain
from vingui.core.phrases import counted
from vingui.core.terrain import STANDARD, Palette

Cell = tuple[int, int]
"""A `(row, col)` pair, both from 0, row 0 at the top."""

MIN_SIDE = 2
MAX_SIDE = 4096

MAX_STARTS = 1 << 20
"""The most starts of a map: the messages and files that hold them stay small enough."""

MAX_VALUE = 1e6
"""The greatest value of a goal, and minus the least: beyond it, values in float32 would hide the
costs of steps."""

_MOST_IN_REPR = 10

MAX_DEMONSTRATED_CELLS = 1 << 20
"""The most cells of a map's demonstrations together: files and undo stay small enough."""


def check_shape(rows: int, cols: int, *, what: str = "a map") -> None:
    """Raise `VinguiError` unless `rows` x `cols` is a size that a map may have.

    Importers call it with the size that a file claims, before they allocate memory.
    """
    if not (MIN_SIDE <= rows <= MAX_SIDE and MIN_SIDE <= cols <= MAX_SIDE):
        raise VinguiError(
            f"{what[0].upper()}{what[1:]} must have {MIN_SIDE}x{MIN_SIDE} to {MAX_SIDE}x{MAX_SIDE} "
            f"cells, not {rows}x{cols}"
        )


@dataclass(frozen=True)
class Demonstration:
    """A path that somebody showed: this is how one goes from its first cell to its last.

    Attributes:
        cells: two cells or more, each the neighbour of the one before.

    Raises:
        VinguiError: there are fewer cells, or they make a jump.
    """

    cells: tuple[Cell, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "cells", _tuple_of("cells", self.cells))
        if len(self.cells) < 2:
            raise VinguiError("A demonstration must have two cells or more")
        cells = self.array
        jumps = np.abs(np.diff(cells, axis=0)).max(axis=1) != 1
        if jumps.any():
            row, col = cells[jumps.argmax()].tolist()
            raise VinguiError(
                "A demonstration must go from each cell to a neighbour, which it does not at row "
                f"{row}, col {col}"
            )
        object.__setattr__(self, "cells", tuple((row, col) for row, col in cells.tolist()))

    @cached_property
    def array(self) -> NDArray[np.int64]:
        """`(n, 2)` int64, read-only: the cells."""
        try:
            cells = np.array([(index(row), index(col)) for row, col in self.cells], np.int64)
        except (TypeError, ValueError, OverflowError):
            raise VinguiError(
                "A demonstration must be a list of (row, col) of whole numbers"
            ) from None
        cells.flags.writeable = False
        return cells

    @property
    def start(self) -> Cell:
        """Its first cell."""
        return self.cells[0]

    @property
    def end(self) -> Cell:
        """Its last cell, where the journey goes."""
        return self.cells[-1]

    @cached_property
    def bounds(self) -> tuple[int, int, int, int]:
        """The least row and column, and the greatest."""
        cells = self.array
        (top, left), (bottom, right) = cells.min(axis=0).tolist(), cells.max(axis=0).tolist()
        return top, left, bottom, right


@dataclass(frozen=True, eq=False)
class GridMap:
    """A gridworld: walls, terrain, goals and starts. Immutable.

    Attributes:
        walls: `(rows, cols)` bool, `True` for a wall. Kept as a read-only copy.
        goals: the goals' `(row, col)`, in the order they were placed, without repeats; most maps
            have one. Each ends the journey.
        starts: the starts' `(row, col)`, in the order they were placed, without repeats.
        frame: the map's place in metres, or `None` where it is unknown.
        terrain: `(rows, cols)` uint8, the kind of each cell as its index in `palette`, 0 on
            walls; kept as a read-only copy. `None` where every cell is of kind 0.
        palette: the kinds of terrain.
        goal_values: what reaching each of `goals` is worth, in the unit of costs; empty where it
            is 0 for all.
        demonstrations: paths that somebody showed. They need not end at a goal, and walls that
            were drawn later may block them.
        elevation: `(rows, cols)` float32, the height of each cell in metres; kept as a read-only
            copy. `None` where it is unknown.

    Raises:
        VinguiError: the walls are not a 2-d bool array of 2x2 to 4096x4096 cells, the terrain or
            the elevation does not fit the walls or is out of range, a value is out of range, there
            are more than `MAX_STARTS` starts, a goal or a start lies outside the map or in a wall,
            or a demonstration leaves the map.
    """

    walls: NDArray[np.bool_]
    goals: tuple[Cell, ...] = ()
    starts: tuple[Cell, ...] = ()
    frame: MapFrame | None = None
    terrain: NDArray[np.uint8] | None = None
    palette: Palette = STANDARD
    goal_values: tuple[float, ...] = ()
    demonstrations: tuple[Demonstration, ...] = ()
    elevation: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "walls", _frozen_walls(self.walls))
        self._check_types()
        self._set_goals()
        if len(self.starts) > MAX_STARTS:
            raise VinguiError(
                f"A map may have at most {counted(MAX_STARTS, 'start')}, not {len(self.starts):,}"
            )
        starts = dict.fromkeys(self._checked("start", start) for start in self.starts)
        object.__setattr__(self, "starts", tuple(starts))
        if self.terrain is not None:
            terrain = frozen_terrain(self.terrain, self.walls, self.palette)
            object.__setattr__(self, "terrain", terrain)
        self._check_demonstrations()
        if self.elevation is not None:
            elevation = frozen_elevation(self.elevation, self.walls.shape)
            object.__setattr__(self, "elevation", elevation)

    def _check_types(self) -> None:
        for name in ("goals", "starts", "goal_values", "demonstrations"):
            value = getattr(self, name)
            if type(value) is not tuple:
                object.__setattr__(self, name, _tuple_of(name, value))
        for name, kind in (("palette", Palette), ("frame", MapFrame)):
            value = getattr(self, name)
            if not isinstance(value, kind) and not (value is None and name == "frame"):
                raise VinguiError(f"The {name} of a map must be a {kind.__name__}, not {value!r}")

    def _set_goals(self) -> None:
        values = self.goal_values or (0.0,) * len(self.goals)
        if len(values) != len(self.goals):
            raise VinguiError(
                f"Expected {counted(len(self.goals), 'value')}, one a goal, received {len(values)}"
            )
        goals: dict[Cell, float] = {}
        for goal, value in zip(self.goals, values, strict=True):
            goals.setdefault(self._checked("goal", goal), _checked_value(value))
        object.__setattr__(self, "goals", tuple(goals))
        object.__setattr__(
            self, "goal_values", tuple(goals.values()) if any(goals.values()) else ()
        )

    def _check_demonstrations(self) -> None:
        rows, cols = self.rows, self.cols
        for demonstration in self.demonstrations:
            if not isinstance(demonstration, Demonstration):
                raise VinguiError(
                    "The demonstrations of a map are Demonstrations, such as Demonstration("
                    f"((0, 0), (0, 1))), not {brief(demonstration)}"
                )
            top, left, bottom, right = demonstration.bounds
            if top < 0 or left < 0 or bottom >= rows or right >= cols:
                raise VinguiError(
                    f"A demonstration leaves the {rows}x{cols} map: it visits rows {top} to "
                    f"{bottom} and columns {left} to {right}"
                )
        cells = sum(len(demonstration.cells) for demonstration in self.demonstrations)
        if cells > MAX_DEMONSTRATED_CELLS:
            raise VinguiError(
                f"The demonstrations of a map may visit at most {MAX_DEMONSTRATED_CELLS:,} cells "
                f"together, not {cells:,}"
            )

    def _checked(self, what: str, cell: Any) -> Cell:
        try:
            row, col = (index(number) for number in cell if not isinstance(number, bool | np.bool_))
        except (TypeError, ValueError):
            raise VinguiError(
                f"The {what} must be a (row, col) of whole numbers, not {cell!r}"
            ) from None
        if not (0 <= row < self.rows and 0 <= col < self.cols):
            raise VinguiError(
                f"The {what} lies outside the {self.rows}x{self.cols} map, at row {row}, col {col}"
            )
        if self.walls[row, col]:
            raise VinguiError(
                f"The {what} lies in a wall, at row {row}, col {col}; choose a free cell"
            )
        return row, col

    @property
    def rows(self) -> int:
        """The number of rows."""
        return int(self.walls.shape[0])

    @property
    def cols(self) -> int:
        """The number of columns."""
        return int(self.walls.shape[1])

    @cached_property
    def free(self) -> NDArray[np.bool_]:
        """`(rows, cols)` bool, `True` for a cell without a wall."""
        free = ~self.walls
        free.flags.writeable = False
        return free

    @property
    def goal(self) -> Cell | None:
        """The first goal, or `None` if there is none."""
        return self.goals[0] if self.goals else None

    @property
    def valued_goals(self) -> dict[Cell, float]:
        """What reaching each goal is worth, in the unit of costs."""
        return dict(zip(self.goals, self.goal_values or (0.0,) * len(self.goals), strict=True))

    @property
    def has_costs(self) -> bool:
        """Whether a step into some cell costs other than its length."""
        if self.terrain is None:
            return self.palette[0].cost != 1
        return bool((self.palette.costs != 1).any())

    @property
    def is_costly(self) -> bool:
        """Whether paths are compared by their costs or their goals, not by their lengths."""
        return self.has_costs or bool(self.goal_values)

    @property
    def greatest_value(self) -> float:
        """The greatest value of a goal, without its sign; 0 if there is none."""
        return max(map(abs, self.goal_values), default=0.0)

    @property
    def is_plain(self) -> bool:
        """Whether it has at most one goal, of value 0, and every step costs its length."""
        return not self.is_costly and len(self.goals) <= 1

    @cached_property
    def costs(self) -> NDArray[np.float64] | None:
        """`(rows, cols)` float64: the cost of entering each cell, per unit of length.

        `None` where it is 1 everywhere. On walls it has no meaning.
        """
        if not self.has_costs:
            return None
        if self.terrain is None:
            return np.broadcast_to(self.palette.costs[0], self.walls.shape)
        costs: NDArray[np.float64] = self.palette.costs[self.terrain]
        costs.flags.writeable = False
        return costs

    def with_goal(self, goal: Cell | None) -> Self:
        """The same map with one goal of value 0, or none."""
        return replace(self, goals=() if goal is None else (goal,), goal_values=())

    def with_starts(self, starts: Iterable[Cell]) -> Self:
        """The same map with other starts."""
        return replace(self, starts=_tuple_of("starts", starts))

    def with_demonstrations(self, demonstrations: Iterable[Demonstration]) -> Self:
        """The same map with other demonstrations."""
        return replace(self, demonstrations=_tuple_of("demonstrations", demonstrations))

    def _repr_png_(self) -> bytes:
        from vingui.core.map_picture import paint, png

        colours = self.palette.colours
        return png(paint(self.walls, self.terrain, colours, self.goals, self.starts))

    def same_world(self, other: "GridMap") -> bool:
        """Whether plans on both are the same.

        All but the starts, the frame and the demonstrations are equal.
        """
        return (
            (self.goals, self.goal_values) == (other.goals, other.goal_values)
            and self.palette == other.palette
            and equal_cells(self.walls, other.walls)
            and equal_cells(self.terrain, other.terrain)
            and equal_cells(self.elevation, other.elevation)
        )

    def _others(self) -> tuple[Any, ...]:
        return (
            self.goals,
            self.starts,
            self.frame,
            self.palette,
            self.goal_values,
            self.demonstrations,
        )

    def __reduce__(self) -> tuple[Any, ...]:
        # numpy would restore the arrays as writable ones.
        return type(self), tuple(getattr(self, field.name) for field in fields(self))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, GridMap):
            return NotImplemented
        return (
            self._others() == other._others()
            and equal_cells(self.walls, other.walls)
            and equal_cells(self.terrain, other.terrain)
            and equal_cells(self.elevation, other.elevation)
        )

    def __hash__(self) -> int:
        optional = (self.terrain, self.elevation)
        packed = tuple(None if array is None else array.tobytes() for array in optional)
        return hash((self.walls.shape, self.walls.tobytes(), packed, self._others()))

    def __repr__(self) -> str:
        walls = int(self.walls.sum())
        kinds = "" if self.terrain is None else f", {len(self.palette)} kinds of terrain"
        worth = f", goal_values={self.goal_values}" if self.goal_values else ""
        placed = "" if self.frame is None else f", {self.frame}"
        shown = (
            f", {counted(len(paths), 'demonstration')}" if (paths := self.demonstrations) else ""
        )
        heights = "" if self.elevation is None else ", elevation"
        few = len(self.starts) <= _MOST_IN_REPR
        starts = f"{self.starts}" if few else f"({len(self.starts):,} cells)"
        return (
            f"GridMap({self.rows}x{self.cols}, {walls} walls{kinds}, "
            f"goals={self.goals}{worth}, starts={starts}{placed}{shown}{heights})"
        )


def _tuple_of(name: str, value: Any) -> tuple[Any, ...]:
    try:
        return tuple(value)
    except TypeError:
        raise VinguiError(f"{name} must be several, such as a tuple, not {brief(value)}") from None


def _checked_value(value: Any) -> float:
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    # Compared as it is: as a float, or without its sign, a number may be too large.
    if not is_number or not -MAX_VALUE <= value <= MAX_VALUE:
        raise VinguiError(
            f"The value of a goal must be a number from {-MAX_VALUE:z,.0f} to {MAX_VALUE:z,.0f}, "
            f"not {brief(value)}"
        )
    return float(value)


def _frozen_walls(walls: ArrayLike) -> NDArray[np.bool_]:
    try:
        array = np.asarray(walls)
    except ValueError as error:
        raise VinguiError("Expected walls as rows of one length, received others") from error
    if array.dtype != np.bool_ or array.ndim != 2:
        raise VinguiError(
            "Expected walls as a bool array of shape (rows, cols), "
            f"received {array.dtype} of shape {array.shape}"
        )
    check_shape(*array.shape, what="walls")
    return frozen(array)
