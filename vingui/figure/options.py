"""The options of a figure, for the window, the command line and recipes."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, Self

from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.value_colours import COLOUR_MAPS
from vingui.figure.checks import Bounds, Options, check_options
from vingui.figure.panel import Panel
from vingui.figure.theme import DARK, LIGHT, Theme

SUFFIXES: Final = (".png", ".webp", ".svg", ".pdf")
"""The formats of figures."""

SCALES: Final = ("run", "frame", "fixed", "symmetric")
BACKGROUNDS: Final = ("white", "transparent", "dark")
FIGURE_COLOUR_MAPS: Final = tuple(row.id for row in COLOUR_MAPS if row.kind == "sequential")

MOST_PANELS: Final = 64
WIDTHS: Final = (20.0, 1000.0)
"""Least and greatest width of the page in millimetres."""
DPI: Final = (36, 2400)
MARGINS: Final = (0.0, 100.0)
"""Millimetres."""
FONT_SIZES: Final = (3.0, 48.0)
"""Points."""

_BOUNDS: Final[dict[str, Bounds]] = {
    "columns": (1, MOST_PANELS),
    "width": WIDTHS,
    "dpi": DPI,
    "colour_map": FIGURE_COLOUR_MAPS,
    "scale": SCALES,
    "low": (-1e30, 1e30),
    "high": (-1e30, 1e30),
    "bar_label": 200,
    "title": 500,
    "caption": 10_000,
    "background": BACKGROUNDS,
    "margin": MARGINS,
    "font_size": FONT_SIZES,
}


@dataclass(frozen=True, kw_only=True)
class FigureOptions(Options):
    """The options of a figure.

    Attributes:
        panels: what is shown, row by row.
        columns: panels in a row; `None` for what suits the page.
        width: the width of the page in millimetres; `None` for two columns of a journal, or less.
        dpi: pixels per inch, also of pictures inside SVG and PDF.
        colour_map: the colours of values, one of `FIGURE_COLOUR_MAPS`.
        scale: limits of the colours: "run" for the same in all iterations, "frame" for those of
            each iteration, "fixed" for `low` to `high`, "symmetric" for diverging colours with 0
            in the middle.
        low: lower limit of a fixed scale.
        high: upper limit of a fixed scale.
        bar: whether panels have a colour bar, and outcomes a legend.
        bar_label: label of the colour bars; empty for the name of each layer.
        arrows: whether layers show the policy, if cells are large enough; `None` for V only, where
            the arrows are easy to see.
        numbers: whether layers show values as numbers, if cells are large enough; `None` where
            they are easy to read.
        trajectories: whether the map and V show the greedy trajectories.
        diagnosis: whether the first wrong steps of trajectories are marked, and the caption says
            why they were made.
        contours: whether layers show lines of equal value.
        grid: whether there are lines between cells, if these are large enough.
        ticks: whether rows and columns are numbered.
        key: whether a legend explains the markers.
        title: above the panels; empty for none.
        caption: below the panels; `None` for a description of the run, empty for none.
        background: one of `BACKGROUNDS`.
        margin: around everything, in millimetres.
        font_size: the size of the caption in points; other text is in proportion.

    Raises:
        VinguiError: an option is out of its range.
    """

    subject: ClassVar[str] = "figure"

    panels: tuple[Panel, ...] = (Panel("map"), Panel("value"))
    columns: int | None = None
    width: float | None = None
    dpi: int = 200
    colour_map: str = "viridis"
    scale: str = "run"
    low: float | None = None
    high: float | None = None
    bar: bool = True
    bar_label: str = ""
    arrows: bool | None = None
    numbers: bool | None = False
    trajectories: bool = True
    diagnosis: bool = True
    contours: bool = False
    grid: bool = True
    ticks: bool = True
    key: bool = True
    title: str = ""
    caption: str | None = None
    background: str = "white"
    margin: float = 4.0
    font_size: float = 8.0

    def __post_init__(self) -> None:
        _check_panels(self.panels)
        check_options(self, _BOUNDS)
        if self.scale != "fixed":
            return
        if self.low is None or self.high is None or not self.low < self.high:
            raise VinguiError(
                f"A fixed scale needs low below high, and they are {self.low} and {self.high}"
            )

    @property
    def theme(self) -> Theme:
        """The figure's colours."""
        return DARK if self.background == "dark" else LIGHT

    def at(self, k: int | None) -> Self:
        """The options with an iteration for panels without one; `None` for the last."""
        panels = tuple(panel if panel.k else replace(panel, k=k) for panel in self.panels)
        return replace(self, panels=panels)

    def record(self) -> dict[str, Any]:
        """The options as JSON can hold them."""
        return super().record() | {"panels": [str(panel) for panel in self.panels]}

    @classmethod
    def _read(cls, name: str, value: Any) -> Any:
        return _panels(value) if name == "panels" else value


def _panels(written: object) -> tuple[Panel, ...]:
    if not isinstance(written, list | tuple) or len(written) > MOST_PANELS:
        raise VinguiError(
            f"A figure has a list of at most {MOST_PANELS} panels, not {brief(written)}"
        )
    texts = [text for text in written if isinstance(text, str)]
    if len(texts) < len(written):
        raise VinguiError(f"Panels are written as texts, not as {brief(written)}")
    return tuple(Panel.parse(text) for text in texts)


def _check_panels(panels: object) -> None:
    if not isinstance(panels, tuple) or not all(isinstance(panel, Panel) for panel in panels):
        raise VinguiError(f"Expected a tuple of panels, received {brief(panels)}")
    if not 1 <= len(panels) <= MOST_PANELS:
        raise VinguiError(f"A figure has 1 to {MOST_PANELS} panels, not {len(panels)}")
