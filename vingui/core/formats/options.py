"""The user's options for reading files of any format."""

from dataclasses import dataclass, field
from typing import Final, Literal

from vingui.core.errors import VinguiError
from vingui.core.formats.cost_levels import CostLevels
from vingui.core.formats.heights import Heights
from vingui.core.grid import MAX_SIDE, MIN_SIDE

HALF: Final = 0.5
"""The share of dark pixels that makes a cell of a picture a wall, by default."""

Crop = tuple[int, int, int, int]
"""A part of a picture: top, left, rows, cols, in pixels."""

SPLITS: Final = ("training", "validation", "test")
"""The splits of a planning data set, in the order of the file."""


@dataclass(frozen=True, kw_only=True)
class PictureOptions:
    """How grey values become walls and costs.

    Attributes:
        threshold: a pixel is dark if its grey value, 0 black to 255 white, is below it: 0 to
            256. `None` for Otsu's, or with `levels` for nearly black. Occupancy maps have their
            own.
        invert: whether light pixels are walls instead of dark ones and, in a grid of 0 and 1, 0
            instead of 1. Occupancy maps have their own flag.
        cell: the side of a cell in pixels, from 1. `None` for the smallest at which the map is
            at most `longest` on its longest side.
        longest: the longest side of the map in cells, 2 to 4096. `None` for 4096. Not with
            `cell`.
        dark_share: a cell is a wall if this share of its pixels or more is dark, above 0 to 1.
            With `invert`, the share of pixels that are not dark. `None` for `HALF`, and in an
            occupancy map for any at all, because robots collide with thin walls.
        crop: the part of the picture that is read, with the picture turned upright. `None` for
            all.
        levels: how greys become costs; dark pixels are walls all the same, by default those that
            are nearly black. `None` for no costs; occupancy maps have their own levels then.
        heights: how greys, or the numbers of an array, become elevation, with terrain by slope;
            then no pixels are dark by default. `None` for no elevation. Not with `levels`.

    Raises:
        VinguiError: one is out of its range.
    """

    threshold: int | None = None
    invert: bool = False
    cell: int | None = None
    longest: int | None = None
    dark_share: float | None = None
    crop: Crop | None = None
    levels: CostLevels | None = None
    heights: Heights | None = None

    def __post_init__(self) -> None:
        if self.threshold is not None and not 0 <= self.threshold <= 256:
            raise VinguiError(f"The threshold must be 0 to 256, not {self.threshold}")
        if self.dark_share is not None and not 0 < self.dark_share <= 1:
            raise VinguiError(
                f"The dark-pixel fraction must be above 0 and at most 1, not {self.dark_share}"
            )
        if self.levels is not None and self.heights is not None:
            raise VinguiError("Greys can be costs or heights, not both: leave one of them out")
        self._check_size()

    def _check_size(self) -> None:
        if self.cell is not None and self.longest is not None:
            raise VinguiError("Give the size of a cell or that of the map, not both")
        if self.cell is not None and self.cell < 1:
            raise VinguiError(f"Cells must have 1 pixel or more, not {self.cell}")
        if self.longest is not None and not MIN_SIDE <= self.longest <= MAX_SIDE:
            raise VinguiError(
                f"The longest side must have {MIN_SIDE} to {MAX_SIDE} cells, not {self.longest}"
            )
        if self.crop is not None and (min(self.crop[:2]) < 0 or min(self.crop[2:]) < 1):
            raise VinguiError(
                "The crop must begin at row 0, col 0 or later and have 1x1 pixel or more; "
                f"it is {crop_text(self.crop)}"
            )


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """How files are read. Each format ignores the options that do not concern it.

    Attributes:
        picture: how a picture becomes a map; its size of cells and its crop are also used for
            occupancy maps.
        unknown: what the unknown cells of an occupancy map or grid become.
        split: which part of a planning data set is read, one of `SPLITS`.
        terrain: whether the swamp and the water of a MovingAI map are terrain, instead of free
            cells and walls.

    Raises:
        VinguiError: an option has none of its values.
    """

    picture: PictureOptions = field(default_factory=PictureOptions)
    unknown: Literal["wall", "free"] = "wall"
    split: str = "test"
    terrain: bool = False

    def __post_init__(self) -> None:
        if self.unknown not in ("wall", "free"):
            raise VinguiError(f"Unknown cells must be wall or free, not {self.unknown!r}")
        if self.split not in SPLITS:
            raise VinguiError(f"There is no split {self.split!r}; there are {', '.join(SPLITS)}")


DEFAULT_OPTIONS: Final = ReadOptions()


def crop_text(crop: Crop) -> str:
    """A crop as text, width first: "60x40 from row 3, col 4"."""
    top, left, rows, cols = crop
    return f"{cols}x{rows} from row {top}, col {left}"


def pixel_size(rows: int, cols: int) -> str:
    """The size of a picture as text: width first, unlike the sizes of maps."""
    return f"{cols}x{rows} pixels (width x height)"
