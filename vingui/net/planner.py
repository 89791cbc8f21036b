"""Planning on a map with a trained model: every V_k, then q-values and policy."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.memory import free_memory
from vingui.core.phrases import counted
from vingui.core.plan import Plan, check_iterations
from vingui.core.value_history import MOST_MEMORY, ValueHistory, frames_within
from vingui.net.backups import CHUNK, Backups, Unrolled
from vingui.net.maxplus import MaxPlus
from vingui.net.models import VIN, DynamicVIN, ValueIterationModel

_STILL = 1e-4
"""A VIN's values, which approach their limit, stand still when none moves by more than this
share of the largest. Those of a dynamic kernel reach theirs and are compared for equality."""


@dataclass(frozen=True)
class Progress:
    """Some iterations of a plan that is being made.

    Attributes:
        first: the k of the first of `values`.
        values: `(n, rows, cols)` float32, V_first onwards, `-inf` where not reached yet.
    """

    first: int
    values: NDArray[np.float32]


class Iteration:
    """The value function of one map while it is iterated: loop over it, or stop when you like.

    Args:
        model: what plans.
        backups: the model made ready for the map.
        grid: the map, with a goal.
        iterations: K, or `None` to stop when the values do ("auto").

    Attributes:
        converged: whether another backup would change nothing; known at the end.
        next_change: what another backup would change at most, of the cells that have a value;
            `nan` until the end.
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
        self._last = backups.initial_values()

    def __iter__(self) -> Iterator[Progress]:
        done = 0
        before = self._host(self._last)
        while done < self.limit and not self.converged:
            chunk = self.backups.advance(self._last)
            values = self._host(chunk)[: self.limit - done]
            if self.tolerance and not np.isfinite(values).all():
                raise VinguiError(
                    "Expected a network whose values stay numbers, received one whose values "
                    f"outgrow them within {counted(done + len(values), 'iteration')}"
                )
            if self.auto:
                values = values[: self._count_moving(before, values)]
            count = len(values)
            if not count and done:
                return
            # Where nothing can move at all, as around a goal walled in, V_1 still is an answer.
            values, count = (values, count) if count else (before[None], 1)
            self._last, before = chunk[count - 1], values[-1]
            if self.converged or done + count == self.limit:
                after = self._host(
                    chunk if count < len(chunk) else self.backups.advance(self._last)
                )
                after = after[count % len(chunk)]
                self.converged = self._still(before, after)
                self.next_change = _largest_change(before, after)
            yield Progress(done + 1, values)
            done += count

    def _host(self, values: Any) -> NDArray[np.float32]:
        return np.asarray(values)[..., : self.grid.rows, : self.grid.cols]

    def _count_moving(self, before: NDArray[np.float32], values: NDArray[np.float32]) -> int:
        """How many of `values` there are before one is followed by its like."""
        # Values that still move at the end of the chunk moved all the way through it.
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

    def read_out(self) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """The reward, and the q-values and the policy of the last values: as in a `Plan`."""
        reward = np.asarray(self.backups.reward())[: self.grid.rows, : self.grid.cols]
        return reward, *self.reading(self._last)

    def reading(self, values: Any) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The q-values and the policy that follow from some V_k of the map: as in a `Plan`.

        Args:
            values: `(rows, cols)` float32, or as the backups gave them.
        """
        shown = np.s_[: self.grid.rows, : self.grid.cols]
        if values.shape != self._last.shape:
            padded = np.full(self._last.shape, -np.inf, np.float32)
            padded[shown] = values
            values = padded
        q, logits = (np.asarray(array)[shown] for array in self.backups.read_out(values))
        return q, policy_of(self.grid, q=q, logits=logits)


class Planner:
    """A model that plans, with what it compiled for the sizes it has met.

    Args:
        model: a built model.
        name: what plans call it.
    """

    def __init__(self, model: ValueIterationModel, *, name: str) -> None:
        self.model = model
        self.name = name
        self._prepare = MaxPlus(model) if isinstance(model, DynamicVIN) else Unrolled(model)

    @property
    def own_iterations(self) -> int | None:
        """K where none is asked for: `None`, "auto", unless the network was trained for its K."""
        return None if isinstance(self.model, DynamicVIN) else self.model.iterations

    def check_memory(self, grid: GridMap, *, keeping: int) -> None:
        """Raise `VinguiError` if a plan takes more memory than is free, where that is known.

        Args:
            grid: the map.
            keeping: how many bytes of values are to be kept at most.
        """
        model, cells = self.model, grid.walls.size
        wide = 2 * model.hidden + 6 * model.latent_actions if isinstance(model, VIN) else 0
        needed = 4 * cells * (wide + 4 * CHUNK + 64) + min(keeping, 4 * cells**2)
        free = free_memory()
        if free is not None and needed > free:
            raise VinguiError(
                f"Expected a map that {self.name} can plan on in the {free / 2**30:z.1f} GiB of "
                f"memory that are free, received {grid.rows}x{grid.cols} cells, "
                f"which take about {needed / 2**30:z.1f} GiB"
            )

    def iterate(self, grid: GridMap, *, iterations: int | None) -> Iteration:
        """Begin to iterate the value function of a map.

        Args:
            grid: a map with a goal.
            iterations: K, or `None` to stop when the values do ("auto").

        Raises:
            VinguiError: the map has no goal, or `iterations` are none or far too many for it.
        """
        if grid.goal is None:
            raise VinguiError("The map has no goal; set one first")
        if iterations is not None:
            check_iterations(iterations, grid)
        return Iteration(self.model, self._prepare(grid), grid, iterations)

    def plan(
        self,
        grid: GridMap,
        *,
        iterations: int | None = None,
        memory: int = MOST_MEMORY,
        watch: Callable[[int], None] | None = None,
    ) -> Plan:
        """Plan on a map, for all starts at once.

        Args:
            grid: a map with a goal.
            iterations: K, or `None` to stop when the values do ("auto").
            memory: how many bytes of values to keep at most; beyond that, only every second,
                fourth, ... of V_1 to V_K is kept, and always the last.
            watch: called now and then with the number of iterations done.

        Raises:
            VinguiError: the map has no goal, or `iterations` are none or far too many for it.
        """
        iteration = self.iterate(grid, iterations=iterations)
        film = ValueHistory(frames_within(memory, cells=grid.walls.size))
        for progress in iteration:
            for k, frame in enumerate(progress.values, start=progress.first):
                film.add(k, frame)
            if watch:
                watch(progress.first + len(progress.values) - 1)
        kept, values = film.frames()
        reward, q, policy = iteration.read_out()
        return Plan(
            grid=grid,
            model=self.name,
            rule=self.model.rule,
            iterations=int(kept[-1]),
            converged=iteration.converged,
            kept=kept,
            values=values,
            reward=reward,
            q=q,
            policy=policy,
        )


def _largest_change(before: NDArray[np.float32], after: NDArray[np.float32]) -> float:
    both = np.isfinite(before) & np.isfinite(after)
    return float(np.abs(after[both] - before[both]).max(initial=0))


def most_iterations(model: ValueIterationModel, grid: GridMap) -> int:
    """The cap of "auto", which grows with the map.

    A path without loops visits no more cells than the map has, so a dynamic kernel is never cut
    short. A VIN, whose values need not come to rest, is stopped where they can have crossed the
    map and come back.
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
    """The same as `planes.max(axis=-1)`, in a fraction of the time where these are few."""
    largest: NDArray[np.float32] = reduce(np.maximum, np.moveaxis(planes, -1, 0))
    return largest
