"""Depth-first mazes."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.generate.goal_and_starts import make_room

_CHUNK: Final = 4096
_LCM: Final = 12
"""Divisible by 2, 3 and 4: a draw below it, modulo the choices, is uniform."""


def maze_walls(
    *, rows: int, cols: int, rng: np.random.Generator, openness: float
) -> NDArray[np.bool_]:
    """A depth-first maze: corridors between walls, both one cell wide.

    On an odd side corridors lie on the odd rows or columns. On an even side one of them, anywhere,
    has room for two cells and winds through them, so that the outer walls are one cell thick there
    too. On a side of 2 the corridor is row or column 0.

    Args:
        rows: the map's rows.
        cols: the map's columns.
        rng: the source of chance.
        openness: the share of the walls between neighbouring corridors that is opened after
            the maze is carved, 0 to 1: 0 leaves one way between any two cells, 1 leaves only
            the posts.

    Returns:
        `(rows, cols)` bool, with two free neighbouring cells or more.
    """
    return make_room(_uneven(_odd_maze(rows, cols, rng, openness=openness), rows, cols, rng))


def thick_walled_maze(
    *, rows: int, cols: int, rng: np.random.Generator, openness: float
) -> NDArray[np.bool_]:
    """A maze of odd sides, with another layer of wall at the end of each even side.

    The shipped models were trained on such maps: the same state of `rng` has to give the same
    walls for good.

    Args, Returns: as for `maze_walls`.
    """
    odd = _odd_maze(rows, cols, rng, openness=openness)
    walls = np.ones((rows, cols), bool)
    walls[: odd.shape[0], : odd.shape[1]] = odd
    return make_room(walls)


def _odd_maze(
    rows: int, cols: int, rng: np.random.Generator, *, openness: float
) -> NDArray[np.bool_]:
    """The maze whose sides are odd, equal to `rows` and `cols` or one less; a side of 2 stays."""
    down, across = _nodes(rows), _nodes(cols)
    passages = _carve(len(down), len(across), rng)
    _open(passages, rng, openness=openness)
    # One free cell a node on the even positions, the passages between them on the odd ones.
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
    """The maze with a row of corridors that is two cells high, a column two cells wide, or both.

    Args:
        walls: of `_odd_maze`.
        rows: as many as `walls` has, or one more.
        cols: as many as `walls` has, or one more.
        rng: the source of chance.
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
        # Where both cross, four free cells would be a ring. No passage ends at this one of them.
        walls[high, wide] = True
    return np.ascontiguousarray(walls)


def _choose(side: int, rng: np.random.Generator) -> int:
    """One of the rows, or columns, of corridors of a maze with an odd side."""
    return 1 + 2 * int(rng.integers(side // 2))


def _doubled(
    walls: NDArray[np.bool_],
    row: int,
    passages: NDArray[np.int64],
    rng: np.random.Generator,
    *,
    crossing: int | None,
) -> NDArray[np.bool_]:
    """The maze with two rows in place of one, each passage along them in either of the two.

    Args:
        walls: a maze.
        row: a row of corridors.
        passages: the columns of the passages along it.
        rng: the source of chance.
        crossing: the column after the passage that is to be in the lower row.
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
    """The passages of a perfect maze on a lattice of nodes, by depth-first search.

    Plain integers in flat lists: a numpy scalar a step would take five times as long.

    Returns:
        `(2, rows, cols)` bool: whether a passage leads from a node to the next one in its row,
        and to the next one in its column.
    """
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
    """Open the share `openness` of the walls that are left between nodes, in place."""
    closed = ~passages
    closed[0, :, -1] = False
    closed[1, -1] = False
    places = np.flatnonzero(closed)
    chosen = rng.permutation(places)[: round(openness * len(places))]
    passages.reshape(-1)[chosen] = True
