"""Panels that are made when they are first shown."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel

from vingui.gui.docks.panel import WhenShown


def test_content_is_made_once_and_not_before_it_is_shown(qtbot):
    made = []

    def make():
        made.append(QLabel("content"))
        made[-1].setFixedSize(300, 500)
        return made[-1]

    panel = WhenShown(make, height=200)
    qtbot.addWidget(panel)
    assert made == []
    assert panel.sizeHint().height() == 200
    for _ in range(2):
        panel.show()
        qtbot.waitExposed(panel)
        assert made[0].isVisible()
        panel.hide()
    assert len(made) == 1
    assert panel.sizeHint() == QSize(300, 500)
    assert panel.minimumSizeHint() == QSize(300, 500)
