"""The client: latest wins, nothing stale, and a process that dies comes back."""

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
from vingui.core.grid import Demonstration, GridMap
from vingui.core.planner_protocol import GreedyActions
from vingui.gui.planner import client as engine_module
from vingui.gui.planner import process as worker_process
from vingui.gui.planner.client import Phase, PlannerClient
from vingui.gui.planner.connection import COMMAND

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
    reply(PlanFinished(number, k, True, 8, 8, np.zeros(grid.walls.shape, np.int8), 0.5))

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
        case PlanRequest(number=number, grid=grid, model="taught"):
            reply(PlanRefused(number, f"{len(grid.demonstrations)} demonstrations came"))
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
            reply(PolicyReadout(number, k, 0, 0, q, q, q))
"""


def command_of(folder, text):
    file = folder / "fake.py"
    file.write_text(textwrap.dedent(text))
    return (sys.executable, str(file))


@pytest.fixture
def make_client(qtbot, tmp_path, monkeypatch):
    """Clients of a process that plans without a network, or that runs some other text."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    clients = []

    def make(text=FAKE, *, command=None):
        client = PlannerClient(command=command or command_of(tmp_path, text))
        client.log = []
        for name in ("updated", "refused", "noted", "busy_changed"):
            signal = getattr(client, name)
            signal.connect(lambda value, name=name: client.log.append((name, value)))
        client.phase_changed.connect(lambda: client.log.append(("phase", client.phase)))
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(make_client, qtbot):
    client = make_client()
    client.start()
    qtbot.waitUntil(lambda: client.phase is Phase.READY, timeout=20_000)
    return client


@pytest.fixture
def grid():
    return GridMap(np.zeros((4, 5), bool), ((0, 0),), ((3, 3),))


def named(client, name):
    return [value for what, value in client.log if what == name]


