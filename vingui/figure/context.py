"""The run, the options and the sizes that every part of a figure is drawn from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from vingui.core.diagnosis import wrong_step_middle
from vingui.core.rollout import Trajectory
from vingui.core.run import Run
from vingui.figure.options import FigureOptions
from vingui.figure.panel import Panel
from vingui.figure.theme import Theme

MILLIMETRES_PER_INCH: Final = 25.4
POINTS_PER_INCH: Final = 72

_WIDE_FROM: Final = 2.2
"""Cols for each row."""


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
        """Millimetres in pixels."""
        return millimetres / MILLIMETRES_PER_INCH * self.dpi

    def pt(self, points: float) -> float:
        """Points in pixels."""
        return points / POINTS_PER_INCH * self.dpi

    def points(self, pixels: float) -> float:
        """Pixels in points."""
        return pixels / self.dpi * POINTS_PER_INCH

    def em(self, times: float) -> float:
        """A multiple of the body text's size in pixels."""
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


@dataclass(frozen=True, eq=False)
class SharedLook:
    """What the frames of a film of several runs have in common.

    Attributes:
        limits: the range that the colours of each panel with a layer span; `None` to fit them to
            each frame.
        trajectories: one of each outcome that is shown.
        blank: whether cells without a value are shown.
        wrong: whether a first wrong step is shown.
    """

    limits: Mapping[Panel, tuple[float, float] | None]
    trajectories: Sequence[Trajectory]
    blank: bool
    wrong: bool


@dataclass(frozen=True)
class DrawContext:
    """A run and the options of its figure.

    Attributes:
        run: the run to draw.
        options: the figure's options.
        film_ks: the iterations that panels without a fixed k will show, one after another;
            empty for a single figure.
        shared: in a film of several runs, what its frames have in common.
        heading: in such a film, what the caption of a frame begins with.
        training: the settings of the model's training, for why trajectories fail; `None` if
            unknown.
    """

    run: Run
    options: FigureOptions
    film_ks: Sequence[int] = ()
    shared: SharedLook | None = None
    heading: str = ""
    training: Mapping[str, Any] | None = None

    @property
    def is_film(self) -> bool:
        """Whether it is one of many frames, which must be alike."""
        return bool(self.film_ks) or self.shared is not None

    @cached_property
    def sizes(self) -> Sizes:
        """Conversions to the figure's pixels."""
        return Sizes(self.options.dpi, self.options.font_size)

    @property
    def theme(self) -> Theme:
        """The figure's colours."""
        return self.options.theme

    @property
    def bars_below(self) -> bool:
        """Whether colour bars and legends lie below their panels because the map is wide."""
        return self.run.grid.cols >= _WIDE_FROM * self.run.grid.rows

    def trajectories(self, layer: str, k: int) -> tuple[Trajectory, ...]:
        """The trajectories under V_k that a panel of this layer shows."""
        if not self.options.trajectories or layer not in ("map", "value"):
            return ()
        return self.run.trajectories(self.run.grid.starts, k)

    def wrong_steps(self, layer: str, k: int) -> list[tuple[Trajectory, tuple[float, float]]]:
        """The trajectories that such a panel shows with the mark of a first wrong step.

        Returns:
            The `(row, col)` of the middle of the step with each.
        """
        if not self.options.diagnosis:
            return []
        found = [(one, wrong_step_middle(one, self.run, k)) for one in self.trajectories(layer, k)]
        return [(one, middle) for one, middle in found if middle is not None]
