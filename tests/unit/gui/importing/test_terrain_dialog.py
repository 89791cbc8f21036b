"""The swamp and the water of a MovingAI map: free cells and walls, or terrain."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QRadioButton

from vingui.core.dataset import DataSet
from vingui.core.formats.movingai import TERRAIN
from vingui.gui.importing.files import read_source
from vingui.gui.importing.terrain_dialog import ImportTerrainDialog, SwampAndWater
from vingui.gui.look.theme import LIGHT
from vingui.gui.settings import IMPORT_TERRAIN, Settings


@pytest.fixture
def arena(tmp_path):
    (tmp_path / "arena.map").write_text("type octile\nheight 2\nwidth 4\nmap\n.SW@\n..SW\n")
    return tmp_path / "arena.map"


@pytest.fixture
def dialog_of(qtbot):
    def make(path):
        dialog = ImportTerrainDialog(read_source(path, unknown="wall").content, Settings(), LIGHT)
        qtbot.addWidget(dialog)
        with qtbot.waitActive(dialog):
            dialog.show()
        return dialog

    return make


def test_only_maps_with_swamp_or_water_leave_a_choice(arena):
    content = read_source(arena, unknown="wall").content
    assert isinstance(content, SwampAndWater)
    assert not content.plain.maps[0].has_costs
    assert content.costly.maps[0].palette == TERRAIN
    arena.write_text(arena.read_text().replace("S", ".").replace("W", "@"))
    assert isinstance(read_source(arena, unknown="wall").content, DataSet)


def test_the_map_is_as_ever_unless_terrain_is_chosen(dialog_of, arena, qtbot):
    dialog = dialog_of(arena)
    assert dialog.dataset.maps[0].walls.tolist() == [
        [False, False, True, True],
        [False] * 3 + [True],
    ]
    assert not dialog.dataset.maps[0].has_costs
    dialog.findChild(QRadioButton, "terrain").click()
    qtbot.waitUntil(lambda: dialog.dataset is not None)
    assert dialog.dataset.maps[0].costs[1].tolist() == [1, 1, 3, 9]
    notes = dialog.findChild(QLabel, "notes")
    assert "Took 2 water cells as terrain of cost 9." in notes.text()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert Settings().get(IMPORT_TERRAIN) == "terrain"
    assert dialog_of(arena).dataset.maps[0].has_costs
