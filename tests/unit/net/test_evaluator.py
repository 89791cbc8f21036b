"""The process that evaluates: what it answers, without and with a process."""

import subprocess
import sys
from contextlib import closing

import pytest

from vingui.core.evaluation_protocol import (
    CancelEvaluation,
    EvaluateRequest,
    EvaluationFinished,
    EvaluationNote,
    EvaluationProgress,
    EvaluationRefused,
    EvaluatorCrashed,
    EvaluatorReady,
    FailedCase,
    FindFailureRequest,
    RowFinished,
    SearchFinished,
    SearchProgress,
)
from vingui.core.evaluation_sets import MapSet
from vingui.core.pipe import receive, send
from vingui.core.references import REFERENCES
from vingui.net import batches, zoo
from vingui.net.evaluator import Evaluator
from vingui.net.workers import Workers

END = (EvaluationFinished, SearchFinished, EvaluationRefused, EvaluatorCrashed)


def request(grid, *, number=1, models=("dynamic-8",), sets=(("map", ""),), **options):
    return EvaluateRequest(
        number,
        list(models),
        [MapSet(*one).record() for one in sets],
        options.get("references", []),
        options.get("iterations", "own"),
        options.get("starts", "all"),
        options.get("most_failures", 2),
        options.get("processes", 1),
        grid,
    )


def answers(*messages, then=lambda evaluator, reply: None):
    """The replies to the first of some messages; `then` is called with each."""
    evaluator, replies = Evaluator(), []
    for message in messages:
        evaluator.put(message)

    def on_reply(reply):
        replies.append(reply)
        then(evaluator, reply)

    evaluator.run_next(on_reply)
    return replies


def of_kind(replies, kind):
    return [reply for reply in replies if isinstance(reply, kind)]


@pytest.fixture
def grid(grid_of):
    return grid_of("S...G", ".###.", "....S")


def record(case):
    """A case with its path as a list, for comparison."""
    return {**vars(case), "path": case.path.tolist()}


def without_time(row):
    return {name: value for name, value in row.items() if name != "seconds_per_map"}


def test_rows_come_for_each_model_and_reference_and_then_the_end(grid):
    replies = answers(
        request(grid, sets=[("map", ""), ("generate", "maze:7:3")], references=list(REFERENCES))
    )
    rows = [reply.row for reply in of_kind(replies, RowFinished)]
    assert [(row["dataset"], row["model"], row["reference"]) for row in rows] == [
        (name, model, model != "dynamic-8")
        for name in ("this map", "maze 7x7")
        for model in ("dynamic-8", "exact", "reactive")
    ]
    assert [row["maps"] for row in rows] == [1] * 3 + [3] * 3
    assert all(row["finished"] for row in rows)
    assert rows[0]["success"] == rows[1]["success"] == 1
    assert isinstance(replies[-1], EvaluationFinished)
    assert not replies[-1].cancelled
    first, *progress = of_kind(replies, EvaluationProgress)
    assert (first.dataset, first.done, first.total, first.rows) == ("this map", 0, 4, [])
    assert all(reply.total == 4 and reply.done for reply in progress)


