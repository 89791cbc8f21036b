import json

import pytest

from vingui.core.formats import read_dataset, read_map, write_map
from vingui.core.frame import MapFrame
from vingui.core.grid import GridMap

TEXT = """\
{
  "format": "vingui-map",
  "version": 1,
  "goal": [1, 2],
  "starts": [[2, 3], [1, 1]],
  "rows": [
    "#####",
    "#..##",
    "#...#",
    "#####"
  ]
}
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "map.json"


def changed(**keys):
    return json.dumps({**json.loads(TEXT), **keys})


def test_it_is_written_to_be_read(path, walls):
    write_map(path, GridMap(walls, ((1, 2),), ((2, 3), (1, 1))))
    assert path.read_bytes() == TEXT.encode()


def test_it_is_read(path, walls):
    path.write_text(TEXT)
    dataset = read_dataset(path)
    assert dataset.name == "map"
    assert dataset.notes == ()
    assert list(dataset.maps) == [GridMap(walls, ((1, 2),), ((2, 3), (1, 1)))]


def test_where_it_lies_is_a_line_of_its_own(path, walls):
    grid = GridMap(walls, ((1, 2),), ((2, 3), (1, 1)), MapFrame(0.05, (-10, 2.5, 0.25)))
    write_map(path, grid)
    line = '  "frame": {"resolution": 0.05, "origin": [-10.0, 2.5, 0.25]},\n'
    assert path.read_text() == TEXT.replace('  "rows"', f'{line}  "rows"')
    assert read_map(path) == grid
    path.write_text(changed(frame=None))
    assert read_map(path).frame is None


def test_it_is_read_as_an_editor_left_it(path, walls):
    content = json.loads(TEXT)
    del content["goal"], content["starts"]
    content = dict(reversed(content.items())) | {"comment": "mine"}
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(content, indent="\t").encode())
    assert read_map(path) == GridMap(walls)


def test_keys_far_behind_the_beginning_are_found(path):
    rows = ["." * 200] * 200
    path.write_text(json.dumps({"rows": rows, "version": 1, "format": "vingui-map"}))
    assert read_map(path).rows == 200


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("{", "which is written in JSON"),
        ("[1]", "but 'list'"),
        ("null", "but 'NoneType'"),
        ("{}", "but None"),
        ('{"format": "tiled"}', "but 'tiled'"),
        ("[" * 100_000, "nested too deep"),
        ('{"format": ' + "9" * 5000 + "}", "which is written in JSON"),
        (changed(version=3), "version 3, made by a newer vingui"),
        (changed(version=0), "not 0"),
        (changed(version=True), "not True"),
        (changed(version="1"), "not '1'"),
        (changed(rows=None), '"rows" must be a list of strings'),
        (changed(rows=[]), "The map has 0x0 cells"),
        (changed(rows=["..", 1]), '"rows" must be a list of strings'),
        (changed(rows=["..", "..."]), "Row 1 has 3 cells, but row 0 has 2"),
        (changed(rows=["..", ".X"]), "'X' at row 1, col 1 is not known here"),
        (changed(rows=["..", ".\u0660"]), "at row 1, col 1"),
        (
            changed(rows=["." * 4097] * 2),
            "The map has 2x4097 cells, and vingui plans on 4096x4096 at most",
        ),
        (changed(goal=[0, 0]), "in a wall, at row 0, col 0"),
        (changed(goal=[9, 1]), "at row 9, col 1"),
        (changed(goal=[1]), '"goal" must hold [row, col], not [1]'),
        (changed(goal=[1, 2.0]), "not [1, 2.0]"),
        (changed(goal=[True, 2]), "not [True, 2]"),
        (changed(goal="12"), "not '12'"),
        (changed(goal=[10**30, 1]), '"goal" must hold [row, col]'),
        (changed(starts={"a": 1}), '"starts" must be a list'),
        (changed(starts=[[1, 1], [0, 1]]), "The start lies in a wall"),
        (changed(starts=[None]), "not None"),
        (changed(frame=[1]), '"frame" must be a resolution and an origin'),
        (changed(frame={"resolution": 1}), '"frame" must be a resolution and an origin'),
        (changed(frame={"resolution": 0, "origin": [0, 0, 0]}), "The resolution must be above 0"),
        (
            changed(frame={"resolution": True, "origin": [0, 0, 0]}),
            "The resolution must be a number",
        ),
        (changed(frame={"resolution": 1, "origin": [0, 0]}), "The origin must be x, y and yaw"),
        (
            changed(frame={"resolution": 1, "origin": [0, 0, "1"]}),
            "Each part of the origin must be a number",
        ),
        (changed(frame={"resolution": 1, "origin": [0, 0, 1e400]}), "must be a finite number"),
        (changed(frame={"resolution": 10**400, "origin": [0, 0, 0]}), "must be a finite number"),
        (
            changed(frame={"resolution": float("nan"), "origin": [0, 0, 0]}),
            "must be a finite number",
        ),
    ],
)
def test_what_is_wrong_is_named(path, refused, text, part):
    path.write_text(text)
    refused(path, part)
