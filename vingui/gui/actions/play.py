"""The Play menu."""

from typing import Final

from vingui.gui import settings as entries
from vingui.gui.actions.row import Action
from vingui.gui.commands.commands import Commands


def _has_run(commands: Commands) -> bool:
    return commands.session.run is not None


def _has_start(commands: Commands) -> bool:
    return bool(commands.session.document.grid.starts)


PLAY: Final[tuple[Action, ...]] = (
    Action(
        "play",
        "P&lay",
        "&Play",
        "Play the iterations, or pause",
        lambda c: c.session.playback.toggle(),
        "play",
        ("P",),
        enabled=_has_run,
    ),
    Action(
        "step-back",
        "P&lay",
        "Step &back",
        "Go back one iteration",
        lambda c: c.session.playback.step(-1),
        "step-back",
        (",",),
        enabled=_has_run,
    ),
    Action(
        "step-forward",
        "P&lay",
        "Step &forward",
        "Go forward one iteration",
        lambda c: c.session.playback.step(1),
        "step-forward",
        (".",),
        enabled=_has_run,
    ),
    Action(
        "first",
        "P&lay",
        "F&irst iteration",
        "Go to V_1",
        lambda c: c.session.playback.first(),
        "first",
        ("Home",),
        enabled=_has_run,
    ),
    Action(
        "last",
        "P&lay",
        "&Last iteration",
        "Go to V_K",
        lambda c: c.session.playback.end(),
        "last",
        ("End",),
        enabled=_has_run,
        ends_group=True,
    ),
    Action(
        "live",
        "P&lay",
        "Li&ve",
        "Follow the newest iteration as it is computed",
        lambda c: c.session.playback.toggle_live(),
        "live",
        ("V",),
        enabled=_has_run,
        switch=True,
    ),
    Action(
        "loop",
        "P&lay",
        "L&oop",
        "Start again when the end is reached",
        icon="loop",
        setting=entries.LOOP,
    ),
    Action(
        "walk",
        "P&lay",
        "&Walk",
        "Animate dots along the trajectories",
        lambda c: c.session.playback.walk(),
        "walk",
        ("W",),
        enabled=lambda c: _has_run(c) and _has_start(c),
        ends_group=True,
    ),
    Action(
        "faster",
        "P&lay",
        "Fas&ter",
        "Play more iterations per second",
        lambda c: c.session.playback.change_speed(1),
        "speed",
        (">",),
    ),
    Action(
        "slower",
        "P&lay",
        "&Slower",
        "Play fewer iterations per second",
        lambda c: c.session.playback.change_speed(-1),
        "speed",
        ("<",),
    ),
)
