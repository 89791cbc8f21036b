"""Opening files, and pasted pictures: reading in the background, and the import dialogs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from vingui.core.cards import default_model
from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.files import name_of
from vingui.core.moves import DEFAULT_RULE, rule_named
from vingui.core.phrases import counted
from vingui.gui import background
from vingui.gui import settings as entries
from vingui.gui.document.file_fingerprint import FileFingerprint
from vingui.gui.document.set_position import (
    SetMember,
    SetPosition,
    remember_position,
    remembered_position,
)
from vingui.gui.importing.files import OpenedMap, SourceFile, opened_map, read_source, read_split
from vingui.gui.modal import run_modal
from vingui.gui.session import Session

if TYPE_CHECKING:
    from vingui.gui.importing.import_dialog import ImportDialog
    from vingui.gui.importing.occupancy import Occupancy
    from vingui.gui.importing.picture import SourcePicture
    from vingui.gui.importing.terrain_dialog import SwampAndWater

_PROGRESS_MS: Final = 400
"""The time until a message says that a file is being read, and between its updates."""

_MOST_NOTES: Final = 4
"""Notes about one file that are shown; a folder can have hundreds."""

_MOST_REFUSED: Final = 3
"""Unreadable files of a folder that are named."""


@dataclass
class _Progress:
    """The progress of reading a folder.

    The reading thread calls it before each file; once cancelled, the call raises an exception.
    """

    done: int = 0
    total: int = 0
    cancelled: bool = False

    def __call__(self, done: int, total: int) -> None:
        if self.cancelled:
            raise VinguiError("Reading was cancelled.")
        self.done, self.total = done, total

    @property
    def text(self) -> str:
        """The progress as text, such as ", file 3 of 40"; empty for a single file."""
        return f", file {self.done + 1:,} of {self.total:,}" if self.total > 1 else ""


class Importing(QObject):
    """Reads files in the background, and asks the user for the choices that a file leaves open.

    Args:
        session: the settings, the theme and the document.
        show: shows an opened map; its second argument is `None` unless the map is from a set. It
            is called once no unsaved changes can be lost.
        after_saving_changes: calls its argument once the user has decided about unsaved changes.
        parent: the parent of the dialogs.
    """

    def __init__(
        self,
        session: Session,
        show: Callable[[OpenedMap, SetMember | None], None],
        *,
        after_saving_changes: Callable[[Callable[[], None]], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._show = show
        self._after_saving_changes = after_saving_changes
        self._parent = parent
        self._reading: background.Task | None = None
        self._reading_set: background.Task | None = None
        self._name = ""
        self._progress = _Progress()
        self._progress_text = ""
        self._cancel: Callable[[], None] = lambda: None
        self._progress_timer = QTimer(self)
        self._progress_timer.setInterval(_PROGRESS_MS)
        self._progress_timer.timeout.connect(self._show_progress)
        self._set: tuple[Path, DataSet] | None = None
        self._session.document.state_changed.connect(self._forget_set)

    # Files and pictures.

    def open_path(self, path: Path, *, on_failure: Callable[[], None]) -> None:
        """Read a file or folder, ask for the open choices, and show the map.

        Args:
            path: the file or folder.
            on_failure: called if no map is opened, because of an error or because the user cancels.
        """
        unknown = self._session.settings.get(entries.IMPORT_UNKNOWN)
        split = remembered_position(self._session.settings, path).split
        progress = _Progress()
        self._read(
            name_of(path),
            lambda: read_source(path, unknown=unknown, split=split, on_progress=progress),
            on_done=lambda source: None if self._choose(source) else on_failure(),
            on_failure=on_failure,
            progress=progress,
        )

    def open_image(self, image: QImage, on_done: Callable[[DataSet], None]) -> None:
        """Ask how a pasted picture becomes a map.

        Args:
            image: the picture.
            on_done: called with the map unless the user cancels.
        """
        from vingui.gui.importing.picture import picture_from_image

        def ask(picture: "SourcePicture") -> None:
            dataset = self._ask_about(picture)
            if dataset is not None:
                on_done(dataset)
                self._propose_rule(dataset)

        self._read("the picture", lambda: picture_from_image(image, "Picture"), on_done=ask)

    def _read(
        self,
        name: str,
        work: Callable[[], object],
        *,
        on_done: Callable[[Any], object],
        on_failure: Callable[[], None] = lambda: None,
        progress: _Progress | None = None,
    ) -> None:
        def done(result: object) -> None:
            self._close_progress()
            on_done(result)

        def failed(error: VinguiError) -> None:
            self._close_progress()
            self._session.notify(str(error), kind="error", key="file")
            on_failure()

        def cancel() -> None:
            self._close_progress()
            self._stop_reading()
            on_failure()

        self._stop_reading()
        self._name, self._progress, self._cancel = name, progress or _Progress(), cancel
        self._progress_text = ""
        self._progress_timer.start()
        self._reading = background.run(work, on_done=done, on_failure=failed, parent=self)

    def _stop_reading(self) -> None:
        self._progress.cancelled = True
        if self._reading is not None:
            self._reading.cancel()

    def _show_progress(self) -> None:
        if self._reading is None or not self._reading.pending:
            # Reading ended with a bug, which is reported elsewhere.
            self._close_progress()
            return
        text = f"Reading {self._name}{self._progress.text} ..."
        # A new text replaces the message and its button, so a click in progress would be lost.
        pressed = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        if not pressed and text != self._progress_text:
            self._progress_text = text
            self._session.notify(text, key="reading", actions=(("Cancel", self._cancel),))

    def _close_progress(self) -> None:
        self._progress_timer.stop()
        self._session.close_message("reading")

    def _choose(self, source: SourceFile) -> bool:
        """Ask for the open choices and open a map; return whether a map was chosen."""
        dataset = self._ask_about(source.content)
        if dataset is None:
            return False
        if _is_set(dataset):
            index = remembered_position(self._session.settings, source.path).index
            return self._ask_which(source.path, dataset, index, source.fingerprint)
        self._open(source.path, dataset, 0, source.fingerprint, writable=source.writable)
        return True

    def _ask_about(
        self, content: "SourcePicture | Occupancy | SwampAndWater | DataSet"
    ) -> DataSet | None:
        """Ask how a file becomes a map, where it leaves that open; `None` if the user cancels."""
        if isinstance(content, DataSet):
            return content
        from vingui.gui.importing.occupancy_dialog import ImportOccupancyDialog
        from vingui.gui.importing.picture import SourcePicture
        from vingui.gui.importing.picture_dialog import ImportPictureDialog
        from vingui.gui.importing.terrain_dialog import ImportTerrainDialog, SwampAndWater

        settings, look = self._session.settings, self._session.theme.look
        dialog: ImportDialog
        if isinstance(content, SourcePicture):
            dialog = ImportPictureDialog(content, settings, look, self._parent)
        elif isinstance(content, SwampAndWater):
            dialog = ImportTerrainDialog(content, settings, look, self._parent)
        else:
            dialog = ImportOccupancyDialog(content, settings, look, self._parent)
        with run_modal(dialog) as accepted:
            return dialog.dataset if accepted else None

    # Sets of maps.

    @property
    def dataset(self) -> DataSet | None:
        """The set that the document's map belongs to; `None` while it has not been read."""
        member = self._session.document.member
        if member is None or self._set is None:
            return None
        path, dataset = self._set
        return dataset if (path, dataset.split) == (member.path, member.split) else None

    def can_step(self, step: int) -> bool:
        """Return whether the set has a map `step` places after the current one."""
        member = self._session.document.member
        return member is not None and 0 <= member.index + step < member.count

    def step(self, step: int) -> None:
        """Open the map `step` places after the current one in the set."""
        if self.can_step(step):
            self._with_set(
                lambda dataset, member: self._open(
                    member.path, dataset, member.index + step, self._session.document.fingerprint
                )
            )

    def browse(self) -> None:
        """Choose another map of the set."""
        self._with_set(
            lambda dataset, member: self._ask_which(
                member.path, dataset, member.index, self._session.document.fingerprint
            )
        )

    def _with_set(self, call: Callable[[DataSet, SetMember], object]) -> None:
        """Call a function with the set, which is read first if only its map was restored."""
        document = self._session.document
        member, dataset = document.member, self.dataset
        if member is None or (self._reading_set is not None and self._reading_set.pending):
            return
        if dataset is not None:
            call(dataset, member)
            return

        def work() -> DataSet:
            found = read_split(member.path, member.split)
            member.check(found)
            return found

        def done(found: DataSet) -> None:
            if document.member is member:
                self._set = member.path, found
                call(found, member)

        self._read(name_of(member.path), work, on_done=done)
        self._reading_set = self._reading

    def _forget_set(self) -> None:
        """Free the set's memory when the document is no longer one of its maps."""
        if self._session.document.member is None:
            self._set = None

    def _ask_which(
        self, path: Path, dataset: DataSet, index: int, fingerprint: FileFingerprint | None
    ) -> bool:
        """Ask which map of a set to open, and open it; return whether a map was chosen."""
        from vingui.gui.importing.browse_dialog import BrowseDialog

        dialog = BrowseDialog(
            dataset,
            self._session.theme.look,
            map_index=index,
            reread=partial(read_split, path),
            parent=self._parent,
        )
        with run_modal(dialog) as accepted:
            dataset, chosen = dialog.dataset, dialog.map_index if accepted else None
        if chosen is not None:
            self._open(path, dataset, chosen, fingerprint)
        return chosen is not None

    # Showing the map.

    def _open(
        self,
        path: Path,
        dataset: DataSet,
        index: int,
        fingerprint: FileFingerprint | None,
        *,
        writable: bool = False,
    ) -> None:
        """Show one of the maps of a file, once the user has decided about unsaved changes."""
        chosen = opened_map(path, dataset, index, fingerprint=fingerprint, writable=writable)
        known = dataset is self.dataset
        chosen = replace(chosen, notes=() if known else _notes(dataset))

        def show() -> None:
            member = None
            if _is_set(dataset):
                member = SetMember.at(path, dataset, index)
                self._set = path, dataset
                position = SetPosition(index, dataset.split)
                remember_position(self._session.settings, path, position)
            self._show(chosen, member)
            self._show_notes(chosen)
            if not known:
                self._propose_rule(dataset)

        self._after_saving_changes(show)

    def _show_notes(self, chosen: OpenedMap) -> None:
        lines = [line for line in (chosen.about, *chosen.notes) if line]
        more = len(lines) - _MOST_NOTES
        if more > 0:
            lines[_MOST_NOTES:] = [f"And {counted(more, 'note')} more."]
        if lines:
            self._session.notify(" ".join(lines), key="opened")
        else:
            self._session.close_message("opened")

    def _propose_rule(self, dataset: DataSet) -> None:
        """Offer the model whose movement rule suits the maps."""
        session = self._session
        session.close_message("rule")
        used = session.card.rule if session.card is not None else DEFAULT_RULE
        advice = dataset.rule_advice(used)
        if not advice:
            return
        model = default_model(rule_named(dataset.rule))
        session.notify(
            f"{dataset.name}: {Path(session.model).stem} plans by rule {used.name} "
            f"({used.title}), but {advice}.",
            kind="warning",
            actions=((f"Plan with {model}", partial(session.choose_model, model)),),
            key="rule",
        )


def _notes(dataset: DataSet) -> tuple[str, ...]:
    """Return the notes for the user on how a file or folder was read."""
    from vingui.core.formats.movingai import CORNERS_NOTE

    # Cutting corners is the subject of the message that proposes another model.
    notes = tuple(note for note in dataset.notes if note != CORNERS_NOTE)
    if not dataset.refused:
        return notes
    count = len(dataset.refused)
    more = f"; and {counted(count - _MOST_REFUSED, 'file')} more" if count > _MOST_REFUSED else ""
    reasons = "; ".join(reason.rstrip(".") for reason in dataset.refused[:_MOST_REFUSED])
    return (f"{counted(count, 'file')} could not be read: {reasons}{more}.", *notes)


def _is_set(dataset: DataSet) -> bool:
    """Whether there are several maps to choose from, in this or in other splits of the file."""
    return len(dataset.maps) > 1 or len(dataset.splits) > 1
