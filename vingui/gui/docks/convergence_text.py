"""What an iteration did, and whether it was the last one that did anything, in plain sentences."""

import math

import numpy as np

from vingui.core.grid import Cell
from vingui.core.phrases import counted
from vingui.core.run import Run


def describe_iteration(run: Run, k: int) -> str:
    """Say what an iteration changed, and of the last one what another would change.

    Args:
        run: the plan.
        k: an iteration; that after K, if the run has converged, is the one that changed nothing.
    """
    if k > run.latest:
        return f"Iteration {k:,} {_would_change(run)}: V_{run.latest} has converged."
    ending = f" {_ending(run)}" if k == run.latest else ""
    return f"Iteration {k:,} {_did(run, k)}.{ending}"


def describe_early_starts(run: Run, k: int, starts: tuple[Cell, ...]) -> str:
    """Say which starts succeed under V_k without a value in V_k, and why; "" if none does.

    Args:
        run: the plan.
        k: the iteration.
        starts: the starts of the map.
    """
    if k not in run.reaching:
        return ""
    numbers = [
        str(number)
        for number, start in enumerate(starts, start=1)
        if run.able((start,)) and run.succeeding(k, (start,)) and np.isneginf(run.value(start, k))
    ]
    if not numbers:
        return ""
    *others, last = numbers
    which = f"Starts {', '.join(others)} and {last} succeed" if others else f"Start {last} succeeds"
    return f"{which} without a value, since the policy looks one step beyond V."


def _did(run: Run, k: int) -> str:
    if k == 1:
        share = float(run.reached_share[0])
        free = int(np.count_nonzero(run.grid.free))
        cells = "every cell" if share == 1 else counted(round(share * free), "cell")
        return f"gave {cells} a value"
    new, change = int(run.newly_reached[k - 1]), float(run.changes[k - 1])
    if not new:
        return f"changed values by up to {change:z.3g}" if change else "changed nothing"
    others = f"others by up to {change:z.3g}" if change else "no other"
    return f"gave {counted(new, 'cell')} a first value and changed {others}"


def _ending(run: Run) -> str:
    if not run.finished:
        return "More are being computed."
    if run.converged:
        return f"One more {_would_change(run)}: V has converged."
    change = run.next_change
    if math.isnan(change):
        return "V has not converged."
    what = f"change values by up to {change:z.3g}" if change else "reach further cells"
    return f"One more would {what}: V has not converged."


def _would_change(run: Run) -> str:
    if run.next_change > 0:
        return (
            f"would change no value by more than {run.next_change:z.2g}, which is next to nothing"
        )
    return "would change nothing"
