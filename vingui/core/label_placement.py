"""Places for the labels of points in a chart, so that none overlap."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

# Where a label is put beside its point, the best place first: -1 for left or above, 1 for right or
# below. Points near a rising diagonal have most room below on the right and above on the left.
_PLACES: Final = ((1, 0), (-1, 0), (1, 1), (-1, -1), (0, 1), (0, -1), (1, -1), (-1, 1))


def place_labels(
    points: NDArray[np.float64],
    sizes: NDArray[np.float64],
    *,
    width: float,
    height: float,
    radius: float,
) -> list[tuple[float, float] | None]:
    """Place a label beside each point, inside the chart and beside all points and other labels.

    All lengths are in pixels, x to the right and y downwards.

    Args:
        points: `(n, 2)` float64, the x and y of the points; the first ones are served first.
        sizes: `(n, 2)` float64, the width and height of the labels.
        width: the width of the chart.
        height: its height.
        radius: how far labels stay from the middles of points.

    Returns:
        The left and the top of each label; `None` where there is no room for it.
    """
    discs = np.hstack([points - radius, points + radius])
    taken = discs
    placed: list[tuple[float, float] | None] = []
    for number, boxes in enumerate(map(_boxes, points, sizes, [radius] * len(points))):
        others = np.delete(taken, number, axis=0)
        inside = (boxes[:, :2] >= 0).all(axis=1) & (boxes[:, 2:] <= (width, height)).all(axis=1)
        found = [box for box in boxes[inside] if not _overlaps(box, others)]
        if found:
            taken = np.vstack([taken, found[0]])
        placed.append((float(found[0][0]), float(found[0][1])) if found else None)
    return placed


def _boxes(
    point: NDArray[np.float64], size: NDArray[np.float64], radius: float
) -> NDArray[np.float64]:
    """`(places, 4)`: the left, top, right and bottom of a label in each place beside a point."""
    sides = np.array(_PLACES)
    corners = point + sides * radius + (sides - 1) / 2 * size
    return np.hstack([corners, corners + size])


def _overlaps(box: NDArray[np.float64], others: NDArray[np.float64]) -> bool:
    apart = (box[:2] >= others[:, 2:]) | (box[2:] <= others[:, :2])
    return not apart.any(axis=1).all()
