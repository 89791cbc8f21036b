"""Drawing with the mouse and the keyboard, undo, and what changes the whole map."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabWidget

from vingui.core import map_edits
from vingui.core.generate import KINDS
from vingui.core.grid import GridMap
from vingui.gui import settings as entries
from vingui.gui.dialogs.gallery import Gallery
from vingui.gui.document.samples import samples
from vingui.gui.document.tools import DEMONSTRATE, TOOLS

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


def empty(rows=20, cols=24, *, goal=(18, 22), starts=((1, 1),)):
    return GridMap(np.zeros((rows, cols), bool), () if goal is None else (goal,), starts)


def walls_of(user):
    return {tuple(cell) for cell in np.argwhere(user.grid.walls).tolist()}


def move_with(user, cell, modifiers):
    """Move the mouse to a cell while a button and keys are held."""
    viewport, at = user.map_view.viewport(), QPointF(user.at(cell))
    where = viewport.mapToGlobal(at)
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, at, where, none, LEFT, modifiers)
    QApplication.sendEvent(viewport, event)


def scroll(user, cell, notches):
    """Turn the mouse's wheel over a cell."""
    viewport, at = user.map_view.viewport(), QPointF(user.at(cell))
    event = QWheelEvent(
        at,
        viewport.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)


def test_each_tool_draws_with_the_left_button_and_erases_with_the_right(drive):
    def steps(user):
        user.document.replace(empty())
        for tool, cells, drawn in (
            ("pencil", [(3, 3), (3, 6)], {(3, col) for col in range(3, 7)}),
            ("line", [(2, 4), (8, 10)], {(2 + i, 4 + i) for i in range(7)}),
            (
                "rectangle",
                [(4, 5), (6, 8)],
                {(r, c) for r in (4, 5, 6) for c in range(5, 9)} - {(5, 6), (5, 7)},
            ),
            (
                "rectangle-filled",
                [(6, 8), (4, 5)],
                {(r, c) for r in (4, 5, 6) for c in range(5, 9)},
            ),
        ):
            user.click_on_action(f"tool-{tool}")
            assert user.session.settings.get(entries.TOOL) == tool
            user.drag(*cells)
            assert walls_of(user) == drawn, tool
            user.drag(*cells, button=RIGHT)
            assert walls_of(user) == set(), tool
            assert user.document.undo_stack.count() == 2
            user.document.undo_stack.clear()
        user.document.replace(map_edits.border(empty()))
        user.click_on_action("tool-eraser")
        user.drag((0, 0), (0, 5))
        assert walls_of(user).isdisjoint((0, col) for col in range(6))
        user.drag((0, 0), (0, 5), button=RIGHT)
        assert walls_of(user) == {tuple(c) for c in np.argwhere(map_edits.border(empty()).walls)}

    assert drive(steps) == 0


def test_flood_fill_stops_at_walls_and_keeps_goal_and_starts_free(drive):
    def steps(user):
        grid = empty()
        closed = map_edits.paint(
            grid, map_edits.rectangle_cells((4, 4), (9, 9), filled=False), material=map_edits.WALL
        )
        user.document.replace(closed)
        user.key(Key.Key_F)
        user.click((6, 6))
        inside = {(r, c) for r in range(4, 10) for c in range(4, 10)}
        assert walls_of(user) == inside
        user.click((6, 6), button=RIGHT)
        assert walls_of(user) == set()
        user.click((0, 0))
        assert user.grid.walls.sum() == 20 * 24 - 2
        assert user.grid.goal == (18, 22)
        assert user.grid.starts == ((1, 1),)

    assert drive(steps) == 0


def test_goal_and_several_starts_are_placed_dragged_and_removed(drive):
    def steps(user):
        user.document.replace(map_edits.border(empty(goal=None, starts=())))
        user.click_on_action("tool-goal")
        user.drag((5, 5), (5, 9))
        assert user.grid.goal == (5, 9)
        user.click_on_action("tool-start")
        for cell in ((10, 4), (12, 6), (14, 8)):
            user.click(cell)
        assert user.grid.starts == ((10, 4), (12, 6), (14, 8))
        user.click((12, 6), button=RIGHT)
        assert user.grid.starts == ((10, 4), (14, 8))
        # Every tool, also the one that pans, takes hold of goal and starts, except for the one
        # whose paths begin there.
        for tool in (tool for tool in TOOLS if tool.id != DEMONSTRATE):
            user.click_on_action(f"tool-{tool.id}")
            before = user.grid.walls.copy()
            user.drag((5, 9), (8, 9), (8, 12))
            user.drag((10, 4), (3, 16))
            assert user.grid.goal == (8, 12), tool.id
            assert user.grid.starts == ((3, 16), (14, 8)), tool.id
            assert np.array_equal(user.grid.walls, before), tool.id
            user.drag((8, 12), (5, 9))
            user.drag((3, 16), (10, 4))
            assert user.grid.goal == (5, 9), tool.id
        user.click_on_action("tool-goal")
        user.click((5, 9), button=RIGHT)
        assert user.grid.goal is None

    assert drive(steps) == 0


