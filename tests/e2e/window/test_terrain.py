"""Terrain and several goals in the window: painted, changed, undone, copied, saved and reopened."""

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from vingui.core.grid import GridMap
from vingui.core.map_edits import WALL, material_at
from vingui.core.terrain import STANDARD
from vingui.gui.document.tools import TOOLS
from vingui.paths import MAPS

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key
EMPTY = GridMap(np.zeros((16, 20), bool), ((14, 18),), ((1, 1),))


def undo_all(user, first):
    while user.document.undo_stack.canUndo():
        user.key(Key.Key_Z, CTRL)
    assert user.grid == first


def shift_click(user, cell):
    QTest.mouseClick(user.map_view.viewport(), LEFT, SHIFT, user.at(cell))


def drag_slider(user, pixels):
    slider = user.find("terrain-slider")
    share = slider.value() / slider.maximum()
    handle = QPoint(8 + round(share * (slider.width() - 16)), slider.height() // 2)
    QTest.mousePress(slider, LEFT, NONE, handle)
    for _ in range(10):
        handle.setX(handle.x() + pixels // 10)
        QTest.mouseMove(slider, handle)
    QTest.mouseRelease(slider, LEFT, NONE, handle)


def test_every_kind_is_painted_with_every_tool_and_all_is_undone(drive):
    def steps(user):
        user.document.replace(EMPTY)
        count = 0
        for tool in (tool for tool in TOOLS if tool.draws):
            for kind in range(1, len(STANDARD)):
                user.click_on_action(f"tool-{tool.id}")
                user.key(Key(Key.Key_1 + kind))
                before = user.grid
                user.drag((4, 4), (6, 7))
                assert user.grid != before, (tool.id, kind)
                assert material_at(user.grid, (4, 4)) == kind
                assert user.document.undo_stack.undoText().endswith(STANDARD[kind].name)
                count += 1
        user.drag((4, 4), (4, 4), button=RIGHT)
        user.key(Key.Key_B)
        assert user.session.material == WALL
        assert user.document.undo_stack.count() == count + 1
        undo_all(user, EMPTY)
        while user.document.undo_stack.canRedo():
            user.key(Key.Key_Y, CTRL)
        assert user.document.undo_stack.index() == count + 1

    assert drive(steps) == 0


def test_the_plan_follows_a_cost_and_goes_round_dear_terrain(drive):
    def steps(user):
        user.window.resize(1700, 900)
        terrain = np.zeros((11, 20), np.uint8)
        terrain[:9, 8:12] = 1
        user.document.replace(
            GridMap(np.zeros((11, 20), bool), ((4, 18),), ((4, 1),), None, terrain)
        )
        assert user.window.docks["terrain"].isVisible()
        user.wait_for_plan()
        (cheap,) = user.session.trajectories
        user.key(Key.Key_2, widget=user.map_view)
        assert user.session.material == 1
        drag_slider(user, 40)
        assert user.grid.palette[1].cost > 4
        assert user.document.undo_stack.count() == 1
        user.wait_for_plan()
        (dear,) = user.session.trajectories
        assert dear.optimal
        assert dear.length > cheap.length
        assert dear.path[:, 0].max() >= 9
        user.key(Key.Key_Z, CTRL, widget=user.map_view)
        user.wait_for_plan()
        assert user.session.trajectories[0].cost == cheap.cost

    assert drive(steps) == 0


def test_goals_are_added_dragged_valued_and_removed(drive):
    def steps(user):
        user.document.replace(EMPTY)
        user.click_on_action("tool-goal")
        shift_click(user, (3, 16))
        shift_click(user, (8, 10))
        assert user.grid.goals == ((14, 18), (3, 16), (8, 10))
        user.drag((8, 10), (12, 3))
        assert user.grid.goals[2] == (12, 3)
        user.wait_for_plan()
        (near,) = user.session.trajectories
        assert tuple(near.path[-1]) == (12, 3)
        QTest.mouseDClick(user.map_view.viewport(), LEFT, NONE, user.at((3, 16)))
        field = user.find("value")
        QTest.keyClicks(field, "50")
        QTest.keyClick(field, Key.Key_Return)
        assert user.grid.valued_goals[3, 16] == 50
        user.wait_for_plan()
        (far,) = user.session.trajectories
        assert tuple(far.path[-1]) == (3, 16)
        user.release((3, 16))
        user.click((12, 3), button=RIGHT)
        assert user.grid.goals == ((14, 18), (3, 16))
        undo_all(user, EMPTY)

    assert drive(steps) == 0


def test_terrain_and_goals_are_copied_saved_and_opened_again(drive, tmp_path):
    path = tmp_path / "marsh.json"

    def steps(user):
        user.document.replace(EMPTY)
        user.key(Key.Key_5)
        user.drag((5, 2), (5, 12))
        user.click_on_action("tool-goal")
        shift_click(user, (2, 2))
        drawn = user.grid
        user.key(Key.Key_C, CTRL)
        user.trigger("clear-terrain")
        assert user.grid.terrain is None
        user.key(Key.Key_V, CTRL)
        assert user.grid == drawn
        user.name_file(path)
        user.key(Key.Key_S, CTRL)
        user.until(path.exists)
        user.until(lambda: not user.document.modified)
        user.document.replace(EMPTY)
        user.name_file(path)
        user.key(Key.Key_O, CTRL)
        user.until(lambda: user.document.path == path)
        assert user.grid == drawn

    assert drive(steps) == 0


def test_the_papers_vin_says_once_that_it_cannot_see_terrain(drive):
    sentence = "vin-16x16 cannot see terrain: it plans as if every cell cost 1."

    def steps(user):
        notices = []
        user.listen(user.session.message, lambda text, *_: notices.append(text))
        user.session.choose_model("vin-16x16")
        user.document.replace(GridMap(np.zeros((16, 16), bool), ((8, 14),), ((8, 1),)))
        user.wait_for_plan()
        plain = user.session.trajectories[0].path.tolist()
        assert sentence not in notices
        user.key(Key.Key_5)
        user.click_on_action("tool-rectangle-filled")
        user.drag((6, 6), (15, 9))
        user.wait_for_plan()
        assert notices.count(sentence) == 1
        assert user.find("model-remark").text() == sentence
        assert user.session.trajectories[0].path.tolist() == plain
        user.drag((2, 2), (3, 3))
        user.wait_for_plan()
        assert notices.count(sentence) == 1
        user.trigger("clear-terrain")
        user.wait_for_plan()
        assert user.find("model-remark").text() != sentence

    assert drive(steps) == 0


def test_the_learned_costs_of_a_network_are_seen_beside_the_true_ones(drive):
    def steps(user):
        layers = user.find("layer")
        user.window.filing.open_path(MAPS / "swamp.json")
        user.until(lambda: user.document.path is not None)
        user.wait_for_plan()
        assert not user.window.actions_by_id["layer-learned-cost"].isEnabled()
        assert layers.findText("Learned cost") < 0
        user.session.choose_model("costs-picture-8")
        user.until(lambda: user.session.run.has_learned_costs)
        user.wait_for_plan()
        assert layers.findText("Learned cost") >= 0
        picture = user.value_view.picture
        user.key(Key.Key_7, CTRL, widget=user.map_view)
        picture.refresh()
        true = picture.layer
        user.key(Key.Key_8, CTRL, widget=user.map_view)
        user.until(
            lambda: (
                not picture.refresh()
                and picture.layer is not None
                and picture.layer.name == "Learned cost"
            )
        )
        learned = picture.layer
        assert layers.currentText() == "Learned cost"
        assert (learned.low, learned.high) == (true.low, true.high) == (1, 9)
        free = user.grid.free
        assert np.corrcoef(learned.values[free], true.values[free])[0, 1] > 0.95
        assert "as near the true costs as possible" in user.find("colour-bar").toolTip()

        # The cell under the cursor: water, which costs 9.
        water = tuple(np.argwhere(true.values == 9)[20].tolist())
        user.session.set_cursor(water)
        shown = f"{learned.values[water]:.2f}"
        user.until(lambda: user.find("inspector-learned").text() == shown)
        assert user.find("inspector-terrain").text().endswith("cost 9")
        assert user.find("status-cell").text().endswith(f", cost 9, learned cost {shown}")

        # Paint over it: the learned costs follow.
        user.key(Key.Key_1, widget=user.map_view)
        user.click(water)
        user.wait_for_plan()
        user.until(lambda: not picture.refresh() and picture.layer.values[water] < 3)

        user.session.choose_model("dynamic-8")
        user.until(lambda: not user.session.run.has_learned_costs)
        picture.refresh()
        assert picture.layer is None
        assert user.value_view.hint().startswith("dynamic-8 did not learn what cells cost.")

    assert drive(steps) == 0
