"""Rooms with doors, by recursive division."""

import numpy as np
from numpy.typing import NDArray

from vingui.core.generate.goal_and_starts import add_border, make_room

_Box = tuple[int, int, int, int]
"""A room: its top, left, bottom and right, the last two exclusive."""

_KEEP_WHOLE = 0.25
"""The probability that a room is not divided further although it could be."""


def default_room_size(rows: int, cols: int) -> int:
    """The default for the smallest side of a room."""
    return min(max(2, round(min(rows, cols) / 8)), 12)


def room_walls(
    *, rows: int, cols: int, rng: np.random.Generator, room_size: int, doors: int, border: bool
) -> NDArray[np.bool_]:
    """Generate rooms by dividing the map again and again with walls that have doors.

    Args:
        rows: the number of rows.
        cols: the number of columns.
        rng: the random generator.
        room_size: the smallest side of a room, in cells.
        doors: the most doors in a wall, from 1.
        border: whether the outermost cells are walls, where that leaves two cells inside.

    Returns:
        `(rows, cols)` bool, with at least two neighbouring free cells.
    """
    walls = np.zeros((rows, cols), bool)
    if border:
        add_border(walls)
    # Outside the map counts as wall: dividing walls may end there.
    padded = np.pad(walls, 1, constant_values=True)
    edge = 1 + int(walls[0, 0])
    pending = [(edge, edge, rows + 2 - edge, cols + 2 - edge)]
    while pending:
        pending += _halves(padded, pending.pop(), rng, room_size=room_size, doors=doors)
    return make_room(padded[1:-1, 1:-1].copy())


def _halves(
    padded: NDArray[np.bool_],
    box: _Box,
    rng: np.random.Generator,
    *,
    room_size: int,
    doors: int,
) -> list[_Box]:
    """Divide a room, in place, across its longer side or else the other one.

    Returns:
        The two rooms, or none if the room is not divided.
    """
    top, left, bottom, right = box
    height, width = bottom - top, right - left
    tall = height > width or (height == width and rng.random() < 0.5)
    for upright in (tall, not tall):
        # The transposed view lets `_divide` divide in both directions.
        view = padded if upright else padded.T
        turned = box if upright else (left, top, right, bottom)
        wall = _divide(view, turned, rng, room_size=room_size, doors=doors)
        if wall is not None and upright:
            return [(top, left, wall, right), (wall + 1, left, bottom, right)]
        if wall is not None:
            return [(top, left, bottom, wall), (top, wall + 1, bottom, right)]
    return []


def _divide(
    padded: NDArray[np.bool_],
    box: _Box,
    rng: np.random.Generator,
    *,
    room_size: int,
    doors: int,
) -> int | None:
    """Build a wall, in place, along a row of `box`.

    Returns:
        The wall's row, or `None` if the room is not divided.
    """
    top, left, bottom, right = box
    first, last = top + room_size, bottom - room_size
    if last <= first:
        return None
    if bottom - top <= 3 * room_size and rng.random() < _KEEP_WHOLE:
        return None
    # A wall that ends at a door would close it.
    ends = padded[first:last, left - 1] & padded[first:last, right]
    places = np.flatnonzero(ends)
    if not len(places):
        return None
    wall = first + int(places[rng.integers(len(places))])
    padded[wall, left:right] = True
    wanted = int(rng.integers(1, doors + 1))
    padded[wall, left + rng.integers(right - left, size=wanted)] = False
    return wall
