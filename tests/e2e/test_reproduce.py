"""What vingui writes can be made again from the file alone, and is the same."""

import json
import shutil
import subprocess
import sys
from contextlib import chdir
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from vingui.cli import main
from vingui.core.cards import find_model
from vingui.core.embedding import COMMENT_LINE, read_recipe
from vingui.core.formats import read_map
from vingui.core.grid import GridMap
from vingui.core.recipe import Recipe
from vingui.paths import MAPS, MODELS

TRAP = MAPS / "trap.json"
FILES = ("a.png", "a.webp", "a.svg", "a.pdf", "a.npz", "a.json", "a.csv")
FILMS = ("film.gif", "film.mp4", "film.webp")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder with a file of every kind, written by one plan, and one other table."""
    folder = tmp_path_factory.mktemp("written")
    outs = [word for name in FILES for word in ("--out", name)]
    films = [word for name in FILMS for word in ("--film", name)]
    with chdir(folder):
        assert main(["plan", str(TRAP), *outs, *films, "--every", "12", "--dpi", "72"]) == 0
        table = ["--table", "values", "--k", "7", "--out", "values.csv"]
        assert main(["plan", str(TRAP), *table]) == 0
    return folder


@pytest.mark.parametrize("name", [*FILES, *FILMS, "values.csv"])
def test_every_kind_of_file_is_made_again(vingui, written, tmp_path, name):
    file = tmp_path / name
    shutil.copy(written / name, file)
    done = vingui("reproduce", name)
    again = tmp_path / f"{file.stem}-again{file.suffix}"
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"{again.name}: the same, ")
    assert again.read_bytes() == file.read_bytes()


def test_all_options_are_part_of_it(vingui, tmp_path):
    done = vingui(
        *("plan", TRAP, "--moves", "4", "--iterations", "33", "--start", "1,1", "--k", "9"),
        *("--panels", "map,value,q:N@5,reward,exact,difference,outcomes,convergence"),
        *("--columns", "3", "--dpi", "90", "--colour-map", "magma", "--limits", "-30,0"),
        *("--contours", "--numbers", "--title", "T", "--caption", "", "--background", "dark"),
        *("--out", "a.png"),
    )
    assert done.code in (0, 1)
    assert vingui("reproduce", "a.png", "--out", "b.png").code == 0
    recipe = read_recipe(tmp_path / "b.png")
    assert (recipe.model, recipe.rule, recipe.iterations) == ("dynamic-4", "4", 33)
    assert recipe.options["panels"][:3] == ["map@9", "value@9", "q:0@5"]


@pytest.mark.parametrize("name", ["a.png", "a.npz", "a.json"])
def test_learned_costs_are_made_again(vingui, tmp_path, name):
    panels = "map,cost,learned-cost,difference"
    swamp = ("plan", MAPS / "swamp.json", "--model", "costs-picture-8", "--out", name)
    assert vingui(*swamp, "--panels", panels, "--dpi", "72").code in (0, 1)
    done = vingui("reproduce", name)
    assert (done.code, done.err) == (0, "")
    again = tmp_path / f"a-again{name[1:]}"
    assert again.read_bytes() == (tmp_path / name).read_bytes()
    if name == "a.npz":
        with np.load(again) as arrays:
            grid, costs = read_map(again), arrays["learned_costs"]
            assert np.corrcoef(costs[grid.free], grid.costs[grid.free])[0, 1] > 0.95
            assert arrays["cost_scale"] > 0


def test_a_picture_that_was_changed_is_found_out(vingui, written, tmp_path):
    with Image.open(written / "a.png") as picture:
        info = PngImagePlugin.PngInfo()
        for key, text in picture.text.items():
            info.add_itxt(key, text)
        pixels = np.array(picture)
    pixels[3, 4:6] ^= 1
    Image.fromarray(pixels).save(tmp_path / "a.png", pnginfo=info)
    done = vingui("reproduce", "a.png")
    assert done.code == 1
    assert done.out.startswith("a-again.png: differs from a.png in 2 of ")
    assert done.out.endswith(" pixels\n")


VIEW = {
    "shows": "both",
    "scale": 2,
    "layer": "value",
    "latent": -1,
    "colour_map": "viridis",
    "limits": "run",
    "arrows": True,
    "numbers": False,
    "trajectories": True,
    "contours": False,
    "grid": True,
    "k": 3,
    "look": "light",
    "font": "No such family",
    "map": [300, 200],
    "value": [250, 200],
    "cell": 20.0,
    "row": 3.0,
    "col": 4.0,
    "start": None,
    "steps": None,
}


def view(options=VIEW, **parts):
    """A recipe's parts that make it one of a picture of what was seen."""
    chosen = options | parts if isinstance(options, dict) else options
    return {"kind": "view", "suffix": ".png", "options": chosen}


