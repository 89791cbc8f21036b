"""Reading a robot's occupancy map."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from vingui.core.dataset import DataSet
from vingui.core.files import reading
from vingui.core.formats import PictureOptions, ReadOptions, read_dataset, ros
from vingui.core.formats.companions import companion
from vingui.core.formats.cost_levels import CostLevels
from vingui.core.formats.pixels import opened
from vingui.gui.importing.cost_fields import Costs


@dataclass(frozen=True, eq=False)
class Occupancy:
    """An occupancy map that was read with some choices.

    Attributes:
        path: its `.yaml` file.
        rows: the number of rows of its picture, in pixels.
        cols: the number of columns.
        unknown: what the unknown cells became, "wall" or "free".
        cell: the side of a cell in pixels; `None` for the smallest that fits.
        costs: how its shades became costs; `None` where its mode has no shades.
        dataset: the resulting map alone, with notes on how it was read.
    """

    path: Path
    rows: int
    cols: int
    unknown: str
    cell: int | None
    costs: Costs | None
    dataset: DataSet


def read_occupancy(
    path: Path, *, unknown: str, cell: int | None = None, costs: Costs | None = None
) -> Occupancy:
    """Read an occupancy map.

    Args:
        path: its `.yaml` file.
        unknown: what its unknown cells become, "wall" or "free".
        cell: the side of a cell in pixels; `None` for the smallest that fits.
        costs: how its shades become costs; `None` for as its file says.

    Raises:
        VinguiError: it cannot be read, holds no valid map, or the costs make no levels; one line.
    """
    levels = None if costs is None else CostLevels(*costs)
    options = ReadOptions(
        unknown=cast("Literal['wall', 'free']", unknown),
        picture=PictureOptions(cell=cell, levels=levels),
    )
    dataset = read_dataset(path, options)
    with reading(path):
        metadata = ros.metadata(path)
        used = levels or metadata.levels or CostLevels()
        shades = metadata.mode != "trinary"
        chosen = (used.count, used.lightest, used.darkest) if shades else None
        with opened(companion(path, metadata.image)) as image:
            return Occupancy(path, image.height, image.width, unknown, cell, chosen, dataset)
