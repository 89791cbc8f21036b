"""The left half of the window: the map view with its title and the outcome of its starts."""

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from vingui.core.phrases import counted
from vingui.gui.canvas.legend import Legend
from vingui.gui.canvas.map_view import MapView
from vingui.gui.look.debounce import Debounce
from vingui.gui.look.fields import named
from vingui.gui.look.plain_text import Label, LabelSlot, tip
from vingui.gui.session import Session
from vingui.gui.status_texts import summary

HEADER_HEIGHT = 40
"""Pixels; the value view's header has the same height, so that both views are aligned."""

_DELAY = 30
"""Milliseconds from a change to the new outcome while the user draws or a run plays, so that the
views are painted first."""

_MIN_TITLE_WIDTH = 60
"""Pixels that an elided title keeps at least."""


class ElidedLabel(Label):
    """A label whose text is elided, so that a long one does not widen the window."""

    def __init__(self, mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle) -> None:
        super().__init__()
        self._mode = mode

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """A few letters."""
        return super().minimumSizeHint().boundedTo(QSize(_MIN_TITLE_WIDTH, 1 << 16))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the text, elided."""
        text = self.fontMetrics().elidedText(self.text(), self._mode, self.width())
        painter = QStylePainter(self)
        painter.drawItemText(
            self.rect(),
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            self.palette(),
            self.isEnabled(),
            text,
            self.foregroundRole(),
        )


class MapPanel(QWidget):
    """The map view, with a header above and the outcome of the starts below.

    Args:
        session: the document and its trajectories.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.view = MapView(session)
        self._title = named(ElidedLabel(), "map-title", "", "")
        self._size = named(Label(), "map-size", "", "")
        self._size.setProperty("quiet", True)
        self._outcome = named(Label(), "outcome", "Start outcomes", "")
        self._outcome.setWordWrap(True)
        self._outcome.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._showing_outcome = Debounce(self._show_outcome, _DELAY, self)
        header = QHBoxLayout()
        header.setContentsMargins(12, 0, 12, 0)
        header.setSpacing(8)
        header.addWidget(self._title)
        header.addWidget(self._size)
        self.legend = Legend(session, self)
        # The legend is hidden on maps without terrain.
        header.addStretch(1)
        header.addWidget(self.legend, 1000)
        top = QWidget()
        top.setLayout(header)
        top.setFixedHeight(HEADER_HEIGHT)
        self.footer = QWidget()
        below = QHBoxLayout(self.footer)
        below.setContentsMargins(12, 0, 12, 0)
        slot = LabelSlot(self._outcome, grows=False)
        slot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        below.addWidget(slot)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(top)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.footer)
        for changed in (session.document.changed, session.document.state_changed):
            changed.connect(self._show_title)
        for changed in (
            session.document.changed,
            session.trajectories_changed,
            session.start_selected,
            session.run_changed,
            session.planner.phase_changed,
        ):
            changed.connect(self._on_outcome_changed)
        self._show_title()
        self._show_outcome()

    def _show_title(self) -> None:
        document = self.session.document
        grid = document.grid
        self._title.setText(document.title + (" *" if document.modified else ""))
        self._title.setToolTip(tip(document.title))
        walls = counted(int(np.count_nonzero(grid.walls)), "wall")
        self._size.setText(f"{grid.rows} x {grid.cols}, {walls}")

    def _on_outcome_changed(self) -> None:
        if self.session.document.in_stroke or self.session.playback.playing:
            self._showing_outcome.request()
        else:
            self._show_outcome()

    def _show_outcome(self) -> None:
        text = summary(self.session)
        self._outcome.setText(text)
        # A low window may have no room for a long one.
        self._outcome.setToolTip(tip(text))
