"""Figures as files: what they carry, and that they are the same each time."""

import re
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

from vingui import __version__
from vingui.core.embedding import read_recipe
from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.recipe import Recipe
from vingui.figure import SUFFIXES, FigureOptions, Panel
from vingui.figure.compose import draw_figure
from vingui.figure.film_options import FilmOptions
from vingui.figure.saving import pixels_of, save_figure
from vingui.figure.writing import film_of_recipe, write_file

pytestmark = pytest.mark.slow

SVG = "{http://www.w3.org/2000/svg}"
PANELS = tuple(map(Panel.parse, ("map", "value@4", "difference@4", "outcomes@4", "convergence")))


def picture_of(run, options):
    """A figure's pixels, `(height, width, 4)`."""
    return pixels_of(draw_figure(run, options).figure)


def recipe_of(run, options, suffix):
    return Recipe(
        kind="figure",
        grid=run.grid,
        name="room & <door>",
        model=run.model,
        sha256="0" * 64,
        rule=run.rule.name,
        iterations=run.latest,
        memory=1 << 20,
        options=options.record(),
        versions={"vingui": __version__},
        suffix=suffix,
    )


def saved(run, path, **given):
    options = FigureOptions(**given)
    recipe = recipe_of(run, options, path.suffix)
    save_figure(run, path, options, name="room & <door>", recipe=recipe)
    return path


def test_a_recipe_from_before_there_was_a_diagnosis_makes_the_same_picture(make_run, tmp_path):
    grid = GridMap(np.zeros((6, 9), bool), ((4, 7),), ((1, 1),))
    run = make_run(grid, changes={(1, 1): 1})
    recipe = recipe_of(run, FigureOptions(), ".png")
    write_file(run, tmp_path / "now.png", recipe)
    del recipe.options["diagnosis"]
    write_file(run, tmp_path / "before.png", recipe)
    pictures = []
    for name, given in (("now", {}), ("before", {"diagnosis": False})):
        shown = draw_figure(run, FigureOptions(**given), name=recipe.name).figure
        with Image.open(tmp_path / f"{name}.png") as written:
            pictures.append(np.asarray(written))
        assert np.array_equal(pictures[-1], pixels_of(shown)[..., :3])
    assert not np.array_equal(*pictures)


def test_a_recipe_of_a_film_from_before_is_one_without_a_diagnosis(room):
    recipe = replace(recipe_of(room, FilmOptions(rate=5), ".gif"), kind="film")
    assert film_of_recipe(recipe) == FilmOptions(rate=5)
    del recipe.options["figure"]["diagnosis"]
    assert film_of_recipe(recipe).figure == FigureOptions(diagnosis=False)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_run_makes_the_same_bytes(room, tmp_path, suffix):
    one = saved(room, tmp_path / f"a{suffix}", contours=True)
    with mpl.rc_context({"font.size": 30, "axes.linewidth": 9, "savefig.dpi": 50}):
        other = saved(room, tmp_path / f"b{suffix}", contours=True)
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_carries_its_recipe(room, tmp_path, suffix):
    recipe = read_recipe(saved(room, tmp_path / f"a{suffix}", dpi=100))
    assert FigureOptions.of_record(recipe.options) == FigureOptions(dpi=100)
    assert recipe.suffix == suffix
    np.testing.assert_array_equal(recipe.grid.walls, room.grid.walls)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_needs_no_recipe(room, tmp_path, suffix):
    path = tmp_path / f"a{suffix.upper()}"
    save_figure(room, path, FigureOptions(), recipe=None)
    assert b"recipe" not in path.read_bytes()


@pytest.mark.parametrize("name", ["room", "地図", "\udcff"])
def test_a_png_says_what_it_shows(name, room, tmp_path):
    save_figure(room, tmp_path / "a.png", FigureOptions(dpi=200), name=name, recipe=None)
    with Image.open(tmp_path / "a.png") as image:
        image.load()
        assert image.mode == "RGB"
        assert image.text["Software"] == f"vingui {__version__}"
        assert image.text["Description"].count("Reached the goal") == 2
        assert image.info["dpi"] == pytest.approx((200, 200), abs=0.1)


def test_pixels_are_those_of_the_picture(room, tmp_path):
    for suffix, background in ((".png", "white"), (".webp", "white"), (".png", "transparent")):
        options = FigureOptions(background=background)
        save_figure(room, tmp_path / f"a{suffix}", options, recipe=None)
        with Image.open(tmp_path / f"a{suffix}") as image:
            read = np.asarray(image.convert("RGBA"))
        np.testing.assert_array_equal(read, picture_of(room, options))
    assert (read[:8, :, 3] == 0).all()
    assert (read[..., 3] == 255).any()


def svg_of(run, path, **given):
    return ET.parse(saved(run, path, **given))  # noqa: S314


