"""Where both views look: the same cells at the same size."""

from PySide6.QtCore import QObject, Signal

MIN_SCALE = 0.2
MAX_SCALE = 240.0
_ROUNDING = 1e-6
"""Cells."""


class Camera(QObject):
    """The centre and the zoom that the views share.

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
        self._spaces: dict[int, tuple[int, int]] = {}

    def set_map(self, *, rows: int, cols: int) -> None:
        """Say how large the map is; another size is fitted anew."""
        if (rows, cols) != (self.rows, self.cols):
            self.rows, self.cols = rows, cols
            self.fit()

    def set_space(self, view: QObject, *, width: int, height: int) -> None:
        """Say how many pixels a view has."""
        self._spaces[id(view)] = (width, height)
        if self.fitted:
            self.fit()

    def drop_space(self, view: QObject) -> None:
        """Forget a view that is hidden: the others need not leave it room."""
        if self._spaces.pop(id(view), None) and self.fitted:
            self.fit()

    def fit(self) -> None:
        """Show the whole map in each view, with a little air."""
        self.fitted = True
        if self._spaces:
            self.scale = self._clamped(
                min(
                    min((width - 24) / self.cols, (height - 24) / self.rows)
                    for width, height in self._spaces.values()
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
        """Make the cells larger or smaller about the centre."""
        self.zoom(factor, row=self.row, col=self.col)

    def zoom_to(self, scale: float) -> None:
        """Zoom to `scale` pixels a cell, about the centre."""
        self.zoom(scale / self.scale, row=self.row, col=self.col)

    def pan(self, *, rows: float, cols: float) -> None:
        """Move the centre by so many cells."""
        self.fitted = False
        self._centre(self.row + rows, self.col + cols)

    def show_cell(self, row: int, col: int) -> None:
        """Pan as far as needed for a cell to be in every view."""
        for width, height in self._spaces.values():
            down = _beyond(row, self.rows, centre=self.row, half=height / self.scale / 2)
            right = _beyond(col, self.cols, centre=self.col, half=width / self.scale / 2)
            if down or right:
                self.pan(rows=down, cols=right)

    def _centre(self, row: float, col: float) -> None:
        # Half the map at least stays in reach, so that it cannot be lost.
        self.row = min(max(row, 0.0), float(self.rows))
        self.col = min(max(col, 0.0), float(self.cols))
        self.changed.emit()

    @staticmethod
    def _clamped(scale: float) -> float:
        return min(max(scale, MIN_SCALE), MAX_SCALE)


def _beyond(cell: int, cells: int, *, centre: float, half: float) -> float:
    """How far to pan along one side for a cell and half of its neighbours, if it has any."""
    first, last = max(cell - 0.5, 0.0), min(cell + 1.5, float(cells))
    if last - first > 2 * half:
        return cell + 0.5 - centre
    before, after = first - (centre - half), last - (centre + half)
    # What a fitted map lacks by rounding is no reason to pan.
    return before if before < -_ROUNDING else after if after > _ROUNDING else 0.0
