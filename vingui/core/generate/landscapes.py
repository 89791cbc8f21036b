"""Maps with terrain: hills, rivers, patches, and roads through rooms."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vingui.core.frame import MapFrame
from vingui.core.generate.goal_and_starts import largest_region, make_room
from vingui.core.generate.rooms import room_walls
from vingui.core.grid import Cell
from vingui.core.moves import FOUR
from vingui.core.oracle import distances
from vingui.core.terrain import STANDARD, Palette, Terrain

_ROAD, _GRASS, _SAND, _MUD, _WATER = (np.uint8(kind) for kind in range(5))
_DEEP: Final = np.uint8(5)
"""Deep water, which becomes walls."""

HEIGHTS: Final = Palette(
    (
        Terrain("valley", 1, "#dfeccb", "."),
        Terrain("slope", 1.5, "#bfd8a2", "s"),
        Terrain("hill", 2.5, "#a3b878", "h"),
        Terrain("high hill", 4.5, "#96895c", "H"),
        Terrain("ridge", 8, "#7d6450", "r"),
    )
)
"""The terrain of hills, from the lowest to the highest."""

_OCTAVES: Final = 3
_FORD_ROWS: Final = 3


class Ground(NamedTuple):
    """What a generator makes, before a goal and starts are placed on it.

    Attributes:
        walls: `(rows, cols)` bool, with at least two neighbouring free cells.
        terrain: `(rows, cols)` uint8, or `None`, as in `GridMap`.
        palette: the kinds of terrain.
        elevation: `(rows, cols)` float32, or `None`, as in `GridMap`.
        frame: the map's place, or `None`.
    """

    walls: NDArray[np.bool_]
    terrain: NDArray[np.uint8] | None = None
    palette: Palette = STANDARD
    elevation: NDArray[np.float32] | None = None
    frame: MapFrame | None = None


def default_scale(rows: int, cols: int) -> int:
    """The default for the size of hills and patches, in cells."""
    return max(round(min(rows, cols) / 5), 2)


def default_rivers(rows: int, cols: int) -> int:
    """The default for the number of rivers."""
    return min(1 + max(rows, cols) // 64, 8)


def default_river_width(rows: int, cols: int) -> int:
    """The default for the width of a river, in cells."""
    return min(max(round(min(rows, cols) / 14), 1), 12)


def default_roads(rows: int, cols: int) -> int:
    """The default for the number of roads."""
    return min(max(round((rows + cols) / 16), 4), 64)


def smooth_noise(
    *, rows: int, cols: int, rng: np.random.Generator, scale: float
) -> NDArray[np.float64]:
    """Value noise: random numbers at the corners of large squares, blended in between.

    The sum of three layers, each of squares half as large as the one before and half as strong.

    Args:
        rows: the number of rows.
        cols: the number of columns.
        rng: the random generator.
        scale: the side of the largest squares, in cells, from 1.

    Returns:
        `(rows, cols)` float64, 0 to 1.75.
    """
    total = np.zeros((rows, cols))
    for octave in range(_OCTAVES):
        side = max(scale / 2**octave, 1.0)
        down, across = (np.arange(length) / side for length in (rows, cols))
        corners = rng.random((int(down[-1]) + 2, int(across[-1]) + 2))
        lines = _blended(corners, down)
        total += _blended(lines.T, across).T / 2**octave
    return total


def _blended(corners: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows of an array at fractions of an index, with smooth transitions (3t^2 - 2t^3)."""
    before = places.astype(np.int64)
    part = places - before
    weight = (part * part * (3 - 2 * part))[:, None]
    return np.asarray(corners[before] * (1 - weight) + corners[before + 1] * weight)


def hills(
    *, rows: int, cols: int, rng: np.random.Generator, hill_size: int, peaks: float
) -> Ground:
    """Generate hills: smooth noise in five steps of height, each of an equal share of the map.

    Args:
        rows: the number of rows.
        cols: the number of columns.
        rng: the random generator.
        hill_size: the distance from a hill to the next, in cells.
        peaks: the share of cells, the highest ones, that are walls, 0 to 1.
    """
    height = smooth_noise(rows=rows, cols=cols, rng=rng, scale=hill_size)
    steps = np.quantile(height, np.linspace(0, 1 - peaks, len(HEIGHTS) + 1)[1:])
    terrain = np.searchsorted(steps, height).astype(np.uint8)
    walls = make_room(terrain == len(HEIGHTS))
    # Cells that `make_room` opens are of the highest kind.
    terrain = np.minimum(terrain, len(HEIGHTS) - 1).astype(np.uint8)
    return Ground(walls, terrain, HEIGHTS)


def patches(
    *, rows: int, cols: int, rng: np.random.Generator, patch_size: int, cover: float, rocks: float
) -> Ground:
    """Generate open ground with patches of grass, sand, mud and shallow water.

    Args:
        rows: the number of rows.
        cols: the number of columns.
        rng: the random generator.
        patch_size: the size of a patch, in cells.
        cover: the share of cells that patches would cover if none overlapped, 0 to 1.
        rocks: the share of cells that are walls, 0 to 1.
    """
    terrain = np.zeros((rows, cols), np.uint8)
    for kind in (_GRASS, _SAND, _MUD, _WATER):
        noise = smooth_noise(rows=rows, cols=cols, rng=rng, scale=patch_size)
        terrain[noise > np.quantile(noise, 1 - cover / 4)] = kind
    return Ground(make_room(rng.random((rows, cols)) < rocks), terrain)


