"""Generated maps as they are written in a few words, each made when it is needed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Self, overload

import numpy as np

from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.generate import KINDS, MIXTURES, Setting, nth_map, place_uniform
from vingui.core.grid import GridMap, check_shape
from vingui.core.train_settings import HELD_OUT_SEED

MOST_MAPS: Final = 1_000_000
DEFAULT_SIDE: Final = 28
DEFAULT_COUNT: Final = 100

_MIXED: Final = "mixed"
_SIZE: Final = re.compile(r"(\d{1,6})(?:x(\d{1,6}))?")


@dataclass(frozen=True)
class GeneratedMaps(Sequence[GridMap]):
    """Generated maps, each made when it is needed; map i depends on the seed and on i alone.

    Maps of one kind are those of `generate_many` with `uniform`, so with the default seed they are
    the maps that models are evaluated on for their cards.

    Attributes:
        kinds: names of `KINDS`, or `mixed` for the mixture of training; map i is of kind i modulo
            their number.
        rows: the rows of each map.
        cols: the columns of each map.
        number: how many maps there are.
        seed: 0 or more.
        params: parameters of the kind, where there is one alone.

    Raises:
        VinguiError: a kind or a parameter is unknown, or a value is out of its range.
    """

    kinds: tuple[str, ...]
    rows: int = DEFAULT_SIDE
    cols: int = DEFAULT_SIDE
    number: int = DEFAULT_COUNT
    seed: int = HELD_OUT_SEED
    params: Mapping[str, Setting] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for kind in self.kinds:
            if kind != _MIXED and kind not in KINDS:
                names = ", ".join((*KINDS, _MIXED))
                raise VinguiError(f"There is no kind of map {brief(kind)}; there are {names}")
        check_shape(self.rows, self.cols)
        if not 1 <= self.number <= MOST_MAPS:
            raise VinguiError(
                f"There can be 1 to {MOST_MAPS:,} generated maps, not {self.number:,}"
            )
        if self.seed < 0:
            raise VinguiError(f"The seed must be 0 or more, not {self.seed}")
        if self.params:
            if len(self.kinds) > 1 or self.kinds == (_MIXED,):
                raise VinguiError("Only maps of one kind can have parameters")
            KINDS[self.kinds[0]].settings(rows=self.rows, cols=self.cols, **self.params)

    @classmethod
    def parse(cls, text: str, *, seed: int = HELD_OUT_SEED) -> Self:
        """Read a description such as `maze`, `rooms+caves:64x48:20` or `noise:28:100:density=0.4`.

        Args:
            text: the kinds joined by +; then, each after a colon, the size, the number of maps, and
                parameters separated by commas. Left out, these are 28, 100 and the kind's own.
            seed: the seed.

        Raises:
            VinguiError: it describes no maps.
        """
        kinds, *rest = text.strip().split(":", 3)
        size, count, params = (*rest, *("", "", "")[len(rest) :])
        found = _SIZE.fullmatch(size or str(DEFAULT_SIDE))
        if not found or not re.fullmatch(r"\d{0,9}", count):
            raise VinguiError(
                "Generated maps are described like maze:28:100, by their kind, size and number, "
                f"not like {brief(text)}"
            )
        rows = int(found[1])
        return cls(
            tuple(kinds.split("+")),
            rows,
            int(found[2] or rows),
            int(count or DEFAULT_COUNT),
            seed,
            _params(params),
        )

    def __str__(self) -> str:
        """Write it as `parse` reads it."""
        params = ",".join(f"{name}={_written(value)}" for name, value in self.params.items())
        size = str(self.rows) if self.rows == self.cols else f"{self.rows}x{self.cols}"
        return f"{'+'.join(self.kinds)}:{size}:{self.number}" + (f":{params}" if params else "")

    @property
    def title(self) -> str:
        """Its name in tables, like "noise 28x28, density 0.4"."""
        words = ((name.replace("_", " "), value) for name, value in self.params.items())
        params = (f"{name} {_written(value)}" for name, value in words)
        return ", ".join([f"{'+'.join(self.kinds)} {self.rows}x{self.cols}", *params])

    def __len__(self) -> int:
        return self.number

    @overload
    def __getitem__(self, index: int) -> GridMap: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[GridMap]: ...
    def __getitem__(self, index: int | slice) -> GridMap | Sequence[GridMap]:
        """The map at `index`; a slice makes all of its maps."""
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(self.number))]
        if not 0 <= index < self.number:
            raise IndexError(index)
        kind = self.kinds[index % len(self.kinds)]
        size = {"rows": self.rows, "cols": self.cols}
        if kind != _MIXED:
            return nth_map(kind, index, seed=self.seed, uniform=True, **size, **self.params)
        rng = np.random.default_rng([self.seed, index, 0, 1])
        walls = MIXTURES[_MIXED][index // len(self.kinds) % len(MIXTURES[_MIXED])]
        return place_uniform(walls(self.rows, self.cols, rng), rng)


def _params(text: str) -> dict[str, Setting]:
    params: dict[str, Setting] = {}
    for part in filter(None, text.split(",")):
        name, equals, value = part.partition("=")
        words: dict[str, Setting] = {"yes": True, "no": False}
        try:
            number = words[value] if value in words else _number(value)
        except ValueError:
            equals = ""
        if not equals:
            raise VinguiError(f"A parameter is written like density=0.4, not like {brief(part)}")
        params[name.strip().replace("-", "_")] = number
    return params


def _number(text: str) -> int | float:
    return int(text) if re.fullmatch(r"[+-]?\d{1,9}", text) else float(text)


def _written(value: Setting) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else f"{value:zg}"
