import gc
import os
import runpy
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from vingui.gui.document.document import Document
from vingui.gui.evaluation.client import EvaluationClient
from vingui.gui.look.theme import Theme
from vingui.gui.planner.client import Phase
from vingui.gui.playback.playback import Playback
from vingui.gui.session import Session
from vingui.gui.settings import Settings
from vingui.gui.training.client import TrainingClient


class StillPlanner(QObject):
    """Takes every request and answers none: tests emit `updated` with the run that they want."""

    phase_changed = Signal()
    silent_changed = Signal()
    busy_changed = Signal(bool)
    updated = Signal(object)
    refused = Signal(str)
    noted = Signal(str)

    def __init__(self):
        super().__init__()
        self.phase, self.failure, self.busy = Phase.READY, "", False
        self.details, self.silent = "", False
        self.plans, self.reads, self.engines, self.calls = [], [], [], []
        self.rules = []

    def plan(self, grid, *, model, iterations, engine, rule=None):
        self.engines.append(engine)
        self.rules.append(rule)
        self.plans.append((grid, model, iterations))

    def read(self, run, requests, *, purpose):
        self.reads += requests

    def cancel(self):
        """Nothing to cancel."""

    def start(self):
        self.calls.append("start")

    def restart(self):
        self.calls.append("restart")

    def end(self):
        self.calls.append("end")


@pytest.fixture(autouse=True)
def _garbage_of_the_windows_thread():
    """Collected on this thread, as in the application: a widget must not end in another one."""
    gc.disable()
    yield
    gc.collect(1)
    gc.enable()


@pytest.fixture(autouse=True)
def _own_settings(tmp_path_factory, monkeypatch):
    """What one test sets, no other finds."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))


@pytest.fixture(autouse=True)
def _no_style_sheet():
    """A style sheet that a window of an earlier test has left would change every size."""
    application = QApplication.instance()
    if application is not None and application.styleSheet():
        application.setStyleSheet("")


@pytest.fixture
def session_of(qapp):
    """Makes a session on a map, with an planner that stands still."""
    made = []

    def make(grid):
        settings = Settings()
        session = Session(
            document=Document(grid),
            planner=StillPlanner(),
            playback=Playback(settings),
            settings=settings,
            theme=Theme(),
        )
        made.append(session)
        return session

    yield make
    for session in made:
        session.deleteLater()


FAKE_TRAINER = (sys.executable, str(Path(__file__).with_name("fake_trainer.py")))


@pytest.fixture
def make_trainer(qapp, tmp_path, monkeypatch):
    """Makes clients of a process that trains nothing, but reports and obeys, in one folder."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    made = []

    def make(command=FAKE_TRAINER):
        made.append(TrainingClient(tmp_path / "training", command=command))
        return made[-1]

    yield make
    for client in made:
        client.close()


FAKE_EVALUATOR = (sys.executable, str(Path(__file__).with_name("fake_evaluator.py")))


@pytest.fixture
def make_evaluator(qapp, monkeypatch):
    """Makes clients of a process that evaluates nothing, but reports and obeys."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    made = []

    def make(command=FAKE_EVALUATOR):
        made.append(EvaluationClient(command=command))
        return made[-1]

    yield make
    for client in made:
        client.close()


class InstantProcess(QObject):
    """Answers as the fake evaluator does, at once and without a process."""

    replied, died = Signal(object), Signal(object)
    process_id = None

    def start(self):
        """Nothing to start."""

    def send(self, request):
        """Answer when the event loop runs."""
        QTimer.singleShot(0, self, lambda: self._answer(request))

    def _answer(self, request):
        for reply in runpy.run_path(FAKE_EVALUATOR[1])["answers"](request):
            self.replied.emit(reply)

    def close(self):
        """Nothing to end."""


@pytest.fixture
def evaluator(qapp):
    """A client whose evaluations are done at once."""
    client = EvaluationClient()
    client._process = InstantProcess()
    client._process.replied.connect(client._on_reply)
    return client
