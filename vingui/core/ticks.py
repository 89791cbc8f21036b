"""Round numbers within a range, for ticks and for the levels of contour lines."""

import math
from itertools import pairwise
from typing import Final

_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_CELL_STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)


def ticks(low: float, high: float, *, most: int) -> list[float]:
    """Multiples of a round step from `low` to `high`, ascending.

    Args:
        low: the lower end of the range.
        high: the upper end, above `low`.
        most: the largest number of ticks, 2 or more.
    """
    rough = (high - low) / (most - 1)
    magnitude = 10.0 ** math.floor(math.log10(rough))
    for step in _STEPS:
        first = math.ceil(low / (step * magnitude) - 1e-9)
        last = math.floor(high / (step * magnitude) + 1e-9)
        if last - first < most:
            break
    return [number * step * magnitude for number in range(first, last + 1)]


def tick_labels(numbers: list[float]) -> list[str]:
    """Numbers as text, all with as many decimals as their differences need."""
    step = min((b - a for a, b in pairwise(numbers)), default=1.0)
    if numbers and not 1e-6 < step < 1e9:
        return [minus(f"{number:z.4g}") for number in numbers]
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if not math.isclose(step, round(step, decimals), rel_tol=1e-6):
        decimals += 1
    return [minus(f"{number:z,.{decimals}f}") for number in numbers]


def minus(text: str) -> str:
    """The text of a number with a typographic minus sign, and none before a zero."""
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return text.replace("-", "−")


def cell_ticks(cells: int, *, most: int) -> list[int]:
    """The rows or columns to number: from 0 in round steps, or else the first and the last one.

    Args:
        cells: the number of rows or columns.
        most: the largest number of ticks.
    """
    step = next((step for step in _CELL_STEPS if cells <= most * step), cells)
    if step < cells:
        return list(range(0, cells, step))
    return [0, cells - 1] if most > 1 < cells else [0]