def ended(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def shown_runs(client):
    """The runs that were shown, each once, in order."""
    return list(dict.fromkeys(named(client, "updated")))


def another_run(client, *, finished=False):
    """A condition for `updated`: a run that is not the client's now."""
    before = client.run
    return lambda run: run is not before and run.finished >= finished


def planned(client, qtbot, grid, model="any"):
    is_new = another_run(client, finished=True)
    with qtbot.waitSignal(client.updated, timeout=20_000, check_params_cb=is_new) as found:
        client.plan(grid, model=model, iterations=None)
    return found.args[0]


def until_all_is_shown(client, qtbot, run):
    qtbot.waitUntil(lambda: len(run.reaching) == 5 and not client._update_timer.isActive())


def test_a_plan_is_shown_as_its_replies_arrive(client, qtbot, grid):
    assert client.versions == {"fake": "1"}
    run = planned(client, qtbot, grid)
    assert (run.grid, run.model, run.latest, run.finished) == (grid, "fake", 5, True)
    assert client.run is run
    until_all_is_shown(client, qtbot, run)
    assert [name for name, _ in client.log][:3] == ["phase", "phase", "busy_changed"]
    assert shown_runs(client) == [run]
    # Fewer than the replies: those that arrive together are shown together.
    assert len(named(client, "updated")) < 8
    assert named(client, "busy_changed") == [True, False]
    assert run.oracle is not None
    assert (run.readouts.actions(2) == 2).all()


def test_what_is_asked_before_the_process_is_ready_is_planned_then_the_newest_only(
    make_client, qtbot, grid
):
    client = make_client()
    client.plan(grid, model="any", iterations=None)
    assert (client.phase, client.busy) == (Phase.STOPPED, False)
    client.start()
    assert (client.phase, client.busy) == (Phase.STARTING, True)
    newest = grid.with_goal((2, 2))
    assert planned(client, qtbot, newest).grid == newest
    assert len(shown_runs(client)) == 1


def test_of_many_plans_the_last_is_made_and_none_is_shown_after_a_newer(client, qtbot, grid):
    cells = [(row, col) for row in range(4) for col in range(5)]
    for cell in cells:
        client.plan(grid.with_goal(cell), model="any", iterations=None)
    qtbot.waitUntil(lambda: not client.busy)
    assert client.run.grid.goal == cells[-1]
    numbers = [run.number for run in shown_runs(client)]
    assert numbers == sorted(numbers)
    assert 1 <= len(numbers) <= len(cells)


def test_an_open_plan_is_left_for_a_newer_and_its_late_values_are_dropped(client, qtbot, grid):
    with qtbot.waitSignal(client.updated):
        client.plan(grid, model="open", iterations=None)
    old = client.run
    assert (client.busy, old.latest, old.finished) == (True, 3, False)
    run = planned(client, qtbot, grid, "stale")
    qtbot.waitUntil(lambda: len(run.reaching) == 5)
    assert run.latest == 5
    # Until the newer plan began, the older was still the one that is shown.
    assert old.latest in (3, 4)
    assert client.run is run


@pytest.mark.parametrize("other", ["size", "model"])
def test_a_plan_without_values_is_abandoned_for_one_of_another_model_or_size(
    client, qtbot, grid, other
):
    client.plan(grid, model="silent", iterations=None)
    if other == "size":
        larger = GridMap(np.zeros((6, 6), bool), ((0, 0),))
        # It is sent, and the map after it too, although the first plan is never answered.
        client.plan(larger, model="silent", iterations=None)
    run = planned(client, qtbot, grid)
    assert run.grid == grid
    assert shown_runs(client) == [run]


def test_a_cancelled_plan_brings_nothing_any_more(client, qtbot, grid):
    planned(client, qtbot, grid)
    until_all_is_shown(client, qtbot, client.run)
    client.log.clear()
    client.plan(grid, model="any", iterations=None)
    client.plan(grid.with_goal(None), model="any", iterations=None)
    assert not client.busy
    run = planned(client, qtbot, grid.with_goal((1, 1)))
    assert run.grid.goal == (1, 1)
    assert shown_runs(client) == [run]


def test_a_cancelled_plan_is_not_shown_later(client, qtbot, grid):
    run = planned(client, qtbot, grid)
    until_all_is_shown(client, qtbot, run)
    walks = GreedyActions(run.number, 1, np.zeros((4, 5), np.int8), np.zeros(0, np.uint8))
    client._process.replied.emit(walks)
    assert client._update_timer.isActive()
    client.log.clear()
    client.cancel()
    assert not client._update_timer.isActive()
    # As when another reply has arrived.
    client._process.settled.emit()
    assert named(client, "updated") == []


def test_demonstrations_stay_here_and_in_the_run(client, qtbot, grid):
    taught = grid.with_demonstrations((Demonstration(((0, 0), (0, 1))),))
    assert planned(client, qtbot, taught).grid is taught
    with qtbot.waitSignal(client.refused) as found:
        client.plan(taught, model="taught", iterations=None)
    assert found.args == ["0 demonstrations came"]


@pytest.mark.parametrize(
    ("model", "said"),
    [("refuse", "Expected another map, received this"), ("break", "The planner failed: Value")],
)
def test_a_map_that_cannot_be_planned_on_is_reported_and_the_next_plan_is_made(
    client, qtbot, grid, model, said, caplog
):
    run = planned(client, qtbot, grid)
    with qtbot.waitSignal(client.refused) as found:
        client.plan(grid, model=model, iterations=None)
    assert found.args[0].startswith(said)
    assert "\n" not in found.args[0]
    assert not client.busy
    assert client.run is run
    assert ("ValueError: no" in caplog.text) == (model == "break")
    assert planned(client, qtbot, grid).number > run.number


def test_one_readout_is_requested_at_a_time_and_then_the_newest(client, qtbot, grid):
    run = planned(client, qtbot, grid)
    readouts = run.readouts
    for k in (1, 2, 3, 4):
        client.read(run, [readouts.tile_request(k, (0, 0))], purpose="shown")
    client.read(run, [readouts.tile_request(5, (0, 0))], purpose="export")
    qtbot.waitUntil(lambda: readouts.of_cell(5, (0, 0)) is not None)
    assert [k for k in range(1, 6) if readouts.of_cell(k, (0, 0))] == [1, 4, 5]
    assert readouts.of_cell(4, (0, 0)).q[0, 0, 0] == 4
    client.read(run, [readouts.tile_request(4, (0, 0))], purpose="shown")
    assert client._sent_read is None


def test_readouts_of_a_run_that_is_no_longer_shown_are_not_requested(client, qtbot, grid):
    old = planned(client, qtbot, grid)
    new = planned(client, qtbot, grid)
    client.read(old, [old.readouts.tile_request(1, (0, 0))], purpose="shown")
    assert client._sent_read is None
    client.read(new, [new.readouts.tile_request(1, (0, 0))], purpose="shown")
    qtbot.waitUntil(lambda: new.readouts.of_cell(1, (0, 0)) is not None)
    assert old.readouts.of_cell(1, (0, 0)) is None


def test_a_process_that_dies_is_started_again_and_asked_again(client, qtbot, grid):
    with qtbot.waitSignal(client.updated):
        client.plan(grid, model="open", iterations=None)
    first, number = client.process_id, client.run.number
    client.log.clear()
    with qtbot.waitSignal(client.updated, timeout=20_000, check_params_cb=another_run(client)):
        os.kill(first, signal.SIGKILL)
    assert client.process_id != first
    assert client.run.number > number
    assert client.run.grid == grid
    (note,) = named(client, "noted")
    assert note.startswith("The planner stopped and was started again: it was killed by signal 9")
    assert named(client, "phase") == [Phase.STARTING, Phase.READY]
    assert client.busy


@pytest.mark.slow
@pytest.mark.parametrize("model", ["die", "noise"])
def test_a_process_that_dies_again_and_again_is_given_up_until_restarted(
    client, qtbot, grid, model
):
    client.plan(grid, model=model, iterations=None)
    qtbot.waitUntil(lambda: client.phase is Phase.FAILED, timeout=30_000)
    causes = {"die": "it ended with code 3", "noise": "it sent data that is not a message"}
    assert client.failure.startswith(
        f"The planner stopped 3 times within a minute; the last time {causes[model]}. "
    )
    assert ("out of luck" in client.details) == (model == "die")
    assert "start it again" in client.failure
    assert len(named(client, "noted")) == 2
    assert (client.busy, client.process_id) == (False, None)
    client.plan(grid, model="any", iterations=None)
    assert not client.busy
    client.restart()
    assert client.busy
    qtbot.waitUntil(lambda: client.run is not None and client.run.finished, timeout=20_000)
    assert client.failure == ""


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
    make_client, qtbot, grid, text, cause, remedy, details
):
    client = make_client(text)
    client.plan(grid, model="any", iterations=None)
    client.start()
    qtbot.waitUntil(lambda: client.phase is Phase.FAILED, timeout=20_000)
    assert client.failure.startswith("The planner cannot start: ")
    assert cause in client.failure
    assert remedy in client.failure
    assert details in client.details
    assert "\n" not in client.failure
    assert not client.busy


