"""The table of starts, and what is said of their trajectories."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester

from vingui.core.grid import GridMap
from vingui.core.map_edits import paint
from vingui.core.moves import EIGHT
from vingui.core.oracle import solve
from vingui.core.planner_protocol import ActionsRequest, GreedyActions, PolicyReadout
from vingui.core.readouts import Readouts
from vingui.core.rollout import NO_ACTION, Outcome, rollout
from vingui.gui.docks.starts import StartsTable
from vingui.gui.docks.starts_model import (
    CELL,
    COST,
    EXCESS,
    LENGTH,
    OPTIMAL,
    OUTCOME,
    STEPS,
    StartsModel,
)
from vingui.gui.look.theme import DARK, Theme
from vingui.gui.planner.client import Phase
from vingui.gui.status_texts import duration, sentence, state, summary

WALLS = np.zeros((6, 8), bool)
WALLS[5, 1] = WALLS[4, 0] = WALLS[4, 1] = True
GOAL, FAR, NEAR, SHUT_IN = (0, 3), (5, 7), (1, 3), (5, 0)
WEST, EAST = 3, 2


class FollowedRun:
    """A run whose policy is the exact one, but for the actions that a test sets."""

    def __init__(self, grid, *, converged=True, finished=True, latest=9):
        self.grid, self.rule, self.model = grid, EIGHT, "m"
        self.converged, self.finished, self.latest, self.seconds = converged, finished, latest, 0.02
        self.has_learned_costs = self.is_search = False
        self.oracle = solve(grid, EIGHT)
        optimal = self.oracle.optimal
        self.policy = np.where(optimal.any(-1), optimal.argmax(-1), NO_ACTION)
        self.readouts = Readouts(1, self.policy.shape, 8, lambda k: k)
        self.readouts.reader = self._read
        self.readouts.reward_channels = 8

    def _read(self, request):
        if isinstance(request, ActionsRequest):
            return GreedyActions(1, request.k, self.policy, np.empty(0, np.uint8))
        q = np.broadcast_to(np.arange(-8, 0, dtype=np.float32), (*self.policy.shape, 8))
        policy = np.eye(8, dtype=np.float32)[self.policy]
        return PolicyReadout(1, request.k, 0, 0, np.zeros_like(q), q, policy)

    def nearest(self, k):
        return k

    def values_at(self, k):
        return k, np.zeros(self.grid.walls.shape, np.float32)

    def trajectories(self, starts, k):
        return rollout(self.grid.with_starts(starts), self.policy, EIGHT, self.oracle)


@pytest.fixture
def session(session_of):
    made = session_of(GridMap(WALLS, (GOAL,), (FAR, NEAR, SHUT_IN)))
    made.plan()
    return made


@pytest.fixture
def table(session, qtbot):
    widget = StartsTable(session)
    widget.tester = QAbstractItemModelTester(
        widget.model, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    qtbot.addWidget(widget)
    widget.resize(640, 200)
    widget.show()
    return widget


def show(session, run):
    session.planner.updated.emit(run)
    return run


def cells(table, column):
    model = table.model
    return [model.index(row, column).data() for row in range(model.rowCount())]


def set_starts(session, *starts):
    session.document.apply("Starts", session.document.grid.with_starts(starts))


def click(qtbot, table, row):
    where = table.view.visualRect(table.model.index(row, CELL)).center()
    qtbot.mouseClick(table.view.viewport(), Qt.MouseButton.LeftButton, pos=where)


def test_a_row_a_start(table, session, qtbot):
    assert cells(table, OUTCOME) == ["…"] * 3
    show(session, FollowedRun(session.document.grid))
    qtbot.waitUntil(lambda: cells(table, OUTCOME) == ["reached", "reached", "no path"])
    assert cells(table, CELL) == ["5, 7", "1, 3", "5, 0"]
    assert cells(table, STEPS) == ["5", "1", "–"]
    assert cells(table, LENGTH) == ["6.7", "1.0", "–"]
    assert cells(table, OPTIMAL) == ["6.7", "1.0", "–"]
    assert cells(table, EXCESS) == ["0", "0", "–"]


def test_a_detour_shows_its_excess(table, session, qtbot):
    run = FollowedRun(session.document.grid)
    run.policy[NEAR] = WEST
    show(session, run)
    qtbot.waitUntil(lambda: cells(table, EXCESS) == ["0", "1.41", "–"])


def test_costs_stand_beside_lengths_on_maps_with_terrain(table, session, qtbot):
    grid = paint(session.document.grid, [(5, 6), (4, 6)], material=3, brush=2)
    assert table.view.isColumnHidden(COST)
    session.document.apply("Draw mud", grid)
    run = FollowedRun(grid)
    show(session, run)
    qtbot.waitUntil(lambda: not table.view.isColumnHidden(COST))
    trajectory = session.trajectories[0]
    assert trajectory.cost > trajectory.length
    assert cells(table, LENGTH)[0] == f"{trajectory.length:.1f}"
    assert cells(table, COST)[0] == f"{trajectory.cost:.1f}"


def test_a_click_selects_and_the_selection_follows(table, session, qtbot):
    show(session, FollowedRun(session.document.grid))
    qtbot.waitUntil(lambda: cells(table, STEPS)[0] == "5")
    click(qtbot, table, 2)
    assert session.selected_start == 2
    unreachable = "Start 3 is unreachable: no path leads from row 5, col 0 to the goal"
    assert summary(session) == unreachable
    session.select_start(0)
    assert [index.row() for index in table.view.selectionModel().selectedRows()] == [0]
    assert summary(session) == "Start 1 reached the goal in 5 steps, 6.7 long (optimal)"
    below = QPoint(20, table.view.viewport().height() - 4)
    qtbot.mouseClick(table.view.viewport(), Qt.MouseButton.LeftButton, pos=below)
    assert session.selected_start is None
    assert not table.view.selectionModel().hasSelection()


def test_the_arrow_keys_select(table, session, qtbot):
    session.select_start(0)
    qtbot.keyClick(table.view, Qt.Key.Key_Down)
    assert session.selected_start == 1


def test_delete_removes_the_selected_start(table, session, qtbot):
    click(qtbot, table, 1)
    qtbot.keyClick(table.view, Qt.Key.Key_Delete)
    assert session.document.grid.starts == (FAR, SHUT_IN)
    qtbot.waitUntil(lambda: cells(table, CELL) == ["5, 7", "5, 0"])
    assert session.selected_start == 1
    session.document.undo_stack.undo()
    qtbot.waitUntil(lambda: len(cells(table, CELL)) == 3)


def test_delete_without_a_selection_removes_nothing(table, session, qtbot):
    qtbot.keyClick(table.view, Qt.Key.Key_Delete)
    assert len(session.document.grid.starts) == 3


def test_changes_keep_the_selection_and_the_place(table, session, qtbot):
    many = tuple((row, col) for row in range(1, 4) for col in range(8))
    set_starts(session, *many)
    qtbot.waitUntil(lambda: table.model.rowCount() == len(many))
    session.select_start(20)
    qtbot.waitUntil(lambda: table.view.verticalScrollBar().value() > 0)
    place, resets = table.view.verticalScrollBar().value(), []
    table.model.modelReset.connect(lambda: resets.append(1))
    show(session, FollowedRun(session.document.grid))
    qtbot.waitUntil(lambda: cells(table, OUTCOME)[0] == "reached")
    set_starts(session, *many[:22], (5, 6))
    qtbot.waitUntil(lambda: table.model.rowCount() == 23)
    assert session.selected_start == 20
    assert [index.row() for index in table.view.selectionModel().selectedRows()] == [20]
    assert table.view.verticalScrollBar().value() == place
    assert not resets


places = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 7)), max_size=6, unique=True)


@given(st.lists(places, min_size=1, max_size=6))
def test_rows_follow_any_change_of_the_starts(qapp, changes):
    grid = GridMap(WALLS, (GOAL,))
    document = SimpleNamespace(grid=grid)
    session = SimpleNamespace(document=document, trajectories=(), run=None, theme=Theme())
    model = StartsModel(session)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for starts in changes:
        document.grid = grid.with_starts(tuple(starts))
        model.refresh()
        said = [model.index(row, CELL).data() for row in range(model.rowCount())]
        assert said == [f"{row}, {col}" for row, col in starts]
    assert tester.model() is model


def test_without_starts_it_says_how_to_place_one(table, session, qtbot):
    set_starts(session)
    empty = table.findChild(QObject, "starts-empty")
    qtbot.waitUntil(empty.isVisible)
    assert "Press S" in empty.text()
    set_starts(session, NEAR)
    qtbot.waitUntil(table.view.isVisible)


def test_the_only_start_needs_no_click(table, session, qtbot):
    set_starts(session, NEAR)
    show(session, FollowedRun(session.document.grid))
    qtbot.waitUntil(lambda: summary(session).startswith("Reached the goal in 1 step,"))


def test_a_narrow_table_leaves_out_what_follows_from_the_rest(table):
    table.resize(240, 200)
    table.grab()
    assert table.view.isColumnHidden(OPTIMAL)
    assert not table.view.isColumnHidden(OUTCOME)
    table.resize(900, 200)
    table.grab()
    hidden = [column for column in range(8) if table.view.isColumnHidden(column)]
    assert hidden == [COST]


def test_swatches_take_the_colours_of_the_look(table, session):
    def swatch():
        icon = table.model.index(1, 0).data(Qt.ItemDataRole.DecorationRole)
        return icon.pixmap(12, 12).toImage().pixelColor(6, 6).name()

    session.theme.choose("light")
    light = swatch()
    session.theme.choose("dark")
    assert light != swatch() == DARK.starts[1]


def test_the_sentence_of_a_start_that_no_value_has_reached():
    def said(k, **kinds):
        run = FollowedRun(GridMap(WALLS, (GOAL,)), **kinds)
        run.policy[:] = NO_ACTION
        (trajectory,) = run.trajectories((FAR,), k)
        return sentence(trajectory, run, k)

    before = "Stopped at row 5, col 7: at k = 4 the values have not reached this cell yet"
    assert said(4) == before
    assert said(4, finished=False, latest=4) == before
    raise_k = (
        "Stopped at row 5, col 7: after K = 9 iterations the values have not reached this cell "
        "yet; raise K"
    )
    assert said(9, converged=False) == raise_k
    assert said(9).endswith("the model's values never reach this cell")


def test_the_sentences_about_loops_and_walls():
    run = FollowedRun(GridMap(WALLS, (GOAL,)))
    run.policy[2, 6], run.policy[2, 5] = WEST, EAST
    run.policy[3, 0] = WEST
    loop, wall = run.trajectories(((2, 6), (3, 0)), 9)
    assert (loop.outcome, wall.outcome) == (Outcome.LOOP, Outcome.WALL)
    assert sentence(loop, run, 9) == "Loops: comes back to row 2, col 6 after 2 steps"
    assert sentence(wall, run, 9) == "Runs into a wall at row 3, col 0 after 0 steps"


def test_the_summary_of_all_starts(session):
    assert summary(session) == ""
    session.planner.busy = True
    assert summary(session) == "Planning ..."
    run = show(session, FollowedRun(session.document.grid))
    session.playback.seek(9)
    assert summary(session) == (
        "2 of 3 starts reach the goal; start 3 is unreachable: "
        "no path leads from row 5, col 0 to the goal"
    )
    session.select_start(0)
    assert summary(session) == "Start 1 reached the goal in 5 steps, 6.7 long (optimal)"
    session.select_start(None)
    run.policy[3, 3] = run.policy[3, 2] = NO_ACTION
    set_starts(session, (3, 3), (3, 2), SHUT_IN, NEAR)
    assert summary(session) == "1 of 4 starts reaches the goal; 2 stop on the way, 1 is unreachable"
    set_starts(session, NEAR, FAR)
    assert summary(session) == "All 2 starts reach the goal by a shortest path"
    run.policy[1, 3] = WEST
    set_starts(session, FAR, (1, 3), (1, 7))
    assert summary(session) == "All 3 starts reach the goal, 2 of them by a shortest path"
    set_starts(session, NEAR)
    assert summary(session) == (
        "Reached the goal in 2 steps, 2.4 long, 1.4 longer than optimal 1.0. First wrong step at "
        "row 1, col 3: W instead of N (q −5.00 against −8.00). Why is unknown; V has converged, so "
        "more iterations change nothing."
    )
    assert (
        StartsModel(session)
        .index(0, 0)
        .data(Qt.ItemDataRole.ToolTipRole)
        .endswith(summary(session)[1:])
    )


def test_the_summary_says_what_is_missing(session):
    session.planner.phase = Phase.STARTING
    assert summary(session) == "The network is starting; you can already draw"
    session.document.apply("No goal", session.document.grid.with_goal(None))
    assert summary(session) == "Place a goal (G) to plan"
    session.planner.phase = Phase.READY
    session.document.undo_stack.undo()
    set_starts(session)
    assert summary(session) == "Place a start (S) to see a trajectory"
    session.planner.refused.emit("Expected a model")
    assert summary(session) == "Expected a model"
    session.planner.phase, session.planner.failure = Phase.FAILED, "The planner cannot start"
    assert summary(session) == "The planner cannot start"


def test_how_far_a_run_has_come():
    grid = GridMap(WALLS, (GOAL,))
    assert state(FollowedRun(grid)) == "K = 9, converged"
    assert state(FollowedRun(grid, converged=False)) == "K = 9, not converged"
    assert state(FollowedRun(grid, finished=False, latest=1200)) == "k = 1,200, planning ..."
    assert [duration(seconds) for seconds in (0.004, 0.0123, 3.21, 200)] == [
        "4.0 ms",
        "12 ms",
        "3.2 s",
        "200 seconds",
    ]
