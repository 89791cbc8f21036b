"""Planners of trained models: of the shipped ones, and of `.keras` files of the user.

Keras is imported only for models that need it: not for a `DynamicVIN`, unless its layers are to
iterate the values themselves. Of a `CostVIN` it runs the encoder alone.
"""

from collections.abc import Callable
from importlib import import_module
from threading import Lock
from typing import Final

from vingui.core.cards import ModelCard, find_model
from vingui.core.engine import Engine
from vingui.core.errors import VinguiError
from vingui.core.files import gist, naming
from vingui.core.grid import GridMap
from vingui.core.methods import METHODS
from vingui.core.moves import DEFAULT_RULE, MoveRule
from vingui.net.iteration import CostReading
from vingui.net.model_files import ModelFile
from vingui.net.network import Iterations, Network, Waves
from vingui.net.planner import Planner
from vingui.net.search import network_of_method
from vingui.net.transition_tables import tables_in

_IMPORTING: Final = Lock()


def load_planner(
    wanted: str, *, engine: Engine = "numba", rule: MoveRule = DEFAULT_RULE
) -> tuple[Planner, ModelCard | None]:
    """Load a shipped model by its name or the model in a `.keras` file, or take a method.

    Args:
        wanted: the name of a shipped model, a path, or a name of `METHODS`.
        engine: what iterates the values of a network.
        rule: the movement rule of a method; networks have their own.

    Returns:
        The planner, and the model's card if there is one beside the file.

    Raises:
        VinguiError: there is no such model, or it cannot be loaded; or a method has no such engine.
    """
    method = METHODS.get(wanted)
    if method is not None:
        if engine != "numba":
            raise VinguiError(
                f"{method.name} is no network, and has no layers; leave out the engine"
            )
        return Planner(network_of_method(method, rule), name=method.name), None
    path = find_model(wanted)
    file = ModelFile.read(path)
    planner = Planner(_network_in(file), name=path.stem, engine=engine)
    card_file = path.with_suffix(".json")
    card = ModelCard.read(card_file) if card_file.exists() else None
    with naming(path):
        if card is not None and card.moves != file.rule.name:
            raise VinguiError(
                f"The card of this model is for movement rule {card.moves}, and the model plans "
                f"under {file.rule.name}. Remove the card, or put the right one in its place"
            )
    return planner, card


def _network_in(file: ModelFile) -> Network:
    if file.network == "VIN":
        return _network_by_keras(file)
    waves = Waves(tables_in(file), _reader_in(file))

    def by_layers() -> Iterations:
        return _network_by_keras(file).engines["keras"]()

    return Network(file.rule, None, {"numba": lambda: waves, "keras": by_layers})


def _reader_in(file: ModelFile) -> Callable[[GridMap], CostReading] | None:
    """What reads the costs of maps, if the network in a file learned them."""
    if file.network != "CostVIN":
        return None
    _need_keras(file)
    from vingui.net.keras_networks import cost_reader

    return cost_reader(file)


def _network_by_keras(file: ModelFile) -> Network:
    _need_keras(file)
    from vingui.net.keras_networks import built, network_of

    return network_of(built(file))


def _need_keras(file: ModelFile) -> None:
    try:
        import_keras()
    except ImportError as error:
        raise VinguiError(
            f"{file.path.stem} needs TensorFlow, which cannot be imported: {gist(error)}. "
            'Install it: pip install "tensorflow>=2.20,<3" "keras>=3.12,<4"'
        ) from error


def import_keras() -> None:
    """Import Keras and TensorFlow with the networks, which takes seconds, unless they are imported.

    Raises:
        ImportError: they cannot be imported.
    """
    # Python gives a module to one thread although its import has failed in another.
    with _IMPORTING:
        import_module("vingui.net.keras_networks")
