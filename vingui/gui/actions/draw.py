"""The Draw menu: the drawing tools, from the table `TOOLS`, and the brush size."""

from typing import Final

from vingui.gui import settings as entries
from vingui.gui.actions.row import Action
from vingui.gui.document.tools import TOOLS

DRAW: Final[tuple[Action, ...]] = (
    *(
        Action(
            f"tool-{tool.id}",
            "&Draw",
            tool.text,
            tool.tip,
            icon=tool.icon,
            shortcuts=(tool.shortcut,),
            setting=entries.TOOL,
            choice=tool.id,
            ends_group=tool is TOOLS[-1],
        )
        for tool in TOOLS
    ),
    Action(
        "brush-larger",
        "&Draw",
        "&Larger brush",
        "Make the brush one cell wider",
        lambda c: c.editing.change_brush(1),
        "add",
        ("]",),
    ),
    Action(
        "brush-smaller",
        "&Draw",
        "&Smaller brush",
        "Make the brush one cell narrower",
        lambda c: c.editing.change_brush(-1),
        "brush-size",
        ("[",),
    ),
)
