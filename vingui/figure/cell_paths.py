"""Paths of what cells show: areas, lines, arrows and numbers. x is the col and y the row."""

from typing import Final

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

from vingui.core.arrow_geometry import arrow_outlines
from vingui.core.moves import MoveRule
from vingui.core.ticks import minus
from vingui.figure.shapes import EMPTY, segments
from vingui.figure.text_layout import outlined, width

_RECTANGLE = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]

_SMALL_ARROWS: Final = (0.72, 0.36)
"""The scale of arrows above numbers, and the height of their middle in the cell."""

_NUMBER_ROOM: Final = 0.9
"""Share of a cell's width."""

_LARGEST: Final = 0.32
_BESIDE_ARROWS: Final = 0.22
"""Letter sizes as shares of a cell's height."""


def cell_area(cells: NDArray[np.bool_]) -> Path:
    """The area of cells as one path, a rectangle for each run of cells in a row.

    As they are parts of one path, no seams appear between them, however it is drawn.

    Args:
        cells: `(rows, cols)` bool.

    Returns:
        Rectangles, a cell's corners being whole numbers.
    """
    y, left, right = _runs(cells)
    corners = [(left, y), (right, y), (right, y + 1), (left, y + 1), (left, y)]
    vertices = np.moveaxis(np.array(corners, float), 2, 0).reshape(-1, 2)
    return Path(vertices, np.tile(_RECTANGLE, len(y)).astype(Path.code_type))


def cell_lines(free: NDArray[np.bool_], *, shift: float) -> Path:
    """The lines between free cells as one path, in pieces as long as possible.

    Args:
        free: `(rows, cols)` bool.
        shift: how far to move them to the right and down, in cells.
    """
    x, top, bottom = _runs((free[:, 1:] & free[:, :-1]).T)
    y, left, right = _runs(free[1:] & free[:-1])
    upright = np.stack([x + 1 + shift, top, x + 1 + shift, bottom], axis=1)
    level = np.stack([left, y + 1 + shift, right, y + 1 + shift], axis=1)
    return segments(np.concatenate([upright, level]))


def policy_arrows(
    lengths: NDArray[np.float32],
    rule: MoveRule,
    dark: NDArray[np.bool_],
    *,
    above_numbers: bool = False,
) -> tuple[Path, Path]:
    """The light arrows over dark cells, and the dark arrows over light ones, in cells.

    Args:
        lengths: `(rows, cols, n_actions)` float32, from `arrow_lengths`.
        rule: the movement rule of the actions.
        dark: `(rows, cols)` bool, the cells whose arrows are dark.
        above_numbers: whether they are smaller and higher, to leave room for numbers.
    """
    rows, cols, actions = found = np.nonzero(lengths)
    corners = arrow_outlines(lengths[found])
    along = (rule.deltas[:, ::-1] / rule.costs[:, None])[actions]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    points = corners[..., :1] * along[:, None] + corners[..., 1:] * across[:, None]
    points *= _SMALL_ARROWS[0] if above_numbers else 1
    middle = _SMALL_ARROWS[1] if above_numbers else 0.5
    points += np.stack([cols + 0.5, rows + middle], axis=1)[:, None]
    is_dark = dark[rows, cols]
    return _polygons(points[~is_dark]), _polygons(points[is_dark])


def _polygons(points: NDArray[np.float64]) -> Path:
    """`(n, m, 2)` corners as one path."""
    if not points.size:
        return EMPTY
    closed = np.concatenate([points, points[:, :1]], axis=1)
    codes = np.full(closed.shape[:2], Path.LINETO, Path.code_type)
    codes[:, 0], codes[:, -1] = Path.MOVETO, Path.CLOSEPOLY
    return Path(closed.reshape(-1, 2), codes.ravel())


def value_numbers(
    values: NDArray[np.float32],
    shown: NDArray[np.bool_],
    dark: NDArray[np.bool_],
    low: NDArray[np.bool_],
) -> tuple[Path, Path, NDArray[np.float64]]:
    """The light numbers, the dark numbers, and the background of each number, in cells.

    Args:
        values: `(rows, cols)` float32.
        shown: `(rows, cols)` bool, the cells that have a number.
        dark: `(rows, cols)` bool, the cells whose numbers are dark.
        low: `(rows, cols)` bool, the cells whose numbers are below the middle, to leave room for
            something else; if there are any, all numbers are smaller.

    Returns:
        Two paths, and `(n, 4)` float64: left, top, width and height for each of `shown`.
    """
    rows, cols = np.nonzero(shown)
    if not rows.size:
        return EMPTY, EMPTY, np.empty((0, 4))
    smaller = bool(low[shown].any())
    texts, size = _fitting(values[shown].tolist(), _BESIDE_ARROWS if smaller else _LARGEST)
    middle = np.where(low[shown], 0.95 - size / 2, 0.5)
    places = np.stack([cols + 0.5, rows + middle], axis=1)
    sides = np.array([[width(text, size) + 0.04, 0.9 * size] for text in texts])
    is_dark = dark[shown]
    light, black = (
        outlined([texts[at] for at in np.flatnonzero(chosen).tolist()], places[chosen], size)
        for chosen in (~is_dark, is_dark)
    )
    return light, black, np.hstack([places - sides / 2, sides])


def _fitting(values: list[float], size: float) -> tuple[list[str], float]:
    """The numbers as texts with as many decimals as fit, and their size."""
    for decimals in (2, 1, 0):
        texts = [minus(f"{value:z.{decimals}f}") for value in values]
        widest = width(max(texts, key=len), size)
        if widest <= _NUMBER_ROOM:
            return texts, size
    return texts, size * _NUMBER_ROOM / widest


def _runs(
    cells: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The row of each run of cells, and the cols where it begins and ends."""
    ends = np.diff(np.pad(cells, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    row, begin = np.nonzero(ends == 1)
    return row, begin, np.nonzero(ends == -1)[1]
