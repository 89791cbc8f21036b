"""The commands of the Edit menu: changes of the whole map, and the clipboard."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from vingui.core import map_edits, palette_edits
from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.grid import MAX_SIDE, GridMap
from vingui.core.phrases import counted
from vingui.gui import settings as entries
from vingui.gui.commands.filing import Filing
from vingui.gui.document.tools import tool_named
from vingui.gui.importing.pasted_paths import named_files
from vingui.gui.modal import run_modal
from vingui.gui.session import Session

_MOST_PASTED = 4 * MAX_SIDE**2
"""Characters, four for each cell of the largest map."""


class Editing(QObject):
    """The commands of the Edit menu.

    Args:
        session: the map and its settings.
        filing: opens files that are pasted.
        parent: the parent of the dialogs.
    """

    def __init__(self, session: Session, filing: Filing, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.document = session.document
        self._filing = filing
        self._parent = parent

    def clear(self) -> None:
        """Remove all walls."""
        self.document.apply("Clear walls", map_edits.clear(self.document.grid))

    def clear_terrain(self) -> None:
        """Make all cells of kind 0; walls stay."""
        self.document.apply("Clear terrain", palette_edits.clear_terrain(self.document.grid))

    def invert(self) -> None:
        """Swap walls and free cells."""
        self.document.apply("Invert walls", map_edits.invert(self.document.grid))

    def border(self) -> None:
        """Put walls around the edge of the map."""
        self.document.apply("Border", map_edits.border(self.document.grid))

    def choose_settings(self) -> None:
        """Show the settings until the dialog is closed."""
        from vingui.gui.dialogs.settings import SettingsDialog

        with run_modal(SettingsDialog(self.session.settings, self._parent)):
            """Each change is applied at once."""

    def resize(self) -> None:
        """Ask for a new size, and resize the map."""
        from vingui.gui.dialogs.resize import ResizeDialog

        dialog = ResizeDialog(self.document.grid, self.session.theme.look, self._parent)
        with run_modal(dialog) as accepted:
            if accepted:
                self.document.apply("Resize", dialog.grid())

    def generate(self) -> None:
        """Open the dialog that generates random maps."""
        from vingui.gui.dialogs.generate import GenerateDialog

        dialog = GenerateDialog(self.session.settings, self.session.theme.look, self._parent)
        dialog.applied.connect(self._on_generated)
        with run_modal(dialog):
            pass

    def _on_generated(self, grid: GridMap, kind: str) -> None:
        # A generated map is a different document: saving it must not replace the current file.
        title = f"{kind} {grid.rows}x{grid.cols}"
        self.document.apply("Generate", grid, title=title)

    def remove_selected_start(self) -> None:
        """Remove the selected start."""
        start = self.session.selected_start
        if start is not None:
            grid = self.document.grid
            self.document.apply("Remove a start", map_edits.remove_start(grid, grid.starts[start]))

    def choose_material(self, material: int) -> None:
        """Draw a material, with the pencil if the current tool draws none.

        Args:
            material: `WALL` or a kind of terrain.
        """
        self.session.choose_material(material)
        if not tool_named(self.session.settings.get(entries.TOOL)).draws:
            self.session.settings.set(entries.TOOL, "pencil")

    def change_brush(self, cells: int) -> None:
        """Change the size of the brush by a number of cells."""
        brush = self.session.settings.get(entries.BRUSH) + cells
        if entries.BRUSH.allows(brush):
            self.session.settings.set(entries.BRUSH, brush)

    def copy(self) -> None:
        """Copy the map to the clipboard as text."""
        from vingui.core.formats import vingui_map

        # Not a QMimeData made here, which Qt would destroy after Python has ended.
        QGuiApplication.clipboard().setText(vingui_map.encoded(self.document.grid))
        self.session.notify("The map is on the clipboard.", key="clipboard")

    def paste(self) -> None:
        """Paste files or their paths, a map as text, or a picture from the clipboard."""
        self.session.close_message("clipboard")
        content = QGuiApplication.clipboard().mimeData()
        # `mimeData` returns None if nothing was ever copied, against its type.
        content = content or QMimeData()
        files = [Path(url.toLocalFile()) for url in content.urls() if url.isLocalFile()]
        files = files or named_files(content.text())
        if files:
            self._filing.open_paths(files)
            return
        try:
            grid, notes = _read(content.text())
        except VinguiError as error:
            # Programs that copy a picture often copy a text about it as well.
            if content.hasImage():
                image = QGuiApplication.clipboard().image()
                self._filing.importing.open_image(image, self._on_picture_imported)
            else:
                self.session.notify(f"{error}.", kind="warning", key="clipboard")
            return
        self.document.apply("Paste map", grid, title="Pasted map")
        if notes:
            self.session.notify(" ".join(notes), key="clipboard")

    def _on_picture_imported(self, dataset: DataSet) -> None:
        self.document.apply("Paste picture", dataset.maps[0], title="Pasted picture")
        self.session.notify(" ".join(dataset.notes), key="clipboard")


def _read(text: str) -> tuple[GridMap, tuple[str, ...]]:
    from vingui.core.formats import clipboard

    if len(text) > _MOST_PASTED:
        raise VinguiError(
            f"The text on the clipboard has {counted(len(text), 'character')}; at most "
            f"{_MOST_PASTED:,} can be pasted. Save the text to a file and open the file"
        )
    return clipboard.decoded(text)
