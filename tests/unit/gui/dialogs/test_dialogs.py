from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QStyle,
    QStyleOptionButton,
    QTabBar,
    QTabWidget,
    QWidget,
)

from vingui.core import map_edits, map_sizes
from vingui.core.dataset import DataSet
from vingui.core.frame import MapFrame
from vingui.core.grid import Demonstration, GridMap
from vingui.gui.canvas.thumbnail import MapPreview
from vingui.gui.dialogs.gallery import Gallery
from vingui.gui.dialogs.generate import GenerateDialog
from vingui.gui.dialogs.new_map import PRESETS, NewMapDialog, SizeFields
from vingui.gui.dialogs.resize import ResizeDialog
from vingui.gui.document.samples import first_sample
from vingui.gui.importing.browse_dialog import BrowseDialog
from vingui.gui.importing.occupancy import Occupancy
from vingui.gui.importing.occupancy_dialog import ImportOccupancyDialog
from vingui.gui.importing.picture import SourcePicture
from vingui.gui.importing.picture_dialog import ImportPictureDialog
from vingui.gui.importing.terrain_dialog import ImportTerrainDialog, SwampAndWater
from vingui.gui.look.theme import LIGHT, Theme
from vingui.gui.settings import NEW_COLS, NEW_ROWS, Settings


def browsing():
    splits = {"training": 3, "test": 4}
    maps = (GridMap(np.eye(6, dtype=bool), ((0, 1),)),) * 4
    dataset = DataSet("mazes", maps, split="test", splits=splits)
    return BrowseDialog(dataset, LIGHT, map_index=1, reread=lambda _: dataset)


def robots_map():
    dataset = DataSet("robot", (GridMap(np.eye(9, dtype=bool), frame=MapFrame(0.1)),))
    costs = (10, 1.0, 10.0)
    source = Occupancy(Path("robot.yaml"), 9, 9, "wall", cell=1, costs=costs, dataset=dataset)
    return ImportOccupancyDialog(source, Settings(), LIGHT)


def swamp():
    dataset = DataSet("swamp", (GridMap(np.eye(9, dtype=bool)),))
    source = SwampAndWater(Path("swamp.map"), dataset, dataset)
    return ImportTerrainDialog(source, Settings(), LIGHT)


def picture():
    grey = np.full((90, 120), 250, np.uint8)
    grey[::9] = 10
    return ImportPictureDialog(SourcePicture("plan", grey), Settings(), LIGHT)


DIALOGS = {
    "new": lambda: NewMapDialog(Settings()),
    "resize": lambda: ResizeDialog(first_sample().grid, LIGHT),
    "generate": lambda: GenerateDialog(Settings(), LIGHT),
    "gallery": lambda: Gallery(LIGHT),
    "picture": picture,
    "occupancy": robots_map,
    "swamp": swamp,
    "browse": browsing,
}


@pytest.fixture(autouse=True)
def _nothing_remembered():
    Settings()._store.clear()


@pytest.fixture
def shown(qtbot):
    def show(dialog):
        qtbot.addWidget(dialog)
        with qtbot.waitActive(dialog):
            dialog.show()
        return dialog

    return show


TAB = Qt.FocusPolicy.TabFocus
LINE = 8
TITLE_BAR = 24
CLOSING = ("accept", "cancel", "close", "apply")


def stops(dialog, key):
    """What has the focus, from where it is until it is there again."""
    found = [QApplication.focusWidget()]
    while True:
        QTest.keyClick(found[-1], key)
        focused = QApplication.focusWidget()
        if focused is found[0]:
            return found
        assert focused not in found, focused.objectName()
        found.append(focused)


def child(dialog, kind, name):
    found = dialog.findChild(kind, name)
    assert found is not None, name
    return found


def click(dialog, name):
    QTest.mouseClick(child(dialog, QAbstractButton, name), Qt.MouseButton.LeftButton)


def type_in(dialog, name, number):
    field = child(dialog, QSpinBox, name)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, str(number))


# What holds for all of them


