"""Which texts name files, and which draw a map."""

from pathlib import Path

import pytest

from vingui.gui.importing.pasted_paths import named_files


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("room 5.txt", "b.map", "S"):
        (tmp_path / name).write_text("#####\n")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{folder}/b.map", ["b.map"]),
        ("  '{folder}/room 5.txt' \n", ["room 5.txt"]),
        ('"{folder}/room 5.txt"', ["room 5.txt"]),
        ("{folder}/room\\ 5.txt", ["room 5.txt"]),
        ("~/b.map", ["b.map"]),
        ("b.map", ["b.map"]),
        ("file://{folder}/room%205.txt", ["room 5.txt"]),
        ("file://localhost{folder}/b.map", ["b.map"]),
        (
            "# comment\r\nfile://{folder}/b.map\r\nfile://{folder}/lost.map\r\n",
            ["b.map", "lost.map"],
        ),
        ("x-special/nautilus-clipboard\ncut\nfile://{folder}/b.map", ["b.map"]),
        ("{folder}/b.map\n{folder}/room 5.txt\n", ["b.map", "room 5.txt"]),
        ("{folder}/lost.map", ["lost.map"]),
        ("{folder}", [""]),
    ],
)
def test_paths_and_urls_are_files(folder, text, names):
    found = named_files(text.format(folder=folder))
    assert [path.name for path in found] == [Path(name).name or folder.name for name in names]
    assert all(path.parent == (folder if path != folder else folder.parent) for path in found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..\n..",
        "..",
        ".",
        "S\nS",
        "#####\n#S.G#\n#####",
        "// a remark",
        "https://example.org/b.map",
        "lost.map",
        "b.map\nand more",
        "~nobody-of-this-name/b.map",
        "a\0b",
        "file:",
        "/" + "x" * 200_000,
        "{folder}/b.map\nand more",
    ],
)
def test_other_text_is_none(folder, text):
    assert named_files(text.replace("{folder}", str(folder))) == []
