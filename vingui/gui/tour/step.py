"""The base class of the steps of the tour."""

from PySide6.QtCore import QRect

from vingui.gui.tour.stage import Stage


class Step:
    """One step of the tour, made when it begins.

    Args:
        stage: what it acts on.

    Attributes:
        title: the heading of its card.
        pause: milliseconds from when it is done to the next step, to look at what has happened.
    """

    title = ""
    pause = 1200

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.session = stage.session

    def is_possible(self) -> bool:
        """Whether it makes sense now."""
        return True

    def begin(self) -> None:
        """Show what it is about, before its card is shown."""

    def text(self) -> str:
        """What to do, in one sentence."""
        raise NotImplementedError

    def areas(self) -> list[QRect]:
        """The areas of the window that it points at; those that are visible."""
        return []

    def is_done(self) -> bool:
        """Whether the user has done it. Called after each change."""
        raise NotImplementedError

    def do(self) -> None:
        """Do it for the user."""

    def end(self) -> None:
        """Restore what the next step begins with."""


def visible(*areas: QRect | None) -> list[QRect]:
    """The areas that are visible."""
    return [area for area in areas if area is not None]
