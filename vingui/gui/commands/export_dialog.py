"""The export dialog, opened over a window."""

from PySide6.QtWidgets import QWidget

from vingui.gui.exporting.controller import Exporting
from vingui.gui.modal import run_modal


def open_export_dialog(exporting: Exporting, parent: QWidget) -> None:
    """Ask what to export, and how.

    Args:
        exporting: writes the files and copies the pictures.
        parent: the window below the dialog.
    """
    from vingui.gui.exporting.dialog import ExportDialog

    with exporting.reporting_in_dialog(), run_modal(ExportDialog(exporting, parent)):
        pass
