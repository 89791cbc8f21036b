"""A plan as NumPy arrays in a file."""

from pathlib import Path

import numpy as np

from vingui.core.files import replacing
from vingui.core.plan import Plan


def save_arrays(plan: Plan, path: Path) -> None:
    """Write everything that a plan holds as `.npz`, whole or not at all.

    The arrays are `walls (rows, cols)` bool, `goal (2,)` and `starts (n, 2)` int64, and of the
    plan `values (K, rows, cols)`, `iterations (K,)`, `reward`, `q` and `policy` as `Plan` has
    them. `values` has fewer than K maps only where they were thinned; `iterations` tells which.

    Raises:
        VinguiError: the file cannot be written.
    """
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(
            file,
            walls=plan.grid.walls,
            goal=np.array(plan.grid.goal, np.int64),
            starts=np.array(plan.grid.starts, np.int64).reshape(-1, 2),
            iterations=plan.kept,
            values=plan.values,
            reward=plan.reward,
            q=plan.q,
            policy=plan.policy,
        )
