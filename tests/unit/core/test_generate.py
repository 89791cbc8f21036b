"""Random maps: sound whatever is asked for, the same for the same seed, and of their kind."""

import hashlib
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from vingui.core.errors import VinguiError
from vingui.core.generate import (
    KINDS,
    MOST_STARTS,
    Parameter,
    generate,
    generate_many,
    generate_walls,
    largest_region,
    place_apart,
    place_uniform,
    thick_walled_maze,
)
from vingui.core.generate.goal_and_starts import make_room
from vingui.core.grid import GridMap
from vingui.core.moves import EIGHT, RULES
from vingui.core.oracle import distances, solve
from vingui.core.terrain import STANDARD

ALL_KINDS = list(KINDS)


def rng_of(seed=0):
    return np.random.default_rng(seed)


def assert_solvable(grid: GridMap):
    assert grid.goal is not None
    (start,) = grid.starts
    assert start != grid.goal
    regions, _ = ndimage.label(grid.free)
    assert regions[start] == regions[grid.goal] != 0


def values_of(parameter: Parameter):
    if parameter.type is bool:
        return st.booleans()
    low, high = parameter.low, parameter.high
    # The bounds themselves come up often: they are where a generator may run dry.
    if parameter.type is int:
        return st.sampled_from([low, high]) | st.integers(low, min(high, 60))
    return st.sampled_from([low, high]) | st.floats(low, high)


@st.composite
def requests(draw):
    kind = draw(st.sampled_from(ALL_KINDS))
    chosen = {
        parameter.name: draw(values_of(parameter))
        for parameter in KINDS[kind].parameters
        if draw(st.booleans())
    }
    size = {name: draw(st.integers(2, 40)) for name in ("rows", "cols")}
    return kind, size, chosen, draw(st.integers(0, 2**32))


@pytest.mark.slow
@settings(max_examples=300)
@given(requests())
def test_every_request_gives_a_solvable_map_of_the_size(request_):
    kind, size, chosen, seed = request_
    grid = generate(kind, **size, rng=rng_of(seed), **chosen)
    assert (grid.rows, grid.cols) == (size["rows"], size["cols"])
    assert_solvable(grid)
    assert grid == generate(kind, **size, rng=rng_of(seed), **chosen)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ALL_KINDS)
@pytest.mark.parametrize(("rows", "cols"), [(2, 2), (3, 3), (2, 1024), (1024, 2), (1024, 1024)])
def test_extreme_sizes(kind, rows, cols):
    assert_solvable(generate(kind, rows=rows, cols=cols, rng=rng_of()))


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_another_seed_gives_another_map(kind):
    first, second = generate_many(kind, count=2, rows=20, cols=20, seed=0)
    assert first.with_goal(None).with_starts(()) != second.with_goal(None).with_starts(())


# With another release of NumPy the random numbers might change, and these with them.
DIGESTS = {
    "obstacles": "c4b46ed45bdcb89b",
    "noise": "214c43f9b9f4c555",
    "maze": "5fa781be94ffd045",
    "rooms": "9725d21c331a9f7f",
    "caves": "89dd49d1e9e486ed",
}


@pytest.mark.parametrize("kind", DIGESTS)
def test_the_same_seed_gives_the_same_maps_as_ever(kind):
    digest = hashlib.sha256()
    for grid in generate_many(kind, count=5, rows=23, cols=30, seed=11, starts=2):
        digest.update(grid.walls.tobytes() + repr((grid.goals, grid.starts)).encode())
    assert digest.hexdigest()[:16] == DIGESTS[kind]


TERRAIN_KINDS = [kind for kind in ALL_KINDS if kind not in DIGESTS]


@pytest.mark.parametrize("kind", TERRAIN_KINDS)
@pytest.mark.parametrize("side", [13, 28, 101])
def test_generated_terrain_matters(kind, side):
    dearer = []
    for grid in generate_many(kind, count=5, rows=side, cols=side + 4, seed=2):
        assert grid.terrain is not None
        assert not grid.terrain[grid.walls].any()
        plain = replace(grid, terrain=None, palette=STANDARD)
        exact = solve(grid, EIGHT).cost_to_go[grid.starts[0]]
        dearer.append(exact > solve(plain, EIGHT).cost_to_go[grid.starts[0]])
    assert all(dearer)


