"""The process that plans: what it answers, in which order, and that it ends with the window."""

import errno
import os
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from vingui.core import value_history
from vingui.core.cards import shipped_models
from vingui.core.errors import VinguiError
from vingui.core.generate import generate
from vingui.core.grid import GridMap
from vingui.core.learned_costs import LearnedCosts, learned_costs
from vingui.core.methods import METHODS
from vingui.core.moves import EIGHT, RULES
from vingui.core.oracle import solve
from vingui.core.pipe import receive, send
from vingui.core.planner_protocol import (
    CancelRequest,
    ChangedValues,
    ExactSolution,
    GreedyActions,
    LayerRequest,
    LayerValues,
    PlanCrashed,
    PlanFinished,
    PlannerReady,
    PlannerUnavailable,
    PlanRefused,
    PlanRequest,
    PolicyReadout,
    ReadoutRequest,
    Values,
)
from vingui.core.readouts import BEST, LEARNED_COST
from vingui.core.rollout import Outcome, rollout_all
from vingui.core.run import Run
from vingui.core.value_history import figures
from vingui.net import dense_iteration
from vingui.net import iteration as iteration_module
from vingui.net import planner as planner_module
from vingui.net import worker as module
from vingui.net.keras_networks import network_of, untrained_cost_vin
from vingui.net.planner import Planner
from vingui.net.request_queue import RequestQueue
from vingui.net.seen_costs import SeenCosts
from vingui.net.worker import Worker
from vingui.net.zoo import load_planner
from vingui.paths import MODELS

pytestmark = pytest.mark.slow

MEMORY = 1 << 20
NEW_VALUES = (Values, ChangedValues)


def part_of(plan, name):
    """The reward, the q-values or the policy of every cell under V_K."""
    bands = plan.readouts.bands(plan.latest)
    return np.concatenate([getattr(band, name) for band in bands])


class Office:
    """A worker in this process, asked and answered without a pipe."""

    def __init__(self, load):
        self.queue, self.came = RequestQueue(), []
        self.worker = Worker(self.queue, lambda *replies: self.came.extend(replies), load)
        self.number = 0

    def ask(self, grid, model="dynamic-8", iterations=None, memory=MEMORY, **more):
        self.number += 1
        self.queue.put(PlanRequest(self.number, grid, model, iterations, memory, **more))
        return self.number

    def turn(self):
        return self.worker.run_once()

    def until(self, kind):
        """Work until a reply of that kind to the newest plan has come; the last of them."""
        while not self.of(kind, self.number):
            self.turn()
        return self.of(kind, self.number)[-1]

    def until_done(self):
        self.turn()
        while self.turn():
            pass

    def of(self, kind, number=None):
        came = [one for one in self.came if isinstance(one, kind)]
        return [one for one in came if number in (None, one.number)]


@pytest.fixture
def office(exact_models, vin, monkeypatch):
    """A worker that knows models without reading files: by the names of shipped ones."""
    monkeypatch.setattr(module, "REST", 0.0)
    models = {f"dynamic-{rule}": model for rule, model in exact_models.items()}
    models["vin-8x8"] = vin
    return Office(lambda wanted, _: Planner(network_of(models[wanted]), name=wanted))


@pytest.fixture
def slow(monkeypatch):
    """Every chunk of values is sent, as on a map where it takes long."""
    monkeypatch.setattr(module, "FIRST_AFTER", 0.0)
    monkeypatch.setattr(module, "EVERY", 0.0)
    monkeypatch.setattr(planner_module, "GRACE", 0.0)
    monkeypatch.setattr(iteration_module, "_BURST", 20)


def run_of(replies, grid, memory=MEMORY):
    """The run that a window makes of the values."""
    run = None
    for reply in replies:
        assert reply.first == (run.latest + 1 if run else 1)
        if run is None:
            run = Run(grid, reply, memory=memory)
        else:
            run.take(reply)
    return run


