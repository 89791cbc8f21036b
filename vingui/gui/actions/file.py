"""The File menu."""

from typing import Final

from vingui.gui import settings as kept
from vingui.gui.actions.row import Action

FILE: Final[tuple[Action, ...]] = (
    Action(
        "new",
        "&File",
        "&New map...",
        "Begin an empty map",
        lambda w: w.filing.new(),
        "new",
        ("Ctrl+N",),
    ),
    Action(
        "open",
        "&File",
        "&Open...",
        "Open a map from a file",
        lambda w: w.filing.open(),
        "open",
        ("Ctrl+O",),
    ),
    Action(
        "gallery",
        "&File",
        "Sample &maps...",
        "Choose one of the maps that come with vingui",
        lambda w: w.filing.gallery(),
        "gallery",
        ("Ctrl+Shift+O",),
    ),
    Action(
        "recent",
        "&File",
        "Open &recent",
        "Open one of the last files again",
        icon="recent",
        enabled=lambda w: bool(w.session.settings.get(kept.RECENT)),
        ends_group=True,
    ),
    Action(
        "save",
        "&File",
        "&Save",
        "Save the map to its file",
        lambda w: w.filing.save(),
        "save",
        ("Ctrl+S",),
    ),
    Action(
        "save-as",
        "&File",
        "Save &as...",
        "Save the map to another file",
        lambda w: w.filing.save_as(),
        "save-as",
        ("Ctrl+Shift+S",),
        ends_group=True,
    ),
    Action(
        "export-picture",
        "&File",
        "&Export picture...",
        "Save what is seen as a PNG picture",
        lambda w: w.export_picture(),
        "picture",
        ("Ctrl+E",),
    ),
    Action(
        "copy-picture",
        "&File",
        "Copy &picture",
        "Copy what is seen to the clipboard, as a picture",
        lambda w: w.copy_picture(),
        "copy-picture",
        ("Ctrl+Shift+C",),
        ends_group=True,
    ),
    Action("quit", "&File", "&Quit", "Close vingui", lambda w: w.close(), "quit", ("Ctrl+Q",)),
)
