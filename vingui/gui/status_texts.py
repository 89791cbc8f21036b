"""Short texts about the shown plan and its trajectories."""

from typing import TYPE_CHECKING

from vingui.core.diagnosis import diagnose
from vingui.core.diagnosis_text import explain
from vingui.core.outcome_text import sentence, sentence_of_all, sentence_of_one, state
from vingui.core.phrases import counted
from vingui.core.rollout import Trajectory
from vingui.gui.planner.client import Phase

if TYPE_CHECKING:
    from vingui.gui.session import Session

__all__ = ["PLANNING", "duration", "sentence", "state", "summary", "why", "why_no_plan"]

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
        return _joined(sentence(trajectories[0], run, k), why(session, trajectories[0]))
    if session.selected_start is not None:
        number, one = session.selected_start, trajectories[session.selected_start]
        return _joined(sentence_of_one(number, one, run, k), why(session, one))
    return sentence_of_all(trajectories, run, k)


def why(session: "Session", trajectory: Trajectory) -> str:
    """Say why a trajectory of the shown plan fails or costs more than the best; "" if neither."""
    run, card = session.run, session.card
    if run is None:
        return ""
    # The previous model's plan stays until the new model's first values arrive.
    known = card is not None and card.name == run.model
    diagnosis = diagnose(trajectory, run, session.k, card.settings if card and known else None)
    return explain(diagnosis, run) if diagnosis is not None else ""


def _joined(outcome: str, reason: str) -> str:
    return f"{outcome}. {reason}" if reason else outcome


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
    if session.planner.phase in (Phase.STARTING, Phase.STOPPED) and session.run is None:
        return "The network is starting; you can already draw"
    return session.refusal
