"""Figures: their options, and a preview."""

from typing import Any

from vingui.core.errors import VinguiError
from vingui.gui import settings as entries
from vingui.gui.exporting.choices import figure_choice, figure_defaults, remember
from vingui.gui.exporting.controller import Exporting
from vingui.gui.exporting.dialog.drawn_page import DrawnPage, formats
from vingui.gui.exporting.dialog.figure_form import FigureForm
from vingui.gui.look.fields import add_row, group


class FigurePage(DrawnPage):
    """A figure.

    Args:
        exporting: draws and saves it.
    """

    def __init__(self, exporting: Exporting) -> None:
        super().__init__(exporting, "figure")
        from vingui.figure.options import SUFFIXES

        self._format = formats("figure-format", SUFFIXES)
        self._form = FigureForm(exporting.session.run, open_k=self._open_k)
        box, form = group("&File")
        add_row(form, "Format", self._format)
        self._column.addWidget(box)
        self._column.addWidget(self._form)
        self._lay_out()
        options, suffix = figure_choice(self._session.settings, exporting.last)
        self._format.show_value(suffix)
        self._form.show_options(options)
        self._form.changed.connect(self._on_changed)
        self._format.activated.connect(self.changed)

    @property
    def _open_k(self) -> str:
        session = self._session
        return f"Shown ({session.k:,})" if session.run is not None else "Shown"

    def _on_run_changed(self) -> None:
        self._form.show_run(self._session.run, open_k=self._open_k)
        super()._on_run_changed()

    def record(self) -> dict[str, Any]:
        """The figure's options."""
        return self._form.options().record()

    @property
    def suffix(self) -> str:
        """The figure's format."""
        return str(self._format.value())

    def reset(self) -> None:
        """Go back to a figure that a journal takes."""
        self._format.show_value(".png")
        self._form.show_options(figure_defaults(self._session.settings))
        self._on_changed()

    def remember(self) -> None:
        """Keep the options, unless they contradict each other."""
        try:
            remember(self._session.settings, entries.EXPORT_FIGURE, self.record(), self.suffix)
        except VinguiError:
            return
