"""The options of a film."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final, Self

from vingui.core.errors import VinguiError
from vingui.figure.checks import Bounds, Options, check_options
from vingui.figure.options import FigureOptions

FILM_SUFFIXES: Final = (".gif", ".mp4", ".webp")
"""The formats of films."""

RATES: Final = (1.0, 60.0)
"""Least and greatest number of frames a second."""

MOST_ITERATIONS: Final = 1_000_000_000
"""More than any run has."""

MOST_RATE_OF_GIF: Final = 50.0
"""Frames a second: viewers show frames shorter than two hundredths of a second for ten."""

LONGEST_HOLD: Final = 60.0
"""Greatest pause on the last frame in seconds."""

_BOUNDS: Final[dict[str, Bounds]] = {
    "rate": RATES,
    "every": (1, MOST_ITERATIONS),
    "hold": (0.0, LONGEST_HOLD),
    "first": (1, MOST_ITERATIONS),
    "last": (1, MOST_ITERATIONS),
}

_USUAL_RATES: Final = (2, 50)
_SLOWEST: Final = 1.5
"""The least usual rate of films of learning."""

_USUAL_HOLDS: Final = (1.5, 3.0)


@dataclass(frozen=True, kw_only=True)
class FilmOptions(Options):
    """The options of a film.

    Attributes:
        figure: the options of its frames. Panels whose k is `None` show all iterations in turn.
        rate: frames a second, 1 to 60; at most 50 in a GIF, because viewers slow faster ones
            down. `None` for one that suits the number of frames (see `timing`).
        every: show every n-th iteration, and the first and the last. A film of learning shows
            epochs: of it this and `first` and `last` are epochs.
        hold: seconds that the last frame is shown, 0 to 60, and never less than the other frames.
            `None` for a pause that suits the film (see `timing`).
        loop: whether it repeats; in an MP4 the player decides.
        first: the first iteration to show; `None` for the run's first.
        last: the last iteration to show; `None` for the run's last.

    Raises:
        VinguiError: an option is out of its range.
    """

    subject: ClassVar[str] = "film"

    figure: FigureOptions = field(default_factory=FigureOptions)
    rate: float | None = None
    every: int = 1
    hold: float | None = None
    loop: bool = True
    first: int | None = None
    last: int | None = None

    def __post_init__(self) -> None:
        check_options(self, _BOUNDS)
        if self.first is not None and self.last is not None and self.first > self.last:
            raise VinguiError(
                f"The film's last iteration, {self.last}, is before its first, {self.first}"
            )

    def check_suffix(self, suffix: str) -> None:
        """Check that a format can have the chosen rate.

        Raises:
            VinguiError: it cannot.
        """
        if suffix == ".gif" and self.rate is not None and self.rate > MOST_RATE_OF_GIF:
            raise VinguiError(
                f"Viewers slow down GIFs of more than {MOST_RATE_OF_GIF:zg} frames a second; "
                f"choose a lower rate than {self.rate:zg}, or write an MP4 or a WebP"
            )

    def choose(self, kept: Sequence[int]) -> tuple[int, ...]:
        """Those of the iterations or epochs of `kept`, ascending, that the film shows.

        Between the chosen first and last, they are the first one of each `every`, and the last.
        """
        first = -math.inf if self.first is None else self.first
        last = math.inf if self.last is None else self.last
        found = [number for number in kept if first <= number <= last]
        chosen = found[:1]
        for number in found[1:]:
            if number // self.every > chosen[-1] // self.every or number == found[-1]:
                chosen.append(number)
        return tuple(chosen)

    def timing(self, frames: int) -> tuple[float, float]:
        """The rate and the pause on the last frame of a film with so many frames.

        Unless chosen, the rate grows with the square root of the number of frames, so that each
        iteration of a short run can be followed and a film of a long run ends soon: 16, 80 and 500
        frames take about 4, 9 and 23 seconds. The pause is a quarter of that, 1.5 to 3 seconds.
        """
        rate, hold = self.rate, self.hold
        if rate is None:
            rate = float(_within(round(math.sqrt(frames)), *_USUAL_RATES))
        if hold is None:
            hold = _within(round(frames / rate / 4, 1), *_USUAL_HOLDS)
        return rate, hold

    def for_learning(self, frames: int) -> Self:
        """The options for a film of learning with so many frames, which differ much.

        Unless chosen, they are shown longer than those of other films: 8, 16 and 64 frames take
        about 6, 10 and 19 seconds.
        """
        if self.rate is not None:
            return self
        return replace(self, rate=max(math.sqrt(frames) / 2, _SLOWEST))

    def seconds(self, frames: int) -> float:
        """The length of a film of so many frames, before its format rounds it."""
        rate, hold = self.timing(frames)
        return (frames - 1) / rate + max(hold, 1 / rate)

    def record(self) -> dict[str, Any]:
        """The options as JSON can hold them."""
        return super().record() | {"figure": self.figure.record()}

    @classmethod
    def _read(cls, name: str, value: Any) -> Any:
        return FigureOptions.of_record(value) if name == "figure" else value


def _within(number: float, low: float, high: float) -> float:
    return min(max(number, low), high)
