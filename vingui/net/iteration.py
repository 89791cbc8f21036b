"""Iterating the value function of a map, and reading out the policy that follows from it."""

from collections.abc import Iterator
from functools import reduce
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.phrases import counted
from vingui.net.backups import Backups
from vingui.net.models import DynamicVIN, ValueIterationModel

_STILL = 1e-4
"""A VIN's values only approach their limit: they have converged once none changes by more than
this share of the largest. Those of a dynamic kernel reach it, and are compared for equality."""


class Iteration:
    """Iterates the value function of one map, for as long as it is looped over.

    Args:
        model: the model that plans.
        backups: the same model, prepared for the map.
        grid: the map, with a goal.
        iterations: K, or `None` to stop at convergence ("auto").

    Attributes:
        converged: whether another backup would change nothing; known at the end.
        next_change: the largest change that another backup would make to a cell that has a
            value; `nan` until the end.
    """

    def __init__(
        self,
        model: ValueIterationModel,
        backups: Backups,
        grid: GridMap,
        iterations: int | None,
    ) -> None:
        self.backups = backups
        self.grid = grid
        self.auto = iterations is None
        self.limit = iterations or most_iterations(model, grid)
        self.tolerance = 0.0 if isinstance(model, DynamicVIN) else _STILL
        self.converged = False
        self.next_change = float("nan")
        self._last = backups.initial

    def __iter__(self) -> Iterator[NDArray[np.float32]]:
        """Yield the next values, `(n, rows, cols)`, from V_1 on; `-inf` where not reached."""
        done = 0
        before = self._host(self._last)
        while done < self.limit and not self.converged:
            chunk = self.backups.advance(self._last)
            values = self._host(chunk)[: self.limit - done]
            if self.tolerance and not np.isfinite(values).all():
                raise VinguiError(
                    "This network cannot plan on this map: its values overflow within "
                    f"{counted(done + len(values), 'iteration')}"
                )
            if self.auto:
                values = values[: self._count_moving(before, values)]
            count = len(values)
            if not count and done:
                return
            # Where no value ever changes, as around a goal walled in, V_1 is still emitted.
            values, count = (values, count) if count else (before[None], 1)
            self._last, before = chunk[count - 1], values[-1]
            if self.converged or done + count == self.limit:
                after = self._host(
                    chunk if count < len(chunk) else self.backups.advance(self._last)
                )
                after = after[count % len(chunk)]
                self.converged = self._still(before, after)
                self.next_change = _largest_change(before, after)
            yield values
            done += count

    def _host(self, values: Any) -> NDArray[np.float32]:
        return np.asarray(values)[..., : self.grid.rows, : self.grid.cols]

    def _count_moving(self, before: NDArray[np.float32], values: NDArray[np.float32]) -> int:
        """How many of `values` come before the first that the next one does not change."""
        # Values that still change at the end of the chunk changed all the way through it.
        frames = [before, *values]
        if self._still(frames[-2], frames[-1]):
            pairs = enumerate(pairwise(frames))
            still = next(count for count, (one, other) in pairs if self._still(one, other))
            self.converged = True
            self.next_change = _largest_change(frames[still], frames[still + 1])
            return still
        return len(values)

    def _still(self, before: NDArray[np.float32], after: NDArray[np.float32]) -> bool:
        if not self.tolerance:
            return np.array_equal(before, after)
        return bool(np.abs(after - before).max() <= self.tolerance * np.abs(after).max())

    def finish(self) -> NDArray[np.float32]:
        """Iterate to the end, and return the policy under V_K."""
        for _ in self:
            pass
        return self.read_out()[-1]

    def read_out(self) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """Return the reward, `(rows, cols, channels)`, and the `reading` of the last values."""
        reward = np.asarray(self.backups.reward())[: self.grid.rows, : self.grid.cols]
        return reward, *self.reading(self._last)

    def reading(self, values: Any) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the q-values and the policy that follow from a V_k of the map.

        Args:
            values: `(rows, cols)` float32, or as the backups gave them.

        Returns:
            `(rows, cols, latent actions)` float32, `-inf` where not reached; and
            `(rows, cols, n_actions)` float32, as of `policy_of`.
        """
        shown = np.s_[: self.grid.rows, : self.grid.cols]
        if values.shape != self._last.shape:
            padded = np.full(self._last.shape, -np.inf, np.float32)
            padded[shown] = values
            values = padded
        q, logits = (np.asarray(array)[shown] for array in self.backups.read_out(values))
        return q, policy_of(self.grid, q=q, logits=logits)


def _largest_change(before: NDArray[np.float32], after: NDArray[np.float32]) -> float:
    both = np.isfinite(before) & np.isfinite(after)
    return float(np.abs(after[both] - before[both]).max(initial=0))


def most_iterations(model: ValueIterationModel, grid: GridMap) -> int:
    """The limit of "auto", which grows with the map.

    A path without loops visits no more cells than the map has, so a dynamic kernel always
    converges before. A VIN, whose values need not converge, is stopped once they can have crossed
    the map and come back.
    """
    if isinstance(model, DynamicVIN):
        return grid.rows * grid.cols
    return max(2 * (grid.rows + grid.cols), model.iterations)


def policy_of(
    grid: GridMap, *, q: NDArray[np.float32], logits: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Action probabilities, all 0 on walls, at the goal and where no q-value is reached.

    Args:
        grid: the map, with a goal.
        q: `(rows, cols, latent actions)`.
        logits: `(rows, cols, n_actions)`.
    """
    silent = grid.walls | np.isneginf(_largest(q))
    silent[grid.goal] = True
    best = _largest(logits)[..., None]
    weights = np.exp(logits - np.where(np.isneginf(best), 0, best))
    weights[silent] = 0
    policy: NDArray[np.float32] = weights / np.maximum(weights.sum(axis=-1, keepdims=True), 1)
    return policy.astype(np.float32)


def _largest(planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """`planes.max(axis=-1)`, in a fraction of the time where there are few."""
    largest: NDArray[np.float32] = reduce(np.maximum, np.moveaxis(planes, -1, 0))
    return largest
