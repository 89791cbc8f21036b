"""The picture after any number of small changes is the picture that is painted from nothing."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from vingui.core.engine.wave import Wave
from vingui.core.grid import GridMap
from vingui.core.planner_protocol import ChangedValues, Values
from vingui.core.run import Run
from vingui.core.value_colours import tinted
from vingui.core.value_history import figures
from vingui.gui import settings as entries
from vingui.gui.canvas.value_view import ValueView


def wave_run(grid, number, rng):
    """A run that is kept as its changes, with values that are revised again and again."""
    wave = Wave(grid.walls, {grid.goals[0]: 0.0}, -rng.uniform(0.1, 3, (512, 8)).astype(np.float32))
    wave.advance(10_000)
    head = number, "dynamic-8", "8", 1
    return Run(
        grid, ChangedValues(*head, *wave.figures(1), *wave.changes.between(1, wave.changes.latest))
    )


def dense_run(grid, number, rng):
    """A run that is kept as a value map for each k."""
    maps = np.cumsum(rng.normal(size=(20, *grid.walls.shape)), axis=0).astype(np.float32)
    numbers = figures(maps[0], maps, grid.free)
    return Run(grid, Values(number, "vin-8x8", "8", 1, *numbers, np.arange(1, 21), tuple(maps)))


def maps_of(run):
    """V_1 to V_K, `(K, rows, cols)`, replayed one change after the other."""
    if run.changed_cells() is None:
        return run.values
    maps, values = [], np.full(run.grid.walls.shape, -np.inf, np.float32)
    cells, after, counts = run.changed_cells()
    changes = zip(cells.tolist(), after.tolist(), strict=True)
    for count in counts.tolist():
        for _ in range(count):
            (row, col), value = next(changes)
            values[row, col] = value
        maps.append(values.copy())
    return np.stack(maps)


@pytest.fixture
def view(session_of, qtbot):
    rng = np.random.default_rng(3)
    walls = rng.random((90, 110)) < 0.25
    walls[45, 50] = walls[0, 0] = walls[89, 109] = False
    session = session_of(GridMap(walls, ((45, 50),), ((0, 0), (89, 109))))
    for overlay in (entries.SHOW_ARROWS, entries.SHOW_CONTOURS):
        session.settings.set(overlay, False)
    made = ValueView(session)
    qtbot.addWidget(made)
    made.resize(424, 324)
    made.show()
    qtbot.waitExposed(made)
    return made


def painted_from_nothing(view, qtbot):
    other = ValueView(view.session)
    qtbot.addWidget(other)
    other.resize(view.size())
    image = other.grab().toImage()
    other.picture.setParent(None)
    other.close()
    return image


def steps(rng, last):
    """Small and large steps forwards and backwards."""
    k = 1
    for _ in range(40):
        k += int(rng.choice([1, 1, 1, -1, -2, 5, -7, last, -last]))
        k = min(max(k, 1), last)
        yield k


@pytest.mark.parametrize("make", [wave_run, dense_run])
@pytest.mark.parametrize("scale", ["run", "frame"])
@pytest.mark.parametrize("cell", [0.7, 2.5, 9.0])
def test_small_steps_paint_what_is_painted_from_nothing(view, qtbot, make, scale, cell):
    session, rng = view.session, np.random.default_rng(7)
    session.settings.set(entries.SCALE, scale)
    view.camera.zoom_by(cell / view.camera.scale)
    grid = session.document.grid
    run = make(grid, 1, rng)
    session.planner.updated.emit(run)
    maps, partly = maps_of(run), 0
    for k in steps(rng, run.latest):
        session.playback.seek(k)
        image = view.grab().toImage()
        picture = view.picture
        partly += picture.recoloured is not None
        low, high = picture.layer.low, picture.layer.high
        whole = tinted(maps[k - 1], grid.walls, low=low, high=high)
        np.testing.assert_array_equal(picture.entries, whole)
        assert image == painted_from_nothing(view, qtbot)
    # Else this would test nothing.
    assert (partly > 10) == (make is wave_run and scale == "run")


def test_another_run_and_another_look_are_painted_whole(view, qtbot):
    session, rng = view.session, np.random.default_rng(8)
    view.camera.zoom_by(2.5 / view.camera.scale)
    grid = session.document.grid
    for number, look in ((1, "light"), (2, "dark"), (3, "dark"), (4, "light")):
        session.planner.updated.emit(wave_run(grid, number, rng))
        for k in (12, 13, 14):
            session.playback.seek(k)
            session.theme.choose(look if k == 13 else "light")
            assert view.grab().toImage() == painted_from_nothing(view, qtbot)


def test_no_mouse_event_of_a_drag_is_lost_and_each_run_is_painted(view, qtbot):
    session, rng = view.session, np.random.default_rng(10)
    document, free = session.document, session.document.grid.free
    view.camera.zoom_by(4 / view.camera.scale)
    near = np.argwhere(free[30:60, 20:80])[::9].tolist()
    cells = [cell for row, col in near if (cell := (30 + row, 20 + col)) != (45, 50)]
    came, shown = [], []
    document.changed.connect(lambda: came.append(document.grid.goal))
    press, left = QTest.mousePress, Qt.MouseButton.LeftButton
    press(view.viewport(), left, pos=view.position_of((45, 50)).toPoint())
    for number, cell in enumerate(cells, start=1):
        QTest.mouseMove(view.viewport(), view.position_of(cell).toPoint())
        session.planner.updated.emit(wave_run(document.grid, number, rng))
        qtbot.waitUntil(lambda: not view.is_stale())
        # Only the goal has a value of 0, in the last colour.
        shown.append(np.argwhere(view.picture.layer.values == 0).tolist())
        assert view.picture.entries[cell] == 255
    QTest.mouseRelease(view.viewport(), left, pos=view.position_of(cells[-1]).toPoint())
    assert len(cells) > 100
    assert came == cells
    assert shown == [[list(cell)] for cell in cells]
    assert document.undo_stack.count() == 1


def test_cells_that_are_drawn_meanwhile_are_painted(view, qtbot):
    session = view.session
    grid = session.document.grid
    session.planner.updated.emit(wave_run(grid, 1, np.random.default_rng(9)))
    session.playback.seek(9)
    view.grab()
    walls = grid.walls.copy()
    walls[40:44, 40:60] ^= True
    session.document.apply("Draw walls", GridMap(walls, grid.goals, grid.starts))
    for k in (10, 11):
        session.playback.seek(k)
        assert view.grab().toImage() == painted_from_nothing(view, qtbot)