@pytest.mark.parametrize("name", DIALOGS)
def test_everything_that_can_be_used_is_named(name, shown):
    dialog = shown(DIALOGS[name]())
    kinds = (QAbstractButton, QAbstractSpinBox, QComboBox, QAbstractSlider, QLineEdit)
    inner = (QAbstractSpinBox, QComboBox)
    for widget in (child for kind in kinds for child in dialog.findChildren(kind)):
        own = not isinstance(widget.parent(), (*inner, QTabBar, QTabWidget, QLineEdit))
        if own and widget.isVisible() and "scrollbar" not in type(widget).__name__.lower():
            assert widget.objectName(), widget
            assert widget.accessibleName(), widget.objectName()
            assert widget.toolTip(), widget.objectName()


@pytest.mark.parametrize("name", DIALOGS)
def test_no_two_mnemonics_are_alike(name, shown):
    dialog = shown(DIALOGS[name]())
    bars = [bar for bar in dialog.findChildren(QTabBar) if bar.isVisible()]
    pages = range(bars[0].count()) if bars else [0]
    for page in pages:
        texts = [bar.tabText(place) for bar in bars for place in range(bar.count())]
        if bars:
            bars[0].setCurrentIndex(page)
        texts += [
            widget.text()
            for kind in (QAbstractButton, QLabel)
            for widget in dialog.findChildren(kind)
            if widget.isVisible()
        ]
        marks = Counter(text[text.index("&") + 1].lower() for text in texts if "&" in text)
        assert {mark for mark, count in marks.items() if count > 1} == set()


@pytest.mark.parametrize("name", DIALOGS)
def test_escape_closes_and_one_button_is_the_default(name, shown):
    dialog = shown(DIALOGS[name]())
    buttons = dialog.findChildren(QPushButton)
    assert [button.objectName() for button in buttons if button.isDefault()] == ["accept"]
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert dialog.result() == QDialog.DialogCode.Rejected


@pytest.mark.parametrize("name", DIALOGS)
def test_the_tab_key_reaches_every_field(name, shown):
    dialog = shown(DIALOGS[name]())
    reached = stops(dialog, Qt.Key.Key_Tab)
    assert stops(dialog, Qt.Key.Key_Backtab)[1:] == reached[:0:-1]
    kinds = (QSpinBox, QComboBox, QPushButton, QCheckBox, QAbstractSlider, QAbstractItemView)
    for kind in kinds:
        for widget in dialog.findChildren(kind):
            if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & TAB:
                assert widget in reached, widget.objectName()
    # Of radio buttons the chosen one: from there the arrow keys go on.
    chosen = {button for button in dialog.findChildren(QRadioButton) if button.isChecked()}
    assert {button for button in chosen if button.isVisible()} <= set(reached)


@pytest.mark.parametrize("name", DIALOGS)
def test_the_tab_key_goes_rightwards_and_down(name, shown):
    dialog = shown(DIALOGS[name]())
    reached = stops(dialog, Qt.Key.Key_Tab)
    first = reached.index(child(dialog, QPushButton, "cancel" if name != "generate" else "apply"))
    order = reached[first + 1 :] + reached[: first + 1]
    boxes = [QRect(one.mapTo(dialog, QPoint()), one.size()) for one in order]
    for before, after in pairwise(boxes):
        # Beside each other may be a little higher.
        assert after.left() > before.right() or after.bottom() > before.top() - LINE


@pytest.mark.parametrize("name", DIALOGS)
def test_enter_presses_the_button_that_has_the_focus(name, shown):
    dialog = shown(DIALOGS[name]())
    pressed = []
    for button in dialog.findChildren(QPushButton):
        if button.isVisible() and button.isEnabled() and button.objectName() not in CLOSING:
            button.clicked.connect(lambda _=False, button=button: pressed.append(button))
            button.setFocus()
            QTest.keyClick(button, Qt.Key.Key_Return)
            assert pressed.pop() is button, button.objectName()
            assert dialog.isVisible()


