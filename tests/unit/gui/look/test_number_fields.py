"""Numbers are typed alike in every language."""

import pytest
from PySide6.QtCore import QEvent, QLocale, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from vingui.gui.look.number_fields import DecimalField, WholeField

CTRL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
LANGUAGES = ("de_DE", "fr_FR", "tr_TR", "ar_EG", "de_CH", "en_IN", "C")


@pytest.fixture(params=LANGUAGES)
def language(request):
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield
    QLocale.setDefault(before)


@pytest.fixture
def shown(qtbot):
    """Shows a field above another one, to which Tab leads."""

    windows = []

    def show(field):
        windows.append(window := QWidget())
        layout = QVBoxLayout(window)
        layout.addWidget(field)
        layout.addWidget(QLineEdit())
        qtbot.addWidget(window)
        with qtbot.waitActive(window):
            window.show()
        return field

    return show


def typed(field, text):
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert not field.hasFocus()
    return field.value()


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize(
    ("text", "value", "after"),
    [
        ("1.5", 1.5, "1.500 s"),
        ("1,5", 1.5, "1.500 s"),
        ("0.48", 0.48, "0.480 s"),
        ("0,048", 0.048, "0.048 s"),
        (",25", 0.25, "0.250 s"),
        ("-3,25", -3.25, "-3.250 s"),
        ("1,000", 1.0, "1.000 s"),
        ("1234.5", 1234.5, "1234.500 s"),
    ],
)
def test_either_separator_is_a_decimal_point(shown, text, value, after):
    field = shown(DecimalField())
    field.setDecimals(3)
    field.setRange(-5000, 5000)
    field.setSuffix(" s")
    assert typed(field, text) == value
    assert field.text() == after


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize("text", ["1.5", "1,5", "1٫5"])
def test_a_pasted_number_is_read_alike(shown, text):
    field = shown(DecimalField())
    QGuiApplication.clipboard().setText(text)
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert field.value() == 1.5


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize("tracking", [True, False])
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5", 2),
        ("7,2", 7),
        ("2,5", 3),
        ("15.0", 15),
        ("1999,9", 2000),
        ("640", 640),
    ],
)
def test_a_whole_number_is_rounded_and_never_ten_times_as_large(shown, text, value, tracking):
    field = shown(WholeField())
    field.setRange(0, 2000)
    field.setSuffix(" px")
    field.setKeyboardTracking(tracking)
    assert typed(field, text) == value
    assert field.text() == f"{value} px"


def test_what_would_be_out_of_range_changes_nothing(shown):
    field = shown(WholeField())
    field.setRange(2, 1024)
    field.setValue(16)
    assert typed(field, "1,2") == 16
    assert typed(field, ",") == 16


@pytest.mark.usefixtures("language")
def test_a_large_number_is_shown_as_it_is_typed(shown):
    field = shown(WholeField())
    field.setMaximum(1_000_000)
    field.setValue(123_456)
    assert field.text() == "123456"
    decimal = DecimalField()
    decimal.setMaximum(1e6)
    decimal.setValue(123_456.5)
    assert decimal.text() == "123456.50"


def offered(field, key, modifiers):
    """Whether a field was shown a key that may be a shortcut, and whether it wants it."""
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifiers)
    event.ignore()
    return field.event(event), event.isAccepted()


@pytest.mark.parametrize("kind", [DecimalField, WholeField])
@pytest.mark.parametrize("letter", "EGUKDRQ")
@pytest.mark.parametrize("shift", [NONE, Qt.KeyboardModifier.ShiftModifier])
def test_keys_that_edit_no_text_are_left_to_the_window(qtbot, kind, letter, shift):
    field = kind()
    qtbot.addWidget(field)
    # Not even shown to Qt's own field, which takes Ctrl+E, Ctrl+K, Ctrl+U and Ctrl+D under X11.
    assert offered(field, Qt.Key(ord(letter)), CTRL | shift) == (False, False)


@pytest.mark.parametrize("kind", [DecimalField, WholeField])
@pytest.mark.parametrize("letter", "ACVXZ")
def test_keys_that_edit_text_are_the_fields(qtbot, kind, letter):
    field = kind()
    qtbot.addWidget(field)
    assert offered(field, Qt.Key(ord(letter)), CTRL) == (True, True)
    # Ctrl+Backspace deletes a word of it, and not the map's walls.
    assert offered(field, Qt.Key.Key_Backspace, CTRL)[0]
