"""The commands of the File menu. Files are read and written in background threads."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from vingui.core.errors import VinguiError
from vingui.core.files import name_of
from vingui.core.phrases import counted
from vingui.gui import background
from vingui.gui import settings as entries
from vingui.gui.commands.file_questions import ask_overwrite, ask_unsaved
from vingui.gui.document.file_fingerprint import FileFingerprint, FileState
from vingui.gui.document.file_names import existing_folder, file_stem
from vingui.gui.document.set_position import SetMember
from vingui.gui.importing.controller import Importing
from vingui.gui.importing.files import (
    OpenedMap,
    SavedMap,
    open_filter,
    open_map,
    save_filter,
    save_map,
    suffix_for,
)
from vingui.gui.look.debounce import Debounce
from vingui.gui.look.plain_text import FileDialog, button_text, tip
from vingui.gui.modal import run_modal
from vingui.gui.session import Session

_MOST_RECENT = 10
_LONGEST_WRITE = 5.0
_AUTOSAVE_MS = 300
"""Seconds to wait for a file that is being written when the window is closed."""

_REFER_TO_OTHERS = (".yaml", ".yml", ".scen")
"""Suffixes of files that refer to another file, which is often dropped together with them."""


class Filing(QObject):
    """The commands of the File menu.

    Args:
        session: the map and the settings.
        parent: the parent of the dialogs.

    Attributes:
        importing: opens files.
        recent_menu: the menu of recent files.
    """

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.document = session.document
        self._parent = parent
        self.recent_menu = QMenu(parent)
        self.recent_menu.setObjectName("menu-recent")
        self.recent_menu.setToolTipsVisible(True)
        self.importing = Importing(
            session,
            self._on_opened,
            after_saving_changes=self.after_saving_changes,
            parent=parent,
        )
        self._checks = background.Latest(self)
        self._after_check: Callable[[], None] = _nothing
        self._writes = background.InTurn(self)
        self._closing = False
        self._autosave: Debounce | None = None
        self._fill_recent()
        self.session.settings.changed.connect(self._on_setting_changed)

    def new(self) -> None:
        """Ask for a size, and create an empty map."""
        from vingui.gui.dialogs.new_map import NewMapDialog

        dialog = NewMapDialog(self.session.settings, self._parent)
        with run_modal(dialog) as accepted:
            grid = dialog.grid()
        if accepted:
            self.after_saving_changes(lambda: self.document.replace(grid))

    def gallery(self) -> None:
        """Ask for a sample map, and open it."""
        from vingui.gui.dialogs.gallery import Gallery

        dialog = Gallery(self.session.theme.look, self._parent)
        with run_modal(dialog) as accepted:
            sample = dialog.sample()
        if accepted and sample is not None:
            self.after_saving_changes(lambda: self.document.replace_by_sample(sample))

    def open(self) -> None:
        """Ask for a file, and open it."""
        dialog = self._file_dialog("Open a map", open_filter())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        with run_modal(dialog) as accepted:
            chosen = dialog.selectedFiles()
        if accepted:
            self.open_path(Path(chosen[0]))

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open one of several dropped or pasted files, preferably one that refers to another."""
        if not paths:
            return
        chosen = min(paths, key=lambda path: path.suffix.lower() not in _REFER_TO_OTHERS)
        if len(paths) > 1:
            self.session.notify(
                f"One map can be open at a time: only {name_of(chosen)} of "
                f"{counted(len(paths), 'file')} is opened.",
                key="drop",
            )
        self.open_path(chosen)

    def open_path(self, path: Path, *, on_failure: Callable[[], None] | None = None) -> None:
        """Open a map or a model. If it cannot be read, nothing changes.

        Args:
            path: a file, or a folder of maps.
            on_failure: called if no map was opened.
        """
        self.session.settings.set(entries.FOLDER, str(path.parent))
        on_failure = on_failure or _nothing
        if path.suffix == ".keras":
            self.session.choose_model(str(path))
            on_failure()
        else:
            self.importing.open_path(path, on_failure=on_failure)

    def reload_if_changed(self) -> None:
        """Reload the document if its file has changed since the last start."""
        path, grid = self.document.path, self.document.grid
        if path is None or self.document.modified:
            self.check_file()
            return

        def done(opened: OpenedMap) -> None:
            untouched = self.document.grid is grid and self.document.path == path
            # Keep an unchanged map, which may have more than its file format can store.
            if untouched and opened.writable and opened.grid != grid:
                self._show_reloaded(opened)
            elif untouched and opened.grid == grid and self.document.fingerprint is None:
                self.document.saved(path, fingerprint=opened.fingerprint)
            else:
                self.check_file()

        # If the file can no longer be read, the map can be saved again.
        background.run(
            lambda: open_map(path),
            on_done=done,
            on_failure=lambda _: self.check_file(),
            parent=self,
        )

    def check_file(self, then: Callable[[], None] | None = None) -> None:
        """Check in the background whether another program has changed the document's file.

        Args:
            then: called afterwards.
        """
        fingerprint = self.document.fingerprint
        # An earlier callback is called after the newest check.
        self._after_check = then or self._after_check
        if fingerprint is None:
            self._end_check()
            return

        def done(state: FileState) -> None:
            if self.document.fingerprint is not fingerprint:
                # The file was read or saved in the meantime.
                self.check_file()
                return
            self._on_file_checked(name_of(fingerprint.path), state)
            self._end_check()

        self._checks.submit(fingerprint.state, on_done=done)

    def _end_check(self) -> None:
        after, self._after_check = self._after_check, _nothing
        after()

    def _on_file_checked(self, name: str, state: FileState) -> None:
        lost = state is not FileState.SAME
        if lost == self.document.lost:
            return
        self.document.set_lost(lost=lost)
        if not lost:
            self.session.close_message("file-changed")
            return
        if state is FileState.CHANGED:
            text, action = f"{name} was changed by another program.", ("Reload", self.reload)
        else:
            text = f"{name} no longer exists. Save the map to keep it."
            action = ("Save as...", self.save_as)
        self.session.notify(text, kind="warning", actions=(action,), key="file-changed")

    def reload(self) -> None:
        """Reload the document's file, as an edit that can be undone."""
        path, fingerprint = self.document.path, self.document.fingerprint
        if path is None:
            if fingerprint is not None:
                self.open_path(fingerprint.path)
            return
        background.run(
            lambda: open_map(path),
            on_done=self._show_reloaded,
            on_failure=self._show_error,
            parent=self,
        )

    def _show_reloaded(self, opened: OpenedMap) -> None:
        if self.document.path != opened.path:
            return
        if not opened.writable:
            self.open_path(opened.path)
            return
        self.document.apply("Reload", opened.grid)
        self.document.saved(opened.path, opened.grid, fingerprint=opened.fingerprint)
        self.session.close_message("file-changed")
        self.session.notify(
            f"{name_of(opened.path)} has changed and was reloaded. Undo restores the previous map.",
            key="opened",
        )

    def save(self, then: Callable[[], None] | None = None) -> None:
        """Save to the document's file, or ask for one.

        Args:
            then: called after the file was written.
        """
        path = self.document.path
        if path is None:
            self.save_as(then)
        else:
            self._write(path, then)

    @property
    def autosaves(self) -> bool:
        """Whether the document's file belongs to another program, and has every change at once."""
        return self._autosave is not None

    def save_every_change(self) -> None:
        """Save every further change to the document's file automatically."""
        self._autosave = Debounce(self._save_change, _AUTOSAVE_MS, self)
        self.document.changed.connect(self._autosave.request)
        self.document.state_changed.connect(self._autosave.request)

    def _save_change(self) -> None:
        if self.document.modified and self.document.path is not None:
            self.save()

    def save_as(self, then: Callable[[], None] | None = None) -> None:
        """Ask for a file, and save to it."""
        path, title = self.document.path, self.document.title
        name = path.name if path is not None else f"{file_stem(title)}.json"
        dialog = self._file_dialog("Save the map", save_filter())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # The dialog has to add the suffix, since it asks before a file is replaced.
        dialog.setDefaultSuffix(suffix_for(dialog.selectedNameFilter()))
        dialog.filterSelected.connect(lambda used: dialog.setDefaultSuffix(suffix_for(used)))
        dialog.selectFile(name)
        with run_modal(dialog) as accepted:
            path = Path(dialog.selectedFiles()[0])
        if not accepted:
            return
        self.session.settings.set(entries.FOLDER, str(path.parent))
        self._write(path, then)

    def after_saving_changes(self, then: Callable[[], None]) -> None:
        """Ask about unsaved changes, then call `then` unless the user cancels."""
        if self._autosave is not None and self.document.modified and self.document.path is not None:
            self.save(then)
            return
        fingerprint = self.document.fingerprint
        if self.document.modified or fingerprint is None or fingerprint.untouched():
            self._ask_unless_saved(then)
        else:
            self.check_file(lambda: self._ask_unless_saved(then))

    def _ask_unless_saved(self, then: Callable[[], None]) -> None:
        document, history = self.document, self.document.undo_stack
        if not document.modified:
            then()
            return
        lost = document.lost
        answer = ask_unsaved(self._parent, document.title, lost=lost)
        if answer == QMessageBox.StandardButton.Save:
            self.save(then)
        elif answer == QMessageBox.StandardButton.Discard:
            # Go back to the saved map, which the next start will show.
            if history.cleanIndex() >= 0:
                history.setIndex(history.cleanIndex())
            history.setClean()
            if lost:
                # Otherwise the user would be asked again.
                document.detach_from_file()
            then()

    def _fill_recent(self) -> None:
        menu = self.recent_menu
        menu.clear()
        recent = self.session.settings.get(entries.RECENT)
        for number, name in enumerate(recent, start=1):
            path = Path(name)
            action = QAction(f"&{number % 10}  {button_text(name_of(path))}", menu)
            action.setToolTip(tip(name))
            action.triggered.connect(lambda _=False, path=path: self.open_path(path))
            menu.addAction(action)

    def _on_opened(self, opened: OpenedMap, member: SetMember | None) -> None:
        self.document.replace(
            opened.grid,
            path=opened.path if opened.writable else None,
            title=opened.title,
            about=opened.about,
            member=member,
            fingerprint=opened.fingerprint,
        )
        self.session.close_message("file-changed")
        self._remember(opened.path)

    def _write(
        self, path: Path, then: Callable[[], None] | None, *, skip_check: bool = False
    ) -> None:
        def make() -> Callable[[], SavedMap | None]:
            # Called when the previous save, which changes the fingerprint, is done.
            grid, title, fingerprint = (
                self.document.grid,
                self.document.title,
                self.document.fingerprint,
            )
            check = not skip_check and path == self.document.path

            def work() -> SavedMap | None:
                if check and _is_changed(path, fingerprint):
                    return None
                return save_map(grid, path, title)

            return work

        def done(saved: SavedMap | None) -> None:
            if saved is None:
                # While the window closes, do not ask; the next start offers to restore the map.
                if not self._closing:
                    self._ask_overwrite(path, then)
                return
            self.document.saved(path, saved.grid, fingerprint=saved.fingerprint)
            self._remember(path)
            self.session.close_message("file-changed")
            self._warn_of_losses(saved)
            if then is not None:
                then()

        self._writes.submit(make, on_done=done, on_failure=self._on_write_failed)

    def close(self) -> None:
        """Wait for a file that is being written."""
        self._closing = True
        if self._autosave is not None:
            self._save_change()
        self._writes.finish(_LONGEST_WRITE)

    def _ask_overwrite(self, path: Path, then: Callable[[], None] | None) -> None:
        match ask_overwrite(self._parent, name_of(path)):
            case "save":
                self._write(path, then, skip_check=True)
            case "save-as":
                self.save_as(then)
            case "reload":
                self.reload()

    def _warn_of_losses(self, saved: SavedMap) -> None:
        if saved.losses:
            self.session.notify(
                f"{name_of(saved.path)}: {' '.join(saved.losses)} A .json file keeps everything.",
                kind="warning",
                key="file",
            )

    def _on_write_failed(self, error: VinguiError) -> None:
        self.session.notify(
            str(error), kind="error", actions=(("Save as...", self.save_as),), key="file"
        )

    def _show_error(self, error: VinguiError) -> None:
        self.session.notify(str(error), kind="error", key="file")

    def _remember(self, path: Path) -> None:
        if self.autosaves:
            # The other program may remove it.
            return
        recent = self.session.settings.get(entries.RECENT)
        newest = [str(path), *(name for name in recent if name != str(path))]
        self.session.settings.set(entries.RECENT, tuple(newest[:_MOST_RECENT]))

    def _on_setting_changed(self, setting: object) -> None:
        if setting is entries.RECENT:
            self._fill_recent()

    def _file_dialog(self, title: str, filters: str) -> QFileDialog:
        dialog = FileDialog(self._parent, title, self._folder(), filters)
        dialog.setObjectName("file-dialog")
        return dialog

    def _folder(self) -> str:
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        wanted = (
            self.session.settings.get(entries.FOLDER),
            QStandardPaths.writableLocation(documents),
        )
        return str(existing_folder(wanted))


def _is_changed(path: Path, fingerprint: FileFingerprint | None) -> bool:
    """Whether the file may contain something that is not from this document."""
    if fingerprint is None:
        return path.is_file()
    return fingerprint.state() is FileState.CHANGED


def _nothing() -> None:
    """Do nothing."""
