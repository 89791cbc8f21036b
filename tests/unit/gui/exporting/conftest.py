import numpy as np
import pytest

from vingui.core.grid import GridMap
from vingui.core.planner_protocol import Values
from vingui.core.run import Run

GRID = GridMap(np.zeros((3, 3), bool), ((0, 0),))


@pytest.fixture
def begun():
    """Returns a run of which V_1 to V_4 are known, on a map of 3x3 cells."""

    def make(grid=GRID):
        values = Values(
            number=1,
            model="dynamic-8",
            rule="8",
            first=1,
            changes=np.ones(4),
            lows=-np.ones(4),
            highs=np.zeros(4),
            reached=np.ones(4),
            kept=np.arange(1, 5),
            value_maps=(np.zeros((3, 3), np.float32),) * 4,
        )
        return Run(grid, values)

    return make
