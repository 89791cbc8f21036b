from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel, QProgressBar

from vingui.core.grid import GridMap
from vingui.gui.exporting.controller import Exporting, Job
from vingui.gui.exporting.progress import ExportProgress


@pytest.fixture
def shown(session_of, qtbot):
    """Shows the progress of a job; returns the text, and how far the bar is."""
    parent = QObject()
    exporting = Exporting(session_of(GridMap([[False] * 2] * 2)), lambda: None, parent)
    progress = ExportProgress(exporting, in_dialog=True)
    qtbot.addWidget(progress)

    def show(job, done, total):
        job.show_progress(done, total)
        exporting.jobs[:] = [job]
        exporting.jobs_changed.emit()
        bar = progress.findChild(QProgressBar)
        text = progress.findChild(QLabel, "export-text").text()
        return text.partition(", ")[0], bar.value() / bar.maximum() if bar.maximum() else None

    yield show
    exporting.close()


def test_a_film_counts_its_frames(shown):
    job = Job(Path("x.gif"), number=1, frames=True)
    assert shown(job, 0, 0) == ("Writing x.gif ...", None)
    assert shown(job, 0, 80) == ("x.gif: frame 0 of 80", 0)
    assert shown(job, 20, 80) == ("x.gif: frame 20 of 80", 0.25)


def test_bytes_are_shown_as_a_share_also_where_they_are_more_than_two_gigabytes(shown):
    job = Job(Path("x.npz"), number=1)
    assert shown(job, 1_000_000_000, 4_000_000_000) == ("x.npz: 25%", 0.25)
    assert shown(job, 4_000_000_000, 4_000_000_000) == ("x.npz: 100%", 1)
