"""What the actions of the menus and toolbars can call."""

from collections.abc import Callable
from dataclasses import dataclass

from vingui.gui.commands.editing import Editing
from vingui.gui.commands.filing import Filing
from vingui.gui.commands.help import Help
from vingui.gui.exporting.controller import Exporting
from vingui.gui.session import Session


@dataclass(frozen=True)
class Commands:
    """Everything that an action can call: the controllers, and what only the window can do.

    Attributes:
        session: the map, its plan and the settings.
        filing: the File menu.
        editing: the Edit menu.
        exporting: the files and pictures that are exported.
        help: the Help menu.
        open_export_dialog: open the export dialog.
        open_command_palette: open the command palette, or close it.
        place_goal: put the goal under the mouse or at the cell cursor of the map view.
        add_goal: add a goal there.
        change_goal_value: ask for the value of the goal there, or of the first one.
        toggle_start: add a start there, or remove the start there.
        draw_here: draw the chosen material at the cell cursor, or erase it there.
        show_panel: show the panel of an id.
        open_model: choose a model file.
        show_card: show the model's card.
        plan_again: plan the map once more, also in the comparison.
        restart_planners: start the planner's process anew, and that of the comparison.
        toggle_fullscreen: enter or leave full screen.
        reset_layout: restore the initial layout of all panels.
        quit: close the window, after asking about unsaved changes.
    """

    session: Session
    filing: Filing
    editing: Editing
    exporting: Exporting
    help: Help
    open_export_dialog: Callable[[], None]
    open_command_palette: Callable[[], None]
    place_goal: Callable[[], None]
    add_goal: Callable[[], None]
    change_goal_value: Callable[[], None]
    toggle_start: Callable[[], None]
    draw_here: Callable[[], None]
    show_panel: Callable[[str], None]
    open_model: Callable[[], object]
    show_card: Callable[[], object]
    plan_again: Callable[[], None]
    restart_planners: Callable[[], None]
    toggle_fullscreen: Callable[[], None]
    reset_layout: Callable[[], None]
    quit: Callable[[], object]
