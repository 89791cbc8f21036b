"""How far the exports have come: in the window's status bar, and in the dialog."""

from typing import Final

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QToolButton, QWidget

from vingui.gui.exporting.controller import Exporting
from vingui.gui.exporting.jobs import Job
from vingui.gui.look.icons import icon
from vingui.gui.look.plain_text import Label

_PATIENCE_MS: Final = 400


class ExportProgress(QWidget):
    """A bar, how long it takes still, and a button that gives it up, for the oldest job.

    Args:
        exporting: whose jobs.
        told: whether what became of the last job is told here too.
    """

    def __init__(self, exporting: Exporting, *, told: bool = False) -> None:
        super().__init__()
        self.setObjectName("export-progress")
        self._exporting, self._told = exporting, told
        self._job: Job | None = None
        self._words = Label()
        self._words.setObjectName("export-words")
        self._words.setAccessibleName("Export")
        self._words.setWordWrap(told)
        policy = QSizePolicy.Policy.Ignored if told else QSizePolicy.Policy.Preferred
        self._words.setSizePolicy(policy, QSizePolicy.Policy.Preferred)
        self._bar = QProgressBar()
        self._bar.setObjectName("export-bar")
        self._bar.setAccessibleName("How far the export has come")
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(96, 8)
        self._cancel = QToolButton()
        self._cancel.setObjectName("export-cancel")
        self._cancel.setAccessibleName("Cancel the export")
        self._cancel.setToolTip("Cancel the export; no file is written")
        self._cancel.setIcon(icon("close"))
        self._cancel.setIconSize(QSize(12, 12))
        # No higher than words: a status bar that grew would move the views.
        self._cancel.setFixedSize(16, 16)
        self._cancel.setStyleSheet("padding: 1px;")
        self._cancel.clicked.connect(self._give_up)
        # Most files are there before anybody could read that they are being written.
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self.show)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._words, 1)
        layout.addWidget(self._bar)
        layout.addWidget(self._cancel)
        exporting.jobs_changed.connect(self._on_jobs_changed)
        if told:
            exporting.told.connect(self._tell)
        self._on_jobs_changed()

    def _on_jobs_changed(self) -> None:
        jobs = self._exporting.jobs
        job = jobs[0] if jobs else None
        if job is not self._job:
            self._job = job
            if job is not None:
                job.changed.connect(self._show)
        self._bar.setVisible(job is not None)
        self._cancel.setVisible(job is not None and job.can_cancel)
        if self._told or job is None:
            self.setVisible(self._told)
            self._patience.stop()
        elif not self.isVisible() and not self._patience.isActive():
            self._patience.start()
        self._show()

    def _show(self) -> None:
        job = self._job
        if job is None:
            if not self._told:
                self._words.clear()
            return
        more = len(self._exporting.jobs) - 1
        self._words.setText(job.words + (f" (and {more} more)" if more else ""))
        self._bar.setRange(0, job.total)
        self._bar.setValue(job.done)

    def _tell(self, words: str) -> None:
        if self._job is None:
            self._words.setText(words)

    def _give_up(self) -> None:
        if self._job is not None:
            self._exporting.cancel(self._job)
