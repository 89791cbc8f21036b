"""Generated maps like a given one."""

import numpy as np
import pytest

from vingui.core.generate import generate
from vingui.core.grid import GridMap
from vingui.core.similar_maps import similar_maps
from vingui.core.surroundings import free_widths


def made(kind, rows=40, cols=40, seed=9, **params):
    return generate(kind, rows=rows, cols=cols, rng=np.random.default_rng(seed), **params)


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("rooms", {"room_size": 4}),
        ("maze", {"openness": 0.0}),
        ("noise", {"density": 0.25}),
        ("noise", {"density": 0.1, "border": True}),
        ("caves", {"density": 0.44}),
        ("patches", {"cover": 0.6}),
        ("rivers", {}),
    ],
)
def test_a_generated_map_is_recognised(kind, params):
    grid = made(kind, **params)
    likeness = similar_maps(grid, count=7, seed=3)
    assert likeness.maps.kinds == (kind,)
    assert (likeness.maps.rows, likeness.maps.cols, len(likeness.maps)) == (40, 40, 7)
    assert likeness.maps.title in likeness.sentence
    if params.get("border"):
        assert likeness.maps.params["border"] is True


@pytest.mark.parametrize(
    ("kind", "side"), [("rooms", 40), ("obstacles", 40), ("noise", 40), ("caves", 100)]
)
def test_the_maps_measure_like_the_one_given(kind, side):
    grid = made(kind, side, side)
    maps = similar_maps(grid, count=8, seed=1).maps
    walls = np.mean([one.walls.mean() for one in maps])
    assert walls == pytest.approx(grid.walls.mean(), abs=0.1)
    width, other = (
        np.mean([free_widths(one.free)[one.free].mean() for one in those])
        for those in ([grid], maps[:8])
    )
    assert 0.5 < width / other < 2


@pytest.mark.parametrize("value", [False, True])
def test_maps_without_walls_or_without_free_cells_have_something_like_them(value):
    likeness = similar_maps(GridMap(np.full((40, 40), value)), count=2, seed=0)
    assert len([grid.goal for grid in likeness.maps]) == 2
