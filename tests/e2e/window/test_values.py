"""The iterated value function: the view and its layers, playback, the plot, the inspector."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from vingui.core.formats import vingui_map
from vingui.core.grid import GridMap
from vingui.core.outcome_categories import OUTCOME_CATEGORIES
from vingui.core.rollout import Outcome
from vingui.core.value_colours import FIRST, UNREACHED, WALL
from vingui.gui import settings as entries
from vingui.gui.docks.curves import CurveView
from vingui.paths import MAPS

K, CTRL, SHIFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def press(user, key, modifiers=NONE):
    """A shortcut, with the focus on the map."""
    user.key(key, modifiers, widget=user.map_view)


def open_sample(user, name="serpentine"):
    """A map whose values take many iterations to arrive, with all that is known of its plan."""
    user.window.filing.open_path(MAPS / f"{name}.json")
    user.until(lambda: user.document.path is not None and user.document.path.stem == name)
    return learned(user)


def learned(user):
    """The map's run, once each of its ks has its walks and readouts."""
    run = user.wait_for_plan()
    user.until(lambda: all(k in run.reaching and run.readouts.of_cell(k, (0, 0)) for k in run.kept))
    return run


def picture(user):
    """The value view's picture as it is to be painted now."""
    user.value_view.picture.refresh()
    return user.value_view.picture


