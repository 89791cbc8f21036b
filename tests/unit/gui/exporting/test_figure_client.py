import os
import signal
import sys
from dataclasses import replace
from threading import Event

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal

from vingui.core.figure_protocol import (
    DataNeeded,
    DrawRequest,
    EvaluationFigureRequest,
    ExportRequest,
    Failed,
    NewRun,
    NewStarts,
    StopRequest,
    Written,
)
from vingui.core.grid import GridMap
from vingui.core.planner_protocol import (
    ExactSolution,
    GreedyActions,
    PlanFinished,
    PolicyReadout,
    Values,
)
from vingui.core.run import Run
from vingui.core.value_history import ValueHistory
from vingui.gui.exporting import figure_client
from vingui.gui.exporting.figure_client import FigureClient, RunFeed
from vingui.gui.planner import process as worker_process
from vingui.gui.planner.client import Phase

ROWS, COLS, LAST = 4, 5, 9
GRID = GridMap(np.zeros((ROWS, COLS), bool), ((1, 1),), ((3, 4),))


def values(first, last):
    ks = list(range(first, last + 1))
    numbers = np.array(ks, float)
    value_maps = tuple(np.full((ROWS, COLS), -k, np.float32) for k in ks)
    return Values(
        number=1,
        model="dynamic-8",
        rule="8",
        first=first,
        changes=1 / numbers,
        lows=-numbers,
        highs=0 * numbers,
        reached=numbers / LAST,
        kept=np.array(ks),
        value_maps=value_maps,
    )


def readout(k):
    planes = np.zeros((ROWS, COLS, 8), np.float32)
    return PolicyReadout(1, k, 0, 0, planes, planes, planes)


def finished():
    return PlanFinished(1, LAST, True, 8, 8, np.full((ROWS, COLS), 1, np.int8), 0.1)


EXACT = ExactSolution(1, np.zeros((ROWS, COLS)), np.zeros((ROWS, COLS, 8), bool))


def rebuilt(messages):
    run = None
    for message in messages:
        match message:
            case NewRun():
                grid = message.grid
            case Values() if run is None:
                run = Run(grid, message)
            case NewStarts():
                run.grid = message.grid
            case _:
                run.take(message)
    return run


def test_a_run_is_made_known_piece_by_piece_and_nothing_twice():
    run = Run(GRID, values(1, 3))
    feed, sent = RunFeed(run), []
    sent += feed.unsent(GRID)
    assert [type(message) for message in sent] == [NewRun, Values]
    assert list(feed.unsent(GRID)) == []
    run.take(values(4, LAST))
    # Readouts are sent only when they are requested.
    run.take(readout(2))
    sent += (unsent := list(feed.unsent(GRID)))
    assert [type(message) for message in unsent] == [Values]
    assert unsent[0].first == 4
    for reply in (
        EXACT,
        finished(),
        GreedyActions(1, 5, np.full((ROWS, COLS), 5, np.int8), np.zeros(1, np.uint8)),
    ):
        run.take(reply)
    sent += (unsent := list(feed.unsent(GRID)))
    assert {type(message) for message in unsent} == {ExactSolution, PlanFinished, GreedyActions}
    assert list(feed.unsent(GRID)) == []
    twin = rebuilt(sent)
    assert twin.kept == run.kept
    assert twin.latest == run.latest == LAST
    assert twin.finished
    assert np.array_equal(twin.changes, run.changes)
    assert np.array_equal(twin.readouts.actions(5), run.readouts.actions(5))
    assert all(np.array_equal(twin.values_at(k)[1], run.values_at(k)[1]) for k in run.kept)


def test_of_a_thinned_run_the_same_iterations_are_kept(monkeypatch):
    monkeypatch.setattr("vingui.core.run.value_maps_within", lambda *_, **__: 4)
    run = Run(GRID, values(1, 3))
    feed = RunFeed(run)
    sent = list(feed.unsent(GRID))
    run.take(values(4, LAST))
    sent += feed.unsent(GRID)
    assert rebuilt(sent).kept == run.kept
    assert len(run.kept) <= 5


