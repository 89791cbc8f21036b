"""A robot's occupancy map: what is unknown, how large its cells are, where it lies."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QDoubleSpinBox, QLabel, QPushButton, QRadioButton, QSpinBox

from vingui.core.frame import MapFrame
from vingui.gui.importing.occupancy import read_occupancy
from vingui.gui.importing.occupancy_dialog import ImportOccupancyDialog
from vingui.gui.look.theme import LIGHT
from vingui.gui.settings import IMPORT_UNKNOWN, Settings

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def robot(tmp_path):
    """A free room of 20x30 pixels with a pillar, half of what is around it unknown."""
    grey = np.full((24, 36), 205, np.uint8)
    grey[2:22, 3:33] = 254
    grey[10, 15] = 0
    grey[0] = 0
    Image.fromarray(grey).save(tmp_path / "room.pgm")
    (tmp_path / "room.yaml").write_text(
        "image: room.pgm\nresolution: 0.05\norigin: [-1.0, 2.0, 0.0]\nnegate: 0\n"
        "occupied_thresh: 0.65\nfree_thresh: 0.196\n"
    )
    return tmp_path / "room.yaml"


@pytest.fixture
def dialog_of(qtbot):
    def make(path):
        unknown = Settings().get(IMPORT_UNKNOWN)
        source = read_occupancy(path, unknown=unknown)
        dialog = ImportOccupancyDialog(source, Settings(), LIGHT)
        qtbot.addWidget(dialog)
        with qtbot.waitActive(dialog):
            dialog.show()
        return dialog

    return make


def text(dialog, name):
    return dialog.findChild(QLabel, name).text()


def test_size_and_place_in_metres_are_shown(dialog_of, robot):
    dialog = dialog_of(robot)
    assert "24 × 36 cells" in text(dialog, "result-size")
    assert text(dialog, "extent") == "1.8 × 1.2 m, 0.05 m per cell"
    assert "origin -1, 2" in text(dialog, "notes")
    assert "unknown" in text(dialog, "notes")
    grid = dialog.dataset.maps[0]
    assert grid.frame == MapFrame(0.05, (-1.0, 2.0, 0.0))
    assert grid.free.sum() == 20 * 30 - 1


def test_what_is_unknown_is_chosen_and_remembered(dialog_of, robot, qtbot):
    dialog = dialog_of(robot)
    dialog.findChild(QRadioButton, "unknown-free").click()
    qtbot.waitUntil(lambda: dialog.dataset is not None)
    walls = dialog.dataset.maps[0].walls
    assert walls.sum() == 36 + 1
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert dialog.result() == QDialog.DialogCode.Accepted
    again = dialog_of(robot)
    assert again.findChild(QRadioButton, "unknown-free").isChecked()
    assert np.array_equal(again.dataset.maps[0].walls, walls)


def test_larger_cells_keep_the_place_in_metres(dialog_of, robot, qtbot):
    dialog = dialog_of(robot)
    cell = dialog.findChild(QSpinBox, "cell")
    assert (cell.value(), cell.minimum(), cell.maximum()) == (1, 1, 23)
    cell.setValue(4)
    QTest.mouseClick(dialog.findChild(QPushButton, "accept"), LEFT)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    grid = dialog.dataset.maps[0]
    assert grid.walls.shape == (6, 9)
    assert grid.frame == MapFrame(0.2, (-1.0, 2.0, 0.0))
    # One pixel of a pillar makes a wall.
    assert grid.walls[2, 3]
    assert text(dialog, "extent") == "1.8 × 1.2 m, 0.2 m per cell"


def test_a_picture_deleted_meanwhile_is_one_line_and_nothing_is_opened(dialog_of, robot, qtbot):
    dialog = dialog_of(robot)
    robot.with_suffix(".pgm").unlink()
    dialog.findChild(QSpinBox, "cell").setValue(2)
    qtbot.waitUntil(lambda: "room.yaml: It names the file" in text(dialog, "result-size"))
    assert text(dialog, "extent") == text(dialog, "notes") == ""
    assert dialog.dataset is None
    assert not dialog.findChild(QPushButton, "accept").isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.result() == QDialog.DialogCode.Rejected


def test_shades_become_costs_that_can_be_chosen(dialog_of, robot, qtbot):
    assert dialog_of(robot).findChild(QSpinBox, "levels") is None
    robot.write_text(robot.read_text() + "mode: scale\n")
    Image.fromarray(np.linspace(120, 255, 600).astype(np.uint8).reshape(20, 30)).save(
        robot.with_name("room.pgm")
    )
    dialog = dialog_of(robot)
    assert "became 10 kinds of terrain, of cost 1 to 10" in text(dialog, "notes")
    assert dialog.dataset.maps[0].has_costs
    dialog.findChild(QSpinBox, "levels").setValue(2)
    dialog.findChild(QDoubleSpinBox, "darkest").setValue(4)
    qtbot.waitUntil(lambda: dialog.dataset is not None)
    assert dialog.dataset.maps[0].palette.costs.tolist() == [1, 4]
    dialog.findChild(QDoubleSpinBox, "darkest").setValue(1)
    qtbot.waitUntil(lambda: "2 levels need as many costs" in text(dialog, "result-size"))
    assert dialog.dataset is None
