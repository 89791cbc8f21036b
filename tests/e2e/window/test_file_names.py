"""What a map is called, and what Save, Save as and Export propose for it."""

import numpy as np
import pytest
from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit

from vingui.core.dataset import DataSet
from vingui.core.formats import read_dataset, write_dataset
from vingui.core.grid import GridMap
from vingui.gui import settings as entries
from vingui.gui.exporting.choices import Export, file_name

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key
GRID = GridMap(np.zeros((12, 14), bool), ((9, 11),), ((2, 2),))
TEXT = "#####\n#...#\n#####\n"


def write(path, *grids):
    write_dataset(path, DataSet(path.stem, grids or (GRID,)))
    return path


def proposal(user, *modifiers):
    """The folder and the name that the dialog of Ctrl+S proposes."""
    seen = []

    def look(dialog):
        assert isinstance(dialog, QFileDialog)
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        seen.extend((dialog.directory().absolutePath(), field.text()))
        dialog.reject()

    user.in_dialog(look)
    user.key(Key.Key_S, *modifiers)
    user.until(lambda: seen)
    return tuple(seen)


def generate(user):
    user.session.settings.set(entries.GENERATE_KIND, "caves")
    user.session.settings.set(entries.GENERATE_ROWS, 20)
    user.session.settings.set(entries.GENERATE_COLS, 30)
    user.in_dialog(lambda dialog: QTest.keyClick(dialog, Key.Key_Return))
    user.key(Key.Key_G, CTRL)
    user.until(lambda: user.grid.walls.shape == (20, 30))
    return "Caves 20x30"


def paste_text(user):
    QGuiApplication.clipboard().setText(TEXT)
    user.key(Key.Key_V, CTRL)
    user.until(lambda: user.grid.walls.shape == (3, 5))
    return "Pasted map"


def paste_picture(user):
    image = QImage(9, 8, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    QGuiApplication.clipboard().setImage(image)
    user.in_dialog(lambda dialog: QTest.keyClick(dialog, Key.Key_Return))
    user.key(Key.Key_V, CTRL)
    user.until(lambda: user.grid.walls.shape == (8, 9))
    return "Pasted picture"


@pytest.mark.parametrize("make", [generate, paste_text, paste_picture])
def test_another_map_does_not_keep_name_and_file(drive, tmp_path, make):
    own = write(tmp_path / "own.json")
    before = own.read_bytes()

    def steps(user):
        user.until(lambda: user.document.path == own)
        title = make(user)
        assert user.document.title == title
        assert user.document.path is None
        assert user.find("map-title").text() == f"{title} *"
        assert user.window.windowTitle() == f"{title}[*] - vingui"
        assert proposal(user, CTRL) == (str(tmp_path), f"{title}.json")
        assert file_name(user.session, Export("map", ".json")) == f"{title}.json"
        made = user.grid
        user.key(Key.Key_Z, CTRL)
        assert user.grid == GRID
        assert user.document.path == own
        assert not user.document.modified
        user.trigger("redo")
        assert (user.grid, user.document.title) == (made, title)
        assert user.document.modified
        assert own.read_bytes() == before

    assert drive(steps, own) == 0


def test_a_generated_map_that_was_saved_keeps_its_file_through_undo(drive, tmp_path):
    own, cave = write(tmp_path / "own.json"), tmp_path / "cave.json"

    def steps(user):
        user.until(lambda: user.document.path == own)
        generate(user)
        made = user.grid
        user.name_file(cave)
        user.key(Key.Key_S, CTRL)
        user.until(lambda: user.document.path == cave)
        user.trigger("undo")
        assert (user.grid, user.document.path) == (GRID, own)
        user.trigger("redo")
        assert (user.grid, user.document.path) == (made, cave)
        assert not user.document.modified
        assert read_dataset(cave).maps[0] == made
        assert read_dataset(own).maps[0] == GRID

    assert drive(steps, own) == 0


def test_changed_imported_and_sample_maps_keep_theirs(drive, tmp_path):
    own = write(tmp_path / "own.json")
    several = write(tmp_path / "several.npz", GRID, GRID, GRID)
    picture = tmp_path / "plan.png"
    image = QImage(9, 8, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    assert image.save(str(picture))

    def steps(user):
        assert proposal(user, CTRL)[1] == "Nine rooms.json"
        user.window.filing.open_path(own)
        user.until(lambda: user.document.path == own)
        # A resized map is still the same one.
        user.in_dialog(lambda dialog: QTest.keyClick(dialog, Key.Key_Return))
        user.trigger("resize")
        assert user.document.path == own
        assert proposal(user, CTRL | SHIFT) == (str(tmp_path), "own.json")
        user.document.undo_stack.setClean()
        for path, name in ((several, "several map 0.json"), (picture, "plan.json")):
            user.in_dialog(lambda dialog: QTest.keyClick(dialog, Key.Key_Return))
            user.window.filing.open_path(path)
            user.until(lambda path=path: user.document.title.startswith(path.stem))
            assert proposal(user, CTRL) == (str(tmp_path), name)

    assert drive(steps) == 0


def test_a_folder_that_is_not_there_is_no_name(drive, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))

    def steps(user):
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        assert QStandardPaths.writableLocation(documents) == str(tmp_path / "Documents")
        seen = []

        def look(dialog):
            field = dialog.findChild(QLineEdit, "fileNameEdit")
            seen.append((dialog.directory().absolutePath(), field.text()))
            dialog.reject()

        for folder in ("", str(tmp_path / "unplugged" / "maps")):
            user.session.settings.set(entries.FOLDER, folder)
            user.in_dialog(look)
            user.key(Key.Key_O, CTRL)
        user.until(lambda: len(seen) == 2)
        assert seen == [(str(tmp_path), "")] * 2
        assert proposal(user, CTRL) == (str(tmp_path), "Nine rooms.json")

    assert drive(steps) == 0
