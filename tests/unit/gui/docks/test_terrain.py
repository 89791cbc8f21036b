"""The Terrain panel: kinds are chosen, added, changed and removed, and bad input is refused."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QColorDialog, QDialog, QMessageBox, QStyle
from PySide6.QtWidgets import QStyleOptionSlider as SliderOption

from vingui.core.grid import GridMap
from vingui.core.map_edits import WALL
from vingui.core.palette_edits import add_kind, new_kind
from vingui.core.terrain import MAX_KINDS, STANDARD
from vingui.gui.docks.terrain import TerrainPanel

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
TERRAIN = np.zeros((6, 8), np.uint8)
TERRAIN[2:4, 2:5] = 3
GRID = GridMap(np.zeros((6, 8), bool), ((0, 0),), ((5, 7),), terrain=TERRAIN)


@pytest.fixture
def session(session_of):
    made = session_of(GRID)
    made.notices = []
    made.message.connect(lambda text, *_: made.notices.append(text))
    return made


@pytest.fixture
def panel(qtbot, session):
    made = TerrainPanel(session, session.choose_material)
    qtbot.addWidget(made)
    made.resize(260, 420)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


def rows(panel):
    kinds = panel.kinds
    return [
        tuple(kinds.topLevelItem(row).text(place) for place in range(3))
        for row in range(kinds.topLevelItemCount())
    ]


def choose(panel, row):
    item = panel.kinds.topLevelItem(row)
    place = panel.kinds.visualItemRect(item).center()
    QTest.mouseClick(panel.kinds.viewport(), LEFT, pos=place)


def type_into(field, text, key=Key.Key_Return):
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, key)


def history(session):
    stack = session.document.undo_stack
    return [stack.text(index) for index in range(stack.count())]


def test_walls_and_the_kinds_are_listed_and_chosen(panel, session):
    assert rows(panel)[0] == ("Walls", "#", "–")
    assert rows(panel)[1:] == [(kind.name, kind.letter, f"{kind.cost:g}") for kind in STANDARD]
    assert not panel.fields.isEnabled()
    choose(panel, 4)
    assert session.material == 3
    assert panel.fields.isEnabled()
    assert panel.fields.name.text() == "mud"
    choose(panel, 0)
    assert session.material == WALL
    session.choose_material(2)
    assert panel.kinds.indexOfTopLevelItem(panel.kinds.currentItem()) == 3
    assert panel.fields.cost.text() == "3"


def test_what_is_typed_changes_the_kind_and_can_be_undone(panel, session):
    choose(panel, 4)
    type_into(panel.fields.name, "swamp")
    type_into(panel.fields.letter, "p")
    type_into(panel.fields.cost, "12,5")
    swamp = replace(STANDARD[3], name="swamp", letter="p", cost=12.5)
    assert session.document.grid.palette[3] == swamp
    assert session.document.grid.costs[2, 2] == 12.5
    assert history(session) == [
        "Rename mud",
        "Change the letter of swamp",
        "Change the cost of swamp",
    ]
    for _ in range(3):
        session.document.undo_stack.undo()
    assert session.document.grid == GRID


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("cost", "0", "The cost of mud must be a number from 0.01 to 1000, not 0.0."),
        ("cost", "-2", "The cost of mud must be a number from 0.01 to 1000, not -2.0."),
        ("cost", "nan", "The cost of mud must be a number from 0.01 to 1000, not nan."),
        ("cost", "inf", "The cost of mud must be a number from 0.01 to 1000, not inf."),
        ("cost", "dear", "The cost of mud must be a number from 0.01 to 1000, not 'dear'."),
        ("letter", "g", "Two kinds of terrain have the letter 'g'; give each one of its own."),
        ("letter", "#", "The letter of mud must be one character"),
        ("name", "sand", "Two kinds of terrain have the name 'sand'; give each one of its own."),
        ("name", " ", "A terrain needs a name in one line, not ''."),
    ],
)
def test_bad_input_gets_one_sentence_and_changes_nothing(panel, session, field, text, sentence):
    choose(panel, 4)
    line = getattr(panel.fields, field)
    before = line.text()
    type_into(line, text)
    assert len(session.notices) == 1
    assert session.notices[0].startswith(sentence)
    assert session.document.grid is GRID
    assert line.text() == before
    QTest.keyClick(line, Key.Key_Tab)
    assert len(session.notices) == 1


def test_the_257th_kind_is_refused(panel, session):
    grid = GRID
    while len(grid.palette) < MAX_KINDS:
        grid = add_kind(grid, new_kind(grid.palette))
    session.document.replace(grid)
    panel.add.click()
    assert session.notices == ["A map has 1 to 256 kinds of terrain, not 257."]
    assert session.document.grid is grid


def test_a_kind_is_added_named_and_drawn_with(panel, session, qtbot):
    panel.add.click()
    QTest.keyClicks(panel.fields.name, "lava")
    QTest.keyClick(panel.fields.name, Key.Key_Return)
    assert session.material == 5
    assert session.document.grid.palette[5].name == "lava"
    qtbot.waitUntil(lambda: rows(panel)[6][0] == "lava")
    session.document.undo_stack.undo()
    session.document.undo_stack.undo()
    assert session.document.grid == GRID
    assert session.material == WALL


def slider_place(slider, value):
    """Where the slider's handle is for a value."""
    option = SliderOption()
    slider.initStyleOption(option)
    style, control = slider.style(), QStyle.ComplexControl.CC_Slider
    groove = style.subControlRect(control, option, QStyle.SubControl.SC_SliderGroove, slider)
    handle = style.subControlRect(control, option, QStyle.SubControl.SC_SliderHandle, slider)
    span = groove.width() - handle.width()
    low, high = slider.minimum(), slider.maximum()
    left = groove.x() + handle.width() // 2
    return QPoint(left + round(span * (value - low) / (high - low)), groove.center().y())


