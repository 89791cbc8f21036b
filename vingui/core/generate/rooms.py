"""Rooms with doors, by recursive division."""

import numpy as np
from numpy.typing import NDArray

from vingui.core.generate.goal_and_starts import add_border, make_room

_Box = tuple[int, int, int, int]
"""A room: its first row and column, and the row and column after its last ones."""

_KEEP_WHOLE = 0.25
"""The chance that a room which could still be divided stays whole: rooms of unlike sizes."""


def default_room_size(rows: int, cols: int) -> int:
    """The smallest room's side that suits the map."""
    return min(max(2, round(min(rows, cols) / 8)), 12)


def room_walls(
    *, rows: int, cols: int, rng: np.random.Generator, room_size: int, doors: int, border: bool
) -> NDArray[np.bool_]:
    """Rooms, each divided in two by a wall with doors until they are small. All connected.

    Args:
        rows: the map's rows.
        cols: the map's columns.
        rng: the source of chance.
        room_size: the smallest side of a room, in cells.
        doors: how many doors a wall has at most; at least one.
        border: whether the outermost cells are walls, where that leaves two cells inside.

    Returns:
        `(rows, cols)` bool, with two free neighbouring cells or more.
    """
    walls = np.zeros((rows, cols), bool)
    if border:
        add_border(walls)
    # Outside the map counts as wall, so that dividing walls may end there.
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
    """Divide a room across its longer side, or else its other one, in place.

    Returns:
        The two rooms, or none where the room stays whole.
    """
    top, left, bottom, right = box
    height, width = bottom - top, right - left
    tall = height > width or (height == width and rng.random() < 0.5)
    for upright in (tall, not tall):
        # A view on its side lets one function divide both ways.
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
    """Build a wall along a row of `box`, in place.

    Returns:
        The wall's row, or `None` where the room stays whole.
    """
    top, left, bottom, right = box
    first, last = top + room_size, bottom - room_size
    if last <= first:
        return None
    if bottom - top <= 3 * room_size and rng.random() < _KEEP_WHOLE:
        return None
    # A wall that ended at a door would close it.
    ends = padded[first:last, left - 1] & padded[first:last, right]
    places = np.flatnonzero(ends)
    if not len(places):
        return None
    wall = first + int(places[rng.integers(len(places))])
    padded[wall, left:right] = True
    wanted = int(rng.integers(1, doors + 1))
    padded[wall, left + rng.integers(right - left, size=wanted)] = False
    return wall
