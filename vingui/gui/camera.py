"""The centre and zoom that the map and the value view share."""

from PySide6.QtCore import QObject, Signal

MIN_SCALE = 0.05
MAX_SCALE = 240.0
_ROUNDING = 1e-6
"""Distances in cells that are ignored when a cell is brought into view."""


class Camera(QObject):
    """The centre and zoom of all views.

    Attributes:
        scale: pixels of a cell's side, device-independent.
        row: the centre, in cells from the map's top edge.
        col: the centre, in cells from the map's left edge.
        fitted: whether the whole map is to stay in view when the views or the map change size.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.scale = 20.0
        self.row = 14.0
        self.col = 14.0
        self.fitted = True
        self.rows = 28
        self.cols = 28
        self._view_sizes: dict[int, tuple[int, int]] = {}

    def set_map(self, *, rows: int, cols: int) -> None:
        """Set the map's size; if it has changed, fit the map."""
        if (rows, cols) != (self.rows, self.cols):
            self.rows, self.cols = rows, cols
            self.fit()

    def set_view_size(self, view: QObject, *, width: int, height: int) -> None:
        """Set the size of a view in pixels."""
        self._view_sizes[id(view)] = (width, height)
        if self.fitted:
            self.fit()

    def forget_view(self, view: QObject) -> None:
        """Leave a view out that is no longer shown."""
        if self._view_sizes.pop(id(view), None) and self._view_sizes and self.fitted:
            self.fit()

    def fit(self) -> None:
        """Show the whole map in each view, with a small margin."""
        self.fitted = True
        if self._view_sizes:
            self.scale = self._clamped(
                min(
                    min((width - 24) / self.cols, (height - 24) / self.rows)
                    for width, height in self._view_sizes.values()
                )
            )
        self.row, self.col = self.rows / 2, self.cols / 2
        self.changed.emit()

    def zoom(self, factor: float, *, row: float, col: float) -> None:
        """Zoom so that the point at `row`, `col` stays where it is."""
        scale = self._clamped(self.scale * factor)
        shrink = self.scale / scale
        self.fitted = False
        self.scale = scale
        self._centre(row + (self.row - row) * shrink, col + (self.col - col) * shrink)

    def zoom_by(self, factor: float) -> None:
        """Zoom by a factor about the centre."""
        self.zoom(factor, row=self.row, col=self.col)

    def pan(self, *, rows: float, cols: float) -> None:
        """Move the centre by a number of cells."""
        self.fitted = False
        self._centre(self.row + rows, self.col + cols)

    def show_cell(self, row: int, col: int) -> None:
        """Pan just far enough to show a cell in every view."""
        for width, height in self._view_sizes.values():
            down = _beyond(row, self.rows, centre=self.row, half=height / self.scale / 2)
            right = _beyond(col, self.cols, centre=self.col, half=width / self.scale / 2)
            if down or right:
                self.pan(rows=down, cols=right)

    def _centre(self, row: float, col: float) -> None:
        # The centre stays on the map, so that the map cannot be moved out of the view.
        self.row = min(max(row, 0.0), float(self.rows))
        self.col = min(max(col, 0.0), float(self.cols))
        self.changed.emit()

    @staticmethod
    def _clamped(scale: float) -> float:
        return min(max(scale, MIN_SCALE), MAX_SCALE)


def _beyond(cell: int, cells: int, *, centre: float, half: float) -> float:
    """Return how far to pan along one axis to show a cell and half of each neighbour."""
    first, last = max(cell - 0.5, 0.0), min(cell + 1.5, float(cells))
    if last - first > 2 * half:
        return cell + 0.5 - centre
    before, after = first - (centre - half), last - (centre + half)
    # Rounding errors of a fitted map must not pan it.
    return before if before < -_ROUNDING else after if after > _ROUNDING else 0.0