def test_hills_have_all_heights_in_equal_shares():
    grid = generate("hills", rows=90, cols=70, rng=rng_of(), peaks=0.1)
    assert grid.walls.mean() == pytest.approx(0.1, abs=0.002)
    counts = np.bincount(grid.terrain[grid.free], minlength=len(grid.palette))
    assert counts == pytest.approx([counts.mean()] * 5, abs=2)
    assert (np.diff(grid.palette.costs) > 0).all()
    # Heights are smooth: neighbours differ by little.
    heights = np.where(grid.walls, 5, grid.terrain).astype(int)
    assert np.abs(np.diff(heights, axis=0)).mean() < 0.4


@pytest.mark.parametrize("seed", range(10))
def test_a_river_is_crossed_at_fords_and_bridges_only(seed):
    water, road = 4, 0
    size = {"rows": 30, "cols": 41, "rivers": 1, "river_width": 3}
    grid = generate("rivers", **size, crossings=2, rng=rng_of(seed))
    kinds = np.where(grid.walls, 5, grid.terrain)
    assert {water, road} <= set(np.unique(kinds))
    assert ndimage.label(grid.free)[1] == 1
    crossing = np.isin(kinds, (water, road))
    # Without them no move joins the two banks, not even a diagonal one.
    regions, _ = ndimage.label(grid.free & ~crossing, structure=np.ones((3, 3)))
    assert len(set(regions[[0, 0, -1, -1], [0, -1, 0, -1]].tolist())) == 2


def test_without_rivers_there_is_grassland():
    grid = generate("rivers", rows=9, cols=12, rng=rng_of(), rivers=0)
    assert not grid.walls.any()
    assert set(grid.terrain.flat) == {1}


def test_patches_cover_their_share():
    covered = [
        (generate("patches", rows=80, cols=80, rng=rng_of(), cover=cover, rocks=0.0).terrain)
        for cover in (0.2, 0.6)
    ]
    few, many = ((terrain != 0).mean() for terrain in covered)
    assert 0.15 < few <= 0.2
    assert 0.4 < many <= 0.6
    assert generate("patches", rows=9, cols=9, rng=rng_of(), cover=0.0).terrain is None


@pytest.mark.parametrize("seed", range(5))
def test_roads_are_joined_and_go_through_doors(seed):
    grid = generate("roads", rows=40, cols=50, rng=rng_of(seed), roads=5, room_size=5)
    road = grid.free & (grid.terrain == 0)
    assert ndimage.label(road)[1] == 1
    assert road.sum() > 40


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_many_keep_their_maps_when_more_are_asked_for(kind):
    few = generate_many(kind, count=3, rows=12, cols=17, seed=5)
    more = generate_many(kind, count=7, rows=12, cols=17, seed=5)
    assert more[:3] == few
    assert len(set(more)) == 7
    assert generate_many(kind, count=3, rows=12, cols=17, seed=6) != few


def test_none_of_many():
    assert generate_many("noise", count=0, rows=8, cols=8, seed=0) == []


@pytest.mark.parametrize(
    ("side", "obstacles", "obstacle_size"), [(8, 30, 0), (16, 40, 1), (28, 50, 2)]
)
def test_obstacle_defaults_are_the_papers(side, obstacles, obstacle_size):
    assert KINDS["obstacles"].settings(rows=side, cols=side) == {
        "obstacles": obstacles,
        "obstacle_size": obstacle_size,
        "border": True,
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("side", "low", "high"),
    # avivt/VIN's test maps: 10.8 % at 8x8, about 17-20 % at 16x16 and 28x28.
    [(8, 0.10, 0.12), (16, 0.17, 0.23), (28, 0.17, 0.23), (100, 0.17, 0.23)],
)
def test_obstacle_density_is_the_papers(side, low, high):
    count = 1000 if side < 50 else 100
    maps = generate_many("obstacles", count=count, rows=side, cols=side, seed=0)
    inside = np.mean([grid.walls[1:-1, 1:-1].mean() for grid in maps])
    assert low < inside < high
    assert all(grid.walls[[0, -1]].all() and grid.walls[:, [0, -1]].all() for grid in maps)


