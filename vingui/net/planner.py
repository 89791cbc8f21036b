"""Planning on a map with a trained model: every V_k, the policy, and the exact solution."""

import time
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.memory import free_memory
from vingui.core.moves import MoveRule
from vingui.core.oracle import Oracle, solve
from vingui.core.phrases import counted
from vingui.core.planner_protocol import (
    ExactSolution,
    GreedyActions,
    PlanFinished,
    PlanRequest,
    PolicyReadout,
    Values,
)
from vingui.core.rollout import greedy_actions, reaching_cells
from vingui.core.run import MOST_WALKED, Run
from vingui.core.value_history import (
    MOST_MEMORY,
    ValueHistory,
    check_iterations,
    figures,
    frames_within,
    study_ks,
)
from vingui.net.backups import CHUNK, Unrolled
from vingui.net.iteration import Iteration
from vingui.net.maxplus import MaxPlus
from vingui.net.models import VIN, DynamicVIN, ValueIterationModel

GRACE: Final = 0.02
"""Seconds before a newer plan may end this one: where plans are quick, a drag over the map shows
whole ones."""

_PIECE: Final = 2 << 20
_READINGS_BYTES: Final = 64 << 20


class Planner:
    """A model that plans, with the graphs compiled for the map sizes so far.

    Args:
        model: a built model.
        name: the name of the model in plans.
    """

    def __init__(self, model: ValueIterationModel, *, name: str) -> None:
        self.model = model
        self.name = name
        self._prepare = MaxPlus(model) if isinstance(model, DynamicVIN) else Unrolled(model)

    @property
    def own_iterations(self) -> int | None:
        """The default K: that of a VIN's training, `None` ("auto") for a dynamic kernel."""
        return None if isinstance(self.model, DynamicVIN) else self.model.iterations

    def check_memory(self, grid: GridMap, *, keeping: int) -> None:
        """Raise `VinguiError` if a plan takes more memory than is free, where that is known.

        Args:
            grid: the map.
            keeping: how many bytes of values are kept at most.
        """
        model, cells = self.model, grid.walls.size
        wide = 2 * model.hidden + 6 * model.latent_actions if isinstance(model, VIN) else 0
        needed = 4 * cells * (wide + 4 * CHUNK + 64) + min(keeping, 4 * cells**2)
        free = free_memory()
        if free is not None and needed > free:
            raise VinguiError(
                f"A plan of {self.name} on a map of {grid.rows}x{grid.cols} cells takes about "
                f"{needed / 2**30:z.1f} GiB of memory, and {free / 2**30:z.1f} GiB are free. "
                "Close other programs, or choose a smaller map"
            )

    def iterate(self, grid: GridMap, *, iterations: int | None) -> Iteration:
        """Prepare the iteration of a map's value function.

        Args:
            grid: a map with a goal.
            iterations: K, or `None` to stop at convergence ("auto").

        Raises:
            VinguiError: the map has no goal, or `iterations` are none or far too many for it.
        """
        if grid.goal is None:
            raise VinguiError("The map has no goal; set one first")
        if iterations is not None:
            check_iterations(iterations, grid)
        return Iteration(self.model, self._prepare(grid), grid, iterations)

    def begin(self, request: PlanRequest) -> "Job":
        """Begin the plan that the window requests.

        Raises:
            VinguiError: the map has no goal, or the plan would take more memory than there is.
        """
        iterations = request.iterations or self.own_iterations
        return Job(
            self,
            request.grid,
            iterations=iterations,
            memory=request.memory,
            number=request.number,
        )

    def plan(
        self,
        grid: GridMap,
        *,
        iterations: int | None = None,
        memory: int = MOST_MEMORY,
        report: Callable[[str], None] = lambda _: None,
    ) -> Run:
        """Plan on a map, for all starts at once.

        Args:
            grid: a map with a goal.
            iterations: K, or `None` to stop at convergence ("auto").
            memory: how many bytes of values to keep at most; beyond that, only every second,
                fourth, ... of V_1 to V_K is kept, and always the last.
            report: called now and then with the state of the plan in words.

        Returns:
            The finished run, which reads out policies that are not known yet.

        Raises:
            VinguiError: the map has no goal, `iterations` are none or far too many for it, or
                the plan would take more memory than there is.
        """
        job = Job(self, grid, iterations=iterations, memory=memory)
        run: Run | None = None
        for new in job.iteration:
            job.add(new)
            for values in job.values():
                if run is None:
                    run = Run(grid, values, memory=memory)
                else:
                    run.take(values)
            report(f"Planning, {counted(job.sent, 'iteration')}")
        assert run is not None  # noqa: S101 - an iteration makes at least one backup
        for reply in (job.end(), job.solve()):
            run.take(reply)
        run.most_walked = MOST_WALKED
        run.reader = lambda k: job.read(*job.history.at(k))
        return run


