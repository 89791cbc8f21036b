"""The Plan menu."""

from typing import Final

from vingui.gui import settings as entries
from vingui.gui.actions.row import Action

PLAN: Final[tuple[Action, ...]] = (
    Action(
        "plan-again",
        "&Plan",
        "&Plan again",
        "Plan the map once more",
        lambda c: c.plan_again(),
        "replay",
        ("F5",),
        enabled=lambda c: c.session.document.grid.goal is not None,
    ),
    Action(
        "iterations-auto",
        "&Plan",
        "&K on auto",
        "Iterate until the values converge, or use the K that the model was trained with",
        lambda c: c.session.settings.set(entries.ITERATIONS, 0),
        "iterations",
    ),
    Action(
        "open-model",
        "&Plan",
        "Open a &model...",
        "Plan with a network from a file",
        lambda c: c.open_model(),
        "model",
        ("Ctrl+M",),
    ),
    Action(
        "model-card",
        "&Plan",
        "Model &card",
        "Show what the model was trained on and how well it plans",
        lambda c: c.show_card(),
        "card",
        enabled=lambda c: c.session.card is not None,
    ),
    Action(
        "compare",
        "&Plan",
        "C&ompare",
        "Show a second value view: another model, or a classic search, on the same map",
        icon="compare",
        shortcuts=("Ctrl+J",),
        setting=entries.COMPARE,
    ),
    Action(
        "train",
        "&Plan",
        "&Train a network...",
        "Show the panel in which networks are trained, and watch one learn",
        lambda c: c.show_panel("train"),
        "train",
        ("Ctrl+L",),
    ),
    Action(
        "evaluate",
        "&Plan",
        "&Evaluate models...",
        "Show the panel in which models are evaluated on many maps, and see where they fail",
        lambda c: c.show_panel("evaluate"),
        "evaluate",
        ("Ctrl+U",),
        ends_group=True,
    ),
    Action(
        "restart",
        "&Plan",
        "&Restart the planner",
        "End the planner's process and start a new one, also that of the comparison",
        lambda c: c.restart_planners(),
        "restart",
    ),
)
