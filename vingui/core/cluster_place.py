"""The index of a training worker, and the addresses of all workers that train the network."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Self

from vingui.core.errors import VinguiError
from vingui.core.files import brief

VARIABLE: Final = "TF_CONFIG"
"""TensorFlow's own environment variable for this."""


class WorkerLostError(VinguiError):
    """Another worker ended, or cannot be reached any more."""


@dataclass(frozen=True)
class ClusterPlace:
    """The workers, and which of them this process is.

    Attributes:
        addresses: the address of each worker, as `host:port`, the chief's first.
        index: the place of this process among them, from 0. Worker 0, the chief, writes the
            checkpoint and the model.

    Raises:
        VinguiError: an address or the index is not possible.
    """

    addresses: tuple[str, ...]
    index: int

    def __post_init__(self) -> None:
        for address in self.addresses:
            _split(address)
        if len(set(self.addresses)) < len(self.addresses):
            twice = next(a for a, b in pairwise(sorted(self.addresses)) if a == b)
            raise VinguiError(f"The worker {twice} is named twice; each needs its own address")
        if not 0 <= self.index < len(self.addresses):
            raise VinguiError(
                f"The index of a worker must be from 0 to {len(self.addresses) - 1}, the places of "
                f"the {len(self.addresses)} addresses, not {self.index}"
            )

    @classmethod
    def of(cls, workers: Sequence[str] | None, index: int | None) -> Self:
        """The place that a user names; without workers, the only one."""
        if workers is None:
            if index is not None:
                raise VinguiError("The index of a worker needs the addresses of all workers")
            return cls(("localhost:1",), 0)
        if index is None:
            raise VinguiError(
                "Which of the workers is this one? Give its index, from 0 in the order of the "
                "addresses"
            )
        return cls(tuple(workers), index)

    @classmethod
    def of_environment(cls, environment: Mapping[str, str]) -> Self:
        """The place that `TF_CONFIG` names; the only one if it is not set.

        Raises:
            VinguiError: it is not what TensorFlow describes, or names others than workers.
        """
        if not environment.get(VARIABLE):
            return cls.of(None, None)
        try:
            content = json.loads(environment[VARIABLE])
            cluster, task = content["cluster"], content["task"]
            chiefs, workers = list(cluster.get("chief", ())), list(cluster.get("worker", ()))
            before = {"chief": 0, "worker": len(chiefs)}[task["type"]]
            return cls((*chiefs, *workers), before + int(task["index"]))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise VinguiError(
                f"The environment variable {VARIABLE} must name the workers and which of them this "
                'is, like {"cluster": {"worker": ["host:port", "host:port"]}, '
                f'"task": {{"type": "worker", "index": 0}}}}, not {brief(environment[VARIABLE])}'
            ) from error

    @property
    def count(self) -> int:
        """How many workers there are."""
        return len(self.addresses)

    @property
    def is_chief(self) -> bool:
        """Whether this worker writes the checkpoint and the model."""
        return self.index == 0

    def endpoint(self, index: int) -> tuple[str, int]:
        """The host and the port of a worker."""
        return _split(self.addresses[index])

    def named(self, index: int) -> str:
        """A worker in messages."""
        return f"worker {index} ({self.addresses[index]})"


def _split(address: Any) -> tuple[str, int]:
    host, colon, port = str(address).rpartition(":")
    if not (host and colon and port.isdecimal() and port.isascii() and 0 < int(port) < 1 << 16):
        raise VinguiError(
            f"The address of a worker must be HOST:PORT, like node1:4000, not {brief(address)}"
        )
    return host.strip("[]"), int(port)
