"""The engine: latest wins, nothing stale, and a process that dies comes back."""

import os
import signal
import subprocess
import sys
import textwrap
from threading import Event
from threading import enumerate as enumerate_threads
from types import SimpleNamespace

import numpy as np
import pytest

from vingui.core.generate import generate
from vingui.core.grid import GridMap
from vingui.core.planner_protocol import GreedyActions
from vingui.gui.planner import engine as engine_module
from vingui.gui.planner import process as worker_process
from vingui.gui.planner.connection import COMMAND
from vingui.gui.planner.engine import Engine, Phase

FAKE = """
import os, sys
import numpy as np
from vingui.core.planner_protocol import *
from vingui.core.pipe import receive, send

replies = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)

def reply(message):
    send(replies, message)

def values(number, grid, first, count=1):
    ks = np.arange(first, first + count)
    frames = tuple(np.full(grid.walls.shape, -k, np.float32) for k in ks)
    reply(Values(number, "fake", "8", first, ks * 1.0, -ks * 1.0, ks * 0.0, ks * 0.1, ks, frames))

def finished(number, grid, k):
    q = np.zeros((*grid.walls.shape, 8), np.float32)
    reply(PlanFinished(number, k, True, q, q, q, np.zeros(grid.walls.shape, np.int8), 0.5))

def after(number, grid, k):
    size = grid.walls.shape
    reply(ExactSolution(number, np.zeros(size), np.zeros((*size, 8), bool)))
    for place in range(1, k + 1):
        greedy = np.full(size, place % 8, np.int8)
        reply(GreedyActions(number, place, greedy, np.zeros(1, np.uint8)))

reply(PlannerReady({"fake": "1"}))
open_plan = None
while True:
    try:
        request = receive(sys.stdin.buffer)
    except EOFError:
        os._exit(0)
    match request:
        case Ping():
            reply(Pong())
        case PlanRequest(number=number, grid=grid, model="open"):
            values(number, grid, 1, 3)
            open_plan = number, grid
        case PlanRequest(number=number, model="refuse"):
            reply(PlanRefused(number, "Expected another map,\\nreceived this"))
        case PlanRequest(number=number, model="break"):
            reply(PlanCrashed(number, "Traceback\\n  somewhere\\nValueError: no"))
        case PlanRequest(model="silent"):
            pass
        case PlanRequest(model="die"):
            print("out of luck", flush=True)
            os._exit(3)
        case PlanRequest(model="noise"):
            replies.write(b"hello, window, this is no message")
            replies.flush()
        case PlanRequest(number=number, grid=grid):
            if open_plan:
                # What is left of the plan before comes late.
                values(open_plan[0], open_plan[1], 4)
                open_plan = None
            values(number, grid, 1, 5)
            if open_plan is None and request.model == "stale":
                values(number - 1, grid, 4)
            finished(number, grid, 5)
            after(number, grid, 5)
        case ReadoutRequest(number=number, k=k):
            q = np.full((4, 5, 8), k, np.float32)
            reply(PolicyReadout(number, k, q, q, np.zeros((4, 5), np.int8)))
"""


def command_of(folder, text):
    file = folder / "fake.py"
    file.write_text(textwrap.dedent(text))
    return (sys.executable, str(file))


@pytest.fixture
def make_engine(qtbot, tmp_path, monkeypatch):
    """Engines with a process that plans without a network, or that runs some other text."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    engines = []

    def make(text=FAKE, *, command=None):
        engine = Engine(command=command or command_of(tmp_path, text))
        engine.log = []
        for name in ("updated", "refused", "noted", "busy_changed"):
            signal = getattr(engine, name)
            signal.connect(lambda value, name=name: engine.log.append((name, value)))
        engine.phase_changed.connect(lambda: engine.log.append(("phase", engine.phase)))
        engines.append(engine)
        return engine

    yield make
    for engine in engines:
        engine.close()


@pytest.fixture
def engine(make_engine, qtbot):
    engine = make_engine()
    engine.start()
    qtbot.waitUntil(lambda: engine.phase is Phase.READY, timeout=20_000)
    return engine


@pytest.fixture
def grid():
    return GridMap(np.zeros((4, 5), bool), (0, 0), ((3, 3),))


def named(engine, name):
    return [value for what, value in engine.log if what == name]


def ended(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def shown_runs(engine):
    """The runs that were shown, each once, in order."""
    return list(dict.fromkeys(named(engine, "updated")))


def another_run(engine, *, finished=False):
    """A condition for `updated`: a run that is not the engine's now."""
    before = engine.run
    return lambda run: run is not before and run.finished >= finished


