"""Messages in the window about the state of a planner process."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from vingui.gui.planner.client import Phase, PlannerClient
from vingui.gui.session import Session


class PlannerMessages(QObject):
    """Tells the user that a planner has failed, was started again or does not answer.

    Args:
        session: shows the messages.
        planner: the planner.
        name: what messages call it.
        key: the key of its messages; each planner needs its own.
        parent: the Qt parent.
    """

    def __init__(
        self, session: Session, planner: PlannerClient, *, name: str, key: str, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._planner = session, planner
        self._name, self._key = name, key
        planner.phase_changed.connect(self._refresh)
        planner.silent_changed.connect(self._refresh)
        planner.noted.connect(self._on_noted)

    def close(self) -> None:
        """Close all its messages, since the planner is gone."""
        self._session.close_message(self._key)
        self._session.close_message(f"{self._key}-restarted")

    def _on_noted(self, text: str) -> None:
        self._session.notify(text, key=f"{self._key}-restarted")

    def _refresh(self) -> None:
        planner = self._planner
        if planner.phase is Phase.FAILED:
            self._session.close_message(f"{self._key}-restarted")
            details = planner.details
            copying = ("Copy details", lambda: QGuiApplication.clipboard().setText(details))
            restarting = ("Try again", planner.restart)
            self._session.notify(
                planner.failure,
                kind="error",
                actions=(restarting, copying) if details else (restarting,),
                key=self._key,
            )
        elif planner.silent:
            self._session.notify(
                f"{self._name} does not answer. You can go on drawing, and wait or start it again.",
                kind="warning",
                actions=(("Start it again", planner.restart),),
                key=self._key,
            )
        elif planner.phase is Phase.READY:
            self._session.close_message(self._key)
