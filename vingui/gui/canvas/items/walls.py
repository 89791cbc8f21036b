"""The walls and free cells of the map view."""

import numpy as np

from vingui.core.value_colours import rgb
from vingui.gui.canvas.grid_view import GridView
from vingui.gui.canvas.items.cells import Cells


class Walls(Cells):
    """The walls and free cells of the document's map."""

    def __init__(self, view: GridView) -> None:
        super().__init__(view, wall=1, opacity=1.0)
        self._walls = self.session.document.grid.walls
        self.session.document.changed.connect(self._on_map_changed)
        self.session.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _on_map_changed(self) -> None:
        walls = self.session.document.grid.walls
        if walls is not self._walls:
            self._walls = walls
            self._on_theme_changed()

    def _on_theme_changed(self) -> None:
        look = self.session.theme.look
        table = np.array([rgb(look.free), rgb(look.wall)], np.uint8)
        self.show_entries(self._walls.view(np.uint8), table)
        self.repaint()
