"""Random maps: obstacle fields, noise, mazes, rooms, caves; landscapes and real mountains.

Every map has a goal and a start that reaches it by straight moves alone. Where the generated walls
leave no room for both, one or two cells are opened. By default, starts are far from the goal and
from each other.

The shipped models were trained and evaluated on maps of `place_uniform` and `thick_walled_maze`; a
test checks that the same seed still gives the same maps.
"""

from vingui.core.generate.base import Kind, Parameter, Setting
from vingui.core.generate.goal_and_starts import largest_region, place_apart, place_uniform
from vingui.core.generate.kinds import (
    KINDS,
    MOST_STARTS,
    generate,
    generate_many,
    generate_walls,
    nth_map,
)
from vingui.core.generate.mazes import thick_walled_maze
from vingui.core.generate.mixtures import MIXTURES, generators

__all__ = [
    "KINDS",
    "MIXTURES",
    "MOST_STARTS",
    "Kind",
    "Parameter",
    "Setting",
    "generate",
    "generate_many",
    "generate_walls",
    "generators",
    "largest_region",
    "nth_map",
    "place_apart",
    "place_uniform",
    "thick_walled_maze",
]
