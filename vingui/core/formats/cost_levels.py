"""Shades as costs: what pictures and the occupancy maps of robots have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.phrases import counted
from vingui.core.terrain import MAX_COST, MIN_COST, STANDARD, Palette, palette_of_levels

MAX_LEVELS: Final = 240
"""The most levels: the greys of a picture, without those that are nearly black."""

_EXACT: Final = 1e-6
_ROUNDING: Final = 1e-9


@dataclass(frozen=True)
class CostLevels:
    """Kinds of terrain made of shades, each of an equal range of shades.

    Attributes:
        count: the number of levels, 1 to 240.
        lightest: the cost of the lightest level, 0.01 to 1000.
        darkest: the cost of the darkest level, which may be the lower one.

    Raises:
        VinguiError: one is out of its range, or several levels would have the same cost.
    """

    count: int = 10
    lightest: float = 1.0
    darkest: float = 10.0

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MAX_LEVELS:
            raise VinguiError(f"There must be 1 to {MAX_LEVELS} levels of costs, not {self.count}")
        for name in ("lightest", "darkest"):
            cost = getattr(self, name)
            if not MIN_COST <= cost <= MAX_COST:
                raise VinguiError(
                    f"The cost at the {name} must be a number from {MIN_COST} to {MAX_COST:z.0f}, "
                    f"not {cost:zg}"
                )
        if len({f"{cost:zg}" for cost in self.costs}) < self.count:
            raise VinguiError(
                f"{counted(self.count, 'level')} need as many costs, and from {self.lightest:zg} "
                f"to {self.darkest:zg} there are fewer. Choose fewer levels, or costs further apart"
            )

    @cached_property
    def costs(self) -> tuple[float, ...]:
        """The cost of each level, from the lightest to the darkest."""
        steps = np.linspace(self.lightest, self.darkest, self.count).tolist()
        # Without the rounding of linspace: 0.3, not 0.30000000000000004.
        return tuple(float(f"{cost:z.12g}") for cost in steps)

    @cached_property
    def palette(self) -> Palette:
        """A kind of terrain for each level."""
        return palette_of_levels(self.costs)

    def of_shades(self, shades: NDArray[np.float64]) -> NDArray[np.uint8]:
        """The level of each shade.

        Args:
            shades: float64, from 0, the lightest, to 1, the darkest; what lies beyond is clipped.

        Returns:
            uint8 of the same shape.
        """
        levels = np.floor(shades * self.count + _ROUNDING)
        return np.clip(levels, 0, self.count - 1).astype(np.uint8)

    def __str__(self) -> str:
        kinds = counted(self.count, "kind")
        if self.count == 1:
            return f"{kinds} of terrain, of cost {self.lightest:zg}"
        return f"{kinds} of terrain, of cost {self.lightest:zg} to {self.darkest:zg}"


@dataclass(frozen=True)
class PaletteLevels:
    """The levels in which the costs of a palette are written.

    Attributes:
        levels: the levels, of which as few as possible are made.
        of_kinds: the level of each kind of terrain.
        exact: whether every kind has its own cost back when they are read.
    """

    levels: CostLevels
    of_kinds: tuple[int, ...]
    exact: bool


def palette_levels(palette: Palette, *, most: int) -> PaletteLevels:
    """The fewest levels, evenly spaced, that have the costs of a palette; at most `most`."""
    costs = palette.costs
    low, high = float(costs.min()), float(costs.max())
    if low == high:
        return PaletteLevels(CostLevels(1, low, low), (0,) * len(palette), exact=True)
    parts = (costs - low) / (high - low)
    for count in range(2, most + 1):
        places = parts * (count - 1)
        if np.abs(places - places.round()).max() < _EXACT:
            break
    exact = bool(np.abs(places - places.round()).max() < _EXACT)
    return PaletteLevels(
        CostLevels(count, low, high), tuple(places.round().astype(int).tolist()), exact
    )


def has_terrain(grid: GridMap) -> bool:
    """Whether a map differs from a plain one in its terrain or its palette."""
    return grid.terrain is not None or grid.palette != STANDARD


def first_palette(maps: Sequence[GridMap]) -> Palette | None:
    """The palette of the first map with terrain; `None` where no map has any."""
    return next((grid.palette for grid in maps if has_terrain(grid)), None)
