"""Cells in the colours of a table, with grid lines and the map's frame; those of the map."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from vingui.core.drawn_cells import differing_cells
from vingui.core.grid import GridMap
from vingui.core.relief import LEVELS, relief, shaded
from vingui.core.terrain import Palette
from vingui.core.terrain_patterns import terrain_colours
from vingui.core.value_colours import bands, rgb
from vingui.gui.background import Latest
from vingui.gui.canvas.grid_view import GridView
from vingui.gui.canvas.items import CanvasItem, snapped
from vingui.gui.canvas.items.averages import LARGE, Averages, Entries
from vingui.gui.canvas.legibility import GRID_FROM
from vingui.gui.canvas.rgb import packed_rgb, rgb32_image
from vingui.gui.look.theme import Look
from vingui.gui.settings import SHOW_GRID, Setting

_AT_ONCE: Final = 1 << 16
"""Cells of the largest map that is shaded at once, and not in the background."""


class Cells(CanvasItem):
    """The cells of a map, with grid lines between free cells but not between walls.

    Args:
        view: where it is shown.
        wall: the table index of walls.
    """

    def __init__(self, view: GridView, *, wall: int) -> None:
        super().__init__(view)
        self._wall = wall
        self._entries: Entries = np.zeros((0, 0), np.uint8)
        self._table = self._lines = np.zeros((0, 3), np.uint8)
        self._colours = _Colours()
        self._enlarged = np.zeros((0, 0), np.uint32)
        self._image: tuple[object, QImage] | None = None
        self._averages = Averages(self, self.repaint, at_once=view.offscreen)
        self.session.settings.changed.connect(self._on_setting_changed)

    def show_entries(
        self,
        entries: Entries,
        table: NDArray[np.uint8],
        lines: NDArray[np.uint8],
        *,
        changed: NDArray[np.int64] | None = None,
    ) -> None:
        """Set the cells, without repainting the view.

        Args:
            entries: indices into `table`.
            table: `(n, 3)` uint8 RGB.
            lines: `(n, 3)` uint8 RGB, the colours of grid lines in such cells.
            changed: if given, only these cells differ from the last ones, as flat indices.
        """
        changed = changed if table is self._table else None
        if entries.size > LARGE:
            self._averages.show(entries, table, changed=changed)
        else:
            self._colours.change(entries, changed)
        self._entries, self._table, self._lines, self._image = entries, table, lines, None

    def draw(self, painter: QPainter) -> None:
        """Paint the cells, aligned to device pixels."""
        if not self._entries.size:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if self.view.camera.scale >= GRID_FROM:
            self._paint_in_view(painter)
        else:
            self._paint_all(painter)
        self._paint_frame(painter)

    def _paint_in_view(self, painter: QPainter) -> None:
        """Paint the visible cells, enlarged here since Qt would round their edges differently."""
        top, left, bottom, right = self.view.visible_cells()
        if top >= bottom or left >= right:
            return
        # One more row and column, since the grid lines of the first ones depend on them.
        top, left = max(top - 1, 0), max(left - 1, 0)
        y, line_width = snapped(painter, np.arange(top, bottom + 1), vertical=False)
        x, _ = snapped(painter, np.arange(left, right + 1), vertical=True)
        device = painter.deviceTransform()
        heights, widths = _pixels(y, device.m22()), _pixels(x, device.m11())
        line = _pixels(np.array([0.0, line_width]), device.m22())
        lined = self.session.settings.get(SHOW_GRID)
        key = top, left, heights.tobytes(), widths.tobytes(), int(line[0]), lined
        if self._image is None or self._image[0] != key:
            entries = self._entries[top:bottom, left:right]
            if lined:
                colours = self._with_grid_lines(entries)
                heights, widths = _split(heights, line), _split(widths, line)
            else:
                colours = packed_rgb(self._table)[entries]
            self._image = key, self._enlarge(colours, heights, widths)
        _draw_unscaled(painter, QPointF(x[0], y[0]), self._image[1])

    def _enlarge(
        self, colours: NDArray[np.uint32], heights: NDArray[np.int64], widths: NDArray[np.int64]
    ) -> QImage:
        """Return an image of colours as wide and high, in the memory of the one before."""
        shape = int(heights.sum()), int(widths.sum())
        if self._enlarged.shape != shape:
            self._enlarged = np.empty(shape, np.uint32)
        rows = np.arange(heights.size).repeat(heights)
        colours.repeat(widths, axis=1).take(rows, axis=0, out=self._enlarged, mode="clip")
        return rgb32_image(self._enlarged)

    def _with_grid_lines(self, entries: Entries) -> NDArray[np.uint32]:
        """Return four colours per cell: upper left corner, upper edge, left edge and the rest.

        Args:
            entries: `(rows, cols)`.

        Returns:
            `(2 * rows, 2 * cols)`, as 0xffRRGGBB.
        """
        colours = np.stack([packed_rgb(self._table), packed_rgb(self._lines)])
        free = entries != self._wall
        above, beside = np.zeros((2, *entries.shape), np.uint8)
        above[1:] = free[1:] & free[:-1]
        beside[:, 1:] = free[:, 1:] & free[:, :-1]
        parts = np.empty((2 * entries.shape[0], 2 * entries.shape[1]), np.uint32)
        parts[::2, ::2] = colours[above | beside, entries]
        parts[::2, 1::2] = colours[above, entries]
        parts[1::2, ::2] = colours[beside, entries]
        parts[1::2, 1::2] = colours[0, entries]
        return parts

    def _paint_all(self, painter: QPainter) -> None:
        """Paint all cells; those smaller than a pixel are averaged, so that thin walls stay."""
        rows, cols = self._entries.shape
        y, _ = snapped(painter, np.array([0, rows]), vertical=False)
        x, _ = snapped(painter, np.array([0, cols]), vertical=True)
        device = painter.deviceTransform()
        (height,), (width,) = _pixels(y, device.m22()), _pixels(x, device.m11())
        size = max(min(width, cols), 1), max(min(height, rows), 1)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        area = QRectF(x[0], y[0], x[1] - x[0], y[1] - y[0])
        if self._entries.size > LARGE:
            painter.drawImage(area, self._averages.image(*size))
            return
        if self._image is None or self._image[0] != size:
            self._image = size, self._downscaled(*size)
        painter.drawImage(area, self._image[1])

    def _downscaled(self, width: int, height: int) -> QImage:
        """Return the cells as an image of a size, at most a pixel per cell."""
        image = rgb32_image(self._colours.of(self._entries, self._table))
        if (image.width(), image.height()) == (width, height):
            return image
        return image.scaled(
            width,
            height,
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )

    def _paint_frame(self, painter: QPainter) -> None:
        """Paint a line around the map."""
        rows, cols = self._entries.shape
        colour = QColor(self.session.theme.look.border)
        (top, bottom), line = snapped(painter, np.array([0, rows]), vertical=False)
        (left, right), _ = snapped(painter, np.array([0, cols]), vertical=True)
        for y in (top - line, bottom):
            painter.fillRect(QRectF(left - line, y, right - left + 2 * line, line), colour)
        for x in (left - line, right):
            painter.fillRect(QRectF(x, top, line, bottom - top), colour)

    def _on_setting_changed(self, setting: Setting[object]) -> None:
        if setting is SHOW_GRID:
            self.repaint()


class _Colours:
    """The colours of all cells, which are kept while few of them change at a time."""

    def __init__(self) -> None:
        self._colours = np.zeros((0, 0), np.uint32)
        self._packed = np.zeros(0, np.uint32)
        self._known = False

    def of(self, entries: Entries, table: NDArray[np.uint8]) -> NDArray[np.uint32]:
        """Return the colours, `(rows, cols)` 0xffRRGGBB. They change with the next call."""
        if not self._known:
            if self._colours.shape != entries.shape:
                self._colours = np.empty(entries.shape, np.uint32)
            self._packed = packed_rgb(table)
            for band in bands(entries):
                # Taking into an array needs a mode other than "raise", or it is buffered.
                self._packed.take(entries[band], out=self._colours[band], mode="clip")
            self._known = True
        return self._colours

    def change(self, entries: Entries, cells: NDArray[np.int64] | None) -> None:
        """Change the colours of some cells, by their flat indices, or of all when they are needed.

        Args:
            entries: as for `of`.
            cells: `None` for all.
        """
        if cells is None:
            self._known = False
        elif self._known:
            self._colours.ravel()[cells] = self._packed[entries.ravel()[cells]]


class MapCells(Cells):
    """The walls and the terrain of the document's map, shaded where it has elevation."""

    def __init__(self, view: GridView) -> None:
        super().__init__(view, wall=WALL_ENTRY)
        self._grid: GridMap | None = None
        self._shade: NDArray[np.uint8] | None = None
        self._latest = Latest(self)
        self.session.document.changed.connect(self._on_map_changed)
        self.session.theme.changed.connect(self._on_theme_changed)
        self._on_map_changed()

    def _on_map_changed(self) -> None:
        before, grid = self._grid, self.session.document.grid
        self._grid = grid
        if before is None or not _same_heights(before, grid):
            self._find_shade(grid)
        if before is None or not _same_cells(before, grid):
            self._show_map(grid, before)

    def _find_shade(self, grid: GridMap) -> None:
        """Shade the map at once, or a large one as soon as it is known how."""
        self._latest.cancel()
        self._shade = None
        if grid.walls.size <= _AT_ONCE or self.view.offscreen:
            self._shade = relief(grid)
        elif grid.elevation is not None:
            self._latest.submit(lambda: relief(grid), on_done=self._on_shade)

    def _on_shade(self, shade: NDArray[np.uint8] | None) -> None:
        self._shade = shade
        self._show_map(self.session.document.grid)

    def _show_map(self, grid: GridMap, before: GridMap | None = None) -> None:
        """Show a map; faster if only the walls and the terrain differ from the one shown before."""
        look, shade = self.session.theme.look, self._shade
        table = map_table(grid.palette, look, shades=shade is not None)
        changed = None
        if before is not None and np.array_equal(table, self._table):
            table, changed = self._table, _changed(before, grid)
        if changed is None:
            shown = map_entries(grid, shade)
        else:
            shown = self._entries
            shown.ravel()[changed] = map_entries(grid, shade, cells=changed)
        self.show_entries(shown, table, _grid_lines(table, look), changed=changed)
        self.repaint()

    def _on_theme_changed(self) -> None:
        self._grid = None
        self._on_map_changed()