class Job:
    """One plan in messages, piece by piece.

    Args:
        planner: the planner that makes it.
        grid: a map with a goal.
        iterations: K, or `None` to stop at convergence.
        memory: how many bytes of values to keep at most.
        number: the number of the plan in its messages.

    Raises:
        VinguiError: the map has no goal, or the plan would take more memory than there is.
    """

    def __init__(
        self,
        planner: Planner,
        grid: GridMap,
        *,
        iterations: int | None,
        memory: int,
        number: int = 1,
    ) -> None:
        self.began = time.perf_counter()
        self.number, self.grid, self.name = number, grid, planner.name
        self.rule: MoveRule = planner.model.rule
        self.history = ValueHistory(frames_within(memory, cells=grid.walls.size))
        planner.check_memory(grid, keeping=memory)
        self.iteration = planner.iterate(grid, iterations=iterations)
        self.oracle: Oracle | None = None
        self.sent, self.finished = 0, False
        self._figures: list[NDArray[np.float64]] = []

    @property
    def seconds(self) -> float:
        """The time since it began."""
        return time.perf_counter() - self.began

    @property
    def may_be_left(self) -> bool:
        """Whether enough of it was shown for a newer plan to take its place."""
        return self.finished or (self.sent > 0 and self.seconds > GRACE)

    def add(self, values: NDArray[np.float32]) -> None:
        """Add the next values, `(n, rows, cols)`."""
        kept = self.history.kept
        last, before = self.history.at(kept[-1]) if kept else (0, np.full_like(values[0], -np.inf))
        self._figures.append(figures(before, values, self.grid.free))
        for k, frame in enumerate(values, start=last + 1):
            self.history.add(k, frame)

    def values(self) -> Iterator[Values]:
        """Yield the values added since the last call, in pieces that are quick to process."""
        if not self._figures:
            return
        table, before = np.concatenate(self._figures, axis=1), self.sent
        self._figures = []
        kept, frames = self.history.since(before + 1)
        many = max(_PIECE // frames[0].nbytes, 1)
        for place in range(0, len(kept), many):
            piece = slice(place, place + many)
            first, self.sent = self.sent + 1, int(kept[piece][-1])
            changes, lows, highs, reached = table[:, first - 1 - before : self.sent - before]
            yield Values(
                number=self.number,
                model=self.name,
                rule=self.rule.name,
                first=first,
                changes=changes,
                lows=lows,
                highs=highs,
                reached=reached,
                kept=kept[piece],
                frames=frames[piece],
            )

    def end(self) -> PlanFinished:
        """The end of the plan, once all values were added."""
        self.finished = True
        reward, q, policy = self.iteration.read_out()
        return PlanFinished(
            number=self.number,
            iterations=self.history.kept[-1],
            converged=self.iteration.converged,
            reward=reward,
            q=q,
            policy=policy,
            actions=greedy_actions(policy),
            seconds=self.seconds,
            next_change=self.iteration.next_change,
        )

    def solve(self) -> ExactSolution:
        """Solve the map exactly."""
        self.oracle = solve(self.grid, self.rule)
        return ExactSolution(self.number, self.oracle.cost_to_go, self.oracle.optimal)

    def read(self, k: int, values: NDArray[np.float32]) -> PolicyReadout:
        """Read out what follows from V_k."""
        q, policy = self.iteration.reading(values)
        return PolicyReadout(self.number, k, q, policy, greedy_actions(policy))

    def study(self) -> Iterator[GreedyActions | PolicyReadout]:
        """Read out the values that were kept, the last and the first before all others."""
        kept = self.history.kept
        for k in study_ks(kept, cells=self.grid.walls.size):
            reading = self.read(*self.history.at(k))
            reaching = reaching_cells(self.grid, reading.actions, self._legal, self.rule)
            yield GreedyActions(self.number, k, reading.actions, np.packbits(reaching))
            if reading.nbytes * len(kept) <= _READINGS_BYTES:
                yield reading

    @cached_property
    def _legal(self) -> NDArray[np.bool_]:
        return self.rule.legal(self.grid.walls)
