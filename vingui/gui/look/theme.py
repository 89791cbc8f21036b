"""The light and dark looks, and the palette and style sheet made from each."""

from dataclasses import dataclass
from typing import Any, Final

import shiboken6
from PySide6.QtCore import QDir, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from vingui.core.colours import ON_DARK, ON_LIGHT, Colours
from vingui.gui.look.debounce import Debounce
from vingui.gui.look.stylesheet import SHEET
from vingui.paths import ICONS


@dataclass(frozen=True, kw_only=True)
class Look(Colours):
    """The colours of the window, as `#rrggbb`.

    Attributes:
        name: "light" or "dark".
        window: the background of the window.
        panel: the background of docks, toolbars and headers.
        raised: the background of fields, lists and menus.
        on_accent: text on `accent`.
        border: lines between areas.
        hover: the background of a widget under the mouse.
        warning: warnings.
        cursor: the cell cursor.
        cell_hover: the outline of the cells under the brush.
    """

    name: str
    window: str
    panel: str
    raised: str
    on_accent: str
    border: str
    hover: str
    warning: str
    cursor: str
    cell_hover: str

    @property
    def dark(self) -> bool:
        """Whether text is light on a dark background."""
        return self.name == "dark"


LIGHT: Final = Look(
    name="light",
    window="#f3f4f6",
    panel="#f9fafb",
    raised="#ffffff",
    on_accent="#ffffff",
    border="#d9dee5",
    hover="#e8edf3",
    warning="#8a5a00",
    cursor="#1d6fb8",
    cell_hover="#1d6fb8",
    **ON_LIGHT,
)

DARK: Final = Look(
    name="dark",
    window="#16191e",
    panel="#1d2127",
    raised="#262b33",
    on_accent="#0d1520",
    border="#343b46",
    hover="#2f3641",
    warning="#f0b95a",
    cursor="#5aa9ea",
    cell_hover="#8cc4f2",
    **ON_DARK,
)


_FUSION_FRAME: Final = 140
"""Percentage by which Fusion darkens the window's colour to get the colour of a frame."""

_LOOKS: Final = {"light": LIGHT, "dark": DARK}


