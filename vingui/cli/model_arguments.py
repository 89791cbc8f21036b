"""The arguments that choose a model and K, and the planner made from them."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from vingui.api.model import Model, load_model
from vingui.cli.arguments import iterations
from vingui.cli.progress import status
from vingui.core.cards import default_model, find_model
from vingui.core.engine import ENGINES, Engine
from vingui.core.errors import VinguiError
from vingui.core.methods import SEARCHES, is_search
from vingui.core.moves import DEFAULT_RULE, RULES, rule_named

if TYPE_CHECKING:
    pass


def add_model_arguments(parser: argparse.ArgumentParser, *, several: bool = False) -> None:
    """Add `--model`, `--moves`, `--iterations` and `--engine`, for `model_for`.

    Args:
        parser: the parser of a command.
        several: whether `--model` takes several models, for `models_for`.
    """
    methods = (
        "; or a planning method without a network, under any movement rule: exact (value "
        "iteration), or a search from the map's first start: "
        f"{', '.join(SEARCHES)}; or the planner of another package"
    )
    parser.add_argument(
        "--model",
        metavar="NAME|FILE[,...]" if several else "NAME|FILE",
        help='a shipped model (see "vingui models") or a .keras file'
        + (", or several of these separated by commas" if several else methods)
        + " (default: the one for the movement rule)",
    )
    rules = "; ".join(f"{rule.name} ({rule.title})" for rule in RULES.values())
    parser.add_argument(
        "--moves",
        metavar="RULE",
        choices=RULES,
        help=f"movement rule: {rules} (default: the model's, or {DEFAULT_RULE.name})",
    )
    parser.add_argument(
        "--iterations",
        metavar="K|auto",
        type=iterations,
        help="number of Bellman backups, or the most expansions of a search; auto iterates until "
        "no value changes (default: auto, but for the paper's models the K of the training)",
    )
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default=ENGINES[0],
        help="what iterates the values: loops compiled by Numba, or the layers of the Keras model; "
        "both are the same network (default: %(default)s)",
    )


def model_file(options: argparse.Namespace) -> Path:
    """The `.keras` file of the chosen model.

    Raises:
        VinguiError: there is none.
    """
    return find_model(_model(options))


def _model(options: argparse.Namespace) -> str:
    return options.model or default_model(rule_named(options.moves or DEFAULT_RULE.name))


def model_for(options: argparse.Namespace) -> tuple[Model, int | None]:
    """The chosen model, and K, which is `None` for auto.

    Raises:
        VinguiError: there is no such model, or it has another movement rule than the chosen one.
    """
    return _model_of(options.model, options)


def models_for(options: argparse.Namespace) -> list[tuple[Model, int | None]]:
    """The same of each of several models that are separated by commas.

    Raises:
        VinguiError: as `model_for`, or one is a search, which plans from one start alone.
    """
    written = options.model
    # The name of a file may have a comma.
    if written is None or Path(written).is_file():
        return [_model_of(written, options)]
    names = [name.strip() for name in written.split(",")]
    for name in filter(is_search, names):
        raise VinguiError(
            f"{name} plans from the first start of a map alone, and cannot be evaluated from all; "
            "evaluate exact instead"
        )
    return [_model_of(name, options) for name in names]


def _model_of(name: str | None, options: argparse.Namespace) -> tuple[Model, int | None]:
    model = start_model(name, moves=options.moves, engine=options.engine)
    if options.iterations is None:
        return model, model.planner.own_iterations
    return model, None if options.iterations == "auto" else options.iterations


def start_model(name: str | None, *, moves: str | None = None, engine: Engine) -> Model:
    """Load a model, as `load_model`, while the terminal says so."""
    with status("Loading the model"):
        return load_model(name, moves=moves, engine=engine, progress=False)
