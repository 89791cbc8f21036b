"""Planning methods on the command line: what they print, write and make again."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from vingui.api import file_options
from vingui.cli import main
from vingui.core.embedding import read_recipe
from vingui.core.formats import read_map
from vingui.core.methods import METHODS, is_search
from vingui.core.moves import rule_named
from vingui.core.oracle import solve
from vingui.paths import MAPS

PARK = str(MAPS / "park.json")


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_plans_in_place_of_a_model(name, capsys):
    code = main(["plan", PARK, "--model", name, "--moves", "4", "--json", "run.json"])
    said = capsys.readouterr()
    grid = read_map(MAPS / "park.json")
    (record, *others) = json.loads(Path("run.json").read_text())["trajectories"]
    best = solve(grid, rule_named("4")).cost_to_go[grid.starts[0]]
    assert code == 0
    if is_search(name):
        assert not others
        assert re.search(r", 4 neighbours, [\d,]+ expansions, on 31x43 cells\n", said.out)
        assert "The search begins at the first of 3 starts" in said.err
    else:
        assert len(others) == 2
        assert ", converged, on 31x43 cells" in said.out
    if name in ("exact", "dijkstra", "a-star"):
        assert record["cost"] == pytest.approx(best)
    assert record["cost"] >= best - 1e-9


@pytest.mark.parametrize("name", ["run.png", "run.gif", "run.npz", "run.json", "run.csv"])
def test_files_of_a_search_are_made_again_without_a_model(name, capsys):
    options = ["--start", "8,9", "--every", "50", "--dpi", "50", "--panels", "value"]
    assert (
        main(
            [
                "plan",
                str(MAPS / "trap.json"),
                "--model",
                "greedy-best-first",
                "--out",
                name,
                *options,
            ]
        )
        == 0
    )
    recipe = read_recipe(Path(name))
    assert (recipe.model, recipe.sha256) == ("greedy-best-first", "")
    assert recipe.grid.starts == ((8, 9),)
    assert main(["reproduce", name, "--out", f"again-{name}"]) == 0
    assert "the same, " in capsys.readouterr().out
    assert main(["reproduce", name, "--model", "dynamic-8", "--out", f"no-{name}"]) == 2
    assert "without a model" in capsys.readouterr().err


def test_the_arrays_of_a_search(capsys):
    assert main(["plan", PARK, "--model", "a-star", "--out", "run.npz"]) == 0
    arrays = np.load("run.npz")
    assert (arrays["changed_counts"] == 1).all()
    assert arrays["outcomes"].tolist() == ["reached"]
    assert "q" not in arrays
    assert "reward" not in arrays
    path = arrays["trajectories"]
    assert set(map(tuple, path.tolist())) <= set(map(tuple, arrays["changed_cells"].tolist()))


def test_a_search_that_is_ended_early_says_so(capsys):
    assert main(["plan", PARK, "--model", "dijkstra", "--iterations", "40"]) == 1
    said = capsys.readouterr().out
    assert "40 expansions, not finished" in said
    assert "after 40 expansions the search has not come to a goal yet" in said


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("--engine", "keras"), "has no layers; leave out the engine"),
        (("--learning", "film.gif"), "is a planning method, and has no file"),
    ],
)
def test_what_a_method_does_not_have_is_refused(words, part, capsys):
    assert main(["plan", PARK, "--model", "a-star", *words]) == 2
    assert part in capsys.readouterr().err


def test_a_figure_of_every_panel_of_a_search(capsys):
    panels = "map,value@9,value,q,reward,difference,exact,outcomes,extra-cost,convergence"
    words = ["--panels", panels, "--out", "all.svg", "--numbers", "--contours"]
    assert main(["plan", PARK, "--model", "breadth-first", *words]) == 0
    drawn = Path("all.svg").read_text()
    assert "Breadth-first" in drawn


def test_only_exact_value_iteration_is_evaluated(capsys):
    assert main(["evaluate", PARK, "--model", "dynamic-8,a-star"]) == 2
    assert "evaluate exact instead" in capsys.readouterr().err
    assert main(["evaluate", PARK, "--model", "exact", "--moves", "8"]) == 0
    assert "100" in capsys.readouterr().out


def test_a_film_of_a_search_shows_some_of_its_expansions_unless_chosen(capsys, monkeypatch):
    monkeypatch.setattr(file_options, "FRAMES_OF_SEARCH", 10)
    film = ["plan", PARK, "--model", "dijkstra", "--panels", "value", "--dpi", "40", "--film"]
    assert main([*film, "a.gif"]) == 0
    recipe = read_recipe(Path("a.gif"))
    assert recipe.options["every"] == -(-recipe.iterations // 10) > 1
    assert main([*film, "b.gif", "--every", "300"]) == 0
    assert read_recipe(Path("b.gif")).options["every"] == 300
    assert main(["reproduce", "a.gif"]) == 0
