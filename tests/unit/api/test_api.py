import doctest
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.text import Text
from PIL import Image

import vingui
from vingui.api import (
    converting,
    evaluation,
    generating,
    maps,
    model,
    planning,
    planning_many,
    reproducing,
    training,
    training_process,
    training_runs,
    viewing,
)
from vingui.cli import main
from vingui.core.grid import Demonstration
from vingui.core.moves import rule_named
from vingui.core.oracle import solve
from vingui.core.rollout import Outcome
from vingui.paths import ASSETS


@pytest.fixture(scope="module")
def planned():
    return vingui.plan(vingui.generate("rooms", rows=40, cols=60, seed=7))


def test_the_import_alone_loads_no_other_library():
    script = "import sys, vingui; vingui.__version__; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    assert not {"numpy", "numba", "tensorflow", "keras", "PySide6"} & set(done.stdout.split())


def test_all_names_are_there_and_no_others():
    assert set(vingui.__all__) < set(dir(vingui))
    assert all(getattr(vingui, name).__doc__ for name in vingui.__all__)
    with pytest.raises(AttributeError, match="'vingui' has no attribute 'nothing'"):
        _ = vingui.nothing


@pytest.mark.slow
@pytest.mark.parametrize(
    "module",
    [
        converting,
        evaluation,
        generating,
        maps,
        model,
        planning,
        planning_many,
        reproducing,
        training,
        training_runs,
        viewing,
    ],
)
def test_the_examples_of_the_docstrings(module, planned, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fake_training = Path(__file__).with_name("fake_training.py")
    monkeypatch.setattr(training_process, "COMMAND", (sys.executable, str(fake_training)))
    vingui.save_map(vingui.generate("rooms"), "rooms.json")
    (tmp_path / "my-maps").mkdir()
    for seed in (1, 2):
        grid = vingui.generate("maze", rows=9, cols=15, seed=seed)
        vingui.save_map(grid, f"my-maps/{seed}.json")
    path = Demonstration(((0, 0), (0, 1), (1, 2)))
    demonstrated = vingui.generate("patches", rows=8, cols=8).with_demonstrations((path,))
    names = {
        "vingui": vingui,
        "plan": planned,
        "demonstrated": demonstrated,
        "result": vingui.evaluate("dynamic-8", "maze:9:2"),
        "results": vingui.TrainingResults([]),
    }
    flags = doctest.NORMALIZE_WHITESPACE
    for test in doctest.DocTestFinder().find(module, globs=names):
        said = io.StringIO()
        doctest.DocTestRunner(optionflags=flags).run(test, out=said.write, clear_globs=False)
        assert not said.getvalue()


def test_the_three_lines_in_the_readme_draw_its_picture(tmp_path, monkeypatch, request):
    monkeypatch.chdir(tmp_path)
    text = (ASSETS.parent / "README.md").read_text("utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]
    assert code.count("\n") == 3
    subprocess.run([sys.executable, "-c", code], check=True)
    shown = ASSETS / re.search(r"!\[[^\n]*\]\(assets/(pictures/caves\.png)\)", text)[1]
    if request.config.getoption("--update-snapshots"):
        shown.write_bytes(Path("caves.png").read_bytes())
    with Image.open(shown) as one, Image.open("caves.png") as other:
        assert one.size == other.size
        difference = np.subtract(one, other, dtype=float) / 255
    # Another version of Matplotlib draws a little differently.
    assert np.abs(difference).mean() < 0.002


@given(st.integers(1, 7), st.integers(0, 3), st.sampled_from(["8", "4", "8-one-free"]))
def test_planning_on_an_array_is_planning_on_its_map(rows, seed, moves):
    walls = np.random.default_rng(seed).random((rows + 1, 6)) < 0.3
    walls[0, 0] = walls[-1, -1] = False
    plan = vingui.plan(walls.astype(int), goal=(0, 0), starts=[(rows, 5)], moves=moves)
    oracle = solve(plan.map, rule_named(moves))
    np.testing.assert_array_equal(plan.costs_to_go, oracle.cost_to_go)
    reached = np.isfinite(oracle.cost_to_go[rows, 5])
    assert plan.outcomes == (Outcome.REACHED if reached else Outcome.UNREACHABLE,)
    assert plan.converged


def test_what_follows_from_each_iteration(planned):
    rows, cols = planned.map.walls.shape
    for k in (1, 20, planned.iterations):
        values, q, policy = planned.values(k), planned.q(k), planned.policy(k)
        assert values.shape == (rows, cols)
        assert q.shape == policy.shape == planned.rewards().shape == (rows, cols, 8)
        acting = planned.actions(k) >= 0
        np.testing.assert_allclose(policy[acting].sum(-1), 1, atol=1e-5)
        assert not policy[~acting].any()
        np.testing.assert_array_equal(policy[acting].argmax(-1), planned.actions(k)[acting])
    np.testing.assert_array_equal(planned.values(), planned.values(planned.iterations))
    assert planned.trajectories_at(1)[0].outcome is not Outcome.REACHED
    assert planned.outcomes == (Outcome.REACHED,)
    assert planned.explain() == ("",)


@pytest.mark.parametrize("k", [0, -1, 1000])
def test_an_iteration_that_is_not_there_is_named(planned, k):
    with pytest.raises(vingui.VinguiError, match=f"k must be a whole number from 1 to 64, not {k}"):
        planned.values(k)


def test_why_a_start_fails_is_a_sentence():
    plan = vingui.plan(vingui.generate("rooms", rows=40, cols=60, seed=7), iterations=20)
    (outcome,), (why,) = plan.outcomes, plan.explain()
    assert outcome is not Outcome.REACHED
    assert why.startswith("V_20 knows no paths of more than 21 moves")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"source": np.zeros((4, 4))}, "The map has no goal; give one with goal="),
        ({"source": np.zeros(4), "goal": (0, 0)}, "walls with rows and columns"),
        ({"source": np.zeros((4, 4)), "goal": (9, 0)}, "row 9"),
        ({"source": np.zeros((4, 4)), "goal": 3}, "A goal is a (row, col)"),
        ({"source": "nowhere.json"}, "nowhere.json: There is no such file"),
        ({"source": np.zeros((4, 4)), "goal": (0, 0), "model": "none"}, "There is no model 'none'"),
        (
            {"source": np.zeros((4, 4)), "goal": (0, 0), "model": "dynamic-8", "moves": "4"},
            "The model dynamic-8 plans under movement rule 8, not 4",
        ),
    ],
)
def test_what_cannot_be_planned_is_refused_in_a_sentence(words, message):
    with pytest.raises(vingui.VinguiError) as caught:
        vingui.plan(**words)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("plan.png", {"panels": "map,value@10,q:NE@20", "width": 120, "dpi": 60}),
        ("plan.gif", {"panels": "value", "every": 30, "width": 60, "dpi": 60}),
        ("plan.npz", {"values": "all"}),
        ("plan.csv", {"table": "values", "k": 7}),
        ("plan.json", {}),
    ],
)
def test_a_saved_file_is_reproduced_by_the_command(planned, tmp_path, monkeypatch, name, options):
    monkeypatch.chdir(tmp_path)
    planned.save(name, **options)
    assert main(["reproduce", name]) == 0


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("plan.txt", {}, "The file name must end in .png"),
        ("plan.png", {"wide": 3}, "A figure has no option 'wide'"),
        ("plan.png", {"panels": "nothing"}, "There is no panel"),
        ("plan.mp4", {"rate": 0.1}, "rate"),
    ],
)
def test_a_file_that_cannot_be_saved_is_refused(planned, tmp_path, name, options, message):
    with pytest.raises(vingui.VinguiError) as caught:
        planned.save(tmp_path / name, **options)
    assert message in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_a_notebook_shows_the_figure(planned):
    with Image.open(io.BytesIO(planned._repr_png_())) as picture:
        assert picture.size[0] > 300
    assert repr(planned) == (
        "<vingui.Plan of dynamic-8, K = 64, on 40x60 cells, 1 of 1 starts reach the goal>"
    )


