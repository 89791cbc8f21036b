"""Numbers in all texts of the program: no minus before a zero, and "1 map" but "2 maps"."""

import ast
import re
from pathlib import Path

import pytest

import vingui
from vingui.core.phrases import counted

SOURCES = sorted(Path(vingui.__file__).parent.rglob("*.py"))

NOUNS = (
    *("map", "start", "goal", "wall", "cell", "row", "col", "column", "step", "move", "state"),
    *("iteration", "epoch", "frame", "film", "file", "folder", "panel", "array", "label", "word"),
    *("model", "network", "problem", "note", "picture", "byte", "character", "line", "member"),
)
PLURAL = re.compile(rf" (?:{'|'.join(NOUNS)})s\b")
ROUNDED = re.compile(r"(?:\.\w*)?[efg%]")
WRITTEN = re.compile(r"\{[^{}:]*:([^{}]*)\}")


def texts(path):
    """The f-strings of a file, but those that only programmers see."""
    tree = ast.parse(path.read_text("utf-8"))
    hidden = {
        id(text)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and function.name == "__repr__"
        for text in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and id(node) not in hidden:
            yield node


def spec_of(value):
    parts = value.format_spec.values if value.format_spec else []
    return "".join(part.value if isinstance(part, ast.Constant) else "n" for part in parts)


def is_fixed(value):
    """Whether it is a constant of the program, by its name, or said to be a word by `!s`."""
    name = getattr(value.value, "attr", getattr(value.value, "id", ""))
    return name.lstrip("_").isupper() or value.conversion == ord("s")


def lonely_plurals(path):
    """Plurals after a number that may be 1."""
    for text in texts(path):
        parts = text.values
        for place, part in enumerate(parts[:-1]):
            after = parts[place + 1]
            before = parts[place - 1] if place else None
            by = isinstance(before, ast.Constant) and before.value.rstrip().endswith(("x", "×"))
            if (
                isinstance(part, ast.FormattedValue)
                and isinstance(after, ast.Constant)
                and PLURAL.match(after.value)
                and not by
                and not is_fixed(part)
            ):
                yield f"{path.name}:{part.lineno}: {ast.unparse(part)}{after.value[:20]}"


def negative_zeros(path):
    """Rounded numbers that may be written as -0."""
    for text in texts(path):
        for part in text.values:
            if isinstance(part, ast.FormattedValue):
                spec = spec_of(part)
                if ROUNDED.search(spec[-4:]) and spec[-1:] in "efg%" and "z" not in spec:
                    yield f"{path.name}:{part.lineno}: {ast.unparse(part)}"
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for spec in WRITTEN.findall(node.value):
                if re.fullmatch(r"[+,]*\.\d[efg%]", spec):
                    yield f"{path.name}:{node.lineno}: {{{spec}}}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_number_is_written_as_minus_zero(path):
    assert list(negative_zeros(path)) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_what_may_be_one_is_counted(path):
    assert list(lonely_plurals(path)) == []


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 maps"), (1, "1 map"), (2, "2 maps"), (12345, "12,345 maps")]
)
def test_one_is_singular(number, said):
    assert counted(number, "map") == said


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('f"{count} maps"', 1),
        ('f"{len(maps):,} files refused"', 1),
        ('f"at most {MOST} maps"', 0),
        ('f"{rows}x{cols} cells"', 0),
        ('f"{name} holds maps"', 0),
        ('f"{kind!s} maps"', 0),
        ("f\"{counted(n, 'map')} refused\"", 0),
    ],
)
def test_plurals_are_found(tmp_path, code, found):
    path = tmp_path / "code.py"
    path.write_text(code)
    assert len(list(lonely_plurals(path))) == found


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('f"{x:.4f}"', 1),
        ('f"{x:>8.1%}"', 1),
        ('f"{x:g}"', 1),
        ('f"{x:.{places}f}"', 1),
        ('"{:.3g}".format(x)', 1),
        ('f"{x:z.4f}"', 0),
        ('f"{x:z.{places}f}"', 0),
        ('f"{n:,}"', 0),
        ('f"{x!r:>8}"', 0),
    ],
)
def test_minus_zeros_are_found(tmp_path, code, found):
    path = tmp_path / "code.py"
    path.write_text(code)
    assert len(list(negative_zeros(path))) == found