@pytest.mark.parametrize("model", ["dynamic-8", "dynamic-4", "vin-8x8"])
def test_a_short_plan_is_one_message_of_values_and_all_that_follows(
    office, corridor, monkeypatch, model
):
    monkeypatch.setattr(module, "FIRST_AFTER", 1e9)
    grid = corridor(70)
    office.ask(grid, model)
    office.until_done()
    kind = Values if model == "vin-8x8" else ChangedValues
    kinds = [kind, PolicyReadout, PlanFinished, ExactSolution]
    assert [type(one) for one in office.came[:4]] == kinds
    plan = office.worker.planner(model).plan(
        grid, iterations=office.worker.planner(model).own_iterations
    )
    values, readout, finished, exact = office.came[:4]
    run = run_of([values], grid)
    assert list(run.kept) == list(plan.kept)
    np.testing.assert_array_equal(run.values, plan.values)
    first = np.full(grid.walls.shape, -np.inf, np.float32)
    changes, lows, highs, reached = figures(first, plan.values, grid.free)
    np.testing.assert_array_equal(run.changes[1:], changes[1:])
    np.testing.assert_array_equal(run.lows, lows)
    np.testing.assert_array_equal(run.highs, highs)
    np.testing.assert_allclose(run.reached_share, reached)
    assert (values.model, values.rule) == (plan.model, plan.rule.name)
    assert (finished.iterations, finished.converged) == (plan.latest, plan.converged)
    for name in ("reward", "q", "policy"):
        np.testing.assert_array_equal(getattr(readout, name), part_of(plan, name))
    np.testing.assert_array_equal(finished.actions, plan.readouts.actions(plan.latest))
    np.testing.assert_array_equal(exact.cost_to_go, solve(grid, plan.rule).cost_to_go)
    assert office.of(GreedyActions)[0].k == plan.latest
    assert {one.k for one in office.of(GreedyActions)} == set(plan.kept)


def test_readouts_equal_those_of_a_plan_that_stops_at_k(office, corridor):
    grid, rule = corridor(30), RULES["8"]
    office.ask(grid)
    office.until_done()
    oracle = solve(grid, rule)
    readouts = {one.k: one for one in office.of(PolicyReadout)}
    for walks in office.of(GreedyActions):
        plan = office.worker.planner("dynamic-8").plan(grid, iterations=walks.k)
        np.testing.assert_array_equal(walks.actions, plan.readouts.actions(plan.latest))
        outcomes = rollout_all(grid, plan.readouts.actions(plan.latest), rule, oracle)
        reached = outcomes.where(Outcome.REACHED)
        np.testing.assert_array_equal(walks.reaching, np.packbits(reached))
        np.testing.assert_array_equal(readouts[walks.k].q, part_of(plan, "q"))
        np.testing.assert_array_equal(readouts[walks.k].policy, part_of(plan, "policy"))
    counts = [
        int(np.bitwise_count(one.reaching).sum())
        for one in sorted(office.of(GreedyActions), key=lambda one: one.k)
    ]
    assert all(one <= other for one, other in pairwise(counts))
    assert counts[-1] == np.count_nonzero(oracle.reachable)


@pytest.mark.parametrize("memory", [MEMORY, 9_000])
def test_a_long_plan_streams_what_a_window_keeps(office, slow, corridor, memory):
    grid = corridor(150)
    office.ask(grid, "dynamic-4", memory=memory)
    office.until(PlanFinished)
    assert len(office.of(NEW_VALUES)) > 3
    run = run_of(office.of(NEW_VALUES), grid, memory)
    plan = office.worker.planner("dynamic-4").plan(grid, memory=memory)
    assert list(run.kept) == list(plan.kept) == list(range(1, plan.latest + 1))
    np.testing.assert_array_equal(run.values, plan.values)
    assert (np.diff(run.reached_share) > 0).all()


