"""The convergence plot: what each iteration revised, and how many starts succeed by then."""

import math
from typing import Final, Literal

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from vingui.core.ticks import ticks
from vingui.core.value_history import log_changes
from vingui.figure.layout import Box
from vingui.figure.lettering import fitting, width
from vingui.figure.page import Page
from vingui.figure.scene import Scene
from vingui.figure.shapes import Shape, circle, joined, line, rectangle

_REVISION: Final[tuple[str, ...]] = (
    "Largest revision max |Vₖ − Vₖ₋₁|",
    "max |Vₖ − Vₖ₋₁|",
    "Revision",
)
_SUCCESS: Final[tuple[str, ...]] = ("Starts that succeed", "Success")
_SUPERSCRIPTS: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_AIR: Final = 0.06
_FEW: Final = 40
_MOST_DECADES: Final = 400
"""So many points are few enough to be seen one by one."""

# Lengths in sizes of the body text.
_TICK: Final = 0.3
_GAP: Final = 0.3
_TICK_ROOM: Final = 1.5


class Plot:
    """The figures of a run over its iterations.

    Args:
        page: it is drawn on.
        scene: of the figure.
        box: the plot itself, without the words around it.
        cursor: whether it shows where an iteration stands.
    """

    def __init__(self, page: Page, scene: Scene, box: Box, *, cursor: bool) -> None:
        self._page, self._scene, self._box = page, scene, box
        self._logs, self._floor = _logs(scene)
        self._low, self._high = _range(self._logs, self._floor)
        self._success = _success(scene)
        self._draw_axes()
        self._draw_curves()
        self._cursor = page.shapes([]) if cursor else None

    def show(self, k: int) -> None:
        """Show where an iteration stands from now on."""
        if self._cursor is None:
            return
        theme, box, x = self._scene.theme, self._box, self._x(k)
        upright = line([(x, box.top), (x, box.bottom)])
        shapes = [Shape(upright, edge=theme.text, width=0.8)]
        radius = self._scene.sizes.em(0.28)
        for point, colour in zip(self._at(k), theme.curves, strict=True):
            if math.isfinite(point[1]):
                shapes.append(Shape(circle(point, radius), colour, theme.halo, 0.6))
        self._cursor.show(shapes)

    @property
    def artists(self) -> list[Artist]:
        """What another iteration changes."""
        return [self._cursor] if self._cursor is not None else []

    def _x(self, k: float) -> float:
        share = (k - 1) / (max(len(self._logs), 2) - 1)
        return self._box.left + (_AIR / 2 + (1 - _AIR) * share) * self._box.width

    def _y(self, share: float) -> float:
        return self._box.bottom - (_AIR + (1 - 2 * _AIR) * share) * self._box.height

    def _log_y(self, log: float) -> float:
        return self._y((log - self._low) / (self._high - self._low))

    def _at(self, k: int) -> list[tuple[float, float]]:
        known = self._success[self._success[:, 0] <= k]
        success = self._y(float(known[-1, 1])) if len(known) else math.nan
        log = float(self._logs[min(k, len(self._logs)) - 1]) if len(self._logs) else math.nan
        return [(self._x(k), self._log_y(log)), (self._x(k), success)]

    def _draw_curves(self) -> None:
        theme, ks = self._scene.theme, np.arange(1, len(self._logs) + 1)
        known = np.isfinite(self._logs)
        points = [
            (self._x(k), self._log_y(log))
            for k, log in zip(ks[known], self._logs[known], strict=True)
        ]
        shapes = [Shape(line(points), edge=theme.curves[0], width=1.2)]
        success = [(self._x(k), self._y(share)) for k, share in self._success.tolist()]
        shapes.append(Shape(line(success), edge=theme.curves[1], width=1.2))
        if len(success) <= _FEW:
            radius = self._scene.sizes.em(0.16)
            shapes += [Shape(circle(point, radius), theme.curves[1]) for point in success]
        self._page.shapes(shapes)

    def _draw_axes(self) -> None:
        scene, box, theme = self._scene, self._box, self._scene.theme
        em, hair = scene.sizes.em, scene.sizes.hairline
        decades = _decades(self._low, self._high, self._floor, box.height / em(_TICK_ROOM))
        ks = _k_ticks(len(self._logs), box.width / em(2.8))
        frame = rectangle(box.left, box.top, box.width, box.height)
        levels = [
            line([(box.left, self._log_y(log)), (box.right, self._log_y(log))]) for log in decades
        ]
        self._page.shapes(
            [
                Shape(frame, theme.free if scene.options.background == "dark" else "none"),
                Shape(joined(levels), edge=theme.grid, width=hair),
            ]
        )
        marks = []
        for log in decades:
            y = self._log_y(log)
            marks.append(line([(box.left - em(_TICK), y), (box.left, y)]))
            self._word(_power(log, self._floor), box.left - em(_TICK + _GAP), y, "right")
        # Without starts that can reach the goal there is nothing to be read off there.
        for share in (0.0, 0.5, 1.0) if len(self._success) else ():
            y = self._y(share)
            marks.append(line([(box.right, y), (box.right + em(_TICK), y)]))
            self._word(f"{share:z.0%}", box.right + em(_TICK + _GAP), y, "left")
        for k in ks:
            x = self._x(k)
            marks.append(line([(x, box.bottom), (x, box.bottom + em(_TICK))]))
            self._word(f"{k:,}", x, box.bottom + em(_TICK + _GAP + 0.4), "center")
        self._page.shapes([Shape(joined([frame, *marks]), edge=theme.frame, width=hair)])
        self._draw_labels()

    def _draw_labels(self) -> None:
        scene, box, page = self._scene, self._box, self._page
        em, size, theme = scene.sizes.em, scene.sizes.small, scene.theme
        y = box.top + box.height / 2
        labels = [(_REVISION, box.left - left_room(scene) + em(0.5), theme.curves[0])]
        if len(self._success):
            labels.append((_SUCCESS, box.right + right_room(scene) - em(0.5), theme.curves[1]))
        for texts, x, colour in labels:
            words = fitting(texts, scene.sizes.pt(size), room=box.height)
            page.text(words, x, y, size=size, colour=colour, ha="center", va="middle", rotation=90)
        x, y = box.left + box.width / 2, box.bottom + em(_TICK + _GAP + 0.8 + _GAP + 0.6)
        page.text("iteration k", x, y, size=size, colour=theme.muted, ha="center", va="middle")

    def _word(self, text: str, x: float, y: float, ha: Literal["left", "center", "right"]) -> None:
        size, colour = self._scene.sizes.small, self._scene.theme.muted
        self._page.text(text, x, y, size=size, colour=colour, ha=ha, va="middle")


