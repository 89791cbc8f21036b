"""Why a greedy trajectory fails, or costs more than the best: what the run's figures allow."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vingui.core.grid import Cell
from vingui.core.learned_costs import believed_costs
from vingui.core.methods import METHODS
from vingui.core.moves import ACTION_NAMES, MoveRule
from vingui.core.oracle import Oracle
from vingui.core.rollout import NO_ACTION, Outcome, Trajectory
from vingui.core.surroundings import Difference, differences

if TYPE_CHECKING:
    from vingui.core.run import Run


class Reason(Enum):
    """What is true of a trajectory, and can be why it fails; each is checked."""

    NO_PATH = "no-path"
    """No path leads to a goal."""
    NOT_ARRIVED = "not-arrived"
    """In so few iterations, no value can have come so far from the goal."""
    PEAK = "peak"
    """It loops around a cell that is not a goal, and that no neighbour exceeds in value."""
    UNSEEN_COSTS = "unseen-costs"
    """The network sees no costs or goals' values, and the path is no longer than the best."""
    BELIEVED_COSTS = "believed-costs"
    """By the costs that the network learned, the path costs less than the best."""
    UNLIKE_TRAINING = "unlike-training"
    """The map differs from those that the network was trained on."""
    METHOD = "method"
    """It is of a search that does not promise a best path."""


class More(Enum):
    """What more iterations change."""

    LATER = "later"
    """Under V_K the trajectory is optimal."""
    CAN = "can"
    """Values still spread, and can reach the cell."""
    MAY = "may"
    """Values still change, and it is not known what this leads to."""
    CANNOT = "cannot"
    """The values have converged."""
    UNKNOWN = "unknown"
    """The plan is not finished."""


@dataclass(frozen=True)
class WrongStep:
    """The first step of a trajectory that begins no optimal path.

    Attributes:
        cell: where it is made.
        chosen: the greedy action; `NO_ACTION` if there is none.
        best: the optimal action, the most valued one if there are several.
        q: the q-values of both; `None` unless they are known, and there is one for each action.
        probabilities: those that the policy gives to both; `None` while unknown.
    """

    cell: Cell
    chosen: int
    best: int
    q: tuple[float, float] | None
    probabilities: tuple[float, float] | None


@dataclass(frozen=True)
class Peak:
    """The greatest value in a loop.

    Attributes:
        cell: where it is.
        value: the value.
        goal_value: the greatest value of a goal.
    """

    cell: Cell
    value: float
    goal_value: float


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """Why a trajectory fails or costs more than the best.

    Attributes:
        reasons: what was found to be true, the plainest reason first; empty if nothing was.
        more: what more iterations change.
        k: the iteration that the trajectory follows.
        horizon: with `NOT_ARRIVED`, how far V_k can reach: in moves with values that spread along
            paths, else in cells in any direction.
        needed: the moves of an optimal path from the first wrong step; in cells as `horizon`, those
            to the nearest goal. Where it is long, only known to be more than the horizon: 0.
        wrong: the first wrong step; `None` if there is no path at all.
        loop: `(n, 2)` int64, the cells of its loop; empty without one.
        peak: what holds it in the loop.
        unlike: how the map differs from the training's.
    """

    reasons: tuple[Reason, ...]
    more: More
    k: int
    horizon: int
    needed: int
    wrong: WrongStep | None
    loop: NDArray[np.int64]
    peak: Peak | None
    unlike: tuple[Difference, ...]

    def record(self) -> dict[str, Any]:
        """The diagnosis for a JSON file."""
        wrong = self.wrong
        found = wrong and {
            "cell": wrong.cell,
            "action": None if wrong.chosen == NO_ACTION else ACTION_NAMES[wrong.chosen],
            "optimal_action": ACTION_NAMES[wrong.best],
            "q": wrong.q,
            "probabilities": wrong.probabilities,
        }
        return {
            "reasons": [reason.value for reason in self.reasons],
            "more_iterations": self.more.value,
            "first_wrong_step": found,
            "loop": self.loop.tolist(),
            "peak": self.peak and vars(self.peak),
            "unlike_training": [vars(one) for one in self.unlike],
        }


