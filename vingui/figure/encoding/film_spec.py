"""What the writers of films are given."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pages = Iterable[NDArray[np.uint8]]
"""`(height, width, 4)` each, opaque RGBA. A page may be drawn over as soon as the next is asked."""


@dataclass(frozen=True, kw_only=True)
class FilmSpec:
    """What is known of a film before its first page.

    Attributes:
        width: of every page in pixels.
        height: likewise.
        frames: how many pages there are.
        rate: pages a second.
        hold: seconds that the last one stays; no less than any other does.
        loop: whether the film begins anew at its end.
        title: in one line; empty for none.
        recipe: what made the film, encoded; empty for none.
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
    def last(self) -> float:
        """Seconds that the last page stays."""
        return max(self.hold, 1 / self.rate)

    def stays(self, ticks: int) -> Iterator[int]:
        """How long each page stays in ticks, so many a second.

        What rounding takes from one page it gives to another: the whole is as long as it should.
        """
        begin = 0
        for page in range(1, self.frames + 1):
            seconds = page / self.rate if page < self.frames else (page - 1) / self.rate + self.last
            end = math.floor(seconds * ticks + 0.5)
            yield end - begin
            begin = end
