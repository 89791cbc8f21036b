"""Films over k: their options, and a preview of one frame."""

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from vingui.core.errors import VinguiError
from vingui.core.figure_protocol import Drawn, ExportReply
from vingui.core.phrases import counted
from vingui.gui import settings as entries
from vingui.gui.exporting.choices import film_choice, film_defaults, remember
from vingui.gui.exporting.controller import Exporting
from vingui.gui.exporting.dialog.drawn_page import DrawnPage, formats
from vingui.gui.exporting.dialog.figure_form import FigureForm
from vingui.gui.look.fields import add_row, check, group, named, number, whole
from vingui.gui.look.plain_text import Label

if TYPE_CHECKING:
    from vingui.figure.film_options import FilmOptions
    from vingui.figure.options import FigureOptions

_OPEN_K: Final = "Moves"
"""What is said of panels without a k."""


class FilmPage(DrawnPage):
    """A film over k.

    Args:
        exporting: draws and saves it.
    """

    def __init__(self, exporting: Exporting) -> None:
        super().__init__(exporting, "film")
        from vingui.figure.film_options import FILM_SUFFIXES

        run = exporting.session.run
        self._last = run.latest if run is not None else 1
        self._format = formats("film-format", FILM_SUFFIXES)
        self._film = FilmForm(self._last)
        self._form = FigureForm(run, open_k=_OPEN_K)
        self._slider = named(QSlider(Qt.Orientation.Horizontal), "film-k", "Frame", "Which frame")
        self._slider.setRange(1, max(self._last, 1))
        self._slider.setValue(exporting.session.k or 1)
        self._at = Label()
        self._at.setMinimumWidth(self.fontMetrics().horizontalAdvance("k = 00000"))
        frame = QHBoxLayout()
        frame.addWidget(self._slider, 1)
        frame.addWidget(self._at)
        self._beside.insertLayout(1, frame)
        box, form = group("&File")
        add_row(form, "Format", self._format)
        self._column.addWidget(box)
        self._column.addWidget(self._film)
        self._column.addWidget(self._form)
        self._lay_out()
        options, suffix = film_choice(self._session.settings, exporting.last)
        self._format.show_value(suffix)
        self._film.show_options(options)
        self._form.show_options(options.figure)
        for changed in (self._form.changed, self._film.changed):
            changed.connect(self._on_changed)
        self._slider.valueChanged.connect(self._on_k_changed)
        self._format.activated.connect(self.changed)
        self._show_k()

    def record(self) -> dict[str, Any]:
        """The film's options."""
        return self._film.options(self._form.options()).record()

    @property
    def suffix(self) -> str:
        """The film's format."""
        return str(self._format.value())

    @property
    def k(self) -> int:
        """The iteration of the frame that is shown."""
        return self._slider.value()

    def reset(self) -> None:
        """Go back to a film of all iterations."""
        options = film_defaults(self._session.settings)
        self._format.show_value(".gif")
        self._film.show_options(options)
        self._form.show_options(options.figure)
        self._on_changed()

    def remember(self) -> None:
        """Keep the options, unless they contradict each other."""
        try:
            remember(self._session.settings, entries.EXPORT_FILM, self.record(), self.suffix)
        except VinguiError:
            return

    def _on_run_changed(self) -> None:
        run = self._session.run
        if run is not None and run.latest != self._last:
            follows = self._slider.value() == self._last
            self._last = run.latest
            self._film.show_last(self._last)
            self._form.show_run(run, open_k=_OPEN_K)
            self._slider.setMaximum(self._last)
            if follows:
                self._slider.setValue(self._last)
        super()._on_run_changed()

    def _on_k_changed(self) -> None:
        self._show_k()
        self._on_changed()

    def _show_k(self) -> None:
        self._at.setText(f"k = {self._slider.value():,}")

    def _take(self, reply: ExportReply) -> None:
        if isinstance(reply, Drawn):
            self._film.show_frames(reply.frames)
        super()._take(reply)

    def _words(self, drawn: Drawn) -> str:
        said = f"{counted(drawn.frames, 'frame')}, {drawn.seconds:z.1f} s"
        return f"{said}, {drawn.width:,} × {drawn.height:,} pixels (width × height)"