def diagnose(
    trajectory: Trajectory, run: "Run", k: int, settings: Mapping[str, Any] | None
) -> Diagnosis | None:
    """Find out why a trajectory fails, or costs more than the best.

    Args:
        trajectory: a greedy rollout of the run's policy at iteration `k`.
        run: the run it follows.
        k: the iteration.
        settings: those of the model's training; `None` if unknown.

    Returns:
        `None` if it is optimal, has no start, or while the exact solution or the kind of network
        is unknown; of a search also if it did not find the trajectory.
    """
    k, nothing = run.nearest(k), np.empty((0, 2), np.int64)
    if trajectory.outcome is Outcome.UNREACHABLE:
        return Diagnosis((Reason.NO_PATH,), More.CANNOT, k, 0, 0, None, nothing, None, ())
    cell = first_wrong_cell(trajectory, run, k)
    if run.is_search and cell is not None:
        return _of_search(trajectory, run, k, cell)
    if cell is None or run.oracle is None or not run.readouts.reward_channels:
        return None
    sees_costs = run.readouts.reward_channels != 1
    horizon, needed = _reach(run, cell, k, sees_costs=sees_costs)
    loop = loop_of(trajectory)
    peak = _peak(run, loop, k) if loop.size else None
    unlike = () if sees_costs or settings is None else _unlike(run, cell, settings)
    found = {
        # How far the k-th value function of another package's planner sees is not known.
        Reason.NOT_ARRIVED: run.readouts.has_backups and not 0 < needed <= horizon,
        Reason.PEAK: peak is not None,
        Reason.UNSEEN_COSTS: not sees_costs and _is_short(trajectory, run.oracle, run.rule),
        Reason.BELIEVED_COSTS: _believes(trajectory, run),
        Reason.UNLIKE_TRAINING: bool(unlike),
    }
    reasons = tuple(reason for reason, is_true in found.items() if is_true)
    more = _more(trajectory, run, k, spreads=sees_costs and Reason.NOT_ARRIVED in reasons)
    wrong = _wrong_step(run, cell, k)
    return Diagnosis(reasons, more, k, horizon, needed, wrong, loop, peak, unlike)


def _of_search(trajectory: Trajectory, run: "Run", k: int, cell: Cell) -> Diagnosis | None:
    if trajectory.outcome is not Outcome.REACHED:
        return None
    reasons = (Reason.METHOD,) if METHODS[run.model].drawback else ()
    wrong, nothing = _wrong_step(run, cell, k), np.empty((0, 2), np.int64)
    return Diagnosis(reasons, More.CANNOT, k, 0, 0, wrong, nothing, None, ())


def iterations_to_see(trajectories: Sequence[Trajectory], run: "Run", k: int) -> int:
    """The K with which the paper's VIN could see along the way from starts whose goal it misses.

    Args:
        trajectories: greedy rollouts of the run's policy at iteration `k`.
        run: the run they follow.
        k: the iteration.

    Returns:
        The greatest of their best paths' lengths, which is the K that its training would have; 0 if
        each goal is within its reach, and for other networks.
    """
    if run.readouts.reward_channels != 1 or run.oracle is None:
        return 0
    needed = [0.0]
    for trajectory in trajectories:
        cell = first_wrong_cell(trajectory, run, k)
        if cell is not None:
            horizon, apart = _reach(run, cell, run.nearest(k), sees_costs=False)
            needed += [_best_length(run, cell)] if apart > horizon else []
    return math.ceil(max(needed))


def first_wrong_cell(trajectory: Trajectory, run: "Run", k: int) -> Cell | None:
    """The first cell of a trajectory whose greedy action begins no optimal path.

    Returns:
        `None` if there is none, or no path to a goal, or while that is not known.
    """
    actions, oracle = run.readouts.actions(k), run.oracle
    known = actions is not None and oracle is not None and trajectory.start is not None
    if not known or trajectory.optimal or trajectory.outcome is Outcome.UNREACHABLE:
        return None
    rows, cols = trajectory.path.T
    chosen = actions[rows, cols]  # type: ignore[index]
    right = oracle.optimal[rows, cols, np.maximum(chosen, 0)] & (chosen != NO_ACTION)  # type: ignore[union-attr]
    if trajectory.outcome is Outcome.REACHED:
        right[-1] = True
    return None if right.all() else _cell(trajectory.path[right.argmin()])


def wrong_step_middle(trajectory: Trajectory, run: "Run", k: int) -> tuple[float, float] | None:
    """The `(row, col)` of the middle of a trajectory's first wrong step, where a mark can be.

    Returns:
        `None` if it makes none, has no action there, or has its mark of a wall there.
    """
    cell, actions = first_wrong_cell(trajectory, run, k), run.readouts.actions(k)
    if cell is None or actions is None or actions[cell] == NO_ACTION:
        return None
    if trajectory.outcome is Outcome.WALL and cell == _cell(trajectory.path[-1]):
        return None
    down, right = run.rule.deltas[actions[cell]].tolist()
    return cell[0] + down / 2, cell[1] + right / 2


def loop_of(trajectory: Trajectory) -> NDArray[np.int64]:
    """`(n, 2)` int64: the cells of the loop that a trajectory ends in, each once."""
    path = trajectory.path
    if trajectory.outcome is not Outcome.LOOP:
        return path[:0]
    return path[int((path == path[-1]).all(axis=1).argmax()) : -1]


def _cell(place: NDArray[np.int64]) -> Cell:
    row, col = place.tolist()
    return row, col