def planned(engine, qtbot, grid, model="any"):
    is_new = another_run(engine, finished=True)
    with qtbot.waitSignal(engine.updated, timeout=20_000, check_params_cb=is_new) as found:
        engine.plan(grid, model=model, iterations=None)
    return found.args[0]


def until_all_is_shown(engine, qtbot, run):
    qtbot.waitUntil(lambda: len(run.walked) == 5 and not engine._update_timer.isActive())


def test_a_plan_is_shown_as_its_replies_arrive(engine, qtbot, grid):
    assert engine.versions == {"fake": "1"}
    run = planned(engine, qtbot, grid)
    assert (run.grid, run.model, run.latest, run.finished) == (grid, "fake", 5, True)
    assert engine.run is run
    until_all_is_shown(engine, qtbot, run)
    assert [name for name, _ in engine.log][:3] == ["phase", "phase", "busy_changed"]
    assert shown_runs(engine) == [run]
    # Fewer than the replies: those that arrive together are shown together.
    assert len(named(engine, "updated")) < 8
    assert named(engine, "busy_changed") == [True, False]
    assert run.oracle is not None
    assert (run.actions(2) == 2).all()


def test_what_is_asked_before_the_process_is_ready_is_planned_then_the_newest_only(
    make_engine, qtbot, grid
):
    engine = make_engine()
    engine.plan(grid, model="any", iterations=None)
    assert (engine.phase, engine.busy) == (Phase.STOPPED, False)
    engine.start()
    assert (engine.phase, engine.busy) == (Phase.STARTING, True)
    newest = grid.with_goal((2, 2))
    assert planned(engine, qtbot, newest).grid == newest
    assert len(shown_runs(engine)) == 1


def test_of_many_plans_the_last_is_made_and_none_is_shown_after_a_newer(engine, qtbot, grid):
    cells = [(row, col) for row in range(4) for col in range(5)]
    for cell in cells:
        engine.plan(grid.with_goal(cell), model="any", iterations=None)
    qtbot.waitUntil(lambda: not engine.busy)
    assert engine.run.grid.goal == cells[-1]
    numbers = [run.number for run in shown_runs(engine)]
    assert numbers == sorted(numbers)
    assert 1 <= len(numbers) <= len(cells)


def test_an_open_plan_is_left_for_a_newer_and_its_late_values_are_dropped(engine, qtbot, grid):
    with qtbot.waitSignal(engine.updated):
        engine.plan(grid, model="open", iterations=None)
    old = engine.run
    assert (engine.busy, old.latest, old.finished) == (True, 3, False)
    run = planned(engine, qtbot, grid, "stale")
    qtbot.waitUntil(lambda: len(run.walked) == 5)
    assert run.latest == 5
    # Until the newer plan began, the older was still the one that is shown.
    assert old.latest in (3, 4)
    assert engine.run is run


def test_a_cancelled_plan_brings_nothing_any_more(engine, qtbot, grid):
    planned(engine, qtbot, grid)
    until_all_is_shown(engine, qtbot, engine.run)
    engine.log.clear()
    engine.plan(grid, model="any", iterations=None)
    engine.plan(grid.with_goal(None), model="any", iterations=None)
    assert not engine.busy
    run = planned(engine, qtbot, grid.with_goal((1, 1)))
    assert run.grid.goal == (1, 1)
    assert shown_runs(engine) == [run]


def test_a_cancelled_plan_is_not_shown_later(engine, qtbot, grid):
    run = planned(engine, qtbot, grid)
    until_all_is_shown(engine, qtbot, run)
    walks = GreedyActions(run.number, 1, np.zeros((4, 5), np.int8), np.zeros(0, np.uint8))
    engine._process.replied.emit(walks)
    assert engine._update_timer.isActive()
    engine.log.clear()
    engine.cancel()
    assert not engine._update_timer.isActive()
    # As when another reply has arrived.
    engine._process.settled.emit()
    assert named(engine, "updated") == []


@pytest.mark.parametrize(
    ("model", "said"),
    [("refuse", "Expected another map, received this"), ("break", "The planner failed: Value")],
)
def test_what_cannot_be_planned_is_said_in_one_line_and_the_next_plan_is_made(
    engine, qtbot, grid, model, said, caplog
):
    run = planned(engine, qtbot, grid)
    with qtbot.waitSignal(engine.refused) as found:
        engine.plan(grid, model=model, iterations=None)
    assert found.args[0].startswith(said)
    assert "\n" not in found.args[0]
    assert not engine.busy
    assert engine.run is run
    assert ("ValueError: no" in caplog.text) == (model == "break")
    assert planned(engine, qtbot, grid).number > run.number


