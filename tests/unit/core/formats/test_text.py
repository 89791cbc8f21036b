import time

import numpy as np
import pytest

from vingui.core.errors import VinguiError
from vingui.core.formats import PictureOptions, ReadOptions, read_dataset, read_map, text, write_map
from vingui.core.grid import GridMap


@pytest.fixture
def path(tmp_path):
    return tmp_path / "map.txt"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_letters_mark_the_goal_and_the_starts(path, walls, ending):
    path.write_bytes(ending.join(["", "#####", "#SG##", "#..S#", "#####", "", ""]).encode())
    assert read_map(path) == GridMap(walls, ((1, 2),), ((1, 1), (2, 3)))


def test_a_map_may_have_several_goals(path, walls):
    path.write_text("#####\n#SG##\n#..G#\n#####\n")
    dataset = read_dataset(path)
    assert list(dataset.maps) == [GridMap(walls, ((1, 2), (2, 3)), ((1, 1),))]
    assert dataset.notes == ("The map has 2 goals.",)


def test_it_is_written(path, walls):
    write_map(path, GridMap(walls, ((1, 2),), ((2, 3), (1, 1))))
    assert path.read_bytes() == b"#####\n#SG##\n#..S#\n#####\n"


def test_a_start_on_the_goal_cannot_be_written(path, walls):
    with pytest.raises(VinguiError, match="A start lies on a goal"):
        write_map(path, GridMap(walls, ((1, 1),), ((1, 1),)))
    assert not path.exists()


ROWS = ["#####", "#SG##", "#..S#", "#####"]
MAP = "\n".join(ROWS)


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("\n".join(f"{row}  \t" for row in ROWS), ()),
        ("\n".join(f"{row}\u00a0" for row in ROWS), ()),
        (f"\ufeff{MAP}\u200b", ()),
        ("\n".join(f"    {row}" for row in ROWS), ()),
        ("\n".join(f"\t{row}" for row in ROWS), ()),
        ("\n    ".join(ROWS), ()),
        (MAP.replace("\n", "\u2028"), ()),
        (MAP.replace("\n", "\n\n"), ()),
        (f"```\n{MAP}\n```\n", ()),
        (f'maze = """\n{MAP}\n"""\n', ()),
        (f"r'''\\\n{MAP}'''", ()),
        (f"const rows = {ROWS};".replace("'", '"'), ()),
        (f"grid = np.array({ROWS})", ()),
        ("GRID = [\n" + "".join(f"    '{row}',\n" for row in ROWS) + "]", ()),
        (f"~~~text\n{MAP}\n~~~", ()),
        (f"  ```\n  {MAP}", ()),
        (f"A map:\n\n```\n{MAP}\n```", ("Read the code block and left out the text around it.",)),
        ("\n".join(f"> {row}" for row in ROWS), ()),
        ("\n".join(f">>{row}" for row in ROWS), ()),
        ("\n".join(f"{at}\t{row}" for at, row in enumerate(ROWS)), ("Left out the line numbers.",)),
        (
            "\n".join(f"  {at}: {row}" for at, row in enumerate(ROWS, 8)),
            ("Left out the line numbers.",),
        ),
        ("\n".join(f"{at}. {row}" for at, row in enumerate(ROWS)), ("Left out the line numbers.",)),
        ("\n".join(f'        "{row}",' for row in ROWS), ()),
        (str(ROWS), ()),
        ("\n".join(" ".join(row) for row in ROWS), ()),
        ("\n".join("\t".join(row) for row in ROWS), ()),
        ("\n".join(",".join(row) + "," for row in ROWS), ()),
        (MAP.replace("G", "E"), ("Took E as the goal.",)),
        (
            MAP.replace("G", "e").lower(),
            ("Took E as the goal.", "Took small letters as capital ones."),
        ),
        (MAP.replace(".", " "), ("Took blanks as free.",)),
        (MAP.replace("#", "\u2588"), ("Took \u2588 as wall.",)),
    ],
)
def test_text_is_read_as_it_was_copied(path, walls, text, notes):
    path.write_text(text, encoding="utf-8")
    dataset = read_dataset(path)
    assert list(dataset.maps) == [GridMap(walls, ((1, 2),), ((1, 1), (2, 3)))]
    assert dataset.notes == notes


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_other_encodings_are_read_by_their_mark(path, walls, encoding):
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    path.write_bytes(mark + MAP.replace("\n", "\r\n").encode(encoding))
    assert read_map(path) == GridMap(walls, ((1, 2),), ((1, 1), (2, 3)))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("notes.md", f"A map:\n\n```\n{MAP}\n```\n"),
        ("maze", MAP.replace(".", " ")),
        ("maze.lay", "".join(f"  {row}  \n" for row in ROWS)),
        ("mail.eml", "".join(f"> {row}\n" for row in ROWS)),
    ],
)
def test_a_map_under_any_other_name_is_read_by_its_first_row(tmp_path, walls, name, text):
    (tmp_path / name).write_text(text)
    dataset = read_dataset(tmp_path / name)
    assert list(dataset.maps) == [GridMap(walls, ((1, 2),), ((1, 1), (2, 3)))]
    assert dataset.notes[0].startswith("Read as Text map of # . G S or of 0 and 1 because")


