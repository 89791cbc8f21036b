"""Plans of planners that other packages bring, from the value functions that they yield."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vingui.core.engine.readout import q_of_actions, rewards_of_actions
from vingui.core.engine.wave import patch_numbers
from vingui.core.extensions import Extension
from vingui.core.grid import Cell, GridMap
from vingui.core.moves import MoveRule
from vingui.net.dense_iteration import Backups, BackupTerms
from vingui.net.network import DenseBackups, Network
from vingui.net.transition_tables import TransitionTables


def network_of_extension(extension: Extension, tables: TransitionTables, rule: MoveRule) -> Network:
    """Return what plans by a `PlanFunction`, in place of a network.

    Args:
        extension: where it is imported from.
        tables: the tables of the true moves and costs, for the policy.
        rule: the movement rule.

    Raises:
        BrokenExtensionError: it cannot be imported, or is no function.
    """
    function = extension.load()
    if not callable(function):
        raise extension.broken(f"is no function, but of type {type(function).__name__}")

    def prepare(grid: GridMap) -> Backups:
        values = _ExtensionValues(extension, grid, tables)
        with extension.naming():
            values.rest = iter(function(grid, rule))
        return Backups(
            np.full(grid.walls.shape, -np.inf, np.float32),
            values.advance,
            values.read_out,
            values.reward,
            values.terms,
            chunk=1,
        )

    backups = DenseBackups(prepare, None, "numba", channels=2 * rule.n_actions)
    return Network(rule, None, {"numba": lambda: backups})


class _ExtensionValues:
    """The value functions that a planner yields of one map, and the policies that follow."""

    def __init__(self, extension: Extension, grid: GridMap, tables: TransitionTables) -> None:
        self.rest: Iterator[ArrayLike] = iter(())
        self._extension, self._tables = extension, tables
        self._walls = grid.walls
        rows, cols = grid.walls.shape
        self._patches = patch_numbers(grid.walls).reshape(rows + 2, cols + 2)
        costs = np.ones((1, 1)) if grid.costs is None else np.pad(grid.costs, 1)
        self._costs = costs.astype(np.float32)

    def advance(self, values: NDArray[np.float32], count: int) -> NDArray[np.float32]:
        """The next value functions, as of `Backups`; after the last one, this one again."""
        following = []
        for _ in range(count):
            with self._extension.naming():
                values = self._checked(next(self.rest, values))
            following.append(values)
        return np.stack(following)

    def _checked(self, given: ArrayLike) -> NDArray[np.float32]:
        values = np.array(given, np.float32)
        if values.shape != self._walls.shape:
            raise TypeError(f"Expected values of the shape {self._walls.shape}, not {values.shape}")
        values[self._walls] = -np.inf
        if np.isnan(values).any() or np.isposinf(values).any():
            raise ValueError("Expected finite values or -inf")
        return values

    def read_out(
        self, values: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """What each action costs, with the value where it leads, as of `Backups`."""
        tables, padded = self._tables, np.pad(values, 1, constant_values=-np.inf)
        q = q_of_actions(self._patches, tables.leads, tables.rewards, padded, self._costs)
        return q, q * tables.scale

    def reward(self) -> NDArray[np.float32]:
        """Minus what each action costs, as of `Backups`."""
        tables = self._tables
        return rewards_of_actions(self._patches, tables.leads, tables.rewards, self._costs)

    def terms(self, values: NDArray[np.float32], cell: Cell) -> BackupTerms:
        """Not known, and `Readouts` asks for none: how values are computed is the planner's.

        Raises:
            ValueError: always.
        """
        raise ValueError(f"Expected a plan with backups, received the cell {cell} of another one")
