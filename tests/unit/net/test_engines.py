"""The compiled engine computes the same as the Keras layers, for every shipped network."""

from dataclasses import replace

import numpy as np
import pytest

from vingui.core.cards import shipped_models
from vingui.core.formats import vingui_map
from vingui.core.grid import GridMap
from vingui.net.zoo import load_planner
from vingui.paths import MAPS

pytestmark = pytest.mark.slow

MODELS = [card.name for card in shipped_models()]
SAMPLE_MAPS = sorted(MAPS.glob("*.json"))


def part_of(plan, name):
    """The reward, the q-values or the policy of every cell under V_K."""
    bands = plan.readouts.bands(plan.latest)
    return np.concatenate([getattr(band, name) for band in bands])


@pytest.fixture(scope="module", params=MODELS)
def engines(request):
    """A shipped network planned with by the engine, and by Keras."""
    planner, _ = load_planner(request.param)
    return planner, planner.with_engine("keras")


def with_heights(grid):
    """The map with hills, where it has no elevation."""
    if grid.elevation is not None:
        return grid
    heights = np.random.default_rng(0).normal(0, 0.3, grid.walls.shape)
    return replace(grid, elevation=heights.astype(np.float32))


def assert_same(engines, grid, iterations=None):
    grid = with_heights(grid)
    ours, theirs = (planner.plan(grid, iterations=iterations) for planner in engines)
    assert (ours.latest, ours.converged) == (theirs.latest, theirs.converged)
    # The convolutions of a VIN add up in another order. The costs of a dynamic kernel are rounded
    # apart, which shows near 0, where the value of a goal and a cost nearly cancel.
    vin = ours.model.startswith("vin")
    close = {"rtol": 1e-4, "atol": 1e-3} if vin else {"rtol": 1e-6, "atol": 1e-5}
    for k in theirs.kept:
        np.testing.assert_allclose(ours.values_at(k)[1], theirs.values_at(k)[1], **close)
    free = grid.free
    np.testing.assert_allclose(part_of(ours, "q")[free], part_of(theirs, "q")[free], **close)
    np.testing.assert_allclose(
        part_of(ours, "policy"), part_of(theirs, "policy"), rtol=1e-3, atol=1e-4
    )
    np.testing.assert_allclose(
        part_of(ours, "reward")[free], part_of(theirs, "reward")[free], **close
    )
    np.testing.assert_allclose(ours.changes[1:], theirs.changes[1:], rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(ours.lows, theirs.lows, **close)
    np.testing.assert_allclose(ours.highs, theirs.highs, **close)
    np.testing.assert_array_equal(ours.reached_share, theirs.reached_share)
    assert ours.next_change == pytest.approx(theirs.next_change, rel=1e-2, abs=1e-3)
    said = np.sort(part_of(theirs, "policy"), axis=-1)
    # Where two actions are as likely as each other, rounding decides.
    clear = said[..., -1] - said[..., -2] > 1e-3
    actions = [run.readouts.actions(run.latest)[clear] for run in (ours, theirs)]
    np.testing.assert_array_equal(*actions)


@pytest.mark.parametrize("path", SAMPLE_MAPS, ids=lambda path: path.stem)
def test_sample_maps(engines, path):
    grid = vingui_map.read(path).maps[0]
    if grid.walls.size <= 64 * 64:
        assert_same(engines, grid)


@pytest.mark.parametrize(("rows", "cols"), [(8, 8), (16, 16), (7, 23), (31, 12), (2, 9)])
@pytest.mark.parametrize("iterations", [None, 5])
def test_random_maps(engines, rows, cols, iterations):
    random = np.random.default_rng(rows * cols)
    for share in (0.1, 0.3, 0.5):
        walls = random.random((rows, cols)) < share
        goal = int(random.integers(rows)), int(random.integers(cols))
        walls[goal] = False
        assert_same(engines, GridMap(walls, (goal,)), iterations)


@pytest.mark.parametrize("goals", [1, 3])
def test_random_terrain(engines, draw_terrain, goals):
    random = np.random.default_rng(goals)
    for rows, cols in ((8, 8), (7, 23), (16, 16)):
        assert_same(engines, draw_terrain(random, rows, cols, goals=goals))


def test_networks_of_one_size_are_planned_with_in_turn():
    """They share a compiled graph, but not their weights."""
    names = [name for name in MODELS if name.startswith("vin")][:2]
    grid = vingui_map.read(SAMPLE_MAPS[0]).maps[0]
    pairs = [(load_planner(name)[0], load_planner(name, engine="keras")[0]) for name in names]
    for _ in range(2):
        for pair in pairs:
            assert_same(pair, grid, iterations=5)
