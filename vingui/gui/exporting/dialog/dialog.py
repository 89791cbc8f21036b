"""The export dialog: a list of pages on the left, and the current page beside it."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vingui.gui import settings as entries
from vingui.gui.dialogs.screen import resize_on_screen
from vingui.gui.exporting.choices import TITLES, file_name, folder
from vingui.gui.exporting.controller import Exporting
from vingui.gui.exporting.dialog.data_page import DataPage
from vingui.gui.exporting.dialog.figure_page import FigurePage
from vingui.gui.exporting.dialog.film_page import FilmPage
from vingui.gui.exporting.dialog.page import ExportPage
from vingui.gui.exporting.dialog.screenshot_page import ScreenshotPage
from vingui.gui.exporting.progress import ExportProgress
from vingui.gui.look.buttons import Button
from vingui.gui.look.fields import FRAMED_LIST, named
from vingui.gui.look.icons import icon
from vingui.gui.look.plain_text import FileDialog

_PAGES: Final = (
    ("figure", "Figure", "picture", "Panels for a paper or a slide", FigurePage),
    ("film", "Film", "film", "The values as they are iterated", FilmPage),
    ("data", "Data", "table", "Arrays, tables and the map, for scripts", DataPage),
    ("screenshot", "Screenshot", "screenshot", "The views as they are now", ScreenshotPage),
)


class ExportDialog(QDialog):
    """Exports any number of files.

    Args:
        exporting: writes the files.
        parent: the window.
    """

    def __init__(self, exporting: Exporting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("export")
        self.setWindowTitle("Export")
        self._exporting = exporting
        self._settings = exporting.session.settings
        self._ids = [id_ for id_, *_ in _PAGES]
        # Each page is created when it is first shown, since it has dozens of fields.
        self._made: dict[str, ExportPage] = {}
        self._buttons: dict[str, QPushButton] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        upper, below = QHBoxLayout(), QHBoxLayout()
        layout.addLayout(upper, 1)
        layout.addLayout(below)
        # Tab follows the order of creation; pages are created after the list.
        self._fill_foot(below)
        self._stack = QStackedWidget(self)
        self._list = self._make_list()
        upper.setSpacing(12)
        upper.addWidget(self._list)
        upper.addWidget(self._stack, 1)
        self._list.currentRowChanged.connect(self._show_page)
        self._list.setCurrentRow(self._ids.index(self._settings.get(entries.EXPORT_PAGE)))
        self._list.setFocus()
        resize_on_screen(self, 944, 592)

    @property
    def page(self) -> ExportPage:
        """The page that is shown."""
        return self._made[self._ids[self._list.currentRow()]]

    def done(self, result: int) -> None:
        """Remember the choices, and stop drawing."""
        for page in self._made.values():
            page.leave()
            page.remember()
        super().done(result)

    def _make_list(self) -> QListWidget:
        pages = named(QListWidget(self), "pages", "What to export", "What to export")
        pages.setStyleSheet(FRAMED_LIST.format(edge="transparent"))
        pages.setIconSize(QSize(20, 20))
        pages.setFixedWidth(124)
        for _, title, picture, tip, _ in _PAGES:
            item = QListWidgetItem(icon(picture), title)
            item.setToolTip(tip)
            item.setSizeHint(QSize(116, 36))
            pages.addItem(item)
        return pages

    def _fill_foot(self, foot: QHBoxLayout) -> None:
        box = QDialogButtonBox(self)
        roles = QDialogButtonBox.ButtonRole
        foot.setSpacing(12)
        foot.addWidget(self._button("reset", "&Reset", "Go back to the defaults"))
        foot.addWidget(ExportProgress(self._exporting, in_dialog=True), 1)
        foot.addWidget(box)
        for name, text, tip, role in (
            ("save", "Sa&ve...", "Save as a file", roles.AcceptRole),
            ("copy", "&Copy", "Copy the picture to the clipboard", roles.ActionRole),
            ("close", "Close", "Close; files in progress are still written", roles.RejectRole),
        ):
            box.addButton(self._button(name, text, tip), role)
        self._buttons["save"].clicked.connect(self._save)
        self._buttons["copy"].clicked.connect(self._copy)
        self._buttons["reset"].clicked.connect(self._reset)
        self._buttons["close"].clicked.connect(self.reject)

    def _button(self, name: str, text: str, tip: str) -> QPushButton:
        about = text.replace("&", "").removesuffix("...")
        self._buttons[name] = button = named(Button(text), name, about, tip)
        button.setDefault(name == "save")
        return button

    def _show_page(self, row: int) -> None:
        id_, *_, make = _PAGES[row]
        if id_ not in self._made:
            self._made[id_] = made = make(self._exporting)
            self._stack.addWidget(made)
            made.changed.connect(self._show_buttons)
        page = self._made[id_]
        for other in self._made.values():
            if other is not page:
                other.leave()
        self._stack.setCurrentWidget(page)
        self._settings.set(entries.EXPORT_PAGE, id_)
        page.enter()
        self._show_buttons()

    def _show_buttons(self) -> None:
        self._buttons["save"].setEnabled(self.page.export() is not None)
        self._buttons["copy"].setEnabled(self.page.can_copy)

    def _reset(self) -> None:
        self.page.reset()

    def _save(self) -> None:
        export = self.page.export()
        if export is None:
            return
        self.page.remember()
        suffix = export.suffix
        kind = f"{TITLES.get(suffix, 'Map')} (*{suffix})"
        dialog = FileDialog(self, "Export", str(folder(self._settings)), kind)
        dialog.setObjectName("save-export")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # The dialog adds the suffix, since it asks before a file is replaced.
        dialog.setDefaultSuffix(suffix.removeprefix("."))
        dialog.selectFile(file_name(self._exporting.session, export))
        if dialog.exec():
            self._exporting.save(export, export.file(Path(dialog.selectedFiles()[0])))
        dialog.deleteLater()

    def _copy(self) -> None:
        shown = self._ids[self._list.currentRow()]
        self._settings.set(entries.EXPORT_COPY, "screenshot" if shown == "screenshot" else "figure")
        self.page.remember()
        self.page.copy()