def test_goal_and_start_are_protected_while_drawing_and_a_drag_leaves_the_map_beneath(drive):
    def steps(user):
        user.document.replace(empty(goal=(5, 10), starts=((8, 10),)))
        user.key(Key.Key_D)
        user.drag((5, 5), (5, 15))
        assert not user.grid.walls[5, 10]
        assert user.grid.walls[5, 5:16].sum() == 10
        user.click_on_action("tool-rectangle-filled")
        user.drag((2, 2), (12, 16))
        assert user.grid.goal == (5, 10)
        assert user.grid.starts == ((8, 10),)
        assert not user.grid.walls[8, 10]
        before = user.grid.walls.copy()
        user.drag((5, 10), (5, 12), (9, 13), (15, 18))
        assert user.grid.goal == (15, 18)
        assert np.array_equal(user.grid.walls, before)

    assert drive(steps) == 0


def test_fast_strokes_leave_no_gaps_and_the_brush_widens_them(drive):
    def steps(user):
        user.document.replace(empty())
        user.drag((2, 2), (15, 20), (3, 21))
        cells = {tuple(c) for c in map_edits.line_cells((2, 2), (15, 20)).tolist()}
        cells |= {tuple(c) for c in map_edits.line_cells((15, 20), (3, 21)).tolist()}
        assert walls_of(user) == cells
        user.trigger("undo")
        user.key(Key.Key_BracketRight)
        user.key(Key.Key_BracketRight)
        assert user.find("brush").value() == 3
        user.drag((10, 5), (10, 12))
        assert walls_of(user) == {(r, c) for r in (9, 10, 11) for c in range(4, 14)}
        user.key(Key.Key_BracketLeft)
        assert user.find("brush").value() == 2
        # Beyond the edge and back: the stroke goes on where the map does.
        user.document.replace(empty())
        user.session.settings.set(entries.BRUSH, 1)
        user.drag((10, 20), (10, 30), (12, 30), (12, 20))
        assert walls_of(user) == {(r, c) for r in (10, 12) for c in range(20, 24)}

    assert drive(steps) == 0


def test_a_typed_brush_size_leaves_the_keys_to_the_map(drive):
    def steps(user):
        user.document.replace(empty())
        user.type_into("brush", "4")
        user.key(Key.Key_Return, widget=user.find("brush"))
        assert user.map_view.hasFocus()
        user.key(Key.Key_E)
        assert user.map_view.tool.id == "eraser"
        assert user.session.settings.get(entries.BRUSH) == 4

    assert drive(steps) == 0


def test_shift_keeps_a_stroke_straight(drive):
    def steps(user):
        user.document.replace(empty())
        user.press((5, 5))
        move_with(user, (6, 15), SHIFT)
        user.release((6, 15))
        assert walls_of(user) == {(5, col) for col in range(5, 16)}

    assert drive(steps) == 0


def test_undo_without_limit_one_stroke_one_step_and_escape_abandons(drive):
    def steps(user):
        user.document.replace(empty())
        maps = [user.grid]
        for row in range(18):
            for col in range(0, 20, 2):
                user.drag((row, col + 2), (row, col + 3)) if (row, col) != (0, 0) else None
                if user.grid != maps[-1]:
                    maps.append(user.grid)
        assert len(maps) > 150
        assert user.document.undo_stack.count() == len(maps) - 1
        for grid in reversed(maps[:-1]):
            user.key(Key.Key_Z, CTRL)
            assert user.grid == grid
        assert not user.window.actions_by_id["undo"].isEnabled()
        assert not user.document.modified
        for grid in maps[1:]:
            user.key(Key.Key_Z, CTRL | SHIFT)
            assert user.grid == grid
        assert not user.window.actions_by_id["redo"].isEnabled()
        before, count = user.grid, user.document.undo_stack.count()
        user.press((19, 2))
        user.move((19, 12))
        assert user.grid.walls[19, 2:13].all()
        user.key(Key.Key_Escape)
        assert user.grid == before
        user.move((19, 16))
        user.release((19, 16))
        assert user.grid == before
        assert user.document.undo_stack.count() == count
        assert user.window.actions_by_id["undo"].text() == "&Undo draw walls"

    assert drive(steps) == 0


