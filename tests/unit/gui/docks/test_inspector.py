"""The inspector and its compass, on runs made by value iteration without a network."""

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPointF
from PySide6.QtWidgets import QLabel

from vingui.core.frame import MapFrame
from vingui.core.grid import GridMap
from vingui.core.learned_costs import LearnedCosts
from vingui.core.map_edits import paint, set_goal_value
from vingui.core.moves import EIGHT, FOUR
from vingui.core.oracle import solve
from vingui.core.planner_protocol import (
    ExactSolution,
    LayerValues,
    PlanFinished,
    PolicyReadout,
    ReadoutRequest,
    Values,
)
from vingui.core.readouts import BEST, LEARNED_COST
from vingui.core.run import Run
from vingui.gui.docks.compass import Compass, Direction
from vingui.gui.docks.inspection import inspect
from vingui.gui.docks.inspector import Inspector
from vingui.gui.look.theme import Theme

WALLS = np.zeros((6, 8), bool)
WALLS[2, 1:6] = True
WALLS[5, 1] = WALLS[4, 0] = WALLS[4, 1] = True
GRID = GridMap(WALLS, ((0, 3),), ((4, 3), (5, 0)))


def q_of(values, grid, rule):
    padded, (rows, cols) = np.pad(values, 1, constant_values=-np.inf), values.shape
    legal = rule.legal(grid.walls)
    onward = [padded[1 + r : 1 + r + rows, 1 + c : 1 + c + cols] for r, c in rule.deltas.tolist()]
    return np.where(legal, np.stack(onward, -1), values[..., None]) - rule.costs


def policy_of(q, grid):
    best = q.max(-1, keepdims=True)
    weights = np.exp(q - np.where(np.isfinite(best), best, 0))
    weights[grid.walls | np.isneginf(best[..., 0])] = 0
    weights[grid.goal] = 0
    return weights / np.maximum(weights.sum(-1, keepdims=True), 1e-9)


def readout_of(values, grid, rule, *, k, number=1):
    q = q_of(values, grid, rule)
    policy = policy_of(q, grid)
    reward = np.zeros(q.shape, np.float32)
    return PolicyReadout(number, k, 0, 0, reward, q.astype(np.float32), policy.astype(np.float32))


def run_of(grid=GRID, rule=EIGHT, *, finished=True, exact=True, latent=0, cost_scale=math.nan):
    """A finished run; with `latent` as of the paper's VIN, with so many latent actions."""
    values = np.full(grid.walls.shape, -np.inf)
    values[grid.goal] = 0
    frames = []
    while not frames or not np.array_equal(frames[-1], values):
        frames.append(values)
        values = q_of(values, grid, rule).max(-1)
        values[grid.walls] = -np.inf
        values[grid.goal] = 0
    frames = [frame.astype(np.float32) for frame in frames[1:]]
    k, ones = len(frames), np.ones(len(frames))
    kept = np.arange(1, k + 1)
    numbers = ones, -ones, ones, ones
    values = Values(1, "m", rule.name, 1, *numbers, kept, tuple(frames), cost_scale=cost_scale)
    run = Run(grid, values)
    if finished:
        last = readout_of(frames[-1], grid, rule, k=k)
        channels = 1 if latent else rule.n_actions
        q = np.tile(last.q[..., :1], latent) if latent else last.q
        run.take(replace(last, q=q, reward=last.reward[..., :channels]))
        actions = np.where(last.policy.any(-1), last.policy.argmax(-1), -1).astype(np.int8)
        run.take(PlanFinished(1, k, True, q.shape[-1], channels, actions, 0.01))
    if exact:
        oracle = solve(grid, rule)
        run.take(ExactSolution(1, oracle.cost_to_go, oracle.optimal))
    return run


def at_the_end(run, cell):
    return inspect(GRID, run, run.latest, cell)


@pytest.fixture
def session(session_of):
    return session_of(GRID)


