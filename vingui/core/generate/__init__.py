"""Random maps: obstacle fields, noise, mazes, rooms, caves.

Every map has a goal and a start from which straight moves alone reach it, whatever the draw:
where a draw leaves no room for both, the missing cells are opened, always the same ones. Starts
are far from the goal and from each other unless others are wanted.

What the shipped models were trained and marked on is drawn here too, by `place_uniform` and
`thick_walled_maze`; a test keeps those maps the same.
"""

from vingui.core.generate.goal_and_starts import largest_region, place_apart, place_uniform
from vingui.core.generate.kinds import (
    KINDS,
    MOST_STARTS,
    Kind,
    Parameter,
    Setting,
    generate,
    generate_many,
    generate_walls,
    kind_named,
)
from vingui.core.generate.mazes import thick_walled_maze

__all__ = [
    "KINDS",
    "MOST_STARTS",
    "Kind",
    "Parameter",
    "Setting",
    "generate",
    "generate_many",
    "generate_walls",
    "kind_named",
    "largest_region",
    "place_apart",
    "place_uniform",
    "thick_walled_maze",
]
