"""V_1 to V_K in a bounded memory, and figures about each of them."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_MEMORY = 512 << 20
"""Bytes of values that any plan keeps at most."""

FRAME_BUDGET = 256 << 20
"""Bytes of values that a window, and the process that plans for it, keep of a plan."""


_LARGE = 128 * 128
_MOST_STUDIED = 512
_FEW_STUDIED = 64
_STUDIED_BYTES = 48 << 20

_OVERHEAD = 256
"""Bytes that an array takes besides its numbers: most of the memory on the smallest maps."""


def frames_within(memory: int, *, cells: int) -> int:
    """How many frames of so many cells a film in `memory` bytes has, 2 or more."""
    return max(memory // (4 * cells + _OVERHEAD), 2)


class ValueHistory:
    """V_1 to V_K, thinned so that at most so many frames are kept, evenly, and the newest.

    Which k are kept follows from `most` and the newest k alone. So of two films of one length the
    second may be given only what the first has kept, and keeps the same.

    Args:
        most: the most frames to keep, 2 or more.

    Attributes:
        kept: the ks of the frames, ascending.
        stride: all of `kept` but the last are its multiples.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.stride = 1
        self.kept: list[int] = []
        self._frames: list[NDArray[np.float32]] = []

    def add(self, k: int, frame: NDArray[np.float32]) -> None:
        """Take in V_k, k above all before. A part of a larger array is copied if it is kept."""
        if self.kept and self.kept[-1] % self.stride:
            self.kept.pop()
            self._frames.pop()
        while k // self.stride >= self.most:
            self._thin()
        if k % self.stride == 0 and frame.base is not None:
            # So that the larger array can go.
            frame = frame.copy()
        self.kept.append(k)
        self._frames.append(frame)

    def _thin(self) -> None:
        self.stride *= 2
        stay = [place for place, k in enumerate(self.kept) if k % self.stride == 0]
        self.kept = [self.kept[place] for place in stay]
        self._frames = [self._frames[place] for place in stay]

    @property
    def arrays(self) -> tuple[NDArray[np.float32], ...]:
        """The frames, as of `kept`."""
        return tuple(self._frames)

    def at(self, k: int) -> tuple[int, NDArray[np.float32]]:
        """The newest frame kept at or before k, or else the first, and its own k.

        Raises:
            IndexError: the film has no frames.
        """
        place = max(bisect_right(self.kept, k) - 1, 0)
        return self.kept[place], self._frames[place]

    def since(self, k: int) -> tuple[NDArray[np.int64], tuple[NDArray[np.float32], ...]]:
        """The ks kept from k on, and their frames."""
        place = bisect_right(self.kept, k - 1)
        return np.array(self.kept[place:], np.int64), tuple(self._frames[place:])

    def frames(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The ks kept, `(n,)`, and their values, `(n, rows, cols)`. Empties the film."""
        kept = np.array(self.kept, np.int64)
        values = np.empty((len(kept), *self._frames[0].shape), np.float32)
        # Each frame goes as it is copied, or all would be in memory twice.
        self._frames.reverse()
        for place in range(len(kept)):
            values[place] = self._frames.pop()
        self.kept = []
        return kept, values


@dataclass(frozen=True, eq=False)
class IterationFigures:
    """What can be said about each of some values in a number. Each is `(n,)` float64.

    Attributes:
        changes: max |V_k - V_(k-1)| over the cells that have a value in both; 0 without any.
        lows: the least value of a free cell; `nan` where none has one.
        highs: the greatest.
        reached: the share of the free cells that have a value.
    """

    changes: NDArray[np.float64]
    lows: NDArray[np.float64]
    highs: NDArray[np.float64]
    reached: NDArray[np.float64]


def figures(
    before: NDArray[np.float32], values: NDArray[np.float32], free: NDArray[np.bool_]
) -> IterationFigures:
    """Figures about values that follow each other.

    Args:
        before: `(rows, cols)`, V_(k-1) of the first; `-inf` where not reached.
        values: `(n, rows, cols)`.
        free: `(rows, cols)` bool.
    """
    table = np.zeros((4, len(values)))
    count = max(int(np.count_nonzero(free)), 1)
    nothing = np.where(free, np.float32(0), np.float32(np.nan))
    earlier, scratch = np.isfinite(before), np.empty_like(before)
    # On a large map plain arithmetic takes a fraction of the time of anything masked. Where there
    # is no value it makes nan of -inf, which fmin and fmax leave out.
    with np.errstate(invalid="ignore"):
        for place, after in enumerate(values):
            has = np.isfinite(after)
            np.abs(np.subtract(after, before, out=scratch), out=scratch)
            scratch.ravel()[np.flatnonzero(has != earlier)] = 0
            changes = np.fmax.reduce(scratch, axis=None, initial=0)
            np.add(after, np.multiply(after, nothing, out=scratch), out=scratch)
            lows, highs = np.fmin.reduce(scratch, axis=None), np.fmax.reduce(scratch, axis=None)
            reached = np.count_nonzero(has & free) / count
            table[:, place] = changes, lows, highs, reached
            before, earlier = after, has
    return IterationFigures(*table)


def coarse_to_fine(count: int) -> list[int]:
    """The places 0 to `count` - 1, the last and the first before all, then ever finer between."""
    order = dict.fromkeys((count - 1, 0))
    stride = 1 << count.bit_length()
    while stride:
        order.update(dict.fromkeys(range(stride, count, 2 * stride)))
        stride //= 2
    return list(order)[:count]


def study_ks(kept: Sequence[int], *, cells: int) -> list[int]:
    """Which of the iterations kept are looked at for where their policies lead.

    All of them, or on large maps and in long runs some, spread evenly, so that to follow them
    takes seconds and tens of MiB at most.

    Args:
        kept: the ks, ascending.
        cells: of the map.

    Returns:
        The last and the first before all, then ever finer between.
    """
    most = min(_MOST_STUDIED if cells <= _LARGE else _FEW_STUDIED, _STUDIED_BYTES // cells)
    return [kept[place] for place in coarse_to_fine(len(kept))[:most]]


def log_changes(
    changes: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int64], float]:
    """Changes as they stand on a log axis.

    Args:
        changes: `(n,)`, for each k from 1, each 0 or more. The first is of no account: there is
            no V_0.

    Returns:
        `(n,)` their log10: on the floor where a 0 is beside another number, so that the curve
        comes down to it, and `nan` among zeros; the ks of the zeros; and the floor, a whole
        number below all logs.
    """
    known = changes.copy()
    known[:1] = np.nan
    positive = known > 0
    logs = np.full(len(changes), np.nan)
    np.log10(known, out=logs, where=positive)
    floor = math.floor(logs[positive].min()) - 1.0 if positive.any() else -1.0
    beside = np.zeros_like(positive)
    beside[1:] |= positive[:-1]
    beside[:-1] |= positive[1:]
    logs[beside & (known == 0)] = floor
    return logs, np.flatnonzero(known == 0) + 1, floor
