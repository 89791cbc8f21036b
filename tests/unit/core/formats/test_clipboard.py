import json

import pytest

from vingui.core.errors import VinguiError
from vingui.core.formats import clipboard, vingui_map
from vingui.core.grid import GridMap

MAP = "#####\n#SG##\n#..S#\n#####"


@pytest.fixture
def grid(walls):
    return GridMap(walls, ((1, 2),), ((1, 1), (2, 3)))


@pytest.mark.parametrize(
    "text",
    [
        MAP,
        MAP.replace("\n", "\r\n") + "\r\n\r\n",
        f"Try this one:\n\n```\n{MAP}\n```\nIt has two starts.",
        "".join(f"> {line}\n" for line in MAP.splitlines()),
    ],
)
def test_a_drawn_map_is_read(grid, text):
    assert clipboard.decoded(text)[0] == grid


def test_a_map_and_a_run_in_json_are_read(grid):
    text = vingui_map.encoded(grid)
    assert clipboard.decoded(text) == (grid, ())
    assert clipboard.decoded(f"```json\n{text}```\n")[0] == grid
    record = {"format": "vingui-run", "version": 1, "map": json.loads(text)}
    assert clipboard.decoded(json.dumps(record, indent=2))[0] == grid


def test_a_map_of_movingai_is_read(walls):
    text = "type octile\nheight 4\nwidth 5\nmap\n@@TOW\n@..@@\n@EG.@\n@@@@@\n"
    pasted_map, notes = clipboard.decoded(f"  {text.replace(chr(10), f'  {chr(10)}  ')}")
    assert pasted_map == GridMap(walls)
    assert "Took 1 tree cell as wall." in notes


def test_cells_of_a_spreadsheet_are_read(walls):
    text = "\n".join("\t".join(str(int(wall)) for wall in row) for row in walls)
    assert clipboard.decoded(text)[0] == GridMap(walls)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The clipboard holds no map"),
        (" \n\t\n", "The clipboard holds no map"),
        ("hello", "The clipboard holds no map"),
        ("Two lines\nof prose.", "The clipboard holds no map"),
        ("{", "The clipboard holds no map"),
        ("[" * 100_000, "The clipboard holds no map"),
        ('{"rows": 3}', "The clipboard holds JSON, but no vingui map"),
        ("https://example.org/a.map", "The clipboard holds a web address: download the file"),
        ("####\n#?.#\n####", "'?' at row 1, col 1 is not known here"),
        ("type hex\nheight 4\nwidth 4\nmap\n", "Its type is 'hex'"),
    ],
)
def test_text_that_is_no_map_is_refused(text, message):
    with pytest.raises(VinguiError) as caught:
        clipboard.decoded(text)
    assert str(caught.value).startswith(message)
