"""The colours of maps and of what is drawn on them, for the window and for figures."""

from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True)
class Colours:
    """Colours as `#rrggbb`.

    Attributes:
        text: text.
        muted: secondary text and lines.
        accent: what is chosen or active; the first curve of a plot.
        success: what succeeded; the second curve of a plot.
        error: errors, and the cross where a trajectory runs into a wall.
        free: a free cell.
        wall: a wall.
        grid: the lines between cells.
        unreached: a cell that the values have not reached.
        unreached_hatch: the hatching of such a cell.
        goal: the goal's marker.
        starts: the starts and their trajectories, in turn; distinguishable by the colour-blind.
        demonstration: the line of a demonstration.
        demonstration_edge: the edges of that line.
        halo: the thin outline of what is drawn on top of values.
    """

    text: str
    muted: str
    accent: str
    success: str
    error: str
    free: str
    wall: str
    grid: str
    unreached: str
    unreached_hatch: str
    goal: str
    starts: tuple[str, ...]
    demonstration: str
    demonstration_edge: str
    halo: str


ON_LIGHT: Final[dict[str, Any]] = {
    "text": "#1c2430",
    "muted": "#5d6878",
    "accent": "#1d6fb8",
    "success": "#1a7f4b",
    "error": "#b3261e",
    "free": "#ffffff",
    "wall": "#3b4554",
    "grid": "#e3e7ec",
    "unreached": "#dfe3e8",
    "unreached_hatch": "#b4bcc7",
    "goal": "#c2185b",
    "starts": (
        *("#2f62d9", "#e65f00", "#1f9b74", "#8f2012"),
        *("#a274cc", "#26124f", "#74217f", "#77646f"),
    ),
    "demonstration": "#ffd23f",
    "demonstration_edge": "#1c2430",
    "halo": "#ffffff",
}
"""The fields of `Colours` on a light background."""

ON_DARK: Final[dict[str, Any]] = {
    "text": "#e4e8ee",
    "muted": "#98a3b3",
    "accent": "#5aa9ea",
    "success": "#63c990",
    "error": "#ff8a80",
    "free": "#363e4a",
    "wall": "#0b0d10",
    "grid": "#434c59",
    "unreached": "#23272e",
    "unreached_hatch": "#474f5b",
    "goal": "#ff5c9a",
    "starts": (
        *("#35cbff", "#e0963a", "#3fa583", "#f5b0ab"),
        *("#cdf6ff", "#ffe47a", "#b877f5", "#90a5cf"),
    ),
    "demonstration": "#4a2c00",
    "demonstration_edge": "#fff1c2",
    "halo": "#0b0d10",
}
"""The fields of `Colours` on a dark background."""