def test_rows_of_blanks_are_filled_up_with_free_cells(path):
    path.write_text("    ####\n    #S\n    # G#\n    ####\n")
    dataset = read_dataset(path)
    assert dataset.maps[0].walls.tolist() == [
        [True] * 4,
        [True, *[False] * 3],
        [True, False, False, True],
        [True] * 4,
    ]
    assert dataset.notes == ("Filled up 1 of 4 rows with free cells.", "Took blanks as free.")


def test_rows_that_count_up_are_no_line_numbers(path):
    path.write_text("0 1\n1 0\n")
    assert read_map(path).walls.tolist() == [[False, True], [True, False]]


@pytest.mark.parametrize(
    "text",
    [
        "1,1,1,1\n1,0,0,1\n",
        "1;1;1;1;\n1;0;0;1;\n",
        "1\t1\t1\t1\n1\t0\t0\t1\n",
        "1 1 1 1\n1 0 0 1\n",
        "1111\n1001\n",
        "1.0, 1.0, 1.0, 1.0\n1.0, 0.0, 0.0, 1.0\n",
        "1.000e+00 1.000e+00 1.000e+00 1.000e+00\n1.000e+00 0.000e+00 0.000e+00 1.000e+00\n",
        "True,True,True,True\nTrue,False,False,True\n",
        '"1","1","1","1"\n"1","0","0","1"\n',
        "[[1, 1, 1, 1],\n [1, 0, 0, 1]]\n",
        "array([[1, 1, 1, 1],\n       [1, 0, 0, 1]])\n",
        "walls = np.array([[True, True, True, True],\n [True, False, False, True]], dtype=bool)",
        "let m = [\n  [1, 1, 1, 1],\n  [1, 0, 0, 1],\n];\n",
        "[[1 1\n  1 1]\n [1 0\n  0 1]]\n",
        "0,1,2,3\n1,1,1,1\n1,0,0,1\n",
        ",0,1,2,3\n0,1,1,1,1\n1,1,0,0,1\n",
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".txt"])
def test_grids_of_0_and_1_are_read_with_1_as_wall(tmp_path, text, suffix):
    path = tmp_path / f"grid{suffix}"
    path.write_text(text)
    walls = np.array([[True] * 4, [True, False, False, True]])
    dataset = read_dataset(path)
    assert list(dataset.maps) == [GridMap(walls)]
    assert [note[:32] for note in dataset.notes] == ["Took 1 as wall and 0 as free. If"]
    inverted = read_dataset(path, ReadOptions(picture=PictureOptions(invert=True)))
    assert list(inverted.maps) == [GridMap(~walls)]
    assert inverted.notes[0].startswith("Took 0 as wall and 1 as free. If")