WALL_ENTRY: Final = 0
"""The index of walls in a table of `map_table`; the kinds of terrain follow."""


def map_entries(
    grid: GridMap, shade: NDArray[np.uint8] | None = None, *, cells: NDArray[np.int64] | None = None
) -> Entries:
    """The index of each cell in a table of `map_table`, with shades if these are given.

    Args:
        grid: the map.
        shade: `(rows, cols)`, the shade of each cell.
        cells: the flat indices of some cells, for `(n,)` entries; `None` for all.
    """
    walls, terrain = grid.walls, grid.terrain
    if cells is not None:
        walls = walls.ravel()[cells]
        terrain = None if terrain is None else terrain.ravel()[cells]
        shade = None if shade is None else shade.ravel()[cells]
    free = ~walls
    if shade is not None:
        kinds = np.uint16(0) if terrain is None else terrain.astype(np.uint16)
        return np.asarray((kinds * np.uint16(LEVELS) + shade + np.uint16(1)) * free)
    if terrain is None:
        return free.view(np.uint8)
    # 256 kinds and walls are more than a byte can tell apart.
    small = len(grid.palette) < 256
    entries: Entries = terrain.astype(np.uint8 if small else np.uint16)
    return np.asarray((entries + entries.dtype.type(1)) * free)


