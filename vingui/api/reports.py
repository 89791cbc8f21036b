"""The result of a plan, in lines and as JSON."""

from collections.abc import Mapping
from typing import Any

from vingui.core.diagnosis import diagnose
from vingui.core.diagnosis_text import explain, trajectory_record
from vingui.core.outcome_text import sentence, sentence_of_all, state, unseen
from vingui.core.phrases import counted
from vingui.core.rollout import Outcome
from vingui.core.run import Run


def lines(run: Run, settings: Mapping[str, Any] | None) -> list[str]:
    """Describe a finished run in lines: the model and K, then the trajectory from each start.

    Args:
        run: the finished plan.
        settings: those of the model's training; `None` if unknown.
    """
    cells = f"{run.grid.rows}x{run.grid.cols} cells"
    if len(run.grid.goals) > 1:
        cells += f" with {counted(len(run.grid.goals), 'goal')}"
    made = [f"{run.model}, {run.rule.title}, {state(run)}, on {cells}"]
    made += [missing.rstrip(".")] if (missing := unseen(run)) else []
    trajectories = run.trajectories(run.grid.starts, run.latest)
    for (row, col), trajectory in zip(run.grid.starts, trajectories, strict=True):
        made.append(f"start {row},{col}: {_lower(sentence(trajectory, run, run.latest))}")
        diagnosis = diagnose(trajectory, run, run.latest, settings)
        if diagnosis is not None and (why := explain(diagnosis, run)):
            made.append(f"  {why}")
    if not trajectories:
        made.append(f"{summary(run)}; give a start with --start ROW,COL")
    return made


def summary(run: Run) -> str:
    """How the trajectories from all starts end, or from all cells if there is no start."""
    trajectories = run.trajectories(run.grid.starts, run.latest)
    if len(trajectories) == 1:
        return _lower(sentence(trajectories[0], run, run.latest))
    if trajectories:
        return _lower(sentence_of_all(trajectories, run, run.latest))
    rollouts, oracle = run.rollouts(run.latest), run.oracle
    assert rollouts is not None  # noqa: S101 - for the type checker: the run is finished
    assert oracle is not None  # noqa: S101
    reached, reachable = int(rollouts.where(Outcome.REACHED).sum()), int(oracle.reachable.sum())
    return f"no start: {reached} of {counted(reachable, 'cell')} that can reach the goal do"


def record(run: Run, settings: Mapping[str, Any] | None) -> dict[str, Any]:
    """The plan on a map as JSON; `goals` are listed where they are several or have a value.

    Args:
        run: the finished plan.
        settings: those of the model's training; `None` if unknown.
    """
    grid = run.grid
    goals = [{"cell": cell, "value": value} for cell, value in grid.valued_goals.items()]
    return {
        "model": run.model,
        "moves": run.rule.name,
        "iterations": run.latest,
        "converged": run.converged,
        "goal": grid.goal,
        **({"goals": goals} if len(goals) > 1 or grid.goal_values else {}),
        "trajectories": [
            trajectory_record(trajectory, run, run.latest, settings)
            for trajectory in run.trajectories(grid.starts, run.latest)
        ],
    }


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
