"""Sets of maps to evaluate models on: files, generated maps, and maps like a given one."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, Self

from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.formats import read_dataset
from vingui.core.generated_maps import DEFAULT_COUNT, GeneratedMaps
from vingui.core.grid import GridMap
from vingui.core.similar_maps import similar_maps
from vingui.core.train_settings import HELD_OUT_SEED

Starts = Literal["given", "all"]
"""The starts that maps have, or every cell that is free and no goal."""

SOURCES: Final = ("file", "generate", "like", "map")


@dataclass(frozen=True, eq=False)
class LoadedSet:
    """Maps to evaluate on.

    Attributes:
        name: their name in tables.
        maps: the maps.
        notes: how they were read or chosen, a sentence each.
    """

    name: str
    maps: Sequence[GridMap]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class MapSet:
    """Which maps to evaluate on.

    Attributes:
        source: `file`; `generate`; `like`, generated maps like the one in the editor; or `map`,
            this one alone.
        text: the path of the file; what `GeneratedMaps.parse` reads; or how many are like the map.
        seed: of generated maps.
    """

    source: str
    text: str = ""
    seed: int = HELD_OUT_SEED

    def record(self) -> dict[str, Any]:
        """The set as a JSON object."""
        return asdict(self)

    @classmethod
    def of_record(cls, content: Any) -> Self:
        """The set of a JSON object.

        Raises:
            VinguiError: it is none.
        """
        kinds = {"source": str, "text": str, "seed": int}
        is_set = isinstance(content, dict) and set(content) == set(kinds)
        if not is_set or any(type(content[name]) is not kind for name, kind in kinds.items()):
            raise VinguiError(f"Maps to evaluate on cannot be {brief(content)}")
        return cls(**content)

    def load(self, grid: GridMap) -> LoadedSet:
        """Read or generate the maps.

        Args:
            grid: the map in the editor.

        Raises:
            VinguiError: the file cannot be read, or the text describes no maps.
        """
        match self.source:
            case "file":
                dataset = read_dataset(Path(self.text))
                return LoadedSet(dataset.name, dataset.maps, (*dataset.notes, *dataset.refused))
            case "generate":
                maps = GeneratedMaps.parse(self.text, seed=self.seed)
                return LoadedSet(maps.title, maps)
            case "like":
                return maps_like(grid, count=_count(self.text), seed=self.seed)
            case "map":
                return LoadedSet("this map", [grid])
        raise VinguiError(f"Maps come from {', '.join(SOURCES)}, not {brief(self.source)}")


def with_distinct_names(sets: Sequence[LoadedSet]) -> list[LoadedSet]:
    """The sets, with a number after each repeated name, since rows are identified by it."""
    counts: dict[str, int] = {}
    named = []
    for one in sets:
        counts[one.name] = counts.get(one.name, 0) + 1
        number = f" ({counts[one.name]})" if counts[one.name] > 1 else ""
        named.append(replace(one, name=one.name + number))
    return named


def maps_like(grid: GridMap, *, count: int, seed: int) -> LoadedSet:
    """Generated maps like a given one, as of `similar_maps`."""
    likeness = similar_maps(grid, count=count, seed=seed)
    return LoadedSet(f"like this: {likeness.maps.title}", likeness.maps, (likeness.sentence,))


def _count(text: str) -> int:
    if not re.fullmatch(r"\d{0,9}", text):
        raise VinguiError(f"The number of maps must be a whole number, not {brief(text)}")
    return int(text or DEFAULT_COUNT)
