"""Sets of maps to evaluate on: how they are written, and which maps they have."""

import numpy as np
import pytest

from vingui.core.errors import VinguiError
from vingui.core.evaluation_sets import MapSet
from vingui.core.formats import write_map
from vingui.core.generate import MIXTURES, generate_many, place_uniform
from vingui.core.generated_maps import GeneratedMaps
from vingui.core.grid import GridMap
from vingui.core.train_settings import HELD_OUT_SEED

GRID = GridMap(np.zeros((2, 3), bool), ((0, 2),), ((0, 0),))


@pytest.mark.parametrize(
    ("text", "kinds", "rows", "cols", "number", "params"),
    [
        ("maze", ("maze",), 28, 28, 100, {}),
        ("maze:9", ("maze",), 9, 9, 100, {}),
        ("rooms+caves:64x48:20", ("rooms", "caves"), 64, 48, 20, {}),
        ("noise:8:3:density=0.4", ("noise",), 8, 8, 3, {"density": 0.4}),
        ("noise:8:3:density=0.4,border=yes", ("noise",), 8, 8, 3, {"density": 0.4, "border": True}),
        ("obstacles:::obstacle-size=2", ("obstacles",), 28, 28, 100, {"obstacle_size": 2}),
    ],
)
def test_generated_maps_as_they_are_written(text, kinds, rows, cols, number, params):
    maps = GeneratedMaps.parse(text, seed=5)
    assert maps == GeneratedMaps(kinds, rows, cols, number, 5, params)
    assert GeneratedMaps.parse(str(maps), seed=5) == maps
    assert len(maps) == number


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("labyrinth:9:3", "no kind of map"),
        ("maze:nine", "described like maze:28:100"),
        ("maze:9:-3", "described like maze:28:100"),
        ("maze:9:0", "1 to 1,000,000 generated maps"),
        ("maze:1:3", "must have 2x2 to"),
        ("noise:9:3:density", "written like density=0.4"),
        ("noise:9:3:density=thick", "written like density=0.4"),
        ("noise:9:3:density=2", "density must be a number from 0"),
        ("noise:9:3:depth=2", "no parameter 'depth'"),
        ("noise+maze:9:3:density=0.2", "Only maps of one kind"),
        ("mixed:9:3:density=0.2", "Only maps of one kind"),
    ],
)
def test_other_descriptions_are_refused_with_a_reason(text, reason):
    with pytest.raises(VinguiError, match=reason):
        GeneratedMaps.parse(text)


def test_maps_of_one_kind_are_those_that_cards_are_made_with():
    maps = GeneratedMaps.parse("rooms:11x13:4")
    expected = generate_many("rooms", count=4, rows=11, cols=13, seed=HELD_OUT_SEED, uniform=True)
    assert list(maps) == expected
    assert maps[1:3] == expected[1:3]
    with pytest.raises(IndexError):
        maps[4]


def test_kinds_take_turns_and_the_mixture_of_training_is_one_of_them():
    maps = GeneratedMaps(("maze", "mixed"), 9, 9, 8, seed=3)
    mazes = generate_many("maze", count=8, rows=9, cols=9, seed=3, uniform=True)
    assert [maps[index] for index in (0, 2, 4, 6)] == mazes[::2]
    for index, walls in zip((1, 3, 5, 7), MIXTURES["mixed"], strict=True):
        rng = np.random.default_rng([3, index, 0, 1])
        assert maps[index] == place_uniform(walls(9, 9, rng), rng)


def test_a_set_comes_from_a_file_a_generator_or_the_map_in_the_editor(tmp_path):
    write_map(tmp_path / "one.json", GRID)
    file = MapSet("file", str(tmp_path / "one.json"))
    assert MapSet.of_record(file.record()) == file
    assert (file.load(GRID).name, list(file.load(GRID).maps)) == ("one", [GRID])
    generated = MapSet("generate", "maze:9:2", seed=4).load(GRID)
    assert generated.name == "maze 9x9"
    assert list(generated.maps) == list(GeneratedMaps.parse("maze:9:2", seed=4))
    assert list(MapSet("map").load(GRID).maps) == [GRID]


@pytest.mark.parametrize(
    "record",
    [
        None,
        {},
        {"source": "file", "text": "a.json"},
        {"source": "file", "text": 3, "seed": 0},
        {"source": "map", "text": "", "seed": True},
    ],
)
def test_other_records_are_no_sets(record):
    with pytest.raises(VinguiError, match="Maps to evaluate on cannot be"):
        MapSet.of_record(record)


def test_sets_of_unknown_sources_and_numbers_are_refused():
    with pytest.raises(VinguiError, match="Maps come from file"):
        MapSet("web").load(GRID)
    with pytest.raises(VinguiError, match="whole number"):
        MapSet("like", "many").load(GRID)
