"""A process that is heard in the window's thread: in order, and only while it is the one."""

import os
import signal
import sys
import textwrap
import time
from threading import Event

import pytest
import shiboken6
from PySide6.QtCore import QObject, QTimer

from vingui.core.planner_protocol import CancelRequest
from vingui.gui.planner import connection as link_module
from vingui.gui.planner.process import WorkerProcess

ANSWERS = """
import os, sys
import numpy as np
from vingui.core.planner_protocol import GreedyActions
from vingui.core.pipe import receive, send
stream = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)
while True:
    try:
        count = receive(sys.stdin.buffer).number
    except EOFError:
        os._exit(0)
    for k in range(count):
        greedy = np.zeros((64, 64), np.int8)
        send(stream, GreedyActions(os.getpid(), k, greedy, np.empty(0, np.uint8)))
    if count > 50:
        print("enough is enough", flush=True)
        os._exit(3)
"""
"""Answers a request with as many replies as its number says, and to many with its end."""


@pytest.fixture
def make_worker(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    workers = []

    def make(text=ANSWERS, *, parent=None):
        file = tmp_path / "worker.py"
        file.write_text(textwrap.dedent(text))
        worker = WorkerProcess(
            command=(sys.executable, str(file)), name="The worker", parent=parent
        )
        worker.log = []
        worker.replied.connect(lambda reply: worker.log.append((reply.number, reply.k)))
        worker.settled.connect(lambda: worker.log.append("settled"))
        worker.died.connect(lambda end: worker.log.append(end.cause))
        workers.append(worker)
        return worker

    yield make
    for worker in workers:
        if shiboken6.isValid(worker):
            worker.close()


@pytest.fixture
def worker(make_worker):
    made = make_worker()
    made.start()
    return made


def ask(worker, count):
    worker.send(CancelRequest(count))


def waits(worker, count):
    """Wait until so much has come that the window's thread was not told of yet."""
    for _ in range(20_000):
        if len(worker._arrivals) >= count:
            return
        Event().wait(0.001)
    pytest.fail(f"Expected {count} replies, received {len(worker._arrivals)}")


def replies(worker):
    return [told for told in worker.log if told != "settled"]


def test_replies_are_emitted_in_order_and_those_that_wait_together(worker, qtbot):
    first = worker.process_id
    ask(worker, 5)
    waits(worker, 5)
    assert worker.log == []
    qtbot.waitUntil(lambda: "settled" in worker.log)
    assert worker.log[:6] == [*((first, k) for k in range(5)), "settled"]
    ask(worker, 2)
    qtbot.waitUntil(lambda: len(replies(worker)) == 7)
    assert replies(worker)[5:] == [(first, 0), (first, 1)]


def test_replies_that_take_long_to_handle_leave_the_loop_turns_between_them(worker, qtbot):
    def work(_):
        end = time.thread_time() + 0.02
        while time.thread_time() < end:
            pass

    first = worker.process_id
    worker.replied.connect(work)
    ask(worker, 3)
    waits(worker, 3)
    QTimer.singleShot(0, lambda: worker.log.append("another event"))
    qtbot.waitUntil(lambda: len(replies(worker)) == 4)
    assert worker.log[:3] == [(first, 0), "settled", "another event"]
    assert [told for told in worker.log[3:] if told != "settled"] == [(first, 1), (first, 2)]


def test_replies_of_a_process_that_was_ended_do_not_come_after_its_successor_started(worker, qtbot):
    ask(worker, 3)
    waits(worker, 3)
    worker.end()
    worker.start()
    second = worker.process_id
    ask(worker, 2)
    qtbot.waitUntil(lambda: len(replies(worker)) == 2)
    assert replies(worker) == [(second, 0), (second, 1)]


def test_a_start_while_there_is_a_process_starts_no_other(worker):
    first = worker.process_id
    worker.start()
    assert worker.process_id == first


@pytest.mark.parametrize("end", [WorkerProcess.end, WorkerProcess.close])
def test_an_end_while_replies_wait_is_heard_of_no_more(worker, qtbot, end):
    ask(worker, 3)
    waits(worker, 3)
    link = worker._link
    end(worker)
    assert worker.process_id is None
    for thread in link._threads:
        thread.join(20)
    # The end of the process has come as well by now.
    assert worker._arrivals[-1] == (link, None)
    qtbot.waitUntil(lambda: "settled" in worker.log)
    assert replies(worker) == []
    ask(worker, 1)


def test_an_end_in_the_middle_of_replies_is_heard_of_no_more(worker, qtbot):
    worker.replied.connect(lambda reply: worker.end() if reply.k == 1 else None)
    first = worker.process_id
    ask(worker, 4)
    waits(worker, 4)
    qtbot.waitUntil(lambda: "settled" in worker.log)
    assert worker.log[:3] == [(first, 0), (first, 1), "settled"]


def test_all_replies_of_a_process_are_emitted_before_its_death(worker, qtbot, monkeypatch, caplog):
    monkeypatch.setattr(link_module, "IN_FLIGHT", 3 * 4096)
    first = worker.process_id
    process = worker._link.process
    ask(worker, 60)
    # The pipe holds what the window has not taken yet.
    process.wait(20)
    with qtbot.waitSignal(worker.died, timeout=20_000):
        assert worker.log == []
    assert replies(worker) == [*((first, k) for k in range(60)), "it ended with code 3"]
    assert worker.process_id is None
    assert "The worker stopped: it ended with code 3" in caplog.text
    assert "enough is enough" in caplog.text
    worker.start()
    ask(worker, 1)
    qtbot.waitUntil(lambda: len(replies(worker)) == 62)
    assert replies(worker)[-1] == (worker.process_id, 0)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("raise SystemExit(5)", "it ended with code 5"),
        ("import os; os.kill(os.getpid(), 15)", "it was killed by signal 15 (SIGTERM)"),
        ("import os; os.kill(os.getpid(), 11)", "it crashed (SIGSEGV)"),
        ("raise SystemExit('no\\nsuch thing')", "it ended with code 1"),
        ("raise KeyError('no such thing')", "KeyError: 'no such thing'"),
    ],
)
def test_why_a_process_died_is_reported(make_worker, qtbot, text, why):
    worker = make_worker(text)
    with qtbot.waitSignal(worker.died, timeout=20_000) as died:
        worker.start()
    assert died.args[0].cause == why


