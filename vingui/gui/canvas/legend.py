"""The legend of the map's terrain, in the header of the map view."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from vingui.core.palette_edits import kinds_used
from vingui.core.terrain import Terrain
from vingui.gui.canvas.items.terrain import paint_material
from vingui.gui.look.debounce import Debounce
from vingui.gui.look.fields import named
from vingui.gui.look.plain_text import tip
from vingui.gui.session import Session
from vingui.gui.settings import SHOW_LEGEND, Setting

_SWATCH: Final = 16
_GAP: Final = 5
_BETWEEN: Final = 14
"""Pixels: the side of a swatch, from it to its text, and between two entries."""

_DELAY: Final = 100
"""Milliseconds from a change of the map to the new legend."""


class Legend(QWidget):
    """Names the kinds of terrain in the map and their costs; hidden where there are none.

    Texts become shorter, and end in the tooltip, where there is no room for them.

    Args:
        session: the map.
        parent: the header that shows it.
    """

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._kinds: list[tuple[int, Terrain]] = []
        named(self, "legend", "Terrain", "")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._refreshing = Debounce(self._refresh, _DELAY, self)
        session.document.changed.connect(self._refreshing.request)
        session.theme.changed.connect(self.update)
        session.settings.changed.connect(self._on_setting_changed)
        self._refresh()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Nothing: it never widens the window."""
        return QSize(0, _SWATCH)

    def texts(self, width: float) -> list[str]:
        """The texts of the entries as they fit into a width, the longest ones that do."""
        metrics = QFontMetricsF(self.font())
        both = [f"{kind.name} {kind.cost:zg}" for _, kind in self._kinds]
        costs = [f"{kind.cost:zg}" for _, kind in self._kinds]
        for texts in (both, costs):
            if sum(map(metrics.horizontalAdvance, texts)) + self._fixed_width(len(texts)) <= width:
                return texts
        return [""] * len(self._kinds)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint the entries, at the right; those for which there is no room are left out."""
        painter, look = QPainter(self), self._session.theme.look
        palette, metrics = self._session.document.grid.palette, QFontMetricsF(self.font())
        texts = self.texts(self.width())
        step = _SWATCH + (_GAP + _BETWEEN if any(texts) else _GAP)
        widths = [step + metrics.horizontalAdvance(text) for text in texts]
        x, y = max(self.width() - sum(widths) + _BETWEEN, 0.0), (self.height() - _SWATCH) / 2
        for (number, _), text, width in zip(self._kinds, texts, widths, strict=True):
            if x + _SWATCH > self.width() or number >= len(palette):
                break
            area = QRectF(round(x), round(y), _SWATCH, _SWATCH)
            paint_material(painter, look, palette, number, area)
            painter.setPen(QPen(QColor(look.muted), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
            painter.setPen(QColor(look.text))
            base = (self.height() + metrics.capHeight()) / 2
            painter.drawText(QPointF(area.right() + _GAP, base), text)
            x += width

    def _fixed_width(self, count: int) -> float:
        return count * (_SWATCH + _GAP + _BETWEEN) - _BETWEEN

    def _refresh(self) -> None:
        grid = self._session.document.grid
        known = grid.has_costs or grid.terrain is not None
        shown = known and self._session.settings.get(SHOW_LEGEND)
        self._kinds = [(kind, grid.palette[kind]) for kind in kinds_used(grid)] if shown else []
        self.setVisible(shown)
        lines = "\n".join(f"{kind.name}: cost {kind.cost:zg}" for _, kind in self._kinds)
        self.setToolTip(tip(lines))
        self.setAccessibleDescription(lines.replace("\n", ", "))
        self.update()

    def _on_setting_changed(self, setting: Setting[object]) -> None:
        if setting is SHOW_LEGEND:
            self._refresh()