def map_table(palette: Palette, look: Look, *, shades: bool = False) -> NDArray[np.uint8]:
    """`(1 + n, 3)` uint8 RGB: the colours of walls and of a palette's kinds, or of their shades."""
    kinds = terrain_colours(palette, dark=look.dark)
    if shades:
        kinds = shaded(kinds).reshape(-1, 3)
    return np.concatenate([np.array([rgb(look.wall)], np.uint8), kinds])


def _grid_lines(table: NDArray[np.uint8], look: Look) -> NDArray[np.uint8]:
    """The colours of grid lines: as much darker or lighter than cells as on free ones."""
    ratio = np.array(rgb(look.grid)) / rgb(look.free)
    return np.rint(table * ratio).clip(0, 255).astype(np.uint8)


def _same_cells(one: GridMap, other: GridMap) -> bool:
    # While only a cost changes, the cells look the same.
    same_colours = one.palette is other.palette or one.palette.colours == other.palette.colours
    same = one.walls is other.walls and one.terrain is other.terrain
    return same and same_colours and _same_heights(one, other)


def _changed(before: GridMap, after: GridMap) -> NDArray[np.int64] | None:
    """The flat indices of the cells that look different; `None` if it may be any."""
    if before.walls.shape != after.walls.shape or not _same_heights(before, after):
        return None
    changed = differing_cells(before.walls, after.walls)
    if before.terrain is None and after.terrain is None:
        return changed
    if before.terrain is None or after.terrain is None:
        return None
    return np.concatenate([changed, differing_cells(before.terrain, after.terrain)])


def _same_heights(one: GridMap, other: GridMap) -> bool:
    return one.elevation is other.elevation and one.frame == other.frame


def _pixels(edges: NDArray[np.float64], scale: float) -> NDArray[np.int64]:
    """Return the number of device pixels between snapped edges."""
    return np.rint(np.diff(edges) * scale).astype(np.int64)


def _split(sides: NDArray[np.int64], line: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return, for each cell, the pixels of its grid line and those of the rest."""
    return np.stack([np.broadcast_to(line, sides.shape), sides - line], axis=1).reshape(-1)


def _draw_unscaled(painter: QPainter, corner: QPointF, image: QImage) -> None:
    """Draw an image whose pixels are device pixels, with its upper left corner at a point."""
    painter.save()
    corner = painter.deviceTransform().map(corner)
    painter.resetTransform()
    device = painter.deviceTransform()
    image.setDevicePixelRatio(device.m11())
    painter.drawImage(device.inverted()[0].map(corner), image)
    painter.restore()
