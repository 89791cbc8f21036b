"""The network that learns costs: its encoders, its plans, and what demonstrations teach it."""

from dataclasses import asdict, replace
from types import SimpleNamespace

import numpy as np
import pytest

from vingui.core.demonstrations import random_demonstrations
from vingui.core.errors import VinguiError
from vingui.core.formats import write_map
from vingui.core.frame import MapFrame
from vingui.core.generate import generate
from vingui.core.grid import Demonstration, GridMap
from vingui.core.learned_costs import learned_costs
from vingui.core.moves import EIGHT, RULES
from vingui.core.oracle import solve
from vingui.core.rollout import rollout_all
from vingui.core.terrain import STANDARD
from vingui.core.terrain_pictures import SEEN, picture_of
from vingui.core.train_settings import TrainSettings
from vingui.net.backend import keras
from vingui.net.cost_vin import CostVIN, encode_seen
from vingui.net.demonstration_data import (
    DemonstrationData,
    _mirror,
    generated_demonstrations,
)
from vingui.net.keras_networks import load_model, network_of, untrained_cost_vin
from vingui.net.model_files import ModelFile
from vingui.net.planner import Planner
from vingui.net.seen_costs import SeenCosts
from vingui.net.train import new_model, train
from vingui.net.zoo import load_planner

LEARNING = TrainSettings(
    architecture="costs",
    maps="terrain",
    demonstrations=10,
    epochs=3,
    batches=40,
    batch_size=16,
    learning_rate=0.05,
    seed=1,
)


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    """What ten demonstrations teach a network that sees kinds of terrain."""
    model, *_ = train(LEARNING, checkpoint=tmp_path_factory.mktemp("at") / "checkpoint", verbose=0)
    return model


def random_model(sees):
    keras.utils.set_random_seed(3)
    model = untrained_cost_vin(EIGHT, sees)
    if sees == "kinds":
        model.encoder.log_costs.assign(np.random.default_rng(0).normal(0, 1, (256,)))
    return model


def terrain_of(side, seed=0, **options):
    return generate("patches", rows=side, cols=side, rng=np.random.default_rng(seed), **options)


def seen_map(sees, side, seed=0):
    """A map with what a network sees of it."""
    kind = "mountains" if sees == "elevation" else "patches"
    return generate(kind, rows=side, cols=side, rng=np.random.default_rng(seed))


def convolved(image, kernel, bias):
    """A 3x3 convolution of stride 2 with padding below and on the right, and a rectifier."""
    padded = np.pad(image, [(0, 1), (0, 1), (0, 0)])
    rows, cols = image.shape[0] // 2, image.shape[1] // 2
    result = np.zeros((rows, cols, kernel.shape[-1]))
    for row in range(rows):
        for col in range(cols):
            patch = padded[2 * row : 2 * row + 3, 2 * col : 2 * col + 3]
            result[row, col] = np.tensordot(patch, kernel, 3) + bias
    return np.maximum(result, 0)


def test_costs_of_pictures_are_those_of_the_equations():
    model, grid = random_model("picture"), terrain_of(5)
    image = picture_of(grid).transpose(0, 2, 1, 3, 4).reshape(40, 40, 3) / 255
    for layer in model.encoder.convolutions:
        image = convolved(image, *map(np.asarray, layer.get_weights()))
    kernel, bias = model.encoder.log_cost.get_weights()
    costs = np.exp(image @ kernel[0, 0, :, 0] + bias)
    np.testing.assert_allclose(SeenCosts.of(model)(grid), costs, rtol=1e-4)


