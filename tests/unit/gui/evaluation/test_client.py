"""The client of the evaluating process: what it requests, collects and reports."""

import numpy as np
import pytest

from vingui.core.grid import GridMap
from vingui.gui.evaluation.choices import EvaluationChoices
from vingui.gui.evaluation.client import EvaluationState

State = EvaluationState
GRID = GridMap(np.zeros((8, 8), bool), ((0, 7),), ((7, 0), (7, 7)))
CHOICES = EvaluationChoices(models=("best", "worse", "worst"), maps=("map", "like"))
MAPS = 10


@pytest.fixture
def client(make_evaluator):
    made = make_evaluator()
    made.log = []
    for name in ("state_changed", "progressed", "failures_changed"):
        getattr(made, name).connect(lambda name=name: made.log.append(name))
    made.found.connect(made.log.append)
    return made


@pytest.fixture
def reach(client, qtbot):
    def until(*states):
        qtbot.waitUntil(lambda: client.state in states, timeout=20_000)

    return until


def test_an_evaluation_is_followed_to_its_end(client, reach):
    assert (client.state, client.process_id, client.active) == (State.NONE, None, False)
    client.evaluate(CHOICES, grid=GRID)
    assert (client.state, client.active) == (State.EVALUATING, True)
    reach(State.EVALUATED)
    assert (client.done, client.total, client.cancelled) == (2 * MAPS, 2 * MAPS, False)
    names = [(row["dataset"], row["model"]) for row in client.rows]
    models = ("best", "worse", "worst", "exact", "reactive")
    assert names == [(dataset, model) for dataset in ("map", "like") for model in models]
    assert all(row["finished"] for row in client.rows)
    cases = [(case.dataset, case.model, case.index) for case in client.cases]
    of_one = [("worse", 0), ("worst", 0), ("worst", 1)]
    assert sorted(cases) == sorted((dataset, *one) for dataset in ("map", "like") for one in of_one)
    assert client.notes == ["These are no maps."]
    assert client.seconds_left is None


def test_the_references_can_be_left_out(client, reach):
    client.evaluate(EvaluationChoices(models=("best",), references=False), grid=GRID)
    reach(State.EVALUATED)
    assert [row["model"] for row in client.rows] == ["best"]


def test_what_is_done_is_kept_when_it_is_stopped(client, reach, qtbot):
    slow = EvaluationChoices(models=("slow", "worse"), maps=("map",))
    client.evaluate(slow, grid=GRID)
    qtbot.waitUntil(lambda: client.done >= 1, timeout=20_000)
    assert client.seconds_left > 0
    client.stop()
    assert client.state is State.STOPPING
    reach(State.EVALUATED)
    assert client.cancelled
    assert 0 < client.done < MAPS
    assert {row["maps"] for row in client.rows} == {client.done}
    assert not client.rows[0]["finished"]
    assert len(client.cases) == 1


def test_a_newer_evaluation_drops_the_results_of_the_one_before(client, reach):
    client.evaluate(CHOICES, grid=GRID)
    reach(State.EVALUATED)
    client.evaluate(EvaluationChoices(models=("best",), maps=("map",)), grid=GRID)
    assert (client.rows, client.cases) == ([], [])
    reach(State.EVALUATED)
    assert [row["model"] for row in client.rows] == ["best", "exact", "reactive"]


def test_a_search_finds_a_case_and_keeps_the_results(client, reach):
    client.evaluate(CHOICES, grid=GRID)
    reach(State.EVALUATED)
    rows, cases = list(client.rows), list(client.cases)
    client.search(CHOICES, model="worse", grid=GRID)
    reach(State.SEARCHED)
    assert client.case in client.log
    assert (client.case.model, client.case.index, client.done) == ("worse", 4, 5)
    assert client.case.grid == GRID.with_starts(GRID.starts[:1])
    assert (client.rows, client.cases) == (rows, cases)


def test_a_search_may_find_nothing(client, reach):
    client.search(CHOICES, model="never", grid=GRID)
    reach(State.SEARCHED)
    assert (client.case, client.done, client.cancelled) == (None, 20, False)


def test_a_search_that_was_stopped_finds_nothing_any_longer(client, reach, qtbot):
    client.search(CHOICES, model="slow", grid=GRID)
    qtbot.waitUntil(lambda: client.done >= 1, timeout=20_000)
    client.stop()
    reach(State.SEARCHED)
    assert client.cancelled
    assert client.case is None
    assert all(isinstance(entry, str) for entry in client.log)


@pytest.mark.parametrize(
    ("model", "words", "details"),
    [
        ("refused", "No map has a start; choose others.", ""),
        ("crashes", "The evaluation failed: ValueError: no", "somewhere"),
        ("dies", "The evaluation stopped: ", "out of luck"),
    ],
)
def test_what_goes_wrong_is_said_and_can_be_tried_again(
    client, reach, caplog, model, words, details
):
    client.evaluate(EvaluationChoices(models=(model,)), grid=GRID)
    reach(State.FAILED)
    assert client.failure.startswith(words)
    assert details in client.details
    client.evaluate(EvaluationChoices(models=("best",)), grid=GRID)
    assert client.failure == ""
    reach(State.EVALUATED)
    assert client.rows


def test_a_process_that_cannot_be_started_is_reported(make_evaluator):
    client = make_evaluator(("/nowhere/python",))
    client.evaluate(CHOICES, grid=GRID)
    assert client.state is State.FAILED
    assert client.failure == "Models cannot be evaluated: No such file or directory."


def test_the_process_ends_with_the_window(client, reach):
    client.evaluate(CHOICES, grid=GRID)
    reach(State.EVALUATED)
    assert client.process_id is not None
    client.close()
    assert client.process_id is None


def test_a_process_that_has_nothing_to_do_ends_after_a_while(client, reach):
    client.evaluate(CHOICES, grid=GRID)
    reach(State.EVALUATED)
    assert client._leaving.isActive()
    client.evaluate(CHOICES, grid=GRID)
    assert not client._leaving.isActive()
    reach(State.EVALUATED)
    rows = list(client.rows)
    client._leaving.timeout.emit()
    assert client.process_id is None
    assert (client.state, client.rows) == (State.EVALUATED, rows)
    client.evaluate(CHOICES, grid=GRID)
    reach(State.EVALUATED)
