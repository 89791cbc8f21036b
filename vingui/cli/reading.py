"""The arguments that say how files are read."""

import argparse
import re

from vingui.core.formats import PictureOptions, ReadOptions
from vingui.core.formats.options import SPLITS, Crop


def add_reading_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that `read_options` reads."""
    group = parser.add_argument_group("reading pictures, ROS maps and data sets")
    _add_picture_arguments(group)
    group.add_argument(
        "--unknown",
        choices=("wall", "free"),
        default="wall",
        help="what the unknown cells of a ROS map become (wall by default)",
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
    group.add_argument("--invert", action="store_true", help="light is wall, not dark")
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
            f"expected TOP,LEFT,ROWSxCOLS in pixels, like 10,20,400x300, received {text!r}"
        )
    top, left, rows, cols = (int(number) for number in found.groups())
    return top, left, rows, cols
