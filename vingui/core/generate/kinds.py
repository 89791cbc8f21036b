"""The table of generators, and the functions that use it.

Other packages bring theirs by entry points of the group `vingui.generators`, each a `Kind`.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.extensions import Registry
from vingui.core.generate import caves, fields, landscapes, mazes, mountains, rooms
from vingui.core.generate.base import Kind, Parameter, Setting, adapted
from vingui.core.generate.goal_and_starts import place_apart, place_uniform
from vingui.core.generate.landscapes import Ground
from vingui.core.grid import GridMap, check_shape

MOST_STARTS: Final = 100
"""The most starts that users may choose for a generated map."""


def _bare(walls: Callable[..., NDArray[np.bool_]]) -> Callable[..., Ground]:
    """The ground that has walls alone."""
    return lambda **settings: Ground(walls(**settings))


def _border(*, default: bool) -> Parameter:
    return Parameter("border", "Border", "make the outermost cells walls", bool, default)


_OBSTACLES: Final = Kind(
    "obstacles",
    "Obstacle field",
    "Discs and rectangles at random places, as in the paper's data",
    (
        Parameter(
            "obstacles",
            "Obstacles, at most",
            "the most obstacles; each map has a random number of them",
            int,
            fields.default_obstacles,
            0,
            20_000,
        ),
        Parameter(
            "obstacle_size",
            "Largest obstacle",
            "the largest radius of a disc and side of a rectangle; 0 gives single cells",
            int,
            fields.default_obstacle_size,
            0,
            64,
        ),
        _border(default=True),
    ),
    _bare(fields.obstacle_walls),
)

_NOISE: Final = Kind(
    "noise",
    "Noise",
    "Every cell is a wall with the same probability",
    (
        Parameter("density", "Density", "the share of walls", float, 0.3, 0.0, 1.0),
        _border(default=False),
    ),
    _bare(fields.noise_walls),
)

_MAZE: Final = Kind(
    "maze",
    "Maze",
    "A depth-first maze with long winding corridors",
    (
        Parameter(
            "openness",
            "Openness",
            "the share of the remaining walls that is opened; 0 leaves a single path",
            float,
            0.0,
            0.0,
            1.0,
        ),
    ),
    _bare(mazes.maze_walls),
)

_ROOM_SIZE: Final = Parameter(
    "room_size",
    "Smallest room",
    "the shortest side of a room, in cells",
    int,
    rooms.default_room_size,
    1,
    64,
)
_DOORS: Final = Parameter("doors", "Doors, at most", "the most doors that a wall has", int, 2, 1, 8)

_ROOMS: Final = Kind(
    "rooms",
    "Rooms",
    "Rooms of different sizes, connected by doors",
    (_ROOM_SIZE, _DOORS, _border(default=True)),
    _bare(rooms.room_walls),
)

_CAVES: Final = Kind(
    "caves",
    "Caves",
    "Halls and passages with rough walls, all connected",
    (
        Parameter("density", "Density", "the share of rock to begin with", float, 0.44, 0.0, 1.0),
        Parameter("steps", "Smoothing", "the number of smoothing steps", int, 4, 0, 20),
    ),
    _bare(caves.cave_walls),
)

_HILLS: Final = Kind(
    "hills",
    "Hills",
    "Hills that cost more the higher they are, with peaks as walls",
    (
        Parameter(
            "hill_size",
            "Hill size",
            "the distance from a hill to the next, in cells",
            int,
            landscapes.default_scale,
            1,
            256,
        ),
        Parameter("peaks", "Peaks", "the share of walls", float, 0.08, 0.0, 1.0),
    ),
    landscapes.hills,
)

_RIVERS: Final = Kind(
    "rivers",
    "Rivers",
    "Grassland with deep rivers, crossed by fords and bridges",
    (
        Parameter(
            "rivers", "Rivers", "the number of rivers", int, landscapes.default_rivers, 0, 16
        ),
        Parameter(
            "river_width",
            "Width",
            "the width of a river, in cells",
            int,
            landscapes.default_river_width,
            1,
            64,
        ),
        Parameter(
            "crossings",
            "Crossings",
            "the crossings of each river, in turn a ford and a bridge",
            int,
            2,
            0,
            16,
        ),
    ),
    landscapes.rivers,
)

_PATCHES: Final = Kind(
    "patches",
    "Patches",
    "Open ground with patches of grass, sand, mud and shallow water",
    (
        Parameter(
            "patch_size",
            "Patch size",
            "the size of a patch, in cells",
            int,
            landscapes.default_scale,
            1,
            256,
        ),
        Parameter(
            "cover", "Cover", "the share that patches cover, overlaps aside", float, 0.6, 0.0, 1.0
        ),
        Parameter("rocks", "Rocks", "the share of walls", float, 0.08, 0.0, 1.0),
    ),
    landscapes.patches,
)

_ROADS: Final = Kind(
    "roads",
    "Roads",
    "Rooms with sand on the floor, and roads through their doors",
    (
        _ROOM_SIZE,
        _DOORS,
        Parameter(
            "roads",
            "Roads",
            "the number of roads, which meet",
            int,
            landscapes.default_roads,
            1,
            64,
        ),
        _border(default=True),
    ),
    landscapes.roads,
)

_MOUNTAINS: Final = Kind(
    "mountains",
    "Mountains",
    "Real heights of a land in Tennessee: the steeper, the costlier",
    (
        Parameter(
            "relief",
            "Relief",
            "how many times as high the mountains are as in nature",
            float,
            1.0,
            0.0,
            10.0,
        ),
        Parameter(
            "cliffs",
            "Cliffs",
            "the slope in degrees from which a cell is a wall; 90 for no walls",
            float,
            28.0,
            0.0,
            90.0,
        ),
        Parameter(
            "training",
            "Training area",
            "heights of the area that networks learn from",
            bool,
            False,
        ),
    ),
    mountains.mountains,
)

_OWN: Final = {
    kind.name: kind
    for kind in (
        _OBSTACLES,
        _NOISE,
        _MAZE,
        _ROOMS,
        _CAVES,
        _HILLS,
        _RIVERS,
        _PATCHES,
        _ROADS,
        _MOUNTAINS,
    )
}

KINDS: Final = Registry(_OWN, "vingui.generators", adapted, ("mixed", "like", "map").__contains__)
"""Every kind of generated map by its name; the first is the default.

