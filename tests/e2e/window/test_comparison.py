"""The comparison: another model beside the one that plans, with linked views."""

import os

import pytest
from PySide6.QtCore import Qt

from vingui.gui import settings as entries
from vingui.gui.docks.model_box import MODEL_ROLE
from vingui.paths import MAPS

pytestmark = [pytest.mark.gui, pytest.mark.e2e, pytest.mark.slow]
CTRL = Qt.KeyboardModifier.ControlModifier


def compared(driver):
    """Wait until the second view shows the finished plan of the map as it is."""
    comparison = driver.window.comparison

    def planned():
        session = comparison.session
        run = session.run if session is not None else None
        known = run is not None and run.finished and run.oracle is not None
        return known and run.grid.same_world(driver.grid) and session.trajectories

    driver.until(lambda: planned() and not driver._refreshing())
    return comparison.session.run


def choose(driver, model):
    """Choose what is compared with, by keys."""
    box = driver.find("compared-with")
    box.setFocus()
    while box.currentText() != model:
        before = box.currentIndex()
        down = before < box.findData(model, MODEL_ROLE)
        driver.key(Qt.Key.Key_Down if down else Qt.Key.Key_Up, widget=box)
        assert box.currentIndex() != before


def test_another_model_plans_beside_it_on_the_same_map(drive):
    def steps(driver):
        driver.wait_for_plan()
        driver.key(Qt.Key.Key_J, CTRL)
        session = driver.window.comparison.session
        choose(driver, "dynamic-4")
        driver.until(lambda: session.run is not None and session.run.model == "dynamic-4")
        run = compared(driver)
        assert (driver.session.run.model, run.model) == ("dynamic-8", "dynamic-4")
        assert driver.find("comparison-compared-reached").text() == "3 of 3"
        # With four moves, paths are longer than the best with eight, but best by its own rule.
        assert driver.find("comparison-compared-excess").text() == "optimal"
        view = driver.find("compared-view")
        driver.move((3, 2), view)
        assert driver.session.hovered == (3, 2)
        driver.key(Qt.Key.Key_Home, widget=driver.map_view)
        assert (driver.session.k, session.k) == (1, 1)
        before = driver.picture(view)
        driver.click_on("compared-difference")
        driver.until(lambda: view.picture.layer is not None and driver.picture(view) != before)
        assert view.picture.layer.kind == "diverging"
        driver.key(Qt.Key.Key_End, widget=driver.map_view)
        driver.drag(driver.grid.goal, (0, 0), view=view)
        assert driver.grid.goal == (0, 0)
        assert compared(driver).grid.goal == driver.wait_for_plan().grid.goal == (0, 0)
        process = session.planner.process_id
        driver.key(Qt.Key.Key_J, CTRL)
        assert driver.window.comparison.session is None
        driver.until(lambda: not _runs(process))
        assert driver.document.undo_stack.count() == 1

    drive(steps, MAPS / "first-steps.json")


def test_it_is_open_again_at_the_next_start_and_ends_with_the_window(drive, home):
    processes = []

    def steps(driver):
        driver.key(Qt.Key.Key_J, CTRL)
        planners = driver.session.planner, driver.window.comparison.session.planner
        # The second one starts when the first one is ready.
        driver.until(lambda: all(planner.process_id for planner in planners))
        processes.extend(planner.process_id for planner in planners)

    def again(driver):
        driver.until(lambda: driver.window.comparison.session is not None)
        assert driver.find("compared-with").currentText() == "vin-28x28"
        driver.key(Qt.Key.Key_J, CTRL)
        assert not driver.session.settings.get(entries.COMPARE)

    drive(steps, MAPS / "first-steps.json", planner=None)
    assert len(set(processes)) == 2
    assert not any(map(_runs, processes))
    drive(again, MAPS / "first-steps.json")


def _runs(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
