"""The fields that say how greys become heights."""

from typing import Final

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from vingui.core.formats.heights import Heights
from vingui.core.map_arrays import MAX_HEIGHT
from vingui.gui.look.fields import edited, labelled, number

DEFAULT_HEIGHTS: Final = Heights(low=0, high=500, side=30)

_LEAST_SIDE: Final = 0.01
_MOST_SIDE: Final = 10_000.0


class HeightFields(QWidget):
    """Chooses the heights of black and white, and the side of a cell, all in metres."""

    changed = Signal()
    """The user changed a field."""

    def __init__(self) -> None:
        super().__init__()
        self._low, self._high = (
            number(
                name,
                f"Height of {name}",
                f"The height of {name} pixels in metres",
                low=-MAX_HEIGHT,
                high=MAX_HEIGHT,
                decimals=1,
            )
            for name in ("black", "white")
        )
        self._side = number(
            "cell-side",
            "Side of a cell",
            "The side of a cell in metres: the smaller, the steeper the slopes",
            low=_LEAST_SIDE,
            high=_MOST_SIDE,
            decimals=2,
        )
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        fields = (("&From", self._low), ("&Up to", self._high), ("Cell si&ze", self._side))
        for place, (text, field) in enumerate(fields):
            field.setSuffix(" m")
            layout.addWidget(labelled(text, field), 0, 2 * place)
            layout.addWidget(field, 0, 2 * place + 1)
            edited(field).connect(self.changed)
        self.choose(DEFAULT_HEIGHTS)

    @property
    def chosen(self) -> Heights:
        """The values in the fields."""
        return Heights(low=self._low.value(), high=self._high.value(), side=self._side.value())

    def choose(self, heights: Heights) -> None:
        """Show other values, without emitting `changed`."""
        with QSignalBlocker(self):
            self._low.setValue(heights.low or 0.0)
            self._high.setValue(heights.high or 0.0)
            self._side.setValue(heights.side)
