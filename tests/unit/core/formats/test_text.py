import pytest

from vingui.core.errors import VinguiError
from vingui.core.formats import read_map, write_map
from vingui.core.grid import GridMap


@pytest.fixture
def path(tmp_path):
    return tmp_path / "map.txt"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_letters_mark_the_goal_and_the_starts(path, walls, ending):
    path.write_bytes(ending.join(["", "#####", "#SG##", "#..S#", "#####", "", ""]).encode())
    assert read_map(path) == GridMap(walls, (1, 2), ((1, 1), (2, 3)))


def test_it_is_written(path, walls):
    write_map(path, GridMap(walls, (1, 2), ((2, 3), (1, 1))))
    assert path.read_bytes() == b"#####\n#SG##\n#..S#\n#####\n"


def test_a_start_on_the_goal_cannot_be_written(path, walls):
    with pytest.raises(VinguiError, match="no start on the goal"):
        write_map(path, GridMap(walls, (1, 1), ((1, 1),)))
    assert not path.exists()


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("GG\n..", "at most one goal G, received 2"),
        ("..\n.", "2 as row 0, received 1 in row 1"),
        ("..\n. ", "received ' ' at row 1, col 1"),
        ("..", "received 1x2"),
        ("\n\n", "received 1x0"),
        (".\n.", "received 2x1"),
    ],
)
def test_what_is_wrong_is_named(path, refused, text, part):
    path.write_text(text)
    refused(path, part)