def test_undo_in_the_middle_of_a_stroke_ends_the_stroke_first(drive):
    def steps(user):
        user.document.replace(empty())
        user.drag((3, 3), (3, 8))
        user.press((6, 3))
        user.move((6, 8))
        user.key(Key.Key_Z, CTRL)
        user.move((9, 8))
        user.release((9, 8))
        assert walls_of(user) == {(3, col) for col in range(3, 9)}
        user.key(Key.Key_Y, CTRL)
        assert walls_of(user) == {(r, c) for r in (3, 6) for c in range(3, 9)}

    assert drive(steps) == 0


def test_a_new_map_of_any_size(drive):
    def steps(user):
        def typed(_dialog):
            square = user.find("square")
            if square.isChecked():
                QTest.mouseClick(square, LEFT, pos=QPoint(8, square.height() // 2))
            for name, size in (("rows", 2), ("cols", 512)):
                user.type_into(name, str(size))
            user.click_on("accept")

        user.in_dialog(typed)
        user.key(Key.Key_N, CTRL)
        assert user.grid.walls.shape == (2, 512)
        assert user.grid.goal is not None
        assert user.document.title == "Untitled"
        assert not user.document.modified

        def preset(dialog):
            user.click_on("preset-512")
            user.click_on("walls-border", QPoint(8, 8))
            QTest.keyClick(dialog, Key.Key_Return)

        user.in_dialog(preset)
        user.key(Key.Key_N, CTRL)
        assert user.grid.walls.shape == (512, 512)
        assert user.grid.walls.sum() == 4 * 511
        user.in_dialog(lambda dialog: QTest.keyClick(dialog, Key.Key_Escape))
        before = user.grid
        user.key(Key.Key_N, CTRL)
        assert user.grid is before

    assert drive(steps) == 0


def test_resize_and_crop(drive):
    def steps(user):
        grid = map_edits.border(empty())
        user.document.replace(grid)

        def larger(_dialog):
            square = user.find("square")
            assert not square.isChecked()
            user.type_into("rows", "30")
            user.type_into("cols", "40")
            user.click_on("anchor-2-2")
            QTest.keyClick(user.find("new-cells"), Key.Key_W)
            user.click_on("accept")

        user.in_dialog(larger)
        user.key(Key.Key_R, CTRL)
        assert user.grid.walls.shape == (30, 40)
        assert np.array_equal(user.grid.walls[10:, 16:], grid.walls)
        assert user.grid.walls[:10].all()
        assert user.grid.goal == (28, 38)

        def crop(dialog):
            dialog.findChild(QTabWidget, "mode").setCurrentIndex(1)
            user.type_into("crop-top", "10")
            user.type_into("crop-left", "16")
            user.click_on("accept")

        user.in_dialog(crop)
        user.key(Key.Key_R, CTRL)
        assert user.grid == grid
        user.trigger("undo")
        user.trigger("undo")
        assert user.grid == grid
        assert not user.document.modified

    assert drive(steps) == 0


def test_clear_invert_and_border(drive):
    def steps(user):
        user.document.replace(empty())
        user.key(Key.Key_B, CTRL)
        assert user.grid.walls.sum() == 2 * (20 + 24) - 4
        user.key(Key.Key_I, CTRL)
        assert user.grid.walls.sum() == 18 * 22 - 2
        user.key(Key.Key_Backspace, CTRL)
        assert walls_of(user) == set()
        for _ in range(3):
            user.key(Key.Key_Z, CTRL)
        assert user.grid == empty()

    assert drive(steps) == 0


def test_generate_every_kind_with_live_preview(drive):
    def steps(user):
        user.document.replace(empty())
        seen = []

        def act(dialog):
            box = user.find("kind")
            user.type_into("rows", "24")
            for place in range(len(KINDS)):
                box.setFocus()
                while box.currentIndex() != place:
                    QTest.keyClick(box, Key.Key_Down if box.currentIndex() < place else Key.Key_Up)
                user.type_into("seed", str(100 + place))
                recipe = dialog._form.recipe()
                user.until(
                    lambda r=recipe: dialog._result is not None and dialog._result.recipe == r
                )
                assert dialog.grid().rows == 24
                seen.append((recipe.kind, dialog.grid()))
                assert f"--seed {100 + place}" in user.find("command").text()
                assert "free" in user.find("figures").text()
            count = user.document.undo_stack.count()
            user.click_on("apply")
            user.until(lambda: user.document.undo_stack.count() == count + 1)
            assert user.grid == seen[-1][1]
            user.click_on("close")

        user.in_dialog(act)
        user.key(Key.Key_G, CTRL)
        assert [kind for kind, _ in seen] == list(KINDS)
        assert not any(grid == user.grid for _, grid in seen[:-1])
        assert user.wait_for_plan().grid == user.grid
        user.trigger("undo")
        assert user.grid == empty()

    assert drive(steps) == 0


def test_density_of_obstacles_changes_the_preview(drive):
    def steps(user):
        user.session.settings.set(entries.GENERATE_KIND, "noise")

        def act(dialog):
            user.until(lambda: dialog._result is not None)
            slider = user.find("density-slider")
            slider.setFocus()
            QTest.keyClick(slider, Key.Key_Home)
            user.until(lambda: dialog._result.recipe == dialog._form.recipe())
            fewest = dialog.grid().walls.sum()
            for _ in range(4):
                QTest.keyClick(slider, Key.Key_PageUp)
            user.until(lambda: dialog._result.recipe == dialog._form.recipe())
            assert dialog.grid().walls.sum() > fewest
            user.click_on("accept")
            user.until(lambda: not dialog.isVisible())

        user.in_dialog(act)
        user.trigger("generate")
        assert user.grid.walls.any()

    assert drive(steps) == 0


def test_gallery_shows_every_sample_and_opens_one(drive):
    def steps(user):
        wanted = samples()[-1]

        def act(dialog):
            assert isinstance(dialog, Gallery)
            view = user.find("samples")
            model = view.model()
            titles = [model.index(row, 0).data() for row in range(model.rowCount())]
            assert titles == [sample.title for sample in samples()]
            user.type_into("filter", wanted.title)
            assert model.rowCount() >= 1
            QTest.keyClick(user.find("filter"), Key.Key_Return)

        user.in_dialog(act)
        user.key(Key.Key_O, CTRL | SHIFT)
        assert user.document.title == wanted.title
        assert user.document.about == wanted.about
        assert user.grid == wanted.grid
        assert not user.document.modified

        def click(_dialog):
            view = user.find("samples")
            user.window.repaint()
            at = view.visualRect(view.model().index(1, 0)).center()
            QTest.mouseClick(view.viewport(), LEFT, pos=at)
            QTest.mouseDClick(view.viewport(), LEFT, pos=at)

        user.in_dialog(click)
        user.trigger("gallery")
        assert user.document.title == samples()[1].title

    assert drive(steps) == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  #####   \n  #S.G#\t\n  #####\n", ""),
        ("Try this:\n\n```\n#####\n#S.G#\n#####\n```\n", "Read the code block and left out the "),
        ("> #####\r\n> #S.G#\r\n> #####\r\n", ""),
        ("#####\n#S E#\n#####\n", "Took blanks as free. Took E as the goal."),
        ("1\t1\t1\t1\t1\n1\tS\t0\tG\t1\n1\t1\t1\t1\t1\n", "Took 1 as wall and 0 as free."),
    ],
)
def test_a_map_is_pasted_as_it_was_copied(drive, text, message):
    def steps(user):
        QGuiApplication.clipboard().setText("nothing")
        user.key(Key.Key_V, CTRL)
        assert "The clipboard holds no map." in user.messages
        QGuiApplication.clipboard().setText(text)
        user.key(Key.Key_V, CTRL)
        walls = np.ones((3, 5), bool)
        walls[1, 1:4] = False
        assert user.grid == GridMap(walls, ((1, 3),), ((1, 1),))
        assert "The clipboard holds no map." not in user.messages
        assert any(shown.startswith(message) for shown in user.messages) or not message
        user.trigger("undo")
        assert user.grid.walls.shape != (3, 5)
        QGuiApplication.clipboard().clear()

    assert drive(steps) == 0


