"""Number fields.

They work the same in every locale: the decimal separator is a point, as on the command line, and
a comma is read as a point.
"""

import math
import re
from contextlib import suppress
from typing import Final

from PySide6.QtCore import QEvent, QLocale
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QWidget

from vingui.gui.look.window_shortcuts import is_for_window

_POINTS: Final = str.maketrans({",": ".", "٫": "."})
"""Other decimal separators, which are read as a point."""

_FRACTION: Final = re.compile(r"[-+]?\d*\.\d*")


def _set_up(field: QAbstractSpinBox) -> None:
    # In the user's locale, a point may be the group separator, and would be skipped.
    field.setLocale(QLocale.c())


class DecimalField(QDoubleSpinBox):
    """A field for a decimal number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _set_up(self)

    def event(self, event: QEvent) -> bool:
        """Leave the window's shortcuts to the window."""
        if is_for_window(event):
            event.ignore()
            return False
        return super().event(event)

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """Read a comma as the decimal point."""
        return super().validate(text.translate(_POINTS), place)


class WholeField(QSpinBox):
    """A field for a whole number. Decimals are rounded away, not skipped: "1.5" is never 15."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _set_up(self)

    def event(self, event: QEvent) -> bool:
        """Leave the window's shortcuts to the window."""
        if is_for_window(event):
            event.ignore()
            return False
        return super().event(event)

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """Allow decimals while typing."""
        text = text.translate(_POINTS)
        if _FRACTION.fullmatch(self._number_in(text)):
            return QValidator.State.Intermediate, text, place
        return super().validate(text, place)

    def fixup(self, text: str) -> str:
        """Round decimals when editing is finished."""
        with suppress(ValueError, OverflowError):
            return self.textFromValue(math.floor(float(self._number_in(text)) + 0.5))
        return super().fixup(text)

    def _number_in(self, text: str) -> str:
        return text.removeprefix(self.prefix()).removesuffix(self.suffix()).strip()