@pytest.mark.parametrize("memory", [MEMORY, 9_000])
def test_a_long_plan_of_a_vin_streams_frames_that_are_thinned(office, slow, corridor, memory):
    grid = corridor(150)
    office.ask(grid, "vin-8x8", iterations=90, memory=memory)
    office.until(PlanFinished)
    assert len(office.of(Values)) > 2
    run = run_of(office.of(Values), grid, memory)
    plan = office.worker.planner("vin-8x8").plan(grid, iterations=90, memory=memory)
    assert run.kept == plan.kept
    assert (len(run.kept) == 90) == (memory == MEMORY)
    np.testing.assert_array_equal(run.values, plan.values)


def test_values_come_in_pieces_that_are_quick_to_deal_with(office, corridor, monkeypatch):
    grid = corridor(70)
    monkeypatch.setattr(dense_iteration, "PIECE", 5 * 4 * grid.walls.size)
    office.ask(grid, "vin-8x8", iterations=40)
    office.until(PlanFinished)
    assert run_of(office.of(Values), grid).kept == list(range(1, 41))
    assert max(len(one.value_maps) for one in office.of(Values)) == 5
    monkeypatch.setattr(iteration_module, "PIECE", 4 * 12)
    office.came.clear()
    office.ask(grid)
    office.until(PlanFinished)
    assert run_of(office.of(ChangedValues), grid).latest == office.of(PlanFinished)[0].iterations
    assert len(office.of(ChangedValues)) > 3
    assert all(len(one.cells) <= 12 or len(one.counts) == 1 for one in office.of(ChangedValues))


def test_the_engine_is_that_of_the_request(office, corridor):
    grid = corridor(20)
    runs = []
    for engine in ("keras", "numba", "keras"):
        office.came.clear()
        office.number += 1
        office.queue.put(PlanRequest(office.number, grid, "dynamic-8", None, MEMORY, engine))
        office.until(PlanFinished)
        runs.append(run_of(office.of(NEW_VALUES), grid))
    assert [run.engine for run in runs] == ["keras", "numba", "keras"]
    assert [len(office.of(Values)), len(office.of(ChangedValues))] == [1, 0]
    for run in runs:
        np.testing.assert_array_equal(run.values, runs[0].values)
    planner = office.worker.planner("dynamic-8")
    assert planner.with_engine("keras") is planner.with_engine("keras")


def test_a_newer_plan_takes_over_once_something_was_shown_of_the_old(office, slow, corridor):
    old = office.ask(corridor(150), "dynamic-4")
    office.until(NEW_VALUES)
    new = office.ask(corridor(20), "dynamic-4")
    office.until(PlanFinished)
    assert len(office.of(NEW_VALUES, old)) == 1
    assert office.of(PlanFinished) == office.of(PlanFinished, new)
    places = [one.number for one in office.came]
    assert places == sorted(places)


def test_a_plan_is_not_left_before_it_was_shown_or_its_grace_is_over(office, corridor, monkeypatch):
    monkeypatch.setattr(planner_module, "GRACE", 1e9)
    old = office.ask(corridor(150), "dynamic-4")
    office.turn()
    office.turn()
    new = office.ask(corridor(20), "dynamic-4")
    office.until(PlanFinished)
    assert [one.number for one in office.of(PlanFinished)] == [old, new]


def test_a_newer_plan_comes_before_the_rest_of_the_old_one(office, corridor):
    old = office.ask(corridor(70))
    office.until(GreedyActions)
    office.ask(corridor(20))
    office.until(PlanFinished)
    assert len(office.of(GreedyActions, old)) == 1


def test_a_cancelled_plan_is_silent(office, slow, corridor):
    number = office.ask(corridor(150), "dynamic-4")
    office.turn()
    office.turn()
    came = len(office.came)
    office.queue.put(CancelRequest(number))
    assert not office.turn()
    assert len(office.came) == came
    office.ask(corridor(20))
    assert office.until(PlanFinished)


@pytest.fixture
def reader(monkeypatch):
    """A worker whose network reads costs from pictures."""
    monkeypatch.setattr(module, "REST", 0.0)
    model = untrained_cost_vin(EIGHT, "picture")
    reader = Office(lambda *_: Planner(network_of(model), name="costs"))
    reader.model = model
    return reader


