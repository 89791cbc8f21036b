"""Everything that can be opened, in every way there is: menu, drop, paste, command line, recent."""

from pathlib import Path
from threading import Event, current_thread, main_thread
from threading import enumerate as enumerate_threads

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QToolButton,
)

from vingui.core import map_edits
from vingui.core.dataset import DataSet, MapStack
from vingui.core.formats import opening, read_dataset, write_dataset, write_map
from vingui.core.frame import MapFrame
from vingui.core.grid import GridMap
from vingui.gui import settings as entries
from vingui.gui.document.set_position import SetMember
from vingui.gui.importing.crop_view import CropView
from vingui.gui.importing.files import read_split

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
Key = Qt.Key


def drop(widget, *paths):
    """Drop files onto a widget, as the desktop would."""
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    at, copy = widget.rect().center(), Qt.DropAction.CopyAction
    QApplication.sendEvent(widget, QDragEnterEvent(at, copy, content, LEFT, NONE))
    let_go = QDropEvent(QPointF(at), copy, content, LEFT, NONE, QEvent.Type.Drop)
    QApplication.sendEvent(widget, let_go)
    return let_go.isAccepted()


def floor_plan(path, side=600):
    """Two rooms with a door, drawn in black on white, in a colour picture."""
    grey = np.full((side, side), 250, np.uint8)
    grey[:20] = grey[-20:] = grey[:, :20] = grey[:, -20:] = 10
    grey[:, 290:310] = 10
    grey[280:320, 290:310] = 250
    Image.fromarray(np.stack([grey, grey, grey // 2 + 120], axis=-1)).save(path)
    return path


def robot_map(path):
    grey = np.full((40, 60), 205, np.uint8)
    grey[4:36, 4:56] = 254
    Image.fromarray(grey).save(path.with_suffix(".pgm"))
    path.write_text(
        f"image: {path.stem}.pgm\nresolution: 0.1\norigin: [-3.0, -2.0, 0.0]\nnegate: 0\n"
        "occupied_thresh: 0.65\nfree_thresh: 0.196\n"
    )
    return path


def many_maps(path, count=1000):
    walls = np.random.default_rng(0).random((count, 9, 9)) < 0.1
    walls[:, 0, 0] = walls[:, 8, 8] = False
    stack = MapStack(walls, np.zeros((count, 2), int), np.full((count, 2), 8))
    write_dataset(path, DataSet(path.stem, stack))
    return stack


def scenario(folder):
    """A MovingAI map with two problems on it."""
    write_map(folder / "arena.map", GridMap(np.eye(9, dtype=bool)[::-1]))
    lines = ["version 1"]
    for number, length in enumerate((4.0, 5.0)):
        ends = (0, 0, 4 + number, 0)
        lines.append("\t".join(map(str, (number, "arena.map", 9, 9, *ends, f"{length:.8f}"))))
    (folder / "arena.map.scen").write_text("\n".join(lines) + "\n")
    return folder / "arena.map.scen"


def accept(dialog):
    """Click on what takes the dialog's choice."""
    QTest.mouseClick(dialog.findChild(QPushButton, "accept"), LEFT)


def cancel(dialog):
    QTest.keyClick(dialog, Key.Key_Escape)


def closed(user, met):
    """Whether a dialog has come and gone."""
    user.until(lambda: met and QApplication.activeModalWidget() is None)


# Pictures.


def test_a_picture_is_opened_from_the_menu_with_a_part_and_a_size_chosen(drive, tmp_path):
    path = floor_plan(tmp_path / "plan.png")

    def choose(dialog):
        assert dialog.objectName() == "import-picture"
        view = dialog.findChild(CropView)
        QTest.mousePress(view, LEFT, pos=view.position_of(2, 2).toPoint())
        QTest.mouseMove(view, view.position_of(60, 60).toPoint())
        QTest.mouseRelease(view, LEFT, pos=view.position_of(60, 60).toPoint())
        view.setFocus()
        QTest.keyClick(view, Key.Key_Home)
        field = dialog.findChild(QSpinBox, "longest")
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, "60")
        QTest.keyClick(field, Key.Key_Return)

    def name_file(dialog):
        assert isinstance(dialog, QFileDialog)
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        dialog.setDirectory(str(tmp_path))
        field.selectAll()
        QTest.keyClicks(field, path.name)
        # As soon as the file dialog has gone: reading may be quicker than the next look.
        met.append(user_of[0].in_dialog(choose, over=dialog))
        QTest.keyClick(field, Key.Key_Return)

    met, user_of = [], []

    def steps(user):
        user_of.append(user)
        user.in_dialog(name_file)
        user.key(Key.Key_O, CTRL)
        user.until(lambda: user.grid.walls.shape == (60, 60))
        assert user.grid.walls[0].all()
        assert user.grid.walls[5, 29]
        assert not user.grid.walls[30, 29]
        assert user.document.title == "plan"
        # Saving must not put walls in place of the picture.
        assert user.document.path is None
        (message,) = (text for text in user.messages if "Otsu" in text)
        assert "600x600 pixels (width x height) as 60x60 cells (rows x columns) of 10x10" in message
        assert user.session.settings.get(entries.RECENT)[0] == str(path)
        # The choices are those of the next picture too.
        met = user.in_dialog(accept)
        user.window.filing.recent_menu.actions()[0].trigger()
        closed(user, met)
        assert met[0].findChild(QSpinBox, "longest").value() == 60

    assert drive(steps) == 0


def test_a_picture_that_is_cancelled_changes_nothing(drive, tmp_path):
    path = floor_plan(tmp_path / "plan.png")

    def steps(user):
        grid, title = user.grid, user.document.title
        met = user.in_dialog(cancel)
        assert drop(user.map_view.viewport(), path)
        closed(user, met)
        assert (user.grid, user.document.title) == (grid, title)
        assert user.messages == ()
        assert user.session.settings.get(entries.RECENT) == ()

    assert drive(steps) == 0


def proposed(user):
    """The messages that propose another rule."""
    return [text for text in user.messages if "two walls that touch" in text]


def proposal_button(user):
    """The button of the proposal to plan by another rule, or `None`."""
    buttons = user.window.messages.findChildren(QToolButton)
    wanted = "Plan with dynamic-8-both-free"
    return next((button for button in buttons if button.text() == wanted), None)


def twice(path):
    """A picture with a smaller one behind it, as phones take them."""
    image = Image.open(floor_plan(path.with_suffix(".png")), formats=["PNG"])
    image.save(path, "MPO", save_all=True, append_images=[image.resize((40, 40))])
    return path


@pytest.mark.parametrize(
    "make",
    [
        lambda folder: floor_plan(folder / "plan.png"),
        lambda folder: robot_map(folder / "plan.yaml"),
        lambda folder: twice(folder / "plan.jpg"),
    ],
)
def test_a_rule_without_squeezing_is_proposed_for_a_real_place(drive, tmp_path, make):
    path = make(tmp_path)

    def steps(user):
        met = user.in_dialog(accept)
        drop(user.window, path)
        closed(user, met)
        user.until(lambda: user.document.title == "plan")
        user.until(lambda: proposal_button(user) is not None)
        (proposal,) = proposed(user)
        assert proposal.startswith("plan: dynamic-8 plans by rule 8 (")
        # Nothing has changed yet: it may be left at that.
        assert user.session.model == "dynamic-8"
        QTest.mouseClick(proposal_button(user), LEFT)
        assert user.session.model == "dynamic-8-both-free"
        user.until(lambda: not proposed(user))
        # Again, with a rule that suits it.
        grid = user.grid
        met = user.in_dialog(accept)
        drop(user.window, path)
        closed(user, met)
        user.until(lambda: user.grid is not grid)
        assert not proposed(user)

    assert drive(steps) == 0


def at_start(act):
    """Calls a function with the dialog that comes by itself, before anybody is at the window."""
    timer, met = QTimer(), []
    timer.setInterval(5)

    def poll():
        dialog = QApplication.activeModalWidget()
        if dialog is None or not dialog.isVisible():
            return
        if not dialog.isActiveWindow():
            # The window may have been activated after its dialog; a desktop keeps it below.
            dialog.activateWindow()
            return
        timer.stop()
        met.append(dialog)
        act(dialog)

    timer.timeout.connect(poll)
    timer.start()
    # The caller keeps the timer alive.
    return met, timer


def test_a_picture_named_at_the_start_is_asked_about(drive, tmp_path):
    path = floor_plan(tmp_path / "plan.png")

    def opened(user):
        user.until(lambda: user.document.title == "plan")

    def cancelled(user):
        # What the last window showed.
        user.until(lambda: user.document.title == "plan")
        assert user.session.settings.get(entries.RECENT) == (str(path),)

    met, _timer = at_start(accept)
    assert drive(opened, path) == 0
    assert met
    met, _timer = at_start(cancel)
    assert drive(cancelled, path) == 0
    assert met


def test_unsaved_changes_are_asked_about_once_when_a_picture_was_chosen(drive, tmp_path):
    path = floor_plan(tmp_path / "plan.png")

    def steps(user):
        cells = map(tuple, np.argwhere(user.grid.free).tolist())
        user.click(next(cell for cell in cells if cell not in (*user.grid.starts, user.grid.goal)))
        drawn = user.grid
        for answer, changes in (("Cancel", False), ("Discard", True)):
            boxes = []

            def question(box, answer=answer, boxes=boxes):
                boxes.append(box.objectName())
                QTest.mouseClick(box.button(getattr(QMessageBox.StandardButton, answer)), LEFT)

            def choose(dialog, question=question):
                user.in_dialog(question, over=dialog)
                accept(dialog)

            met = user.in_dialog(choose)
            drop(user.window, path)
            user.until(lambda boxes=boxes: boxes)
            closed(user, met)
            assert boxes == ["unsaved"]
            assert (user.document.title == "plan") == changes
            assert (user.grid is drawn) != changes

    assert drive(steps) == 0


def test_a_copied_picture_is_pasted_as_one_step_that_can_be_undone(drive):
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    for x in range(40):
        image.setPixelColor(x, 4, Qt.GlobalColor.black)

    def steps(user):
        before, title = user.grid, user.document.title
        QGuiApplication.clipboard().setImage(image)
        met = user.in_dialog(accept)
        user.key(Key.Key_V, CTRL)
        closed(user, met)
        user.until(lambda: user.grid is not before)
        assert user.grid.walls.shape == (30, 40)
        assert user.grid.walls[4].all()
        assert user.grid.walls.sum() == 40
        assert user.document.title == "Pasted picture"
        assert user.document.undo_stack.undoText() == "Paste picture"
        assert any("40x30 pixels (width x height) as cells" in text for text in user.messages)
        user.trigger("undo")
        assert (user.grid, user.document.title) == (before, title)
        QGuiApplication.clipboard().clear()

    assert drive(steps) == 0


def test_a_copied_file_is_opened(drive, tmp_path):
    path = tmp_path / "room.txt"
    path.write_text("#####\n#G.S#\n#####\n")

    def steps(user):
        # Text alone: a QMimeData made here would be destroyed by Qt when Python has ended.
        content = QMimeData()
        content.setUrls([QUrl.fromLocalFile(str(path))])
        QGuiApplication.clipboard().setMimeData(content)
        user.key(Key.Key_V, CTRL)
        user.until(lambda: user.document.path == path)
        assert user.grid.goal == (1, 1)
        QGuiApplication.clipboard().clear()

    assert drive(steps) == 0


@pytest.mark.parametrize(
    "copied",
    [
        "{path}",
        '  "{path}"\n',
        "{url}",
        "{url}\r\n{folder}/missing.txt\r\n",
        "x-special/nautilus-clipboard\ncopy\n{url}\n",
    ],
)
def test_the_path_of_a_file_is_pasted_as_the_file(drive, tmp_path, copied):
    """As dropping the file does, with the question about what is not saved."""
    path = tmp_path / "room 5.txt"
    path.write_text("#####\n#G.S#\n#####\n")
    url = QUrl.fromLocalFile(str(path)).toEncoded().data().decode()
    names = {"path": path, "folder": tmp_path, "url": url}

    def steps(user):
        user.document.apply("Clear walls", map_edits.clear(user.grid))
        before = user.grid
        QGuiApplication.clipboard().setText(copied.format(**names))
        met = user.in_dialog(lambda box: QTest.keyClick(box, Key.Key_Escape))
        user.key(Key.Key_V, CTRL)
        user.until(lambda: met)
        assert user.grid is before
        met = user.in_dialog(
            lambda box: QTest.mouseClick(box.button(QMessageBox.StandardButton.Discard), LEFT)
        )
        user.key(Key.Key_V, CTRL)
        user.until(lambda: user.document.path == path)
        assert user.grid.goal == (1, 1)
        QGuiApplication.clipboard().clear()

    assert drive(steps) == 0


def test_a_pasted_path_to_no_file_is_reported(drive, tmp_path):
    def steps(user):
        before = user.grid
        QGuiApplication.clipboard().setText(str(tmp_path / "lost.map"))
        user.key(Key.Key_V, CTRL)
        user.until(lambda: any(text.startswith("lost.map: ") for text in user.messages))
        QGuiApplication.clipboard().setText("https://example.org/room.map")
        user.key(Key.Key_V, CTRL)
        assert any("holds a web address" in text for text in user.messages)
        assert user.grid is before
        QGuiApplication.clipboard().clear()

    assert drive(steps) == 0


# Robots' maps.


def test_a_robots_map_keeps_its_place_in_metres_from_file_to_file(drive, tmp_path):
    path = robot_map(tmp_path / "robot.yaml")

    def choose(dialog):
        assert dialog.objectName() == "import-occupancy"
        QTest.mouseClick(dialog.findChild(QRadioButton, "unknown-free"), LEFT)
        dialog.findChild(QSpinBox, "cell").setValue(2)
        accept(dialog)

    def steps(user):
        met = user.in_dialog(choose)
        drop(user.window, path)
        closed(user, met)
        user.until(lambda: user.document.title == "robot")
        frame = MapFrame(0.2, (-3.0, -2.0, 0.0))
        assert user.grid.walls.shape == (20, 30)
        assert user.grid.frame == frame
        assert user.grid.free.all()
        assert any("0.2 m per cell" in text for text in user.messages)
        user.click((5, 5))
        user.session.settings.set(entries.TOOL, "pencil")
        user.trigger("invert")
        user.trigger("undo")
        assert user.grid.frame == frame

        user.name_file(tmp_path / "copy.json")
        user.trigger("save-as")
        user.until(lambda: user.document.path == tmp_path / "copy.json")
        assert read_dataset(tmp_path / "copy.json").maps[0] == user.grid

    assert drive(steps) == 0


def test_a_robots_map_is_opened_when_its_picture_is_dropped_with_it(drive, tmp_path):
    path = robot_map(tmp_path / "robot.yaml")
    (picture,) = tmp_path.glob("*.pgm")

    def steps(user):
        met = user.in_dialog(accept)
        drop(user.window, picture, path)
        closed(user, met)
        user.until(lambda: user.document.title == "robot")
        assert met[0].objectName() == "import-occupancy"
        assert user.grid.frame is not None
        assert (
            "One map can be open at a time: only robot.yaml of 2 files is opened." in user.messages
        )

    assert drive(steps) == 0


# Terrain.


def test_swamp_and_water_are_opened_as_terrain_and_saved_as_a_picture(drive, tmp_path):
    path = tmp_path / "marsh.map"
    path.write_text("type octile\nheight 3\nwidth 5\nmap\n.SSW@\n.SWW.\n.....\n")

    def choose(dialog):
        assert dialog.objectName() == "import-terrain"
        QTest.mouseClick(dialog.findChild(QRadioButton, "terrain"), LEFT)
        accept(dialog)

    def as_costs(dialog):
        assert dialog.objectName() == "import-picture"
        dialog.findChild(QCheckBox, "with-costs").click()
        dialog.findChild(QSpinBox, "levels").setValue(5)
        dialog.findChild(QDoubleSpinBox, "darkest").setValue(9)
        accept(dialog)

    def steps(user):
        met = user.in_dialog(choose)
        drop(user.window, path)
        closed(user, met)
        user.until(lambda: user.document.title == "marsh")
        costs = [[1, 3, 3, 9, 1], [1, 3, 9, 9, 1], [1, 1, 1, 1, 1]]
        assert user.grid.costs.tolist() == costs
        assert user.grid.walls.sum() == 1
        user.name_file(tmp_path / "marsh.png")
        user.trigger("save-as")
        user.until(lambda: any("--levels 5 --costs 1,9" in text for text in user.messages))
        met = user.in_dialog(as_costs)
        drop(user.window, tmp_path / "marsh.png")
        closed(user, met)
        user.until(lambda: "Greys became 5 kinds" in " ".join(user.messages))
        assert user.grid.costs.tolist() == costs
        assert user.grid.palette[2].name == "cost 5"

    assert drive(steps) == 0


# Sets of maps.


def test_a_thousand_maps_are_looked_through_and_walked_through(drive, tmp_path):
    path = tmp_path / "fields.npz"
    maps = many_maps(path)

    def choose(dialog):
        assert dialog.objectName() == "browse"
        field = dialog.findChild(QLineEdit, "filter")
        field.setFocus()
        QTest.keyClicks(field, "417")
        QTest.keyClick(field, Key.Key_Return)

    def steps(user):
        met = user.in_dialog(choose)
        drop(user.window, path)
        closed(user, met)
        user.until(lambda: user.grid == maps[417])
        assert user.document.title == "fields map 417"
        assert user.document.path is None
        assert not user.document.modified
        user.wait_for_plan()
        user.map_view.setFocus()
        user.key(Key.Key_PageDown, CTRL)
        assert user.grid == maps[418]
        user.key(Key.Key_PageUp, CTRL)
        user.key(Key.Key_PageUp, CTRL)
        assert user.grid == maps[416]
        assert user.document.title == "fields map 416"

        def last(dialog):
            assert dialog.map_index == 416
            dialog.findChild(QLineEdit, "filter").setText("999")
            accept(dialog)

        met = user.in_dialog(last)
        user.key(Key.Key_M, CTRL | SHIFT)
        closed(user, met)
        assert user.grid == maps[999]
        assert not user.window.actions_by_id["next-map"].isEnabled()
        assert user.window.actions_by_id["previous-map"].isEnabled()
        # Another document is none of the set.
        other = tmp_path / "other.json"
        write_map(other, maps[3])
        drop(user.window, other)
        user.until(lambda: user.document.path == other)
        for id_ in ("browse", "next-map", "previous-map"):
            assert not user.window.actions_by_id[id_].isEnabled()

    assert drive(steps) == 0


def planning_set(path):
    """A planning data set whose splits have 30, 10 and 20 maps; the goal tells the index."""
    arrays = []
    for count in (30, 10, 20):
        goals = np.zeros((count, 1, 6, 6), np.uint8)
        goals.reshape(count, 36)[np.arange(count), np.arange(count)] = 1
        policies = np.zeros((count, 8, 1, 6, 6), np.uint8)
        arrays += [np.ones((count, 6, 6), np.uint8), goals, policies, goals]
    np.savez(path, *arrays)
    return path


def test_the_splits_of_a_planning_set_are_offered_and_the_set_opens_where_it_was_left(
    drive, tmp_path
):
    path = planning_set(tmp_path / "mazes.npz")
    user_of = []

    def choose(dialog):
        box = dialog.findChild(QComboBox, "split")
        assert box.value() == "test"
        box.setFocus()
        QTest.keyClick(box, Key.Key_Home)
        user_of[0].until(lambda: dialog.dataset.split == "training")
        field = dialog.findChild(QLineEdit, "filter")
        field.setFocus()
        QTest.keyClicks(field, "27")
        QTest.keyClick(field, Key.Key_Return)

    def again(dialog):
        assert (dialog.dataset.split, dialog.map_index) == ("training", 28)
        accept(dialog)

    def steps(user):
        user_of.append(user)
        met = user.in_dialog(choose)
        drop(user.window, path)
        closed(user, met)
        user.until(lambda: user.grid.goal == (4, 3))
        assert user.document.title == "mazes training map 27"
        assert "Map 27 of the training split of mazes" in user.document.about
        user.trigger("next-map")
        assert user.document.title == "mazes training map 28"

    def next_day(user):
        met = user.in_dialog(again)
        user.window.filing.recent_menu.actions()[0].trigger()
        closed(user, met)
        user.until(lambda: user.document.member and user.document.member.index == 28)
        assert user.grid.goal == (4, 4)

    assert drive(steps) == 0
    assert drive(next_day) == 0


def test_the_next_start_leads_on_through_the_set(drive, tmp_path):
    path = planning_set(tmp_path / "mazes.npz")

    def steps(user):
        met = user.in_dialog(accept)
        drop(user.window, path)
        closed(user, met)
        user.trigger("next-map")
        assert user.document.title == "mazes test map 1"

    def next_day(user):
        assert user.document.title == "mazes test map 1"
        user.key(Key.Key_PageDown, CTRL)
        user.until(lambda: user.document.title == "mazes test map 2")

    def day_after(user):
        met = user.in_dialog(accept)
        user.key(Key.Key_M, CTRL | SHIFT)
        closed(user, met)
        assert user.document.title == "mazes test map 2"

    assert drive(steps) == 0
    assert drive(next_day) == 0
    assert drive(day_after) == 0


def as_after_a_restart(user, path, index):
    """Show a map of a set that no one has read since the start."""
    dataset = read_split(path, "")
    user.document.replace(
        dataset.maps[index], title="Kept", member=SetMember.at(path, dataset, index)
    )
    return dataset.maps


def test_a_map_that_was_restored_leads_to_the_others_of_its_set(drive, tmp_path):
    mazes = planning_set(tmp_path / "mazes.npz")

    def steps(user):
        for path in (mazes, scenario(tmp_path)):
            maps = as_after_a_restart(user, path, 0)
            assert user.window.filing.importing.dataset is None
            assert not user.window.actions_by_id["previous-map"].isEnabled()
            user.key(Key.Key_PageDown, CTRL)
            # While it is read, another press does nothing more.
            user.trigger("next-map")
            user.until(lambda path=path: user.document.member.index == 1)
            assert user.grid == maps[1]
            assert user.document.title.endswith(" map 1")
            user.trigger("previous-map")
            assert user.grid == maps[0]
        # The notes about the set are not repeated.
        assert not any("cut no corners" in text for text in user.messages)

    assert drive(steps) == 0


def test_a_set_that_is_gone_or_another_one_is_one_line_and_changes_nothing(drive, tmp_path):
    path, kept_file = planning_set(tmp_path / "mazes.npz"), tmp_path / "kept.npz"

    def steps(user):
        for change, message in (
            (lambda: path.rename(kept_file), "mazes.npz: There is no such file"),
            (lambda: many_maps(path, 20), "mazes.npz: The set of 20 maps has changed"),
            (lambda: path.write_bytes(b"damaged"), "mazes.npz: The .npz file is cut short"),
        ):
            as_after_a_restart(user, path, 4)
            grid, member = user.grid, user.document.member
            change()
            for _ in range(2):
                user.key(Key.Key_PageDown, CTRL)
                user.until(
                    lambda message=message: any(text.startswith(message) for text in user.messages)
                )
                user.until(lambda: len(user.messages) == 1)
                assert (user.grid, user.document.member) == (grid, member)
                assert user.document.title == "Kept"
                user.window.messages.close_message("file")
            path.unlink(missing_ok=True)
            planning_set(path)
        # The file is back.
        user.key(Key.Key_PageDown, CTRL)
        user.until(lambda: user.document.member.index == 5)

    assert drive(steps) == 0


def test_a_set_that_comes_when_another_map_is_there_is_not_shown(drive, tmp_path, monkeypatch):
    path, go = planning_set(tmp_path / "mazes.npz"), Event()

    def slow(path, split):
        assert go.wait(60)
        return read_split(path, split)

    monkeypatch.setattr("vingui.gui.importing.controller.read_split", slow)

    def steps(user):
        as_after_a_restart(user, path, 4)
        user.trigger("next-map")
        other = GridMap(np.zeros((5, 5), bool), ((1, 1),))
        user.document.replace(other, title="Other")
        go.set()
        importing = user.window.filing.importing
        user.until(lambda: not importing._reading.pending)
        assert (user.grid, user.document.title) == (other, "Other")
        assert user.messages == ()

    assert drive(steps) == 0


def test_no_file_is_opened_on_the_windows_thread(drive, tmp_path, monkeypatch):
    write_map(tmp_path / "maze.json", GridMap(np.zeros((5, 5), bool), ((0, 0),)))
    floor_plan(tmp_path / "plan.png")
    many_maps(tmp_path / "set.npz", 3)
    opened, open_file = [], open

    def recorded(file, *args, **kwargs):
        if str(file).startswith(str(tmp_path)):
            opened.append((Path(file).name, current_thread() is main_thread()))
        return open_file(file, *args, **kwargs)

    def steps(user):
        monkeypatch.setattr("builtins.open", recorded)
        monkeypatch.setattr("io.open", recorded)
        drop(user.window, tmp_path / "maze.json")
        user.until(lambda: user.document.title == "maze.json")
        for name, title in (("plan.png", "plan"), ("set.npz", "set map 0")):
            user.in_dialog(accept)
            drop(user.window, tmp_path / name)
            user.until(lambda title=title: user.document.title == title)
        monkeypatch.undo()
        assert {name for name, _ in opened} == {"maze.json", "plan.png", "set.npz"}
        assert not any(main for _, main in opened)

    assert drive(steps) == 0


def test_reading_a_folder_shows_how_far_it_is_and_can_be_cancelled(drive, tmp_path, monkeypatch):
    folder = tmp_path / "maps"
    folder.mkdir()
    for name in "abcd":
        write_map(folder / f"{name}.txt", GridMap(np.zeros((5, 5), bool), ((0, 0),)))
    names, go, read_file = [], Event(), opening._read_file

    def slow(path, options, form=None):
        names.append(path.name)
        assert path.name != "b.txt" or go.wait(60)
        return read_file(path, options, form)

    monkeypatch.setattr(opening, "_read_file", slow)

    def steps(user):
        grid, title = user.grid, user.document.title
        drop(user.window, folder)
        user.until(lambda: "Reading maps, file 2 of 4 ..." in user.messages)
        buttons = user.window.messages.findChildren(QToolButton)
        QTest.mouseClick(next(one for one in buttons if one.text() == "Cancel"), LEFT)
        assert user.messages == ()
        go.set()
        user.until(lambda: "vingui-background" not in [one.name for one in enumerate_threads()])
        assert names == ["a.txt", "b.txt"]
        assert (user.grid, user.document.title) == (grid, title)
        assert user.messages == ()

    assert drive(steps) == 0


def test_a_folder_of_maps_is_a_set(drive, tmp_path):
    folder = tmp_path / "maps"
    folder.mkdir()
    for side in (5, 6, 7):
        write_map(folder / f"map{side}.json", GridMap(np.zeros((side, side), bool), ((0, 0),)))

    def choose(dialog):
        dialog.findChild(QLineEdit, "filter").setText("map7")
        user_of[0].until(lambda: dialog.map_index == 2)
        accept(dialog)

    user_of = []

    def steps(user):
        user_of.append(user)
        met = user.in_dialog(choose)
        drop(user.window, folder)
        closed(user, met)
        assert user.grid.walls.shape == (7, 7)
        user.trigger("previous-map")
        assert user.grid.walls.shape == (6, 6)

    assert drive(steps) == 0


@pytest.mark.parametrize("way", ["word", "drop"])
def test_a_folder_is_opened_past_bad_files_which_are_named(drive, tmp_path, way):
    folder = tmp_path / "maps"
    folder.mkdir()
    for side in (5, 6):
        write_map(folder / f"map{side}.json", GridMap(np.zeros((side, side), bool), ((0, 0),)))
    (folder / "large.map").write_text("type octile\nheight 4000\nwidth 2\nmap\n")
    (folder / "lost.yaml").write_text("image: lost.pgm\nresolution: 1\norigin: [0, 0, 0]\n")
    (folder / "run.json").write_text('{"format": "vingui-run", "version": 1}')

    # Of a folder named on the command line it is asked before there is a user.
    _timer = at_start(accept)[1] if way == "word" else None

    def steps(user):
        if way == "drop":
            user.in_dialog(accept)
            drop(user.window, folder)
        user.until(lambda: user.grid.walls.shape == (5, 5))
        (message,) = (text for text in user.messages if "could not be read" in text)
        assert "2 files could not be read: large.map: " in message
        assert "; lost.yaml: " in message
        assert ".." not in message
        assert "Left out 1 file that vingui made of a plan: run.json." in message
        user.trigger("next-map")
        assert user.grid.walls.shape == (6, 6)

    assert drive(steps, *([folder] if way == "word" else [])) == 0


def test_a_scenarios_problem_brings_its_length_and_proposes_the_rule_that_it_means(drive, tmp_path):
    path = scenario(tmp_path)

    def choose(dialog):
        QTest.keyClick(dialog.focusWidget(), Key.Key_Down)
        accept(dialog)

    def steps(user):
        met = user.in_dialog(choose)
        drop(user.window, path)
        closed(user, met)
        assert user.grid.goal == (0, 5)
        assert user.grid.starts == ((0, 0),)
        assert any("optimal length 5.00" in text for text in user.messages)
        assert "optimal length 5.00" in user.document.about
        (proposal,) = (text for text in user.messages if "cut no corners" in text)
        assert "dynamic-8" in proposal
        button = next(
            button
            for button in user.window.messages.findChildren(QToolButton)
            if button.text() == "Plan with dynamic-8-both-free"
        )
        QTest.mouseClick(button, LEFT)
        assert user.session.model == "dynamic-8-both-free"
        user.until(lambda: user.session.run and user.session.run.rule.name == "8-both-free")
        run = user.wait_for_plan()
        user.until(lambda: user.session.trajectories)
        assert run.rule.name == "8-both-free"
        assert user.session.trajectories[0].length == 5
        assert not any("cut no corners" in text for text in user.messages)
        user.trigger("previous-map")
        assert user.grid.goal == (0, 4)
        # The rule fits now.
        assert not any("cut no corners" in text for text in user.messages)

    assert drive(steps) == 0


# By keys alone.


def press(key, modifiers=NONE):
    """Press a key where the focus is, and return where it is then."""
    QTest.keyClick(QApplication.focusWidget(), key, modifiers)
    return QApplication.focusWidget()


def open_by_keys(user, path, choose):
    """Open a file from the menu's shortcut on, with what is chosen in the dialog that follows."""
    chosen = []

    def act(dialog):
        choose(dialog)
        chosen.append(dialog.objectName())
        press(Key.Key_Return)

    def name_file(dialog):
        QTest.keyClicks(QApplication.focusWidget(), str(path))
        user.in_dialog(act, over=dialog)
        press(Key.Key_Return)

    user.in_dialog(name_file)
    user.key(Key.Key_O, CTRL)
    user.until(lambda: chosen and QApplication.activeModalWidget() is None)
    return chosen[0]


def test_a_picture_is_opened_by_keys_alone(drive, tmp_path):
    path = floor_plan(tmp_path / "plan.png")

    def choose(dialog):
        assert press(Key.Key_Backtab).objectName() == "crop-view"
        plain = dialog.focusWidget().grab().toImage()
        for _ in range(10):
            press(Key.Key_Up, CTRL | SHIFT)
        assert dialog.findChild(QSpinBox, "height").value() < 600
        assert press(Key.Key_Tab).objectName() == "threshold-slider"
        assert dialog.findChild(CropView).grab().toImage() != plain
        press(Key.Key_Right)
        assert not dialog.findChild(QPushButton, "otsu").isChecked()
        assert press(Key.Key_H, ALT).objectName() == "height"
        QTest.keyClicks(QApplication.focusWidget(), "300")
        assert press(Key.Key_G, ALT).objectName() == "longest"
        QTest.keyClicks(QApplication.focusWidget(), "60")

    def steps(user):
        assert open_by_keys(user, path, choose) == "import-picture"
        user.until(lambda: user.document.title == "plan")
        assert user.grid.walls.shape == (30, 60)

    assert drive(steps) == 0


def test_a_robots_map_is_opened_by_keys_alone(drive, tmp_path):
    path = robot_map(tmp_path / "robot.yaml")

    def choose(dialog):
        assert QApplication.focusWidget().objectName() == "unknown-wall"
        assert press(Key.Key_Right).objectName() == "unknown-free"
        assert press(Key.Key_Tab).objectName() == "cell"
        press(Key.Key_Up)

    def steps(user):
        assert open_by_keys(user, path, choose) == "import-occupancy"
        user.until(lambda: user.document.title == "robot")
        assert user.grid.walls.shape == (20, 30)
        assert user.grid.free.all()

    assert drive(steps) == 0


def test_a_map_of_a_set_is_opened_by_keys_alone(drive, tmp_path):
    path = planning_set(tmp_path / "mazes.npz")

    def choose(dialog):
        assert QApplication.focusWidget().objectName() == "maps"
        assert press(Key.Key_Down).currentIndex().row() == 1
        assert press(Key.Key_Backtab).objectName() == "filter"
        assert press(Key.Key_Backtab).objectName() == "split"
        press(Key.Key_Home)
        user_of[0].until(lambda: dialog.dataset.split == "training")
        # Letters that are typed in the list are words to search for.
        for _ in range(2):
            press(Key.Key_Tab)
        assert press(Key.Key_C).objectName() == "filter"
        QTest.keyClicks(QApplication.focusWidget(), "ol 3")

    user_of = []

    def steps(user):
        user_of.append(user)
        # Enter comes right after the words, before anything was found.
        assert open_by_keys(user, path, choose) == "browse"
        user.until(lambda: user.document.member is not None)
        assert user.document.title == "mazes training map 3"
        user.key(Key.Key_PageDown, CTRL)
        assert user.document.title == "mazes training map 4"

    assert drive(steps) == 0


# What cannot be opened, and what is lost.


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.png", b"\x89PNG\r\n\x1a\n" + bytes(40)),
        ("tag.yaml", b"image: !!python/name:os.system x\nresolution: 1\norigin: [0, 0, 0]\n"),
        ("away.yaml", b"image: ../away.pgm\nresolution: 1\norigin: [0, 0, 0]\n"),
        ("away.scen", b"version 1\n0\t/etc/passwd\t9\t9\t0\t0\t1\t1\t1.0\n"),
        ("pickle.npz", b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00"),
        ("zeros.mat", b"MATLAB 5.0 MAT-file" + bytes(109)),
    ],
)
def test_what_cannot_be_opened_is_one_line_and_changes_nothing(drive, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)

    def steps(user):
        grid, title = user.grid, user.document.title
        drop(user.window, tmp_path / name)
        user.until(lambda: user.messages)
        (message,) = user.messages
        assert message.startswith(f"{name}: ")
        assert "\n" not in message
        assert (user.grid, user.document.title) == (grid, title)
        assert user.session.settings.get(entries.RECENT) == ()

    assert drive(steps) == 0


def test_a_picture_on_the_clipboard_that_is_too_small_is_one_line(drive):
    image = QImage(1, 40, QImage.Format.Format_RGB32)

    def steps(user):
        grid = user.grid
        QGuiApplication.clipboard().setImage(image)
        user.key(Key.Key_V, CTRL)
        user.until(lambda: user.messages)
        (message,) = user.messages
        assert message == ("The picture has 1x40 pixels (width x height); a map needs 2x2 or more")
        assert user.grid is grid
        QGuiApplication.clipboard().clear()

    assert drive(steps) == 0
