"""Arguments of every kind: what fits is taken, and anything else is refused in one sentence."""

import copy
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import vingui

WALLS = np.zeros((8, 8), bool)
WALLS[4, :6] = True


@pytest.fixture(scope="module")
def model():
    return vingui.load_model("dynamic-8")


@pytest.fixture(scope="module")
def plan(model):
    return vingui.plan(WALLS, goal=(7, 0), starts=[(0, 0)], model=model)


@pytest.mark.parametrize(
    "walls",
    [
        WALLS.astype(np.uint8),
        WALLS.astype(float),
        WALLS.tolist(),
        WALLS.astype(int).tolist(),
        tuple(map(tuple, WALLS.tolist())),
    ],
)
def test_walls_of_any_kind_are_taken(walls, model, plan):
    made = vingui.plan(walls, goal=np.array([7, 0]), starts=(0, 0), model=model)
    assert made.map == plan.map


def test_cells_of_any_kind_are_taken(model):
    free = np.argwhere(~WALLS)
    made = vingui.plan(
        WALLS,
        goal=[(np.int64(7), np.uint8(0)), (0, 7)],
        starts=free,
        model=model,
        iterations=np.int64(3),
    )
    assert made.map.goals == ((7, 0), (0, 7))
    assert len(made.outcomes) == len(free)
    assert made.iterations == 3
    assert len(vingui.plan(WALLS, goal=(7, 0), starts=iter(free[:3]), model=model).outcomes) == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"source": [[0, 1], [0]]}, "The rows of walls must have one length"),
        ({"source": np.full((4, 4), np.nan)}, "Walls must not be NaN"),
        ({"source": np.array([["a", "b"], ["c", "d"]])}, "Walls must be numbers, or True and"),
        ({"source": np.zeros((1, 1))}, "Walls must have 2x2 to 4096x4096 cells, not 1x1"),
        ({"source": np.zeros((2, 2, 2))}, "walls with rows and columns, not of the shape (2, 2"),
        ({"source": None}, "walls with rows and columns, not None"),
        ({"source": ""}, "path must be the path of a file, not ''"),
        ({"goal": (4, 0)}, "The goal lies in a wall, at row 4, col 0"),
        ({"goal": (7.0, 0)}, "The goal must be a (row, col) of whole numbers"),
        ({"goal": [(1, 2), (3,)]}, "A goal is a (row, col), or there are several of these"),
        ({"starts": 3}, "A start is a (row, col), or there are several of these, not 3"),
        ({"starts": "abc"}, "A start is a (row, col)"),
        ({"starts": [(4, 1)]}, "The start lies in a wall"),
        ({"iterations": 0}, 'K must be a whole number from 1, "own" or "auto", not 0'),
        ({"iterations": 1.5}, "K must be a whole number"),
        ({"iterations": None}, "K must be a whole number"),
        ({"iterations": True}, "K must be a whole number"),
        ({"moves": 4}, 'moves must be one of "8", "8-one-free", "8-both-free", "4", not 4'),
        ({"engine": "torch"}, 'engine must be one of "numba", "keras", not \'torch\''),
        ({"model": 3}, "A model is named by the name of one"),
        ({"name": 3}, "name must be a text, not 3"),
    ],
)
def test_a_plan_refuses(words, message):
    with pytest.raises(vingui.VinguiError) as caught:
        vingui.plan(**{"source": WALLS, "goal": (7, 0), **words})
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_model_that_is_loaded_has_its_rule_and_engine(model):
    for words in ({"moves": "4"}, {"engine": "keras"}):
        with pytest.raises(vingui.VinguiError, match="The model dynamic-8 "):
            vingui.plan(WALLS, goal=(7, 0), model=model, **words)
    vingui.plan(WALLS, goal=(7, 0), model=model, moves="8", engine="numba")


