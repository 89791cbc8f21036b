"""The cell sizes from which overlays are drawn."""

from typing import Final

from vingui.gui import settings as entries
from vingui.gui.canvas.grid_view import GridView
from vingui.gui.canvas.picture import Picture

# The cell sizes in pixels from which each overlay is drawn.
GRID_FROM: Final = 6.0
ARROWS_FROM: Final = 10.0
MARKERS_SHOW_VALUES_FROM: Final = 20.0
"""From this cell size, the goal and the starts are rings around the colour of their cell."""
NUMBERS_FROM: Final = 28.0

MOST_ARROWED: Final = 20_000
"""If more cells are visible, no arrows are drawn, since painting them would block the window."""

MOST_NUMBERED: Final = 20
"""On small cells, more starts than this are smaller and without numbers, to not hide the map."""

MARKERS_NUMBERED_FROM: Final = 14.0
"""The cell size in pixels from which starts have numbers, however many there are."""

LIFTED: Final = 0.36
"""The vertical position, as a fraction of the cell, of arrows and markers above a number."""


def shows_arrows(view: GridView) -> bool:
    """Whether arrows of the policy are drawn."""
    return view.session.settings.get(entries.SHOW_ARROWS) and arrows_fit(view)


def shows_numbers(view: GridView, picture: Picture) -> bool:
    """Whether values are drawn as numbers."""
    layer = picture.layer
    wanted = view.session.settings.get(entries.SHOW_NUMBERS)
    numbered = layer is not None and layer.kind != "outcomes"
    return wanted and numbered and view.camera.scale >= NUMBERS_FROM


def arrows_fit(view: GridView) -> bool:
    """Whether cells are large enough, and few enough in view, for arrows."""
    top, left, bottom, right = view.visible_cells()
    return view.camera.scale >= ARROWS_FROM and (bottom - top) * (right - left) <= MOST_ARROWED