def test_one_reading_is_asked_for_at_a_time_and_then_the_newest(engine, qtbot, grid):
    run = planned(engine, qtbot, grid)
    for k in (1, 2, 3, 4):
        engine.read(run, k)
    qtbot.waitUntil(lambda: run.reading(4) is not None)
    assert [k for k in range(1, 5) if run.reading(k)] == [1, 4]
    assert run.reading(4).q[0, 0, 0] == 4
    engine.read(run, 4)
    engine.read(run, 5)
    assert engine._reading is None


def test_readings_of_a_run_that_is_not_shown_any_more_are_not_asked_for(engine, qtbot, grid):
    old = planned(engine, qtbot, grid)
    new = planned(engine, qtbot, grid)
    engine.read(old, 1)
    assert engine._reading is None
    engine.read(new, 1)
    qtbot.waitUntil(lambda: new.reading(1) is not None)
    assert old.reading(1) is None


def test_a_process_that_dies_is_started_again_and_asked_again(engine, qtbot, grid):
    with qtbot.waitSignal(engine.updated):
        engine.plan(grid, model="open", iterations=None)
    first, number = engine.process_id, engine.run.number
    engine.log.clear()
    with qtbot.waitSignal(engine.updated, timeout=20_000, check_params_cb=another_run(engine)):
        os.kill(first, signal.SIGKILL)
    assert engine.process_id != first
    assert engine.run.number > number
    assert engine.run.grid == grid
    (note,) = named(engine, "noted")
    assert note.startswith("The planner stopped and was started again: it was killed by signal 9")
    assert named(engine, "phase") == [Phase.STARTING, Phase.READY]
    assert engine.busy


@pytest.mark.slow
@pytest.mark.parametrize("model", ["die", "noise"])
def test_a_process_that_dies_again_and_again_is_given_up_until_restarted(
    engine, qtbot, grid, model
):
    engine.plan(grid, model=model, iterations=None)
    qtbot.waitUntil(lambda: engine.phase is Phase.FAILED, timeout=30_000)
    causes = {"die": "it ended with code 3", "noise": "it sent data that is not a message"}
    assert engine.failure.startswith(
        f"The planner stopped 3 times within a minute; the last time {causes[model]}. "
    )
    assert ("out of luck" in engine.details) == (model == "die")
    assert "start it again" in engine.failure
    assert len(named(engine, "noted")) == 2
    assert (engine.busy, engine.process_id) == (False, None)
    engine.plan(grid, model="any", iterations=None)
    assert not engine.busy
    engine.restart()
    assert engine.busy
    qtbot.waitUntil(lambda: engine.run is not None and engine.run.finished, timeout=20_000)
    assert engine.failure == ""


@pytest.mark.parametrize(
    ("text", "cause", "remedy", "details"),
    [
        ("import no_such_thing", "ModuleNotFoundError: No module", "reinstall vingui", "line 1"),
        ("import os; os.kill(os.getpid(), 15)", "signal 15 (SIGTERM)", "Start it again.", ""),
        ("print('this is no message' * 9)", "not a message", "install", "Expected a message"),
        ("raise MemoryError", "it ran out of memory", "Close other programs", "MemoryError"),
    ],
)
def test_a_process_that_never_gets_ready_fails_at_once_and_tells_the_cause(
    make_engine, qtbot, grid, text, cause, remedy, details
):
    engine = make_engine(text)
    engine.plan(grid, model="any", iterations=None)
    engine.start()
    qtbot.waitUntil(lambda: engine.phase is Phase.FAILED, timeout=20_000)
    assert engine.failure.startswith("The planner cannot start: ")
    assert cause in engine.failure
    assert remedy in engine.failure
    assert details in engine.details
    assert "\n" not in engine.failure
    assert not engine.busy


def killed_and_ready_again(engine, qtbot):
    before = engine.process_id
    os.kill(before, signal.SIGKILL)
    qtbot.waitUntil(lambda: engine.process_id not in (before, None), timeout=20_000)
    qtbot.waitUntil(lambda: engine.phase is Phase.READY, timeout=20_000)


def test_a_restart_forgets_earlier_deaths(engine, qtbot):
    for _ in range(2):
        killed_and_ready_again(engine, qtbot)
    engine.restart()
    qtbot.waitUntil(lambda: engine.phase is Phase.READY, timeout=20_000)
    killed_and_ready_again(engine, qtbot)


