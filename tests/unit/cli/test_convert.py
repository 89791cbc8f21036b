"""`vingui convert`, without its process."""

import argparse

import numpy as np
import pytest
from PIL import Image

from vingui.cli import convert
from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.formats import read_dataset, read_map, write_dataset, write_map
from vingui.core.frame import MapFrame
from vingui.core.grid import GridMap

GRID = GridMap(
    np.array([[0, 0, 0, 1], [1, 0, 0, 0], [0, 0, 1, 0]], bool),
    ((0, 0),),
    ((1, 1),),
    MapFrame(0.05, (-10, 2.5, 0.25)),
)


@pytest.fixture
def converted(tmp_path, capsys):
    """`converted(source, target, *words)`: the target's path and what was said."""
    parser = argparse.ArgumentParser()
    convert.add_parser(parser.add_subparsers())

    def run(source, target, *words, wrote="1 map", written=""):
        words = ["convert", str(source), str(tmp_path / target), *words]
        assert convert.run(parser.parse_args(words)) == 0
        said = capsys.readouterr()
        assert said.out == f"wrote {wrote} to {tmp_path / (written or target)}\n"
        return tmp_path / target, said.err

    return run


@pytest.mark.parametrize(
    ("suffix", "kept"),
    [
        (".json", GRID),
        (".npz", GridMap(GRID.walls, (GRID.goal,), GRID.starts)),
        (".txt", GridMap(GRID.walls, (GRID.goal,), GRID.starts)),
        (".yaml", GridMap(GRID.walls, frame=GRID.frame)),
        (".map", GridMap(GRID.walls)),
        (".png", GridMap(GRID.walls)),
        (".pgm", GridMap(GRID.walls)),
    ],
)
def test_there_and_back(tmp_path, converted, suffix, kept):
    write_map(tmp_path / "first.json", GRID)
    there, said = converted(tmp_path / "first.json", f"there{suffix}")
    assert ("goals and starts are left out" in said) == (kept.goal is None)
    assert ("resolution and origin are left out" in said) == (kept.frame is None)
    back, _ = converted(there, "back.json")
    assert read_map(back) == kept


def test_a_picture_is_read_by_the_options_and_a_note_says_how(tmp_path, converted):
    pixels = np.full((60, 80), 255, np.uint8)
    pixels[20:40, 40:60] = 60
    Image.fromarray(pixels).save(tmp_path / "plan.png")
    words = ("--cell", "10", "--crop", "10,20,40x60", "--threshold", "100")
    path, said = converted(tmp_path / "plan.png", "plan.txt", *words)
    assert path.read_text() == "......\n..##..\n..##..\n......\n"
    assert (
        "Read 60x40 from row 10, col 20, of 80x60 pixels (width x height) "
        "as 4x6 cells (rows x columns) of 10x10 pixels" in said
    )
    path, _ = converted(tmp_path / "plan.png", "plan.txt", "--longest", "4", "--invert")
    assert read_dataset(path).maps[0].walls.sum() == 11


def test_the_unknown_of_a_robots_map_is_a_choice(tmp_path, converted):
    pixels = np.where(GRID.walls, np.uint8(0), np.uint8(254))
    pixels[0, 0] = 205
    Image.fromarray(pixels).save(tmp_path / "arena.pgm")
    text = "image: arena.pgm\nresolution: 0.05\norigin: [0, 0, 0]\n"
    (tmp_path / "arena.yaml").write_text(text)
    path, said = converted(tmp_path / "arena.yaml", "arena.json")
    assert "note: Took 1 unknown of 12 pixels as wall." in said
    assert read_map(path).walls[0, 0]
    path, _ = converted(tmp_path / "arena.yaml", "arena.json", "--unknown", "free")
    assert read_map(path) == GridMap(GRID.walls, frame=MapFrame(0.05))


