"""Worker processes: results in order, whatever becomes of the processes and of the script."""

import io
import logging
import os
import signal
import subprocess
import sys

import psutil
import pytest

from vingui.core.errors import VinguiError
from vingui.core.temporary_files import created_beside
from vingui.net import dask_worker
from vingui.net import workers as module
from vingui.net.workers import Workers, WorkersError

SCRIPT = """
import vingui

def show(done, total):
    if done == 1:
        print(done, flush=True)

vingui.evaluate("dynamic-8", "maze:28:100000", jobs=3, on_progress=show)
"""


@pytest.fixture(scope="module")
def notes():
    return []


@pytest.fixture(scope="module")
def workers(notes):
    with Workers(2, on_note=notes.append) as workers:
        yield workers


def results(workers, *codes, on_done=lambda *_: None):
    """What Python expressions give in the workers."""
    return workers.run(eval, ((code, (code,)) for code in codes), on_done=on_done)


@pytest.mark.slow
def test_results_come_in_order(workers):
    done = {}
    codes = [f"__import__('time').sleep({k % 3 / 100}) or {k}" for k in range(30)]
    codes[4:4] = ["__import__('os').getppid()"]
    expected = [*range(4), os.getpid(), *range(4, 30)]
    assert list(results(workers, *codes, on_done=done.__setitem__)) == expected
    assert [done[place] for place in range(31)] == expected


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_loses_nothing_and_is_told_once(workers, notes, tmp_path):
    once = (
        f"__import__('os').path.exists({str(tmp_path / 'killed')!r}) or "
        f"open({str(tmp_path / 'killed')!r}, 'x').close() or "
        f"__import__('os').kill(__import__('os').getpid(), {int(signal.SIGKILL)})"
    )
    notes.clear()
    assert list(results(workers, "1", "2", once, "3", "4")) == [1, 2, True, 3, 4]
    assert notes == ["A worker process was lost; what it had not finished is done again"]


@pytest.mark.slow
def test_this_process_takes_part_and_leaves_what_fails_to_the_workers(workers):
    tried = []

    def here(place):
        tried.append(place)
        return "here" if place % 2 else 1 / 0

    call = ("", ("__import__('time').sleep(0.05) or 'there'",))
    results = list(workers.run(eval, [call] * 40, on_done=lambda *_: None, here=here))
    assert tried
    assert results == ["here" if place in tried and place % 2 else "there" for place in range(40)]


@pytest.mark.slow
def test_a_call_that_ends_each_process_is_named(workers):
    with pytest.raises(WorkersError, match=r"_exit.*: its worker process ended 4 times, perhaps"):
        list(results(workers, "__import__('os')._exit(1)"))
    # The processes are replaced.
    assert list(results(workers, "3", "4")) == [3, 4]


@pytest.mark.slow
def test_a_process_that_does_not_start_is_a_sentence():
    with (
        Workers(1, imports="no.such.module", on_note=print) as workers,
        pytest.raises(VinguiError, match="process did not start: ModuleNotFoundError: No module"),
    ):
        list(results(workers, "1"))


@pytest.mark.slow
def test_a_script_needs_no_guard_and_workers_end_with_it(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, "utf-8")
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"1\n"
        started = psutil.Process(process.pid).children(recursive=True)
        assert len(started) == 3
        process.kill()
    _, left = psutil.wait_procs(started, timeout=60)
    assert not left


def test_only_callbacks_that_come_too_late_are_kept_out_of_the_log(caplog):
    log = logging.getLogger("tornado.application")
    module._silence()
    try:
        log.error("Exception in callback %r", RuntimeError("cannot schedule new futures after it"))
        log.error("Exception in callback %r", ValueError("another"))
    finally:
        log.removeFilter(module._is_not_too_late)
    assert caplog.messages == ["Exception in callback ValueError('another')"]


@pytest.mark.slow
def test_a_script_may_end_with_results_that_nobody_took():
    script = "import vingui; next(maps := vingui.generate_many('maze', 5000, jobs=2))"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_worker_that_is_ended_leaves_no_half_written_file(tmp_path, monkeypatch):
    ended = []
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    monkeypatch.setattr(os, "_exit", ended.append)
    with created_beside(tmp_path / "plan.png") as temporary:
        assert temporary.exists()
        dask_worker._end_with_input(str(tmp_path / "nothing"))
        assert not list(tmp_path.iterdir())
    assert ended == [0]