def figure(**options):
    """A recipe's parts that make it one of a figure."""
    return {"kind": "figure", "suffix": ".png", "options": options}


def film(**options):
    """A recipe's parts that make it one of a film."""
    return {"kind": "film", "suffix": ".gif", "options": options}


@pytest.fixture
def table(written, tmp_path):
    return shutil.copy(written / "a.csv", tmp_path / "a.csv")


def rewritten(table, **parts):
    head, _, text = table.read_text().partition(COMMENT_LINE)
    record = json.loads(text) | parts
    table.write_text(f"{head}{COMMENT_LINE}{json.dumps(record, separators=(',', ':'))}\n")
    return record


def test_numbers_that_were_changed_are_found_out(vingui, table):
    table.write_text(table.read_text().replace(",1.0,", ",1.5,", 1))
    done = vingui("reproduce", "a.csv")
    assert done.code == 1
    assert "a-again.csv: differs from a.csv in the bytes from " in done.out


def test_other_versions_are_named_and_only_what_else_differs_counts(vingui, table, tmp_path):
    versions = {"numpy": "1.0.0", "abacus": "3"}
    rewritten(table, versions=versions)
    done = vingui("reproduce", "a.csv")
    assert done.code == 0
    assert "note: made with numpy 1.0.0, here it is " in done.err
    assert "note: made with abacus 3, here it is not installed" in done.err
    assert read_recipe(tmp_path / "a-again.csv").versions["numpy"] == np.__version__
    assert len(list(tmp_path.iterdir())) == 2


def test_a_model_of_another_checksum_is_refused_and_both_are_named(vingui, table, tmp_path):
    other = "1234567890ab" + "0" * 52
    record = rewritten(table)
    rewritten(table, sha256=other)
    done = vingui("reproduce", "a.csv")
    assert done.code == 2
    assert done.err == (
        "vingui reproduce: a.csv: The file was made with the model dynamic-8 of checksum "
        "1234567890ab, "
        f"and dynamic-8.keras has checksum {record['sha256'][:12]}\n"
    )
    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]


