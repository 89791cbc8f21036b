"""Batches of demonstrated paths for a `CostVIN`."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.demonstrations import best_path, check_demonstration
from vingui.core.errors import VinguiError
from vingui.core.generate import generate
from vingui.core.grid import GridMap
from vingui.core.memory import free_memory
from vingui.core.oracle import solve
from vingui.core.phrases import counted
from vingui.core.terrain_pictures import PIXELS, SEEN
from vingui.core.train_settings import MOUNTAINS, TERRAIN
from vingui.net.cost_vin import encode_seen
from vingui.net.data import TrainingData

_ROCKS: Final = 0.12
_MOST_PATCH: Final = 5
_MOST_RELIEF: Final = 2.0
_CLIFFS: Final = 45.0
_BYTES: Final = {"kinds": 200, "picture": 8000, "elevation": 1800}
"""Memory that a batch takes for each cell of each map, as measured at 64x64 to 256x256 cells."""

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


def mountain_map(*, rows: int, cols: int, rng: np.random.Generator) -> GridMap:
    """A map of mountains of the training area, half to twice as high, with a start anywhere."""
    return generate(
        "mountains",
        rows=rows,
        cols=cols,
        rng=rng,
        uniform=True,
        relief=float(_MOST_RELIEF ** rng.uniform(-1, 1)),
        cliffs=_CLIFFS,
        training=True,
    )


def generated_demonstrations(
    count: int, *, maps: str = TERRAIN, rows: int, cols: int, seed: int
) -> list[GridMap]:
    """Maps of a name of `COST_MAPS` with a start each; map i depends on `(seed, i)` alone."""
    draw = mountain_map if maps == MOUNTAINS else terrain_map
    generators = (np.random.default_rng([seed, index, 0, 2]) for index in range(count))
    return [draw(rows=rows, cols=cols, rng=rng) for rng in generators]


class DemonstrationData(TrainingData):
    """Demonstrated paths on maps whose costs are no input to the network.

    Args:
        grids: maps of one size. Of one with demonstrations, each teaches a journey to its last
            cell; of any other, each start teaches a path of least cost to its goal.
        sees: what the network sees, as of `CostVIN`.
        mirrored: whether each map is mirrored at random whenever it comes up.
        **kwargs: as for `TrainingData`.

    Attributes:
        grids: the map of each path, with the goal that it goes to.
        paths: `(n, 2)` int64 each, the cells of a path.
        left_out: the number of demonstrations that walls or the movement rule forbid.

    Raises:
        VinguiError: maps differ in size, one has neither a demonstration nor a goal, or no path is
            left.
    """

    def __init__(
        self, grids: Sequence[GridMap], *, sees: str, mirrored: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.sees = sees
        self.mirrored = mirrored
        self.grids: list[GridMap] = []
        self.paths: list[NDArray[np.int64]] = []
        self.left_out = 0
        self._worlds: list[int] = []
        self._seen: dict[int, NDArray[np.float32]] = {}
        self._first_refusal = ""
        for index, grid in enumerate(grids):
            teaches = grid.goals or grid.demonstrations
            if not teaches or grid.walls.shape != grids[0].walls.shape:
                raise VinguiError(
                    "All maps to learn costs from must have one size, and demonstrations or a "
                    f"goal, but map {index} has {'another size' if teaches else 'neither'}"
                )
            if grid.demonstrations:
                self._add_demonstrations(grid)
            else:
                self._add_starts(grid)
            self._worlds += [index] * (len(self.paths) - len(self._worlds))
        if not self.paths:
            raise VinguiError(self._nothing_to_learn(len(grids)))
        self._check_memory(grids[0])
        self._longest = max(map(len, self.paths))

    def _add_demonstrations(self, grid: GridMap) -> None:
        world = grid.with_demonstrations(())
        for demonstration in grid.demonstrations:
            try:
                check_demonstration(world, demonstration, self.rule)
            except VinguiError as refusal:
                self.left_out += 1
                self._first_refusal = self._first_refusal or str(refusal)
            else:
                self.grids.append(world.with_goal(demonstration.end))
                self.paths.append(demonstration.array)

    def _add_starts(self, grid: GridMap) -> None:
        oracle = solve(grid, self.rule)
        for start in grid.starts:
            if oracle.reachable[start] and start not in grid.goals:
                self.grids.append(grid)
                self.paths.append(best_path(grid, start, self.rule, oracle))

    def _check_memory(self, grid: GridMap) -> None:
        maps = min(self.batch_size, len(self.paths))
        needed, free = maps * grid.walls.size * _BYTES[self.sees], free_memory()
        if free is not None and needed > free:
            raise VinguiError(
                f"To learn from {counted(maps, 'path')} at once on maps of {grid.rows}x{grid.cols} "
                f"cells takes about {needed / 2**30:z.1f} GiB of memory, and "
                f"{free / 2**30:z.1f} GiB are free. Choose smaller maps or batches"
            )

    def _nothing_to_learn(self, maps: int) -> str:
        if self.left_out:
            return (
                f"None of {counted(self.left_out, 'demonstration')} can be learned from. The "
                f"first: {self._first_refusal}"
            )
        return (
            f"None of {counted(maps, 'map')} has a demonstration, or a start from which a path "
            "leads to a goal; one is needed"
        )

    @property
    def note(self) -> str:
        """How many demonstrations are left out, and why the first is; empty for none."""
        if not self.left_out:
            return ""
        shown = counted(self.left_out + len(self.paths), "demonstrated path")
        return f"{self.left_out:,} of {shown} left out. The first: {self._first_refusal}."

    def maps(self, index: int) -> list[GridMap]:
        """The maps of a batch of this epoch."""
        return [self.grids[number] for number in self._numbers(index)]

    def _numbers(self, index: int) -> list[int]:
        rng = np.random.default_rng([self.seed, self.epoch, index])
        size = min(self.batch_size, len(self.grids))
        return [int(number) for number in rng.choice(len(self.grids), size, replace=False)]

    def _inputs(self, numbers: Sequence[int]) -> NDArray[np.float32]:
        # A map that many paths go through is encoded, and kept, once.
        for number in numbers:
            if self._worlds[number] not in self._seen:
                seen = encode_seen([self.grids[number]], self.sees, unit=1)
                self._seen[self._worlds[number]] = seen
        inputs = np.concatenate([self._seen[self._worlds[number]] for number in numbers])
        inputs[..., 1:3] = 0
        for place, number in enumerate(numbers):
            for goal, value in self.grids[number].valued_goals.items():
                inputs[(place, *goal)][1:3] = 1, value
        return inputs

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], dict[str, Any]]:
        numbers = self._numbers(index)
        inputs = self._inputs(numbers)
        if self.sees == "picture":
            rng = np.random.default_rng([self.seed, self.epoch, index, 1])
            _add_noise(inputs[..., 3:], rng)
        paths = [self.paths[number] for number in numbers]
        # All batches are of one length: Keras takes the shape of the first ones for that of all.
        padded = np.full((len(paths), self._longest, 2), -1, np.int32)
        for row, path in zip(padded, paths, strict=True):
            row[: len(path)] = path
        if self.mirrored:
            rng = np.random.default_rng([self.seed, self.epoch, index, 2])
            for place in range(len(inputs)):
                _mirror(inputs[place], padded[place], rng)
        # Its random numbers are those of the whole batch, whoever learns from it.
        share = self.cluster.share(len(paths))
        return inputs[share], {"path": padded[share]}


def _add_noise(pixels: NDArray[np.float32], rng: np.random.Generator) -> None:
    """Change the light of each picture, and its pixels a little."""
    tints = rng.normal(0, _TINT, (len(pixels), 1, 1, 1, 3)).astype(np.float32)
    by_colour = pixels.reshape(*pixels.shape[:3], -1, 3)
    noise = rng.normal(0, _PIXEL_NOISE, by_colour.shape).astype(np.float32)
    pixels[...] = np.clip(by_colour + tints + noise, 0, 1).reshape(pixels.shape)


def _mirror(cells: NDArray[np.float32], path: NDArray[np.int32], rng: np.random.Generator) -> None:
    """Mirror a map and its path, in place, by rows, by columns, by both or not at all."""
    rows, cols, channels = cells.shape
    for axis in np.flatnonzero(rng.random(2) < 0.5).tolist():
        cells[...] = np.flip(cells, axis)
        if channels == 3 + SEEN["picture"]:
            pixels = cells[..., 3:].reshape(rows, cols, PIXELS, PIXELS, 3)
            cells[..., 3:] = np.flip(pixels, 2 + axis).reshape(rows, cols, -1)
        visited = path[:, 0] >= 0
        path[visited, axis] = cells.shape[axis] - 1 - path[visited, axis]
