"""Depth-first mazes."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.generate.placing import make_room

_CHUNK: Final = 4096
_LCM: Final = 12
"""Divisible by 2, 3 and 4: a draw below it, modulo the choices, is uniform."""


def maze_walls(
    *, rows: int, cols: int, rng: np.random.Generator, openness: float
) -> NDArray[np.bool_]:
    """A depth-first maze: corridors one cell wide through the cells of odd row and column.

    On an even side the wall beyond the last corridor is two cells thick; on a side of 2 the
    corridor is row or column 0.

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
    down, across = _nodes(rows), _nodes(cols)
    passages = _carve(len(down), len(across), rng)
    _open(passages, rng, openness=openness)
    # One free cell a node on the even positions, the passages between them on the odd ones.
    free = np.zeros((2 * len(down) - 1, 2 * len(across) - 1), bool)
    free[::2, ::2] = True
    free[::2, 1::2] = passages[0][:, :-1]
    free[1::2, ::2] = passages[1][:-1]
    walls = np.ones((rows, cols), bool)
    walls[down[0] : down[-1] + 1, across[0] : across[-1] + 1] = ~free
    return make_room(walls)


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
    seen = bytearray(b"\1") * ((rows + 2) * width)
    for row in range(1, rows + 1):
        seen[row * width + 1 : row * width + 1 + cols] = bytes(cols)
    steps = (1, -1, width, -width)
    east, south = bytearray(len(seen)), bytearray(len(seen))
    here = int(rng.integers(1, rows + 1)) * width + int(rng.integers(1, cols + 1))
    seen[here] = 1
    stack = [here]
    draws: list[int] = []
    while stack:
        here = stack[-1]
        choices = [step for step in steps if not seen[here + step]]
        if not choices:
            stack.pop()
            continue
        if not draws:
            draws = rng.integers(_LCM, size=min(_CHUNK, rows * cols)).tolist()
        step = choices[draws.pop() % len(choices)]
        there = here + step
        (east if step in (1, -1) else south)[min(here, there)] = 1
        seen[there] = 1
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
