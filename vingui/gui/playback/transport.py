"""The transport bar below the value view: play, scrub and step through the iterations."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QColor,
    QIcon,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QSpinBox,
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vingui.gui.look.number_fields import WholeField
from vingui.gui.look.theme import Theme
from vingui.gui.playback.playback import SPEEDS, Playback
from vingui.gui.playback.scrubber import Scrubber
from vingui.gui.settings import ITERATIONS, SPEED, Settings

_NO_PLAN: Final = "no plan yet"
_BUTTONS: Final = ("first", "step-back", "play", "step-forward", "last", "live", "walk", "loop")
_ALWAYS: Final = _BUTTONS.index("live") + 1
_GAP: Final = 4
_MARGIN: Final = 8


class LiveButton(QToolButton):
    """A toggle whose dot is lit while the playhead follows the newest iteration."""

    _DOT: Final = 8

    def __init__(self, playback: Playback, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playback = playback
        self._theme = theme

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for the dot and the word."""
        words = self.fontMetrics().horizontalAdvance("Live")
        return QSize(8 + self._DOT + 6 + words + 10, super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the button's background in the style, then the dot and the word."""
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.icon, option.text = QIcon(), ""
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = self._theme.look
        lit = self._playback.live and self.isEnabled()
        dot = QRectF(8, (self.height() - self._DOT) / 2, self._DOT, self._DOT)
        painter.setPen(QPen(QColor(look.success if lit else look.muted), 1.5))
        painter.setBrush(QColor(look.success) if lit else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(dot)
        painter.setPen(QColor(look.text if self.isEnabled() else look.muted))
        words = self.rect().adjusted(8 + self._DOT + 6, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, "Live")


class TransportBar(QWidget):
    """The controls of the playhead, in two lines.

    Args:
        playback: the playhead that it moves.
        settings: where the speed and the planned number of iterations are kept.
        theme: the colours.
        actions: "first", "step-back", "play", "step-forward", "last", "live", "loop" and "walk",
            whose text, icon and state are kept up to date by their owner.
    """

    def __init__(
        self,
        playback: Playback,
        settings: Settings,
        theme: Theme,
        actions: Mapping[str, QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._playback = playback
        self._settings = settings
        self._theme = theme
        self._actions = actions
        self.setObjectName("transport")
        self.setAccessibleName("Playback")
        self._scrubber = Scrubber(playback, settings, theme)
        self._spin = self._make_spin()
        # The style sheet's least height, which it sets again whenever the look changes.
        self._spin.ensurePolished()
        self._spin_height = max(self._spin.sizeHint().height(), self._spin.minimumHeight())
        self._speed = self._make_speed()
        self._buttons = {id_: self._make_button(id_) for id_ in _BUTTONS}
        self._lay_out()
        self._playback.moved.connect(self._show_k)
        self._playback.state_changed.connect(self._show_state)
        settings.changed.connect(self._on_setting_changed)
        self._show_state()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Room for the widgets that are never hidden."""
        return QSize(self._least_width(), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Hide widgets that have no room; their actions are also in the menu."""
        super().resizeEvent(event)
        left = self.width() - self._least_width()
        for widget in (self._speed, self._buttons["walk"], self._buttons["loop"]):
            left -= widget.sizeHint().width() + _GAP
            widget.setVisible(left >= 0)

    def _make_button(self, id_: str) -> QToolButton:
        button = LiveButton(self._playback, self._theme) if id_ == "live" else QToolButton()
        button.setDefaultAction(self._actions[id_])
        button.setObjectName(f"transport-{id_}")
        button.setAccessibleName(self._actions[id_].text().replace("&", ""))
        button.setAutoRaise(True)
        button.setIconSize(QSize(24, 24) if id_ == "play" else QSize(18, 18))
        if id_ != "live":
            side = 36 if id_ == "play" else 28
            button.setFixedSize(side, side)
        return button

    def _make_spin(self) -> WholeField:
        spin = WholeField()
        spin.setObjectName("iteration")
        spin.setAccessibleName("Iteration k")
        spin.setToolTip("The iteration shown, and how many are computed")
        spin.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        spin.setAlignment(Qt.AlignmentFlag.AlignRight)
        spin.setKeyboardTracking(False)
        spin.valueChanged.connect(self._playback.seek)
        spin.editingFinished.connect(self._end_typing)
        return spin

    def _make_speed(self) -> QComboBox:
        speed = QComboBox()
        speed.setObjectName("speed")
        speed.setAccessibleName("Speed")
        speed.setToolTip("Iterations per second")
        for value in SPEEDS:
            speed.addItem(_speed_text(value), float(value))
        speed.activated.connect(lambda: self._settings.set(SPEED, speed.currentData()))
        return speed

    def _lay_out(self) -> None:
        upper, lower = QHBoxLayout(), QHBoxLayout()
        upper.setSpacing(_MARGIN)
        upper.addWidget(self._scrubber, 1)
        upper.addWidget(self._spin)
        lower.setSpacing(_GAP)
        for id_, button in self._buttons.items():
            if id_ == "live":
                lower.addSpacing(_MARGIN)
            elif id_ == "walk":
                lower.addStretch(1)
            lower.addWidget(button)
        lower.addWidget(self._speed)
        both = QVBoxLayout(self)
        # The bar may be narrower than all of its widgets, some of which are then hidden.
        both.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        both.setContentsMargins(_MARGIN, _GAP, _MARGIN, _GAP)
        both.setSpacing(_GAP)
        both.addLayout(upper)
        both.addLayout(lower)

    def _least_width(self) -> int:
        hints = [button.sizeHint().width() for button in self._buttons.values()]
        least = hints[:_ALWAYS]
        return sum(least) + _GAP * len(least) + 3 * _MARGIN

    def _show_k(self, k: int) -> None:
        self._scrubber.sync()
        if not self._spin.lineEdit().isModified():
            with QSignalBlocker(self._spin):
                self._spin.setValue(k)

    def _show_state(self) -> None:
        playback = self._playback
        self._scrubber.setEnabled(playback.last > 0)
        self._spin.setEnabled(playback.last > 0)
        self._show_range()
        self._show_k(playback.k)
        self._speed.setCurrentIndex(self._speed.findData(playback.speed))
        self._speed.setPlaceholderText(_speed_text(playback.speed))
        self._buttons["play"].setAccessibleName(playback.verb)
        self._buttons["live"].update()

    def _show_range(self) -> None:
        # The text is not changed while it is being typed.
        if self._spin.lineEdit().isModified():
            return
        last = self._playback.last
        with QSignalBlocker(self._spin):
            self._spin.setRange(min(last, 1), last)
            self._spin.setSpecialValueText("" if last else _NO_PLAN)
            self._spin.setPrefix("k = ")
            self._spin.setSuffix(f" / {last}")
        digits = "0" * max(len(str(last)), 3)
        words = self._spin.fontMetrics().horizontalAdvance(f"k = {digits} / {digits}")
        # Of a fixed size, a new range does not lay out the window anew.
        self._spin.setFixedSize(words + 20, self._spin_height)

    def _end_typing(self) -> None:
        self._spin.lineEdit().setModified(False)
        self._show_range()
        self._show_k(self._playback.k)

    def _on_setting_changed(self, setting: object) -> None:
        if setting is ITERATIONS:
            self._scrubber.sync()


def _speed_text(speed: float) -> str:
    return f"{speed:zg} it/s"