class FilmForm(QWidget):
    """What a film has beside its figure.

    Args:
        last: the run's last k.
    """

    changed = Signal()

    def __init__(self, last: int) -> None:
        super().__init__()
        from vingui.figure.film_options import LONGEST_HOLD, RATES

        box, form = group("Fil&m")
        self._rate = number("rate", "Rate", "Frames per second", low=RATES[0], high=RATES[1])
        self._rate.setSuffix(" a second")
        tip = "Show every n-th iteration"
        self._every = whole("every", "Every n-th iteration", tip, low=1, high=1_000_000)
        tip = "How long the last frame is shown"
        self._hold = number("hold", "Last-frame pause", tip, low=0, high=LONGEST_HOLD, suffix=" s")
        self._first = whole("first", "First", "From", low=0, high=1, special="First")
        self._until = whole("last", "Last", "Up to", low=0, high=1, special="Last")
        self.show_last(last)
        self._loop = check("film-loop", "L&oop", "Whether the film starts again at its end")
        tip = "Choose rate and hold by the number of frames, so that they can be followed"
        self._usual = check("film-usual", "Automatic speed", tip)
        self._fill(form)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(box)
        for timed in (self._rate, self._hold):
            timed.valueChanged.connect(lambda: self._usual.setChecked(False))
        for field in (self._rate, self._every, self._hold, self._first, self._until):
            field.valueChanged.connect(self._on_change)
        for switch in (self._loop, self._usual):
            switch.toggled.connect(self._on_change)

    def show_last(self, last: int) -> None:
        """Offer the iterations that a run has by now."""
        self.blockSignals(True)
        for field in (self._first, self._until):
            field.setMaximum(max(last, field.value(), 1))
        self.blockSignals(False)

    def _fill(self, form: QFormLayout) -> None:
        span = QHBoxLayout()
        span.addWidget(self._first, 1)
        span.addWidget(Label("to"))
        span.addWidget(self._until, 1)
        add_row(form, "Rate", self._rate)
        add_row(form, "Every n-th", self._every)
        add_row(form, "k", span)
        add_row(form, "Last-frame pause", self._hold)
        add_row(form, "", self._usual)
        add_row(form, "", self._loop)

    def options(self, figure: "FigureOptions") -> "FilmOptions":
        """What the fields say."""
        from vingui.figure.film_options import FilmOptions

        return FilmOptions(
            figure=figure,
            rate=None if self._usual.isChecked() else self._rate.value(),
            every=self._every.value(),
            hold=None if self._usual.isChecked() else self._hold.value(),
            loop=self._loop.isChecked(),
            first=self._first.value() or None,
            last=self._until.value() or None,
        )

    def show_options(self, options: "FilmOptions") -> None:
        """Show other options without telling."""
        self.blockSignals(True)
        self._show_timing(*options.timing(self._until.maximum()))
        self._usual.setChecked(options.rate is None and options.hold is None)
        self._every.setValue(options.every)
        self._loop.setChecked(options.loop)
        self._first.setValue(options.first or 0)
        self._until.setValue(options.last or 0)
        self.blockSignals(False)

    def show_frames(self, frames: int) -> None:
        """Show the usual rate and hold of a film of so many frames, unless others are chosen."""
        from vingui.figure.film_options import FilmOptions

        if self._usual.isChecked():
            self._show_timing(*FilmOptions().timing(frames))

    def _show_timing(self, rate: float, hold: float) -> None:
        with QSignalBlocker(self._rate), QSignalBlocker(self._hold):
            self._rate.setValue(rate)
            self._hold.setValue(hold)

    def _on_change(self) -> None:
        self.changed.emit()
