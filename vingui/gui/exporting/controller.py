"""What the export actions do, and the files that are being written."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage

from vingui.core.errors import VinguiError
from vingui.core.figure_protocol import (
    Drawn,
    DrawRequest,
    ExportReply,
    ExportRequest,
    Failed,
    Progress,
    Written,
)
from vingui.core.temporary_files import remove_leftovers
from vingui.gui import background
from vingui.gui import settings as entries
from vingui.gui.exporting.choices import Export, chosen, figure_choice, file_name, folder, map_name
from vingui.gui.exporting.figure_process import FigureProcess
from vingui.gui.exporting.jobs import Job, size_in_words
from vingui.gui.exporting.requests import ReadoutProgress, Requests
from vingui.gui.session import Session

if TYPE_CHECKING:
    from vingui.gui.exporting.view_capture import About
    from vingui.gui.exporting.view_state import Seen
    from vingui.gui.importing.files import SavedMap

KEY: Final = "export"
_MOST_COPIES: Final = 10_000


class Exporting(QObject):
    """Exports what is shown.

    Args:
        session: what is exported.
        view_state: returns how the two views are looked at now.
        parent: the Qt parent.

    Attributes:
        jobs: the files that are being written, the oldest first.
        requests: asks the process that draws.
        view_state: returns how the two views are looked at now.
    """

    jobs_changed = Signal()
    told = Signal(str)
    """What became of an export, for the dialog."""

    def __init__(self, session: Session, view_state: "Callable[[], Seen]", parent: QObject) -> None:
        super().__init__(parent)
        self.session = session
        self.view_state = view_state
        self.jobs: list[Job] = []
        self._open = False
        self.process = FigureProcess(parent=self)
        # Before the requests are told, as their jobs are over then.
        self.process.gone.connect(self._clean)
        self.requests = Requests(self.session, self.process)

    @contextmanager
    def reporting_in_dialog(self) -> Iterator[None]:
        """Show no messages in the window while a dialog shows what became of each export."""
        self._open = True
        try:
            yield
        finally:
            self._open = False

    def quick(self) -> None:
        """Export once more what was exported last, beside what is there."""
        settings = self.session.settings
        export = chosen(settings, self.last)
        # Nobody is asked, so a folder that is gone is an error, and no reason to take another.
        before = settings.get(entries.EXPORT_FOLDER)
        beside = Path(before) if before else folder(settings)
        self.save(export, self._free(beside / self.name_of(export)))

    def name_of(self, export: Export) -> str:
        """The name that an export's file has unless another is chosen."""
        return file_name(self.session, export)

    def copy(self) -> None:
        """Copy the picture that was copied last, of what is shown now."""
        settings = self.session.settings
        if settings.get(entries.EXPORT_COPY) == "seen":
            self.copy_screenshot()
        else:
            options, _ = figure_choice(settings, self.last)
            self.copy_drawing("figure", json.dumps(options.record()), self.k)

    def copy_screenshot(self) -> None:
        """Copy what is seen."""
        self._see(lambda image, _: self._put(image), self._tell_failure)

    def copy_drawing(self, kind: str, options: str, k: int) -> None:
        """Have a figure or a frame drawn, and copy it."""

        def told(reply: ExportReply | ReadoutProgress) -> None:
            if isinstance(reply, Drawn):
                self._put(picture(reply))
            elif isinstance(reply, Failed):
                self._tell_failure(reply)

        request = DrawRequest(0, kind, options, k, map_name(self.session), 0, False)
        self.requests.ask(request, told)

    @property
    def last(self) -> int | None:
        """The newest iteration of the run that is shown."""
        return self.session.run.latest if self.session.run is not None else None

    @property
    def k(self) -> int:
        """The iteration that stands where options name none; 0 for the run's last."""
        run, k = self.session.run, self.session.k
        return 0 if run is None or k >= run.latest else k

    def save(self, export: Export, path: Path) -> None:
        """Write a file, and tell how it went."""
        self.session.settings.set(entries.EXPORT_FOLDER, str(path.parent))
        match export.kind:
            case "seen":
                self._save_seen(path)
            case "map":
                self._save_map(path)
            case _:
                self._save_drawn(path, export)

    def cancel(self, job: Job) -> None:
        """Give up a file. What was at its place stays."""
        if job.can_cancel:
            self.requests.stop(job.number)

    def close(self) -> None:
        """End the process that draws. What it was writing is gone."""
        self.process.close()
        self._clean()

    # Each kind in its way.

    def _begin(self, path: Path) -> Job:
        job = Job(path, self)
        self.jobs.append(job)
        self.jobs_changed.emit()
        return job

    def _save_drawn(self, path: Path, export: Export) -> None:
        job = self._begin(path)

        def told(reply: ExportReply | ReadoutProgress) -> None:
            match reply:
                case ReadoutProgress():
                    job.take(reply.done, reply.total, learning=True)
                case Progress():
                    job.take(reply.done, reply.total, learning=False)
                case Written():
                    self._end(job, f"Saved {job.path.name}, {size_in_words(reply.size)}.")
                case Failed():
                    self._fail(job, reply)

        session = self.session
        request = ExportRequest(
            number=0,
            kind=export.kind,
            path=str(job.path),
            options=export.options,
            k=session.k if export.kind in ("trajectories", "values") else self.k,
            name=map_name(session),
            model=self._model(),
            skip_check=False,
        )
        job.number = self.requests.ask(request, told)
        self.jobs_changed.emit()

    def _save_map(self, path: Path) -> None:
        from vingui.gui.importing.files import save_map

        job, grid, title = self._begin(path), self.session.document.grid, map_name(self.session)

        def done(saved: "SavedMap") -> None:
            self._end(job, " ".join([f"Saved {path.name}.", *saved.losses]))

        background.run(
            lambda: save_map(grid, path, title),
            on_done=done,
            on_failure=partial(self._on_write_failed, job),
            parent=self,
        )

    def _save_seen(self, path: Path) -> None:
        from vingui.gui.exporting.screenshot import shown, write

        job, name = self._begin(path), map_name(self.session)

        def done(image: QImage, about: "About") -> None:
            background.run(
                lambda: write(image, path, name=name, recipe=about() if about else None),
                on_done=lambda _: self._end(job, f"Saved {path.name}, {shown(image.size())}."),
                on_failure=partial(self._on_write_failed, job),
                parent=self,
            )

        self._see(done, lambda failed: self._fail(job, failed))

    def _see(
        self, done: "Callable[[QImage, About], None]", failed: Callable[[Failed], None]
    ) -> None:
        """Paint what is seen now."""
        from vingui.gui.exporting.view_capture import Screenshot

        Screenshot(
            self.session,
            self.view_state(),
            name=map_name(self.session),
            model=self._model,
            done=done,
            failed=lambda why: failed(Failed(0, why, "")),
            parent=self,
        ).begin()

    def _put(self, image: QImage) -> None:
        from vingui.gui.exporting.screenshot import shown

        QGuiApplication.clipboard().setImage(image)
        self._tell(f"The picture is on the clipboard, {shown(image.size())}.")

    def _model(self) -> str:
        model, run = self.session.model, self.session.run
        return model if run is None or Path(model).stem == run.model else run.model

    def _free(self, path: Path) -> Path:
        """The path, or with a number where there is a file already, or will be soon."""
        taken = {job.path for job in self.jobs}
        for number in range(1, _MOST_COPIES):
            free = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
            if free not in taken and not free.exists():
                return free
        return path.with_stem(f"{path.stem}-{time.time_ns()}")

    # How it went.

    def _end(self, job: Job, words: str) -> None:
        self._remove(job, saved=True)
        self._tell(words)

    def _fail(self, job: Job, failed: Failed) -> None:
        self._remove(job, saved=False)
        if failed.reason:
            self._tell_failure(failed)
        else:
            self._tell(f"{job.path.name} was not written.")

    def _on_write_failed(self, job: Job, error: VinguiError) -> None:
        self._fail(job, Failed(0, str(error), ""))

    def _clean(self) -> None:
        for job in self.jobs:
            remove_leftovers(Path(os.path.realpath(job.path)).parent)

    def _remove(self, job: Job, *, saved: bool) -> None:
        self.jobs.remove(job)
        job.ended.emit(saved)
        job.deleteLater()
        self.jobs_changed.emit()

    def _tell(self, words: str) -> None:
        # Not behind the dialog: the bar would make the views smaller that may be exported next.
        if not self._open:
            self.session.notify(words, key=KEY)
        self.told.emit(words)

    def _tell_failure(self, failed: Failed) -> None:
        details = failed.traceback
        copying = ("Copy details", lambda: QGuiApplication.clipboard().setText(details))
        self.session.notify(
            failed.reason, kind="error", actions=(copying,) if details else (), key=KEY
        )
        self.told.emit(failed.reason)


def picture(drawn: Drawn) -> QImage:
    """The picture that was drawn."""
    height, width, _ = drawn.picture.shape
    form = QImage.Format.Format_RGBA8888
    # A copy: the picture would only borrow the array's memory.
    return QImage(drawn.picture.data, width, height, 4 * width, form).copy()
