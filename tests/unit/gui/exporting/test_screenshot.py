"""Screenshots of the views."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from vingui import __version__
from vingui.core.embedding import KEY, read_recipe
from vingui.core.errors import VinguiError
from vingui.core.grid import Demonstration, GridMap
from vingui.core.moves import EIGHT
from vingui.core.oracle import solve
from vingui.core.planner_protocol import (
    ActionsRequest,
    ExactSolution,
    GreedyActions,
    PlanFinished,
    PolicyReadout,
    ReadoutRequest,
    Values,
)
from vingui.core.run import Run
from vingui.core.value_history import figures
from vingui.gui import settings as entries
from vingui.gui.canvas import picture
from vingui.gui.canvas.colour_bar import WIDTH
from vingui.gui.canvas.items import contours
from vingui.gui.canvas.map_view import MapView
from vingui.gui.canvas.value_view import ValueView
from vingui.gui.exporting import screenshot as snapshot
from vingui.gui.exporting.screenshot import paint, size_of, view_state_of
from vingui.gui.exporting.view_state import ViewState
from vingui.gui.look.theme import DARK, LIGHT
from vingui.gui.settings import Settings

WALLS = np.zeros((6, 8), bool)
WALLS[2, 0:5] = True
WALLS[4, 6:] = WALLS[5, 6] = True
SHOWN = Demonstration(((3, 1), (3, 2), (3, 3), (4, 4)))
GRID = GridMap(WALLS, ((0, 1),), ((5, 0), (1, 7)), demonstrations=(SHOWN,))
KS = 9


def readout(k, cost, optimal):
    policy = (optimal / np.maximum(optimal.sum(-1, keepdims=True), 1)).astype(np.float32)
    q = np.where(optimal, -cost[..., None], -np.inf).astype(np.float32)
    reward = np.full((*cost.shape, 1), -1, np.float32)
    return PolicyReadout(1, k, 0, 0, reward, q, policy)


def run_of(grid, *, ended=True):
    """A run whose values are the exact ones of all cells within k cells of the goal."""
    oracle = solve(grid, EIGHT)
    cost = oracle.cost_to_go.astype(np.float32)
    value_maps = np.stack([np.where(cost <= k, -cost, -np.inf) for k in range(1, KS + 1)])
    changes, lows, highs, reached = figures(value_maps[0], value_maps, grid.free)
    run = Run(
        grid,
        Values(
            number=1,
            model="dynamic-8",
            rule="8",
            first=1,
            changes=changes,
            lows=lows,
            highs=highs,
            reached=reached,
            kept=np.arange(1, KS + 1),
            value_maps=tuple(value_maps),
        ),
    )
    if ended:
        actions = np.where(oracle.optimal.any(-1), oracle.optimal.argmax(-1), -1).astype(np.int8)
        run.take(PlanFinished(1, KS, True, 8, 1, actions, 0.1))
        run.take(ExactSolution(1, oracle.cost_to_go, oracle.optimal))
        run.readouts.reader = partial(answer, cost=cost, optimal=oracle.optimal, actions=actions)
    return run


def answer(request, *, cost, optimal, actions):
    if isinstance(request, ActionsRequest):
        return GreedyActions(1, request.k, actions, np.zeros(0, np.uint8))
    return readout(request.k, np.where(cost <= request.k, cost, np.inf), optimal)


RUN = run_of(GRID)
STATE = ViewState(
    shows="both",
    scale=1,
    layer="value",
    latent=-1,
    colour_map="viridis",
    limits="run",
    arrows=True,
    numbers=False,
    trajectories=True,
    contours=False,
    grid=True,
    k=KS,
    look="light",
    font="DejaVu Sans",
    map=(300, 240),
    value=(280, 240),
    cell=30.0,
    row=3.0,
    col=4.0,
    start=None,
    steps=None,
)


@pytest.fixture(autouse=True)
def _qt(qapp):
    """There are no pictures without it."""


def pixels(image):
    """`(height, width, 3)` of a picture."""
    data = np.frombuffer(image.constBits(), np.uint8)
    return data.reshape(image.height(), image.width(), 4)[..., 2::-1].astype(np.int64)


def same(one, other):
    return one.size() == other.size() and np.array_equal(pixels(one), pixels(other))


def look(state, grid=GRID, run=RUN):
    return paint(state, grid, run)[0]


# What a picture shows.


def test_a_picture_is_what_the_views_show(session_of, qtbot):
    session = session_of(GRID)
    views = MapView(session), ValueView(session)
    for view, size in zip(views, (STATE.map, STATE.value), strict=True):
        qtbot.addWidget(view)
        view.resize(*size)
        with qtbot.waitExposed(view):
            view.show()
    session.planner.updated.emit(RUN)
    session.camera.zoom(1.1, row=2.0, col=3.0)
    state = ViewState.of(session, map_view=views[0], value_view=views[1])
    assert (state.map, state.value, state.k) == (STATE.map, STATE.value, KS)
    image, _ = paint(replace(state, scale=1), GRID, RUN)
    for view, left in zip(views, (0, STATE.map[0] + 8), strict=True):
        found = pixels(image)[: view.height(), left : left + view.width()]
        shown = pixels(view.grab().toImage().convertToFormat(image.format()))
        # All but the starts' numbers, whose digits are the desktop's on the screen, and arrows
        # whose place falls between two pixels.
        assert (found != shown).any(-1).mean() < 0.01


@pytest.mark.parametrize("scale", [1, 2, 3, 8])
def test_a_picture_is_painted_at_its_scale_and_not_magnified(scale):
    image = look(replace(STATE, scale=scale, shows="map", cell=30.25, row=3.1))
    assert image.size() == QSize(300 * scale, 240 * scale)
    assert image.devicePixelRatio() == 1
    # The left edge of the map's last column of free cells, on the finer pixels.
    edge = (5 - 4.0) * 30.25 * scale + 150 * scale
    row = pixels(image)[int((2.5 - 3.1) * 30.25 * scale + 120 * scale)]
    dark = np.flatnonzero((row == [*QColor(LIGHT.wall).getRgb()[:3]]).all(-1))
    assert abs(dark[-1] + 1 - edge) <= 0.5 + 1e-9


def test_the_views_are_side_by_side_and_the_bar_beside_the_values():
    both, one, other = (look(replace(STATE, shows=what)) for what in ("both", "map", "value"))
    assert one.size() == QSize(300, 240)
    assert other.size() == QSize(280 + WIDTH, 240)
    assert both.size() == QSize(300 + 8 + 280 + WIDTH, 240)
    assert same(both.copy(0, 0, 300, 240), one)
    assert same(both.copy(308, 0, 280 + WIDTH, 240), other)
    assert both.pixelColor(304, 120) == QColor(LIGHT.window)


CHANGES = [
    {"look": "dark"},
    {"layer": "outcomes"},
    {"layer": "q"},
    {"layer": "q", "latent": 4},
    {"layer": "difference"},
    {"colour_map": "magma"},
    {"limits": "frame", "k": 3},
    {"arrows": False},
    {"numbers": True},
    {"trajectories": False},
    {"contours": True},
    {"grid": False},
    {"k": 4},
    {"font": "DejaVu Serif", "numbers": True},
    {"cell": 31.5},
    {"row": 3.5},
    {"col": 4.5},
    {"start": 1},
    {"steps": 1.5},
    {"demonstrations": True},
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_each_part_is_seen_and_makes_the_same_again(change):
    before, image = look(STATE), look(replace(STATE, **change))
    if "font" not in change:
        # There may be one family only.
        assert not same(image, before)
    assert same(look(replace(STATE, **change)), image)
    assert same(look(STATE), before)


def test_a_dark_picture_is_dark_all_over():
    image = look(replace(STATE, look="dark"))
    for x, y in ((0, 0), (304, 120), (image.width() - 1, 0)):
        assert image.pixelColor(x, y) == QColor(DARK.window)


def test_large_maps_are_waited_for(monkeypatch):
    state = replace(STATE, layer="outcomes"), replace(STATE, contours=True)
    expected = [look(one) for one in state]
    monkeypatch.setattr(picture, "_AT_ONCE", 1)
    monkeypatch.setattr(contours, "_AT_ONCE", 1)
    assert [same(look(one), image) for one, image in zip(state, expected, strict=True)] == [
        True
    ] * 2


def test_without_a_plan_no_message_is_drawn():
    grid = GridMap(WALLS)
    image, _ = paint(replace(STATE, arrows=False, look="dark"), grid, None)
    words = QColor(DARK.text).getRgb()[:3]
    assert image.size() == size_of(STATE)
    assert not (pixels(image) == words).all(-1).any()


def test_pictures_leave_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    windows = set(QApplication.topLevelWidgets())
    Settings().set(entries.SHOW_ARROWS, False)
    expected = look(STATE)
    assert Settings().get(entries.SHOW_ARROWS) is False
    Settings().set(entries.SHOW_ARROWS, True)
    assert same(look(STATE), expected)
    assert set(QApplication.topLevelWidgets()) == windows


# What is not known yet.


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({}, [ActionsRequest(1, 3), ReadoutRequest(1, 3, 0, 0)]),
        ({"arrows": False}, [ActionsRequest(1, 3)]),
        ({"arrows": False, "k": KS}, []),
        ({"arrows": False, "k": KS, "layer": "q"}, [ReadoutRequest(1, KS, 0, 0)]),
    ],
)
def test_what_a_plan_does_not_know_of_a_picture_is_missing_until_it_is_known(change, missing):
    state, run = replace(STATE, **({"k": 3} | change)), run_of(GRID)
    reader, run.readouts.reader = run.readouts.reader, None
    assert paint(state, GRID, run)[1] == missing
    for request in missing:
        run.take(reader(request))
    assert paint(state, GRID, run)[1] == []


# Sizes.


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (QSize(10_001, 10_000), "but at most 100 are possible. Choose a smaller scale"),
        (QSize(40_000, 10), "but at most 32,767 a side are possible. Choose"),
    ],
)
def test_too_large_a_picture_is_refused(size, said):
    with pytest.raises(VinguiError, match=said):
        snapshot.check_size(size)


# Files, and what makes them again.


def recipe(state=STATE, grid=GRID, run=RUN):
    return snapshot.recipe_of(state, grid, run, model="dynamic-8", name="Nine: rooms/α")


def test_the_file_is_a_png_that_says_what_it_shows(tmp_path):
    state = replace(STATE, scale=2, k=7)
    snapshot.write(look(state), tmp_path / "seen.png", name="Nine: rooms/α", recipe=recipe(state))
    with Image.open(tmp_path / "seen.png") as found:
        found.load()
        assert found.size == size_of(state).toTuple()
        del found.text[KEY]
        assert found.text == {
            "Software": f"vingui {__version__}",
            "Title": "Nine: rooms/α",
            "Model": "dynamic-8",
            "k": "7",
        }
    again = read_recipe(tmp_path / "seen.png")
    assert (again.kind, again.suffix, again.grid) == ("view", ".png", GRID)
    assert {"pyside6-essentials", "pyqtgraph", "numpy"} <= again.versions.keys()
    assert view_state_of(again) == state
    assert same(look(view_state_of(again), again.grid, run_of(again.grid)), look(state))


def test_the_recipe_has_the_starts_that_are_shown():
    moved = GRID.with_starts(((3, 3),))
    assert recipe(grid=moved).grid == moved
    assert not same(look(STATE, moved), look(STATE))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"k": KS + 1}, "The k of a view must be at most 9, not 10"),
        ({"row": 6.5}, "The row of a view must be at most 6, not 6.5"),
        ({"col": 8.5}, "The col of a view must be at most 8, not 8.5"),
        ({"start": 2}, "The start of a view must be at most 1, not 2"),
        ({"map": (20_000, 20_000)}, "but at most 100 are possible. Choose"),
        ({"map": (20_000, 2), "value": (20_000, 2)}, "at most 32,767 a side"),
    ],
)
def test_what_the_map_and_the_plan_do_not_have_is_refused(change, said):
    with pytest.raises(VinguiError, match=said):
        view_state_of(recipe(replace(STATE, **change)))


def test_a_full_disk_leaves_the_old_picture(tmp_path, monkeypatch):
    (tmp_path / "a.png").write_bytes(b"before")
    image = look(STATE)

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(VinguiError, match="No space left on device"):
        snapshot.write(image, tmp_path / "a.png", name="", recipe=None)
    assert (tmp_path / "a.png").read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
