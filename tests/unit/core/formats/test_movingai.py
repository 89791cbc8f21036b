import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vingui.core.errors import VinguiError
from vingui.core.formats import (
    ReadOptions,
    format_to_write,
    movingai,
    read_dataset,
    read_map,
    write_map,
)
from vingui.core.grid import GridMap
from vingui.core.moves import rule_named

MAP = """\
type octile
height 4
width 5
map
@@TOW
@..@@
@GS.@
@@@@@
"""


def line(*, name="arena.map", size=(5, 4), start=(1, 2), goal=(3, 2), length="2.0"):
    """A problem; sizes and cells are (x, y), as in the file."""
    return "\t".join(map(str, ("0", name, *size, *start, *goal, length)))


def scenario(*lines):
    return "version 1\n" + "".join(text + "\n" for text in lines)


@pytest.fixture
def map_path(tmp_path):
    path = tmp_path / "arena.map"
    path.write_text(MAP)
    return path


@pytest.fixture
def path(tmp_path, map_path):
    return tmp_path / "arena.map.scen"


def test_a_map_is_read_with_notes_on_its_terrain(map_path, walls):
    dataset = read_dataset(map_path)
    assert list(dataset.maps) == [GridMap(walls)]
    assert dataset.rule == "8-both-free"
    assert dataset.notes == (
        "Took 1 water cell as wall.",
        "Took 1 tree cell as wall.",
        "Took 1 swamp cell as free.",
    )


def test_swamp_and_water_are_terrain_where_that_is_chosen(map_path, walls):
    dataset = read_dataset(map_path, ReadOptions(terrain=True))
    (grid,) = dataset.maps
    walls[0, 4] = False
    assert np.array_equal(grid.walls, walls)
    kinds = {cell: grid.palette[grid.terrain[cell]].name for cell in ((0, 4), (2, 2), (2, 1))}
    assert kinds == {(0, 4): "water", (2, 2): "swamp", (2, 1): "ground"}
    assert dataset.notes == (
        "Took 1 water cell as terrain of cost 9.",
        "Took 1 tree cell as wall.",
        "Took 1 swamp cell as terrain of cost 3.",
    )
    map_path.write_text(MAP.replace("W", "@").replace("S", "."))
    assert not read_map(map_path, ReadOptions(terrain=True)).has_costs


def test_stations_are_no_swamp(map_path):
    map_path.write_text(MAP.replace("@GS.@", "@ESE@"))
    grid = read_map(map_path, ReadOptions(terrain=True))
    assert (grid.palette[1].name, np.unique(grid.terrain).tolist()) == ("swamp", [0, 2])


@given(st.integers(0, 2**32))
def test_its_own_terrain_is_written_and_comes_back(tmp_path_factory, seed):
    rng = np.random.default_rng(seed)
    kinds = rng.integers(3, size=(4, 6)).astype(np.uint8)
    grid = GridMap(rng.random((4, 6)) < 0.3, terrain=kinds, palette=movingai.TERRAIN)
    path = tmp_path_factory.getbasetemp() / "own.map"
    write_map(path, grid)
    assert format_to_write(path).losses((grid,)) == ()
    back = read_map(path, ReadOptions(terrain=True))
    assert np.array_equal(back.walls, grid.walls)
    if grid.terrain is not None:
        assert back == grid


def test_other_terrain_becomes_ground_and_a_sentence_says_so(tmp_path):
    kinds = np.array([[0, 1], [2, 0]], np.uint8)
    grid = GridMap(np.zeros((2, 2), bool), terrain=kinds)
    path = tmp_path / "other.map"
    write_map(path, grid)
    assert path.read_text().splitlines()[4:] == ["..", ".."]
    assert format_to_write(path).losses((grid,)) == (
        "This format has no terrain; its cells become free cells of cost 1.",
    )


