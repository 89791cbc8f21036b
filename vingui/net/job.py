"""One plan as messages: what is made of it, piece by piece."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.film import Film, coarse_to_fine, figures, frames_within
from vingui.core.grid import GridMap
from vingui.core.messages import Exact, Finished, PlanRequest, Reading, Values, Walks
from vingui.core.moves import MoveRule
from vingui.core.oracle import Oracle, solve
from vingui.core.rollout import NO_ACTION
from vingui.core.run import Run

if TYPE_CHECKING:
    from vingui.net.planner import Planner

GRACE: Final = 0.02
"""Seconds that a plan is given before a newer one may end it: where plans are quick, a drag over
the map shows whole ones."""

_PIECE: Final = 2 << 20
_WALKS_BYTES: Final = 48 << 20
_READINGS_BYTES: Final = 64 << 20


class Job:
    """One plan, from its request to what is said about it in the end.

    Args:
        request: asks for it.
        planner: makes it.

    Raises:
        VinguiError: the plan would take more memory than there is.
    """

    def __init__(self, request: PlanRequest, planner: "Planner") -> None:
        self.began = time.perf_counter()
        self.number, self.grid, self.name = request.number, request.grid, planner.name
        self.rule: MoveRule = planner.model.rule
        self.film = Film(frames_within(request.memory, cells=request.grid.walls.size))
        planner.check_memory(request.grid, keeping=request.memory)
        iterations = request.iterations or planner.own_iterations
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

    def end(self) -> Finished:
        """The end of the plan."""
        self.finished = True
        reward, q, policy = self.iteration.read_out()
        return Finished(
            number=self.number,
            iterations=self.film.kept[-1],
            converged=self.iteration.converged,
            reward=reward,
            q=q,
            policy=policy,
            actions=greedy(policy),
            seconds=self.seconds,
        )

    def solve(self) -> Exact:
        """The exact solution of the map."""
        self.oracle = solve(self.grid, self.rule)
        return Exact(self.number, self.oracle.cost_to_go, self.oracle.optimal)

    def read(self, k: int, values: NDArray[np.float32]) -> Reading:
        """What follows from V_k."""
        q, policy = self.iteration.reading(values)
        return Reading(self.number, k, q, policy, greedy(policy))

    def study(self, *, every: bool = False) -> Iterator[Walks | Reading]:
        """What follows from the values that were kept, the last and the first before all.

        Args:
            every: whether of each of them, however long it takes; else of some where they are many.
        """
        oracle = self.oracle or solve(self.grid, self.rule)
        kept = list(self.film.kept)
        legal = self.rule.legal(self.grid.walls)
        cells = self.grid.walls.size
        most = min(512 if cells <= 128 * 128 else 64, _WALKS_BYTES // cells)
        most = len(kept) if every else most
        for place in coarse_to_fine(len(kept))[:most]:
            k, values = self.film.at(kept[place])
            reading = self.read(k, values)
            share = reached_share(self.grid, reading.actions, legal, self.rule, oracle)
            yield Walks(self.number, k, reading.actions, share)
            if reading.nbytes * len(kept) <= _READINGS_BYTES:
                yield reading


def greedy(policy: NDArray[np.float32]) -> NDArray[np.int8]:
    """`(rows, cols)`: the greedy actions of a policy, as in a `Plan`."""
    says = policy.max(axis=-1) > 0
    return np.where(says, policy.argmax(axis=-1), NO_ACTION).astype(np.int8)


def reached_share(
    grid: GridMap,
    actions: NDArray[np.int8],
    legal: NDArray[np.bool_],
    rule: MoveRule,
    oracle: Oracle,
) -> float:
    """Of the cells that can reach the goal, the share whose greedy walk does.

    As many as `rollout_all` says, in a fraction of its time.
    """
    chosen = np.maximum(actions, 0).astype(np.intp)
    moves = np.take_along_axis(legal, chosen[..., None], axis=-1)[..., 0] & (actions != NO_ACTION)
    moves[grid.goal] = False
    stride = (rule.deltas @ (grid.cols, 1))[chosen]
    end = np.arange(moves.size) + np.where(moves, stride, 0).ravel()
    for _ in range(moves.size.bit_length()):
        onward = end[end]
        if np.array_equal(onward, end):
            break
        end = onward
    reached = end == np.ravel_multi_index(grid.goal, moves.shape)  # type: ignore[arg-type]
    reachable = oracle.reachable.ravel()
    return float(np.count_nonzero(reached & reachable) / np.count_nonzero(reachable))


def make_run(
    planner: "Planner",
    request: PlanRequest,
    *,
    readings: Iterable[int] = (),
    every: bool = False,
    watch: Callable[[int], None] | None = None,
) -> Run:
    """Plan at once, and give all of it, studied as the window has it.

    Args:
        planner: of the model that the request names.
        request: what to plan.
        readings: ks of which the q-values and the policy are wanted beside those of the last.
        every: whether the greedy actions of every value function that was kept are wanted.
        watch: is told now and then how many iterations are done.

    Raises:
        VinguiError: the map has no goal, or the plan would take more memory than there is.
    """
    job = Job(request, planner)
    run: Run | None = None
    for progress in job.iteration:
        job.take(progress.first, progress.values)
        for values in job.values():
            if run is None:
                run = Run(request.grid, values, memory=request.memory)
            else:
                run.take(values)
        if watch:
            watch(job.sent)
    assert run is not None  # noqa: S101 - an iteration always makes at least one backup
    for reply in (job.end(), job.solve(), *job.study(every=every)):
        run.take(reply)
    for wanted in readings:
        k, frame = run.frame(wanted)
        if run.reading(k) is None:
            run.take(job.read(k, frame))
    return run