def test_costs_of_heights_are_those_of_the_equations():
    model, grid = random_model("elevation"), seen_map("elevation", 9)
    encoder = model.encoder
    heights = np.pad(grid.elevation / 75, 1, mode="reflect", reflect_type="odd")
    around = [heights[down : down + 9, right : right + 9] for down, right in np.ndindex(3, 3)]
    rises = np.clip(np.stack(around[:4] + around[5:], axis=-1) - around[4][..., None], -2, 2)
    across, down = np.split(rises @ encoder.slopes.get_weights()[0][0, 0], 2, axis=-1)
    features = np.sqrt(across**2 + down**2 + 1e-6)
    for layer in encoder.convolutions:
        kernel, bias = layer.get_weights()
        features = np.maximum(features @ kernel[0, 0] + bias, 0)
    kernel, bias = encoder.log_cost.get_weights()
    costs = np.exp(features @ kernel[0, 0, :, 0] + bias)
    np.testing.assert_allclose(SeenCosts.of(model)(grid), costs, rtol=1e-4)
    assert costs.std() > 0.01


def test_costs_depend_on_slopes_and_on_nothing_else():
    model, grid = random_model("elevation"), seen_map("elevation", 12)
    costs = SeenCosts.of(model)(grid)
    for other in (
        replace(grid, elevation=grid.elevation + 1000),
        replace(grid, elevation=grid.elevation / 15, frame=MapFrame(5.0)),
        replace(grid, elevation=grid.elevation / 75, frame=None),
        replace(grid, terrain=None, walls=np.zeros((12, 12), bool)),
    ):
        np.testing.assert_allclose(SeenCosts.of(model)(other), costs, rtol=1e-3)
    # However steep, a cost is a finite number.
    assert np.isfinite(
        SeenCosts.of(model)(replace(grid, elevation=1e4 * (grid.elevation % 7)))
    ).all()


def test_a_map_without_elevation_is_refused_in_a_sentence():
    planner = Planner(network_of(random_model("elevation")), name="costs")
    with pytest.raises(VinguiError, match="reads costs from elevation, and the map has none"):
        planner.plan(terrain_of(12))


@pytest.mark.parametrize("sees", SEEN)
def test_a_large_map_is_seen_in_parts_as_it_is_seen_at_once(sees):
    model, grid = random_model(sees), seen_map(sees, 150)
    seen = encode_seen([grid], sees, unit=1)[..., 3:]
    whole = np.asarray(model.encoder(seen))[0]
    np.testing.assert_allclose(SeenCosts.of(model)(grid), whole, rtol=1e-4)
    assert whole.min() > 0


@pytest.mark.parametrize("sees", SEEN)
def test_costs_are_read_with_the_weights_of_a_file_as_with_the_model(sees, tmp_path):
    model, grid = random_model(sees), seen_map(sees, 40)
    for name, scale in (("one", 1), ("other", 1.3)):
        model.encoder.set_weights([scale * weight for weight in model.encoder.get_weights()])
        model.save(tmp_path / f"{name}.keras")
    files = [ModelFile.read(tmp_path / name) for name in ("one.keras", "other.keras")]
    one, other = map(SeenCosts.in_file, files)
    np.testing.assert_array_equal(other(grid), SeenCosts.of(model)(grid))
    assert np.abs(one(grid) - other(grid)).max() > 0.01
    broken = replace(files[0], weights={})
    with pytest.raises(VinguiError, match="do not fit its configuration: /encoder/"):
        SeenCosts.in_file(broken)


def steps_of(reading):
    return sum(1 for _ in reading)


@pytest.mark.parametrize("sees", SEEN)
def test_only_what_looks_different_is_read_again(sees):
    model, grid = random_model(sees), seen_map(sees, 100)
    seen = SeenCosts.of(model)
    assert steps_of(seen.read(grid)) == 16
    moved = replace(grid.with_goal((99, 0)), starts=((0, 99),), goal_values=(7,))
    assert steps_of(seen.read(moved)) == 0
    terrain = np.zeros((100, 100), np.uint8) if grid.terrain is None else grid.terrain.copy()
    terrain[40, 40] = 3 if terrain[40, 40] != 3 else 2
    walls = grid.walls.copy()
    walls[40, 40] = False
    elevation = None if grid.elevation is None else grid.elevation.copy()
    if elevation is not None:
        elevation[40, 40] += 30
    painted = replace(grid, walls=walls, terrain=terrain, elevation=elevation)
    assert steps_of(seen.read(painted)) == 1
    np.testing.assert_array_equal(seen(painted), SeenCosts.of(model)(painted))
    assert steps_of(seen.read(seen_map(sees, 40))) == 4
    np.testing.assert_array_equal(seen(grid), SeenCosts.of(model)(grid))


