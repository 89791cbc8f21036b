"""Evaluations in chunks, in this process and in others: the same bits, whatever happens."""

import json
import math
import os
import signal
from contextlib import closing
from dataclasses import fields
from pathlib import Path

import psutil
import pytest

from vingui.core.cards import find_model
from vingui.core.errors import VinguiError
from vingui.core.evaluation_sets import LoadedSet
from vingui.core.generate import generate_many
from vingui.core.generated_maps import GeneratedMaps
from vingui.net import batches, evaluation_batches, worker_models, workers
from vingui.net.batches import Batches
from vingui.net.evaluation import Contestant, Evaluation, MapTrials
from vingui.net.evaluation_batches import reports_in_batches
from vingui.net.map_counts import MapCounts, MapReport, reports_of, reports_text
from vingui.net.workers import Workers
from vingui.net.zoo import load_planner

STARTS, BY_LENGTH, BY_K = (
    [each.name for each in fields(MapCounts)].index(name)
    for name in ("starts", "by_length", "by_k")
)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(evaluation_batches, "_USUAL_MAPS", 3)


@pytest.fixture(scope="module")
def sets():
    # Rivers have terrain; ratios of costs are sums that depend on the order of their terms.
    rivers = generate_many("rivers", count=9, seed=5, rows=12, cols=15, uniform=True)
    return [
        LoadedSet("rivers", rivers),
        LoadedSet("mazes", GeneratedMaps(("maze", "noise"), 9, 11, number=21)),
    ]


def evaluation_of(sets):
    planner, card = load_planner("dynamic-8")
    few = Contestant(planner, card, 12, file=find_model("dynamic-8"))
    exact = Contestant(load_planner("exact")[0], None, None)
    return Evaluation(
        [few, exact],
        sets,
        references=("reactive",),
        starts="all",
        most_failures=4,
        trajectories=True,
    )


def evaluated(evaluation, batches, on_map=lambda _: None):
    """The rows, trajectories and failures."""
    trajectories, failures = [], []
    with closing(reports_in_batches(evaluation, batches)) as reports:
        for each in evaluation.run(reports):
            trajectories += each.trajectories
            failures += [(case.dataset, case.index, case.sentence) for case in each.failures]
            on_map(evaluation.done)
    rows = [{**row, "seconds_per_map": None} for row in evaluation.rows()]
    # As text, since tuples become lists on their way.
    return repr(rows), repr(trajectories).replace("(", "[").replace(")", "]"), failures


@pytest.fixture(scope="module")
def expected(sets):
    return evaluated(evaluation_of(sets), Batches())


def worker_processes():
    started = psutil.Process().children(recursive=True)
    return [one for one in started if "vingui.net.dask_worker" in " ".join(one.cmdline())]


@pytest.mark.parametrize(
    ("side", "number", "size"),
    [
        (28, 100, 128),
        (28, 10_000, 128),
        (28, 100_000, 390),
        (28, 1_000_000, 1337),
        (64, 300, 64),
        (128, 100_000, 64),
        (512, 100, 1),
        (1100, 3, 1),
    ],
)
def test_chunks_of_many_maps_are_larger(side, number, size, monkeypatch):
    monkeypatch.setattr(evaluation_batches, "_USUAL_MAPS", 128)
    one = LoadedSet("", GeneratedMaps(("noise",), side, side, number=number))
    ranges = evaluation_batches._ranges(one)
    assert next(ranges) == range(min(size, number))
    assert next(ranges, None) == (range(size, min(2 * size, number)) if number > size else None)


def parsed(reports):
    return json.loads(reports_text(reports))


def test_reports_are_the_same_as_text(sets):
    trials = evaluation_of(sets).trials
    reports = [trials.run(grid, index) for index, grid in enumerate(sets[0].maps[:3])]
    again = reports_of(parsed(reports))
    assert reports_text(again) == reports_text(reports)
    assert [[each.counts for each in one] for one in again] == [
        [each.counts for each in one] for one in reports
    ]
    assert [[each.failing for each in one] for one in again] == [
        [each.failing for each in one] for one in reports
    ]
    assert isinstance(again[0][0], MapReport)


@pytest.mark.parametrize(
    "change",
    [
        lambda values: values.pop(),
        lambda values: values.pop(0),
        lambda values: values.insert(0, 1),
        lambda values: values.__setitem__(STARTS, "7"),
        lambda values: values.__setitem__(STARTS, None),
        lambda values: values.__setitem__(STARTS, 7.5),
        lambda values: values[BY_LENGTH].append([1, 2, 3]),
        lambda values: values[BY_LENGTH].append([8, 0, 0, 0]),
        lambda values: values[BY_K].append([1, 2, 3]),
        lambda values: values.__setitem__(BY_K, 1),
    ],
)
def test_other_reports_are_refused(sets, change):
    content = parsed([evaluation_of(sets).trials.run(sets[0].maps[0], 0)])
    reports_of(content)
    change(content[0][0])
    with pytest.raises(VinguiError):
        reports_of(content)


