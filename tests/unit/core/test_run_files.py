"""A run as arrays, tables and a record: all of it, exactly, whole or not at all."""

import csv
import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest

from vingui.core.cards import shipped_models
from vingui.core.embedding import COMMENT_LINE, read_recipe
from vingui.core.errors import VinguiError
from vingui.core.formats import read_map
from vingui.core.frame import MapFrame
from vingui.core.grid import Demonstration, GridMap
from vingui.core.learned_costs import LearnedCosts
from vingui.core.moves import EIGHT
from vingui.core.oracle import solve
from vingui.core.planner_protocol import (
    ExactSolution,
    GreedyActions,
    LayerValues,
    PlanFinished,
    PolicyReadout,
    Values,
)
from vingui.core.readouts import BEST, LEARNED_COST
from vingui.core.recipe import Recipe
from vingui.core.rollout import NO_ACTION
from vingui.core.run import Run
from vingui.core.run_files import TABLES, run_record, save_arrays, save_record, save_table
from vingui.core.value_history import figures

WALLS = np.zeros((4, 6), bool)
WALLS[2, :4] = WALLS[1, 4] = WALLS[0, 4] = True
FRAME = MapFrame(0.05, (-1.5, 2.25, 0.3))
GRID = GridMap(WALLS, ((0, 0),), ((3, 0), (0, 5), (0, 2)), FRAME)
WORLD = GridMap(
    WALLS,
    ((0, 0), (3, 5)),
    ((1, 0),),
    terrain=np.where(WALLS, np.uint8(0), np.uint8(2)),
    goal_values=(0, 2.5),
    demonstrations=(Demonstration(((1, 0), (0, 0))), Demonstration(((3, 5), (3, 4), (2, 4)))),
    elevation=np.linspace(-1, 100, 24, dtype=np.float32).reshape(4, 6),
)
LAST = 9


def readout_of(values, grid, k):
    padded = np.pad(values, 1, constant_values=-np.inf)
    rows, cols = values.shape
    onward = [padded[1 + r : 1 + r + rows, 1 + c : 1 + c + cols] for r, c in EIGHT.deltas.tolist()]
    q = np.where(EIGHT.legal(grid.walls), np.stack(onward, -1), -np.inf) - EIGHT.costs
    says = np.isfinite(q.max(-1))
    says[grid.goal] = False
    actions = np.where(says, q.argmax(-1), NO_ACTION).astype(np.int8)
    policy = np.eye(8, dtype=np.float32)[np.maximum(actions, 0)] * says[..., None]
    reward = np.broadcast_to(-EIGHT.costs.astype(np.float32), q.shape)
    readout = PolicyReadout(1, k, 0, 0, reward, q.astype(np.float32), policy)
    return readout, GreedyActions(1, k, actions, np.empty(0, np.uint8))


def make_run(grid=GRID, *, finished=True, cost_scale=math.nan):
    """Value iteration without a network, and what is known of V_3 and of the last."""
    frames = [np.full(grid.walls.shape, -np.inf, np.float32)]
    frames[0][grid.goal] = 0
    for k in range(LAST):
        values = readout_of(frames[-1], grid, k)[0].q.max(-1)
        values[grid.goal] = 0
        frames.append(values)
    numbers = figures(frames[0], np.array(frames[1:]), grid.free)
    ks = np.arange(1, LAST + 1)
    values = Values(1, "made-up", "8", 1, *numbers, ks, tuple(frames[1:]), cost_scale=cost_scale)
    run = Run(grid, values)
    if finished:
        oracle = solve(grid, EIGHT)
        run.take(ExactSolution(1, oracle.cost_to_go, oracle.optimal))
        for reply in readout_of(frames[3], grid, 3):
            run.take(reply)
        readout, greedy = readout_of(frames[-1], grid, LAST)
        run.take(readout)
        run.take(PlanFinished(1, LAST, True, 8, 8, greedy.actions, 0.1))
    return run


@pytest.fixture(scope="module")
def run():
    return make_run()


