"""The value view's header and colour bar."""

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QComboBox, QToolBar, QToolButton, QWidget

from vingui.core.grid import GridMap
from vingui.core.moves import EIGHT
from vingui.core.oracle import solve
from vingui.core.planner_protocol import (
    ExactSolution,
    GreedyActions,
    LayerValues,
    PlanFinished,
    PolicyReadout,
    Values,
)
from vingui.core.readouts import BEST, LEARNED_COST
from vingui.core.run import Run
from vingui.core.value_colours import COLOUR_MAPS
from vingui.core.value_history import figures
from vingui.core.value_layers import COST, LAYERS
from vingui.gui import settings as entries
from vingui.gui.actions import ACTIONS
from vingui.gui.canvas.colour_bar import ColourBar, description
from vingui.gui.canvas.picture import gradient
from vingui.gui.canvas.value_panel import ValuePanel, colour_map_icon

GRID = GridMap(np.zeros((4, 5), bool), ((0, 0),), ((3, 4),))
OVERLAYS = ("arrows", "numbers", "trajectories", "contours", "grid")


def make_run(grid=GRID, *, latent=8, cost_scale=math.nan):
    oracle = solve(grid, EIGHT)
    values = -oracle.cost_to_go.astype(np.float32)
    numbers = figures(values, values[None], GRID.free)
    kept = np.array([1])
    run = Run(
        grid,
        Values(1, "dynamic-8", "8", 1, *numbers, kept, (values,), cost_scale=cost_scale),
    )
    shape = (*GRID.walls.shape, latent)
    q = np.full(shape, -2, np.float32) + np.arange(latent, dtype=np.float32)
    policy = np.full((*GRID.walls.shape, 8), 0.125, np.float32)
    actions = np.where(oracle.optimal.any(-1), oracle.optimal.argmax(-1), -1).astype(np.int8)
    reward = q[..., :1] if latent == 10 else q
    run.take(PolicyReadout(1, 1, 0, 0, reward, q, policy))
    run.take(PlanFinished(1, 1, True, latent, reward.shape[-1], actions, 0.1))
    run.take(GreedyActions(1, 1, actions, np.zeros(1, np.uint8)))
    run.take(ExactSolution(1, oracle.cost_to_go, oracle.optimal))
    return run


@pytest.fixture
def session(session_of):
    made = session_of(GRID)
    made.settings.set(entries.LAYER, "value")
    made.settings.set(entries.LATENT, BEST)
    made.settings.set(entries.COLOUR_MAP, "viridis")
    return made


@pytest.fixture
def actions(session):
    made = {}
    for row in ACTIONS:
        action = QAction(row.text, session)
        action.setCheckable(row.checkable)
        made[row.id] = action
    return made


@pytest.fixture
def panel(session, actions, qtbot):
    footer = QWidget()
    footer.setFixedHeight(30)
    made = ValuePanel(session, actions, footer=footer)
    made.footer = footer
    qtbot.addWidget(made)
    made.resize(640, 500)
    made.show()
    qtbot.waitExposed(made)
    return made


def choose(qtbot, box, text):
    """Choose with the keyboard, as the list that a click opens is the style's."""
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    while box.currentText() != text:
        before = box.currentIndex()
        qtbot.keyClick(box, Qt.Key.Key_Down)
        assert box.currentIndex() > before


def box_named(panel, name):
    return panel.findChild(QComboBox, name)


def texts_of(box):
    return [box.itemText(place) for place in range(box.count())]


def test_costs_are_offered_where_the_map_has_some(panel, session):
    box, grid = box_named(panel, "layer"), session.document.grid
    terrain = np.full(grid.walls.shape, 2, np.uint8) * grid.free
    session.document.apply("Paint", replace(grid, terrain=terrain))
    assert texts_of(box) == [title for name, title in LAYERS if name != LEARNED_COST]
    session.settings.set(entries.LAYER, COST)
    session.document.undo_stack.undo()
    # It stays as long as it is shown.
    assert box.currentText() == "Cost"
    session.settings.set(entries.LAYER, "value")
    assert "Cost" not in texts_of(box)
    assert box.currentText() == "Value"


def test_learned_costs_are_offered_where_the_network_learned_some(panel, session):
    box = box_named(panel, "layer")
    session.planner.updated.emit(make_run(cost_scale=0.5))
    assert "Learned cost" in texts_of(box)
    session.settings.set(entries.LAYER, LEARNED_COST)
    session.planner.updated.emit(make_run())
    assert box.currentText() == "Learned cost"
    session.settings.set(entries.LAYER, "value")
    assert "Learned cost" not in texts_of(box)


def test_the_bar_of_learned_costs_says_how_they_are_scaled(panel, session):
    terrain = np.full((4, 5), 2, np.uint8)
    terrain[0, 1] = 4
    grid = replace(GRID, terrain=terrain)
    session.document.apply("Paint", grid)
    session.settings.set(entries.LAYER, LEARNED_COST)
    run = make_run(grid, cost_scale=0.25)
    run.take(LayerValues(1, 0, LEARNED_COST, BEST, 1, np.full((4, 5), 4, np.float32)))
    session.planner.updated.emit(run)
    panel.grab()
    lines = panel.colour_bar.toolTip().splitlines()
    assert lines[:2] == ["Learned cost", "from 3 to 9 per unit of length"]
    assert "times 0.25: this brings it as near the true costs as possible" in lines[2]


def test_choosing_a_layer(panel, session, qtbot):
    box = box_named(panel, "layer")
    empty = (COST, LEARNED_COST)
    assert texts_of(box) == [title for name, title in LAYERS if name not in empty]
    choose(qtbot, box, "Exact value")
    assert session.settings.get(entries.LAYER) == "exact"
    session.settings.set(entries.LAYER, "difference")
    assert box.currentText() == "Difference"


