"""A list of numbers in fixed columns, painted by one widget."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from vingui.gui.docks.panel import tabular
from vingui.gui.look.fields import named
from vingui.gui.look.theme import Theme

_INDENT: Final = 10
"""Pixels left of the texts, for the dots."""

_GAPS: Final = 4, 24
"""Pixels between two columns, at least and at most: in a wide list they would drift apart."""

_BAR_ALPHA: Final = 0.25


@dataclass(frozen=True)
class Row:
    """A row of a list: its texts by column, and its emphasis.

    Attributes:
        texts: the texts.
        dotted: whether a dot is in front.
        strong: whether its first and its last text are bold.
        muted: whether it is grey.
        share: the length of the bar behind its last text, from 0 to 1.
    """

    texts: tuple[str, ...]
    dotted: bool = False
    strong: bool = False
    muted: bool = False
    share: float = 0.0

    @property
    def line(self) -> str:
        """Its texts with tabs between them."""
        return "\t".join(self.texts)


class NumberList(QWidget):
    """Rows under a header, the first column at the left and the numbers in line at the right.

    Args:
        theme: the colours.
        name: the object name.
        title: the name for screen readers.
        about: the tooltip.
        widest: the widest text of each column but the first, as far as that is known.
        lines: how many rows to keep room for; if left out, as many as are shown.
    """

    def __init__(
        self,
        theme: Theme,
        *,
        name: str,
        title: str,
        about: str,
        widest: Sequence[str],
        lines: int | None = None,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._header: tuple[str, ...] = ()
        self._rows: tuple[Row, ...] = ()
        self.setFont(tabular(self.font(), scale=0.88))
        self.row_height = self.fontMetrics().height() + 1
        wide = self.fontMetrics().horizontalAdvance
        self._widths = [wide(text) for text in widest]
        bold = QFont(self.font())
        bold.setBold(True)
        self._first = QFontMetrics(bold).horizontalAdvance("↗ NW")
        self._lines = lines
        named(self, name, title, about)
        gaps = _GAPS[0] * len(self._widths)
        self.setMinimumWidth(_INDENT + self._first + sum(self._widths) + gaps)
        self._fit()
        theme.changed.connect(self.update)

    def show_rows(self, header: tuple[str, ...], rows: tuple[Row, ...]) -> None:
        """Show rows under a header."""
        if (header, rows) != (self._header, self._rows):
            self._header, self._rows = header, rows
            self.setAccessibleDescription("; ".join(" ".join(row.texts) for row in rows))
            self._fit()
            self.update()

    def _fit(self) -> None:
        lines = len(self._rows) if self._lines is None else self._lines
        self.setFixedHeight(self.row_height * (lines + 1))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the rows."""
        look = self._theme.look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint(painter, 0, Row(self._header, muted=True))
        for line, row in enumerate(self._rows, start=1):
            if row.dotted:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(look.accent))
                middle = line * self.row_height + self.row_height // 2
                painter.drawEllipse(QRect(0, middle - 2, 5, 5))
            self._paint(painter, line, row)
        painter.end()

    def _paint(self, painter: QPainter, line: int, row: Row) -> None:
        look, font, top = self._theme.look, self.font(), line * self.row_height
        widths = self._widths[-max(len(row.texts) - 1, 1) :]
        used = _INDENT + self._first + sum(widths)
        gap = min(max((self.width() - used) // len(widths), _GAPS[0]), _GAPS[1])
        right = used + gap * len(widths)
        if row.share:
            painter.setPen(Qt.PenStyle.NoPen)
            bar_colour = QColor(look.accent)
            bar_colour.setAlphaF(_BAR_ALPHA)
            painter.setBrush(bar_colour)
            long = row.share * (widths[-1] + 4)
            bar = QRectF(right + 2 - long, top + 1, long, self.row_height - 2)
            painter.drawRoundedRect(bar, 2, 2)
        painter.setPen(QColor(look.muted if row.muted or not self.isEnabled() else look.text))
        for index in range(len(row.texts) - 1, -1, -1):
            # Bold digits are wider, and the numbers between need the room.
            font.setBold(row.strong and index in (0, len(row.texts) - 1))
            painter.setFont(font)
            side = Qt.AlignmentFlag.AlignRight if index else Qt.AlignmentFlag.AlignLeft
            box = QRect(_INDENT, top, right - _INDENT, self.row_height)
            painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, row.texts[index])
            right -= widths[index - 1] + gap if index else 0