@pytest.mark.slow
def test_processes_of_which_one_is_killed_give_the_same_bits_and_are_resumed(
    sets, expected, tmp_path, monkeypatch
):
    notes = []
    log = tmp_path / "r.unfinished"

    def kill_and_interrupt(done):
        if done == 1:
            running = worker_processes()
            assert len(running) == 3
            os.kill(running[0].pid, signal.SIGKILL)
        if done == 22:
            raise KeyboardInterrupt

    batches = Batches(3, log=log, on_note=notes.append)
    with pytest.raises(KeyboardInterrupt):
        evaluated(evaluation_of(sets), batches, kill_and_interrupt)
    assert notes == ["A worker process was lost; what it had not finished is done again"]
    assert not worker_processes()
    planned = []
    plan = MapTrials.run

    def count(trials, grid, index, *others):
        planned.append(index)
        return plan(trials, grid, index, *others)

    monkeypatch.setattr(MapTrials, "run", count)
    assert evaluated(evaluation_of(sets), Batches(1, log=log, resume=True)) == expected
    assert len(planned) <= 30 - 21
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_this_process_is_one_of_two(sets, expected, monkeypatch):
    planned = []
    plan = MapTrials.run

    def count(trials, grid, index, *others):
        planned.append(index)
        assert len(worker_processes()) == 1
        return plan(trials, grid, index, *others)

    monkeypatch.setattr(MapTrials, "run", count)
    assert evaluated(evaluation_of(sets), Batches(2)) == expected
    assert 0 < len(planned) < 30


def test_the_workers_of_a_cluster_give_the_same_bits(sets, expected, scheduler):
    assert evaluated(evaluation_of(sets), Batches(scheduler=scheduler)) == expected


def test_maps_that_fail_are_tried_again_and_then_named(
    sets, expected, scheduler, monkeypatch, tmp_path
):
    tries = []

    def fail(trials, grid, index, *others):
        if index == 7 and grid.rows == 12:
            tries.append(index)
            if len(tries) <= failing:
                raise ZeroDivisionError("by zero")
        return plan(trials, grid, index, *others)

    plan = MapTrials.run
    monkeypatch.setattr(MapTrials, "run", fail)
    failing = 1
    assert evaluated(evaluation_of(sets), Batches(scheduler=scheduler)) == expected
    failing, tries = 2, []
    with pytest.raises(VinguiError) as caught:
        evaluated(evaluation_of(sets), Batches(scheduler=scheduler))
    message = "Maps 6 to 8 of rivers failed twice, with ZeroDivisionError: by zero"
    assert str(caught.value) == message
    tries.clear()
    batches = Batches(scheduler=scheduler, log=tmp_path / "log", resume=True, remedy="do it again")
    with pytest.raises(VinguiError) as caught:
        evaluated(evaluation_of(sets), batches)
    assert str(caught.value) == f"{message}. Finished chunks are kept; do it again"
    assert evaluated(evaluation_of(sets), batches) == expected


def test_another_model_on_a_worker_is_refused(sets, scheduler, tmp_path, monkeypatch):
    file = tmp_path / "mine.keras"
    file.write_bytes(find_model("dynamic-8").read_bytes())
    planner, _ = load_planner(str(file))
    evaluation = Evaluation([Contestant(planner, None, None, file=file)], sets)
    monkeypatch.setattr(worker_models, "checksum", lambda _: "0" * 64)
    with pytest.raises(
        VinguiError, match=r"Maps \d+ to \d+ of \w+: .* is another file on the worker"
    ):
        evaluated(evaluation, Batches(scheduler=scheduler))


def test_a_worker_with_another_version_is_refused():
    with pytest.raises(VinguiError, match="Install the same version on both"):
        evaluation_batches.evaluate_chunk('{"version": "0"}', {}, [])


def test_no_scheduler_is_a_sentence(sets, monkeypatch):
    monkeypatch.setattr(workers, "_CONNECTING", 0.2)
    for address in ("tcp://127.0.0.1:9", "nonsense://"):
        with pytest.raises(VinguiError, match=f"No Dask scheduler answers at {address}"):
            evaluated(evaluation_of(sets), Batches(scheduler=address))


def test_without_dask_a_sentence_says_what_to_install(sets, expected, monkeypatch):
    monkeypatch.setattr(workers, "can_start_workers", lambda: False)
    monkeypatch.setattr(batches, "can_start_workers", lambda: False)
    with pytest.raises(VinguiError, match=r'pip install "vingui\[batches\]"'):
        evaluated(evaluation_of(sets), Batches(2))
    assert evaluated(evaluation_of(sets), Batches(None)) == expected


def test_by_default_processes_are_started_once_they_pay(sets, expected, scheduler, monkeypatch):
    started = []

    def start(jobs, **options):
        started.append(jobs)
        return Workers(jobs, **{**options, "scheduler": scheduler})

    monkeypatch.setattr(batches, "Workers", start)
    monkeypatch.setattr(batches, "cores", lambda: 8)
    monkeypatch.setattr(batches, "_PAYS_FROM", math.inf)
    assert evaluated(evaluation_of(sets), Batches(None)) == expected
    assert started == []
    monkeypatch.setattr(batches, "_PAYS_FROM", 0.0)
    assert evaluated(evaluation_of(sets), Batches(None)) == expected
    assert started == [8]


def test_a_file_of_other_chunks_is_refused(sets, tmp_path):
    log = Path(tmp_path, "r.unfinished")

    def stop(done):
        if done == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluated(evaluation_of(sets), Batches(log=log), stop)
    moved = [LoadedSet("rivers", [*sets[0].maps[1:], sets[0].maps[0]]), sets[1]]
    with pytest.raises(VinguiError, match="of other maps or models"):
        evaluated(evaluation_of(moved), Batches(log=log, resume=True))
    text = log.read_text().replace('"results":[[', '"results":[[],[', 1)
    log.write_text(text)
    with pytest.raises(VinguiError, match="It is damaged"):
        evaluated(evaluation_of(sets), Batches(log=log, resume=True))