def test_reading_a_large_map_is_cancelled_between_its_parts_and_nothing_is_read_twice(reader, slow):
    grid = generate("patches", rows=100, cols=100, rng=np.random.default_rng(0))
    number = reader.ask(grid)
    for _ in range(6):
        assert reader.turn()
    assert not reader.came
    reader.queue.put(CancelRequest(number))
    assert not reader.turn()
    reader.ask(grid)
    turns = 0
    while not reader.came:
        reader.turn()
        turns += 1
    assert turns < 16


def test_learned_costs_are_sent_on_request_also_of_a_small_map(reader):
    grid = generate("patches", rows=16, cols=16, rng=np.random.default_rng(0))
    number = reader.ask(grid)
    reader.until(PlanFinished)
    run = run_of(reader.of(NEW_VALUES), grid)
    assert run.has_learned_costs
    request = run.readouts.layer_request(run.latest, LEARNED_COST, BEST)
    assert request == LayerRequest(number, 0, LEARNED_COST, BEST)
    reader.queue.put(request)
    run.take(reader.until(LayerValues))
    read = LearnedCosts(grid, SeenCosts.of(reader.model)(grid))
    np.testing.assert_array_equal(learned_costs(run), read.scaled)
    assert run.cost_scale == read.scale


def test_readouts_are_sent_while_the_plan_goes_on_and_before_the_rest(office, slow, corridor):
    grid = corridor(150)
    number = office.ask(grid, "dynamic-4")
    office.until(NEW_VALUES)
    office.queue.put(ReadoutRequest(number, 7, 0, 0))
    readout = office.until(PolicyReadout)
    assert not office.of(PlanFinished)
    plan = office.worker.planner("dynamic-4").plan(grid, iterations=7)
    np.testing.assert_array_equal(readout.q, part_of(plan, "q"))
    np.testing.assert_array_equal(readout.policy, part_of(plan, "policy"))
    office.until(ExactSolution)
    office.until(PlanFinished)
    office.queue.put(ReadoutRequest(number, 9, 0, 0))
    office.came.clear()
    office.until(PolicyReadout)
    assert [type(one) for one in office.came] in ([PolicyReadout], [ExactSolution, PolicyReadout])


def test_a_readout_of_an_older_plan_is_not_answered(office, corridor):
    grid = corridor(20)
    office.ask(grid)
    office.until_done()
    office.came.clear()
    office.queue.put(ReadoutRequest(office.number - 1, 1, 0, 0))
    office.turn()
    assert not office.came


def test_a_plan_that_takes_long_is_solved_meanwhile(office, slow, corridor, monkeypatch):
    monkeypatch.setattr(module, "_SOLVE_AFTER", 0.0)
    office.ask(corridor(150), "dynamic-4")
    office.until(PlanFinished)
    kinds = [type(one) for one in office.came]
    assert kinds.count(ExactSolution) == 1
    assert kinds.index(ExactSolution) < len(kinds) - 2
    office.until(GreedyActions)


def test_on_large_maps_some_greedy_actions_are_sent_and_no_readouts(office, monkeypatch, corridor):
    grid = corridor(70)
    monkeypatch.setattr(value_history, "_STUDIED_BYTES", 8 * grid.walls.size)
    monkeypatch.setattr(planner_module, "_READOUTS_BYTES", 0)
    office.ask(grid)
    office.until_done()
    last = office.of(PlanFinished)[0].iterations
    ks = [one.k for one in office.of(GreedyActions)]
    assert ks[:2] == [last, 1]
    assert len(ks) == len(set(ks)) == 8
    assert np.diff(sorted(ks)).max() <= last / 2
    assert [one.k for one in office.of(PolicyReadout)] == [last]


