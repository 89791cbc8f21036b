"""The figures of a plan that are compared: starts, costs, iterations and time."""

from dataclasses import dataclass
from pathlib import Path

from vingui.core.methods import METHODS, is_search
from vingui.core.rollout import Outcome
from vingui.gui.session import Session
from vingui.gui.status_texts import duration

_NONE = "–"
_UNKNOWN = "…"


@dataclass(frozen=True)
class Figures:
    """A row of the table, as texts; each with what it means in a sentence.

    Attributes:
        reached: how many starts reach a goal.
        excess: what their trajectories cost more than the best.
        progress: the iteration that is shown, and how many there are.
        time: how long the plan took.
    """

    reached: tuple[str, str]
    excess: tuple[str, str]
    progress: tuple[str, str]
    time: tuple[str, str]


def planner_name(session: Session) -> str:
    """The name of the model or method of a session's plan, or of the one that is to plan."""
    name = session.run.model if session.run is not None else Path(session.model).stem
    return METHODS[name].title if name in METHODS else name


def figures_of(session: Session) -> Figures:
    """Return the figures of a session's plan at its playhead."""
    run = session.run
    if run is None:
        none = (_NONE, "")
        return Figures(none, none, none, none)
    unit, what = ("exp", "Expansion") if is_search(run.model) else ("it", "Iteration")
    progress = f"{session.k:,} / {run.latest:,} {unit}"
    about = f"{what} {session.k:,} of {run.latest:,}" + ("" if run.finished else " so far")
    time = (duration(run.seconds), "How long the plan took") if run.finished else (_UNKNOWN, "")
    return Figures(_reached(session), _excess(session), (progress, about), time)


def _reached(session: Session) -> tuple[str, str]:
    starts, known = session.document.grid.starts, session.trajectories
    if not starts:
        return _NONE, "The map has no start"
    if not known:
        return _UNKNOWN, ""
    if session.run is not None and is_search(session.run.model):
        found = [one for one in known if one.start is not None]
        if not found:
            return _NONE, "A search finds its path with its last expansion"
        count = int(found[0].outcome is Outcome.REACHED)
        return f"{count} of 1", "A search begins at one start: the selected one, or the first"
    reached = sum(one.outcome is Outcome.REACHED for one in known)
    about = f"{reached} of {len(starts)} trajectories reach a goal at this iteration"
    blocked = sum(one.outcome is Outcome.UNREACHABLE for one in known)
    if blocked:
        about += f"; from {blocked} no path leads to one"
    return f"{reached} of {len(starts)}", about


def _excess(session: Session) -> tuple[str, str]:
    """How much more than the best trajectories cost, of the starts that reach a goal."""
    arrived = [
        one
        for one in session.trajectories
        if one.start is not None and one.outcome is Outcome.REACHED
    ]
    if not arrived:
        return _NONE, ""
    if all(one.optimal for one in arrived):
        return "optimal", "All that reach a goal do so by a best path"
    excess = sum(one.excess for one in arrived)
    best = sum(one.optimal_cost for one in arrived)
    if best <= 0 or any(one.goal_value for one in arrived):
        mean = excess / len(arrived)
        return f"+{mean:z.2f}", f"On average {mean:z.2f} worse than the best paths"
    share = 100 * excess / best
    text = f"{share:z.1f} %" if share >= 0.05 else "under 0.1 %"
    return f"+{text}" if share >= 0.05 else text, (
        f"The trajectories that reach a goal cost {text} more than the best paths from there"
    )