def test_no_obstacles_leave_only_the_border():
    walls = generate_walls("obstacles", rows=6, cols=9, rng=rng_of(), obstacles=0)
    assert walls.sum() == 2 * 9 + 2 * 4
    walls = generate_walls("obstacles", rows=6, cols=9, rng=rng_of(), obstacles=0, border=False)
    assert not walls.any()


def test_noise_has_its_density():
    walls = generate_walls("noise", rows=200, cols=300, rng=rng_of(), density=0.37)
    assert walls.mean() == pytest.approx(0.37, abs=0.01)
    assert not generate_walls("noise", rows=9, cols=9, rng=rng_of(), density=0.0).any()
    assert (~generate_walls("noise", rows=9, cols=9, rng=rng_of(), density=1.0)).sum() == 2


def free_and_edges(walls):
    free = ~walls
    edges = (free[1:] & free[:-1]).sum() + (free[:, 1:] & free[:, :-1]).sum()
    return int(free.sum()), int(edges)


@pytest.mark.parametrize("rows", range(2, 21))
@pytest.mark.parametrize("cols", range(2, 21))
def test_a_closed_maze_is_a_tree_between_walls_one_cell_thick(rows, cols):
    for seed in range(4):
        walls = generate_walls("maze", rows=rows, cols=cols, rng=rng_of(seed))
        assert walls.shape == (rows, cols)
        cells, edges = free_and_edges(walls)
        assert edges == cells - 1
        assert ndimage.label(~walls)[1] == 1
        if min(rows, cols) > 2 and (rows, cols) != (3, 3):
            assert_thin_border(walls)


@pytest.mark.parametrize(("rows", "cols"), [(256, 255), (512, 384), (1024, 1024)])
def test_a_large_even_maze_is_a_tree_between_thin_walls(rows, cols):
    walls = generate_walls("maze", rows=rows, cols=cols, rng=rng_of(1))
    cells, edges = free_and_edges(walls)
    assert edges == cells - 1
    assert ndimage.label(~walls)[1] == 1
    assert_thin_border(walls)
    # Two rows or columns of corridors meet nowhere but in the doubled ones.
    assert (~walls).sum() > 0.45 * walls.size


def assert_thin_border(walls):
    """All of the outermost cells are walls, and no line of cells next to them is."""
    for turned in (walls, walls[::-1], walls.T, walls.T[::-1]):
        assert turned[0].all()
        assert not turned[1].all()


@pytest.mark.parametrize("openness", [0.1, 0.5, 1.0])
@pytest.mark.parametrize(("rows", "cols"), [(8, 8), (14, 9), (9, 14), (4, 30), (28, 28)])
def test_an_open_even_maze_keeps_its_border_and_hangs_together(rows, cols, openness):
    for seed in range(5):
        walls = generate_walls("maze", rows=rows, cols=cols, rng=rng_of(seed), openness=openness)
        assert ndimage.label(~walls)[1] == 1
        assert_thin_border(walls)


@pytest.mark.parametrize(("rows", "cols"), [(5, 5), (9, 31), (51, 51)])
def test_an_odd_maze_goes_through_every_odd_cell(rows, cols):
    walls = generate_walls("maze", rows=rows, cols=cols, rng=rng_of(3))
    assert not walls[1 : rows - 1 : 2, 1 : cols - 1 : 2].any()
    size = {"rows": rows, "cols": cols, "openness": 0.0}
    np.testing.assert_array_equal(walls, thick_walled_maze(**size, rng=rng_of(3)))


