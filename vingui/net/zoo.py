"""Loading trained models: the shipped ones, and `.keras` files of the user."""

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

from vingui.core.cards import ModelCard, default_model, find_model
from vingui.core.engine import Engine
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
from vingui.core.formats.placeholder_files import check_no_placeholder
from vingui.core.moves import RULES, MoveRule
from vingui.core.phrases import counted
from vingui.net.cost_vin import SEEN, CostVIN
from vingui.net.keras_layers import PACKAGE
from vingui.net.models import VIN, DynamicVIN, ValueIterationModel
from vingui.net.planner import Planner

_MODELS: Final = {f"{PACKAGE}>{model.__name__}": model for model in (VIN, DynamicVIN, CostVIN)}
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
    "filters": 256,
}
"""The largest sizes in a file's configuration, which cost memory or time."""


def load_model(path: Path) -> ValueIterationModel:
    """Load a model from a `.keras` file, without running any code in the file.

    The model is built from the few numbers in which the two networks of this package differ,
    after these are checked, and only the weights are read from the file.

    Raises:
        VinguiError: the file cannot be read, is damaged, or holds anything but one of the two
            networks of this package.
    """
    with reading(path):
        # Keras chooses the format by the suffix.
        if check_regular(path) and path.suffix.lower() != ".keras":
            raise VinguiError("This is not a model: its name must end in .keras")
        check_no_placeholder(read_head(path), (".keras",))
        model = _built(_checked_archive(read_bytes(path, limit=_MAX_BYTES)))
        try:
            with _in_lower_case(path) as file:
                model.load_weights(file)
        except MemoryError:
            raise
        except Exception as error:
            # Keras and HDF5 raise all kinds of exceptions on a damaged file.
            raise VinguiError(
                f"The weights in this file cannot be loaded: {gist(error)}"
            ) from error
        if not all(np.isfinite(weight.numpy()).all() for weight in model.weights):
            raise VinguiError(
                "This network cannot plan: some of its weights are not finite numbers"
            )
    return model


@contextmanager
def _in_lower_case(path: Path) -> Iterator[Path]:
    """Yield the file, or a copy with the suffix that Keras requires, where it is `.KERAS`."""
    if path.suffix == ".keras":
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(shutil.copyfile(path, Path(folder, "model.keras")))


def _checked_archive(data: bytes) -> Any:
    """Check the members and weights of a file's bytes, and return its configuration."""
    # zipfile reads the whole table of contents at once.
    if data.count(b"PK\x01\x02") > _MAX_ENTRIES:
        raise VinguiError("This is not a model that Keras has saved: it has too many parts")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_members(archive.infolist())
            content = parse_json(archive.read("config.json"))
            weights = archive.read("model.weights.h5")
    except (VinguiError, OSError, MemoryError):
        raise
    except Exception as error:
        # A damaged archive makes zipfile and its decompressors raise all kinds of exceptions.
        raise VinguiError(f"This is not a .keras file, or it is damaged: {gist(error)}") from error
    _check_weights(weights)
    return content


def _check_members(members: Sequence[zipfile.ZipInfo]) -> None:
    total = sum(member.file_size for member in members)
    names = sorted(member.filename for member in members)
    if names != sorted(_MEMBERS):
        raise VinguiError(
            f"This is not a model that Keras has saved: it has {counted(len(members), 'part')}, "
            "and not the three of a .keras file"
        )
    if total > _MAX_BYTES:
        raise VinguiError(
            f"This model is too large: {counted(total, 'byte')}; the limit is {_MAX_BYTES:,} bytes"
        )
    if any(m.file_size > _MAX_CONFIG_BYTES and m.filename.endswith(".json") for m in members):
        raise VinguiError("This is not a model of vingui: its config.json is too long")


def _check_weights(content: bytes) -> None:
    """Check the structure of the HDF5 file of weights, without reading any of its numbers.

    An HDF5 file can have numbers that are stored nowhere, compressed, or in other files.
    """
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            claimed = sum(map(_checked_size, _datasets(file)))
    except (VinguiError, MemoryError):
        raise
    except Exception as error:
        raise VinguiError(f"The weights in this file cannot be loaded: {gist(error)}") from error
    if claimed > _MAX_BYTES:
        raise VinguiError(
            f"The weights in this file take {counted(claimed, 'byte')}; "
            f"the limit is {_MAX_BYTES:,} bytes"
        )


