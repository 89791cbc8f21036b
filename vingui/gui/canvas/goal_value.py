"""The field for what reaching a goal is worth, which is shown beside the goal."""

from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

from vingui.core import map_edits
from vingui.core.grid import Cell
from vingui.gui.document.document import Document
from vingui.gui.look.fields import labelled, number, row

_MOST: Final = 100_000.0
_BESIDE: Final = QPoint(14, 14)
"""From the middle of the goal to the field, in pixels."""


class GoalValuePopup(QFrame):
    """Changes a goal's value while it is open, as one edit. Escape restores the value.

    Args:
        document: the map.
        goal: the goal's cell.
        parent: the view.
    """

    def __init__(self, document: Document, goal: Cell, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("goal-value")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._document, self._goal = document, goal
        about = "What reaching this goal is worth, in the unit of costs. Goals of a higher value "
        about += "are worth a longer way."
        self._field = number("value", "Value of this goal", about, low=-_MOST, high=_MOST)
        self._field.setDecimals(2)
        self._field.setValue(document.grid.valued_goals[goal])
        self._field.selectAll()
        self._field.valueChanged.connect(self._on_changed)
        layout = row(labelled("Value of this goal", self._field), self._field)
        layout.setContentsMargins(12, 8, 12, 8)
        self.setLayout(layout)
        document.commit()
        document.begin("Change the value of a goal")

    def show_beside(self, place: QPoint) -> None:
        """Show it beside a point of the screen."""
        self.adjustSize()
        self.move(place + _BESIDE)
        self.show()
        self._field.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Close on Enter; on Escape, restore the value first."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close()
        elif event.key() == Qt.Key.Key_Escape:
            self._document.abandon()
            self.close()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """End the edit."""
        self._document.commit()
        super().hideEvent(event)

    def _on_changed(self, value: float) -> None:
        if self._document.in_stroke:
            grid = map_edits.set_goal_value(self._document.grid, self._goal, value)
            self._document.preview(grid)
