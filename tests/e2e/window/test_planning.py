"""Live planning: every change plans anew by itself, the latest wins, nothing is ever locked."""

import os
import signal

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from vingui.core.grid import GridMap
from vingui.core.moves import rule_named
from vingui.core.oracle import solve
from vingui.gui import settings as entries


def field(side, *, density=0.2, seed=1):
    """Obstacles on a map, a goal in the middle and a start in the corner."""
    walls = np.random.default_rng(seed).random((side, side)) < density
    goal, start = (side // 2, side // 2), (0, 0)
    walls[goal] = walls[start] = False
    return GridMap(walls, (goal,), (start,))


def count_plans(user, monkeypatch):
    """The goals of the plans that are asked for from now on."""
    requests, planner, plan = [], user.session.planner, user.session.planner.plan

    def counted(grid, **how):
        requests.append(grid.goal)
        plan(grid, **how)

    monkeypatch.setattr(planner, "plan", counted)
    return requests


def assert_exact(user, run):
    """The run's values are those of its map: minus the cost-to-go, as dynamic-8 learned it."""
    exact = solve(user.grid, rule_named("8"))
    values = run.values_at(run.latest)[1]
    known = exact.reachable
    assert run.grid.goal == user.grid.goal
    assert np.array_equal(np.isfinite(values) & user.grid.free, known)
    assert np.abs(values[known] + exact.cost_to_go[known]).max() < 0.1


def test_every_edit_goal_move_model_and_k_plans_anew_by_itself(drive, monkeypatch):
    def steps(user):
        user.document.replace(field(28))
        first = user.wait_for_plan()
        requests = count_plans(user, monkeypatch)
        cell = tuple(np.argwhere(user.grid.free)[60].tolist())

        user.click(cell)
        walled = user.wait_for_plan()
        assert walled is not first
        assert walled.grid.walls[cell]
        assert_exact(user, walled)

        user.trigger("undo")
        assert_exact(user, user.wait_for_plan())

        user.move((3, 3))
        user.key(Qt.Key.Key_G)
        assert user.wait_for_plan().grid.goal == (3, 3)

        box = user.find("model-box")
        box.setFocus()
        before = user.session.model
        user.key(Qt.Key.Key_Down, widget=box)
        assert user.session.model != before
        user.until(lambda: user.planned() and user.session.run.model == user.session.model)
        user.key(Qt.Key.Key_Up, widget=box)
        user.until(lambda: user.planned() and user.session.run.model == before)

        user.click_on("model-auto")
        spin = user.find("model-iterations")
        spin.selectAll()
        for key in (Qt.Key.Key_7, Qt.Key.Key_Return):
            user.key(key, widget=spin)
        user.until(lambda: user.planned() and user.session.run.latest == 7)
        assert len(requests) >= 6
        assert user.messages == ()

    assert drive(steps) == 0


def on_new_runs(user, take):
    """Call a function with each run that is shown from now on, once."""
    known = [user.session.planner.run]

    def on_updated(run):
        if run not in known:
            known.append(run)
            take(run)

    user.listen(user.session.planner.updated, on_updated)


def test_dragging_the_goal_shows_plans_on_the_way_and_the_latest_wins(drive):
    def steps(user):
        walls = np.zeros((28, 28), bool)
        walls[10, 4:20] = True
        user.document.replace(GridMap(walls, ((14, 14),), ((0, 0),)))
        user.wait_for_plan()
        begun = []
        on_new_runs(user, lambda run: begun.append(run.grid.goal))
        way = [(14, col) for col in range(14, 27)] + [(row, 26) for row in range(15, 27)]
        user.press(way[0])
        for cell in way[1:]:
            user.move(cell)
            # The picture keeps up: it waits for no release.
            user.until(lambda cell=cell: begun and begun[-1] == cell)
        assert begun == way[1:]
        user.release(way[-1])
        dragged = user.wait_for_plan()
        assert user.grid.goal == (26, 26)
        assert_exact(user, dragged)
        layer = user.value_view.picture
        layer.refresh()
        shown, entries = dragged.values_at(dragged.latest)[1].copy(), layer.entries.copy()

        user.key(Qt.Key.Key_F5, widget=user.map_view)
        user.until(lambda: user.session.run is not dragged and user.planned())
        fresh = user.session.run
        assert np.array_equal(shown, fresh.values_at(fresh.latest)[1])
        layer.refresh()
        assert np.array_equal(entries, layer.entries)
        assert user.document.undo_stack.count() == 1

    assert drive(steps) == 0


def test_a_storm_of_goals_ends_with_the_last_one(drive):
    def steps(user):
        user.document.replace(GridMap(np.zeros((28, 28), bool), ((14, 14),), ((0, 0),)))
        user.wait_for_plan()
        way = [(14, 14)] + [(row, col) for row in range(2, 26, 3) for col in range(2, 26, 2)]
        begun = []
        on_new_runs(user, lambda run: begun.append(run.number))
        # No waiting between the moves: most of these plans are superseded.
        user.drag(*way)
        assert_exact(user, user.wait_for_plan())
        assert begun == sorted(begun)
        last = user.session.run
        user.until(lambda: not user.session.planner.busy)
        assert user.session.run is last

    assert drive(steps) == 0


def test_on_a_larger_map_the_picture_moves_during_the_drag_and_refines_at_rest(drive):
    def steps(user):
        user.document.replace(field(128))
        user.wait_for_plan()
        begun = []
        on_new_runs(user, lambda run: begun.append(run.grid.goal))
        cells = [(64, 64), *((64, col) for col in range(66, 110, 2))]
        user.press(cells[0])
        for cell in cells[1:]:
            count = len(begun)
            user.move(cell)
            if cell[1] % 8 == 0:
                # Something of a plan is seen while the mouse moves, whichever plan it is of.
                user.until(lambda count=count: len(begun) > count)
        assert len(begun) >= 5
        # The button is still held; only the mouse rests.
        run = user.wait_for_plan()
        assert run.converged
        user.release(cells[-1])
        assert_exact(user, user.wait_for_plan())

    assert drive(steps) == 0


def test_values_of_a_large_map_stream_in_and_nothing_is_locked_meanwhile(drive):
    def steps(user):
        # The compiled loops would be done before they are looked at.
        user.session.settings.set(entries.ENGINE, "keras")
        user.document.replace(field(512, density=0.1))
        latest, pictures, free = [], [], []
        session = user.session

        def grew():
            run = session.run
            if run is not None and run.grid.rows == 512 and not run.finished:
                latest.append(session.playback.last)
                user.value_view.picture.refresh()
                pictures.append(int((user.value_view.picture.entries > 1).sum()))

        user.listen(session.run_changed, grew)
        user.until(lambda: len(latest) >= 6)
        assert latest == sorted(latest)
        assert latest[-1] > latest[0]
        # More and more cells have a colour, and the live playhead is at the newest values.
        assert pictures == sorted(pictures)
        assert pictures[-1] > pictures[0]
        assert session.k == latest[-1]

        assert session.planner.busy
        assert all(action.isEnabled() for action in (user.window.actions_by_id["clear"],))
        assert QApplication.activeModalWidget() is None
        cell = tuple(np.argwhere(user.grid.free)[5000].tolist())
        on_new_runs(user, lambda run: free.append(bool(run.grid.walls[cell])))
        # At this size a cell is hardly a pixel: the map takes it from the keyboard.
        session.set_cursor(cell)
        user.key(Qt.Key.Key_Space, widget=user.map_view)
        assert user.grid.walls[cell]
        user.until(lambda: free and free[-1])
        assert user.messages == ()

    assert drive(steps) == 0


def test_moving_a_start_asks_the_worker_nothing(drive, monkeypatch):
    def steps(user):
        user.document.replace(field(28))
        run = user.wait_for_plan()
        user.until(lambda: user.session.trajectories)
        requests = count_plans(user, monkeypatch)
        worker = user.session.planner.process_id
        # It could not answer even if it was asked.
        os.kill(worker, signal.SIGSTOP)
        try:
            free = [tuple(cell) for cell in np.argwhere(user.grid.free).tolist()]
            for over, cell in zip(free[40::150], free[60::150], strict=False):
                user.drag(user.grid.starts[0], over, cell)
                (trajectory,) = user.session.trajectories
                assert trajectory.start == user.grid.starts[0] == cell
                assert trajectory.optimal
                assert user.session.run is run
            # One more start, and one less.
            user.move(free[100])
            user.key(Qt.Key.Key_S)
            assert len(user.session.trajectories) == len(user.grid.starts) == 2
            user.key(Qt.Key.Key_S)
            assert len(user.session.trajectories) == 1
        finally:
            os.kill(worker, signal.SIGCONT)
        assert requests == []

    assert drive(steps) == 0


def test_without_a_goal_nothing_is_planned_and_the_window_says_what_to_do(drive):
    def steps(user):
        user.document.replace(GridMap(np.zeros((12, 12), bool), (), ((1, 1),)))
        assert not user.session.planner.busy
        user.value_view.picture.refresh()
        assert "Place a goal" in user.value_view.picture.message
        assert user.find("outcome").text() == "Place a goal (G) to plan"
        assert not user.window.actions_by_id["plan-again"].isEnabled()
        user.move((6, 6))
        user.key(Qt.Key.Key_G)
        user.wait_for_plan()
        user.value_view.picture.refresh()
        assert user.value_view.picture.message == ""

    assert drive(steps) == 0
