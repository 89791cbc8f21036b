"""Icons: single-colour SVGs in `assets/icons`, drawn in the colours of the look."""

from typing import Final

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from vingui.gui.look.theme import LIGHT, Look, Theme, mixed
from vingui.paths import ICONS

_TINTS: Final = {"note": "accent", "warning": "warning", "error": "error"}
"""Icons that are not drawn in the look's text colour, and the colours they have instead."""

_theme: list[Theme] = []
_icons: dict[str, QIcon] = {}


def set_theme(theme: Theme) -> None:
    """Draw all icons, including those already shown, in the colours of a theme."""
    _theme[:] = [theme]
    theme.changed.connect(_redraw)


def icon(name: str) -> QIcon:
    """Return the icon with this name; an empty icon for "".

    Raises:
        FileNotFoundError: there is no such icon in the assets, which is a bug.
    """
    if not name:
        return QIcon()
    if name not in _icons:
        source = (ICONS / f"{name}.svg").read_bytes()
        _icons[name] = QIcon(_Engine(source, tint=_TINTS.get(name, "text")))
    return _icons[name]


def _look() -> Look:
    return _theme[0].look if _theme else LIGHT


def _redraw() -> None:
    for widget in QApplication.allWidgets():
        # Item views override `update` to update one item.
        QWidget.update(widget)


class _Engine(QIconEngine):
    """Renders an SVG when it is painted, sharp at any size, in the colours of the current look."""

    def __init__(self, source: bytes, *, tint: str) -> None:
        super().__init__()
        self._source = source
        self._tint = tint
        self._pixmaps: dict[tuple[object, ...], QPixmap] = {}

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ratio = painter.device().devicePixelRatioF()
        pixmap = self.scaledPixmap(rect.size(), mode, state, ratio)
        painter.drawPixmap(QRectF(rect), pixmap, QRectF(pixmap.rect()))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(  # noqa: N802
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        # Qt 6.8 and newer give the size in device-independent pixels.
        look = _look()
        key = (size.width(), size.height(), mode, state, scale, look.name)
        if key not in self._pixmaps:
            self._pixmaps[key] = self._drawn(size * scale, self._colour(look, mode, state))
            self._pixmaps[key].setDevicePixelRatio(scale)
        return self._pixmaps[key]

    def clone(self) -> QIconEngine:
        return _Engine(self._source, tint=self._tint)

    def _colour(self, look: Look, mode: QIcon.Mode, state: QIcon.State) -> str:
        if mode is QIcon.Mode.Disabled:
            return mixed(look.text, look.panel, 0.32).name()
        colour: str = getattr(look, "accent" if state is QIcon.State.On else self._tint)
        return colour

    def _drawn(self, size: QSize, colour: str) -> QPixmap:
        # Imported when the first icon is drawn, so that it does not delay the window.
        from PySide6.QtSvg import QSvgRenderer

        source = self._source.replace(b"currentColor", colour.encode())
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        side = min(size.width(), size.height())
        where = QRect(QPoint(0, 0), QSize(side, side))
        where.moveCenter(pixmap.rect().center())
        painter = QPainter(pixmap)
        QSvgRenderer(QByteArray(source)).render(painter, QRectF(where))
        painter.end()
        return pixmap
