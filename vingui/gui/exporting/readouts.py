"""What an export needs to know of a run's value functions, asked of the planner one by one."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject

from vingui.core.planner_protocol import PolicyReadout
from vingui.core.run import Run
from vingui.gui.planner.engine import Phase
from vingui.gui.session import Session


class ReadoutQueue(QObject):
    """Has the planner read value functions out, one after another.

    Args:
        session: shows the run.
        run: whose value functions.
        ks: which.
        came: is told each reading, and how many of how many that makes.
        done: is called at the end.
        failed: is called instead if the planner plans something else by now, or not at all.
        parent: the Qt parent.
    """

    def __init__(
        self,
        session: Session,
        run: Run,
        ks: Iterable[int],
        *,
        came: Callable[[PolicyReadout, int, int], None],
        done: Callable[[], None],
        failed: Callable[[str], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._run = session, run
        self._waiting = list(ks)
        self._total = len(self._waiting)
        self._came, self._done, self._failed = came, done, failed

        self._live = False

    def begin(self) -> None:
        """Ask for the first."""
        self._live = True
        self._session.run_changed.connect(self._go_on)
        self._session.engine.phase_changed.connect(self._go_on)
        self._go_on()

    def cancel(self) -> None:
        """Ask no more, and tell nobody."""
        if not self._live:
            return
        self._live = False
        self._session.run_changed.disconnect(self._go_on)
        self._session.engine.phase_changed.disconnect(self._go_on)
        self._waiting.clear()
        self.deleteLater()

    def _go_on(self) -> None:
        while self._waiting and self._live:
            reading = self._run.reading(self._waiting[0])
            if reading is None:
                break
            self._waiting.pop(0)
            self._came(reading, self._total - len(self._waiting), self._total)
        if not self._live:
            # One who was told has lost interest.
            return
        if not self._waiting:
            self.cancel()
            self._done()
        elif self._session.run is not self._run:
            self.cancel()
            self._failed("The map has changed before its policies were read. Export it again")
        elif self._session.engine.phase is not Phase.READY:
            self.cancel()
            why = self._session.engine.failure or "The planner stopped and is starting again."
            self._failed(f"Not all policies were read for the export. {why} Then export it again.")
        else:
            # Also where it was asked for before: what the mouse is over may have taken its place.
            self._session.engine.read(self._run, self._waiting[0])
