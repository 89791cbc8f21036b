"""How many processes can compute at the same time."""

import os
from contextlib import suppress
from importlib.util import find_spec


def cores() -> int:
    """How many cores this process may use."""
    with suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def can_start_workers() -> bool:
    """Whether Dask is installed."""
    return all(find_spec(name) is not None for name in ("distributed", "cryptography"))