def test_actions_can_be_chosen_where_a_layer_has_them(panel, session, qtbot):
    box = box_named(panel, "latent")
    assert not box.isVisible()
    session.planner.updated.emit(make_run())
    session.settings.set(entries.LAYER, "q")
    assert box.isVisible()
    assert [box.itemText(place) for place in range(3)] == ["Best", "N", "S"]
    choose(qtbot, box, "S")
    assert session.settings.get(entries.LATENT) == 1
    choose(qtbot, box, "Best")
    assert session.settings.get(entries.LATENT) == BEST
    session.settings.set(entries.LAYER, "value")
    assert not box.isVisible()


def test_actions_are_those_of_the_model(panel, session):
    session.settings.set(entries.LAYER, "q")
    session.settings.set(entries.LATENT, 9)
    session.planner.updated.emit(make_run(latent=10))
    box = box_named(panel, "latent")
    assert box.count() == 11
    assert box.currentText() == "latent 9"
    session.planner.updated.emit(make_run())
    assert box.count() == 9
    assert box.currentText() == "Best"
    session.planner.updated.emit(make_run(latent=10))
    session.settings.set(entries.LAYER, "reward")
    assert not box.isVisible()


def test_overlays_are_the_windows_actions(panel, actions, qtbot):
    bar = panel.findChild(QToolBar, "overlays")
    triggered = []
    for id_ in OVERLAYS:
        actions[id_].triggered.connect(lambda _=False, id_=id_: triggered.append(id_))
        button = bar.widgetForAction(actions[id_])
        assert button.accessibleName()
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert tuple(triggered) == OVERLAYS


def test_colour_maps_and_scales_are_in_a_menu(panel, session, actions):
    menu = panel.findChild(QToolButton, "colour-map").menu()
    maps = [action for action in menu.actions() if action.data()]
    assert [action.text() for action in maps] == [
        row.title for row in COLOUR_MAPS if row.kind == "sequential"
    ]
    maps[2].trigger()
    assert session.settings.get(entries.COLOUR_MAP) == "magma"
    session.settings.set(entries.COLOUR_MAP, "ocean")
    assert [action.isChecked() for action in maps] == [False, False, False, False, True]
    assert actions["scale-run"] in menu.actions()
    assert actions["scale-frame"] in menu.actions()


def test_a_gradient_is_dark_on_the_left(qapp):
    image = colour_map_icon(COLOUR_MAPS[0], QSize(60, 14), 2.0).pixmap(QSize(60, 14)).toImage()
    left, right = QColor(image.pixel(0, 7)), QColor(image.pixel(image.width() - 1, 7))
    assert left.lightness() < right.lightness()


@pytest.mark.parametrize("width", [340, 480, 900])
def test_everything_fits(panel, session, width):
    session.settings.set(entries.LAYER, "q")
    session.planner.updated.emit(make_run())
    panel.resize(width, 420)
    assert panel.minimumSizeHint().width() <= 340
    assert panel.width() == width
    right = 0
    for name in ("layer", "latent"):
        box = box_named(panel, name)
        left = box.mapTo(panel, QPoint()).x()
        assert left >= right
        right = left + box.width()
    button = panel.findChild(QToolButton, "colour-map")
    assert button.mapTo(panel, QPoint()).x() + button.width() <= width
    assert panel.colour_bar.geometry().right() == width - 1
    assert panel.footer.width() == width
    assert panel.view.width() == width - panel.colour_bar.width()


def test_everything_to_act_on_has_a_name(panel):
    for kind in (QComboBox, QToolButton):
        for widget in panel.findChildren(kind):
            assert widget.objectName()
            assert widget.accessibleName()
            assert widget.toolTip()


def bar_pixels(bar):
    image = bar.grab().toImage()
    return [QColor(image.pixel(20, y)) for y in range(16, bar.height() - 57)]


def test_the_bar_has_the_highest_colour_at_the_top(panel, session):
    session.planner.updated.emit(make_run())
    panel.grab()
    colours = gradient(COLOUR_MAPS[0])
    pixels = bar_pixels(panel.colour_bar)
    assert pixels[2].lightness() > pixels[-3].lightness()
    assert np.abs(np.array(pixels[1].getRgb()[:3]) - colours[-1]).max() < 8
    assert panel.colour_bar.toolTip() == "Value V, k = 1\nfrom −5.2 to 0.0"


def test_the_inspected_cells_value_is_marked(panel, session):
    session.planner.updated.emit(make_run())
    panel.grab()
    plain = panel.colour_bar.grab().toImage()
    session.set_hovered((2, 2))
    marked = panel.colour_bar.grab().toImage()
    assert marked != plain
    session.set_hovered((0, 0))
    assert panel.colour_bar.grab().toImage() != marked


def test_outcomes_have_a_legend_with_shares(panel, session):
    session.planner.updated.emit(make_run())
    session.settings.set(entries.LAYER, "outcomes")
    panel.grab()
    said = panel.colour_bar.toolTip().splitlines()
    assert said[0] == "Outcomes, k = 1: as a start,"
    assert said[1] == "20 cells (100.00%) reach the goal by a shortest path"
    assert said[-1] == "0 cells (0.00%) cannot reach the goal at all"


def test_a_bar_for_nothing_and_of_no_height_is_painted(session, panel, qtbot):
    assert description(None) == "Colour bar"
    bar = ColourBar(session, panel.view.picture)
    qtbot.addWidget(bar)
    for height in (1, 20, 80):
        bar.resize(bar.width(), height)
        bar.grab()
    for layer in entries.LAYER.choices:
        session.settings.set(entries.LAYER, layer)
        session.planner.updated.emit(make_run())
        panel.grab()
        bar.grab()