def killed_and_ready_again(client, qtbot):
    before = client.process_id
    os.kill(before, signal.SIGKILL)
    qtbot.waitUntil(lambda: client.process_id not in (before, None), timeout=20_000)
    qtbot.waitUntil(lambda: client.phase is Phase.READY, timeout=20_000)


def test_a_restart_forgets_earlier_deaths(client, qtbot):
    for _ in range(2):
        killed_and_ready_again(client, qtbot)
    client.restart()
    qtbot.waitUntil(lambda: client.phase is Phase.READY, timeout=20_000)
    killed_and_ready_again(client, qtbot)


def test_after_deaths_far_apart_it_is_always_started_again(client, qtbot, monkeypatch):
    times = iter(range(0, 1000, 31))
    monkeypatch.setattr(
        engine_module, "time", SimpleNamespace(monotonic=lambda: float(next(times)))
    )
    for _ in range(4):
        killed_and_ready_again(client, qtbot)
    assert len(named(client, "noted")) == 4


def test_a_missing_program_is_reported_at_each_try(make_client):
    client = make_client(command=("/no/such/python",))
    for begin in (client.start, client.restart):
        client.log.clear()
        begin()
        assert client.failure == "The planner cannot be started: No such file or directory."
        assert named(client, "phase") == [Phase.STARTING, Phase.FAILED]


