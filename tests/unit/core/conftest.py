"""What several tests of the core share: moves found by hand, the longest corridor, a small map."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from vingui.core.grid import Cell, GridMap

StepsByHand = Callable[[NDArray[np.bool_], Cell, str], dict[str, Cell]]

STRAIGHT = {"N": (-1, 0), "S": (1, 0), "E": (0, 1), "W": (0, -1)}


def steps_by_name(walls: NDArray[np.bool_], cell: Cell, rule_name: str) -> dict[str, Cell]:
    rows, cols = walls.shape

    def beside(letters: str) -> Cell:
        row, col = cell
        for letter in letters:
            row, col = row + STRAIGHT[letter][0], col + STRAIGHT[letter][1]
        return row, col

    def is_free(at: Cell) -> bool:
        return 0 <= at[0] < rows and 0 <= at[1] < cols and not walls[at]

    if not is_free(cell):
        return {}
    steps = {name: beside(name) for name in STRAIGHT if is_free(beside(name))}
    if rule_name == "4":
        return steps
    for name in ("NE", "NW", "SE", "SW"):
        upright, level = (is_free(beside(letter)) for letter in name)
        allowed = {
            "8": True,
            "8-one-free": upright or level,
            "8-both-free": upright and level,
        }
        if is_free(beside(name)) and allowed[rule_name]:
            steps[name] = beside(name)
    return steps


@pytest.fixture(scope="session")
def steps_by_hand() -> StepsByHand:
    """`steps_by_hand(walls, cell, rule_name)`: the cells that the moves of one cell lead to.

    Written without `vingui.core.moves`: action names for deltas, words for the rules.
    """
    return steps_by_name


@pytest.fixture(scope="session")
def corridor() -> GridMap:
    """A 1024x1024 map with one corridor of 341 zigzag strips, 3 rows each, joined at their ends.

    Under the default rule the shortest way from its only start to its goal is the corridor
    itself, 1023 diagonal moves a strip and 2 straight ones between strips: the most additions of
    sqrt 2 that a map can be made to ask for by simple means.
    """
    side, strips = 1024, 341
    cols = np.arange(side)
    walls = np.ones((side, side), bool)
    for strip in range(strips):
        turned = strip % 2 == 1
        walls[3 * strip + (cols[::-1] if turned else cols) % 2, cols] = False
        if strip < strips - 1:
            walls[3 * strip + 2, 0 if turned else -1] = False
    return GridMap(walls, ((0, 0),), ((3 * (strips - 1) + 1, side - 1),))


@pytest.fixture
def walls() -> NDArray[np.bool_]:
    """A 4x5 map that no transposition or turn leaves as it is."""
    rows = ["#####", "#..##", "#...#", "#####"]
    return np.array([[mark == "#" for mark in row] for row in rows])
