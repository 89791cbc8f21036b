"""The folder and the name that file dialogs propose."""

from pathlib import Path

import pytest

from vingui.gui.document.file_names import existing_folder, file_stem


def test_the_first_folder_that_is_there(tmp_path):
    (tmp_path / "file").write_text("")
    gone, there = tmp_path / "Documents", tmp_path / "maps"
    there.mkdir()
    wanted = [str(path) for path in (gone, tmp_path / "file", there, tmp_path)]
    assert existing_folder(["", *wanted]) == there
    assert existing_folder([str(gone), ""]) == Path.home()
    assert existing_folder([]) == Path.home()


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("Nine rooms", "Nine rooms"),
        ("set train map 3", "set train map 3"),
        ("a/b\\c:d", "a-b-c-d"),
        ("..", "map"),
        (".hidden", "hidden"),
        ("x\ny", "x-y"),
        ("", "map"),
        ("L" * 300, "L" * 80),
        ("Größe 中", "Größe 中"),
    ],
)
def test_a_title_as_the_name_of_a_file(title, stem):
    assert file_stem(title) == stem