def test_after_deaths_far_apart_it_is_always_started_again(engine, qtbot, monkeypatch):
    times = iter(range(0, 1000, 31))
    monkeypatch.setattr(
        engine_module, "time", SimpleNamespace(monotonic=lambda: float(next(times)))
    )
    for _ in range(4):
        killed_and_ready_again(engine, qtbot)
    assert len(named(engine, "noted")) == 4


def test_a_missing_program_is_reported_at_each_try(make_engine):
    engine = make_engine(command=("/no/such/python",))
    for begin in (engine.start, engine.restart):
        engine.log.clear()
        begin()
        assert engine.failure == "The planner cannot be started: No such file or directory."
        assert named(engine, "phase") == [Phase.STARTING, Phase.FAILED]


def test_a_death_after_which_it_cannot_be_started_is_a_failure(make_engine, qtbot, tmp_path):
    program = tmp_path / "python"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    program.chmod(0o755)
    _, *script = command_of(tmp_path, FAKE)
    engine = make_engine(command=(str(program), *script))
    engine.start()
    qtbot.waitUntil(lambda: engine.phase is Phase.READY, timeout=20_000)
    program.unlink()
    os.kill(engine.process_id, signal.SIGKILL)
    qtbot.waitUntil(lambda: engine.phase is Phase.FAILED, timeout=20_000)
    assert engine.failure == "The planner cannot be started: No such file or directory."
    assert named(engine, "noted") == []


UNAVAILABLE = """
import os, sys
from vingui.core.planner_protocol import PlannerUnavailable
from vingui.core.pipe import send
send(os.fdopen(1, "wb"), PlannerUnavailable("There is no library", "Install it"))
sys.stdin.read()
"""


def test_a_process_that_cannot_plan_is_ended_and_says_what_to_do(make_engine, qtbot):
    engine = make_engine(UNAVAILABLE)
    engine.start()
    qtbot.waitUntil(lambda: engine.phase is Phase.FAILED, timeout=20_000)
    assert engine.failure == "The planner cannot start: There is no library. Install it"
    assert engine.process_id is None


def test_a_restart_before_it_is_ready_starts_another(make_engine, qtbot):
    engine = make_engine()
    engine.start()
    first = engine.process_id
    engine.restart()
    assert engine.process_id not in (None, first)
    qtbot.waitUntil(lambda: engine.phase is Phase.READY, timeout=20_000)
    assert named(engine, "phase") == [Phase.STARTING, Phase.READY]


def test_closing_leaves_no_process_and_no_thread(make_engine, qtbot, grid):
    threads = set(enumerate_threads())
    engine = make_engine()
    engine.start()
    qtbot.waitUntil(lambda: engine.phase is Phase.READY, timeout=20_000)
    engine.plan(grid, model="silent", iterations=None)
    process = engine.process_id
    engine.close()
    assert ended(process)
    assert (engine.phase, engine.busy, engine.process_id) == (Phase.STOPPED, False, None)
    assert set(enumerate_threads()) <= threads
    engine.close()


def test_what_is_planned_after_a_close_waits_for_the_next_start(engine, qtbot, grid):
    engine.plan(grid, model="silent", iterations=None)
    engine.close()
    engine.start()
    assert not engine.busy
    assert planned(engine, qtbot, grid.with_goal((1, 1))).grid.goal == (1, 1)
    assert [run.grid.goal for run in shown_runs(engine)] == [(1, 1)]


def test_a_restart_ends_the_process_and_asks_another(engine, qtbot, grid):
    engine.plan(grid, model="open", iterations=None)
    qtbot.waitUntil(lambda: engine.run is not None)
    first, number = engine.process_id, engine.run.number
    engine.log.clear()
    with qtbot.waitSignal(engine.updated, timeout=20_000, check_params_cb=another_run(engine)):
        engine.restart()
    assert engine.process_id != first
    qtbot.waitUntil(lambda: ended(first), timeout=20_000)
    assert named(engine, "phase") == [Phase.STARTING, Phase.READY]
    assert engine.run.number > number
    assert named(engine, "noted") == []


def test_an_answer_from_before_a_restart_begins_no_run(engine, qtbot, grid):
    engine.plan(grid, model="any", iterations=None)
    number = engine._number
    arrivals = engine._process._arrivals
    for _ in range(20_000):
        # The values, the end, and what is learned about it.
        if len(arrivals) >= 3:
            break
        Event().wait(0.001)
    assert arrivals
    engine.restart()
    qtbot.waitUntil(lambda: engine.run is not None and engine.run.finished, timeout=20_000)
    assert [run.number for run in shown_runs(engine)] == [number + 1]
    assert not engine.busy


