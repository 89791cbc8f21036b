"""The fields for a generator's parameters, one class per type."""

from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QSlider,
    QWidget,
)

from vingui.core.generate import Parameter
from vingui.core.generate import Setting as Value
from vingui.gui.look.number_fields import DecimalField, WholeField

_DECIMALS: Final = 3


class Check(QCheckBox):
    """The field of a boolean parameter."""

    edited = Signal()

    def __init__(self, parameter: Parameter) -> None:
        super().__init__()
        _name(self, parameter)
        self.setText(parameter.about[0].upper() + parameter.about[1:])
        self.toggled.connect(self.edited)

    def value(self) -> Value:
        """The value in the field."""
        return self.isChecked()

    def show_value(self, value: Value) -> None:
        """Show a value without emitting `edited`."""
        with QSignalBlocker(self):
            self.setChecked(bool(value))


class Whole(WholeField):
    """The field of an integer parameter."""

    edited = Signal()

    def __init__(self, parameter: Parameter) -> None:
        super().__init__()
        _name(self, parameter)
        self.setRange(int(parameter.low), int(parameter.high))
        self.valueChanged.connect(self.edited)

    def show_value(self, value: Value) -> None:
        """Show a value without emitting `edited`."""
        with QSignalBlocker(self):
            self.setValue(int(value))


class Fraction(QWidget):
    """The field of a float parameter: a slider and a number field."""

    edited = Signal()

    def __init__(self, parameter: Parameter) -> None:
        super().__init__()
        self._slider, self._number = QSlider(Qt.Orientation.Horizontal), DecimalField()
        _name(self, parameter)
        for editor, suffix in ((self._slider, "slider"), (self._number, "number")):
            _name(editor, parameter, suffix)
        self._number.setDecimals(_DECIMALS)
        self._number.setSingleStep(0.01)
        self._number.setRange(parameter.low, parameter.high)
        self._slider.setRange(_steps(parameter.low), _steps(parameter.high))
        self._slider.setSingleStep(_steps(0.01))
        self._slider.setPageStep(_steps(0.1))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._slider, 1)
        layout.addWidget(self._number)
        self.setFocusProxy(self._slider)
        # Without its own focus policy, setTabOrder would leave the widget out.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._slider.valueChanged.connect(lambda step: self._number.setValue(step / _steps(1)))
        self._number.valueChanged.connect(self._on_number_changed)

    def value(self) -> Value:
        """The value in the field."""
        return self._number.value()

    def show_value(self, value: Value) -> None:
        """Show a value without emitting `edited`."""
        with QSignalBlocker(self._slider), QSignalBlocker(self._number):
            self._number.setValue(value)
            self._slider.setValue(_steps(value))

    def _on_number_changed(self, value: float) -> None:
        with QSignalBlocker(self._slider):
            self._slider.setValue(_steps(value))
        self.edited.emit()


def _steps(value: float) -> int:
    return round(value * 10**_DECIMALS)


def _name(widget: QWidget, parameter: Parameter, suffix: str = "") -> None:
    widget.setObjectName("-".join(filter(None, (parameter.name, suffix))))
    widget.setAccessibleName(parameter.title)
    widget.setToolTip(parameter.about)


Field = Check | Whole | Fraction


def field_for(parameter: Parameter) -> Field:
    """Create the field for a parameter, named after it."""
    fields: dict[type, type[Field]] = {bool: Check, int: Whole, float: Fraction}
    return fields[parameter.type](parameter)
