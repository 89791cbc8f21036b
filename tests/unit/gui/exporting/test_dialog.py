from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QListWidget,
    QSpinBox,
    QToolButton,
    QWidget,
)

from vingui.core.errors import VinguiError
from vingui.core.moves import EIGHT
from vingui.figure.film_options import FilmOptions
from vingui.figure.options import FigureOptions
from vingui.figure.panel import PANELS, Panel
from vingui.gui.exporting.dialog.figure_form import FigureForm
from vingui.gui.exporting.dialog.film_form import FilmForm
from vingui.gui.exporting.dialog.panels_field import PanelsField
from vingui.gui.exporting.dialog.preview import PicturePreview
from vingui.gui.look.theme import Theme

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def form(qtbot):
    made = FigureForm(None)
    made.show_options(FigureOptions())
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize(
    "options",
    [
        FigureOptions(),
        FigureOptions(
            panels=(Panel("q", 12, 3), Panel("convergence")),
            columns=1,
            width=84,
            dpi=600,
            colour_map="magma",
            scale="fixed",
            low=-12.5,
            high=-0.5,
            bar=False,
            bar_label="cells",
            arrows=True,
            numbers=None,
            trajectories=False,
            contours=True,
            grid=False,
            ticks=False,
            key=False,
            title="A title",
            caption="",
            background="dark",
            margin=0.5,
            font_size=6.5,
        ),
        FigureOptions(width=123.4, scale="symmetric", caption="Own words", arrows=False),
    ],
    ids=["usual", "all", "others"],
)
def test_the_fields_say_what_they_were_shown(form, options):
    changes = []
    form.changed.connect(lambda: changes.append(True))
    form.show_options(options)
    assert form.options() == options
    assert not changes


@pytest.fixture
def film(qtbot):
    made = FilmForm(
        SimpleNamespace(latest=80, rule=EIGHT, readouts=SimpleNamespace(latent_actions=0))
    )
    made.show_options(FilmOptions())
    qtbot.addWidget(made)
    made.show()
    return made


def film_field(film, name):
    found = film.findChild(QWidget, name)
    assert isinstance(found, QDoubleSpinBox | QCheckBox)
    return found


@pytest.mark.parametrize(
    "options",
    [
        FilmOptions(),
        FilmOptions(rate=20, hold=1),
        FilmOptions(rate=4, hold=0, every=3, first=2, last=70, loop=False),
    ],
)
def test_the_fields_of_a_film_say_what_they_were_shown(film, options):
    changes = []
    film.changed.connect(lambda: changes.append(True))
    film.show_options(options)
    assert film.options() == options
    assert not changes


@pytest.mark.parametrize(("frames", "rate", "hold"), [(3, 2, 1.5), (16, 4, 1.5), (500, 22, 3)])
def test_rate_and_hold_follow_the_number_of_frames(film, frames, rate, hold):
    film.show_frames(frames)
    assert film_field(film, "film-usual").isChecked()
    assert (film_field(film, "rate").value(), film_field(film, "hold").value()) == (rate, hold)
    made = film.options()
    assert (made.rate, made.hold) == (None, None)
    assert made.timing(frames) == (rate, hold)


@pytest.mark.parametrize(
    ("name", "number", "chosen"),
    [("rate", "7", (7, 2.2)), ("hold", "4", (9, 4)), ("hold", "0", (9, 0))],
)
def test_a_rate_or_hold_that_is_typed_stays(film, name, number, chosen):
    field = film_field(film, name)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, number)
    assert not film_field(film, "film-usual").isChecked()
    film.show_frames(500)
    options = film.options()
    assert (options.rate, options.hold) == chosen
    # And back.
    QTest.mouseClick(film_field(film, "film-usual"), LEFT, pos=QPoint(8, 8))
    assert film.options() == FilmOptions()
    film.show_frames(500)
    assert film_field(film, "rate").value() == 22


def test_a_film_of_learning_has_all_snapshots(qtbot):
    run = SimpleNamespace(latest=80, rule=EIGHT, readouts=SimpleNamespace(latent_actions=0))
    made = FilmForm(run, has_snapshots=True)
    made.show_options(FilmOptions(every=3, first=2, last=70))
    qtbot.addWidget(made)
    made.show()
    assert made.kind == "film"
    field = made.findChild(QComboBox, "film-of")
    field.setFocus()
    with qtbot.waitSignal(made.changed):
        QTest.keyClick(field, Qt.Key.Key_Down)
    assert made.kind == "learning"
    assert not made.findChild(QWidget, "every").isVisible()
    assert not made.findChild(QWidget, "first").isVisible()
    assert made.options() == FilmOptions()
    made.show_frames(8)
    assert film_field(made, "rate").value() == 1.5
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert made.options() == FilmOptions(every=3, first=2, last=70)
    assert made.findChild(QWidget, "first").isVisible()