def test_a_death_after_which_it_cannot_be_started_is_a_failure(make_client, qtbot, tmp_path):
    program = tmp_path / "python"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    program.chmod(0o755)
    _, *script = command_of(tmp_path, FAKE)
    client = make_client(command=(str(program), *script))
    client.start()
    qtbot.waitUntil(lambda: client.phase is Phase.READY, timeout=20_000)
    program.unlink()
    os.kill(client.process_id, signal.SIGKILL)
    qtbot.waitUntil(lambda: client.phase is Phase.FAILED, timeout=20_000)
    assert client.failure == "The planner cannot be started: No such file or directory."
    assert named(client, "noted") == []


UNAVAILABLE = """
import os, sys
from vingui.core.planner_protocol import PlannerUnavailable
from vingui.core.pipe import send
send(os.fdopen(1, "wb"), PlannerUnavailable("There is no library", "Install it"))
sys.stdin.read()
"""


def test_a_process_that_cannot_plan_is_ended_and_says_what_to_do(make_client, qtbot):
    client = make_client(UNAVAILABLE)
    client.start()
    qtbot.waitUntil(lambda: client.phase is Phase.FAILED, timeout=20_000)
    assert client.failure == "The planner cannot start: There is no library. Install it"
    assert client.process_id is None


def test_a_restart_before_it_is_ready_starts_another(make_client, qtbot):
    client = make_client()
    client.start()
    first = client.process_id
    client.restart()
    assert client.process_id not in (None, first)
    qtbot.waitUntil(lambda: client.phase is Phase.READY, timeout=20_000)
    assert named(client, "phase") == [Phase.STARTING, Phase.READY]


def test_closing_leaves_no_process_and_no_thread(make_client, qtbot, grid):
    threads = set(enumerate_threads())
    client = make_client()
    client.start()
    qtbot.waitUntil(lambda: client.phase is Phase.READY, timeout=20_000)
    client.plan(grid, model="silent", iterations=None)
    process = client.process_id
    client.close()
    assert ended(process)
    assert (client.phase, client.busy, client.process_id) == (Phase.STOPPED, False, None)
    assert set(enumerate_threads()) <= threads
    client.close()


def test_what_is_planned_after_a_close_waits_for_the_next_start(client, qtbot, grid):
    client.plan(grid, model="silent", iterations=None)
    client.close()
    client.start()
    assert not client.busy
    assert planned(client, qtbot, grid.with_goal((1, 1))).grid.goal == (1, 1)
    assert [run.grid.goal for run in shown_runs(client)] == [(1, 1)]


def test_a_restart_ends_the_process_and_asks_another(client, qtbot, grid):
    client.plan(grid, model="open", iterations=None)
    qtbot.waitUntil(lambda: client.run is not None)
    first, number = client.process_id, client.run.number
    client.log.clear()
    with qtbot.waitSignal(client.updated, timeout=20_000, check_params_cb=another_run(client)):
        client.restart()
    assert client.process_id != first
    qtbot.waitUntil(lambda: ended(first), timeout=20_000)
    assert named(client, "phase") == [Phase.STARTING, Phase.READY]
    assert client.run.number > number
    assert named(client, "noted") == []


def test_an_answer_from_before_a_restart_begins_no_run(client, qtbot, grid):
    client.plan(grid, model="any", iterations=None)
    number = client._number
    arrivals = client._process._arrivals
    for _ in range(20_000):
        # The values, the end, and what is learned about it.
        if len(arrivals) >= 3:
            break
        Event().wait(0.001)
    assert arrivals
    client.restart()
    qtbot.waitUntil(lambda: client.run is not None and client.run.finished, timeout=20_000)
    assert [run.number for run in shown_runs(client)] == [number + 1]
    assert not client.busy


def test_the_engine_knows_no_network_and_loads_none():
    script = "import sys; from vingui.gui.planner.client import PlannerClient; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    loaded = set(done.stdout.split())
    assert not {"tensorflow", "keras", "scipy", "vingui.net"} & loaded