def test_a_drag_of_the_slider_changes_the_cost_all_the_way_and_is_one_edit(panel, session):
    choose(panel, 4)
    slider, costs = panel.fields.slider, []
    session.document.changed.connect(lambda: costs.append(session.document.grid.palette[3].cost))
    QTest.mousePress(slider, LEFT, pos=slider_place(slider, slider.value()))
    for value in range(slider.value(), slider.maximum(), 10):
        QTest.mouseMove(slider, slider_place(slider, value))
    plans = len(session.planner.plans)
    assert len(costs) > 8
    assert costs == sorted(costs)
    assert plans >= len(costs)
    assert panel.fields.cost.text() == f"{costs[-1]:g}"
    QTest.mouseRelease(slider, LEFT, pos=slider_place(slider, slider.value()))
    assert history(session) == ["Change the cost of mud"]
    assert session.document.grid.costs[2, 2] == costs[-1]
    session.document.undo_stack.undo()
    assert session.document.grid == GRID


def test_keys_on_the_slider_are_one_edit_until_they_pause(panel, session, qtbot):
    choose(panel, 4)
    panel.fields.slider.setFocus()
    for _ in range(5):
        QTest.keyClick(panel.fields.slider, Key.Key_Right)
    qtbot.waitUntil(lambda: not session.document.in_stroke)
    assert history(session) == ["Change the cost of mud"]
    assert session.document.grid.palette[3].cost == pytest.approx(5 * 10**0.05, rel=0.01)


@pytest.mark.parametrize("accepted", [True, False])
def test_a_colour_is_tried_on_the_map_and_kept_or_not(panel, session, accepted):
    choose(panel, 4)
    seen = []

    def act():
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QColorDialog)
        dialog.setCurrentColor(QColor("#123456"))
        seen.append(session.document.grid.palette[3].colour)
        dialog.done(QDialog.DialogCode.Accepted if accepted else QDialog.DialogCode.Rejected)

    QTimer.singleShot(0, act)
    panel.fields.colour.click()
    assert seen == ["#123456"]
    assert session.document.grid.palette[3].colour == ("#123456" if accepted else "#bc9068")
    assert history(session) == (["Recolour mud"] if accepted else [])


@pytest.mark.parametrize("answer", ["Remove", "Cancel"])
def test_a_kind_that_is_used_is_removed_after_asking(panel, session, answer):
    choose(panel, 4)
    texts = []

    def act():
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        texts.append(box.informativeText())
        (button,) = (one for one in box.buttons() if one.text().replace("&", "") == answer)
        button.click()

    QTimer.singleShot(0, act)
    panel.remove.click()
    assert texts == ["6 cells of it become road. Undo brings them back."]
    if answer == "Cancel":
        assert session.document.grid is GRID
        return
    assert session.document.grid.terrain is None
    assert len(session.document.grid.palette) == 4
    assert session.material == WALL
    session.document.undo_stack.undo()
    assert session.document.grid == GRID


def test_a_kind_that_is_not_used_is_removed_at_once_and_kind_0_never(panel, session):
    choose(panel, 5)
    panel.remove.click()
    assert [kind.name for kind in session.document.grid.palette] == ["road", "grass", "sand", "mud"]
    choose(panel, 1)
    assert not panel.remove.isEnabled()


def test_the_panel_follows_the_map_and_the_look(panel, session, qtbot):
    grid = add_kind(GRID, replace(STANDARD[1], name="lava", letter="l", cost=70, colour="#ff0000"))
    session.document.apply("Add lava", grid)
    qtbot.waitUntil(lambda: len(rows(panel)) == 7)
    assert rows(panel)[6] == ("lava", "l", "70")

    def swatch(row):
        image = panel.kinds.topLevelItem(row).icon(0).pixmap(22, 22).toImage()
        return image.pixelColor(QPointF(4, 4).toPoint()).name()

    light = [swatch(row) for row in range(7)]
    session.theme.choose("dark")
    qtbot.waitUntil(lambda: swatch(6) != light[6])
    assert len(set(light)) > 4