def test_starts_are_sent_when_they_have_moved():
    feed = RunFeed(Run(GRID, values(1, LAST)))
    list(feed.unsent(GRID))
    moved = GRID.with_starts(((0, 0),))
    assert [message.grid for message in feed.unsent(moved)] == [moved]
    assert list(feed.unsent(moved)) == []
    assert [message.grid for message in feed.unsent(GRID)] == [GRID]


def test_value_maps_are_sent_as_they_are():
    run = Run(GRID, values(1, LAST))
    _, sent = list(RunFeed(run).unsent(GRID))
    film = ValueHistory(100)
    for k, frame in zip(sent.kept.tolist(), sent.value_maps, strict=True):
        film.add(k, frame)
    assert film.kept == run.kept
    assert all(film.at(k)[1] is run.values_at(k)[1] for k in run.kept)


class Recorder(QObject):
    """A worker process that only records what it is sent; a test emits its replies."""

    replied = Signal(object)
    died = Signal(object)
    silent_changed = Signal()

    def __init__(self, *, command, name, parent):
        super().__init__(parent)
        self.process_id, self.sent = None, []

    def start(self):
        self.process_id = 1

    def send(self, message):
        self.sent.append(message)

    def sent_of(self, *kinds):
        return [message for message in self.sent if isinstance(message, kinds)]

    def expect(self, seconds):
        """Silence is no subject here."""


DRAW = DrawRequest(0, "figure", "{}", 0, "name", "dynamic-8", 1)
EXPORT = ExportRequest(0, "figure", "/a.png", "{}", 0, "name", "dynamic-8")


@pytest.fixture
def session(session_of):
    made = session_of(GRID)
    made.run = Run(GRID, values(1, LAST))
    return made


@pytest.fixture
def recorder(session, monkeypatch):
    """A client whose process is a recorder, and that recorder."""
    monkeypatch.setattr(figure_client, "WorkerProcess", Recorder)
    client = FigureClient(session, parent=session)
    return client, client._worker


def test_replies_go_to_their_request(recorder):
    (client, process), replies = recorder, []
    first = client.request(DRAW, lambda reply: replies.append(("first", reply)))
    second = client.request(DRAW, lambda reply: replies.append(("second", reply)))
    assert second > first
    client.drop(first)
    for number in (first, second, second, 77):
        process.replied.emit(Failed(number, "why", ""))
    assert [name for name, _ in replies] == ["second"]


def test_a_policy_that_a_drawing_needs_is_read_and_sent(session, recorder):
    (client, process), replies = recorder, []
    number = client.request(DRAW, replies.append)
    for k in (3, 5):
        process.replied.emit(DataNeeded(number, readout(k).request))
        assert session.planner.reads[-1] == readout(k).request
        session.run.take(readout(k))
        session.run_changed.emit()
    assert [message.k for message in process.sent_of(PolicyReadout)] == [3, 5]
    assert len(process.sent_of(DrawRequest)) == 1
    # One that is known already is sent at once.
    process.replied.emit(DataNeeded(number, readout(3).request))
    assert session.planner.reads == [readout(3).request, readout(5).request]
    assert [message.k for message in process.sent_of(PolicyReadout)] == [3, 5, 3]
    assert replies == []


def test_a_drawing_that_nobody_needs_any_more_is_stopped(session, recorder):
    (client, process), replies = recorder, []
    first, second, third = (client.request(DRAW, replies.append) for _ in range(3))
    # The first is dropped while it waits for a policy; the map changes while the third does.
    process.replied.emit(DataNeeded(first, readout(3).request))
    client.drop(first)
    client.drop(second)
    process.replied.emit(DataNeeded(second, readout(3).request))
    process.replied.emit(DataNeeded(third, readout(3).request))
    session.run = Run(GRID, values(1, LAST))
    session.run_changed.emit()
    assert [message.number for message in process.sent_of(StopRequest)] == [first, second, third]
    assert [(reply.number, type(reply)) for reply in replies] == [(third, Failed)]
    assert "has changed" in replies[0].reason
    session.run_changed.emit()
    assert len(replies) == 1


