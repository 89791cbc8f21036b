"""Formats, generators and planners of another package, in commands and from Python."""

import json
import re
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

import vingui
from vingui.cli import main
from vingui.core import extensions
from vingui.core.diagnosis import diagnose
from vingui.core.diagnosis_text import explain
from vingui.core.embedding import read_recipe
from vingui.core.evaluation_protocol import EvaluateRequest, EvaluationRefused, RowFinished
from vingui.core.evaluation_sets import MapSet
from vingui.core.formats import FORMATS
from vingui.core.generate import KINDS
from vingui.core.methods import METHODS, is_left_out, leave_out_planner
from vingui.core.moves import rule_named
from vingui.core.oracle import solve
from vingui.core.planner_protocol import PlanFinished, PlanRefused, PlanRequest
from vingui.net import worker as worker_module
from vingui.net.evaluator import Evaluator
from vingui.net.request_queue import RequestQueue
from vingui.net.zoo import load_planner
from vingui.paths import ASSETS, MAPS

FORMAT = """
import numpy as np
from vingui import GridMap
from vingui.core.dataset import DataSet
from vingui.core.formats.base import Format, only_map

def read(path, options):
    rows = path.read_text().splitlines()[1:]
    return DataSet(path.stem, (GridMap(np.array([[cell == "x" for cell in row] for row in rows])),))

def write(path, dataset):
    rows = np.where(only_map(dataset).walls, "x", "-").tolist()
    path.write_text("\\n".join(["crosses", *map("".join, rows)]))

CROSSES = Format(
    "crosses", "Crosses", (".cross",), lambda head, path: head.startswith(b"crosses"),
    read, write, (".cross",), keeps_markers=False,
)
"""

PARK = str(MAPS / "park.json")


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def stripes(install):
    """The package in the README is installed, and one with a format."""
    text = (ASSETS.parent / "README.md").read_text("utf-8")
    code = re.search(r"```python\n(.*?KIND = .*?)```", text, re.DOTALL)[1]
    toml = re.search(r"```toml\n(.*?)```", text, re.DOTALL)[1]
    groups = tomllib.loads(toml)["project"]["entry-points"]
    lines = []
    for group, entries in groups.items():
        lines += [f"[{group}]", *(f"{name} = {place}" for name, place in entries.items())]
    install("stripes", code.split("```python\n")[-1], "\n".join(lines))
    install("crosses", FORMAT, "[vingui.formats]\ncrosses = crosses:CROSSES")


def test_a_generator_makes_maps_with_its_own_options(stripes, capsys):
    assert main(["generate", "stripes", "s.json", "--size", "9x12", "--distance", "5"]) == 0
    grid = vingui.open_map("s.json")
    assert np.flatnonzero(grid.walls.any(axis=0)).tolist() == [1, 6, 11]
    assert grid.walls.sum(axis=0)[[1, 6, 11]].tolist() == [8, 8, 8]
    assert main(["generate", "stripes", "s.json", "--distance", "1"]) == 2
    assert "distance must be a whole number from 2 to 64" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["generate", "--help"])
    assert "stripes     Walls from top to bottom, with a gap" in capsys.readouterr().out
    assert vingui.generate("stripes", rows=9, cols=12, distance=5).walls.sum() == 24


def test_a_format_is_read_and_written(stripes, capsys):
    assert main(["convert", PARK, "park.cross"]) == 0
    assert "goals and starts are left out" in capsys.readouterr().err
    assert main(["convert", "park.cross", "again.json"]) == 0
    park = vingui.open_map(PARK)
    np.testing.assert_array_equal(vingui.open_map("again.json").walls, park.walls)
    Path("park.cross").rename("park.data")
    assert "Read as Crosses because of its content" in vingui.open_maps("park.data").notes[0]
    with pytest.raises(SystemExit):
        main(["convert", "--help"])
    assert re.search(r"Crosses +\.cross\n", capsys.readouterr().out)


