"""The first start: waits for the first plan, which is then played."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QStyle

from vingui.gui.look.debounce import Debounce
from vingui.gui.session import Session


def wants_motion() -> bool:
    """Whether the system lets widgets be animated."""
    style = QApplication.style()
    return style.styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0


class Opening(QObject):
    """Waits at V_1 for the first plan.

    Args:
        session: the map and its plan.
        begin: called once, with whether to play the plan.
        watch: whether to play it, unless the map is changed before it is there.
        parent: the Qt parent.
    """

    def __init__(
        self, session: Session, begin: Callable[[bool], object], *, watch: bool, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._begin = begin
        self._first = session.document.grid if watch and wants_motion() else None
        # Not in the turn of the event loop that shows the plan.
        self._checking = Debounce(self._begin_if_planned, 0, self)

    def start(self) -> None:
        """Wait, or begin now if the plan is there."""
        if self._first is not None and self._session.playback.live:
            self._session.playback.toggle_live()
        self._session.run_changed.connect(self._checking.request)
        self._checking.request()

    def close(self) -> None:
        """Wait no longer."""
        self._session.run_changed.disconnect(self._checking.request)
        self._checking.stop()
        self.deleteLater()

    def _begin_if_planned(self) -> None:
        document, run = self._session.document, self._session.run
        if run is None or not run.finished or document.in_stroke:
            return
        if not run.grid.same_world(document.grid):
            return
        watch = document.grid is self._first
        if self._first is not None and not watch:
            self._session.playback.end()
        self._begin(watch)