@pytest.mark.parametrize("failure", ["", "The model cannot be loaded."])
def test_a_planner_that_stops_ends_what_waits_for_it(session, recorder, failure):
    (client, process), replies = recorder, []
    number = client.request(EXPORT, replies.append)
    process.replied.emit(DataNeeded(number, readout(3).request))
    session.planner.phase, session.planner.failure = Phase.FAILED, failure
    session.planner.phase_changed.emit()
    assert [reply.number for reply in replies] == [number]
    assert (failure or "The planner stopped") in replies[0].reason
    assert [message.number for message in process.sent_of(StopRequest)] == [number]


def test_an_iteration_that_was_thinned_out_is_not_waited_for(session, recorder, monkeypatch):
    (client, process), replies = recorder, []
    number = client.request(DRAW, replies.append)
    monkeypatch.setattr(session.run, "nearest", lambda k: k - 1)
    session.run.take(readout(2))
    process.replied.emit(DataNeeded(number, readout(3).request))
    assert [type(reply) for reply in replies] == [Failed]
    assert process.sent_of(PolicyReadout) == []


def test_requests_are_about_the_starts_as_they_are_now(session, recorder):
    client, process = recorder
    moved = GRID.with_starts(((0, 0), (2, 3)))
    session.document.replace(moved)
    session.run = Run(GRID, values(1, LAST))
    client.request(DRAW, lambda _: None)
    assert [message.grid for message in process.sent_of(NewStarts)] == [moved]
    walls = GRID.walls.copy()
    walls[2, 2] = True
    session.document.replace(GridMap(walls, (GRID.goal,)))
    client.request(DRAW, lambda _: None)
    # The run is about the map before, until the plan of this one is there.
    assert process.sent_of(NewStarts)[-1].grid == GRID


def test_without_a_run_the_reason_is_given(session_of, monkeypatch):
    monkeypatch.setattr(figure_client, "WorkerProcess", Recorder)
    session, replies = session_of(GRID.with_goal(None)), []
    FigureClient(session, parent=session).request(DRAW, replies.append)
    assert replies[0].reason == "Place a goal (G) to plan"


def test_the_charts_of_an_evaluation_need_no_run(session_of, monkeypatch):
    monkeypatch.setattr(figure_client, "WorkerProcess", Recorder)
    session, replies = session_of(GRID.with_goal(None)), []
    client = FigureClient(session, parent=session)
    request = EvaluationFigureRequest(0, "/a.png", [], "{}")
    number = client.draw_evaluation(request, replies.append)
    (sent,) = client._worker.sent
    assert (type(sent), sent.number, sent.path) == (EvaluationFigureRequest, number, "/a.png")
    client._worker.replied.emit(Written(number, 7))
    assert [reply.size for reply in replies] == [7]


@pytest.fixture
def client_of(session):
    """Makes clients of processes with some command line."""
    clients = []

    def make(*command):
        clients.append(FigureClient(session, command=command, parent=session))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


def test_a_process_that_dies_fails_its_requests(qtbot, client_of):
    words = "import sys; print('out of paper', file=sys.stderr); sys.exit(3)"
    client, replies = client_of(sys.executable, "-c", words), []
    with qtbot.waitSignal(client.ended):
        client.request(DRAW, replies.append)
        client.request(EXPORT, replies.append)
    qtbot.waitUntil(lambda: len(replies) == 2)
    for reply in replies:
        assert reply.reason == "The process that draws figures stopped: it ended with code 3"
        assert "out of paper" in reply.traceback
    assert client.process_id is None
    client.request(DRAW, replies.append)
    qtbot.waitUntil(lambda: len(replies) == 3)


COUNTS = """
import os, sys
from vingui.core.figure_protocol import DrawRequest, Failed
from vingui.core.pipe import receive, send
stream = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)
names = []
while True:
    message = receive(sys.stdin.buffer)
    names.append(type(message).__name__)
    if isinstance(message, DrawRequest):
        send(stream, Failed(message.number, " ".join(names), ""))
        names.clear()
        if message.kind == "die":
            os._exit(1)
"""
"""Answers each request with the messages that came until then."""


