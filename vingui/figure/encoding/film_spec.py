"""What the encoders of films are given."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pages = Iterable[NDArray[np.uint8]]
"""Pages, `(height, width, 4)` uint8, opaque RGBA; each is valid until the next is requested."""


@dataclass(frozen=True, kw_only=True)
class FilmSpec:
    """What is known of a film before its first page is drawn.

    Attributes:
        width: the width of every page in pixels.
        height: the height of every page in pixels.
        frames: how many pages there are.
        rate: pages a second.
        hold: least seconds that the last page is shown.
        loop: whether the film repeats.
        title: the title in one line; empty for none.
        recipe: the encoded recipe; empty for none.
    """

    width: int
    height: int
    frames: int
    rate: float
    hold: float
    loop: bool
    title: str
    recipe: str

    @property
    def last_seconds(self) -> float:
        """Seconds that the last page is shown."""
        return max(self.hold, 1 / self.rate)

    def durations(self, ticks: int) -> Iterator[int]:
        """Yield each page's duration in ticks, given the ticks per second.

        Rounding errors do not add up: the film as a whole has the right length.
        """
        begin = 0
        for page in range(1, self.frames + 1):
            seconds = (
                page / self.rate
                if page < self.frames
                else (page - 1) / self.rate + self.last_seconds
            )
            end = math.floor(seconds * ticks + 0.5)
            yield end - begin
            begin = end
