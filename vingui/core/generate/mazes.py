"""Depth-first mazes."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.generate.goal_and_starts import make_room

_CHUNK: Final = 4096
_LCM: Final = 12
"""Divisible by 1 to 4: a number drawn below it, modulo the number of choices, is uniform."""


def maze_walls(
    *, rows: int, cols: int, rng: np.random.Generator, openness: float
) -> NDArray[np.bool_]:
    """Generate a depth-first maze: corridors and walls, both one cell wide.

    On an odd side the corridors are in the odd rows or columns. On an even side one of them is two
    cells wide, and its path winds through both, so that the outer walls are one cell thick there
    too. On a side of 2 the corridor is row or column 0.

    Args:
        rows: the number of rows.
        cols: the number of columns.
        rng: the random generator.
        openness: the share of the remaining walls between neighbouring corridors that is opened
            at the end, 0 to 1: with 0 there is one path between any two cells, with 1 only the
            posts are left.

    Returns:
        `(rows, cols)` bool, with at least two neighbouring free cells.
    """
    return make_room(_uneven(_odd_maze(rows, cols, rng, openness=openness), rows, cols, rng))


def thick_walled_maze(
    *, rows: int, cols: int, rng: np.random.Generator, openness: float
) -> NDArray[np.bool_]:
    """Generate a maze of odd sides, with a second layer of wall at the end of an even side.

    The shipped models were trained on such maps: the same state of `rng` must always give the same
    walls.

    Args, Returns: as for `maze_walls`.
    """
    odd = _odd_maze(rows, cols, rng, openness=openness)
    walls = np.ones((rows, cols), bool)
    walls[: odd.shape[0], : odd.shape[1]] = odd
    return make_room(walls)


def _odd_maze(
    rows: int, cols: int, rng: np.random.Generator, *, openness: float
) -> NDArray[np.bool_]:
    """A maze of odd sides, `rows` and `cols` or one less; a side of 2 stays 2."""
    down, across = _nodes(rows), _nodes(cols)
    passages = _carve(len(down), len(across), rng)
    _open(passages, rng, openness=openness)
    # The nodes are at the even positions, the passages between them at the odd ones.
    free = np.zeros((2 * len(down) - 1, 2 * len(across) - 1), bool)
    free[::2, ::2] = True
    free[::2, 1::2] = passages[0][:, :-1]
    free[1::2, ::2] = passages[1][:-1]
    walls = np.ones((down[-1] + 2, across[-1] + 2), bool)
    walls[down[0] : down[-1] + 1, across[0] : across[-1] + 1] = ~free
    return walls


def _uneven(
    walls: NDArray[np.bool_], rows: int, cols: int, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """The maze with one row of corridors two cells high, one column two cells wide, or both.

    Args:
        walls: a maze from `_odd_maze`.
        rows: the number of rows of `walls`, or one more.
        cols: the number of columns of `walls`, or one more.
        rng: the random generator.
    """
    high = _choose(walls.shape[0], rng) if rows > walls.shape[0] else None
    wide = _choose(walls.shape[1], rng) if cols > walls.shape[1] else None
    down, across = (np.arange(2, side - 2, 2) for side in walls.shape)
    if high is not None:
        walls = _doubled(walls, high, across, rng, crossing=wide)
        down += down > high
    if wide is not None:
        walls = _doubled(walls.T, wide, down, rng, crossing=high).T
    if high is not None and wide is not None:
        # Where both cross, four free cells would form a loop. No passage ends at this one.
        walls[high, wide] = True
    return np.ascontiguousarray(walls)


def _choose(side: int, rng: np.random.Generator) -> int:
    """Draw one of the rows, or columns, of corridors on an odd side."""
    return 1 + 2 * int(rng.integers(side // 2))


def _doubled(
    walls: NDArray[np.bool_],
    row: int,
    passages: NDArray[np.int64],
    rng: np.random.Generator,
    *,
    crossing: int | None,
) -> NDArray[np.bool_]:
    """The maze with a row of corridors doubled, and each passage along it open in one of the two.

    Args:
        walls: a maze.
        row: the row of corridors.
        passages: the columns of the passages along it.
        rng: the random generator.
        crossing: the column after the passage that must be in the lower row.
    """
    walls = np.insert(walls, row, walls[row], axis=0)
    lower = rng.integers(2, size=len(passages))
    if crossing is not None:
        lower[passages == crossing - 1] = 1
    walls[row + 1 - lower, passages] = True
    return walls


def _nodes(side: int) -> range:
    return range(1, side - 1, 2) if side > 2 else range(1)


def _carve(rows: int, cols: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Generate the passages of a perfect maze on a lattice of nodes, by depth-first search.

    Returns:
        `(2, rows, cols)` bool: whether a passage leads from a node to the next one in its row,
        and to the next one in its column.
    """
    # Plain integers in flat lists: numpy scalars would take five times as long.
    width = cols + 2
    visited = bytearray(b"\1") * ((rows + 2) * width)
    for row in range(1, rows + 1):
        visited[row * width + 1 : row * width + 1 + cols] = bytes(cols)
    steps = (1, -1, width, -width)
    east, south = bytearray(len(visited)), bytearray(len(visited))
    here = int(rng.integers(1, rows + 1)) * width + int(rng.integers(1, cols + 1))
    visited[here] = 1
    stack = [here]
    draws: list[int] = []
    while stack:
        here = stack[-1]
        choices = [step for step in steps if not visited[here + step]]
        if not choices:
            stack.pop()
            continue
        if not draws:
            draws = rng.integers(_LCM, size=min(_CHUNK, rows * cols)).tolist()
        step = choices[draws.pop() % len(choices)]
        there = here + step
        (east if step in (1, -1) else south)[min(here, there)] = 1
        visited[there] = 1
        stack.append(there)
    both = np.frombuffer(bytes(east + south), np.bool_).reshape(2, rows + 2, width)
    return both[:, 1:-1, 1:-1].copy()


def _open(passages: NDArray[np.bool_], rng: np.random.Generator, *, openness: float) -> None:
    """Open, in place, the share `openness` of the remaining walls between nodes."""
    closed = ~passages
    closed[0, :, -1] = False
    closed[1, -1] = False
    places = np.flatnonzero(closed)
    chosen = rng.permutation(places)[: round(openness * len(places))]
    passages.reshape(-1)[chosen] = True
