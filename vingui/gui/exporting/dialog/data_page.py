"""The data page of the export dialog: arrays, tables, a summary of the plan, the map."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QRadioButton, QVBoxLayout

from vingui.core.formats import FORMATS
from vingui.core.outcome_text import state
from vingui.gui import settings as entries
from vingui.gui.exporting.choices import DATA, Export
from vingui.gui.exporting.controller import Exporting
from vingui.gui.exporting.dialog.page import ExportPage
from vingui.gui.look.fields import choice, named
from vingui.gui.look.plain_text import Label
from vingui.gui.status_texts import PLANNING, why_no_plan

_INDENT: Final = 22
"""Pixels from the left at which the text of a radio button begins."""

_ABOUT: Final = {
    "arrays": "A NumPy .npz file: walls, goal and starts, V of every stored k, the convergence, "
    "reward, Q and policy of the last k, the exact cost-to-go, trajectories.",
    "trajectories": "A .csv file with a line for each cell of the trajectory from each start under "
    "V at k = {k}: step, row, col, cost so far, outcome; also x, y if the map is in metres.",
    "values": "A .csv file with V at k = {k}: a line for each row of the map, with nothing for "
    "cells that have no value yet.",
    "run": "A .json file: the map, the model with its card, the outcome of every start, and totals "
    "over all cells.",
    "map": "Walls, goal and starts, as far as the format can store them.",
}


class DataPage(ExportPage):
    """Exports data for scripts.

    Args:
        exporting: saves them.
    """

    def __init__(self, exporting: Exporting) -> None:
        super().__init__()
        self._session = exporting.session
        self._buttons: dict[str, QRadioButton] = {}
        self._abouts: dict[str, QLabel] = {}
        rows = [
            (suffix, f"{form.title} ({suffix})")
            for form in FORMATS.values()
            for suffix in form.written_suffixes
        ]
        self._suffix = choice("map-format", "Format", "The format of the map's file", rows)
        self._suffix.show_value(self._session.settings.get(entries.EXPORT_MAP))
        self._missing = named(Label(), "data-missing", "What is missing", "What is missing")
        self._missing.setWordWrap(True)
        self._lay_out()
        self._buttons[self._session.settings.get(entries.EXPORT_DATA)].setChecked(True)
        for button in self._buttons.values():
            button.toggled.connect(self._show_state)
        self._suffix.activated.connect(self.changed)
        self._session.run_changed.connect(self._show_state)
        self._show_state()

    def export(self) -> Export | None:
        """Return the export that is chosen; `None` if it needs a plan and there is none."""
        if self._kind == "map":
            return Export("map", str(self._suffix.value()))
        return Export(self._kind, DATA[self._kind][1]) if self._has_plan else None

    def reset(self) -> None:
        """Go back to the defaults."""
        self._suffix.show_value(entries.EXPORT_MAP.default)
        self._buttons[entries.EXPORT_DATA.default].setChecked(True)

    def remember(self) -> None:
        """Remember the choices for the next time."""
        self._session.settings.set(entries.EXPORT_DATA, self._kind)
        self._session.settings.set(entries.EXPORT_MAP, str(self._suffix.value()))

    @property
    def _has_plan(self) -> bool:
        return self._session.run is not None and self._session.run.settled

    @property
    def _kind(self) -> str:
        return next(kind for kind, button in self._buttons.items() if button.isChecked())

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(4)
        for kind, (text, _) in DATA.items():
            title = text.replace("&", "")
            self._buttons[kind] = named(QRadioButton(text), f"data-{kind}", title, title)
            self._abouts[kind] = about = Label()
            about.setWordWrap(True)
            about.setProperty("quiet", True)
            about.setContentsMargins(_INDENT, 0, 0, 10)
            about.setMaximumWidth(620)
            layout.addWidget(self._buttons[kind])
            layout.addWidget(about)
        below = QVBoxLayout()
        below.setContentsMargins(_INDENT, 0, 0, 10)
        below.addWidget(self._suffix)
        self._suffix.setFixedWidth(320)
        layout.addLayout(below)
        layout.addStretch()
        layout.addWidget(self._missing, 0, Qt.AlignmentFlag.AlignBottom)

    def _show_state(self) -> None:
        run = self._session.run
        k = f"{self._session.k:,}" if self._has_plan else "..."
        for kind, button in self._buttons.items():
            button.setEnabled(self._has_plan or kind == "map")
            self._abouts[kind].setText(_ABOUT[kind].format(k=k))
        self._suffix.setEnabled(self._kind == "map")
        if run is not None and run.latest:
            why = state(run)
        else:
            why = why_no_plan(self._session) or PLANNING
        text = "" if self._has_plan else f"Only the map can be exported: {why}"
        self._missing.setText(text)
        self.changed.emit()
