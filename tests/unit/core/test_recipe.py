"""Recipes: the same after a round trip, and nothing but a recipe is read as one."""

import base64
import hashlib
import json
import os
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vingui.core.cards import find_model, shipped_models
from vingui.core.errors import VinguiError
from vingui.core.frame import MapFrame
from vingui.core.grid import MAX_SIDE, MAX_STARTS, GridMap
from vingui.core.map_record import MAX_ELEVATION_CHARACTERS
from vingui.core.moves import RULES
from vingui.core.recipe import KINDS, MAX_CHARACTERS, Recipe, checksum, versions_here


def recipe_of(grid=None, **parts):
    walls = np.zeros((3, 4), bool)
    walls[1, 1] = True
    given = {
        "kind": "figure",
        "grid": grid or GridMap(walls, ((0, 1),), ((2, 3), (0, 0))),
        "name": "cave",
        "model": "dynamic-8",
        "sha256": "0123456789abcdef" * 4,
        "rule": "8",
        "iterations": 80,
        "memory": 1 << 28,
        "options": {"dpi": 200, "panels": ["map", "value@3"], "low": None},
        "versions": {"numpy": "2.0.0"},
        "suffix": ".png",
    }
    return Recipe(**given | parts)


def changed(**parts):
    return json.dumps(recipe_of().record() | parts)


def changed_map(**parts):
    record = recipe_of().record()
    return json.dumps(record | {"map": record["map"] | parts})


def packed(data):
    return base64.b64encode(zlib.compress(data)).decode()


@st.composite
def grids(draw):
    rows, cols = draw(st.integers(2, 20)), draw(st.integers(2, 20))
    cells = st.tuples(st.integers(0, rows - 1), st.integers(0, cols - 1))
    walls = np.array(draw(st.lists(st.booleans(), min_size=rows * cols, max_size=rows * cols)))
    goal, starts = draw(cells), draw(st.lists(cells, max_size=6))
    walls = walls.reshape(rows, cols)
    for cell in (goal, *starts):
        walls[cell] = False
    number = st.floats(allow_nan=False, allow_infinity=False)
    frame = st.builds(MapFrame, st.floats(1e-6, 1e6), st.tuples(number, number, number))
    return GridMap(walls, (goal,), tuple(starts), draw(st.none() | frame))


@given(
    grids(),
    st.text(max_size=40),
    st.sampled_from(KINDS),
    st.sampled_from(list(RULES)),
    st.integers(1, 100_000),
)
def test_a_recipe_comes_back_as_it_was(grid, name, kind, rule, iterations):
    snapshots = ((0, "1" * 64), (12, "f" * 64)) if kind == "learning" else ()
    recipe = recipe_of(
        grid, name=name, kind=kind, rule=rule, iterations=iterations, snapshots=snapshots
    )
    text = recipe.encoded()
    again = Recipe.decoded(text)
    assert text.isascii()
    assert "\n" not in text
    assert again.grid == grid
    assert again.snapshots == snapshots
    assert again.record() == recipe.record()
    assert again.encoded() == text


@given(grids(), st.integers(0, 2**32))
def test_demonstrations_and_elevation_are_part_of_it(taught, grid, seed):
    recipe = recipe_of(taught(grid, seed))
    assert Recipe.decoded(recipe.encoded()).grid == recipe.grid


@pytest.mark.parametrize(
    ("parts", "part"),
    [
        ({"elevation": 3}, "The packed elevation cannot be read: the data is damaged"),
        ({"elevation": packed(bytes(44))}, "of 3x4 cells must have 48 bytes, 4 a cell, not 44"),
        ({"elevation": packed(bytes(49))}, "elevation must be at most 48 bytes"),
        ({"elevation": packed(np.full(12, np.inf, "f4").tobytes())}, "Every height"),
        ({"demonstrations": 3, "demonstration_cells": packed(b"")}, "The packed cells"),
        ({"demonstrations": packed(bytes(8))}, "The packed cells"),
        (
            {"demonstrations": packed(bytes(7)), "demonstration_cells": packed(b"\2\0\0\0")},
            "The demonstrations of the recipe are damaged",
        ),
        (
            {"demonstrations": packed(bytes(8)), "demonstration_cells": packed(b"\3\0\0\0")},
            "cells of demonstrations cannot be 3",
        ),
        (
            {"demonstrations": packed(bytes(8)), "demonstration_cells": packed(b"\2\0\0\0")},
            "which it does not at row 0, col 0",
        ),
    ],
)
def test_damaged_demonstrations_and_elevation_are_refused_in_one_line(parts, part):
    with pytest.raises(VinguiError, match=part):
        Recipe.decoded(changed_map(**parts))