def seen(user):
    """The pixels of the value view, `(height, width, 3)`."""
    image = user.picture(user.value_view).convertToFormat(user.picture().Format.Format_RGB888)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return pixels[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def scroll(user, view, cell, notches):
    """Turn the wheel over a cell."""
    at = QPointF(user.at(cell, view))
    viewport = view.viewport()
    event = QWheelEvent(
        at,
        QPointF(viewport.mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        NONE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)


def test_the_value_view_is_linked_to_the_map(drive):
    def steps(user):
        open_sample(user)
        camera = user.session.camera
        for view, other in (
            (user.map_view, user.value_view),
            (user.value_view, user.map_view),
        ):
            press(user, K.Key_0)
            scale, before = camera.scale, user.at((8, 14), view)
            scroll(user, view, (8, 14), 3)
            assert camera.scale > scale
            # The cell under the mouse stays there, and the other view has it in the same place.
            assert (user.at((8, 14), view) - before).manhattanLength() <= 2
            assert (user.at((8, 14), other) - user.at((8, 14), view)).manhattanLength() <= (
                abs(other.viewport().width() - view.viewport().width())
                + abs(other.viewport().height() - view.viewport().height())
            )
            user.move((9, 14), view)
            assert user.session.hovered == (9, 14)
            assert user.find("status-cell").text() == "row 9, col 14"
        press(user, K.Key_0)
        user.click((7, 14), view=user.value_view)
        assert user.session.cursor == (7, 14)
        user.key(K.Key_Right, SHIFT, widget=user.value_view)
        assert user.session.cursor == (7, 19)
        press(user, K.Key_Left)
        assert user.session.cursor == (7, 18)
        user.drag(user.grid.goal, (1, 20), (1, 22), view=user.value_view)
        assert user.grid.goal == (1, 22)

    assert drive(steps) == 0


def test_playback_by_keys_and_buttons(drive):
    def steps(user):
        run = open_sample(user)
        playback, last = user.session.playback, run.latest
        assert playback.live
        assert user.session.k == last > 50

        press(user, K.Key_Home)
        assert user.session.k == 1
        assert picture(user).layer.k == 1
        press(user, K.Key_Period)
        press(user, K.Key_Period)
        assert user.session.k == 3
        press(user, K.Key_Comma)
        assert user.session.k == 2
        assert np.array_equal(picture(user).layer.values, run.values_at(2)[1])
        press(user, K.Key_End)
        assert user.session.k == last
        for name, k in (("first", 1), ("step-forward", 2), ("step-back", 1), ("last", last)):
            user.click_on(f"transport-{name}")
            assert user.session.k == k

        spin = user.find("iteration")
        spin.selectAll()
        for key in (K.Key_1, K.Key_7, K.Key_Return):
            user.key(key, widget=spin)
        assert user.session.k == 17
        assert spin.text() == f"k = 17 / {last}"

        press(user, K.Key_Greater)
        faster = playback.speed
        press(user, K.Key_Less)
        assert playback.speed < faster
        user.session.settings.set(entries.SPEED, 200.0)
        ks = []
        user.listen(playback.moved, ks.append)
        press(user, K.Key_P)
        assert playback.playing
        assert user.find("transport-play").accessibleName() == "Pause"
        user.until(lambda: playback.walking)
        assert ks == sorted(ks)
        assert ks[-1] == last
        user.click_on("transport-play")
        assert not playback.playing
        assert user.session.k == last

    assert drive(steps) == 0


def test_playing_walks_the_dots_and_loops_where_asked(drive):
    def steps(user):
        run = open_sample(user, "first-steps")
        playback = user.session.playback
        longest = max(one.steps for one in user.session.trajectories)
        user.session.settings.set(entries.SPEED, 1000.0)
        user.click_on("transport-loop")
        assert playback.loop
        ks, steps_walked = [], []
        user.listen(playback.moved, ks.append)
        user.listen(playback.walked, steps_walked.append)
        still = seen(user)
        press(user, K.Key_P)
        user.until(lambda: len(steps_walked) > 5)
        # The dots are seen on the way.
        assert not np.array_equal(seen(user), still)
        user.until(lambda: -1.0 in steps_walked and ks and ks[-1] < run.latest)
        assert max(steps_walked) == longest
        press(user, K.Key_P)
        user.click_on("transport-loop")
        assert not playback.loop
        press(user, K.Key_End)
        press(user, K.Key_W)
        assert playback.walking

    assert drive(steps) == 0


def test_scrubbing_in_the_transport(drive):
    def steps(user):
        run = open_sample(user)
        scrubber, last = user.find("scrubber"), run.latest
        y = scrubber.height() // 2
        at = [QPoint(round(scrubber.x_of(k)), y) for k in range(1, last + 1)]
        QTest.mousePress(scrubber, LEFT, NONE, at[last // 2])
        user.until(lambda: user.session.k == scrubber.k_at(at[last // 2].x()))
        user.session.settings.set(entries.LAYER, "value")
        for k in (last // 3, last // 4, 3):
            QTest.mouseMove(scrubber, at[k - 1])
            user.until(lambda k=k: user.session.k == scrubber.k_at(at[k - 1].x()))
            assert np.array_equal(picture(user).layer.values, run.values_at(user.session.k)[1])
            assert not user.session.playback.live
        QTest.mouseRelease(scrubber, LEFT, NONE, at[9])
        assert user.session.k == scrubber.k_at(at[9].x())
        # Beyond its ends there is nothing.
        QTest.mouseClick(scrubber, LEFT, NONE, QPoint(0, y))
        assert user.session.k == 1
        QTest.mouseClick(scrubber, LEFT, NONE, QPoint(scrubber.width() - 1, y))
        assert user.session.k == last
        assert user.session.playback.live
        user.key(K.Key_Left, widget=scrubber)
        assert user.session.k == last - 1

    assert drive(steps) == 0


def points(dock, id_):
    """The drawn points of a curve of the convergence plot: iterations and heights."""
    ks, heights = dock._curves[id_].getOriginalDataset()
    return (np.empty(0), np.empty(0)) if ks is None else (ks, heights)


def playhead(dock):
    return dock._playheads[0].value()


def plot_at(user, k, pane=0):
    """The plot's viewport, and where an iteration is in it."""
    plot = user.find("convergence-plot")
    panes = sorted(
        (item for item in plot.scene().items() if isinstance(item, CurveView)),
        key=lambda item: item.sceneBoundingRect().top(),
    )
    box = panes[pane]
    point = box.mapViewToScene(QPointF(k, box.viewRect().center().y()))
    return plot.viewport(), plot.mapFromScene(point)


def test_the_convergence_plot_and_its_cursor_which_is_the_playhead(drive):
    def steps(user):
        run = open_sample(user)
        dock = user.window.docks["convergence"].widget().widget()
        last, session = run.latest, user.session
        user.until(lambda: len(points(dock, "success")[0]) == len(run.reaching))
        ks, change = points(dock, "revision")
        assert ks.tolist() == list(range(1, last + 2))
        drawn = np.isfinite(change) & (run.revisions > 0)
        assert np.allclose(10 ** change[drawn], run.revisions[drawn])
        assert run.revisions[-1] == 0
        ks, success = points(dock, "success")
        assert success[-1] == 100
        assert success[0] < success[-1]
        count = len(user.grid.starts)
        assert user.find("curve-success").number == f"{count} of {count}"
        assert run.converged
        assert user.find("convergence-words").text().endswith("V has converged.")
        ks, start = points(dock, "start")
        first_reached = int(np.argmax(np.isfinite(start)))
        row, col = user.grid.starts[0]
        assert np.isfinite(run.values_at(int(ks[first_reached]))[1][row, col])
        assert session.k == last
        user.until(lambda: playhead(dock) == last)

        press(user, K.Key_Home)
        user.until(lambda: playhead(dock) == 1)
        for pane in (0, 1):
            viewport, point = plot_at(user, last // 2, pane)
            QTest.mousePress(viewport, LEFT, NONE, point)
            user.until(lambda: abs(session.k - last // 2) <= 1)
            for k in (last // 3, last - 5, 4):
                QTest.mouseMove(viewport, plot_at(user, k, pane)[1])
                user.until(lambda k=k: abs(session.k - k) <= 1)
                user.until(lambda: playhead(dock) == session.k)
                assert np.array_equal(picture(user).layer.values, run.values_at(session.k)[1])
            QTest.mouseRelease(viewport, LEFT, NONE, plot_at(user, 6, pane)[1])
            assert abs(session.k - 6) <= 1
        # Under the mouse the chips tell the numbers of there.
        user.click_on("curve-success")
        assert not user.find("curve-success").isChecked()
        told = f"{run.changes[session.k - 1]:.3g}"
        user.until(lambda: user.find("curve-revision").number == told)

    assert drive(steps) == 0


def test_the_convergence_panel_agrees_with_the_models(drive):
    def steps(user):
        run = open_sample(user, "first-steps")
        numbers = {name: user.find(f"curve-{name}") for name in ("revision", "new", "success")}
        assert user.find("model-state").text() == f"K = {run.latest}, converged"
        told = user.find("convergence-words")
        ending = "One more would change nothing: V has converged."
        user.until(lambda: told.text().endswith(ending))
        dock = user.window.docks["convergence"].widget().widget()
        assert (points(dock, "reached")[0][-1], points(dock, "reached")[1][-1]) == (
            run.latest + 1,
            100,
        )
        # A start succeeds one iteration before it has a value.
        start = user.grid.starts[0]
        first = int(np.argmax(np.isfinite(run.series(start))))
        press(user, K.Key_Home)
        for _ in range(first - 1):
            press(user, K.Key_Period)
        user.until(lambda: f"Iteration {first} " in told.text())
        assert "since the policy looks one step beyond V" in told.text()
        press(user, K.Key_End)
        # Too few iterations: nothing was revised, but cells were still reached.
        user.click_on("model-auto")
        spin = user.find("model-iterations")
        spin.selectAll()
        for key in (K.Key_5, K.Key_Return):
            user.key(key, widget=spin)
        user.until(lambda: user.planned() and user.session.run.latest == 5)
        user.until(lambda: user.find("model-state").text() == "Not converged")
        user.until(lambda: numbers["revision"].number == "0")
        assert int(numbers["new"].number) > 0
        user.until(lambda: numbers["success"].number == "1 of 3")
        ending = "One more would reach further cells: V has not converged."
        user.until(lambda: told.text().endswith(ending))
        # No start can reach the goal.
        walls = user.grid.walls.copy()
        walls[4:7, 1:4] = True
        walls[user.grid.goal] = False
        user.document.apply("Wall in the goal", GridMap(walls, (user.grid.goal,), user.grid.starts))
        user.click_on("model-set-k")
        user.until(lambda: user.planned() and user.session.run.converged)
        user.until(lambda: numbers["success"].number == "none can")
        user.until(lambda: not len(points(dock, "success")[0]))

    assert drive(steps) == 0


def test_live_follows_the_iteration_as_it_is_computed(drive):
    def steps(user):
        walls = np.random.default_rng(1).random((512, 512)) < 0.1
        walls[256, 256] = walls[0, 0] = False
        session = user.session
        # The compiled loops would be done before they are looked at.
        session.settings.set(entries.ENGINE, "keras")
        heads = []
        user.listen(session.run_changed, lambda: heads.append((session.k, session.playback.last)))
        user.document.replace(GridMap(walls, ((256, 256),), ((0, 0),)))
        user.until(lambda: session.run and session.run.grid.rows == 512 and session.k)
        heads.clear()
        user.until(lambda: len(heads) >= 4)
        assert all(k == latest for k, latest in heads)
        assert heads[-1] > heads[0]
        # Who scrubs stays where he is, until he joins again.
        press(user, K.Key_Home)
        press(user, K.Key_Period)
        assert session.k == 2
        heads.clear()
        user.until(lambda: len(heads) >= 3 or session.run.finished)
        assert session.k == 2
        assert not user.window.actions_by_id["live"].isChecked()
        user.click_on("transport-live")
        assert session.k == session.playback.last > 2
        assert user.window.actions_by_id["live"].isChecked()
        session.planner.cancel()

    assert drive(steps) == 0


def test_scale_fixed_over_the_run_or_fitted_to_the_frame(drive):
    def steps(user):
        run = open_sample(user)
        k = run.latest // 4
        user.session.playback.seek(k)
        fixed = picture(user)
        assert (fixed.layer.low, fixed.layer.high) == (run.low, run.high)
        colours_before, bar = fixed.entries.copy(), user.find("colour-bar").toolTip()
        values = run.values_at(k)[1]
        lowest = np.unravel_index(np.where(np.isfinite(values), values, 0).argmin(), values.shape)
        assert colours_before[lowest] > FIRST + 100
        user.trigger("scale-frame")
        fitted = picture(user)
        assert fitted.layer.low == run.lows[k - 1]
        assert fitted.entries[lowest] == FIRST
        assert user.find("colour-bar").toolTip() != bar
        # Cells without a value are told apart from low ones, and walls from both.
        unreached = np.isneginf(values) & user.grid.free
        assert unreached.any()
        assert (fitted.entries[unreached] == UNREACHED).all()
        assert (fitted.entries[user.grid.walls] == WALL).all()
        assert (fitted.entries[np.isfinite(values) & user.grid.free] >= FIRST).all()
        colours = fitted.table.astype(int)
        assert np.abs(colours[UNREACHED] - colours[FIRST]).sum() > 60
        assert np.abs(colours[UNREACHED] - colours[WALL]).sum() > 60

    assert drive(steps) == 0


def test_colour_maps_are_chosen_in_their_menu(drive):
    def steps(user):
        open_sample(user, "first-steps")
        menu = user.find("colour-map").menu()
        maps = [one for one in menu.actions() if one.objectName().startswith("colour-map-")]
        assert len(maps) >= 3
        tables = []
        for action in maps:
            action.trigger()
            assert action.isChecked()
            tables.append(picture(user).table.copy())
            # Perceptual: the lightness rises from low to high.
            lightness = tables[-1][FIRST:] @ np.array([0.299, 0.587, 0.114])
            assert lightness[-1] > lightness[0] + 60
        for place, table in enumerate(tables):
            assert not any(np.array_equal(table, other) for other in tables[:place])

    assert drive(steps) == 0


OVERLAYS = (
    ("arrows", K.Key_A),
    ("numbers", K.Key_N),
    ("trajectories", K.Key_T),
    ("contours", K.Key_C),
    ("grid", K.Key_NumberSign),
)


def test_every_overlay_is_seen_and_can_be_switched(drive):
    def steps(user):
        open_sample(user, "first-steps")
        press(user, K.Key_End)
        for name, key in OVERLAYS:
            action = user.window.actions_by_id[name]
            on, before = action.isChecked(), seen(user)
            press(user, key)
            assert action.isChecked() is not on
            assert (seen(user) != before).any(), name
            press(user, key)
            # A caption may be painted with other roundings, nothing else.
            assert (seen(user) != before).mean() < 0.01, name
            user.click_on(f"overlay-{name}")
            assert action.isChecked() is not on
            user.click_on(f"overlay-{name}")

    assert drive(steps) == 0


def test_overlays_that_cells_are_too_small_for_are_named_until_they_are_zoomed(drive):
    def steps(user):
        open_sample(user)
        view = user.value_view
        press(user, K.Key_Minus)
        press(user, K.Key_Minus)
        seen(user)
        told = view.undrawn
        assert "numbers" not in told
        before = seen(user)
        press(user, K.Key_N)
        assert "numbers" in view.undrawn
        assert (seen(user) != before).any()
        while user.session.camera.scale < 28:
            press(user, K.Key_Plus)
        assert "numbers" not in view.undrawn
        numbered = seen(user)
        press(user, K.Key_N)
        assert (seen(user) != numbered).any()

    assert drive(steps) == 0


def test_trajectories_are_those_of_the_iteration_under_the_playhead(drive):
    def steps(user):
        run = open_sample(user)
        ends = {}
        for k in (2, run.latest // 2, run.latest):
            user.session.playback.seek(k)
            user.until(lambda: len(user.session.trajectories) == len(user.grid.starts))
            ends[k] = [one.outcome for one in user.session.trajectories]
            assert len(set(ends[k])) >= 1
        assert Outcome.REACHED not in ends[2]
        assert ends[run.latest] == [Outcome.REACHED] * len(user.grid.starts)
        user.session.playback.seek(2)
        user.session.select_start(0)
        assert "at k = 2 the values have not reached this cell yet" in user.find("outcome").text()
        # The path is drawn, in both views.
        for view in (user.map_view, user.value_view):
            user.session.playback.seek(2)
            short = user.picture(view)
            user.session.playback.seek(run.latest)
            assert user.picture(view) != short

    assert drive(steps) == 0


def test_all_layers(drive):
    def steps(user):
        run = open_sample(user)
        oracle, free = run.oracle, user.grid.free
        shown, box = {}, user.find("layer")
        for place, (name, title) in enumerate(
            (
                ("value", "Value V"),
                ("reward", "reward"),
                ("q", "Q"),
                ("exact", "Exact value"),
                ("difference", "exact"),
                ("outcomes", "Outcomes"),
            )
        ):
            press(user, K.Key_1 + place, CTRL)
            assert user.session.settings.get(entries.LAYER) == name
            assert box.currentIndex() == place
            layer = picture(user).layer
            assert title.lower() in layer.title.lower()
            assert title.lower() in user.value_view.accessibleDescription().lower()
            shown[name] = layer, picture(user).entries.copy()
        reachable = oracle.reachable
        value, exact = shown["value"][0].values, shown["exact"][0].values
        assert np.allclose(exact[reachable], -oracle.cost_to_go[reachable])
        difference = shown["difference"][0].values[reachable]
        assert np.allclose(difference, value[reachable] - exact[reachable])
        # The best q-value of a cell is its next value; at the end nothing changes any more.
        best = shown["q"][0].values
        ordinary = reachable.copy()
        ordinary[user.grid.goal] = False
        assert np.allclose(best[ordinary], value[ordinary], atol=1e-3)
        outcomes = shown["outcomes"][0]
        assert sum(outcomes.counts) == free.sum()
        assert outcomes.counts[0] == reachable.sum()
        assert (shown["outcomes"][1][reachable] == FIRST).all()

        # Of each action: the box beside the layers has them by name.
        press(user, K.Key_3, CTRL)
        latent = user.find("latent")
        assert latent.count() == 9
        readout = run.readouts.of_cell(run.latest, (0, 0))
        for action in range(8):
            latent.setFocus()
            user.key(K.Key_Down, widget=latent)
            layer = picture(user).layer
            assert latent.currentText() in layer.title
            assert np.array_equal(layer.values, readout.q[..., action])

    assert drive(steps) == 0


def test_outcomes_of_every_cell_change_with_the_playhead(drive):
    def steps(user):
        run = open_sample(user)
        press(user, K.Key_6, CTRL)
        ok = []
        for k in (1, run.latest // 2, run.latest):
            user.session.playback.seek(k)
            layer = picture(user).layer
            assert layer.k == k
            stops = [ending.name for ending in OUTCOME_CATEGORIES].index("stops")
            ok.append(layer.counts[0])
            assert (layer.counts[stops] > 0) == (k < run.latest)
        assert ok == sorted(ok)
        assert ok[0] < ok[-1]
        assert "by a shortest path" in user.find("colour-bar").toolTip()

    assert drive(steps) == 0


def test_the_inspector_tells_about_the_cell_under_the_mouse_or_the_cursor(drive):
    def steps(user):
        run = open_sample(user)
        readout, oracle = run.readouts.of_cell(run.latest, (0, 0)), run.oracle
        cell = user.grid.starts[1]
        for view in (user.map_view, user.value_view):
            user.move(cell, view)
            user.until(lambda: user.find("inspector-title").text().startswith(f"Row {cell[0]}"))
            assert "start 2" in user.find("inspector-title").text()
        said = user.find("inspector-value").text().replace("−", "-")
        assert float(said) == pytest.approx(run.values_at(run.latest)[1][cell], rel=0.01)
        exact = user.find("inspector-exact").text()
        assert float(exact) == pytest.approx(oracle.cost_to_go[cell], rel=0.01)
        bars = user.find("compass").directions
        assert len(bars) == 8
        assert [bar.probability for bar in bars] == pytest.approx(readout.policy[cell].tolist())
        assert [bar.q for bar in bars] == pytest.approx(readout.q[cell].tolist())
        assert [bar.optimal for bar in bars] == oracle.optimal[cell].tolist()
        optimal = user.find("inspector-optimal").text()
        assert all((bar.name in optimal.split()) == bar.optimal for bar in bars)

        # At an early iteration nothing has arrived there.
        press(user, K.Key_Home)
        user.until(lambda: user.find("inspector-value").text() == "not reached yet")
        press(user, K.Key_End)

        # The keyboard's cursor, once the mouse has left.
        QTest.mouseMove(user.window.statusBar())
        user.value_view.viewportEvent(leave())
        user.map_view.viewportEvent(leave())
        press(user, K.Key_Right)
        assert user.session.inspected == user.session.cursor
        where = user.session.cursor
        press(user, K.Key_Up)
        assert user.session.cursor == (where[0] - 1, where[1])
        title = f"Row {where[0] - 1}, col {where[1]}"
        user.until(lambda: user.find("inspector-title").text().startswith(title))

    assert drive(steps) == 0


def test_a_pinned_cell_is_watched_while_it_plays_and_compared(drive):
    def steps(user):
        run = open_sample(user)
        session, view = user.session, user.value_view
        first, second = user.grid.starts[1], (7, 14)
        before = {one: user.picture(one) for one in (user.map_view, view)}
        user.click(second, view=view)
        user.click(first, view=view)
        assert session.pinned == first
        title = f"Row {first[0]}, col {first[1]} · start 2"
        user.until(lambda: user.find("inspector-title").text() == title)
        # The mouse leaves for the transport, and the values are watched while it plays.
        view.viewportEvent(leave())
        assert all(user.picture(one) != picture for one, picture in before.items())
        press(user, K.Key_Home)
        user.until(lambda: user.find("inspector-value").text() == "not reached yet")
        user.click_on("transport-play")
        user.until(lambda: session.k == run.latest)
        user.until(lambda: user.find("inspector-value").text().startswith("−"))
        assert user.find("inspector-title").text() == title
        # Another cell is compared with it, under the mouse or the keyboard's cursor.
        user.move(second, view)
        user.until(lambda: user.find("inspector-beside").text().startswith("Row 7, col 14: V "))
        values = run.values_at(run.latest)[1]
        apart = f"{values[second] - values[first]:+.2f}".replace("-", "−")
        assert f"({apart})" in user.find("inspector-beside").text()
        user.move(user.grid.goal)
        user.until(lambda: "V 0.00" in user.find("inspector-beside").text())
        # It stays through another plan, and goes with its cell.
        user.drag(user.grid.goal, (1, 20), (1, 22), view=view)
        user.wait_for_plan()
        assert session.pinned == first
        user.key(K.Key_Escape, widget=view)
        user.key(K.Key_Escape, widget=view)
        assert session.pinned is None
        user.key(K.Key_Right, widget=user.map_view)
        user.key(K.Key_Return, widget=user.map_view)
        assert session.pinned == session.cursor is not None
        user.document.replace(GridMap(np.zeros((2, 2), bool), ((0, 0),)))
        assert session.pinned is None

    assert drive(steps) == 0


def test_a_pinned_cell_shows_how_its_value_is_computed_step_by_step(drive):
    def steps(user):
        user.document.replace(vingui_map.read(MAPS / "swamp.json").maps[0])
        session, view = user.session, user.value_view
        for model in ("dynamic-8", "vin-28x28"):
            session.choose_model(model)
            user.until(lambda model=model: user.planned() and session.run.model == model)
            run = session.run
            cell = user.grid.starts[0]
            press(user, K.Key_End)
            user.click((cell[0], cell[1] + 1), view=view)
            for key in (K.Key_Left, K.Key_Up, K.Key_Down):
                user.key(key, widget=view)
            assert session.pinned == cell
            for k in (run.latest, run.latest - 1, run.latest - 2):
                user.until(lambda k=k: user.find("inspector-result").text().startswith(f"V_{k} ="))
                assert session.k == k
                shown = float(
                    user.find("inspector-result").text().split()[2].replace("−", "-")[:-1]
                )
                assert shown == pytest.approx(run.value(cell, k), abs=0.051)
                rows = user.find("inspector-backup").accessibleDescription().replace("−", "-")
                sums = [[float(x) for x in row.split()[-3:]] for row in rows.split("; ")]
                assert max(q for *_, q in sums) == pytest.approx(shown)
                assert all(abs(r + v - q) < 0.11 for r, v, q in sums)
                press(user, K.Key_Comma)
            user.click_on("inspector-copy")
            assert f"V_{run.latest - 2} = " in QApplication.clipboard().text()
            user.click_on("inspector-pin")
            assert session.pinned is None
            user.key(K.Key_Escape, widget=view)

    assert drive(steps) == 0


def leave():
    from PySide6.QtCore import QEvent

    return QEvent(QEvent.Type.Leave)


def test_scrubbing_faster_than_readouts_come_ends_with_the_right_arrows(drive):
    def steps(user):
        # So large that not every readout is sent of itself.
        walls = np.random.default_rng(3).random((150, 150)) < 0.25
        walls[75, 75] = walls[0, 0] = False
        user.document.replace(GridMap(walls, ((75, 75),), ((0, 0),)))
        run = user.wait_for_plan()
        user.move((70, 70))
        for k in (90, 20, 55, 31):
            user.session.playback.seek(k)
        kept_k = run.values_at(31)[0]
        user.until(lambda: run.readouts.of_cell(31, (0, 0)) is not None)
        assert run.readouts.of_cell(31, (0, 0)).k == kept_k
        user.until(lambda: user.find("compass").directions[0].probability is not None)

    assert drive(steps) == 0


def test_the_picture_of_a_growing_run_is_not_of_another_size(drive):
    def steps(user):
        open_sample(user)
        user.document.replace(GridMap(np.zeros((5, 9), bool), ((2, 2),), ((0, 0),)))
        assert picture(user).entries.shape == (5, 9)
        assert isinstance(user.find("value-view"), QWidget)
        user.wait_for_plan()
        assert picture(user).layer.values.shape == (5, 9)

    assert drive(steps) == 0
