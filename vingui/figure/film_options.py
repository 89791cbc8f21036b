"""What can be chosen about a film."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, Self

from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.figure.options import FigureOptions

FILM_SUFFIXES: Final = (".gif", ".mp4", ".webp")
"""The formats that a film is written in."""

RATES: Final = (1.0, 60.0)
"""The fewest and the most frames a second."""

LONGEST_HOLD: Final = 60.0
"""Seconds that the last frame stays at most."""


@dataclass(frozen=True, kw_only=True)
class FilmOptions:
    """What can be chosen about a film.

    Attributes:
        figure: what a frame looks like. Panels whose k is `None` move.
        rate: frames a second, 1 to 60; in a GIF, whose viewers slow faster ones down, to 50.
        every: only each so many iterations are shown; the first and the last always are.
        hold: seconds that the last frame stays, 0 to 60; no less than any other frame does.
        loop: whether it begins anew at its end; in an MP4 the player decides.
        first: the first iteration that is shown; `None` for the run's first.
        last: the last; `None` for the run's last.

    Raises:
        VinguiError: one of them is out of its range.
    """

    figure: FigureOptions = field(default_factory=FigureOptions)
    rate: float = 20.0
    every: int = 1
    hold: float = 1.0
    loop: bool = True
    first: int | None = None
    last: int | None = None

    def __post_init__(self) -> None:
        _check_number("rate", self.rate, *RATES)
        _check_number("hold", self.hold, 0, LONGEST_HOLD)
        _check_whole("every", self.every)
        if not isinstance(self.loop, bool):
            raise VinguiError(f"Expected loop to be true or false, received {brief(self.loop)}")
        for name in ("first", "last"):
            if getattr(self, name) is not None:
                _check_whole(name, getattr(self, name))
        if self.first is not None and self.last is not None and self.first > self.last:
            raise VinguiError(
                f"Expected first to be at most last, received {self.first} and {self.last}"
            )

    def seconds(self, frames: int) -> float:
        """How long a film of so many frames is, apart from what its format rounds."""
        return (frames - 1) / self.rate + max(self.hold, 1 / self.rate)

    def record(self) -> dict[str, Any]:
        """The options as JSON can hold them."""
        record = {one.name: getattr(self, one.name) for one in fields(self)}
        return record | {"figure": self.figure.record()}

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Self:
        """The options that `record` was made of.

        Raises:
            VinguiError: it has a name that is no option's, or a value that is none for it.
        """
        if not isinstance(record, Mapping):
            raise VinguiError(f"Expected a film's options, received {brief(record)}")
        unknown = sorted(record.keys() - {one.name for one in fields(cls)}, key=str)
        if unknown:
            raise VinguiError(f"Expected options of a film, received {brief(unknown[0])}")
        given = dict(record)
        if "figure" in given:
            given["figure"] = FigureOptions.of_record(given["figure"])
        return cls(**given)


def _check_number(name: str, value: object, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise VinguiError(f"Expected {name} to be a number, received {brief(value)}")
    if not low <= value <= high:
        raise VinguiError(f"Expected {name} from {low:g} to {high:g}, received {brief(value)}")


def _check_whole(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise VinguiError(f"Expected {name} to be a whole number above 0, received {brief(value)}")