def test_options_that_fit_no_map_are_refused_in_a_line(tmp_path, converted):
    Image.new("L", (20, 20)).save(tmp_path / "plan.png")
    with pytest.raises(VinguiError, match=r"^plan\.png: The crop must lie inside the 20x20 pixels"):
        converted(tmp_path / "plan.png", "plan.txt", "--crop", "10,10,11x11")
    assert not (tmp_path / "plan.txt").exists()


def test_one_map_of_a_set_is_taken_out_of_it(tmp_path, converted):
    maps = [GridMap(GRID.walls, ((0, col),)) for col in range(3)]
    write_dataset(tmp_path / "maps.npz", DataSet("maps", maps))
    path, _ = converted(tmp_path / "maps.npz", "one.txt", "--index", "2")
    assert read_map(path) == maps[2]
    converted(tmp_path / "maps.npz", "s{index}.txt", "--index", "1", written="s1.txt")
    assert read_map(tmp_path / "s1.txt") == maps[1]
    with pytest.raises(VinguiError, match=r"maps.npz: --index must be from 0 to 2, not 3"):
        converted(tmp_path / "maps.npz", "none.txt", "--index", "3")
    assert not (tmp_path / "none.txt").exists()


def test_some_maps_of_a_set_become_a_set_in_the_order_asked_for(tmp_path, converted):
    maps = [GridMap(GRID.walls, ((0, col),)) for col in range(3)]
    write_dataset(tmp_path / "maps.npz", DataSet("maps", maps))
    for words, columns in (("2,0", [2, 0]), ("2,1,0", [2, 1, 0]), ("all", [0, 1, 2])):
        path, _ = converted(
            tmp_path / "maps.npz", "some.npz", "--index", words, wrote=f"{len(columns)} maps"
        )
        assert [grid.goal for grid in read_dataset(path).maps] == [(0, col) for col in columns]


@pytest.mark.parametrize(
    ("pattern", "written"),
    [("{name}.txt", "hall.txt"), ("{name}-{index}.map", "hall-0.map"), ("new/{name}.png", None)],
)
def test_one_map_needs_no_number_in_its_name(tmp_path, converted, pattern, written):
    write_map(tmp_path / "hall.json", GRID)
    written = written or pattern.replace("{name}", "hall")
    converted(tmp_path / "hall.json", pattern, written=written)
    assert np.array_equal(read_map(tmp_path / written).walls, GRID.walls)


@pytest.mark.parametrize(
    ("words", "numbers", "written"),
    [
        ((), [0, 1, 2], "new/maps-0.txt, ... {}new/maps-2.txt"),
        (("--index", "1-2"), [1, 2], "new/maps-1.txt and {}new/maps-2.txt"),
    ],
)
def test_each_map_of_a_set_can_have_a_file_of_its_own(tmp_path, converted, words, numbers, written):
    maps = [GridMap(GRID.walls, ((0, col),)) for col in range(3)]
    write_dataset(tmp_path / "maps.npz", DataSet("maps", maps))
    out = "new/{name}-{index}.txt"
    written = written.format(f"{tmp_path}/")
    converted(tmp_path / "maps.npz", out, *words, wrote=f"{len(numbers)} maps", written=written)
    made = {path.name: read_map(path) for path in (tmp_path / "new").iterdir()}
    assert made == {f"maps-{number}.txt": maps[number] for number in numbers}


def test_files_of_single_maps_never_take_each_others_name_or_that_of_their_set(tmp_path, converted):
    maps = [GridMap(GRID.walls, ((0, col),)) for col in range(3)]
    write_dataset(tmp_path / "1.npz", DataSet("maps", maps))
    with pytest.raises(VinguiError, match=r"Put \{index\} into it"):
        converted(tmp_path / "1.npz", "{name}.npz")
    with pytest.raises(VinguiError, match=r"^1\.npz: This would overwrite the set"):
        converted(tmp_path / "1.npz", "{index}.npz")
    assert len(read_dataset(tmp_path / "1.npz").maps) == 3