@pytest.fixture
def inspector(session, qtbot):
    widget = Inspector(session)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def words(inspector, key):
    return inspector.findChild(QObject, f"inspector-{key}").text()


def test_a_converged_dynamic_network_knows_the_exact_cost():
    told = at_the_end(run_of(), (4, 3))
    oracle = solve(GRID, EIGHT)
    cost = oracle.cost_to_go[4, 3]
    assert told.title == "Row 4, col 3 · start 1"
    assert told.value == f"−{cost:.2f}"
    assert told.exact == f"{cost:.2f}"
    assert told.difference == "0.00"
    assert told.optimal.count(" ") >= 1
    assert told.greedy.split()[1] in told.optimal
    optimal = [one.optimal for one in told.directions]
    assert optimal == oracle.optimal[4, 3].tolist()
    assert sum(one.probability for one in told.directions) == pytest.approx(1)


def test_a_map_with_a_place_has_its_cost_in_metres_too():
    placed = GridMap(GRID.walls, (GRID.goal,), GRID.starts, MapFrame(0.05))
    cost = solve(GRID, EIGHT).cost_to_go[4, 3]
    told = inspect(placed, run_of(placed), 1, (4, 3))
    assert told.exact == f"{cost:.2f} ({cost * 0.05:.2f} m)"


@pytest.mark.parametrize(
    ("cell", "kind"), [((0, 3), "goal"), ((5, 0), "start 2"), ((2, 2), "wall"), ((0, 0), "free")]
)
def test_the_kind_of_a_cell(cell, kind):
    assert inspect(GRID, None, 0, cell).title.endswith(f"· {kind}")


def test_values_that_have_not_come_yet():
    run = run_of()
    told = inspect(GRID, run, 1, (4, 3))
    assert told.k == 1
    assert told.value == "not reached yet"
    assert told.difference == "–"
    assert told.greedy == "…"
    run.take(readout_of(run.values_at(1)[1], GRID, EIGHT, k=1))
    assert inspect(GRID, run, 1, (4, 3)).greedy == "none yet"


def test_a_cell_without_a_path_is_the_maps_doing():
    told = at_the_end(run_of(), (5, 0))
    assert (told.exact, told.optimal, told.value) == ("no path", "–", "not reached yet")


def test_at_the_goal():
    told = at_the_end(run_of(), (0, 3))
    assert (told.value, told.optimal, told.greedy) == ("0.00", "at the goal", "at the goal")


def test_moves_that_the_map_forbids():
    told = at_the_end(run_of(), (0, 0))
    legal = {one.name for one in told.directions if one.legal}
    assert legal == {"S", "E", "SE"}


def test_four_moves():
    told = at_the_end(run_of(rule=FOUR), (3, 3))
    assert [one.name for one in told.directions] == ["N", "S", "E", "W"]


def test_the_papers_vin_has_latent_actions_and_a_scale_of_its_own():
    told = at_the_end(run_of(latent=10), (4, 3))
    assert told.header == ("latent", "q")
    assert [row.texts[0] for row in told.rows] == [str(number) for number in range(10)]
    assert told.difference == "on another scale"
    assert all(one.q is None for one in told.directions)
    assert all(one.probability is not None for one in told.directions)


def test_before_the_exact_solution_and_the_policy_are_known():
    told = inspect(GRID, run_of(finished=False, exact=False), 3, (0, 5))
    assert told.value == "−2.00"
    assert (told.exact, told.difference, told.optimal, told.greedy) == ("…",) * 4
    assert {row.texts[1:] for row in told.rows} == {("…", "…")}


def test_a_plan_of_a_map_that_was_another_size():
    larger = GridMap(np.zeros((9, 9), bool), ((0, 0),))
    told = inspect(larger, run_of(), 5, (8, 8))
    assert told.title == "Row 8, col 8 · free"
    assert (told.k, told.value, told.rows) == (0, "–", ())
    assert inspect(GRID, run_of(), 5, (8, 8)) is None


