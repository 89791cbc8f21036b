"""What tests of several rooms share: maps with all that a network can learn costs from."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from vingui.core.grid import Demonstration, GridMap


def _walk(grid: GridMap, rng: np.random.Generator) -> Demonstration:
    """A path that goes anywhere on the map, also through walls."""
    cells = [(int(rng.integers(grid.rows)), int(rng.integers(grid.cols)))]
    for _ in range(rng.integers(1, 6)):
        row, col = cells[-1]
        near = [(row + down, col + right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
        near.remove((row, col))
        inside = [cell for cell in near if 0 <= cell[0] < grid.rows and 0 <= cell[1] < grid.cols]
        cells.append(inside[rng.integers(len(inside))])
    return Demonstration(tuple(cells))


@pytest.fixture(scope="session")
def taught() -> Callable[..., GridMap]:
    """`taught(grid, seed)`: the map with up to three demonstrations, and mostly an elevation."""

    def with_both(grid: GridMap, seed: int, *, elevated: bool | None = None) -> GridMap:
        rng = np.random.default_rng(seed)
        shown = tuple(_walk(grid, rng) for _ in range(rng.integers(4)))
        heights = rng.normal(0, 1000, grid.walls.shape).astype(np.float32)
        has = rng.random() < 0.7 if elevated is None else elevated
        return replace(grid, demonstrations=shown, elevation=heights if has else None)

    return with_both