def test_reading_goes_on_where_it_was_interrupted():
    seen, grid = SeenCosts.of(random_model("picture")), terrain_of(100)
    reading = seen.read(grid)
    for _ in range(5):
        next(reading)
    reading.close()
    assert steps_of(seen.read(grid)) == 11


def test_other_scales_of_the_map_are_read_again():
    seen, grid = SeenCosts.of(random_model("elevation")), seen_map("elevation", 12)
    before = seen(grid)
    assert np.abs(seen(replace(grid, frame=MapFrame(1.0))) - before).max() > 0.01


@pytest.mark.parametrize("cost", [np.nan, np.inf])
def test_costs_that_are_no_numbers_are_refused_in_a_sentence(cost):
    model = random_model("kinds")
    model.encoder.log_costs.assign(np.full(256, cost))
    planner = Planner(network_of(model), name="costs")
    with pytest.raises(VinguiError, match="the costs that it reads are not finite numbers above 0"):
        planner.plan(terrain_of(12))


@pytest.mark.parametrize("engine", ["numba", "keras"])
def test_a_run_has_the_learned_costs_near_the_true_ones(learned, engine):
    planner, grid = Planner(network_of(learned), name="learned", engine=engine), terrain_of(16)
    run, free = planner.plan(grid), grid.free
    costs = learned_costs(run)
    np.testing.assert_allclose(
        costs[free], run.cost_scale * SeenCosts.of(learned)(grid)[free], 1e-5
    )
    assert np.isneginf(costs[~free]).all()
    assert np.corrcoef(costs[free], grid.costs[free])[0, 1] > 0.9
    np.testing.assert_allclose(costs[free].mean(), grid.costs[free].mean(), rtol=0.2)


@pytest.mark.parametrize("sees", SEEN)
def test_the_engine_plans_as_the_layers_do(sees):
    model = random_model(sees)
    ours, theirs = (
        Planner(network_of(model), name="costs", engine=engine) for engine in ("numba", "keras")
    )
    two = replace(seen_map(sees, 14), goals=((0, 0), (13, 13)), goal_values=(3, -1))
    grid = replace(two, walls=two.walls & (np.indices((14, 14)).sum(axis=0) % 26 > 0))
    one, other = (planner.plan(grid) for planner in (ours, theirs))
    assert one.latest == other.latest
    for k in other.kept:
        np.testing.assert_allclose(one.values_at(k)[1], other.values_at(k)[1], rtol=1e-4)


@pytest.mark.parametrize("sees", SEEN)
def test_it_is_not_told_what_kinds_cost(sees):
    planner, grid = Planner(network_of(random_model(sees)), name="costs"), seen_map(sees, 16)
    dearer = tuple(replace(kind, cost=7 * kind.cost) for kind in grid.palette)
    other = replace(grid, palette=replace(STANDARD, kinds=dearer))
    actions = [planner.greedy_actions(one, iterations=None) for one in (grid, other)]
    np.testing.assert_array_equal(*actions)


def test_ten_demonstrations_teach_the_costs_of_terrain(learned):
    costs = np.exp(learned.encoder.log_costs.numpy())[: len(STANDARD)]
    assert (np.diff(costs) > 0).all()
    np.testing.assert_allclose(
        costs / costs.mean(), STANDARD.costs / STANDARD.costs.mean(), atol=0.6
    )
    planner, ratios = Planner(network_of(learned), name="learned"), []
    for grid in generated_demonstrations(100, rows=16, cols=16, seed=99):
        oracle = solve(grid, EIGHT)
        rollouts = rollout_all(grid, planner.greedy_actions(grid, iterations=None), EIGHT, oracle)
        start = grid.starts[0]
        ratios.append(rollouts.costs[start] / oracle.cost_to_go[start])
    assert np.mean(np.array(ratios) < 1 + 1e-9) >= 0.75
    assert np.mean(ratios) < 1.01