@pytest.fixture(scope="module")
def recipe():
    return Recipe(
        kind="data",
        grid=GRID,
        name="yard",
        model="made-up",
        sha256="ab" * 32,
        rule="8",
        iterations=LAST,
        memory=1 << 28,
        options={},
        versions={"numpy": "2"},
        suffix=".npz",
    )


def test_arrays_are_those_of_the_run(tmp_path, run, recipe):
    save_arrays(run, tmp_path / "run.npz", recipe)
    with np.load(tmp_path / "run.npz", allow_pickle=False) as file:
        arrays = dict(file)
    assert {name: (array.dtype.name, array.shape) for name, array in arrays.items()} == {
        "walls": ("bool", (4, 6)),
        "goal": ("int64", (2,)),
        "starts": ("int64", (3, 2)),
        "iterations": ("int64", (LAST,)),
        "values": ("float32", (LAST, 4, 6)),
        "changes": ("float64", (LAST,)),
        "reward": ("float32", (4, 6, 8)),
        "q": ("float32", (4, 6, 8)),
        "policy": ("float32", (4, 6, 8)),
        "actions": ("int8", (4, 6)),
        "cost_to_go": ("float64", (4, 6)),
        "optimal": ("bool", (4, 6, 8)),
        "trajectories": ("int64", (arrays["trajectory_cells"].sum(), 2)),
        "trajectory_cells": ("int64", (3,)),
        "outcomes": ("str512", (3,)),
        "resolution": ("float64", ()),
        "origin": ("float64", (3,)),
        "recipe": ("uint8", (len(arrays["recipe"]),)),
    }
    np.testing.assert_array_equal(arrays["walls"], WALLS)
    for place, k in enumerate(run.kept):
        np.testing.assert_array_equal(arrays["values"][place], run.values_at(k)[1])
    np.testing.assert_array_equal(arrays["changes"], run.changes)
    readout = run.readouts.of_cell(LAST, (0, 0))
    for name in ("reward", "q", "policy"):
        np.testing.assert_array_equal(arrays[name], getattr(readout, name))
    np.testing.assert_array_equal(arrays["actions"], run.readouts.actions(LAST))
    np.testing.assert_array_equal(arrays["cost_to_go"], run.oracle.cost_to_go)
    walks = run.trajectories(GRID.starts, LAST)
    pieces = np.split(arrays["trajectories"], arrays["trajectory_cells"].cumsum()[:-1])
    for walk, piece in zip(walks, pieces, strict=True):
        np.testing.assert_array_equal(piece, walk.path)
    assert arrays["outcomes"].tolist() == [walk.outcome.value for walk in walks]
    assert (float(arrays["resolution"]), tuple(arrays["origin"])) == (0.05, FRAME.origin)
    recipe = replace(recipe, options={"values": "last"})
    assert bytes(arrays["recipe"]).decode() == recipe.encoded()
    assert read_recipe(tmp_path / "run.npz").encoded() == recipe.encoded()


def test_every_array_is_described(tmp_path, run, recipe):
    save_arrays(run, tmp_path / "run.npz", recipe)
    save_arrays(make_run(WORLD), tmp_path / "world.npz")
    with np.load(tmp_path / "run.npz") as arrays, np.load(tmp_path / "world.npz") as more:
        assert set(more) - set(arrays) == {
            *("terrain", "palette", "goals", "goal_values"),
            *("demonstrations", "demonstration_cells", "elevation"),
        }
        for name in (*arrays, *more):
            assert re.search(rf"`{name} \(", save_arrays.__doc__), name


def test_learned_costs_are_in_the_data_of_runs_that_have_them(tmp_path, recipe):
    grid = replace(WORLD, goals=((0, 0),), goal_values=())
    read = np.linspace(1, 4, 24, dtype=np.float32).reshape(4, 6)
    costs = LearnedCosts(grid, read)
    run = make_run(grid, cost_scale=costs.scale)
    run.take(LayerValues(1, 0, LEARNED_COST, BEST, 1, costs.scaled))
    save_arrays(run, tmp_path / "run.npz", recipe)
    with np.load(tmp_path / "run.npz") as arrays:
        np.testing.assert_array_equal(arrays["learned_costs"], costs.scaled)
        np.testing.assert_allclose(arrays["learned_costs"][~WALLS], costs.scale * read[~WALLS])
        assert arrays["cost_scale"] == costs.scale
        for name in ("learned_costs", "cost_scale"):
            assert re.search(rf"`{name} \(", save_arrays.__doc__), name
    assert run_record(run)["outcome"]["cost_scale"] == costs.scale
    assert "cost_scale" not in run_record(make_run(grid))["outcome"]


