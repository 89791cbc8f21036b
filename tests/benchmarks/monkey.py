"""Random real mouse and key events on the real window with the real planner.

python tests/benchmarks/monkey.py [--minutes 10 | --events 2000] [--seed 1]

It counts what must not happen: tracebacks, warnings in the log, hangs, memory that grows. What it
does follows from the seed and from what the window shows. The exit code is 0 if all is well.
"""

import argparse
import contextlib
import ctypes
import faulthandler
import gc
import logging
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

MOST_GROWTH = 200
"""MiB that the window may have more at the end than at first, with the same small map."""

MOST_WINDOW = 1600
MOST_WORKER = 4000
"""MiB at any time: the budgets of values and readouts, and the libraries."""

_FROZEN = 60.0
_EXPECTED = ("This plugin does not support", "The planner stopped: it was killed")
_DIALOG = 40
"""Events that a dialog gets at most before it is closed."""

_LETTERS = "abcghnpstvwABCLQV0123456789 ,.[]#+-<>?"


class Faults(logging.Handler):
    """What went wrong, each thing once, with how often it did and what was done before."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: Counter[str] = Counter()
        self.doing = "starting"

    def emit(self, record: logging.LogRecord) -> None:
        """Take a warning of the log."""
        self.add(record.getMessage())

    def add(self, text: str) -> None:
        """Take a traceback or a line."""
        if not any(words in text for words in _EXPECTED):
            if text not in self.found:
                print(f"FAULT while {self.doing}:\n{text}", flush=True)
            self.found[text] += 1

    def watch(self) -> None:
        """Hear of all exceptions that nobody handles, and of the log."""
        logging.getLogger().addHandler(self)
        hook = lambda one: self.add(  # noqa: E731
            "".join(traceback.format_exception(one.exc_type, one.exc_value, one.exc_traceback))
        )
        threading.excepthook = hook
        sys.unraisablehook = hook


class Monkey:
    """Somebody who presses everything.

    Args:
        app: the running application.
        faults: where what goes wrong is noted.
        folder: with files to open, and room for those saved.
        options: of the command line.
    """

    def __init__(self, app: Any, faults: Faults, folder: Path, options: Any) -> None:
        self.app = app
        self.window = app.window
        self.planner = app.session.planner
        self.faults = faults
        self.folder = folder
        self.options = options
        self.rng = random.Random(options.seed)  # noqa: S311
        self.count = 0
        self.kinds: Counter[str] = Counter()
        self.hangs: list[tuple[float, str]] = []
        self.memory: list[tuple[int, int]] = []
        self.began = self.beat = self.sampled = time.monotonic()
        self.in_dialog = 0
        self.held: Any = None
        # PySide keeps something for each bound method that a timer is given.
        self.again = lambda: self.turn()  # noqa: PLW0108
        # Otherwise it would all be over soon.
        self.window.actions_by_id["quit"].setEnabled(False)
        self.window.closeEvent = lambda event: event.ignore()

    # One event after another.

    def turn(self) -> None:
        """Do one thing, and see to it that the next one follows, whatever this one opens."""
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication

        self._look_at_the_clock()
        if self._over():
            modal = QApplication.activeModalWidget()
            if modal is not None:
                modal.close()
                QTimer.singleShot(1, self.again)
            else:
                QApplication.exit(0)
            return
        QTimer.singleShot(self.rng.choice((0, 0, 0, 1, 3, 12)), self.again)
        self.count += 1
        try:
            self.act()
        except RuntimeError as error:
            # A widget that this was about to use may be gone by then.
            if "already deleted" not in str(error):
                raise

    def _over(self) -> bool:
        if self.options.events:
            return self.count >= self.options.events
        return time.monotonic() - self.began > 60 * self.options.minutes

    def _look_at_the_clock(self) -> None:
        now = time.monotonic()
        self.hangs.append((now - self.beat, self.faults.doing))
        self.hangs = sorted(self.hangs, reverse=True)[:5]
        self.beat = now
        faulthandler.dump_traceback_later(_FROZEN, exit=True)
        if now - self.sampled > 1:
            self.sampled = now
            self.memory.append((resident(os.getpid()), resident(self.planner.process_id)))

    def act(self) -> None:
        """Do something with what is in front."""
        from PySide6.QtWidgets import QApplication

        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        if popup is not None:
            self.faults.doing = "a menu is open"
            self.key(popup, self.rng.choice(("Down", "Up", "Right", "Return", "Escape", "Escape")))
        elif modal is not None:
            self.use_dialog(modal)
        else:
            self.in_dialog = 0
            self.use_window()

    def use_dialog(self, dialog: Any) -> None:
        """Press something in a dialog, and in the end close it."""
        self.in_dialog += 1
        self.faults.doing = f"in {dialog.objectName() or type(dialog).__name__}"
        self.kinds[self.faults.doing] += 1
        if self.in_dialog > _DIALOG:
            self.in_dialog = 0
            dialog.close()
        elif self.rng.random() < 0.6:
            self.click(dialog)
        else:
            keys = ("Tab", "Up", "Down", "Return", "Escape", "Space", "Backspace", "1", "9")
            self.key(dialog.focusWidget() or dialog, self.rng.choice(keys))

    def use_window(self) -> None:
        """Draw, click, type, choose from a menu, and now and then something rarer."""
        what = self.rng.choices(
            ("stroke", "click", "wheel", "key", "action", "file", "window", "rest", "kill"),
            (46, 16, 6, 20, 7, 0.6, 1.2, 3, 0.02),
        )[0]
        self.kinds[what] += 1
        self.faults.doing = what
        getattr(self, f"do_{what}")()

    # What it can do.

    def do_stroke(self) -> None:
        """A press, some moves and a release, an event a turn."""
        from PySide6.QtCore import QPoint
        from PySide6.QtTest import QTest

        if self.held is not None:
            view, button = self.held
            QTest.mouseMove(view, self.point(view))
            if self.rng.random() < 0.3:
                self.held = None
                QTest.mouseRelease(view, button, self.modifiers(), self.point(view))
            return
        views = (self.window.map_view, self.window.value_view)
        view = self.rng.choices(views, (3, 1))[0]
        point = self.point(view.viewport())
        grid = self.window.session.document.grid
        marks = [*grid.starts, *([grid.goal] if grid.goal else [])]
        if marks and self.rng.random() < 0.4:
            point = view.position_of(self.rng.choice(marks)).toPoint()
        if not view.viewport().rect().contains(point):
            point = QPoint(9, 9)
        self.held = (view.viewport(), self.button())
        QTest.mousePress(*self.held, self.modifiers(), point)

    def do_click(self) -> None:
        """A click somewhere."""
        self.click(self.window)

    def do_wheel(self) -> None:
        """A turn of the wheel over a view or the scrubber."""
        from PySide6.QtCore import QPoint, QPointF, Qt
        from PySide6.QtGui import QWheelEvent
        from PySide6.QtWidgets import QApplication

        view = self.rng.choice((self.window.map_view, self.window.value_view)).viewport()
        point = QPointF(self.point(view))
        where = QPointF(view.mapToGlobal(point.toPoint()))
        turn = QPoint(0, self.rng.choice((-360, -120, 15, 120, 240)))
        buttons, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(point, where, QPoint(), turn, buttons, self.modifiers(), phase, False)
        QApplication.sendEvent(view, event)

    def do_key(self) -> None:
        """A key where the focus is."""
        named = ("Up", "Down", "Left", "Right", "Escape", "Space", "Delete", "Home", "End", "Tab")
        key = self.rng.choice((*_LETTERS, *named, *named, "Return", "F5", "PageUp"))
        self.key(self.window.focusWidget() or self.window, key, self.modifiers())

    def do_action(self) -> None:
        """An entry of a menu."""
        ids = [id_ for id_, action in self.window.actions_by_id.items() if action.isEnabled()]
        docks = [dock.toggleViewAction() for dock in self.window.docks.values()]
        place = self.rng.randrange(len(ids) + len(docks))
        action = self.window.actions_by_id[ids[place]] if place < len(ids) else docks[-1]
        self.faults.doing = f"choosing {action.objectName() or action.text()}"
        action.trigger()

    def do_file(self) -> None:
        """A file comes in, as when one is dropped."""
        path = self.rng.choice(sorted(self.folder.iterdir()))
        self.faults.doing = f"opening {path.name}"
        self.window.filing.open_path(path)

    def do_window(self) -> None:
        """The window takes another size."""
        self.window.resize(self.rng.randint(1024, 1700), self.rng.randint(640, 1000))

    def do_rest(self) -> None:
        """Nothing, for once: what was asked for gets a little time."""
        from PySide6.QtCore import QEventLoop
        from PySide6.QtWidgets import QApplication

        end = time.monotonic() + self.rng.random() * 0.2
        while time.monotonic() < end:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents, 20)
            self._look_at_the_clock()

    def do_kill(self) -> None:
        """The planner dies."""
        if self.planner.process_id is not None:
            os.kill(self.planner.process_id, signal.SIGKILL)

    def click(self, top: Any) -> None:
        """Click on a widget that can be seen."""
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QWidget

        widgets = [one for one in top.findChildren(QWidget) if one.isVisible() and one.isEnabled()]
        widget = self.rng.choice(widgets or [top])
        self.faults.doing += f", clicking on {widget.objectName() or type(widget).__name__}"
        act = QTest.mouseDClick if self.rng.random() < 0.1 else QTest.mouseClick
        act(widget, self.button(), self.modifiers(), self.point(widget))

    def key(self, widget: Any, key: str, modifiers: Any = None) -> None:
        """Press a key."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        self.faults.doing += f", key {key}"
        modifiers = modifiers or Qt.KeyboardModifier.NoModifier
        if len(key) == 1:
            QTest.keyClick(widget, key, modifiers)
        else:
            QTest.keyClick(widget, getattr(Qt.Key, f"Key_{key}"), modifiers)

    def point(self, widget: Any) -> Any:
        """A point of a widget; now and then one outside."""
        from PySide6.QtCore import QPoint

        over = 40 if self.rng.random() < 0.03 else 0
        return QPoint(
            self.rng.randint(-over, max(widget.width() - 1, 0) + over),
            self.rng.randint(-over, max(widget.height() - 1, 0) + over),
        )

    def button(self) -> Any:
        """A mouse button, most often the left one."""
        from PySide6.QtCore import Qt

        buttons = Qt.MouseButton
        return self.rng.choices(
            (buttons.LeftButton, buttons.RightButton, buttons.MiddleButton), (8, 3, 1)
        )[0]

    def modifiers(self) -> Any:
        """Most often none."""
        from PySide6.QtCore import Qt

        keys = Qt.KeyboardModifier
        return self.rng.choices(
            (keys.NoModifier, keys.ShiftModifier, keys.ControlModifier, keys.AltModifier),
            (20, 2, 1, 1),
        )[0]


