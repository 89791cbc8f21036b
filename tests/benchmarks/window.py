"""How quickly the window answers, as figures and as ratios measured in the same run.

python tests/benchmarks/window.py [start] [edit] [drag] [costs] [gaps] [train] [themes] [playback]
    [compare] [idle]

Without a name, all of them, each in a process of its own. The window is a real one, started as
`vingui` starts it and driven by mouse and key events; only the screen is missing.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
HERE = Path(__file__)
Cell = tuple[int, int]
FRAME = 1000 / 60
"""Milliseconds of a frame at 60 a second."""


# Run in a process of its own, with the window.


class Bench:
    """The window that is measured."""

    def __init__(self, path: str | None = None) -> None:
        from PySide6.QtCore import QElapsedTimer, Qt, QTimer
        from PySide6.QtWidgets import QApplication

        from vingui.gui import app as module
        from vingui.gui import settings as entries
        from vingui.gui.settings import Settings

        self.application = QApplication(["vingui"])
        QApplication.setApplicationName("vingui")
        QApplication.setOrganizationName("vingui")
        settings = Settings()
        settings.set(entries.TOUR_DONE, True)
        settings.sync()
        self.gaps: list[float] = []
        self.turns: list[float] = []
        self._since = QElapsedTimer()
        self._since.start()
        self._heart = QTimer()
        self._heart.setTimerType(Qt.TimerType.PreciseTimer)
        self._heart.setInterval(1)
        self._heart.timeout.connect(self._beat)
        self._heart.start()
        self.app = module.App(Path(path) if path else None)
        self.window = self.app.window
        self.session = self.app.session

    def _beat(self) -> None:
        self.gaps.append(self._since.nsecsElapsed() / 1e6)
        self._since.restart()

    def stop_heart(self) -> None:
        """End measuring gaps, but turn often enough to notice that a time is over."""
        self._heart.setInterval(20)

    @contextmanager
    def longest_gap(self, figures: dict[str, float], name: str) -> Iterator[None]:
        """Put the longest gap of the event loop in `figures`, in milliseconds."""
        self._since.restart()
        self.gaps.clear()
        yield
        figures[f"longest gap of the event loop, {name} (ms)"] = max(self.gaps)

    @contextmanager
    def gaps_of(self, figures: dict[str, float], name: str) -> Iterator[None]:
        """As `longest_gap`, with the 99th percentile, and what turns of the loop take of a core.

        The last figure says more where other programs keep the machine busy.
        """
        self.turns.clear()
        with self.longest_gap(figures, name):
            yield
        figures[f"99th percentile of the gaps, {name} (ms)"] = float(np.percentile(self.gaps, 99))
        figures[f"most of a core in a turn of the loop, {name} (ms)"] = max(self.turns)

    def until(self, reached: Callable[[], object], *, seconds: float = 60) -> None:
        """Let the window work until something is so."""
        end = time.monotonic() + seconds
        while not reached():
            if time.monotonic() > end:
                raise TimeoutError(f"Expected it within {seconds} s: {reached}")
            self._turn()

    def during(self, seconds: float) -> None:
        """Let the window work for a while."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._turn()

    def _turn(self) -> None:
        # Waiting, as the real loop does: one that spins holds the interpreter's lock, for which
        # the thread that reads replies would have to wait.
        from PySide6.QtCore import QEventLoop

        wait = QEventLoop.ProcessEventsFlag.WaitForMoreEvents
        began = time.thread_time()
        self.application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents | wait)
        self.turns.append(1000 * (time.thread_time() - began))

    def planned(self) -> bool:
        """Whether the map as it is has its plan, and its trajectories."""
        run = self.session.run
        return (
            run is not None
            and run.finished
            and run.oracle is not None
            and run.grid.same_world(self.session.document.grid)
        )

    def open(self, kind: str, side: int) -> None:
        """Draw a generated map and wait for its plan."""
        from vingui.core.generate import generate

        grid = generate(kind, rows=side, cols=side, rng=np.random.default_rng(1))
        self.session.document.replace(grid)
        self.until(self.planned)
        self.during(0.5)

    def close(self) -> None:
        """End without questions."""
        self.session.document.undo_stack.setClean()
        self.window.close()
        self.app.close()

    def move(self, view: Any, cell: tuple[int, int], button: Any, kind: Any) -> None:
        """Send the mouse to a cell, at once."""
        from PySide6.QtCore import QPointF, Qt
        from PySide6.QtGui import QMouseEvent
        from PySide6.QtWidgets import QApplication

        where = view.position_of(cell)
        event = QMouseEvent(
            kind,
            where,
            QPointF(view.viewport().mapToGlobal(where)),
            button,
            button,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(view.viewport(), event)


def _paints(widget: Any, then: Callable[[], None]) -> Any:
    """Call `then` after each paint of a widget; keep what is returned."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    class Watch(QObject):
        def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() == QEvent.Type.Paint:
                QTimer.singleShot(0, then)
            return False

    watch = Watch()
    widget.installEventFilter(watch)
    return watch


def start_inside() -> dict[str, float]:
    """The real command; tells the clock at the first paint and at the first plan."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from vingui.gui import app as module

    times: dict[str, float] = {}
    gaps: list[float] = []

    class Timed(module.App):
        def __init__(self, path: Path | None = None) -> None:
            super().__init__(path)
            self.watch = _paints(self.window.map_view.viewport(), self.painted)
            self.session.run_changed.connect(self.planned)
            self.heart = QTimer()
            self.heart.setInterval(1)
            self.heart.timeout.connect(lambda: gaps.append(time.monotonic()))
            QTimer.singleShot(60_000, QApplication.quit)

        def painted(self) -> None:
            if "paint" not in times:
                times["paint"] = time.monotonic()
                self.heart.start()

        def planned(self) -> None:
            if self.session.run is not None and self.session.run.finished and "plan" not in times:
                times["plan"] = time.monotonic()
                QTimer.singleShot(500, self.end)

        def end(self) -> None:
            self.heart.stop()
            QApplication.quit()

    module.App = Timed  # type: ignore[misc]
    from vingui.cli import main

    main([])
    times["gap"] = 1000 * float(np.diff(gaps).max())
    return times


def start() -> dict[str, float]:
    """Start to first paint and first plan, against an empty Qt window, each the median of five."""
    empty = (
        "from PySide6.QtWidgets import QApplication, QWidget; from PySide6.QtCore import QTimer;"
        "a = QApplication([]); w = QWidget(); w.show(); QTimer.singleShot(0, a.quit); a.exec()"
    )
    bare, paints, plans, gaps = [], [], [], []
    for _ in range(5):
        began = time.monotonic()
        subprocess.run([sys.executable, "-c", empty], check=True)
        bare.append(time.monotonic() - began)
        began = time.monotonic()
        times = child("start_inside")
        paints.append(times["paint"] - began)
        plans.append(times["plan"] - began)
        gaps.append(times["gap"])
    return {
        "process start to first paint (s)": median(paints),
        "first paint / an empty Qt window, start to end": median(paints) / median(bare),
        "process start to first plan on the screen (s)": median(plans),
        "longest gap of the event loop from first paint to first plan (ms)": max(gaps),
    }


def edit() -> dict[str, float]:
    """The goal dragged over a 28x28 map: from the mouse event to the new values painted."""
    from PySide6.QtCore import QEvent, Qt

    from vingui.gui.canvas.value_view import ValueView

    shown: dict[tuple[int, int], float] = {}
    paint = ValueView.paintEvent

    def timed(view: Any, event: Any) -> None:
        paint(view, event)
        run = view.session.run
        if run is not None:
            shown.setdefault(run.grid.goal, time.perf_counter())

    ValueView.paintEvent = timed  # type: ignore[method-assign]
    bench = Bench()
    bench.until(bench.planned)
    bench.open("obstacles", 28)
    bench.stop_heart()
    view = bench.window.map_view
    grid = bench.session.document.grid
    cells = [tuple(map(int, cell)) for cell in np.argwhere(grid.free) if tuple(cell) != grid.goal]
    picked = [cells[i] for i in np.random.default_rng(2).choice(len(cells), 300)]
    left = Qt.MouseButton.LeftButton
    bench.move(view, grid.goal, left, QEvent.Type.MouseButtonPress)
    times = []
    for cell in picked:
        if cell in grid.starts or cell == bench.session.document.grid.goal:
            continue
        shown.clear()
        began = time.perf_counter()
        bench.move(view, cell, left, QEvent.Type.MouseMove)
        bench.until(lambda cell=cell: cell in shown)
        times.append(1000 * (shown[cell] - began))
        bench.during(0.02)
    bench.move(view, picked[-1], left, QEvent.Type.MouseButtonRelease)
    bench.close()
    return {
        "edit to new values painted, 28x28, median (ms)": median(times),
        "edit to new values painted, 28x28, 99th percentile (ms)": float(np.percentile(times, 99)),
        "median / a frame at 60 Hz": median(times) / FRAME,
    }


def drag() -> dict[str, float]:
    """The goal dragged over large maps by 125 mouse events a second: new values painted."""
    from PySide6.QtCore import QEvent, Qt

    painted = _painted_runs()
    figures: dict[str, float] = {}
    bench = Bench()
    bench.until(bench.planned)
    view, left = bench.window.map_view, Qt.MouseButton.LeftButton
    for side in (128, 512, 1024):
        bench.open("caves", side)
        goal, path = _way_from_goal(bench.session.document.grid, steps=375)
        bench.move(view, goal, left, QEvent.Type.MouseButtonPress)
        painted.clear()
        began, answered = time.perf_counter(), 0
        with bench.longest_gap(figures, f"dragging the goal over {side}x{side}"):
            for cell in path:
                bench.move(view, cell, left, QEvent.Type.MouseMove)
                answered += bench.session.document.grid.goal == cell
                bench.during(1 / 125)
        seconds = time.perf_counter() - began
        bench.move(view, path[-1], left, QEvent.Type.MouseButtonRelease)
        figures[f"new values painted a second, goal dragged over {side}x{side}"] = (
            len(set(painted)) / seconds
        )
        figures[f"mouse events answered / sent, goal dragged over {side}x{side}"] = answered / len(
            path
        )
        bench.until(bench.planned)
    bench.close()
    return figures


def costs() -> dict[str, float]:
    """The slider of a terrain's cost dragged by 125 mouse events a second: new values painted."""
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication, QSlider

    painted = _painted_runs()
    figures: dict[str, float] = {}
    bench = Bench()
    bench.until(bench.planned)
    bench.window.resize(1920, 1080)
    bench.window.show_panel("terrain")
    slider = bench.window.findChild(QSlider, "terrain-slider")
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier

    def send(kind: QEvent.Type, x: float) -> None:
        at = QPointF(x, slider.height() / 2)
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
        event = QMouseEvent(kind, at, QPointF(slider.mapToGlobal(at)), button, held, none)
        QApplication.sendEvent(slider, event)

    for side in (28, 128, 512):
        bench.open("patches", side)
        # The kind of most cells but the first, whose value is half-way along the slider.
        counts = np.bincount(bench.session.document.grid.terrain.ravel())
        bench.session.choose_material(int(counts[1:].argmax()) + 1)
        slider.setValue(slider.maximum() // 2)
        bench.session.document.commit()
        bench.until(bench.planned)
        middle, width = slider.width() / 2, slider.width() / 2 - 12
        send(QEvent.Type.MouseButtonPress, middle)
        painted.clear()
        began = time.perf_counter()
        with bench.longest_gap(figures, f"dragging a cost over {side}x{side}"):
            for step in range(375):
                send(QEvent.Type.MouseMove, middle + width * np.sin(step / 30))
                bench.during(1 / 125)
        seconds = time.perf_counter() - began
        send(QEvent.Type.MouseButtonRelease, middle)
        assert bench.session.document.undo_stack.undoText().startswith("Change the cost")
        figures[f"new values painted a second, cost dragged over {side}x{side}"] = (
            len(set(painted)) / seconds
        )
        bench.until(bench.planned)
    bench.close()
    return figures


def _painted_runs() -> list[int]:
    """A list that gets the number of the run at each paint of the value view."""
    from vingui.gui.canvas.value_view import ValueView

    painted: list[int] = []
    paint = ValueView.paintEvent

    def noted(view: Any, event: Any) -> None:
        paint(view, event)
        if view.session.run is not None:
            painted.append(view.session.run.number)

    ValueView.paintEvent = noted  # type: ignore[method-assign]
    return painted


def _way_from_goal(grid: Any, *, steps: int) -> tuple[Cell, list[Cell]]:
    """The goal, and different free cells around it in the order of the angle."""
    row, col = grid.goal
    free = np.argwhere(grid.free)
    away = free - (row, col)
    ring = free[np.abs(np.hypot(*away.T) - grid.rows / 8) < grid.rows / 32]
    ring = ring[np.argsort(np.arctan2(*(ring - (row, col)).T))]
    cells = [(int(r), int(c)) for r, c in ring if (int(r), int(c)) not in grid.starts]
    picked = [cells[i * len(cells) // steps] for i in range(steps)]
    return (row, col), list(dict.fromkeys(picked))


def gaps() -> dict[str, float]:
    """The longest gap of the event loop while it plans and while it plays."""
    figures: dict[str, float] = {}
    bench = Bench()
    bench.until(bench.planned)
    bench.during(1)
    for side in (28, 128, 512):
        bench.open("caves", side)
        with bench.longest_gap(figures, f"planning {side}x{side}"):
            for _ in range(3):
                bench.session.plan()
                bench.during(0.05)
                bench.until(bench.planned)
                bench.during(1)
        bench.session.playback.first()
        with bench.longest_gap(figures, f"playing {side}x{side}"):
            bench.session.playback.play()
            bench.during(3)
        bench.session.playback.pause()
    bench.close()
    return figures


def train() -> dict[str, float]:
    """The paper's VIN learns by its preset, and the map is planned with it as it is."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    painted, left = _painted_runs(), Qt.MouseButton.LeftButton
    figures: dict[str, float] = {}
    bench = Bench()
    bench.until(bench.planned)
    bench.window.show_panel("train")
    client, panel = bench.app.training, bench.window.docks["train"].widget().widget()
    bench.until(lambda: client.ready)
    for side in (8, 128):
        bench.open("obstacles", side)
        painted.clear()
        began = time.perf_counter()
        QTest.mouseClick(panel.transport.again if client.training else panel.transport.play, left)
        bench.until(lambda: client.saved and bench.session.run.model == client.training.path.name)
        bench.until(lambda: painted and painted[-1] == bench.session.run.number)
        figures[f"Play to the first plan painted, {side}x{side} (s)"] = time.perf_counter() - began
        painted.clear()
        batch = client.history.batch
        with bench.gaps_of(figures, f"training, and planning live {side}x{side}"):
            bench.during(10)
        figures[f"plans painted a second while it learns, {side}x{side}"] = len(set(painted)) / 10
        figures[f"batches a second, {side}x{side}"] = (client.history.batch - batch) / 10
        with bench.gaps_of(figures, f"drawing while it learns, {side}x{side}"):
            _scribble(bench, side)
        client.command("pause")
        bench.until(lambda: client.state.value == "paused")
        with bench.gaps_of(figures, f"drawing while it is paused, {side}x{side}"):
            _scribble(bench, side)
    slider = panel.snapshots.slider
    painted.clear()
    with bench.gaps_of(figures, "dragging the slider of epochs, 128x128"):
        for step in range(200):
            slider.setValue(abs(step % (2 * slider.maximum()) - slider.maximum()))
            bench.during(1 / 60)
    figures["epochs painted a second, slider dragged, 128x128"] = len(set(painted)) * 60 / 200
    bench.close()
    return figures


def _scribble(bench: Bench, side: int) -> None:
    """Draw 600 cells of a map with the mouse in one stroke, 125 a second."""
    from PySide6.QtCore import QEvent, Qt

    left, inner = Qt.MouseButton.LeftButton, side - 2
    cells = [(1 + place // inner % inner, 1 + place % inner) for place in range(600)]
    bench.move(bench.window.map_view, cells[0], left, QEvent.Type.MouseButtonPress)
    for cell in cells:
        bench.move(bench.window.map_view, cell, left, QEvent.Type.MouseMove)
        bench.during(1 / 125)
    bench.move(bench.window.map_view, cells[-1], left, QEvent.Type.MouseButtonRelease)


def themes() -> dict[str, float]:
    """The longest gap of the event loop while the look changes, with what it takes of a core.

    The second figure says more where other programs keep the machine busy.
    """
    from PySide6.QtCore import QTimer

    from vingui.gui import settings as entries

    figures: dict[str, float] = {}
    bench = Bench()
    bench.until(bench.planned)
    bench.during(1)
    theme = bench.app.theme
    bench.turns.clear()
    with bench.longest_gap(figures, "switching the theme"):
        for name in ("dark", "light", "dark", "light"):
            QTimer.singleShot(0, partial(bench.session.settings.set, entries.THEME, name))
            bench.during(1)
    turns = list(bench.turns)
    bench.close()
    figures["most of a core in a turn of the loop, switching the theme (ms)"] = max(turns)
    assert theme.look.name == "light"
    return figures


def playback() -> dict[str, float]:
    """Frames painted a second while V_k plays at 60 and more iterations a second."""
    from PySide6.QtCore import QEvent, Qt

    from vingui.gui import settings as entries

    figures: dict[str, float] = {}
    bench = Bench()
    bench.until(bench.planned)
    bench.stop_heart()
    bench.session.settings.set(entries.LOOP, True)
    bench.session.settings.set(entries.SPEED, 60.0)
    view = bench.window.map_view
    for side in (28, 128, 512, 1024):
        bench.open("caves", side)
        painted: list[float] = []
        watch = _paints(
            bench.window.value_view.viewport(),
            lambda painted=painted: painted.append(time.perf_counter()),
        )
        seen: list[tuple[int, int] | None] = []
        connection = bench.session.hovered_changed.connect(
            lambda seen=seen: seen.append(bench.session.hovered)
        )
        bench.session.playback.first()
        bench.session.playback.play()
        painted.clear()
        began, sent = time.perf_counter(), 0
        end = min(3.0, bench.session.playback.last / 60)
        while time.perf_counter() - began < end:
            bench.move(
                view, (sent % side, side // 2), Qt.MouseButton.NoButton, QEvent.Type.MouseMove
            )
            sent += 1
            bench.during(1 / 60)
        figures[f"frames a second, playing {side}x{side}"] = len(painted) / (
            time.perf_counter() - began
        )
        figures[f"mouse events answered / sent, playing {side}x{side}"] = len(seen) / sent
        bench.session.playback.pause()
        bench.session.hovered_changed.disconnect(connection)
        watch.deleteLater()
    bench.close()
    return figures


def compare() -> dict[str, float]:
    """Both value views while they play, and while the goal is dragged: frames, and work.

    Each also without the comparison, in the same run. What the window takes of a core says more
    than frames where other programs keep the machine busy.
    """
    from vingui.gui import settings as entries
    from vingui.gui.canvas.value_view import ValueView

    painted: list[Any] = []
    paint = ValueView.paintEvent

    def noted(view: Any, event: Any) -> None:
        paint(view, event)
        painted.append(view.session)

    ValueView.paintEvent = noted  # type: ignore[method-assign]
    figures: dict[str, float] = {}
    bench = Bench()
    bench.until(bench.planned)
    comparison, settings = bench.window.comparison, bench.session.settings
    settings.set(entries.SPEED, 60.0)
    settings.set(entries.LOOP, True)
    settings.set(entries.COMPARE_WITH, "dynamic-4")

    def compared() -> bool:
        run = comparison.session.run
        return run is not None and run.finished and run.grid.same_world(bench.session.document.grid)

    for side in (28, 128, 512):
        for shown in (False, True):
            settings.set(entries.COMPARE, shown)
            bench.open("caves", side)
            where = f"{side}x{side}"
            if shown:
                where += ", comparing"
                bench.until(compared)
                bench.during(0.5)
            with _work(bench, figures, f"playing {where}", painted):
                bench.session.playback.first()
                bench.session.playback.play()
                bench.during(min(3.0, bench.session.playback.last / 60))
            bench.session.playback.pause()
            bench.session.playback.end()
            with _work(bench, figures, f"dragging the goal over {where}", painted):
                _drag_goal(bench)
    bench.close()
    return figures


@contextmanager
def _work(bench: Bench, figures: dict[str, float], name: str, painted: list[Any]) -> Iterator[None]:
    """Put the frames that each value view paints and what the window takes of a core in figures."""
    painted.clear()
    began, worked = time.perf_counter(), time.thread_time()
    with bench.longest_gap(figures, name):
        yield
    seconds, worked = time.perf_counter() - began, time.thread_time() - worked
    figures[f"the window's share of a core, {name} (%)"] = 100 * worked / seconds
    first = painted.count(bench.session)
    figures[f"frames a second, {name}"] = first / seconds
    if bench.window.comparison.session is not None:
        figures[f"the same of the second view, {name}"] = (len(painted) - first) / seconds
    figures[f"work for a frame, {name} (ms)"] = 1000 * worked / max(len(painted), 1)


def _drag_goal(bench: Bench) -> None:
    """Drag the goal around by 250 mouse events, 125 a second."""
    from PySide6.QtCore import QEvent, Qt

    view, left = bench.window.map_view, Qt.MouseButton.LeftButton
    goal, path = _way_from_goal(bench.session.document.grid, steps=250)
    bench.move(view, goal, left, QEvent.Type.MouseButtonPress)
    for cell in path:
        bench.move(view, cell, left, QEvent.Type.MouseMove)
        bench.during(1 / 125)
    bench.move(view, path[-1], left, QEvent.Type.MouseButtonRelease)


def idle() -> dict[str, float]:
    """The share of one core that the window and its worker take while nobody does anything."""
    bench = Bench()
    bench.until(bench.planned)
    bench.stop_heart()
    bench.during(3)
    worker = bench.session.planner.process_id
    before = _seconds(os.getpid()), _seconds(worker)
    from PySide6.QtCore import QTimer

    QTimer.singleShot(10_000, bench.application.quit)
    bench.application.exec()
    after = _seconds(os.getpid()), _seconds(worker)
    bench.close()
    return {
        "idle: the window's share of a core (%)": 10 * (after[0] - before[0]),
        "idle: the worker's share of a core (%)": 10 * (after[1] - before[1]),
        "the window's memory at its peak (MiB)": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        / 1024,
    }


def _seconds(process: int | None) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# Run in the process that asks.


def child(name: str) -> dict[str, float]:
    """The figures of one function, in a process and with settings of its own."""
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "XDG_CONFIG_HOME": home,
            "XDG_DATA_HOME": home,
            "XDG_CACHE_HOME": home,
        }
        done = subprocess.run(
            [sys.executable, str(HERE), "--inside", name],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
    figures: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return figures


def main(words: list[str]) -> None:
    """Measure what is asked for."""
    if words[:1] == ["--inside"]:
        print(json.dumps(globals()[words[1]]()))
        return
    all_names = ["start", "edit", "drag", "costs", "gaps", "train", "themes", "playback"]
    all_names += ["compare", "idle"]
    for name in words or all_names:
        figures = start() if name == "start" else child(name)
        for what, figure in figures.items():
            print(f"{figure:10.3f}  {what}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
