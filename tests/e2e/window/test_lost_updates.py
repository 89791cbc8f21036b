"""What other programs do to the file of an open map: nobody's work is lost without a question."""

import os
import shutil

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from vingui.core import map_edits
from vingui.core.dataset import DataSet
from vingui.core.formats import read_dataset, write_dataset
from vingui.core.grid import GridMap

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
Key = Qt.Key


def sample_map(rows=12, cols=14):
    grid = GridMap(np.zeros((rows, cols), bool), ((rows - 3, cols - 3),), ((2, 2),))
    return map_edits.border(grid)


THEIRS = map_edits.paint(sample_map(), [(7, 7), (7, 8)], material=map_edits.WALL)


def write(path, grid=None):
    write_dataset(path, DataSet(path.stem, (grid or sample_map(),)))
    return path


def read(path):
    return read_dataset(path).maps[0]


def press(key, name="overwrite"):
    """Answers a question by the letter of a button."""

    def act(box):
        assert box.objectName() == name
        QTest.keyClick(box, key, ALT)

    return act


def come_back(user):
    """The window becomes the active one again, as after another program was used."""
    QApplication.sendEvent(user.window, QEvent(QEvent.Type.ActivationChange))


def opened(user, path):
    user.until(lambda: user.document.path == path)
    user.click((4, 4))


def rewritten(path):
    write(path, THEIRS)


def rewritten_with_old_times(path):
    status = path.stat()
    write(path, THEIRS)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def replaced_by_a_copy(path):
    other = write(path.with_name("theirs.json"), THEIRS)
    shutil.copy2(other, path)


def replaced_by_a_link(path):
    other = write(path.with_name("theirs.json"), THEIRS)
    path.unlink()
    path.symlink_to(other)


def spoiled(path):
    path.write_text("no map any more")


@pytest.mark.parametrize(
    "change",
    [rewritten, rewritten_with_old_times, replaced_by_a_copy, replaced_by_a_link, spoiled],
)
def test_saving_over_what_others_wrote_is_asked_about(drive, tmp_path, change):
    own = write(tmp_path / "own.json")

    def steps(user):
        opened(user, own)
        drawn = user.grid
        change(own)
        theirs = own.read_bytes()
        run_modal = user.in_dialog(press(Key.Key_C))
        user.key(Key.Key_S, CTRL)
        user.until(lambda: run_modal)
        assert own.read_bytes() == theirs
        assert user.document.modified
        assert user.grid is drawn
        # Escape does the same.
        run_modal = user.in_dialog(lambda box: QTest.keyClick(box, Key.Key_Escape))
        user.key(Key.Key_S, CTRL)
        user.until(lambda: run_modal)
        assert own.read_bytes() == theirs
        user.in_dialog(press(Key.Key_Y))
        user.key(Key.Key_S, CTRL)
        user.until(lambda: not user.document.modified)
        assert read(own) == drawn
        # It is the file's own content again, and nothing is asked.
        user.click((5, 5))
        user.key(Key.Key_S, CTRL)
        user.until(lambda: not user.document.modified)
        assert read(own).walls[5, 5]

    assert drive(steps, own) == 0


def test_save_as_and_reload_keep_both_maps(drive, tmp_path):
    own, copy = write(tmp_path / "own.json"), tmp_path / "copy.json"

    def steps(user):
        opened(user, own)
        drawn = user.grid
        rewritten(own)
        named = []

        def save_as(box):
            named.append(user.name_file(copy, over=box))
            press(Key.Key_S)(box)

        user.in_dialog(save_as)
        user.key(Key.Key_S, CTRL)
        user.until(lambda: user.document.path == copy)
        assert (read(own), read(copy)) == (THEIRS, drawn)
        write(copy, THEIRS)
        user.click((3, 3))
        drawn = user.grid
        user.in_dialog(press(Key.Key_R))
        user.key(Key.Key_S, CTRL)
        user.until(lambda: user.grid == THEIRS)
        assert not user.document.modified
        user.key(Key.Key_Z, CTRL)
        assert user.grid == drawn
        assert user.document.modified
        # What was reloaded is known, so that saving the other one over it is no accident.
        user.key(Key.Key_S, CTRL)
        user.until(lambda: not user.document.modified)
        assert read(copy) == drawn

    assert drive(steps, own) == 0


def deleted(path):
    path.unlink()


def moved(path):
    path.rename(path.with_name("moved.json"))


def became_a_folder(path):
    path.unlink()
    path.mkdir()


def its_folder_moved(path):
    path.parent.rename(path.parent.with_name("away"))


@pytest.mark.parametrize("change", [deleted, moved, became_a_folder, its_folder_moved, rewritten])
def test_a_map_that_is_in_no_file_any_more_is_asked_about(drive, tmp_path, change):
    (tmp_path / "maps").mkdir()
    own, other = write(tmp_path / "maps" / "own.json"), write(tmp_path / "other.json", THEIRS)

    def steps(user):
        user.until(lambda: user.document.path == own)
        assert not user.document.modified
        change(own)
        run_modal = user.in_dialog(press(Key.Key_C, "unsaved"))
        user.window.filing.open_path(other)
        user.until(lambda: run_modal)
        assert user.grid == sample_map()
        assert user.document.modified
        assert "own.json" in user.messages[-1]
        # Closing asks too.
        run_modal = user.in_dialog(press(Key.Key_C, "unsaved"))
        user.key(Key.Key_Q, CTRL)
        user.until(lambda: run_modal)
        assert user.window.isVisible()
        user.in_dialog(press(Key.Key_D, "unsaved"))
        user.window.filing.open_path(other)
        user.until(lambda: user.document.path == other)
        assert not user.document.modified

    assert drive(steps, own) == 0


