"""What tables and charts show of the rows of an evaluation."""

import csv
import io

import pytest

from vingui.core.evaluation_rows import (
    Rate,
    csv_text,
    datasets,
    groups,
    range_title,
    rates,
    title,
    wilson_interval,
)


def group(low, high, starts, success, optimal):
    return {"from": low, "to": high, "starts": starts, "success": success, "optimal": optimal}


def row(model="vin-8x8", *, dataset="one", moves="8", iterations=10, **others):
    return {
        "dataset": dataset,
        "model": model,
        "moves": moves,
        "iterations": iterations,
        "reference": iterations is None,
        "finished": True,
        "maps": 3,
        "starts": 20,
        "unreachable": 1,
        "success": 0.75,
        "success_interval": [0.5, 0.9],
        "optimal": 0.5,
        "mean_excess": 0.25,
        "action_accuracy": 0.8,
        "seconds_per_map": 0.001,
        "by_length": [group(0, 10, 12, 11, 9), group(10, 20, 8, 4, 1)],
        "by_side": [group(2, 9, 20, 15, 10)],
        "by_k": [{"k": k, "starts": 20, "success": k, "optimal": k - 1} for k in (1, 2, 10)],
        **others,
    }


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_that_of_a_published_table(successes, trials, low, high):
    """Newcombe (1998), Statistics in Medicine 17, table I: score method."""
    assert wilson_interval(successes, trials) == pytest.approx([low, high], abs=5e-5)


def test_titles_name_the_movement_rule_only_where_there_are_several():
    one, other = row(), row("dynamic-4", moves="4", iterations="auto")
    exact = row("exact", iterations=None)
    assert title(one, [one, exact]) == "vin-8x8, K 10"
    assert title(exact, [one, exact]) == "exact"
    assert title(other, [one, other]) == "dynamic-4, K auto, moves 4"


def test_groups_are_those_of_any_row_in_order():
    other = row(by_length=[group(20, 50, 1, 1, 1), group(0, 10, 1, 1, 1)])
    rows = [row(), other, row(dataset="two")]
    assert [one["from"] for one in groups(rows, "by_length")] == [0, 10, 20]
    assert datasets(rows) == ["one", "two"]
    assert [range_title(one) for one in groups(rows, "by_length")[:2]] == [
        "0 to below 10",
        "10 to below 20",
    ]
    assert range_title(group(1000, None, 1, 1, 1)) == "1,000 and more"


def test_rates_are_shares_with_their_intervals():
    known = rates(row(), "by_length")
    assert known[10] == Rate(8, 0.5, *wilson_interval(4, 8), 0.125)
    assert [rate.success for rate in rates(row(), "by_k").values()] == [0.05, 0.1, 0.5]


def test_a_table_has_a_line_for_all_starts_and_one_for_each_group():
    costly = row("a,b", mean_excess=None, mean_cost_ratio=1.5)
    reference = row("exact", iterations=None, by_k=[])
    lines = list(csv.DictReader(io.StringIO(csv_text([costly, reference]))))
    assert [line["group"] for line in lines] == [
        *("all", "length", "length", "side", "k", "k", "k"),
        *("all", "length", "length", "side"),
    ]
    assert {line["model"] for line in lines[:7]} == {"a,b"}
    whole, short = lines[0], lines[1]
    assert (whole["success"], whole["success_low"], whole["mean_cost_ratio"]) == (
        "0.75",
        "0.5",
        "1.5",
    )
    assert (whole["mean_excess"], whole["reference"], whole["maps"]) == ("", "no", "3")
    assert (short["from"], short["to"], short["starts"], short["maps"]) == ("0", "10", "12", "")
    assert float(short["success"]) == pytest.approx(11 / 12)
    assert (lines[6]["from"], lines[6]["success"]) == ("10", "0.5")
    assert (lines[7]["reference"], lines[7]["iterations"]) == ("yes", "")
