"""Lengths and letter sizes in pixels at the chosen resolution."""

from dataclasses import dataclass

MILLIMETRES_PER_INCH = 25.4
POINTS_PER_INCH = 72


@dataclass(frozen=True)
class Sizes:
    """Converts lengths to pixels.

    Attributes:
        dpi: pixels per inch.
        font_size: size of the body text in points.
    """

    dpi: int
    font_size: float

    def mm(self, millimetres: float) -> float:
        """Return millimetres in pixels."""
        return millimetres / MILLIMETRES_PER_INCH * self.dpi

    def pt(self, points: float) -> float:
        """Return points in pixels."""
        return points / POINTS_PER_INCH * self.dpi

    def points(self, pixels: float) -> float:
        """Return pixels in points."""
        return pixels / self.dpi * POINTS_PER_INCH

    def em(self, times: float) -> float:
        """Return a multiple of the body text's size in pixels."""
        return self.pt(times * self.font_size)

    # Letter sizes in points.

    @property
    def small(self) -> float:
        """Letter size of tick labels, axis labels and legends."""
        return 0.875 * self.font_size

    @property
    def heading(self) -> float:
        """Letter size of panel titles."""
        return 1.0625 * self.font_size

    @property
    def title(self) -> float:
        """Letter size of the figure's title."""
        return 1.375 * self.font_size

    @property
    def hairline(self) -> float:
        """Width of frames and ticks in points."""
        return max(0.06 * self.font_size, 0.25)
