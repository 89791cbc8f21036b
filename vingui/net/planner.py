"""Planning on a map with a trained model: every V_k, the policy, and the exact solution."""

import time
from collections.abc import Callable, Iterator
from functools import cached_property
from numbers import Integral
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.cell_backup import BackupRequest
from vingui.core.engine import Engine
from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.grid import GridMap
from vingui.core.memory import free_memory
from vingui.core.moves import MoveRule
from vingui.core.oracle import Oracle, solve
from vingui.core.planner_protocol import (
    ActionsRequest,
    DataReply,
    DataRequest,
    ExactSolution,
    GreedyActions,
    LayerRequest,
    LayerValues,
    NewValues,
    PlanFinished,
    PlanReply,
    PlanRequest,
    PolicyReadout,
    ReadoutRequest,
)
from vingui.core.readouts import BEST, LEARNED_COST
from vingui.core.rollout import ReachingCells
from vingui.core.run import MOST_TRAJECTORY_CELLS, Run
from vingui.core.tiles import SIDE, Tile, box_of, is_one_tile
from vingui.core.value_history import MOST_MEMORY, check_iterations, study_ks
from vingui.net.iteration import Iteration
from vingui.net.network import Network

GRACE: Final = 0.02
"""Seconds before a newer plan may end this one: where plans are quick, a drag over the map shows
whole ones."""

_READOUTS_BYTES: Final = 64 << 20
_LITTLE_MEMORY: Final = 4 << 20


