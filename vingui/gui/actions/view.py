"""The View menu: what the value view shows, and how the window looks."""

from collections.abc import Callable
from typing import Final

from vingui.gui import settings as entries
from vingui.gui.actions.row import Action
from vingui.gui.commands.commands import Commands

_LAYERS: Final = (
    ("value", "&Value", "The value function V_k under the playhead"),
    ("reward", "&Reward", "The reward map R of the network"),
    ("q", "&Q-values", "The q-values of an action under V_k"),
    ("exact", "&Exact value", "The exact value: minus the length or the cost of the best path"),
    ("difference", "&Difference", "The network's value minus the exact value"),
    ("outcomes", "&Outcomes", "Where the greedy trajectory from each cell ends"),
    ("cost", "&Cost", "What a step into each cell costs, per unit of length"),
    (
        "learned-cost",
        "&Learned cost",
        "What each cell costs for a network that learned it, scaled to the true costs",
    ),
    (
        "extra-cost",
        "E&xtra cost",
        "How much costlier the greedy action of each cell is than the best one; 0 where it is best",
    ),
)


def _has_learned_costs(commands: Commands) -> bool:
    run = commands.session.run
    return run is not None and run.has_learned_costs


_ENABLED: Final[dict[str, Callable[[Commands], bool]]] = {
    "cost": lambda commands: commands.session.document.grid.has_costs,
    "learned-cost": _has_learned_costs,
}
"""Of layers that show nothing of some maps or networks."""


VIEW: Final[tuple[Action, ...]] = (
    *(
        Action(
            f"layer-{id_}",
            "&View/&Layer",
            text,
            tip,
            icon="layers",
            shortcuts=(f"Ctrl+{number}",),
            setting=entries.LAYER,
            choice=id_,
            enabled=_ENABLED.get(id_),
        )
        for number, (id_, text, tip) in enumerate(_LAYERS, start=1)
    ),
    Action(
        "scale-run",
        "&View/Colour &scale",
        "Fixed over the &run",
        "One colour scale for all iterations",
        icon="colour-map",
        setting=entries.SCALE,
        choice="run",
    ),
    Action(
        "scale-frame",
        "&View/Colour &scale",
        "Fitted to each i&teration",
        "The colour scale fits the values of each iteration",
        icon="colour-map",
        setting=entries.SCALE,
        choice="frame",
    ),
    Action(
        "arrows",
        "&View",
        "&Arrows",
        "Show the policy: the longest arrow in a cell is its most probable action",
        icon="arrows",
        shortcuts=("A",),
        setting=entries.SHOW_ARROWS,
    ),
    Action(
        "numbers",
        "&View",
        "&Numbers",
        "Show the values as numbers, where cells are large enough",
        icon="numbers",
        shortcuts=("N",),
        setting=entries.SHOW_NUMBERS,
    ),
    Action(
        "trajectories",
        "&View",
        "&Trajectories",
        "Show the greedy trajectories from the starts",
        icon="trajectories",
        shortcuts=("T",),
        setting=entries.SHOW_TRAJECTORIES,
    ),
    Action(
        "demonstrations",
        "&View",
        "&Demonstrations",
        "Show the demonstrations while the Teach panel is open, or the Demonstrate tool is chosen",
        icon="demonstrate",
        shortcuts=("Shift+O",),
        setting=entries.SHOW_DEMONSTRATIONS,
    ),
    Action(
        "contours",
        "&View",
        "&Contours",
        "Show lines of equal value",
        icon="contours",
        shortcuts=("C",),
        setting=entries.SHOW_CONTOURS,
    ),
    Action(
        "grid",
        "&View",
        "&Grid",
        "Show lines between the cells",
        icon="grid",
        shortcuts=("#",),
        setting=entries.SHOW_GRID,
    ),
    Action(
        "legend",
        "&View",
        "L&egend",
        "Show the kinds of terrain and their costs above the map, if it has any",
        icon="terrain",
        shortcuts=("K",),
        setting=entries.SHOW_LEGEND,
        ends_group=True,
    ),
    Action(
        "zoom-in",
        "&View",
        "Zoom &in",
        "Make the cells larger",
        lambda c: c.session.camera.zoom_by(1.25),
        "zoom-in",
        ("Ctrl++", "Ctrl+=", "+"),
    ),
    Action(
        "zoom-out",
        "&View",
        "Zoom &out",
        "Make the cells smaller",
        lambda c: c.session.camera.zoom_by(0.8),
        "zoom-out",
        ("Ctrl+-", "-"),
    ),
    Action(
        "fit",
        "&View",
        "&Fit",
        "Show the whole map",
        lambda c: c.session.camera.fit(),
        "fit",
        ("Ctrl+0", "0"),
        ends_group=True,
    ),
    Action(
        "theme-auto",
        "&View/T&heme",
        "Follow &system",
        "Light or dark, like the system",
        icon="auto",
        setting=entries.THEME,
        choice="auto",
    ),
    Action(
        "theme-light",
        "&View/T&heme",
        "&Light",
        "Dark on light",
        icon="light",
        setting=entries.THEME,
        choice="light",
    ),
    Action(
        "theme-dark",
        "&View/T&heme",
        "&Dark",
        "Light on dark",
        icon="dark",
        setting=entries.THEME,
        choice="dark",
    ),
    Action(
        "fullscreen",
        "&View",
        "F&ull screen",
        "Fill the screen, or go back to a window",
        lambda c: c.toggle_fullscreen(),
        "fullscreen",
        ("F11",),
    ),
    Action(
        "reset-layout",
        "&View",
        "Reset la&yout",
        "Restore the initial layout of all panels",
        lambda c: c.reset_layout(),
        "reset-layout",
    ),
)
