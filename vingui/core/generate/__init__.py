"""Random maps: obstacle fields, noise, mazes, rooms, caves.

Every map has a goal and a start from which straight moves alone reach it, whatever the draw:
where a draw leaves no room for both, the missing cells are opened, always the same ones.
"""

from vingui.core.generate.kinds import (
    KINDS,
    Kind,
    Parameter,
    Setting,
    generate,
    generate_many,
    generate_walls,
    kind_named,
)
from vingui.core.generate.placing import largest_region, place

__all__ = [
    "KINDS",
    "Kind",
    "Parameter",
    "Setting",
    "generate",
    "generate_many",
    "generate_walls",
    "kind_named",
    "largest_region",
    "place",
]