@pytest.mark.parametrize("name", DIALOGS)
def test_enter_accepts_whatever_was_clicked_before(name, shown):
    first = shown(DIALOGS[name]())
    names = [
        button.objectName()
        for button in first.findChildren(QAbstractButton)
        if button.isVisible() and button.isEnabled() and button.objectName() not in CLOSING[:3]
    ]
    first.close()
    for clicked in filter(None, names):
        dialog = shown(DIALOGS[name]())
        accepted = QSignalSpy(child(dialog, QPushButton, "accept").clicked)
        click(dialog, clicked)
        if dialog.isVisible():
            QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
            assert accepted.count() == 1, clicked
        dialog.close()


@pytest.mark.parametrize("name", DIALOGS)
def test_none_is_larger_than_the_screen_if_it_can_be_smaller(name, shown):
    dialog = shown(DIALOGS[name]())
    room = dialog.screen().availableSize().expandedTo(dialog.minimumSizeHint())
    assert dialog.width() <= room.width()
    assert dialog.height() <= room.height() - TITLE_BAR


@pytest.fixture
def theme(qapp):
    made = Theme()
    made.start(qapp)
    yield made
    made.choose("auto")
    made.deleteLater()
    qapp.setStyleSheet("")


@pytest.mark.usefixtures("theme")
@pytest.mark.parametrize("name", DIALOGS)
def test_all_words_have_room(name, shown):
    dialog = shown(DIALOGS[name]())
    kinds = child(dialog, QComboBox, "kind") if name == "generate" else None
    for place in range(kinds.count() if kinds else 1):
        if kinds:
            kinds.setCurrentIndex(place)
        QApplication.processEvents()
        for button in dialog.findChildren(QPushButton):
            option = QStyleOptionButton()
            button.initStyleOption(option)
            part = QStyle.SubElement.SE_PushButtonContents
            room = button.style().subElementRect(part, option, button).width()
            words = button.fontMetrics().horizontalAdvance(button.text().replace("&", ""))
            assert words <= room, button.objectName()
        for kind in (QCheckBox, QRadioButton, QLabel):
            for one in dialog.findChildren(kind):
                if one.isVisible() and not (kind is QLabel and one.wordWrap()):
                    assert one.sizeHint().width() <= one.width(), one.objectName()


@pytest.mark.usefixtures("theme")
@pytest.mark.parametrize(("name", "place"), [("gallery", "samples"), ("browse", "maps")])
def test_a_list_shows_whether_it_has_the_focus(name, place, shown):
    dialog = shown(DIALOGS[name]())
    view = child(dialog, QAbstractItemView, place)
    view.setFocus()
    focused = view.grab().toImage()
    child(dialog, QLineEdit, "filter").setFocus()
    assert view.grab().toImage() != focused


@pytest.mark.usefixtures("theme")
@pytest.mark.parametrize(
    ("name", "place"),
    [("resize", "new-cells"), ("resize", "square"), ("resize", "qt_tabwidget_tabbar")],
)
def test_what_is_chosen_shows_whether_it_has_the_focus(name, place, shown):
    dialog = shown(DIALOGS[name]())
    field = child(dialog, QWidget, place)
    field.setFocus()
    focused = field.grab().toImage()
    child(dialog, QPushButton, "cancel").setFocus()
    assert field.grab().toImage() != focused


# New map


def test_a_new_map_is_empty_with_the_markers_apart(shown):
    dialog = shown(NewMapDialog(Settings()))
    type_in(dialog, "rows", 12)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.result() == QDialog.DialogCode.Accepted
    grid = dialog.grid()
    assert grid.walls.shape == (12, 12)
    assert not grid.walls.any()
    assert grid.starts == ((1, 1),)
    assert grid.goal == (10, 10)


def test_the_size_is_remembered_only_when_taken(shown):
    settings = Settings()
    dialog = shown(NewMapDialog(settings))
    click(dialog, "square")
    type_in(dialog, "rows", 30)
    type_in(dialog, "cols", 40)
    click(dialog, "cancel")
    assert (settings.get(NEW_ROWS), settings.get(NEW_COLS)) != (30, 40)
    dialog.accept()
    assert (settings.get(NEW_ROWS), settings.get(NEW_COLS)) == (30, 40)
    again = shown(NewMapDialog(Settings()))
    assert again.grid().walls.shape == (30, 40)
    assert not child(again, QCheckBox, "square").isChecked()


