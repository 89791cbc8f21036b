"""Rules for the source that no linter knows."""

import ast
from pathlib import Path

import pytest

import vingui

ROOT = Path(vingui.__file__).parent


def opens_any_format(source):
    """The lines that let Pillow open a picture of any kind that it knows, PostScript among them."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "PIL.Image":
            # Under another name it would not be found below.
            lines += [node.lineno for alias in node.names if alias.name == "open"]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of_pillow = ast.unparse(node.func.value) in ("Image", "PIL.Image")
            named = {keyword.arg: keyword.value for keyword in node.keywords}.get("formats")
            if node.func.attr == "open" and of_pillow:
                bare = named is None or (isinstance(named, ast.Constant) and named.value is None)
                lines += [node.lineno] if bare else []
    return lines


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("Image.open(path)", [1]),
        ("\nwith PIL.Image.open(file) as image: pass", [2]),
        ("Image.open(path, formats=None)", [1]),
        ("from PIL.Image import open as opened", [1]),
        ("Image.open(path, formats=['PNG'])", []),
        ("path.open('rb')", []),
        ("zipfile.open(name)", []),
    ],
)
def test_the_look_for_pictures_of_any_format_finds_them(source, found):
    assert opens_any_format(source) == found


def test_every_picture_is_opened_as_one_of_named_formats():
    files = sorted(ROOT.rglob("*.py"))
    assert len(files) > 200
    for file in files:
        lines = opens_any_format(file.read_text(encoding="utf-8"))
        assert not lines, f"{file.relative_to(ROOT)}: Image.open without formats in {lines}"
