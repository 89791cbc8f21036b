"""Kinds of terrain, and the palette of a map."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.phrases import counted

MIN_COST: Final = 0.01
MAX_COST: Final = 1000.0
"""Costs between these two keep sums over long paths exact enough in float32."""

MAX_KINDS: Final = 256
_MAX_NAME: Final = 40

WALL_LETTER: Final = "#"
_NO_LETTERS: Final = WALL_LETTER + '"\\'
_COLOUR: Final = re.compile("#[0-9a-f]{6}")


@dataclass(frozen=True)
class Terrain:
    """A kind of terrain.

    Attributes:
        name: what users call it; up to 40 characters.
        cost: what a step into such a cell costs, per unit of length; 0.01 to 1000.
        colour: its colour in the light theme, as "#rrggbb".
        letter: the character that stands for it in the rows of a map file.

    Raises:
        VinguiError: one of them is not as described.
    """

    name: str
    cost: float
    colour: str
    letter: str

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip() or not self.name.isprintable():
            raise VinguiError(f"A terrain needs a name in one line, not {brief(self.name)}")
        if len(self.name) > _MAX_NAME:
            raise VinguiError(
                f"The name of a terrain has at most {_MAX_NAME} characters, "
                f"but {brief(self.name)} has {len(self.name)}"
            )
        if not _is_number(self.cost) or not MIN_COST <= self.cost <= MAX_COST:
            raise VinguiError(
                f"The cost of {self.name} must be a number from {MIN_COST} to {MAX_COST:z.0f}, "
                f"not {brief(self.cost)}"
            )
        object.__setattr__(self, "cost", float(self.cost))
        if not isinstance(self.colour, str) or not _COLOUR.fullmatch(self.colour.lower()):
            raise VinguiError(
                f'The colour of {self.name} must be written like "#8cc7a1", '
                f"not {brief(self.colour)}"
            )
        object.__setattr__(self, "colour", self.colour.lower())
        if not is_letter(self.letter):
            raise VinguiError(
                f"The letter of {self.name} must be one character that can be printed, and none "
                f'of # (a wall), a space, " and \\, not {brief(self.letter)}'
            )


def is_letter(letter: object) -> bool:
    """Whether it may be the letter of a terrain."""
    return (
        isinstance(letter, str)
        and len(letter) == 1
        and letter.isprintable()
        and not letter.isspace()
        and letter not in _NO_LETTERS
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_FIELDS: Final = {field.name for field in fields(Terrain)}


@dataclass(frozen=True)
class Palette:
    """The kinds of terrain of a map; the first is what free cells are made of at first.

    Attributes:
        kinds: 1 to 256 kinds, with names and letters of their own.

    Raises:
        VinguiError: there are none, too many, or two share a name or a letter.
    """

    kinds: tuple[Terrain, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", tuple(self.kinds))
        if not 1 <= len(self.kinds) <= MAX_KINDS:
            raise VinguiError(
                f"A map has 1 to {MAX_KINDS} kinds of terrain, not {len(self.kinds):,}"
            )
        _check_unique("name", (kind.name for kind in self.kinds))
        _check_unique("letter", (kind.letter for kind in self.kinds))

    def __len__(self) -> int:
        return len(self.kinds)

    def __iter__(self) -> Iterator[Terrain]:
        return iter(self.kinds)

    def __getitem__(self, index: int) -> Terrain:
        return self.kinds[index]

    @cached_property
    def costs(self) -> NDArray[np.float64]:
        """`(kinds,)` float64: the cost of each, per unit of length."""
        costs = np.array([kind.cost for kind in self.kinds])
        costs.flags.writeable = False
        return costs

    @cached_property
    def colours(self) -> tuple[str, ...]:
        """The colour of each kind."""
        return tuple(kind.colour for kind in self.kinds)

    def record(self) -> list[dict[str, Any]]:
        """The palette for a JSON file: an object for each kind."""
        return [asdict(kind) for kind in self.kinds]

    @classmethod
    def of_record(cls, content: Any) -> Self:
        """The palette in a list made by `record`.

        Raises:
            VinguiError: it is no such list, or its kinds are not valid.
        """
        if not isinstance(content, list) or len(content) > MAX_KINDS:
            raise VinguiError(
                f"A palette must be a list of 1 to {MAX_KINDS} kinds of terrain, "
                f"not {_gist(content)}"
            )
        return cls(tuple(map(_kind_of, content)))

    def with_kind(self, index: int, kind: Terrain) -> "Palette":
        """The same palette with another kind in one place."""
        return Palette((*self.kinds[:index], kind, *self.kinds[index + 1 :]))


def _gist(content: Any) -> str:
    return f"one of {len(content):,}" if isinstance(content, list) else brief(content)


def _kind_of(content: Any) -> Terrain:
    if not isinstance(content, dict) or not content.keys() >= _FIELDS:
        raise VinguiError(
            f"A kind of terrain must have {', '.join(sorted(_FIELDS))}, not {brief(content)}"
        )
    return Terrain(**{name: content[name] for name in _FIELDS})


def _check_unique(what: str, values: Iterable[str]) -> None:
    known: set[str] = set()
    for value in values:
        if value in known:
            raise VinguiError(
                f"Two kinds of terrain have the {what} {brief(value)}; give each one of its own"
            )
        known.add(value)


STANDARD: Final = Palette(
    (
        Terrain("road", 1, "#ffffff", "."),
        Terrain("grass", 1.5, "#cde6bf", "g"),
        Terrain("sand", 3, "#e3c47c", "s"),
        Terrain("mud", 5, "#bc9068", "m"),
        Terrain("shallow water", 9, "#5488c0", "w"),
    )
)
"""The palette of a new map. Darker is costlier, so that the order is kept in print."""


def palette_of_levels(costs: Iterable[float], *, unit: str = "cost") -> Palette:
    """A palette of grey levels, from light to dark, all lighter than walls.

    Args:
        costs: the cost of each level, at most 256.
        unit: what the levels are called, before their cost: "cost 2.5".

    Raises:
        VinguiError: there are too many, or one is no cost.
    """
    costs = list(costs)
    if len(costs) > MAX_KINDS:
        raise VinguiError(f"A map has at most {counted(MAX_KINDS, 'kind')} of terrain")
    greys = np.linspace(244, 110, max(len(costs), 2)).round().astype(int)
    numbers = [f"{cost:zg}" for cost in costs]
    if len(set(numbers)) < len(numbers):
        numbers = [f"{float(cost):z}" for cost in costs]
    return Palette(
        tuple(
            Terrain(f"{unit} {number}", cost, f"#{grey:02x}{grey:02x}{grey:02x}", letter)
            for number, cost, grey, letter in zip(
                numbers, costs, greys.tolist(), _letters(), strict=False
            )
        )
    )


def free_letter(palette: Palette) -> str:
    """A letter that no kind of a palette has."""
    used = {kind.letter for kind in palette}
    return next(letter for letter in _letters() if letter.isalpha() and letter not in used)


def _letters() -> Iterator[str]:
    """Letters for many kinds: `.`, digits, the alphabet, then further alphabets."""
    yield "."
    yield from "0123456789"
    codes = (*range(ord("a"), ord("z") + 1), *range(ord("A"), ord("Z") + 1), *range(0xC0, 0x250))
    yield from (chr(code) for code in codes if chr(code).isalpha())