def test_it_is_saved_and_loaded_without_code_from_the_file(tmp_path, learned):
    learned.save(tmp_path / "mine.keras")
    again = load_model(tmp_path / "mine.keras")
    assert isinstance(again, CostVIN)
    for one, other in zip(learned.weights, again.weights, strict=True):
        np.testing.assert_array_equal(one, other)
    planner, card = load_planner(str(tmp_path / "mine.keras"))
    assert card is None
    grid = terrain_of(20, seed=4)
    np.testing.assert_array_equal(
        planner.greedy_actions(grid, iterations=None),
        Planner(network_of(learned), name="mine").greedy_actions(grid, iterations=None),
    )


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_before_it_learns_it_moves_as_the_shipped_network_of_its_rule(rule):
    model = untrained_cost_vin(rule, "kinds")
    planner = Planner(network_of(model), name="untrained")
    grid = replace(terrain_of(24, seed=2), terrain=None)
    oracle = solve(grid, rule)
    rollouts = rollout_all(grid, planner.greedy_actions(grid, iterations=None), rule, oracle)
    np.testing.assert_allclose(rollouts.costs, oracle.cost_to_go)


@pytest.mark.parametrize("sees", SEEN)
def test_batches_depend_on_seed_epoch_and_index_alone(sees):
    def data():
        maps = "mountains" if sees == "elevation" else "terrain"
        grids = generated_demonstrations(6, maps=maps, rows=8, cols=9, seed=0)
        return DemonstrationData(grids, sees=sees, rule=EIGHT, batch_size=4, batches=5, seed=7)

    one, other = data(), data()
    other[0]
    for index in (1, 3):
        (inputs, labels), (same, same_labels) = one[index], other[index]
        np.testing.assert_array_equal(inputs, same)
        np.testing.assert_array_equal(labels["path"], same_labels["path"])
    one.epoch = 1
    assert not np.array_equal(one[1][0], other[1][0])


@pytest.mark.parametrize("sees", ["kinds", "picture"])
def test_mirrored_maps_are_the_same_worlds_seen_in_mirrors(sees):
    grids = generated_demonstrations(3, rows=6, cols=9, seed=1)
    options = {"sees": sees, "rule": EIGHT, "batch_size": 3, "batches": 8, "seed": 0}
    plain, mirrored = (
        DemonstrationData(grids, **options),
        DemonstrationData(grids, mirrored=True, **options),
    )
    kinds = set()
    for index in range(8):
        (cells, labels), (other, others) = plain[index], mirrored[index]
        for one, path, two, its in zip(cells, labels["path"], other, others["path"], strict=True):
            visited = path[:, 0] >= 0
            flips = [
                flips
                for flips in ((), (0,), (1,), (0, 1))
                if np.array_equal(np.flip(one[..., :3], flips), two[..., :3])
            ]
            assert flips
            kinds.add(flips[0])
            for axis in flips[0]:
                path[visited, axis] = one.shape[axis] - 1 - path[visited, axis]
            assert np.array_equal(path, its)
            if sees == "picture" and not flips[0]:
                assert np.abs(one - two).max() < 1e-6
            assert two[..., 0][tuple(its[visited].T)].max() == 0
            assert two[tuple(its[visited][-1])][1] == 1
    assert kinds == {(), (0,), (1,), (0, 1)}


def test_maps_too_large_for_the_memory_are_refused_before_they_are_seen(monkeypatch):
    grids = generated_demonstrations(4, rows=32, cols=32, seed=3)
    monkeypatch.setattr("vingui.net.demonstration_data.free_memory", lambda: 4 * 32 * 32 * 8000)
    options = {"sees": "picture", "rule": EIGHT, "batch_size": 4, "batches": 1, "seed": 0}
    DemonstrationData(grids, **options)
    monkeypatch.setattr("vingui.net.demonstration_data.free_memory", lambda: 1 << 20)
    with pytest.raises(VinguiError, match=r"^To learn from 4 paths at once on maps of 32x32 cells"):
        DemonstrationData(grids, **options)


