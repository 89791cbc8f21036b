import subprocess
import sys

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QListView, QListWidget, QPushButton

from vingui.core.formats import read_map
from vingui.core.grid import GridMap
from vingui.gui.canvas.thumbnail import MapPreview, thumbnail
from vingui.gui.dialogs.gallery import Gallery
from vingui.gui.document.samples import FIRST_SAMPLE, first_sample, samples
from vingui.gui.look.theme import DARK, LIGHT, style_sheet
from vingui.paths import MAPS

# Text is painted on the thumbnails, which needs an application.
pytestmark = pytest.mark.usefixtures("qapp")

# Samples


def test_every_sample_is_there_and_read():
    assert {sample.path for sample in samples()} == set(MAPS.glob("*.json"))
    for sample in samples():
        assert sample.title
        assert sample.about.endswith(".")
        assert sample.grid == read_map(sample.path)
        assert sample.grid.walls.shape == (sample.rows, sample.cols)


def test_the_first_sample_suits_a_first_start():
    sample = first_sample()
    assert sample.path.stem == FIRST_SAMPLE
    assert 20 <= min(sample.rows, sample.cols) <= max(sample.rows, sample.cols) <= 32
    assert sample.grid.goal is not None
    assert len(sample.grid.starts) > 1


def test_listing_the_samples_loads_no_library():
    program = """
import sys
from vingui.gui.document.samples import first_sample, samples
assert len(samples()) > 10 and first_sample().title
print([name for name in ("scipy", "PIL", "PySide6", "vingui.core.formats") if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "[]\n"


# Thumbnails


def walled(*rows, goal=None, starts=()):
    walls = np.array([[mark == "#" for mark in row] for row in rows])
    return GridMap(walls, (goal,) if goal else (), starts)


@pytest.mark.parametrize("look", [LIGHT, DARK])
@pytest.mark.parametrize("dpr", [1.0, 1.5, 2.0])
def test_a_thumbnail_shows_walls_and_free_cells_sharply(look, dpr):
    image = thumbnail(walled("#..", "..#"), look, QSize(62, 100), dpr)
    side = int(62 * dpr / 3)
    assert image.devicePixelRatioF() == dpr
    assert image.size() == QSize(3 * side, 2 * side)
    for row, col, colour in ((0, 0, look.wall), (0, 1, look.free), (1, 2, look.wall)):
        for place in (0, side - 1):
            found = image.pixelColor(col * side + place, row * side + place)
            assert found == QColor(colour)


def test_a_thumbnail_marks_goal_and_starts_in_their_colours():
    grid = walled("...", "...", goal=(0, 0), starts=((1, 1), (1, 2)))
    image = thumbnail(grid, LIGHT, QSize(60, 60))
    assert image.pixelColor(10, 10) == QColor(LIGHT.goal)
    # Beside their numbers.
    assert image.pixelColor(24, 30) == QColor(LIGHT.starts[0])
    assert image.pixelColor(44, 30) == QColor(LIGHT.starts[1])


def test_there_are_more_starts_than_colours():
    starts = tuple((row, col) for row in range(4) for col in range(4))
    image = thumbnail(GridMap(np.zeros((4, 4), bool), (), starts), LIGHT, QSize(80, 80))
    # The ninth, in the third row.
    assert image.pixelColor(4, 50) == QColor(LIGHT.starts[0])


@given(
    rows=st.integers(2, 300),
    cols=st.integers(2, 300),
    width=st.integers(1, 200),
    height=st.integers(1, 200),
    dpr=st.sampled_from([1.0, 1.25, 1.5, 2.0, 3.0]),
)
@example(rows=2, cols=299, width=75, height=1, dpr=1.5)
def test_a_thumbnail_fits_its_room(rows, cols, width, height, dpr):
    image = thumbnail(GridMap(np.zeros((rows, cols), bool)), LIGHT, QSize(width, height), dpr)
    assert 1 <= image.width() <= max(round(width * dpr), 1)
    assert 1 <= image.height() <= max(round(height * dpr), 1)


def test_walls_thinner_than_a_pixel_still_show():
    walls = np.zeros((1024, 1024), bool)
    walls[::8] = True
    image = thumbnail(GridMap(walls), LIGHT, QSize(100, 100))
    greys = {image.pixelColor(50, row).lightness() for row in range(100)}
    assert max(greys) < QColor(LIGHT.free).lightness()


def test_a_preview_shows_a_map_and_a_text(qtbot):
    preview = MapPreview(LIGHT)
    qtbot.addWidget(preview)
    preview.resize(202, 202)
    preview.grab()
    preview.show_map(walled("##", "##"))
    assert preview.grab().toImage().pixelColor(101, 20) == QColor(LIGHT.wall)
    preview.show_text("Generating …")
    before = preview.grab().toImage()
    preview.show_text("")
    assert before != preview.grab().toImage()


# The dialog


@pytest.fixture
def gallery(qtbot):
    made = Gallery(LIGHT)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
    return made


def shown(gallery):
    view = gallery.findChild(QListWidget, "samples")
    items = [view.item(row) for row in range(view.count())]
    return [item.text() for item in items if not item.isHidden()]


def test_the_gallery_shows_every_sample_and_describes_the_selected_one(gallery):
    assert shown(gallery) == [sample.title for sample in samples()]
    first = samples()[0]
    assert gallery.sample() is first
    title = gallery.findChild(QLabel, "sample-title").text()
    assert first.title in title
    assert f"{first.rows} × {first.cols}" in title
    assert gallery.findChild(QLabel, "sample-about").text() == first.about


def test_keys_move_through_the_thumbnails_and_enter_opens(gallery):
    view = gallery.findChild(QListView, "samples")
    assert view.hasFocus()
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert gallery.sample() is samples()[1]
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert samples().index(gallery.sample()) > 2
    chosen = gallery.sample()
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert gallery.result() == QDialog.DialogCode.Accepted
    assert gallery.sample() is chosen


def test_a_double_click_opens(gallery):
    view = gallery.findChild(QListView, "samples")
    place = view.visualRect(view.model().index(2, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert gallery.sample() is samples()[2]
    assert gallery.isVisible()
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert gallery.result() == QDialog.DialogCode.Accepted


def test_the_filter_narrows_and_the_arrow_key_leaves_it(gallery):
    field = gallery.findChild(QLineEdit, "filter")
    field.setFocus()
    QTest.keyClicks(field, "mAzE")
    assert shown(gallery) == ["Braided maze", "Perfect maze", "Grand maze"]
    assert gallery.sample().title == "Braided maze"
    QTest.keyClick(field, Qt.Key.Key_Down)
    view = gallery.findChild(QListView, "samples")
    assert view.hasFocus()
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert gallery.sample().title == "Perfect maze"


def test_a_filter_that_nothing_matches_has_nothing_to_open(gallery):
    field, opening = (
        gallery.findChild(QLineEdit, "filter"),
        gallery.findChild(QPushButton, "accept"),
    )
    field.setFocus()
    QTest.keyClicks(field, "no such thing")
    assert gallery.sample() is None
    assert not opening.isEnabled()
    QTest.keyClick(field, Qt.Key.Key_Down)
    assert field.hasFocus()
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert gallery.isVisible()
    field.clear()
    assert gallery.sample() is samples()[0]
    assert opening.isEnabled()


def test_escape_closes(gallery):
    QTest.keyClick(gallery.findChild(QListView, "samples"), Qt.Key.Key_Escape)
    assert gallery.result() == QDialog.DialogCode.Rejected
    assert not gallery.isVisible()


def test_the_thumbnails_are_painted_and_the_selected_one_stands_out(gallery):
    # As the window's, which the gallery inherits.
    gallery.setStyleSheet(style_sheet(LIGHT))
    view = gallery.findChild(QListView, "samples")
    picture = view.viewport().grab(view.visualRect(view.currentIndex())).toImage()
    assert count(picture, LIGHT.accent) > 100
    assert count(picture, LIGHT.wall) > 1000
    beside = view.currentIndex().siblingAtRow(view.currentIndex().row() + 1)
    other = view.viewport().grab(view.visualRect(beside)).toImage()
    assert count(other, LIGHT.accent) == 0


def count(picture, colour):
    picture = picture.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(picture.constBits(), np.uint32).reshape(picture.height(), -1)
    return int((pixels == QColor(colour).rgb()).sum())