class Planner:
    """A network that plans.

    Args:
        network: the network.
        name: the name of the model in plans.
        engine: what iterates: the loops compiled by Numba, or the layers as Keras runs them.

    Attributes:
        rule: the movement rule.
        own_iterations: the default K: that of a VIN's training, `None` ("auto") for a dynamic
            kernel.
    """

    def __init__(self, network: Network, *, name: str, engine: Engine = "numba") -> None:
        self.network = network
        self.name = name
        self.engine = engine
        self.rule: MoveRule = network.rule
        self.own_iterations = network.own_iterations
        self._iterations = network.engines[engine]()
        self._other: Planner | None = None

    def iterations_for(self, wanted: int | str) -> int | None:
        """K of a plan, `None` for auto.

        Args:
            wanted: K, "auto", or "own" for `own_iterations`.

        Raises:
            VinguiError: it is none of these.
        """
        if wanted == "own":
            return self.own_iterations
        if wanted == "auto":
            return None
        if not isinstance(wanted, Integral) or isinstance(wanted, bool) or wanted < 1:
            raise VinguiError(
                f'K must be a whole number from 1, "own" or "auto", not {brief(wanted)}'
            )
        return int(wanted)

    def with_engine(self, engine: Engine) -> "Planner":
        """Return the planner of the same model with another engine, or itself.

        What is no network has only one.
        """
        if engine == self.engine or engine not in self.network.engines:
            return self
        if self._other is None:
            self._other = Planner(self.network, name=self.name, engine=engine)
        return self._other

    def check_memory(self, grid: GridMap, *, keeping: int) -> None:
        """Raise `VinguiError` if a plan takes more memory than is free, where that is known.

        Args:
            grid: the map.
            keeping: how many bytes of values are kept at most.
        """
        needed = self._iterations.bytes_for(grid, keeping=keeping)
        # Asking how much is free takes as long as a third of a small plan.
        free = free_memory() if needed > _LITTLE_MEMORY else None
        if free is not None and needed > free:
            raise VinguiError(
                f"A plan of {self.name} on a map of {grid.rows}x{grid.cols} cells takes about "
                f"{needed / 2**30:z.1f} GiB of memory, and {free / 2**30:z.1f} GiB are free. "
                "Close other programs, or choose a smaller map"
            )

    def iterate(self, grid: GridMap, *, iterations: int | None, memory: int = 0) -> Iteration:
        """Prepare the iteration of a map's value function.

        Args:
            grid: a map with a goal.
            iterations: K, or `None` to stop at convergence ("auto").
            memory: how many bytes of values to keep at most, where each changes all values.

        Raises:
            VinguiError: the map has no goal, or `iterations` are none or far too many for it.
        """
        if not grid.goals:
            raise VinguiError("The map has no goal; set one first")
        if iterations is not None:
            check_iterations(iterations, grid)
        return self._iterations.of(grid, iterations=iterations, memory=memory)

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

    def greedy_actions(self, grid: GridMap, *, iterations: int | None) -> NDArray[np.int8]:
        """Plan on a map, and return the greedy actions under V_K alone; arguments as of `plan`."""
        iteration = self.iterate(grid, iterations=iterations)
        for _ in iteration:
            pass
        return iteration.actions(iteration.history.kept[-1])

    def plan(
        self,
        grid: GridMap,
        *,
        iterations: int | None = None,
        memory: int = MOST_MEMORY,
        on_progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> Run:
        """Plan on a map, for all starts at once.

        Args:
            grid: a map with a goal.
            iterations: K, or `None` to stop at convergence ("auto").
            memory: how many bytes of values to keep at most; beyond that, only every second,
                fourth, ... of V_1 to V_K is kept, and always the last.
            on_progress: called now and then with how many iterations are done, and of how many; 0
                for "auto", where that is not known.

        Returns:
            The finished run, which reads out policies that are not known yet. The map of a search
            has only the start that it began at.

        Raises:
            VinguiError: the map has no goal, `iterations` are none or far too many for it, or
                the plan would take more memory than there is.
        """
        job = Job(self, grid, iterations=iterations, memory=memory)
        run: Run | None = None
        for _ in job.iteration:
            for new in job.values():
                if run is None:
                    run = Run(job.iteration.grid, new, memory=memory)
                else:
                    run.take(new)
            on_progress(run.latest if run else 0, iterations or 0)
        assert run is not None  # noqa: S101 - an iteration makes at least one backup
        for reply in (*job.end(), job.solve()):
            run.take(reply)
        run.most_trajectory_cells = MOST_TRAJECTORY_CELLS
        run.readouts.reader = job.read
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
        self.rule = planner.rule
        planner.check_memory(grid, keeping=memory)
        self.iteration = planner.iterate(grid, iterations=iterations, memory=memory)
        self.oracle: Oracle | None = None
        self.shown = self.finished = False

    @property
    def seconds(self) -> float:
        """The time since it began."""
        return time.perf_counter() - self.began

    @property
    def may_be_left(self) -> bool:
        """Whether enough of it was shown for a newer plan to take its place."""
        return self.finished or (self.shown and self.seconds > GRACE)

    def values(self) -> Iterator[NewValues]:
        """Yield the values since the last call, in pieces that are quick to process."""
        for new in self.iteration.new_messages(self.number, self.name, self.rule.name):
            self.shown = True
            yield new

    def end(self) -> list[PlanReply]:
        """The end of the plan, once it was iterated to its end; on a small map with the readout."""
        self.finished = True
        last, iteration = self.iteration.history.kept[-1], self.iteration
        readout = self._read_tile(last, (0, 0))
        finished = PlanFinished(
            number=self.number,
            iterations=last,
            converged=iteration.converged,
            latent_actions=readout.q.shape[-1],
            reward_channels=readout.reward.shape[-1],
            actions=iteration.actions(last),
            seconds=self.seconds,
            next_change=iteration.next_change,
        )
        return [readout, finished] if is_one_tile(self.grid.walls.shape) else [finished]

    def solve(self) -> ExactSolution:
        """Solve the map exactly."""
        self.oracle = solve(self.grid, self.rule)
        return ExactSolution(self.number, self.oracle.cost_to_go, self.oracle.optimal)

    def read(self, request: DataRequest) -> DataReply:
        """Compute what follows from a V_k that is kept."""
        match request:
            case ActionsRequest(k=k):
                actions = self.iteration.actions(k)
                return GreedyActions(self.number, k, actions, np.empty(0, np.uint8))
            case ReadoutRequest(k=k, tile_row=row, tile_col=col):
                return self._read_tile(k, (row, col))
            case BackupRequest():
                return self.iteration.backup(request)
        return self._read_layer(request)

    def _read_tile(self, k: int, tile: Tile) -> PolicyReadout:
        box = box_of(tile, self.grid.walls.shape)
        return PolicyReadout(
            self.number,
            k,
            *tile,
            self.iteration.reward(box),
            self.iteration.q(k, box),
            self.iteration.policy(k, box),
        )

    def _read_layer(self, request: LayerRequest) -> LayerValues:
        if request.layer == LEARNED_COST:
            costs = self.iteration.learned_costs
            assert costs is not None  # noqa: S101 - only runs that have them are asked for them
            return LayerValues(self.number, request.k, LEARNED_COST, BEST, 1, costs.scaled)
        rows, cols = self.grid.walls.shape
        values = np.empty((rows, cols), np.float32)
        count, k = 0, request.k or self.iteration.history.kept[-1]
        # A part at a time: of all latent actions it would take many times the memory.
        for top in range(0, rows, SIDE):
            box = top, 0, min(top + SIDE, rows), cols
            layer = request.layer
            part = self.iteration.q(k, box) if layer == "q" else self.iteration.reward(box)
            count, chosen = part.shape[-1], request.latent
            best = not 0 <= chosen < count
            values[top : top + SIDE] = part.max(axis=-1) if best else part[..., chosen]
        return LayerValues(self.number, request.k, request.layer, request.latent, count, values)

    def study(self) -> Iterator[GreedyActions | PolicyReadout]:
        """Read out the values that are kept, the last and the first before all others."""
        kept, shape = self.iteration.history.kept, self.grid.walls.shape
        for k in study_ks(kept, cells=self.grid.walls.size):
            actions = self.iteration.actions(k)
            reaching = self._reaching.under(actions)
            yield GreedyActions(self.number, k, actions, np.packbits(reaching))
            if is_one_tile(shape):
                readout = self._read_tile(k, (0, 0))
                if readout.nbytes * len(kept) <= _READOUTS_BYTES:
                    yield readout

    @cached_property
    def _reaching(self) -> ReachingCells:
        return ReachingCells(self.grid, self.rule)
