"""The base class of the figure and film pages: options, and a preview from the figure process."""

import json
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QTimer

from vingui.core.errors import VinguiError
from vingui.core.figure_protocol import Drawn, DrawRequest, ExportReply, Failed
from vingui.gui.exporting.choices import (
    TITLES,
    Export,
    map_name,
    planning_model,
    remember,
)
from vingui.gui.exporting.controller import Exporting, image_from
from vingui.gui.exporting.dialog.figure_form import FigureForm
from vingui.gui.exporting.dialog.page import PreviewPage
from vingui.gui.exporting.figure_client import shown_run
from vingui.gui.look.fields import add_row, choice, group
from vingui.gui.status_texts import PLANNING, why_no_plan

if TYPE_CHECKING:
    from vingui.gui.exporting.dialog.film_form import FilmForm
    from vingui.gui.settings import Setting

_DELAY_MS: Final = 200
"""Milliseconds from the last change to a new preview, so that not every change is drawn."""

_MOST_PIXELS: Final = 700_000
"""The maximum of a preview, which is more than most screens have room for."""


class DrawnPage(PreviewPage):
    """Exports a figure or a film.

    Args:
        exporting: draws and saves it.
        kind: "figure" or "film".
        form: the fields of its options.
        suffixes: the suffixes to choose from.
        setting: where the choices are remembered.
    """

    def __init__(
        self,
        exporting: Exporting,
        kind: str,
        form: "FigureForm | FilmForm",
        *,
        suffixes: tuple[str, ...],
        setting: "Setting[str]",
    ) -> None:
        super().__init__(exporting, f"{kind}-size")
        self._kind, self._form, self._setting = kind, form, setting
        self._number = 0
        self._shown = False
        self._fits = False
        self._settled_when_drawn = False
        self._stale = True
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(_DELAY_MS)
        self._delay.timeout.connect(self._draw)
        rows = [(suffix, f"{TITLES[suffix]} ({suffix})") for suffix in suffixes]
        self._format = choice(f"{kind}-format", "Format", "The format of the file", rows)
        box, fields = group("&File")
        add_row(fields, "Format", self._format)
        self._lay_out(box, form)
        self._format.activated.connect(self.changed)
        form.changed.connect(self._on_changed)
        self._session.run_changed.connect(self._on_run_changed)

    @property
    @abstractmethod
    def k(self) -> int:
        """The iteration for panels that name none; 0 for the last."""

    @abstractmethod
    def _size_text(self, drawn: Drawn) -> str:
        """Describe the size of the picture in the file."""

    def _record(self) -> dict[str, Any]:
        """Return the options as a JSON object.

        Raises:
            VinguiError: they contradict each other.
        """
        return self._form.options().record()

    @property
    def _suffix(self) -> str:
        return str(self._format.value())

    @property
    def can_copy(self) -> bool:
        """Whether the preview shows a picture."""
        return self._fits

    def export(self) -> Export | None:
        """Return the export that is chosen; `None` until the plan is finished."""
        if not self._fits or not self._settled:
            return None
        return Export(self._kind, self._suffix, json.dumps(self._record()))

    def copy(self) -> None:
        """Copy the picture as it would be saved."""
        self._exporting.copy_drawing(self._kind, json.dumps(self._record()), self.k)

    def remember(self) -> None:
        """Remember the choices, unless they contradict each other."""
        try:
            remember(self._session.settings, self._setting, self._record(), self._suffix)
        except VinguiError:
            return

    def enter(self) -> None:
        """Draw the preview if anything changed while another page was shown."""
        self._shown = True
        if self._stale:
            self._draw()

    def leave(self) -> None:
        """Stop drawing."""
        self._shown = False
        self._delay.stop()
        self._exporting.client.drop(self._number)
        self._stale = self._stale or self._preview.busy

    def _on_changed(self) -> None:
        self._stale = True
        self._exporting.client.drop(self._number)
        if self._shown:
            self._preview.wait()
            self._delay.start()

    @property
    def _settled(self) -> bool:
        run = self._session.run
        return run is not None and run.settled

    def _on_run_changed(self) -> None:
        # Policies that are read from a finished plan do not change its picture.
        if not (self._fits and self._settled_when_drawn and self._settled):
            self._on_changed()
        self.changed.emit()

    def _draw(self) -> None:
        self._delay.stop()
        self._stale = False
        client = self._exporting.client
        client.drop(self._number)
        try:
            options = json.dumps(self._record())
        except VinguiError as error:
            self._fail(str(error))
            return
        if shown_run(self._session) is None:
            self._fail(why_no_plan(self._session) or PLANNING)
            return
        self._preview.wait()
        self._settled_when_drawn = self._settled
        name, model = map_name(self._session), planning_model(self._session)
        request = DrawRequest(0, self._kind, options, self.k, name, model, _MOST_PIXELS)
        self._number = client.request(request, self._on_reply)

    def _on_reply(self, reply: ExportReply) -> None:
        match reply:
            case Drawn():
                self._preview.show_image(image_from(reply))
                wait = "" if self._settled_when_drawn else ". It can be saved after the plan ends"
                self._size.setText(f"{self._size_text(reply)}{wait}")
                self._set_fits(True)
            case Failed():
                self._fail(reply.reason)

    def _fail(self, reason: str) -> None:
        self._size.setText("")
        self._preview.show_text(reason)
        self._set_fits(False)

    def _set_fits(self, fits: bool) -> None:
        self._fits = fits
        self.changed.emit()
