import os
import signal
import sys
from dataclasses import replace
from threading import Event

import numpy as np
import pytest

from vingui.core.figure_protocol import (
    DrawRequest,
    ExportRequest,
    Failed,
    MissingData,
    ReadingRequest,
    Starts,
    StopRequest,
    Subject,
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
from vingui.gui.exporting import figure_process as export_process
from vingui.gui.exporting import requests as export_requests
from vingui.gui.exporting.figure_process import FigureProcess, RunFeed
from vingui.gui.exporting.requests import ReadoutProgress, Requests
from vingui.gui.planner import process as worker_process

ROWS, COLS, LAST = 4, 5, 9
GRID = GridMap(np.zeros((ROWS, COLS), bool), (1, 1), ((3, 4),))


def values(first, last):
    ks = list(range(first, last + 1))
    numbers = np.array(ks, float)
    frames = tuple(np.full((ROWS, COLS), -k, np.float32) for k in ks)
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
        frames=frames,
    )


def reading(k):
    actions = np.full((ROWS, COLS), k % 8, np.int8)
    planes = np.zeros((ROWS, COLS, 8), np.float32)
    return PolicyReadout(1, k, planes, planes, actions)


def finished():
    last = reading(LAST)
    reward = np.zeros((ROWS, COLS, 8), np.float32)
    return PlanFinished(1, LAST, True, reward, last.q, last.policy, last.actions, 0.1)


EXACT = ExactSolution(1, np.zeros((ROWS, COLS)), np.zeros((ROWS, COLS, 8), bool))


def rebuilt(messages):
    run = None
    for message in messages:
        match message:
            case Subject():
                grid = message.grid
            case Values() if run is None:
                run = Run(grid, message)
            case Starts():
                run.grid = message.grid
            case _:
                run.take(message)
    return run


def test_a_run_is_told_piece_by_piece_and_nothing_twice():
    run = Run(GRID, values(1, 3))
    feed, said = RunFeed(run), []
    said += feed.news(GRID)
    assert [type(message) for message in said] == [Subject, Values]
    assert list(feed.news(GRID)) == []
    run.take(values(4, LAST))
    run.take(reading(2))
    said += (news := list(feed.news(GRID)))
    assert [type(message) for message in news] == [Values, PolicyReadout]
    assert news[0].first == 4
    for reply in (
        EXACT,
        finished(),
        GreedyActions(1, 5, reading(5).actions, np.zeros(1, np.uint8)),
        reading(5),
    ):
        run.take(reply)
    said += (news := list(feed.news(GRID)))
    assert {type(message) for message in news} == {
        ExactSolution,
        PlanFinished,
        GreedyActions,
        PolicyReadout,
    }
    assert list(feed.news(GRID)) == []
    twin = rebuilt(said)
    assert twin.kept == run.kept
    assert twin.latest == run.latest == LAST
    assert twin.finished
    assert np.array_equal(twin.changes, run.changes)
    assert np.array_equal(twin.actions(5), run.actions(5))
    assert all(np.array_equal(twin.frame(k)[1], run.frame(k)[1]) for k in run.kept)


def test_a_thinned_run_is_told_as_it_is(monkeypatch):
    monkeypatch.setattr("vingui.core.run.frames_within", lambda *_, **__: 4)
    run = Run(GRID, values(1, 3))
    feed = RunFeed(run)
    said = list(feed.news(GRID))
    run.take(values(4, LAST))
    said += feed.news(GRID)
    assert rebuilt(said).kept == run.kept
    assert len(run.kept) <= 5


def test_starts_are_told_when_they_have_moved():
    feed = RunFeed(Run(GRID, values(1, LAST)))
    list(feed.news(GRID))
    moved = GRID.with_starts(((0, 0),))
    assert [message.grid for message in feed.news(moved)] == [moved]
    assert list(feed.news(moved)) == []
    assert [message.grid for message in feed.news(GRID)] == [GRID]


def test_a_feed_is_of_the_same_frames(monkeypatch):
    run = Run(GRID, values(1, LAST))
    _, told = list(RunFeed(run).news(GRID))
    film = ValueHistory(100)
    for k, frame in zip(told.kept.tolist(), told.frames, strict=True):
        film.add(k, frame)
    assert film.kept == run.kept
    assert all(film.at(k)[1] is run.frame(k)[1] for k in run.kept)


class Scripted(FigureProcess):
    """Takes what it is asked and answers what a test wants."""

    def __init__(self):
        super().__init__()
        self.run_modal, self.told = [], []

    def ask(self, request, run, grid):
        self.run_modal.append((request, grid))
        return True

    def tell(self, message):
        self.told.append(message)


DRAW = DrawRequest(0, "figure", "{}", 0, "name", 1, False)


@pytest.fixture
def session(session_of):
    made = session_of(GRID)
    made.run = Run(GRID, values(1, LAST))
    return made


