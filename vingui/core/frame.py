"""The place of a map in the world, in metres."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vingui.core.errors import VinguiError


@dataclass(frozen=True)
class MapFrame:
    """The place of a map in a world where x points right and y points up, as in ROS's map_server.

    Attributes:
        resolution: the side of a cell in metres, above 0.
        origin: the pose of the lower left corner of the lower left cell: x and y in metres, and
            yaw in radians, counter-clockwise.

    Raises:
        VinguiError: a number is not finite, or the resolution is not above 0.
    """

    resolution: float
    origin: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        resolution = _number("The resolution", self.resolution)
        if resolution <= 0:
            raise VinguiError(
                f"The resolution must be above 0 metres per cell, not {resolution:zg}"
            )
        object.__setattr__(self, "resolution", resolution)
        if not isinstance(self.origin, tuple | list) or len(self.origin) != 3:
            raise VinguiError(f"The origin must be x, y and yaw, not {self.origin!r}")
        pose = tuple(_number("Each part of the origin", number) for number in self.origin)
        object.__setattr__(self, "origin", pose)

    def world(self, cells: ArrayLike, rows: int) -> NDArray[np.float64]:
        """The centres of cells in the world.

        Args:
            cells: `(n, 2)` numbers, the `(row, col)` of each.
            rows: the number of rows of the map.

        Returns:
            `(n, 2)` float64, the `(x, y)` of each in metres.
        """
        row, col = np.asarray(cells, np.float64).reshape(-1, 2).T
        right, up = (col + 0.5) * self.resolution, (rows - row - 0.5) * self.resolution
        x, y, yaw = self.origin
        return np.stack(
            [
                x + right * math.cos(yaw) - up * math.sin(yaw),
                y + right * math.sin(yaw) + up * math.cos(yaw),
            ],
            axis=1,
        )

    def moved(self, *, right: float, up: float) -> "MapFrame":
        """The frame of a map whose lower left corner lies so many cells to the right and up."""
        if not right and not up:
            return self
        x, y, yaw = self.origin
        along, across = right * self.resolution, up * self.resolution
        return MapFrame(
            self.resolution,
            (
                x + along * math.cos(yaw) - across * math.sin(yaw),
                y + along * math.sin(yaw) + across * math.cos(yaw),
                yaw,
            ),
        )

    def __str__(self) -> str:
        x, y, yaw = self.origin
        turned = f", turned by {math.degrees(yaw):z.6g}°" if yaw else ""
        return f"{self.resolution:z.6g} m per cell, origin {x:z.6g}, {y:z.6g}{turned}"


def _number(what: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise VinguiError(f"{what} must be a number, not {value!r}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise VinguiError(f"{what} must be a finite number, not {number}")
    return number
