"""What no file of the window's may contain, as it would be wrong somewhere else in the world."""

import ast
from functools import cache
from pathlib import Path

import pytest
from PySide6 import QtCore, QtGui, QtWidgets

import vingui

FILES = sorted((Path(vingui.__file__).parent / "gui").rglob("*.py"))


@cache
def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(node):
    return ast.unparse(node).split(".")[-1]


def qt_class(name):
    return next(
        (
            getattr(module, name)
            for module in (QtCore, QtGui, QtWidgets)
            if isinstance(getattr(module, name, None), type)
        ),
        None,
    )


def made_in(tree):
    """The calls in a file that make objects of Qt's, each with the Qt class."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (made := qt_class(name_of(node.func))):
            yield node, made
        elif isinstance(node, ast.ClassDef):
            for base in filter(None, (qt_class(name_of(base)) for base in node.bases)):
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Call) and ast.unparse(inner.func).endswith(
                        "super().__init__"
                    ):
                        yield inner, base


def property_keywords(tree):
    """Keywords that PySide takes for properties: it finds the setter by the C library's `toupper`,
    which in Turkish and Azeri does not make an I of an i, so that `interval=` is unknown there."""
    return [
        f"{call.lineno}: {made.__name__}({keyword.arg}=)"
        for call, made in made_in(tree)
        for keyword in call.keywords
        if keyword.arg and hasattr(made, "staticMetaObject")
        if made.staticMetaObject.indexOfProperty(keyword.arg) >= 0
    ]


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("QTimer(self, interval=5, singleShot=True)", 2),
        ("QtGui.QAction(text, self, checkable=True)", 1),
        ("class A(QLabel):\n def f(self): super().__init__(indent=3)", 1),
        ("QLabel(text, parent=self)", 0),
        ("dict(interval=5)", 0),
    ],
)
def test_keywords_for_properties_are_found(source, count):
    assert len(property_keywords(ast.parse(source))) == count


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_property_is_a_keyword(path):
    assert property_keywords(tree_of(path)) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_text_is_shown_by_what_takes_no_markup(path):
    if path.name == "plain_text.py":
        return
    tree = tree_of(path)
    guessing = {"QLabel", "QFileDialog", "QProgressDialog", "QErrorMessage", "QGraphicsTextItem"}
    assert [made for _, made in made_in(tree) if made.__name__ in guessing] == []
    # The functions that show a message box at once guess as well.
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert [call for call in calls if call.startswith(("QMessageBox.", "QInputDialog."))] == []
    boxes = [call for call in calls if call == "QMessageBox"]
    plain = [call for call in calls if call.endswith(".setTextFormat")]
    assert len(plain) >= len(boxes)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_buttons_leave_the_focus_where_it_is_when_they_are_clicked(path):
    if path.name != "buttons.py":
        assert [made for _, made in made_in(tree_of(path)) if made.__name__ == "QPushButton"] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_numbers_are_typed_into_fields_that_are_the_same_in_every_language(path):
    if path.name != "number_fields.py":
        bare = {"QSpinBox", "QDoubleSpinBox", "QDoubleValidator", "QIntValidator"}
        assert [made for _, made in made_in(tree_of(path)) if made.__name__ in bare] == []
        bases = {
            name_of(base)
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.ClassDef)
            for base in node.bases
        }
        assert not bases & bare