def left_room(scene: Scene) -> float:
    """Pixels for the words left of a plot."""
    logs, floor = _logs(scene)
    powers = _decades(*_range(logs, floor), floor, _MOST_DECADES)
    size = scene.sizes.pt(scene.sizes.small)
    widest = max((width(_power(power, floor), size) for power in powers), default=0.0)
    return widest + scene.sizes.em(_TICK + 2 * _GAP + 1)


def right_room(scene: Scene) -> float:
    """Pixels for the words right of it, if there are any."""
    if not scene.run.able(scene.run.grid.starts):
        return scene.sizes.em(_GAP)
    widest = width("100%", scene.sizes.pt(scene.sizes.small))
    return widest + scene.sizes.em(_TICK + 2 * _GAP + 1)


def below_room(scene: Scene) -> float:
    """Pixels for the words below it."""
    return scene.sizes.em(_TICK + 2 * _GAP + 2)


def _logs(scene: Scene) -> tuple[NDArray[np.float64], float | None]:
    """Revisions as they stand on a log axis, those of 0 on a floor; `None` where there is no 0."""
    logs, zeros, floor = log_changes(scene.run.revisions)
    logs[zeros - 1] = floor
    return logs, floor if zeros.size else None


def _success(scene: Scene) -> NDArray[np.float64]:
    """`(n, 2)`: ks, and the share of the starts that succeed of those that can reach the goal."""
    run = scene.run
    able = run.able(run.grid.starts)
    points = [(k, run.succeeding(k, able) / len(able)) for k in run.study()] if able else []
    return np.array(points, np.float64).reshape(-1, 2)


def _range(logs: NDArray[np.float64], floor: float | None) -> tuple[float, float]:
    known = logs[np.isfinite(logs)]
    if not known.size:
        return -1.0, 0.0
    low, high = float(known.min()), float(known.max())
    return (low, max(high, low + 1)) if floor is not None else (math.floor(low), max(high, low + 1))


def _decades(low: float, high: float, floor: float | None, most: float) -> list[float]:
    step = max(math.ceil((high - low) / max(most, 1)), 1)
    # As far from the floor's 0 as from each other.
    first = math.ceil(low) if floor is None else floor + step
    decades = [float(power) for power in range(int(first), math.floor(high) + 1, step)]
    return decades if floor is None else [floor, *decades]


def _power(exponent: float, floor: float | None) -> str:
    if exponent == floor:
        return "0"
    if -2 <= exponent <= 3:
        return f"{10**exponent:zg}"
    return "10" + f"{exponent:z.0f}".translate(_SUPERSCRIPTS)


def _k_ticks(latest: int, most: float) -> list[int]:
    """Round iterations, and 1."""
    last = max(latest, 2)
    inner = [round(k) for k in ticks(0, last, most=min(max(int(most), 2), 9))]
    whole = sorted({k for k in inner if 1 <= k <= last})
    return (
        whole
        if whole and whole[0] <= 0.2 * last and whole[0] == 1
        else [1, *(k for k in whole if k > 0.12 * last)]
    )
