"""The value view: what is seen, what the mouse does, and that it is made once a painting."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QApplication

from vingui.core.contours import contour_lines
from vingui.core.grid import GridMap
from vingui.core.learned_costs import LearnedCosts, scale_of
from vingui.core.moves import EIGHT
from vingui.core.oracle import solve
from vingui.core.planner_protocol import (
    ExactSolution,
    GreedyActions,
    LayerValues,
    PlanFinished,
    PolicyReadout,
    Values,
)
from vingui.core.readouts import BEST, LEARNED_COST
from vingui.core.run import Run
from vingui.core.value_colours import FIRST, UNREACHED, WALL
from vingui.core.value_history import figures
from vingui.core.value_layers import Layer, compute_layer
from vingui.gui import settings as entries
from vingui.gui.canvas import legibility
from vingui.gui.canvas import picture as picture_module
from vingui.gui.canvas.items.arrows import arrow_codes
from vingui.gui.canvas.value_view import ValueView
from vingui.gui.planner.client import Phase
from vingui.gui.status_texts import PLANNING

WALLS = np.zeros((6, 8), bool)
WALLS[2, 0:5] = True
WALLS[4, 6:] = WALLS[5, 6] = True
GRID = GridMap(WALLS, ((0, 1),), ((5, 0), (1, 7)))
KS = 9


def make_run(grid=GRID, *, readouts=True, known=True, number=1, costs=None):
    """A run whose values are the exact ones of all cells within k cells of the goal.

    Its network read `costs` of cells, if these are given.
    """
    oracle = solve(grid, EIGHT)
    cost = oracle.cost_to_go.astype(np.float32)
    frames = np.stack([np.where(cost <= k, -cost, -np.inf) for k in range(1, KS + 1)])
    numbers = figures(frames[0], frames, grid.free)
    learned = None if costs is None else LearnedCosts(grid, costs.astype(np.float32))
    values = Values(
        *(number, "dynamic-8", "8", 1, *numbers, np.arange(1, KS + 1), tuple(frames)),
        cost_scale=scale_of(learned),
    )
    run = Run(grid, values)
    if learned is not None and readouts:
        run.take(LayerValues(number, 0, LEARNED_COST, BEST, 1, learned.scaled))
    policy = oracle.optimal / np.maximum(oracle.optimal.sum(-1, keepdims=True), 1)
    policy = policy.astype(np.float32)
    q = np.where(oracle.optimal, -cost[..., None], -np.inf).astype(np.float32)
    actions = np.where(policy.max(-1) > 0, policy.argmax(-1), -1).astype(np.int8)
    reward = np.full((*grid.walls.shape, 1), -1, np.float32)
    for k in range(1, KS + 1) if readouts else ():
        run.take(PolicyReadout(number, k, 0, 0, reward, q, policy))
        run.take(GreedyActions(number, k, actions, np.zeros(6, np.uint8)))
    if known:
        run.take(PolicyReadout(number, KS, 0, 0, reward, q, policy))
        run.take(PlanFinished(number, KS, True, 8, 1, actions, 0.1))
        run.take(ExactSolution(number, oracle.cost_to_go, oracle.optimal))
    return run


@pytest.fixture
def session(session_of):
    made = session_of(GRID)
    for row, value in (
        (entries.LAYER, "value"),
        (entries.SCALE, "run"),
        (entries.COLOUR_MAP, "viridis"),
        (entries.LATENT, -1),
        (entries.SHOW_ARROWS, False),
        (entries.SHOW_TRAJECTORIES, False),
        (entries.SHOW_GRID, False),
        (entries.SHOW_NUMBERS, False),
        (entries.SHOW_CONTOURS, False),
    ):
        made.settings.set(row, value)
    return made


@pytest.fixture
def view(session, qtbot):
    made = ValueView(session)
    qtbot.addWidget(made)
    made.resize(424, 324)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def run(session):
    made = make_run()
    session.planner.updated.emit(made)
    return made


def seen(view):
    return view.grab().toImage()


def colour_at(view, cell):
    """The colour near a corner of a cell, where no marker is."""
    at = view.position_of(cell)
    corner = (0.42 * view.camera.scale, -0.42 * view.camera.scale)
    return QColor(seen(view).pixel(round(at.x() + corner[0]), round(at.y() + corner[1])))


def at(view, cell):
    return view.position_of(cell).toPoint()


def test_each_cell_has_the_colour_of_its_value(view, run):
    seen(view)
    picture = view.picture
    for cell in ((0, 1), (0, 7), (1, 3), (5, 5), (3, 0)):
        expected = QColor(*picture.table[picture.entries[cell]].tolist())
        assert colour_at(view, cell) == expected
    assert colour_at(view, (2, 2)) == QColor(view.session.theme.look.wall)
    assert picture.entries[0, 1] == 255
    assert picture.entries[0, 7] < picture.entries[0, 3]


def test_rows_go_down_and_columns_to_the_right(view, run):
    assert colour_at(view, (2, 4)) == QColor(view.session.theme.look.wall)
    assert colour_at(view, (4, 2)) != QColor(view.session.theme.look.wall)


def test_unreached_cells_are_hatched_and_like_no_value(view, run):
    view.session.playback.seek(2)
    seen(view)
    assert view.picture.entries[5, 3] == UNREACHED
    assert view.picture.entries[5, 7] == UNREACHED
    image, middle = seen(view), at(view, (4, 3))
    around = {
        QColor(image.pixel(middle + QPoint(x, y))).name() for x in range(-8, 9) for y in range(9)
    }
    look = view.session.theme.look
    assert look.unreached in around
    assert len(around) > 1


def test_the_playhead_moves_the_picture(view, run):
    view.session.playback.seek(1)
    seen(view)
    early = view.picture.entries
    view.session.playback.seek(KS)
    seen(view)
    assert (view.picture.entries >= FIRST).sum() > (early >= FIRST).sum()
    assert view.picture.layer.k == KS
    assert view.accessibleDescription() == f"Value V, k = {KS}"


def test_many_signals_cost_one_making(view, run, monkeypatch):
    seen(view)
    made = []

    def count(*args, **kwargs):
        made.append(args[1])
        return compute_layer(*args, **kwargs)

    monkeypatch.setattr(picture_module, "compute_layer", count)
    for k in range(1, KS):
        view.session.playback.seek(k)
        view.session.run_changed.emit()
    seen(view)
    seen(view)
    assert made == [KS - 1]


def test_walls_that_are_drawn_are_seen_at_once(view, run):
    walls = WALLS.copy()
    walls[5, 3], walls[2, 4] = True, False
    view.session.document.apply("Draw walls", GridMap(walls, (GRID.goal,), GRID.starts))
    seen(view)
    assert view.picture.entries[5, 3] == WALL
    assert view.picture.entries[2, 4] == UNREACHED


@pytest.mark.parametrize("layer", entries.LAYER.choices)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_layer_is_painted_with_everything_over_it(view, layer, theme):
    costs = 1.0 + np.arange(WALLS.size).reshape(WALLS.shape)
    view.session.planner.updated.emit(make_run(costs=costs))
    settings = view.session.settings
    for row in (
        entries.SHOW_ARROWS,
        entries.SHOW_NUMBERS,
        entries.SHOW_CONTOURS,
        entries.SHOW_TRAJECTORIES,
    ):
        settings.set(row, True)
    view.session.theme.choose(theme)
    settings.set(entries.LAYER, layer)
    seen(view)
    assert view.picture.layer is not None
    assert view.picture.message == ""
    assert colour_at(view, (2, 2)) == QColor(view.session.theme.look.wall)


@pytest.mark.parametrize(
    "overlay", [entries.SHOW_ARROWS, entries.SHOW_NUMBERS, entries.SHOW_CONTOURS]
)
def test_overlays_can_be_switched(view, run, overlay):
    plain = seen(view)
    view.session.settings.set(overlay, True)
    assert seen(view) != plain
    view.session.settings.set(overlay, False)
    assert seen(view) == plain


@pytest.mark.parametrize(
    ("scale", "layer", "on", "said"),
    [
        (9, "value", ("ARROWS",), "Zoom in to see arrows"),
        (9, "exact", ("ARROWS", "NUMBERS"), "Zoom in to see arrows and numbers"),
        (
            5,
            "value",
            ("ARROWS", "NUMBERS", "GRID"),
            "Zoom in to see arrows, numbers and grid lines",
        ),
        (20, "value", ("ARROWS", "NUMBERS", "GRID"), "Zoom in to see numbers"),
        (30, "value", ("ARROWS", "NUMBERS", "GRID", "CONTOURS"), ""),
        (9, "value", ("TRAJECTORIES", "CONTOURS"), ""),
        (40, "outcomes", ("NUMBERS", "ARROWS"), "Outcomes have no numbers"),
        (9, "outcomes", ("NUMBERS", "CONTOURS"), "Outcomes have no numbers or contours"),
    ],
)
def test_overlays_that_cannot_be_drawn_are_named(view, run, scale, layer, on, said):
    view.session.settings.set(entries.LAYER, layer)
    view.camera.zoom_by(scale / view.camera.scale)
    plain = seen(view)
    corner = QPoint(30, view.viewport().height() - 24)
    raised = QColor(view.session.theme.look.raised)

    def is_plate(image):
        # Left of the words.
        return QColor(image.pixel(corner - QPoint(16, 0))) == raised

    assert not is_plate(plain)
    for name in on:
        view.session.settings.set(getattr(entries, f"SHOW_{name}"), True)
    image = seen(view)
    assert view.undrawn == said
    assert is_plate(image) == bool(said)


@pytest.mark.parametrize(
    ("starts", "corner"),
    [((), (0, 1)), (((49, 2),), (1, 1)), (((48, 1), (49, 60)), (0, 0)), (((2, 2),), (0, 1))],
)
def test_words_about_overlays_hide_no_start(view, session, starts, corner):
    grid = GridMap(np.zeros((50, 65), bool), ((25, 30),), starts)
    session.document.replace(grid)
    session.planner.updated.emit(make_run(grid))
    session.settings.set(entries.SHOW_ARROWS, True)
    view.camera.fit()
    image, port = seen(view), view.viewport().rect()
    assert view.undrawn
    raised = QColor(session.theme.look.raised)
    corners = {
        (right, down)
        for right in (0, 1)
        for down in (0, 1)
        if QColor(
            image.pixel(port.width() - 14 if right else 14, port.height() - 24 if down else 24)
        )
        == raised
    }
    assert corners == {corner}


def test_a_picture_for_others_has_no_such_words(session, qtbot, run):
    still = ValueView(session, offscreen=True)
    qtbot.addWidget(still)
    still.resize(424, 324)
    session.camera.zoom_by(9 / session.camera.scale)
    plain = seen(still)
    session.settings.set(entries.SHOW_ARROWS, True)
    session.settings.set(entries.SHOW_NUMBERS, True)
    assert seen(still) == plain


def test_where_very_many_cells_are_in_view_arrows_are_named_too(view, run, monkeypatch):
    view.session.settings.set(entries.SHOW_ARROWS, True)
    seen(view)
    assert view.undrawn == ""
    monkeypatch.setattr(legibility, "MOST_ARROWED", 40)
    assert view.undrawn == "Zoom in to see arrows"


def inked(view, cell, part, plain):
    """The share of a part of a cell that differs from a picture: rows and cols from 0 to 1."""
    image, scale, middle = seen(view), view.camera.scale, view.position_of(cell)
    (top, bottom), (left, right) = part
    count = total = 0
    for y in range(round(top * scale), round(bottom * scale)):
        for x in range(round(left * scale), round(right * scale)):
            at = round(middle.x() - scale / 2) + x, round(middle.y() - scale / 2) + y
            count += QColor(image.pixel(*at)) != QColor(plain.pixel(*at))
            total += 1
    return count / total


ABOVE, BELOW = ((0.05, 0.6), (0.05, 0.95)), ((0.74, 0.97), (0.1, 0.9))


@pytest.mark.parametrize("cell", [(0, 5), (3, 6), (1, 3)])
@pytest.mark.parametrize("scale", [30, 45, 60])
def test_numbers_and_arrows_do_not_collide(view, run, cell, scale):
    settings = view.session.settings
    view.camera.zoom_by(scale / view.camera.scale)
    view.camera.show_cell(*cell)
    plain = seen(view)
    settings.set(entries.SHOW_NUMBERS, True)
    settings.set(entries.SHOW_ARROWS, True)
    both = seen(view)
    assert inked(view, cell, ABOVE, plain) > 0.02
    assert inked(view, cell, BELOW, plain) > 0.05
    # What is at the bottom is the number alone: without the arrows' shade it is the same.
    settings.set(entries.SHOW_ARROWS, False)
    settings.set(entries.SHOW_TRAJECTORIES, True)
    assert inked(view, cell, ((0.78, 0.95), (0.1, 0.9)), both) == 0


@pytest.mark.parametrize("row", [2, 3, 4])
@pytest.mark.parametrize("scale", [28, 36, 50])
def test_a_path_does_not_cut_a_number(view, session, row, scale):
    grid = GridMap(np.zeros((7, 3), bool), ((0, 1),), ((6, 1),))
    session.document.replace(grid)
    session.planner.updated.emit(make_run(grid))
    session.settings.set(entries.SHOW_TRAJECTORIES, True)
    view.camera.zoom_by(scale / view.camera.scale)
    view.camera.show_cell(row, 1)
    path = QColor(session.theme.look.starts[0])

    def on_path():
        image, middle = seen(view), view.position_of((row, 1))
        # Where the figures are, in the lower part of the cell.
        heights = np.linspace(0.3, 0.42, 6) * scale + middle.y()
        return sum(QColor(image.pixel(round(middle.x()), round(y))) == path for y in heights)

    assert on_path() == 6
    session.settings.set(entries.SHOW_NUMBERS, True)
    assert on_path() == 0


@pytest.mark.parametrize("scale", [20, 27, 30, 48])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_markers_are_rings_about_the_colour_of_their_cell(view, run, scale, theme):
    view.session.theme.choose(theme)
    view.camera.zoom_by(scale / view.camera.scale)
    for cell in (GRID.starts[1], GRID.goal):
        view.camera.show_cell(*cell)
        image, middle = seen(view), view.position_of(cell)
        picture = view.picture
        value = QColor(*picture.table[picture.entries[cell]].tolist())
        # Between the ring and what is in the middle of it.
        around = {
            QColor(image.pixel(round(middle.x() + x * scale), round(middle.y() + y * scale))).name()
            for x, y in ((0.18, 0), (-0.2, 0), (0.14, -0.14), (-0.14, 0.14))
        }
        assert value.name() in around


@pytest.mark.parametrize("scale", [28, 36, 60])
def test_the_values_of_the_goal_and_the_starts_have_numbers(view, run, scale):
    view.camera.zoom_by(scale / view.camera.scale)
    for cell in (GRID.starts[1], GRID.goal):
        view.camera.show_cell(*cell)
        view.session.settings.set(entries.SHOW_NUMBERS, False)
        plain = seen(view)
        view.session.settings.set(entries.SHOW_NUMBERS, True)
        assert inked(view, cell, BELOW, plain) > 0.05


def test_greedy_actions_stand_in_for_probabilities_that_are_not_known(view, qtbot):
    run = make_run(readouts=False, known=False)
    run.take(GreedyActions(1, KS, np.where(WALLS, -1, 3).astype(np.int8), np.zeros(6, np.uint8)))
    view.session.planner.updated.emit(run)
    plain = seen(view)
    view.session.settings.set(entries.SHOW_ARROWS, True)
    assert seen(view) != plain


def test_a_layer_that_is_not_known_says_so_and_comes(view):
    view.session.settings.set(entries.LAYER, "exact")
    view.session.planner.busy = True
    run = make_run(known=False)
    view.session.planner.updated.emit(run)
    seen(view)
    assert view.picture.layer is None
    assert view.picture.message == PLANNING
    oracle = solve(GRID, EIGHT)
    run.take(ExactSolution(1, oracle.cost_to_go, oracle.optimal))
    view.session.planner.updated.emit(run)
    seen(view)
    assert view.picture.message == ""
    assert view.picture.layer.title == "Exact value"


def test_the_last_picture_stays_while_the_next_plan_is_on_its_way(view, run):
    view.session.settings.set(entries.LAYER, "exact")
    seen(view)
    before = view.picture.layer
    view.session.planner.updated.emit(make_run(known=False, number=2))
    seen(view)
    assert view.picture.layer is before
    view.session.planner.updated.emit(make_run(number=2))
    seen(view)
    assert view.picture.layer is not before


def test_learned_costs_follow_each_plan_at_once_in_the_same_colours(view):
    session = view.session
    rng = np.random.default_rng(0)
    terrain = rng.integers(5, size=WALLS.shape).astype(np.uint8) * ~WALLS
    grid = replace(GRID, terrain=terrain)
    session.document.apply("Paint", grid)
    session.settings.set(entries.LAYER, LEARNED_COST)
    colours = set()
    for number in (1, 2, 3):
        costs = rng.uniform(0.5, 20, WALLS.shape)
        late = make_run(grid, costs=costs, number=number, readouts=False)
        session.planner.updated.emit(late)
        assert session.planner.reads[-1].layer == LEARNED_COST
        seen(view)
        # While the costs are on their way, the last ones stay.
        assert (view.picture.layer is None) == (number == 1)
        run = make_run(grid, costs=costs, number=number)
        session.planner.updated.emit(run)
        seen(view)
        layer = view.picture.layer
        np.testing.assert_allclose(layer.values[~WALLS], run.cost_scale * costs[~WALLS], 1e-6)
        assert (layer.low, layer.high) == (1, 9)
        colours.add(view.picture.entries.tobytes())
    assert len(colours) == 3


def test_a_network_that_learned_no_costs_says_so_where_these_would_be(view):
    session = view.session
    session.planner.updated.emit(make_run(costs=np.full(WALLS.shape, 2.0)))
    session.settings.set(entries.LAYER, LEARNED_COST)
    seen(view)
    assert view.picture.layer.title == "Learned cost"
    session.planner.updated.emit(make_run(number=2))
    seen(view)
    assert view.picture.layer is None
    assert view.picture.message.startswith("dynamic-8 did not learn what cells cost. Choose")
    assert LEARNED_COST not in [getattr(one, "layer", "") for one in session.needed(session.run)]


def test_a_picture_of_another_size_does_not_stay(view, run, monkeypatch):
    view.session.settings.set(entries.LAYER, "exact")
    seen(view)
    grid = GridMap(np.zeros((3, 4), bool), ((0, 0),))
    view.session.document.apply("Resize", grid)
    view.session.planner.updated.emit(make_run(grid, known=False, number=2))
    seen(view)
    assert view.picture.layer is None
    assert view.picture.entries.shape == (3, 4)


def test_outcomes_of_a_large_map_are_found_in_a_thread(view, qtbot, monkeypatch):
    monkeypatch.setattr(picture_module, "_AT_ONCE", 0)
    view.session.settings.set(entries.LAYER, "outcomes")
    view.session.planner.updated.emit(make_run())
    seen(view)
    qtbot.waitUntil(lambda: seen(view) and view.picture.layer is not None)
    assert sum(view.picture.layer.counts) == GRID.free.sum()
    view.session.playback.seek(2)
    qtbot.waitUntil(lambda: seen(view) and view.picture.layer.k == 2)


def test_extra_costs_of_a_large_map_are_found_in_a_thread(view, qtbot, monkeypatch):
    monkeypatch.setattr(picture_module, "_AT_ONCE", 0)
    view.session.settings.set(entries.LAYER, "extra-cost")
    view.session.planner.updated.emit(make_run())
    seen(view)
    qtbot.waitUntil(lambda: seen(view) and view.picture.layer is not None)
    assert (view.picture.layer.name, view.picture.layer.low) == ("Extra cost", 0)


@pytest.mark.parametrize(
    ("phase", "busy", "goal", "refusal", "said"),
    [
        (Phase.STARTING, False, True, "", "The network is starting"),
        (Phase.STARTING, False, False, "", "Place a goal (G) to plan"),
        (Phase.READY, True, True, "", PLANNING),
        (Phase.READY, False, True, "Expected a map of 8x8, received 6x8", "Expected a map of 8x8"),
        (Phase.FAILED, False, True, "", "No TensorFlow"),
        (Phase.READY, False, True, "", ""),
    ],
)
def test_an_empty_view_says_why(view, phase, busy, goal, refusal, said):
    session = view.session
    session.planner.phase, session.planner.busy = phase, busy
    session.planner.failure = "No TensorFlow" if phase is Phase.FAILED else ""
    if not goal:
        session.document.apply("Remove the goal", GRID.with_goal(None))
    if refusal:
        session.planner.refused.emit(refusal)
    session.planner.phase_changed.emit()
    image = seen(view)
    assert view.picture.message.startswith(said)
    assert bool(view.picture.message) == bool(said)
    middle = view.viewport().rect().center() - QPoint(0, 10)
    raised = QColor(session.theme.look.raised)
    near = [QColor(image.pixel(middle + QPoint(x, y))) for x in range(-9, 9) for y in range(20)]
    assert (raised in near) == bool(said)


def test_a_click_sets_the_keyboards_cursor_and_arrows_move_it(view, run, qtbot):
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at(view, (3, 3)))
    assert view.session.cursor == (3, 3)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert view.session.cursor == (4, 0)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.session.cursor is None
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.session.cursor == GRID.goal


def drag(qtbot, view, first, last):
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=at(view, first))
    qtbot.mouseMove(view.viewport(), at(view, last))


def release(qtbot, view, cell):
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=at(view, cell))


def test_the_mouse_pans(view, run, qtbot):
    row, col = view.camera.row, view.camera.col
    drag(qtbot, view, (3, 3), (4, 5))
    assert view.viewport().cursor().shape() == Qt.CursorShape.ClosedHandCursor
    assert view.camera.row == pytest.approx(row - 1, abs=0.05)
    assert view.camera.col == pytest.approx(col - 2, abs=0.05)
    release(qtbot, view, (3, 3))
    assert view.viewport().cursor().shape() != Qt.CursorShape.ClosedHandCursor
    assert view.session.cursor is None
    assert view.session.document.grid == GRID


def test_the_goal_and_a_start_can_be_dragged(view, run, qtbot):
    document = view.session.document
    drag(qtbot, view, (0, 1), (3, 3))
    assert document.grid.goal == (3, 3)
    assert document.in_stroke
    assert view.session.planner.plans[-1][0].goal == (3, 3)
    release(qtbot, view, (3, 3))
    drag(qtbot, view, (5, 0), (5, 4))
    release(qtbot, view, (5, 4))
    assert document.grid.starts == ((5, 4), (1, 7))
    assert document.undo_stack.count() == 2
    assert document.undo_stack.undoText() == "Move a start"


def test_escape_abandons_a_drag(view, run, qtbot):
    drag(qtbot, view, (0, 1), (3, 3))
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.session.document.grid == GRID
    release(qtbot, view, (3, 3))
    assert view.session.document.undo_stack.count() == 0


def test_losing_the_focus_keeps_what_was_dragged(view, run, qtbot):
    drag(qtbot, view, (0, 1), (3, 3))
    view.hide()
    assert not view.session.document.in_stroke
    assert view.session.document.grid.goal == (3, 3)


def test_a_release_that_never_came_ends_the_drag_where_the_mouse_comes_back(view, run, qtbot):
    drag(qtbot, view, (0, 1), (3, 3))
    where = view.position_of((5, 5))
    none, plain = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    window = QPointF(view.viewport().mapToGlobal(where))
    free = QMouseEvent(QEvent.Type.MouseMove, where, window, none, none, plain)
    QApplication.sendEvent(view.viewport(), free)
    assert not view.drawing
    assert view.session.document.grid.goal == (3, 3)


def test_a_second_click_on_a_start_selects_none(view, run, qtbot):
    for _ in range(2):
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at(view, (1, 7)))
    assert view.session.selected_start is None


def test_control_and_an_arrow_pan(view, run, qtbot):
    col = view.camera.col
    qtbot.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert view.camera.col < col
    assert view.session.cursor is None


def test_a_click_on_a_start_selects_it(view, run, qtbot):
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at(view, (1, 7)))
    assert view.session.selected_start == 1
    assert view.session.document.grid == GRID


def click(qtbot, view, cell):
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at(view, cell))


def test_a_click_pins_a_cell_and_a_second_one_releases_it(view, run, qtbot):
    session = view.session
    for cell in ((3, 3), (0, 7), (2, 2)):
        click(qtbot, view, cell)
        assert session.pinned == session.cursor == cell
    click(qtbot, view, (2, 2))
    assert (session.pinned, session.cursor) == (None, None)


def test_the_pinned_cell_is_marked(view, run):
    view.session.theme.choose("light")
    plain = seen(view)
    for cell in ((3, 3), (5, 7), (0, 0)):
        view.session.set_pinned(cell)
        marked = seen(view)
        assert marked != plain
        # The brackets are around the cell: its middle stays as it is.
        assert marked.pixel(at(view, cell)) == plain.pixel(at(view, cell))
    view.session.set_pinned(None)
    assert seen(view) == plain


def test_enter_pins_under_the_keyboards_cursor_and_escape_releases(view, run, qtbot):
    session = view.session
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert session.pinned is None
    qtbot.keyClick(view, Qt.Key.Key_Right)
    for key, pinned in (
        (Qt.Key.Key_Return, GRID.goal),
        (Qt.Key.Key_Enter, None),
        (Qt.Key.Key_Return, GRID.goal),
    ):
        qtbot.keyClick(view, key)
        assert session.pinned == pinned
    # The cursor of the map view is compared with the pinned cell, and is the first to go.
    session.set_cursor((2, 2))
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert (session.pinned, session.cursor) == (GRID.goal, None)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert session.pinned is None
    click(qtbot, view, (3, 3))
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert (session.pinned, session.cursor) == (None, None)


def test_arrow_keys_move_the_pin(view, run, qtbot):
    session, shift = view.session, Qt.KeyboardModifier.ShiftModifier
    click(qtbot, view, (3, 3))
    # Wherever the cursor has gone meanwhile, the pin moves from where it is.
    session.set_cursor((0, 0))
    for key, modifiers, cell in (
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, (3, 4)),
        (Qt.Key.Key_Up, Qt.KeyboardModifier.NoModifier, (2, 4)),
        (Qt.Key.Key_Left, shift, (2, 0)),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, (2, 0)),
    ):
        qtbot.keyClick(view, key, modifiers)
        assert session.pinned == session.cursor == cell
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert session.pinned is None
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert (session.pinned, session.cursor) == (None, (3, 0))


def test_a_click_on_a_start_or_the_goal_pins_its_cell_and_a_drag_none(view, run, qtbot):
    session = view.session
    click(qtbot, view, (1, 7))
    assert (session.selected_start, session.pinned) == (1, (1, 7))
    click(qtbot, view, GRID.goal)
    assert (session.selected_start, session.pinned) == (1, GRID.goal)
    click(qtbot, view, GRID.goal)
    assert session.pinned is None
    click(qtbot, view, (5, 0))
    click(qtbot, view, (5, 0))
    assert (session.selected_start, session.pinned) == (None, None)
    drag(qtbot, view, (5, 0), (5, 4))
    release(qtbot, view, (5, 4))
    drag(qtbot, view, (3, 3), (4, 5))
    release(qtbot, view, (3, 3))
    assert session.pinned is None


@pytest.mark.parametrize(
    ("rows", "cols", "stays"), [(5, 8, True), (6, 7, True), (4, 8, False), (9, 3, False)]
)
def test_a_pin_is_released_with_its_cell(view, run, rows, cols, stays):
    view.session.set_pinned((4, 6))
    walls = np.zeros((rows, cols), bool)
    view.session.document.apply("Resize", GridMap(walls, ((0, 1),)))
    assert view.session.pinned == ((4, 6) if stays else None)


def test_a_pin_survives_playback_and_another_plan(view, run):
    view.session.set_pinned((5, 5))
    view.session.playback.seek(2)
    view.session.planner.updated.emit(make_run(number=2))
    view.session.document.apply("Move", GRID.with_starts(((5, 2),)))
    assert view.session.pinned == (5, 5)


def test_hovering_tells_the_session(view, run, qtbot):
    qtbot.mouseMove(view.viewport(), at(view, (3, 2)))
    assert view.session.hovered == (3, 2)


def test_different_arrows_have_different_codes():
    actions, lengths = np.arange(8), np.linspace(0, 1, 8, dtype=np.float32)
    codes = [
        arrow_codes(actions, np.full(8, one), dark=np.full(8, dark))
        for one in lengths
        for dark in (False, True)
    ]
    assert len(np.unique(codes)) == np.size(codes)


def test_contours_run_between_the_values_on_their_sides():
    ramp = np.broadcast_to(np.arange(6, dtype=np.float32), (4, 6)).copy()
    ramp[1, 4] = -np.inf
    layer = Layer(ramp, "sequential", "Ramp", "", 1, 0, 5)
    lines = contour_lines(layer, np.isfinite(ramp))
    assert lines
    for level, points in lines:
        known = points[np.isfinite(points[:, 0])]
        # Column 0 has its middle at x = 0.5.
        np.testing.assert_allclose(known[:, 0], level + 0.5)
    assert contour_lines(layer, np.zeros((4, 6), bool)) == []


def test_contours_of_a_large_map_come_when_the_picture_rests(view, run, qtbot, monkeypatch):
    from vingui.gui.canvas.items import contours

    monkeypatch.setattr(contours, "_AT_ONCE", 0)
    plain = seen(view)
    view.session.settings.set(entries.SHOW_CONTOURS, True)
    qtbot.waitUntil(lambda: seen(view) != plain)


def test_nothing_is_requested_of_a_run_of_another_size(view, run, qtbot):
    session = view.session
    session.planner.reads.clear()
    # The mouse is over a cell that the run's map does not have.
    session.camera.changed.connect(lambda: session.set_hovered((150, 150)))
    session.document.replace(GridMap(np.zeros((200, 200), bool), ((0, 0),)))
    assert session.hovered == (150, 150)
    assert session.planner.reads == []