def test_what_the_user_can_mend_is_refused_and_the_planner_before_stays(
    office, corridor, tmp_path, monkeypatch
):
    office.ask(corridor(20))
    office.until(PlanFinished)
    planner = office.worker.planner("dynamic-8")
    file = tmp_path / "mine.keras"
    file.write_bytes(b"no network")
    monkeypatch.setattr(office.worker, "_load", refusing)
    for model in (str(file), "nothing"):
        office.ask(corridor(20), model)
        assert model in office.until(PlanRefused).reason
    assert office.worker.planner("dynamic-8") is planner
    office.ask(corridor(20))
    assert office.until(PlanFinished)


def refusing(wanted, _rule):
    raise VinguiError(f"Expected a network, received {wanted}")


def test_a_bug_is_reported_with_its_traceback_and_work_goes_on(office, corridor, monkeypatch):
    office.ask(corridor(20))
    office.until_done()
    monkeypatch.setattr(Planner, "iterate", None)
    office.ask(corridor(20))
    assert "TypeError" in office.until(PlanCrashed).traceback
    monkeypatch.undo()
    office.ask(corridor(20))
    assert office.until(PlanFinished)


def test_a_plan_that_does_not_fit_in_memory_is_refused_clearly(office, corridor, monkeypatch):
    monkeypatch.setattr(planner_module, "free_memory", lambda: 1 << 20)
    grid = GridMap(np.zeros((256, 256), bool), ((0, 0),))
    office.ask(grid, "vin-8x8")
    reason = office.until(PlanRefused).reason
    assert "on a map of 256x256 cells takes about 0.1 GiB of memory" in reason
    assert "0.0 GiB are free" in reason
    monkeypatch.setattr(planner_module, "free_memory", lambda: None)
    office.ask(corridor(20))
    assert office.until(PlanFinished)


class ResourceExhaustedError(Exception):
    """As TensorFlow names it."""


@pytest.mark.parametrize(
    "error", [MemoryError(), ResourceExhaustedError("OOM"), OSError(errno.ENOMEM, "no")]
)
def test_memory_that_runs_out_in_a_plan_is_no_fault_and_work_goes_on(
    office, corridor, monkeypatch, error
):
    def fail(*_, **__):
        raise error

    office.ask(corridor(20))
    office.until_done()
    monkeypatch.setattr(Planner, "iterate", fail)
    office.ask(corridor(20))
    reason = office.until(PlanRefused).reason
    assert reason.startswith("There is too little memory to plan on this map")
    monkeypatch.undo()
    office.ask(corridor(20))
    assert office.until(PlanFinished)


def test_models_are_loaded_once_until_their_file_changes(office, tmp_path, monkeypatch):
    loaded = []
    planner = office.worker.planner("dynamic-8")
    monkeypatch.setattr(office.worker, "_load", lambda wanted, _: loaded.append(wanted) or planner)
    file = tmp_path / "mine.keras"
    shutil.copy(MODELS / "dynamic-8.keras", file)
    for _ in range(3):
        office.worker.planner(str(file))
    assert loaded == [str(file)]
    os.utime(file, (1, 1))
    office.worker.planner(str(file))
    assert len(loaded) == 2
    for number in range(9):
        other = tmp_path / f"{number}.keras"
        shutil.copy(file, other)
        office.worker.planner(str(other))
    assert len(office.worker._planners) <= 4


