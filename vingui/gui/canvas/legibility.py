"""What is drawn over cells of which size: one table for all items, and words for what is not."""

from typing import Final

from vingui.gui import settings as kept
from vingui.gui.canvas.grid_view import GridView
from vingui.gui.canvas.picture import Picture

# Pixels of the smallest cell that has it.
GRID_FROM: Final = 6.0
ARROWS_FROM: Final = 10.0
MARKERS_SHOW_VALUES_FROM: Final = 20.0
"""The goal and the starts are rings about the colour of their cell."""
NUMBERS_FROM: Final = 28.0

MOST_ARROWED: Final = 20_000
"""Where more cells are in view they have no arrows: painting them would hold up the window."""

MOST_NUMBERED: Final = 20
"""On small cells more starts than this are smaller, without numbers: they would hide the map."""

MARKERS_NUMBERED_FROM: Final = 14.0
"""Pixels of the smallest cell on which any number of starts bear theirs."""

LIFTED: Final = 0.36
"""Where in its cell's height the middle of what stands above a number is."""


def shows_arrows(view: GridView) -> bool:
    """Whether cells in view have the policy's arrows."""
    return view.session.settings.get(kept.SHOW_ARROWS) and _fits_arrows(view)


def shows_numbers(view: GridView, picture: Picture) -> bool:
    """Whether cells in view have their values as numbers."""
    layer = picture.layer
    wanted = view.session.settings.get(kept.SHOW_NUMBERS)
    numbered = layer is not None and layer.kind != "outcomes"
    return wanted and numbered and view.camera.scale >= NUMBERS_FROM


def undrawn(view: GridView, picture: Picture) -> str:
    """Which overlays that are switched on cannot be drawn, and what to do; "" for none."""
    layer, scale = picture.layer, view.camera.scale
    if layer is None:
        return ""
    wanted = view.session.settings.get
    outcomes = layer.kind == "outcomes"
    numbers, contours = wanted(kept.SHOW_NUMBERS), wanted(kept.SHOW_CONTOURS)
    small = [
        name
        for name, missing in (
            ("arrows", wanted(kept.SHOW_ARROWS) and not _fits_arrows(view)),
            ("numbers", numbers and not outcomes and scale < NUMBERS_FROM),
            ("grid lines", wanted(kept.SHOW_GRID) and scale < GRID_FROM),
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
