"""Terrain in the map view: its colours and textures, on screen and at other resolutions."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from vingui.core.generate import generate
from vingui.core.grid import GridMap
from vingui.core.map_edits import WALL, paint
from vingui.core.palette_edits import clear_terrain, set_kind
from vingui.core.relief import relief
from vingui.core.terrain import STANDARD, Palette, Terrain, palette_of_levels
from vingui.core.terrain_patterns import terrain_colours, texture, texture_colours
from vingui.core.value_colours import rgb
from vingui.gui.canvas.items.cells import map_entries, map_table
from vingui.gui.canvas.items.terrain import paint_material
from vingui.gui.canvas.map_view import MapView
from vingui.gui.look.theme import DARK, LIGHT
from vingui.gui.settings import SHOW_GRID, TOOL

SIDE = 20
TERRAIN = np.arange(5, dtype=np.uint8).repeat(4)[None].repeat(SIDE, axis=0)
WALLS = np.zeros((SIDE, SIDE), bool)
WALLS[9] = True
GRID = GridMap(WALLS, ((SIDE - 1, SIDE - 1),), terrain=TERRAIN)


@pytest.fixture
def view(qtbot, session_of):
    session = session_of(GRID)
    session.settings.set(SHOW_GRID, False)
    made = MapView(session)
    qtbot.addWidget(made)
    made.resize(420, 420)
    made.show()
    qtbot.waitExposed(made)
    return made


def pixels(widget, dpr=1.0):
    """What is painted, `(height, width, 3)`."""
    image = QImage(widget.size() * dpr, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(dpr)
    painter = QPainter(image)
    QWidget.render(widget, painter, QPoint(0, 0), QRegion(widget.rect()))
    painter.end()
    words = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return words[..., 2::-1].astype(int)


def area(view, kind, dpr=1.0):
    """The pixels of the block of a kind above the wall."""
    middle, half = view.position_of((0, 4 * kind)), view.camera.scale / 2
    left, top = middle.x() - half, middle.y() - half
    side = view.camera.scale
    rows = slice(max(int(top * dpr) + 2, 0), int((top + 9 * side) * dpr) - 2)
    cols = slice(max(int(left * dpr) + 2, 0), int((left + 4 * side) * dpr) - 2)
    return pixels(view, dpr)[rows, cols]


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=lambda look: look.name)
@pytest.mark.parametrize("dpr", [1.0, 2.0])
@pytest.mark.parametrize("scale", [1.5, 5.0, 20.0, 60.0])
def test_kinds_have_their_colours_and_textures_at_every_zoom(view, look, dpr, scale):
    view.session.theme.choose(look.name)
    colours = terrain_colours(STANDARD, dark=look.dark)
    inks = texture_colours(colours)
    view.camera.zoom_by(scale / view.camera.scale)
    for kind in range(5):
        camera = view.camera
        camera.pan(rows=4 - camera.row, cols=4 * kind + 2 - camera.col)
        seen = area(view, kind, dpr)
        assert seen.size > 50
        plain = (seen == colours[kind]).all(axis=-1)
        assert plain.mean() > 0.5
        # Between the colour and its ink lies everything that the texture is made of.
        low, high = np.minimum(colours, inks)[kind], np.maximum(colours, inks)[kind]
        assert ((seen >= low.astype(int) - 2) & (seen <= high.astype(int) + 2)).all()
        if not texture(STANDARD, kind):
            assert plain.all()
        elif scale >= 5:
            assert plain.mean() < 0.99


def test_no_texture_lies_on_walls_or_on_the_ground(view):
    row = view.position_of((9, 10))
    wall = pixels(view)[int(row.y()) - 3 : int(row.y()) + 3, 20:-20]
    assert (wall == rgb(LIGHT.wall)).all()


def test_a_texture_moves_with_the_map(view):
    view.camera.zoom_by(2)
    view.camera.pan(rows=-3, cols=8)
    before = area(view, 4)
    view.camera.pan(rows=10 / view.camera.scale, cols=0)
    after = area(view, 4)
    assert (before[10:60, :60] == after[:50, :60]).all()


def test_edits_are_shown_at_once(view):
    document = view.session.document
    sand = terrain_colours(STANDARD, dark=False)[2]
    document.apply("Draw sand", paint(GRID, [(2, 2)], material=2, brush=5))
    at = view.position_of((2, 2))
    around = pixels(view)[int(at.y()) - 8 : int(at.y()) + 8, int(at.x()) - 8 : int(at.x()) + 8]
    assert (around == sand).all(axis=-1).mean() > 0.5
    document.apply("Recolour", set_kind(document.grid, 2, replace(STANDARD[2], colour="#ff0000")))
    around = pixels(view)[int(at.y()) - 8 : int(at.y()) + 8, int(at.x()) - 8 : int(at.x()) + 8]
    assert (around == (255, 0, 0)).all(axis=-1).mean() > 0.5
    document.apply("Clear terrain", clear_terrain(document.grid))
    assert (pixels(view)[int(at.y()), 30:-30] == rgb(LIGHT.free)).all()


def test_256_kinds_and_walls_all_have_an_entry():
    levels = palette_of_levels(np.linspace(1, 100, 256))
    terrain = np.arange(256, dtype=np.uint8).reshape(16, 16)
    walls = np.zeros((16, 16), bool)
    walls[3, 3] = True
    grid = GridMap(walls, terrain=terrain, palette=levels)
    colours = map_table(levels, LIGHT)[map_entries(grid)]
    assert tuple(colours[3, 3]) == rgb(LIGHT.wall)
    free = ~walls
    assert (colours[free] == terrain_colours(levels, dark=False)[terrain[free]]).all()


def test_plain_maps_are_drawn_as_they_were():
    walls = np.random.default_rng(1).random((9, 9)) < 0.5
    for look in (LIGHT, DARK):
        colours = map_table(STANDARD, look)[map_entries(GridMap(walls))]
        assert (colours == np.where(walls[..., None], rgb(look.wall), rgb(look.free))).all()


def test_swatches_of_a_palette_differ():
    palette = Palette((*STANDARD.kinds, Terrain("rock", 20, "#777777", "r")))
    images = set()
    for material in range(WALL, len(palette)):
        image = QImage(24, 24, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        paint_material(painter, LIGHT, palette, material, QRectF(0, 0, 24, 24))
        painter.end()
        images.add(bytes(image.constBits()))
    assert len(images) == len(palette) + 1


def test_the_brush_shows_the_kind_that_a_press_would_draw(view):
    def under_the_mouse():
        at = view.position_of((4, 2)).toPoint()
        return tuple(pixels(view)[at.y(), at.x()])

    QTest.mouseMove(view.viewport(), view.position_of((4, 2)).toPoint())
    assert under_the_mouse() == rgb(LIGHT.free)
    view.session.choose_material(4)
    assert under_the_mouse() == rgb(STANDARD[4].colour)
    view.session.settings.set(TOOL, "eraser")
    assert under_the_mouse() == rgb(LIGHT.free)


@pytest.mark.parametrize("side", [20, 300])
def test_elevation_shades_the_map_however_large(view, qtbot, side):
    grid = generate("mountains", rows=side, cols=side, rng=np.random.default_rng(1))
    document = view.session.document
    document.apply("Resize", replace(grid, elevation=None))
    plain = pixels(view)
    document.apply("Raise", grid)
    shade = relief(grid)
    assert shade.min() < 10 < 20 < shade.max()
    # Darker and lighter than the colours of the kinds.
    qtbot.waitUntil(lambda: len(np.unique(pixels(view).reshape(-1, 3), axis=0)) > 60)
    document.apply("Flatten", replace(grid, elevation=None))
    assert (pixels(view) == plain).all()
