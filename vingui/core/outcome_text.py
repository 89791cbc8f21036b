"""Sentences about plans and trajectories, for the command line, figures and the window."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vingui.core.grid import Cell
from vingui.core.learned_costs import believed_costs
from vingui.core.phrases import counted, place
from vingui.core.rollout import Outcome, Trajectory

if TYPE_CHECKING:
    from vingui.core.run import Run


def sentence(trajectory: Trajectory, run: "Run", k: int) -> str:
    """Describe how a trajectory ended: "Reached the goal in 23 steps, 24.9 long (optimal)".

    Args:
        trajectory: a greedy rollout of the run's policy at iteration `k`.
        run: the run it follows.
        k: the iteration that is shown.
    """
    return _opened(_ended_at(trajectory, run, k))


def sentence_of_one(number: int, trajectory: Trajectory, run: "Run", k: int) -> str:
    """As `sentence`, with the number of the start, given from 0: "Start 1 loops: comes ..."."""
    verb = "is " if trajectory.outcome is Outcome.UNREACHABLE else ""
    return f"Start {number + 1} {verb}{_ended_at(trajectory, run, k)}"


def sentence_of_all(trajectories: Sequence[Trajectory], run: "Run", k: int) -> str:
    """Describe how several trajectories ended: "3 of 4 starts reach the goal; ..."."""
    failed = [
        number
        for number, trajectory in enumerate(trajectories)
        if trajectory.outcome is not Outcome.REACHED
    ]
    count = len(trajectories)
    if not failed:
        optimal = sum(trajectory.optimal for trajectory in trajectories)
        how = "" if optimal == count else f", {optimal} of them"
        best = "path of least cost" if run.grid.is_costly else "shortest path"
        return f"All {counted(count, 'start')} reach {_goals(run)}{how} by a {best}"
    verb = "reaches" if count - len(failed) == 1 else "reach"
    text = f"{count - len(failed)} of {counted(count, 'start')} {verb} {_goals(run)}"
    if len(failed) == 1:
        of_one = sentence_of_one(failed[0], trajectories[failed[0]], run, k)
        return f"{text}; {of_one[0].lower()}{of_one[1:]}"
    outcomes = Counter(trajectories[number].outcome for number in failed)
    return f"{text}; {', '.join(_of_some(*pair) for pair in outcomes.items())}"


def _goals(run: "Run") -> str:
    return "the goal" if len(run.grid.goals) == 1 else "a goal"


def state(run: "Run") -> str:
    """Describe the state of a run: "K = 80, converged", "1,203 expansions"."""
    if not run.finished:
        return f"k = {run.latest:,}, planning ..."
    if run.is_search:
        made = counted(run.latest, "expansion")
        return made if run.converged else f"{made}, not finished"
    return f"K = {run.latest:,}, {'converged' if run.converged else 'not converged'}"


def unseen(run: "Run") -> str:
    """What of the map the model of a run cannot see, as a sentence; "" if it sees everything."""
    grid = run.grid
    # The paper's VIN has one reward for all actions; networks with more see the costs of steps.
    if not grid.is_costly or run.readouts.reward_channels != 1:
        return ""
    what, instead = [], []
    if grid.has_costs:
        what.append("terrain")
        instead.append("every cell cost 1")
    if grid.goal_values:
        what.append("the goals' values")
        instead.append("all goals were worth the same")
    return f"{run.model} cannot see {' or '.join(what)}: it plans as if {' and '.join(instead)}."


def last_cell(trajectory: Trajectory) -> Cell:
    """The cell where a trajectory with a start ended."""
    row, col = trajectory.path[-1].tolist()
    return row, col


def _reached(trajectory: Trajectory, run: "Run") -> str:
    if trajectory.steps == 0:
        return "starts at the goal"
    steps = counted(trajectory.steps, "step")
    frame = run.grid.frame
    metres = f" ({trajectory.length * frame.resolution:z.2f} m)" if frame is not None else ""
    if trajectory.costly:
        at_cost = f"{_at_cost(trajectory)}{_belief(trajectory, run)}"
        return f"reached {_goal(trajectory, run)} in {steps}{metres} {at_cost}"
    text = f"reached {_goal(trajectory, run)} in {steps}, {trajectory.length:z.1f} long{metres}"
    if trajectory.optimal:
        return f"{text}, optimal" if metres else f"{text} (optimal)"
    longer, optimal_length = _excess(trajectory.excess), trajectory.optimal_cost
    belief = _belief(trajectory, run)
    return f"{text}, {longer} longer than optimal {optimal_length:z.1f}{belief}"


def _goal(trajectory: Trajectory, run: "Run") -> str:
    return "the goal" if len(run.grid.goals) == 1 else f"the goal at {place(last_cell(trajectory))}"


def _at_cost(trajectory: Trajectory) -> str:
    """The cost of a path, and by how much a better one costs less: a share, unless goals differ."""
    text = f"at a cost of {trajectory.cost:z.1f}"
    if trajectory.goal_value:
        text += f", for a value of {trajectory.goal_value:z.4g}"
    if trajectory.optimal:
        return f"{text} (optimal)"
    if trajectory.goal_value or trajectory.optimal_cost <= 0:
        return f"{text}, {_excess(trajectory.excess)} worse than the best"
    share = 100 * trajectory.excess / trajectory.optimal_cost
    more = f"{share:z.0f} %" if share >= 1 else "under 1 %"
    return f"{text}, {more} more costly than the best, {trajectory.optimal_cost:z.1f}"


def _belief(trajectory: Trajectory, run: "Run") -> str:
    """Why a network that learned what cells cost prefers its path to the best one.

    "" where that is not the reason, or not known.
    """
    if trajectory.optimal or trajectory.goal_value:
        return ""
    own, best = believed_costs(trajectory, run) or (0.0, 0.0)
    digits = next((digits for digits in (1, 2) if round(own, digits) < round(best, digits)), None)
    if digits is None:
        return ""
    return (
        f"; the network believes that its path costs {own:z.{digits}f}, "
        f"and the best {best:z.{digits}f}"
    )


def _excess(excess: float) -> str:
    # With one decimal the smallest excesses, as of 17 moves against 12 diagonal ones, would be 0.0.
    if excess >= 0.05:
        return f"{excess:z.1f}"
    return f"{excess:z.2f}" if excess >= 0.01 else "under 0.01"


def _ended_at(trajectory: Trajectory, run: "Run", k: int) -> str:
    if trajectory.start is None or trajectory.outcome is Outcome.NO_START:
        return "no start"
    if trajectory.outcome is Outcome.NO_GOAL:
        return "no goal"
    if trajectory.outcome is Outcome.REACHED:
        return _reached(trajectory, run)
    if trajectory.outcome is Outcome.UNREACHABLE:
        return f"unreachable: no path leads from {place(trajectory.start)} to {_goals(run)}"
    end, steps = last_cell(trajectory), counted(trajectory.steps, "step")
    if trajectory.outcome is Outcome.LOOP:
        return f"loops: comes back to {place(end)} after {steps}"
    if trajectory.outcome is Outcome.WALL:
        return f"runs into a wall at {place(end)} after {steps}"
    return f"stopped at {place(end)}: {_why_no_action(run, k)}"


def _why_no_action(run: "Run", k: int) -> str:
    """Why the policy at iteration `k` has no action in a cell."""
    if run.is_search:
        return _why_no_path_yet(run, k)
    if not run.finished or k < run.latest:
        return f"at k = {k:,} the values have not reached this cell yet"
    if run.converged:
        return "the model's values never reach this cell"
    made = counted(run.latest, "iteration")
    return f"after K = {made} the values have not reached this cell yet; raise K"


def _why_no_path_yet(run: "Run", k: int) -> str:
    if run.finished and run.converged and k == run.latest:
        return f"the search began at {place(run.grid.starts[0])}"
    return f"after {counted(k, 'expansion')} the search has not come to a goal yet"


def _of_some(outcome: Outcome, count: int) -> str:
    one = count == 1
    match outcome:
        case Outcome.LOOP:
            return f"{count} {'loops' if one else 'loop'}"
        case Outcome.WALL:
            return f"{count} {'runs' if one else 'run'} into a wall"
        case Outcome.UNREACHABLE:
            return f"{count} {'is' if one else 'are'} unreachable"
        case _:
            return f"{count} {'stops' if one else 'stop'} on the way"


def _opened(words: str) -> str:
    return words[:1].upper() + words[1:]