def _length(path: NDArray[np.int64]) -> float:
    return float(np.hypot(*np.diff(path, axis=0).T).sum())


def _unlike(run: "Run", cell: Cell, settings: Mapping[str, Any]) -> tuple[Difference, ...]:
    return differences(run.grid, cell, _best_length(run, cell), settings)


def _best_length(run: "Run", cell: Cell) -> float:
    """The length of the best path from a cell that has one, in cells."""
    assert run.oracle is not None  # noqa: S101 - for the type checker: it is known that it has one
    if run.grid.is_costly:
        return _length(run.oracle.best_path(cell, run.rule))
    return float(run.oracle.cost_to_go[cell])


def _reach(run: "Run", cell: Cell, k: int, *, sees_costs: bool) -> tuple[int, int]:
    """`Diagnosis.horizon` and `Diagnosis.needed` of a cell.

    V_k of a dynamic kernel is that of paths of at most k moves, and the policy looks one move
    ahead. In the paper's VIN each backup reads the values, and the reward before them, within one
    cell; the reward reads the map within one cell; and the policy looks one cell ahead.
    """
    goals = np.array(run.grid.goals)
    nearest = int(np.abs(goals - cell).max(axis=1).min())
    if not sees_costs:
        return k + 2, nearest
    if nearest > k + 1 or run.oracle is None:
        return k + 1, 0
    return k + 1, _fewest_moves(run.oracle, run.rule, cell, most=k + 1)


def _fewest_moves(oracle: Oracle, rule: MoveRule, cell: Cell, *, most: int) -> int:
    """The moves of the shortest in moves of all optimal paths; 0 if they are more than `most`."""
    shape = oracle.cost_to_go.shape
    steps = rule.deltas @ (shape[1], 1)
    optimal = oracle.optimal.reshape(-1, rule.n_actions)
    front = np.array([cell[0] * shape[1] + cell[1]])
    for moves in range(1, most + 1):
        places, actions = optimal[front].nonzero()
        front = np.unique(front[places] + steps[actions])
        if not optimal[front].any(axis=1).all():
            return moves
    return 0


def _peak(run: "Run", loop: NDArray[np.int64], k: int) -> Peak | None:
    """The greatest value of a loop, if no neighbour of its cell has a greater one."""
    grid = run.grid
    values = run.values_at(k)[1]
    cell = _cell(loop[values[tuple(loop.T)].argmax()])
    for action, (down, right) in enumerate(run.rule.deltas.tolist()):
        beside = cell[0] + down, cell[1] + right
        if run.rule.allows(grid.walls, cell, action) and values[beside] > values[cell]:
            return None
    best = max(float(values[goal]) for goal in grid.goals)
    return Peak(cell, float(values[cell]), best) if math.isfinite(values[cell]) else None


def _is_short(trajectory: Trajectory, oracle: Oracle, rule: MoveRule) -> bool:
    """Whether a path that costs too much is no longer than the best, in cells."""
    if trajectory.outcome is not Outcome.REACHED or not trajectory.costly:
        return False
    assert trajectory.start is not None  # noqa: S101 - for the type checker: it reached a goal
    best = _length(oracle.best_path(trajectory.start, rule))
    return trajectory.length <= best or math.isclose(trajectory.length, best)


def _believes(trajectory: Trajectory, run: "Run") -> bool:
    if trajectory.outcome is not Outcome.REACHED or trajectory.goal_value:
        return False
    believed = believed_costs(trajectory, run)
    return believed is not None and believed[0] < believed[1]


def _more(trajectory: Trajectory, run: "Run", k: int, *, spreads: bool) -> More:
    if not run.finished:
        return More.UNKNOWN
    start = trajectory.start
    if k < run.latest and start is not None:
        later = run.trajectories((start,), run.latest)
        if later and later[0].optimal:
            return More.LATER
    if run.converged:
        return More.CANNOT
    return More.CAN if spreads else More.MAY


def _wrong_step(run: "Run", cell: Cell, k: int) -> WrongStep | None:
    actions, oracle = run.readouts.actions(k), run.oracle
    if actions is None or oracle is None:
        return None
    chosen, optimal = int(actions[cell]), oracle.optimal[cell].nonzero()[0]
    readout = None if run.is_search else run.readouts.of_cell(k, cell)
    if readout is None:
        return WrongStep(cell, chosen, int(optimal[0]), None, None)
    q, policy = readout.at(cell)
    # The paper's VIN has latent actions, which are not moves.
    by_move = run.readouts.reward_channels == run.rule.n_actions
    ranks = q if by_move else policy
    best = int(optimal[ranks[optimal].argmax()])

    def both(numbers: NDArray[np.float32]) -> tuple[float, float] | None:
        return None if chosen == NO_ACTION else (float(numbers[chosen]), float(numbers[best]))

    return WrongStep(cell, chosen, best, both(q) if by_move else None, both(policy))
