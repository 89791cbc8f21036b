"""The picture of the second value view: the compared plan's, or the difference of both plans."""

from PySide6.QtCore import QObject

from vingui.core.methods import is_search
from vingui.core.plan_difference import plan_difference
from vingui.core.run import Run
from vingui.core.value_layers import Layer
from vingui.gui import settings as entries
from vingui.gui.canvas.picture import Picture
from vingui.gui.canvas.value_view import ValueView
from vingui.gui.comparing.session import ComparedSession
from vingui.gui.settings import Setting
from vingui.gui.status_texts import PLANNING, why_no_plan

_DIFFERENCE = "difference"

_OF_SEARCH = (
    "A search has costs from its start, not to a goal, which cannot be subtracted from values. "
    "Choose Values, or a model"
)


class ComparedPicture(Picture):
    """The layer of the compared plan, or how the values of both plans differ.

    Args:
        session: the session of the compared plan.
        parent: the Qt parent.
        offscreen: as of `Picture`.
    """

    def __init__(
        self, session: ComparedSession, parent: QObject, *, offscreen: bool = False
    ) -> None:
        super().__init__(session, parent, offscreen=offscreen)
        self._compared = session
        self._final: tuple[tuple[object, ...], tuple[float, float] | None] = (), None
        for changed in (session.main.run_changed, session.main.values_changed):
            changed.connect(self._on_main_changed)
        session.settings.changed.connect(self._on_shows_changed)

    @property
    def shows_difference(self) -> bool:
        """Whether the difference of both plans is shown."""
        return self.session.settings.get(entries.COMPARE_SHOWS) == _DIFFERENCE

    def missing_reason(self) -> str:
        """Why there is no layer to show; "" if unknown."""
        if not self.shows_difference:
            return super().missing_reason()
        main = self._compared.main
        if is_search(self._compared.model):
            return _OF_SEARCH
        return why_no_plan(self._compared) or why_no_plan(main) or PLANNING

    def _on_main_changed(self) -> None:
        if self.shows_difference:
            self._mark_stale()

    def _on_shows_changed(self, setting: Setting[object]) -> None:
        if setting is entries.COMPARE_SHOWS:
            self._mark_stale()

    def _find_layer(self) -> None:
        if not self.shows_difference:
            super()._find_layer()
            return
        one, other = self._compared.main.run, self._compared.run
        shape = self.session.document.grid.walls.shape
        if one is None or other is None or one.grid.walls.shape != shape or is_search(other.model):
            self._show(None, ())
            return
        if not one.grid.same_world(other.grid):
            # One of the planners has not received the newest edit yet.
            return
        k, other_k = one.nearest(self._compared.main.k), other.nearest(self.session.k)
        ends = self._ends(one, other)
        key = one.number, _DIFFERENCE, "", other.number, k, other_k, ends

        def compute() -> Layer | None:
            whole = self._range_at_end(one, other) if ends else None
            return plan_difference(one, k, other, other_k, whole=whole)

        if key != self._key:
            if self._colours_at_once(one.grid.walls):
                self._show(compute(), key)
            else:
                self._request_layer(compute, key)

    def _ends(self, one: Run, other: Run) -> tuple[object, ...]:
        """What `_range_at_end` depends on, if colours are to be the same in all iterations."""
        if self.session.settings.get(entries.SCALE) != "run":
            return ()
        known = one.oracle is not None and other.oracle is not None
        return one.number, one.latest, other.number, other.latest, known

    def _range_at_end(self, one: Run, other: Run) -> tuple[float, float] | None:
        """The range at the ends of both plans."""
        key = self._ends(one, other)
        if key != self._final[0]:
            layer = plan_difference(one, one.latest, other, other.latest, whole=None)
            self._final = key, None if layer is None else (layer.low, layer.high)
        return self._final[1]


class ComparedView(ValueView):
    """The second value view.

    Args:
        session: the session of the compared plan.
    """

    def __init__(self, session: ComparedSession) -> None:
        self._compared = session
        super().__init__(session)
        self.setObjectName("compared-view")
        self.setAccessibleName("Compared values")

    def make_picture(self) -> ComparedPicture:
        """Create the picture that the view shows."""
        return ComparedPicture(self._compared, self, offscreen=self.offscreen)