def test_the_maps_of_a_scenario_have_no_terrain(path, walls):
    path.write_text(scenario(line()))
    (grid,) = read_dataset(path, ReadOptions(terrain=True)).maps
    assert grid == GridMap(walls, ((2, 3),), ((2, 1),))


def test_windows_lines_and_blank_ends_are_read(map_path, walls):
    text = MAP.replace("height 4\nwidth 5", "width 5\nheight 4") + "\n\n"
    map_path.write_bytes(text.replace("\n", "\r\n").encode())
    assert read_map(map_path) == GridMap(walls)


def test_stations_of_the_league_of_robot_runners_are_free(map_path, walls):
    map_path.write_text(MAP.replace("@GS.@", "@ESE@").replace("TOW", "@@@"))
    dataset = read_dataset(map_path)
    assert list(dataset.maps) == [GridMap(walls)]
    assert dataset.notes == (
        "Took 2 E cells as free: emitter points of the League of Robot Runners.",
        "Took 1 S cell as free: service points of the League of Robot Runners.",
    )


def test_small_letters_mean_what_capital_ones_do(map_path, walls):
    map_path.write_text(MAP.replace("TOW", "tow").replace("GS", "gs"))
    dataset = read_dataset(map_path)
    assert list(dataset.maps) == [GridMap(walls)]
    assert dataset.notes[0] == "Took small letters as capital ones."
    assert "Took 1 swamp cell as free." in dataset.notes


def test_the_heights_of_corners_are_left_out(map_path, walls):
    heights = "222222\n233332\n222222\n222222\n222222\n"
    terrain = "@@TOW.\n@..@@.\n@gs.@.\n@@@@@.\n......\n"
    map_path.write_text(f"type octile-corner\nheight 5\nwidth 6\nmap\n{heights}{terrain}")
    dataset = read_dataset(map_path)
    assert list(dataset.maps) == [GridMap(walls)]
    assert dataset.notes[0] == "Left out the heights of the corners: type octile-corner."
    map_path.write_text(MAP.replace("octile", "octile-corner"))
    dataset = read_dataset(map_path)
    assert list(dataset.maps) == [GridMap(walls)]
    assert dataset.notes[0] == "Read type octile-corner as octile: it has no heights."


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("......\n", "", "has 5 rows of heights and 5 of terrain, but this one has 9 rows"),
        ("@..@@.", "@..@@", "The map says width 6, but row 1 of its terrain has 5 cells"),
        ("@..@@.", "@..5@.", "'5' at row 1, col 3 is not known here"),
    ],
)
def test_what_is_wrong_with_a_map_with_heights_is_named(map_path, refused, old, new, part):
    terrain = "@@TOW.\n@..@@.\n@GS.@.\n@@@@@.\n......\n".replace(old, new)
    heights = "222222\n" * 5
    map_path.write_text(f"type octile-corner\nheight 5\nwidth 6\nmap\n{heights}{terrain}")
    refused(map_path, part)


@pytest.mark.parametrize(
    "text",
    [
        f"```\n{MAP}```\n",
        "".join(f"    {line}  \n" for line in MAP.splitlines()),
        "".join(f"> {line}\n" for line in MAP.splitlines()),
        "\ufeff" + MAP,
    ],
)
def test_a_map_is_read_as_it_was_copied(map_path, walls, text):
    map_path.write_text(text, encoding="utf-8")
    assert read_map(map_path) == GridMap(walls)


