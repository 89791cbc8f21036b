import json
import tracemalloc
from pathlib import Path

import pytest

from vingui.core.files import distinct_names, name_of, parse_json, printable, read_bytes


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a": ', "}"), ('[{"a": ', "}]")])
@pytest.mark.parametrize("depth", [51, 600, 100_000])
def test_json_nested_deeper_than_any_file_of_ours_is_refused(opening, closing, depth):
    with pytest.raises(ValueError, match="nested too deep"):
        parse_json(opening * depth + "1" + closing * depth)


@pytest.mark.parametrize("content", [None, [], {}, [[], {"a": [1, {"b": "c"}]}], "x" * 1000])
def test_other_json_is_read(content):
    assert parse_json(json.dumps(content)) == content
    assert parse_json(json.dumps(content).encode()) == content


def test_a_long_limit_takes_no_memory_for_a_short_file(tmp_path):
    path = tmp_path / "short"
    path.write_bytes(b"x" * 1000)
    tracemalloc.start()
    try:
        assert read_bytes(path, limit=1 << 30) == b"x" * 1000
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hall.txt", "hall.txt"),
        ("größe 長.txt", "größe 長.txt"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\x9b2J", "\\x9b2J"),
        ("\u202etxt.exe", "\\u202etxt.exe"),
        ("\udcff", "\\udcff"),
    ],
)
def test_what_controls_a_terminal_is_escaped(text, expected):
    assert printable(text) == expected
    assert name_of(Path("folder", text)) == expected


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["a/b.txt"], ["b.txt"]),
        (["a/b.txt", "a/c.txt"], ["b.txt", "c.txt"]),
        (["a/b.txt", "c/b.txt"], ["a/b.txt", "c/b.txt"]),
        (["x/a/b.txt", "y/a/b.txt", "a/c.txt"], ["x/a/b.txt", "y/a/b.txt", "c.txt"]),
        (["/b.txt", "/a/b.txt"], ["/b.txt", "a/b.txt"]),
        (["/a/./b.txt", "/a/b.txt"], ["/a/b.txt", "/a/b.txt"]),
        (["."], ["."]),
    ],
)
def test_files_are_named_by_as_much_of_their_path_as_tells_them_apart(paths, expected):
    assert distinct_names([Path(path) for path in paths]) == expected


@pytest.mark.parametrize(
    "text", ["9" * 5000, b'{"version": -' + b"1" * 9000 + b"}", "[1, 1" + "0" * 4800 + "]"]
)
def test_a_number_of_very_many_digits_is_refused_without_pythons_words(text):
    with pytest.raises(ValueError, match=r"^it has a number of thousands of digits$"):
        parse_json(text)
