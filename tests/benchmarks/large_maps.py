"""How long the window's event loop stands on maps of millions of cells.

python tests/benchmarks/large_maps.py [SIDE ...]

Without a side, 2048 and 4096, each in a process of its own. Beside each gap there is what a turn of
the loop takes of a core at most, which says more where other programs keep the machine busy.
"""

import json
import math
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from window import Bench

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
HERE = Path(__file__)


def measured(side: int) -> dict[str, float]:
    """Plan, scrub, play, pan, zoom and draw on a cave of so many rows and columns."""
    from vingui.core.generate import generate

    grid = generate("caves", rows=side, cols=side, rng=np.random.default_rng(1))
    figures: dict[str, float] = {}
    bench = Bench()
    bench.until(bench.planned)
    bench.during(1)
    with bench.gaps_of(figures, f"opening {side}x{side}"):
        bench.session.document.replace(grid)
        bench.until(bench.planned, seconds=120)
        bench.during(2)
    for name, action in (
        ("planning", _plan),
        ("scrubbing", _scrub),
        ("playing", _play),
        ("panning and zooming", _pan_and_zoom),
        ("drawing a wall", _draw),
    ):
        with bench.gaps_of(figures, f"{name} {side}x{side}"):
            action(bench)
            bench.during(0.5)
        bench.until(bench.planned, seconds=120)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures[f"the window's memory at its peak, {side}x{side} (MiB)"] = most
    bench.close()
    return figures


def _plan(bench: Bench) -> None:
    """Move the goal to three places, and wait for each plan."""
    from vingui.core.map_edits import place_goal

    document = bench.session.document
    side = document.grid.rows
    for row in (side // 4, side // 2, side // 3):
        col = side // 2 + int(document.grid.walls[row, side // 2 :].argmin())
        document.apply("Move the goal", place_goal(document.grid, (row, col)))
        bench.until(bench.planned, seconds=120)
        bench.during(0.5)


def _scrub(bench: Bench) -> None:
    """Drag the playhead to and fro over all iterations, and jump far."""
    playback, last = bench.session.playback, bench.session.run.latest
    for step in range(240):
        playback.scrub(1 + round((math.sin(step / 10) + 1) / 2 * (last - 1)))
        bench.during(1 / 60)
    for k in (10, last // 2, 100, last, last // 3):
        playback.seek(k)
        bench.during(0.5)


def _play(bench: Bench) -> None:
    from vingui.gui import settings as entries

    playback = bench.session.playback
    playback.seek(bench.session.run.latest // 3)
    for speed in (60.0, 1000.0):
        bench.session.settings.set(entries.SPEED, speed)
        playback.play()
        bench.during(1.5)
    playback.pause()


def _pan_and_zoom(bench: Bench) -> None:
    from PySide6.QtCore import QPointF

    camera, view = bench.session.camera, bench.window.map_view
    for factor in (1.1, 1 / 1.1):
        for step in range(45):
            camera.zoom(factor, row=camera.rows / 2, col=camera.cols / 2)
            view.pan(QPointF(7 * math.cos(step / 5), 9 * math.sin(step / 5)))
            bench.during(1 / 60)


def _draw(bench: Bench) -> None:
    """Draw a wall of 200 cells with the mouse, 125 events a second."""
    from PySide6.QtCore import QEvent, Qt

    left, side = Qt.MouseButton.LeftButton, bench.session.document.grid.rows
    cells = [(side // 2 + step, side // 2 + step // 3) for step in range(200)]
    bench.move(bench.window.map_view, cells[0], left, QEvent.Type.MouseButtonPress)
    for cell in cells:
        bench.move(bench.window.map_view, cell, left, QEvent.Type.MouseMove)
        bench.during(1 / 125)
    bench.move(bench.window.map_view, cells[-1], left, QEvent.Type.MouseButtonRelease)


def main(words: list[str]) -> None:
    """Measure what is asked for."""
    if words[:1] == ["--inside"]:
        print(json.dumps(measured(int(words[1]))))
        return
    for side in words or ["2048", "4096"]:
        with tempfile.TemporaryDirectory() as home:
            names = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")
            done = subprocess.run(
                [sys.executable, str(HERE), "--inside", side],
                check=True,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, **dict.fromkeys(names, home)},
            )
        for what, figure in json.loads(done.stdout.strip().splitlines()[-1]).items():
            print(f"{figure:10.3f}  {what}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
