"""The export dialog: figures, films, data, and what is seen."""

from vingui.gui.dialogs.export.dialog import ExportDialog

__all__ = ["ExportDialog"]
