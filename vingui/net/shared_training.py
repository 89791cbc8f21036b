"""What several workers do before they train: agree, connect, and begin with the same numbers."""

import hashlib
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from vingui.core.cluster_place import ClusterPlace
from vingui.core.train_settings import TrainSettings
from vingui.net.backend import keras
from vingui.net.cluster import Cluster, check_devices, cluster_of
from vingui.net.rendezvous import meet


def connected(
    place: ClusterPlace, settings: TrainSettings, on_note: Callable[[str], None]
) -> Cluster:
    """Wait for the other workers, check that all are going to train the same, and connect.

    Raises:
        VinguiError: a worker does not come or is going to train something else, or TensorFlow
            cannot start.
    """
    if place.count > 1:
        check_devices()
        meet(place, statement(settings), on_note=on_note)
    return cluster_of(place)


def statement(settings: TrainSettings) -> dict[str, Any]:
    """What must be the same for all workers; of files, the content."""
    return {
        **asdict(settings),
        "maps": _content(settings.maps),
        "weights": _content(settings.weights),
        "version of vingui": version("vingui"),
        "version of tensorflow": version("tensorflow"),
    }


def _content(name: str) -> str:
    path = Path(name)
    if not name or not path.exists():
        return name
    files = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())
    total = hashlib.sha256()
    for file in files:
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


class BeginWithChief(keras.callbacks.Callback):
    """Begins a training with the chief's weights, optimizer and epoch.

    Only the chief has the checkpoint of a training that was interrupted.

    Args:
        cluster: the workers.
    """

    def __init__(self, cluster: Cluster) -> None:
        super().__init__()
        self.cluster = cluster

    def on_train_begin(self, logs: Any = None) -> None:
        """Take over the chief's state."""
        model = self.model
        model.optimizer.build(model.trainable_variables)
        variables = [*model.weights, *model.optimizer.variables]
        own = [*(variable.numpy() for variable in variables), model._initial_epoch or 0]
        *values, epoch = self.cluster.from_chief(own)
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        model._initial_epoch = int(epoch)