@pytest.mark.parametrize("side", PRESETS)
def test_presets(side, shown):
    dialog = shown(NewMapDialog(Settings()))
    click(dialog, f"preset-{side}")
    assert dialog.grid().walls.shape == (side, side)
    assert f"{side * side:,} cells" in child(dialog, QLabel, "remark").text()


def test_large_maps_are_remarked_upon(shown):
    dialog = shown(NewMapDialog(Settings()))
    click(dialog, "preset-512")
    assert "MB" not in child(dialog, QLabel, "remark").text()
    type_in(dialog, "rows", 1024)
    assert "a plan takes about 128 MB of memory" in child(dialog, QLabel, "remark").text()


@given(rows=st.integers(2, 40), cols=st.integers(2, 40))
def test_any_new_map_with_a_border_can_be_walked(rows, cols):
    dialog = NewMapDialog(Settings())
    dialog._size.set_size(rows, cols)
    child(dialog, QRadioButton, "walls-border").click()
    grid = dialog.grid()
    assert grid.walls.shape == (rows, cols)
    assert grid.goal not in grid.starts
    assert len(grid.starts) == 1
    if min(rows, cols) >= 4:
        assert grid == map_edits.border(grid.with_goal(grid.goal))
        assert grid.free.sum() == (rows - 2) * (cols - 2)
    else:
        assert not grid.walls.any()


def test_square_keeps_both_equal_and_set_size_releases_it(qtbot):
    fields = SizeFields(rows=5, cols=5)
    qtbot.addWidget(fields)
    fields.show()
    child(fields, QSpinBox, "cols").setValue(9)
    assert (fields.rows, fields.cols) == (9, 9)
    with qtbot.waitSignal(fields.changed):
        fields.set_size(3, 7)
    assert (fields.rows, fields.cols) == (3, 7)
    assert not child(fields, QCheckBox, "square").isChecked()
    with qtbot.assertNotEmitted(fields.changed):
        fields.set_size(3, 7)
    click(fields, "square")
    assert (fields.rows, fields.cols) == (3, 3)


# Resize and crop


@pytest.fixture
def grid():
    walls = np.zeros((10, 12), bool)
    walls[2:5, 3:9] = True
    return GridMap(walls, ((6, 7),), ((1, 1), (8, 10)))


@pytest.mark.parametrize(("chosen", "material"), [("W", map_edits.WALL), ("F", 0), ("m", 3)])
def test_resize_keeps_the_anchored_part_and_adds_cells_of_any_material(
    shown, grid, chosen, material
):
    dialog = shown(ResizeDialog(grid, LIGHT))
    type_in(dialog, "rows", 14)
    click(dialog, "anchor-2-1")
    QTest.keyClicks(child(dialog, QComboBox, "new-cells"), chosen)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.result() == QDialog.DialogCode.Accepted
    expected = map_sizes.resize(grid, 14, 12, anchor_row=1, anchor_col=0.5, material=material)
    assert dialog.grid() == expected
    assert dialog.grid().goal == (10, 7)


def test_the_anchor_is_moved_by_arrow_keys(shown, grid):
    dialog = shown(ResizeDialog(grid, LIGHT))
    child(dialog, QRadioButton, "anchor-0-0").setFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)
    assert child(dialog, QRadioButton, "anchor-1-0").isChecked()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    assert child(dialog, QRadioButton, "anchor-1-1").isChecked()


@given(
    rows=st.integers(2, 20),
    cols=st.integers(2, 20),
    anchor=st.tuples(st.integers(0, 2), st.integers(0, 2)),
)
def test_what_is_outlined_is_what_stays(rows, cols, anchor):
    random = np.random.default_rng(7).random((10, 12)) < 0.5
    old = GridMap(random)
    dialog = ResizeDialog(old, LIGHT)
    dialog._size._size.set_size(rows, cols)
    child(dialog, QRadioButton, f"anchor-{anchor[0]}-{anchor[1]}").setChecked(True)
    new, kept, shift = dialog.grid(), dialog._size.kept(), dialog._size.shift()
    assert np.array_equal(part(old, kept), part(new, kept.translated(shift)))
    preview = child(dialog, MapPreview, "preview")
    assert preview.grid in (old, new)
    assert QRect(0, 0, preview.grid.cols, preview.grid.rows).contains(preview.outline)


