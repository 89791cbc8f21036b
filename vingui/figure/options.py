"""What can be chosen about a figure."""

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True)
class Theme:
    """The colours of a figure, as `#rrggbb`.

    Attributes:
        paper: behind everything.
        ink: titles and captions.
        muted: ticks, their labels and the frames of the panels.
        free: free cells of the map.
        cell_lines: the lines between cells.
        wall: walls, in every panel. No colour of `colour_map` is near it.
        unreached: cells without a value.
        hatch: the lines over `unreached`.
        goal: the goal's star.
        over_values: trajectories and light arrows over the value map.
        colour_map: the name of the perceptual colour map of values.
        trajectories: one colour a trajectory, in turn: those of Okabe and Ito that are told
            apart on `free`, by the colour-blind too.
    """

    paper: str = "#ffffff"
    ink: str = "#1f2328"
    muted: str = "#6b7280"
    free: str = "#ffffff"
    cell_lines: str = "#e9ebee"
    wall: str = "#4b5260"
    unreached: str = "#f4f5f7"
    hatch: str = "#b3b9c2"
    goal: str = "#1f2328"
    over_values: str = "#ffffff"
    colour_map: str = "viridis"
    trajectories: tuple[str, ...] = (
        "#d55e00",
        "#0072b2",
        "#009e73",
        "#cc79a7",
        "#e69f00",
        "#56b4e9",
    )

    def trajectory(self, index: int) -> str:
        """The colour of the trajectory of that index."""
        return self.trajectories[index % len(self.trajectories)]


LIGHT: Final = Theme()


@dataclass(frozen=True)
class FigureOptions:
    """What can be chosen about a figure.

    Attributes:
        name: the map's name, for the caption; empty for none.
        arrows: whether the value map shows the policy; `None` for where cells are large enough.
        theme: its colours.
    """

    name: str = ""
    arrows: bool | None = None
    theme: Theme = field(default=LIGHT)
