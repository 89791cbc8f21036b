"""The fields for a generator's parameters."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QSlider, QWidget

from vingui.core.generate import Parameter
from vingui.core.generate import Setting as Value
from vingui.gui.look.fields import check, named, number, row, whole

_DECIMALS: Final = 3


def field_for(parameter: Parameter, value: Value, on_changed: Callable[[Value], object]) -> QWidget:
    """Create the field for a parameter, named after it.

    Args:
        parameter: its type decides which field it is.
        value: the value to show.
        on_changed: called with each value that the user enters.
    """
    name, title, about = parameter.name, parameter.title, parameter.about
    if parameter.type is bool:
        box = check(name, about[0].upper() + about[1:], about)
        box.setAccessibleName(title)
        box.setChecked(bool(value))
        box.toggled.connect(on_changed)
        return box
    if parameter.type is int:
        field = whole(name, title, about, low=int(parameter.low), high=int(parameter.high))
        field.setValue(int(value))
        field.valueChanged.connect(on_changed)
        return field
    return _Fraction(parameter, value, on_changed)


class _Fraction(QWidget):
    """A slider beside a field for the same number."""

    def __init__(
        self, parameter: Parameter, value: Value, on_changed: Callable[[Value], object]
    ) -> None:
        super().__init__()
        name, title, about = parameter.name, parameter.title, parameter.about
        named(self, name, title, about)
        low, high = parameter.low, parameter.high
        self._number = number(
            f"{name}-number", title, about, low=low, high=high, decimals=_DECIMALS
        )
        self._number.setSingleStep(0.01)
        self._slider = named(QSlider(Qt.Orientation.Horizontal), f"{name}-slider", title, about)
        self._slider.setRange(_steps(low), _steps(high))
        self._slider.setSingleStep(_steps(0.01))
        self._slider.setPageStep(_steps(0.1))
        self._number.setValue(value)
        self._slider.setValue(_steps(value))
        self.setLayout(row(self._slider, self._number))
        self.setFocusProxy(self._slider)
        # Without its own focus policy, setTabOrder would leave the widget out.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._slider.valueChanged.connect(lambda step: self._number.setValue(step / _steps(1)))
        self._number.valueChanged.connect(self._show_on_slider)
        self._number.valueChanged.connect(on_changed)

    def _show_on_slider(self, value: float) -> None:
        with QSignalBlocker(self._slider):
            self._slider.setValue(_steps(value))


def _steps(value: float) -> int:
    return round(value * 10**_DECIMALS)
