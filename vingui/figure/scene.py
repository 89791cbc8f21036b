"""What all parts of a figure are drawn from."""

from dataclasses import dataclass
from typing import Final

from vingui.core.rollout import Trajectory
from vingui.core.run import Run
from vingui.figure.options import FigureOptions
from vingui.figure.sizes import Sizes
from vingui.figure.theme import Theme

_LYING_FROM: Final = 2.2


@dataclass(frozen=True)
class Scene:
    """A run and the choices about its figure.

    Attributes:
        run: what is shown.
        options: the choices.
        sizes: of letters and lengths.
        moving: whether panels whose k is not given will show one iteration after the other.
    """

    run: Run
    options: FigureOptions
    sizes: Sizes
    moving: bool = False

    @property
    def theme(self) -> Theme:
        """The colours."""
        return self.options.theme

    @property
    def lying(self) -> bool:
        """Whether colour bars lie below their panels, as the map is wide."""
        return self.run.grid.cols >= _LYING_FROM * self.run.grid.rows

    def trajectories(self, layer: str, k: int) -> tuple[Trajectory, ...]:
        """Those that a panel shows."""
        if not self.options.trajectories or layer not in ("map", "value"):
            return ()
        return self.run.trajectories(self.run.grid.starts, k)
