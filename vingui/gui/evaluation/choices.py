"""What is entered in the Evaluate panel."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from vingui.core.evaluation_sets import MapSet
from vingui.core.generate import KINDS
from vingui.core.generated_maps import DEFAULT_COUNT, DEFAULT_SIDE, GeneratedMaps
from vingui.core.train_settings import HELD_OUT_SEED

THIS_MAP: Final = "map"
LIKE_THIS_MAP: Final = "like"
"""Names in `EvaluationChoices.maps`; others are those of generators, and files."""

OWN: Final = 0
"""The value of `EvaluationChoices.iterations` for each model's own K."""

ALL_CORES: Final = 0
"""The value of `EvaluationChoices.processes` for as many as there are cores."""


@dataclass(frozen=True)
class EvaluationChoices:
    """What is evaluated, and how.

    Attributes:
        models: the names of shipped models, and files.
        maps: `THIS_MAP`, `LIKE_THIS_MAP`, names of generators, and files.
        files: the files of maps that are offered.
        count: how many maps are generated for each set.
        rows: the rows of maps of a generator.
        cols: the columns of maps of a generator.
        seed: the seed of generated maps.
        starts: "given" for the starts that maps have, "all" for every free cell.
        iterations: K, or `OWN`.
        references: whether the exact solution and one step without planning are evaluated too.
        processes: how many processes plan at most, or `ALL_CORES`.
        search: what a map on which a model fails is looked for in, as of `maps`.
    """

    models: tuple[str, ...] = ()
    maps: tuple[str, ...] = (LIKE_THIS_MAP,)
    files: tuple[str, ...] = ()
    count: int = DEFAULT_COUNT
    rows: int = DEFAULT_SIDE
    cols: int = DEFAULT_SIDE
    seed: int = HELD_OUT_SEED
    starts: str = "given"
    iterations: int = OWN
    references: bool = True
    processes: int = ALL_CORES
    search: str = LIKE_THIS_MAP

    @classmethod
    def of_text(cls, text: str) -> "EvaluationChoices":
        """The remembered choices, or the default ones if they cannot be read."""
        with suppress(ValueError, RecursionError, TypeError, AttributeError):
            content = json.loads(text)
            given: dict[str, Any] = {
                name: tuple(map(str, value)) if isinstance(value, list) else value
                for name, value in content.items()
            }
            choices = cls(**given)
            if all(
                type(getattr(choices, entry.name)) is type(entry.default) for entry in fields(cls)
            ):
                return choices
        return cls()

    def encoded(self) -> str:
        """The choices as the text of a setting."""
        return json.dumps(asdict(self))

    @property
    def sets(self) -> Iterator[MapSet]:
        """The sets of maps."""
        return map(self.map_set, self.maps)

    def map_set(self, name: str) -> MapSet:
        """The set of one of the names in `maps`."""
        if name == THIS_MAP:
            return MapSet("map")
        if name == LIKE_THIS_MAP:
            return MapSet("like", str(self.count), self.seed)
        if name in KINDS:
            maps = GeneratedMaps((name,), self.rows, self.cols, self.count, self.seed)
            return MapSet("generate", str(maps), self.seed)
        return MapSet("file", name)

    @property
    def k(self) -> int | str:
        """K as of an `EvaluateRequest`."""
        return "own" if self.iterations == OWN else self.iterations

    @property
    def has_size(self) -> bool:
        """Whether maps are generated whose size is entered."""
        return any(name in KINDS for name in self.maps)

    @property
    def is_random(self) -> bool:
        """Whether any maps are generated."""
        return self.has_size or LIKE_THIS_MAP in self.maps
