"""The commands that export and copy, and the files that are being written."""

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage

from vingui.core.errors import VinguiError
from vingui.core.figure_protocol import (
    Drawn,
    DrawRequest,
    EvaluationFigureRequest,
    ExportReply,
    ExportRequest,
    Failed,
    Progress,
    Written,
)
from vingui.core.files import replacing
from vingui.core.phrases import counted
from vingui.core.temporary_files import remove_leftovers
from vingui.figure.options import FigureOptions
from vingui.gui import background
from vingui.gui import settings as entries
from vingui.gui.exporting.choices import (
    Export,
    figure_choice,
    file_name,
    folder,
    last_export,
    learned_model,
    map_name,
    planning_model,
)
from vingui.gui.exporting.figure_client import FigureClient
from vingui.gui.session import Session

if TYPE_CHECKING:
    from vingui.core.evaluation_protocol import FailedCase
    from vingui.core.evaluation_rows import Row
    from vingui.gui.exporting.screenshot_request import MakeRecipe
    from vingui.gui.exporting.view_state import ViewState
    from vingui.gui.importing.files import SavedMap

T = TypeVar("T")

KEY: Final = "export"


@dataclass(eq=False)
class Job:
    """A file that is being written.

    Attributes:
        path: the file.
        number: the number of the request to the figure process; 0 if the window writes the file.
        frames: whether `done` counts the frames of a film, and not bytes.
        done: how many have been written.
        total: how many there are; 0 while unknown.
    """

    path: Path
    number: int = 0
    frames: bool = False
    done: int = 0
    total: int = 0
    _began: float = 0.0

    def show_progress(self, done: int, total: int) -> None:
        """Note how many frames or bytes have been written."""
        if not self.total:
            self._began = time.monotonic()
        self.done, self.total = done, total

    @property
    def can_cancel(self) -> bool:
        """Whether it can be cancelled."""
        return self.number > 0

    @property
    def text(self) -> str:
        """The progress as text, such as "x.gif: frame 12 of 80, 3 s left"."""
        if not self.total:
            return f"Writing {self.path.name} ..."
        done = f"frame {self.done:,} of {self.total:,}"
        if not self.frames:
            done = f"{100 * self.done // self.total}%"
        text = f"{self.path.name}: {done}"
        if not self.done or self.done == self.total:
            return text
        left = (time.monotonic() - self._began) / self.done * (self.total - self.done)
        return f"{text}, {_duration(left)} left"