def part(grid, box):
    return grid.walls[box.top() : box.top() + box.height(), box.left() : box.left() + box.width()]


def test_lost_markers_are_named(shown, grid):
    dialog = shown(ResizeDialog(grid, LIGHT))
    losses = child(dialog, QLabel, "losses")
    assert "Lost" not in losses.text()
    type_in(dialog, "rows", 8)
    assert losses.text() == "10 × 12 becomes 8 × 12.\nLost: 1 of 2 starts."
    type_in(dialog, "cols", 5)
    assert losses.text().endswith("Lost: the goal and 1 of 2 starts.")


def test_lost_demonstrations_are_counted(shown, grid):
    paths = (Demonstration(((0, 0), (1, 0))), Demonstration(((8, 1), (9, 1))))
    dialog = shown(ResizeDialog(grid.with_demonstrations(paths), LIGHT))
    type_in(dialog, "rows", 9)
    losses = child(dialog, QLabel, "losses")
    assert losses.text().endswith("Lost: 1 of 2 demonstrations.")
    type_in(dialog, "rows", 8)
    type_in(dialog, "cols", 5)
    assert losses.text().endswith("Lost: the goal, 1 of 2 starts and 1 of 2 demonstrations.")


def test_one_start_is_lost_by_name(shown):
    dialog = shown(ResizeDialog(GridMap(np.zeros((4, 4), bool), (), ((3, 3),)), LIGHT))
    type_in(dialog, "rows", 2)
    assert child(dialog, QLabel, "losses").text().endswith("Lost: the start.")


def test_crop_cuts_off_each_side(shown, grid):
    dialog = shown(ResizeDialog(grid, LIGHT))
    child(dialog, QTabWidget, "mode").setCurrentIndex(1)
    for side, cut in (("top", 1), ("left", 2), ("bottom", 3), ("right", 4)):
        type_in(dialog, f"crop-{side}", cut)
    assert dialog.grid() == map_sizes.crop(grid, 1, 2, 7, 8)
    assert child(dialog, MapPreview, "preview").outline == QRect(2, 1, 6, 6)
    assert child(dialog, QPushButton, "accept").text() == "Crop"
    click(dialog, "accept")
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.grid().walls.shape == (6, 6)


def test_a_crop_leaves_the_smallest_map_at_least(shown, grid):
    dialog = shown(ResizeDialog(grid, LIGHT))
    child(dialog, QTabWidget, "mode").setCurrentIndex(1)
    child(dialog, QSpinBox, "crop-top").setValue(99)
    child(dialog, QSpinBox, "crop-bottom").setValue(99)
    child(dialog, QSpinBox, "crop-right").setValue(99)
    assert dialog.grid().walls.shape == (2, 2)


@given(st.data())
def test_to_content_is_the_crop_of_the_core(data):
    rows, cols = data.draw(st.integers(2, 9)), data.draw(st.integers(2, 9))
    walls = np.array(
        data.draw(st.lists(st.booleans(), min_size=rows * cols, max_size=rows * cols))
    ).reshape(rows, cols) & (np.random.default_rng(rows).random((rows, cols)) < 0.3)
    free = [(row, col) for row, col in np.argwhere(~walls).tolist()]
    goal = data.draw(st.sampled_from([None, *free])) if free else None
    grid = GridMap(walls, (goal,) if goal else ())
    dialog = ResizeDialog(grid, LIGHT)
    child(dialog, QTabWidget, "mode").setCurrentIndex(1)
    child(dialog, QPushButton, "to-content").click()
    assert dialog.grid() == map_sizes.crop(grid, *map_sizes.content_bounds(grid))
    # From any cuts before it, too.
    child(dialog, QSpinBox, "crop-bottom").setValue(99)
    child(dialog, QPushButton, "to-content").click()
    assert dialog.grid() == map_sizes.crop(grid, *map_sizes.content_bounds(grid))
