"""`vingui evaluate`, without its process."""

import csv
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest

from vingui.cli import main
from vingui.core.dataset import DataSet
from vingui.core.evaluation_protocol import EvaluateRequest, FailedCase, RowFinished
from vingui.core.evaluation_sets import MapSet
from vingui.core.evaluation_text import table_lines
from vingui.core.formats import read_map, write_dataset, write_map
from vingui.core.generate import generate_many
from vingui.core.grid import GridMap
from vingui.net.evaluation import Evaluation, MapTrials
from vingui.net.evaluator import Evaluator
from vingui.net.workers import Workers, WorkersError
from vingui.paths import MAPS

EMPTY = GridMap(np.zeros((4, 5), bool), ((0, 1),), ((3, 4),))


@pytest.fixture
def evaluated(tmp_path, monkeypatch, capsys):
    """Runs the command in an empty folder; returns its exit code and what it prints."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        code = main(["evaluate", *map(str, words)])
        return code, *capsys.readouterr()

    return run


@pytest.mark.parametrize("words", [(), ("--starts", "all"), ("--limit", "1")])
@pytest.mark.parametrize("name", ["hall.map", "hall.json", "."])
def test_maps_without_a_goal_are_refused_before_tensorflow(evaluated, tmp_path, words, name):
    write_map(tmp_path / ("hall.map" if name == "." else name), GridMap(np.zeros((4, 5), bool)))
    code, _, err = evaluated(name, *words)
    assert code == 2
    assert "No map has a goal, and without one there is nothing to reach" in err


def row(model, *, by_length=(), by_k=(), **others):
    return {
        "dataset": "one",
        "model": model,
        "moves": "8",
        "iterations": 36,
        "reference": False,
        "maps": 2,
        "starts": 6,
        "unreachable": 1,
        "success": 1.0,
        "success_interval": [0.6, 1.0],
        "optimal": 0.5,
        "mean_excess": -1e-9,
        "action_accuracy": None,
        "seconds_per_map": 0.0042,
        "by_length": [
            {"from": low, "to": high, "starts": 2, "success": 2, "optimal": 1}
            for low, high in by_length
        ],
        "by_side": [],
        "by_k": [{"k": k, "starts": 6, "success": k % 7, "optimal": 0} for k in by_k],
        **others,
    }


def words_of(lines):
    return [" ".join(line.split()) for line in lines]


def test_a_table_has_a_line_for_each_model_and_for_each_group():
    lines = table_lines(
        [
            row("vin", by_length=[(0, 10), (1000, None)], by_k=[1, 2, 6]),
            row("exact", iterations=None, by_length=[(0, 10)], reference=True),
        ]
    )
    assert words_of(lines) == [
        "one: 2 maps, 6 starts (1 more without a path)",
        "success 95 % interval optimal excess actions time per map",
        "vin, K 36 100.00% 60.00% to 100.00% 50.00% 0.0000 - 4.20 ms",
        "exact 100.00% 60.00% to 100.00% 50.00% 0.0000 - 4.20 ms",
        "success by optimal length starts vin, K 36 exact",
        "0 to below 10 2 100.00% 100.00%",
        "1,000 and more 2 100.00%",
        "success by iteration k starts vin, K 36",
        "1 6 16.66%",
        "2 6 33.33%",
        "6 6 100.00%",
    ]
    assert "-0.0000" not in "\n".join(lines)
    assert len({len(line) for line in lines[1:4]}) == 1
    assert len({len(line) for line in lines[4:6]}) == 1


def test_costs_are_reported_where_maps_have_them():
    lines = words_of(table_lines([row("costs", mean_excess=1.25, mean_cost_ratio=1.0312)]))
    assert lines[1] == "success 95 % interval optimal excess times the least actions time per map"
    assert "50.00% 1.2500 1.0312 -" in lines[2]
    assert lines[3] == "success by least cost starts"


def test_few_of_many_ks_are_shown_and_always_the_last():
    lines = words_of(table_lines([row("vin", by_k=range(1, 50))]))
    shown = [int(line.split()[0]) for line in lines[-7:]]
    assert shown == [7, 14, 21, 28, 35, 42, 49]


def test_tables_of_two_movement_rules_are_apart():
    rows = [row("a", by_length=[(0, 10)]), row("b", moves="4", by_length=[(10, 20)])]
    assert words_of(table_lines(rows))[2:] == [
        "a, K 36, moves 8 100.00% 60.00% to 100.00% 50.00% 0.0000 - 4.20 ms",
        "b, K 36, moves 4 100.00% 60.00% to 100.00% 50.00% 0.0000 - 4.20 ms",
        "success by optimal length, moves 8 starts a, K 36",
        "0 to below 10 2 100.00%",
        "success by optimal length, moves 4 starts b, K 36",
        "10 to below 20 2 100.00%",
    ]


def without_time(one):
    return {name: value for name, value in one.items() if name != "seconds_per_map"}


def test_the_process_of_the_window_has_the_same_results(evaluated, tmp_path):
    maps = list(generate_many("rooms", count=5, rows=11, cols=12, seed=4))
    write_dataset(tmp_path / "rooms.npz", DataSet("rooms", maps))
    code, out, _ = evaluated(
        *("rooms.npz", "--generate", "maze:9:4", "--like", MAPS / "first-steps.json:3"),
        *("--seed", "8", "--model", "dynamic-8, dynamic-4", "--references", "--iterations", "6"),
        *("--starts", "all", "--json", "-"),
    )
    report = json.loads(out)
    assert code == 0
    replies, evaluator = [], Evaluator()
    sets = [MapSet("file", str(tmp_path / "rooms.npz")), MapSet("generate", "maze:9:4", 8)]
    evaluator.put(
        EvaluateRequest(
            1,
            ["dynamic-8", "dynamic-4"],
            [one.record() for one in (*sets, MapSet("like", "3", 8))],
            ["exact", "reactive"],
            6,
            "all",
            20,
            1,
            read_map(MAPS / "first-steps.json"),
        )
    )
    evaluator.run_next(replies.append)
    rows = [reply.row for reply in replies if isinstance(reply, RowFinished)]
    assert len(rows) == 3 * 6
    assert list(map(without_time, report["rows"])) == list(map(without_time, rows))
    cases = [reply for reply in replies if isinstance(reply, FailedCase)]
    assert len(cases) > 4
    assert [
        (one["dataset"], one["map"], tuple(one["start"]), one["model"], one["words"])
        for one in report["failures"]
    ] == [(one.dataset, one.index, one.grid.starts[0], one.model, one.sentence) for one in cases]


def test_records_say_of_which_set_and_model_they_are(evaluated):
    write_map(Path("one.json"), EMPTY)
    code, _, _ = evaluated(
        *("one.json", "one.json", "--model", "dynamic-8,dynamic-4", "--json", "r.json")
    )
    report = json.loads(Path("r.json").read_text("utf-8"))
    assert code == 0
    assert [(one["dataset"], one["model"], one["map"]) for one in report["records"]] == [
        (name, model, 0) for name in ("one", "one (2)") for model in ("dynamic-8", "dynamic-4")
    ]
    assert "success" not in report
    assert [one["dataset"] for one in report["rows"]] == ["one", "one", "one (2)", "one (2)"]


def test_a_table_and_a_figure_are_written(evaluated, tmp_path):
    write_map(Path("one.json"), EMPTY)
    code, out, err = evaluated("one.json", "--csv", "-", "--figure", "chart.svg")
    assert code == 0
    assert [line["group"] for line in csv.DictReader(io.StringIO(out))][:3] == [
        "all",
        "length",
        "side",
    ]
    assert "one: 1 map, 1 start" in err
    assert "<svg" in (tmp_path / "chart.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ([], "There are no maps to evaluate on"),
        (["--generate", "labyrinth"], "There is no kind of map 'labyrinth'"),
        (["one.json", "--figure", "chart.gif"], "must end in .png"),
        (["one.json", "--csv", "nowhere/t.csv"], "There is no folder 'nowhere'"),
        (["one.json", "--csv", "-", "--json", "-"], "not for both"),
        (["one.json", "--model", "dynamic-8,nobody"], "There is no model 'nobody'"),
        (["one.json", "--model", "dynamic-8,dynamic-4", "--moves", "8"], "not 8"),
        (["-", "-"], "Standard input is given twice"),
        (["one.json", "--find-failure", "o.json", "--json", "-"], "nothing else"),
        (["one.json", "--find-failure", "o.json", "--references"], "nothing else"),
        (["one.json", "--find-failure", "o.docx"], "o.docx"),
        (["--find-failure", "o.json"], "searches near the first map of one DATA"),
        (["one.json", "--like", "one.json", "--find-failure", "o.json"], "one DATA"),
        (["one.json", "--find-failure", "o.json", "--model", "dynamic-8,dynamic-4"], "one model"),
    ],
)
def test_what_cannot_be_evaluated_is_refused_with_a_reason(evaluated, tmp_path, words, reason):
    write_map(Path("one.json"), EMPTY)
    code, _, err = evaluated(*words)
    assert code == 2
    assert reason in err
    assert [file.name for file in tmp_path.iterdir()] == ["one.json"]


def test_an_interrupted_evaluation_keeps_what_is_done_and_says_how_much(evaluated, monkeypatch):
    whole = Evaluation.run

    def run(evaluation, reports):
        for done, each in enumerate(whole(evaluation, reports)):
            yield each
            if done == 2:
                raise KeyboardInterrupt

    monkeypatch.setattr(Evaluation, "run", run)
    code, out, err = evaluated("--generate", "maze:9:50", "--json", "r.json", "--csv", "t.csv")
    assert code == 130
    assert out.startswith("maze 9x9: 3 maps, 3 starts\n")
    assert err == "vingui evaluate: interrupted after 3 of 50 maps\n"
    report = json.loads(Path("r.json").read_text("utf-8"))
    assert (report["maps"], report["finished"], len(report["records"])) == (3, False, 3)
    table = csv.DictReader(io.StringIO(Path("t.csv").read_text("utf-8")))
    assert next(table)["maps"] == "3"


def test_an_interrupted_evaluation_is_resumed(evaluated, monkeypatch):
    words = ("--generate", "maze:9:210", "--limit", "200", "--csv", "t.csv")
    planned = []
    try_all = MapTrials.run

    def run(trials, grid, index, *others):
        planned.append(index)
        if len(planned) == 160:
            raise KeyboardInterrupt
        return try_all(trials, grid, index, *others)

    monkeypatch.setattr(MapTrials, "run", run)
    code, _, err = evaluated(*words)
    assert (code, planned) == (130, list(range(160)))
    assert err.endswith("interrupted after 159 of 200 maps; add --resume to go on\n")
    assert evaluated(*words, "--seed", "9", "--resume")[0] == 2
    code, out, _ = evaluated(*words, "--resume")
    # The chunk of 128 maps that was finished is not planned on again.
    assert (code, planned[160:]) == (0, list(range(128, 200)))
    assert [file.name for file in Path().iterdir()] == ["t.csv"]
    assert without_times(evaluated(*words)[1]) == without_times(out)


def test_a_failed_chunk_is_named_and_the_others_are_kept(evaluated, monkeypatch):
    def fail(_workers, function, calls, *, on_done, **_):
        for place, (title, arguments) in enumerate(calls):
            if place == 1:
                raise WorkersError(f"{title} failed twice")
            value = function(*arguments)
            on_done(place, value)
            yield value

    monkeypatch.setattr(Workers, "__enter__", lambda workers: workers)
    monkeypatch.setattr(Workers, "run", fail)
    words = ("--generate", "maze:9:130", "--csv", "t.csv", "--jobs", "2")
    code, _, err = evaluated(*words)
    assert code == 2
    assert err.endswith(
        "Maps 128 to 129 of maze 9x9 failed twice. Finished chunks are kept; add --resume to go "
        "on\n"
    )
    assert evaluated(*words[:-1], "1", "--resume")[0] == 0


def without_times(text):
    return re.sub(r"[\d.]+ ms", "", text)


def test_resuming_needs_a_file(evaluated):
    code, _, err = evaluated("--generate", "maze:9:5", "--resume", "--json", "-")
    assert code == 2
    assert "--resume goes on with what is kept beside a file" in err


def test_a_map_on_which_a_model_fails_is_written_with_its_start(evaluated):
    write_map(Path("one.json"), EMPTY)
    words = ("--find-failure", "out.json", "--iterations", "3", "--model", "dynamic-8")
    code, out, _ = evaluated("one.json", *words)
    found = read_map(Path("out.json"))
    assert code == 0
    assert out.startswith("dynamic-8 fails on this map with ")
    assert out.endswith("wrote out.json\n")
    assert found.goals == EMPTY.goals
    code, out, _ = evaluated("out.json", "--iterations", "3")
    assert "dynamic-8, K 3     0.00%" in out
    code, out, _ = evaluated("--generate", "maze:15:9", *words)
    assert code == 0
    assert out.startswith("dynamic-8 fails on map 0 of maze 15x15, after 1 map\n")


def test_a_search_that_finds_nothing_exits_with_1(evaluated, tmp_path):
    write_map(Path("one.json"), EMPTY)
    code, out, _ = evaluated("one.json", "--find-failure", "out.json", "--tries", "5")
    assert (code, out) == (1, "dynamic-8 solves 5 maps from every cell; none fails\n")
    code, out, _ = evaluated("--like", "one.json", "--find-failure", "out.json", "--tries", "4")
    assert (code, out) == (1, "dynamic-8 solves 4 maps from every cell; none fails\n")
    assert not (tmp_path / "out.json").exists()
