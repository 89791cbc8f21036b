"""One plan as messages: what is made of it, piece by piece."""

import time
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

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
from vingui.core.rollout import NO_ACTION, reaching_cells
from vingui.core.run import MOST_WALKED, Run
from vingui.core.value_history import ValueHistory, figures, frames_within, study_ks

if TYPE_CHECKING:
    from vingui.net.planner import Planner

GRACE: Final = 0.02
"""Seconds that a plan is given before a newer one may end it: where plans are quick, a drag over
the map shows whole ones."""

_PIECE: Final = 2 << 20
_READINGS_BYTES: Final = 64 << 20


class Job:
    """One plan, from its request to what is said about it in the end.

    Args:
        request: asks for it.
        planner: makes it.
        auto: whether to stop when the values do, though the model has a K of its own.

    Raises:
        VinguiError: the plan would take more memory than there is.
    """

    def __init__(self, request: PlanRequest, planner: "Planner", *, auto: bool = False) -> None:
        self.began = time.perf_counter()
        self.number, self.grid, self.name = request.number, request.grid, planner.name
        self.rule: MoveRule = planner.model.rule
        self.film = ValueHistory(frames_within(request.memory, cells=request.grid.walls.size))
        planner.check_memory(request.grid, keeping=request.memory)
        iterations = request.iterations or (None if auto else planner.own_iterations)
        self.iteration = planner.iterate(request.grid, iterations=iterations)
        self.oracle: Oracle | None = None
        self.sent, self.finished = 0, False
        self._figures: list[NDArray[np.float64]] = []

    @property
    def seconds(self) -> float:
        """How long it has been going on."""
        return time.perf_counter() - self.began

    @property
    def may_be_left(self) -> bool:
        """Whether enough was shown of it for a newer plan to take its place."""
        return self.finished or (self.sent > 0 and self.seconds > GRACE)

    def take(self, first: int, values: NDArray[np.float32]) -> None:
        """Take in the next iterations."""
        before = self.film.at(first)[1] if first > 1 else np.full_like(values[0], -np.inf)
        told = figures(before, values, self.grid.free)
        self._figures.append(np.stack([told.changes, told.lows, told.highs, told.reached]))
        for k, frame in enumerate(values, start=first):
            self.film.add(k, frame)

    def values(self) -> Iterator[Values]:
        """What was taken in since this was last asked, in pieces that are quick to deal with."""
        if not self._figures:
            return
        told, before = np.concatenate(self._figures, axis=1), self.sent
        self._figures = []
        kept, frames = self.film.since(before + 1)
        many = max(_PIECE // frames[0].nbytes, 1)
        for place in range(0, len(kept), many):
            piece = slice(place, place + many)
            first, self.sent = self.sent + 1, int(kept[piece][-1])
            changes, lows, highs, reached = told[:, first - 1 - before : self.sent - before]
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
        """The end of the plan."""
        self.finished = True
        reward, q, policy = self.iteration.read_out()
        return PlanFinished(
            number=self.number,
            iterations=self.film.kept[-1],
            converged=self.iteration.converged,
            reward=reward,
            q=q,
            policy=policy,
            actions=greedy(policy),
            seconds=self.seconds,
            next_change=self.iteration.next_change,
        )

    def solve(self) -> ExactSolution:
        """The exact solution of the map."""
        self.oracle = solve(self.grid, self.rule)
        return ExactSolution(self.number, self.oracle.cost_to_go, self.oracle.optimal)

    def read(self, k: int, values: NDArray[np.float32]) -> PolicyReadout:
        """What follows from V_k."""
        q, policy = self.iteration.reading(values)
        return PolicyReadout(self.number, k, q, policy, greedy(policy))

    def study(self) -> Iterator[GreedyActions | PolicyReadout]:
        """What follows from the values that were kept, the last and the first before all."""
        kept = self.film.kept
        for k in study_ks(kept, cells=self.grid.walls.size):
            reading = self.read(*self.film.at(k))
            yield self.walk(reading)
            if reading.nbytes * len(kept) <= _READINGS_BYTES:
                yield reading

    def walk(self, reading: PolicyReadout) -> GreedyActions:
        """Where the policy of a reading leads."""
        reaching = reaching_cells(self.grid, reading.actions, self._legal, self.rule)
        return GreedyActions(self.number, reading.k, reading.actions, np.packbits(reaching))

    @cached_property
    def _legal(self) -> NDArray[np.bool_]:
        return self.rule.legal(self.grid.walls)


def greedy(policy: NDArray[np.float32]) -> NDArray[np.int8]:
    """`(rows, cols)`: the greedy actions of a policy, as in a `Plan`."""
    says = policy.max(axis=-1) > 0
    return np.where(says, policy.argmax(axis=-1), NO_ACTION).astype(np.int8)


def make_run(
    planner: "Planner",
    request: PlanRequest,
    *,
    auto: bool = False,
    watch: Callable[[str], None] = lambda _: None,
) -> Run:
    """Plan at once, and give all of it, with a reader of what else is wanted.

    Args:
        planner: of the model that the request names.
        request: what to plan.
        auto: whether to stop when the values do, though the model has a K of its own.
        watch: called now and then with what is going on, in words.

    Raises:
        VinguiError: the map has no goal, or the plan would take more memory than there is.
    """
    job = Job(request, planner, auto=auto)
    run: Run | None = None
    for progress in job.iteration:
        job.take(progress.first, progress.values)
        for values in job.values():
            if run is None:
                run = Run(request.grid, values, memory=request.memory)
            else:
                run.take(values)
        watch(f"Planning, {counted(job.sent, 'iteration')}")
    assert run is not None  # noqa: S101 - an iteration always makes at least one backup
    for reply in (job.end(), job.solve()):
        run.take(reply)
    run.most_walked = MOST_WALKED
    run.reader = lambda k: job.read(*job.film.at(k))
    return run
