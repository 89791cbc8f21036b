"""The comparison: another model beside the one that plans, with linked views."""

import math
import os

import numpy as np
import pytest
from PySide6.QtCore import Qt

from vingui.gui import settings as entries
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
        down = before < box.findText(model)
        driver.key(Qt.Key.Key_Down if down else Qt.Key.Key_Up, widget=box)
        assert box.currentIndex() != before


def test_another_model_and_a_search_plan_beside_it_on_the_same_map(drive):
    def steps(driver):
        driver.wait_for_plan()
        # Without a network of Keras, which takes seconds to import.
        driver.session.settings.set(entries.COMPARE_WITH, "dynamic-8")
        driver.key(Qt.Key.Key_J, CTRL)
        session = driver.window.comparison.session
        process = session.planner.process_id
        _compare_with_a_model(driver, session)
        session.choose_model("dijkstra")
        _compare_with_a_search(driver, session)
        driver.key(Qt.Key.Key_J, CTRL)
        assert driver.window.comparison.session is None
        driver.until(lambda: not _runs(process))

    drive(steps, MAPS / "first-steps.json")


def _compare_with_a_model(driver, session):
    choose(driver, "dynamic-4")
    driver.until(lambda: session.run is not None and session.run.model == "dynamic-4")
    assert compared(driver).model == "dynamic-4"
    assert driver.session.run.model == "dynamic-8"
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
    assert driver.document.undo_stack.count() == 1
    driver.click_on("compared-values")


def _compare_with_a_search(driver, session):
    choose(driver, "A* (octile distance)")
    driver.until(lambda: session.run is not None and session.run.model == "a-star")
    run = compared(driver)
    assert driver.find("comparison-compared-reached").text() == "1 of 1"
    assert driver.find("comparison-compared-excess").text() == "optimal"
    (found,) = (one for one in session.trajectories if one.start is not None)
    assert found.start == driver.grid.starts[0]
    # Half of its expansions: the wave has come as far as their order says.
    driver.session.playback.seek(driver.session.playback.last // 2)
    share = driver.session.k / driver.session.run.latest
    assert session.k == math.ceil(share * run.latest)
    view = driver.find("compared-view")
    driver.until(lambda: view.picture.layer is not None and view.picture.layer.k == session.k)
    assert np.isfinite(view.picture.layer.values).sum() == session.k
    # A click on another start selects it, and the search begins there.
    driver.key(Qt.Key.Key_End, widget=driver.map_view)
    driver.click(driver.grid.starts[1], view=view)
    driver.until(lambda: session.run.grid.starts[0] == driver.grid.starts[1])
    compared(driver)
    (found,) = (one for one in session.trajectories if one.start is not None)
    assert found.start == driver.grid.starts[1]


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