def test_a_map_is_written(tmp_path, walls):
    path = tmp_path / "out.map"
    write_map(path, GridMap(walls, ((1, 1),), ((2, 2),)))
    assert path.read_text() == ("type octile\nheight 4\nwidth 5\nmap\n@@@@@\n@..@@\n@...@\n@@@@@\n")


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("octile", "hex", "Its type is 'hex', but vingui reads octile and octile-corner"),
        (
            "height 4",
            "height -4",
            "The height must be a whole number of at most 9 digits, not '-4'",
        ),
        ("height 4", "height \u0664", "The height must be a whole number"),
        ("height 4", "height 5", "The map says height 5, but has 4 rows"),
        (
            "height 4",
            "height 5000",
            "The map has 5000x5 cells, and vingui plans on 4096x4096 at most",
        ),
        ("height 4", "height " + "9" * 5000, "The height must be a whole number"),
        ("height 4", "height", "must be height and width"),
        ("width 5", "width 6", "The map says width 6, but its first row has 5 cells"),
        ("width 5", "height 5", "must be height and width"),
        ("@..@@", "@..@", "Row 1 has 4 cells, but row 0 has 5"),
        ("@..@@", "@..x@", "'x' at row 1, col 3 is not known here: a MovingAI map has . G S E"),
        ("@..@@", "@.\u2588.@", "at row 1, col 2"),
    ],
)
def test_what_is_wrong_with_a_map_is_named(map_path, refused, old, new, part):
    map_path.write_text(MAP.replace(old, new))
    refused(map_path, part)


def test_bytes_that_are_no_text_are_refused(map_path, refused):
    map_path.write_bytes(MAP.encode().replace(b"@@@@@", b"@@\xe9@@"))
    refused(map_path, "text in UTF-8")


def test_a_scenario_is_read_with_x_as_the_column(path, walls):
    path.write_text(scenario(line(), line(start=(2, 1), goal=(1, 1)), ""))
    dataset = read_dataset(path)
    assert list(dataset.maps) == [
        GridMap(walls, ((2, 3),), ((2, 1),)),
        GridMap(walls, ((1, 1),), ((1, 2),)),
    ]
    assert dataset.maps[0].walls is dataset.maps[1].walls
    assert dataset.notes[0] == "arena.map: Took 1 water cell as wall."
    assert "8-both-free" in dataset.notes[-1]
    assert rule_named(dataset.rule).name == "8-both-free"


def test_a_scenario_without_a_version_or_tabs_is_read(path):
    path.write_text(line().replace("\t", " ") + "\n")
    assert read_dataset(path).maps[0].goal == (2, 3)


def test_each_problem_says_its_bucket_and_length(path):
    path.write_text(
        scenario(
            line(length="2.41421356"),
            line(start=(0, 0), length="7"),
            line(length="nan").replace("0\t", "12\t", 1),
            line(length="1e400").replace("0\t", "x\t", 1),
        )
    )
    dataset = read_dataset(path)
    assert dataset.labels == ("bucket 0, optimal length 2.41", "bucket 12", "")
    assert dataset.describe(0) == (
        "4x5, from row 2, col 1 to row 2, col 3; bucket 0, optimal length 2.41"
    )


def test_a_link_that_leaves_the_folder_is_not_followed(tmp_path, map_path, refused):
    folder = tmp_path / "inside"
    folder.mkdir()
    (folder / "arena.map").symlink_to(map_path)
    (folder / "own.scen").write_text(scenario(line()))
    refused(folder / "own.scen", "'arena.map' in its folder is a link that leaves it")
    (folder / "arena.map").unlink()
    (folder / "other.map").write_text(MAP)
    (folder / "arena.map").symlink_to("other.map")
    assert read_dataset(folder / "own.scen").maps[0].goal == (2, 3)