def test_a_model_of_ones_own_is_asked_for_and_never_looked_for(vingui, tmp_path):
    shutil.copy(find_model("dynamic-8"), tmp_path / "mine.keras")
    assert vingui("plan", TRAP, "--model", "mine.keras", "--out", "a.svg").code == 0
    done = vingui("reproduce", "a.svg")
    assert done.code == 2
    assert "a.svg: The model mine is not shipped with vingui" in done.err
    (tmp_path / "mine.keras").rename(tmp_path / "renamed.keras")
    done = vingui("reproduce", "a.svg", "--model", "renamed.keras")
    assert (done.code, done.out) == (0, "a-again.svg: the same, byte for byte\n")
    done = vingui("reproduce", "a.svg", "--model", "dynamic-4", "--out", "b.svg")
    assert done.code == 2
    assert "dynamic-4.keras has checksum" in done.err


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"suffix": ".exe"}, "recipe of a data is for .npz, .csv, .json, not for .exe"),
        ({"options": {"table": "walls"}}, "trajectories, values"),
        ({"options": {"table": 3}}, "must name the table and its k"),
        ({"kind": "figure", "suffix": ".png", "options": {"dpi": 10**9}}, "dpi must be from"),
        ({"kind": "figure", "suffix": ".png", "options": {"x": 1}}, "A figure has no option"),
        (
            {"kind": "film", "suffix": ".gif", "options": {"figure": 3}},
            "The options of a figure must be names",
        ),
        ({"kind": "view", "suffix": ".svg", "options": VIEW}, "recipe of a view is for .png, not"),
        (view(options=[]), "The options of a recipe cannot be []"),
        (view(shows="all"), "The shows of a view cannot be 'all'"),
        (view(scale=10**9), "The scale of a view cannot be 1000000000"),
        (view(map=[10**4] * 2, scale=8), "but at most 100 are possible. Choose a smaller scale"),
        (view(k=10**6), "The k of a view must be at most "),
        (view(start=7), "The start of a view must be at most "),
        (view(font="\n"), "The font of a view cannot be '\\n'"),
        (view(settings=1), "A view has no option 'settings'"),
        ({"rule": "4"}, "The recipe is for movement rule 4, and the model plans under 8"),
        ({"iterations": 10**9}, "A plan on a map of 17x27 cells has 1 to 100,000 iterations"),
        ({"iterations": 100_001}, "has 1 to 100,000 iterations, not 100,001"),
        ({"memory": 2**53 - 1}, "vingui keeps 536,870,912 at most"),
        ({"memory": 2**53}, "The memory of a recipe cannot be 9007199254740992"),
        ({"memory": 1e300}, "The memory of a recipe cannot be 1e+300"),
        (figure(width=10**6), "width must be from 20 to 1000, not 1000000"),
        (figure(width=1000, dpi=2400), "at most 100 megapixels"),
        (figure(margin=1e9), "margin must be from 0 to 100, not 1000000000.0"),
        (figure(font_size=1e6), "font_size must be from 3 to 48, not 1000000.0"),
        (figure(panels=["value"] * 65), "at most 64 panels"),
        (figure(panels=["value@" + "9" * 10]), "An iteration is a whole number from 1"),
        (figure(columns=10**12), "columns must be from 1 to 64"),
        (figure(low=-1e300, high=1.0, scale="fixed"), "low must be from -1e+30 to 1e+30"),
        (figure(title="x" * 501), "title must be a text of at most 500 characters"),
        (film(rate=1e9), "rate must be from 1 to 60"),
        (film(hold=1e9), "hold must be from 0 to 60"),
        (film(every=2**70), "every must be from 1 to 1,000,000,000"),
        (film(first=2**70), "first must be from 1 to 1,000,000,000"),
        (film(last=0), "last must be from 1 to 1,000,000,000"),
        (film(figure={"dpi": 700, "width": 174}), "films have sides of at most 4,096"),
        (view(cell=1e9), "The cell of a view cannot be 1000000000.0"),
        (view(map=[10**9, 1]), "The map of a view cannot be [1000000000, 1]"),
        (view(steps=1e300), "The steps of a view cannot be 1e+300"),
        (view(latent=10**9), "The latent of a view cannot be 1000000000"),
        ({"format": "x"}, "It holds no recipe"),
    ],
)
def test_a_recipe_that_makes_nothing_is_one_line(vingui, table, tmp_path, parts, expected):
    rewritten(table, **parts)
    done = vingui("reproduce", "a.csv")
    assert done.code == 2
    assert expected in done.err
    assert done.err.splitlines()[-1].startswith("vingui reproduce: ")
    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]


def test_a_start_on_every_cell_is_more_than_can_be_followed(vingui, table, tmp_path, monkeypatch):
    monkeypatch.setattr("vingui.net.planner.MOST_TRAJECTORY_CELLS", 10_000)
    side = 40
    every = np.stack(np.indices((side, side)), axis=-1).reshape(-1, 2)
    grid = GridMap(np.zeros((side, side), bool), ((0, 0),), tuple(map(tuple, every.tolist())))
    record = json.loads(table.read_text().partition(COMMENT_LINE)[2])
    many = replace(Recipe.of_record(record), grid=grid).record()["map"]
    rewritten(table, map=many, iterations=side, options={"table": "trajectories"})
    done = vingui("reproduce", "a.csv")
    assert done.code == 2
    assert "The trajectories from the 1,600 starts are longer than 10,000 cells" in done.err
    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]


def test_postscript_with_a_recipe_is_not_run(vingui, written, tmp_path):
    text = read_recipe(written / "a.png").encoded()
    (tmp_path / "a.png").write_text(
        "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 20 20\n%%EndComments\n"
        f"{COMMENT_LINE}{text}\n{{}} loop\n"
    )
    done = vingui("reproduce", "a.png")
    assert done.code == 2
    assert "a.png: It is not a valid .png file: " in done.err


TWICE = """
import sys
from vingui.cli import main
print(main(["reproduce", "a.csv", "--out", "a.png"]))
sys.exit(main(["reproduce", "a.png"]))
"""