def test_an_svg_is_made_of_vectors(room, tmp_path):
    root = svg_of(room, tmp_path / "a.svg", panels=PANELS).getroot()
    images = root.findall(f".//{SVG}image")
    # Three layers, and the bars of two of them; the map is none.
    assert len(images) == 5
    assert sum("image-rendering:pixelated" in image.get("style", "") for image in images) == 3
    assert len(root.findall(f".//{SVG}path")) > 100
    assert root.find(f"{SVG}title").text == "room & <door>"
    # Letters are paths: no font is needed.
    assert not root.findall(f".//{SVG}text")


def test_cells_of_a_picture_among_vectors_are_large(room, tmp_path):
    import base64
    import io

    root = svg_of(room, tmp_path / "a.svg", panels=(Panel("value"),), bar=False).getroot()
    (image,) = root.findall(f".//{SVG}image")
    data = image.get("{http://www.w3.org/1999/xlink}href").partition("base64,")[2]
    with Image.open(io.BytesIO(base64.b64decode(data))) as picture:
        rows, cols = room.grid.walls.shape
        times = picture.height // rows
        assert times >= 16
        assert picture.size == (cols * times, rows * times)


def test_walls_are_one_path(make_run, tmp_path):
    from vingui.core.grid import GridMap

    walls = np.zeros((12, 12), bool)
    walls[2:9, 3:10] = True
    walls[4:6, 5:7] = False
    run = make_run(GridMap(walls, ((0, 0),)))
    plain = {"grid": False, "ticks": False, "key": False, "caption": ""}
    root = svg_of(run, tmp_path / "a.svg", panels=(Panel("map"),), **plain).getroot()
    filled = [path for path in root.iter(f"{SVG}path") if "#3b4554" in path.get("style", "")]
    uses = [use for use in root.iter(f"{SVG}use") if "#3b4554" in use.get("style", "")]
    (wall,) = filled or [root.find(f".//*[@id='{uses[0].get(next(iter(uses[0].attrib)))[1:]}']")]
    # Two rows have two runs of walls.
    assert wall.get("d").count("M") == 7 + 2


def test_a_pdf_has_fonts_words_and_no_date(room, tmp_path):
    data = saved(room, tmp_path / "a.pdf", panels=PANELS, title="A title").read_bytes()
    assert data.startswith(b"%PDF")
    assert b"/FontFile2" in data
    assert b"/Type3" not in data
    assert b"Date" not in data
    assert b"A title" in data
    assert f"vingui {__version__}".encode() in data
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)
    drawn = b"".join(zlib.decompress(stream) for stream in streams if stream[:1] == b"x")
    assert drawn.count(b" l\n") > 100
    assert b" Tj" in drawn or b"TJ" in drawn


def test_a_pdf_has_the_chosen_width(room, tmp_path):
    data = saved(room, tmp_path / "a.pdf", width=84.0, dpi=300).read_bytes()
    box = re.search(rb"/MediaBox \[ ?0 0 ([\d.]+) ([\d.]+) ?\]", data)
    assert float(box[1]) == pytest.approx(84 / 25.4 * 72, abs=0.15)


def test_other_files_are_refused(room, tmp_path):
    with pytest.raises(VinguiError, match=r"a\.jpg: .* must end in \.png, \.webp, \.svg or \.pdf"):
        save_figure(room, tmp_path / "a.jpg", FigureOptions(), recipe=None)
    assert not list(tmp_path.iterdir())


def test_a_webp_has_no_longer_sides_than_there_can_be(make_run, tmp_path):
    from vingui.core.grid import GridMap

    run = make_run(GridMap(np.zeros((2, 40), bool), ((0, 0),)))
    options = FigureOptions(dpi=1200, width=400.0)
    with pytest.raises(VinguiError, match="WebP has sides of at most 16,383 pixels"):
        save_figure(run, tmp_path / "a.webp", options, recipe=None)
    assert not list(tmp_path.iterdir())


def test_a_failure_leaves_the_old_file(room, tmp_path):
    folder = tmp_path / "a.png"
    folder.mkdir()
    for path in (folder, tmp_path / "no" / "b.png"):
        with pytest.raises(VinguiError, match="The file cannot be written"):
            save_figure(room, path, FigureOptions(), recipe=None)
    assert list(tmp_path.iterdir()) == [folder]


def test_no_screen_and_no_other_room_is_needed():
    code = """
import sys
import vingui.figure.compose, vingui.figure.saving
bad = ("PySide6", "PyQt6", "pyqtgraph", "keras", "tensorflow", "vingui.net", "matplotlib.pyplot")
sys.exit(", ".join(name for name in bad if name in sys.modules) or 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_public_names_are_there():
    import vingui.figure

    for name in vingui.figure.__all__:
        assert getattr(vingui.figure, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        vingui.figure.nothing  # noqa: B018
    assert Path(vingui.figure.__file__).name == "__init__.py"
