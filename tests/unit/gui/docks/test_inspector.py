"""The inspector and its compass, on runs made by value iteration without a network."""

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget

from vingui.core.cell_backup import BackupRequest, CellBackup
from vingui.core.frame import MapFrame
from vingui.core.grid import GridMap
from vingui.core.learned_costs import LearnedCosts
from vingui.core.map_edits import paint, set_goal_value
from vingui.core.moves import ACTION_NAMES, EIGHT, FOUR
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
from vingui.gui.docks.panel import PanelArea
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


def test_the_papers_vin_has_a_scale_of_its_own_and_no_q_values_of_moves():
    told = at_the_end(run_of(latent=10), (4, 3))
    assert told.header == ("", "p %")
    assert [row.texts[0].split()[1] for row in told.rows] == list(ACTION_NAMES)
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
    # The last cell stays when the mouse leaves.
    session.set_hovered(None)
    session.playback.seek(last)
    qtbot.waitUntil(lambda: words(inspector, "value") == "−3.00")
    assert words(inspector, "title") == "Row 0, col 6 · free"


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
    assert "unpins" in beside()
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


# Sums.


def backup_of(run, cell, k):
    """The backup of a cell by a dynamic kernel that knows the rule, as the planner answers it."""
    before = np.full(run.grid.walls.shape, -np.inf)
    before[run.grid.goal] = 0
    before = run.values_at(k - 1)[1] if k > 1 else before
    leads = np.where(run.rule.legal(run.grid.walls)[cell][:, None], run.rule.deltas, 0)
    onward = before[tuple((np.array(cell) + leads).T)].astype(np.float32)
    reward = -run.rule.costs.astype(np.float32)
    next_q = q_of(run.values_at(k)[1], run.grid, run.rule)[cell].astype(np.float32)
    return CellBackup(1, k, *cell, leads, reward, onward, reward + onward, next_q, 2.5 * next_q)


def of_latent(backup):
    """The same of the paper's VIN, with ten latent actions."""
    q = np.linspace(-3, 6, 10, dtype=np.float32)
    none = np.empty((0, 2), np.int64)
    return replace(backup, leads=none, reward=q - 1, onward=np.ones_like(q), q=q, next_q=q)


def rows_of(inspector, name):
    """The rows of a table of the inspector, as lists of texts."""
    table = inspector.findChild(QObject, f"inspector-{name}")
    if not table.isVisibleTo(inspector):
        return []
    return [list(row.texts) for row in table._rows]


def figure(text):
    return -math.inf if text == "–" else float(text.replace("−", "-"))


@pytest.fixture
def pinned(session, inspector):
    """A run with a pinned cell, of which every k that was asked for is answered."""
    run = run_of()

    def show(cell, k=0, answer=backup_of):
        session.set_pinned(cell)
        session.playback.seek(k or run.latest)
        for request in [one for one in session.planner.reads if isinstance(one, BackupRequest)]:
            run.take(answer(run, (request.row, request.col), request.k))
        run.take(readout_of(run.values_at(session.k)[1], GRID, EIGHT, k=session.k))
        session.planner.updated.emit(run)
        inspector.refresh()
        return run

    session.planner.updated.emit(run)
    return show


def test_a_pinned_cell_shows_the_sum_of_each_action_and_the_largest_as_its_value(pinned, inspector):
    last = pinned((1, 6)).latest
    for k in (last, last - 1):
        run = pinned((1, 6), k)
        rows = rows_of(inspector, "backup")
        assert [row[0].split()[1] for row in rows] == list(ACTION_NAMES)
        for _, reward, onward, q in rows:
            assert figure(reward) + figure(onward) == pytest.approx(figure(q), abs=0.011)
        best = max(figure(row[-1]) for row in rows)
        assert best == pytest.approx(run.value((1, 6), k), abs=0.005)
        assert words(inspector, "result") == f"V_{k} = {rows_of_best(rows)}, the largest q"
        assert f"V_{k - 1}" in words(inspector, "about-backup")
        q, policy = run.readouts.of_cell(k, (1, 6)).at((1, 6))
        shown = rows_of(inspector, "policy")
        assert [figure(row[1]) for row in shown] == pytest.approx(q.tolist(), abs=0.005)
        assert [figure(row[2]) for row in shown] == pytest.approx(
            (100 * policy).tolist(), abs=0.051
        )
        assert "softmax of 2.5 times q" in words(inspector, "about-policy")
        assert f"one step beyond: to V_{k + 1}" in words(inspector, "about-policy")
    assert not inspector.compass.isVisibleTo(inspector)


def rows_of_best(rows):
    return max((row[-1] for row in rows), key=figure)


def test_the_first_backup_is_of_the_goals_alone(pinned, inspector):
    pinned((0, 4), 1)
    assert "V_0 has the goals alone" in words(inspector, "about-backup")
    assert words(inspector, "result") == "V_1 = −1.00, the largest q"
    pinned((4, 3), 1)
    assert words(inspector, "result") == "V_1: not reached yet"
    assert {row[2] for row in rows_of(inspector, "backup")} == {"–"}
    assert rows_of(inspector, "policy") == []


def test_the_papers_vin_shows_the_shares_of_its_convolutions(session, inspector, pinned):
    run = pinned((4, 3), answer=lambda *args: of_latent(backup_of(*args)))
    rows = rows_of(inspector, "backup")
    assert [row[0] for row in rows] == [str(latent) for latent in range(10)]
    assert words(inspector, "result") == f"V_{run.latest} = 6.00, the largest q"
    logits = 2.5 * run.readouts.of_cell(run.latest, (4, 3)).at((4, 3))[0]
    shown = rows_of(inspector, "policy")
    assert [figure(row[1]) for row in shown] == pytest.approx(logits.tolist(), abs=0.005)
    assert "learned sums of all 10 q" in words(inspector, "about-policy")


