"""Where a map lies in the world: a robot's map in metres."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vingui.core.errors import VinguiError

Pose = tuple[float, float, float]
"""x and y in metres and yaw in radians, counter-clockwise."""


@dataclass(frozen=True)
class MapFrame:
    """A map's place in a world where x points right and y points up, turned by a yaw.

    As of ROS's map_server: the pose belongs to the lower left corner of the lower left cell.

    Attributes:
        resolution: metres a cell, above 0.
        origin: the pose of that corner.

    Raises:
        VinguiError: a number is not finite, or the resolution not above 0.
    """

    resolution: float
    origin: Pose = (0.0, 0.0, 0.0)

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
        """Where the centres of cells lie.

        Args:
            cells: `(n, 2)` numbers, `(row, col)` from 0, row 0 at the top.
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
        """The frame of a map whose lower left corner is so many cells to the right and up."""
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
