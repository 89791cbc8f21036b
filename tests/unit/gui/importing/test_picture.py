"""From a picture to a map: the work, the fields, the rectangle and the dialog of them."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDoubleSpinBox,
    QLabel,
    QPushButton,
    QSlider,
    QSpinBox,
)

from vingui.core.errors import VinguiError
from vingui.core.formats import PictureOptions, ReadOptions, read_dataset
from vingui.core.formats.heights import Heights
from vingui.gui.importing.crop_view import CropView
from vingui.gui.importing.form import PictureForm
from vingui.gui.importing.picture import (
    SourcePicture,
    draft,
    make_map,
    picture_from_image,
    read_picture,
)
from vingui.gui.importing.picture_dialog import ImportPictureDialog
from vingui.gui.importing.threshold import Histogram
from vingui.gui.look.theme import DARK, LIGHT
from vingui.gui.settings import IMPORT_PICTURE, Settings

pytestmark = pytest.mark.usefixtures("qapp")

LEFT = Qt.MouseButton.LeftButton
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


def photo(rows=300, cols=400, seed=0):
    """Smooth greys from black to white."""
    coarse = np.random.default_rng(seed).integers(0, 256, (12, 16), np.uint8)
    image = Image.fromarray(coarse).resize((cols, rows), Image.Resampling.BICUBIC)
    return SourcePicture("photo", np.array(image))


# The work.


def test_what_the_dialog_makes_is_what_the_command_line_makes(tmp_path):
    source = photo()
    Image.fromarray(source.grey).save(tmp_path / "photo.png")
    read = read_picture(tmp_path / "photo.png")
    assert read.name == "photo"
    assert np.array_equal(read.grey, source.grey)
    for options in (
        PictureOptions(),
        PictureOptions(cell=7, invert=True, dark_share=0.2),
        PictureOptions(threshold=90, cell=3, crop=(10, 20, 100, 200)),
    ):
        dataset = read_dataset(tmp_path / "photo.png", ReadOptions(picture=options))
        result = make_map(source, options).dataset
        assert result.maps[0] == dataset.maps[0]
        assert result.notes == dataset.notes


@pytest.mark.parametrize(("name", "kind"), [("a.jpg", "MPO"), ("a.gif", "GIF"), ("a.png", "PNG")])
def test_of_several_pictures_the_first_is_opened_with_a_note(tmp_path, name, kind, qtbot):
    first, second = (Image.fromarray(photo(seed=seed).grey) for seed in (1, 2))
    first.save(tmp_path / name, kind, save_all=True, append_images=[second])
    source = read_picture(tmp_path / name)
    assert np.abs(source.grey.astype(int) - np.asarray(first)).mean() < 8
    (note,) = make_map(source, PictureOptions()).dataset.notes
    assert "The file holds more than one picture; read the first." in note
    dialog = ImportPictureDialog(source, Settings(), LIGHT)
    qtbot.addWidget(dialog)
    assert "read the first" in dialog.findChild(QLabel, "file-notes").text()


def test_a_map_without_walls_is_warned_of():
    white = SourcePicture("white", np.full((20, 30), 255, np.uint8))
    for options, kind in ((PictureOptions(), "free"), (PictureOptions(invert=True), "wall")):
        (note,) = make_map(white, options).dataset.notes
        assert note.startswith(f"Warning: every cell of the map is {kind}.")


def test_a_picture_says_which_size_suits_it():
    drawn = np.zeros((700, 512), np.uint8)
    drawn[5:9] = 255
    assert SourcePicture("drawn", drawn).suited_longest == 700
    assert SourcePicture("large", np.zeros((5000, 20), np.uint8)).suited_longest == 256
    assert photo().suited_longest == 256
    assert photo(60, 80).suited_longest == 80


def test_of_a_large_picture_only_a_reduced_one_is_shown():
    source = photo(2100, 3000)
    assert max(source.shown.shape) <= 1024
    assert source.shown.mean() == pytest.approx(source.grey.mean(), abs=2)
    assert photo().shown.shape == (300, 400)


def test_a_draft_is_about_the_map_and_only_made_of_large_pictures():
    assert draft(photo(), PictureOptions(cell=2)) is None
    source = photo(2048, 2500)
    for cell in (3, 16, 100):
        options = PictureOptions(cell=cell)
        quick, whole = draft(source, options), make_map(source, options)
        rough, walls = (result.dataset.maps[0].walls for result in (quick, whole))
        assert rough.shape == walls.shape
        assert np.mean(rough != walls) < 0.02
        assert quick.threshold == pytest.approx(whole.threshold, abs=3)
        assert quick.counts is None


@pytest.mark.slow
@given(
    rows=st.integers(2048, 2300),
    cols=st.integers(2048, 2300),
    cell=st.integers(3, 700),
)
def test_a_draft_has_the_size_of_the_map(rows, cols, cell):
    source = SourcePicture("blank", np.full((rows, cols), 255, np.uint8))
    options = PictureOptions(cell=cell, threshold=100)
    grid = draft(source, options).dataset.maps[0]
    assert grid.walls.shape == (-(-rows // cell), -(-cols // cell))
    assert grid.free.all()


def test_a_picture_from_the_clipboard_is_seen_over_white():
    image = QImage(7, 3, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0, 255))
    image.setPixelColor(2, 1, QColor(0, 0, 0, 0))
    image.setPixelColor(3, 1, QColor(255, 255, 255))
    grey = picture_from_image(image, "pasted").grey
    assert grey.shape == (3, 7)
    assert (grey[1, 2], grey[1, 3], grey[0, 0]) == (255, 255, 0)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (QImage(), r"^The picture on the clipboard cannot be read$"),
        (QImage(1, 9, QImage.Format.Format_RGB32), r"^The picture has 1x9 pixels .* 2x2 or more$"),
        (QImage(9, 1, QImage.Format.Format_RGB32), r"^The picture has 9x1 pixels .* 2x2 or more$"),
    ],
)
def test_no_picture_from_the_clipboard_is_one_line(image, message):
    with pytest.raises(VinguiError, match=message):
        picture_from_image(image, "pasted")


# The rectangle.


@pytest.fixture
def view(qtbot):
    shown = CropView(np.zeros((200, 400), np.uint8), rows=400, cols=800, look=LIGHT)
    qtbot.addWidget(shown)
    shown.resize(408, 308)
    with qtbot.waitExposed(shown):
        shown.show()
    return shown


def drag(view, begin, *others):
    """Drag from one pixel of the picture to others."""
    at = [view.position_of(*where).toPoint() for where in (begin, *others)]
    QTest.mousePress(view, LEFT, pos=at[0])
    for where in at[1:]:
        QTest.mouseMove(view, where)
    QTest.mouseRelease(view, LEFT, pos=at[-1])


def test_a_drag_on_the_whole_picture_chooses_a_part(view):
    assert view.crop == QRect(0, 0, 800, 400)
    drag(view, (600, 300), (500, 350), (200, 100))
    assert view.crop == QRect(200, 100, 400, 200)


@pytest.mark.parametrize(
    ("begin", "end", "crop"),
    [
        ((200, 200), (240, 200), QRect(240, 100, 360, 200)),
        ((600, 200), (700, 200), QRect(200, 100, 500, 200)),
        ((400, 100), (400, 40), QRect(200, 40, 400, 260)),
        ((400, 300), (400, 280), QRect(200, 100, 400, 180)),
        ((200, 100), (100, 60), QRect(100, 60, 500, 240)),
        ((600, 300), (640, 340), QRect(200, 100, 440, 240)),
        ((400, 200), (460, 240), QRect(260, 140, 400, 200)),
        ((400, 200), (900, 900), QRect(400, 200, 400, 200)),
        ((200, 200), (700, 200), QRect(598, 100, 2, 200)),
        # From beside the edge, which does not jump to the mouse.
        ((606, 200), (706, 200), QRect(200, 100, 500, 200)),
        ((200, 100), (0, 0), QRect(0, 0, 600, 300)),
        ((20, 20), (100, 80), QRect(20, 20, 80, 60)),
    ],
)
def test_edges_corners_and_the_rectangle_itself_are_dragged(view, begin, end, crop):
    view.set_crop(QRect(200, 100, 400, 200))
    drag(view, begin, end)
    assert view.crop == crop


@pytest.mark.parametrize("offset", [-5, -2, 0, 3, 6])
def test_an_edge_reaches_the_border_wherever_it_was_grabbed(view, offset):
    """The mouse is seldom exactly on the edge."""
    view.set_crop(QRect(200, 100, 400, 200))
    corner = view.position_of(600, 300).toPoint() + QPoint(offset, offset)
    QTest.mousePress(view, LEFT, pos=corner)
    QTest.mouseMove(view, corner + QPoint(300, 300))
    QTest.mouseRelease(view, LEFT, pos=corner + QPoint(300, 300))
    assert view.crop == QRect(200, 100, 600, 300)


def test_the_pointer_shows_what_a_drag_does(view):
    view.set_crop(QRect(200, 100, 400, 200))
    shapes = []
    for where in ((200, 220), (600, 180), (300, 100), (200, 100), (600, 100), (400, 200), (20, 20)):
        QTest.mouseMove(view, view.position_of(*where).toPoint())
        shapes.append(view.cursor().shape().name)
    assert shapes == [
        "SizeHorCursor",
        "SizeHorCursor",
        "SizeVerCursor",
        "SizeFDiagCursor",
        "SizeBDiagCursor",
        "SizeAllCursor",
        "CrossCursor",
    ]


def test_a_click_changes_nothing(view, qtbot):
    with qtbot.assertNotEmitted(view.changed):
        drag(view, (300, 200))


def test_the_rectangle_is_moved_and_sized_by_keys(view, qtbot):
    view.set_crop(QRect(200, 100, 400, 200))
    view.setFocus()
    with qtbot.waitSignal(view.changed):
        QTest.keyClick(view, Key.Key_Right)
    assert view.crop == QRect(202, 100, 400, 200)
    QTest.keyClick(view, Key.Key_Up, CTRL)
    assert view.crop == QRect(202, 80, 400, 200)
    QTest.keyClick(view, Key.Key_Down, SHIFT)
    assert view.crop == QRect(202, 80, 400, 202)
    for _ in range(40):
        QTest.keyClick(view, Key.Key_Right, CTRL | SHIFT)
    assert view.crop == QRect(202, 80, 598, 202)
    for _ in range(40):
        QTest.keyClick(view, Key.Key_Left, CTRL)
    assert view.crop == QRect(0, 80, 598, 202)
    QTest.keyClick(view, Key.Key_Home)
    assert view.crop == view.whole


@pytest.mark.parametrize("look", [LIGHT, DARK])
def test_what_is_left_out_is_dimmed(qtbot, look):
    view = CropView(np.full((40, 40), 255, np.uint8), rows=40, cols=40, look=look)
    qtbot.addWidget(view)
    view.resize(402, 402)
    view.set_crop(QRect(10, 10, 20, 20))
    image = view.grab().toImage()
    inside = image.pixelColor(view.position_of(20, 20).toPoint() + QPoint(3, 3))
    outside = image.pixelColor(view.position_of(4, 20).toPoint() + QPoint(3, 3))
    assert inside == QColor("white")
    assert outside != inside


# The histogram.


def test_the_histogram_parts_dark_from_light(qtbot):
    histogram = Histogram(LIGHT)
    qtbot.addWidget(histogram)
    histogram.resize(268, 52)
    counts = np.zeros(256, np.int64)
    counts[40:60], counts[200:220] = 10, 10
    histogram.show_counts(counts)
    histogram.show_threshold(128)
    image = histogram.grab().toImage()
    assert image.pixelColor(6 + 50, 40) == QColor(LIGHT.text)
    assert image.pixelColor(6 + 210, 40) != QColor(LIGHT.text)
    assert image.pixelColor(6 + 128, 20) == QColor(LIGHT.accent)


# The fields.


@pytest.fixture
def form_of(qtbot):
    def make(rows=900, cols=1400, suited=256):
        form = PictureForm(QRect(0, 0, cols, rows), suited=suited, settings=Settings(), look=LIGHT)
        qtbot.addWidget(form)
        return form

    return make


def box(form, name):
    return form.findChild(QSpinBox, name)


def test_cell_and_longest_side_go_together(form_of):
    form = form_of()
    cell, longest = box(form, "cell"), box(form, "longest")
    assert (cell.value(), longest.value()) == (6, 234)
    cell.setValue(14)
    assert longest.value() == 100
    longest.setValue(50)
    assert cell.value() == 28
    assert cell.minimum() == 1
    assert cell.maximum() == 899
    # A smaller part keeps about as many cells.
    form.set_crop(QRect(0, 0, 700, 300))
    assert (cell.value(), longest.value()) == (14, 50)
    assert form.options() == PictureOptions(cell=14, dark_share=0.5, crop=(0, 0, 300, 700))


def test_a_typed_part_stays_inside_the_picture(form_of, qtbot):
    form = form_of()
    with qtbot.waitSignal(form.crop_changed) as emitted:
        box(form, "left").setValue(1000)
    assert emitted.args == [QRect(1000, 0, 400, 900)]
    assert form.crop == QRect(1000, 0, 400, 900)
    assert box(form, "width").maximum() == 400
    box(form, "height").setValue(10)
    assert form.options().crop == (0, 1000, 10, 400)


def test_otsu_goes_when_a_threshold_is_chosen_and_comes_back(form_of):
    form = form_of()
    otsu = form.findChild(QPushButton, "otsu")
    assert form.options().threshold is None
    form.threshold.show_greys(np.ones(256, np.int64), 77)
    assert box(form, "threshold").value() == 77
    slider = form.findChild(QSlider, "threshold-slider")
    slider.setFocus()
    QTest.keyClick(slider, Key.Key_Right)
    assert form.options().threshold == 78
    assert not otsu.isChecked()
    form.threshold.show_greys(np.ones(256, np.int64), 78)
    assert box(form, "threshold").value() == 78
    QTest.mouseClick(otsu, LEFT)
    assert form.options().threshold is None


def test_choices_are_kept_for_the_next_picture_and_reset(form_of):
    form = form_of()
    form.threshold.choose(90)
    form.findChild(QCheckBox, "invert-picture").setChecked(True)
    box(form, "dark-share").setValue(20)
    box(form, "longest").setValue(100)
    form.set_crop(QRect(100, 0, 1300, 900))
    form.remember()
    again = form_of(450, 700)
    assert again.options() == PictureOptions(threshold=90, invert=True, cell=7, dark_share=0.2)
    QTest.mouseClick(again.findChild(QPushButton, "reset"), LEFT)
    assert again.options() == PictureOptions(cell=3, dark_share=0.5)
    again.remember()
    assert json.loads(Settings().get(IMPORT_PICTURE))["longest"] is None


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "[]",
        "{",
        '{"percent": 0}',
        '{"threshold": 999}',
        '{"longest": 1}',
        '{"percent": "a"}',
        '{"invert": 1}',
        '{"threshold": 1.5}',
        '{"percent": true}',
        '{"crop": [0, 0, 9, 9]}',
        '{"costs": [0, 1, 2]}',
        '{"costs": [3, 1]}',
        '{"costs": ["a", 1, 2]}',
        '{"costs": [3, null, 2]}',
        '{"costs": 7}',
        '{"heights": [0, 1]}',
        '{"heights": [0, 1, 0]}',
        '{"heights": 7}',
    ],
)
def test_nonsense_that_was_kept_is_forgotten(form_of, nonsense):
    Settings().set(IMPORT_PICTURE, nonsense)
    form = form_of()
    assert form.options() == PictureOptions(cell=6, dark_share=0.5)
    assert form.costs is None


# The dialog.


@pytest.fixture
def dialog_of(qtbot):
    def make(source):
        dialog = ImportPictureDialog(source, Settings(), LIGHT)
        qtbot.addWidget(dialog)
        with qtbot.waitActive(dialog):
            dialog.show()
        qtbot.waitUntil(lambda: dialog.dataset is not None)
        return dialog

    return make


def test_the_map_follows_every_choice(dialog_of, qtbot):
    source = photo()
    dialog = dialog_of(source)
    assert dialog.dataset.maps[0] == make_map(source, PictureOptions(cell=2)).dataset.maps[0]
    before = dialog.dataset
    dialog.findChild(QCheckBox, "invert-picture").click()
    qtbot.waitUntil(lambda: dialog.dataset not in (None, before))
    assert (
        dialog.dataset.maps[0]
        == make_map(source, PictureOptions(cell=2, invert=True)).dataset.maps[0]
    )
    dialog.findChild(QCheckBox, "invert-picture").click()
    box(dialog, "longest").setValue(40)
    qtbot.waitUntil(lambda: dialog.dataset is not None)
    assert dialog.dataset.maps[0] == make_map(source, PictureOptions(cell=10)).dataset.maps[0]
    assert "30 × 40 cells" in dialog.findChild(QLabel, "result-size").text()
    view = dialog.findChild(CropView)
    drag(view, (100, 50), (300, 250))
    qtbot.waitUntil(lambda: dialog.dataset is not None)
    # As near as a pixel of the screen is to one of the picture.
    _, cols = dialog.dataset.maps[0].walls.shape
    assert cols == 40
    assert box(dialog, "left").value() == view.crop.left() > 90
    assert (
        "200 × 200 of 400 × 300 pixels (width × height)"
        in dialog.findChild(QLabel, "part-size").text()
    )


def test_greys_become_costs_and_the_choice_is_kept(dialog_of, qtbot):
    source = photo()
    dialog = dialog_of(source)
    with_costs = dialog.findChild(QCheckBox, "with-costs")
    assert not box(dialog, "levels").isEnabled()
    with_costs.click()
    qtbot.waitUntil(lambda: dialog.dataset is not None)
    options = PictureOptions(cell=2)
    assert dialog.dataset.maps[0] == make_map(source, options, (10, 1.0, 10.0)).dataset.maps[0]
    assert dialog.dataset.maps[0].has_costs
    assert box(dialog, "threshold").value() == 16
    box(dialog, "levels").setValue(4)
    dialog.findChild(QDoubleSpinBox, "darkest").setValue(2.5)
    qtbot.waitUntil(lambda: dialog.dataset is not None)
    assert dialog.dataset.maps[0].palette.costs.tolist() == [1, 1.5, 2, 2.5]
    QTest.keyClick(dialog, Key.Key_Return)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    again = dialog_of(source)
    assert again.dataset.maps[0] == dialog.dataset.maps[0]
    QTest.mouseClick(again.findChild(QPushButton, "reset"), LEFT)
    qtbot.waitUntil(lambda: again.dataset is not None)
    assert again.dataset.maps[0] == make_map(source, options).dataset.maps[0]


def test_greys_become_heights_and_the_choice_is_kept(dialog_of, qtbot):
    source = photo()
    dialog = dialog_of(source)
    with_costs, with_heights = (
        dialog.findChild(QCheckBox, name) for name in ("with-costs", "with-heights")
    )
    with_costs.click()
    with_heights.click()
    assert not with_costs.isChecked()
    assert not box(dialog, "levels").isEnabled()
    for name, metres in (("black", 200.0), ("white", 950.5), ("cell-side", 75.0)):
        dialog.findChild(QDoubleSpinBox, name).setValue(metres)
    qtbot.waitUntil(lambda: dialog.dataset is not None)
    heights = Heights(low=200, high=950.5, side=75)
    expected = make_map(source, PictureOptions(cell=2, heights=heights)).dataset.maps[0]
    assert dialog.dataset.maps[0] == expected
    assert expected.elevation.min() >= 200
    assert box(dialog, "threshold").value() == 0
    assert dialog.findChild(QPushButton, "otsu").text() == "N&one"
    QTest.keyClick(dialog, Key.Key_Return)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    again = dialog_of(source)
    assert again.dataset.maps[0] == expected
    again.findChild(QCheckBox, "with-costs").click()
    assert not again.findChild(QCheckBox, "with-heights").isChecked()
    qtbot.waitUntil(lambda: again.dataset is not None)
    assert again.dataset.maps[0].elevation is None
    assert again.dataset.maps[0].has_costs


def test_costs_that_make_no_levels_are_refused_in_a_sentence(dialog_of, qtbot):
    dialog = dialog_of(photo())
    dialog.findChild(QCheckBox, "with-costs").click()
    dialog.findChild(QDoubleSpinBox, "darkest").setValue(1)
    label = dialog.findChild(QLabel, "result-size")
    qtbot.waitUntil(lambda: "10 levels need as many costs" in label.text())
    assert dialog.dataset is None
    dialog.findChild(QDoubleSpinBox, "darkest").setValue(3)
    qtbot.waitUntil(lambda: dialog.dataset is not None)


def test_a_draft_of_a_picture_with_costs_is_about_its_map():
    source, options, costs = photo(2400, 2400), PictureOptions(cell=12), (6, 1.0, 6.0)
    quick, whole = draft(source, options, costs), make_map(source, options, costs)
    levels = [one.dataset.maps[0].costs for one in (quick, whole)]
    assert np.abs(levels[0] - levels[1]).mean() < 0.3


def test_enter_waits_for_the_map_of_what_was_typed_last(dialog_of, qtbot):
    source = photo(2100, 2100)
    dialog = dialog_of(source)
    field = box(dialog, "cell")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "50")
    assert dialog.dataset is None
    QTest.keyClick(field, Key.Key_Return)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.dataset.maps[0] == make_map(source, PictureOptions(cell=50)).dataset.maps[0]
    assert "50x50 pixels" in dialog.dataset.notes[0]


def test_escape_keeps_nothing(dialog_of):
    dialog = dialog_of(photo())
    box(dialog, "cell").setValue(20)
    QTest.keyClick(dialog, Key.Key_Escape)
    assert dialog.result() == QDialog.DialogCode.Rejected
    assert Settings().get(IMPORT_PICTURE) == "{}"


def test_a_picture_too_thin_for_any_map_cannot_be_opened(qtbot):
    dialog = ImportPictureDialog(
        SourcePicture("strip", np.zeros((2, 9000), np.uint8)), Settings(), LIGHT
    )
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: "No map" in result_text(dialog))
    assert "The map of this picture must have" in result_text(dialog)
    assert dialog.dataset is None
    opening = dialog.findChild(QPushButton, "accept")
    assert not opening.isEnabled()
    box(dialog, "width").setValue(900)
    qtbot.waitUntil(lambda: dialog.dataset is not None)
    assert opening.isEnabled()


def result_text(dialog):
    return dialog.findChild(QLabel, "result-size").text()