def test_openness_opens_its_share_of_the_walls():
    loops = []
    for openness in (0.0, 0.25, 0.5, 1.0):
        walls = generate_walls("maze", rows=21, cols=31, rng=rng_of(), openness=openness)
        cells, edges = free_and_edges(walls)
        loops.append(edges - cells + 1)
    # 10 x 15 nodes have 275 walls between them, 149 of which the tree opens.
    assert loops == [0, round(0.25 * 126), 63, 126]


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("maze", {"openness": 0.3}),
        ("rooms", {"room_size": 1, "doors": 1}),
        ("rooms", {"border": False}),
        ("caves", {}),
        ("caves", {"density": 0.55, "steps": 0}),
    ],
)
@pytest.mark.parametrize("seed", range(10))
def test_nothing_is_cut_off(kind, params, seed):
    rng = rng_of(seed)
    rows, cols = rng.integers(2, 60, 2).tolist()
    walls = generate_walls(kind, rows=rows, cols=cols, rng=rng, **params)
    assert ndimage.label(~walls)[1] == 1


def runs_of_free(line):
    edges = np.flatnonzero(np.diff(np.concatenate(([True], line, [True]))))
    return [end - start for start, end in pairwise(edges) if not line[start]]


def test_rooms_are_not_narrower_than_asked():
    walls = generate_walls("rooms", rows=60, cols=80, rng=rng_of(), room_size=7, doors=1)
    for line in (*walls, *walls.T):
        # A run of one cell is a door, seen along its wall.
        assert all(length == 1 or length >= 7 for length in runs_of_free(line))
    assert walls.mean() > 0.15


@pytest.mark.parametrize("density", [0.3, 0.44, 0.5])
def test_caves_are_roomy(density):
    for seed in range(5):
        walls = generate_walls("caves", rows=40, cols=60, rng=rng_of(seed), density=density)
        assert (~walls).mean() > 0.2
        assert walls[[0, -1]].all()


def test_uniform_placing_prefers_the_largest_region_and_reaches_all_of_it():
    walls = np.array([list(row) for row in ("..#...", "###...", "#.####")]) == "#"
    region = largest_region(walls)
    assert region.sum() == 6
    goals, starts = set(), set()
    for seed in range(200):
        grid = place_uniform(walls, rng_of(seed))
        assert_solvable(grid)
        goals.add(grid.goal)
        starts.update(grid.starts)
    assert goals == starts == {(int(row), int(col)) for row, col in np.argwhere(region)}


@pytest.mark.parametrize("placing", [place_apart, place_uniform])
def test_placing_refuses_walls_without_room(placing):
    with pytest.raises(VinguiError, match="need two free neighbouring cells"):
        placing(~np.eye(4, dtype=bool), rng_of())
    assert not largest_region(np.ones((3, 4), bool)).any()


@given(st.integers(2, 9), st.integers(2, 9), st.integers(0, 2**32))
def test_room_is_made_always_in_the_same_way(rows, cols, seed):
    walls = rng_of(seed).random((rows, cols)) < 0.95
    opened = make_room(walls.copy())
    assert free_and_edges(opened)[1] > 0
    assert not (opened & ~walls).any()
    assert (walls & ~opened).sum() <= 2
    assert np.array_equal(opened, make_room(walls.copy()))
    assert np.array_equal(opened, make_room(opened.copy()))


@pytest.mark.parametrize("kind", ALL_KINDS)
@pytest.mark.parametrize("side", [8, 13, 28, 101])
def test_a_generated_start_is_far_from_the_goal(kind, side):
    for grid in generate_many(kind, count=10, rows=side, cols=side + 3, seed=7):
        away = distances(grid.walls, grid.goal, EIGHT)
        farthest = away[largest_region(grid.walls)].max()
        assert away[grid.starts[0]] >= 0.75 * farthest
        for rule in RULES.values():
            assert solve(grid, rule).cost_to_go[grid.starts[0]] >= 0.75 * farthest


@pytest.mark.slow
@pytest.mark.parametrize("kind", ALL_KINDS)
@pytest.mark.parametrize("count", [2, 5, 12])
def test_generated_starts_are_far_from_each_other_too(kind, count):
    apart, anywhere = (
        [
            closest(grid)
            for grid in generate_many(
                kind, count=8, rows=30, cols=41, seed=3, starts=count, uniform=uniform
            )
        ]
        for uniform in (False, True)
    )
    assert np.mean(apart) > 1.5 * np.mean(anywhere)
    assert min(apart) > 2