def test_of_an_unfinished_run_and_a_plain_map_what_is_known_is_written(tmp_path):
    run = make_run(GridMap(WALLS, ((0, 0),)), finished=False)
    save_arrays(run, tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz") as arrays:
        assert set(arrays) == {
            *("walls", "goal", "starts", "iterations", "values", "changes"),
            *("trajectories", "trajectory_cells", "outcomes"),
        }
        assert arrays["starts"].shape == arrays["trajectories"].shape == (0, 2)


@pytest.mark.parametrize(
    "grid", [GRID, GRID.with_starts(()), GridMap(WALLS, ((3, 5),), ((1, 0),)), WORLD]
)
def test_the_map_of_a_run_is_read_from_its_files(tmp_path, grid):
    run = make_run(grid)
    for save, name in ((save_arrays, "run.npz"), (save_record, "run.json")):
        save(run, tmp_path / name)
        assert read_map(tmp_path / name) == grid


def test_the_same_run_makes_the_same_bytes(tmp_path, run, recipe):
    for name in ("a", "b"):
        save_arrays(run, tmp_path / f"{name}.npz", recipe)
        save_table(run, tmp_path / f"{name}.csv", recipe=recipe)
        save_record(run, tmp_path / f"{name}.json", recipe)
    for suffix in (".npz", ".csv", ".json"):
        one, other = (tmp_path / f"{name}{suffix}" for name in ("a", "b"))
        assert one.read_bytes() == other.read_bytes()


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


@pytest.mark.parametrize("k", [None, LAST, 3, 1000])
def test_a_table_of_trajectories_holds_every_cell_of_every_walk(tmp_path, run, recipe, k):
    save_table(run, tmp_path / "run.csv", k=k, recipe=recipe)
    rows = rows_of(tmp_path / "run.csv")
    shown = 3 if k == 3 else LAST
    walks = run.trajectories(GRID.starts, shown)
    assert list(rows[0]) == ["start", "step", "row", "col", "cost", "outcome", "x", "y"]
    for number, walk in enumerate(walks, start=1):
        mine = [row for row in rows if row["start"] == str(number)]
        assert [[int(row["row"]), int(row["col"])] for row in mine] == walk.path.tolist()
        assert [int(row["step"]) for row in mine] == list(range(len(walk.path)))
        assert float(mine[0]["cost"]) == 0
        assert float(mine[-1]["cost"]) == walk.length
        assert {row["outcome"] for row in mine} == {walk.outcome.value}
        metres = [[float(row["x"]), float(row["y"])] for row in mine]
        np.testing.assert_array_equal(metres, FRAME.world(walk.path, GRID.rows))
    assert {walk.outcome.value for walk in walks} >= {"reached"}
    again = read_recipe(tmp_path / "run.csv")
    assert again.options == {"table": "trajectories", "k": shown}


def test_metres_are_left_out_of_a_map_without_a_frame(tmp_path):
    save_table(make_run(GridMap(WALLS, ((0, 0),), ((0, 2),))), tmp_path / "run.csv")
    text = (tmp_path / "run.csv").read_text()
    assert text == "start,step,row,col,cost,outcome\n" + "".join(
        f"1,{step},0,{2 - step},{float(step)},reached\n" for step in range(3)
    )


def test_a_map_without_starts_has_a_table_of_the_head_alone(tmp_path):
    save_table(make_run(GridMap(WALLS, ((0, 0),))), tmp_path / "run.csv")
    assert (tmp_path / "run.csv").read_text() == "start,step,row,col,cost,outcome\n"


@pytest.mark.parametrize("k", [None, 2])
def test_a_table_of_values_reads_back_as_the_same_numbers(tmp_path, run, recipe, k):
    save_table(run, tmp_path / "run.csv", what="values", k=k, recipe=recipe)
    with (tmp_path / "run.csv").open(newline="") as file:
        lines = list(csv.reader(line for line in file if not line.startswith("#")))
    values = np.array(
        [[np.float32(cell) if cell else -np.inf for cell in line] for line in lines], np.float32
    )
    np.testing.assert_array_equal(values, run.values_at(k or LAST)[1])
    again = np.genfromtxt(tmp_path / "run.csv", delimiter=",", dtype=np.float32)
    np.testing.assert_array_equal(np.nan_to_num(again, nan=-np.inf), values)
    assert read_recipe(tmp_path / "run.csv").options == {"table": "values", "k": k or LAST}
    assert (tmp_path / "run.csv").read_text().count(COMMENT_LINE) == 1


def test_there_are_no_other_tables_and_none_of_a_policy_that_is_not_known(tmp_path, run):
    with pytest.raises(VinguiError, match="trajectories, values"):
        save_table(run, tmp_path / "run.csv", what="q")
    with pytest.raises(VinguiError, match="policy at k = 2 is not known yet"):
        save_table(run, tmp_path / "run.csv", k=2)
    assert TABLES == ("trajectories", "values")
    assert not list(tmp_path.iterdir())


def test_the_record_tells_the_map_the_model_the_settings_and_all_outcomes(tmp_path, run, recipe):
    card = shipped_models()[0]
    save_record(run, tmp_path / "run.json", recipe, card)
    record = json.loads((tmp_path / "run.json").read_text())
    assert record == json.loads(json.dumps(run_record(run, recipe, card)))
    (tmp_path / "map.json").write_text(json.dumps(record["map"]))
    assert read_map(tmp_path / "map.json") == GRID
    assert record["model"]["name"] == "made-up"
    assert record["model"]["sha256"] == recipe.sha256
    assert record["model"]["card"]["title"] == card.title
    assert record["settings"] == {"rule": "8", "iterations": LAST, "memory": 1 << 28}
    assert record["outcome"]["converged"] is True
    walks = run.trajectories(GRID.starts, LAST)
    for told, walk in zip(record["trajectories"], walks, strict=True):
        assert told["path"] == walk.path.tolist()
        assert (told["outcome"], told["length"]) == (walk.outcome.value, walk.length)
        assert told["words"]
    totals = record["totals"]
    assert totals["cells"] == GRID.free.sum()
    assert totals["reached"] == totals["optimal"] == totals["reachable"]
    assert totals["reachable"] == np.isfinite(run.oracle.cost_to_go).sum()
    assert totals["mean_excess"] == pytest.approx(0, abs=1e-6)
    assert read_recipe(tmp_path / "run.json").encoded() == recipe.encoded()


def test_the_record_keeps_a_cell_on_a_line(tmp_path, run, recipe):
    save_record(run, tmp_path / "run.json", recipe)
    lines = (tmp_path / "run.json").read_text().splitlines()
    assert sum(re.fullmatch(r"\s+\[\d+, \d+\],?", line) is not None for line in lines) > 10


def test_the_record_of_an_unfinished_run_says_what_is_not_known(tmp_path):
    record = run_record(make_run(finished=False))
    assert record["totals"] is record["recipe"] is record["name"] is None
    assert record["trajectories"] == []
    assert record["outcome"]["converged"] is False


@pytest.mark.parametrize("name", ["run", "run.dat"])
def test_the_file_has_the_name_that_was_asked_for(tmp_path, run, name):
    for save in (save_arrays, save_table, save_record):
        save(run, tmp_path / name)
        assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("save", [save_arrays, save_table, save_record])
def test_a_failure_leaves_the_file_as_it_was_and_nothing_beside_it(
    tmp_path, run, save, monkeypatch
):
    file = tmp_path / "run.out"
    file.write_bytes(b"before")

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(VinguiError, match=r"^run\.out: .*No space left on device$"):
        save(run, file)
    assert file.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [file]
    with pytest.raises(VinguiError, match=r"^run\.out: The file cannot be written"):
        save(run, tmp_path / "nowhere" / "run.out")
