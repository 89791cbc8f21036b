"""The picture of what is seen now, painted once all that it shows is known."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from vingui.core.errors import VinguiError
from vingui.core.recipe import Recipe
from vingui.core.run import Run
from vingui.gui.exporting.readouts import ReadoutQueue
from vingui.gui.exporting.requests import subject
from vingui.gui.exporting.screenshot import needs_readout, painted, recipe_of
from vingui.gui.exporting.view_state import Seen
from vingui.gui.planner.engine import Phase
from vingui.gui.session import Session

About = Callable[[], Recipe] | None
"""Makes the recipe of a picture, on any thread; `None` where what it shows was not planned."""


class Screenshot(QObject):
    """The map, and how it is looked at, as they are when this is made.

    Args:
        session: what is shown.
        seen: how it is looked at.
        name: the map's.
        model: tells the name or the file of the model that has planned what is shown.
        done: is told the picture, and what makes its recipe.
        failed: is told instead why there is none.
        parent: the Qt parent.
    """

    def __init__(
        self,
        session: Session,
        seen: Seen,
        *,
        name: str,
        model: Callable[[], str],
        done: Callable[[QImage, About], None],
        failed: Callable[[str], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._grid = session, session.document.grid
        self._seen = seen
        self._name, self._model = name, model
        self._done, self._failed = done, failed
        self._waits_for = (session.run_changed, session.engine.phase_changed)

    def begin(self) -> None:
        """Paint it, once the map has its plan and what is shown of that is read."""
        for changed in self._waits_for:
            changed.connect(self._go_on)
        self._go_on()

    def _go_on(self) -> None:
        session = self._session
        changed = session.document.grid is not self._grid
        if not (changed or _is_over(session)):
            return
        for signal in self._waits_for:
            signal.disconnect(self._go_on)
        about = subject(session)
        if changed:
            self._fail("The map has changed before it was planned. Export it again")
        elif about is None or about[1] is not self._grid or not about[0].settled:
            # It cannot be planned, or not now: what is shown of another plan is no recipe's.
            self._paint(session.run, planned=False)
        else:
            self._read(about[0])

    def _read(self, run: Run) -> None:
        # The plan that was shown first may have been longer, or there was none.
        self._seen = replace(self._seen, k=min(self._seen.k or self._session.k, run.latest))
        ReadoutQueue(
            self._session,
            run,
            [self._seen.k] if needs_readout(self._seen, run) else [],
            came=lambda *_: None,
            done=lambda: self._paint(run, planned=True),
            failed=self._fail,
            parent=self,
        ).begin()

    def _paint(self, run: Run | None, *, planned: bool) -> None:
        about: About = None
        if run is not None and planned:
            model, name = self._model(), self._name
            about = recipe_of(self._seen, self._grid, run, model=model, name=name)
        try:
            image = painted(self._seen, self._grid, run)
        except VinguiError as error:
            self._fail(str(error))
            return
        self.deleteLater()
        self._done(image, about)

    def _fail(self, why: str) -> None:
        self.deleteLater()
        self._failed(why)


def preview(session: Session, seen: Seen) -> QImage:
    """What is seen now, as far as it is known, at the screen's scale.

    Raises:
        VinguiError: it would be too large.
    """
    return painted(replace(seen, scale=1), session.document.grid, session.run)


def _is_over(session: Session) -> bool:
    """Whether nothing is being planned, and all is known of what was, or never will be."""
    run, engine = session.run, session.engine
    if session.refusal or engine.phase in (Phase.FAILED, Phase.STOPPED):
        return True
    return not engine.busy and (run is None or run.settled)