class Process:
    """The real thing."""

    def __init__(self, *words, **kwargs):
        self.process = subprocess.Popen(
            [sys.executable, *(words or ("-P", "-m", "vingui.net.worker"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **kwargs,
        )

    def ask(self, request):
        send(self.process.stdin, request)

    def next(self):
        return receive(self.process.stdout)

    def until(self, *kinds):
        """The first reply of each kind, in that order, once all have come."""
        came = {}
        while not set(kinds) <= set(came):
            reply = self.next()
            assert isinstance(reply, kinds) or not isinstance(reply, PlanCrashed | PlanRefused), (
                reply
            )
            came.setdefault(type(reply), reply)
        return [came[kind] for kind in kinds]

    def end(self):
        self.process.stdin.close()
        code = self.process.wait(20)
        self.process.stdout.close()
        self.process.stderr.close()
        return code


@pytest.fixture(scope="module")
def process():
    process = Process()
    process.ready = process.next()
    yield process
    assert process.end() == 0


def test_the_process_says_what_it_plans_with_and_plans(process):
    assert isinstance(process.ready, PlannerReady)
    assert set(process.ready.versions) == {"numba", "tensorflow", "keras"}
    grid = generate("obstacles", rows=28, cols=28, rng=np.random.default_rng(1))
    process.ask(PlanRequest(1, grid, "dynamic-8", None, 1 << 28))
    values, finished, exact, walks = process.until(
        ChangedValues, PlanFinished, ExactSolution, GreedyActions
    )
    assert values.model == "dynamic-8"
    assert finished.converged
    np.testing.assert_array_equal(exact.cost_to_go, solve(grid, RULES["8"]).cost_to_go)
    reachable = np.isfinite(exact.cost_to_go)
    np.testing.assert_array_equal(walks.reaching, np.packbits(reachable))
    assert finished.next_change == 0


def test_the_papers_network_plans_its_trained_k(process):
    grid = generate("obstacles", rows=16, cols=16, rng=np.random.default_rng(1))
    process.ask(PlanRequest(2, grid, "vin-16x16", None, 1 << 28))
    assert process.until(PlanFinished)[0].iterations == 20
    process.ask(PlanRequest(3, grid, "vin-16x16", 7, 1 << 28))
    assert process.until(PlanFinished)[0].iterations == 7


def test_a_damaged_file_is_refused_in_one_line_with_its_name(process, tmp_path):
    file = tmp_path / "hurt.keras"
    whole = (MODELS / "dynamic-8.keras").read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    process.ask(
        PlanRequest(4, GridMap(np.zeros((4, 4), bool), ((0, 0),)), str(file), None, 1 << 20)
    )
    assert process.until(PlanRefused)[0].reason.startswith(
        "hurt.keras: This is not a .keras file, or it is damaged"
    )


@pytest.fixture
def start_without(tmp_path):
    """`start_without(library)`: the process, where a library prints and cannot be imported."""

    def start(library):
        package = tmp_path / library
        package.mkdir()
        package.joinpath("__init__.py").write_text(
            "import os\n"
            "print('loud', flush=True)\n"
            "os.write(1, b'louder')\n"
            "raise ImportError('not this one')\n"
        )
        return Process(env={**os.environ, "PYTHONPATH": str(tmp_path)})

    return start


def test_without_tensorflow_a_dynamic_kernel_plans_and_a_vin_says_what_is_missing(start_without):
    process = start_without("tensorflow")
    assert isinstance(process.next(), PlannerReady)
    grid = generate("obstacles", rows=8, cols=8, rng=np.random.default_rng(1))
    process.ask(PlanRequest(1, grid, "dynamic-8", None, 1 << 28))
    assert process.until(PlanFinished)[0].converged
    process.ask(PlanRequest(2, grid, "vin-8x8", None, 1 << 28))
    reason = process.until(PlanRefused)[0].reason
    assert reason.startswith("vin-8x8 needs TensorFlow, which cannot be imported: not this one. ")
    assert 'pip install "tensorflow' in reason
    process.ask(PlanRequest(3, grid, "dynamic-8", None, 1 << 28, "keras"))
    assert process.until(PlanRefused)[0].reason.startswith("dynamic-8 needs TensorFlow")
    process.ask(PlanRequest(4, grid, "dynamic-4", None, 1 << 28))
    assert process.until(PlanFinished)[0].converged
    # What it printed did not get among the replies.
    assert process.end() == 0


def test_without_the_engine_the_process_says_so_and_ends(start_without):
    process = start_without("numba")
    reply = process.next()
    assert isinstance(reply, PlannerUnavailable)
    assert reply.reason == "a library cannot be imported: not this one"
    assert "Install vingui again" in reply.remedy
    with pytest.raises(EOFError):
        process.next()
    assert b"loud" in process.process.stderr.read()
    process.end()


def test_a_damaged_default_model_is_reported(tmp_path):
    script = (
        "import vingui.core.cards as cards, pathlib\n"
        f"cards.MODELS = pathlib.Path({str(tmp_path)!r})\n"
        "from vingui.net import worker\n"
        "worker.main()\n"
    )
    process = Process("-c", script)
    reply = process.next()
    assert isinstance(reply, PlannerUnavailable)
    assert reply.reason == "There is no model 'dynamic-8'; choose a .keras file"
    assert "Install vingui again" in reply.remedy
    process.end()


@pytest.mark.parametrize("ahead", [True, False])
def test_keras_may_be_imported_only_when_a_model_needs_it(ahead):
    script = f"""
import os, sys, threading
from vingui.net import worker, zoo
imported, turns = threading.Event(), []
zoo.import_keras = imported.set
def run_once(_):
    turns.append(1)
    if len(turns) > 1:
        print(imported.wait(1), file=sys.stderr, flush=True)
        os._exit(0)
worker.Worker.run_once = run_once
worker.main(keras_ahead={ahead})
"""
    process = Process("-c", script)
    assert isinstance(process.next(), PlannerReady)
    assert str(ahead).encode() in process.process.stderr.read()
    process.end()


@pytest.mark.parametrize("when", ["at once", "while it plans"])
def test_the_process_ends_when_the_window_is_gone(when):
    process = Process()
    if when == "while it plans":
        assert isinstance(process.next(), PlannerReady)
        grid = generate("caves", rows=512, cols=512, rng=np.random.default_rng(1))
        process.ask(PlanRequest(1, grid, "dynamic-8", 512 * 512, 1 << 28))
        process.until(ChangedValues)
    assert process.end() == 0


def test_the_process_ends_when_its_window_is_killed(tmp_path):
    script = (
        "import subprocess, sys, time\n"
        "worker = subprocess.Popen([sys.executable, '-P', '-m', 'vingui.net.worker'],\n"
        "                          stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "print(worker.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    window = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    worker = Path(f"/proc/{int(window.stdout.readline())}/stat")
    window.kill()
    window.wait()
    # The end of the pipe is what it writes to: nobody else is left who could hold it open.
    window.stdout.close()
    for _ in range(2000):
        if not worker.exists() or worker.read_text().split()[2] == "Z":
            return
        module.time.sleep(0.01)
    pytest.fail("the process outlived its window")


def test_nothing_is_refused_once_a_shipped_model_has_planned(monkeypatch):
    monkeypatch.setattr(module, "REST", 0.0)
    office = Office(lambda wanted, rule: load_planner(wanted, rule=rule)[0])
    grid = GridMap(np.zeros((4, 5), bool), ((0, 4),), elevation=np.ones((4, 5), np.float32))
    for card in shipped_models():
        office.ask(grid, card.name)
        office.until_done()
    assert not office.of(PlanRefused)
    assert not office.of(PlanCrashed)
    assert len(office.of(PlanFinished)) == len(shipped_models())


@pytest.mark.parametrize("name", METHODS)
def test_a_method_plans_in_place_of_a_model_under_the_rule_that_is_asked_for(
    name, slow, corridor, monkeypatch
):
    monkeypatch.setattr(module, "REST", 0.0)
    office = Office(lambda wanted, rule: load_planner(wanted, rule=rule)[0])
    grid = corridor(70)
    office.ask(grid, name, rule="4", engine="keras")
    office.until_done()
    assert not office.of(PlanRefused)
    assert not office.of(PlanCrashed)
    run = run_of(office.of(ChangedValues), grid)
    for reply in (*office.of(PlanFinished), *office.of(ExactSolution)):
        run.take(reply)
    assert (run.model, run.rule.name, run.engine) == (name, "4", "numba")
    (trajectory,) = run.trajectories(grid.starts, run.latest)
    assert (trajectory.optimal, trajectory.steps) == (True, 70)
    assert run.latest == (70 if name == "exact" else 71)
    office.ask(grid.with_starts(()), name)
    office.until_done()
    assert bool(office.of(PlanRefused)) == (name != "exact")
