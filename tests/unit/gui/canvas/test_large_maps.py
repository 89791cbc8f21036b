"""Large maps, which are coloured and scaled in a thread: the end is what is painted at once.

The maps are small here, and taken for large ones.
"""

import numpy as np
import pytest

from vingui.core import map_edits
from vingui.core.engine.wave import Wave
from vingui.core.grid import GridMap
from vingui.core.oracle import solve
from vingui.core.planner_protocol import ChangedValues, ExactSolution
from vingui.core.run import Run
from vingui.gui import settings as entries
from vingui.gui.canvas import picture
from vingui.gui.canvas.items import cells
from vingui.gui.canvas.map_view import MapView
from vingui.gui.canvas.value_view import ValueView

OVERLAYS = (
    entries.SHOW_GRID,
    entries.SHOW_ARROWS,
    entries.SHOW_CONTOURS,
    entries.SHOW_TRAJECTORIES,
    entries.SHOW_NUMBERS,
)


def wave_run(grid, number):
    rewards = -np.random.default_rng(number).uniform(0.1, 3, (512, 8)).astype(np.float32)
    wave = Wave(grid.walls, {grid.goals[0]: 0.0}, rewards)
    wave.advance(10_000)
    changes = wave.changes.between(1, wave.changes.latest)
    return Run(grid, ChangedValues(number, "dynamic-8", "8", 1, *wave.figures(1), *changes))


@pytest.fixture
def session(session_of, monkeypatch):
    monkeypatch.setattr(picture, "LARGE", 1)
    monkeypatch.setattr(picture, "_AT_ONCE", 1)
    monkeypatch.setattr(cells, "LARGE", 1)
    walls = np.random.default_rng(3).random((90, 110)) < 0.25
    walls[45, 50] = walls[0, 0] = False
    made = session_of(GridMap(walls, ((45, 50),), ((0, 0),)))
    for overlay in OVERLAYS:
        made.settings.set(overlay, False)
    return made


@pytest.fixture(params=[0.7, 1.0, 2.5, 9.0])
def view_of(request, session, qtbot):
    def make(kind, *, offscreen=False):
        made = kind(session, offscreen=offscreen)
        qtbot.addWidget(made)
        made.resize(424, 324)
        if not offscreen:
            made.show()
            qtbot.waitExposed(made)
            session.camera.zoom_by(request.param / session.camera.scale)
        return made

    return make


def wait_for_the_picture(view, view_of, qtbot):
    """Wait until what is painted is what another view paints at once."""
    other = view_of(type(view), offscreen=True)
    expected = other.grab().toImage()
    other.setParent(None)
    other.close()
    qtbot.waitUntil(lambda: view.grab().toImage() == expected)
    return expected


def test_every_k_and_every_run_is_painted_in_the_end(session, view_of, qtbot):
    view, images = view_of(ValueView), []
    for number in (1, 2):
        run = wave_run(session.document.grid, number)
        session.planner.updated.emit(run)
        for k in (run.latest, 2, 3, 4, run.latest // 2, run.latest // 2 + 1):
            session.playback.seek(k)
            images.append(wait_for_the_picture(view, view_of, qtbot))
    assert images[0] != images[1]


def test_small_steps_are_painted_at_once(session, view_of, qtbot):
    view = view_of(ValueView)
    session.planner.updated.emit(wave_run(session.document.grid, 1))
    session.playback.seek(3)
    wait_for_the_picture(view, view_of, qtbot)
    for k in (4, 5, 4, 2):
        session.playback.seek(k)
        view.grab()
        assert view.picture.recoloured is not None
        assert view.picture.layer.k == k


def test_playing_meanwhile_never_stops_the_picture(session, view_of, qtbot):
    view = view_of(ValueView)
    run = wave_run(session.document.grid, 1)
    session.planner.updated.emit(run)
    shown = set()

    def plays():
        session.playback.seek(1 + (session.k * 7) % run.latest)
        view.grab()
        if view.picture.layer is not None:
            shown.add(view.picture.layer.k)
        return len(shown) > 5

    qtbot.waitUntil(plays)


@pytest.mark.parametrize("layer", ["exact", "difference", "cost"])
def test_other_layers_are_computed_in_a_thread(session, view_of, qtbot, layer):
    view = view_of(ValueView)
    run = wave_run(session.document.grid, 1)
    oracle = solve(run.grid, run.rule)
    run.take(ExactSolution(1, oracle.cost_to_go, oracle.optimal))
    session.planner.updated.emit(run)
    session.settings.set(entries.LAYER, layer)
    view.grab()
    assert view.picture.layer is None
    wait_for_the_picture(view, view_of, qtbot)
    session.theme.choose("dark")
    wait_for_the_picture(view, view_of, qtbot)


@pytest.mark.parametrize("kind", [MapView, ValueView])
def test_drawing_is_painted_at_once_and_then_whole(session, view_of, qtbot, kind):
    view, document = view_of(kind), session.document
    session.planner.updated.emit(wave_run(document.grid, 1))
    wait_for_the_picture(view, view_of, qtbot)
    document.begin("Draw walls")
    for number, cell in enumerate([(30, 36), (31, 37), (60, 68), (50, 72)], start=2):
        before = view.grab().toImage()
        document.preview(map_edits.paint(document.grid, [cell], material=map_edits.WALL, brush=5))
        assert view.grab().toImage() != before
        if kind is ValueView:
            session.planner.updated.emit(wave_run(document.grid, number))
        wait_for_the_picture(view, view_of, qtbot)
    document.abandon()
    if kind is MapView:
        wait_for_the_picture(view, view_of, qtbot)


@pytest.mark.parametrize("view_of", [0.7], indirect=True)
def test_a_stroke_changes_only_the_pixels_around_it(session, view_of, qtbot):
    view, document = view_of(MapView), session.document
    wait_for_the_picture(view, view_of, qtbot)
    for cell in ((30, 36), (12, 80), (89, 109)):
        document.apply("Draw", map_edits.paint(document.grid, [cell], material=map_edits.WALL))
        painted = view.grab().toImage()
        assert painted == wait_for_the_picture(view, view_of, qtbot)


def test_a_map_of_another_size_is_shown_while_its_picture_is_found(session, view_of, qtbot):
    view = view_of(MapView)
    wait_for_the_picture(view, view_of, qtbot)
    session.document.replace(GridMap(np.zeros((120, 70), bool), ((1, 1),)))
    free = view.session.theme.look.free
    assert view.grab().toImage().pixelColor(view.position_of((60, 35)).toPoint()).name() == free
    wait_for_the_picture(view, view_of, qtbot)
