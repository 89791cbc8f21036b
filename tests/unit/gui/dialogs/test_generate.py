import json
import shlex
import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QSlider,
    QSpinBox,
    QWidget,
)

from vingui.cli import main
from vingui.core.errors import VinguiError
from vingui.core.formats import read_map
from vingui.core.generate import KINDS, MOST_STARTS, largest_region
from vingui.core.phrases import percent
from vingui.gui.canvas.thumbnail import MapPreview
from vingui.gui.dialogs import generate, generate_form
from vingui.gui.dialogs.generate import GenerateDialog
from vingui.gui.look.theme import LIGHT
from vingui.gui.settings import (
    GENERATE_COLS,
    GENERATE_KIND,
    GENERATE_ROWS,
    GENERATE_SEED,
    GENERATE_STARTS,
    GENERATE_VALUES,
    Settings,
)


@pytest.fixture
def settings(qtbot):
    made = Settings()
    made._store.clear()
    made.set(GENERATE_SEED, 5)
    return made


@pytest.fixture
def shown(qtbot, settings):
    def show(kind="maze"):
        settings.set(GENERATE_KIND, kind)
        dialog = GenerateDialog(settings, LIGHT)
        qtbot.addWidget(dialog)
        with qtbot.waitActive(dialog):
            dialog.show()
        settle(qtbot, dialog)
        return dialog

    return show


def settle(qtbot, dialog):
    qtbot.waitUntil(lambda: not dialog._delay.isActive() and not dialog._latest.busy)


def child(dialog, kind, name):
    found = dialog.findChild(kind, name)
    assert found is not None, name
    return found


def click(dialog, name):
    button = child(dialog, QAbstractButton, name)
    # Where a check box has its box: beside the words it takes no click.
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(8, button.height() // 2))


def type_in(dialog, name, number, kind=QSpinBox):
    field = child(dialog, kind, name)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, str(number))


def made_by(command, tmp_path, monkeypatch):
    """What the command line of the dialog writes."""
    monkeypatch.chdir(tmp_path)
    program, *words = shlex.split(command)
    assert program == "vingui"
    assert main(words) == 0
    return read_map(tmp_path / words[-1])


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_line_makes_the_same_map(qtbot, shown, kind, tmp_path, monkeypatch, capsys):
    dialog = shown(kind)
    assert dialog.grid() is not None
    first = child(dialog, QLineEdit, "command").text()
    assert dialog.grid() == made_by(first, tmp_path, monkeypatch)
    # And with every parameter changed.
    for parameter in KINDS[kind].parameters:
        if parameter.type is bool:
            click(dialog, parameter.name)
        elif parameter.type is int:
            type_in(dialog, parameter.name, 3)
        else:
            type_in(dialog, f"{parameter.name}-number", 0.37, QDoubleSpinBox)
    type_in(dialog, "rows", 19)
    type_in(dialog, "seed", 123)
    settle(qtbot, dialog)
    second = child(dialog, QLineEdit, "command").text()
    for parameter in KINDS[kind].parameters:
        assert parameter.name.replace("_", "-") in second
    assert "--size 19x19 --seed 123" in second
    assert dialog.grid().walls.shape == (19, 19)
    assert dialog.grid() == made_by(second, tmp_path, monkeypatch)


@pytest.mark.parametrize("count", [2, 7, 40])
def test_several_starts_are_those_of_the_command_line(
    qtbot, shown, settings, count, tmp_path, monkeypatch, capsys
):
    dialog = shown("caves")
    assert child(dialog, QSpinBox, "starts").maximum() == MOST_STARTS
    type_in(dialog, "starts", count)
    settle(qtbot, dialog)
    command = child(dialog, QLineEdit, "command").text()
    assert f"--starts {count}" in command
    assert len(dialog.grid().starts) == count
    assert dialog.grid() == made_by(command, tmp_path, monkeypatch)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert settings.get(GENERATE_STARTS) == count


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("obstacles", {"Obstacles, at most", "Largest obstacle"}),
        ("rooms", {"Smallest room", "Doors, at most"}),
        ("noise", {"Density"}),
    ],
)
def test_a_bound_is_called_one(shown, kind, words):
    dialog = shown(kind)
    labels = {label.text() for label in dialog.findChildren(QLabel) if label.isVisible()}
    assert words <= labels


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_in_the_form_is_cut_off(shown, kind):
    dialog = shown(kind)
    for widget in dialog._form.findChildren(QWidget):
        if widget.isVisible() and not isinstance(widget, QSpinBox | QLineEdit):
            assert widget.width() >= widget.minimumSizeHint().width(), widget.objectName()


