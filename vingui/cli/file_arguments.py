"""The arguments for reading files and choosing their maps."""

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

from vingui.cli.arguments import decimal_number, ranges
from vingui.cli.name_patterns import placeholder_values
from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.formats import PictureOptions, ReadOptions
from vingui.core.formats.cost_levels import CostLevels
from vingui.core.formats.heights import Heights
from vingui.core.formats.options import SPLITS, Crop
from vingui.core.grid import MAX_SIDE

MAPS_HELP: Final = "a map, a data set, a folder of maps, or - for standard input"
"""The help of an argument that names maps to read."""


@dataclass(frozen=True)
class Indices:
    """The maps of a data set that `--index` chooses.

    Attributes:
        ranges: the ranges of indices, in the order in which they were given; empty for all maps.
    """

    ranges: tuple[range, ...] = ()

    @property
    def many(self) -> bool:
        """Whether there can be more than one."""
        return sum(map(len, self.ranges)) != 1

    def of(self, count: int) -> Sequence[int]:
        """The indices in a data set of `count` maps, without repeats.

        Raises:
            VinguiError: an index is too large.
        """
        if not self.ranges:
            return range(count)
        most = max(part.stop for part in self.ranges) - 1
        if most >= count:
            raise VinguiError(f"--index must be from 0 to {count - 1:,}, not {most:,}")
        return tuple(dict.fromkeys(chain(*self.ranges)))


@dataclass(frozen=True, eq=False)
class Source:
    """A file or folder of maps that was read.

    Attributes:
        path: its path.
        name: its name in messages, from `distinct_names`.
        dataset: its maps.
        indices: the maps to plan on.
    """

    path: Path
    name: str
    dataset: DataSet
    indices: Sequence[int]

    def message_name(self, index: int) -> str:
        """The name of one of its maps in messages."""
        if len(self.dataset.maps) == 1:
            return self.name
        labelled = self.dataset.labels and self.path.is_dir()
        label = f" ({self.dataset.labels[index]})" if labelled else ""
        return f"{self.name}, map {index}{label}"

    def title(self, index: int) -> str:
        """The name of one of its maps in files, the same as in the window."""
        number = f"map {index}" if len(self.dataset.maps) > 1 else ""
        return " ".join(
            filter(None, (placeholder_values(self.path)["name"], self.dataset.split, number))
        )


def add_index_argument(parser: argparse.ArgumentParser, *, default: str) -> None:
    """Add `--index`; the help names `default` as the maps that are used without it."""
    parser.add_argument(
        "--index",
        metavar="WHICH",
        type=indices,
        help=f"which maps of a data set, from 0: 7, 0-99, 0,5,7-9 or all (default: {default})",
    )


def indices(text: str) -> Indices:
    """Indices as `N`, `A-B`, a list of these separated by commas, or `all`."""
    return Indices() if text.strip() == "all" else Indices(ranges(text, ", or all"))