def test_what_comes_of_a_request_is_told_to_who_asked(session):
    process, told = Scripted(), []
    requests = Requests(session, process)
    first = requests.ask(DRAW, lambda reply: told.append(("first", reply)))
    second = requests.ask(DRAW, lambda reply: told.append(("second", reply)))
    assert second > first
    requests.drop(first)
    for number in (first, second, second, 77):
        process.answered.emit(Failed(number, "why", ""))
    assert [who for who, _ in told] == ["second"]


def test_what_the_process_lacks_is_read_by_the_planner(session):
    process, told = Scripted(), []
    requests = Requests(session, process)
    number = requests.ask(DRAW, told.append)
    process.answered.emit(MissingData(number, np.array([2]), np.array([4])))
    assert session.engine.reads == [2]
    session.run.take(reading(2))
    session.run_changed.emit()
    assert session.engine.reads == [2, 4]
    assert len(process.run_modal) == 1
    session.run.take(reading(4))
    session.run_changed.emit()
    assert told == [ReadoutProgress(1, 2), ReadoutProgress(2, 2)]
    # Both their actions, and the values of the one that was wanted whole.
    assert [(type(message), message.k) for message in process.told] == [
        (GreedyActions, 2),
        (PolicyReadout, 2),
        (GreedyActions, 4),
    ]
    assert [request.skip_check for request, _ in process.run_modal] == [False, True]
    assert {request.number for request, _ in process.run_modal} == {number}


def test_what_a_drawing_waits_for_is_told_and_nothing_is_asked_again(session):
    process, told = Scripted(), []
    requests = Requests(session, process)
    number = requests.ask(DRAW, told.append)
    process.answered.emit(ReadingRequest(number, 3))
    assert session.engine.reads == [3]
    session.run.take(reading(3))
    session.run_changed.emit()
    assert [(type(message), message.k) for message in process.told] == [(PolicyReadout, 3)]
    assert len(process.run_modal) == 1
    assert told == []


def test_a_drawing_that_waits_in_vain_is_stopped(session):
    process, told = Scripted(), []
    requests = Requests(session, process)
    first, second, third = (requests.ask(DRAW, told.append) for _ in range(3))
    # One is dropped while it waits, one before it says so; the map of the third changes.
    process.answered.emit(ReadingRequest(first, 3))
    requests.drop(first)
    requests.drop(second)
    process.answered.emit(ReadingRequest(second, 3))
    process.answered.emit(ReadingRequest(third, 3))
    session.run = Run(GRID, values(1, LAST))
    session.run_changed.emit()
    assert all(type(message) is StopRequest for message in process.told)
    assert [message.number for message in process.told] == [first, second, third]
    assert [type(reply) for reply in told] == [Failed]


def test_a_run_that_goes_meanwhile_ends_the_reading(session):
    process, told = Scripted(), []
    requests = Requests(session, process)
    number = requests.ask(DRAW, told.append)
    process.answered.emit(MissingData(number, np.array([2]), np.array([], int)))
    session.run = Run(GRID, values(1, LAST))
    session.run_changed.emit()
    assert [type(reply) for reply in told] == [Failed]
    assert "has changed" in told[0].reason
    session.run_changed.emit()
    assert len(told) == 1


def test_starts_that_have_moved_are_asked_about(session):
    process = Scripted()
    requests = Requests(session, process)
    moved = GRID.with_starts(((0, 0), (2, 3)))
    session.document.replace(moved)
    session.run = Run(GRID, values(1, LAST))
    requests.ask(DRAW, lambda _: None)
    assert process.run_modal[0][1] == moved
    walls = GRID.walls.copy()
    walls[2, 2] = True
    session.document.replace(GridMap(walls, GRID.goal))
    session.run = Run(GRID, values(1, LAST))
    requests.ask(DRAW, lambda _: None)
    # The run is about the map before, until the plan of this one is there.
    assert process.run_modal[1][1] == GRID


def test_without_a_run_it_is_said_what_is_missing(session_of):
    session = session_of(GRID.with_goal(None))
    told = []
    Requests(session, Scripted()).ask(DRAW, told.append)
    assert told[0].reason == "Place a goal (G) to plan"


@pytest.fixture
def process(qtbot):
    made = []

    def start(*command):
        made.append(FigureProcess(command=command))
        return made[-1]

    yield start
    for one in made:
        one.close()


def test_a_process_that_dies_fails_what_was_asked(qtbot, session, process):
    words = "import sys; print('out of paper', file=sys.stderr); sys.exit(3)"
    dying, told = process(sys.executable, "-c", words), []
    requests = Requests(session, dying)
    with qtbot.waitSignal(dying.died):
        requests.ask(DRAW, told.append)
        requests.ask(replace(EXPORT), told.append)
    assert len(told) == 2
    for reply in told:
        assert reply.reason == "The process that draws figures stopped: it ended with code 3"
        assert "out of paper" in reply.traceback
    assert dying.process_id is None
    with qtbot.waitSignal(dying.died):
        requests.ask(DRAW, told.append)
    assert len(told) == 3


