"""What the values of two plans of one map differ by, in each cell."""

from typing import TYPE_CHECKING

import numpy as np

from vingui.core.value_differences import as_costs
from vingui.core.value_layers import Layer, balanced, unit_of

if TYPE_CHECKING:
    from vingui.core.run import Run


def plan_difference(
    run: "Run", k: int, other: "Run", other_k: int, *, whole: tuple[float, float] | None
) -> Layer | None:
    """The values V of a plan minus the values V′ of another; `None` while they are not known.

    Values without a unit, as of the paper's VIN, are fitted to the exact ones first.

    Args:
        run: the plan.
        k: its iteration; the values that it keeps for it are used.
        other: the other plan, of the same map.
        other_k: its iteration.
        whole: the least range of the colours, which have one range for all iterations then;
            `None` to fit them to these.
    """
    if run.oracle is None or other.oracle is None or not (run.kept and other.kept):
        return None
    k, values, name = as_costs(run, k, run.oracle)
    other_k, others, other_name = as_costs(other, other_k, other.oracle)
    with np.errstate(invalid="ignore"):
        differences = values - others
    # Where only one of them has a value it is infinite, where neither has one it is not a number.
    np.copyto(differences, np.nan, where=run.grid.walls | np.isinf(differences))
    low = float(np.fmin.reduce(differences, axis=None, initial=np.inf))
    high = float(np.fmax.reduce(differences, axis=None, initial=-np.inf))
    np.copyto(differences, -np.inf, where=np.isnan(differences))
    if whole is not None:
        low, high = min(low, whole[0]), max(high, whole[1])
    note = (
        f"{name} is that of {run.model} at k = {k:,}, "
        f"and V′ that of {other.model} at k = {other_k:,}"
    )
    if other_name != "V":
        note += f", {other_name.partition(', ')[2].rstrip(',')}"
    title = f"{name} − V′"
    return Layer(
        differences, "diverging", title, unit_of(run.grid), k, *balanced(low, high), f"{note}."
    )
