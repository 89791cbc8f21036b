"""What the window wrote is made again by `vingui reproduce`, and is the same."""

import json
import subprocess
import sys

import numpy as np
import pytest

from vingui.core.dataset import DataSet
from vingui.core.formats import write_dataset
from vingui.core.grid import GridMap
from vingui.figure.film_options import FilmOptions
from vingui.figure.options import FigureOptions
from vingui.figure.panel import Panel
from vingui.gui import settings as kept
from vingui.gui.export_choices import Export

EACH = """
import sys
from vingui.cli import main
sys.exit(max(main(["reproduce", name]) for name in sys.argv[1:]))
"""
"""One process for all of them: TensorFlow takes its seconds only once."""

ALL = "map,value@2,q:NE@3,reward,exact,difference,outcomes@3,convergence"
STRIP = "q@2,q@3,q@4,q@5,value@2,map@3"


def panels(words, **given):
    return FigureOptions(panels=tuple(map(Panel.parse, words.split(","))), dpi=72, **given)


def made_again(names, folder):
    done = subprocess.run(
        [sys.executable, "-c", EACH, *names],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == len(names)
    assert all(": the same, " in line for line in lines), lines


def exported(user, folder, *rows):
    """Save files, each from its kind, its suffix and its options."""
    exports, names = user.window.exporting, []
    for place, (kind, suffix, options) in enumerate(rows):
        names.append(f"{place}{suffix}")
        record = json.dumps(options.record()) if options else ""
        exports.save(Export(kind, suffix, record), folder / names[-1])
    user.until(lambda: not exports.jobs, seconds=200)
    assert all((folder / name).exists() for name in names), user.messages
    return names


@pytest.mark.parametrize("model", ["dynamic-8", "vin-28x28"])
def test_every_kind_of_file(drive, tmp_path, model):
    rng = np.random.default_rng(4)
    walls = rng.random((28, 28)) < 0.2
    walls[3, 4] = walls[20, 25] = walls[27, 0] = False
    grid = GridMap(walls, (20, 25), ((3, 4), (27, 0)))
    write_dataset(tmp_path / "some.json", DataSet("some", (grid,)))
    folder = tmp_path / "files"
    folder.mkdir()

    def steps(user):
        user.session.settings.set(kept.MODEL, model)
        iterations = 7 if model == "dynamic-8" else 0
        user.session.settings.set(kept.ITERATIONS, iterations)
        user.until(lambda: user.planned() and user.session.run.model == model)
        # Not the plan before this one.
        user.until(lambda: user.planned() and iterations in (0, user.session.run.latest))
        user.session.playback.seek(4)
        figure, film = panels(ALL), FilmOptions(figure=panels("map,value,q"), every=3)
        dark = panels("map,value", background="dark", arrows=True, numbers=True, title='"é" <&>')
        names = exported(
            user,
            folder,
            *(("figure", suffix, figure) for suffix in (".png", ".svg", ".pdf", ".webp")),
            ("figure", ".png", dark),
            *(("film", suffix, film) for suffix in (".gif", ".mp4", ".webp")),
            ("arrays", ".npz", None),
            ("trajectories", ".csv", None),
            ("values", ".csv", None),
            ("run", ".json", None),
        )
        made_again(names, folder)

    assert drive(steps, tmp_path / "some.json") == 0


def test_more_policies_than_are_kept_on_a_large_map(drive, tmp_path):
    walls = np.zeros((256, 256), bool)
    walls[::2, 3::4] = True
    grid = GridMap(walls, (250, 250), ((2, 2),))
    write_dataset(tmp_path / "large.json", DataSet("large", (grid,)))
    folder = tmp_path / "files"
    folder.mkdir()

    def steps(user):
        run = user.wait_for_plan()
        some = ",".join(f"q@{k}" for k in range(10, 260, 10))
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
        made_again(names, folder)

    assert drive(steps, tmp_path / "large.json") == 0
