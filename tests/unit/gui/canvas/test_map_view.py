"""The map view, with real events on the real document."""

from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QImage, QMouseEvent, QPainter, QRegion, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from vingui.core.grid import GridMap
from vingui.core.moves import EIGHT
from vingui.core.oracle import solve
from vingui.core.planner_protocol import GreedyActions
from vingui.core.readouts import Readouts
from vingui.core.rollout import NO_ACTION, Outcome, rollout
from vingui.gui.canvas.items.markers import start_colour
from vingui.gui.canvas.map_view import MapView
from vingui.gui.document.document import Document
from vingui.gui.document.tools import Marker
from vingui.gui.look.theme import LIGHT, Theme
from vingui.gui.planner.client import PlannerClient
from vingui.gui.playback.playback import Playback
from vingui.gui.session import Session
from vingui.gui.settings import BRUSH, SHOW_GRID, SHOW_TRAJECTORIES, TOOL, Settings

LEFT, RIGHT, MIDDLE = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.RightButton,
    Qt.MouseButton.MiddleButton,
)
PLAIN, SHIFT, CONTROL, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
Key = Qt.Key
WALLS = np.zeros((12, 16), bool)
WALLS[6, 2:14] = True
GRID = GridMap(WALLS, ((1, 8),), ((10, 2), (10, 13)))


@pytest.fixture
def session(qapp):
    settings = Settings()
    for setting in (TOOL, BRUSH, SHOW_GRID, SHOW_TRAJECTORIES):
        settings.set(setting, setting.default)
    planner = PlannerClient()
    yield Session(
        document=Document(GRID),
        planner=planner,
        playback=Playback(settings),
        settings=settings,
        theme=Theme(),
    )
    planner.close()


@pytest.fixture
def view(qtbot, session):
    made = MapView(session)
    qtbot.addWidget(made)
    made.resize(640, 480)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    made.setFocus()
    qtbot.waitUntil(made.hasFocus)
    return made


def at(view, cell):
    return view.position_of(cell).toPoint()


def press(view, cell, button=LEFT, keys=PLAIN):
    QTest.mousePress(view.viewport(), button, keys, at(view, cell))


def move(view, *cells):
    for cell in cells:
        QTest.mouseMove(view.viewport(), at(view, cell))


def release(view, cell, button=LEFT, keys=PLAIN):
    QTest.mouseRelease(view.viewport(), button, keys, at(view, cell))


def stroke(view, *cells, button=LEFT):
    press(view, cells[0], button)
    move(view, *cells[1:])
    release(view, cells[-1], button)


def take(view, tool, brush=1):
    view.session.settings.set(TOOL, tool)
    view.session.settings.set(BRUSH, brush)


def drawn(view):
    change = view.document.grid.walls != GRID.walls
    return {tuple(cell) for cell in np.argwhere(change).tolist()}


def steps(view):
    return view.document.undo_stack.count()


def test_a_fast_stroke_has_no_gap_and_is_one_step(view):
    stroke(view, (3, 1), (3, 12), (5, 12))
    assert drawn(view) == {(3, col) for col in range(1, 13)} | {(4, 12), (5, 12)}
    assert steps(view) == 1
    view.document.undo_stack.undo()
    assert view.document.grid == GRID


def test_the_right_button_erases(view):
    stroke(view, (6, 4), (6, 9), button=RIGHT)
    assert drawn(view) == {(6, col) for col in range(4, 10)}
    assert not view.document.grid.walls[6, 4:10].any()


def test_a_click_draws_one_cell_and_so_does_the_second_of_a_double_click(view):
    QTest.mouseClick(view.viewport(), LEFT, PLAIN, at(view, (3, 3)))
    QTest.mouseDClick(view.viewport(), LEFT, PLAIN, at(view, (3, 5)))
    assert drawn(view) == {(3, 3), (3, 5)}


def test_markers_are_not_drawn_over(view):
    take(view, "pencil", brush=3)
    stroke(view, (1, 4), (1, 12))
    assert not view.document.grid.walls[GRID.goal]
    assert view.document.grid.goal == GRID.goal


