"""The browse dialog: the list of maps, the search, the splits and the thumbnails."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QLabel, QLineEdit, QPushButton, QTableView

from vingui.core.dataset import DataSet, MapStack
from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.gui.canvas.thumbnail import framed_thumbnail
from vingui.gui.importing.browse_dialog import BrowseDialog
from vingui.gui.importing.map_list import SIDE, MapsModel, Thumbnails, search
from vingui.gui.look.theme import DARK, LIGHT

LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key


def stack(count=1000, side=8):
    """Maps whose goal follows from their index."""
    walls = np.zeros((count, side, side), bool)
    walls[:, 0] = True
    goals = np.stack([1 + np.arange(count) % (side - 1), np.arange(count) % side], axis=1)
    return DataSet("fields", MapStack(walls, goals, np.full((count, 2), side - 1)))


def problems(count=30):
    grid = GridMap(np.zeros((6, 9), bool), ((5, 8),), ((0, 0),))
    labels = [
        f"bucket {map_index // 4}, optimal length {map_index}.50" for map_index in range(count)
    ]
    return DataSet("arena", (grid,) * count, rule="8-both-free", labels=labels)


@pytest.fixture
def browse(qtbot):
    def make(dataset, map_index=0, look=LIGHT, reread=None):
        dialog = BrowseDialog(dataset, look, map_index=map_index, reread=reread)
        qtbot.addWidget(dialog)
        with qtbot.waitActive(dialog):
            dialog.show()
        return dialog

    return make


def text(dialog, name):
    return dialog.findChild(QLabel, name).text()


def rows(dialog):
    return list(dialog.findChild(QTableView, "maps").model().map_indices)


def type_words(dialog, words):
    field = dialog.findChild(QLineEdit, "filter")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, words)


def test_the_selected_map_is_described_and_arrow_keys_step_to_the_next(browse):
    dialog = browse(stack(), map_index=998)
    assert text(dialog, "map-count") == "1,000 maps, numbered from 0"
    assert dialog.map_index == 998
    assert text(dialog, "chosen-title") == "Map 998"
    assert text(dialog, "chosen-about") == "8x8, from row 7, col 7 to row 5, col 6."
    view = dialog.findChild(QTableView, "maps")
    for _ in range(2):
        QTest.keyClick(view, Key.Key_Down)
        assert dialog.map_index == 999
    QTest.keyClick(view, Key.Key_Up)
    QTest.keyClick(view, Key.Key_Up)
    assert dialog.map_index == 997
    assert text(dialog, "chosen-title") == "Map 997"
    QTest.keyClick(view, Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert dialog.map_index == 0
    QTest.keyClick(view, Key.Key_Return)
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.map_index == 0


def test_a_double_click_opens(browse):
    dialog = browse(stack())
    view = dialog.findChild(QTableView, "maps")
    at = view.visualRect(view.model().index(2, 0)).center()
    QTest.mouseClick(view.viewport(), LEFT, pos=at)
    assert dialog.isVisible()
    QTest.mouseDClick(view.viewport(), LEFT, pos=at)
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.map_index == 2


def test_a_number_goes_to_its_map_and_the_last_one_at_most(browse):
    dialog = browse(stack())
    type_words(dialog, "731")
    assert dialog.map_index == 731
    assert len(rows(dialog)) == 1000
    view = dialog.findChild(QTableView, "maps")
    assert view.viewport().rect().contains(view.visualRect(view.currentIndex()))
    type_words(dialog, "99999999999999999999")
    assert dialog.map_index == 999


def test_words_show_the_maps_that_they_describe(browse, qtbot):
    dialog = browse(problems(), map_index=9)
    type_words(dialog, "BUCKET 2")
    qtbot.waitUntil(lambda: len(rows(dialog)) < 30)
    assert set(range(8, 12)) <= set(rows(dialog))
    assert dialog.map_index == 9
    type_words(dialog, "length 17.50")
    qtbot.waitUntil(lambda: rows(dialog) == [17])
    assert dialog.map_index == 17
    assert text(dialog, "map-count") == "1 of 30 maps"
    field = dialog.findChild(QLineEdit, "filter")
    QTest.keyClick(field, Key.Key_Down)
    assert dialog.findChild(QTableView, "maps").hasFocus()
    field.clear()
    qtbot.waitUntil(lambda: len(rows(dialog)) == 30)
    assert dialog.map_index == 17


def test_words_that_describe_nothing_leave_nothing_to_open(browse, qtbot):
    dialog = browse(problems())
    type_words(dialog, "swamp")
    qtbot.waitUntil(lambda: rows(dialog) == [])
    assert dialog.map_index is None
    assert text(dialog, "chosen-title") == "No map found"
    assert not dialog.findChild(QPushButton, "accept").isEnabled()
    QTest.keyClick(dialog.findChild(QLineEdit, "filter"), Key.Key_Return)
    assert dialog.isVisible()
    QTest.keyClick(dialog, Key.Key_Escape)
    assert dialog.result() == QDialog.DialogCode.Rejected


COUNTS = {"training": 700, "validation": 3, "test": 40}


def split_of(split):
    return replace(stack(COUNTS[split]), split=split, splits=COUNTS)


def test_the_other_splits_of_a_file_can_be_looked_through(browse, qtbot):
    dialog = browse(split_of("test"), map_index=30, reread=split_of)
    box = dialog.findChild(QComboBox, "split")
    assert box.currentText() == "Test split  ·  40 maps"
    box.setFocus()
    QTest.keyClick(box, Key.Key_Home)
    qtbot.waitUntil(lambda: len(rows(dialog)) == 700)
    assert dialog.dataset.split == "training"
    assert dialog.map_index == 30
    assert text(dialog, "map-count") == "700 maps, numbered from 0"
    type_words(dialog, "row 3")
    qtbot.waitUntil(lambda: len(rows(dialog)) < 700)
    box.setFocus()
    QTest.keyClick(box, Key.Key_Down)
    qtbot.waitUntil(lambda: rows(dialog) == [2])
    assert dialog.dataset.split == "validation"
    assert text(dialog, "map-count") == "1 of 3 maps"
    QTest.mouseClick(dialog.findChild(QPushButton, "accept"), LEFT)
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert (dialog.dataset.split, dialog.map_index) == ("validation", 2)


def test_a_split_that_cannot_be_read_leaves_the_one_that_is_shown(browse, qtbot):
    def refused(_):
        raise VinguiError("mazes.npz: Map 0 must have one goal, not 0")

    dialog = browse(split_of("test"), map_index=30, reread=refused)
    box = dialog.findChild(QComboBox, "split")
    box.setFocus()
    QTest.keyClick(box, Key.Key_Home)
    qtbot.waitUntil(lambda: "must have one goal" in text(dialog, "chosen-about"))
    assert box.value() == "test"
    assert dialog.map_index == 30
    assert dialog.findChild(QPushButton, "accept").isEnabled()


def test_nothing_is_opened_while_another_split_is_read(browse, qtbot):
    go = threading.Event()

    def slow(split):
        go.wait()
        return split_of(split)

    dialog = browse(split_of("test"), reread=slow)
    box = dialog.findChild(QComboBox, "split")
    box.setFocus()
    QTest.keyClick(box, Key.Key_Home)
    open_button = dialog.findChild(QPushButton, "accept")
    assert not open_button.isEnabled()
    type_words(dialog, "7")
    assert not open_button.isEnabled()
    # Back before it was there.
    box.setFocus()
    QTest.keyClick(box, Key.Key_End)
    assert open_button.isEnabled()
    go.set()
    assert dialog.dataset.split == "test"


def test_a_set_without_splits_offers_none(browse):
    assert not browse(stack()).findChild(QComboBox, "split").isVisible()


def test_finding_goes_by_all_words_of_the_description():
    dataset = problems()
    assert list(search(dataset, "")) == list(range(30))
    assert search(dataset, "bucket 3, optimal length 13.5") == [13]
    assert search(dataset, "6x9 COL 8 length 4.50") == [4, 14, 24]
    assert search(dataset, "nowhere") == []


def is_drawn(thumbnails, map_index):
    """Whether the thumbnail of a map is in memory; if not, this requests it."""
    return (
        thumbnails.get(map_index).pixmap(SIDE).toImage().pixelColor(SIDE // 2, SIDE // 2).alpha()
        > 0
    )


@pytest.mark.parametrize("look", [LIGHT, DARK])
def test_thumbnails_are_drawn_where_they_are_seen_and_no_others(browse, qtbot, look):
    dialog = browse(stack(100_000), look=look)
    view = dialog.findChild(QTableView, "maps")
    thumbnails = view.model().thumbnails
    qtbot.waitUntil(lambda: is_drawn(thumbnails, 0))
    view.scrollToBottom()
    qtbot.waitUntil(lambda: is_drawn(thumbnails, 99_999))
    assert not is_drawn(thumbnails, 50_000)
    last = view.visualRect(view.model().index(99_999, 0))
    wall = QColor(look.wall)

    def has_walls():
        picture = view.viewport().grab(last).toImage()
        map_indices = ((x, y) for x in range(10, 60) for y in range(10, 60))
        return any(picture.pixelColor(x, y) == wall for x, y in map_indices)

    qtbot.waitUntil(has_walls)


@pytest.mark.slow
def test_only_the_newest_thumbnails_are_drawn_and_not_all_are_kept(qtbot, qapp):
    maps = stack(2000).maps
    thumbnails = Thumbnails(
        lambda index: framed_thumbnail(maps[index], LIGHT, SIDE, 1.0),
        side=SIDE,
        dpr=1.0,
        parent=qapp,
    )
    for map_index in range(100):
        assert not is_drawn(thumbnails, map_index)
    qtbot.waitUntil(lambda: is_drawn(thumbnails, 99))
    # The first was under way already; of the others the last two dozen.
    assert not is_drawn(thumbnails, 50)
    for map_index in range(100, 800):
        qtbot.waitUntil(lambda map_index=map_index: is_drawn(thumbnails, map_index))
    assert not is_drawn(thumbnails, 99)
    thumbnails.deleteLater()


def test_the_list_has_texts_for_screen_readers(qapp):
    model = MapsModel(problems(), LIGHT, 1.0, qapp)
    index = model.index(5, 0)
    assert index.data() == ("Map 5  ·  6 × 9\n(0, 0) to (5, 8)\nbucket 1, optimal length 5.50")
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Map 5: 6x9, from row 0, col 0")
    assert spoken.endswith("optimal length 5.50")
    assert model.index(99, 0).data() is None
