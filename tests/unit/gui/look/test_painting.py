"""Widgets painted together, at once or a moment later."""

import pytest
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from vingui.gui.look.painting import Painting


class Canvas(QWidget):
    """Counts how often it was painted."""

    def __init__(self, name, order):
        super().__init__()
        self.setMinimumSize(40, 40)
        self.name, self.order = name, order
        self.stale = False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        self.stale = False
        self.order.append(self.name)


@pytest.fixture
def canvases(qtbot):
    order = []
    top = QWidget()
    qtbot.addWidget(top)
    layout = QHBoxLayout(top)
    one, other = Canvas("one", order), Canvas("other", order)
    layout.addWidget(one)
    layout.addWidget(other)
    with qtbot.waitExposed(top):
        top.show()
    qtbot.waitUntil(lambda: {"one", "other"} <= set(order))
    order.clear()
    yield one, other, order
    top.close()


def request(painting, canvas, *, later=False):
    canvas.stale = True
    (painting.request_later if later else painting.request)(canvas, lambda: canvas.stale)


def test_each_requested_widget_is_painted_once(qtbot, canvases):
    one, other, order = canvases
    painting = Painting()
    for canvas in (one, other, one, other):
        request(painting, canvas)
    assert not order
    qtbot.waitUntil(lambda: len(order) >= 2)
    assert sorted(order) == ["one", "other"]


def test_what_can_wait_is_painted_after_the_rest(qtbot, canvases):
    one, other, order = canvases
    painting = Painting()
    request(painting, other, later=True)
    request(painting, one)
    qtbot.waitUntil(lambda: len(order) >= 2)
    assert order == ["one", "other"]


def test_a_delayed_widget_is_painted_with_the_others(qtbot, canvases):
    one, other, order = canvases
    painting = Painting()
    request(painting, one, later=True)
    request(painting, one)
    request(painting, other)
    qtbot.waitUntil(lambda: len(order) >= 2)
    assert sorted(order) == ["one", "other"]
    assert not painting._waiting


def test_what_was_painted_meanwhile_is_not_painted_again(qtbot, canvases):
    one, other, order = canvases
    painting = Painting()
    request(painting, one)
    one.repaint()
    request(painting, other)
    qtbot.waitUntil(lambda: "other" in order)
    assert order == ["one", "other"]


def test_a_widget_that_is_gone_is_left_out(qtbot, canvases):
    one, other, order = canvases
    painting = Painting()
    request(painting, one)
    request(painting, other)
    one.setParent(None)
    one.deleteLater()
    qtbot.waitUntil(lambda: "other" in order)
    assert "one" not in order
