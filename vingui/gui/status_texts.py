"""Short texts about the shown plan and its trajectories."""

from typing import TYPE_CHECKING

from vingui.core.outcome_text import sentence, sentence_of_all, sentence_of_one, state
from vingui.core.phrases import counted
from vingui.gui.planner.engine import Phase

if TYPE_CHECKING:
    from vingui.gui.session import Session

__all__ = ["PLANNING", "STARTING", "duration", "sentence", "state", "summary"]

STARTING = "The network is starting; you can already draw"
PLANNING = "Planning ..."


def summary(session: "Session") -> str:
    """Describe the outcomes of all starts, or say why there is none yet."""
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
        return sentence_of_one(session.selected_start, trajectories[session.selected_start], run, k)
    return sentence_of_all(trajectories, run, k)


def duration(seconds: float) -> str:
    """Format a duration, such as "12 ms" or "3.4 s"."""
    if seconds < 1:
        return f"{seconds * 1000:z.0f} ms" if seconds >= 0.01 else f"{seconds * 1000:z.1f} ms"
    return f"{seconds:z.1f} s" if seconds < 100 else counted(round(seconds), "second")


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
