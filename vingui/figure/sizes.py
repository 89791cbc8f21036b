"""Sizes on the page, in the pixels of the chosen resolution."""

from dataclasses import dataclass
from typing import Final

MILLIMETRES: Final = 25.4
"""An inch's."""

POINTS: Final = 72
"""An inch's."""


@dataclass(frozen=True)
class Sizes:
    """What lengths and letters come to.

    Attributes:
        dpi: pixels an inch.
        font_size: of the body text, in points.
    """

    dpi: int
    font_size: float

    def mm(self, millimetres: float) -> float:
        """Millimetres in pixels."""
        return millimetres / MILLIMETRES * self.dpi

    def pt(self, points: float) -> float:
        """Points in pixels."""
        return points / POINTS * self.dpi

    def points(self, pixels: float) -> float:
        """Pixels in points."""
        return pixels / self.dpi * POINTS

    def em(self, times: float) -> float:
        """So many times the body text's size, in pixels."""
        return self.pt(times * self.font_size)

    # Sizes of letters, in points.

    @property
    def body(self) -> float:
        """Of the caption and the key."""
        return self.font_size

    @property
    def small(self) -> float:
        """Of ticks' numbers and labels."""
        return 0.875 * self.font_size

    @property
    def heading(self) -> float:
        """Of the panels' titles."""
        return 1.0625 * self.font_size

    @property
    def title(self) -> float:
        """Of the figure's title."""
        return 1.375 * self.font_size

    @property
    def hairline(self) -> float:
        """The width of frames and ticks, in points."""
        return max(0.06 * self.font_size, 0.25)