def test_a_deleted_file_is_kept_for_the_next_start_and_saved_anew(drive, tmp_path):
    own = write(tmp_path / "own.json")

    def steps(user):
        user.until(lambda: user.document.path == own)
        own.unlink()
        come_back(user)
        user.until(lambda: user.messages)
        assert user.messages == ("own.json no longer exists. Save the map to keep it.",)
        # Its end by Discard: it has no file then, and it is not asked about again.
        user.in_dialog(press(Key.Key_D, "unsaved"))
        user.window.close()
        assert not user.window.isVisible()

    def later(user):
        assert user.grid == sample_map()
        assert user.document.title == "own"
        assert not user.document.modified
        user.name_file(own)
        user.key(Key.Key_S, CTRL)
        user.until(own.exists)
        user.until(lambda: not user.document.modified)
        assert read(own) == sample_map()
        assert user.messages == ()

    assert drive(steps, own) == 0
    assert drive(later) == 0


def test_coming_back_to_the_window_offers_to_reload(drive, tmp_path):
    own = write(tmp_path / "own.json")

    def steps(user):
        user.until(lambda: user.document.path == own)
        come_back(user)
        rewritten(own)
        come_back(user)
        user.until(lambda: user.messages)
        assert user.messages == ("own.json was changed by another program.",)
        user.click_on("message-action-0")
        user.until(lambda: user.grid == THEIRS)
        assert not user.document.modified
        user.trigger("undo")
        assert user.grid == sample_map()
        user.trigger("redo")
        # Content alone counts: a file that was only touched is the same.
        user.window.messages.close_message("opened")
        os.utime(own, ns=(1, 1))
        own.chmod(0o600)
        user.click((4, 4))
        user.key(Key.Key_S, CTRL)
        user.until(lambda: not user.document.modified)
        assert user.messages == ()

    assert drive(steps, own) == 0


def test_two_saves_at_once_are_no_change_by_others(drive, tmp_path):
    own = write(tmp_path / "own.json")

    def steps(user):
        opened(user, own)
        user.key(Key.Key_S, CTRL)
        user.click((5, 5))
        user.key(Key.Key_S, CTRL)
        user.click((6, 6))
        user.key(Key.Key_S, CTRL)
        user.until(lambda: not user.document.modified)
        assert read(own) == user.grid

    assert drive(steps, own) == 0


def test_the_picture_of_a_robots_map_counts_too(drive, tmp_path):
    own = write(tmp_path / "own.json")
    robot = tmp_path / "hall.yaml"

    def steps(user):
        opened(user, own)
        user.name_file(robot)
        user.trigger("save-as")
        user.until(lambda: user.document.path == robot)
        user.click((5, 5))
        write(tmp_path / "theirs.yaml", THEIRS)
        shutil.copy(tmp_path / "theirs.pgm", robot.with_suffix(".pgm"))
        run_modal = user.in_dialog(press(Key.Key_C))
        user.key(Key.Key_S, CTRL)
        user.until(lambda: run_modal)
        assert np.array_equal(read(robot).walls, THEIRS.walls)

    assert drive(steps, own) == 0


def test_a_set_whose_file_changed_or_went(drive, tmp_path):
    maps = tmp_path / "maps.npz"
    write_dataset(maps, DataSet("maps", (sample_map(), THEIRS, map_edits.clear(THEIRS))))

    def steps(user):
        user.in_dialog(lambda dialog: QTest.keyClick(dialog, Key.Key_Return))
        user.window.filing.open_path(maps)
        user.until(lambda: user.document.member is not None)
        user.trigger("next-map")
        assert user.grid == THEIRS
        maps.unlink()
        run_modal = user.in_dialog(press(Key.Key_C, "unsaved"))
        user.trigger("next-map")
        user.until(lambda: run_modal)
        assert user.grid == THEIRS
        write_dataset(maps, DataSet("maps", (map_edits.clear(THEIRS), sample_map())))
        come_back(user)
        user.document.undo_stack.setClean()
        user.in_dialog(press(Key.Key_D, "unsaved"))
        user.window.close()

    assert drive(steps) == 0


def test_a_drawing_restored_after_a_crash_knows_its_file(drive, home, tmp_path):
    own = write(tmp_path / "own.json")

    def crash(user):
        opened(user, own)
        user.app.recovery.flush()
        folder = home / "xdg_data_home" / "vingui" / "vingui"
        (kept,) = folder.glob("drawing-*.json")
        shutil.copy(kept, tmp_path / "kept.json")

    def later(user):
        user.until(lambda: user.messages)
        user.click_on("message-action-0")
        user.until(lambda: user.document.path == own)
        drawn = user.grid
        assert drawn.walls[4, 4]
        run_modal = user.in_dialog(press(Key.Key_C))
        user.key(Key.Key_S, CTRL)
        user.until(lambda: run_modal)
        assert read(own) == THEIRS
        user.in_dialog(lambda box: box.button(QMessageBox.StandardButton.Discard).click())
        user.window.close()

    assert drive(crash, own) == 0
    folder = home / "xdg_data_home" / "vingui" / "vingui"
    shutil.copy(tmp_path / "kept.json", folder / "drawing-999999999-abcd1234.json")
    rewritten(own)
    assert drive(later, tmp_path / "kept.json") == 0
