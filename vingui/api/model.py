"""Models: those that come with vingui, and files of one's own."""

from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from vingui.core.cards import ModelCard, default_model, find_model, shipped_models
from vingui.core.engine import Engine
from vingui.core.errors import VinguiError
from vingui.core.methods import METHODS
from vingui.core.moves import DEFAULT_RULE, MoveRule, rule_named
from vingui.core.recipe import checksum
from vingui.net.quiet import quiet_tensorflow

if TYPE_CHECKING:
    from vingui.net.planner import Planner


def models() -> tuple[ModelCard, ...]:
    """Return the cards of the models that come with vingui, the default one first.

    Example:
        >>> vingui.models()[0].name
        'dynamic-8'
    """
    return shipped_models()


class Model:
    """A network that plans, or a planning method without one.

    Args:
        file: its `.keras` file; `None` of a method.
        planner: plans with it.
        card: how it was trained and how well it plans, if it has a card.
    """

    def __init__(self, file: Path | None, planner: "Planner", card: ModelCard | None) -> None:
        self.file = file
        self.planner = planner
        self.card = card

    def __repr__(self) -> str:
        return f"<vingui.Model {self.name}, {self.rule.title}>"

    @property
    def name(self) -> str:
        """What plans and figures call it."""
        return self.planner.name

    @property
    def rule(self) -> MoveRule:
        """The movement rule that it plans under."""
        return self.planner.rule

    @cached_property
    def sha256(self) -> str:
        """The checksum of its file, 64 hexadecimal digits; empty of a method."""
        return "" if self.file is None else checksum(self.file)


def load_model(
    name: str | PathLike[str] | None = None, *, moves: str | None = None, engine: Engine = "numba"
) -> Model:
    """Load a model, to plan with it on many maps.

    Args:
        name: the name of one that comes with vingui, or a `.keras` file; `None` for the default
            one of the movement rule. Or a planning method without a network: "exact" for exact
            value iteration, or a search from the map's first start: "dijkstra", "a-star",
            "weighted-a-star", "greedy-best-first" or "breadth-first"; or the planner of another
            package, by the name of its entry point.
        moves: the movement rule: "8", "4", "8-one-free" or "8-both-free"; `None` for the model's,
            and "8" for a method.
        engine: what iterates the values: loops compiled by Numba, or the layers as "keras" runs
            them.

    Raises:
        VinguiError: there is no such model, it cannot be loaded, or it has another movement rule.

    Example:
        >>> model = vingui.load_model("dynamic-4")
        >>> [vingui.plan(grid, model=model).iterations for grid in vingui.open_maps("my-maps").maps]
        [25, 31]
    """
    from vingui.net.zoo import load_planner

    rule = rule_named(moves or DEFAULT_RULE.name)
    wanted = default_model(rule) if name is None else str(name)
    with quiet_tensorflow():
        planner, card = load_planner(wanted, engine=engine, rule=rule)
    if moves not in (None, planner.rule.name):
        raise VinguiError(
            f"The model {planner.name} plans under movement rule {planner.rule.name}, not {moves}. "
            "Choose another model, or leave out the movement rule"
        )
    return Model(None if wanted in METHODS else find_model(wanted), planner, card)