@pytest.mark.parametrize(
    ("cell", "told"),
    [((0, 3), "The value of a goal is given, not computed: 0.00"), ((2, 2), "no value to show")],
)
def test_goals_and_walls_have_no_sum(pinned, inspector, cell, told):
    pinned(cell)
    assert told in words(inspector, "about-backup")
    assert rows_of(inspector, "backup") == rows_of(inspector, "policy") == []


@pytest.mark.parametrize(
    ("model", "words_of_it"),
    [
        ("dijkstra", "A search makes no Bellman backups"),
        ("another", "How the planner of another package computes its values is not known."),
    ],
)
def test_a_plan_without_backups_has_no_sum(model, words_of_it, pinned, inspector, session):
    run = pinned((4, 3))
    run.model = model
    run.readouts.has_backups = False
    inspector.refresh()
    assert words_of_it in words(inspector, "about-backup")
    assert rows_of(inspector, "backup") == rows_of(inspector, "policy") == []
    assert not any(isinstance(one, BackupRequest) for one in session.needed(run))


def test_a_sum_stays_until_the_next_one_arrives(session, inspector, pinned):
    last = pinned((4, 3)).latest
    result = words(inspector, "result")
    session.playback.seek(last - 1)
    inspector.refresh()
    assert BackupRequest(1, last - 1, 4, 3) in session.planner.reads
    assert (words(inspector, "result"), words(inspector, "value")) == (result, "not reached yet")
    part = inspector.findChild(QLabel, "inspector-result")
    assert part.isEnabled()
    # That of an older plan is grey.
    newer = run_of()
    newer.number = newer.readouts._number = 2
    session.planner.updated.emit(newer)
    inspector.refresh()
    assert words(inspector, "result") == result
    assert not part.isEnabled()
    newer.take(replace(backup_of(newer, (4, 3), session.k), number=2))
    inspector.refresh()
    assert part.isEnabled()
    # Of another cell nothing may stay.
    session.set_pinned((4, 4))
    inspector.refresh()
    assert words(inspector, "about-backup") == "…"
    assert rows_of(inspector, "backup") == []


def test_a_step_whose_predecessor_is_not_kept_says_so(inspector, session, monkeypatch):
    run = run_of()
    monkeypatch.setattr(run.readouts, "_nearest", lambda k: k - k % 2)
    session.planner.updated.emit(run)
    session.set_pinned((4, 3))
    session.playback.seek(4)
    inspector.refresh()
    assert "V_3 is not" in words(inspector, "about-backup")


def test_the_pin_button_pins_what_is_shown_and_unpins_it(inspector, session, qtbot):
    session.planner.updated.emit(run_of())
    session.set_hovered((1, 7))
    session.set_hovered(None)
    inspector.refresh()
    button = inspector.findChild(QToolButton, "inspector-pin")
    assert not button.isChecked()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert session.pinned == (1, 7)
    assert button.isChecked()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert session.pinned is None
    assert not button.isChecked()


def test_what_is_shown_can_be_copied(pinned, inspector, qtbot):
    run = pinned((4, 3))
    button = inspector.findChild(QToolButton, "inspector-copy")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    lines = QApplication.clipboard().text().splitlines()
    assert lines[:2] == ["Row 4, col 3 · start 1", "Model\tm"]
    cost = run.oracle.cost_to_go[4, 3]
    assert f"V at k = {run.latest}\t-{cost:.2f}" in lines
    header = lines.index(f"\treward\tV_{run.latest - 1}\tq")
    for line in lines[header + 1 : header + 9]:
        reward, onward, q = (figure(text) for text in line.split("\t")[1:])
        assert reward + onward == pytest.approx(q, abs=0.011)
    assert lines[header + 9] == f"V_{run.latest} = -{cost:.2f}, the largest q"
    assert "\tq\tp %" in lines


@pytest.mark.parametrize("latent", [False, True])
def test_all_of_it_fits_into_the_narrowest_panel(inspector, pinned, qtbot, latent, request):
    area = PanelArea(inspector)
    qtbot.addWidget(area, before_close_func=PanelArea.takeWidget)
    request.addfinalizer(area.takeWidget)
    area.resize(area.minimumSizeHint().width(), 260)
    area.show()
    pinned((1, 6), 1)
    pinned((1, 6), answer=lambda *a: of_latent(backup_of(*a)) if latent else backup_of(*a))
    about = inspector.findChild(QLabel, "inspector-about-backup")
    qtbot.waitUntil(lambda: about.height() >= about.heightForWidth(about.width()))
    assert inspector.width() <= area.viewport().width()
    below = -1
    for name in ("title", "value", "about-backup", "backup", "result", "about-policy", "policy"):
        part = inspector.findChild(QWidget, f"inspector-{name}")
        top = part.mapTo(inspector, QPoint(0, 0)).y()
        assert top > below, name
        below = top + part.height() - 1
        needed = part.heightForWidth(part.width()) if part.hasHeightForWidth() else 1
        assert part.height() >= needed
        assert part.mapTo(inspector, part.rect().topRight()).x() < inspector.width()
        assert part.width() >= part.minimumSizeHint().width() or name in ("title", "value")
    assert below < inspector.height()
