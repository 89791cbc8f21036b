"""Trained models: those that are shipped, and those in files that users bring."""

import io
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np

from vingui.core.cards import ModelCard, find_model
from vingui.core.errors import VinguiError
from vingui.core.files import (
    brief,
    check_regular,
    gist,
    naming,
    parse_json,
    read_bytes,
    read_head,
    reading,
)
from vingui.core.formats.placeholder_files import check_no_stand_in
from vingui.core.moves import RULES
from vingui.core.phrases import counted
from vingui.net.keras_layers import PACKAGE
from vingui.net.models import VIN, DynamicVIN, ValueIterationModel
from vingui.net.planner import Planner

_MODELS: Final = {f"{PACKAGE}>{model.__name__}": model for model in (VIN, DynamicVIN)}
_BUILD: Final = {"input_shape": [None, None, None, 2]}
_DTYPE: Final = {
    "module": "keras",
    "class_name": "DTypePolicy",
    "config": {"name": "float32"},
    "registered_name": None,
}
_MEMBERS: Final = {"metadata.json", "config.json", "model.weights.h5"}
_MAX_BYTES: Final = 64 << 20
_MAX_CONFIG_BYTES: Final = 1 << 20
_MAX_ENTRIES: Final = 100
_MAX_ITEMS: Final = 500
_MAX_DEPTH: Final = 8

_MAX_VALUE_WEIGHT: Final = 1e6

_SIZES: Final = {
    "iterations": 100_000,
    "reading_every": 100_000,
    "hidden": 1024,
    "latent_actions": 1024,
}
"""The largest numbers that a file's configuration may ask memory or time for."""


def load_model(path: Path) -> ValueIterationModel:
    """Load a model from a `.keras` file. The file is data: no code of it is run.

    Nothing is built as the file says. It is built anew from the few numbers that the two networks
    differ in, once these are checked, and only weights are read from the file.

    Raises:
        VinguiError: the file cannot be read, is damaged, or holds anything but one of the two
            networks of this package.
    """
    with reading(path):
        # Keras chooses by the suffix, and reads another format in a file of another.
        if check_regular(path) and path.suffix.lower() != ".keras":
            raise VinguiError(f"Expected a .keras file, received one named {brief(path.suffix)}")
        check_no_stand_in(read_head(path), (".keras",))
        model = _built(_checked_archive(read_bytes(path, limit=_MAX_BYTES)))
        try:
            with _in_lower_case(path) as file:
                model.load_weights(file)
        except MemoryError:
            raise
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


def _checked_archive(data: bytes) -> Any:
    """The file's configuration, once members and weights are known to claim no more than is there.

    Args:
        data: the file's bytes.
    """
    # zipfile takes the whole table of contents at once.
    if data.count(b"PK\x01\x02") > _MAX_ENTRIES:
        raise VinguiError("Expected a .keras file of three members, received very many")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_members(archive.infolist())
            content = parse_json(archive.read("config.json"))
            weights = archive.read("model.weights.h5")
    except (VinguiError, OSError, MemoryError):
        raise
    except Exception as error:
        # A damaged archive makes zipfile and its decompressors raise all kinds of exceptions.
        raise VinguiError(f"Expected a .keras file, received: {gist(error)}") from error
    _check_weights(weights)
    return content


def _check_members(members: Sequence[zipfile.ZipInfo]) -> None:
    total = sum(member.file_size for member in members)
    names = sorted(member.filename for member in members)
    if names != sorted(_MEMBERS) or total > _MAX_BYTES:
        raise VinguiError(
            f"Expected a .keras file of {', '.join(sorted(_MEMBERS))} and at most "
            f"{_MAX_BYTES:,} bytes, received "
            f"{counted(len(members), 'member')} of {counted(total, 'byte')}"
        )
    if any(m.file_size > _MAX_CONFIG_BYTES and m.filename.endswith(".json") for m in members):
        raise VinguiError("Expected a short config.json, received a very long one")


