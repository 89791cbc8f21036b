"""What can be chosen about a film."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, Self

from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.figure.checks import check_number, check_whole, checked_record
from vingui.figure.options import FigureOptions

FILM_SUFFIXES: Final = (".gif", ".mp4", ".webp")
"""The formats that a film is written in."""

RATES: Final = (1.0, 60.0)
"""The fewest and the most frames a second."""

MOST_ITERATIONS: Final = 1_000_000_000
"""More than any run has."""

MOST_RATE_OF_GIF: Final = 50.0
"""Frames a second: what stays for less than two hundredths, viewers show for ten."""

LONGEST_HOLD: Final = 60.0
"""Seconds that the last frame stays at most."""

_USUAL_RATES: Final = (2, 50)
_USUAL_HOLDS: Final = (1.5, 3.0)


@dataclass(frozen=True, kw_only=True)
class FilmOptions:
    """What can be chosen about a film.

    Attributes:
        figure: what a frame looks like. Panels whose k is `None` move.
        rate: frames a second, 1 to 60; in a GIF, whose viewers slow faster ones down, to 50.
            `None` for one that suits the number of frames, as `timing` says.
        every: only each so many iterations are shown; the first and the last always are.
        hold: seconds that the last frame stays, 0 to 60; no less than any other frame does.
            `None` for what suits the film, as `timing` says.
        loop: whether it begins anew at its end; in an MP4 the player decides.
        first: the first iteration that is shown; `None` for the run's first.
        last: the last; `None` for the run's last.

    Raises:
        VinguiError: one of them is out of its range.
    """

    figure: FigureOptions = field(default_factory=FigureOptions)
    rate: float | None = None
    every: int = 1
    hold: float | None = None
    loop: bool = True
    first: int | None = None
    last: int | None = None

    def __post_init__(self) -> None:
        if self.rate is not None:
            check_number("rate", self.rate, *RATES)
        if self.hold is not None:
            check_number("hold", self.hold, 0, LONGEST_HOLD)
        check_whole("every", self.every, 1, MOST_ITERATIONS)
        if not isinstance(self.loop, bool):
            raise VinguiError(f"Expected loop to be true or false, received {brief(self.loop)}")
        for name in ("first", "last"):
            if getattr(self, name) is not None:
                check_whole(name, getattr(self, name), 1, MOST_ITERATIONS)
        if self.first is not None and self.last is not None and self.first > self.last:
            raise VinguiError(
                f"Expected first to be at most last, received {self.first} and {self.last}"
            )

    def check_suffix(self, suffix: str) -> None:
        """Check that a format has the rate that was chosen.

        Raises:
            VinguiError: it has not.
        """
        if suffix == ".gif" and self.rate is not None and self.rate > MOST_RATE_OF_GIF:
            raise VinguiError(
                f"Expected at most {MOST_RATE_OF_GIF:zg} frames a second in a GIF, as viewers slow "
                f"faster ones down, received {self.rate:zg}"
            )

    def timing(self, frames: int) -> tuple[float, float]:
        """The rate and the hold of a film of so many frames: those chosen, or else the usual ones.

        The rate grows with the square root of the number of frames, so that each iteration of a
        short run can be followed and a long run comes to an end: 16, 80 and 500 frames take about
        4, 9 and 23 seconds. The last frame stays for a quarter of that, 1.5 to 3 seconds.
        """
        rate, hold = self.rate, self.hold
        if rate is None:
            rate = float(_within(round(math.sqrt(frames)), *_USUAL_RATES))
        if hold is None:
            hold = _within(round(frames / rate / 4, 1), *_USUAL_HOLDS)
        return rate, hold

    def seconds(self, frames: int) -> float:
        """How long a film of so many frames is, apart from what its format rounds."""
        rate, hold = self.timing(frames)
        return (frames - 1) / rate + max(hold, 1 / rate)

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
        given = checked_record(record, cls, "film")
        if "figure" in given:
            given["figure"] = FigureOptions.of_record(given["figure"])
        return cls(**given)


def _within(number: float, low: float, high: float) -> float:
    return min(max(number, low), high)
