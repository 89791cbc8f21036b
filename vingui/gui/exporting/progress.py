"""The progress of exports, in the status bar and in the export dialog."""

from typing import Final

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QToolButton, QWidget

from vingui.gui.exporting.controller import Exporting
from vingui.gui.look.fields import named
from vingui.gui.look.icons import icon
from vingui.gui.look.plain_text import Label

_PATIENCE_MS: Final = 400
_STEPS: Final = 1000


class ExportProgress(QWidget):
    """The oldest job: a bar, the time that is left, and a button that cancels it.

    Args:
        exporting: the jobs.
        in_dialog: whether it is always visible, and shows how the last job ended.
    """

    def __init__(self, exporting: Exporting, *, in_dialog: bool = False) -> None:
        super().__init__()
        self.setObjectName("export-progress")
        self._exporting, self._in_dialog = exporting, in_dialog
        self._label = Label()
        self._label.setObjectName("export-text")
        self._label.setAccessibleName("Export")
        self._label.setWordWrap(in_dialog)
        policy = QSizePolicy.Policy.Ignored if in_dialog else QSizePolicy.Policy.Preferred
        self._label.setSizePolicy(policy, QSizePolicy.Policy.Preferred)
        self._bar = QProgressBar()
        self._bar.setObjectName("export-bar")
        self._bar.setAccessibleName("Progress of the export")
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(96, 8)
        tip = "Cancel the export; no file is written"
        self._cancel = named(QToolButton(), "export-cancel", "Cancel the export", tip)
        self._cancel.setIcon(icon("close"))
        self._cancel.setIconSize(QSize(12, 12))
        # No higher than the text, since a growing status bar would move the views.
        self._cancel.setFixedSize(16, 16)
        self._cancel.setStyleSheet("padding: 1px;")
        self._cancel.clicked.connect(lambda: exporting.cancel(exporting.jobs[0]))
        # Most files are written before the user could read the text.
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self.show)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._label, 1)
        layout.addWidget(self._bar)
        layout.addWidget(self._cancel)
        exporting.jobs_changed.connect(self._on_jobs_changed)
        if in_dialog:
            exporting.reported.connect(self._on_reported)
        self._on_jobs_changed()

    def _on_jobs_changed(self) -> None:
        jobs = self._exporting.jobs
        self._bar.setVisible(bool(jobs))
        self._cancel.setVisible(bool(jobs) and jobs[0].can_cancel)
        if self._in_dialog or not jobs:
            self.setVisible(self._in_dialog)
            self._patience.stop()
        elif not self.isVisible() and not self._patience.isActive():
            self._patience.start()
        if jobs:
            more = f" (and {len(jobs) - 1} more)" if len(jobs) > 1 else ""
            self._label.setText(jobs[0].text + more)
            # Bytes can be more than Qt's numbers hold.
            done, total = jobs[0].done, jobs[0].total
            self._bar.setRange(0, _STEPS if total else 0)
            self._bar.setValue(_STEPS * done // total if total else 0)
        elif not self._in_dialog:
            self._label.clear()

    def _on_reported(self, text: str) -> None:
        if not self._exporting.jobs:
            self._label.setText(text)