def test_a_planner_plans_in_place_of_a_model(stripes, capsys):
    options = ["--model", "from-goals", "--moves", "4"]
    assert main(["plan", PARK, *options, "--json", "run.json", "--out", "run.png"]) == 0
    assert "from-goals, 4 neighbours, K = " in capsys.readouterr().out
    records = json.loads(Path("run.json").read_text())["trajectories"]
    assert [record["outcome"] for record in records] == ["reached"] * 3
    costs = solve(vingui.open_map(PARK), rule_named("4")).cost_to_go
    best = [costs[tuple(record["start"])] for record in records]
    assert [record["cost"] for record in records] == pytest.approx(best)
    recipe = read_recipe(Path("run.png"))
    assert (recipe.model, recipe.sha256, recipe.versions["stripes"]) == ("from-goals", "", "1.5")
    assert main(["reproduce", "run.png", "--out", "again.png"]) == 0
    assert "the same, " in capsys.readouterr().out


def test_its_values_are_those_that_it_yields(stripes):
    grid = vingui.open_map(PARK)
    plan = vingui.plan(grid, model="from-goals", moves="4")
    exact = -solve(grid, rule_named("4")).cost_to_go.astype(np.float32)
    np.testing.assert_array_equal(plan.values(), exact)
    steps = np.unique(exact[np.isfinite(exact)])[::-1]
    assert plan.iterations == len(steps)
    np.testing.assert_array_equal(plan.values(3), np.where(exact >= steps[2], exact, -np.inf))
    reference = vingui.plan(grid, model="exact", moves="4")
    free = np.isfinite(exact)
    np.testing.assert_allclose(plan.q()[free], reference.q()[free], rtol=1e-5)
    assert vingui.plan(grid, model="from-goals", iterations=5).iterations == 5
    assert plan.run.readouts.backup_request(3, grid.starts[0]) is None


def test_a_planner_is_evaluated_beside_models(stripes, capsys):
    maps = ["--generate", "stripes:10:3", "--generate", "crosses:10:3"]
    assert main(["evaluate", *maps, "--model", "from-goals"]) == 2
    assert "There is no kind of map 'crosses'" in capsys.readouterr().err
    assert main(["evaluate", *maps[:2], "--model", "from-goals,dynamic-8"]) == 0
    assert re.search(r"from-goals, K auto +100\.00%", capsys.readouterr().out)


def test_the_list_of_models_names_planners_with_their_packages(stripes, capsys):
    assert main(["models"]) == 0
    assert "from-goals: The planner of the package stripes 1.5" in capsys.readouterr().out


def ask(grid, model, monkeypatch):
    """The replies of the planner process to a request."""
    queue, came = RequestQueue(), []
    monkeypatch.setattr(worker_module, "REST", 0.0)
    worker = worker_module.Worker(
        queue,
        lambda *replies: came.extend(replies),
        lambda wanted, rule: load_planner(wanted, rule=rule)[0],
    )
    queue.put(PlanRequest(1, grid, model, None, 1 << 20, rule="8"))
    worker.run_once()
    while worker.run_once():
        pass
    return came


def test_the_planner_process_plans_by_it(stripes, monkeypatch, capsys):
    came = ask(vingui.open_map(PARK), "from-goals", monkeypatch)
    assert [one.converged for one in came if isinstance(one, PlanFinished)] == [True]


def test_the_process_that_evaluates_takes_it(stripes):
    evaluator, came = Evaluator(), []
    grid = vingui.open_map(PARK)
    maps = [MapSet("map").record(), MapSet("generate", "stripes:10:2").record()]
    evaluator.put(EvaluateRequest(1, ["from-goals"], maps, [], "own", "given", 2, 1, grid, "4"))
    evaluator.run_next(came.append)
    rows = [one.row for one in came if isinstance(one, RowFinished)]
    assert [(row["model"], row["moves"], row["maps"], row["success"]) for row in rows] == [
        ("from-goals", "4", 1, 1.0),
        ("from-goals", "4", 2, 1.0),
    ]