def test_starting_a_missing_program_raises(qapp):
    worker = WorkerProcess(command=("/no/such/python",), name="The worker")
    with pytest.raises(FileNotFoundError):
        worker.start()
    assert worker.process_id is None


def test_a_reply_that_nobody_can_take_holds_up_no_other(worker, qtbot, monkeypatch):
    monkeypatch.setattr(link_module, "IN_FLIGHT", 4096)

    def fail(reply):
        raise ZeroDivisionError

    worker.replied.connect(fail)
    with qtbot.capture_exceptions() as raised:
        ask(worker, 4)
        qtbot.waitUntil(lambda: len(replies(worker)) == 4)
    assert [kind for kind, *_ in raised] == [ZeroDivisionError] * 4


def test_closing_does_not_wait_for_a_process_that_does_not_listen(make_worker):
    worker = make_worker("import time\ntime.sleep(600)")
    worker.start()
    process = worker._link.process
    worker.close()
    assert process.poll() == -signal.SIGKILL


def test_once_its_owner_is_destroyed_the_process_ends_with_its_next_reply(make_worker):
    owner = QObject()
    worker = make_worker(parent=owner)
    worker.start()
    link = worker._link
    shiboken6.delete(owner)
    link.send(CancelRequest(1))
    assert link.process.wait(20) == 0
    for thread in link._threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in link._threads)
