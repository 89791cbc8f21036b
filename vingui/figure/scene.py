"""What all parts of a figure are drawn from."""

from collections.abc import Sequence
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
        ks: the iterations that panels whose k is not given will show one after the other; none
            for a figure that stands still.
    """

    run: Run
    options: FigureOptions
    sizes: Sizes
    ks: Sequence[int] = ()

    @property
    def moving(self) -> bool:
        """Whether panels whose k is not given will show one iteration after the other."""
        return bool(self.ks)

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