def test_it_follows_the_mouse_and_the_playhead(inspector, session, qtbot):
    assert inspector.shown is None
    session.planner.updated.emit(run_of())
    session.set_hovered((0, 6))
    qtbot.waitUntil(lambda: inspector.shown is not None)
    last = session.run.latest
    assert words(inspector, "value") == "−3.00"
    assert inspector.shown.k == last
    session.playback.seek(1)
    qtbot.waitUntil(lambda: words(inspector, "value") == "not reached yet")
    session.set_hovered(None)
    qtbot.waitUntil(lambda: inspector.shown is None)


def test_it_shows_what_the_engine_answers(inspector, session, qtbot):
    run = run_of()
    session.planner.updated.emit(run)
    session.playback.seek(2)
    session.set_hovered((0, 5))
    qtbot.waitUntil(lambda: words(inspector, "greedy") == "…")
    assert ReadoutRequest(1, 2, 0, 0) in session.planner.reads
    run.take(readout_of(run.values_at(2)[1], GRID, EIGHT, k=2))
    session.planner.updated.emit(run)
    qtbot.waitUntil(lambda: words(inspector, "greedy") == "← W")
    assert inspector.compass.directions == inspector.shown.directions


def test_nothing_moves_while_numbers_change(inspector, session, qtbot):
    inspector.resize(240, inspector.sizeHint().height())
    assert inspector.sizeHint().height() <= 330
    places = set()
    for run in (run_of(), run_of(latent=10), run_of(rule=FOUR)):
        session.planner.updated.emit(run)
        for cell in [(4, 3), (0, 3), (2, 2), (5, 0)]:
            session.set_hovered(cell)
            inspector.refresh()
            inspector.grab()
            places.add((inspector.compass.pos().toTuple(), inspector.listing.geometry().getRect()))
    assert len(places) == 1


def test_the_compass_tells_about_the_bar_under_the_mouse(qtbot):
    compass = Compass(Theme())
    qtbot.addWidget(compass)
    compass.resize(104, 104)
    names = ("N", "S", "E", "W", "NE", "NW", "SE", "SW")
    compass.show_directions(tuple(Direction(name, legal=True, probability=0.5) for name in names))
    for point, name in [((52, 10), "N"), ((95, 52), "E"), ((82, 82), "SE"), ((20, 20), "NW")]:
        assert compass.direction_at(QPointF(*point)).name == name
    assert compass.direction_at(QPointF(52, 52)) is None
    assert "N: probability 50.0%" in compass.accessibleDescription()


def test_a_longer_bar_for_a_more_probable_action(qtbot):
    compass = Compass(Theme())
    qtbot.addWidget(compass)
    compass.resize(104, 104)

    def inked(probability):
        east = Direction("E", legal=True, likeliest=True, probability=probability)
        compass.show_directions((Direction("N", legal=True), Direction("S", legal=True), east))
        image = compass.grab().toImage()
        accent = compass._theme.look.accent
        return sum(image.pixelColor(x, 52).name() == accent for x in range(52, 104))

    assert 0 == inked(0.0) < inked(0.3) < inked(0.6) < inked(1.0)


def test_what_a_bar_says():
    best = Direction("NE", legal=True, optimal=True, probability=0.973, q=-3.414)
    assert best.description == "NE: probability 97.3%, q -3.41, optimal"
    unreached = Direction("N", legal=False, probability=0.0, q=-np.inf)
    assert unreached.description == "N: no move, probability 0.0%, q not reached yet"


def test_a_pinned_cell_stays_while_the_mouse_is_elsewhere(session, inspector, qtbot):
    def beside():
        inspector.refresh()
        return words(inspector, "beside")

    run = run_of()
    session.planner.updated.emit(run)
    values = run.values_at(run.latest)[1]
    session.set_pinned((4, 3))
    session.set_hovered(None)
    assert beside().startswith("Pinned.")
    for other in ((0, 0), (1, 7), (5, 5), GRID.goal):
        session.set_hovered(other)
        apart = float(values[other] - values[4, 3])
        told = beside()
        assert inspector.shown.title == "Row 4, col 3 · start 1"
        assert told.startswith(f"Row {other[0]}, col {other[1]}: V ")
        assert f"(+{apart:.2f})" in told
        assert "cost-to-go" in told
    session.set_hovered((2, 2))
    assert beside() == "Row 2, col 2: no value"
    session.set_pinned(None)
    session.set_hovered((1, 7))
    assert "press Enter" in beside()
    assert inspector.shown.title == "Row 1, col 7 · free"


