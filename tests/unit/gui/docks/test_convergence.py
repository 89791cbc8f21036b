from itertools import pairwise

import numpy as np
import pyqtgraph as pg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from vingui.core.grid import GridMap
from vingui.core.moves import DEFAULT_RULE
from vingui.core.oracle import solve
from vingui.core.planner_protocol import ExactSolution, GreedyActions, Values
from vingui.core.rollout import Outcome
from vingui.core.run import Run
from vingui.core.value_history import log_changes
from vingui.gui.docks import convergence
from vingui.gui.docks.convergence import ConvergencePlot
from vingui.gui.docks.convergence_text import describe_iteration
from vingui.gui.docks.curves import CurveButton, DecadeAxis, ScaledAxis
from vingui.gui.document.document import Document
from vingui.gui.look.theme import Theme
from vingui.gui.playback.playback import Playback
from vingui.gui.settings import Settings

GRID = GridMap(np.zeros((2, 10), bool), ((0, 0),), ((0, 9), (1, 3)))


class Session(QObject):
    """As much of the session as the plot knows."""

    run_changed = Signal()
    start_selected = Signal()

    def __init__(self):
        super().__init__()
        self.document = Document(GRID)
        self.playback = Playback(Settings())
        self.theme = Theme()
        self.run = None
        self.selected_start = None

    @property
    def k(self):
        return self.playback.k

    def show(self, run):
        self.run = run
        self.playback.set_last(run.latest, finished=run.finished)
        self.run_changed.emit()


def values(first, last, number=1):
    ks = np.arange(first, last + 1)
    frames = []
    for k in ks:
        frame = np.full((2, 10), -np.inf, np.float32)
        frame[:, :k] = -np.arange(min(k, 10))
        frames.append(frame)
    changes = np.where(ks % 3 == 0, 0.0, 10.0**-ks)
    reached = np.minimum(ks / 10, 1.0)
    return Values(
        number,
        "m",
        DEFAULT_RULE.name,
        int(first),
        changes,
        -reached,
        reached,
        reached,
        ks,
        tuple(frames),
    )


def walks(k, *cells, shape=(2, 10)):
    """The walks from these cells alone reach the goal."""
    reaching = np.zeros(shape, bool)
    for cell in cells:
        reaching[cell] = True
    return GreedyActions(1, k, np.zeros(shape, np.int8), np.packbits(reaching))


def studied_run(*, grid=GRID, converged=False, next_change=float("nan")):
    """A finished run of twelve iterations, of which the fourth and the last are studied."""
    run = Run(grid, values(1, 12))
    oracle = solve(grid, DEFAULT_RULE)
    run.take(ExactSolution(1, oracle.cost_to_go, oracle.optimal))
    first, *_ = grid.starts or (None,)
    run.take(walks(4, *([first] if first else [])))
    run.take(walks(12, *grid.starts))
    run.finished, run.converged, run.next_change = True, converged, next_change
    return run


@pytest.fixture
def session(qapp):
    return Session()


@pytest.fixture
def plot(qtbot, session):
    made = ConvergencePlot(session)
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def run(qtbot, session, plot):
    made = studied_run()
    session.show(made)
    qtbot.waitUntil(lambda: len(points(plot, "revision")[0]) == 12)
    return made


def points(plot, id_):
    """The drawn points of a curve: iterations and heights."""
    ks, heights = plot._curves[id_].getOriginalDataset()
    return (np.empty(0), np.empty(0)) if ks is None else (ks, heights)


def colour(plot, id_):
    return pg.mkPen(plot._curves[id_].opts["pen"]).color().name()


def playhead(plot):
    return plot._playheads[0].value()


def curve_button(plot, id_):
    return plot.findChild(CurveButton, f"curve-{id_}")


def numbers(plot):
    return [one.number for one in plot.findChildren(CurveButton)]


def words(plot):
    return plot.findChild(QLabel, "convergence-words").text()


def viewport(plot):
    return plot.findChild(QWidget, "convergence-plot").viewport()


def at(plot, k):
    """The point of the upper panel over iteration k."""
    pane = plot._upper.vb
    return plot._graphics.mapFromScene(pane.mapViewToScene(QPointF(k, -3)))


