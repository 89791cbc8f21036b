"""Opening the export dialog."""

from PySide6.QtWidgets import QWidget

from vingui.gui.exporting.controller import Exporting
from vingui.gui.modal import run_modal


def open_export_dialog(exporting: Exporting, parent: QWidget) -> None:
    """Open the export dialog.

    Args:
        exporting: writes the files and copies the pictures.
        parent: the main window.
    """
    from vingui.gui.exporting.dialog.dialog import ExportDialog

    with exporting.reporting_in_dialog(), run_modal(ExportDialog(exporting, parent)):
        pass
