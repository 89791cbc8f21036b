"""The table of all actions of the window, with one module per menu.

Menus, toolbars, buttons, shortcuts and the shortcut sheet are made from it.
"""

from typing import Final

from vingui.gui.actions.draw import DRAW
from vingui.gui.actions.edit import EDIT
from vingui.gui.actions.file import FILE
from vingui.gui.actions.help import HELP
from vingui.gui.actions.plan import PLAN
from vingui.gui.actions.play import PLAY
from vingui.gui.actions.row import Action
from vingui.gui.actions.view import VIEW

__all__ = ["ACTIONS", "MENU_ORDER", "MOUSE", "Action"]

ACTIONS: Final = (*FILE, *EDIT, *DRAW, *VIEW, *PLAN, *PLAY, *HELP)
"""Every action, in the order of the menus."""

MOUSE: Final = (
    ("Draw with the current tool", "Left button"),
    ("Erase", "Right button"),
    ("Move a goal or a start", "Drag it, with any tool but Demonstrate"),
    ("Change what a goal is worth", "Double click on it"),
    ("Select a demonstration", "Click on it, with Demonstrate"),
    ("Remove a demonstration", "Right button at an end, with Demonstrate"),
    ("Add another goal", "Shift and left button, with the Goal tool"),
    ("Abandon the stroke", "Escape"),
    ("Move the map", "Middle button, or the hand"),
    ("Zoom at the mouse", "Wheel"),
    ("Move the cell cursor", "Arrow keys"),
    ("Move the cell cursor by five cells", "Shift+Arrow keys"),
    ("Pin a cell in the inspector", "Click in the value view, or Enter"),
    ("Move the pinned cell", "Arrow keys in the value view"),
)
"""Mouse and key bindings of the views, for the shortcut sheet."""

MENU_ORDER: Final = ("&File", "&Edit", "&Draw", "&View", "&Plan", "P&lay", "&Help")
