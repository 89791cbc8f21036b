"""The comparison: a second value view on the same map, with a planner of its own."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QToolButton
from shiboken6 import isValid

from vingui.core.methods import METHODS, leave_out_planner
from vingui.gui import settings as entries
from vingui.gui.canvas.items.trajectories import Trajectories
from vingui.gui.comparing.figures import figures_of
from vingui.gui.docks.model_box import MODEL_ROLE, OPEN_FILE
from vingui.gui.planner.client import Phase


def show(opened, run, other=None):
    """Show a run in the first view, and another one, or the same, in the second."""
    session = opened.session
    session.main.planner.updated.emit(run)
    session.planner.updated.emit(other or run)
    opened.panel.view.picture.refresh()


def text_of(opened, name):
    return opened.panel.findChild(QLabel, name).text()


# Opening and closing.


def test_it_is_opened_beside_the_views_and_plans_the_same_map(window, session, planners):
    session.settings.set(entries.COMPARE_WITH, "vin-16x16")
    window.comparison.restore()
    assert window.count() == 2
    session.settings.set(entries.COMPARE, True)
    assert window.widget(2) is window.comparison.panel
    assert window.comparison.panel.isVisible()
    (planner,) = planners
    assert planner.calls == ["start"]
    assert planner.plans == [(session.document.grid, "vin-16x16", None)]


def test_what_was_open_at_the_last_end_is_opened_again_when_the_window_is_there(
    window, session, planners
):
    session.settings.set(entries.COMPARE, True)
    assert not planners
    window.comparison.restore()
    assert len(planners) == 1


def test_its_planner_waits_until_the_first_one_has_started(window, session, planners):
    session.planner.phase = Phase.STARTING
    window.comparison.restore()
    session.settings.set(entries.COMPARE, True)
    assert planners[0].calls == []
    session.planner.phase = Phase.READY
    session.planner.phase_changed.emit()
    assert planners[0].calls == ["start"]


def test_nothing_of_it_is_left_when_it_is_closed(window, session, opened, planners, qtbot):
    panel, compared = opened.panel, opened.session
    shown = set(window.map_panel.view.scene().items())
    sizes = len(session.camera._view_sizes)
    panel.findChild(QToolButton, "compared-close").click()
    assert session.settings.get(entries.COMPARE) is False
    assert (opened.session, opened.panel) == (None, None)
    assert planners[0].calls[-1] == "end"
    qtbot.waitUntil(lambda: not isValid(panel) and not isValid(compared))
    assert window.count() == 2
    assert len(session.camera._view_sizes) == sizes - 1
    gone = shown - set(window.map_panel.view.scene().items())
    assert len(gone) == 2
    plans = len(planners[0].plans)
    session.document.apply("Draw", replace(session.document.grid, goals=((0, 0),)))
    assert len(planners[0].plans) == plans
    session.settings.set(entries.COMPARE, True)
    assert len(planners) == 2


def test_the_map_view_makes_room_in_a_narrow_window(window, opened, qtbot):
    assert window.map_panel.isVisible()
    window.resize(700, 400)
    qtbot.waitUntil(window.map_panel.isHidden)
    # The map is fitted into the views that are left.
    assert len(opened.session.camera._view_sizes) == 2
    window.resize(1300, 400)
    qtbot.waitUntil(window.map_panel.isVisible)
    window.resize(700, 400)
    opened.session.settings.set(entries.COMPARE, False)
    assert window.map_panel.isVisible()


def test_the_widths_of_both_views_are_kept_while_it_is_open(window, session, opened):
    kept = session.settings.get(entries.SPLITTER)
    window.setSizes([100, 900, 200])
    opened.save_split()
    assert session.settings.get(entries.SPLITTER) == kept
    session.settings.set(entries.COMPARE, False)
    window.setSizes([300, 900])
    opened.save_split()
    assert session.settings.get(entries.SPLITTER) != kept


# What is compared with.


def test_it_plans_with_a_model_of_its_own(session, opened, planners):
    before, box = session.model, opened.panel.box
    box.setCurrentIndex(box.findData("dynamic-4", MODEL_ROLE))
    box.activated.emit(box.currentIndex())
    assert planners[0].plans[-1][1] == "dynamic-4"
    assert session.settings.get(entries.COMPARE_WITH) == "dynamic-4"
    assert session.model == before
    assert session.planner.plans == []


def test_a_model_file_is_chosen_in_a_dialog(session, opened, planners, tmp_path):
    box = opened.panel.box
    box.activated.emit(box.findData(OPEN_FILE, MODEL_ROLE))
    dialog = opened.panel.findChild(QFileDialog, "open-model")
    dialog.fileSelected.emit(str(tmp_path / "own.keras"))
    dialog.close()
    assert planners[0].plans[-1][1] == str(tmp_path / "own.keras")
    assert box.currentText() == "own"
    assert session.settings.get(entries.RECENT_MODELS)[0] == str(tmp_path / "own.keras")


def test_every_edit_is_planned_by_both(session, opened, planners):
    moved = replace(session.document.grid, goals=((0, 0),))
    session.document.apply("Move the goal", moved)
    assert session.planner.plans[-1][0].goals == ((0, 0),)
    assert planners[0].plans[-1][0].goals == ((0, 0),)
    assert session.document.undo_stack.count() == 1


def test_why_it_cannot_plan_is_said_in_its_view(session, opened, grid, make_run):
    messages = []
    session.message.connect(lambda *told: messages.append(told))
    show(opened, make_run(grid, 3))
    assert opened.panel.view.hint() == ""
    opened.session.planner.refused.emit("The map is too large for vin-28x28")
    opened.panel.view.picture.refresh()
    assert opened.panel.view.hint() == "The map is too large for vin-28x28"
    assert opened.session.run is None
    assert session.run is not None
    assert messages == []


def test_a_planner_that_has_failed_says_so_and_is_started_again_by_another_choice(
    opened, planners, grid, make_run
):
    show(opened, make_run(grid, 3))
    planners[0].phase, planners[0].failure = Phase.FAILED, "The planner stopped 3 times."
    planners[0].phase_changed.emit()
    opened.panel.view.picture.refresh()
    assert opened.panel.view.hint() == "The planner stopped 3 times."
    opened.session.choose_model("dynamic-4")
    assert planners[0].calls[-1] == "restart"


def test_a_planner_that_turns_out_to_be_broken_is_no_longer_listed(
    session, opened, planners, install
):
    install("broken", "", "[vingui.planners]\nnothing = broken:nothing")
    box = opened.panel.box
    opened.session.choose_model("nothing")
    assert box.currentText() == "nothing"
    reason = "The planner “nothing” of broken 1.5 cannot be imported: AttributeError"
    # As the client does with the reply of the process.
    leave_out_planner("nothing", reason)
    planners[0].refused.emit(reason)
    assert opened.session.model == entries.COMPARE_WITH.default
    assert box.findText("nothing") < 0
    assert planners[0].plans[-1][1] == entries.COMPARE_WITH.default


def test_what_happens_to_its_process_is_told_with_what_to_do(session, opened, planners):
    messages, closed = {}, []
    session.message.connect(lambda text, _, actions, key: messages.update({key: (text, actions)}))
    session.message_closed.connect(closed.append)
    (planner,) = planners
    planner.silent = True
    planner.silent_changed.emit()
    text, ((label, act),) = messages["compared-planner"]
    assert text.startswith("The planner of the comparison does not answer.")
    assert label == "Start it again"
    act()
    assert planner.calls[-1] == "restart"
    planner.silent = False
    planner.silent_changed.emit()
    assert closed == ["compared-planner"]
    planner.phase, planner.failure = Phase.FAILED, "The planner stopped 3 times."
    planner.phase_changed.emit()
    text, ((label, _),) = messages["compared-planner"]
    assert (text, label) == ("The planner stopped 3 times.", "Try again")
    planner.noted.emit("The planner stopped and was started again.")
    assert messages["compared-planner-restarted"][0].startswith("The planner stopped")
    closed.clear()
    session.settings.set(entries.COMPARE, False)
    assert closed == ["compared-planner", "compared-planner-restarted"]


def test_planning_again_and_starting_again_concern_it_while_it_is_open(session, opened, planners):
    (planner,), plans = planners, len(planners[0].plans)
    opened.plan()
    assert len(planner.plans) == plans + 1
    opened.restart_planner()
    assert planner.calls[-1] == "restart"
    session.settings.set(entries.COMPARE, False)
    opened.plan()
    opened.restart_planner()
    assert planner.calls[-1] == "end"


# Methods without a network.


def test_methods_are_listed_after_the_models(session, opened, planners):
    box = opened.panel.box
    rows = [box.itemText(row) for row in range(box.count())]
    titles = [method.title for method in METHODS.values()]
    first = rows.index("Without a network") + 1
    assert rows[first : first + len(titles)] == titles
    assert rows.index("vin-28x28") < first
    opened.session.choose_model("exact")
    assert planners[0].plans[-1][1] == "exact"
    assert session.settings.get(entries.RECENT_MODELS) == ()
    assert text_after_refresh(opened, "comparison-compared") == "Exact value iteration"


def text_after_refresh(opened, name):
    opened.panel.table._refresh()
    return text_of(opened, name)


def test_a_method_plans_by_the_movement_rule_of_the_shown_plan(
    session, opened, planners, grid, make_run
):
    opened.session.choose_model("exact")
    assert planners[0].rules[-1].name == "8"
    session.planner.updated.emit(make_run(grid, 9, model="dynamic-4", rule="4"))
    assert planners[0].rules[-1].name == "4"
    plans = len(planners[0].plans)
    session.planner.updated.emit(make_run(grid, 9, model="dynamic-4", rule="4", number=2))
    assert len(planners[0].plans) == plans


def test_a_search_begins_at_the_selected_start_or_the_first(session, opened, planners, grid):
    session.settings.set(entries.ITERATIONS, 5)
    opened.session.choose_model("a-star")
    assert planners[0].plans[-1] == (grid, "a-star", None)
    session.select_start(1)
    assert planners[0].plans[-1][0].starts == ((0, 7), (5, 0))
    session.document.apply("Move a start", grid.with_starts(((5, 0), (1, 7))))
    assert planners[0].plans[-1][0].starts == ((1, 7), (5, 0))
    plans = len(planners[0].plans)
    opened.session.choose_model("dynamic-4")
    session.select_start(0)
    session.document.apply("Move a start", grid.with_starts(((5, 0), (2, 7))))
    assert len(planners[0].plans) == plans + 1


def test_a_search_is_shown_at_the_same_share_of_its_length(session, opened, grid, make_run):
    opened.session.choose_model("dijkstra")
    show(opened, make_run(grid, 10), make_run(grid, 25, model="dijkstra"))
    for k, share in ((1, 3), (4, 10), (9, 23), (10, 25)):
        session.playback.seek(k)
        assert opened.session.k == share
    show(opened, make_run(grid, 10), make_run(grid, 25, model="exact", number=2))
    session.playback.seek(4)
    assert opened.session.k == 4


def test_a_search_has_a_trajectory_from_its_start_when_it_has_ended(
    session, opened, grid, make_run
):
    opened.session.choose_model("a-star")
    searched = grid.with_starts(((0, 7), (5, 0)))
    show(opened, make_run(grid, 10), make_run(searched, 14, model="a-star"))
    assert [one.start for one in opened.session.trajectories] == [None, (0, 7)]
    assert text_after_refresh(opened, "comparison-compared-reached") == "1 of 1"
    assert text_of(opened, "comparison-compared-progress") == "14 / 14 exp"
    session.playback.seek(3)
    assert [one.start for one in opened.session.trajectories] == [None, None]
    assert text_after_refresh(opened, "comparison-compared-reached") == "–"
    assert text_of(opened, "comparison-compared-excess") == "–"


def test_only_values_are_shown_of_a_search(session, opened, grid, make_run):
    opened.session.choose_model("a-star")
    session.settings.set(entries.LAYER, "reward")
    show(opened, make_run(grid, 10), make_run(grid, 14, model="a-star"))
    picture = opened.panel.view.picture
    assert picture.layer.name == "Minus the cost from the start"
    session.settings.set(entries.COMPARE_SHOWS, "difference")
    picture.refresh()
    assert picture.layer is None
    assert "costs from its start" in opened.panel.view.hint()


def test_a_map_without_a_goal_has_no_plan_by_a_method_either(session, opened, grid, make_run):
    opened.session.choose_model("exact")
    show(opened, make_run(grid, 12), make_run(grid, 12, model="exact"))
    session.document.apply("Remove the goal", replace(grid, goals=()))
    assert opened.session.run is None
    assert opened.session.trajectories == ()


# What is linked.


def test_the_same_k_is_shown_and_at_the_end_both_ends(session, opened, grid, make_run):
    show(opened, make_run(grid, 12), make_run(grid, 9, model="vin"))
    assert (session.k, opened.session.k) == (12, 9)
    moved = []
    opened.session.values_changed.connect(lambda: moved.append(opened.session.k))
    session.playback.seek(4)
    assert opened.session.k == 4
    assert moved == [4]
    session.playback.seek(11)
    assert opened.session.k == 9
    session.planner.updated.emit(make_run(grid, 5, number=2))
    session.playback.seek(4)
    assert opened.session.k == 4
    session.playback.seek(5)
    assert opened.session.k == 9


def test_the_hovered_cell_the_pin_the_cursor_and_the_start_are_the_same(session, opened):
    compared = opened.session
    session.set_hovered((2, 3))
    assert compared.hovered == (2, 3)
    compared.set_hovered((1, 1))
    assert session.hovered == (1, 1)
    compared.set_hovered(None)
    assert session.hovered is None
    compared.toggle_pin((3, 3))
    assert session.pinned == (3, 3)
    session.set_pinned(None)
    assert compared.pinned is None
    compared.select_start(1)
    assert session.selected_start == 1
    compared.set_cursor((4, 6))
    assert session.cursor == (4, 6)


def test_hovering_does_not_pan_back_to_the_cell_cursor(session, opened):
    session.set_cursor((0, 0))
    session.camera.zoom(8, row=0, col=0)
    session.camera.pan(rows=6, cols=8)
    where = session.camera.row, session.camera.col
    session.set_hovered((5, 6))
    opened.session.set_hovered((4, 6))
    assert (session.camera.row, session.camera.col) == where


def test_the_mouse_pans_both_views_and_drags_the_goal_in_either(
    session, opened, grid, make_run, qtbot
):
    show(opened, make_run(grid, 12))
    view, other = opened.panel.view, session.camera
    assert view.camera is other
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=at(view, grid.goal))
    qtbot.mouseMove(view.viewport(), at(view, (2, 6)))
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=at(view, (2, 6)))
    assert session.document.grid.goal == (2, 6)


def at(view, cell):
    return view.position_of(cell).toPoint()


def test_its_trajectories_are_dashed_in_the_map_view(window, opened, session, grid, make_run):
    view = window.map_panel.view
    show(opened, make_run(grid, 4), make_run(grid, 12))
    session.playback.seek(1)
    paths = [item for item in view.scene().items() if isinstance(item, Trajectories)]
    assert {item.session for item in paths} == {session, opened.session}
    alone = view.grab().toImage()
    session.playback.end()
    before = view.grab().toImage()
    assert alone != before
    session.settings.set(entries.SHOW_TRAJECTORIES, False)
    assert view.grab().toImage() != before


# What is shown.


def test_the_first_views_layer_is_shown_of_the_compared_plan(session, opened, grid, make_run):
    show(opened, make_run(grid, 12), make_run(grid, 12, scale=2.0))
    picture = opened.panel.view.picture
    assert picture.layer.name == "Value V"
    assert picture.layer.value((0, 7)) == pytest.approx(2 * session.run.value((0, 7), 12))
    session.settings.set(entries.LAYER, "exact")
    picture.refresh()
    assert picture.layer.name == "Exact value"


def test_the_difference_follows_both_plans_and_the_playhead(session, opened, grid, make_run):
    show(opened, make_run(grid, 16))
    opened.panel.findChild(QToolButton, "compared-difference").click()
    assert session.settings.get(entries.COMPARE_SHOWS) == "difference"
    picture = opened.panel.view.picture
    picture.refresh()
    layer = picture.layer
    assert (layer.label, layer.kind, layer.k) == ("V − V′ (cells)", "diverging", 16)
    assert (layer.values[grid.free] == 0).all()
    assert layer.low == -layer.high
    session.playback.seek(3)
    picture.refresh()
    assert picture.layer.k == 3
    assert np.isfinite(picture.layer.values).sum() < np.isfinite(layer.values).sum()
    opened.panel.findChild(QToolButton, "compared-values").click()
    picture.refresh()
    assert picture.layer.name == "Value V"


def test_the_difference_says_what_it_waits_for(session, opened, grid, make_run):
    session.settings.set(entries.COMPARE_SHOWS, "difference")
    session.planner.updated.emit(make_run(grid, 3))
    opened.session.planner.refused.emit("own.keras: no such file")
    opened.panel.view.picture.refresh()
    assert opened.panel.view.hint() == "own.keras: no such file"


def test_the_difference_waits_while_one_of_the_plans_is_of_an_older_map(
    session, opened, grid, make_run
):
    session.settings.set(entries.COMPARE_SHOWS, "difference")
    show(opened, make_run(grid, 12))
    picture = opened.panel.view.picture
    layer = picture.layer
    session.planner.updated.emit(make_run(replace(grid, goals=((0, 0),)), 12, number=2))
    picture.refresh()
    assert picture.layer is layer


def test_the_table_has_starts_costs_iterations_and_times(session, opened, grid, make_run):
    opened.panel.table._refresh()
    assert text_of(opened, "comparison-compared") == "vin-28x28"
    assert text_of(opened, "comparison-compared-reached") == "–"
    show(opened, make_run(grid, 14), make_run(grid, 6, model="other", seconds=2.0))
    opened.panel.table._refresh()
    row = [
        text_of(opened, f"comparison-shown-{column}")
        for column in ("reached", "excess", "progress", "time")
    ]
    assert row == ["2 of 2", "optimal", "14 / 14 it", "250 ms"]
    assert text_of(opened, "comparison-compared") == "other"
    assert text_of(opened, "comparison-compared-reached") == "1 of 2"
    assert text_of(opened, "comparison-compared-time") == "2.0 s"


def test_what_paths_cost_more_than_the_best_is_a_share_or_a_number(session, grid, make_run):
    session.planner.updated.emit(make_run(grid, 14))
    first, second = session.trajectories
    longer = replace(first, cost=1.1 * first.optimal_cost)
    session.trajectories = (longer, second)
    share = 0.1 * first.optimal_cost / (first.optimal_cost + second.optimal_cost)
    assert figures_of(session).excess[0] == f"+{100 * share:.1f} %"
    worth = replace(first, goal_value=3.0, cost=first.optimal_cost + 3.5)
    session.trajectories = (worth, second)
    assert figures_of(session).excess[0] == "+0.25"


def test_the_panel_can_be_narrow(opened):
    assert opened.panel.minimumSizeHint().width() <= 340
