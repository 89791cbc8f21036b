"""The fields in which a kind of terrain is changed: name, letter, colour and cost."""

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog, QGridLayout, QLineEdit, QSlider, QWidget

from vingui.core import palette_edits
from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.terrain import Terrain
from vingui.gui.canvas.items.terrain import material_icon
from vingui.gui.look.buttons import Button
from vingui.gui.look.debounce import Debounce
from vingui.gui.look.fields import labelled, line, named
from vingui.gui.modal import run_modal
from vingui.gui.session import Session

_PER_DECADE: Final = 100
"""Steps of the slider from a cost to ten times that."""

_LOWEST: Final = 0.1
_DECADES: Final = 3
"""The slider's range of costs, from 0.1 to 100; others are typed."""

_PAUSE: Final = 600
"""Milliseconds without a change by keys or the wheel after which the edit ends."""

_SWATCH: Final = QSize(40, 18)


class KindFields(QWidget):
    """Changes a kind of terrain of the map. What is not possible is refused with a message.

    A drag of the slider, and the time for which the dialog of colours is open, are one edit each;
    the map follows meanwhile.

    Args:
        session: the map.
        parent: the Qt parent.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._document = session, session.document
        self._kind: int | None = None
        self._swatch: tuple[object, ...] = ()
        self.name = line("terrain-name", "Name", "What the kind is called", most=40)
        about = "The character that stands for the kind in the rows of a map's file"
        self.letter = line("terrain-letter", "Letter", about, most=1)
        self.colour = named(Button(), "terrain-colour", "Colour", "Choose another colour")
        about = "What a step into such a cell costs, per unit of length: 0.01 to 1000"
        self.cost = line("terrain-cost", "Cost", about, most=20)
        self.slider = named(QSlider(Qt.Orientation.Horizontal), "terrain-slider", "Cost", about)
        self._pause = Debounce(self._document.commit, _PAUSE, self)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.slider.setRange(0, _DECADES * _PER_DECADE)
        self.slider.setPageStep(_PER_DECADE // 4)
        self.letter.setFixedWidth(36)
        self.cost.setFixedWidth(64)
        self.colour.setIconSize(_SWATCH)
        form = QGridLayout(self)
        form.setContentsMargins(0, 4, 0, 0)
        form.addWidget(labelled("&Name", self.name), 0, 0)
        form.addWidget(self.name, 0, 1, 1, 2)
        form.addWidget(labelled("&Letter", self.letter), 1, 0)
        form.addWidget(self.letter, 1, 1)
        form.addWidget(self.colour, 1, 2)
        form.addWidget(labelled("C&ost", self.cost), 2, 0)
        form.addWidget(self.slider, 2, 1)
        form.addWidget(self.cost, 2, 2)
        form.setColumnStretch(1, 1)

    def _connect(self) -> None:
        self.name.editingFinished.connect(lambda: self._on_typed("name", self.name, "Rename"))
        self.letter.editingFinished.connect(
            lambda: self._on_typed("letter", self.letter, "Change the letter of")
        )
        self.cost.editingFinished.connect(
            lambda: self._on_typed("cost", self.cost, "Change the cost of", _number)
        )
        self.colour.clicked.connect(self._on_colour_clicked)
        self.slider.valueChanged.connect(self._on_slider_moved)
        self.slider.sliderReleased.connect(self._document.commit)

    def show_kind(self, kind: int | None) -> None:
        """Show a kind of the map's palette; `None` for walls."""
        self._kind = kind
        self.setEnabled(kind is not None)
        terrain = None if kind is None else self._terrain(kind)
        for field, text in (
            (self.name, "" if terrain is None else terrain.name),
            (self.letter, "" if terrain is None else terrain.letter),
            (self.cost, "" if terrain is None else f"{terrain.cost:zg}"),
        ):
            # What is being typed stays.
            if not (field.hasFocus() and field.isModified()) and field.text() != text:
                field.setText(text)
        if terrain is not None and not self.slider.isSliderDown():
            with QSignalBlocker(self.slider):
                self.slider.setValue(_position(terrain.cost))
        self._show_swatch(kind)

    def begin_naming(self) -> None:
        """Let the user type a name."""
        self.name.setFocus()
        self.name.selectAll()

    def _terrain(self, kind: int) -> Terrain:
        return self._document.grid.palette[kind]

    def _show_swatch(self, kind: int | None) -> None:
        palette, look = self._document.grid.palette, self._session.theme.look
        shown = kind is not None and (palette[kind].colour, kind, look)
        if kind is not None and shown != self._swatch:
            icon = material_icon(look, palette, kind, _SWATCH, self.devicePixelRatioF())
            self.colour.setIcon(icon)
            self._swatch = shown or ()

    def _changed(self, **values: Any) -> GridMap:
        """The map with the kind changed.

        Raises:
            VinguiError: this is not possible.
        """
        assert self._kind is not None  # noqa: S101 - for the type checker: the fields are enabled
        terrain = replace(self._terrain(self._kind), **values)
        return palette_edits.set_kind(self._document.grid, self._kind, terrain)

    def _on_typed(
        self,
        what: str,
        field: QLineEdit,
        verb: str,
        parse: Callable[[str], object] = str.strip,
    ) -> None:
        if self._kind is None or not field.isModified():
            return
        field.setModified(False)
        name = self._terrain(self._kind).name
        try:
            grid = self._changed(**{what: parse(field.text())})
        except VinguiError as error:
            self._session.notify(f"{error}.", kind="warning", key="terrain")
        else:
            self._session.close_message("terrain")
            self._document.apply(f"{verb} {name}", grid)
        self.show_kind(self._kind)

    def _on_slider_moved(self, position: int) -> None:
        if self._kind is None:
            return
        grid = self._changed(cost=_cost(position))
        if not self._document.in_stroke:
            self._document.begin(f"Change the cost of {self._terrain(self._kind).name}")
        self._document.preview(grid)
        self.cost.setText(f"{_cost(position):zg}")
        if not self.slider.isSliderDown():
            self._pause.start()

    def _on_colour_clicked(self) -> None:
        if self._kind is None:
            return
        terrain, document = self._terrain(self._kind), self._document
        dialog = QColorDialog(QColor(terrain.colour), self)
        dialog.setObjectName("terrain-colours")
        dialog.setWindowTitle(f"Colour of {terrain.name}")
        document.commit()
        document.begin(f"Recolour {terrain.name}")

        def preview(colour: QColor) -> None:
            if colour.isValid() and document.in_stroke:
                document.preview(self._changed(colour=colour.name()))

        dialog.currentColorChanged.connect(preview)
        with run_modal(dialog) as accepted:
            if accepted:
                preview(dialog.selectedColor())
                document.commit()
            else:
                document.abandon()


def _cost(position: int) -> float:
    """The cost at a position of the slider, with three digits."""
    return float(f"{_LOWEST * 10 ** (position / _PER_DECADE):z.3g}")


def _position(cost: float) -> int:
    """The slider's position for a cost, or the nearest one."""
    return round(_PER_DECADE * math.log10(cost / _LOWEST))


def _number(text: str) -> object:
    """The number in a text; the text itself if there is none."""
    with suppress(ValueError):
        return float(text.replace(",", "."))
    return text
