"""What the shown plan and its trajectories come to, one line each, in the words of the core."""

from collections import Counter
from typing import TYPE_CHECKING

from vingui.core.rollout import Outcome, Trajectory
from vingui.core.words import counted, ended, why_silent
from vingui.gui.engine import Phase

if TYPE_CHECKING:
    from vingui.core.run import Run
    from vingui.gui.session import Session

STARTING = "The network is starting, you can draw already"
PLANNING = "Planning ..."


def sentence(trajectory: Trajectory, run: "Run", k: int) -> str:
    """How a trajectory ended: "Reached the goal in 23 steps, 24.9 long (optimal)".

    Args:
        trajectory: a greedy rollout of the run's policy at iteration `k`.
        run: the run it follows.
        k: the iteration under the playhead.
    """
    return _opened(_ended(trajectory, run, k))


def summary(session: "Session") -> str:
    """What there is to say about all starts, or what is missing for there to be something."""
    missing = _missing(session)
    if missing:
        return missing
    run, k, starts = session.run, session.k, session.document.grid.starts
    known = {trajectory.start: trajectory for trajectory in session.trajectories}
    if run is None or not all(start in known for start in starts):
        return PLANNING if session.engine.busy else ""
    trajectories = tuple(known[start] for start in starts)
    if len(starts) == 1:
        return sentence(trajectories[0], run, k)
    if session.selected_start is not None:
        return _of_one(session.selected_start, trajectories[session.selected_start], run, k)
    return _of_all(trajectories, run, k)


def state(run: "Run") -> str:
    """How far a run has come: "K = 80, converged"."""
    if not run.finished:
        return f"k = {run.latest:,}, planning ..."
    return f"K = {run.latest:,}, {'converged' if run.converged else 'not converged'}"


def duration(seconds: float) -> str:
    """A time in words: "12 ms", "3.4 s"."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms" if seconds >= 0.01 else f"{seconds * 1000:.1f} ms"
    return f"{seconds:.1f} s" if seconds < 100 else counted(round(seconds), "second")


def _missing(session: "Session") -> str:
    grid = session.document.grid
    if session.engine.phase is Phase.FAILED:
        return session.engine.failure
    if grid.goal is None:
        return "Place a goal (G) to plan"
    if session.engine.phase is Phase.STARTING and session.run is None:
        return STARTING
    if session.refusal:
        return session.refusal
    return "" if grid.starts else "Place a start (S) to see a trajectory"


def _of_one(number: int, trajectory: Trajectory, run: "Run", k: int) -> str:
    words = _ended(trajectory, run, k)
    verb = "is " if trajectory.outcome is Outcome.UNREACHABLE else ""
    return f"Start {number + 1} {verb}{words}"


def _of_all(trajectories: tuple[Trajectory, ...], run: "Run", k: int) -> str:
    failed = [
        number
        for number, trajectory in enumerate(trajectories)
        if trajectory.outcome is not Outcome.REACHED
    ]
    count = len(trajectories)
    if not failed:
        optimal = sum(trajectory.optimal for trajectory in trajectories)
        how = "" if optimal == count else f", {optimal} of them"
        return f"All {count} starts reach the goal{how} by a shortest path"
    verb = "reaches" if count - len(failed) == 1 else "reach"
    said = f"{count - len(failed)} of {count} starts {verb} the goal"
    if len(failed) == 1:
        of_one = _of_one(failed[0], trajectories[failed[0]], run, k)
        return f"{said}; {of_one[0].lower()}{of_one[1:]}"
    outcomes = Counter(trajectories[number].outcome for number in failed)
    return f"{said}; {', '.join(_of_some(*pair) for pair in outcomes.items())}"


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


def _ended(trajectory: Trajectory, run: "Run", k: int) -> str:
    return ended(trajectory, why_silent=_why_silent(run, k))


def _why_silent(run: "Run", k: int) -> str:
    if run.finished and k >= run.latest:
        return why_silent(run.latest, converged=run.converged)
    return f"at k = {k} the values have not come this far"


def _opened(words: str) -> str:
    return words[:1].upper() + words[1:]