def test_nothing_is_said_of_how_far_it_sees(install):
    code = (
        "import numpy as np\n"
        "def plan(grid, rule):\n"
        "    rows, cols = np.indices(grid.walls.shape)\n"
        "    yield -np.hypot(rows - grid.goal[0], cols - grid.goal[1])\n"
    )
    install("blind", code, "[vingui.planners]\nblind = blind:plan")
    plan = vingui.plan(MAPS / "trap.json", model="blind", moves="4")
    failed = plan.trajectories[0]
    assert failed.outcome.value == "wall"
    assert explain(diagnose(failed, plan.run, 1, None), plan.run) == (
        "First wrong step at row 8, col 13: E instead of N (q −11.00 against −12.05). "
        "Why is unknown; V has converged, so more iterations change nothing."
    )


def test_a_recipe_of_a_planner_that_is_not_installed_is_refused(install, tmp_path, capsys):
    code = "def plan(grid, rule):\n    yield grid.walls * 0.0"
    install("elsewhere", code, "[vingui.planners]\naway = elsewhere:plan")
    assert main(["plan", PARK, "--model", "away", "--out", "run.json"]) in (0, 1)
    METHODS._found = {}
    assert main(["reproduce", "run.json", "--out", "again.json"]) == 2
    assert "'away' is none that is installed" in capsys.readouterr().err


# Broken extensions.

BROKEN = """
import numpy as np
from dataclasses import replace
from vingui.core.formats import FORMATS
from vingui.core.generate import KINDS, Kind, Parameter

def fails(*arguments, **named):
    raise RuntimeError("a bug")

def one_value(grid, rule):
    yield grid.walls * 0.0
    fails()

def wrong_shape(grid, rule):
    return [np.zeros((2, 2))]

text = replace(FORMATS["text"], name="text-again", suffixes=(".b",), write=None)
FORMAT = replace(text, written_suffixes=(), read=fails, matches=lambda head, path: True)
NO_MATCH = replace(FORMAT, name="no-match", matches=fails, suffixes=(".c",))
KIND = Kind("fails", "Fails", "It fails", (), fails)
SMALL = Kind("small", "Small", "Too small", (), lambda **named: np.zeros((2, 2), bool))
TAKEN = replace(KIND, name="maze")
SIZE = replace(KIND, name="b", parameters=(Parameter("size", "", "", int, 1, 1, 2),))
DEFAULT = replace(KIND, name="c", parameters=(Parameter("x", "", "", int, 9, 1, 2),))
CAPITALS = replace(KIND, name="My Kind")
"""

BROKEN_ENTRIES = """
[vingui.formats]
text-again = broken:FORMAT
no-match = broken:NO_MATCH
text = broken:text
no-format = broken:KIND
[vingui.generators]
fails = broken:KIND
small = broken:SMALL
maze = broken:TAKEN
b = broken:SIZE
c = broken:DEFAULT
capitals = broken:CAPITALS
nothing = broken:NOTHING
no-module = broken.module:KIND
ends = ends:KIND
[vingui.planners]
dijkstra = broken:one_value
dynamic-4 = broken:one_value
fails-at-once = broken:fails
one-value = broken:one_value
wrong-shape = broken:wrong_shape
no-function = broken:KIND
no-planner = broken.module:plan
"""


@pytest.fixture
def broken(install, capsys):
    install("broken", BROKEN, BROKEN_ENTRIES)
    install("ends", "raise SystemExit(3)", "")


def left_out(text):
    """The names of the extensions that a text says are left out, and why."""
    found = re.findall(r"“(.*?)” of broken 1\.5 is left out: (.*)\.\n", text)
    assert len(found) == len(dict(found)) == text.count(" is left out: ")
    return dict(found)


def test_broken_generators_are_named_and_left_out(broken, capsys):
    assert main(["generate", "maze", "m.json", "--size", "9"]) == 0
    reasons = left_out(capsys.readouterr().err)
    assert set(reasons) == {"maze", "b", "c", "capitals", "nothing", "no-module", "ends"}
    assert reasons["maze"] == "the name 'maze' is taken"
    assert reasons["nothing"].startswith("AttributeError: ")
    assert reasons["no-module"].startswith("ModuleNotFoundError: ")
    assert reasons["ends"] == "SystemExit: 3"
    assert reasons["b"] == "a parameter cannot have the name 'size'"
    assert list(KINDS)[-2:] == ["fails", "small"]
    np.testing.assert_array_equal(
        vingui.open_map("m.json").walls, vingui.generate("maze", rows=9, cols=9).walls
    )


