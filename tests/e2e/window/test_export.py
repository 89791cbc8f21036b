"""Everything that is exported from the window."""

import os
import signal
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFileDialog,
    QGroupBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QWidget,
)

from vingui.cli import main
from vingui.core import map_edits
from vingui.core.dataset import DataSet
from vingui.core.embedding import read_recipe
from vingui.core.formats import read_dataset, write_dataset
from vingui.core.grid import GridMap
from vingui.core.readouts import BEST
from vingui.gui import settings as entries
from vingui.paths import MAPS

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
Key = Qt.Key


@pytest.fixture
def room(tmp_path):
    """A map whose plan takes some thirty iterations."""
    grid = map_edits.border(GridMap(np.zeros((12, 14), bool), ((9, 11),), ((2, 2),)))
    path = tmp_path / "room.json"
    write_dataset(path, DataSet("room", (grid,)))
    return path


class Hand:
    """Somebody at the export dialog."""

    def __init__(self, user, dialog):
        self.user, self.dialog = user, dialog

    def turn_to(self, row):
        pages = self.dialog.findChild(QListWidget, "pages")
        where = pages.visualItemRect(pages.item(row)).center()
        QTest.mouseClick(pages.viewport(), Qt.MouseButton.LeftButton, pos=where)
        assert pages.currentRow() == row

    def choose(self, name, text):
        box = (
            next(box for box in self.dialog.findChildren(QComboBox, name) if not box.isHidden())
            if name.endswith("format")
            else self.user.find(name)
        )
        place = next(place for place in range(box.count()) if text in box.itemText(place))
        box.setFocus()
        while box.currentIndex() != place:
            step = Key.Key_Down if place > box.currentIndex() else Key.Key_Up
            QTest.keyClick(box, step)

    def until_drawn(self):
        self.user.until(lambda: not self.user.find("drawing").busy)
        return self.user.find("drawing")

    def save(self, path):
        """Press Save and name a file; it need not be there yet."""
        self.until_ready()
        self.user.name_file(path, over=self.dialog)
        self.user.click_on("save")

    def until_ready(self):
        self.user.until(self.dialog.findChild(QPushButton, "save").isEnabled)

    def saved(self, path):
        self.save(path)
        said = self.dialog.findChild(QLabel, "export-text")
        self.user.until(lambda: said.text().startswith(f"Saved {path.name}"))
        assert path.exists()
        return said.text()

    def close(self):
        QTest.keyClick(self.dialog, Key.Key_Escape)


def exporting(user, steps):
    """Open the dialog by its shortcut and do something with it; it is closed afterwards."""
    done = []

    def act(dialog):
        assert dialog.objectName() == "export"
        hand = Hand(user, dialog)
        steps(hand)
        done.append(True)
        hand.close()

    user.in_dialog(act)
    user.key(Key.Key_E, CTRL)
    assert done, user.bugs


def press(key, modifiers=Qt.KeyboardModifier.NoModifier):
    """Press a key where the focus is, and return where it is then."""
    QTest.keyClick(QApplication.focusWidget(), key, modifiers)
    return QApplication.focusWidget()


def type_path(path):
    """Types a file's whole name where the focus is and presses Enter."""

    def act(dialog):
        assert isinstance(dialog, QFileDialog)
        QTest.keyClicks(QApplication.focusWidget(), str(path))
        assert QApplication.focusWidget().text() == str(path)
        press(Key.Key_Return)
        assert dialog.selectedFiles() == [str(path)]

    return act


def stops(dialog, key):
    """What has the focus, from where it is until it is there again."""
    found = [dialog.focusWidget()]
    while (focused := press(key)) is not found[0]:
        assert focused not in found, focused.objectName()
        found.append(focused)
    return found


def letters(dialog):
    """The letters that do something with Alt."""
    labels = [box.title() for box in dialog.findChildren(QGroupBox) if box.isVisible()]
    for kind in (QAbstractButton, QLabel):
        labels += [one.text() for one in dialog.findChildren(kind) if one.isVisible()]
    return Counter(text[text.index("&") + 1].lower() for text in labels if "&" in text)