class Exporting(QObject):
    """Exports what is shown.

    Args:
        session: what is exported.
        view_state: returns what the two views show now.
        parent: the Qt parent.

    Attributes:
        jobs: the files that are being written, the oldest first.
        client: sends requests to the figure process, which draws and writes files.
    """

    jobs_changed = Signal()
    """`jobs` or the progress of a job has changed."""
    reported = Signal(str)
    """A sentence on how an export ended, for the dialog."""

    def __init__(
        self, session: Session, view_state: "Callable[[], ViewState]", parent: QObject
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.view_state = view_state
        self.jobs: list[Job] = []
        self._dialog_is_open = False
        self.client = FigureClient(session, parent=self)
        self.client.ended.connect(self._remove_leftovers)

    @contextmanager
    def reporting_in_dialog(self) -> Iterator[None]:
        """Suppress messages in the window while the dialog shows how each export ended."""
        self._dialog_is_open = True
        try:
            yield
        finally:
            self._dialog_is_open = False

    @property
    def last(self) -> int | None:
        """The newest iteration of the shown run; `None` if there is none."""
        return self.session.run.latest if self.session.run is not None else None

    @property
    def k(self) -> int:
        """The iteration for panels that name none; 0 for the run's last."""
        run, k = self.session.run, self.session.k
        return 0 if run is None or k >= run.latest else k

    # Commands.

    def quick(self) -> None:
        """Repeat the last export, to a new file in the same folder."""
        settings = self.session.settings
        export = last_export(settings, self.last)
        # If the chosen folder no longer exists, this fails rather than writing to another one.
        chosen = settings.get(entries.EXPORT_FOLDER)
        target = Path(chosen) if chosen else folder(settings)
        self.save(export, self._unused(target / file_name(self.session, export)))

    def copy(self) -> None:
        """Copy the kind of picture that was copied last."""
        settings = self.session.settings
        if settings.get(entries.EXPORT_COPY) == "screenshot":
            self.copy_screenshot()
        else:
            options, _ = figure_choice(settings, self.last)
            self.copy_drawing("figure", json.dumps(options.record()), self.k)

    def copy_screenshot(self) -> None:
        """Copy a picture of the views."""
        self._take_screenshot(lambda image, _: self._copy_image(image), self._report_failure)

    def copy_drawing(self, kind: str, options: str, k: int) -> None:
        """Copy a figure or a frame of a film to the clipboard."""

        def on_reply(reply: ExportReply) -> None:
            if isinstance(reply, Drawn):
                self._copy_image(image_from(reply))
            elif isinstance(reply, Failed):
                self._report_failure(reply.reason, reply.traceback)

        request = DrawRequest(
            0, kind, options, k, map_name(self.session), planning_model(self.session), 0
        )
        self.client.request(request, on_reply)

    def save(self, export: Export, path: Path) -> None:
        """Write a file in the background, and report how that ended."""
        self.session.settings.set(entries.EXPORT_FOLDER, str(path.parent))
        job = Job(path)
        self.jobs.append(job)
        match export.kind:
            case "screenshot":
                self._save_screenshot(job)
            case "map":
                self._save_map(job)
            case _:
                self._save_drawing(job, export)
        self.jobs_changed.emit()

    def save_evaluation(
        self, rows: "Sequence[Row]", cases: "Sequence[FailedCase]", path: Path
    ) -> None:
        """Write the results of an evaluation: a table, JSON, or charts, by the suffix."""
        self.session.settings.set(entries.EXPORT_FOLDER, str(path.parent))
        job = Job(path)
        self.jobs.append(job)
        write_text = {".csv": _write_csv, ".json": _write_json}.get(path.suffix.lower())
        if write_text is not None:
            on_done = partial(self._saved, job)
            self._write(job, lambda: write_text(path, rows, cases), on_done)
        else:
            options = json.dumps(FigureOptions().record())
            request = EvaluationFigureRequest(0, str(path), [dict(row) for row in rows], options)
            job.number = self.client.draw_evaluation(request, partial(self._on_reply, job))
        self.jobs_changed.emit()

    def cancel(self, job: Job) -> None:
        """Cancel a job. A file that it would have replaced is not changed."""
        if job.can_cancel:
            self.client.stop(job.number)

    def close(self) -> None:
        """End the figure process, and remove its unfinished files."""
        self.client.close()
        self._remove_leftovers()

    def _save_drawing(self, job: Job, export: Export) -> None:
        session = self.session
        job.frames = export.kind in ("film", "learning")
        request = ExportRequest(
            number=0,
            kind=export.kind,
            path=str(job.path),
            options=export.options,
            k=session.k if export.kind in ("trajectories", "values") else self.k,
            name=map_name(session),
            model=(learned_model if export.kind == "learning" else planning_model)(session),
        )
        job.number = self.client.request(request, partial(self._on_reply, job))

    def _on_reply(self, job: Job, reply: ExportReply) -> None:
        match reply:
            case Progress():
                job.show_progress(reply.done, reply.total)
                self.jobs_changed.emit()
            case Written():
                self._saved(job, reply.size)
            case Failed():
                self._fail(job, reply.reason, reply.traceback)

    def _saved(self, job: Job, size: int) -> None:
        self._finish(job, f"Saved {job.path.name}, {size_text(size)}.")

    def _save_map(self, job: Job) -> None:
        from vingui.gui.importing.files import save_map

        grid, title = self.session.document.grid, map_name(self.session)

        def on_done(saved: "SavedMap") -> None:
            self._finish(job, " ".join([f"Saved {job.path.name}.", *saved.losses]))

        self._write(job, lambda: save_map(grid, job.path, title), on_done)

    def _save_screenshot(self, job: Job) -> None:
        from vingui.gui.exporting.screenshot import pixels_text, write

        name = map_name(self.session)

        def on_done(image: QImage, make_recipe: "MakeRecipe | None") -> None:
            self._write(
                job,
                lambda: write(
                    image, job.path, name=name, recipe=make_recipe() if make_recipe else None
                ),
                lambda _: self._finish(job, f"Saved {job.path.name}, {pixels_text(image.size())}."),
            )

        self._take_screenshot(on_done, lambda reason: self._fail(job, reason))

    def _write(self, job: Job, work: Callable[[], T], on_done: Callable[[T], None]) -> None:
        def on_failure(error: VinguiError) -> None:
            self._fail(job, str(error))

        background.run(work, on_done=on_done, on_failure=on_failure, parent=self)

    def _take_screenshot(
        self,
        on_done: "Callable[[QImage, MakeRecipe | None], None]",
        on_failure: Callable[[str], None],
    ) -> None:
        from vingui.gui.exporting.screenshot_request import ScreenshotRequest

        ScreenshotRequest(
            self.session, self.view_state(), on_done=on_done, on_failure=on_failure, parent=self
        ).begin()

    def _copy_image(self, image: QImage) -> None:
        from vingui.gui.exporting.screenshot import pixels_text

        QGuiApplication.clipboard().setImage(image)
        self._report(f"The picture is on the clipboard, {pixels_text(image.size())}.")

    def _unused(self, path: Path) -> Path:
        """Return the path, with a number if a file of that name exists or is being written."""
        taken = {job.path for job in self.jobs}
        numbered = (path.with_stem(f"{path.stem}-{number}") for number in count(2))
        return next(
            name for name in chain((path,), numbered) if name not in taken and not name.exists()
        )

    # Ends of jobs.

    def _finish(self, job: Job, text: str) -> None:
        self._remove(job)
        self._report(text)

    def _fail(self, job: Job, reason: str, details: str = "") -> None:
        self._remove(job)
        if reason:
            self._report_failure(reason, details)
        else:
            self._report(f"{job.path.name} was not written.")

    def _remove(self, job: Job) -> None:
        self.jobs.remove(job)
        self.jobs_changed.emit()

    def _remove_leftovers(self) -> None:
        for job in self.jobs:
            remove_leftovers(Path(os.path.realpath(job.path)).parent)

    def _report(self, text: str) -> None:
        if not self._dialog_is_open:
            self.session.notify(text, key=KEY)
        self.reported.emit(text)

    def _report_failure(self, reason: str, details: str = "") -> None:
        copy_details = ("Copy details", lambda: QGuiApplication.clipboard().setText(details))
        self.session.notify(
            reason, kind="error", actions=(copy_details,) if details else (), key=KEY
        )
        self.reported.emit(reason)


def _write_csv(path: Path, rows: "Sequence[Row]", _cases: "Sequence[FailedCase]") -> int:
    from vingui.core.evaluation_rows import csv_text

    return _write_text(path, csv_text(rows))


def _write_json(path: Path, rows: "Sequence[Row]", cases: "Sequence[FailedCase]") -> int:
    from vingui.core.evaluation_rows import json_text

    return _write_text(path, json_text(rows, cases))


def _write_text(path: Path, text: str) -> int:
    """Write a file whole or not at all; returns its size in bytes."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path.stat().st_size


def image_from(drawn: Drawn) -> QImage:
    """Return the picture of a reply as an image."""
    height, width, _ = drawn.picture.shape
    # A copy, since the image refers to the array's memory.
    return QImage(
        drawn.picture.data, width, height, 4 * width, QImage.Format.Format_RGBA8888
    ).copy()


def size_text(size: int) -> str:
    """Format a file's size, such as "340 KB"."""
    if size < 1000:
        return counted(size, "byte")
    return f"{size / 1000:z.0f} KB" if size < 1e6 else f"{size / 1e6:z.1f} MB"


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{max(round(seconds), 1)} s"
    return f"{seconds / 60:z.0f} min"