def test_a_screenshot_needs_no_display_and_names_its_font(table, tmp_path, monkeypatch):
    rewritten(table, **view())
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    done = subprocess.run(
        [sys.executable, "-c", TWICE],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    # The original is no picture, but the one that its recipe describes is written.
    assert "a.csv: It is not a valid .png file" in done.stderr
    assert "note: made with the font No such family, here it is " in done.stderr
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (2 * (300 + 8 + 250 + 88), 2 * 200)
    assert done.stdout == "2\na-again.png: the same, pixel for pixel\n"
    assert done.returncode == 0


@pytest.fixture(scope="module")
def learning(tmp_path_factory):
    """A folder with films of how a shipped model learned, and its map."""
    folder = tmp_path_factory.mktemp("learning")
    (folder / "map.txt").write_text(
        "########\n#...#S.#\n#....#.#\n#..S.#.#\n#......#\n#G....##\n########\n"
    )
    films = [word for name in FILMS for word in ("--learning", f"{name}")]
    with chdir(folder):
        words = ["plan", "map.txt", "--model", "vin-8x8", *films, "--every", "16", "--dpi", "60"]
        assert main(words) == 0
    return folder


@pytest.mark.parametrize("name", FILMS)
def test_a_film_of_learning_is_made_again(vingui, learning, tmp_path, name):
    file = tmp_path / name
    shutil.copy(learning / name, file)
    recipe = read_recipe(file)
    assert recipe.kind == "learning"
    assert [epoch for epoch, _ in recipe.snapshots] == [0, 1, 2, 4, 8, 16, 32, 60]
    assert recipe.iterations == 10
    done = vingui("reproduce", name)
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith("the same, frame for frame and pixel for pixel\n")


def test_a_film_of_learning_shows_chosen_epochs_and_needs_its_snapshots(vingui, learning, tmp_path):
    with Image.open(learning / "film.gif") as film:
        assert film.n_frames == 4
    for name in ("map.txt", "film.gif"):
        shutil.copy(learning / name, tmp_path)
    shutil.copytree(MODELS / "vin-8x8.snapshots", tmp_path / "mine.snapshots")
    shutil.copy(MODELS / "vin-8x8.keras", tmp_path / "mine.keras")
    assert vingui("reproduce", "film.gif", "--model", "mine.keras").code == 0
    (tmp_path / "mine.snapshots" / "epoch-00004.keras").unlink()
    done = vingui("reproduce", "film.gif", "--model", "mine.keras", "--out", "b.gif")
    assert done.code == 2
    assert "snapshot of epoch 4" in done.err
    assert "in mine.snapshots it is missing" in done.err
    done = vingui("plan", "map.txt", "--model", "dynamic-8", "--learning", "film.gif")
    assert done.code == 2
    assert done.err.startswith("vingui plan: dynamic-8 has no snapshots of its training")
    done = vingui("plan", "map.txt", "--model", "vin-8x8", "--learning", "film.png")
    assert "film.png: The file name must end in .gif, .mp4, .webp" in done.err


def test_nothing_is_overwritten_that_was_not_named(vingui, table, tmp_path):
    (tmp_path / "a-again.csv").write_text("mine")
    done = vingui("reproduce", "a.csv")
    assert done.code == 2
    assert "a-again.csv: There is already such a file" in done.err
    assert (tmp_path / "a-again.csv").read_text() == "mine"
    assert vingui("reproduce", "a.csv", "--out", "a-again.csv").code == 0
    assert (tmp_path / "a-again.csv").read_bytes() == table.read_bytes()
    done = vingui("reproduce", "a.csv", "--out", "./a.csv")
    assert "This would overwrite the original" in done.err
    done = vingui("reproduce", "a.csv", "--out", "b.png")
    assert "b.png: The file name must end in .csv, as the original" in done.err


@pytest.mark.parametrize("name", ["none.png", "trap.json", "folder"])
def test_a_file_without_a_recipe_is_one_line(vingui, tmp_path, name):
    (tmp_path / "folder").mkdir()
    shutil.copy(TRAP, tmp_path)
    done = vingui("reproduce", name)
    assert done.code == 2
    assert done.err.startswith(f"vingui reproduce: {name}: ")
    assert done.err.count("\n") == 1
