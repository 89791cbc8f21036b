"""What a script reads: arrays, tables, the plan in words and numbers, the map."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QLabel, QRadioButton, QVBoxLayout, QWidget

from vingui.core.formats import FORMATS
from vingui.core.outcome_text import state
from vingui.gui import settings as entries
from vingui.gui.exporting.choices import DATA, Export
from vingui.gui.exporting.controller import Exporting
from vingui.gui.exporting.dialog.page import Page
from vingui.gui.look.fields import choice, named
from vingui.gui.look.plain_text import Label
from vingui.gui.status_texts import PLANNING, why_no_plan

_INDENT: Final = 22
"""Where the words beside a radio button begin."""

_LETTERS: Final = {"arrays": "a", "trajectories": "T", "values": "l", "run": "p", "map": "m"}
"""Which letter of a title chooses it, with Alt."""

_ABOUT: Final = {
    "arrays": "NumPy's .npz: walls, goal and starts, V of every k that is kept, the convergence, "
    "reward, Q and policy of the last k, the exact cost-to-go, trajectories.",
    "trajectories": "A .csv with a line for each cell of the walk from each start under V at "
    "k = {k}: step, row, col, cost so far, outcome; with metres where the map has them.",
    "values": "A .csv with V at k = {k}: a line for each row of the map, nothing where no value "
    "has come.",
    "run": "A .json to read and to compare: the map, the model with its card, what became of every "
    "start, totals over all cells.",
    "map": "Walls, goal and starts, as far as the format keeps them.",
}


class DataPage(Page):
    """Files about the plan, for scripts.

    Args:
        exporting: saves them.
    """

    def __init__(self, exporting: Exporting) -> None:
        super().__init__()
        self._session = exporting.session
        self._kinds = QButtonGroup(self)
        self._abouts: dict[str, QLabel] = {}
        self._missing = named(Label(), "data-missing", "What is missing", "What is missing")
        self._missing.setWordWrap(True)
        rows = [
            (suffix, f"{form.title} ({suffix})")
            for form in FORMATS
            for suffix in form.written_suffixes
        ]
        self._suffix = choice("map-format", "Format", "The format of the map's file", rows)
        self._suffix.show_value(self._session.settings.get(entries.EXPORT_MAP))
        self._lay_out()
        list(self._buttons().values())[
            list(DATA).index(self._session.settings.get(entries.EXPORT_DATA))
        ].setChecked(True)
        self._kinds.idToggled.connect(self._on_changed)
        self._suffix.activated.connect(self._on_changed)
        self._session.run_changed.connect(self._show_state)
        self._show_state()

    def export(self) -> Export | None:
        """What would be saved."""
        kind = self._kind()
        if kind == "map":
            return Export(kind, str(self._suffix.value()))
        return Export(kind, DATA[kind][1]) if self._there else None

    @property
    def _there(self) -> bool:
        return self._session.run is not None and self._session.run.settled

    def reset(self) -> None:
        """Go back to the arrays."""
        self._suffix.show_value(entries.EXPORT_MAP.default)
        self._buttons()[entries.EXPORT_DATA.default].setChecked(True)

    def remember(self) -> None:
        """Keep what was chosen."""
        self._session.settings.set(entries.EXPORT_DATA, self._kind())
        self._session.settings.set(entries.EXPORT_MAP, str(self._suffix.value()))

    def _buttons(self) -> dict[str, QRadioButton]:
        return {kind: self._kinds.button(place) for place, kind in enumerate(DATA)}  # type: ignore[misc]

    def _kind(self) -> str:
        return list(DATA)[self._kinds.checkedId()]

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(4)
        for place, (kind, (title, _)) in enumerate(DATA.items()):
            letter = _LETTERS[kind]
            text = title.replace(letter, f"&{letter}", 1)
            button = named(QRadioButton(text), f"data-{kind}", title, title)
            self._kinds.addButton(button, place)
            about = Label()
            about.setWordWrap(True)
            about.setProperty("quiet", True)
            about.setContentsMargins(_INDENT, 0, 0, 10)
            about.setMaximumWidth(620)
            self._abouts[kind] = about
            layout.addWidget(button)
            layout.addWidget(about)
        below = QWidget()
        inner = QVBoxLayout(below)
        inner.setContentsMargins(_INDENT, 0, 0, 10)
        self._suffix.setFixedWidth(320)
        inner.addWidget(self._suffix)
        layout.addWidget(below)
        layout.addStretch()
        layout.addWidget(self._missing, 0, Qt.AlignmentFlag.AlignBottom)

    def _on_changed(self) -> None:
        self._show_state()

    def _show_state(self) -> None:
        there, run = self._there, self._session.run
        k = f"{self._session.k:,}" if there else "..."
        for kind, button in self._buttons().items():
            button.setEnabled(there or kind == "map")
            self._abouts[kind].setText(_ABOUT[kind].format(k=k))
        self._suffix.setEnabled(self._kind() == "map")
        why = (
            state(run)
            if run is not None and run.latest
            else (why_no_plan(self._session) or PLANNING)
        )
        self._missing.setText("" if there else f"{why}: there is but the map")
        self.changed.emit()
