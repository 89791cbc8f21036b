"""Form fields, each with an object name, an accessible name and a tooltip."""

from collections.abc import Sequence
from typing import Final, TypeVar

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QGroupBox,
    QLayout,
    QLineEdit,
    QToolButton,
    QWidget,
)

from vingui.gui.look.icons import icon
from vingui.gui.look.number_fields import DecimalField, WholeField
from vingui.gui.look.plain_text import Label

Widget = TypeVar("Widget", bound=QWidget)

FRAMED_LIST: Final = """
QListWidget {{ border: 1px solid {edge}; border-radius: 5px; }}
QListWidget:focus {{ border-color: palette(highlight); }}
"""
"""A list whose frame shows that it has the focus."""


def named(widget: Widget, name: str, about: str, tip: str) -> Widget:
    """Give a widget its name, what a screen reader calls it, and its tip."""
    widget.setObjectName(name)
    widget.setAccessibleName(about)
    widget.setToolTip(tip)
    return widget


class Choice(QComboBox):
    """One of some values, each in words."""

    def __init__(self, rows: Sequence[tuple[object, str]]) -> None:
        super().__init__()
        self._values: list[object] = []
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.offer(rows)

    def offer(self, rows: Sequence[tuple[object, str]]) -> None:
        """Offer other values."""
        with QSignalBlocker(self):
            self.clear()
            self._values = [value for value, _ in rows]
            self.addItems([words for _, words in rows])

    def value(self) -> object:
        """The chosen value."""
        return self._values[self.currentIndex()]

    def show_value(self, value: object) -> None:
        """Choose a value without telling; the first for one that is not offered."""
        with QSignalBlocker(self):
            self.setCurrentIndex(self._values.index(value) if value in self._values else 0)

    def shows(self, value: object) -> bool:
        """Whether a value is offered."""
        return value in self._values


def choice(name: str, about: str, tip: str, rows: Sequence[tuple[object, str]]) -> Choice:
    """A list to choose from."""
    return named(Choice(rows), name, about, tip)


def whole(name: str, about: str, tip: str, *, low: int, high: int, special: str = "") -> WholeField:
    """A whole number; the lowest may stand for something special."""
    field = named(WholeField(), name, about, tip)
    field.setRange(low, high)
    field.setSpecialValueText(special)
    return field


def number(
    name: str, about: str, tip: str, *, low: float, high: float, suffix: str = "", decimals: int = 1
) -> DecimalField:
    """A number."""
    field = named(DecimalField(), name, about, tip)
    field.setDecimals(decimals)
    field.setRange(low, high)
    field.setSuffix(suffix)
    return field


def check(name: str, text: str, tip: str) -> QCheckBox:
    """A switch with its words."""
    return named(QCheckBox(text), name, text.replace("&", ""), tip)


def line(name: str, about: str, tip: str, *, hint: str = "", most: int = 500) -> QLineEdit:
    """A line of text."""
    field = named(QLineEdit(), name, about, tip)
    field.setPlaceholderText(hint)
    field.setMaxLength(most)
    return field


class _SmallButton(QToolButton):
    """Enter presses it too, as it does any button of a dialog, and not the dialog's main one."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Take Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


def small_button(name: str, picture: str, about: str) -> QToolButton:
    """A button with an icon alone."""
    button = named(_SmallButton(), name, about, about)
    button.setIcon(icon(picture))
    button.setIconSize(QSize(16, 16))
    button.setAutoRepeat(name.endswith(("up", "down")))
    return button


def add_row(form: QFormLayout, text: str, field: QWidget | QLayout) -> None:
    """Add a field to a form, in line with those of other groups."""
    label = Label(text)
    label.setMinimumWidth(label.fontMetrics().horizontalAdvance("Background") + 4)
    if isinstance(field, QWidget):
        label.setBuddy(field)
    form.addRow(label, field)


def group(title: str) -> tuple[QGroupBox, QFormLayout]:
    """A titled group and the form in it."""
    box = QGroupBox(title)
    form = QFormLayout(box)
    form.setContentsMargins(4, 4, 4, 2)
    form.setHorizontalSpacing(8)
    form.setVerticalSpacing(8)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return box, form