def test_fields_are_there_where_they_say_something(form):
    low, own = form.findChild(QWidget, "low"), form.findChild(QWidget, "width")
    assert not low.isVisible()
    assert not own.isVisible()
    form.show_options(FigureOptions(scale="fixed", low=-1, high=0, width=50))
    assert low.isVisible()
    assert own.isVisible()


def test_limits_that_contradict_each_other_are_changes(form):
    form.show_options(FigureOptions(scale="fixed", low=-1, high=0))
    form.findChild(QWidget, "low").setValue(3)
    with pytest.raises(VinguiError, match="low below high"):
        form.options()


def test_every_field_has_a_name_and_a_tip(form):
    for kind in (QComboBox, QSpinBox, QToolButton, QListWidget):
        for field in form.findChildren(kind):
            assert field.accessibleName(), field
            assert field.toolTip(), field.objectName()


def test_a_form_that_was_opened_early_follows_the_plan(form, begun):
    k = form.findChild(QSpinBox, "panel-k")
    run = begun()
    form.show_run(run, open_k="Shown (2)")
    assert (k.maximum(), k.text()) == (run.latest, "Shown (2)")
    k.setValue(run.latest)
    changes = []
    form.changed.connect(lambda: changes.append(True))
    run.latest -= 1
    form.show_run(run, open_k="Shown (1)")
    assert k.value() == run.latest + 1
    assert not changes


@pytest.fixture
def panels(qtbot):
    made = PanelsField(None)
    made.show_panels((Panel("map"), Panel("value")), None)
    qtbot.addWidget(made)
    made.show()
    return made


def press(widget, name):
    QTest.mouseClick(widget.findChild(QToolButton, name), LEFT)


def test_panels_are_added_removed_and_put_in_order(panels):
    changes = []
    panels.changed.connect(lambda: changes.append(panels.panels))
    press(panels, "panel-down")
    assert panels.panels == (Panel("value"), Panel("map"))
    press(panels, "panel-add")
    assert panels.panels == (Panel("value"), Panel("map"), Panel("map"))
    layer = panels.findChild(QComboBox, "panel-layer")
    layer.setFocus()
    while layer.currentText() != "Q-values":
        QTest.keyClick(layer, Qt.Key.Key_Down)
    panels.findChild(QSpinBox, "panel-k").setValue(7)
    QTest.keyClick(panels.findChild(QComboBox, "panel-action"), Qt.Key.Key_Down)
    assert panels.panels[2] == Panel("q", 7, 0)
    press(panels, "panel-up")
    assert panels.panels == (Panel("value"), Panel("q", 7, 0), Panel("map"))
    assert panels.findChild(QListWidget, "panels").currentItem().text() == "Q-values of N, k = 7"
    for _ in range(5):
        press(panels, "panel-remove")
    assert len(panels.panels) == 1
    assert changes[-1] == panels.panels


@pytest.mark.parametrize(
    ("preset", "count"),
    [("Strip", 4), ("Q of", 8), ("Everything", len(PANELS) - 2), ("Map and", 2)],
)
def test_presets_are_found_again(panels, preset, count):
    box = panels.findChild(QComboBox, "preset")
    while not box.currentText().startswith(preset):
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert len(panels.panels) == count
    made = panels.panels
    panels.show_panels((Panel("exact"),), None)
    assert box.currentText() == "Custom"
    panels.show_panels(made, None)
    assert box.currentText().startswith(preset)


def test_the_wheel_scrolls_and_changes_nothing(qtbot):
    from vingui.gui.exporting.dialog.page import scrolled

    form = FigureForm(None)
    form.show_options(FigureOptions())
    area = scrolled(form)
    qtbot.addWidget(area)
    area.resize(336, 200)
    with qtbot.waitExposed(area):
        area.show()
    field = form.findChild(QComboBox, "panel-layer")
    where = QPointF(5, 5)
    down = QPoint(0, -240)
    event = QWheelEvent(
        where,
        field.mapToGlobal(where),
        down,
        down,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(field, event)
    assert form.options() == FigureOptions()
    assert area.verticalScrollBar().value() > 0


def test_a_drawing_is_never_larger_than_it_is_and_says_what_is_wrong(qtbot):
    view = PicturePreview(Theme())
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    picture = np.zeros((20, 40, 4), np.uint8)
    picture[..., 0] = picture[..., 3] = 255
    image = QImage(picture.data, 40, 20, 160, QImage.Format.Format_RGBA8888).copy()
    view.wait()
    assert view.busy
    view.show_image(image)
    assert not view.busy
    seen = view.grab().toImage()
    red = [
        seen.pixelColor(x, 150).red() > 250 > 50 > seen.pixelColor(x, 150).green()
        for x in range(400)
    ]
    assert sum(red) == 40
    view.show_text("Place a goal (G) to plan")
    assert view.accessibleDescription() == "Place a goal (G) to plan"
    assert not view.busy
