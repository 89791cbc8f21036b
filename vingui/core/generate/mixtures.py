"""The mixtures of generated walls that networks are trained on."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.generate.kinds import generate_walls
from vingui.core.generate.mazes import thick_walled_maze

Walls = Callable[[int, int, np.random.Generator], NDArray[np.bool_]]
"""Draws the `(rows, cols)` walls of a map."""


def _obstacles(rows: int, cols: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    return generate_walls("obstacles", rows=rows, cols=cols, rng=rng)


def _any_border(rows: int, cols: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    border = bool(rng.random() < 0.5)
    return generate_walls("obstacles", rows=rows, cols=cols, rng=rng, border=border)


def _noise(rows: int, cols: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    density = float(rng.uniform(0.1, 0.5))
    return generate_walls("noise", rows=rows, cols=cols, rng=rng, density=density)


def _maze(rows: int, cols: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    openness = float(rng.uniform(0.0, 0.5))
    return thick_walled_maze(rows=rows, cols=cols, rng=rng, openness=openness)


MIXTURES: Final[Mapping[str, Sequence[Walls]]] = {
    "obstacles": (_obstacles,),
    "mixed": (_any_border, _noise, _maze, _noise),
}
"""The mixtures of generated walls to train on, each kind with random parameters.

The same seed must always draw the same maps, since the commands on the cards promise the same
weights.
"""

_WITH_DENSITY: Final = ("noise", "caves")


def _generator(name: str, density: float) -> Walls:
    """The generator of the walls of one kind of maps, with its own density if that is 0."""
    params = {"density": density} if density and name in _WITH_DENSITY else {}

    def walls(rows: int, cols: int, rng: np.random.Generator) -> NDArray[np.bool_]:
        return generate_walls(name, rows=rows, cols=cols, rng=rng, **params)

    return walls


def generators(kinds: Sequence[str], *, density: float) -> list[Walls]:
    """The generators of which each is as frequent in training.

    Args:
        kinds: names of `MIXTURES` or of generators of walls.
        density: the share of walls where a generator has one; 0 for its own.
    """
    return [walls for kind in kinds for walls in MIXTURES.get(kind, (_generator(kind, density),))]