@pytest.mark.parametrize("tool", ["pencil", "eraser", "fill", "pan", "start", "goal", "line"])
def test_the_goal_is_dragged_over_walls_with_any_tool_and_they_come_back(view, tool):
    take(view, tool)
    press(view, GRID.goal)
    move(view, (6, 8))
    assert view.document.grid.goal == (6, 8)
    assert not view.document.grid.walls[6, 8]
    move(view, (8, 8))
    release(view, (8, 8))
    assert view.document.grid.goal == (8, 8)
    assert not drawn(view)
    assert steps(view) == 1


def test_a_start_is_dragged_and_a_click_selects_it(view):
    stroke(view, (10, 2), (8, 4))
    assert view.document.grid.starts == ((8, 4), (10, 13))
    assert view.session.selected_start is None
    stroke(view, (10, 13))
    assert view.session.selected_start == 1
    stroke(view, (10, 13))
    assert view.session.selected_start is None
    assert steps(view) == 1


def test_the_start_tool_adds_drags_and_removes(view):
    take(view, "start")
    stroke(view, (3, 3), (6, 3), (4, 4))
    assert view.document.grid.starts == (*GRID.starts, (4, 4))
    assert not drawn(view)
    stroke(view, (10, 2), button=RIGHT)
    assert view.document.grid.starts == ((10, 13), (4, 4))
    assert steps(view) == 2


def test_escape_abandons_the_stroke_though_the_button_is_held(view):
    press(view, (3, 3))
    move(view, (3, 9))
    assert drawn(view)
    QTest.keyClick(view, Key.Key_Escape)
    assert view.document.grid is GRID
    move(view, (4, 4))
    release(view, (4, 4))
    assert view.document.grid is GRID
    assert steps(view) == 0
    stroke(view, (3, 3))
    assert drawn(view) == {(3, 3)}


def test_a_second_button_is_ignored(view):
    press(view, (3, 3))
    move(view, (3, 5))
    press(view, (3, 5), RIGHT)
    release(view, (3, 5), RIGHT)
    move(view, (3, 7))
    release(view, (3, 7))
    assert drawn(view) == {(3, col) for col in range(3, 8)}
    assert steps(view) == 1


@pytest.mark.parametrize("end", ["focus", "hide"])
def test_losing_the_focus_keeps_what_is_drawn(view, end):
    press(view, (3, 3))
    move(view, (3, 5))
    if end == "focus":
        event = QFocusEvent(QFocusEvent.Type.FocusOut, Qt.FocusReason.ActiveWindowFocusReason)
        QApplication.sendEvent(view, event)
    else:
        view.hide()
    assert steps(view) == 1
    assert not view.document.in_stroke
    move(view, (5, 5))
    release(view, (5, 5))
    assert drawn(view) == {(3, 3), (3, 4), (3, 5)}


def test_a_stroke_goes_on_outside_and_is_released_there(view):
    press(view, (3, 14))
    beyond = at(view, (3, 15)) + QPoint(300, 0)
    QTest.mouseMove(view.viewport(), beyond)
    QTest.mouseMove(view.viewport(), beyond + QPoint(0, 40))
    QTest.mouseRelease(view.viewport(), LEFT, PLAIN, beyond)
    assert drawn(view) == {(3, 14), (3, 15)}
    assert steps(view) == 1


def test_a_rectangle_is_previewed_and_drawn_to_the_edge(view):
    take(view, "rectangle-filled")
    press(view, (8, 5))
    move(view, (9, 8), (20, 20), (9, 6))
    release(view, (9, 6))
    assert drawn(view) == {(8, 5), (8, 6), (9, 5), (9, 6)}


def test_something_else_done_to_the_document_ends_the_stroke(view):
    press(view, (3, 3))
    move(view, (3, 5))
    other = GridMap(np.zeros((5, 5), bool))
    view.document.replace(other)
    move(view, (1, 1))
    release(view, (1, 1))
    assert view.document.grid is other
    stroke(view, (2, 2))
    assert view.document.grid.walls[2, 2]


