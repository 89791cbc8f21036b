"""Files that the window wrote are reproduced by `vingui reproduce`, and are the same."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from vingui.core.dataset import DataSet
from vingui.core.embedding import read_recipe
from vingui.core.formats import write_dataset
from vingui.core.grid import GridMap
from vingui.core.run import Run
from vingui.core.snapshots import Snapshots
from vingui.figure.film_options import FilmOptions
from vingui.figure.options import FigureOptions
from vingui.figure.panel import Panel
from vingui.gui import settings as entries
from vingui.gui.exporting.choices import Export
from vingui.paths import MODELS

REPRODUCE = """
import json, os, sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from vingui.cli import main

for line in sys.stdin:
    folder, names = json.loads(line)
    os.chdir(folder)
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        code = max(main(["reproduce", name]) for name in names)
    print(json.dumps([code, out.getvalue(), err.getvalue()]), flush=True)
"""


@pytest.fixture(scope="module")
def reproducer():
    """One process that makes files again for all tests: TensorFlow takes its seconds only once."""
    with subprocess.Popen(
        [sys.executable, "-c", REPRODUCE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.stdin.close()


ALL = "map,value@2,q:NE@3,reward,exact,difference,outcomes@3,cost,convergence"


def panels(words, **given):
    return FigureOptions(panels=tuple(map(Panel.parse, words.split(","))), dpi=72, **given)


@pytest.fixture
def check_reproduced(reproducer):
    """Makes files of a folder again, and checks that all are the same."""

    def check(folder, names):
        print(json.dumps([str(folder), names]), file=reproducer.stdin, flush=True)
        code, out, err = json.loads(reproducer.stdout.readline())
        assert code == 0, out + err
        lines = out.splitlines()
        assert len(lines) == len(names)
        assert all(": the same, " in line for line in lines), lines

    return check


def costly(grid):
    """The same map with terrain, and two more goals of other values."""
    kinds = np.random.default_rng(1).integers(0, 5, (9, 9)).repeat(20, axis=0).repeat(20, axis=1)
    terrain = kinds[: grid.rows, : grid.cols].astype(np.uint8) * grid.free
    others = [tuple(cell) for cell in np.argwhere(grid.free)[[5, -9]].tolist()]
    values = (0, 2.5, -3)
    return replace(grid, terrain=terrain, goals=(*grid.goals, *others), goal_values=values)


def exported(user, folder, *rows, first=0):
    """Save files, each from its kind, its suffix and its options."""
    exports, names = user.window.exporting, []
    for place, (kind, suffix, options) in enumerate(rows, start=first):
        names.append(f"{place}{suffix}")
        record = json.dumps(options.record()) if options else ""
        exports.save(Export(kind, suffix, record), folder / names[-1])
    user.until(lambda: not exports.jobs, seconds=200)
    assert all((folder / name).exists() for name in names), user.messages
    return names


@pytest.mark.parametrize("model", ["dynamic-8", "vin-28x28"])
def test_every_kind_of_file(drive, check_reproduced, tmp_path, model):
    rng = np.random.default_rng(4)
    walls = rng.random((28, 28)) < 0.2
    walls[3, 4] = walls[20, 25] = walls[27, 0] = False
    grid = GridMap(walls, ((20, 25),), ((3, 4), (27, 0)))
    if model == "dynamic-8":
        grid = costly(grid)
    write_dataset(tmp_path / "some.json", DataSet("some", (grid,)))
    folder = tmp_path / "files"
    folder.mkdir()

    def steps(user):
        user.session.settings.set(entries.MODEL, model)
        iterations = 7 if model == "dynamic-8" else 0
        user.session.settings.set(entries.ITERATIONS, iterations)
        user.until(lambda: user.planned() and user.session.run.model == model)
        # Not the plan before this one.
        user.until(lambda: user.planned() and iterations in (0, user.session.run.latest))
        user.session.playback.seek(4)
        # What is drawn depends on the model, how it is encoded does not.
        figures, films = (".png", ".svg", ".pdf", ".webp"), (".gif", ".mp4", ".webp")
        if model != "dynamic-8":
            figures, films = figures[:1], films[:1]
        figure, film = panels(ALL), FilmOptions(figure=panels("map,value,q"), every=3)
        dark = panels("map,value", background="dark", arrows=True, numbers=True, title='"é" <&>')
        names = exported(
            user,
            folder,
            *(("figure", suffix, figure) for suffix in figures),
            ("figure", ".png", dark),
            *(("film", suffix, film) for suffix in films),
            ("arrays", ".npz", None),
            ("trajectories", ".csv", None),
            ("values", ".csv", None),
            ("run", ".json", None),
        )
        check_reproduced(folder, names)

    assert drive(steps, tmp_path / "some.json") == 0


def test_a_film_of_learning_also_while_a_snapshot_is_shown(drive, check_reproduced, tmp_path):
    grid = GridMap(np.zeros((6, 7), bool), ((4, 5),), ((0, 0), (5, 0)))
    write_dataset(tmp_path / "small.json", DataSet("small", (grid,)))
    film = FilmOptions(figure=panels("map,value"))
    folder = tmp_path / "files"
    folder.mkdir()

    def steps(user):
        names = []
        snapshot = Snapshots(MODELS / "vin-8x8.keras").file(4)
        for model in ("vin-8x8", str(snapshot)):
            user.session.choose_model(model)
            user.until(lambda model=model: user.planned() and user.session.run.model in model)
            names += exported(user, folder, ("learning", ".gif", film), first=len(names))
        check_reproduced(folder, names)
        assert [read_recipe(folder / name).model for name in names] == ["vin-8x8"] * 2

    assert drive(steps, tmp_path / "small.json") == 0


def test_more_policies_than_are_kept_on_a_large_map(drive, check_reproduced, tmp_path):
    walls = np.zeros((256, 256), bool)
    walls[::2, 3::4] = True
    grid = GridMap(walls, ((250, 250),), ((2, 2),))
    write_dataset(tmp_path / "large.json", DataSet("large", (grid,)))
    folder = tmp_path / "files"
    folder.mkdir()

    def steps(user):
        run = user.wait_for_plan()
        # Of these policies 16 fit into what a run keeps.
        some = ",".join(f"q@{k}" for k in range(10, 260, 14))
        film = FilmOptions(figure=panels("q,outcomes,map"), every=25)
        names = exported(
            user,
            folder,
            ("figure", ".png", panels(f"{some},convergence,outcomes@40,value@60", width=200)),
            ("figure", ".png", panels("map,value@30")),
            ("film", ".gif", film),
            ("trajectories", ".csv", None),
        )
        assert run is user.session.run
        check_reproduced(folder, names)

    assert drive(steps, tmp_path / "large.json") == 0


def test_a_run_of_which_few_iterations_are_kept(
    drive, check_reproduced, snake, tmp_path, monkeypatch
):
    folder = tmp_path / "files"
    folder.mkdir()
    few = 20 * 4 * 21 * 21
    for name in ("planner.client", "exporting.figure_client"):
        monkeypatch.setattr(f"vingui.gui.{name}.VALUES_BUDGET", few)
    monkeypatch.setitem(Run.__init__.__kwdefaults__, "memory", few)

    def steps(user):
        # Of what the compiled loops give, nothing is thinned out.
        assert len(user.wait_for_plan().kept) == user.session.run.latest
        user.session.settings.set(entries.ENGINE, "keras")
        user.until(lambda: user.session.run.engine == "keras")
        run = user.wait_for_plan()
        assert len(run.kept) < 20 < run.latest
        assert 101 not in run.kept
        user.session.playback.seek(101)
        film = FilmOptions(figure=panels("map,value,q"), every=3, first=50)
        names = exported(
            user,
            folder,
            ("figure", ".png", panels("map,value@101,value,q:NE@33,convergence,outcomes@77")),
            ("film", ".gif", film),
            ("film", ".mp4", FilmOptions(figure=panels("map,value"))),
            ("arrays", ".npz", None),
            ("trajectories", ".csv", None),
            ("values", ".csv", None),
            ("run", ".json", None),
        )
        with np.load(folder / names[3], allow_pickle=False) as arrays:
            assert arrays["iterations"].tolist() == list(run.kept)
        check_reproduced(folder, names)

    assert drive(steps, snake) == 0


SEEN = {
    "as it comes": {"scale": 1, "numbers": True, "zoom": (2.5, 20.0, 25.0)},
    "dark, an action's q-values, zoomed": {
        "theme": "dark",
        "layer": "q",
        "latent": 4,
        "shows": "value",
        "numbers": True,
        "zoom": (3.7, 17.3, 22.1),
        "k": 7,
    },
    "outcomes, paler": {"layer": "outcomes", "colour_map": "magma", "grid": False, "k": 5},
    "lines": {
        "contours": True,
        "limits": "frame",
        "arrows": False,
        "scale": 3,
        "start": 1,
        "k": 9,
    },
    "differences, no trajectories": {
        "layer": "difference",
        "trajectories": False,
        "zoom": (0.3, 2.0, 25.0),
    },
    "costs": {"layer": "cost", "numbers": True, "zoom": (2.5, 20.0, 25.0)},
    "a map with dots": {"shows": "map", "scale": 1, "dots": True},
}
"""Settings and views of the window, each for one screenshot."""

ROWS = {
    "theme": entries.THEME,
    "layer": entries.LAYER,
    "latent": entries.LATENT,
    "colour_map": entries.COLOUR_MAP,
    "limits": entries.SCALE,
    "arrows": entries.SHOW_ARROWS,
    "numbers": entries.SHOW_NUMBERS,
    "trajectories": entries.SHOW_TRAJECTORIES,
    "contours": entries.SHOW_CONTOURS,
    "grid": entries.SHOW_GRID,
    "shows": entries.EXPORT_WHAT,
    "scale": entries.EXPORT_SCALE,
}


def look(user, chosen):
    """Look at the views in some way."""
    session = user.session
    for name, row in ROWS.items():
        session.settings.set(row, chosen.get(name, row.default))
    session.camera.fit()
    if "zoom" in chosen:
        factor, row, col = chosen["zoom"]
        session.camera.zoom(factor, row=row, col=col)
    session.playback.seek(chosen.get("k", session.run.latest))
    session.select_start(chosen.get("start"))
    if chosen.get("dots"):
        session.playback.walk()
        user.until(lambda: session.playback.steps > 1)
        session.playback.pause()


@pytest.mark.parametrize(("side", "has_costs"), [(28, False), (28, True), (120, True)])
def test_screenshots(drive, check_reproduced, tmp_path, side, has_costs):
    rng = np.random.default_rng(side)
    walls = rng.random((side, side)) < 0.2
    starts = ((3, 4), (side - 1, 0))
    walls[3, 4] = walls[20, 25] = walls[side - 1, 0] = False
    walls[:6, -6], walls[5, -6:], walls[0, -1] = True, True, False
    grid = GridMap(walls, ((20, 25),), (*starts, (0, side - 1)))
    grid = costly(grid) if has_costs else grid
    write_dataset(tmp_path / "some.json", DataSet("some", (grid,)))
    folder = tmp_path / "files"
    folder.mkdir()

    def steps(user):
        user.wait_for_plan()
        names = []
        for place, chosen in enumerate(SEEN.values()):
            look(user, chosen)
            # What the mouse and the keyboard point at is no part of the picture.
            user.move((7, 7))
            user.session.set_cursor((6, 6))
            names += exported(user, folder, ("screenshot", ".png", None), first=place)
        check_reproduced(folder, names)

    assert drive(steps, tmp_path / "some.json") == 0
