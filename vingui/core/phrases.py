"""Cells, counts, values and shares as text."""

import math


def place(cell: tuple[int, int]) -> str:
    """A cell as text: "row 3, col 4", counted from 0."""
    row, col = cell
    return f"row {row}, col {col}"


def counted(number: int, noun: str) -> str:
    """A number of things as text: "1 step", "1,230 steps"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def signed(value: float) -> str:
    """A value with its sign as text: "+2.5", "−3"."""
    return f"{value:+z,.10g}".replace("-", "−")


def percent(share: float) -> str:
    """A share of 1 as text: "97.31%". Cut off, not rounded, so that only 1 is "100.00%"."""
    return f"{math.floor(share * 10_000 + 1e-9) / 100:z.2f}%"