@pytest.mark.parametrize("k", [1.5, "1", True, np.float64(2)])
def test_k_is_a_whole_number(plan, k):
    for part in (plan.values, plan.q, plan.policy, plan.actions, plan.trajectories_at):
        with pytest.raises(vingui.VinguiError, match="k must be a whole number from 1 to 12"):
            part(k)
    assert plan.values(np.uint8(2)).shape == (8, 8)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        (3, {}, "path must be the path of a file, not 3"),
        ("a.png", {"color_map": "magma"}, "has no option 'color_map'; do you mean colour_map?"),
        ("a.png", {"panels": 3}, "panels"),
        ("a.csv", {"width": 3}, "A .csv file has no option 'width'"),
        ("a.csv", {"table": "none"}, 'table must be one of "trajectories", "values"'),
        ("a.csv", {"table": "values", "k": 99}, "k must be a whole number from 1 to 12, not 99"),
        ("a.npz", {"values": "none"}, 'values must be one of "last", "all"'),
        ("a.json", {"k": 1}, "A .json file has no option 'k'"),
    ],
)
def test_a_file_refuses(plan, tmp_path, monkeypatch, name, options, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(vingui.VinguiError) as caught:
        plan.save(name, **options)
    assert message in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_options_may_be_scalars_of_numpy(plan):
    figure = plan.figure(width=np.float32(80), dpi=np.int64(50), panels=["map"])
    assert figure.get_dpi() == 50


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: vingui.generate("none"), "There is no kind of map 'none'; there are obstacles"),
        (lambda: vingui.generate(rows=1), "rows must be a whole number from 2 to 4,096, not 1"),
        (lambda: vingui.generate(cols="8"), "cols must be a whole number"),
        (lambda: vingui.generate(seed=-1), "seed must be a whole number of 0 or more, not -1"),
        (lambda: vingui.generate(seed=None), "seed must be a whole number"),
        (lambda: vingui.generate(starts=-1), "starts must be a whole number"),
        (lambda: vingui.generate("noise", density=2), "density must be a number from 0.0 to 1.0"),
        (lambda: vingui.generate("noise", count=2), "There is no parameter 'count' of noise"),
        (lambda: vingui.open_map(None), "path must be the path of a file, not None"),
        (lambda: vingui.open_map("a.json", index="0"), "index must be a whole number"),
        (lambda: vingui.open_maps("a", options=3), "options must be vingui.ReadOptions, not 3"),
        (lambda: vingui.save_map(WALLS, "a.json"), "grid must be a GridMap"),
        (lambda: vingui.GridMap(WALLS, None), "goals must be several, such as a tuple, not None"),
        (lambda: vingui.GridMap(WALLS, ((7, 0),), goal_values=2), "goal_values must be several"),
        (lambda: vingui.GridMap(WALLS, palette=3), "The palette of a map must be a Palette"),
        (lambda: vingui.GridMap(WALLS, frame=3), "The frame of a map must be a MapFrame"),
        (lambda: vingui.GridMap(WALLS, demonstrations=[1]), "are Demonstrations, such as"),
        (lambda: vingui.Demonstration(3), "cells must be several, such as a tuple, not 3"),
        (lambda: vingui.evaluate([], "maze"), "There are no models to evaluate"),
        (lambda: vingui.evaluate(3, "maze"), "models must be models or their names, not 3"),
        (lambda: vingui.evaluate("a-star", "maze"), "a-star plans from the first start of a map"),
        (lambda: vingui.evaluate("exact", ["maze:9:2"]), "Maps to evaluate on are GridMaps"),
        (lambda: vingui.evaluate("exact", WALLS), "Maps to evaluate on are GridMaps"),
        (lambda: vingui.evaluate("exact", {}), "There are no maps"),
        (lambda: vingui.evaluate("exact", "maze", starts=1), 'starts must be one of "given", "al'),
        (lambda: vingui.evaluate("exact", "maze", jobs=0), "jobs must be a whole number of 1 or"),
        (lambda: vingui.train(3), "out must be the path of a file, not 3"),
        (lambda: vingui.train("a.keras", epochs=1.5), "The epochs of a training cannot be 1.5"),
        (lambda: vingui.train("a.keras", minutes="1"), "minutes must be a number of 0 or more"),
        (
            lambda: vingui.train("a.keras", minutes=10**400),
            "minutes must be a number of 0 or more",
        ),
        (lambda: vingui.train("a.keras", snapshots=3), "snapshots must be True, False or epochs"),
        (lambda: vingui.train("a.keras", title=3), "title must be a text, not 3"),
        (lambda: vingui.train("a.keras", "terrain"), "my demonstrations in the window. Here, nam"),
        (lambda: vingui.teach("a.json", "a.keras", sees="all"), 'sees must be one of "kinds"'),
        (lambda: vingui.teach(WALLS, "a.keras"), "The map has no demonstrations"),
        (lambda: vingui.train_many("a.keras", variants=3), "variants must be values by the names"),
        (lambda: vingui.train_many("a.keras", jobs=0), "jobs must be a whole number of 1 or mor"),
        (lambda: vingui.train_many("a.keras", title=3), "title must be a text, not 3"),
        (lambda: vingui.train_many("a.keras", minutes=-1), "minutes must be a number of 0 or more"),
        (lambda: vingui.reproduce(3), "path must be the path of a file, not 3"),
        (lambda: vingui.view(None), "walls with rows and columns, not None"),
    ],
)
def test_a_call_refuses(call, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(vingui.VinguiError) as caught:
        call()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_a_damaged_file_of_what_is_finished_is_named_once(tmp_path):
    file = tmp_path / "finished"
    file.write_text("{")
    with pytest.raises(vingui.VinguiError, match=r"^finished: It "):
        vingui.evaluate("exact", "maze:9:2", resume=file)


def test_several_maps_may_be_lists_data_sets_or_made_one_by_one(model, tmp_path):
    grids = [vingui.generate("maze", rows=9, cols=9, seed=seed) for seed in (1, 2)]
    vingui.save_map(grids[0], tmp_path / "a.json")
    for maps, count in ((iter(grids), 2), (vingui.open_maps(tmp_path), 1)):
        assert vingui.evaluate(model, maps).rows[0]["maps"] == count


def test_results_are_pickled_copied_and_shown_in_a_line(plan):
    result = vingui.evaluate(plan.model, "maze:9:2")
    again = pickle.loads(pickle.dumps(plan))  # noqa: S301 - our own
    np.testing.assert_array_equal(again.values(5), plan.values(5))
    assert (again.map, again.iterations, again.converged) == (plan.map, 12, True)
    assert copy.deepcopy(result).rows == result.rows
    assert repr(result) == "<vingui.EvaluationResult of dynamic-8 on 2 maps>"
    assert repr(plan.trajectories) == (
        "(Trajectory(start=(0, 0), reached, optimal, 12 moves, cost=14.9),)"
    )
    assert repr(vingui.models()[0]).startswith("ModelCard('dynamic-8', 'A VIN with")
    many = plan.map.with_starts(np.argwhere(plan.map.free))
    assert repr(many).endswith("goals=((7, 0),), starts=(58 cells))")
    (planned,) = vingui.plan_many([plan.map], model=plan.model)
    assert repr(planned) == (
        "<vingui.PlannedMap map 0: K = 12, converged; reached the goal in 12 steps, 14.9 long "
        "(optimal)>"
    )
    assert [*vingui.DataSet("two", [many, many])] == [many, many]


@pytest.mark.skipif(sys.platform == "win32", reason="Its shell is another one")
def test_a_program_without_standard_streams_plans(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    script = (
        "import vingui\nplan = vingui.plan(vingui.generate('maze', rows=9, cols=9))\n"
        "open('done', 'w').write(repr(plan))"
    )
    closing = 'exec 0<&- 1>&- 2>&-; exec "$@"'
    done = subprocess.run(["sh", "-c", closing, "sh", sys.executable, "-c", script], check=False)
    assert done.returncode == 0
    assert Path("done").read_text().startswith("<vingui.Plan of dynamic-8, K = ")
