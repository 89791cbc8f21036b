"""The immutable gridworld map."""

from dataclasses import dataclass
from functools import cached_property
from operator import index
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vingui.core.errors import VinguiError
from vingui.core.frame import MapFrame

Cell = tuple[int, int]
"""A `(row, col)` pair, both from 0, row 0 at the top."""

MIN_SIDE = 2
MAX_SIDE = 1024


def check_shape(rows: int, cols: int, *, what: str = "a map") -> None:
    """Raise `VinguiError` unless `rows` x `cols` is a size that a map may have.

    Importers call it with the size that a file claims, before they allocate memory.
    """
    if not (MIN_SIDE <= rows <= MAX_SIDE and MIN_SIDE <= cols <= MAX_SIDE):
        raise VinguiError(
            f"{what[0].upper()}{what[1:]} must have {MIN_SIDE}x{MIN_SIDE} to {MAX_SIDE}x{MAX_SIDE} "
            f"cells, not {rows}x{cols}"
        )


@dataclass(frozen=True, eq=False)
class GridMap:
    """A gridworld: walls, at most one goal, any number of starts. Immutable.

    Attributes:
        walls: `(rows, cols)` bool, `True` for a wall. Kept as a read-only copy.
        goal: the goal's `(row, col)`, or `None`.
        starts: the starts' `(row, col)`, in the order they were placed, without repeats.
        frame: the map's place in metres, or `None` where it is unknown.

    Raises:
        VinguiError: the walls are not a 2-d bool array of 2x2 to 1024x1024 cells, or the goal
            or a start lies outside the map or in a wall.
    """

    walls: NDArray[np.bool_]
    goal: Cell | None = None
    starts: tuple[Cell, ...] = ()
    frame: MapFrame | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "walls", _frozen_walls(self.walls))
        if self.goal is not None:
            object.__setattr__(self, "goal", self._checked("goal", self.goal))
        starts = dict.fromkeys(self._checked("start", start) for start in self.starts)
        object.__setattr__(self, "starts", tuple(starts))

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

    def with_goal(self, goal: Cell | None) -> Self:
        """The same map with another goal, or none."""
        return type(self)(self.walls, goal, self.starts, self.frame)

    def with_starts(self, starts: tuple[Cell, ...]) -> Self:
        """The same map with other starts."""
        return type(self)(self.walls, self.goal, starts, self.frame)

    def __reduce__(self) -> tuple[Any, ...]:
        # numpy would restore the walls as a writable array.
        return type(self), (self.walls, self.goal, self.starts, self.frame)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, GridMap):
            return NotImplemented
        return (
            self.goal == other.goal
            and self.starts == other.starts
            and self.frame == other.frame
            and np.array_equal(self.walls, other.walls)
        )

    def __hash__(self) -> int:
        return hash((self.walls.shape, self.walls.tobytes(), self.goal, self.starts, self.frame))

    def __repr__(self) -> str:
        walls = int(self.walls.sum())
        placed = "" if self.frame is None else f", {self.frame}"
        return (
            f"GridMap({self.rows}x{self.cols}, {walls} walls, "
            f"goal={self.goal}, starts={self.starts}{placed})"
        )


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
    # A read-only array may still change through its base, or through a view taken while it was
    # writable. Only an array over bytes cannot, and is shared; all others are copied.
    if isinstance(array.base, bytes):
        return array
    return np.ndarray(array.shape, np.bool_, array.tobytes())
