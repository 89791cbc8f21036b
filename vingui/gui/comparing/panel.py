"""The panel of the comparison: the second value view, what it shows, and a table."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vingui.gui import settings as entries
from vingui.gui.canvas.colour_bar import ColourBar
from vingui.gui.canvas.map_panel import HEADER_HEIGHT
from vingui.gui.comparing.picture import ComparedView
from vingui.gui.comparing.session import ComparedSession
from vingui.gui.comparing.table import ComparisonTable
from vingui.gui.docks.model_box import MODEL_ROLE, OPEN_FILE, ModelBox, ask_for_model
from vingui.gui.look.buttons import small_button
from vingui.gui.look.fields import named
from vingui.gui.settings import Setting

_WIDEST_BOX = 260

_SHOWS = (
    ("values", "Values", "Show the compared plan, in the layer of the first value view"),
    (
        "difference",
        "Difference",
        "Show V − V′: the first view's values minus those of this plan, at the same k",
    ),
)

_ABOUT = """What the plan is compared with.
The same k is shown of both; of a search, which counts expansions, the same share of its length.
At the end of the plan in the first value view, both are at their ends."""


class ComparisonPanel(QWidget):
    """The value view of the compared plan, with its choices above and a table below.

    Args:
        session: the session of the compared plan.
        trained: returns the files of the models that were trained in the window.
        footer: the height in pixels of the table, which is that of the other views' footers.
    """

    def __init__(
        self, session: ComparedSession, trained: Callable[[], list[str]], *, footer: int
    ) -> None:
        super().__init__()
        self.session = session
        self.setObjectName("comparison")
        self.view = ComparedView(session)
        self.colour_bar = ColourBar(session, self.view.picture)
        self.colour_bar.setObjectName("compared-colour-bar")
        self.box = named(
            ModelBox(session, trained, methods=True), "compared-with", "Compared with", _ABOUT
        )
        self.box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.box.setMaximumWidth(_WIDEST_BOX)
        self.table = ComparisonTable(session)
        self.table.setFixedHeight(footer)
        self._buttons = {id_: _switch(*row) for id_, *row in _SHOWS}
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.view, 1)
        middle.addWidget(self.colour_bar)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._header())
        layout.addLayout(middle, 1)
        layout.addWidget(self.table)
        self.box.activated.connect(self._choose)
        session.settings.changed.connect(self._on_setting_changed)
        self.box.fill()
        self._show_switch()

    def _header(self) -> QWidget:
        header = QWidget()
        header.setFixedHeight(HEADER_HEIGHT)
        group = QButtonGroup(header)
        close = small_button("compared-close", "close", "Close the comparison")
        close.clicked.connect(self._close)
        row = QHBoxLayout(header)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(4)
        row.addWidget(self.box, 1)
        row.addStretch()
        for id_, button in self._buttons.items():
            button.setObjectName(f"compared-{id_}")
            button.clicked.connect(self._on_switched)
            group.addButton(button)
            row.addWidget(button)
        row.addWidget(close)
        return header

    def _choose(self, row: int) -> None:
        model = self.box.itemData(row, MODEL_ROLE)
        if model == OPEN_FILE:
            self._show_model()
            ask_for_model(self, self.session)
        elif model is not None:
            self.session.choose_model(model)

    def _show_model(self) -> None:
        self.box.setCurrentIndex(self.box.findData(self.session.model, MODEL_ROLE))

    def _on_switched(self) -> None:
        chosen = next(id_ for id_, button in self._buttons.items() if button.isChecked())
        self.session.settings.set(entries.COMPARE_SHOWS, chosen)

    def _close(self) -> None:
        self.session.settings.set(entries.COMPARE, False)

    def _on_setting_changed(self, setting: Setting[object]) -> None:
        if setting in (entries.MODEL, entries.RECENT_MODELS):
            self.box.fill()
        elif setting is entries.COMPARE_SHOWS:
            self._show_switch()

    def _show_switch(self) -> None:
        self._buttons[self.session.settings.get(entries.COMPARE_SHOWS)].setChecked(True)


def _switch(text: str, about: str) -> QToolButton:
    button = named(QToolButton(), "", text, about)
    button.setText(text)
    button.setCheckable(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
