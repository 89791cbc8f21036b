"""Trained models: those that are shipped, and those in files that users bring."""

import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np

from vingui.core.cards import ModelCard, find_model
from vingui.core.errors import VinguiError
from vingui.core.files import brief, check_regular, gist, naming, reading
from vingui.net.backend import keras
from vingui.net.models import VIN, DynamicVIN, ValueIterationModel
from vingui.net.planner import Planner

_CLASSES: Final = {f"vingui>{model.__name__}" for model in (VIN, DynamicVIN)}
_BUILD: Final = {"input_shape": [None, None, None, 2]}
_MEMBERS: Final = {"metadata.json", "config.json", "model.weights.h5"}
_MAX_BYTES = 64 << 20
_MAX_CONFIG_BYTES = 1 << 20

_LIMITS: Final = {
    "iterations": 100_000,
    "reading_every": 100_000,
    "hidden": 4096,
    "latent_actions": 1024,
}
"""The largest numbers that a file's configuration may ask memory or time for."""


def load_model(path: Path) -> ValueIterationModel:
    """Load a model from a `.keras` file. The file is data: no code of it is run.

    Raises:
        VinguiError: the file cannot be read, is damaged, or holds anything but one of the two
            networks of this package.
    """
    with reading(path):
        check_regular(path)
        # Keras chooses by the suffix, and reads another format in a file of another.
        if path.suffix.lower() != ".keras":
            raise VinguiError(f"Expected a .keras file, received one named {brief(path.suffix)}")
        _check_archive(path)
        try:
            with _in_lower_case(path) as file:
                model: ValueIterationModel = keras.saving.load_model(
                    file, compile=False, safe_mode=True
                )
        except Exception as error:
            # Keras and HDF5 raise all kinds of exceptions on a damaged file.
            raise VinguiError(f"Expected a trained network, received: {gist(error)}") from error
        if not all(np.isfinite(weight.numpy()).all() for weight in model.weights):
            raise VinguiError("Expected a trained network, received weights that are no numbers")
    return model


@contextmanager
def _in_lower_case(path: Path) -> Iterator[Path]:
    """The file, or a copy of it where its suffix is none to Keras, as `.KERAS` is not."""
    if path.suffix == ".keras":
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(shutil.copyfile(path, Path(folder, "model.keras")))


def _check_archive(path: Path) -> None:
    """Look at what the file claims before Keras takes memory for it or builds classes."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members({info.filename: info.file_size for info in archive.infolist()})
            content = json.loads(archive.read("config.json"))
            weights = archive.read("model.weights.h5")
    except (VinguiError, OSError, MemoryError):
        raise
    except Exception as error:
        # A damaged archive makes zipfile and its decompressors raise all kinds of exceptions.
        raise VinguiError(f"Expected a .keras file, received: {gist(error)}") from error
    _check_config(content)
    _check_weights(weights)


def _check_members(sizes: dict[str, int]) -> None:
    total = sum(sizes.values())
    if set(sizes) != _MEMBERS or total > _MAX_BYTES:
        raise VinguiError(
            f"Expected a .keras file of {', '.join(sorted(_MEMBERS))} and at most "
            f"{_MAX_BYTES:,} bytes, received {len(sizes)} members of {total:,} bytes"
        )
    if sizes["config.json"] > _MAX_CONFIG_BYTES:
        raise VinguiError("Expected a short config.json, received a very long one")


def _check_weights(content: bytes) -> None:
    """Look at how much the datasets of the weights claim to hold: HDF5 stores none of it if 0."""
    claimed = 0

    def add(_: str, item: Any) -> None:
        nonlocal claimed
        claimed += item.nbytes if isinstance(item, h5py.Dataset) else 0

    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            file.visititems(add)
    except Exception as error:
        raise VinguiError(f"Expected a trained network, received: {gist(error)}") from error
    if claimed > _MAX_BYTES:
        raise VinguiError(
            f"Expected weights of at most {_MAX_BYTES:,} bytes, received {claimed:,} bytes"
        )


def _check_config(content: Any) -> None:
    registered = content.get("registered_name") if isinstance(content, dict) else None
    if not isinstance(registered, str) or registered not in _CLASSES:
        raise VinguiError(
            f"Expected a model of {', '.join(sorted(_CLASSES))}, received {brief(registered)}"
        )
    # The last of the input's sizes is one of the weights'.
    if content.get("build_config") != _BUILD:
        raise VinguiError(
            f"Expected a model built as {_BUILD}, received {brief(content.get('build_config'))}"
        )
    config = content.get("config")
    for name, most in _LIMITS.items():
        value = config.get(name, 1) if isinstance(config, dict) else None
        if not isinstance(value, int) or not 1 <= value <= most:
            raise VinguiError(f"Expected {name} from 1 to {most:,}, received {brief(value)}")


def load_planner(wanted: str) -> tuple[Planner, ModelCard | None]:
    """A planner by the name of a shipped model or the path of a `.keras` file.

    Returns:
        The planner, and the model's card where there is one beside it.

    Raises:
        VinguiError: there is no such model, or it cannot be loaded.
    """
    path = find_model(wanted)
    model = load_model(path)
    card_file = path.with_suffix(".json")
    card = ModelCard.read(card_file) if card_file.exists() else None
    with naming(path):
        if card is not None and card.moves != model.moves:
            raise VinguiError(
                f"Expected a model of rule {card.moves}, as its card says, received {model.moves}"
            )
    return Planner(model, name=path.stem), card
