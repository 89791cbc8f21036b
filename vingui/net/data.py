"""Training examples: maps with all optimal actions and the cost-to-go of every cell."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.generate import generators, place_uniform
from vingui.core.grid import GridMap
from vingui.core.moves import MoveRule
from vingui.core.oracle import solve
from vingui.core.phrases import counted
from vingui.net.backend import keras
from vingui.net.cluster import ALONE, Cluster
from vingui.net.models import UNREACHABLE_COST


def encode(grids: Sequence[GridMap]) -> NDArray[np.float32]:
    """Encode maps of one size as a network's input.

    Returns:
        `(batch, rows, cols, 2)` float32: 1 for a wall, 1 at the goal.
    """
    inputs = np.zeros((len(grids), *grids[0].walls.shape, 2), np.float32)
    for index, grid in enumerate(grids):
        inputs[index, ..., 0] = grid.walls
        for goal in grid.goals:
            inputs[(index, *goal, 1)] = 1
    return inputs


def encode_costs(grid: GridMap, *, unit: float) -> NDArray[np.float32]:
    """Encode a map as the input of a network that sees the costs of cells.

    Args:
        grid: the map.
        unit: the reward of a unit of cost.

    Returns:
        `(1, rows, cols, 4)` float32: the channels of `encode`, the value of each goal in the unit
        of rewards, and the cost of entering each cell.
    """
    inputs = np.concatenate([encode([grid]), np.zeros((1, *grid.walls.shape, 2), "f4")], axis=-1)
    for goal, value in grid.valued_goals.items():
        inputs[(0, *goal, 2)] = unit * value
    inputs[0, ..., 3] = 1 if grid.costs is None else grid.costs
    return inputs


def label(grids: Sequence[GridMap], rule: MoveRule) -> dict[str, NDArray[np.float32]]:
    """Compute the exact labels of maps of one size.

    Returns:
        `optimal`: `(batch, rows, cols, n_actions)` float32, 1 for *every* optimal action;
        `cost_to_go`: `(batch, rows, cols)` float32, `UNREACHABLE_COST` where there is no path.
    """
    solved = [solve(grid, rule) for grid in grids]
    cost = np.stack([oracle.cost_to_go for oracle in solved])
    return {
        "optimal": np.stack([oracle.optimal for oracle in solved]).astype(np.float32),
        "cost_to_go": np.minimum(cost, UNREACHABLE_COST).astype(np.float32),
    }


class TrainingData(keras.utils.PyDataset):
    """Batches that depend only on the seed, the epoch and their index.

    So a training that was interrupted continues with the same batches. A `TrainingClock` among the
    callbacks sets the epoch.

    Args:
        rule: the movement rule of the labels.
        batch_size: maps in a batch.
        batches: batches in an epoch.
        seed: 0 or more.

    Attributes:
        cluster: the workers that share each batch.
    """

    def __init__(self, *, rule: MoveRule, batch_size: int, batches: int, seed: int) -> None:
        super().__init__()
        self.rule = rule
        self.batch_size = batch_size
        self.batches = batches
        self.seed = seed
        self.epoch = 0
        self.cluster: Cluster = ALONE

    def __len__(self) -> int:
        return self.batches

    @property
    def note(self) -> str:
        """What of the data is left out, a sentence; empty for nothing."""
        return ""

    def maps(self, index: int) -> list[GridMap]:
        """The maps of a batch of this epoch, all of one size and with a goal."""
        raise NotImplementedError

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], dict[str, Any]]:
        grids = self.maps(index)
        grids = grids[self.cluster.share(len(grids))]
        return encode(grids), label(grids, self.rule)


class GeneratedData(TrainingData):
    """Fresh maps in every batch, from a mixture of generators.

    Args:
        kinds: names of `MIXTURES` or of generators of walls; each kind is as frequent.
        rows: the maps' rows.
        cols: the maps' columns.
        density: the share of walls where a generator has one; 0 for its own.
        **kwargs: as for `TrainingData`.
    """

    def __init__(
        self, kinds: Sequence[str], *, rows: int, cols: int, density: float = 0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.kinds = generators(kinds, density=density)
        self.rows = rows
        self.cols = cols

    def maps(self, index: int) -> list[GridMap]:
        """Maps drawn with `(seed, epoch, index)` as the seed."""
        rng = np.random.default_rng([self.seed, self.epoch, index])
        return [self._draw(rng) for _ in range(self.batch_size)]

    def _draw(self, rng: np.random.Generator) -> GridMap:
        walls = self.kinds[int(rng.integers(len(self.kinds)))]
        return place_uniform(walls(self.rows, self.cols, rng), rng)


class StoredData(TrainingData):
    """The maps of a data set, shuffled in every epoch.

    Args:
        grids: maps of one size, each with a goal.
        moved_goals: whether each map gets a goal anywhere whenever it comes up; then the maps need
            none, and few of them can fill a batch.
        **kwargs: as for `TrainingData`.

    Raises:
        VinguiError: a map has no goal or another size, or there are fewer than fill a batch.
    """

    def __init__(
        self, grids: Sequence[GridMap], *, moved_goals: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.moved_goals = moved_goals
        if moved_goals:
            grids = [grid for grid in grids for _ in range(-(-self.batch_size // len(grids)))]
        if len(grids) < self.batch_size:
            raise VinguiError(
                f"A batch has {counted(self.batch_size, 'map')}, and there are only {len(grids)}. "
                "Choose smaller batches, or train on more maps"
            )
        for index, grid in enumerate(grids):
            goalless = grid.goal is None and not moved_goals
            if goalless or grid.walls.shape != grids[0].walls.shape:
                raise VinguiError(
                    "All maps to train on must have a goal and one size, but map "
                    f"{index} of {grid.rows}x{grid.cols} cells has "
                    + ("no goal" if goalless else "another size")
                )
        self.grids = grids

    def maps(self, index: int) -> list[GridMap]:
        """The next maps of a lap; when too few are left for a batch, another lap begins."""
        lap, place = divmod(index, len(self.grids) // self.batch_size)
        rng = np.random.default_rng([self.seed, self.epoch, lap])
        first = place * self.batch_size
        order = rng.permutation(len(self.grids))[first : first + self.batch_size]
        grids = [self.grids[int(number)] for number in order]
        return [place_uniform(grid.walls, rng) for grid in grids] if self.moved_goals else grids
