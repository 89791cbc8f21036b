"""Formats, generators and planners of another package, in the lists of the window."""

import sys

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from vingui.core.evaluation_protocol import FailedCase
from vingui.core.grid import GridMap
from vingui.gui.commands.evaluating import Evaluating
from vingui.gui.commands.filing import Filing
from vingui.gui.commands.training import Training
from vingui.gui.dialogs.about import AboutDialog
from vingui.gui.dialogs.generate_form import RecipeForm
from vingui.gui.docks.evaluate_form import EvaluateForm
from vingui.gui.docks.model_box import MODEL_ROLE, ModelBox
from vingui.gui.exporting.controller import Exporting
from vingui.gui.importing.files import open_filter, save_filter
from vingui.gui.settings import COMPARE, COMPARE_WITH, RECENT_MODELS

GRID = GridMap(np.zeros((8, 8), bool), ((0, 7),), ((7, 0),))

CODE = """
import numpy as np
from vingui.core.dataset import DataSet
from vingui.core.formats.base import Format
from vingui.core.generate import Kind, Parameter

FORMAT = Format(
    "crosses", "Crosses", (".cross",), lambda head, path: False, print, print, (".cross",)
)
GAP = Parameter("gap", "Gap", "the gap", int, 3, 1, 9)
KIND = Kind("holes", "Holes", "Some holes", (GAP,), print)

def plan(grid, rule):
    yield grid.walls * 0.0
"""

ENTRIES = """
[vingui.formats]
crosses = drawn:FORMAT
broken = drawn:KIND
[vingui.generators]
holes = drawn:KIND
maze = drawn:KIND
broken = drawn:FORMAT
[vingui.planners]
sketch = drawn:plan
exact = drawn:plan
"""


@pytest.fixture
def session(install, session_of):
    install("drawn", CODE, ENTRIES)
    return session_of(GRID)


def texts(box):
    return [box.itemText(row) for row in range(box.count())]


def test_formats_are_in_the_dialogs_of_files(session):
    assert "Crosses (*.cross)" in open_filter().split(";;")
    assert "*.cross" in open_filter().split(";;")[0]
    assert "Crosses (*.cross)" in save_filter().split(";;")


def test_generators_are_in_the_dialog_with_their_fields(session, qtbot):
    form = RecipeForm(session.settings, None)
    qtbot.addWidget(form)
    assert texts(form._kind)[-1] == "Holes"
    form._kind.setCurrentIndex(form._kind.count() - 1)
    assert form.recipe().kind == "holes"
    assert "Gap" in [label.text() for label in form.findChildren(QLabel)]


def test_planners_are_in_the_lists_without_being_imported(session, qtbot):
    box = ModelBox(session, list, methods=True)
    qtbot.addWidget(box)
    box.fill()
    assert box.itemData(box.findText("sketch"), MODEL_ROLE) == "sketch"
    assert "drawn 1.5" in box.itemData(box.findText("sketch"), Qt.ItemDataRole.ToolTipRole)
    assert "drawn" not in sys.modules
    assert texts(box).count("Exact value iteration") == 1
    assert "exact" not in texts(box)


def test_planners_and_generators_can_be_evaluated(session, qtbot):
    form = EvaluateForm(session, list)
    qtbot.addWidget(form)
    form.fill()
    form.models.check(("sketch", "exact"))
    form.maps.check(("holes",))
    assert form.choices().models == ("sketch",)
    assert form.choices().has_size
    assert next(form.choices().sets).text.startswith("holes:")


def test_a_map_on_which_a_planner_fails_is_opened_beside_it(
    session, evaluator, make_trainer, qtbot
):
    parent = QWidget()
    qtbot.addWidget(parent)
    filing = Filing(session, parent)
    training = Training(session, make_trainer())
    exporting = Exporting(session, lambda: None, filing)
    evaluating = Evaluating(session, evaluator, filing, training, exporting, filing)
    evaluating._requests[1] = {"sketch": "sketch"}, 0
    model = session.model
    path = np.array([GRID.starts[0]])
    evaluating.open_case(FailedCase(1, "maps", 0, "sketch", 7, "loop", "It fails.", GRID, path))
    assert session.document.grid is GRID
    assert session.settings.get(COMPARE_WITH) == "sketch"
    assert session.settings.get(COMPARE)
    assert session.model == model
    assert session.settings.get(RECENT_MODELS) == ()


def test_about_lists_what_is_installed_and_what_is_left_out(session, qtbot):
    RecipeForm(session.settings, None).deleteLater()
    dialog = AboutDialog({})
    qtbot.addWidget(dialog)
    lines = dialog.findChild(QLabel, "about-extensions").text().splitlines()
    assert "Planner “sketch” of drawn 1.5" in lines
    assert "Generator “holes” of drawn 1.5" in lines
    assert (
        "Generator “broken” of drawn 1.5 (left out: it is of the type Format, not a Kind)" in lines
    )
    assert len(lines) == 7
