"""The Terrain panel: the kinds of terrain of the map, and what the left button draws."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMessageBox,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from vingui.core import palette_edits
from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.map_edits import WALL
from vingui.core.phrases import counted
from vingui.core.terrain import Palette
from vingui.gui.canvas.items.terrain import material_icon
from vingui.gui.docks.panel import DockPanel, tabular
from vingui.gui.docks.terrain_fields import KindFields
from vingui.gui.look.buttons import button
from vingui.gui.look.fields import column, named, row
from vingui.gui.look.theme import Look
from vingui.gui.session import Session

_SWATCH: Final = QSize(22, 22)
_NAME, _LETTER, _COST = range(3)
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_HEADERS: Final = ("Kind", "Letter", "Cost")
_ABOUT: Final = (
    "Walls and the kinds of terrain; the left button draws the chosen one. A step into a cell "
    "costs its length times the cost of the cell."
)


class TerrainPanel(DockPanel):
    """Lists walls and the kinds of terrain, and changes the kind that is chosen.

    Args:
        session: the map.
        choose: called with the material that the left button is to draw.
        parent: the Qt parent.
    """

    def __init__(
        self, session: Session, choose: Callable[[int], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(session, "terrain", "Terrain", parent)
        self._choose = choose
        self._palette: Palette | None = None
        self._colours: tuple[object, ...] = ()
        self.kinds = named(QTreeWidget(), "terrain-kinds", "Kinds of terrain", _ABOUT)
        self.fields = KindFields(session)
        self.add = button("terrain-add", "&Add", "Add a kind of terrain", self._on_add)
        self.remove = button(
            "terrain-remove", "Re&move", "Remove the chosen kind of terrain", self._on_remove
        )
        self._set_up_list()
        buttons = row(self.add, self.remove, None)
        self.setLayout(column(self.kinds, buttons, self.fields, margin=8))
        self.refresh_after(session.document.changed, session.theme.changed)
        session.material_changed.connect(self._show_chosen)
        self.refresh()

    def _set_up_list(self) -> None:
        kinds = self.kinds
        kinds.setHeaderLabels(_HEADERS)
        kinds.setRootIsDecorated(False)
        kinds.setUniformRowHeights(True)
        kinds.setIconSize(_SWATCH)
        kinds.setFont(tabular(kinds.font()))
        kinds.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        kinds.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = kinds.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        kinds.headerItem().setTextAlignment(_COST, _RIGHT)
        kinds.currentItemChanged.connect(self._on_row_chosen)

    def refresh(self) -> None:
        """Show the kinds of the map's palette."""
        palette, look = self.session.document.grid.palette, self.session.theme.look
        if palette is not self._palette:
            with QSignalBlocker(self.kinds):
                self._show_texts(palette)
            self._palette = palette
        colours = look, palette.colours
        if colours != self._colours:
            self._colours = colours
            self._show_swatches(palette, look)
        self._show_chosen()

    def _show_texts(self, palette: Palette) -> None:
        rows = self.kinds.topLevelItemCount()
        for _ in range(rows, len(palette) + 1):
            item = QTreeWidgetItem(self.kinds)
            item.setTextAlignment(_LETTER, Qt.AlignmentFlag.AlignCenter)
            item.setTextAlignment(_COST, _RIGHT)
        for _ in range(len(palette) + 1, rows):
            self.kinds.takeTopLevelItem(self.kinds.topLevelItemCount() - 1)
        texts = [("Walls", "#", "–"), *((k.name, k.letter, f"{k.cost:zg}") for k in palette)]
        for number, row_texts in enumerate(texts):
            self._item(number).setText(_NAME, row_texts[_NAME])
            self._item(number).setText(_LETTER, row_texts[_LETTER])
            self._item(number).setText(_COST, row_texts[_COST])

    def _item(self, number: int) -> QTreeWidgetItem:
        item = self.kinds.topLevelItem(number)
        assert item is not None  # noqa: S101 - for the type checker: there is one for each kind
        return item

    def _show_swatches(self, palette: Palette, look: Look) -> None:
        ratio = self.devicePixelRatioF()
        for number in range(len(palette) + 1):
            icon = material_icon(look, palette, number + WALL, _SWATCH, ratio)
            self._item(number).setIcon(_NAME, icon)

    def _show_chosen(self) -> None:
        chosen = self.session.material
        item = self.kinds.topLevelItem(chosen - WALL)
        if item is not None and item is not self.kinds.currentItem():
            with QSignalBlocker(self.kinds):
                self.kinds.setCurrentItem(item)
        self.remove.setEnabled(chosen > 0)
        self.fields.show_kind(None if chosen == WALL else chosen)

    def _on_row_chosen(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self._choose(self.kinds.indexOfTopLevelItem(item) + WALL)

    def _on_add(self) -> None:
        document = self.session.document
        try:
            kind = palette_edits.new_kind(document.grid.palette)
            grid = palette_edits.add_kind(document.grid, kind)
        except VinguiError as error:
            self.session.notify(f"{error}.", kind="warning", key="terrain")
            return
        document.apply(f"Add {kind.name}", grid)
        self.refresh()
        self._choose(len(grid.palette) - 1)
        self.fields.begin_naming()

    def _on_remove(self) -> None:
        document, chosen = self.session.document, self.session.material
        cells = int(palette_edits.cells_by_kind(document.grid)[chosen])
        if cells and not _confirmed(self, document.grid, chosen, cells):
            return
        name = document.grid.palette[chosen].name
        # No other kind may be chosen by taking the place of the removed one.
        self._choose(WALL)
        document.apply(f"Remove {name}", palette_edits.remove_kind(document.grid, chosen))
        self.refresh()


def _confirmed(parent: QWidget, grid: GridMap, kind: int, cells: int) -> bool:
    """Ask whether a kind of terrain that the map uses is removed."""
    name, ground = grid.palette[kind].name, grid.palette[0].name
    box = QMessageBox(parent)
    box.setObjectName("remove-terrain")
    box.setWindowTitle("Remove a kind of terrain")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(f"Remove “{name}”?")
    box.setInformativeText(
        f"{counted(cells, 'cell')} of it become {ground}. Undo brings them back."
        if cells > 1
        else f"The one cell of it becomes {ground}. Undo brings it back."
    )
    removing = box.addButton("Remove", QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(removing)
    box.exec()
    box.deleteLater()
    return box.clickedButton() is removing
