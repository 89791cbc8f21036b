"""The options of a film."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vingui.gui.exporting.dialog.figure_form import FigureForm
from vingui.gui.look.fields import (
    add_row,
    check,
    choice,
    edited,
    group,
    number,
    row,
    show_value,
    whole,
)
from vingui.gui.look.plain_text import Label

if TYPE_CHECKING:
    from vingui.core.run import Run
    from vingui.figure.film_options import FilmOptions


class FilmForm(QWidget):
    """The options of a film and of its figure.

    Args:
        run: the run that is shown.
        has_snapshots: whether there are snapshots of the model.
    """

    changed = Signal()

    def __init__(self, run: "Run | None", *, has_snapshots: bool = False) -> None:
        super().__init__()
        from vingui.figure.film_options import LONGEST_HOLD, RATES

        tip = "Iterations show V_1 to V_K; learning, the plan after each of some epochs of training"
        rows = [("film", "Iterations"), ("learning", "Learning")]
        self._subject = choice("film-of", "Of", tip, rows)
        self._rate = number("rate", "Rate", "Frames per second", low=RATES[0], high=RATES[1])
        self._rate.setSuffix(" a second")
        tip = "Show every n-th iteration"
        self._every = whole("every", "Every n-th iteration", tip, low=1, high=1_000_000)
        self._first = whole("first", "First", "The first iteration", low=0, high=1, special="First")
        self._until = whole("last", "Last", "The last iteration", low=0, high=1, special="Last")
        tip = "How long the last frame is shown"
        self._hold = number("hold", "Last-frame pause", tip, low=0, high=LONGEST_HOLD, suffix=" s")
        tip = "Choose a rate and a pause that suit the number of frames"
        self._automatic = check("film-usual", "Automatic speed", tip)
        self._loop = check("film-loop", "L&oop", "Whether the film starts again at its end")
        self._figure = FigureForm(run)
        span = row(self._first, Label("to"), self._until)
        for index in (0, 2):
            span.setStretch(index, 1)
        box, self._rows = group("Fil&m")
        form = self._rows
        add_row(form, "Of", self._subject)
        add_row(form, "Rate", self._rate)
        add_row(form, "Every n-th", self._every)
        add_row(form, "k", span)
        add_row(form, "Last-frame pause", self._hold)
        add_row(form, "", self._automatic)
        add_row(form, "", self._loop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(box)
        layout.addWidget(self._figure)
        self._span = span
        form.setRowVisible(self._subject, has_snapshots)
        self._subject.activated.connect(self._on_subject_changed)
        self.show_run(run)
        for timing in (self._rate, self._hold):
            timing.valueChanged.connect(lambda: show_value(self._automatic, False))
        for field in (
            self._rate,
            self._every,
            self._first,
            self._until,
            self._hold,
            self._automatic,
            self._loop,
        ):
            edited(field).connect(self.changed)
        self._figure.changed.connect(self.changed)

    @property
    def kind(self) -> str:
        """What it is of: "film" for iterations, or "learning"."""
        return str(self._subject.value())

    def _on_subject_changed(self) -> None:
        # A film of learning shows all snapshots.
        for field in (self._every, self._span):
            self._rows.setRowVisible(field, self.kind == "film")
        self.changed.emit()

    def show_run(self, run: "Run | None") -> None:
        """Offer the iterations of a run so far."""
        self._figure.show_run(run, open_k="The frame's")
        last = run.latest if run is not None else 1
        for field in (self._first, self._until):
            field.setMaximum(max(last, field.value(), 1))

    def options(self) -> "FilmOptions":
        """Return the options in the fields.

        Raises:
            VinguiError: they contradict each other.
        """
        from vingui.figure.film_options import FilmOptions

        automatic = self._automatic.isChecked()
        return FilmOptions(
            figure=self._figure.options(),
            rate=None if automatic else self._rate.value(),
            hold=None if automatic else self._hold.value(),
            loop=self._loop.isChecked(),
            **self._chosen_iterations(),
        )

    def _chosen_iterations(self) -> dict[str, Any]:
        if self.kind == "learning":
            return {}
        return {
            "every": self._every.value(),
            "first": self._first.value() or None,
            "last": self._until.value() or None,
        }

    def show_options(self, options: "FilmOptions") -> None:
        """Show other options without emitting a signal."""
        self._figure.show_options(options.figure)
        self._show_timing(*options.timing(self._until.maximum()))
        show_value(self._automatic, options.rate is None and options.hold is None)
        show_value(self._every, options.every)
        show_value(self._loop, options.loop)
        show_value(self._first, options.first or 0)
        show_value(self._until, options.last or 0)

    def show_frames(self, frames: int) -> None:
        """Show the automatic rate and pause for a number of frames, unless others are chosen."""
        from vingui.figure.film_options import FilmOptions

        options = FilmOptions()
        if self.kind == "learning":
            options = options.for_learning(frames)
        if self._automatic.isChecked():
            self._show_timing(*options.timing(frames))

    def _show_timing(self, rate: float, hold: float) -> None:
        show_value(self._rate, rate)
        show_value(self._hold, hold)