def test_shift_keeps_the_pencil_straight(view):
    press(view, (2, 2), keys=SHIFT)
    where = view.position_of((4, 9))
    window = QPointF(view.viewport().mapToGlobal(where.toPoint()))
    held = QMouseEvent(QEvent.Type.MouseMove, where, window, Qt.MouseButton.NoButton, LEFT, SHIFT)
    QApplication.sendEvent(view.viewport(), held)
    release(view, (4, 9), keys=SHIFT)
    assert drawn(view) == {(2, col) for col in range(2, 10)}


def test_a_release_that_never_came_ends_the_stroke_where_the_mouse_comes_back(view):
    press(view, (3, 3))
    move(view, (3, 5))
    where = view.position_of((8, 9))
    window = QPointF(view.viewport().mapToGlobal(where.toPoint()))
    none = Qt.MouseButton.NoButton
    free = QMouseEvent(QEvent.Type.MouseMove, where, window, none, none, PLAIN)
    QApplication.sendEvent(view.viewport(), free)
    assert drawn(view) == {(3, 3), (3, 4), (3, 5)}
    assert steps(view) == 1
    release(view, (8, 9))


@pytest.mark.parametrize(
    ("button", "keys", "tool"),
    [(MIDDLE, PLAIN, "pencil"), (LEFT, ALT, "pencil"), (LEFT, PLAIN, "pan")],
)
def test_panning(view, button, keys, tool):
    take(view, tool)
    row, col, scale = view.camera.row, view.camera.col, view.camera.scale
    press(view, (4, 4), button, keys)
    assert view.viewport().cursor().shape() == Qt.CursorShape.ClosedHandCursor
    start = at(view, (4, 4))
    QTest.mouseMove(view.viewport(), start + QPoint(30, 60))
    QTest.mouseRelease(view.viewport(), button, keys, start + QPoint(30, 60))
    assert view.camera.row == pytest.approx(row - 60 / scale)
    assert view.camera.col == pytest.approx(col - 30 / scale)
    assert view.viewport().cursor().shape() != Qt.CursorShape.ClosedHandCursor
    assert view.document.grid is GRID


def test_the_mouse_looks_like_what_a_press_would_do(view):
    def shape():
        return view.viewport().cursor().shape()

    move(view, (3, 3))
    assert shape() == Qt.CursorShape.CrossCursor
    move(view, GRID.goal)
    assert shape() == Qt.CursorShape.OpenHandCursor
    press(view, GRID.goal)
    assert shape() == Qt.CursorShape.ClosedHandCursor
    release(view, GRID.goal)
    assert shape() == Qt.CursorShape.OpenHandCursor
    move(view, (3, 3))
    take(view, "pan")
    assert shape() == Qt.CursorShape.OpenHandCursor


