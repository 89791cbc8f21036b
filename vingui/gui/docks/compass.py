"""The compass: policy and q-values of the moves from one cell."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from vingui.core.moves import ACTION_NAMES, DELTAS
from vingui.gui.look.fields import named
from vingui.gui.look.theme import Look, Theme

ARROWS: Final = dict(zip(ACTION_NAMES, "↑↓→←↗↖↘↙", strict=True))
"""From an action's name to its arrow."""

_VISIBLE: Final = 0.005
"""Less probable actions, which are listed with 0 %, get no bar."""

_SIDE: Final = 104
"""Pixels of the compass."""

_INNER: Final = 0.24
_OUTER: Final = 0.82
"""Where bars begin, and where a bar of probability 1 ends, as fractions of the radius."""


_ABOUT: Final = (
    "Bar: the action's probability. Tick: its q-value, higher values further out. "
    "Dot: optimal. Grey: no move."
)


@dataclass(frozen=True)
class Direction:
    """One action from one cell.

    Attributes:
        name: the action's name.
        legal: whether the map allows the move.
        optimal: whether it begins a shortest path.
        likeliest: whether no action is more probable.
        probability: its probability under V_k; `None` while unknown.
        q: its q-value; `None` while unknown, or if the latent actions are not moves.
    """

    name: str
    legal: bool
    optimal: bool = False
    likeliest: bool = False
    probability: float | None = None
    q: float | None = None

    @property
    def description(self) -> str:
        """A description of the action in one line."""
        parts = [f"{self.name}: {'' if self.legal else 'no move, '}"]
        if self.probability is None:
            parts.append("not known yet")
        else:
            parts.append(f"probability {self.probability:z.1%}")
        if self.q is not None:
            parts.append(f", q {self.q:z.2f}" if np.isfinite(self.q) else ", q not reached yet")
        if self.optimal:
            parts.append(", optimal")
        return "".join(parts)


class Compass(QWidget):
    """Bars around a centre, whose lengths are probabilities and whose ticks are q-values.

    The higher a q-value is among those of the cell, the further out its tick is. A dot at the end
    marks an optimal action; moves that the map forbids are grey.

    Args:
        theme: the colours.
        parent: the Qt parent.

    Attributes:
        directions: the actions that are shown.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.directions: tuple[Direction, ...] = ()
        named(self, "compass", "Compass of the actions", "")
        self.setFixedSize(_SIDE, _SIDE)
        theme.changed.connect(self.update)

    def show_directions(self, directions: tuple[Direction, ...]) -> None:
        """Show these actions; `()` clears the compass."""
        if directions != self.directions:
            self.directions = directions
            self.setAccessibleDescription(
                "; ".join(direction.description for direction in directions)
            )
            self.update()

    def direction_at(self, point: QPointF) -> Direction | None:
        """The action whose bar lies in the direction of `point`."""
        offset = point - QRectF(self.rect()).center()
        ahead = np.array([offset.y(), offset.x()])
        length = float(np.hypot(*ahead))
        if not self.directions or not 4 < length <= self.width() / 2 + 4:
            return None
        headings = DELTAS[: len(self.directions)]
        cosines = headings @ ahead / np.hypot(*headings.T) / length
        best = int(cosines.argmax())
        return self.directions[best] if cosines[best] > 0.88 else None

    def event(self, event: QEvent) -> bool:
        """Describe the bar under the mouse in a tooltip."""
        if isinstance(event, QHelpEvent):
            direction = self.direction_at(QPointF(event.pos()))
            text = direction.description if direction else _ABOUT
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the bars."""
        look = self._theme.look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(QRectF(self.rect()).center())
        radius = min(self.width(), self.height()) / 2
        painter.setPen(QPen(QColor(look.border), 1))
        painter.drawEllipse(QPointF(0, 0), radius * _OUTER, radius * _OUTER)
        for direction, share in zip(self.directions, _shares(self.directions), strict=True):
            row, col = DELTAS[ACTION_NAMES.index(direction.name)].tolist()
            painter.save()
            painter.rotate(np.degrees(np.arctan2(row, col)))
            _draw(painter, direction, share, radius, look)
            painter.restore()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.muted))
        painter.drawEllipse(QPointF(0, 0), 2, 2)
        painter.end()


def _shares(directions: tuple[Direction, ...]) -> list[float | None]:
    """Scale each q-value to 0 to 1, between the least and the greatest finite one."""
    values = [direction.q for direction in directions]
    known = [q for q in values if q is not None and np.isfinite(q)]
    if not known:
        return [None] * len(directions)
    low, high = min(known), max(known)
    return [
        (1.0 if high == low else (q - low) / (high - low))
        if q is not None and np.isfinite(q)
        else None
        for q in values
    ]


def _draw(
    painter: QPainter, direction: Direction, share: float | None, radius: float, look: Look
) -> None:
    """Draw one bar, along the x axis."""
    begin, end = radius * _INNER, radius * _OUTER
    half = radius * 0.09
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(look.hover if direction.legal else look.border))
    track = QRectF(begin, -half, end - begin, 2 * half)
    if direction.legal:
        painter.drawRoundedRect(track, half, half)
    else:
        painter.drawRoundedRect(track.adjusted(0, half * 0.6, 0, -half * 0.6), 1, 1)
    if direction.probability and direction.probability >= _VISIBLE:
        colour = QColor(look.accent if direction.legal else look.muted)
        colour.setAlphaF(1.0 if direction.likeliest else 0.6)
        painter.setBrush(colour)
        painter.save()
        painter.setClipRect(QRectF(begin, -half, track.width() * direction.probability, 2 * half))
        painter.drawRoundedRect(track, half, half)
        painter.restore()
    if share is not None:
        at = begin + (end - begin) * share
        painter.setPen(
            QPen(QColor(look.text if direction.legal else look.muted), 2, c=Qt.PenCapStyle.FlatCap)
        )
        painter.drawLine(QLineF(at, -half, at, half))
    if direction.optimal:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.accent))
        painter.drawEllipse(QPointF(radius * 0.93, 0), radius * 0.06, radius * 0.06)