def closest(grid):
    """The distance of the two closest of the goal and the starts."""
    cells = [grid.goal, *grid.starts]
    away = np.array([[distances(grid.walls, one, EIGHT)[two] for two in cells] for one in cells])
    return away[~np.eye(len(cells), dtype=bool)].min()


@pytest.mark.parametrize("uniform", [False, True])
def test_more_starts_than_there_is_room_for_are_as_many_as_there_is(uniform):
    grid = generate(
        "noise", rows=3, cols=4, rng=rng_of(), density=0.0, starts=MOST_STARTS, uniform=uniform
    )
    assert {grid.goal, *grid.starts} == {(row, col) for row in range(3) for col in range(4)}
    assert len(grid.starts) == 11


@pytest.mark.parametrize("placing", [place_apart, place_uniform])
@pytest.mark.parametrize("starts", [1, 3, 10])
def test_placing_is_the_same_for_the_same_seed(placing, starts):
    walls = generate_walls("caves", rows=25, cols=25, rng=rng_of())
    one, two = (placing(walls, rng_of(4), starts=starts) for _ in range(2))
    assert one == two
    assert len(one.starts) == starts
    assert one != placing(walls, rng_of(5), starts=starts)


def test_making_room_keeps_the_border_whole():
    opened = make_room(np.ones((7, 12), bool))
    assert (~opened).sum() == 2
    assert opened[[0, -1]].all()
    assert opened[:, [0, -1]].all()


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_the_table_is_complete(kind):
    assert kind.title
    assert kind.about
    for rows, cols in ((2, 2), (3, 700), (8, 8), (60, 33), (1024, 1024)):
        defaults = kind.settings(rows=rows, cols=cols)
        assert list(defaults) == [parameter.name for parameter in kind.parameters]
        for parameter in kind.parameters:
            assert parameter.title
            assert parameter.about
            value = defaults[parameter.name]
            assert type(value) is parameter.type
            assert parameter.checked(value) == value


def test_numpy_numbers_are_welcome():
    plain = generate("caves", rows=9, cols=9, rng=rng_of(), density=0.5, steps=2)
    density, steps = np.float32(0.5), np.int64(2)
    assert generate("caves", rows=9, cols=9, rng=rng_of(), density=density, steps=steps) == plain


@pytest.mark.parametrize(
    ("kind", "params", "message"),
    [
        (
            "swamp",
            {},
            "There is no kind of map 'swamp'; there are obstacles, noise, maze, rooms, caves",
        ),
        ("maze", {"density": 0.1}, "There is no parameter 'density' of maze; there are openness"),
        ("noise", {"density": 1.5}, "density must be a number from 0.0 to 1.0, not 1.5"),
        ("noise", {"density": float("nan")}, "density must be a number from 0.0 to 1.0, not nan"),
        ("noise", {"density": "much"}, "density must be a number from 0.0 to 1.0, not 'much'"),
        ("noise", {"density": True}, "density must be a number from 0.0 to 1.0, not True"),
        ("noise", {"border": 1}, "border must be true or false, not 1"),
        ("obstacles", {"obstacles": -1}, "obstacles must be a whole number from 0 to 20000"),
        ("obstacles", {"obstacle_size": 1.5}, "obstacle_size must be a whole number from 0 to 64"),
        ("rooms", {"doors": 0}, "doors must be a whole number from 1 to 8, not 0"),
        ("noise", {"rows": 1}, "A map must have 2x2 to 4096x4096 cells, not 1x8"),
        ("noise", {"cols": 5000}, "A map must have 2x2 to 4096x4096 cells, not 8x5000"),
    ],
)
def test_what_does_not_fit_is_refused(kind, params, message):
    with pytest.raises(VinguiError) as caught:
        generate(kind, **({"rows": 8, "cols": 8} | params), rng=rng_of())
    assert str(caught.value).startswith(message)