@pytest.mark.slow
def test_a_process_answers_the_same(grid):
    wanted = request(grid, iterations=2, starts="all")
    inside = answers(wanted)
    command = [sys.executable, "-P", "-m", "vingui.net.evaluator"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        with closing(process.stdin):
            replies = [receive(process.stdout)]
            send(process.stdin, wanted)
            while not isinstance(replies[-1], END):
                replies.append(receive(process.stdout))
        assert process.wait(60) == 0
    assert isinstance(replies[0], EvaluatorReady)
    rows, own = (of_kind(each, RowFinished) for each in (replies, inside))
    assert [without_time(one.row) for one in rows] == [without_time(one.row) for one in own]
    cases, others = (of_kind(each, FailedCase) for each in (replies, inside))
    assert list(map(record, cases)) == list(map(record, others))
    assert cases
    assert cases[0].grid.starts[0] == (0, 0)


def test_failed_cases_name_the_start_the_outcome_and_a_reason(grid):
    (case,) = of_kind(answers(request(grid, iterations=1)), FailedCase)
    assert (case.dataset, case.index, case.model, case.iterations) == (
        "this map",
        0,
        "dynamic-8",
        1,
    )
    assert case.outcome == "out-of-steps"
    assert case.grid == grid.with_starts(((0, 0),))
    assert case.sentence.startswith("Stopped at row 0, col 0: after K = 1 iteration")
    assert "V_1 knows no paths of more than 2 moves" in case.sentence


def test_a_cancelled_evaluation_sends_what_is_done(grid):
    def cancel(evaluator, reply):
        if isinstance(reply, EvaluationProgress) and reply.done:
            evaluator.put(CancelEvaluation(1))

    replies = answers(request(grid, sets=[("generate", "maze:9:100000")]), then=cancel)
    (row,) = [reply.row for reply in of_kind(replies, RowFinished)]
    assert not row["finished"]
    assert 1 <= row["maps"] < 100_000
    assert replies[-1].cancelled


@pytest.fixture
def pays(monkeypatch, scheduler):
    """Several processes always pay; they are those of a cluster. Returns how many were started."""
    started = []

    def start(jobs, *, on_note, **options):
        started.append(jobs)
        on_note("A worker process was lost")
        return Workers(jobs, on_note=on_note, **{**options, "scheduler": scheduler})

    monkeypatch.setattr(batches, "Workers", start)
    monkeypatch.setattr(batches, "_PAYS_FROM", 0.0)
    return started


def test_several_processes_answer_the_same_where_they_pay(grid, pays):
    def wanted(processes):
        sets = [("map", ""), ("generate", "maze:7:200")]
        return answers(request(grid, sets=sets, iterations=9, processes=processes))

    alone, several = wanted(1), wanted(3)
    assert pays == [3]
    rows, own = (of_kind(each, RowFinished) for each in (several, alone))
    assert [without_time(one.row) for one in rows] == [without_time(one.row) for one in own]
    cases, others = (of_kind(each, FailedCase) for each in (several, alone))
    assert cases
    assert list(map(record, cases)) == list(map(record, others))
    assert [one.text for one in of_kind(several, EvaluationNote)] == ["A worker process was lost."]


def test_an_evaluation_by_several_processes_is_cancelled(grid, pays):
    def cancel(evaluator, reply):
        if isinstance(reply, EvaluationProgress) and pays:
            evaluator.put(CancelEvaluation(1))

    wanted = request(grid, sets=[("generate", "maze:9:100000")], processes=2)
    replies = answers(wanted, then=cancel)
    (row,) = [reply.row for reply in of_kind(replies, RowFinished)]
    # Besides this one.
    assert pays == [1]
    assert row["maps"] < 100_000
    assert replies[-1].cancelled


def test_a_newer_request_ends_the_one_before(grid):
    newer = request(grid, number=2)
    replies = answers(request(grid, sets=[("generate", "maze:9:100000")]), newer)
    assert replies[-1].number == 1
    assert replies[-1].cancelled
    assert not of_kind(replies, RowFinished)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"models": ["nobody"]}, "There is no model 'nobody'"),
        ({"models": ["a-star"]}, "a-star is a planning method"),
        ({"sets": [("file", "nowhere.json")]}, "nowhere.json"),
        ({"sets": [("generate", "maze:x")]}, "described like maze:28:100"),
        ({"iterations": 0}, "K must be a whole number from 1"),
        ({"references": ["oracle"]}, "no reference 'oracle'"),
    ],
)
def test_what_cannot_be_evaluated_is_refused_with_a_reason(grid, options, reason):
    (reply,) = answers(request(grid, **options))
    assert isinstance(reply, EvaluationRefused)
    assert reason in reply.reason


def test_maps_without_a_start_that_can_reach_a_goal_are_refused(grid_of):
    *_, reply = answers(request(grid_of("S#G", "##."), starts="given"))
    assert reply.reason.startswith("this map: There is nothing to evaluate: none of 1 map has a ")


def test_a_bug_is_answered_with_its_traceback(grid, monkeypatch):
    monkeypatch.setattr(zoo, "load_planner", lambda _, rule: 1 / 0)
    (reply,) = answers(request(grid))
    assert isinstance(reply, EvaluatorCrashed)
    assert "ZeroDivisionError" in reply.traceback


def search(grid, source, text="", *, iterations="own", most=60):
    maps = MapSet(source, text).record()
    return answers(FindFailureRequest(1, "dynamic-8", maps, iterations, most, grid))


def test_a_search_finds_a_map_that_needs_more_iterations(grid_of):
    grid = grid_of("G..", "...", "...", "...")
    *_, case, end = search(grid, "map", iterations=2)
    assert isinstance(case, FailedCase)
    assert (end.found, end.cancelled) == (True, False)
    assert end.tried == case.index + 1 > 1
    changed = int((case.grid.walls != grid.walls).sum())
    assert case.dataset == f"this map with {changed} cell{'s' * (changed > 1)} changed"
    assert case.grid.goals == grid.goals
    assert len(case.grid.starts) == 1
    # The case is one: evaluated by itself, it fails.
    (row,) = of_kind(answers(request(case.grid, iterations=2, starts="given")), RowFinished)
    assert row.row["success"] == 0


def test_a_search_without_a_find_says_how_many_maps_were_tried(grid):
    *_, end = search(grid, "generate", "maze:7:5")
    assert (end.tried, end.found, end.cancelled) == (5, False, False)
    *_, end = search(grid, "generate", "maze:7:500", most=7)
    assert (end.tried, end.found) == (7, False)


def test_a_search_is_cancelled_and_needs_a_goal(grid, grid_of):
    def cancel(evaluator, reply):
        if isinstance(reply, SearchProgress):
            evaluator.put(CancelEvaluation(1))

    maps = MapSet("generate", "maze:9:100000").record()
    *_, end = answers(FindFailureRequest(1, "dynamic-8", maps, "own", 10**6, grid), then=cancel)
    assert end.cancelled
    assert 1 <= end.tried < 100_000
    (reply,) = search(grid_of("...", "..."), "map")
    assert reply.reason == "The map has no goal; set one first"


def test_how_maps_like_this_one_were_chosen_is_a_note(grid):
    replies = answers(request(grid, sets=[("like", "2")]))
    (note,) = of_kind(replies, EvaluationNote)
    assert note.text.startswith("Maps like this one (")
    (row,) = of_kind(replies, RowFinished)
    assert row.row["maps"] == 2
