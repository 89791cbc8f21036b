"""What came of a plan, in words and as JSON."""

from typing import Any

from vingui.core.outcome_text import sentence, sentence_of_all, state
from vingui.core.phrases import counted
from vingui.core.rollout import Outcome
from vingui.core.run import Run


def all_reached(run: Run) -> bool:
    """Whether the walk from every start under V_K reaches the goal."""
    walks = run.trajectories(run.grid.starts, run.latest)
    return all(walk.outcome is Outcome.REACHED for walk in walks)


def told(run: Run) -> list[str]:
    """A finished run in lines: what planned how far, and one for each start."""
    cells = f"{run.grid.rows}x{run.grid.cols} cells"
    lines = [f"{run.model}, {run.rule.title}, {state(run)}, on {cells}"]
    walks = run.trajectories(run.grid.starts, run.latest)
    for (row, col), walk in zip(run.grid.starts, walks, strict=True):
        said = sentence(walk, run, run.latest)
        lines.append(f"start {row},{col}: {said[0].lower()}{said[1:]}")
    if not walks:
        lines.append(f"{summary(run)}; give a start with --start R,C")
    return lines


def summary(run: Run) -> str:
    """How the walks from all starts end, in a line; without starts, those from all cells."""
    walks = run.trajectories(run.grid.starts, run.latest)
    if len(walks) == 1:
        return sentence(walks[0], run, run.latest)
    if walks:
        return sentence_of_all(walks, run, run.latest)
    rollouts, oracle = run.rollouts(run.latest), run.oracle
    assert rollouts is not None  # noqa: S101 - for the type checker: the run is finished
    assert oracle is not None  # noqa: S101
    reached = int(rollouts.where(Outcome.REACHED).sum())
    reachable = int(oracle.reachable.sum())
    return f"no start: {reached} of {counted(reachable, 'cell')} that can reach the goal do"


def report(name: str, run: Run) -> dict[str, Any]:
    """What `--json` tells about the plan on a map."""
    return {
        "map": name,
        "model": run.model,
        "moves": run.rule.name,
        "iterations": run.latest,
        "converged": run.converged,
        "goal": run.grid.goal,
        "trajectories": [
            {**walk.record(), "words": sentence(walk, run, run.latest)}
            for walk in run.trajectories(run.grid.starts, run.latest)
        ],
    }
