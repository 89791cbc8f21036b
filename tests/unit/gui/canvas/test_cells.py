"""Where the edges of cells and the lines between them fall on the screen's pixels."""

import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtWidgets import QWidget

from vingui.core.grid import GridMap
from vingui.core.value_colours import FIRST, WALL, palette, rgb
from vingui.gui.canvas.map_view import MapView
from vingui.gui.canvas.value_view import ValueView
from vingui.gui.document.document import Document
from vingui.gui.look.theme import LIGHT, Theme
from vingui.gui.planner.client import PlannerClient
from vingui.gui.playback.playback import Playback
from vingui.gui.session import Session
from vingui.gui.settings import (
    SHOW_ARROWS,
    SHOW_CONTOURS,
    SHOW_GRID,
    SHOW_NUMBERS,
    SHOW_TRAJECTORIES,
    Settings,
)

ROWS, COLS = 24, 30
WALLS = np.random.default_rng(5).random((ROWS, COLS)) < 0.3
WALLS[0, 0] = False


@pytest.fixture
def session(qapp):
    settings = Settings()
    for setting in (SHOW_ARROWS, SHOW_CONTOURS, SHOW_NUMBERS, SHOW_TRAJECTORIES):
        settings.set(setting, False)
    planner = PlannerClient()
    yield Session(
        document=Document(GridMap(WALLS, ((0, 0),))),
        planner=planner,
        playback=Playback(settings),
        settings=settings,
        theme=Theme(),
    )
    planner.close()


@pytest.fixture(params=[MapView, ValueView])
def view(request, qtbot, session):
    made = request.param(session)
    qtbot.addWidget(made)
    made.resize(420, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def show_colours(view):
    """Have each cell another colour than those beside it; return them, `(rows, cols, 3)`."""
    if isinstance(view, MapView):
        return np.where(WALLS[..., None], rgb(LIGHT.wall), rgb(LIGHT.free))
    values = FIRST + np.arange(ROWS * COLS).reshape(ROWS, COLS) % 250
    ramp = np.stack([np.arange(200), np.arange(200)[::-1], np.full(200, 90)], axis=1)
    picture = view.picture
    picture.refresh()
    picture.message = ""
    picture.entries = np.where(WALLS, WALL, FIRST + values % 200).astype(np.uint8)
    picture.table = palette(ramp.astype(np.uint8), wall=LIGHT.wall, unreached=LIGHT.unreached)
    picture.changed.emit()
    return picture.table[picture.entries].astype(int)


def pixels(view, dpr):
    """What is painted, `(height, width, 3)`."""
    image = QImage(view.size() * dpr, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(dpr)
    painter = QPainter(image)
    QWidget.render(view, painter, QPoint(0, 0), QRegion(view.rect()))
    painter.end()
    words = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return words[..., 2::-1].astype(int)


def edges(view, cell, dpr):
    """The first pixels of a cell, and the first ones beyond: top, left, bottom, right."""
    middle, half = view.position_of(cell), view.camera.scale / 2
    places = (middle.y() - half, middle.x() - half, middle.y() + half, middle.x() + half)
    return tuple(math.floor(place * dpr + 0.5) for place in places)


def inner_cells(view):
    top, left, bottom, right = view.visible_cells()
    return [(row, col) for row in range(top + 2, bottom - 1) for col in range(left + 2, right - 1)]


@pytest.mark.parametrize("dpr", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("scale", [6.0, 7.3, 15.84, 41.7])
@pytest.mark.parametrize("lines", [True, False])
def test_edges_and_lines_fall_on_the_same_pixels(view, scale, dpr, lines):
    view.session.settings.set(SHOW_GRID, lines)
    view.camera.zoom_by(scale / view.camera.scale)
    view.camera.pan(rows=0.37, cols=-0.61)
    colours = show_colours(view)
    image = pixels(view, dpr)
    thick = int(dpr)
    cells = inner_cells(view)
    assert len(cells) > 12
    for row, col in cells:
        top, left, bottom, right = edges(view, (row, col), dpr)
        own = colours[row, col]
        for beyond, along in (
            ((row - 1, col), image[:, (left + right) // 2][top - 1 : bottom]),
            ((row, col - 1), image[(top + bottom) // 2][left - 1 : right]),
        ):
            before, line, rest = along[0], along[1 : 1 + thick], along[1 + thick :]
            assert (before == colours[beyond]).all()
            assert (rest == own).all()
            lined = lines and not WALLS[row, col] and not WALLS[beyond]
            assert (line != own).any(axis=1).all() if lined else (line == own).all()


@pytest.mark.parametrize("dpr", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("scale", [2.3, 5.9, 6.1, 9.7])
def test_the_frame_lies_around_the_outermost_cells(view, scale, dpr):
    view.camera.zoom_by(scale / view.camera.scale)
    colours = show_colours(view)
    image = pixels(view, dpr)
    border = rgb(LIGHT.border)
    row, col = ROWS - 3, COLS // 2
    _, left, _, right = edges(view, (row, col), dpr)
    bottom = edges(view, (ROWS - 1, col), dpr)[2]
    assert (image[bottom - 1, right - 1] == colours[ROWS - 1, col]).all()
    assert (image[bottom : bottom + int(dpr), left] == border).all()
    top = edges(view, (0, col), dpr)[0]
    assert (image[top, right - 1] == colours[0, col]).all()
    assert (image[top - int(dpr) : top, left] == border).all()
