"""Opens and closes the comparison."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import shiboken6
from PySide6.QtCore import QByteArray, QEvent, QObject
from PySide6.QtWidgets import QGraphicsItem, QSplitter

from vingui.core.planner_protocol import KERAS_WHEN_NEEDED
from vingui.gui import settings as entries
from vingui.gui.canvas.items.trajectories import Trajectories
from vingui.gui.canvas.map_panel import MapPanel
from vingui.gui.planner.client import Phase, PlannerClient
from vingui.gui.planner.connection import COMMAND
from vingui.gui.planner_messages import PlannerMessages
from vingui.gui.session import Session
from vingui.gui.settings import Setting

if TYPE_CHECKING:
    from vingui.gui.comparing.panel import ComparisonPanel
    from vingui.gui.comparing.session import ComparedSession

_SPLIT: Final = [1000, 1210, 1210]
"""Widths of the three views: with the colour bars, all pictures are equally wide."""

_NARROW: Final = 960
"""Pixels of all views together. Where there are fewer, the map view makes room."""


def make_planner() -> PlannerClient:
    """Make a client of a process that takes memory for Keras only if the other model needs it."""
    return PlannerClient(command=(*COMMAND, KERAS_WHEN_NEEDED))


@dataclass(frozen=True)
class _Opened:
    """What there is while the comparison is open.

    Attributes:
        planner: the client of its own planner process.
        session: the compared plan.
        panel: the panel in the splitter.
        items: what the map view shows of it.
        messages: tells the user what happens to the process.
    """

    planner: PlannerClient
    session: "ComparedSession"
    panel: "ComparisonPanel"
    items: tuple[QGraphicsItem, ...]
    messages: PlannerMessages


class Comparison(QObject):
    """A third view beside the map view and the value view, with another plan of the same map.

    It is made when it is opened, and destroyed when it is closed.

    Args:
        main: the session of the shown plan.
        splitter: the map view and the value view.
        map_panel: the first of both.
        trained: returns the files of the models that were trained in the window.
        parent: the Qt parent.
        make_planner: makes a client of a planner process.
    """

    def __init__(
        self,
        main: Session,
        splitter: QSplitter,
        map_panel: MapPanel,
        trained: Callable[[], list[str]],
        parent: QObject,
        *,
        make_planner: Callable[[], PlannerClient] = make_planner,
    ) -> None:
        super().__init__(parent)
        self._main = main
        self._splitter = splitter
        self._map_panel = map_panel
        self._trained = trained
        self._make_planner = make_planner
        self._opened: _Opened | None = None
        self._restored = False
        main.settings.changed.connect(self._on_setting_changed)
        main.planner.phase_changed.connect(self._start_planner)
        splitter.installEventFilter(self)

    @property
    def session(self) -> "ComparedSession | None":
        """The session of the compared plan, while the comparison is open."""
        return self._opened.session if self._opened else None

    @property
    def panel(self) -> "ComparisonPanel | None":
        """The panel of the comparison, while it is open."""
        return self._opened.panel if self._opened else None

    def restore(self) -> None:
        """Open the comparison if it was open when the window was closed last."""
        self._restored = True
        self._update()

    def close(self) -> None:
        """End the planner's process, and wait for it."""
        self._main.settings.changed.disconnect(self._on_setting_changed)
        if self._opened is not None:
            self._opened.planner.close()

    def plan(self) -> None:
        """Plan the map once more, if the comparison is open."""
        if self._opened is not None:
            self._opened.session.plan()

    def restart_planner(self) -> None:
        """End the planner's process, if the comparison is open, and start a new one."""
        if self._opened is not None:
            self._opened.planner.restart()

    def arrange(self) -> None:
        """Give the views their initial widths; in a narrow window, without the map view."""
        if self._opened is not None:
            self._make_room()
            self._splitter.setSizes(_SPLIT)

    def save_split(self) -> None:
        """Save how the views share the width, which is what they do without the comparison."""
        if self._opened is None:
            state = bytes(self._splitter.saveState().data())
            self._main.settings.set(entries.SPLITTER, state)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Hide the map view where there is too little room, and show it where there is enough."""
        if event.type() == QEvent.Type.Resize and self._opened is not None:
            self._make_room()
        return super().eventFilter(watched, event)

    def _on_setting_changed(self, setting: Setting[object]) -> None:
        if setting is entries.COMPARE:
            self._update()

    def _update(self) -> None:
        wanted = self._main.settings.get(entries.COMPARE)
        if wanted and self._opened is None and self._restored:
            self._open()
        elif not wanted and self._opened is not None:
            self._end(self._opened)

    def _open(self) -> None:
        # Imported here, so that the window opens as soon as without the comparison.
        from vingui.gui.comparing.panel import ComparisonPanel
        from vingui.gui.comparing.paths import PathLegend
        from vingui.gui.comparing.session import ComparedSession

        self.save_split()
        planner = self._make_planner()
        session = ComparedSession(self._main, planner, self)
        footer = self._map_panel.footer.height()
        panel = ComparisonPanel(session, self._trained, footer=footer)
        view = self._map_panel.view
        paths, legend = Trajectories(view, session=session, dashed=True), PathLegend(view, session)
        view.add_paths(paths)
        view.add(legend)
        name, key = "The planner of the comparison", "compared-planner"
        messages = PlannerMessages(self._main, planner, name=name, key=key, parent=session)
        self._opened = _Opened(planner, session, panel, (paths, legend), messages)
        self._splitter.addWidget(panel)
        panel.show()
        self.arrange()
        session.plan()
        self._start_planner()

    def _start_planner(self) -> None:
        # Its libraries take a whole core to import, which the first plan of the window needs.
        if self._opened is not None and self._main.planner.phase is not Phase.STARTING:
            self._opened.planner.start()

    def _end(self, opened: _Opened) -> None:
        self._opened = None
        for item in opened.items:
            self._map_panel.view.scene().removeItem(item)
            shiboken6.delete(item)
        opened.panel.hide()
        opened.panel.setParent(None)
        opened.planner.end()
        opened.messages.close()
        for ended in (opened.panel, opened.session, opened.planner):
            ended.deleteLater()
        self._map_panel.show()
        self._splitter.restoreState(QByteArray(self._main.settings.get(entries.SPLITTER)))
        self._map_panel.view.setFocus()
        self._map_panel.view.refresh()

    def _make_room(self) -> None:
        room = self._splitter.width() >= _NARROW
        focused = self._map_panel.window().focusWidget()
        if not room and focused is self._map_panel.view and self._opened is not None:
            self._opened.panel.view.setFocus()
        self._map_panel.setVisible(room)
