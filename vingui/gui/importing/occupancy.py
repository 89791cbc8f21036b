"""Reading a robot's occupancy map."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from vingui.core.dataset import DataSet
from vingui.core.files import reading
from vingui.core.formats import PictureOptions, ReadOptions, read_dataset, ros
from vingui.core.formats.companions import companion
from vingui.core.formats.pixels import opened


@dataclass(frozen=True, eq=False)
class Occupancy:
    """An occupancy map that was read with some choices.

    Attributes:
        path: its `.yaml` file.
        rows: the number of rows of its picture, in pixels.
        cols: the number of columns.
        unknown: what the unknown cells became, "wall" or "free".
        cell: the side of a cell in pixels; `None` for the smallest that fits.
        dataset: the resulting map alone, with notes on how it was read.
    """

    path: Path
    rows: int
    cols: int
    unknown: str
    cell: int | None
    dataset: DataSet


def read_occupancy(path: Path, *, unknown: str, cell: int | None = None) -> Occupancy:
    """Read an occupancy map.

    Args:
        path: its `.yaml` file.
        unknown: what its unknown cells become, "wall" or "free".
        cell: the side of a cell in pixels; `None` for the smallest that fits.

    Raises:
        VinguiError: it cannot be read, or holds no valid map; one line with the file's name.
    """
    options = ReadOptions(
        unknown=cast("Literal['wall', 'free']", unknown), picture=PictureOptions(cell=cell)
    )
    dataset = read_dataset(path, options)
    with reading(path), opened(companion(path, ros.metadata(path).image)) as image:
        return Occupancy(path, image.height, image.width, unknown, cell, dataset)