def _datasets(file: h5py.File) -> Iterator[h5py.Dataset]:
    """Yield the file's arrays. HDF5's own visit recurses without a limit."""
    waiting: list[tuple[h5py.Group, int]] = [(file, 1)]
    items = 0
    while waiting:
        group, depth = waiting.pop()
        items += len(group)
        if items > _MAX_ITEMS or depth > _MAX_DEPTH:
            raise VinguiError(
                "The weights in this file are of no network of vingui: too many groups"
            )
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise VinguiError("The weights must be in the file itself, and not behind a link")
            item = group[name]
            if isinstance(item, h5py.Group):
                waiting.append((item, depth + 1))
            elif isinstance(item, h5py.Dataset):
                yield item


def _checked_size(data: h5py.Dataset) -> int:
    """The bytes of an array, which must be stored as Keras does: whole and uncompressed."""
    plain = data.chunks is None and data.external is None and not data.is_virtual
    if data.dtype.kind not in "fiu" or not plain or data.id.get_storage_size() != data.nbytes:
        raise VinguiError(
            "The weights in this file are not plain arrays of numbers, as Keras saves them"
        )
    return int(data.nbytes)


def _built(content: Any) -> ValueIterationModel:
    """Build the model that a `config.json` describes.

    Args:
        content: the content. All of it must be as one of the two networks has it, except for how
            the model was compiled, which planning does not need.
    """
    registered = content.get("registered_name") if isinstance(content, dict) else None
    if not isinstance(registered, str) or registered not in _MODELS:
        raise VinguiError(
            f"vingui plans with models of {' and '.join(sorted(_MODELS))}, "
            f"and this one is of {brief(registered)}"
        )
    make, config = _MODELS[registered], content.get("config")
    # The last size of the input shape is a size of the weights.
    shape = [None, None, None, 2 if make is not CostVIN else 3 + _seen_channels(config)]
    for name, expected in (("build_config", {"input_shape": shape}), ("class_name", make.__name__)):
        if content.get(name) != expected:
            raise VinguiError(
                f"The configuration of {registered} must have the {name} {expected}, "
                f"not {brief(content.get(name))}"
            )
    arguments = {"moves", "iterations", "reading_every", "value_weight", "hidden"}
    if make is VIN:
        arguments.add("latent_actions")
    if make is CostVIN:
        arguments |= {"sees", "filters"}
    if not isinstance(config, dict) or set(config) != {"name", "trainable", "dtype", *arguments}:
        raise VinguiError(f"These are not the arguments of {registered}: {brief(config)}")
    _check_arguments(config)
    model = make(**{name: config[name] for name in arguments})
    model.build(tuple(shape))
    return model


def untrained_cost_vin(rule: MoveRule, sees: str) -> CostVIN:
    """A `CostVIN` that moves as the shipped network of a rule, and has not learned any costs."""
    base = load_model(find_model(default_model(rule)))
    assert isinstance(base, DynamicVIN)  # noqa: S101 - those that are shipped as defaults are
    model = CostVIN(sees=sees, moves=rule.name, hidden=base.hidden)
    model.build((None, None, None, 3 + SEEN[sees]))
    for part in ("transitions", "step_reward", "scale"):
        getattr(model, part).set_weights(getattr(base, part).get_weights())
    return model


def _seen_channels(config: Any) -> int:
    seen = config.get("sees") if isinstance(config, dict) else None
    if not isinstance(seen, str) or seen not in SEEN:
        raise VinguiError(f"A {CostVIN.__name__} sees {' or '.join(SEEN)}, not {brief(seen)}")
    return SEEN[seen]


def _check_arguments(config: dict[str, Any]) -> None:
    for name, most in _SIZES.items():
        value = config.get(name, 1)
        if type(value) is not int or not 1 <= value <= most:
            raise VinguiError(f"{name} must be from 1 to {most:,}, not {brief(value)}")
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
                f"The networks of vingui have another {name} than {brief(config[name])}"
            )


def load_planner(wanted: str, *, engine: Engine = "numba") -> tuple[Planner, ModelCard | None]:
    """Load a shipped model by its name, or the model in a `.keras` file.

    Returns:
        The planner, and the model's card if there is one beside the file.

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
                f"The card of this model is for movement rule {card.moves}, and the model plans "
                f"under {model.moves}. Remove the card, or put the right one in its place"
            )
    return Planner(model, name=path.stem, engine=engine), card