class Theme(QObject):
    """The current look. "auto" follows the system, also while the window is open."""

    changed = Signal()
    """`look` has changed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choice = "auto"
        self._look = LIGHT
        self._application: QApplication | None = None
        self._window: QWidget | None = None
        self._held: list[QWidget] = []
        self._turn = Debounce(self._apply_sheet, 0, self)

    @property
    def look(self) -> Look:
        """The current look."""
        return self._look

    @property
    def switching(self) -> bool:
        """Whether the application does not have the colours of the current look yet."""
        return self._turn.isActive() or bool(self._held)

    def choose(self, name: str) -> None:
        """Choose "light", "dark" or "auto"."""
        self._choice = name
        if self._application is not None:
            self._set_system_scheme()
        self._update()

    def start(self, application: QApplication) -> None:
        """Apply the look to an application from now on."""
        self._application = application
        QDir.setSearchPaths("controls", [str(ICONS / "controls")])
        application.setStyle(QStyleFactory.create("Fusion"))
        self._set_system_scheme()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._update)
        self._look = self._wanted()
        self._apply_palette()
        application.setStyleSheet(style_sheet(self._look))

    def set_window(self, window: QWidget) -> None:
        """Set the window that changes with the look, together with its dialogs."""
        self._window = window

    def _update(self) -> None:
        look = self._wanted()
        if look is self._look:
            return
        self._look = look
        if self._application is not None:
            # The style sheet takes longest, so it is applied in a later turn of the event loop.
            # Until then painting is suspended, so that the two looks are never mixed.
            self._hold_painting()
            self._apply_palette()
            self._turn.start()
        self.changed.emit()

    def _set_system_scheme(self) -> None:
        # The window's frame and the system's dialogs follow this setting.
        scheme = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        QGuiApplication.styleHints().setColorScheme(
            scheme.get(self._choice, Qt.ColorScheme.Unknown)
        )

    def _wanted(self) -> Look:
        if self._choice in _LOOKS:
            return _LOOKS[self._choice]
        scheme = QGuiApplication.styleHints().colorScheme()
        return DARK if scheme is Qt.ColorScheme.Dark else LIGHT

    def _apply_palette(self) -> None:
        if self._application is not None:
            self._application.setPalette(palette(self._look))
            # PySide's type stubs require bytes here, which it does not accept.
            spin_box: Any = "QAbstractSpinBox"
            self._application.setPalette(spin_box_palette(self._look), spin_box)

    def _apply_sheet(self) -> None:
        # A new sheet for the application would be applied to each widget once for each of its
        # ancestors. One for the window, which its dialogs inherit, takes half the time.
        if self._window is not None and shiboken6.isValid(self._window):
            self._window.setStyleSheet(style_sheet(self._look))
        # Painting takes another turn of the event loop.
        QTimer.singleShot(0, self._release_painting)

    def _release_painting(self) -> None:
        held, self._held = self._held, []
        for window in held:
            if shiboken6.isValid(window):
                window.setUpdatesEnabled(True)

    def _hold_painting(self) -> None:
        for window in QApplication.topLevelWidgets():
            if window.isVisible() and window.updatesEnabled():
                window.setUpdatesEnabled(False)
                self._held.append(window)


def palette(look: Look) -> QPalette:
    """Return the Qt palette of a look."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    colours = {
        role.Window: look.panel,
        role.WindowText: look.text,
        role.Base: look.raised,
        role.AlternateBase: look.window,
        role.Text: look.text,
        role.PlaceholderText: look.muted,
        role.Button: look.raised,
        role.ButtonText: look.text,
        role.BrightText: look.error,
        role.ToolTipBase: look.raised,
        role.ToolTipText: look.text,
        role.Highlight: look.accent,
        role.HighlightedText: look.on_accent,
        role.Accent: look.accent,
        role.Link: look.accent,
        role.LinkVisited: look.accent,
        role.Light: look.raised,
        role.Midlight: look.hover,
        role.Mid: look.border,
        role.Dark: look.muted if look.dark else look.border,
        role.Shadow: look.border,
    }
    result = QPalette()
    for colour_role, colour in colours.items():
        result.setColor(colour_role, QColor(colour))
    disabled = faint(look)
    for text_role in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText, role.Link):
        result.setColor(group.Disabled, text_role, disabled)
    result.setColor(group.Disabled, role.PlaceholderText, mixed(look.text, look.panel, 0.3))
    result.setColor(group.Disabled, role.Base, QColor(look.panel))
    result.setColor(group.Disabled, role.Button, QColor(look.panel))
    for accent_role in (role.Highlight, role.Accent):
        result.setColor(group.Disabled, accent_role, QColor(look.border))
    return result


def spin_box_palette(look: Look) -> QPalette:
    """Return the palette of number fields, whose frame Fusion derives from the window's colour.

    They are not framed by the style sheet as other fields are, since Qt 6.11 then leaves no room
    for their text.
    """
    result = palette(look)
    result.setColor(QPalette.ColorRole.Window, edge(look).lighter(_FUSION_FRAME))
    return result


def style_sheet(look: Look) -> str:
    """Return the style sheet of a look, for what Fusion does not take from the palette."""
    mixes = {
        "chosen": chosen(look),
        "faint": faint(look),
        "edge": edge(look),
        "accent_hover": mixed(look.accent, look.text, 0.86),
    }
    colours = {name: getattr(look, name) for name in look.__dataclass_fields__}
    return SHEET.format(**colours, **{name: mix.name() for name, mix in mixes.items()})


def edge(look: Look) -> QColor:
    """The colour of frames around fields and buttons."""
    return mixed(look.muted, look.border, 0.25)


def chosen(look: Look) -> QColor:
    """The background of selected items, where the accent colour would be too strong."""
    return mixed(look.accent, look.panel, 0.24 if look.dark else 0.16)


def faint(look: Look) -> QColor:
    """The colour of disabled text."""
    return mixed(look.text, look.panel, 0.42)


def mixed(colour: str, other: str, share: float) -> QColor:
    """Mix two colours; `share`, from 0 to 1, is the weight of the first."""
    first, second = QColor(colour), QColor(other)
    parts = (QColor.red, QColor.green, QColor.blue)
    return QColor(*(round(share * part(first) + (1 - share) * part(second)) for part in parts))
