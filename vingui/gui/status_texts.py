"""Short texts about the shown plan and its trajectories."""

from typing import TYPE_CHECKING

from vingui.core.outcome_text import sentence, sentence_of_all, sentence_of_one, state
from vingui.core.phrases import counted
from vingui.gui.planner.client import Phase

if TYPE_CHECKING:
    from vingui.gui.session import Session

__all__ = ["PLANNING", "duration", "sentence", "state", "summary", "why_no_plan"]

PLANNING = "Planning ..."


def summary(session: "Session") -> str:
    """Describe the outcomes of the starts, or why there are none yet."""
    run, k, starts = session.run, session.k, session.document.grid.starts
    missing = why_no_plan(session) or ("" if starts else "Place a start (S) to see a trajectory")
    if missing:
        return missing
    known = {trajectory.start: trajectory for trajectory in session.trajectories}
    if run is None or not all(start in known for start in starts):
        return PLANNING if session.planner.busy else ""
    trajectories = tuple(known[start] for start in starts)
    if len(starts) == 1:
        return sentence(trajectories[0], run, k)
    if session.selected_start is not None:
        return sentence_of_one(session.selected_start, trajectories[session.selected_start], run, k)
    return sentence_of_all(trajectories, run, k)


def duration(seconds: float) -> str:
    """Format a duration, such as "12 ms" or "3.4 s"."""
    if seconds < 1:
        return f"{seconds * 1000:z.0f} ms" if seconds >= 0.01 else f"{seconds * 1000:z.1f} ms"
    return f"{seconds:z.1f} s" if seconds < 100 else counted(round(seconds), "second")


def why_no_plan(session: "Session") -> str:
    """Return why there can be no plan of the current map, and what to do; "" if there can."""
    if session.planner.phase is Phase.FAILED:
        return session.planner.failure
    if session.document.grid.goal is None:
        return "Place a goal (G) to plan"
    if session.planner.phase is Phase.STARTING and session.run is None:
        return "The network is starting; you can already draw"
    return session.refusal