@pytest.mark.parametrize(
    ("goals", "part"),
    [
        (b"", "Goals of 24 bytes each cannot be 0 bytes"),
        (b"1" * 23, "cannot be 23 bytes"),
        (np.array([0.0, -1, 0]).tobytes(), "A goal of the recipe lies outside any map"),
        (np.array([np.nan, 0, 0]).tobytes(), "A goal of the recipe lies outside any map"),
        (np.array([9.0, 0, 0]).tobytes(), "The goal lies outside the 3x4 map"),
        (np.array([1.0, 1, 0]).tobytes(), "The goal lies in a wall"),
        (np.array([0.0, 0, np.inf]).tobytes(), "The value of a goal must be"),
        (b"\0" * 24 * 13, "must be at most 288 bytes"),
    ],
)
def test_damaged_goals_are_refused_in_one_line(goals, part):
    with pytest.raises(VinguiError, match=part):
        Recipe.decoded(changed_map(goals=packed(goals)))


@pytest.mark.parametrize(
    ("kind", "snapshots", "part"),
    [
        ("learning", [], "A film of learning has snapshots, and only such a film"),
        ("film", [[1, "0" * 64]], "A film of learning has snapshots, and only such a film"),
        ("learning", {"1": "0" * 64}, "The snapshots of a recipe cannot be"),
        ("learning", [[-1, "0" * 64]], "The snapshots of a recipe cannot be"),
        ("learning", [[True, "0" * 64]], "The snapshots of a recipe cannot be"),
        ("learning", [[1, "0" * 63]], "The snapshots of a recipe cannot be"),
        ("learning", [[1, "0" * 64]] * 1001, "The snapshots of a recipe cannot be"),
    ],
)
def test_snapshots_that_are_none_are_refused(kind, snapshots, part):
    with pytest.raises(VinguiError, match=part):
        Recipe.decoded(changed(kind=kind, snapshots=snapshots))


def test_the_engine_is_part_of_it_unless_it_is_the_usual_one():
    recipe = recipe_of(engine="keras")
    assert Recipe.decoded(recipe.encoded()).engine == "keras"
    assert Recipe.decoded(recipe_of().encoded()).engine == "numba"
    assert "engine" not in recipe_of().record()
    with pytest.raises(VinguiError, match="The engine of a recipe cannot be 'abacus'"):
        Recipe.of_record({**json.loads(recipe.encoded()), "engine": "abacus"})


def test_names_are_one_line_that_can_be_shown_and_written():
    name = "a\nb\x1b\udcff"
    recipe = recipe_of(name=name, model=name)
    assert recipe.name == recipe.model == "a\\nb\\x1b\\udcff"
    assert Recipe.decoded(recipe.encoded()).name == recipe.name
    assert len(recipe_of(name="x" * 1000).name) == 255


def test_the_largest_map_of_noise_with_the_most_starts_fits():
    rng = np.random.default_rng(1)
    walls = rng.random((MAX_SIDE, MAX_SIDE)) < 0.5
    walls[0, 0] = False
    noise = recipe_of(GridMap(walls, ((0, 0),)))
    assert Recipe.decoded(noise.encoded()).grid == noise.grid
    # Made without the checks of a million cells, which take seconds.
    object.__setattr__(noise.grid, "starts", rng.integers(0, MAX_SIDE, (MAX_STARTS, 2)))
    object.__setattr__(noise.grid, "terrain", rng.integers(0, 256, walls.shape, np.uint8))
    assert len(noise.encoded()) + MAX_ELEVATION_CHARACTERS < MAX_CHARACTERS


def test_an_elevation_too_long_for_pictures_is_left_out(monkeypatch):
    grid = GridMap(np.zeros((3, 4), bool), ((0, 0),), elevation=np.zeros((3, 4), np.float32))
    monkeypatch.setattr("vingui.core.map_record.MAX_ELEVATION_CHARACTERS", 4)
    assert Recipe.decoded(recipe_of(grid).encoded()).grid.elevation is None