def test_the_engine_knows_no_network_and_loads_none():
    script = "import sys; from vingui.gui.planner.engine import Engine; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    loaded = set(done.stdout.split())
    assert not {"tensorflow", "keras", "scipy", "vingui.net"} & loaded


@pytest.mark.slow
def test_the_real_process_killed_while_it_plans_comes_back_and_plans(make_engine, qtbot):
    engine = make_engine(command=COMMAND)
    engine.start()
    grid = generate("caves", rows=512, cols=512, rng=np.random.default_rng(1))
    with qtbot.waitSignal(engine.updated, timeout=60_000):
        engine.plan(grid, model="dynamic-8", iterations=20_000)
    again = another_run(engine)
    with qtbot.waitSignal(engine.noted, timeout=10_000):
        os.kill(engine.process_id, signal.SIGKILL)
    assert engine.busy
    with qtbot.waitSignal(engine.updated, timeout=60_000, check_params_cb=again):
        pass
    assert engine.run.grid == grid
    process = engine.process_id
    engine.close()
    assert ended(process)


def test_without_tensorflow_the_reason_and_the_remedy_are_told(
    make_engine, qtbot, tmp_path, monkeypatch
):
    package = tmp_path / "tensorflow"
    package.mkdir()
    package.joinpath("__init__.py").write_text("raise ImportError('libcuda is\\nmissing')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    engine = make_engine(command=COMMAND)
    engine.start()
    qtbot.waitUntil(lambda: engine.phase is Phase.FAILED, timeout=60_000)
    assert "TensorFlow cannot be imported: libcuda is missing" in engine.failure
    assert 'pip install "tensorflow>=2.20' in engine.failure
    assert engine.process_id is None


@pytest.fixture
def impatient(monkeypatch):
    """Processes are looked at every 20 ms, and 20 looks without a sign of life are silence."""
    monkeypatch.setattr(worker_process, "_CHECK_MS", 20)
    monkeypatch.setattr(engine_module, "_PATIENCE", 0.4)
    monkeypatch.setattr(engine_module, "_PATIENCE_AT_START", 0.4)


def test_a_process_that_is_stopped_is_silent_until_it_goes_on(impatient, make_engine, qtbot, grid):
    engine = make_engine()
    engine.start()
    qtbot.waitUntil(lambda: engine.phase is Phase.READY, timeout=20_000)
    os.kill(engine.process_id, signal.SIGSTOP)
    assert not engine.silent
    with qtbot.waitSignal(engine.silent_changed, timeout=20_000):
        engine.plan(grid, model="any", iterations=None)
    assert engine.silent
    assert engine.busy
    os.kill(engine.process_id, signal.SIGCONT)
    qtbot.waitUntil(lambda: engine.run is not None and engine.run.finished, timeout=20_000)
    assert not engine.silent


def test_a_process_that_is_stopped_can_be_started_again(impatient, make_engine, qtbot, grid):
    engine = make_engine()
    engine.start()
    qtbot.waitUntil(lambda: engine.phase is Phase.READY, timeout=20_000)
    first = engine.process_id
    os.kill(first, signal.SIGSTOP)
    engine.plan(grid, model="any", iterations=None)
    qtbot.waitUntil(lambda: engine.silent, timeout=20_000)
    engine.restart()
    qtbot.waitUntil(lambda: engine.run is not None and engine.run.finished, timeout=20_000)
    assert not engine.silent
    assert engine.process_id != first


def test_a_process_that_computes_for_long_is_not_silent(impatient, make_engine, qtbot, grid):
    engine = make_engine()
    engine.start()
    qtbot.waitUntil(lambda: engine.phase is Phase.READY, timeout=20_000)
    changes = []
    engine.silent_changed.connect(lambda: changes.append(engine.silent))
    link = engine._process._link
    engine.plan(grid, model="silent", iterations=None)
    before = link.received
    # Far more signs of life than a process may lack before it is called silent.
    qtbot.waitUntil(lambda: link.received > before + 60, timeout=60_000)
    assert engine.busy
    assert changes == []


def test_a_process_of_which_nothing_is_awaited_is_left_alone(impatient, engine, qtbot, grid):
    planned(engine, qtbot, grid)
    link = engine._process._link
    assert not engine._process._check_timer.isActive()
    with qtbot.waitSignal(engine.updated):
        engine.plan(grid, model="open", iterations=None)
    qtbot.waitUntil(lambda: link.received > 10, timeout=20_000)
    engine.cancel()
    assert not engine._process._check_timer.isActive()