@pytest.mark.parametrize(
    ("kind", "why"), [("fails", "RuntimeError: a bug"), ("small", "Expected 28x28 bool")]
)
def test_a_generator_that_raises_is_named(kind, why, broken, capsys):
    assert main(["generate", kind, "m.json"]) == 2
    assert f"The generator “{kind}” of broken 1.5 failed: " in (said := capsys.readouterr().err)
    assert why in said
    assert not Path("m.json").exists()


def test_broken_formats_are_named_and_left_out(broken, capsys):
    Path("m.b").write_text("#.\n")
    assert main(["convert", "m.b", "m.json"]) == 2
    said = capsys.readouterr().err
    assert "m.b: The format “text-again” of broken 1.5 failed: RuntimeError: a bug" in said
    Path("m.c").write_bytes(b"\0\1\2")
    main(["convert", "m.c", "m.json"])
    reasons = left_out(capsys.readouterr().err + said)
    assert set(reasons) == {"text", "no-format", "no-match"}
    assert reasons["no-format"] == "it is of the type Kind, not a Format"
    assert [*FORMATS][-2:] == ["no-match", "text-again"]
    assert main(["convert", PARK, "park.txt"]) == 0


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("fails-at-once", "failed: RuntimeError: a bug"),
        ("one-value", "failed: RuntimeError: a bug"),
        ("wrong-shape", "failed: TypeError: Expected values of the shape (31, 43), not (2, 2)"),
        ("no-function", "is no function, but of type Kind"),
        ("no-planner", "cannot be imported: ModuleNotFoundError"),
    ],
)
def test_a_planner_that_raises_is_named(name, why, broken, capsys, monkeypatch):
    assert main(["plan", PARK, "--model", name]) == 2
    message = f"The planner “{name}” of broken 1.5 {why}"
    assert f"vingui plan: {message}" in capsys.readouterr().err
    refused = ask(vingui.open_map(PARK), name, monkeypatch)[-1]
    assert isinstance(refused, PlanRefused)
    assert refused.reason.startswith(message)
    assert refused.broken == (name if name.startswith("no-") else "")


def test_a_broken_planner_is_left_out_once_that_is_known(broken, caplog):
    evaluator, came = Evaluator(), []
    maps = [MapSet("map").record()]
    park = vingui.open_map(PARK)
    evaluator.put(EvaluateRequest(1, ["no-planner"], maps, [], "own", "given", 2, 1, park))
    evaluator.run_next(came.append)
    (refused,) = [one for one in came if isinstance(one, EvaluationRefused)]
    assert "no-planner" in METHODS
    assert not is_left_out("no-planner")
    leave_out_planner(refused.broken, refused.reason)
    assert "no-planner" not in METHODS
    assert is_left_out("no-planner")
    assert (
        "The planner “no-planner” of broken 1.5 is left out: it cannot be imported: "
        "ModuleNotFoundError: " in caplog.text
    )
    leave_out_planner("exact", "Our own stay.")
    assert "exact" in METHODS


def test_the_list_of_models_leaves_out_planners_that_cannot_plan(broken, capsys):
    assert main(["models"]) == 0
    said = capsys.readouterr()
    reasons = left_out(said.err)
    assert set(reasons) == {"dijkstra", "dynamic-4", "no-function", "no-planner"}
    assert reasons["dynamic-4"] == "the name 'dynamic-4' is taken"
    assert "no-planner" not in said.out
    assert "one-value" in said.out


def test_without_a_command_what_is_left_out_is_logged(broken, caplog):
    assert "maze" in KINDS
    assert "b" not in KINDS
    assert "The generator “maze” of broken 1.5 is left out: " in caplog.text
    assert dict(one for one in extensions.listed() if one[1])


def test_nothing_is_imported_for_a_plan_without_extensions(broken, capsys):
    assert main(["plan", PARK, "--out", "run.json"]) == 0
    assert "broken" not in sys.modules
    assert extensions.extensions.cache_info().misses == 0
    assert "left out" not in capsys.readouterr().err
