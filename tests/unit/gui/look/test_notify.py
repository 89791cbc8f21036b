"""The bar of messages, used as a user does."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from vingui.gui.look.notify import MessageBar
from vingui.gui.look.theme import DARK, LIGHT, Theme


class Page(QWidget):
    """A bar over something that has the keyboard."""

    def __init__(self):
        super().__init__()
        self.theme = Theme()
        self.theme.choose("light")
        self.bar = MessageBar(self.theme, self, footer=40)
        self.field = QLineEdit()
        layout = QVBoxLayout(self)
        layout.addWidget(self.field)
        layout.addStretch()
        self.resize(640, 360)


@pytest.fixture
def page(qtbot):
    page = Page()
    qtbot.addWidget(page)
    page.show()
    qtbot.waitExposed(page)
    page.activateWindow()
    page.field.setFocus()
    qtbot.waitUntil(page.field.hasFocus)
    return page


def messages(page):
    """The messages from the top, in their places."""
    layout = page.bar.layout()
    layout.activate()
    return [layout.itemAt(place).widget() for place in range(layout.count())]


def button(page, name, *, place=0):
    return messages(page)[place].findChild(QToolButton, name)


def click(widget):
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_there_is_no_bar_without_messages(page):
    assert not page.bar.isVisible()
    page.bar.show_message("SavedMap.", key="file")
    assert page.bar.isVisible()
    page.bar.close_message("file")
    assert not page.bar.isVisible()


def test_the_text_is_plain_wraps_and_can_be_selected(page):
    text = "Expected <b>8</b> rows, received 9. " * 12
    page.bar.show_message(text, kind="error")
    label = messages(page)[0].findChild(QLabel, "message-text")
    assert label.text() == text
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert label.height() > 3 * label.fontMetrics().height()
    QTest.mouseDClick(label, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    assert label.selectedText() == "Expected"


def test_a_long_word_does_not_widen_the_window(page):
    before = page.minimumSizeHint().width()
    page.bar.show_message("x" * 500, kind="error")
    assert page.minimumSizeHint().width() <= max(before, 200)


def test_the_bar_floats_at_the_lower_edge(page):
    before = page.field.geometry()
    page.bar.show_message("Copied.")
    page.bar.show_message("Stopped.", kind="error", actions=(("Try again", lambda: None),))
    for width, height in ((640, 360), (300, 200), (900, 500)):
        page.resize(width, height)
        page.layout().activate()
        bar = page.bar.geometry()
        assert bar.bottom() == height - 40 - 12 - 1
        assert abs(bar.center().x() - width / 2) <= 1
        assert bar.left() >= 12
        assert page.field.geometry().top() == before.top()
        for message in messages(page):
            assert page.bar.rect().contains(message.geometry())
    short = page.bar.width()
    page.bar.show_message("Words " * 60)
    assert short < page.bar.width() <= 620
    assert page.bar.geometry().bottom() == page.height() - 40 - 12 - 1


@pytest.mark.parametrize("kind", ["note", "warning", "error"])
def test_the_close_button_closes(page, kind):
    page.bar.show_message("Something.", kind=kind)
    click(button(page, "message-close"))
    assert page.bar.texts == ()
    assert not page.bar.isVisible()


def test_an_action_is_run_after_its_message_closed(page):
    calls = []

    def again():
        calls.append(page.bar.texts)
        page.bar.show_message("Trying.", key="planner")

    page.bar.show_message(
        "The planner stopped.",
        kind="error",
        actions=(("Try again", again), ("Details", lambda: calls.append("details"))),
        key="planner",
    )
    assert button(page, "message-action-0").text() == "Try again"
    click(button(page, "message-action-0"))
    assert calls == [()]
    assert page.bar.texts == ("Trying.",)


def test_each_action_runs_its_own_call(page):
    calls = []
    actions = [(name, lambda name=name: calls.append(name)) for name in ("One", "Two")]
    page.bar.show_message("Which?", kind="warning", actions=actions)
    click(button(page, "message-action-1"))
    assert calls == ["Two"]


def test_a_note_closes_by_itself_and_others_stay(qtbot, page):
    page.bar.note_milliseconds = 30
    page.bar.show_message("Stopped.", kind="error")
    page.bar.show_message("Unusual.", kind="warning")
    page.bar.show_message("Copied.")
    qtbot.waitUntil(lambda: page.bar.texts == ("Stopped.", "Unusual."))
    page.bar.show_message("Copied again.")
    qtbot.waitUntil(lambda: page.bar.texts == ("Stopped.", "Unusual."))
    assert page.bar.isVisible()


def test_a_note_stays_under_the_mouse(qtbot, page):
    page.bar.note_milliseconds = 500
    page.bar.show_message("Read me.")
    QTest.mouseMove(messages(page)[0], QPoint(60, 12))
    qtbot.waitUntil(messages(page)[0].underMouse)
    page.bar.note_milliseconds = 550
    page.bar.show_message("The other.")
    qtbot.waitUntil(lambda: page.bar.texts == ("Read me.",))
    QTest.mouseMove(page, QPoint(300, 100))
    qtbot.waitUntil(lambda: page.bar.texts == ())


def test_a_note_stays_while_it_has_the_keyboard(qtbot, page):
    page.bar.note_milliseconds = 100
    page.bar.show_message("Read me.", actions=(("Undo", lambda: None),))
    button(page, "message-action-0").setFocus(Qt.FocusReason.TabFocusReason)
    page.bar.show_message("The other.")
    qtbot.waitUntil(lambda: page.bar.texts == ("Read me.",))
    page.field.setFocus()
    qtbot.waitUntil(lambda: page.bar.texts == ())


def test_the_time_of_a_note_starts_when_it_is_visible(qtbot):
    page = Page()
    qtbot.addWidget(page)
    page.bar.note_milliseconds = 1
    page.bar.show_message("Restored.")
    other = Page()
    qtbot.addWidget(other)
    other.bar.note_milliseconds = 20
    other.bar.show_message("Seen.")
    other.show()
    qtbot.waitUntil(lambda: other.bar.texts == ())
    assert page.bar.texts == ("Restored.",)
    page.show()
    qtbot.waitUntil(lambda: page.bar.texts == ())


def test_a_message_takes_the_place_of_the_one_with_its_key(page):
    page.bar.show_message("Too small.", kind="warning", key="refused")
    page.bar.show_message("Stopped.", kind="error", key="planner")
    page.bar.show_message("Too large.", kind="warning", key="refused")
    assert page.bar.texts == ("Too large.", "Stopped.")
    page.bar.show_message("No key.", kind="warning")
    page.bar.close_message("")
    assert page.bar.texts == ("Too large.", "Stopped.", "No key.")


def test_messages_without_a_key_do_not_replace_each_other(page):
    page.bar.show_message("One.")
    page.bar.show_message("Two.")
    assert page.bar.texts == ("One.", "Two.")


def test_the_oldest_note_goes_first_where_there_are_too_many(page):
    for text, kind in (("E", "error"), ("N1", "note"), ("N2", "note"), ("W", "warning")):
        page.bar.show_message(text, kind=kind)
    assert page.bar.texts == ("E", "N2", "W")
    page.bar.show_message("W2", kind="warning")
    assert page.bar.texts == ("E", "W", "W2")
    page.bar.show_message("W3", kind="warning")
    assert page.bar.texts == ("W", "W2", "W3")
    page.bar.show_message("N3")
    assert page.bar.texts == ("W", "W2", "W3")
    assert len(messages(page)) == 3


def test_it_never_takes_the_keyboard(page):
    page.bar.show_message("Copied.")
    page.bar.show_message("Stopped.", kind="error", actions=(("Try again", lambda: None),))
    assert page.field.hasFocus()
    click(button(page, "message-close", place=0))
    assert page.field.hasFocus()
    click(button(page, "message-action-0"))
    assert page.field.hasFocus()


def test_escape_closes_the_message_that_has_the_keyboard(page):
    page.bar.show_message("One.", kind="error")
    page.bar.show_message("Two.", kind="error")
    QTest.keyClick(page.field, Qt.Key.Key_Escape)
    assert page.bar.texts == ("One.", "Two.")
    close = button(page, "message-close", place=1)
    close.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(close, Qt.Key.Key_Escape)
    assert page.bar.texts == ("One.",)


def test_escape_closes_a_message_whose_words_were_clicked(page):
    page.bar.show_message("One.", kind="error")
    label = messages(page)[0].findChild(QLabel, "message-text")
    click(label)
    QTest.keyClick(label, Qt.Key.Key_Escape)
    assert page.bar.texts == ()


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=lambda look: look.name)
def test_kinds_have_colours_of_their_own_that_follow_the_theme(page, look):
    for kind in ("note", "warning", "error"):
        page.bar.show_message(kind, kind=kind)
    page.theme.choose(look.name)
    picture = page.grab().toImage()
    ratio = picture.devicePixelRatio()
    grounds = []
    for message in messages(page):
        corner = message.mapTo(page, QPoint(3, 3))
        grounds.append(picture.pixelColor(corner * ratio))
    assert len({ground.name() for ground in grounds}) == 3
    assert all((ground.lightnessF() < 0.4) is look.dark for ground in grounds)


def test_screen_readers_get_the_kind_and_the_text(page):
    page.bar.show_message("Stopped.", kind="error", actions=(("Try again", lambda: None),))
    assert messages(page)[0].accessibleName() == "Error: Stopped."
    for one in messages(page)[0].findChildren(QToolButton):
        assert one.objectName()
        assert one.accessibleName()
        assert one.toolTip()
