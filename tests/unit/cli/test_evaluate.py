"""`vingui evaluate`, without its process and without a network."""

import numpy as np
import pytest

from vingui.cli import main
from vingui.cli.evaluate import _lines
from vingui.core.formats import write_map
from vingui.core.grid import GridMap


@pytest.mark.parametrize("words", [(), ("--starts", "all"), ("--limit", "1")])
@pytest.mark.parametrize("name", ["hall.map", "hall.json", "."])
def test_maps_without_a_goal_are_refused_before_tensorflow(
    tmp_path, monkeypatch, capsys, words, name
):
    monkeypatch.chdir(tmp_path)
    write_map(tmp_path / ("hall.map" if name == "." else name), GridMap(np.zeros((4, 5), bool)))
    assert main(["evaluate", name, *words]) == 2
    assert "No map has a goal, and without one there is nothing to reach" in capsys.readouterr().err


def test_ranges_of_lengths_do_not_overlap():
    rows = [
        {"from": low, "to": high, "starts": 2, "success": 2, "optimal": 1}
        for low, high in ((0, 10), (10, 20), (1000, None))
    ]
    lines = _lines(
        "vin",
        {
            "maps": 1,
            "starts": 6,
            "unreachable": 0,
            "success": 1.0,
            "success_interval": [0.6, 1.0],
            "optimal": 0.5,
            "mean_excess": -1e-9,
            "action_accuracy": 1.0,
            "by_length": rows,
        },
    )
    assert [" ".join(line.split()[:4]) for line in lines[-3:]] == [
        "0 to below 10",
        "10 to below 20",
        "1000 and more 2",
    ]
    assert "-0.0000" not in "\n".join(lines)
    assert len({len(line) for line in lines[-4:]}) == 1


def test_costs_are_reported_where_maps_have_them():
    summary = {
        "maps": 2,
        "starts": 6,
        "unreachable": 0,
        "success": 1.0,
        "success_interval": [0.6, 1.0],
        "optimal": 0.5,
        "mean_excess": 1.25,
        "mean_cost_ratio": 1.0312,
        "action_accuracy": 1.0,
        "by_length": [],
    }
    lines = [" ".join(line.split()) for line in _lines("costs", summary)]
    assert "mean excess 1.2500 in cost; 1.0312 times the least" in lines
    assert lines[-1] == "least cost starts success optimal"