def test_the_wheel_zooms_about_the_mouse(view):
    where = QPointF(at(view, (3, 4)))
    before = view.point_at(where)
    event = QWheelEvent(
        where,
        QPointF(view.viewport().mapToGlobal(where.toPoint())),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        PLAIN,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    scale = view.camera.scale
    QApplication.sendEvent(view.viewport(), event)
    assert view.camera.scale > scale
    assert view.point_at(where) == pytest.approx(before)


@pytest.mark.parametrize("scale", [1.3, 4.0, 17.0, 93.5])
@pytest.mark.parametrize("cell", [(0, 0), (6, 3), (11, 15)])
def test_pixels_and_cells_agree_at_any_zoom(view, scale, cell):
    view.camera.zoom_by(scale / view.camera.scale)
    view.camera.pan(rows=cell[0] - view.camera.row + 0.37, cols=cell[1] - view.camera.col - 0.21)
    where = view.position_of(cell)
    assert view.cell_at(where) == cell
    drawn_at = view.viewportTransform().map(QPointF(cell[1] + 0.5, cell[0] + 0.5))
    assert (drawn_at.x(), drawn_at.y()) == pytest.approx((where.x(), where.y()), abs=1e-6)


def picture(view, dpr=1.0):
    image = QImage(view.size() * dpr, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(dpr)
    painter = QPainter(image)
    QWidget.render(view, painter, QPoint(0, 0), QRegion(view.rect()))
    painter.end()
    return image


def colour(image, point):
    dpr = image.devicePixelRatio()
    return image.pixelColor(int(point.x() * dpr), int(point.y() * dpr)).name()


@pytest.mark.parametrize("dpr", [1.0, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("scale", [5.0, 21.3, 60.0])
def test_walls_are_painted_where_the_mouse_draws_them(view, dpr, scale):
    walls = np.random.default_rng(4).random((12, 16)) < 0.5
    walls[11, 15] = False
    view.document.replace(GridMap(walls, ((11, 15),)))
    view.session.settings.set(SHOW_GRID, False)
    view.camera.zoom_by(scale / view.camera.scale)
    view.camera.pan(rows=-4.3, cols=-5.7)
    image = picture(view, dpr)
    inset = 0.5 - 1 / scale
    for cell in [(row, col) for row in range(1, 5) for col in range(1, 6)]:
        expected = LIGHT.wall if walls[cell] else LIGHT.free
        for right, down in ((0, 0), (inset, inset), (-inset, -inset)):
            point = view.position_of(cell) + QPointF(right, down) * scale
            assert colour(image, point) == expected


def test_thin_walls_do_not_vanish_on_a_large_map(view):
    walls = np.zeros((1024, 1024), bool)
    walls[:, ::64] = True
    view.document.replace(GridMap(walls))
    image = picture(view)
    row = int(view.viewport().height() / 3)
    shades = {image.pixelColor(x, row).lightness() for x in range(120, 500)}
    darkest, ground = min(shades), QColor(LIGHT.free).lightness()
    assert darkest < ground - 30


@pytest.mark.parametrize("side", [12, 512])
def test_markers_are_seen_at_any_size_and_caught_where_they_are_seen(view, side):
    goal = (side // 3, side // 2)
    view.document.replace(GridMap(np.zeros((side, side), bool), (goal,), ((side - 3, 5),)))
    image = picture(view)
    middle = view.position_of(goal)
    assert colour(image, middle) == LIGHT.goal
    assert view.marker_at(middle) == Marker("goal", 0)
    assert view.marker_at(middle + QPointF(4, 4)) == Marker("goal", 0)
    assert view.marker_at(view.position_of((side - 3, 5))) == Marker("start", 0)
    assert view.marker_at(middle + QPointF(60, 0)) is None


def test_a_click_beside_the_middle_of_a_small_marker_does_not_move_it(view):
    view.document.replace(GridMap(np.zeros((512, 512), bool), ((200, 200),)))
    beside = view.position_of((200, 200)).toPoint() + QPoint(4, 3)
    QTest.mousePress(view.viewport(), LEFT, PLAIN, beside)
    QTest.mouseRelease(view.viewport(), LEFT, PLAIN, beside)
    assert view.document.grid.goal == (200, 200)
    assert steps(view) == 0


def test_the_cell_cursor_appears_under_the_mouse_and_moves(view):
    move(view, (3, 4))
    QTest.keyClick(view, Key.Key_Right)
    assert view.session.cursor == (3, 4)
    for key in (Key.Key_Right, Key.Key_Down, Key.Key_Down, Key.Key_Left, Key.Key_Up):
        QTest.keyClick(view, key)
    assert view.session.cursor == (4, 4)
    QTest.keyClick(view, Key.Key_Right, SHIFT)
    assert view.session.cursor == (4, 9)
    for _ in range(4):
        QTest.keyClick(view, Key.Key_Right, SHIFT)
    assert view.session.cursor == (4, 15)
    QTest.keyClick(view, Key.Key_Escape)
    assert view.session.cursor is None


def test_without_a_mouse_the_cell_cursor_appears_at_the_goal(view):
    QTest.keyClick(view, Key.Key_Down)
    assert view.session.cursor == GRID.goal


def test_control_and_an_arrow_pan(view):
    row = view.camera.row
    QTest.keyClick(view, Key.Key_Down, CONTROL)
    assert view.camera.row > row
    assert view.session.cursor is None


def test_space_toggles_a_wall_in_one_step_and_spares_markers(view):
    view.session.set_cursor((3, 3))
    QTest.keyClick(view, Key.Key_Space)
    assert drawn(view) == {(3, 3)}
    QTest.keyClick(view, Key.Key_Space)
    assert not drawn(view)
    assert steps(view) == 2
    view.session.set_cursor(GRID.goal)
    QTest.keyClick(view, Key.Key_Space)
    assert steps(view) == 2


def test_goal_and_starts_go_where_mouse_or_keys_moved_last(view):
    move(view, (3, 3))
    view.place_goal()
    assert view.document.grid.goal == (3, 3)
    QTest.keyClick(view, Key.Key_Right)
    QTest.keyClick(view, Key.Key_Right)
    view.place_goal()
    assert view.document.grid.goal == (3, 4)
    move(view, (8, 8))
    view.toggle_start()
    assert view.document.grid.starts == (*GRID.starts, (8, 8))
    view.toggle_start()
    assert view.document.grid.starts == GRID.starts
    assert steps(view) == 4


def test_delete_removes_the_start_at_the_cursor_else_the_selected_one(view):
    view.session.set_cursor((10, 13))
    QTest.keyClick(view, Key.Key_Delete)
    assert view.document.grid.starts == ((10, 2),)
    view.session.select_start(0)
    view.session.set_cursor((0, 0))
    QTest.keyClick(view, Key.Key_Delete)
    assert view.document.grid.starts == ()


def test_keys_do_nothing_during_a_stroke(view):
    view.session.set_cursor((9, 9))
    press(view, (3, 3))
    QTest.keyClick(view, Key.Key_Space)
    view.place_goal()
    view.toggle_start()
    view.remove_marker()
    release(view, (3, 3))
    assert drawn(view) == {(3, 3)}
    assert view.document.grid.goal == GRID.goal
    assert steps(view) == 1


def test_the_hovered_cell_follows_the_camera_and_ends_with_the_mouse(view):
    move(view, (3, 3))
    assert view.session.hovered == (3, 3)
    view.camera.pan(rows=2, cols=0)
    assert view.session.hovered == (5, 3)
    QTest.mouseMove(view.viewport(), QPoint(1, 1))
    assert view.session.hovered is None
    move(view, (3, 3))
    QApplication.sendEvent(view.viewport(), QEvent(QEvent.Type.Leave))
    assert view.session.hovered is None
    view.camera.pan(rows=1, cols=0)
    assert view.session.hovered is None


def test_a_hint_tells_how_to_place_a_goal(view):
    spot = QPointF(view.viewport().width() / 2, view.viewport().height() - 26)
    view.document.replace(GridMap(np.ones((12, 16), bool)))
    hinted = picture(view)
    assert colour(hinted, spot + QPointF(-100, 6)) == LIGHT.raised
    take(view, "goal")
    stroke(view, (3, 3))
    assert colour(picture(view), spot + QPointF(-100, 6)) != LIGHT.raised


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_look_is_followed(view, look):
    view.session.theme.choose(look)
    image = picture(view)
    point = view.position_of((6, 3)) + QPointF(-4, -4)
    assert colour(image, point) == view.session.theme.look.wall


def run_of(grid, **actions):
    oracle = solve(grid, EIGHT)
    policy = np.where(oracle.optimal.any(-1), oracle.optimal.argmax(-1), NO_ACTION)
    for cell, action in actions.get("changed", {}).items():
        policy[cell] = action
    readouts = Readouts(1, policy.shape, 8, lambda k: k)
    readouts.reader = lambda request: GreedyActions(1, request.k, policy, np.empty(0, np.uint8))
    return SimpleNamespace(
        model="dynamic-8",
        grid=grid,
        rule=EIGHT,
        latest=3,
        finished=True,
        has_learned_costs=False,
        oracle=oracle,
        readouts=readouts,
        trajectories=lambda starts, k: rollout(grid.with_starts(starts), policy, EIGHT, oracle),
    )


OUTCOME_CATEGORIES = {
    Outcome.REACHED: {},
    Outcome.LOOP: {(2, 3): 3, (2, 2): 2},
    Outcome.WALL: {(2, 3): 0, (1, 3): 0, (0, 3): 0},
    Outcome.OUT_OF_STEPS: {(2, 3): NO_ACTION},
}


@pytest.mark.parametrize("outcome", list(OUTCOME_CATEGORIES))
@pytest.mark.parametrize("scale", [2.0, 40.0])
def test_trajectories_and_their_ends_are_painted(view, outcome, scale):
    grid = GridMap(np.zeros((12, 16), bool), ((2, 12),), ((2, 1),))
    view.document.replace(grid)
    view.camera.zoom_by(scale / view.camera.scale)
    plain = picture(view)
    view.session.planner.updated.emit(run_of(grid, changed=OUTCOME_CATEGORIES[outcome]))
    assert view.session.trajectories[0].outcome is outcome
    shown = picture(view)
    assert shown != plain
    if scale == 40:
        assert colour(shown, view.position_of((2, 2))) == LIGHT.starts[0]
    view.session.settings.set(SHOW_TRAJECTORIES, False)
    assert picture(view) == plain


@pytest.mark.parametrize(
    ("changed", "middle"),
    [
        ({}, None),
        ({(2, 4): 4}, (1.5, 4.5)),
        ({(2, 6): 3}, (2.0, 5.5)),
        ({(2, 3): 0, (1, 3): 0, (0, 3): 0}, (1.5, 3.0)),
        ({(2, 3): NO_ACTION}, None),
    ],
)
def test_the_first_wrong_step_has_a_mark(view, changed, middle):
    grid = GridMap(np.zeros((12, 16), bool), ((2, 12),), ((2, 1),))
    view.document.replace(grid)
    view.camera.zoom_by(40 / view.camera.scale)
    view.session.settings.set(SHOW_GRID, False)
    view.session.planner.updated.emit(run_of(grid, changed=changed))
    shown, scale = picture(view), view.camera.scale
    origin = view.position_of((0, 0))
    for row, col in [(1.5, 4.5), (2.0, 5.5), (1.5, 3.0), (2.0, 2.5)]:
        marked = colour(shown, origin + QPointF(col, row) * scale) == LIGHT.error
        assert marked == ((row, col) == middle)


def test_a_start_that_cannot_reach_the_goal_is_outlined(view):
    walls = np.zeros((12, 16), bool)
    walls[:, 5] = True
    grid = GridMap(walls, ((2, 12),), ((2, 1),))
    view.document.replace(grid)
    plain = picture(view)
    view.session.planner.updated.emit(run_of(grid))
    assert view.session.trajectories[0].outcome is Outcome.UNREACHABLE
    assert picture(view) != plain


def test_dots_walk_between_cells(view):
    grid = GridMap(np.zeros((12, 16), bool), ((2, 12),), ((2, 1),))
    view.document.replace(grid)
    view.session.settings.set(SHOW_GRID, False)
    view.session.planner.updated.emit(run_of(grid))
    still = picture(view)
    beside = QPointF(0, 0.14) * view.camera.scale
    point = (view.position_of((2, 4)) + view.position_of((2, 5))) / 2 + beside
    view.session.playback.walked.emit(3.5)
    assert colour(picture(view), point) == LIGHT.starts[0]
    view.session.playback.walked.emit(99.0)
    assert colour(picture(view), point) == LIGHT.free
    view.session.playback.walked.emit(-1.0)
    assert picture(view) == still


@pytest.mark.parametrize("scale", [2, 5, 9, 13])
@pytest.mark.parametrize(("starts", "numbered"), [(1, True), (20, True), (21, False)])
def test_few_starts_have_numbers_at_any_size_of_cells(session_of, qtbot, scale, starts, numbered):
    cells = tuple((place // 6 * 3, place % 6 * 3) for place in range(starts))
    session = session_of(GridMap(np.zeros((14, 18), bool), ((13, 17),), cells))
    view = MapView(session)
    qtbot.addWidget(view)
    view.resize(500, 400)
    session.camera.zoom_by(scale / session.camera.scale)
    session.camera.show_cell(*cells[-1])
    image = view.grab().toImage()
    middle, colour = view.position_of(cells[0]), start_colour(session.theme.look, 0)
    others = {
        QColor(image.pixel(round(middle.x()) + x, round(middle.y()) + y)).name()
        for x in (-1, 0, 1)
        for y in (-1, 0, 1)
    } - {colour.name()}
    assert bool(others) == numbered
