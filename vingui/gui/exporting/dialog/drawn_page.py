"""Figures and films: their options beside a preview that the figure process draws."""

import json
from abc import abstractmethod
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from vingui.core.errors import VinguiError
from vingui.core.figure_protocol import Drawn, DrawRequest, ExportReply, Failed
from vingui.gui.exporting.choices import TITLES, Export, map_name
from vingui.gui.exporting.controller import Exporting, image_of
from vingui.gui.exporting.dialog.drawing_view import DrawingView
from vingui.gui.exporting.dialog.page import Page, scrolled
from vingui.gui.exporting.figure_client import shown_run
from vingui.gui.look.fields import Choice, choice, named
from vingui.gui.look.plain_text import Label
from vingui.gui.status_texts import PLANNING, why_no_plan

_DELAY_MS: Final = 200
"""From the last change to the new preview, so that each turn of a wheel is not drawn."""

_MOST_PIXELS: Final = 700_000
"""Of a preview: more than it is shown with on most screens."""


class DrawnPage(Page):
    """Options, and what they come to.

    Args:
        exporting: draws and saves.
        kind: "figure" or "film".
    """

    def __init__(self, exporting: Exporting, kind: str) -> None:
        super().__init__()
        self._exporting, self._session = exporting, exporting.session
        self._kind = kind
        self._number = 0
        self._shown = False
        self._fits = False
        self._of_settled = False
        self._stale = True
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(_DELAY_MS)
        self._delay.timeout.connect(self._draw)
        self._view = DrawingView(self._session.theme)
        self._says = named(Label(), f"{kind}-says", "Size", "How large the file's picture is")
        self._says.setProperty("quiet", True)
        self._says.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._says.setWordWrap(True)
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        self._beside = QVBoxLayout()
        self._beside.setSpacing(8)
        self._beside.addWidget(self._view, 1)
        self._beside.addWidget(self._says)
        # A plan that is under way grows.
        self._session.run_changed.connect(self._on_run_changed)

    @abstractmethod
    def record(self) -> dict[str, Any]:
        """The options as JSON has them.

        Raises:
            VinguiError: they contradict each other.
        """

    @property
    @abstractmethod
    def suffix(self) -> str:
        """Of the file."""

    @property
    def k(self) -> int:
        """The iteration that is drawn where the options name none; 0 for the last."""
        return self._exporting.k

    @property
    def can_copy(self) -> bool:
        """Whether there is a picture."""
        return self._fits

    def export(self) -> Export | None:
        """What would be saved, once the plan is made."""
        if not self._fits or not self._settled:
            return None
        return Export(self._kind, self.suffix, json.dumps(self.record()))

    def copy(self) -> None:
        """Have it drawn as it would be saved, and copy it."""
        self._exporting.copy_drawing(self._kind, json.dumps(self.record()), self.k)

    def enter(self) -> None:
        """Draw what has changed meanwhile."""
        self._shown = True
        if self._stale:
            self._draw()

    def leave(self) -> None:
        """Draw nothing any more."""
        self._shown = False
        self._delay.stop()
        self._exporting.client.drop(self._number)
        self._stale = self._stale or self._view.busy

    def _lay_out(self) -> None:
        self._column.addStretch()
        column = QWidget()
        column.setLayout(self._column)
        # Room for the scroll bar.
        self._column.setContentsMargins(0, 0, 10, 0)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(scrolled(column))
        row.addLayout(self._beside, 1)

    def _on_changed(self) -> None:
        self._stale = True
        self._exporting.client.drop(self._number)
        if self._shown:
            self._view.wait()
            self._delay.start()

    @property
    def _settled(self) -> bool:
        run = self._session.run
        return run is not None and run.settled

    def _on_run_changed(self) -> None:
        # What is read out of a plan that is made changes nothing in its picture.
        if not (self._fits and self._of_settled and self._settled):
            self._on_changed()
        self.changed.emit()

    def _draw(self) -> None:
        self._delay.stop()
        self._stale = False
        self._exporting.client.drop(self._number)
        try:
            options = json.dumps(self.record())
        except VinguiError as error:
            self._fail(str(error))
            return
        if shown_run(self._session) is None:
            self._fail(why_no_plan(self._session) or PLANNING)
            return
        self._view.wait()
        self._of_settled = self._settled
        name = map_name(self._session)
        request = DrawRequest(0, self._kind, options, self.k, name, _MOST_PIXELS)
        self._number = self._exporting.client.request(request, self._take)

    def _take(self, reply: ExportReply) -> None:
        match reply:
            case Drawn():
                clear = json.dumps(self.record()).find('"transparent"') >= 0
                self._view.show_image(image_of(reply), clear=clear)
                wait = "" if self._of_settled else ". It can be saved once the plan is made"
                self._says.setText(f"{self._words(reply)}{wait}")
                self._settle(fits=True)
            case Failed():
                self._fail(reply.reason)

    def _words(self, drawn: Drawn) -> str:
        width, height = drawn.millimetres
        size = f"{drawn.width:,} × {drawn.height:,} pixels"
        return f"{size}, {width:z.0f} × {height:z.0f} mm (width × height)"

    def _fail(self, why: str) -> None:
        self._says.setText("")
        self._view.say(why)
        self._settle(fits=False)

    def _settle(self, *, fits: bool) -> None:
        self._fits = fits
        self.changed.emit()


def formats(name: str, suffixes: tuple[str, ...]) -> Choice:
    """The list of a file's formats."""
    rows = [(suffix, f"{TITLES[suffix]} ({suffix})") for suffix in suffixes]
    return choice(name, "Format", "The format of the file", rows)
