"""`.keras` files, read without Keras and without running any code in them.

A model is described by the few numbers in which the networks of this package differ, after these
are checked, and by its weights.
"""

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import h5py
import numpy as np
from numpy.typing import NDArray

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
from vingui.core.moves import RULES, MoveRule, rule_named
from vingui.core.phrases import counted
from vingui.core.terrain_pictures import SEEN

PACKAGE: Final = "vingui"
"""The package under which Keras registers the networks."""

_COMMON: Final = frozenset({"moves", "iterations", "reading_every", "value_weight", "hidden"})
_ARGUMENTS: Final = {
    "VIN": _COMMON | {"latent_actions"},
    "DynamicVIN": _COMMON,
    "CostVIN": _COMMON | {"sees", "filters"},
}
"""The arguments of each network."""

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


@dataclass(frozen=True, eq=False)
class ModelFile:
    """A model in a `.keras` file, which was checked.

    Attributes:
        path: the file.
        network: the name of its class, one of the networks of this package.
        arguments: those of the class.
        channels: the channels of its input.
        weights: the weights by their path in the file, as `/layers/step_reward/vars/0`.
    """

    path: Path
    network: str
    arguments: dict[str, Any]
    channels: int
    weights: dict[str, NDArray[np.float32]]

    @property
    def rule(self) -> MoveRule:
        """The movement rule of the network."""
        return rule_named(self.arguments["moves"])

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a model from its file.

        Raises:
            VinguiError: the file cannot be read, is damaged, or holds anything but one of the
                networks of this package.
        """
        with reading(path):
            # Keras chooses the format by the suffix.
            if check_regular(path) and path.suffix.lower() != ".keras":
                raise VinguiError("This is not a model: its name must end in .keras")
            check_no_placeholder(read_head(path), ".keras".__eq__)
            content, weights = _unpacked(read_bytes(path, limit=_MAX_BYTES))
            return cls(path, *_described(content), _read_weights(weights))

    def weights_of(self, shapes: Mapping[str, tuple[int, ...]]) -> list[NDArray[np.float32]]:
        """The weights at some paths.

        Args:
            shapes: the shape that each has to have, by its path.

        Raises:
            VinguiError: the file has no such weights.
        """
        found = [self.weights.get(path, np.empty(0, np.float32)) for path in shapes]
        for (path, shape), array in zip(shapes.items(), found, strict=True):
            if array.shape != shape:
                with naming(self.path):
                    raise VinguiError(
                        f"The weights in this file do not fit its configuration: {path} must have "
                        f"the shape {shape}, not {array.shape}"
                    )
        return found


def _unpacked(data: bytes) -> tuple[Any, bytes]:
    """Check the members of a file's bytes, and return its configuration and its weights."""
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
    return content, weights


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


def _read_weights(content: bytes) -> dict[str, NDArray[np.float32]]:
    """Check the structure of the HDF5 file of weights before any of its numbers is read.

    An HDF5 file can have numbers that are stored nowhere, compressed, or in other files.
    """
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            arrays = [one for one in _checked(file) if not one.name.startswith("/optimizer/")]
            weights = {array.name: _as_float32(array[()]) for array in arrays}
    except (VinguiError, MemoryError):
        raise
    except Exception as error:
        raise VinguiError(f"The weights in this file cannot be loaded: {gist(error)}") from error
    if not all(np.isfinite(array).all() for array in weights.values()):
        raise VinguiError("This network cannot plan: some of its weights are not finite numbers")
    return weights


def _as_float32(array: NDArray[Any]) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):
        return np.asarray(array, np.float32)


def _checked(file: h5py.File) -> list[h5py.Dataset]:
    arrays = list(_datasets(file))
    claimed = sum(map(_checked_size, arrays))
    if claimed > _MAX_BYTES:
        raise VinguiError(
            f"The weights in this file take {counted(claimed, 'byte')}; "
            f"the limit is {_MAX_BYTES:,} bytes"
        )
    return arrays


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


def _described(content: Any) -> tuple[str, dict[str, Any], int]:
    """Check a `config.json`, and return the network, its arguments and its channels.

    Args:
        content: the content. All of it must be as one of the networks has it, except for how the
            model was compiled, which planning does not need.
    """
    registered = content.get("registered_name") if isinstance(content, dict) else None
    names = {f"{PACKAGE}>{network}": network for network in _ARGUMENTS}
    if not isinstance(registered, str) or registered not in names:
        raise VinguiError(
            f"vingui plans with models of {' and '.join(sorted(names))}, "
            f"and this one is of {brief(registered)}"
        )
    network, config = names[registered], content.get("config")
    # The last size of the input shape is a size of the weights.
    channels = 2 if network != "CostVIN" else 3 + _seen_channels(config)
    expected = {
        "build_config": {"input_shape": [None, None, None, channels]},
        "class_name": network,
    }
    for name, wanted in expected.items():
        if content.get(name) != wanted:
            raise VinguiError(
                f"The configuration of {registered} must have the {name} {wanted}, "
                f"not {brief(content.get(name))}"
            )
    arguments = _ARGUMENTS[network]
    if not isinstance(config, dict) or set(config) != {"name", "trainable", "dtype", *arguments}:
        raise VinguiError(f"These are not the arguments of {registered}: {brief(config)}")
    _check_arguments(config)
    return network, {name: config[name] for name in arguments}, channels


def _seen_channels(config: Any) -> int:
    seen = config.get("sees") if isinstance(config, dict) else None
    if not isinstance(seen, str) or seen not in SEEN:
        raise VinguiError(f"A CostVIN sees {' or '.join(SEEN)}, not {brief(seen)}")
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
