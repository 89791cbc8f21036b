"""Generated maps like a given one: the generator and parameters whose maps measure alike."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.generate import KINDS, Setting, nth_map
from vingui.core.generated_maps import GeneratedMaps
from vingui.core.grid import GridMap
from vingui.core.surroundings import free_widths

_SIDE: Final = 64
"""The most rows and columns of what is measured: of a larger map, some windows."""

_WINDOWS: Final = 4
_SAMPLES: Final = 3
"""How many maps of each generator are measured."""

_SEED: Final = 0

_SCALES: Final = {
    "walls": 0.05,
    "width": 0.25,
    "narrow": 0.1,
    "joined": 0.1,
    "cost": 0.25,
    "edges": 0.1,
}
"""Of each measure, by how much maps may differ that look alike."""


@dataclass(frozen=True)
class Measures:
    """Measures of a map, a border of walls aside.

    Attributes:
        walls: the share of walls.
        width: the mean side of the largest square of free cells around each free cell.
        narrow: the share of free cells in corridors of one cell.
        joined: the share of cells beside a wall, to the right and below, that are walls.
        cost: the mean cost of entering a free cell; 1 on plain maps.
        edges: the share of neighbouring free cells whose costs differ.
    """

    walls: float
    width: float
    narrow: float
    joined: float
    cost: float
    edges: float

    def distance(self, other: "Measures") -> float:
        """How unlike two maps are, 0 for alike."""
        return sum((self._off(other, name) / scale) ** 2 for name, scale in _SCALES.items())

    def _off(self, other: "Measures", name: str) -> float:
        one, another = getattr(self, name), getattr(other, name)
        # Twice as wide is as far from it as half as wide.
        return math.log(one / another) if name in ("width", "cost") else one - another


@dataclass(frozen=True)
class Likeness:
    """Generated maps that are like a given one.

    Attributes:
        maps: the maps.
        sentence: how they were chosen, and how alike they are.
    """

    maps: GeneratedMaps
    sentence: str


def similar_maps(grid: GridMap, *, count: int, seed: int) -> Likeness:
    """Generated maps of a map's size that measure like it.

    Generators of walls, or of terrain if the map has costs, are tried with some parameters each.
    Of each, some maps are measured as the given one is, and the nearest is chosen.

    Args:
        grid: the map.
        count: how many maps.
        seed: their seed.
    """
    here = _mean(_measured(window) for window in _windows(grid))
    has_border = _has_border(grid.walls)
    best: tuple[float, str, dict[str, Setting], Measures] | None = None
    for kind, params in _candidates(grid, here, border=has_border):
        there = _of_generator(kind, params, grid)
        distance = here.distance(there)
        if best is None or distance < best[0]:
            best = distance, kind, params, there
    assert best is not None  # noqa: S101 - there are candidates
    _, kind, params, there = best
    maps = GeneratedMaps((kind,), grid.rows, grid.cols, count, seed, params)
    return Likeness(maps, _sentence(maps, here, there, costly=grid.has_costs))


def _sentence(maps: GeneratedMaps, here: Measures, there: Measures, *, costly: bool) -> str:
    def words(one: Measures) -> str:
        cost = f", mean cost {one.cost:z.2f}" if costly else ""
        return f"{100 * one.walls:z.0f} % walls, free space {one.width:z.1f} wide{cost}"

    return f"Maps like this one ({words(here)}): {maps.title} ({words(there)})."


def _windows(grid: GridMap) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.float64]]]:
    """The walls and costs of parts of a map; of a small map the whole."""
    edge = int(_has_border(grid.walls))
    walls = grid.walls[edge : grid.rows - edge, edge : grid.cols - edge]
    rng = np.random.default_rng(_SEED)
    spare = [max(side - _SIDE, 0) for side in walls.shape]
    for _ in range(_WINDOWS if any(spare) else 1):
        top, left = (int(rng.integers(room + 1)) for room in spare)
        part = slice(top, top + _SIDE), slice(left, left + _SIDE)
        shown, costs = walls[part], grid.costs
        inside = slice(top + edge, None), slice(left + edge, None)
        rows, cols = shown.shape
        yield shown, np.ones(shown.shape) if costs is None else costs[inside][:rows, :cols]


def _has_border(walls: NDArray[np.bool_]) -> bool:
    """Whether the outermost cells are walls, and others are inside."""
    edges = (walls[0], walls[-1], walls[:, 0], walls[:, -1])
    return min(walls.shape) > 2 and all(edge.all() for edge in edges)


def _measured(window: tuple[NDArray[np.bool_], NDArray[np.float64]]) -> Measures:
    walls, costs = window
    free = ~walls
    widths = free_widths(free)[free]
    beside = [(walls[:, :-1], walls[:, 1:]), (walls[:-1], walls[1:])]
    joined = sum(int((one & other).sum()) for one, other in beside)
    pairs = sum(int(one.sum()) for one, _ in beside)
    steps = [
        (costs[:, :-1] != costs[:, 1:])[free[:, :-1] & free[:, 1:]],
        (costs[:-1] != costs[1:])[free[:-1] & free[1:]],
    ]
    changes = np.concatenate(steps)
    return Measures(
        walls=float(walls.mean()),
        width=float(widths.mean()) if widths.size else 1.0,
        narrow=float((widths == 1).mean()) if widths.size else 1.0,
        joined=joined / pairs if pairs else 0.0,
        cost=float(costs[free].mean()) if free.any() else 1.0,
        edges=float(changes.mean()) if changes.size else 0.0,
    )


def _mean(measures: Iterator[Measures]) -> Measures:
    table = [list(vars(one).values()) for one in measures]
    return Measures(*np.mean(table, axis=0).tolist())


def _of_generator(kind: str, params: dict[str, Setting], grid: GridMap) -> Measures:
    rows, cols = (min(side, _SIDE + 2) for side in grid.walls.shape)
    if "obstacles" in params:
        # As dense as on the whole map.
        share = rows * cols / (grid.rows * grid.cols)
        params = params | {"obstacles": max(round(params["obstacles"] * share), 1)}
    return _of_samples(kind, tuple(params.items()), rows, cols)


@lru_cache(maxsize=512)
def _of_samples(
    kind: str, params: tuple[tuple[str, Setting], ...], rows: int, cols: int
) -> Measures:
    samples = (
        nth_map(kind, index, seed=_SEED, rows=rows, cols=cols, **dict(params))
        for index in range(_SAMPLES)
    )
    return _mean(_measured(window) for one in samples for window in _windows(one))


def _candidates(
    grid: GridMap, here: Measures, *, border: bool
) -> Iterator[tuple[str, dict[str, Setting]]]:
    """Generators, and parameters to try them with."""
    tables = _TERRAIN if grid.has_costs else _WALLS
    for kind, table in tables.items():
        bounds = {parameter.name: parameter for parameter in KINDS[kind].parameters}
        for values in product(*table.values()):
            params: dict[str, Setting] = dict(zip(table, values, strict=True))
            if kind == "obstacles":
                usual = bounds["obstacles"].default_for(rows=grid.rows, cols=grid.cols)
                many = max(round(params["obstacles"] * usual), 1)
                params["obstacles"] = min(many, int(bounds["obstacles"].high))
            if kind == "noise":
                params["density"] = round(here.walls, 3)
            if "border" in bounds:
                params["border"] = border
            yield kind, params


_WALLS: Final[dict[str, dict[str, tuple[Setting, ...]]]] = {
    "obstacles": {
        "obstacles": (0.25, 0.5, 1.0, 2.0, 4.0),
        "obstacle_size": (1, 2, 4, 8),
    },
    "noise": {"density": (0.0,)},
    "maze": {"openness": (0.0, 0.1, 0.25, 0.5, 0.75)},
    "rooms": {"room_size": (2, 3, 4, 6, 9, 12), "doors": (1, 2, 4)},
    "caves": {"density": (0.36, 0.4, 0.44, 0.48), "steps": (2, 4)},
}
"""Parameters to try of each generator of walls. The number of obstacles is a multiple of the usual
one, and the density of noise that of the map."""

_TERRAIN: Final[dict[str, dict[str, tuple[Setting, ...]]]] = {
    "hills": {"hill_size": (4, 8, 16), "peaks": (0.0, 0.08, 0.2)},
    "rivers": {"rivers": (1, 2, 3), "river_width": (1, 2, 4)},
    "patches": {"patch_size": (3, 6, 12), "cover": (0.3, 0.6, 0.9), "rocks": (0.0, 0.08, 0.2)},
    "roads": {"room_size": (3, 6, 12), "roads": (1, 3)},
    "mountains": {"relief": (0.5, 1.0, 2.0), "cliffs": (20.0, 28.0, 90.0)},
}
"""The same of generators of terrain."""
