"""The inspector: one cell's place on the map, its value, how it was computed, and its policy."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from vingui.core.grid import Cell
from vingui.gui.docks.arithmetic import Arithmetic
from vingui.gui.docks.compass import Compass
from vingui.gui.docks.inspection import Inspection, as_text, compared, inspect, take_apart
from vingui.gui.docks.number_list import NumberList
from vingui.gui.docks.panel import DockPanel, empty_page, quiet_label, tabular
from vingui.gui.look.buttons import small_button
from vingui.gui.look.fields import named
from vingui.gui.look.plain_text import Label
from vingui.gui.session import Session

_EMPTY: Final = "Move the mouse over the map, or use the arrow keys."
_HOW_TO_PIN: Final = "Click in the value view, or press Enter, to see how V is computed."
_HOW_TO_UNPIN: Final = "Arrow keys move the pin. Escape, or a second click, unpins the cell."

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

_ROWS: Final = 8
"""Rows of the list beside the compass: one for each action."""

_LIST: Final = "q: the q-value. p: the action's probability. Dot: optimal."
_SUMS: Final = (
    "The sum for each action, or for each latent action of the paper's VIN. Bold: the largest q. "
    "Grey: the move is not possible, and the action stays in the cell."
)
_POLICY: Final = (
    "Bar and p: the action's probability. Bold: the most probable one. Dot: optimal. Grey: the "
    "move is not possible."
)
_NUMBER: Final = "−888.88"
"""As wide as most numbers."""


class Inspector(DockPanel):
    """Shows the pinned cell, or else the cell under the mouse or the cell cursor, or the last one.

    Of a pinned cell it shows the arithmetic of the backup at the playhead, and two lines compare
    the cell under the mouse with it.

    Args:
        session: the map and the run that are inspected.
        parent: the Qt parent.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "inspector", "Inspector", parent)
        self.shown: Inspection | None = None
        self.sums: Arithmetic | None = None
        self._summed: Cell | None = None
        self._summed_number = 0
        self.compass = Compass(session.theme)
        self.listing = _list(session, "list", "Actions", _LIST, ("−888", "100"), lines=_ROWS)
        self._backup = _list(session, "backup", "Backup", _SUMS, (_NUMBER,) * 3)
        self._policy = _list(session, "policy", "Policy", _POLICY, (_NUMBER, "100.0"))
        self._about, self._result, self._about_policy = (
            named(Label(), f"inspector-{name}", "", "")
            for name in ("about-backup", "result", "about-policy")
        )
        self._pin = small_button("inspector-pin", "pin", "Pin or unpin this cell")
        self._copy = small_button("inspector-copy", "copy", "Copy what is shown as text")
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
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._pin.setCheckable(True)
        self._pin.clicked.connect(self._toggle_pin)
        self._copy.clicked.connect(self.copy)
        heading = QHBoxLayout()
        heading.setSpacing(2)
        for widget in (self._title, self._pin, self._copy):
            heading.addWidget(widget)
        column.addLayout(heading)
        column.addLayout(self._fields())
        note = self._note
        note.setWordWrap(True)
        note.setFont(tabular(note.font()))
        note.setAlignment(Qt.AlignmentFlag.AlignTop)
        # In a low window, the note is the first to shrink.
        note.setMinimumHeight(1)
        note.setMaximumHeight(2 * self.fontMetrics().lineSpacing())
        note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column.addWidget(self._overview())
        column.addWidget(self._arithmetic())
        column.addWidget(note)
        column.addStretch(1)
        return page

    def _overview(self) -> QWidget:
        """What is shown of the policy of a cell that is not pinned."""
        self._unpinned = QWidget()
        both = QHBoxLayout(self._unpinned)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(8)
        both.addWidget(self.compass, 0, Qt.AlignmentFlag.AlignTop)
        both.addWidget(self.listing, 1)
        return self._unpinned

    def _arithmetic(self) -> QWidget:
        """How a pinned cell got its value, and what policy follows."""
        self._pinned = QWidget()
        column = QVBoxLayout(self._pinned)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for label in (self._about, self._about_policy):
            label.setWordWrap(True)
            label.setProperty("quiet", True)
        bold = tabular(self._result.font())
        bold.setBold(True)
        self._result.setFont(bold)
        for widget in (self._about, self._backup, self._result):
            column.addWidget(widget)
        column.addSpacing(6)
        column.addWidget(self._about_policy)
        column.addWidget(self._policy)
        self._pinned.hide()
        return self._pinned

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
        """Narrower, and without the note."""
        height = self.sizeHint().height() - self._note.maximumHeight()
        return QSize(super().minimumSizeHint().width(), height)

    def refresh(self) -> None:
        """Show the session's current state."""
        session = self.session
        cell = session.pinned if session.pinned is not None else session.last_inspected
        self.shown = shown = self._inspect(cell)
        self._pages.setCurrentIndex(1 if shown else 0)
        if not shown or cell is None:
            return
        self._title.setText(shown.title)
        self._pin.setChecked(session.pinned is not None)
        self._show_note(shown)
        self._value_name.setText(f"V at k = {shown.k:,}" if shown.k else "V")
        for key, label in self._texts.items():
            label.setText(getattr(shown, key))
        for key in _SOMETIMES:
            for label in (self._names[key], self._texts[key]):
                label.setVisible(bool(getattr(shown, key)))
        self._unpinned.setVisible(session.pinned is None)
        self._pinned.setVisible(session.pinned is not None)
        if session.pinned is None:
            self.compass.show_directions(shown.directions)
            self.listing.show_rows(shown.header, shown.rows)
        else:
            self._show_sums(shown, cell)

    def _show_note(self, shown: Inspection) -> None:
        pinned, pointed = self.session.pinned, self.session.inspected
        note = _HOW_TO_PIN if pinned is None else _HOW_TO_UNPIN
        other = self._inspect(pointed) if pinned is not None and pointed != pinned else None
        if other is not None:
            note = compared(other, shown)
        self._note.setText(note)
        self._note.setToolTip(note)

    def _show_sums(self, shown: Inspection, cell: Cell) -> None:
        run = self.session.run
        sums = take_apart(run, shown, cell)
        number = run.number if run is not None else 0
        if sums is None and self._summed == cell:
            # The answer arrives within milliseconds; an empty panel in between would flicker. But
            # what is of an older plan is grey.
            self._pinned.setEnabled(number == self._summed_number)
            return
        self._pinned.setEnabled(True)
        self._summed_number = number
        self._summed, self.sums = cell, sums
        sums = sums or Arithmetic("…")
        for label, text in (
            (self._about, sums.about),
            (self._result, sums.result),
            (self._about_policy, sums.policy_about),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        for table, header, rows in (
            (self._backup, sums.header, sums.rows),
            (self._policy, sums.policy_header, sums.policy_rows),
        ):
            table.show_rows(header, rows)
            table.setVisible(bool(rows))

    def copy(self) -> None:
        """Copy what is shown as text."""
        shown, pinned = self.shown, self.session.pinned is not None
        if shown is not None:
            names = {key: name for key, name, _ in _FIELDS} | {"value": self._value_name.text()}
            fields = [(names[key], getattr(shown, key)) for key in names if getattr(shown, key)]
            if self.session.run is not None:
                fields.insert(0, ("Model", self.session.run.model))
            QApplication.clipboard().setText(as_text(shown, fields, self.sums if pinned else None))

    def _toggle_pin(self) -> None:
        session = self.session
        session.set_pinned(None if session.pinned is not None else session.last_inspected)
        self.refresh()

    def _inspect(self, cell: Cell | None) -> Inspection | None:
        session = self.session
        if cell is None:
            return None
        return inspect(session.document.grid, session.run, session.k, cell)


def _list(
    session: Session,
    name: str,
    title: str,
    about: str,
    widest: Sequence[str],
    *,
    lines: int | None = None,
) -> NumberList:
    return NumberList(
        session.theme,
        name=f"inspector-{name}",
        title=title,
        about=about,
        widest=widest,
        lines=lines,
    )