def add_reading_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that `read_options` reads."""
    group = parser.add_argument_group(
        "reading pictures, ROS and MovingAI maps, grids of numbers and data sets"
    )
    group.add_argument(
        "--threshold",
        metavar="GREY",
        type=int,
        help="pixels darker than this, 0 to 256, are dark (default: Otsu's threshold, or "
        "16 with --levels)",
    )
    group.add_argument(
        "--invert",
        action="store_true",
        help="light pixels are walls, not dark ones; in a grid of 0 and 1, 0 is a wall",
    )
    size = group.add_mutually_exclusive_group()
    size.add_argument(
        "--cell",
        metavar="PIXELS",
        type=int,
        help="side of a cell in pixels (default: chosen by --longest)",
    )
    size.add_argument(
        "--longest",
        metavar="CELLS",
        type=int,
        help="the most cells on the map's longer side; cells are as small as this allows (default: "
        f"{MAX_SIDE})",
    )
    group.add_argument(
        "--dark-share",
        metavar="FRACTION",
        type=float,
        help="fraction of dark pixels from which a cell is a wall, above 0 to 1 (default: 0.5 in a "
        "picture, any dark pixel in a ROS map)",
    )
    group.add_argument(
        "--crop",
        metavar="TOP,LEFT,ROWSxCOLS",
        type=crop,
        help="read only this part of the picture, in pixels (default: all of it)",
    )
    group.add_argument(
        "--levels",
        metavar="N",
        type=int,
        help="read greys as N levels of costs, 1 to 240, the darker the costlier; only what is "
        "nearly black, or darker than --threshold, is wall (default: no costs in a picture; 10 "
        "levels for the shades of a ROS map of mode scale or raw)",
    )
    group.add_argument(
        "--costs",
        metavar="LIGHTEST,DARKEST",
        type=costs,
        help="the costs of the lightest and the darkest level, 0.01 to 1000 (default: 1,10)",
    )
    group.add_argument(
        "--elevation",
        metavar="LOW,HIGH|metres",
        type=elevation,
        help="read greys as heights from LOW metres, black, to HIGH, white, and slopes as terrain; "
        "only what is darker than --threshold is wall. metres: the numbers of a .npy are heights "
        "(default: no elevation)",
    )
    group.add_argument(
        "--resolution",
        metavar="METRES",
        type=decimal_number,
        help="with --elevation, the side of a cell in metres, on which slopes depend (default: 1)",
    )
    group.add_argument(
        "--unknown",
        choices=("wall", "free"),
        default="wall",
        help="what unknown cells of a ROS map or an occupancy grid become (default: wall)",
    )
    group.add_argument(
        "--terrain",
        action="store_true",
        help="in a MovingAI map, read swamp (S) as terrain of cost 3 and water (W) as terrain of "
        "cost 9 (default: swamp is free and water is wall, as in MovingAI's scenarios)",
    )
    group.add_argument(
        "--split",
        choices=SPLITS,
        default="test",
        help="the part of a planning data set to read (default: test)",
    )


def read_options(namespace: argparse.Namespace) -> ReadOptions:
    """The options for reading files, from the arguments of `add_reading_arguments`.

    Raises:
        VinguiError: an argument is out of its range.
    """
    return ReadOptions(
        picture=PictureOptions(
            threshold=namespace.threshold,
            invert=namespace.invert,
            cell=namespace.cell,
            longest=namespace.longest,
            dark_share=namespace.dark_share,
            crop=namespace.crop,
            levels=_levels(namespace),
            heights=_heights(namespace),
        ),
        unknown=namespace.unknown,
        split=namespace.split,
        terrain=namespace.terrain,
    )


def _levels(namespace: argparse.Namespace) -> CostLevels | None:
    if namespace.levels is None and namespace.costs is None:
        return None
    count = 10 if namespace.levels is None else namespace.levels
    lightest, darkest = namespace.costs or (1.0, 1.0 if count == 1 else 10.0)
    return CostLevels(count, lightest, darkest)


def _heights(namespace: argparse.Namespace) -> Heights | None:
    if namespace.elevation is None:
        if namespace.resolution is not None:
            raise VinguiError(
                "--resolution is the side of cells with heights: give --elevation too"
            )
        return None
    low, high = namespace.elevation or (None, None)
    side = 1.0 if namespace.resolution is None else namespace.resolution
    return Heights(low=low, high=high, side=side)


def elevation(text: str) -> tuple[float, float] | tuple[()]:
    """Two heights as `LOW,HIGH`, or none for `metres`."""
    if text.strip() == "metres":
        return ()
    low, comma, high = text.partition(",")
    if not comma:
        raise argparse.ArgumentTypeError(f"must be LOW,HIGH in metres, or metres, not {text!r}")
    return decimal_number(low), decimal_number(high)


def costs(text: str) -> tuple[float, float]:
    """Two costs as `LIGHTEST,DARKEST`."""
    lightest, comma, darkest = text.partition(",")
    if not comma:
        raise argparse.ArgumentTypeError(f"must be LIGHTEST,DARKEST, like 1,10, not {text!r}")
    return decimal_number(lightest), decimal_number(darkest)


def crop(text: str) -> Crop:
    """A part of a picture as `TOP,LEFT,ROWSxCOLS`."""
    found = re.fullmatch(r"\s*(\d{1,6})\s*,\s*(\d{1,6})\s*,\s*(\d{1,6})x(\d{1,6})\s*", text)
    if not found:
        raise argparse.ArgumentTypeError(
            f"must be TOP,LEFT,ROWSxCOLS in pixels, like 10,20,400x300, not {text!r}"
        )
    top, left, rows, cols = (int(number) for number in found.groups())
    return top, left, rows, cols