def test_copy_and_paste_a_map(drive):
    def steps(user):
        grid = map_edits.border(empty())
        user.document.replace(grid)
        user.key(Key.Key_C, CTRL)
        assert "on the clipboard" in user.messages[0]
        user.key(Key.Key_Backspace, CTRL)
        user.key(Key.Key_V, CTRL)
        assert user.grid == grid
        assert user.document.undo_stack.undoText() == "Paste map"
        QGuiApplication.clipboard().setText("#####\r\n#...#\r\n#####\r\n")
        user.key(Key.Key_V, CTRL)
        assert user.grid.walls.tolist() == [[True] * 5, [True, *[False] * 3, True], [True] * 5]
        before = user.grid
        for nonsense, message in (
            ("", "The clipboard holds no map."),
            ("hello", "The clipboard holds no map."),
            ("{", "The clipboard holds no map."),
            ('{"rows": 3}', "The clipboard holds JSON, but no vingui map."),
            ("#" * 70_000_000, "The text on the clipboard has 70,000,000 characters; at most "),
        ):
            QGuiApplication.clipboard().setText(nonsense)
            user.key(Key.Key_V, CTRL)
            assert user.grid is before
            assert sum(text.startswith(message) for text in user.messages) == 1
        QGuiApplication.clipboard().clear()
        user.key(Key.Key_V, CTRL)
        assert user.grid is before

    assert drive(steps) == 0