COUNTS = """
import os, sys
from vingui.core.figure_protocol import DrawRequest, Failed
from vingui.core.pipe import receive, send
stream = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)
said = []
while True:
    message = receive(sys.stdin.buffer)
    said.append(type(message).__name__)
    if isinstance(message, DrawRequest):
        send(stream, Failed(message.number, " ".join(said), ""))
        said.clear()
        if message.kind == "die":
            os._exit(1)
"""
"""Answers each request with what it was told until then."""


@pytest.fixture
def counting(process, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    file = tmp_path / "counts.py"
    file.write_text(COUNTS)
    return process(sys.executable, str(file))


def test_a_process_that_follows_one_that_died_is_told_everything_anew(qtbot, session, counting):
    answers = []
    counting.answered.connect(answers.append)
    assert counting.ask(DRAW, session.run, GRID)
    with qtbot.waitSignal(counting.died, timeout=20_000):
        counting.ask(replace(DRAW, kind="die"), session.run, GRID)
    assert [answer.reason for answer in answers] == ["Subject Values DrawRequest", "DrawRequest"]
    with qtbot.waitSignal(counting.answered, timeout=20_000) as found:
        counting.ask(DRAW, session.run, GRID)
    assert found.args[0].reason == "Subject Values DrawRequest"


def test_an_answer_that_waits_when_the_process_is_closed_is_not_told(qtbot, session, counting):
    answers = []
    counting.answered.connect(answers.append)
    counting.ask(replace(DRAW, number=1), session.run, GRID)
    arrivals = counting._worker._arrivals
    for _ in range(20_000):
        if arrivals:
            break
        Event().wait(0.001)
    counting.close()
    assert counting.process_id is None
    counting.tell(StopRequest(1))
    with qtbot.waitSignal(counting.answered, timeout=20_000):
        counting.ask(replace(DRAW, number=2), session.run, GRID)
    assert [answer.number for answer in answers] == [2]


def test_a_process_that_cannot_be_started_fails_what_was_asked(qtbot, session, process):
    requests, told = Requests(session, process("/no/such/program")), []
    requests.ask(DRAW, told.append)
    assert [type(reply) for reply in told] == [Failed]


EXPORT = ExportRequest(0, "figure", "/a.png", "{}", 0, "name", "dynamic-8", False)


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
def stuck(process, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    monkeypatch.setattr(export_requests, "_DEADLINE_MS", 50)
    file = tmp_path / "stuck.py"
    file.write_text(STUCK)
    return process(sys.executable, str(file))


@pytest.mark.parametrize("stopped", [False, True])
def test_an_export_that_is_not_given_up_in_time_ends_with_its_process(
    qtbot, session, stuck, stopped
):
    requests, of_export, of_other, gone = Requests(session, stuck), [], [], []
    stuck.gone.connect(lambda: gone.append(len(of_export)))
    number = requests.ask(EXPORT, of_export.append)
    requests.ask(DRAW, of_other.append)
    qtbot.waitUntil(lambda: of_other != [], timeout=20_000)
    first = stuck.process_id
    requests.ask(EXPORT, of_other.append)
    if stopped:
        os.kill(first, signal.SIGSTOP)
    requests.stop(number)
    qtbot.waitUntil(lambda: of_export != [], timeout=20_000)
    # Its files can be cleaned up before it is told.
    assert gone[0] == 0
    assert [reply.reason for reply in of_export] == [""]
    assert stuck.process_id not in (None, first)
    # Another process goes on with the rest.
    requests.ask(DRAW, of_other.append)
    qtbot.waitUntil(lambda: len(of_other) == 2, timeout=20_000)
    assert [reply.reason for reply in of_other] == ["drawn", "drawn"]


@pytest.fixture
def impatient(monkeypatch):
    """Processes are looked at every 20 ms, and 20 looks without a sign of life are silence."""
    monkeypatch.setattr(worker_process, "_CHECK_MS", 20)
    monkeypatch.setattr(export_process, "_PATIENCE", 0.4)


def test_a_process_that_is_stopped_is_named_and_can_be_started_again(
    impatient, qtbot, session, stuck
):
    requests, told, messages, closed = Requests(session, stuck), [], [], []
    session.message.connect(lambda text, kind, actions, key: messages.append((text, actions)))
    session.message_closed.connect(closed.append)
    requests.ask(DRAW, told.append)
    qtbot.waitUntil(lambda: told != [], timeout=20_000)
    os.kill(stuck.process_id, signal.SIGSTOP)
    requests.ask(DRAW, told.append)
    qtbot.waitUntil(lambda: messages != [], timeout=20_000)
    ((text, ((label, act),)),) = messages
    assert "does not answer" in text
    assert label == "Start it again"
    act()
    qtbot.waitUntil(lambda: len(told) == 2, timeout=20_000)
    assert set(closed) == {"figures"}