def test_ten_thousand_goals_with_values_fit():
    side = 100
    goals = tuple((place // side, place % side) for place in range(side * side))
    values = tuple(np.linspace(-1e6, 1e6, side * side).tolist())
    grid = GridMap(np.zeros((side, side), bool), goals, goal_values=values)
    assert Recipe.decoded(recipe_of(grid).encoded()).grid == grid


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "no vingui-recipe, but 'list'"),
        ("3", "no vingui-recipe, but 'int'"),
        ('{"format":"other"}', "no vingui-recipe, but 'other'"),
        (changed(version=4), "version 4; this vingui reads versions 1 to 3"),
        (changed(kind="poster"), "The kind of a recipe cannot be 'poster'"),
        (changed(kind=["figure"]), "The kind of a recipe"),
        (changed(name="a\nb"), "The name of a recipe"),
        (changed(name="x" * 256), "The name of a recipe"),
        (changed(model=None), "The model of a recipe"),
        (changed(sha256="0" * 63), "The sha256 of a recipe"),
        (changed(sha256="0" * 64 + "\n"), "The sha256 of a recipe"),
        (changed(rule="9"), "There is no movement rule"),
        (changed(iterations=0), "has 1 to 100,000 iterations, not 0"),
        (changed(iterations=True), "The iterations of a recipe"),
        (changed(iterations=1e3), "The iterations of a recipe"),
        (changed(iterations=100_001), "3x4 cells has 1 to 100,000 iterations, not 100,001"),
        (changed(iterations=10**9), "not 1,000,000,000"),
        (changed(iterations=2**60), "The iterations of a recipe"),
        (changed(memory=-1), "The memory of a recipe"),
        (changed(memory=2**53), "The memory of a recipe"),
        (changed(memory=2**53 - 1), "asks for 9,007,199,254,740,991 bytes"),
        (changed(memory=(1 << 29) + 1), "vingui keeps 536,870,912 at most"),
        (changed(options=[]), "The options of a recipe"),
        (changed(versions={"numpy": 2}), "The versions of a recipe"),
        (changed(versions={str(n): "1" for n in range(1000)}), "The versions of a recipe"),
        (changed(suffix="png"), "The suffix of a recipe"),
        (changed(suffix="./../x"), "The suffix of a recipe"),
        (changed(options={"dpi": float("nan")}), "not JSON"),
        (changed(map=3), "The map of a recipe"),
        (changed_map(rows=1), "A map must have 2x2"),
        (changed_map(rows=10**9), "A map must have 2x2"),
        (changed_map(rows="3"), "The rows and cols"),
        (changed_map(rows=30), "The walls of 30x4 cells"),
        (changed_map(cols=1), "A map must have 2x2"),
        (changed_map(goal=None), "The goal must be"),
        (changed_map(goal=[1, 1]), "The goal lies in a wall"),
        (changed_map(goal=[9, 9]), "The goal lies outside"),
        (changed_map(walls=3), "The packed cells"),
        (changed_map(walls="%%%"), "The packed cells"),
        (changed_map(walls=packed(b"")), "cannot be 0 bytes"),
        (changed_map(walls=packed(bytes(20))[:-8]), "The packed cells"),
        (changed_map(starts=packed(b"abc")), "Starts of 4 bytes"),
        (changed_map(starts=packed(b"\1\0\1\0")), "The start lies in a wall"),
        (changed_map(frame=3), "The frame of a map"),
        (changed_map(frame={"resolution": -1, "origin": [0, 0, 0]}), "The resolution must be"),
        (changed_map(frame={"resolution": 1, "origin": [0, 0]}), "The origin must be"),
        (changed_map(frame={"resolution": 10**400, "origin": [0, 0, 0]}), "finite|not JSON"),
    ],
)
def test_anything_else_is_refused_in_one_line(text, expected):
    with pytest.raises(VinguiError, match=expected) as refusal:
        Recipe.decoded(text)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 300


@pytest.mark.parametrize(
    "text",
    [
        "[" * 1_000_000,
        '{"a":' * 5_000,
        "[{}" + ",{}" * 2_000_000,
        "1" * 5_000_000,
        " " * (MAX_CHARACTERS + 1),
        changed_map(walls=packed(bytes(200_000_000))),
        changed_map(starts=packed(bytes(200_000_000))),
    ],
    ids=["nested", "nested objects", "objects", "digits", "long", "walls bomb", "starts bomb"],
)
def test_bombs_are_refused_in_little_memory(text):
    tracemalloc.start()
    with pytest.raises(VinguiError, match=r"recipe"):
        Recipe.decoded(text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000 + len(text)


def test_checksums_are_those_of_the_cards():
    for card in shipped_models():
        assert checksum(find_model(card.name)) == card.sha256


def test_a_checksum_is_taken_of_files_only(tmp_path):
    (tmp_path / "model.keras").write_bytes(b"abc")
    assert checksum(tmp_path / "model.keras") == hashlib.sha256(b"abc").hexdigest()
    os.mkfifo(tmp_path / "pipe.keras")
    for name, expected in (("pipe", "It is a pipe"), ("none", "There is no such file")):
        with pytest.raises(VinguiError, match=rf"^{name}\.keras: .*{expected}"):
            checksum(tmp_path / f"{name}.keras")
    with pytest.raises(VinguiError, match="It is a folder"):
        checksum(tmp_path)
    with (tmp_path / "large.keras").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(VinguiError, match="A model may have at most"):
        checksum(tmp_path / "large.keras")


def test_the_versions_are_those_of_what_is_imported():
    here = versions_here()
    assert here["numpy"] == np.__version__
    assert {"python", "vingui", "keras", "tensorflow", "matplotlib", "pillow", "av"} <= set(here)
    assert set(versions_here("view")) - set(here) == {"pyside6-essentials", "pyqtgraph"}


def test_a_recipe_of_a_planning_method_has_no_checksum():
    recipe = recipe_of(model="a-star", sha256="")
    assert recipe.record()["version"] == 3
    assert Recipe.decoded(recipe.encoded()).record() == recipe.record()
    for damaged in (changed(sha256=""), changed(model="a-star")):
        with pytest.raises(VinguiError, match="checksum of its model, or names a planning method"):
            Recipe.decoded(damaged)
    learning = {"kind": "learning", "snapshots": [[1, "0" * 64]]}
    with pytest.raises(VinguiError, match="learns nothing"):
        Recipe.decoded(changed(model="a-star", sha256="", **learning))
