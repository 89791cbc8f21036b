"""The right half of the window: the value view, its controls and the colour bar."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QIcon, QImage, QPainter, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vingui.core.readouts import BEST
from vingui.core.value_colours import SEQUENTIAL, ColourMap, colour_map_named
from vingui.core.value_layers import latent_names, layers_of
from vingui.gui import settings as entries
from vingui.gui.canvas.colour_bar import ColourBar
from vingui.gui.canvas.map_panel import HEADER_HEIGHT
from vingui.gui.canvas.picture import gradient
from vingui.gui.canvas.value_view import ValueView
from vingui.gui.look.fields import choice, named
from vingui.gui.look.icons import icon
from vingui.gui.session import Session
from vingui.gui.settings import Setting

_OVERLAYS: Final = ("arrows", "numbers", "trajectories", "contours", "grid")
_SCALES: Final = ("scale-run", "scale-frame")

_SHEET: Final = """
QToolBar { background: transparent; border: 0; padding: 0; }
QToolButton#qt_toolbar_ext_button { padding: 0; }
"""

_ICON: Final = 20


class ValuePanel(QWidget):
    """The value view, with its controls above and the colour bar beside it.

    Args:
        session: the run and the settings.
        actions: the window's actions by id; those of the overlays and of the scale are used.
        footer: a widget below, as wide as the panel.

    Attributes:
        view: the value view.
        colour_bar: the colour bar.
    """

    def __init__(
        self,
        session: Session,
        actions: Mapping[str, QAction],
        *,
        footer: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.setObjectName("value-panel")
        self.view = ValueView(session)
        self.colour_bar = ColourBar(session, self.view.picture)
        self._latents: tuple[str, ...] = ()
        self._layers = self._shown_layers()
        self._layer = choice("layer", "Layer", "What the colours show", self._layers)
        about = "The action whose reward or Q-values are shown, or the best action"
        self._latent = choice("latent", "Action", about, [(BEST, "Best")])
        for box in (self._layer, self._latent):
            box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._colours = _colours_button(session, actions)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.view, 1)
        middle.addWidget(self.colour_bar)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._header(actions))
        layout.addLayout(middle, 1)
        layout.addWidget(footer)
        choose = session.settings.set
        self._layer.activated.connect(lambda: choose(entries.LAYER, self._layer.value()))
        self._latent.activated.connect(lambda: choose(entries.LATENT, self._latent.value()))
        session.settings.changed.connect(self._on_setting_changed)
        session.document.changed.connect(self._offer_layers)
        session.run_changed.connect(self._offer_layers)
        session.run_changed.connect(self._show_latents)
        session.theme.changed.connect(self._show_colour_map)
        self._show_layer()
        self._show_colour_map()

    def _header(self, actions: Mapping[str, QAction]) -> QWidget:
        header = QWidget()
        header.setObjectName("value-header")
        header.setFixedHeight(HEADER_HEIGHT)
        overlays = named(QToolBar(), "overlays", "Overlays", "")
        overlays.setIconSize(QSize(_ICON, _ICON))
        # Buttons that do not fit are in an extension menu at the end.
        overlays.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        overlays.setStyleSheet(_SHEET)
        for id_ in _OVERLAYS:
            overlays.addAction(actions[id_])
            button = overlays.widgetForAction(actions[id_])
            about = actions[id_].text().replace("&", "")
            named(button, f"overlay-{id_}", about, button.toolTip())
        for more in overlays.findChildren(QToolButton, "qt_toolbar_ext_button"):
            # Qt's own icon is dark, also on a dark background.
            more.setIcon(icon("more"))
            named(more, more.objectName(), "More overlays", "More overlays")
        row = QHBoxLayout(header)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(4)
        row.addWidget(self._layer)
        row.addWidget(self._latent)
        row.addWidget(overlays, 1)
        row.addWidget(self._colours)
        return header

    def _on_setting_changed(self, setting: Setting[object]) -> None:
        if setting in (entries.LAYER, entries.LATENT):
            self._show_layer()
        elif setting is entries.COLOUR_MAP:
            self._show_colour_map()

    def _offer_layers(self) -> None:
        """List the layers that show something, and the one that is shown."""
        chosen = self.session.settings.get(entries.LAYER)
        layers = self._shown_layers()
        if layers != self._layers:
            self._layers = layers
            self._layer.offer(layers)
            self._layer.show_value(chosen)

    def _shown_layers(self) -> tuple[tuple[str, str], ...]:
        session, run = self.session, self.session.run
        return layers_of(
            costs=session.document.grid.has_costs,
            learned=run is not None and run.has_learned_costs,
            chosen=session.settings.get(entries.LAYER),
        )

    def _show_layer(self) -> None:
        self._offer_layers()
        self._layer.show_value(self.session.settings.get(entries.LAYER))
        self._show_latents()

    def _show_latents(self) -> None:
        """List the run's latent actions, if the layer has values for each."""
        names = self._known_latents()
        if names != self._latents:
            self._latents = names
            self._latent.offer([(BEST, "Best"), *enumerate(names)])
        self._latent.setVisible(bool(names))
        self._latent.show_value(self.session.settings.get(entries.LATENT))

    def _known_latents(self) -> tuple[str, ...]:
        layer, run = self.session.settings.get(entries.LAYER), self.session.run
        if layer not in ("reward", "q") or run is None:
            return ()
        readouts = run.readouts
        count = readouts.reward_channels if layer == "reward" else readouts.latent_actions
        if not count:
            # A plan in progress most often has the same actions as the previous one.
            return self._latents
        return latent_names(count, run.rule) if count > 1 else ()

    def _show_colour_map(self) -> None:
        chosen = colour_map_named(self.session.settings.get(entries.COLOUR_MAP))
        size, ratio = QSize(_ICON, _ICON), self.devicePixelRatioF()
        self._colours.setIcon(colour_map_icon(chosen, size, ratio))
        for action in self._colours.menu().actions():
            if isinstance(action.data(), str):
                action.setChecked(action.data() == chosen.id)


def _colours_button(session: Session, actions: Mapping[str, QAction]) -> QToolButton:
    """The button that opens the menu of colour maps and scales."""
    about = "The colour map and the colour scale of the values"
    button = named(QToolButton(), "colour-map", "Colours", about)
    button.setIconSize(QSize(_ICON, _ICON))
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    menu = QMenu(button)
    group = QActionGroup(menu)
    for row in SEQUENTIAL:
        preview = colour_map_icon(row, QSize(3 * _ICON, _ICON - 6), button.devicePixelRatioF())
        action = QAction(preview, row.title, group)
        action.setObjectName(f"colour-map-{row.id}")
        action.setData(row.id)
        action.setCheckable(True)
        action.triggered.connect(
            lambda _=False, id_=row.id: session.settings.set(entries.COLOUR_MAP, id_)
        )
        menu.addAction(action)
    menu.addSeparator()
    for id_ in _SCALES:
        menu.addAction(actions[id_])
    button.setMenu(menu)
    return button


def colour_map_icon(colour_map: ColourMap, size: QSize, ratio: float) -> QIcon:
    """Draw a colour map's gradient, from low at the left to high at the right.

    Args:
        colour_map: the colour map.
        size: the icon's size in device-independent pixels.
        ratio: the device pixel ratio.
    """
    colours = np.ascontiguousarray(gradient(colour_map))
    image = QImage(colours.data, len(colours), 1, colours.nbytes, QImage.Format.Format_RGB888)
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    margin = 0 if size.width() > size.height() else 3
    painter.drawImage(QRect(0, margin, size.width(), size.height() - 2 * margin), image)
    painter.end()
    return QIcon(pixmap)
