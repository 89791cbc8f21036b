"""The export dialog: figures, films, data, and what is seen."""

from vingui.gui.exporting.dialog.dialog import ExportDialog

__all__ = ["ExportDialog"]