def test_every_kind_has_its_own_form(qtbot, shown):
    dialog = shown("maze")
    box = child(dialog, QComboBox, "kind")
    assert [box.itemText(place) for place in range(box.count())] == [
        kind.title for kind in KINDS.values()
    ]
    for place, kind in enumerate(KINDS.values()):
        box.setCurrentIndex(place)
        assert child(dialog, QLabel, "kind-about").text() == kind.about
        settings = kind.settings(rows=28, cols=28)
        for parameter in kind.parameters:
            widget = dialog._form._fields[parameter.name]
            field = widget.findChild(QDoubleSpinBox) or widget
            value = field.isChecked() if isinstance(field, QCheckBox) else field.value()
            assert value == settings[parameter.name]
            assert type(value) is parameter.type
        assert set(dialog._form._fields) == set(settings)
    settle(qtbot, dialog)
    assert dialog._result.recipe.kind == list(KINDS)[-1]


def test_the_preview_follows_and_the_latest_wins(qtbot, shown):
    dialog = shown("noise")
    slider = child(dialog, QSlider, "density-slider")
    slider.setFocus()
    for _ in range(9):
        QTest.keyClick(slider, Qt.Key.Key_Right)
    number = child(dialog, QDoubleSpinBox, "density-number")
    assert number.value() == pytest.approx(0.39)
    settle(qtbot, dialog)
    assert dialog._result.recipe.values == {"density": pytest.approx(0.39)}
    assert child(dialog, MapPreview, "preview").grid is dialog.grid()
    free = dialog.grid().free
    part = largest_region(dialog.grid().walls).sum() / free.sum()
    statistics = f"{percent(free.mean())} free, {percent(part)} of it in one region"
    assert child(dialog, QLabel, "figures").text() == statistics


def test_a_map_in_one_region_says_so(shown):
    dialog = shown("caves")
    assert child(dialog, QLabel, "figures").text().endswith("free, all in one region")


def test_defaults_follow_the_size_until_they_are_changed(qtbot, shown):
    dialog = shown("obstacles")
    before = child(dialog, QSpinBox, "obstacles").value()
    type_in(dialog, "rows", 100)
    assert child(dialog, QSpinBox, "obstacles").value() > before
    type_in(dialog, "obstacles", 7)
    type_in(dialog, "rows", 28)
    assert child(dialog, QSpinBox, "obstacles").value() == 7
    click(dialog, "defaults")
    assert child(dialog, QSpinBox, "obstacles").value() == before
    assert "--obstacles" not in child(dialog, QLineEdit, "command").text()


def test_back_at_its_default_a_setting_is_not_in_the_command(shown):
    dialog = shown("noise")
    click(dialog, "border")
    assert "--border" in child(dialog, QLineEdit, "command").text()
    click(dialog, "border")
    assert "border" not in child(dialog, QLineEdit, "command").text()


def test_generate_hands_the_map_over_and_closes(qtbot, shown, settings):
    dialog = shown()
    shown_map = dialog.grid()
    with qtbot.waitSignal(dialog.applied) as applied:
        QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert applied.args[0] == shown_map
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.grid() == shown_map
    # The next time there is another map to begin with.
    assert settings.get(GENERATE_SEED) != 5


def test_apply_hands_it_over_and_goes_on_with_another_seed(qtbot, shown):
    dialog = shown()
    shown_map = dialog.grid()
    with qtbot.waitSignal(dialog.applied) as applied:
        click(dialog, "apply")
    assert applied.args[0] == shown_map
    assert dialog.isVisible()
    settle(qtbot, dialog)
    assert dialog.grid() != shown_map
    assert child(dialog, QSpinBox, "seed").value() != 5


def test_the_seed_stays_where_that_is_wished(qtbot, shown, settings):
    dialog = shown()
    click(dialog, "always-new")
    click(dialog, "apply")
    click(dialog, "accept")
    assert settings.get(GENERATE_SEED) == 5


def test_the_dice_draws_another_map(qtbot, shown):
    dialog = shown()
    shown_map = dialog.grid()
    click(dialog, "dice")
    settle(qtbot, dialog)
    assert dialog.grid() != shown_map