def test_a_pinned_cell_follows_playback(session, inspector):
    run = run_of()
    session.planner.updated.emit(run)
    session.set_pinned((5, 5))
    values = []
    for k in (1, 3, run.latest):
        session.playback.seek(k)
        inspector.refresh()
        values.append(words(inspector, "value"))
    assert values[0] == "not reached yet"
    assert values[-1].startswith("−")
    assert inspector.shown.k == run.latest


@pytest.mark.parametrize("first", [(4, 3), (5, 5)])
def test_two_cells_without_values_are_not_subtracted(session, inspector, first):
    run = run_of()
    session.planner.updated.emit(run)
    session.playback.seek(1)
    session.set_pinned(first)
    session.set_hovered((5, 0))
    inspector.refresh()
    assert words(inspector, "beside").splitlines()[0] == "Row 5, col 0: V not reached yet"


def test_terrain_and_the_values_of_goals_are_named_where_there_are_any(inspector, session, qtbot):
    grid = session.document.grid
    free = tuple(np.argwhere(grid.free)[0].tolist())
    wall = tuple(np.argwhere(grid.walls)[0].tolist())
    plain = inspect(grid, None, 0, free)
    assert (plain.terrain, plain.worth) == ("", "")
    drawn = paint(grid, [free], material=3)
    assert inspect(drawn, None, 0, free).terrain == "mud, cost 5"
    assert inspect(drawn, None, 0, wall).terrain == "–"
    valued = set_goal_value(drawn, grid.goal, -2.5)
    assert inspect(valued, None, 0, grid.goal).worth == "−2.5"
    assert inspect(valued, None, 0, free).worth == "–"
    session.set_cursor(free)
    inspector.refresh()
    assert not inspector.findChild(QLabel, "inspector-terrain").isVisibleTo(inspector)
    session.document.apply("Draw mud", valued)
    inspector.refresh()
    assert inspector.findChild(QLabel, "inspector-terrain").text() == "mud, cost 5"
    assert inspector.findChild(QLabel, "inspector-terrain").isVisibleTo(inspector)


def test_the_learned_cost_of_a_cell_is_shown_where_the_network_learned_one(inspector, session):
    grid = session.document.grid
    free = tuple(np.argwhere(grid.free)[0].tolist())
    drawn = paint(grid, [free], material=3)
    session.document.apply("Draw mud", drawn)
    assert inspect(drawn, run_of(drawn), 1, free).learned == ""
    costs = LearnedCosts(drawn, np.full(grid.walls.shape, 2, np.float32))
    run = run_of(drawn, cost_scale=costs.scale)
    assert inspect(drawn, run, 1, free).learned == "…"
    run.take(LayerValues(1, 0, LEARNED_COST, BEST, 1, costs.scaled))
    shown = inspect(drawn, run, run.latest, free)
    assert shown.learned == f"{2 * costs.scale:.2f}"
    # Its V counts learned costs, and the exact cost-to-go true ones.
    value, exact = run.value(free, run.latest), run.oracle.cost_to_go[free]
    assert float(shown.difference.replace("−", "-")) == pytest.approx(
        costs.scale * value + exact, abs=0.01
    )
    session.planner.updated.emit(run)
    session.set_cursor(free)
    inspector.refresh()
    label = inspector.findChild(QLabel, "inspector-learned")
    assert label.text() == shown.learned
    assert label.isVisibleTo(inspector)
    session.planner.updated.emit(run_of(drawn))
    inspector.refresh()
    assert not label.isVisibleTo(inspector)
