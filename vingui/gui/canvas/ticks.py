"""Round numbers within a range: where a colour bar has its ticks and contours their levels."""

import math
from itertools import pairwise

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def ticks(low: float, high: float, *, most: int) -> list[float]:
    """Multiples of a round step from `low` to `high`, ascending.

    Args:
        low: the least that a tick may be.
        high: the greatest, above `low`.
        most: how many there may be, 2 or more.
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
    """Numbers in words, all with as many decimals as their differences need."""
    step = min((b - a for a, b in pairwise(numbers)), default=1.0)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if not math.isclose(step, round(step, decimals), rel_tol=1e-6):
        decimals += 1
    return [minus(f"{number:,.{decimals}f}") for number in numbers]


def minus(text: str) -> str:
    """A number's text with a real minus sign, and none before a zero."""
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return text.replace("-", "−")
