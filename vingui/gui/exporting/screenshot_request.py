"""A screenshot that is painted once everything that it shows is known."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from vingui.core.errors import VinguiError
from vingui.core.planner_protocol import DataRequest
from vingui.core.recipe import Recipe
from vingui.core.run import Run
from vingui.gui.exporting.choices import map_name, planning_model
from vingui.gui.exporting.figure_client import shown_run
from vingui.gui.exporting.screenshot import paint, recipe_of
from vingui.gui.exporting.view_state import ViewState
from vingui.gui.planner.client import Phase
from vingui.gui.session import Session

MakeRecipe = Callable[[], Recipe]
"""Returns the recipe of a picture; may be called on any thread."""


class ScreenshotRequest(QObject):
    """A screenshot of the map and the views as they are now.

    Args:
        session: what is shown.
        state: what the views show.
        on_done: called with the picture, and with a function that returns its recipe; with `None`
            instead of the function if the map has no plan.
        on_failure: called with the reason if there is no picture.
        parent: the Qt parent.
    """

    def __init__(
        self,
        session: Session,
        state: ViewState,
        *,
        on_done: Callable[[QImage, MakeRecipe | None], None],
        on_failure: Callable[[str], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._grid = session, session.document.grid
        self._state, self._name = state, map_name(session)
        self._missing: list[DataRequest] = []
        self._on_done, self._on_failure = on_done, on_failure
        self._signals = (session.run_changed, session.planner.phase_changed)

    def begin(self) -> None:
        """Paint it as soon as the map is planned and the policy that is shown is read."""
        for signal in self._signals:
            signal.connect(self._go_on)
        self._go_on()

    def _go_on(self) -> None:
        session = self._session
        if session.document.grid is not self._grid:
            self._fail("The map has changed before it was planned. Export it again.")
        elif _is_planned(session):
            shown = shown_run(session)
            if shown is not None and shown[1] is self._grid and shown[0].settled:
                self._show_plan(shown[0])
            else:
                # The map has no plan, now or at all, and no recipe could reproduce an older plan.
                self._paint(session.run, None)

    def _show_plan(self, run: Run) -> None:
        # The views may have shown a longer plan, or none.
        k = min(self._state.k or self._session.k, run.latest)
        self._state = state = replace(self._state, k=k)
        if not all(map(run.readouts.holds, self._missing)):
            self._request_missing(run)
            return
        model = planning_model(self._session)
        self._paint(run, partial(recipe_of, state, self._grid, run, model=model, name=self._name))

    def _request_missing(self, run: Run) -> None:
        planner = self._session.planner
        if planner.phase is Phase.READY:
            planner.read(run, self._missing, purpose="screenshot")
        else:
            why = planner.failure or "The planner stopped and is starting again."
            self._fail(f"The policy was not read for the export. {why} Then export it again.")

    def _paint(self, run: Run | None, make_recipe: MakeRecipe | None) -> None:
        try:
            image, missing = paint(self._state, self._grid, run)
        except VinguiError as error:
            self._fail(str(error))
            return
        if run is not None and make_recipe is not None and missing:
            self._missing = missing
            self._request_missing(run)
            return
        self._end()
        self._on_done(image, make_recipe)

    def _fail(self, reason: str) -> None:
        self._end()
        self._on_failure(reason)

    def _end(self) -> None:
        for signal in self._signals:
            signal.disconnect(self._go_on)
        self.deleteLater()


def _is_planned(session: Session) -> bool:
    """Return whether the plan and the exact solution are complete, or no plan will come."""
    run, planner = session.run, session.planner
    if session.refusal or planner.phase in (Phase.FAILED, Phase.STOPPED):
        return True
    return not planner.busy and (run is None or run.settled)