def processes(command):
    """The ids of the processes whose command line has these words."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                said = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if command.encode() in said:
                found.append(int(entry.name))
    return found


def test_a_figure_a_film_and_data_are_exported(drive, room, tmp_path):
    def steps(user):
        user.wait_for_plan()

        def act(hand):
            view = hand.until_drawn()
            assert not view.text, view.text
            assert view.image.width() > 200
            said = user.find("figure-size").text()
            assert "pixels" in said
            assert "mm" in said
            hand.saved(tmp_path / "figure.png")
            with Image.open(tmp_path / "figure.png") as picture:
                width, height = picture.size
            assert f"{width:,} × {height:,} pixels" in said
            hand.choose("figure-format", ".svg")
            hand.saved(tmp_path / "figure.svg")
            hand.turn_to(1)
            hand.until_drawn()
            assert "frames" in user.find("film-size").text()
            options = user.find("film-usual").window().findChildren(QScrollArea, "options")
            shown = [area for area in options if area.isVisible()]
            # Nothing reaches beyond the column, where it would be cut off.
            assert [area.widget().width() - area.viewport().width() for area in shown] == [0]
            hand.saved(tmp_path / "film.gif")
            hand.turn_to(2)
            hand.saved(tmp_path / "arrays.npz")
            user.click_on("data-map", QPoint(8, 8))
            hand.saved(tmp_path / "map.json")

        exporting(user, act)
        run = user.session.run
        with Image.open(tmp_path / "film.gif") as film:
            assert film.n_frames >= len(run.kept)
        with np.load(tmp_path / "arrays.npz", allow_pickle=False) as arrays:
            assert np.array_equal(arrays["values"][-1], run.values_at(run.latest)[1])
        assert (tmp_path / "figure.svg").read_text().count("<path") > 10
        assert read_dataset(tmp_path / "map.json").maps[0] == user.grid
        for name in ("figure.png", "figure.svg", "film.gif", "arrays.npz"):
            recipe = read_recipe(tmp_path / name)
            assert recipe.grid == user.grid
            assert recipe.iterations == run.latest
            assert recipe.suffix == f".{name.rpartition('.')[2]}"

    assert drive(steps, room) == 0


def test_a_film_of_learning_is_offered_where_the_model_has_snapshots(drive, tmp_path):
    grid = map_edits.border(GridMap(np.zeros((8, 8), bool), ((5, 6),), ((1, 1), (6, 2))))
    write_dataset(tmp_path / "small.json", DataSet("small", (grid,)))

    def act(hand):
        hand.turn_to(1)
        if hand.user.session.model != "vin-8x8":
            assert hand.dialog.findChild(QComboBox, "film-of").isHidden()
            return
        assert hand.user.find("every").isVisible()
        hand.choose("film-of", "Learning")
        assert hand.dialog.findChild(QAbstractSpinBox, "every").isHidden()
        view = hand.until_drawn()
        assert not view.text, view.text
        hand.until_ready()
        assert hand.user.find("film-size").text().startswith("8 frames, 6.2 s, ")
        hand.saved(tmp_path / "film.gif")

    def steps(user):
        user.wait_for_plan()
        exporting(user, act)
        user.session.choose_model("vin-8x8")
        user.until(lambda: user.planned() and user.session.run.model == "vin-8x8")
        exporting(user, act)
        with Image.open(tmp_path / "film.gif") as film:
            assert film.n_frames == 8
        recipe = read_recipe(tmp_path / "film.gif")
        assert (recipe.kind, recipe.model, recipe.iterations) == ("learning", "vin-8x8", 10)
        assert [epoch for epoch, _ in recipe.snapshots] == [0, 1, 2, 4, 8, 16, 32, 60]

    assert drive(steps, tmp_path / "small.json") == 0


def test_the_keys_go_through_every_page(drive, room):
    kinds = (QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox)

    def steps(user):
        user.wait_for_plan()

        def act(hand):
            dialog = hand.dialog
            for row in range(4):
                # The list has the focus: the arrow keys turn the pages.
                assert QApplication.focusWidget().currentRow() == row
                hand.until_ready()
                reached = stops(dialog, Key.Key_Tab)
                assert stops(dialog, Key.Key_Backtab)[1:] == reached[:0:-1]
                for kind in (*kinds, QLineEdit):
                    for field in dialog.findChildren(kind):
                        radio = isinstance(field, QRadioButton) and not field.isChecked()
                        used = field.isVisible() and field.isEnabled() and not radio
                        if used and field.focusPolicy() & Qt.FocusPolicy.TabFocus:
                            inner = isinstance(field.parent(), QAbstractSpinBox | QComboBox)
                            assert inner or field in reached, field.objectName()
                names = [one.objectName() for one in reached]
                ends = ("pages", "reset", "save", "copy", "close")
                assert [name for name in names if name in ends] == [
                    name for name in ends if dialog.findChild(QWidget, name).isEnabled()
                ]
                assert names.index("reset") == len(names) - sum(name in ends for name in names) + 1
                assert set(letters(dialog).values()) == {1}
                press(Key.Key_Down)

        exporting(user, act)

    assert drive(steps, room) == 0


def save_by_keys(user, hand, path):
    """Press Enter in a field of the dialog, and name the file."""
    hand.until_ready()
    user.in_dialog(type_path(path), over=hand.dialog)
    press(Key.Key_Return)
    # A desktop gives the dialog the keyboard back.
    hand.dialog.activateWindow()
    user.until(hand.dialog.isActiveWindow)
    said = hand.dialog.findChild(QLabel, "export-text")
    user.until(lambda: said.text().startswith(f"Saved {path.name}"))


def walk_to(name, key):
    """Press a key until the focus is where it should be."""
    while QApplication.focusWidget().objectName() != name:
        press(key)


def arrange_by_keys(user):
    """A figure of the map, the reward and the values, with a title."""
    assert press(Key.Key_F, ALT).objectName() == "figure-format"
    press(Key.Key_End)
    title = press(Key.Key_I, ALT)
    area = user.find("options").viewport()
    assert area.rect().contains(title.mapTo(area, title.rect().center()))
    QTest.keyClicks(title, "By keys")
    assert press(Key.Key_P, ALT).objectName() == "preset"
    assert press(Key.Key_Tab).objectName() == "panels"
    assert press(Key.Key_V).currentRow() == 1
    assert press(Key.Key_Tab).objectName() == "panel-add"
    press(Key.Key_Enter)
    panels = user.find("panels")
    assert panels.count() == 3
    # Moved up, so that it is in the middle of two of the kind.
    for _ in range(2):
        press(Key.Key_Tab)
    assert press(Key.Key_Return).objectName() == "panel-up"
    assert panels.currentRow() == 1
    press(Key.Key_H, ALT)
    press(Key.Key_R)
    assert panels.currentItem().text() == "Reward"


def test_figures_and_films_are_exported_by_keys_alone(drive, room, tmp_path):
    def steps(user):
        user.wait_for_plan()

        def act(hand):
            arrange_by_keys(user)
            save_by_keys(user, hand, tmp_path / "figure.pdf")
            walk_to("pages", Key.Key_Backtab)
            press(Key.Key_F)
            press(Key.Key_M, ALT)
            QTest.keyClicks(QApplication.focusWidget(), "5")
            save_by_keys(user, hand, tmp_path / "film.gif")
            walk_to("close", Key.Key_Tab)
            press(Key.Key_Return)

        exporting(user, act)
        options = read_recipe(tmp_path / "figure.pdf").options
        assert options["title"] == "By keys"
        assert [panel.split("@")[0] for panel in options["panels"]] == ["map", "reward", "value"]
        assert read_recipe(tmp_path / "film.gif").options["rate"] == 5

    assert drive(steps, room) == 0


def test_data_and_what_is_seen_are_exported_by_keys_alone(drive, room, tmp_path):
    def steps(user):
        user.wait_for_plan()

        def act(hand):
            walk_to("pages", Key.Key_Backtab)
            press(Key.Key_D)
            for letter, kind, name in (
                (Key.Key_M, "map", "map.json"),
                (Key.Key_L, "values", "values.csv"),
            ):
                press(letter, ALT)
                user.until(user.find(f"data-{kind}").isChecked)
                assert user.find("map-format").isEnabled() == (kind == "map")
                save_by_keys(user, hand, tmp_path / name)
            walk_to("pages", Key.Key_Backtab)
            press(Key.Key_S)
            press(Key.Key_S, ALT)
            QTest.keyClicks(QApplication.focusWidget(), "1")
            save_by_keys(user, hand, tmp_path / "seen.png")
            # On a button that is no field, Enter presses that one.
            walk_to("close", Key.Key_Tab)
            press(Key.Key_Return)

        exporting(user, act)
        assert read_dataset(tmp_path / "map.json").maps[0] == user.grid
        assert (tmp_path / "values.csv").exists()
        assert read_recipe(tmp_path / "seen.png").options["scale"] == 1

    assert drive(steps, room) == 0


def test_what_was_chosen_is_remembered_and_exported_again_without_asking(drive, room, tmp_path):
    def steps(user):
        user.wait_for_plan()
        user.session.playback.seek(3)

        def choose(hand):
            hand.until_drawn()
            user.find("title").setFocus()
            QTest.keyClicks(user.find("title"), "A room")
            hand.choose("figure-format", ".webp")
            hand.until_drawn()
            hand.saved(tmp_path / "first.webp")

        exporting(user, choose)
        for name in ("room k=3.webp", "room k=3-2.webp"):
            user.key(Key.Key_E, CTRL | SHIFT)
            user.until(lambda name=name: any(f"Saved {name}" in text for text in user.messages))
        names = ["first.webp", "room k=3.webp", "room k=3-2.webp"]
        pictures = [np.asarray(Image.open(tmp_path / name)) for name in names]
        assert all(np.array_equal(pictures[0], other) for other in pictures)
        assert read_recipe(tmp_path / names[1]).options["title"] == "A room"

        def look(hand):
            assert user.find("title").text() == "A room"
            hand.until_drawn()
            user.click_on("reset")
            assert user.find("title").text() == ""

        exporting(user, look)

    assert drive(steps, room) == 0


def test_q_values_of_an_earlier_iteration_are_read_before_they_are_drawn(drive, tmp_path):
    grid = GridMap(np.zeros((200, 300), bool), ((190, 290),), ((2, 2),))
    write_dataset(tmp_path / "large.json", DataSet("large", (grid,)))

    def steps(user):
        run = user.wait_for_plan()

        def is_read(k):
            return run.readouts.holds(run.readouts.layer_request(k, "q", BEST))

        unread = next(k for k in run.kept if not is_read(k))
        user.session.playback.pause()
        user.session.playback.seek(unread)

        def act(hand):
            hand.choose("panel-layer", "Q-values")
            view = hand.until_drawn()
            assert not view.text
            assert is_read(unread)

        exporting(user, act)

    assert drive(steps, tmp_path / "large.json") == 0


def test_learned_costs_are_drawn_from_the_window_and_made_again_without_it(drive, tmp_path, capsys):
    figure, data = tmp_path / "swamp.png", tmp_path / "swamp.json"

    def steps(user):
        user.session.choose_model("costs-picture-8")
        user.until(lambda: user.session.run is not None and user.session.run.has_learned_costs)
        user.wait_for_plan()

        def act(hand):
            hand.choose("panel-layer", "Learned cost")
            view = hand.until_drawn()
            assert not view.text
            hand.saved(figure)

        exporting(user, act)

        def save_data(hand):
            hand.turn_to(2)
            user.click_on("data-run", QPoint(8, 8))
            hand.saved(data)

        exporting(user, save_data)

    assert drive(steps, MAPS / "swamp.json") == 0
    assert [panel.partition("@")[0] for panel in read_recipe(figure).options["panels"]] == [
        *("learned-cost", "value")
    ]
    for file in (figure, data):
        assert main(["reproduce", str(file), "--out", str(tmp_path / f"again{file.suffix}")]) == 0
        assert "the same" in capsys.readouterr().out


def test_a_film_that_is_cancelled_leaves_no_file(drive, snake, tmp_path):
    target = tmp_path / "films" / "film.gif"
    target.parent.mkdir()

    def steps(user):
        user.wait_for_plan()
        jobs = user.window.exporting.jobs

        def begin(hand):
            hand.turn_to(1)
            hand.until_drawn()
            hand.save(target)
            user.until(lambda: jobs and jobs[0].done > 1)

        exporting(user, begin)
        # The dialog is closed, and the film goes on; the status bar says how far it is.
        assert jobs
        user.until(user.window.statusBar().findChild(QWidget, "export-progress").isVisible)
        assert "frame" in user.find("export-text").text()
        user.click_on("export-cancel")
        user.until(lambda: not jobs)
        assert user.messages == ("film.gif was not written.",)
        assert list(target.parent.iterdir()) == []

    assert drive(steps, snake) == 0


def test_a_film_is_finished_while_another_map_is_planned(drive, snake, tmp_path):
    target = tmp_path / "film.gif"

    def steps(user):
        run, jobs = user.wait_for_plan(), user.window.exporting.jobs

        def begin(hand):
            hand.turn_to(1)
            hand.until_drawn()
            hand.save(target)
            user.until(lambda: jobs and jobs[0].done > 1)

        exporting(user, begin)
        user.document.replace(user.grid.with_goal((0, 20)))
        user.until(lambda: user.session.run is not run)
        assert jobs
        user.until(lambda: not jobs)
        assert any("Saved film.gif" in text for text in user.messages), user.messages
        assert read_recipe(target).grid == run.grid

    assert drive(steps, snake) == 0


def test_a_killed_process_is_reported_once_and_leaves_no_file(drive, snake, tmp_path):
    target = tmp_path / "films" / "film.gif"
    target.parent.mkdir()
    target.write_bytes(b"what was there")

    def steps(user):
        user.expected_log.append("The figure process stopped")
        user.wait_for_plan()
        before, jobs = user.grid, user.window.exporting.jobs

        def begin(hand):
            hand.turn_to(1)
            hand.until_drawn()
            exports = user.window.exporting
            exports.save(hand.dialog.page.export(), target)
            user.until(lambda: jobs and jobs[0].done > 1)
            os.kill(exports.client.process_id, signal.SIGKILL)
            user.until(lambda: not jobs)

        exporting(user, begin)
        assert len(user.messages) == 1
        assert "stopped" in user.messages[0]
        assert target.read_bytes() == b"what was there"
        assert list(target.parent.iterdir()) == [target]
        assert user.grid == before

        # Another one is started when it is needed.
        exporting(user, lambda hand: hand.saved(tmp_path / "again.gif"))

    assert drive(steps, snake) == 0


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="looks into /proc")
def test_closing_while_a_film_is_written_leaves_no_process_and_no_file(drive, snake, tmp_path):
    target = tmp_path / "films" / "film.gif"
    target.parent.mkdir()
    ids = []

    def steps(user):
        user.wait_for_plan()
        exports = user.window.exporting

        def begin(hand):
            hand.turn_to(1)
            hand.until_drawn()
            hand.save(target)
            user.until(lambda: exports.jobs and exports.jobs[0].done > 1)

        exporting(user, begin)
        ids.append(exports.client.process_id)

    assert drive(steps, snake) == 0
    assert not set(ids) & set(processes("vingui.figure.worker"))
    assert list(target.parent.iterdir()) == []


def test_without_a_goal_the_dialog_says_so_and_offers_the_map(drive, room, tmp_path):
    def steps(user):
        user.wait_for_plan()
        user.document.replace(user.grid.with_goal(None))
        user.until(lambda: user.session.run is None)

        def act(hand):
            view = hand.until_drawn()
            assert "Place a goal" in view.text
            assert not hand.dialog.findChild(QPushButton, "save").isEnabled()
            hand.turn_to(2)
            assert "Place a goal" in user.find("data-missing").text()
            assert not user.find("data-arrays").isEnabled()
            user.click_on("data-map", QPoint(8, 8))
            hand.saved(tmp_path / "map.txt.json")

        exporting(user, act)
        assert read_dataset(tmp_path / "map.txt.json").maps[0] == user.grid
        assert user.window.exporting.client.process_id is None

    assert drive(steps, room) == 0


def test_what_is_seen_is_saved_at_a_scale_and_copied(drive, tmp_path):
    def steps(user):
        user.wait_for_plan()
        user.session.settings.set(entries.EXPORT_PAGE, "screenshot")
        seen = user.picture(user.map_view)

        def act(hand):
            hand.choose("what", "Both")
            for scale, name in ((1, "once.png"), (3, "thrice.png")):
                user.type_into("scale", str(scale))
                hand.saved(tmp_path / name)
            user.click_on("copy")

        exporting(user, act)
        once, thrice = (QImage(str(tmp_path / name)) for name in ("once.png", "thrice.png"))
        assert once.width() > user.map_view.width() + user.value_view.width()
        assert (thrice.width(), thrice.height()) == (3 * once.width(), 3 * once.height())
        recipe = read_recipe(tmp_path / "thrice.png")
        assert (recipe.kind, recipe.grid) == ("view", user.session.run.grid)
        assert recipe.options["scale"] == 3
        # What is seen: the map at the left, as it was in the window.
        places = [(x, y) for x in range(0, seen.width(), 7) for y in range(0, seen.height(), 7)]
        same = sum(once.pixelColor(x, y) == seen.pixelColor(x, y) for x, y in places)
        assert same >= 0.99 * len(places)
        QGuiApplication.clipboard().clear()
        user.key(Key.Key_C, CTRL | SHIFT)
        copied = QGuiApplication.clipboard().image()
        assert copied.size() == thrice.size()
        assert copied.pixelColor(100, 100) == thrice.pixelColor(100, 100)
        assert any("on the clipboard" in text for text in user.messages)
        user.window.messages.close_message("export")
        QGuiApplication.clipboard().clear()

        # A folder that is not there: told, and nothing is lost.
        exports = user.window.exporting
        user.session.settings.set(entries.EXPORT_FOLDER, str(tmp_path / "no"))
        user.trigger("quick-export")
        user.until(lambda: not exports.jobs)
        assert any("The file cannot be written" in text for text in user.messages)

    assert drive(steps) == 0


def test_a_figure_is_copied_as_it_would_be_saved(drive, room, tmp_path):
    def steps(user):
        user.wait_for_plan()

        def act(hand):
            hand.until_drawn()
            hand.saved(tmp_path / "figure.png")
            user.click_on("copy")
            said = hand.dialog.findChild(QLabel, "export-text")
            user.until(lambda: "on the clipboard" in said.text())

        exporting(user, act)
        saved = QImage(str(tmp_path / "figure.png"))
        copied = QGuiApplication.clipboard().image()
        assert copied.size() == saved.size()
        QGuiApplication.clipboard().clear()
        user.key(Key.Key_C, CTRL | SHIFT)
        user.until(lambda: not QGuiApplication.clipboard().image().isNull())
        assert QGuiApplication.clipboard().image().size() == saved.size()

    assert drive(steps, room) == 0


def test_enter_saves_also_after_another_button_was_clicked(drive, room):
    def steps(user):
        user.until(lambda: user.document.path == room)
        user.wait_for_plan()

        def at_dialog(hand):
            for row, names in ((0, ("reset", "copy", "panel-add")), (2, ("reset",))):
                hand.turn_to(row)
                for name in names:
                    hand.until_ready()
                    user.click_on(name)
                    hand.until_ready()
                    met = user.in_dialog(QFileDialog.reject, over=hand.dialog)
                    QTest.keyClick(hand.dialog.focusWidget() or hand.dialog, Key.Key_Return)
                    assert met, name
                    # A desktop gives it the keyboard back.
                    hand.dialog.activateWindow()
                    user.until(hand.dialog.isActiveWindow)

        exporting(user, at_dialog)

    assert drive(steps, room) == 0
