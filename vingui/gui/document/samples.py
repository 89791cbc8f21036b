"""The sample maps that come with vingui."""

import json
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from vingui.core.grid import GridMap
from vingui.paths import MAPS

FIRST_SAMPLE: Final = "rooms"
"""The map of the very first start: four ways through nine rooms, planned in 29 iterations."""


@dataclass(frozen=True, eq=False)
class Sample:
    """A sample map.

    Attributes:
        path: its file.
        title: what it is called.
        about: one line of what there is to see in it.
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
        """The map itself, read when it is first asked for."""
        # The formats bring their libraries along, which the start of the window cannot wait for.
        from vingui.core.formats import vingui_map

        return vingui_map.read(self.path).maps[0]


@cache
def samples() -> tuple[Sample, ...]:
    """Every sample map, the small ones first."""
    found = map(_sample, MAPS.glob("*.json"))
    return tuple(sorted(found, key=lambda sample: (sample.rows * sample.cols, sample.title)))


def first_sample() -> Sample:
    """The map of the very first start."""
    return _sample(MAPS / f"{FIRST_SAMPLE}.json")


def _sample(path: Path) -> Sample:
    content = json.loads(path.read_text("utf-8"))
    rows = content["rows"]
    return Sample(path, content["title"], content["about"], len(rows), len(rows[0]))
