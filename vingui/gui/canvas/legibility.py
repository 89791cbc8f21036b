"""The cell sizes from which overlays are drawn, and hints about those that are not drawn."""

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
    return view.session.settings.get(entries.SHOW_ARROWS) and _fits_arrows(view)


def shows_numbers(view: GridView, picture: Picture) -> bool:
    """Whether values are drawn as numbers."""
    layer = picture.layer
    wanted = view.session.settings.get(entries.SHOW_NUMBERS)
    numbered = layer is not None and layer.kind != "outcomes"
    return wanted and numbered and view.camera.scale >= NUMBERS_FROM


def undrawn(view: GridView, picture: Picture) -> str:
    """Return a hint about overlays that are switched on but cannot be drawn; "" for none."""
    layer, scale = picture.layer, view.camera.scale
    if layer is None:
        return ""
    wanted = view.session.settings.get
    outcomes = layer.kind == "outcomes"
    numbers, contours = wanted(entries.SHOW_NUMBERS), wanted(entries.SHOW_CONTOURS)
    small = [
        name
        for name, missing in (
            ("arrows", wanted(entries.SHOW_ARROWS) and not _fits_arrows(view)),
            ("numbers", numbers and not outcomes and scale < NUMBERS_FROM),
            ("grid lines", wanted(entries.SHOW_GRID) and scale < GRID_FROM),
        )
        if missing
    ]
    none = [name for name, on in (("numbers", numbers), ("contours", contours)) if on and outcomes]
    words = [f"Zoom in to see {_joined(small, 'and')}"] if small else []
    words += [f"Outcomes have no {_joined(none, 'or')}"] if none else []
    return "\n".join(words)


def _fits_arrows(view: GridView) -> bool:
    top, left, bottom, right = view.visible_cells()
    return view.camera.scale >= ARROWS_FROM and (bottom - top) * (right - left) <= MOST_ARROWED


def _joined(names: list[str], word: str) -> str:
    return f" {word} ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
