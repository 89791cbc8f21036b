"""The table below the second value view: what both plans achieve at the playhead."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from vingui.core.outcome_text import unseen
from vingui.gui.canvas.map_panel import ElidedLabel
from vingui.gui.comparing.figures import figures_of, planner_name
from vingui.gui.comparing.paths import SAMPLE, paint_sample
from vingui.gui.comparing.session import ComparedSession
from vingui.gui.docks.panel import quiet_label, tabular
from vingui.gui.look.debounce import Debounce
from vingui.gui.look.fields import named
from vingui.gui.look.plain_text import Label, tip
from vingui.gui.look.theme import Theme
from vingui.gui.settings import MODEL, Setting

_DELAY = 40
"""Milliseconds from a change to the new figures, so that the views are painted first."""

_COLUMNS = (
    ("reached", "Reached", "How many starts reach a goal at this iteration"),
    ("excess", "Cost", "How much more than the best paths the trajectories that reach a goal cost"),
    ("progress", "k / K", "The iteration shown, and how many there are; of a search, expansions"),
    ("time", "Time", "How long the plan took"),
)


class _Sample(QWidget):
    """A sample of the lines in which the map view shows the trajectories of a plan."""

    def __init__(self, theme: Theme, *, dashed: bool) -> None:
        super().__init__()
        self._theme = theme
        self._dashed = dashed
        self.setFixedWidth(SAMPLE)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint the line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_sample(painter, self._theme.look, QRectF(self.rect()), dashed=self._dashed)


class ComparisonTable(QWidget):
    """A row for each of both plans: starts that reach a goal, cost, iterations and time.

    Args:
        session: the session of the compared plan.
    """

    def __init__(self, session: ComparedSession) -> None:
        super().__init__()
        named(self, "comparison-table", "Comparison", "")
        self._sessions = session.main, session
        self._names: list[ElidedLabel] = []
        self._cells: list[dict[str, Label]] = []
        self._refreshing = Debounce(self._refresh, _DELAY, self)
        self._lay_out(session.theme)
        for one in self._sessions:
            for changed in (one.run_changed, one.values_changed, one.trajectories_changed):
                changed.connect(self._refreshing.request)
        session.document.changed.connect(self._refreshing.request)
        session.settings.changed.connect(self._on_setting_changed)
        self._refresh()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Narrow: what has no room is cut off, and in the tooltips."""
        return QSize(0, super().minimumSizeHint().height())

    def _lay_out(self, theme: Theme) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 2, 8, 2)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        font = tabular(self.font(), scale=0.92)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for col, (_, title, about) in enumerate(_COLUMNS, start=2):
            label = quiet_label(title)
            label.setToolTip(about)
            label.setFont(font)
            grid.addWidget(label, 0, col, right)
        elided = Qt.TextElideMode.ElideRight
        for row, which in enumerate(("shown", "compared"), start=1):
            name = named(ElidedLabel(elided), f"comparison-{which}", f"The {which} plan", "")
            name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            cells = {
                id_: named(Label(), f"comparison-{which}-{id_}", f"{title}, {which} plan", about)
                for id_, title, about in _COLUMNS
            }
            self._names.append(name)
            self._cells.append(cells)
            grid.addWidget(_Sample(theme, dashed=which == "compared"), row, 0)
            grid.addWidget(name, row, 1)
            for col, label in enumerate(cells.values(), start=2):
                grid.addWidget(label, row, col, right)
            for label in (name, *cells.values()):
                label.setFont(font)

    def _on_setting_changed(self, setting: Setting[object]) -> None:
        if setting is MODEL:
            self._refreshing.request()

    def _refresh(self) -> None:
        for session, name, cells in zip(self._sessions, self._names, self._cells, strict=True):
            title, run = planner_name(session), session.run
            name.setText(title)
            name.setToolTip(tip("\n".join(filter(None, (title, unseen(run) if run else "")))))
            figures = figures_of(session)
            for id_, _, about in _COLUMNS:
                text, meaning = getattr(figures, id_)
                cells[id_].setText(text)
                cells[id_].setToolTip(meaning or about)
