"""The sample maps that come with vingui: sound, canonical, and worth showing."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage

from vingui.core.formats import vingui_map
from vingui.core.moves import EIGHT
from vingui.core.oracle import solve
from vingui.core.terrain import STANDARD

FOLDER = Path(__file__).parents[3] / "assets" / "maps"
SAMPLES = sorted(FOLDER.glob("*.json"))
LOCKED_IN = {"locked-keep": 1}
"""How many starts of a sample cannot reach its goal, where there are any, on purpose."""
WITH_TERRAIN = ("coast", "ford", "mountain-pass", "park", "swamp", "the-gap", "three-goals")


def sample(path):
    content = json.loads(path.read_text(encoding="utf-8"))
    return content, vingui_map.decoded(content)


def test_there_is_a_gallery():
    assert len(SAMPLES) >= 14
    assert set(LOCKED_IN) <= {path.stem for path in SAMPLES}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_written_as_vingui_writes_maps(path):
    content, grid = sample(path)
    said = {key: content[key] for key in ("title", "about")}
    lines = [f"  {json.dumps(key)}: {json.dumps(text)},\n" for key, text in said.items()]
    version = f'  "version": {content["version"]},\n'
    canonical = vingui_map.encoded(grid).replace(version, version + "".join(lines), 1)
    assert path.read_bytes() == canonical.encode()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_says_what_there_is_to_see(path):
    content, _ = sample(path)
    assert path.stem == path.stem.lower()
    assert 3 <= len(content["title"]) <= 24
    assert 20 <= len(content["about"]) <= 140
    assert content["about"].endswith(".")
    assert content["about"].count(". ") == 0


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_starts_of_a_sample_reach_its_goal(path):
    _, grid = sample(path)
    assert 2 <= len(grid.starts) <= 4
    assert grid.goal not in grid.starts
    # Straight moves alone: then every movement rule has something to show.
    regions, _ = ndimage.label(grid.free)
    reached = [regions[start] == regions[grid.goal] for start in grid.starts]
    assert reached.count(False) == LOCKED_IN.get(path.stem, 0)
    moore, _ = ndimage.label(grid.free, structure=[[1] * 3] * 3)
    reached = [moore[start] == moore[grid.goal] for start in grid.starts]
    assert reached.count(False) == LOCKED_IN.get(path.stem, 0)


def followed(grid, oracle, cell):
    """The length and the cost of a path of an oracle, without the goal's value, and its goal."""
    length = cost = 0.0
    while cell not in grid.goals:
        action = int(np.flatnonzero(oracle.optimal[cell])[0])
        row, col = np.add(cell, EIGHT.deltas[action]).tolist()
        cell = row, col
        length += EIGHT.costs[action]
        cost += EIGHT.costs[action] * grid.costs[cell]
    return length, cost, cell


@pytest.mark.parametrize("name", WITH_TERRAIN)
def test_terrain_leads_elsewhere_than_the_shortest_way(name):
    _, grid = sample(FOLDER / f"{name}.json")
    exact = solve(grid, EIGHT)
    plain = solve(replace(grid, terrain=None, palette=STANDARD, goal_values=()), EIGHT)
    elsewhere = 0
    for start in grid.starts:
        short, dear, _ = followed(grid, plain, start)
        long, cheap, goal = followed(grid, exact, start)
        assert exact.cost_to_go[start] == pytest.approx(cheap - grid.valued_goals[goal])
        elsewhere += long > short + 0.4 and dear > 1.1 * cheap
    assert elsewhere >= 2 or (name == "three-goals" and elsewhere >= 1)


def test_the_starts_of_three_goals_choose_different_ones():
    _, grid = sample(FOLDER / "three-goals.json")
    assert len(set(grid.valued_goals.values())) == 3
    exact = solve(grid, EIGHT)
    chosen = {followed(grid, exact, start)[2] for start in grid.starts}
    assert chosen == set(grid.goals)
    nearest = solve(replace(grid, terrain=None, goal_values=()), EIGHT)
    assert any(
        followed(grid, exact, start)[2] != followed(grid, nearest, start)[2]
        for start in grid.starts
    )


def test_some_start_takes_the_ford_and_others_the_bridge():
    _, grid = sample(FOLDER / "ford.json")
    exact = solve(grid, EIGHT)
    without_ford = replace(grid, walls=grid.walls | (grid.terrain == 4))
    by_bridge = solve(without_ford, EIGHT).cost_to_go
    wading = [exact.cost_to_go[start] < by_bridge[start] for start in grid.starts]
    assert 0 < sum(wading) < len(grid.starts)


def test_titles_differ():
    titles = [sample(path)[0]["title"] for path in SAMPLES]
    assert len(set(titles)) == len(titles)
