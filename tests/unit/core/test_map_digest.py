"""What tells maps from one another."""

from dataclasses import replace

import numpy as np

from vingui.core.frame import MapFrame
from vingui.core.generate import generate_many
from vingui.core.grid import Demonstration, GridMap
from vingui.core.map_digest import map_digest
from vingui.core.terrain import STANDARD, Palette


def test_equal_maps_have_one_digest_and_others_another():
    (grid,) = generate_many("mountains", count=1, seed=1, rows=5, cols=6, starts=2)
    changed = [
        grid,
        replace(grid, goals=((0, 0),)),
        replace(grid, goal_values=(2.0,)),
        grid.with_starts(grid.starts[:1]),
        grid.with_starts(grid.starts[::-1]),
        grid.with_demonstrations((Demonstration(((0, 0), (0, 1))),)),
        grid.with_demonstrations((Demonstration(((0, 1), (0, 0))),)),
        replace(grid, frame=MapFrame(0.5)),
        replace(grid, elevation=grid.elevation + 1),
        replace(grid, elevation=None),
        replace(grid, terrain=None, palette=STANDARD),
        replace(grid, terrain=np.zeros_like(grid.terrain)),
        replace(grid, palette=Palette(tuple(reversed(tuple(grid.palette))))),
        GridMap(np.zeros((5, 6), bool)),
        GridMap(np.zeros((6, 5), bool)),
    ]
    assert len({map_digest(each) for each in changed}) == len(changed)
    (again,) = generate_many("mountains", count=1, seed=1, rows=5, cols=6, starts=2)
    assert again == grid
    assert map_digest(again) == map_digest(grid)
