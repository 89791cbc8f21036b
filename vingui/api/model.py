"""Models: those that come with vingui, and files of one's own."""

from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vingui.api.checks import checked_choice
from vingui.api.progress import reporting
from vingui.core.cards import ModelCard, default_model, find_model, shipped_models
from vingui.core.engine import ENGINES, Engine
from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.methods import METHODS
from vingui.core.moves import DEFAULT_RULE, RULES, MoveRule, rule_named
from vingui.core.recipe import checksum
from vingui.net.quiet import quiet_tensorflow
from vingui.paths import MODELS

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

    In other processes, to which it is sent as a pickle, it is loaded again.

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

    def __reduce__(self) -> tuple[Any, ...]:
        if self.file is None:
            return _loaded, (self.name, self.rule.name, self.planner.engine)
        # Another machine may have the shipped models in another folder.
        name = self.file.stem if self.file.parent == MODELS else str(self.file)
        return _loaded, (name, None, self.planner.engine)

    @property
    def name(self) -> str:
        """What plans and figures call it."""
        return self.planner.name

    @property
    def rule(self) -> MoveRule:
        """The movement rule that it plans under."""
        return self.planner.rule

    def check(self, *, moves: str | None = None, engine: Engine | None = None) -> None:
        """Raise `VinguiError` unless it plans so; `None` for any way."""
        if moves not in (None, self.rule.name):
            raise VinguiError(
                f"The model {self.name} plans under movement rule {self.rule.name}, not {moves}. "
                "Choose another model, or leave out the movement rule"
            )
        if engine not in (None, self.planner.engine):
            raise VinguiError(
                f"The model {self.name} was loaded with the engine {self.planner.engine}. Choose "
                f"another one in load_model(engine=...), and leave it out here"
            )

    @cached_property
    def sha256(self) -> str:
        """The checksum of its file, 64 hexadecimal digits; empty of a method."""
        return "" if self.file is None else checksum(self.file)


def load_model(
    name: str | PathLike[str] | None = None,
    *,
    moves: str | None = None,
    engine: Engine = "numba",
    progress: bool = True,
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
        progress: whether to show a bar, in a notebook or at a terminal, if it takes a while.

    Raises:
        VinguiError: there is no such model, it cannot be loaded, or it has another movement rule.

    Example:
        >>> model = vingui.load_model("dynamic-4")
        >>> [vingui.plan(grid, model=model).iterations for grid in vingui.open_maps("my-maps").maps]
        [25, 31]
    """
    from vingui.net.zoo import load_planner

    rule = DEFAULT_RULE if moves is None else _rule(moves)
    checked_choice(engine, "engine", ENGINES)
    if not isinstance(name, str | PathLike | None):
        raise VinguiError(
            f"A model is named by the name of one that comes with vingui, or by its file, not by "
            f"{brief(name)}"
        )
    wanted = default_model(rule) if name is None else str(name)
    with quiet_tensorflow(), reporting(f"Loading {wanted}", progress=progress):
        planner, card = load_planner(wanted, engine=engine, rule=rule)
    model = Model(None if wanted in METHODS else find_model(wanted), planner, card)
    model.check(moves=moves)
    return model


def _rule(moves: str) -> MoveRule:
    checked_choice(moves, "moves", RULES)
    return rule_named(moves)


def _loaded(name: str, moves: str | None, engine: Engine) -> Model:
    return load_model(name, moves=moves, engine=engine, progress=False)


def model_of(
    model: Model | str | PathLike[str] | None,
    *,
    moves: str | None = None,
    engine: Engine | None = None,
    progress: bool,
) -> Model:
    """A model, from what the functions of this package take for one.

    Raises:
        VinguiError: as of `load_model`, or one that is loaded has other moves or another engine.
    """
    if not isinstance(model, Model):
        return load_model(model, moves=moves, engine=engine or ENGINES[0], progress=progress)
    model.check(moves=moves, engine=engine)
    return model