def test_zoom_stays_at_the_mouse_fit_and_pan(drive):
    def steps(user):
        user.document.replace(empty(64, 64, goal=(50, 50), starts=((3, 3),)))
        camera, cell = user.session.camera, (10, 50)
        fitted = camera.scale
        before = user.at(cell)
        scroll(user, cell, 3)
        assert camera.scale > 1.5 * fitted
        assert (user.at(cell) - before).manhattanLength() <= 2
        assert user.value_view.camera is camera
        user.key(Key.Key_0, CTRL)
        assert camera.scale == pytest.approx(fitted)
        user.key(Key.Key_Plus)
        assert camera.scale > fitted
        user.key(Key.Key_Minus)
        scroll(user, cell, 3)
        walls = walls_of(user)
        for take in (lambda: user.key(Key.Key_H), None):
            middle = (camera.row, camera.col)
            button = Qt.MouseButton.MiddleButton if take is None else LEFT
            if take is not None:
                take()
            user.drag((12, 48), (14, 50), button=button)
            assert (camera.row, camera.col) != middle
        assert walls_of(user) == walls
        assert not user.document.modified

    assert drive(steps) == 0


def test_the_keyboard_alone_draws_a_map(drive):
    def steps(user):
        user.document.replace(empty(10, 10, goal=None, starts=()))
        assert user.window.focusWidget() is user.map_view
        user.key(Key.Key_Right)
        assert user.session.cursor is not None
        for _ in range(12):
            user.key(Key.Key_Left)
            user.key(Key.Key_Up)
        assert user.session.cursor == (0, 0)
        user.key(Key.Key_G)
        assert user.grid.goal == (0, 0)
        user.key(Key.Key_Down, SHIFT)
        assert user.session.cursor == (5, 0)
        user.key(Key.Key_S)
        assert user.grid.starts == ((5, 0),)
        user.key(Key.Key_Right)
        user.key(Key.Key_Space)
        assert walls_of(user) == {(5, 1)}
        user.key(Key.Key_Space)
        assert walls_of(user) == set()
        user.key(Key.Key_Left)
        user.key(Key.Key_Delete)
        assert user.grid.starts == ()
        user.key(Key.Key_Escape)
        assert user.session.cursor is None

    assert drive(steps) == 0


def test_keys_place_under_the_mouse_where_it_was_moved_last(drive):
    def steps(user):
        user.document.replace(empty())
        user.move((7, 9))
        user.key(Key.Key_G)
        assert user.grid.goal == (7, 9)
        user.move((9, 12))
        user.key(Key.Key_S)
        assert user.grid.starts == ((1, 1), (9, 12))
        user.key(Key.Key_S)
        assert user.grid.starts == ((1, 1),)

    assert drive(steps) == 0


@pytest.mark.parametrize(("rows", "cols"), [(12, 30), (28, 28), (31, 9)])
def test_the_key_cursor_pans_no_map_that_fits(drive, rows, cols):
    def steps(user):
        user.document.replace(empty(rows, cols, goal=(0, 0), starts=()))
        camera = user.session.camera
        before = camera.row, camera.col, camera.scale
        assert camera.fitted
        user.map_view.setFocus()
        for key, times in ((Key.Key_Down, rows + 1), (Key.Key_Right, cols + 1), (Key.Key_Up, rows)):
            for _ in range(times):
                user.key(key)
            assert (camera.row, camera.col, camera.scale) == before
        assert user.session.cursor == (0, cols - 1)

    assert drive(steps) == 0
