"""What a plan and a trajectory come to, in the words of the command line, figures and window."""

import math

from vingui.core.grid import Cell
from vingui.core.plan import Plan
from vingui.core.rollout import Outcome, Trajectory


def place(cell: Cell) -> str:
    """A cell in words: "row 3, col 4", counted from 0."""
    row, col = cell
    return f"row {row}, col {col}"


def counted(number: int, noun: str) -> str:
    """A number of things in words: "1 step", "1,230 steps"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def percent(share: float) -> str:
    """A share of 1 in words: "97.31%". Cut off, not rounded: only all is "100.00%"."""
    return f"{math.floor(share * 10_000 + 1e-9) / 100:.2f}%"


def iterations(plan: Plan) -> str:
    """How far a plan's values came: "K = 80, converged"."""
    return f"K = {plan.iterations}, {'converged' if plan.converged else 'not converged'}"


def describe(trajectory: Trajectory, plan: Plan) -> str:
    """One line that says how a trajectory ended, and where.

    Args:
        trajectory: a greedy rollout of the plan's policy.
        plan: the plan it follows.

    Returns:
        Words without the start and without a full stop, like
        "reached the goal in 23 steps, 24.9 long (optimal)".
    """
    out_of_steps = trajectory.outcome is Outcome.OUT_OF_STEPS
    if out_of_steps and plan.policy[last_cell(trajectory)].any():
        return f"out of steps after {counted(trajectory.steps, 'step')}"
    return ended(trajectory, why_silent=why_silent(plan.iterations, converged=plan.converged))


def ended(trajectory: Trajectory, *, why_silent: str) -> str:
    """How a trajectory that was not cut short ended, in words as of `describe`.

    Args:
        trajectory: a greedy rollout without a bound on its steps.
        why_silent: why the policy may have nothing to say about the cell that it ended on.
    """
    if trajectory.start is None or trajectory.outcome is Outcome.NO_START:
        return "no start"
    if trajectory.outcome is Outcome.NO_GOAL:
        return "no goal"
    if trajectory.outcome is Outcome.REACHED:
        return _reached(trajectory)
    if trajectory.outcome is Outcome.UNREACHABLE:
        return f"unreachable: no path leads from {place(trajectory.start)} to the goal"
    end, steps = last_cell(trajectory), counted(trajectory.steps, "step")
    if trajectory.outcome is Outcome.LOOP:
        return f"loops: comes back to {place(end)} after {steps}"
    if trajectory.outcome is Outcome.WALL:
        return f"runs into a wall at {place(end)} after {steps}"
    return f"stopped at {place(end)}: {why_silent}"


def why_silent(iterations: int, *, converged: bool) -> str:
    """Why a policy has nothing to say about a cell after all of a plan's iterations."""
    if converged:
        return "the model's values never reach this cell"
    made = counted(iterations, "iteration")
    return f"in K = {made} the values have not come this far; raise K"


def last_cell(trajectory: Trajectory) -> Cell:
    """The cell where a trajectory with a start ended."""
    row, col = trajectory.path[-1].tolist()
    return row, col


def _reached(trajectory: Trajectory) -> str:
    if trajectory.steps == 0:
        return "starts at the goal"
    steps = counted(trajectory.steps, "step")
    said = f"reached the goal in {steps}, {trajectory.length:.1f} long"
    if trajectory.optimal:
        return f"{said} (optimal)"
    longer, optimal_length = _excess(trajectory.excess), trajectory.optimal_length
    return f"{said}, {longer} longer than optimal {optimal_length:.1f}"


def _excess(excess: float) -> str:
    # One decimal would call the smallest excesses, as of 17 moves against 12 diagonal ones, 0.0.
    if excess >= 0.05:
        return f"{excess:.1f}"
    return f"{excess:.2f}" if excess >= 0.01 else "under 0.01"