def resident(process: int | None) -> int:
    """MiB of memory that a process has."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
        line = next(one for one in lines if one.startswith("VmRSS:"))
    except (OSError, StopIteration):
        return 0
    return int(line.split()[1]) >> 10


def lay_out(folder: Path) -> None:
    """Files of all kinds to open: maps of many sizes, a model, and some that are damaged."""
    from PIL import Image

    from vingui.core.dataset import DataSet
    from vingui.core.formats import write_dataset
    from vingui.core.generate import generate
    from vingui.gui.importing.files import save_map
    from vingui.paths import MAPS, MODELS

    for path in (*MAPS.glob("*.json"), MODELS / "dynamic-4.keras", MODELS / "vin-8x8.keras"):
        shutil.copy(path, folder)
    for side in (64, 128, 256, 512):
        grid = generate("obstacles", rows=side, cols=side, rng=np.random.default_rng(side))
        save_map(grid, folder / f"large-{side}.json")
    rooms = generate("rooms", rows=90, cols=130, rng=np.random.default_rng(1))
    Image.fromarray(np.where(rooms.walls, 40, 230).astype(np.uint8).repeat(4, 0)).save(
        folder / "floor.png"
    )
    save_map(rooms, folder / "robot.yaml")
    rng = np.random.default_rng(2)
    many = [generate("maze", rows=15, cols=15, rng=rng) for _ in range(50)]
    write_dataset(folder / "mazes.npz", DataSet("mazes", tuple(many)))
    (folder / "cut.json").write_text('{"format": ')
    (folder / "noise.png").write_bytes(bytes(range(200)))
    (folder / "noise.keras").write_bytes(bytes(range(200)))


def keep_inside(monkey: Monkey, folder: Path) -> None:
    """Have file dialogs answered with files of the folder, and links left unopened."""
    from PySide6.QtGui import QDesktopServices
    from PySide6.QtWidgets import QFileDialog

    chosen: list[str] = []

    def choose(dialog: QFileDialog) -> bool:
        if dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave:
            names = ["mine.json", "mine.png", "mine", "no/such/folder/mine.json", "mine.nonsense"]
            names += ["mine.svg", "mine.gif", "mine.npz", "mine.csv"]
        else:
            names = sorted(path.name for path in folder.iterdir())
        chosen[:] = [str(folder / monkey.rng.choice(names))]
        return monkey.rng.random() < 0.8

    def opened(dialog: QFileDialog) -> None:
        if choose(dialog):
            dialog.fileSelected.emit(chosen[0])
        dialog.deleteLater()

    QFileDialog.exec = lambda dialog: int(choose(dialog))
    QFileDialog.selectedFiles = lambda _: list(chosen)
    QFileDialog.open = opened
    QDesktopServices.openUrl = staticmethod(lambda _: True)


def settle(monkey: Monkey) -> int:
    """MiB of the window with a small map once all is quiet."""
    from PySide6.QtWidgets import QApplication

    from vingui.core.grid import GridMap
    from vingui.gui.settings import ITERATIONS

    session = monkey.window.session
    session.document.abandon()
    session.settings.set(ITERATIONS, 0)
    session.choose_model("dynamic-8")
    session.document.replace(GridMap(np.zeros((9, 9), bool), ((4, 4),), ((0, 0),)))
    end = time.monotonic() + 60
    while time.monotonic() < end:
        faulthandler.dump_traceback_later(_FROZEN, exit=True)
        QApplication.processEvents()
        run = session.run
        if run is not None and run.finished and run.grid is session.document.grid:
            break
    else:
        monkey.faults.add("In the end a small map was not planned within a minute")
    # A picture that was copied at eight times its size is some hundred MiB, and is meant to stay.
    QApplication.clipboard().clear()
    QApplication.processEvents()
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        # What was freed is not given back of itself.
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    return resident(os.getpid())


def report(monkey: Monkey, before: int, after: int) -> int:
    """Print what happened; the exit code."""
    took = time.monotonic() - monkey.began
    windows, workers = zip(*(monkey.memory or [(0, 0)]), strict=True)
    longest = monkey.hangs[0][0]
    bad = {
        "faults": bool(monkey.faults.found),
        "hang": longest > monkey.options.hang,
        "growth": after - before > MOST_GROWTH,
        "memory of the window": max(windows) > MOST_WINDOW,
        "memory of the worker": max(workers) > MOST_WORKER,
    }
    print(f"seed {monkey.options.seed}: {monkey.count:,} events in {took:.0f} s")
    print(f"  of these {dict(monkey.kinds.most_common())}")
    print(f"  faults {sum(monkey.faults.found.values())}, {len(monkey.faults.found)} different")
    print("  longest without a turn of the event loop:")
    for seconds, doing in monkey.hangs:
        print(f"    {seconds * 1000:7.0f} ms  after {doing}")
    step = max(len(windows) // 10, 1)
    tenths = [max(windows[place : place + step]) for place in range(0, len(windows), step)]
    print(f"  memory of the window (MiB): {before} before, {tenths} meanwhile, {after} after")
    print(f"  memory of the worker (MiB): at most {max(workers)}")
    wrong = [name for name, is_so in bad.items() if is_so]
    print("  " + (f"NOT WELL: {', '.join(wrong)}" if wrong else "all is well"))
    return int(bool(wrong))


def main() -> int:
    """Run the monkey."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--events", type=int, default=0, help="instead of minutes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--hang", type=float, default=2.0, help="seconds that the event loop may stand still"
    )
    options = parser.parse_args()
    # Of a crash of Qt, it says where it was.
    faulthandler.enable()
    home = Path(tempfile.mkdtemp(prefix="vingui-monkey-"))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "HOME"):
        os.environ[name] = str(home / name.lower())
    folder = home / "files"
    folder.mkdir()
    os.chdir(folder)
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from vingui.gui import app as module
    from vingui.gui.bugs import log_qt_messages

    application = QApplication(["vingui"])
    QApplication.setApplicationName("vingui")
    QApplication.setOrganizationName("vingui")
    lay_out(folder)
    faults = Faults()
    faults.watch()
    log_qt_messages()
    app = module.App(None)
    monkey = Monkey(app, faults, folder, options)
    keep_inside(monkey, folder)
    try:
        before = settle(monkey)
        monkey.began = monkey.beat = time.monotonic()
        QTimer.singleShot(0, monkey.turn)
        application.exec()
        after = settle(monkey)
    finally:
        faulthandler.cancel_dump_traceback_later()
        app.close()
        shutil.rmtree(home, ignore_errors=True)
    return report(monkey, before, after)


if __name__ == "__main__":
    sys.exit(main())