def test_a_map_is_applied_as_soon_as_it_has_been_generated(qtbot, shown):
    dialog = shown()
    type_in(dialog, "rows", 35)
    with qtbot.waitSignal(dialog.applied) as applied:
        click(dialog, "accept")
    assert applied.args[0].walls.shape == (35, 35)
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_a_slow_map_says_that_it_is_being_made(qtbot, shown, monkeypatch):
    dialog = shown()
    gate = threading.Event()
    real = generate_form.Recipe.generate

    def slow(recipe):
        gate.wait(10)
        return real(recipe)

    monkeypatch.setattr(generate_form.Recipe, "generate", slow)
    type_in(dialog, "rows", 35)
    preview = child(dialog, MapPreview, "preview")
    qtbot.waitUntil(lambda: preview.text == "Generating …")
    type_in(dialog, "rows", 36)
    assert preview.text
    gate.set()
    qtbot.waitUntil(lambda: not preview.text)
    assert dialog.grid().walls.shape == (36, 36)


def test_closing_drops_what_is_under_way(qtbot, shown, monkeypatch):
    dialog = shown()
    gate = threading.Event()
    monkeypatch.setattr(generate_form.Recipe, "generate", lambda _: gate.wait(10))
    click(dialog, "dice")
    qtbot.waitUntil(lambda: not dialog._delay.isActive())
    with qtbot.assertNotEmitted(dialog.applied):
        click(dialog, "accept")
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        gate.set()
        qtbot.waitUntil(
            lambda: not any(one.name == "vingui-background" for one in threading.enumerate())
        )
    assert dialog.result() == QDialog.DialogCode.Rejected


def test_a_refusal_of_the_generator_is_shown(qtbot, shown, monkeypatch):
    def refuse(_):
        raise VinguiError("Expected less, received more")

    dialog = shown()
    shown_map = dialog.grid()
    monkeypatch.setattr(generate_form.Recipe, "generate", refuse)
    with qtbot.assertNotEmitted(dialog.applied):
        click(dialog, "dice")
        click(dialog, "accept")
        settle(qtbot, dialog)
    assert child(dialog, QLabel, "figures").text() == "Expected less, received more"
    assert dialog.isVisible()
    assert dialog.grid() is shown_map


def test_a_bug_in_a_generator_is_no_message(qtbot, shown, monkeypatch):
    dialog = shown()
    monkeypatch.setattr(generate_form.Recipe, "generate", lambda _: 1 // 0)
    with qtbot.captureExceptions() as caught:
        click(dialog, "dice")
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is ZeroDivisionError


def test_everything_is_remembered(qtbot, shown, settings):
    dialog = shown("rooms")
    click(dialog, "square")
    type_in(dialog, "rows", 20)
    type_in(dialog, "cols", 30)
    type_in(dialog, "doors", 5)
    click(dialog, "always-new")
    type_in(dialog, "seed", 99)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert settings.get(GENERATE_KIND) == "rooms"
    assert (settings.get(GENERATE_ROWS), settings.get(GENERATE_COLS)) == (20, 30)
    assert json.loads(settings.get(GENERATE_VALUES)) == {"rooms": {"doors": 5}}
    again = shown("rooms")
    assert again._form.recipe() == dialog._form.recipe()
    assert again.grid() == generate.Recipe("rooms", 20, 30, 99, {"doors": 5}).generate()


@pytest.mark.parametrize(
    "kept",
    [
        "no json",
        "[]",
        '{"rooms": 3}',
        '{"rooms": {"doors": "many", "unknown": 1, "room_size": 9999, "border": 1}}',
        '{"gone": {"doors": 3}}',
        "[" * 100_000,
    ],
)
def test_damaged_memories_are_the_defaults(shown, settings, kept):
    settings.set(GENERATE_VALUES, kept)
    dialog = shown("rooms")
    assert dialog._form.recipe().values == {}


def test_a_kind_of_a_newer_version_is_the_first_one(shown):
    dialog = shown("labyrinths")
    assert child(dialog, QComboBox, "kind").currentIndex() == 0


def test_the_command_line_can_be_copied(shown):
    dialog = shown()
    command = child(dialog, QLineEdit, "command")
    assert command.isReadOnly()
    click(dialog, "copy-command")
    assert QGuiApplication.clipboard().text() == command.text()
    assert command.text() == "vingui generate maze --size 28x28 --seed 5 maze-5.json"
