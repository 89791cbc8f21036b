"""File names with placeholders: filled in, and never leading elsewhere."""

from pathlib import Path

import pytest

from vingui.cli.patterns import check_pattern, filled
from vingui.core.errors import VinguiError

VALUES = {"name": "cave", "k": 12, "K": 80, "model": "dynamic-8", "index": 3}


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("plan.png", "plan.png"),
        ("{name}_{k}.png", "cave_12.png"),
        ("{K}-{k}-{model}-{index}.svg", "80-12-dynamic-8-3.svg"),
        ("out/{name}/{k}{k}.png", "out/cave/1212.png"),
        ("a}b{name}.png", "a}bcave.png"),
    ],
)
def test_placeholders_are_filled_in(pattern, expected):
    check_pattern(pattern)
    path = filled(pattern, VALUES)
    assert path == Path(expected)
    assert path.parent.is_dir()


def test_a_name_without_placeholders_makes_no_folders(tmp_path):
    assert filled("no/plan.png", VALUES) == Path("no/plan.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["../../x", "a/b", "a\\b", "a\0b", "/etc/x"])
def test_a_value_stays_one_part_of_the_path(tmp_path, name):
    path = filled("out/{name}/{name}.png", VALUES | {"name": name})
    assert path.resolve().parent.parent == tmp_path / "out"
    assert [folder.name for folder in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", ["..", ".", "", " "])
def test_a_value_that_is_no_name_makes_no_folder(tmp_path, name):
    with pytest.raises(VinguiError, match=r"Expected a name for \{name\}"):
        filled("out/{name}/plan.png", VALUES | {"name": name})
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(VinguiError, match=r"^out/cave: Expected a folder that can be made, re"):
        filled("out/{name}/plan.png", VALUES)


@pytest.mark.parametrize("pattern", ["{nam}.png", "{}.png", "{name!r}.png", "{name:>99999}.png"])
def test_unknown_placeholders_are_refused(pattern):
    with pytest.raises(VinguiError, match=r"Expected placeholders of \{name\}, .*\{index\}, rec"):
        check_pattern(pattern)


def test_only_the_placeholders_of_a_command_are_known():
    with pytest.raises(VinguiError, match=r"of \{name\}, \{index\}, received \{k\}"):
        check_pattern("{k}.png", known=("name", "index"))


@pytest.mark.parametrize(
    ("pattern", "needed", "said"),
    [
        ("out/plan.png", ("name",), "with {name} for many maps, like out/plan_{name}.png, rec"),
        ("{name}.png", ("name", "index"), "with {index} for many maps, like {name}_{index}.png"),
        ("a.csv", ("name", "index"), "with {name} and {index} for many maps, like a_{name}_{ind"),
        ("{k}.csv", ("index",), "received one name for several"),
    ],
)
def test_many_maps_want_placeholders(pattern, needed, said):
    check_pattern(pattern)
    check_pattern(f"{{name}}{{index}}{pattern}", needed=needed)
    with pytest.raises(VinguiError) as caught:
        check_pattern(pattern, needed=needed)
    assert said in str(caught.value)
