"""The figure page of the export dialog."""

from vingui.core.figure_protocol import Drawn
from vingui.gui import settings as entries
from vingui.gui.exporting.choices import figure_choice, figure_defaults
from vingui.gui.exporting.controller import Exporting
from vingui.gui.exporting.dialog.drawn_page import DrawnPage
from vingui.gui.exporting.dialog.figure_form import FigureForm


class FigurePage(DrawnPage):
    """Exports a figure.

    Args:
        exporting: draws and saves it.
    """

    def __init__(self, exporting: Exporting) -> None:
        from vingui.figure.options import SUFFIXES

        form = FigureForm(exporting.session.run)
        super().__init__(
            exporting, "figure", form, suffixes=SUFFIXES, setting=entries.EXPORT_FIGURE
        )
        self._figure_form = form
        self._show_run()
        options, suffix = figure_choice(self._session.settings, exporting.last)
        self._format.show_value(suffix)
        form.show_options(options)

    @property
    def k(self) -> int:
        """The iteration that the views show; 0 for the last."""
        return self._exporting.k

    def reset(self) -> None:
        """Go back to the defaults."""
        self._format.show_value(".png")
        self._figure_form.show_options(figure_defaults(self._session.settings))
        self._on_changed()

    def _show_run(self) -> None:
        session = self._session
        open_k = f"Shown ({session.k:,})" if session.run is not None else "Shown"
        self._figure_form.show_run(session.run, open_k=open_k)

    def _on_run_changed(self) -> None:
        self._show_run()
        super()._on_run_changed()

    def _size_text(self, drawn: Drawn) -> str:
        width, height = drawn.millimetres
        size = f"{drawn.width:,} × {drawn.height:,} pixels"
        return f"{size}, {width:z.0f} × {height:z.0f} mm (width × height)"
