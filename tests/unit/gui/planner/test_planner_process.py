"""The process that plans is kept running, and given up when that is in vain."""

import os
import sys
from types import SimpleNamespace

import pytest

from vingui.core.planner_protocol import CancelRequest
from vingui.gui.planner import planner_process
from vingui.gui.planner.planner_process import Phase, PlannerProcess

READY = """
import os, sys
from vingui.core.planner_protocol import PlannerReady, PlanRefused
from vingui.core.pipe import receive, send
stream = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)
send(stream, PlannerReady({"fake": "1"}, 0.0))
number = receive(sys.stdin.buffer).number
send(stream, PlanRefused(number, "no"))
os._exit(number)
"""
"""Refuses the first request and dies with it."""

UNAVAILABLE = """
import os, sys, time
from vingui.core.planner_protocol import PlannerUnavailable
from vingui.core.pipe import send
send(os.fdopen(1, "wb"), PlannerUnavailable("There is no library", "Install it"))
sys.stdin.read()
"""


@pytest.fixture
def make_process(qtbot, tmp_path, monkeypatch):
    """Processes that run a text, and what is told of them with the phase of the time."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    processes = []

    def make(text=READY, *, program=sys.executable):
        file = tmp_path / "planner.py"
        file.write_text(text)
        process = PlannerProcess(command=(str(program), str(file)))
        process.log = []
        process.phase_changed.connect(lambda: process.log.append(process.phase.value))
        process.lost.connect(lambda: process.log.append(f"lost while {process.phase.value}"))
        process.replied.connect(lambda reply: process.log.append(reply.number))
        process.noted.connect(process.log.append)
        processes.append(process)
        return process

    yield make
    for process in processes:
        process.close()


@pytest.fixture
def process(make_process, qtbot):
    made = make_process()
    made.start()
    qtbot.waitUntil(lambda: made.ready, timeout=20_000)
    return made


def until(qtbot, process, phase):
    qtbot.waitUntil(lambda: process.phase is phase, timeout=20_000)


def test_it_takes_requests_from_when_it_is_ready_until_it_is_closed(make_process, qtbot):
    process = make_process()
    assert (process.phase, process.ready) == (Phase.STOPPED, False)
    process.start()
    assert (process.phase, process.ready) == (Phase.STARTING, False)
    until(qtbot, process, Phase.READY)
    assert process.ready
    assert process.versions == {"fake": "1"}
    process.close()
    assert (process.phase, process.ready, process.process_id) == (Phase.STOPPED, False, None)
    assert process.log == ["starting", "ready", "stopped"]


def test_what_was_asked_is_lost_before_another_process_starts(process, qtbot):
    lost = []
    process.lost.connect(lambda: lost.append((process.ready, process.process_id)))
    process.log.clear()
    process.send(CancelRequest(7))
    qtbot.waitUntil(lambda: process.log[-1:] == ["ready"], timeout=20_000)
    again = "The planner stopped and was started again: it ended with code 7."
    assert process.log == [7, "lost while ready", "starting", again, "ready"]
    # Whoever hears of it cannot ask a process that is gone.
    assert lost == [(False, None)]


def test_a_third_death_within_a_minute_is_the_last_until_a_restart(process, qtbot):
    for _ in range(3):
        process.send(CancelRequest(7))
        qtbot.waitUntil(lambda: not process.ready, timeout=20_000)
        qtbot.waitUntil(lambda: process.phase is not Phase.STARTING, timeout=20_000)
    assert process.phase is Phase.FAILED
    assert process.failure == (
        "The planner stopped 3 times within a minute; the last time it ended with code 7. "
        "Try a smaller map or another model, then start it again."
    )
    process.restart()
    until(qtbot, process, Phase.READY)
    assert process.failure == ""
    process.send(CancelRequest(7))
    qtbot.waitUntil(lambda: not process.ready, timeout=20_000)
    until(qtbot, process, Phase.READY)


def test_deaths_far_apart_are_always_made_up_for(process, qtbot, monkeypatch):
    times = iter(range(0, 1000, 31))
    clock = SimpleNamespace(monotonic=lambda: next(times))
    monkeypatch.setattr(planner_process, "time", clock)
    for count in range(4):
        process.send(CancelRequest(7))
        qtbot.waitUntil(
            lambda: process.log.count("ready") == count + 2,  # noqa: B023
            timeout=20_000,
        )


def test_a_program_that_is_not_there_is_told_each_time_it_is_tried(make_process):
    process = make_process(program="/no/such/python")
    process.start()
    assert process.failure == "The planner cannot be started: No such file or directory."
    process.restart()
    assert process.phase is Phase.FAILED
    assert process.log == [
        *("starting", "lost while starting", "failed"),
        *("lost while failed", "starting", "lost while starting", "failed"),
    ]


def test_a_death_after_which_it_cannot_be_started_is_a_failure(make_process, qtbot, tmp_path):
    program = tmp_path / "python"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    program.chmod(0o755)
    process = make_process(program=program)
    process.start()
    until(qtbot, process, Phase.READY)
    program.unlink()
    process.send(CancelRequest(7))
    until(qtbot, process, Phase.FAILED)
    assert process.failure == "The planner cannot be started: No such file or directory."
    assert not any("was started again" in str(told) for told in process.log)


def test_a_process_that_cannot_plan_is_ended_and_says_what_to_do(make_process, qtbot):
    process = make_process(UNAVAILABLE)
    process.start()
    until(qtbot, process, Phase.FAILED)
    assert process.failure == "The planner cannot start: There is no library. Install it"
    assert process.process_id is None
    assert process.log == ["starting", "lost while starting", "failed"]


def test_a_restart_before_it_is_ready_starts_another(make_process, qtbot):
    process = make_process()
    process.start()
    first = process.process_id
    process.restart()
    assert process.process_id not in (None, first)
    until(qtbot, process, Phase.READY)
    assert process.log == ["starting", "lost while starting", "ready"]
