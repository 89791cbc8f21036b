"""New, open, save: the document and its file, read and written off the window's thread."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox

from vingui.core.errors import VinguiError
from vingui.core.files import shown
from vingui.core.grid import GridMap
from vingui.gui import background
from vingui.gui import settings as kept
from vingui.gui.asking import asked
from vingui.gui.document import UNTITLED
from vingui.gui.files import Opened, Saved, open_filter, open_map, save_filter, save_map, suffix_for
from vingui.gui.import_places import Member
from vingui.gui.importing import Importing
from vingui.gui.plain_text import FileDialog, button_text, tip

if TYPE_CHECKING:
    from vingui.gui.window import Window

_MOST_RECENT = 10
_BRING_OTHERS = (".yaml", ".yml", ".scen")
"""Suffixes of files that name another one, with which they are often dropped."""


class Filing(QObject):
    """What the File menu does.

    Args:
        window: whose document it is.

    Attributes:
        importing: reads what is opened.
        recent_menu: the files opened or saved before.
    """

    importing: Importing

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self.window = window
        self.session = window.session
        self.document = window.session.document
        self.recent_menu = QMenu(window)
        self.recent_menu.setObjectName("menu-recent")
        self.recent_menu.setToolTipsVisible(True)
        self.importing = Importing(window, self._take)
        self._fill_recent()
        self.session.settings.changed.connect(self._take_setting)

    def new(self) -> None:
        """Begin an empty map of a size the user chooses."""
        from vingui.gui.dialogs.new_map import NewMapDialog

        dialog = NewMapDialog(self.session.settings, self.window)
        with asked(dialog) as accepted:
            grid = dialog.grid()
        if accepted:
            self.unless_unsaved(lambda: self._begin(grid))

    def gallery(self) -> None:
        """Choose one of the sample maps."""
        from vingui.gui.dialogs.gallery import Gallery

        dialog = Gallery(self.session.theme.look, self.window)
        with asked(dialog) as accepted:
            sample = dialog.sample()
        if accepted and sample is not None:
            self.unless_unsaved(
                lambda: self._begin(sample.grid, title=sample.title, about=sample.about)
            )

    def open(self) -> None:
        """Choose a file and open it."""
        dialog = self._file_dialog("Open a map", open_filter())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        with asked(dialog) as accepted:
            chosen = dialog.selectedFiles()
        if accepted:
            self.open_path(Path(chosen[0]))

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open what was dropped or pasted: of several files the one that brings others along."""
        if not paths:
            return
        chosen = min(paths, key=lambda path: path.suffix.lower() not in _BRING_OTHERS)
        if len(paths) > 1:
            self.session.notify(
                f"One map at a time: {shown(chosen)} of {len(paths)} files.", key="drop"
            )
        self.open_path(chosen)

    def open_path(self, path: Path, *, otherwise: Callable[[], None] | None = None) -> None:
        """Open a map's or a model's file; a file that cannot be read changes nothing.

        Args:
            path: the file, or a folder of maps.
            otherwise: is called where no map comes of it.
        """
        self.session.settings.set(kept.FOLDER, str(path.parent))
        if otherwise is None:
            otherwise = _nothing
        if path.suffix == ".keras":
            self.session.choose_model(str(path))
            otherwise()
        else:
            self.importing.open_path(path, otherwise=otherwise)

    def look_again(self) -> None:
        """Show the document's file as it is now, where another program has changed it since."""
        path, grid = self.document.path, self.document.grid
        if path is None or self.document.modified:
            return

        def done(opened: Opened) -> None:
            untouched = self.document.grid is grid and self.document.path == path
            # What the file's format left out is here still.
            if untouched and opened.writable and opened.grid != grid:
                self._take(opened, self.document.member)
                self.session.notify(f"{path.name} has changed since.", key="opened")

        # Where it cannot be read any more, the map is here still and can be saved anew.
        background.run(lambda: open_map(path), done=done, failed=lambda _: None, parent=self)

    def save(self, then: Callable[[], None] | None = None) -> None:
        """Save to the document's file, or ask for one.

        Args:
            then: is called once the file is there.
        """
        path = self.document.path
        if path is None:
            self.save_as(then)
        else:
            self._write(path, then)

    def save_as(self, then: Callable[[], None] | None = None) -> None:
        """Ask for a file and save to it."""
        name = self.document.path.name if self.document.path else f"{self.document.title}.json"
        dialog = self._file_dialog("Save the map", save_filter())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # The dialog adds the suffix, as it is the one that asks before a file is replaced.
        dialog.setDefaultSuffix(suffix_for(dialog.selectedNameFilter()))
        dialog.filterSelected.connect(lambda used: dialog.setDefaultSuffix(suffix_for(used)))
        dialog.selectFile(name)
        with asked(dialog) as accepted:
            path = Path(dialog.selectedFiles()[0])
        if not accepted:
            return
        self.session.settings.set(kept.FOLDER, str(path.parent))
        self._write(path, then)

    def unless_unsaved(self, then: Callable[[], None]) -> None:
        """Do something that ends this document, after asking about changes not saved."""
        if not self.document.modified:
            then()
            return
        box = QMessageBox(self.window)
        box.setObjectName("unsaved")
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle("Unsaved changes")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(f"Save changes to “{self.document.title}”?")
        box.setInformativeText("Unsaved changes will be lost.")
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        # Some desktops give these buttons no letters.
        box.button(buttons.Save).setText("&Save")
        box.button(buttons.Discard).setText("&Discard")
        box.button(buttons.Cancel).setText("&Cancel")
        box.setDefaultButton(buttons.Save)
        answer = box.exec()
        box.deleteLater()
        if answer == buttons.Save:
            self.save(then)
        elif answer == buttons.Discard:
            # The next start then shows the map as it was saved.
            history = self.document.undo_stack
            if history.cleanIndex() >= 0:
                history.setIndex(history.cleanIndex())
            history.setClean()
            then()

    def _fill_recent(self) -> None:
        menu = self.recent_menu
        menu.clear()
        recent = self.session.settings.get(kept.RECENT)
        for place, name in enumerate(recent, start=1):
            path = Path(name)
            action = QAction(f"&{place % 10}  {button_text(shown(path))}", menu)
            action.setToolTip(tip(name))
            action.triggered.connect(lambda _=False, path=path: self.open_path(path))
            menu.addAction(action)

    def _begin(self, grid: GridMap, *, title: str = UNTITLED, about: str = "") -> None:
        self.document.replace(grid, title=title, about=about)

    def _take(self, opened: Opened, member: Member | None) -> None:
        self.document.replace(
            opened.grid,
            path=opened.path if opened.writable else None,
            title=opened.title,
            about=opened.about,
            member=member,
        )
        self._remember(opened.path)

    def _write(self, path: Path, then: Callable[[], None] | None) -> None:
        grid = self.document.grid

        def done(saved: Saved) -> None:
            self.document.saved(path, saved.grid)
            self._remember(path)
            if saved.losses:
                self.session.notify(
                    f"{shown(path)}: {' '.join(saved.losses)} A .json file keeps all.",
                    kind="warning",
                    key="file",
                )
            if then is not None:
                then()

        background.run(
            lambda: save_map(grid, path, self.document.title),
            done=done,
            failed=self._tell,
            parent=self,
        )

    def _tell(self, error: Exception) -> None:
        if not isinstance(error, VinguiError):
            raise error
        self.session.notify(str(error), kind="error", key="file")

    def _remember(self, path: Path) -> None:
        recent = self.session.settings.get(kept.RECENT)
        newest = [str(path), *(name for name in recent if name != str(path))]
        self.session.settings.set(kept.RECENT, tuple(newest[:_MOST_RECENT]))

    def _take_setting(self, setting: object) -> None:
        if setting is kept.RECENT:
            self._fill_recent()

    def _file_dialog(self, title: str, filters: str) -> QFileDialog:
        dialog = FileDialog(self.window, title, self._folder(), filters)
        dialog.setObjectName("file-dialog")
        return dialog

    def _folder(self) -> str:
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        return self.session.settings.get(kept.FOLDER) or QStandardPaths.writableLocation(documents)


def _nothing() -> None:
    """Nothing is to be done."""
