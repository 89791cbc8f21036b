"""Batches of demonstrated paths for a `CostVIN`."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.demonstrations import best_path
from vingui.core.errors import VinguiError
from vingui.core.generate import generate
from vingui.core.grid import GridMap
from vingui.core.moves import MoveRule
from vingui.core.oracle import solve
from vingui.core.phrases import counted
from vingui.net.cost_vin import encode_seen
from vingui.net.data import TrainingData

_ROCKS: Final = 0.12
_MOST_PATCH: Final = 5
_PIXEL_NOISE: Final = 0.04
_TINT: Final = 0.06
"""Standard deviations of what is added to pixels in training: alone, and to a whole picture."""


def terrain_map(*, rows: int, cols: int, rng: np.random.Generator) -> GridMap:
    """A map of patches of the standard terrain, with a start anywhere."""
    return generate(
        "patches",
        rows=rows,
        cols=cols,
        rng=rng,
        uniform=True,
        patch_size=int(rng.integers(1, _MOST_PATCH + 1)),
        cover=0.8,
        rocks=_ROCKS,
    )


def generated_demonstrations(count: int, *, rows: int, cols: int, seed: int) -> list[GridMap]:
    """Maps of terrain with a start each; map i depends on `(seed, i)` alone."""
    generators = (np.random.default_rng([seed, index, 0, 2]) for index in range(count))
    return [terrain_map(rows=rows, cols=cols, rng=rng) for rng in generators]


class DemonstrationData(TrainingData):
    """Paths of least cost on maps whose costs the network is not told.

    Args:
        grids: maps of one size, each with a goal; each start demonstrates a path.
        sees: what the network sees, as of `CostVIN`.
        **kwargs: as for `TrainingData`.

    Raises:
        VinguiError: maps differ in size, have no goal, or no start can reach one.
    """

    def __init__(self, grids: Sequence[GridMap], *, sees: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sees = sees
        self.grids: list[GridMap] = []
        self.paths: list[NDArray[np.int64]] = []
        self._inputs: dict[int, NDArray[np.float32]] = {}
        for index, grid in enumerate(grids):
            if not grid.goals or grid.walls.shape != grids[0].walls.shape:
                raise VinguiError(
                    "All maps that demonstrate paths must have a goal and one size, but map "
                    f"{index} has {'another size' if grid.goals else 'no goal'}"
                )
            self._demonstrate(grid, self.rule)
        if not self.paths:
            raise VinguiError(
                f"None of {counted(len(grids), 'map')} has a start from which a path leads to a "
                "goal; a demonstration needs one"
            )

    def _demonstrate(self, grid: GridMap, rule: MoveRule) -> None:
        oracle = solve(grid, rule)
        for start in grid.starts:
            if oracle.reachable[start] and start not in grid.goals:
                self.grids.append(grid)
                self.paths.append(best_path(grid, start, rule, oracle))

    def maps(self, index: int) -> list[GridMap]:
        """The maps of a batch of this epoch."""
        return [self.grids[number] for number in self._numbers(index)]

    def _numbers(self, index: int) -> list[int]:
        rng = np.random.default_rng([self.seed, self.epoch, index])
        size = min(self.batch_size, len(self.grids))
        return [int(number) for number in rng.choice(len(self.grids), size, replace=False)]

    def _input(self, number: int) -> NDArray[np.float32]:
        if number not in self._inputs:
            self._inputs[number] = encode_seen([self.grids[number]], self.sees, unit=1)
        return self._inputs[number]

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], dict[str, Any]]:
        numbers = self._numbers(index)
        inputs = np.concatenate([self._input(number) for number in numbers])
        if self.sees == "picture":
            rng = np.random.default_rng([self.seed, self.epoch, index, 1])
            _add_noise(inputs[..., 3:], rng)
        paths = [self.paths[number] for number in numbers]
        padded = np.full((len(paths), max(map(len, paths)), 2), -1, np.int32)
        for row, path in zip(padded, paths, strict=True):
            row[: len(path)] = path
        return inputs, {"path": padded}


def _add_noise(pixels: NDArray[np.float32], rng: np.random.Generator) -> None:
    """Change the light of each picture, and its pixels a little."""
    tints = rng.normal(0, _TINT, (len(pixels), 1, 1, 1, 3)).astype(np.float32)
    by_colour = pixels.reshape(*pixels.shape[:3], -1, 3)
    noise = rng.normal(0, _PIXEL_NOISE, by_colour.shape).astype(np.float32)
    pixels[...] = np.clip(by_colour + tints + noise, 0, 1).reshape(pixels.shape)
