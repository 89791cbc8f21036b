"""From a file, or from the clipboard, to a map: read in the background, with what there is to ask.

Every way to open something ends here, and every file is read through the one table of formats.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from vingui.core.cards import default_model
from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.files import shown
from vingui.core.moves import DEFAULT_RULE, rule_named
from vingui.core.phrases import counted
from vingui.gui import background
from vingui.gui import settings as entries
from vingui.gui.document.file_mark import FileMark
from vingui.gui.document.set_position import (
    SetMember,
    SetPosition,
    remember_position,
    remembered_position,
)
from vingui.gui.importing.files import OpenedMap, opened, probe_file, read_split
from vingui.gui.modal import run_modal
from vingui.gui.session import Session

if TYPE_CHECKING:
    from vingui.gui.importing.occupancy import Occupancy
    from vingui.gui.importing.picture import ImportedMap, Picture

_RENEWAL_MS: Final = 1000
"""From one message on how far the reading is to the next."""

_PATIENCE_MS: Final = 400
"""How long a file may take before it is said that it is being read."""

_MOST_NOTES: Final = 4
"""Sentences about one file; a folder of damaged names would fill the window."""


_MOST_REFUSED: Final = 3
"""Files of a folder that could not be read and are named."""


@dataclass
class _Progress:
    """How far a reading is. Its thread calls it, and is ended by it once it is cancelled."""

    done: int = 0
    total: int = 0
    cancelled: bool = False

    def __call__(self, done: int, total: int) -> None:
        if self.cancelled:
            raise VinguiError("Reading was cancelled.")
        self.done, self.total = done, total

    @property
    def words(self) -> str:
        """Where there are several files: ", file 3 of 40"."""
        return f", file {self.done + 1:,} of {self.total:,}" if self.total > 1 else ""


class Importing(QObject):
    """Reads what is opened, and asks where there is something to choose.

    Args:
        session: the settings, the theme and the document.
        show: is given each map that is opened, once nothing unsaved is lost by it, and which map
            of a set it is.
        after_saving_changes: calls what it is given once the user has been asked about unsaved
            changes.
        message_texts: returns the texts of the messages that are shown now.
        parent: the window below the dialogs.
    """

    def __init__(
        self,
        session: Session,
        show: Callable[[OpenedMap, SetMember | None], None],
        *,
        after_saving_changes: Callable[[Callable[[], None]], None],
        message_texts: Callable[[], Sequence[str]],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._show = show
        self._after_saving_changes = after_saving_changes
        self._message_texts = message_texts
        self._parent = parent
        self._reading: background.Task | None = None
        self._name = ""
        self._progress = _Progress()
        self._cancel: Callable[[], None] = lambda: None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._tell_reading)
        self._again: background.Task | None = None
        self._set: tuple[Path, DataSet] | None = None
        self._mark: FileMark | None = None
        """Of the file that was read last."""
        self._session.document.state_changed.connect(self._let_go)

    # From files.

    def open_path(self, path: Path, *, on_failure: Callable[[], None]) -> None:
        """Read a file or folder, ask what there is to choose, and hand over the map.

        Args:
            path: the file or folder.
            on_failure: called if no map was opened.
        """
        unknown = self._session.settings.get(entries.IMPORT_UNKNOWN)
        split = remembered_position(self._session.settings, path).split
        progress = _Progress()

        def work() -> tuple[FileMark | None, "Picture | Occupancy | DataSet"]:
            # First, so that a change while it is read counts as one.
            mark = FileMark.of(path)
            return mark, probe_file(path, unknown=unknown, split=split, on_progress=progress)

        def done(found: tuple[FileMark | None, "Picture | Occupancy | DataSet"]) -> None:
            self._mark, content = found
            self._choose(path, content, on_failure)

        self._read(shown(path), work, done, on_failure, progress)

    def open_image(self, image: QImage, take: Callable[["ImportedMap"], None]) -> None:
        """Ask how a picture without a file becomes a map, and hand it over.

        Args:
            image: the picture.
            take: is given what came of it.
        """
        from vingui.gui.importing.picture import picture_of

        def done(picture: "Picture") -> None:
            made = self._ask_about_picture(picture)
            if made is not None:
                take(made)
                self._propose_rule(made.data_set("Picture"))

        self._read("the picture", lambda: picture_of(image, "Picture"), done, lambda: None)

    def _read(
        self,
        name: str,
        work: Callable[[], object],
        done: Callable[..., None],
        on_failure: Callable[[], None],
        progress: "_Progress | None" = None,
    ) -> None:
        def end() -> None:
            self._patience.stop()
            self._session.close_message("reading")

        def came(found: object) -> None:
            end()
            done(found)

        def failed(error: VinguiError) -> None:
            end()
            self._session.notify(str(error), kind="error", key="file")
            on_failure()

        def cancel() -> None:
            end()
            self._stop_reading()
            on_failure()

        self._stop_reading()
        self._name, self._progress, self._cancel = name, progress or _Progress(), cancel
        self._patience.start(_PATIENCE_MS)
        self._reading = background.run(work, on_done=came, on_failure=failed, parent=self)

    def _stop_reading(self) -> None:
        self._progress.cancelled = True
        if self._reading is not None:
            self._reading.cancel()

    def _tell_reading(self) -> None:
        """Say how far the reading is, from time to time, with a way to end it."""
        if self._reading is None or not self._reading.pending:
            # It ended by a bug, which is shown by itself.
            self._session.close_message("reading")
            return
        text = f"Reading {self._name}{self._progress.words} ..."
        # A message is made anew with its button, which would lose a click under way.
        pressed = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        if not pressed and text not in self._message_texts():
            self._session.notify(text, key="reading", actions=(("Cancel", self._cancel),))
        self._patience.start(_RENEWAL_MS)

    def _choose(
        self, path: Path, found: "Picture | Occupancy | DataSet", on_failure: Callable[[], None]
    ) -> None:
        if isinstance(found, DataSet):
            self._choose_map(path, found, on_failure)
            return
        from vingui.gui.importing.picture import Picture

        dataset = None
        if isinstance(found, Picture):
            made = self._ask_about_picture(found)
            if made is not None:
                dataset = made.data_set(found.name)
        else:
            occupancy = self._ask_about_occupancy(found)
            if occupancy is not None:
                dataset = occupancy.dataset
        if dataset is None:
            on_failure()
        else:
            self._hand_over(opened(path, dataset), dataset, propose=True)

    def _ask_about_picture(self, picture: "Picture") -> "ImportedMap | None":
        from vingui.gui.importing.picture_dialog import ImportPictureDialog

        session = self._session
        dialog = ImportPictureDialog(picture, session.settings, session.theme.look, self._parent)
        with run_modal(dialog) as accepted:
            return dialog.made() if accepted else None

    def _ask_about_occupancy(self, found: "Occupancy") -> "Occupancy | None":
        from vingui.gui.importing.occupancy_dialog import ImportOccupancyDialog

        session = self._session
        dialog = ImportOccupancyDialog(found, session.settings, session.theme.look, self._parent)
        with run_modal(dialog) as accepted:
            return dialog.chosen() if accepted else None

    # Through a set.

    @property
    def dataset(self) -> DataSet | None:
        """The set that the document is a map of; `None` also where it is still to be read anew."""
        member = self._session.document.member
        if member is None or self._set is None:
            return None
        path, dataset = self._set
        return dataset if (path, dataset.split) == (member.path, member.split) else None

    def can_step(self, step: int) -> bool:
        """Whether there is a map so many places on in the set."""
        member = self._session.document.member
        return member is not None and 0 <= member.place + step < member.count

    def step(self, step: int) -> None:
        """Open the map so many places on in the set."""
        if self.can_step(step):
            self._with_set(
                lambda dataset, member: self._open(dataset, member.path, member.place + step)
            )

    def browse(self) -> None:
        """Choose another map of the set."""
        self._with_set(lambda dataset, member: self._ask_which(member.path, dataset, member.place))

    def _with_set(self, take: Callable[[DataSet, SetMember], object]) -> None:
        """Call something with the set, which is read anew where a map of it was remembered."""
        document = self._session.document
        member, dataset = document.member, self.dataset
        if member is None or (self._again is not None and self._again.pending):
            return
        if dataset is not None:
            take(dataset, member)
            return

        def work() -> DataSet:
            found = read_split(member.path, member.split)
            member.check(found)
            return found

        def came(found: DataSet) -> None:
            if document.member is member:
                self._set = member.path, found
                take(found, member)

        self._read(shown(member.path), work, came, lambda: None)
        self._again = self._reading

    def _let_go(self) -> None:
        """Keep no set in memory that the document is no map of."""
        if self._session.document.member is None:
            self._set = None

    def _choose_map(self, path: Path, dataset: DataSet, on_failure: Callable[[], None]) -> None:
        if not _is_set(dataset):
            self._open(dataset, path, 0)
        elif not self._ask_which(
            path, dataset, remembered_position(self._session.settings, path).place
        ):
            on_failure()

    def _ask_which(self, path: Path, dataset: DataSet, place: int) -> bool:
        """Ask which map of a set to open, and open it; whether one was chosen."""
        from vingui.gui.importing.browse_dialog import BrowseDialog

        dialog = BrowseDialog(
            dataset,
            self._session.theme.look,
            place=place,
            reread=partial(read_split, path),
            parent=self._parent,
        )
        with run_modal(dialog) as accepted:
            dataset, chosen = dialog.dataset, dialog.place if accepted else None
        if chosen is not None:
            self._open(dataset, path, chosen)
        return chosen is not None

    # To the window.

    def _open(self, dataset: DataSet, path: Path, place: int) -> None:
        """Open one of the maps of a file."""
        from vingui.core.formats.movingai import CORNERS_NOTE

        chosen = opened(path, dataset, place)
        again = dataset is self.dataset
        # What is said about corners is proposed, with a button, where it matters.
        notes = () if again else tuple(note for note in dataset.notes if note != CORNERS_NOTE)
        if not again:
            notes = (*_refused(dataset), *notes)
        self._hand_over(replace(chosen, notes=notes), dataset, place, propose=not again)

    def _hand_over(
        self,
        chosen: OpenedMap,
        dataset: DataSet | None = None,
        place: int = 0,
        *,
        propose: bool = False,
    ) -> None:
        # The next map of a set is of the file as it was when the set was read.
        known = self._mark, self._session.document.mark
        mark = next((one for one in known if one and one.path == chosen.path), None)

        def show() -> None:
            member = None
            if dataset is not None and _is_set(dataset):
                member = SetMember.at(chosen.path, dataset, place)
                self._set = chosen.path, dataset
                remember_position(
                    self._session.settings, chosen.path, SetPosition(place, dataset.split)
                )
            self._show(replace(chosen, mark=mark), member)
            self._tell(chosen)
            if propose and dataset is not None:
                self._propose_rule(dataset)

        self._after_saving_changes(show)

    def _tell(self, chosen: OpenedMap) -> None:
        said = [line for line in (chosen.about, *chosen.notes) if line]
        more = len(said) - _MOST_NOTES
        if more > 0:
            said[_MOST_NOTES:] = [f"And {counted(more, 'note')} more."]
        if said:
            self._session.notify(" ".join(said), key="opened")
        else:
            self._session.close_message("opened")

    def _propose_rule(self, dataset: DataSet) -> None:
        """Offer the model whose movement rule suits the maps."""
        session = self._session
        self._session.close_message("rule")
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


def _refused(dataset: DataSet) -> tuple[str, ...]:
    """What to say of the files of a folder that could not be read."""
    if not dataset.refused:
        return ()
    count = len(dataset.refused)
    more = f"; and {counted(count - _MOST_REFUSED, 'file')} more" if count > _MOST_REFUSED else ""
    reasons = "; ".join(reason.rstrip(".") for reason in dataset.refused[:_MOST_REFUSED])
    return (f"{counted(count, 'file')} could not be read: {reasons}{more}.",)


def _is_set(dataset: DataSet) -> bool:
    """Whether there is a choice of maps in it, or in the other splits of its file."""
    return len(dataset.maps) > 1 or len(dataset.splits) > 1
