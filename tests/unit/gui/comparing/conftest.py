import numpy as np
import pytest
from PySide6.QtWidgets import QSplitter

from vingui.core.grid import GridMap
from vingui.core.moves import rule_named
from vingui.core.oracle import solve
from vingui.core.planner_protocol import ExactSolution, GreedyActions, PlanFinished, Values
from vingui.core.run import Run
from vingui.core.value_history import figures
from vingui.gui import settings as entries
from vingui.gui.canvas.map_panel import MapPanel
from vingui.gui.canvas.value_view import ValueView
from vingui.gui.comparing.comparison import Comparison

NOTHING = np.zeros(1, np.uint8)


@pytest.fixture
def grid():
    walls = np.zeros((6, 8), bool)
    walls[1:, 4] = True
    return GridMap(walls, goals=((5, 7),), starts=((5, 0), (0, 7)))


@pytest.fixture
def make_run():
    """Makes finished runs whose V_k are known up to a distance of k from the goal."""

    def make(grid, last, *, model="dynamic-8", number=1, scale=1.0, seconds=0.25, rule="8"):
        oracle = solve(grid, rule_named(rule))
        exact = -oracle.cost_to_go.astype(np.float32)
        maps = [np.where(exact >= -k, scale * exact, -np.inf) for k in range(1, last + 1)]
        maps = np.array(maps, np.float32)
        before = np.where(exact == 0, scale * exact, np.float32(-np.inf))
        numbers = figures(before, maps, grid.free)
        kept = np.arange(1, last + 1)
        run = Run(grid, Values(number, model, rule, 1, *numbers, kept, tuple(maps)))
        best = np.where(oracle.optimal.any(-1), oracle.optimal.argmax(-1), -1)
        for k, values in enumerate(maps, start=1):
            actions = np.where(np.isfinite(values), best, -1).astype(np.int8)
            run.take(GreedyActions(number, k, actions, NOTHING))
        run.take(PlanFinished(number, last, True, 8, 8, actions, seconds))
        run.take(ExactSolution(number, oracle.cost_to_go, oracle.optimal))
        return run

    return make


@pytest.fixture
def session(session_of, grid):
    return session_of(grid)


@pytest.fixture
def planners():
    """The planners of all comparisons that were opened."""
    return []


@pytest.fixture
def window(session, planners, qtbot):
    """The two views in a splitter, and the comparison that may be opened beside them."""

    def make_planner():
        planners.append(type(session.planner)())
        return planners[-1]

    splitter = QSplitter()
    qtbot.addWidget(splitter)
    splitter.map_panel = MapPanel(session)
    splitter.value_view = ValueView(session)
    splitter.addWidget(splitter.map_panel)
    splitter.addWidget(splitter.value_view)
    splitter.resize(1200, 500)
    splitter.comparison = Comparison(
        session, splitter, splitter.map_panel, list, session, make_planner=make_planner
    )
    splitter.show()
    qtbot.waitExposed(splitter)
    return splitter


@pytest.fixture
def opened(window, session):
    """The comparison, open."""
    window.comparison.restore()
    session.settings.set(entries.COMPARE, True)
    return window.comparison
