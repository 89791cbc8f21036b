"""Changes of the whole map, and the clipboard."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication

from vingui.core import drawing
from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.gui import settings as kept
from vingui.gui.asking import asked

if TYPE_CHECKING:
    from vingui.gui.import_picture import Made
    from vingui.gui.window import Window

_MOST_PASTED = 4 << 20
"""Characters; a map of 1024x1024 cells has a quarter of them."""


class Editing(QObject):
    """What the Edit menu does.

    Args:
        window: whose map it is.
    """

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self.window = window
        self.session = window.session
        self.document = window.session.document

    def clear(self) -> None:
        """Remove all walls."""
        self.document.apply("Clear walls", drawing.clear(self.document.grid))

    def invert(self) -> None:
        """Walls become free, and free cells walls."""
        self.document.apply("Invert walls", drawing.invert(self.document.grid))

    def border(self) -> None:
        """Close the outermost cells."""
        self.document.apply("Border", drawing.border(self.document.grid))

    def resize(self) -> None:
        """Change the number of rows and columns."""
        from vingui.gui.dialogs.resize import ResizeDialog

        dialog = ResizeDialog(self.document.grid, self.session.theme.look, self.window)
        with asked(dialog) as accepted:
            if accepted:
                self.document.apply("Resize", dialog.grid())

    def generate(self) -> None:
        """Draw a random map."""
        from vingui.gui.dialogs.generate import GenerateDialog

        dialog = GenerateDialog(self.session.settings, self.session.theme.look, self.window)
        dialog.applied.connect(lambda grid: self.document.apply("Generate", grid))
        with asked(dialog):
            pass

    def remove_selected_start(self) -> None:
        """Remove the start that is selected."""
        start = self.session.selected_start
        if start is not None:
            grid = self.document.grid
            self.document.apply("Remove start", drawing.remove_start(grid, grid.starts[start]))

    def change_brush(self, cells: int) -> None:
        """Make the brush wider or narrower."""
        brush = self.session.settings.get(kept.BRUSH) + cells
        if kept.BRUSH.allows(brush):
            self.session.settings.set(kept.BRUSH, brush)

    def copy(self) -> None:
        """Put the map on the clipboard: as text that can be pasted here and read anywhere."""
        from vingui.core.formats import vingui_map

        # As plain text: a QMimeData made here would be destroyed by Qt when Python has ended.
        QGuiApplication.clipboard().setText(vingui_map.encoded(self.document.grid))
        self.session.notify("The map is on the clipboard.", key="clipboard")

    def paste(self) -> None:
        """Take what is on the clipboard: a file, a map of ours, rows of `#` and `.`, a picture."""
        content = QGuiApplication.clipboard().mimeData()
        # Where nothing was ever copied there is none, whatever its type says.
        content = content or QMimeData()
        files = [Path(url.toLocalFile()) for url in content.urls() if url.isLocalFile()]
        if files:
            self.window.filing.open_paths(files)
            return
        try:
            grid = _read(content.text())
        except VinguiError as error:
            # Programs that copy a picture often add words about it.
            if content.hasImage():
                image = QGuiApplication.clipboard().image()
                self.window.filing.importing.open_image(image, self._take_picture)
            else:
                self.session.notify(f"Paste: {error}", kind="warning", key="clipboard")
            return
        self.document.apply("Paste map", grid)

    def _take_picture(self, made: "Made") -> None:
        self.document.apply("Paste picture", made.grid)
        self.session.notify(made.note, key="clipboard")


def _read(text: str) -> GridMap:
    from vingui.core.formats import text as plain
    from vingui.core.formats import vingui_map

    if not text.strip():
        raise VinguiError("Expected a map on the clipboard, received no text")
    if len(text) > _MOST_PASTED:
        raise VinguiError(
            f"Expected a map of at most {_MOST_PASTED:,} characters, received {len(text):,}"
        )
    if not text.lstrip().startswith("{"):
        return plain.decoded(text.replace("\r\n", "\n"))
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise VinguiError("Expected a map on the clipboard, received other text") from None
    return vingui_map.decoded(content)
