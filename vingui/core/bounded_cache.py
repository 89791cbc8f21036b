"""A cache of a limited size."""

import sys
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class BoundedCache(Generic[K, V]):
    """The values used last, as long as they fit. The newest is always kept.

    Args:
        size_of: returns the size of a value, which does not change.
        most: the largest total of these sizes.
        count: the largest number of values; `None` for any.
    """

    def __init__(self, size_of: Callable[[V], int], *, most: int, count: int | None = None) -> None:
        self._size_of = size_of
        self._most = most
        self._count = sys.maxsize if count is None else count
        self._values: OrderedDict[K, V] = OrderedDict()

    def __contains__(self, key: K) -> bool:
        return key in self._values

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: K) -> V | None:
        """Return a value, or `None` if there is none."""
        if key in self._values:
            self._values.move_to_end(key)
        return self._values.get(key)

    def values(self) -> list[V]:
        """Return all values, the one used longest ago first."""
        return list(self._values.values())

    def add(self, key: K, value: V) -> None:
        """Add or replace a value, and drop those used longest ago that no longer fit."""
        values = self._values
        values[key] = value
        values.move_to_end(key)
        # A copy, since another thread may add values.
        total = sum(map(self._size_of, list(values.values())))
        while len(values) > 1 and (
            total > self._most or len(values) > (self._count or len(values))
        ):
            total -= self._size_of(values.popitem(last=False)[1])
