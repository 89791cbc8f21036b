"""The film page of the export dialog."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSlider

from vingui.core.figure_protocol import Drawn, ExportReply
from vingui.core.phrases import counted
from vingui.gui import settings as entries
from vingui.gui.exporting.choices import film_choice, film_defaults, kept_epochs
from vingui.gui.exporting.controller import Exporting
from vingui.gui.exporting.dialog.drawn_page import DrawnPage
from vingui.gui.exporting.dialog.film_form import FilmForm
from vingui.gui.look.fields import named, row
from vingui.gui.look.plain_text import Label


class FilmPage(DrawnPage):
    """Exports a film of the iterations, or of learning.

    A slider chooses the frame in the preview; of learning it is the last one.

    Args:
        exporting: draws and saves it.
    """

    def __init__(self, exporting: Exporting) -> None:
        from vingui.figure.film_options import FILM_SUFFIXES

        self._epochs = kept_epochs(exporting.session)
        form = FilmForm(exporting.session.run, has_snapshots=bool(self._epochs))
        super().__init__(
            exporting, "film", form, suffixes=FILM_SUFFIXES, setting=entries.EXPORT_FILM
        )
        self._film_form = form
        self._last = exporting.last or 1
        tip = "The frame in the preview"
        self._slider = named(QSlider(Qt.Orientation.Horizontal), "film-k", "Frame", tip)
        self._slider.setRange(1, self._last)
        self._slider.setValue(self._session.k or 1)
        self._slider.valueChanged.connect(self._on_changed)
        self._k_label = Label()
        self._k_label.setMinimumWidth(self.fontMetrics().horizontalAdvance("epoch 00000"))
        frame = row()
        frame.addWidget(self._slider, 1)
        frame.addWidget(self._k_label)
        self._right.insertLayout(1, frame)
        options, suffix = film_choice(self._session.settings, exporting.last)
        self._format.show_value(suffix)
        form.show_options(options)
        self._show_k()

    @property
    def k(self) -> int:
        """The iteration of the frame in the preview, or the epoch."""
        return self._epochs[-1] if self._of_learning else self._slider.value()

    @property
    def _of_learning(self) -> bool:
        return self._film_form.kind == "learning"

    def reset(self) -> None:
        """Go back to the defaults."""
        self._format.show_value(".gif")
        self._film_form.show_options(film_defaults(self._session.settings))
        self._on_changed()

    def _on_changed(self) -> None:
        self._kind = self._film_form.kind
        self._slider.setEnabled(not self._of_learning)
        self._show_k()
        super()._on_changed()

    def _on_run_changed(self) -> None:
        last = self._exporting.last
        if last is not None and last != self._last:
            follows = self._slider.value() == self._last
            self._last = last
            self._film_form.show_run(self._session.run)
            self._slider.setMaximum(last)
            if follows:
                self._slider.setValue(last)
        super()._on_run_changed()

    def _show_k(self) -> None:
        self._k_label.setText(f"{'epoch' if self._of_learning else 'k ='} {self.k:,}")

    def _on_reply(self, reply: ExportReply) -> None:
        if isinstance(reply, Drawn):
            if self._of_learning:
                frames = len(self._epochs)
                options = self._film_form.options().for_learning(frames)
                reply = replace(reply, frames=frames, seconds=options.seconds(frames))
            self._film_form.show_frames(reply.frames)
        super()._on_reply(reply)

    def _size_text(self, drawn: Drawn) -> str:
        duration = f"{counted(drawn.frames, 'frame')}, {drawn.seconds:z.1f} s"
        return f"{duration}, {drawn.width:,} × {drawn.height:,} pixels (width × height)"