def test_a_mirrored_picture_is_mirrored_pixel_by_pixel():
    grid = generated_demonstrations(1, rows=5, cols=7, seed=3)[0]
    cells = encode_seen([grid], "picture", unit=1)[0]
    pixels = cells[..., 3:].reshape(5, 7, 8, 8, 3).transpose(0, 2, 1, 3, 4).reshape(40, 56, 3)
    path = np.array([[0, 1], [1, 2], [-1, -1]], np.int32)
    rng = SimpleNamespace(random=np.zeros)
    _mirror(cells, path, rng)
    after = cells[..., 3:].reshape(5, 7, 8, 8, 3).transpose(0, 2, 1, 3, 4).reshape(40, 56, 3)
    assert np.array_equal(after, pixels[::-1, ::-1])
    assert path.tolist() == [[4, 5], [3, 4], [-1, -1]]


def test_labels_are_paths_from_a_start_to_a_goal():
    grids = generated_demonstrations(8, rows=9, cols=9, seed=0)
    data = DemonstrationData(grids, sees="kinds", rule=EIGHT, batch_size=8, batches=1, seed=0)
    inputs, labels = data[0]
    for grid, path in zip(inputs, labels["path"], strict=True):
        cells = path[path[:, 0] >= 0]
        assert np.abs(np.diff(cells, axis=0)).max() == 1
        assert grid[(*cells[-1], 1)] == 1
        assert (grid[tuple(cells.T)][:, 0] == 0).all()


def data_of(*grids, sees="kinds", batch_size=8):
    options = {"rule": EIGHT, "batch_size": batch_size, "batches": 1, "seed": 0}
    return DemonstrationData(grids, sees=sees, **options)


@pytest.mark.parametrize("sees", SEEN)
def test_a_map_with_demonstrations_teaches_these(sees):
    grid = seen_map(sees, 9)
    shown = random_demonstrations(grid, 20, EIGHT, np.random.default_rng(3))
    data = data_of(grid.with_demonstrations(shown), sees=sees, batch_size=20)
    inputs, labels = data[0]
    assert (len(data.grids), data.left_out) == (20, 0)
    taught = set()
    for seen, path, one in zip(inputs, labels["path"], data.maps(0), strict=True):
        cells = [(row, col) for row, col in path.tolist() if row >= 0]
        taught.add(tuple(cells))
        assert one.goals == (cells[-1],)
        assert np.argwhere(seen[..., 1]).tolist() == [list(cells[-1])]
        # The noise of pictures apart, it is seen as it is planned on.
        expected = encode_seen([one], sees, unit=1)[0]
        np.testing.assert_array_equal(seen[..., :3], expected[..., :3])
    assert taught == {each.cells for each in shown}
    assert len(data._seen) == 1


def test_all_batches_have_the_length_of_the_longest_path():
    paths = [Demonstration(tuple((0, col) for col in range(n))) for n in (2, 2, 2, 2, 2, 9)]
    data = data_of(GridMap(np.zeros((3, 9), bool), demonstrations=tuple(paths)), batch_size=1)
    assert {data[index][1]["path"].shape for index in range(20)} == {(1, 9, 2)}


def test_demonstrations_count_before_starts_and_need_no_goal():
    with_starts = terrain_of(9)
    shown = random_demonstrations(with_starts, 2, EIGHT, np.random.default_rng(0))
    both = with_starts.with_demonstrations(shown)
    data = data_of(both, with_starts, both.with_goal(None))
    assert [tuple(map(tuple, path.tolist())) for path in data.paths[:2]] == [
        each.cells for each in shown
    ]
    assert [grid.goals for grid in data.grids] == [
        *((each.end,) for each in shown),
        with_starts.goals,
        *((each.end,) for each in shown),
    ]


