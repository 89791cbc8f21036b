"""The difference of two plans of one map."""

import numpy as np
import pytest

from vingui.core.grid import GridMap
from vingui.core.moves import rule_named
from vingui.core.oracle import solve
from vingui.core.plan_difference import plan_difference
from vingui.core.planner_protocol import ExactSolution, Values
from vingui.core.run import Run
from vingui.core.value_history import figures

WALLS = np.zeros((3, 5), bool)
WALLS[1, 2] = True
GRID = GridMap(WALLS, ((0, 4),), ((0, 0),))
ORACLE = solve(GRID, rule_named("8"))
EXACT = np.where(GRID.free, -ORACLE.cost_to_go, -np.inf).astype(np.float32)


def run_of(*maps, model="dynamic-8", solved=True):
    maps = np.array(maps, np.float32)
    kept = np.arange(1, len(maps) + 1)
    numbers = figures(maps[0], maps, GRID.free)
    run = Run(GRID, Values(1, model, "8", 1, *numbers, kept, tuple(maps)))
    if solved:
        run.take(ExactSolution(1, ORACLE.cost_to_go, ORACLE.optimal))
    return run


def test_it_is_the_plan_minus_the_other_one_where_both_have_values():
    near = np.where(EXACT >= -2, EXACT, -np.inf)
    worse = np.where(EXACT < 0, EXACT - 0.5, EXACT)
    layer = plan_difference(run_of(near, EXACT), 1, run_of(worse), 1, whole=None)
    known = np.isfinite(near) & (EXACT < 0)
    np.testing.assert_allclose(layer.values[known], 0.5)
    assert layer.values[GRID.goal] == 0
    assert (layer.values[~np.isfinite(near)] == -np.inf).all()
    assert (layer.kind, layer.unit, layer.k) == ("diverging", "cells", 1)
    assert (layer.low, layer.high) == (-0.5, 0.5)


def test_values_without_a_unit_are_fitted_to_the_exact_ones():
    layer = plan_difference(run_of(EXACT), 1, run_of(7 * EXACT + 90, model="vin"), 1, whole=None)
    np.testing.assert_allclose(layer.values[GRID.free], 0, atol=1e-4)
    assert "V′ that of vin at k = 1, linearly fitted." in layer.note
    other = plan_difference(run_of(7 * EXACT + 90, model="vin"), 1, run_of(EXACT), 1, whole=None)
    assert other.label == "V, linearly fitted, − V′ (cells)"


def test_its_colours_have_one_range_for_all_iterations_if_one_is_given():
    layer = plan_difference(run_of(EXACT), 1, run_of(EXACT), 1, whole=(-1.0, 3.0))
    assert (layer.low, layer.high) == (-3, 3)


@pytest.mark.parametrize("solved", [(True, False), (False, True)])
def test_there_is_none_until_both_exact_solutions_are_known(solved):
    one, other = (run_of(EXACT, solved=known) for known in solved)
    assert plan_difference(one, 1, other, 1, whole=None) is None