@pytest.fixture
def counting(client_of, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    file = tmp_path / "counts.py"
    file.write_text(COUNTS)
    return client_of(sys.executable, str(file))


def test_a_process_that_follows_one_that_died_gets_everything_again(qtbot, counting):
    replies = []
    counting.request(DRAW, replies.append)
    counting.request(replace(DRAW, kind="die"), replies.append)
    with qtbot.waitSignal(counting.ended, timeout=20_000):
        pass
    assert [reply.reason for reply in replies] == ["NewRun Values DrawRequest", "DrawRequest"]
    counting.request(DRAW, replies.append)
    qtbot.waitUntil(lambda: len(replies) == 3, timeout=20_000)
    assert replies[-1].reason == "NewRun Values DrawRequest"


def test_a_reply_that_waits_when_the_process_is_closed_is_dropped(qtbot, counting):
    replies = []
    number = counting.request(DRAW, replies.append)
    arrivals = counting._worker._arrivals
    for _ in range(20_000):
        if arrivals:
            break
        Event().wait(0.001)
    counting.close()
    assert counting.process_id is None
    counting.drop(number)
    counting.request(DRAW, replies.append)
    qtbot.waitUntil(lambda: replies != [], timeout=20_000)
    assert [reply.number for reply in replies] == [number + 1]


def test_a_process_that_cannot_be_started_fails_its_request(client_of):
    replies = []
    client_of("/no/such/program").request(DRAW, replies.append)
    assert [type(reply) for reply in replies] == [Failed]
    assert "it cannot be started: No such file or directory" in replies[0].reason


STUCK = """
import os, sys, time
from vingui.core.figure_protocol import DrawRequest, Failed
from vingui.core.planner_protocol import Ping, Pong
from vingui.core.pipe import receive, send
stream = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)
while True:
    message = receive(sys.stdin.buffer)
    if isinstance(message, DrawRequest):
        send(stream, Failed(message.number, "drawn", ""))
    if isinstance(message, Ping):
        send(stream, Pong())
"""
"""Answers pictures, and never comes to an end with a file, nor gives one up."""


@pytest.fixture
def stuck(client_of, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    monkeypatch.setattr(figure_client, "_DEADLINE_MS", 50)
    file = tmp_path / "stuck.py"
    file.write_text(STUCK)
    return client_of(sys.executable, str(file))


@pytest.mark.parametrize("stopped", [False, True])
def test_an_export_that_is_not_given_up_in_time_ends_with_its_process(qtbot, stuck, stopped):
    of_export, of_other, ends = [], [], []
    stuck.ended.connect(lambda: ends.append(len(of_export)))
    number = stuck.request(EXPORT, of_export.append)
    stuck.request(DRAW, of_other.append)
    qtbot.waitUntil(lambda: of_other != [], timeout=20_000)
    first = stuck.process_id
    stuck.request(EXPORT, of_other.append)
    if stopped:
        os.kill(first, signal.SIGSTOP)
    stuck.stop(number)
    qtbot.waitUntil(lambda: of_export != [], timeout=20_000)
    # Its files can be removed before it fails.
    assert ends[0] == 0
    assert [reply.reason for reply in of_export] == [""]
    assert stuck.process_id not in (None, first)
    # Another process goes on with the rest.
    stuck.request(DRAW, of_other.append)
    qtbot.waitUntil(lambda: len(of_other) == 2, timeout=20_000)
    assert [reply.reason for reply in of_other] == ["drawn", "drawn"]


@pytest.fixture
def impatient(monkeypatch):
    """Processes are looked at every 20 ms, and 20 looks without a sign of life are silence."""
    monkeypatch.setattr(worker_process, "_CHECK_MS", 20)
    monkeypatch.setattr(figure_client, "_PATIENCE", 0.4)


def test_a_process_that_is_stopped_is_named_and_can_be_started_again(
    impatient, qtbot, session, stuck
):
    replies, messages, closed = [], [], []
    session.message.connect(lambda text, kind, actions, key: messages.append((text, actions)))
    session.message_closed.connect(closed.append)
    stuck.request(DRAW, replies.append)
    qtbot.waitUntil(lambda: replies != [], timeout=20_000)
    os.kill(stuck.process_id, signal.SIGSTOP)
    stuck.request(DRAW, replies.append)
    qtbot.waitUntil(lambda: messages != [], timeout=20_000)
    ((text, ((label, act),)),) = messages
    assert "does not answer" in text
    assert label == "Start it again"
    act()
    qtbot.waitUntil(lambda: len(replies) == 2, timeout=20_000)
    assert set(closed) == {"figures"}
