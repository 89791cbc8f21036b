"""The Draw menu: the tools, from the table `TOOLS`, what they draw, and the brush size."""

from functools import partial
from typing import Final

from vingui.core.map_edits import WALL
from vingui.gui import settings as entries
from vingui.gui.actions.row import Action
from vingui.gui.commands.commands import Commands
from vingui.gui.document.tools import TOOLS


def _choose(material: int, commands: Commands) -> None:
    commands.editing.choose_material(material)


MOST_LISTED: Final = 9
"""The kinds of terrain in the menu, which have a key each."""

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
    *(
        Action(
            f"material-{number}",
            "&Draw/&Material",
            "&Walls" if number == 0 else f"Terrain &{number}",
            "Draw walls with the left button"
            if number == 0
            else "Draw this kind of terrain with the left button",
            partial(_choose, WALL if number == 0 else number - 1),
            icon="terrain",
            shortcuts=("B" if number == 0 else str(number),),
            switch=True,
        )
        for number in range(MOST_LISTED + 1)
    ),
    Action(
        "show-terrain",
        "&Draw",
        "Kin&ds of terrain",
        "Show the panel in which kinds of terrain are chosen, changed and added",
        lambda c: c.show_panel("terrain"),
        "terrain",
        ("Ctrl+T",),
    ),
    Action(
        "show-teach",
        "&Draw",
        "Teac&h",
        "Show the panel with the demonstrations from which a network can learn costs",
        lambda c: c.show_panel("teach"),
        "teach",
        ("Ctrl+D",),
        ends_group=True,
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
