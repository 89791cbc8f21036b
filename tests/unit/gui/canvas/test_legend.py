"""The legend of terrain above the map."""

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QLabel

from vingui.core.grid import GridMap
from vingui.core.map_edits import paint
from vingui.core.terrain import STANDARD
from vingui.gui.canvas.map_panel import MapPanel
from vingui.gui.settings import SHOW_LEGEND

PLAIN = GridMap(np.zeros((6, 6), bool), ((5, 5),), ((0, 0),))
MUD = paint(PLAIN, [(2, 2)], material=3)


@pytest.fixture
def panel(qtbot, session_of):
    made = MapPanel(session_of(PLAIN))
    qtbot.addWidget(made)
    made.resize(600, 500)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_a_plain_map_has_none(panel):
    assert not panel.legend.isVisible()


def test_it_lists_the_kinds_of_the_map_and_can_be_switched_off(panel, qtbot):
    panel.session.document.apply("Draw mud", MUD)
    qtbot.waitUntil(panel.legend.isVisible)
    assert panel.legend.toolTip() == "road: cost 1\nmud: cost 5"
    assert panel.legend.texts(400) == ["road 1", "mud 5"]
    panel.session.settings.set(SHOW_LEGEND, False)
    assert not panel.legend.isVisible()
    panel.session.settings.set(SHOW_LEGEND, True)
    panel.session.document.undo_stack.undo()
    qtbot.waitUntil(lambda: not panel.legend.isVisible())


def test_texts_become_shorter_with_the_room(panel, qtbot):
    terrain = np.arange(36, dtype=np.uint8).reshape(6, 6) % len(STANDARD)
    panel.session.document.replace(GridMap(PLAIN.walls, terrain=terrain))
    qtbot.waitUntil(panel.legend.isVisible)
    assert panel.legend.texts(2000)[4] == "shallow water 9"
    assert panel.legend.texts(230) == ["1", "1.5", "3", "5", "9"]
    assert panel.legend.texts(60) == [""] * 5


@pytest.mark.parametrize("width", [180, 320, 900])
def test_it_takes_the_room_that_the_title_leaves(panel, qtbot, width):
    panel.session.document.apply("Draw mud", MUD)
    qtbot.waitUntil(panel.legend.isVisible)
    panel.resize(width, 400)
    QApplication.processEvents()
    title = panel.findChild(QLabel, "map-size")
    assert panel.width() == width
    assert not panel.legend.geometry().intersects(title.geometry())
    swatch = panel.grab().toImage().copy(panel.legend.geometry())
    colours = {
        swatch.pixelColor(x, swatch.height() // 2).name() for x in range(max(swatch.width(), 0))
    }
    assert (STANDARD[3].colour in colours) == (panel.legend.width() >= 16)
