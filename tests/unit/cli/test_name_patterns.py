"""File names with placeholders: filled in, and never leading elsewhere."""

from pathlib import Path

import pytest

from vingui.cli.name_patterns import check_distinct, placeholder_values
from vingui.core.errors import VinguiError
from vingui.core.files import distinct_names
from vingui.core.name_patterns import check_pattern, filled, make_folder, unfinished

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
    make_folder(pattern, path)
    assert path.parent.is_dir()


def test_a_name_without_placeholders_makes_no_folders(tmp_path):
    assert filled("no/plan.png", VALUES) == Path("no/plan.png")
    make_folder("no/plan.png", Path("no/plan.png"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["../../x", "a/b", "a\\b", "a\0b", "/etc/x"])
def test_a_value_stays_one_part_of_the_path(tmp_path, name):
    pattern = "out/{name}/{name}.png"
    path = filled(pattern, VALUES | {"name": name})
    make_folder(pattern, path)
    assert path.resolve().parent.parent == tmp_path / "out"
    assert [folder.name for folder in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", ["..", ".", "", " "])
def test_a_value_that_is_no_name_makes_no_folder(tmp_path, name):
    with pytest.raises(VinguiError, match=r"would give the name"):
        filled("out/{name}/plan.png", VALUES | {"name": name})
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(VinguiError, match=r"^out/cave: The folder cannot be made"):
        make_folder("out/{name}/plan.png", filled("out/{name}/plan.png", VALUES))


@pytest.mark.parametrize("pattern", ["{nam}.png", "{}.png", "{name!r}.png", "{name:>99999}.png"])
def test_unknown_placeholders_are_refused(pattern):
    with pytest.raises(VinguiError, match=r"There is no placeholder .* \{name\}, .*\{index\}"):
        check_pattern(pattern)


def test_only_the_placeholders_of_a_command_are_known():
    with pytest.raises(VinguiError, match=r"no placeholder \{k\}; there are \{name\}, \{index\}"):
        check_pattern("{k}.png", known=("name", "index"))


@pytest.mark.parametrize(
    ("pattern", "needed", "said"),
    [
        ("out/plan.png", ("name",), "Put {name} into it, like out/plan_{name}.png"),
        ("{name}.png", ("name", "index"), "Put {index} into it, like {name}_{index}.png"),
        ("a.csv", ("name", "index"), "Put {name} and {index} into it, like a_{name}_{index}.csv"),
        ("{k}.csv", ("index",), "Several files would have this name"),
    ],
)
def test_many_maps_want_placeholders(pattern, needed, said):
    check_pattern(pattern)
    check_pattern(f"{{name}}{{index}}{pattern}", needed=needed)
    with pytest.raises(VinguiError) as caught:
        check_pattern(pattern, needed=needed)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["a/map.txt", "b/map.txt"], ["a", "b"]),
        (["x/a/map.txt", "y/a/map.txt"], ["x/a", "y/a"]),
        (["a/map.txt", "b/other.txt"], ["a", "b"]),
        (["map.txt", "a/b/map.txt"], ["{here}", "b"]),
        (["./a/../map.txt"], ["{here}"]),
    ],
)
def test_the_folder_is_as_much_of_the_path_as_tells_maps_apart(tmp_path, paths, expected):
    paths = [Path(path) for path in paths]
    found = [
        placeholder_values(path, name)["folder"]
        for path, name in zip(paths, distinct_names(paths), strict=True)
    ]
    assert found == [folder.format(here=tmp_path.name) for folder in expected]


def values_of(*paths):
    paths = [Path(path) for path in paths]
    return [
        (name, placeholder_values(path, name))
        for path, name in zip(paths, distinct_names(paths), strict=True)
    ]


@pytest.mark.parametrize(
    ("patterns", "paths", "said"),
    [
        (
            ["{name}.png"],
            ["a/m.txt", "b/m.txt"],
            "of a/m.txt and of b/m.txt would have the same name",
        ),
        (
            ["{name}{K}.png"],
            ["a/m.txt", "b/m.json"],
            "of m.txt and of m.json would have the same name",
        ),
        (["{folder}.png"], ["a/m.txt", "a/n.txt"], "put {name} into it"),
        (["{k}.png"], ["a/m.txt", "b/n.txt"], "put {folder} and {name} into it"),
        (["{name}-{folder}.png"], ["a/m.txt", "a/m.json"], "would have the same name$"),
        (["{name}.png", "m.png"], ["m.txt"], "Two files would have this name"),
        (["{name}.txt"], ["m.txt"], "m.txt: This would overwrite a map that is read"),
        (["{name}_{index}.png"], ["m.txt", "m.txt"], "m.txt is given twice"),
        (["{name}.png"], ["a/../m.txt", "m.txt"], "m.txt is given twice, and {name}.png would"),
        (["{folder}.png"], ["a/m.txt", "b/m.txt", "a/m.txt"], "m.txt is given twice"),
    ],
)
def test_files_of_one_name_are_refused(patterns, paths, said):
    sources = [Path(path) for path in paths]
    with pytest.raises(VinguiError, match=said.replace("{", r"\{").replace("}", r"\}")):
        check_distinct(patterns, values_of(*paths), sources)


def test_files_of_different_names_are_not(tmp_path):
    paths = ["a/m.txt", "b/m.txt", "b/n.txt"]
    check_distinct(["{folder}/{name}.png", "{name}-{folder}.gif"], values_of(*paths), [])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("maps.npz", "maps.npz.unfinished"),
        ("out/{index}.json", "out/{index}.json.unfinished"),
        ("out/{folder}/{name}.png", "out/{folder}_{name}.png.unfinished"),
        ("/home/plan.json", "/home/plan.json.unfinished"),
    ],
)
def test_what_is_finished_lies_where_it_can_be(pattern, expected):
    assert unfinished(pattern) == Path(expected)