def drag(widget, point):
    """Move the mouse with its left button down, which `QTest.mouseMove` cannot."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    moved = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(point),
        QPointF(widget.mapToGlobal(point)),
        none,
        left,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, moved)


def test_nothing_to_show(plot):
    assert plot.findChild(QLabel, "convergence-empty").isVisible()
    assert not viewport(plot).isVisible()


def test_curves(plot, run):
    ks, shares = points(plot, "reached")
    assert ks.tolist() == list(range(1, 13))
    assert shares == pytest.approx([*range(10, 101, 10), 100, 100])
    ks, logs = points(plot, "revision")
    assert np.isnan(logs[0])
    assert logs[[1, 3, 4]] == pytest.approx([-2, -4, -5])
    assert (logs[[2, 5, 8, 11]] == -12).all()
    ks, shares = points(plot, "success")
    assert (ks.tolist(), shares.tolist()) == ([4, 12], [50, 100])
    assert playhead(plot) == 12


def test_new_values_fill_the_panel_where_nothing_changes(qtbot, session, plot):
    some = values(1, 12)
    some.changes[:] = 0
    session.show(Run(GRID, some))
    qtbot.waitUntil(lambda: len(points(plot, "new")[0]) == 12)
    floor = plot._upper.getAxis("left").floor
    _, logs = points(plot, "revision")
    assert np.isnan(logs[0])
    assert (logs[1:] == floor).all()
    ks, new = points(plot, "new")
    assert ks.tolist() == list(range(1, 13))
    assert np.isnan(new[0])
    assert new[1:10] == pytest.approx(np.log10(2))
    assert (new[10:] == floor).all()


def test_new_values_take_no_room_where_all_cells_have_values_from_the_first_on(
    qtbot, session, plot
):
    some = values(1, 12)
    some.reached[:] = 1
    some.changes[:] = 10.0
    session.show(Run(GRID, some))
    qtbot.waitUntil(lambda: len(points(plot, "revision")[0]) == 12)
    assert np.isnan(points(plot, "new")[1]).all()
    assert plot._upper.getAxis("left").floor is None
    assert curve_button(plot, "new").number == "0"


def test_only_the_start_has_a_colour(session, plot, run):
    look = session.theme.look
    starts = {colour.lower() for colour in look.starts}
    assert colour(plot, "start") in starts
    for id_ in ("revision", "new", "reached", "success"):
        assert colour(plot, id_) in (look.text, look.muted)


def test_value_at_the_start(qtbot, session, plot, run):
    assert np.isnan(points(plot, "start")[1][:9]).all()
    assert curve_button(plot, "start").number == "−9.00"
    session.selected_start = 1
    session.start_selected.emit()
    qtbot.waitUntil(lambda: np.isfinite(points(plot, "start")[1][3:]).all())
    assert (curve_button(plot, "start").text(), curve_button(plot, "start").number) == (
        "Start 2",
        "−3.00",
    )
    assert colour(plot, "start") == session.theme.look.starts[1]
    session.document.apply("Move", GRID.with_starts(((0, 9), (1, 5))))
    qtbot.waitUntil(lambda: np.isnan(points(plot, "start")[1][4]))
    session.document.apply("Clear", GRID.with_starts(()))
    qtbot.waitUntil(lambda: not len(points(plot, "start")[0]))
    assert (curve_button(plot, "start").text(), curve_button(plot, "start").number) == (
        "Start",
        "–",
    )


def test_changes_of_a_growing_run_are_drawn_together(qtbot, session, plot, monkeypatch):
    drawn = []
    monkeypatch.setattr(convergence, "log_changes", lambda of: drawn.append(1) or log_changes(of))
    run = Run(GRID, values(1, 1))
    session.show(run)
    for k in range(2, 40):
        run.take(values(k, k))
        session.show(run)
    qtbot.waitUntil(lambda: len(points(plot, "revision")[0]) == 39)
    assert len(drawn) == 1


def test_hidden_it_draws_nothing_until_it_is_shown(qtbot, session, plot, run):
    plot.hide()
    session.show(Run(GRID, values(1, 20, number=2)))
    assert not any(timer.isActive() for timer in plot.findChildren(QTimer))
    plot.show()
    assert len(points(plot, "revision")[0]) == 20


def test_the_map_loses_its_plan(qtbot, session, plot, run):
    session.run = None
    session.playback.set_last(0, finished=True)
    session.run_changed.emit()
    qtbot.waitUntil(lambda: not viewport(plot).isVisible())


def test_playhead_follows(qtbot, session, plot, run):
    for k, said in (
        (4, ["0.0001", "2", "40.00%", "1 of 2", "–"]),
        (9, ["0", "2", "90.00%", "1 of 2", "–"]),
        (1, ["–", "–", "10.00%", "–", "–"]),
    ):
        session.playback.seek(k)
        qtbot.waitUntil(lambda k=k: playhead(plot) == k)
        assert numbers(plot) == said


def test_a_click_seeks(qtbot, session, plot, run):
    QTest.mouseClick(viewport(plot), Qt.MouseButton.LeftButton, pos=at(plot, 5))
    assert session.k == 5
    qtbot.waitUntil(lambda: playhead(plot) == 5)


def test_a_drag_seeks(qtbot, session, plot, run):
    QTest.mousePress(viewport(plot), Qt.MouseButton.LeftButton, pos=at(plot, 12))
    for k in (11, 8, 3):
        drag(viewport(plot), at(plot, k))
        qtbot.waitUntil(lambda k=k: session.k == k)
    QTest.mouseRelease(viewport(plot), Qt.MouseButton.LeftButton, pos=at(plot, 2))
    assert session.k == 2


def test_hover_tells_the_numbers(qtbot, session, plot, run):
    QTest.mouseMove(viewport(plot), at(plot, 5))
    qtbot.waitUntil(lambda: numbers(plot)[2] == "50.00%")
    assert session.k == 12
    QApplication.sendEvent(viewport(plot).parent(), QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: numbers(plot)[2] == "100.00%")


def number(plot, id_):
    return curve_button(plot, id_).number


@pytest.mark.parametrize("following", [0.0, 0.003, 1e-9])
def test_a_converged_plan_ends_with_the_step_that_changed_nothing_more(
    qtbot, session, plot, following
):
    session.show(studied_run(converged=True, next_change=following))
    qtbot.waitUntil(lambda: len(points(plot, "revision")[0]) == 13)
    ks, logs = points(plot, "revision")
    floor = plot._upper.getAxis("left").floor
    assert ks[-1] == 13
    assert logs[-1] == (pytest.approx(np.log10(following)) if following else floor)
    assert points(plot, "new")[1][-1] == floor
    assert number(plot, "revision") == number(plot, "new") == "0"
    change = f"no value by more than {following:.2g}" if following else "nothing"
    assert f"One more would change {change}" in words(plot)
    assert words(plot).endswith("V has converged.")
    session.playback.seek(11)
    qtbot.waitUntil(lambda: number(plot, "revision") == "1e-11")

    def hovers():
        # pyqtgraph leaves out moves that follow each other too fast.
        for down in (0, 1):
            QTest.mouseMove(viewport(plot), at(plot, 13) + QPoint(0, down))
        return number(plot, "revision") == f"{following:.3g}"

    qtbot.waitUntil(hovers)
    assert words(plot).startswith(f"Iteration 13 would change {change}")
    assert words(plot).endswith("V_12 has converged.")
    assert points(plot, "reached")[1][-1] == 100
    QTest.mouseClick(viewport(plot), Qt.MouseButton.LeftButton, pos=at(plot, 13))
    assert session.k == 12


def test_a_start_that_succeeds_without_a_value_is_explained(qtbot, session, plot, run):
    session.playback.seek(4)
    qtbot.waitUntil(lambda: words(plot).startswith("Iteration 4 "))
    assert not np.isfinite(run.value((0, 9), 4))
    assert words(plot).endswith(
        "Start 1 succeeds without a value, since the policy looks one step beyond V."
    )
    session.playback.seek(12)
    qtbot.waitUntil(lambda: words(plot).startswith("Iteration 12 "))
    assert "beyond" not in words(plot)


def history(*, changes, reached, finished=True, converged=False, next_change=0.0):
    """A run with these figures."""
    some = values(1, len(changes))
    some.changes[:], some.reached[:] = changes, reached
    run = Run(GRID, some)
    run.finished, run.converged, run.next_change = finished, converged, next_change
    return run


SPREADING = {"changes": [0, 0, 0.25], "reached": [0.25, 0.5, 0.55]}
EVERYWHERE = {"changes": [9, 12.34, 0.5], "reached": [1, 1, 1]}


@pytest.mark.parametrize(
    ("run", "k", "did", "then"),
    [
        (history(**SPREADING), 1, "Iteration 1 gave 5 cells a value.", ""),
        (history(**EVERYWHERE), 1, "Iteration 1 gave every cell a value.", ""),
        (
            history(**SPREADING),
            2,
            "Iteration 2 gave 5 cells a first value and changed no other.",
            "",
        ),
        (history(**EVERYWHERE), 2, "Iteration 2 changed values by up to 12.3.", ""),
        (
            history(**SPREADING),
            3,
            "Iteration 3 gave 1 cell a first value and changed others by up to 0.25.",
            " One more would reach further cells: V has not converged.",
        ),
        (
            history(**EVERYWHERE, next_change=0.25),
            3,
            "Iteration 3 changed values by up to 0.5.",
            " One more would change values by up to 0.25: V has not converged.",
        ),
        (
            history(**EVERYWHERE, converged=True),
            3,
            "Iteration 3 changed values by up to 0.5.",
            " One more would change nothing: V has converged.",
        ),
        (
            history(**EVERYWHERE, converged=True, next_change=0.001),
            4,
            "Iteration 4 would change no value by more than 0.001,",
            " which is next to nothing: V_3 has converged.",
        ),
        (
            history(**EVERYWHERE, finished=False),
            3,
            "Iteration 3 changed values by up to 0.5.",
            " More are being computed.",
        ),
        (
            history(changes=[0, 0], reached=[0.5, 0.5], converged=True),
            2,
            "Iteration 2 changed nothing.",
            " One more would change nothing: V has converged.",
        ),
    ],
)
def test_an_iteration_is_described_by_what_it_did(run, k, did, then):
    assert describe_iteration(run, k) == did + then


@pytest.mark.parametrize(
    ("make", "change"),
    [
        (DecadeAxis, lambda axis: axis.set_floor(-3.0)),
        (ScaledAxis, lambda axis: axis.set_limits(-9.0, 2.0)),
    ],
    ids=["floor", "limits"],
)
def test_an_axis_is_drawn_anew_where_its_numbers_change_and_its_range_does_not(qapp, make, change):
    axis = make("left")
    drawn = axis.picture = object()
    change(axis)
    assert axis.picture is None
    axis.picture = drawn
    change(axis)
    assert axis.picture is drawn


def test_the_plot_stays_in_place_whatever_is_said(qtbot, session, plot, run):
    places = set()
    for k in (1, 4, 12):
        session.playback.seek(k)
        qtbot.waitUntil(lambda k=k: words(plot).startswith(f"Iteration {k} "))
        QApplication.processEvents()
        places.add(plot._graphics.geometry().getRect())
    assert len(places) == 1


def test_the_buttons_have_the_names_of_what_they_count(plot, run):
    assert [one.text() for one in plot.findChildren(CurveButton)] == [
        "Largest revision",
        "Newly reached",
        "Reached",
        "Starts that succeed",
        "Start 1",
    ]


WALLED = np.zeros((2, 10), bool)
WALLED[:, 6] = True


@pytest.mark.parametrize(
    ("starts", "told", "shares"),
    [
        (((0, 9), (1, 8)), "none can", []),
        ((), "–", []),
        (((0, 3), (0, 9)), "1 of 1", [100, 100]),
        (((0, 3), (1, 5), (0, 9)), "2 of 2", [50, 100]),
    ],
)
def test_starts_count_only_where_a_path_leads_to_the_goal(
    qtbot, session, plot, starts, told, shares
):
    grid = GridMap(WALLED, ((0, 0),), starts)
    session.document.replace(grid)
    session.show(studied_run(grid=grid))
    qtbot.waitUntil(lambda: len(points(plot, "revision")[0]) == 12)
    assert number(plot, "success") == told
    assert points(plot, "success")[1].tolist() == pytest.approx(shares)


def test_a_k_without_a_study_counts_its_own_trajectories(qtbot, session, plot, run):
    west = np.full((2, 10), 3, np.int8)
    run.take(GreedyActions(run.number, 9, west, np.empty(0, np.uint8)))
    reached = [one.outcome is Outcome.REACHED for one in run.trajectories(GRID.starts, 9)]
    session.playback.seek(9)
    qtbot.waitUntil(lambda: number(plot, "success") == f"{sum(reached)} of 2")


def test_the_right_axis_goes_with_the_values_at_the_start(qtbot, session, plot, run):
    scale = plot._lower.getAxis("right")
    assert scale.style["showValues"]
    grid = GridMap(WALLED, ((0, 0),), ((0, 9),))
    session.document.replace(grid)
    unreached = values(1, 12, number=2)
    for frame in unreached.value_maps:
        frame[:, 6:] = -np.inf
    session.show(Run(grid, unreached))
    qtbot.waitUntil(lambda: not scale.style["showValues"])
    assert number(plot, "start") == "–"
    session.document.replace(GridMap(WALLED, ((0, 0),), ((0, 3),)))
    qtbot.waitUntil(lambda: scale.style["showValues"])
    session.document.replace(GridMap(WALLED, ((0, 0),)))
    qtbot.waitUntil(lambda: not scale.style["showValues"])


def overlaps(spans):
    spans = sorted(spans)
    return any(one[1] > other[0] for one, other in pairwise(spans))


@pytest.mark.slow
@pytest.mark.parametrize("size", [(300, 150), (600, 200), (420, 320), (900, 140)])
@pytest.mark.parametrize("last", [2, 12, 470, 12_000])
def test_labels_of_the_axes_do_not_overlap(qtbot, session, plot, size, last):
    some = values(1, last)
    some.changes[:] = 10.0 ** -(np.arange(last) % 13)
    some.changes[last // 2 :: 7] = 0
    plot.resize(*size)
    session.show(Run(GRID, some, memory=1 << 16))
    qtbot.waitUntil(lambda: len(points(plot, "revision")[0]) == last)
    plot.grab()
    left = []
    for panel in plot._panels:
        for side in ("left", "bottom", "right"):
            axis = panel.getAxis(side)
            if not axis.isVisible() or not axis.style["showValues"] or axis.size().height() < 1:
                continue
            long = axis.size().width() if side == "bottom" else axis.size().height()
            low, high = axis.range
            ticks = [tick for _, level in axis.tickValues(low, high, long) for tick in level]
            texts = axis.tickStrings(ticks, 1.0, 1.0)
            metrics = QFontMetricsF(axis.style["tickFont"])
            spans = []
            for tick, text in zip(ticks, texts, strict=True):
                middle = (tick - low) / (high - low) * long
                width = metrics.horizontalAdvance(text)
                half = (width if side == "bottom" else 0.7 * metrics.height()) / 2
                spans.append((middle - half, middle + half))
            assert not overlaps(spans), (side, texts)
            if side == "left":
                top = axis.sceneBoundingRect().center().y() + long / 2
                left.extend((top - end, top - begin) for begin, end in spans)
    assert not overlaps(left)


def test_buttons_switch_curves(plot, run):
    upper, lower = plot._panels
    QTest.mouseClick(curve_button(plot, "revision"), Qt.MouseButton.LeftButton)
    assert (upper.isVisible(), lower.isVisible()) == (True, True)
    QTest.mouseClick(curve_button(plot, "new"), Qt.MouseButton.LeftButton)
    assert (upper.isVisible(), lower.isVisible()) == (False, True)
    QTest.mouseClick(curve_button(plot, "revision"), Qt.MouseButton.LeftButton)
    for id_ in ("reached", "success", "start"):
        QTest.mouseClick(curve_button(plot, id_), Qt.MouseButton.LeftButton)
    assert (upper.isVisible(), lower.isVisible()) == (True, False)
    assert upper.getAxis("bottom").style["showValues"]
    plot.grab()


def test_chips_take_more_lines_where_there_is_little_room(qtbot, plot, run):
    chips = plot.findChildren(CurveButton)

    def lines(width):
        fit = all(one.width() >= one.sizeHint().width() for one in chips)
        return len({one.y() for one in chips}) if fit or width < 300 else None

    wide = sum(one.sizeHint().width() for one in chips)
    for width, expected in ((wide + 120, 1), (wide - 60, 2), (wide // 2, 3), (264, 3)):
        plot.resize(width, 300)
        qtbot.waitUntil(lambda width=width, expected=expected: lines(width) == expected)


def test_it_follows_the_theme(session, plot, run):
    session.theme.choose("light")
    light = plot.grab().toImage()
    session.theme.choose("dark")
    dark = plot.grab().toImage()
    corner = QPoint(dark.width() - 2, dark.height() - 2)
    assert dark.pixelColor(corner).name() == session.theme.look.panel
    assert light.pixelColor(corner) != dark.pixelColor(corner)


@pytest.mark.parametrize("last", [1, 2, 5000])
def test_runs_of_any_length(qtbot, session, plot, last):
    session.show(Run(GRID, values(1, last), memory=1 << 14))
    qtbot.waitUntil(lambda: len(points(plot, "revision")[0]) == last)
    plot.grab()
    qtbot.waitUntil(lambda: playhead(plot) == last)


@given(arrays(float, st.integers(1, 30), elements=st.sampled_from([0.0, 1e-9, 0.3, 1.0, 250.0])))
def test_log_changes(changes):
    logs, zeros, floor = log_changes(changes)
    positive = changes > 0
    positive[0] = False
    assert logs[positive] == pytest.approx(np.log10(changes[positive]))
    assert (logs[positive] > floor).all()
    assert zeros.tolist() == [k for k in range(2, len(changes) + 1) if changes[k - 1] == 0]
    for k in zeros:
        beside = positive[k - 2] or (k < len(changes) and positive[k])
        assert logs[k - 1] == floor if beside else np.isnan(logs[k - 1])
