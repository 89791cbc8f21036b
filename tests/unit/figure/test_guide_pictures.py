"""The guide's pictures: each can be made again from the recipe in it.

After an intended change of how figures look: `pytest tests/unit/figure/test_guide_pictures.py
--update-snapshots`, and look at the pictures. New ones are made by `vingui plan`.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from PIL import Image

from vingui.core.embedding import read_recipe
from vingui.core.recipe import checksum, versions_here
from vingui.figure.writing import write_file
from vingui.net.zoo import load_planner
from vingui.paths import GUIDE, MODELS

pytestmark = pytest.mark.slow

PICTURES = sorted(GUIDE.glob("pictures/*.png"))
LIGHT = [path for path in PICTURES if not path.stem.endswith("-dark")]
TOLERANCE = 0.002
"""The mean difference of pixels of which another version of Matplotlib or NumPy makes less."""


@cache
def run_of(light):
    """The run of a picture, and the card of its model, a shipped one or one of its snapshots."""
    recipe = read_recipe(light)
    files = MODELS.rglob(f"{recipe.model}.keras")
    file = next(file for file in files if checksum(file) == recipe.sha256)
    planner, card = load_planner(str(file))
    return planner.plan(recipe.grid, iterations=recipe.iterations), card


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_it_is_made_again(path, tmp_path, request):
    recipe = read_recipe(path)
    run, card = run_of(path.with_stem(path.stem.removesuffix("-dark")))
    again = tmp_path / path.name
    write_file(run, again, replace(recipe, versions=versions_here()), card=card)
    if request.config.getoption("--update-snapshots"):
        path.write_bytes(again.read_bytes())
    with Image.open(path) as one, Image.open(again) as other:
        assert one.size == other.size
        difference = np.subtract(one, other, dtype=float) / 255
    assert np.abs(difference).mean() < TOLERANCE


@pytest.mark.parametrize("path", LIGHT, ids=lambda path: path.stem)
def test_there_is_a_dark_one_that_is_otherwise_the_same(path):
    light, dark = map(read_recipe, (path, path.with_stem(f"{path.stem}-dark")))
    assert light.options | {"background": "dark"} == dark.options
    assert (light.grid, light.model, light.iterations) == (dark.grid, dark.model, dark.iterations)


def test_every_picture_is_on_a_page():
    text = "".join(page.read_text("utf-8") for page in GUIDE.glob("*.md"))
    assert LIGHT
    assert [path for path in LIGHT if f"(pictures/{path.name})" not in text] == []
