"""Trained networks as Keras models: loading them, and planning with them."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from vingui.core.cards import default_model, find_model
from vingui.core.errors import VinguiError
from vingui.core.files import gist, reading
from vingui.core.grid import GridMap
from vingui.core.moves import MoveRule
from vingui.core.terrain_pictures import SEEN
from vingui.net.backups import KerasGraphs, VINEngine, tables_of
from vingui.net.cost_vin import CostVIN
from vingui.net.iteration import CostReading
from vingui.net.model_files import ModelFile
from vingui.net.models import VIN, DynamicVIN, ValueIterationModel
from vingui.net.network import DenseBackups, Iterations, Network, Waves
from vingui.net.seen_costs import SeenCosts

_NETWORKS: Final[dict[str, type[ValueIterationModel]]] = {
    network.__name__: network for network in (VIN, DynamicVIN, CostVIN)
}


def load_model(path: Path) -> ValueIterationModel:
    """Load a model from a `.keras` file, without running any code in the file.

    Raises:
        VinguiError: as `ModelFile.read` does, or the weights do not fit the network.
    """
    return built(ModelFile.read(path))


def built(file: ModelFile) -> ValueIterationModel:
    """Build the network of a file, and load its weights.

    Raises:
        VinguiError: the weights do not fit the network.
    """
    with reading(file.path):
        model = _NETWORKS[file.network](**file.arguments)
        model.build((None, None, None, file.channels))
        try:
            with _in_lower_case(file.path) as path:
                model.load_weights(path)
        except MemoryError:
            raise
        except Exception as error:
            # Keras and HDF5 raise all kinds of exceptions on a damaged file.
            raise VinguiError(
                f"The weights in this file cannot be loaded: {gist(error)}"
            ) from error
    return model


@contextmanager
def _in_lower_case(path: Path) -> Iterator[Path]:
    """Yield the file, or a copy with the suffix that Keras requires, where it is `.KERAS`."""
    if path.suffix == ".keras":
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(shutil.copyfile(path, Path(folder, "model.keras")))


def untrained_cost_vin(rule: MoveRule, sees: str) -> CostVIN:
    """A `CostVIN` that moves as the shipped network of a rule, and has not learned any costs."""
    base = load_model(find_model(default_model(rule)))
    assert isinstance(base, DynamicVIN)  # noqa: S101 - those that are shipped as defaults are
    model = CostVIN(sees=sees, moves=rule.name, hidden=base.hidden)
    model.build((None, None, None, 3 + SEEN[sees]))
    for part in ("transitions", "step_reward", "scale"):
        getattr(model, part).set_weights(getattr(base, part).get_weights())
    return model


def cost_reader(file: ModelFile) -> Callable[[GridMap], CostReading]:
    """What reads the costs of maps with the encoder of the `CostVIN` in a file.

    Raises:
        VinguiError: the file does not have its weights.
    """
    return SeenCosts.in_file(file).read


def network_of(model: ValueIterationModel) -> Network:
    """What planners need of a built model."""
    own = None if isinstance(model, DynamicVIN) else model.iterations
    channels = 2 * model.hidden + 6 * model.latent_actions if isinstance(model, VIN) else 0

    def by_engine() -> Iterations:
        if isinstance(model, CostVIN):
            return Waves(tables_of(model), SeenCosts.of(model).read)
        if isinstance(model, DynamicVIN):
            return Waves(tables_of(model))
        return DenseBackups(VINEngine(model), own, "numba", channels)

    def by_layers() -> Iterations:
        return DenseBackups(KerasGraphs(model), own, "keras", channels)

    return Network(model.rule, own, {"numba": by_engine, "keras": by_layers})