def test_digits_may_have_a_start_and_a_goal_among_them(path):
    path.write_text("1 1 1 1\n1 S 0 E\n")
    grid = GridMap(np.array([[True] * 4, [True, *[False] * 3]]), ((1, 3),), ((1, 1),))
    assert read_map(path) == grid


def test_an_occupancy_grid_is_read_with_its_unknown_cells(path):
    path.write_text("100,0,-1\n0,0,100\n")
    dataset = read_dataset(path)
    assert dataset.maps[0].walls.tolist() == [[True, False, True], [False, False, True]]
    assert dataset.notes == (
        "Took 100 as wall and 0 as free, as in an occupancy grid.",
        "Took 1 unknown cell (-1) as wall.",
    )
    assert not read_map(path, ReadOptions(unknown="free")).walls[0, 2]


def test_only_what_vingui_writes_is_saved_over(path):
    """A text with more in it than a map would lose that."""
    head = f"```\n{MAP}\n```".encode()
    assert not text.FORMAT.matches(head, path)
    assert text.FORMAT.matches(MAP.encode(), path)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("GE\n..", "G and E may both mean the goal"),
        ("# #\n#.#", ". and blanks may both mean free cells"),
        ("#1\n00", "0 and 1 and # are mixed in one map. Use only one kind"),
        ("..\n.", "Row 1 has 1 cell, but row 0 has 2"),
        ("..\n.x", "'x' at row 1, col 1 is not known here: a map has # for walls"),
        ("#\t.#\n#..#", "'.#' at row 0, col 1 is neither a number nor one letter"),
        ("..", "The map has 1x2 cells, and the smallest has 2x2"),
        ("\n\n", "The text is empty"),
        (".\n.", "The map has 2x1 cells"),
        ("#" * 4097 + "\n.", "and vingui plans on 4096x4096 at most: cut out a part of it"),
        ("1,2\n0,0", "2 at row 0, col 1 does not fit: a grid has 0 and 1"),
        ("0,1\n0,100", "1 at row 0, col 1 does not fit"),
        ("0,1,0\n0,1", "Row 1 has 2 numbers, but row 0 has 3"),
        ("0,nan\n0,1", "'nan' at row 0, col 1 is neither a number nor one letter"),
        ("start,step\n1,2", "'start' at row 0, col 0 is neither a number nor one letter"),
        (f"```\n{MAP}\n```\n```\n{MAP}\n```", "The text has 2 code blocks"),
        ("[", "There is no row in these brackets"),
        ("[0]" * 400_000, "A map has at most 4096 rows, but this text has more"),
        ("[[0, 1],\n" + "[1, 0],\n" * 5000, "A map has at most 4096 rows"),
        ("0,1\n" * 5000, "A map has at most 4096 rows, but this text has 5,000"),
        ("#;.\n" * 9000, "A map has at most 4096 rows, but this text has 9,000"),
    ],
)
def test_what_is_wrong_is_named(path, refused, text, part):
    path.write_text(text)
    refused(path, part)


@pytest.mark.parametrize("text", [" ", "a=", "\t>", "  1", "array("])
def test_long_lines_are_looked_at_once(path, refused, text):
    path.write_text("\n" + text * 3_000_000 + "#")
    started = time.process_time()
    refused(path)
    assert time.process_time() - started < 4


def test_bytes_that_are_no_text_are_named(path, refused):
    path.write_bytes(b"####\n#.\xe9#\n####\n")
    refused(path, "This is not text in UTF-8 or UTF-16: byte 7, in line 2, belongs to neither")
    path.write_bytes(b"\xff\xfe#")
    refused(path, "not text in UTF-8 or UTF-16")