Other names that maps to evaluate on have belong to no extension.
"""


def generate_walls(
    kind: str, *, rows: int, cols: int, rng: np.random.Generator, **params: Setting
) -> NDArray[np.bool_]:
    """Generate the walls of a random map.

    Args:
        kind: a name of `KINDS`.
        rows: the number of rows.
        cols: the number of columns.
        rng: the random generator; the same state gives the same walls.
        **params: the kind's parameters; the others get defaults for the map's size.

    Returns:
        `(rows, cols)` bool, `True` for a wall. At least two neighbouring cells are free, so that
        there is room for a goal and a start that reaches it.

    Raises:
        VinguiError: the kind or a parameter is unknown, or the size or a value is out of bounds.
    """
    return _ground(kind, rows=rows, cols=cols, rng=rng, **params).walls


def _ground(
    kind: str, *, rows: int, cols: int, rng: np.random.Generator, **params: Setting
) -> Ground:
    if kind not in KINDS:
        raise VinguiError(f"There is no kind of map {kind!r}; there are {', '.join(KINDS)}")
    check_shape(rows, cols)
    settings = KINDS[kind].settings(rows=rows, cols=cols, **params)
    return KINDS[kind].ground(rows=rows, cols=cols, rng=rng, **settings)


def generate(
    kind: str,
    *,
    rows: int,
    cols: int,
    rng: np.random.Generator,
    starts: int = 1,
    uniform: bool = False,
    **params: Setting,
) -> GridMap:
    """Generate a random map with a goal, and starts that reach it under every movement rule.

    Args:
        kind: a name of `KINDS`.
        rows: the number of rows.
        cols: the number of columns.
        rng: the random generator; the same state gives the same map.
        starts: the number of starts, from 1; where there is not enough room, there are fewer.
        uniform: whether the starts are drawn anywhere, instead of far from the goal and each other.
        **params: the kind's parameters; the others get defaults for the map's size.

    Raises:
        VinguiError: as `generate_walls`.
    """
    ground = _ground(kind, rows=rows, cols=cols, rng=rng, **params)
    place = place_uniform if uniform else place_apart
    grid = place(ground.walls, rng, starts=starts)
    if ground.terrain is None:
        return grid
    return replace(
        grid,
        terrain=ground.terrain,
        palette=ground.palette,
        elevation=ground.elevation,
        frame=ground.frame,
    )


def generate_many(kind: str, *, count: int, seed: int, **options: Any) -> list[GridMap]:
    """Generate random maps; map i depends on `(seed, i)` and not on `count`.

    Args:
        kind: a name of `KINDS`.
        count: the number of maps.
        seed: the seed, 0 or more.
        **options: as for `generate`.

    Raises:
        VinguiError: as `generate_walls`.
    """
    return [nth_map(kind, index, seed=seed, **options) for index in range(count)]


def nth_map(kind: str, index: int, *, seed: int, **options: Any) -> GridMap:
    """The map at an index of `generate_many`; the other arguments are the same."""
    # Four numbers, the last one not 0: no shorter seed, such as those of training's batches, gives
    # the same random numbers.
    return generate(kind, rng=np.random.default_rng([seed, index, 0, 1]), **options)
