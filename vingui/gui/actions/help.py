"""The Help menu."""

from typing import Final

from vingui.gui.actions.row import Action

HELP: Final[tuple[Action, ...]] = (
    Action(
        "guide",
        "&Help",
        "&Guide",
        "How Value Iteration Networks work, and what belongs to where you are",
        lambda c: c.help.guide(),
        "guide",
        ("F1",),
    ),
    Action(
        "command-palette",
        "&Help",
        "&Command palette...",
        "Find a command, sample map or model by some letters of its name",
        lambda c: c.open_command_palette(),
        "search",
        ("Ctrl+K",),
    ),
    Action(
        "shortcuts",
        "&Help",
        "&Keyboard and mouse",
        "All shortcuts on one sheet",
        lambda c: c.help.shortcuts(),
        "keyboard",
        ("Ctrl+?", "?"),
    ),
    Action(
        "tour",
        "&Help",
        "&Tour",
        "Learn by doing: seven steps from the first plan to a network that fails, and why",
        lambda c: c.help.tour(),
        "tour",
        ends_group=True,
    ),
    Action(
        "about", "&Help", "&About vingui", "Versions and licence", lambda c: c.help.about(), "about"
    ),
)