@pytest.mark.slow
def test_the_real_process_killed_while_it_plans_comes_back_and_plans(make_client, qtbot):
    client = make_client(command=COMMAND)
    client.start()
    grid = generate("caves", rows=512, cols=512, rng=np.random.default_rng(1))
    with qtbot.waitSignal(client.updated, timeout=60_000):
        client.plan(grid, model="dynamic-8", iterations=20_000)
    again = another_run(client)
    with qtbot.waitSignal(client.noted, timeout=10_000):
        os.kill(client.process_id, signal.SIGKILL)
    assert client.busy
    with qtbot.waitSignal(client.updated, timeout=60_000, check_params_cb=again):
        pass
    assert client.run.grid == grid
    process = client.process_id
    client.close()
    assert ended(process)


def test_without_the_engine_the_reason_and_the_remedy_are_given(
    make_client, qtbot, tmp_path, monkeypatch
):
    package = tmp_path / "numba"
    package.mkdir()
    package.joinpath("__init__.py").write_text("raise ImportError('libLLVM is\\nmissing')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    client = make_client(command=COMMAND)
    client.start()
    qtbot.waitUntil(lambda: client.phase is Phase.FAILED, timeout=60_000)
    assert "a library cannot be imported: libLLVM is missing" in client.failure
    assert "pip install --force-reinstall vingui" in client.failure
    assert client.process_id is None


@pytest.fixture
def impatient(monkeypatch):
    """Processes are looked at every 20 ms, and 20 looks without a sign of life are silence."""
    monkeypatch.setattr(worker_process, "_CHECK_MS", 20)
    monkeypatch.setattr(engine_module, "_PATIENCE", 0.4)
    monkeypatch.setattr(engine_module, "_PATIENCE_AT_START", 0.4)


def test_a_process_that_is_stopped_is_silent_until_it_goes_on(impatient, make_client, qtbot, grid):
    client = make_client()
    client.start()
    qtbot.waitUntil(lambda: client.phase is Phase.READY, timeout=20_000)
    os.kill(client.process_id, signal.SIGSTOP)
    assert not client.silent
    with qtbot.waitSignal(client.silent_changed, timeout=20_000):
        client.plan(grid, model="any", iterations=None)
    assert client.silent
    assert client.busy
    os.kill(client.process_id, signal.SIGCONT)
    qtbot.waitUntil(lambda: client.run is not None and client.run.finished, timeout=20_000)
    assert not client.silent


def test_a_process_that_is_stopped_can_be_started_again(impatient, make_client, qtbot, grid):
    client = make_client()
    client.start()
    qtbot.waitUntil(lambda: client.phase is Phase.READY, timeout=20_000)
    first = client.process_id
    os.kill(first, signal.SIGSTOP)
    client.plan(grid, model="any", iterations=None)
    qtbot.waitUntil(lambda: client.silent, timeout=20_000)
    client.restart()
    qtbot.waitUntil(lambda: client.run is not None and client.run.finished, timeout=20_000)
    assert not client.silent
    assert client.process_id != first


def test_a_process_that_computes_for_long_is_not_silent(impatient, make_client, qtbot, grid):
    client = make_client()
    client.start()
    qtbot.waitUntil(lambda: client.phase is Phase.READY, timeout=20_000)
    changes = []
    client.silent_changed.connect(lambda: changes.append(client.silent))
    link = client._process._link
    client.plan(grid, model="silent", iterations=None)
    before = link.received
    # Far more signs of life than a process may lack before it is called silent.
    qtbot.waitUntil(lambda: link.received > before + 60, timeout=60_000)
    assert client.busy
    assert changes == []


def test_a_process_of_which_nothing_is_awaited_is_left_alone(impatient, client, qtbot, grid):
    planned(client, qtbot, grid)
    link = client._process._link
    assert not client._process._check_timer.isActive()
    with qtbot.waitSignal(client.updated):
        client.plan(grid, model="open", iterations=None)
    qtbot.waitUntil(lambda: link.received > 10, timeout=20_000)
    client.cancel()
    assert not client._process._check_timer.isActive()