def test_blocked_demonstrations_are_left_out_and_counted():
    walls = np.zeros((5, 5), bool)
    walls[2, 1:4] = True
    good, blocked = Demonstration(((0, 0), (1, 0), (2, 0))), Demonstration(((1, 1), (2, 1)))
    data = data_of(GridMap(walls, demonstrations=(blocked, good, blocked)))
    assert data.left_out == 2
    assert data.note == (
        "2 of 3 demonstrated paths left out. The first: The demonstration goes through the wall at "
        "row 2, col 1."
    )
    assert data_of(GridMap(walls, demonstrations=(good,))).note == ""
    assert [path.tolist() for path in data.paths] == [[[0, 0], [1, 0], [2, 0]]]
    complaint = "None of 2 demonstrations can be learned from. The first: The demonstration goes "
    with pytest.raises(VinguiError, match=complaint + "through the wall at row 2, col 1"):
        data_of(GridMap(walls, demonstrations=(blocked, blocked)))


def test_a_path_through_the_goal_of_the_map_goes_on():
    path = Demonstration(((0, 0), (0, 1), (0, 2)))
    inputs, labels = data_of(GridMap(np.zeros((4, 4), bool), ((0, 1),), demonstrations=(path,)))[0]
    assert labels["path"].tolist() == [[[0, 0], [0, 1], [0, 2]]]
    assert np.argwhere(inputs[0, ..., 1]).tolist() == [[0, 2]]


def test_demonstrations_on_one_map_teach_the_costs_of_terrain(tmp_path):
    grid = terrain_of(16, seed=5)
    shown = random_demonstrations(grid, 30, EIGHT, np.random.default_rng(1))
    row, col = np.argwhere(grid.walls)[0].tolist()
    blocked = Demonstration(((row, col), (row + 1, col)))
    write_map(tmp_path / "mine.json", grid.with_demonstrations((blocked, *shown)))
    mine = replace(LEARNING, maps=str(tmp_path / "mine.json"))
    notes = []
    model, *_ = train(mine, checkpoint=tmp_path / "c", verbose=0, on_note=notes.append)
    assert len(notes) == 1
    assert notes[0].startswith("1 of 31 demonstrated paths left out.")
    costs = np.exp(model.encoder.log_costs.numpy())[: len(STANDARD)]
    assert (np.diff(costs) > 0).all()


@pytest.mark.parametrize(
    ("grids", "complaint"),
    [
        (
            [GridMap(np.zeros((4, 4), bool), (), ((0, 0),))],
            "demonstrations or a goal, but map 0 has neither",
        ),
        (
            [GridMap(np.zeros((n, 4), bool), ((0, 0),), ((1, 1),)) for n in (4, 5)],
            "map 1 has another size",
        ),
        (
            [GridMap(np.zeros((4, 4), bool), ((0, 0),))],
            "None of 1 map has a demonstration, or a start",
        ),
    ],
)
def test_maps_that_demonstrate_nothing_are_refused(grids, complaint):
    with pytest.raises(VinguiError, match=complaint):
        DemonstrationData(grids, sees="kinds", rule=EIGHT, batch_size=1, batches=1, seed=0)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"architecture": "dynamic"}, "terrain are for the architecture costs"),
        ({"architecture": "vin", "maps": "mountains"}, "mountains are for the architecture costs"),
        ({"sees": "elevation"}, "terrain have no elevation to learn costs from"),
        ({"maps": "mixed"}, "mixed have no terrain"),
        ({"sees": "smell"}, "kinds or picture or elevation of a map, not 'smell'"),
        ({"demonstrations": 0}, "demonstrations must be 1 or more"),
    ],
)
def test_settings_that_teach_nothing_are_refused(changes, complaint):
    with pytest.raises(VinguiError, match=complaint):
        replace(LEARNING, **changes)


def test_the_same_settings_make_the_same_weights(tmp_path, learned):
    again, *_ = train(LEARNING, checkpoint=tmp_path / "checkpoint", verbose=0)
    np.testing.assert_array_equal(again.encoder.log_costs, learned.encoder.log_costs)
    assert asdict(LEARNING)["demonstrations"] == 10
    assert not np.array_equal(new_model(LEARNING).encoder.log_costs, learned.encoder.log_costs)
