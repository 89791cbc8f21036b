"""Form fields, each with an object name, an accessible name and a tooltip."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar

from PySide6.QtCore import QEvent, QSignalBlocker, SignalInstance
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from vingui.gui.look.number_fields import DecimalField, WholeField
from vingui.gui.look.plain_text import Label
from vingui.gui.look.window_shortcuts import is_for_window

Widget = TypeVar("Widget", bound=QWidget)

FRAMED_LIST: Final = """
QListView {{ border: 1px solid {edge}; border-radius: 5px; }}
QListView:focus {{ border-color: palette(highlight); }}
"""
"""The style sheet of a list whose frame shows that it has the focus."""


def named(widget: Widget, name: str, about: str, tip: str) -> Widget:
    """Set a widget's object name, its name for screen readers, and its tooltip."""
    widget.setObjectName(name)
    widget.setAccessibleName(about)
    widget.setToolTip(tip)
    return widget


class Choice(QComboBox):
    """A combo box with a value for each text."""

    def __init__(self, rows: Sequence[tuple[object, str]]) -> None:
        super().__init__()
        self._values: list[object] = []
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.offer(rows)

    def offer(self, rows: Sequence[tuple[object, str]]) -> None:
        """Replace the values and their texts; the first is chosen."""
        with QSignalBlocker(self):
            self.clear()
            self._values = [value for value, _ in rows]
            self.addItems([text for _, text in rows])

    def value(self) -> Any:
        """The chosen value."""
        return self._values[self.currentIndex()]

    def show_value(self, value: object) -> None:
        """Choose a value without a signal; the first if this one is not offered."""
        with QSignalBlocker(self):
            self.setCurrentIndex(self._values.index(value) if value in self._values else 0)


class _LineField(QLineEdit):
    def event(self, event: QEvent) -> bool:
        """Leave the window's shortcuts to the window."""
        if is_for_window(event):
            event.ignore()
            return False
        return super().event(event)


def choice(name: str, about: str, tip: str, rows: Sequence[tuple[object, str]]) -> Choice:
    """Create a combo box for (value, text) pairs."""
    return named(Choice(rows), name, about, tip)


def whole(name: str, about: str, tip: str, *, low: int, high: int, special: str = "") -> WholeField:
    """Create a field for a whole number; `special` is shown in place of the lowest."""
    field = named(WholeField(), name, about, tip)
    field.setRange(low, high)
    field.setSpecialValueText(special)
    return field


def number(
    name: str, about: str, tip: str, *, low: float, high: float, suffix: str = "", decimals: int = 1
) -> DecimalField:
    """Create a field for a decimal number."""
    field = named(DecimalField(), name, about, tip)
    field.setDecimals(decimals)
    field.setRange(low, high)
    field.setSuffix(suffix)
    return field


def check(name: str, text: str, tip: str) -> QCheckBox:
    """Create a check box."""
    return named(QCheckBox(text), name, text.replace("&", ""), tip)


def radio(name: str, text: str, group: str, tip: str) -> QRadioButton:
    """Create a radio button; screen readers call it by its group and its text."""
    return named(QRadioButton(text), name, f"{group}: {text.replace('&', '').lower()}", tip)


def line(name: str, about: str, tip: str, *, hint: str = "", most: int = 500) -> QLineEdit:
    """Create a field for a line of text of at most `most` characters."""
    field = named(_LineField(), name, about, tip)
    field.setPlaceholderText(hint)
    field.setMaxLength(most)
    return field


def value_of(field: QWidget) -> Any:
    """Return the value in a field."""
    match field:
        case QCheckBox():
            return field.isChecked()
        case QLineEdit():
            return field.text()
        case Choice() | QSpinBox() | QDoubleSpinBox():
            return field.value()
    raise TypeError(f"Expected a field, received {type(field).__name__}")


def show_value(field: QWidget, value: Any) -> None:
    """Show a value in a field, without a signal."""
    with QSignalBlocker(field):
        match field:
            case QCheckBox():
                field.setChecked(value)
            case QLineEdit():
                field.setText(value)
            case QSpinBox() | QDoubleSpinBox():
                field.setValue(value)
            case Choice():
                field.show_value(value)


def edited(field: QWidget) -> SignalInstance:
    """Return the signal that a field emits when its value has changed."""
    match field:
        case QCheckBox():
            return field.toggled
        case QLineEdit():
            return field.textChanged
        case QSpinBox() | QDoubleSpinBox():
            return field.valueChanged
        case Choice():
            return field.activated
    raise TypeError(f"Expected a field, received {type(field).__name__}")


def labelled(text: str, field: QWidget) -> Label:
    """Create a label whose shortcut letter moves the focus to a field."""
    label = Label(text)
    label.setBuddy(field)
    return label


def row(*items: QWidget | QLayout | None, spacing: int = 8) -> QHBoxLayout:
    """Lay out widgets and layouts side by side; `None` takes up the remaining space."""
    layout = QHBoxLayout()
    _fill(layout, items, spacing)
    return layout


def column(*items: QWidget | QLayout | None, spacing: int = 8, margin: int = 0) -> QVBoxLayout:
    """Lay out widgets and layouts from top to bottom; `None` takes up the remaining space."""
    layout = QVBoxLayout()
    _fill(layout, items, spacing)
    layout.setContentsMargins(margin, margin, margin, margin)
    return layout


def _fill(layout: QBoxLayout, items: Iterable[QWidget | QLayout | None], spacing: int) -> None:
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for item in items:
        if isinstance(item, QWidget):
            layout.addWidget(item)
        elif item is not None:
            layout.addLayout(item)
        else:
            layout.addStretch()


def add_row(form: QFormLayout, text: str, field: QWidget | QLayout) -> None:
    """Add a field to a form, aligned with those of other groups."""
    label = Label(text)
    label.setMinimumWidth(label.fontMetrics().horizontalAdvance("Background") + 4)
    if isinstance(field, QWidget):
        label.setBuddy(field)
    form.addRow(label, field)


def group(title: str) -> tuple[QGroupBox, QFormLayout]:
    """Create a titled group and the form in it."""
    box = QGroupBox(title)
    form = QFormLayout(box)
    form.setContentsMargins(4, 4, 4, 2)
    form.setHorizontalSpacing(8)
    form.setVerticalSpacing(8)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return box, form
