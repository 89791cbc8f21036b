"""Sentences about why trajectories fail or cost more than the best."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from vingui.core.diagnosis import Diagnosis, More, Peak, Reason, WrongStep, diagnose
from vingui.core.methods import METHODS
from vingui.core.moves import ACTION_NAMES
from vingui.core.outcome_text import sentence
from vingui.core.phrases import counted, place
from vingui.core.rollout import NO_ACTION, Trajectory
from vingui.core.surroundings import Difference
from vingui.core.ticks import minus

if TYPE_CHECKING:
    from vingui.core.run import Run

_MOST_REASONS: Final = 2
_MOST_DIFFERENCES: Final = 2
"""What a sentence has room for; JSON has all."""


def explain(diagnosis: Diagnosis, run: "Run") -> str:
    """Say why a trajectory fails, in one or two sentences that follow that of its outcome.

    Args:
        diagnosis: what was found.
        run: the run that the trajectory follows.

    Returns:
        "First wrong step at row 3, col 4: N instead of E. A peak of the values ..."; "" if the
        outcome says it all.
    """
    if Reason.NO_PATH in diagnosis.reasons:
        return ""
    clauses = [
        words for reason in diagnosis.reasons if (words := _in_words(reason, diagnosis, run))
    ]
    if not diagnosis.reasons:
        clauses.append("why is unknown")
    # Nothing else explains what a goal out of sight does not.
    most = 1 if Reason.NOT_ARRIVED in diagnosis.reasons else _MOST_REASONS
    clauses = [*clauses[:most], *filter(None, [_more(diagnosis, run)])]
    text = "; ".join(clauses)
    sentences = [_step(diagnosis.wrong) if diagnosis.wrong else "", text[:1].upper() + text[1:]]
    return " ".join(f"{sentence}." for sentence in sentences if sentence)


def trajectory_record(
    trajectory: Trajectory, run: "Run", k: int, settings: Mapping[str, Any] | None
) -> dict[str, Any]:
    """A trajectory for a JSON file, with its sentence, and why it fails if it does.

    Args:
        trajectory: a greedy rollout of the run's policy at iteration `k`.
        run: the run it follows.
        k: the iteration.
        settings: those of the model's training; `None` if unknown.
    """
    record = {**trajectory.record(), "words": sentence(trajectory, run, k)}
    diagnosis = diagnose(trajectory, run, k, settings)
    if diagnosis is not None:
        record |= {"why": explain(diagnosis, run), "diagnosis": diagnosis.record()}
    return record


def _step(wrong: WrongStep) -> str:
    if wrong.chosen == NO_ACTION:
        return ""
    chosen, best = ACTION_NAMES[wrong.chosen], ACTION_NAMES[wrong.best]
    text = f"First wrong step at {place(wrong.cell)}: {chosen} instead of {best}"
    if wrong.q is not None:
        own, other = map(_number, wrong.q)
        return f"{text} (q {own} against {other})"
    if wrong.probabilities is not None:
        own, other = (f"{100 * share:z.0f} %" for share in wrong.probabilities)
        return f"{text} (probability {own} against {other})"
    return text


def _in_words(reason: Reason, diagnosis: Diagnosis, run: "Run") -> str:
    match reason:
        case Reason.NOT_ARRIVED:
            return _not_arrived(diagnosis)
        case Reason.PEAK if diagnosis.peak is not None:
            return _peak(diagnosis.peak, run)
        case Reason.UNSEEN_COSTS:
            return "the network cannot see that its path costs more"
        case Reason.METHOD:
            return METHODS[run.model].drawback
        case Reason.UNLIKE_TRAINING:
            most = _MOST_DIFFERENCES if len(diagnosis.reasons) == 1 else 1
            differences = ", ".join(map(_difference, diagnosis.unlike[:most]))
            return f"unlike the training's maps: {differences}"
    # What a network believes of costs is part of the outcome's sentence.
    return ""


def _not_arrived(diagnosis: Diagnosis) -> str:
    k, far = f"V_{diagnosis.k:,}", diagnosis.horizon
    if diagnosis.needed:
        away = counted(diagnosis.needed, "cell")
        return f"the goal is {away} away, and {k} sees no farther than {far:,}"
    moves = counted(far, "move")
    return f"{k} knows no paths of more than {moves}, and the best from there has more"


def _peak(peak: Peak, run: "Run") -> str:
    goal = "the goal" if len(run.grid.goals) == 1 else "the best goal"
    value, other = _number(peak.value), _number(peak.goal_value)
    return f"a peak of V at {place(peak.cell)} holds it: {value}, and {other} at {goal}"


def _difference(one: Difference) -> str:
    here, low, high = one.here[0], one.low[0], one.high[0]
    match one.measure:
        case "path":
            return f"a path of {here:z.1f} (there up to {high:z.0f})"
        case "walls":
            return f"{100 * here:z.0f} % walls (there {100 * low:z.0f} to {100 * high:z.0f} %)"
        case "width":
            return f"free space {here:z.0f} wide (there {low:z.0f} to {high:z.0f})"
    return f"{'x'.join(map(str, one.here))} (there {'x'.join(map(str, one.low))})"


def _more(diagnosis: Diagnosis, run: "Run") -> str:
    match diagnosis.more:
        case More.LATER:
            return f"at K = {run.latest:,} it is right"
        case More.CAN:
            return "more iterations can find it"
        case More.CANNOT if not run.is_search:
            return "V has converged, so more iterations change nothing"
        case More.MAY if not diagnosis.reasons:
            return "V has not converged"
        case _:
            return ""


def _number(number: float) -> str:
    return minus(f"{number:z.2f}" if abs(number) < 1000 else f"{number:z.0f}")
