"""The goals of `vingui plan`: from the command line, and in its reports."""

import argparse

import numpy as np
import pytest

from vingui.cli import plan
from vingui.core.errors import VinguiError
from vingui.core.formats import write_map
from vingui.core.grid import GridMap


@pytest.fixture
def chosen(tmp_path, capsys):
    """`chosen(*words)`: the map that is planned on."""
    write_map(tmp_path / "map.json", GridMap(np.zeros((3, 4), bool), ((0, 0), (1, 1)), ((2, 3),)))
    parser = argparse.ArgumentParser()
    plan.add_parser(parser.add_subparsers(dest="command"))

    def read(*words):
        options = parser.parse_args(["plan", str(tmp_path / "map.json"), *words])
        source = plan._source(options.maps[0], "map.json", options)
        return plan._grid(source, 0, options)

    return read


@pytest.mark.parametrize(
    ("words", "goals"),
    [
        ((), {(0, 0): 0, (1, 1): 0}),
        (("--goal", "0,3"), {(0, 3): 0}),
        (("--goal", "0,3=2.5"), {(0, 3): 2.5}),
        (("--goal", "0,3", "--goal", "2,0=-1e2"), {(0, 3): 0, (2, 0): -100}),
    ],
)
def test_goals_of_the_command_line_replace_those_of_the_map(chosen, words, goals):
    assert chosen(*words).valued_goals == goals


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("--goal", "0,3="), "must be a number with a decimal point"),
        (("--goal", "0,3=x"), "must be a number with a decimal point"),
        (("--goal", "3=2"), "must be ROW,COL from 0"),
    ],
)
def test_a_goal_that_is_none_is_refused(chosen, capsys, words, part):
    with pytest.raises(SystemExit):
        chosen(*words)
    assert part in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("--goal", "0,3", "--goal", "0,3=2"), "Two --goal name the same cell"),
        (("--goal", "0,3=nan"), "The value of a goal must be a number from"),
        (("--goal", "0,3=inf"), "The value of a goal must be a number from"),
        (("--goal", "9,3=2"), "The goal lies outside the 3x4 map"),
    ],
)
def test_goals_that_no_map_can_have_are_refused(chosen, words, part):
    with pytest.raises(VinguiError, match=part):
        chosen(*words)
