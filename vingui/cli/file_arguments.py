"""The arguments that say how files are read, and which of their maps are meant."""

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from vingui.cli.name_patterns import names_of
from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.formats import PictureOptions, ReadOptions
from vingui.core.formats.options import SPLITS, Crop


@dataclass(frozen=True)
class Indices:
    """Which maps of a data set, as `--index` names them.

    Attributes:
        ranges: their numbers from 0, in the order that they were given in; none of them for all.
    """

    ranges: tuple[range, ...] = ()

    @property
    def many(self) -> bool:
        """Whether there may be more than one, whatever the data set."""
        return sum(map(len, self.ranges)) != 1

    def of(self, count: int) -> Sequence[int]:
        """The numbers in a data set of `count` maps, without repeats.

        Raises:
            VinguiError: it has no map of some number.
        """
        if not self.ranges:
            return range(count)
        most = max(part.stop for part in self.ranges) - 1
        if most >= count:
            raise VinguiError(f"--index must be from 0 to {count - 1:,}, not {most:,}")
        return tuple(dict.fromkeys(chain(*self.ranges)))


@dataclass(frozen=True, eq=False)
class Source:
    """A file or folder of maps that was read, and which of them are planned on.

    Attributes:
        path: of it.
        name: what messages call it, as of `told_apart`.
        dataset: its maps.
        indices: those that are planned on.
    """

    path: Path
    name: str
    dataset: DataSet
    indices: Sequence[int]

    def called(self, index: int) -> str:
        """A map of it, for messages."""
        label = ""
        if len(self.dataset.maps) == 1:
            return self.name
        if self.dataset.labels and self.path.is_dir():
            label = f" ({self.dataset.labels[index]})"
        return f"{self.name}, map {index}{label}"

    def title(self, index: int) -> str:
        """What a map of it is called in files, as in the window."""
        number = f"map {index}" if len(self.dataset.maps) > 1 else ""
        return " ".join(filter(None, (names_of(self.path)["name"], self.dataset.split, number)))


def add_index_argument(parser: argparse.ArgumentParser, *, without: str) -> None:
    """`--index` as `Indices`.

    Args:
        parser: gets it.
        without: which maps are meant if it is not given, for the help.
    """
    parser.add_argument(
        "--index",
        metavar="WHICH",
        type=indices,
        help="which maps of a data set, counted from 0: 7, a range 0-99, a list 0,5,7-9, or all; "
        f"without it, {without}",
    )


def indices(text: str) -> Indices:
    """`N`, `A-B`, several of them with commas between, or `all`."""
    if text.strip() == "all":
        return Indices()
    ranges = []
    for part in text.split(","):
        found = re.fullmatch(r"\s*([0-9]{1,9})(?:-([0-9]{1,9}))?\s*", part)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, -1)
        if first > last:
            raise argparse.ArgumentTypeError(
                f"must be a number from 0, a range like 0-99, a list like 0,5,7-9, or all, "
                f"not {brief(text)}"
            )
        ranges.append(range(first, last + 1))
    return Indices(tuple(ranges))


def add_reading_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that `read_options` reads."""
    group = parser.add_argument_group("reading pictures, ROS maps, grids of numbers and data sets")
    _add_picture_arguments(group)
    group.add_argument(
        "--unknown",
        choices=("wall", "free"),
        default="wall",
        help="what the unknown cells of a ROS map or of an occupancy grid become (wall by default)",
    )
    group.add_argument(
        "--split",
        choices=SPLITS,
        default="test",
        help="the part of a planning data set (test by default)",
    )


def _add_picture_arguments(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--threshold",
        metavar="GREY",
        type=int,
        help="pixels darker than this are walls, 0 to 256; without it, Otsu's threshold",
    )
    group.add_argument(
        "--invert",
        action="store_true",
        help="light is wall, not dark; in a grid of 0 and 1, 0 is wall",
    )
    size = group.add_mutually_exclusive_group()
    size.add_argument("--cell", metavar="PIXELS", type=int, help="the side of a cell in pixels")
    size.add_argument(
        "--longest",
        metavar="CELLS",
        type=int,
        help="cells as small as they may be for a map of at most so many on its longest side",
    )
    group.add_argument(
        "--dark-share",
        metavar="SHARE",
        type=float,
        help="the share of dark pixels that makes a cell a wall, above 0 to 1; without it, "
        "half of them in a picture and any of them in a ROS map",
    )
    group.add_argument(
        "--crop",
        metavar="T,L,ROWSxCOLS",
        type=crop,
        help="read only a part, in pixels from its top left corner",
    )


def read_options(namespace: argparse.Namespace) -> ReadOptions:
    """How to read files, as the arguments say.

    Raises:
        VinguiError: one is out of its range.
    """
    return ReadOptions(
        picture=PictureOptions(
            threshold=namespace.threshold,
            invert=namespace.invert,
            cell=namespace.cell,
            longest=namespace.longest,
            dark_share=namespace.dark_share,
            crop=namespace.crop,
        ),
        unknown=namespace.unknown,
        split=namespace.split,
    )


def crop(text: str) -> Crop:
    """`T,L,ROWSxCOLS` as top, left, rows and cols."""
    found = re.fullmatch(r"\s*(\d{1,6})\s*,\s*(\d{1,6})\s*,\s*(\d{1,6})x(\d{1,6})\s*", text)
    if not found:
        raise argparse.ArgumentTypeError(
            f"must be TOP,LEFT,ROWSxCOLS in pixels, like 10,20,400x300, not {text!r}"
        )
    top, left, rows, cols = (int(number) for number in found.groups())
    return top, left, rows, cols
