"""The sample maps that come with vingui."""

import json
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from vingui.core.grid import GridMap
from vingui.paths import MAPS

FIRST_SAMPLE: Final = "rooms"
"""The map shown at the first start: four routes through nine rooms, planned in 29 iterations."""


@dataclass(frozen=True, eq=False)
class Sample:
    """A sample map.

    Attributes:
        path: its file.
        title: its title.
        about: one line about it.
        rows: its rows.
        cols: its columns.
    """

    path: Path
    title: str
    about: str
    rows: int
    cols: int

    @cached_property
    def grid(self) -> GridMap:
        """The map itself, which is read on first use."""
        # Imported late, since the formats import libraries that would delay the window's start.
        from vingui.core.formats import vingui_map

        return vingui_map.read(self.path).maps[0]


@cache
def samples() -> tuple[Sample, ...]:
    """Return all sample maps, the smallest first."""
    found = map(_sample, MAPS.glob("*.json"))
    return tuple(sorted(found, key=lambda sample: (sample.rows * sample.cols, sample.title)))


def first_sample() -> Sample:
    """Return the map that is shown at the first start."""
    return _sample(MAPS / f"{FIRST_SAMPLE}.json")


def _sample(path: Path) -> Sample:
    content = json.loads(path.read_text("utf-8"))
    rows = content["rows"]
    return Sample(path, content["title"], content["about"], len(rows), len(rows[0]))