@pytest.mark.slow
def test_a_figure_says_why_a_start_fails_as_the_plan_does():
    failing = vingui.plan(ASSETS / "maps" / "rooms.json", model="vin-8x8")
    texts = [text.get_text() for text in failing.figure(dpi=60).findobj(Text)]
    written = " ".join(texts).replace("\N{NO-BREAK SPACE}", " ")
    for reason in failing.explain():
        assert "unlike the training's maps" in reason.lower()
        assert reason in written


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("out.txt",), "out.txt: The file name must end in .keras"),
        (
            ("out.keras", "none"),
            'The preset must be one of "paper", "dynamic", "terrain", not \'none\'',
        ),
    ],
)
def test_a_training_that_cannot_be_is_refused(words, message):
    with pytest.raises(vingui.VinguiError) as caught:
        vingui.train(*words)
    assert str(caught.value) == message


def test_a_setting_that_does_not_exist_is_named():
    with pytest.raises(vingui.VinguiError, match="There is no setting 'epoch'"):
        vingui.train("out.keras", epoch=1)


def test_without_demonstrations_there_is_nothing_to_learn():
    with pytest.raises(vingui.VinguiError, match="The map has no demonstrations"):
        vingui.teach(vingui.generate("patches"), "out.keras")


def test_a_notebook_shows_a_map_in_its_colours():
    walls = np.zeros((4, 6), bool)
    walls[1, 2] = True
    terrain = np.zeros((4, 6), np.uint8)
    terrain[3] = 3
    grid = vingui.GridMap(walls, ((0, 5),), ((2, 0),), terrain=terrain)
    with Image.open(io.BytesIO(grid._repr_png_())) as picture:
        pixels = np.array(picture)
    side = pixels.shape[1] // 6
    assert pixels.shape == (4 * side, 6 * side, 3)
    centres = pixels[side // 2 :: side, side // 2 :: side]
    assert (centres[1, 2] < 100).all()
    assert (centres[0, 0] == 255).all()
    swamp = bytes.fromhex(grid.palette.colours[3][1:])
    assert bytes(centres[3, 3]) == swamp
    for marked in ((0, 5), (2, 0)):
        assert not (centres[marked] == 255).all()


def test_the_picture_of_the_largest_map_has_a_pixel_for_each_cell():
    grid = vingui.GridMap(np.zeros((4096, 2048), bool), ((0, 0),))
    with Image.open(io.BytesIO(grid._repr_png_())) as picture:
        assert picture.size == (2048, 4096)


def test_an_evaluation_is_that_of_the_command(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    vingui.save_map(vingui.generate("rooms", rows=12, cols=12), "rooms.json")
    words = ["rooms.json", "--generate", "noise:8:6", "--model", "dynamic-8,vin-8x8"]
    assert main(["evaluate", *words, "--references", "--json", "there.json"]) == 0
    printed = capsys.readouterr().out
    done = []
    result = vingui.evaluate(
        ["dynamic-8", "vin-8x8"],
        {"rooms": "rooms.json", "6 maps of noise, 8x8": "noise:8:6"},
        references=True,
        on_progress=lambda *progress: done.append(progress),
    )
    there = json.loads((tmp_path / "there.json").read_text())["rows"]
    for here, row in zip(result.rows, there, strict=True):
        for name in ("model", "maps", "starts", "success", "optimal", "by_length", "by_k"):
            assert here[name] == row[name]
    assert done == [(k, 7) for k in range(1, 8)]
    # All but the times.
    table = [line for line in str(result).splitlines() if "to below" in line]
    assert table
    assert all(line in printed for line in table)
    assert "<td>vin-8x8, K 10</td>" in result._repr_html_()
    for name in ("here.csv", "here.json", "here.png"):
        result.save(name)
    assert json.loads((tmp_path / "here.json").read_text())["rows"] == result.rows
    assert (tmp_path / "here.csv").read_text().count("\n") > 8
    with Image.open("here.png") as picture:
        assert picture.size[0] > 500


@pytest.mark.slow
def test_an_evaluation_by_two_processes_is_the_same_and_is_resumed(tmp_path):
    maps = {"mazes": "maze:9:134", "drawn": [vingui.generate("rooms", rows=12, cols=12)] * 2}

    def interrupt(done, _total):
        if done == 130:
            raise KeyboardInterrupt

    log = tmp_path / "finished"
    with pytest.raises(KeyboardInterrupt):
        vingui.evaluate("dynamic-8", maps, resume=log, on_progress=interrupt)
    results = [vingui.evaluate("dynamic-8", maps, jobs=2, resume=log)]
    assert not log.exists()
    results.append(vingui.evaluate("dynamic-8", maps))
    first, second = (
        [{**row, "seconds_per_map": None} for row in result.rows] for result in results
    )
    assert repr(first) == repr(second)


def test_a_map_and_a_list_of_maps_are_sets_too():
    grids = [vingui.generate("rooms", rows=12, cols=12, seed=seed) for seed in (1, 2)]
    model = vingui.load_model("dynamic-8")
    (row,) = vingui.evaluate(model, grids[0]).rows
    assert (row["dataset"], row["maps"], row["success"]) == ("map", 1, 1.0)
    (row,) = vingui.evaluate([model], {"two": grids}, starts="all").rows
    assert (row["dataset"], row["maps"]) == ("two", 2)
    with pytest.raises(vingui.VinguiError, match="There are no maps"):
        vingui.evaluate(model, [])