def rivers(
    *,
    rows: int,
    cols: int,
    rng: np.random.Generator,
    rivers: int,
    river_width: int,
    crossings: int,
) -> Ground:
    """Generate grassland with rivers, which are walls but for fords and bridges.

    Rivers flow from one edge of the map to the opposite one, in turn across and along it.

    Args:
        rows: the number of rows.
        cols: the number of columns.
        rng: the random generator.
        rivers: the number of rivers.
        river_width: their width, in cells.
        crossings: the crossings of each, in turn a ford and a bridge.
    """
    cells = np.full((rows, cols), _GRASS)
    first = int(rng.integers(2))
    courses = []
    for number in range(rivers):
        # The transposed view turns a river by a right angle.
        view = cells.T if (first + number) % 2 else cells
        courses.append((_river(*view.shape, rng, width=river_width), view))
    for river, view in courses:
        view[:, 1:][river[:, :-1]] = _SAND
        view[:, :-1][river[:, 1:]] = _SAND
    for river, view in courses:
        view[river] = _DEEP
    for river, view in courses:
        _cross(river, view, rng, crossings=crossings)
    walls = cells == _DEEP
    return Ground(make_room(walls.copy()), np.where(walls, _ROAD, cells))


def _river(rows: int, cols: int, rng: np.random.Generator, *, width: int) -> NDArray[np.bool_]:
    """`(rows, cols)` bool: the cells of a river that flows from the top row to the bottom row."""
    bends = smooth_noise(rows=rows, cols=1, rng=rng, scale=max(rows / 3, 2.0))[:, 0]
    sway = (bends - bends.mean()) * cols / 3
    middle = np.clip(cols * rng.uniform(0.3, 0.7) + sway, 0.1 * cols, 0.9 * cols - 1)
    onward = np.append(middle[1:], middle[-1])
    left, right = np.minimum(middle, onward), np.maximum(middle, onward)
    places = np.arange(cols)
    # Wide enough to hold the way to the next row, so that no diagonal move slips through.
    return np.asarray(
        (places >= np.round(left - (width - 1) / 2)[:, None])
        & (places <= np.round(right + (width - 1) / 2)[:, None])
    )


def _cross(
    river: NDArray[np.bool_], cells: NDArray[np.uint8], rng: np.random.Generator, *, crossings: int
) -> None:
    """Make fords and bridges, in turn, over a river that flows from the top to the bottom."""
    edges = np.linspace(0, len(river), crossings + 1)
    for number in range(crossings):
        # One in each part of the river, so that they are far from each other.
        low, high = int(edges[number]), max(int(edges[number + 1]), int(edges[number]) + 1)
        row = int(rng.integers(low, high))
        if number % 2:
            cells[row][river[row]] = _ROAD
        else:
            part = slice(max(row - _FORD_ROWS // 2, 0), row + _FORD_ROWS // 2 + 1)
            cells[part][river[part]] = _WATER


def roads(
    *,
    rows: int,
    cols: int,
    rng: np.random.Generator,
    room_size: int,
    doors: int,
    roads: int,
    border: bool,
) -> Ground:
    """Generate rooms with sand on the floor, and roads that meet in one place.

    Args:
        rows: the number of rows.
        cols: the number of columns.
        rng: the random generator.
        room_size: the smallest side of a room, in cells.
        doors: the most doors in a wall, from 1.
        roads: the number of roads.
        border: whether the outermost cells are walls, where that leaves two cells inside.
    """
    walls = room_walls(
        rows=rows, cols=cols, rng=rng, room_size=room_size, doors=doors, border=border
    )
    terrain = np.full((rows, cols), _SAND)
    region = np.argwhere(largest_region(walls))
    hub, *ends = (
        tuple(cell) for cell in region[rng.integers(len(region), size=roads + 1)].tolist()
    )
    away = np.pad(distances(walls, hub, FOUR), 1, constant_values=np.inf)
    terrain[hub] = _ROAD
    for end in ends:
        _lay_road(terrain, away, end)
    return Ground(walls, terrain)


def _lay_road(terrain: NDArray[np.uint8], away: NDArray[np.float64], cell: Cell) -> None:
    """Lay the shortest road from a cell to another road, or to where all roads meet.

    Args:
        terrain: `(rows, cols)` uint8, changed in place.
        away: `(rows + 2, cols + 2)` float64, the distance from there, in a margin of `inf`.
        cell: the cell.
    """
    while terrain[cell] != _ROAD:
        terrain[cell] = _ROAD
        row, col = cell
        cell = min(
            ((row + down, col + right) for down, right in FOUR.deltas.tolist()),
            key=lambda step: float(away[step[0] + 1, step[1] + 1]),
        )