def _check_weights(content: bytes) -> None:
    """Go through the weights' file as Keras would, without reading any of its numbers.

    HDF5 can claim numbers that are stored nowhere, packed, or in other files.
    """
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            claimed = sum(map(_checked_size, _datasets(file)))
    except (VinguiError, MemoryError):
        raise
    except Exception as error:
        raise VinguiError(f"Expected a trained network, received: {gist(error)}") from error
    if claimed > _MAX_BYTES:
        raise VinguiError(
            f"Expected weights of at most {_MAX_BYTES:,} bytes, received {counted(claimed, 'byte')}"
        )


def _datasets(file: h5py.File) -> Iterator[h5py.Dataset]:
    """The file's arrays. Not by HDF5's own visit, whose recursion has no limit."""
    waiting: list[tuple[h5py.Group, int]] = [(file, 1)]
    items = 0
    while waiting:
        group, depth = waiting.pop()
        items += len(group)
        if items > _MAX_ITEMS or depth > _MAX_DEPTH:
            raise VinguiError("Expected the weights of one network, received very many groups")
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise VinguiError("Expected weights in the file itself, received a link")
            item = group[name]
            if isinstance(item, h5py.Group):
                waiting.append((item, depth + 1))
            elif isinstance(item, h5py.Dataset):
                yield item


def _checked_size(data: h5py.Dataset) -> int:
    """The bytes of an array that lies in the file as Keras writes it: whole, and not packed."""
    plain = data.chunks is None and data.external is None and not data.is_virtual
    if data.dtype.kind not in "fiu" or not plain or data.id.get_storage_size() != data.nbytes:
        raise VinguiError(
            "Expected weights as plain arrays of numbers, received packed, missing or other ones"
        )
    return int(data.nbytes)


def _built(content: Any) -> ValueIterationModel:
    """A new model of the architecture and the sizes that a configuration names.

    Args:
        content: of `config.json`. Every part of it has to be what one of the two networks has
            there, but for how it was compiled, which planning does without.
    """
    registered = content.get("registered_name") if isinstance(content, dict) else None
    if not isinstance(registered, str) or registered not in _MODELS:
        raise VinguiError(
            f"Expected a model of {', '.join(sorted(_MODELS))}, received {brief(registered)}"
        )
    # The last of the input's sizes is one of the weights'.
    if content.get("build_config") != _BUILD:
        raise VinguiError(
            f"Expected a model built as {_BUILD}, received {brief(content.get('build_config'))}"
        )
    make, config = _MODELS[registered], content.get("config")
    if content.get("class_name") != make.__name__:
        raise VinguiError(
            f"Expected class_name {make.__name__}, received {brief(content.get('class_name'))}"
        )
    arguments = {"moves", "iterations", "reading_every", "value_weight", "hidden"}
    if make is VIN:
        arguments.add("latent_actions")
    if not isinstance(config, dict) or set(config) != {"name", "trainable", "dtype", *arguments}:
        raise VinguiError(f"Expected the arguments of {registered}, received {brief(config)}")
    _check_arguments(config)
    model = make(**{name: config[name] for name in arguments})
    model.build(tuple(_BUILD["input_shape"]))
    return model


def _check_arguments(config: dict[str, Any]) -> None:
    for name, most in _SIZES.items():
        value = config.get(name, 1)
        if type(value) is not int or not 1 <= value <= most:
            raise VinguiError(f"Expected {name} from 1 to {most:,}, received {brief(value)}")
    expected = {
        "dtype": config["dtype"] in (_DTYPE, "float32"),
        "moves": isinstance(config["moves"], str) and config["moves"] in RULES,
        "name": isinstance(config["name"], str),
        "trainable": isinstance(config["trainable"], bool),
        "value_weight": type(config["value_weight"]) in (int, float)
        and 0 <= config["value_weight"] <= _MAX_VALUE_WEIGHT,
    }
    for name, good in expected.items():
        if not good:
            raise VinguiError(
                f"Expected {name} as one of vingui's networks has it, "
                f"received {brief(config[name])}"
            )


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
