"""The inspector: one cell's place on the map, its value, q-values and policy."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from vingui.core.grid import Cell
from vingui.gui.docks.compass import ActionList, Compass
from vingui.gui.docks.inspection import Inspection, compared, inspect
from vingui.gui.docks.panel import DockPanel, empty_page, quiet_label, tabular
from vingui.gui.look.fields import named
from vingui.gui.look.plain_text import Label
from vingui.gui.session import Session

_EMPTY: Final = "Move the mouse over the map, or use the arrow keys."
_HOW_TO_PIN: Final = "Click in the value view, or press Enter, to pin a cell here."
_HOW_TO_UNPIN: Final = "Pinned. Click the cell again, or press Escape, to unpin it."

_ABOUT_EXACT: Final = (
    "The exact cost-to-go: the length of a shortest path, in cells, and in metres if the map "
    "has a resolution; with terrain, what the best path costs"
)
_ABOUT_DIFFERENCE: Final = (
    "V plus the exact cost-to-go: 0 where V is exact. Only the values of a network with a dynamic "
    "kernel are costs, with learned costs after these are scaled; those of the paper's VIN are on "
    "another scale."
)
_ABOUT_LEARNED: Final = (
    "What the network believes that the cell costs per unit of length. On a map with costs it is "
    "scaled, by one number for all cells, to come as near them as possible."
)
_FIELDS: Final = (
    ("terrain", "Terrain", "The kind of terrain of the cell, and its cost per unit of length"),
    ("learned", "Learned cost", _ABOUT_LEARNED),
    ("worth", "Goal's value", "What reaching the goal in this cell is worth"),
    ("value", "V", "The value of the cell at the iteration under the playhead"),
    ("exact", "Cost-to-go", _ABOUT_EXACT),
    ("difference", "Difference", _ABOUT_DIFFERENCE),
    ("optimal", "Optimal", "Every action that is the first of a shortest path"),
    ("greedy", "Greedy", "The action that the policy takes at this iteration"),
)
_SOMETIMES: Final = ("terrain", "learned", "worth")
"""Fields that are only shown where the map has terrain, the network learned what cells cost, or
goals differ in value."""


class Inspector(DockPanel):
    """Shows the pinned cell, or else the cell under the mouse or the cell cursor.

    While a cell is pinned, two lines compare the cell under the mouse with it.

    Args:
        session: the map and the run that are inspected.
        parent: the Qt parent.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "inspector", "Inspector", parent)
        self.shown: Inspection | None = None
        self.compass = Compass(session.theme)
        self.listing = ActionList(session.theme)
        self._title = named(Label(), "inspector-title", "", "")
        self._value_name = quiet_label()
        self._texts: dict[str, QLabel] = {}
        self._names: dict[str, QLabel] = {}
        self._note = named(quiet_label(_HOW_TO_PIN), "inspector-beside", "", "")
        self._pages = QStackedLayout(self)
        self._pages.addWidget(empty_page("inspector-empty", _EMPTY))
        self._pages.addWidget(self._page())
        self.refresh_after(
            session.inspected_changed,
            session.pinned_changed,
            session.values_changed,
            session.run_changed,
            session.document.changed,
        )

    def _page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        bold = self._title.font()
        bold.setBold(True)
        self._title.setFont(bold)
        column.addWidget(self._title)
        column.addLayout(self._fields())
        note = self._note
        note.setWordWrap(True)
        note.setFont(tabular(note.font()))
        note.setAlignment(Qt.AlignmentFlag.AlignTop)
        # In a low window, the note is the first to shrink.
        note.setMinimumHeight(1)
        note.setMaximumHeight(2 * self.fontMetrics().lineSpacing())
        note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column.addWidget(note)
        both = QHBoxLayout()
        both.setSpacing(8)
        both.addWidget(self.compass, 0, Qt.AlignmentFlag.AlignTop)
        both.addWidget(self.listing, 1)
        column.addLayout(both)
        column.addStretch(1)
        return page

    def _fields(self) -> QGridLayout:
        fields = QGridLayout()
        fields.setHorizontalSpacing(12)
        fields.setVerticalSpacing(2)
        fields.setColumnStretch(1, 1)
        for row, (key, name, about) in enumerate(_FIELDS):
            label = self._value_name if key == "value" else quiet_label(name)
            text = named(Label(), f"inspector-{key}", name, about)
            text.setFont(tabular(text.font()))
            # The texts change with every move of the mouse, so a wide one must not shift others.
            text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            label.setToolTip(about)
            self._names[key] = label
            if key in _SOMETIMES:
                label.hide()
                text.hide()
            for column, widget in enumerate((label, text)):
                widget.setFixedHeight(widget.fontMetrics().height() + 2)
                fields.addWidget(widget, row, column)
            self._texts[key] = text
        widest = self.fontMetrics().horizontalAdvance("V at k = 88,888")
        fields.setColumnMinimumWidth(0, widest)
        return fields

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Narrower, and without the note and the spare rows of the list."""
        spare = self.listing.spare_height + self._note.maximumHeight()
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height() - spare)

    def refresh(self) -> None:
        """Show the session's current state."""
        session = self.session
        pinned, pointed = session.pinned, session.inspected
        self.shown = shown = self._inspect(pinned if pinned is not None else pointed)
        self._pages.setCurrentIndex(1 if shown else 0)
        if not shown:
            return
        self._title.setText(shown.title)
        note = _HOW_TO_PIN if pinned is None else _HOW_TO_UNPIN
        other = self._inspect(pointed) if pinned is not None and pointed != pinned else None
        if other is not None:
            note = compared(other, shown)
        self._note.setText(note)
        self._note.setToolTip(note)
        self._value_name.setText(f"V at k = {shown.k:,}" if shown.k else "V")
        for key, label in self._texts.items():
            label.setText(getattr(shown, key))
        for key in _SOMETIMES:
            for label in (self._names[key], self._texts[key]):
                label.setVisible(bool(getattr(shown, key)))
        self.compass.show_directions(shown.directions)
        self.listing.show_rows(shown.header, shown.rows)

    def _inspect(self, cell: Cell | None) -> Inspection | None:
        session = self.session
        if cell is None:
            return None
        return inspect(session.document.grid, session.run, session.k, cell)