def test_the_map_is_looked_for_beside_the_scenario_only(path, map_path, refused, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    inside = tmp_path / "inside"
    inside.mkdir()
    map_path.rename(outside / "arena.map")
    moved = inside / "other.scen"
    names = ("../outside/arena.map", str(outside / "arena.map"), "..\\outside\\arena.map")
    for name in (*names, "..", ".", "/", ""):
        moved.write_text(scenario(line(name=name)))
        refused(moved, "but its folder holds no file of that name")
    moved.write_text(scenario(line(name="a\0b")))
    refused(moved, "null characters")
    (outside / "arena.map").rename(inside / "arena.map")
    for name in names:
        moved.write_text(scenario(line(name=name)))
        assert read_dataset(moved).maps[0].goal == (2, 3)


@pytest.mark.parametrize(
    "name", ["maps/dao/arena.map", "~/arena.map", "file:///maps/arena.map", "C:\\dao\\arena.map"]
)
def test_a_path_of_another_machine_leads_to_the_map_beside(path, name):
    path.write_text(scenario(line(name=name)))
    assert read_dataset(path).maps[0].goal == (2, 3)


def test_a_map_below_the_scenario_is_read(path, map_path):
    (path.parent / "dao").mkdir()
    map_path.rename(path.parent / "dao" / "arena.map")
    path.write_text(scenario(line(name="maps/dao/arena.map")))
    assert read_dataset(path).maps[0].goal == (2, 3)


def test_links_into_one_folder_are_read(path, map_path):
    path.write_text(scenario(line()))
    (path.parent / "benchmarks").mkdir()
    linked = path.parent / "benchmarks" / "even.scen"
    linked.symlink_to(path)
    assert read_dataset(linked).maps[0].goal == (2, 3)
    (linked.parent / "arena.map").symlink_to(map_path)
    assert read_dataset(linked).maps[0].goal == (2, 3)


def test_a_map_called_as_the_scenario_will_do(path):
    path.write_text(scenario(line(name="renamed.map"), line(name="other.map")))
    dataset = read_dataset(path)
    assert dataset.maps[0].walls is dataset.maps[1].walls


def test_problems_in_walls_are_left_out_and_counted(path):
    path.write_text(scenario(line(), line(start=(0, 0)), line(goal=(4, 0))))
    dataset = read_dataset(path)
    assert len(dataset.maps) == 1
    assert dataset.notes[-1] == ("Left out 2 problems of 3 whose start or goal lies in a wall.")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (scenario(), "has no problem"),
        (scenario(line(start=(0, 0))), "cells; 1 lie in walls"),
        (scenario(line(), "0\tarena.map"), "Line 3 must have 9 fields, not 2"),
        (
            scenario(line(goal=(5, 2))),
            "The goal of line 2 lies outside the 4x5 map, at row 2, col 5",
        ),
        (scenario(line(start=(1, 4))), "The start of line 2 lies outside the 4x5 map"),
        (
            scenario(line(start=(-1, 2))),
            "A number in line 2 must be a whole number of at most 9",
        ),
        (scenario(line(start=(1.5, 2))), "not '1.5'"),
        (scenario(line(size=(4, 5))), "Line 2 is about a map of 5x4 cells, but the map has 4x5"),
        ("no scenario\n", "Line 1 must have 9 fields, not 2"),
    ],
)
def test_what_is_wrong_with_a_scenario_is_named(path, refused, text, part):
    path.write_text(text)
    refused(path, part)


def test_a_damaged_map_of_a_scenario_is_named(path, map_path):
    map_path.write_text(MAP[:-8])
    path.write_text(scenario(line()))
    with pytest.raises(VinguiError, match=r"^arena\.map\.scen: arena\.map: The map says height 4"):
        read_dataset(path)


def test_problems_of_a_scenario_own_no_walls(path):
    path.write_text(scenario(*[line()] * 50))
    maps = read_dataset(path).maps
    assert len({id(grid.walls) for grid in maps}) == 1
    assert not np.may_share_memory(maps[0].walls, maps[0].free)


@pytest.mark.parametrize("name", ["n{}.map", "maps/{}/arena.map", "C:\\{}\\arena.map"])
def test_a_scenario_of_very_many_names_is_refused(path, refused, name):
    lines = [line(name=name.format(number)) for number in range(5000)]
    path.write_text(scenario(*lines))
    refused(path, "names more than 100")
    path.write_text(scenario(*lines[:50], *lines[:50]))
    assert len(read_dataset(path).maps) == 100
