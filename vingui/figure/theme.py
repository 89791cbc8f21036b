"""The colours of a figure: those of the window's two looks, on paper."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Theme:
    """The colours of a figure, as `#rrggbb`.

    Attributes:
        paper: behind everything.
        ink: titles and captions.
        muted: ticks and their labels.
        frame: the frames of the panels.
        free: free cells of the map.
        wall: walls, in every panel.
        cell_lines: the lines between cells.
        unreached: cells without a value.
        hatch: the lines over `unreached`.
        goal: the goal's mark.
        error: the cross where a trajectory runs into a wall.
        halo: the thin line around what is drawn over colours.
        starts: of starts and their trajectories, in turn; told apart by colour-blind eyes.
        curves: of the convergence plot: the change, and the share of cells that are solved.
    """

    paper: str
    ink: str
    muted: str
    frame: str
    free: str
    wall: str
    cell_lines: str
    unreached: str
    hatch: str
    goal: str
    error: str
    halo: str
    starts: tuple[str, ...]
    curves: tuple[str, str]

    def start(self, index: int) -> str:
        """The colour of the start of that index, and of its trajectory."""
        return self.starts[index % len(self.starts)]


LIGHT: Final = Theme(
    paper="#ffffff",
    ink="#1c2430",
    muted="#5d6878",
    frame="#8b94a1",
    free="#ffffff",
    wall="#3b4554",
    cell_lines="#e3e7ec",
    unreached="#dfe3e8",
    hatch="#b4bcc7",
    goal="#c2185b",
    error="#b3261e",
    halo="#ffffff",
    starts=("#2f62d9", "#e65f00", "#1f9b74", "#8f2012", "#a274cc", "#26124f", "#74217f", "#77646f"),
    curves=("#1d6fb8", "#1a7f4b"),
)

DARK: Final = Theme(
    paper="#16191e",
    ink="#e4e8ee",
    muted="#98a3b3",
    frame="#5a6472",
    free="#363e4a",
    wall="#0b0d10",
    cell_lines="#434c59",
    unreached="#23272e",
    hatch="#474f5b",
    goal="#ff5c9a",
    error="#ff8a80",
    halo="#0b0d10",
    starts=("#35cbff", "#e0963a", "#3fa583", "#f5b0ab", "#cdf6ff", "#ffe47a", "#b877f5", "#90a5cf"),
    curves=("#5aa9ea", "#63c990"),
)
