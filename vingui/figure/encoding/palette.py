"""A picture in 256 colours or fewer: its own, as long as they suffice."""

import heapq
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_MOST: Final = 256


@dataclass(frozen=True, eq=False)
class Indexed:
    """A picture in colours of a palette.

    Attributes:
        places: `(height, width)` uint8, the place of each pixel's colour.
        palette: `(n, 3)` uint8, n at most 256.
        transparent: the place that stands for no colour; `None` where every pixel has one.
    """

    places: NDArray[np.uint8]
    palette: NDArray[np.uint8]
    transparent: int | None


def indexed(pixels: NDArray[np.uint32]) -> Indexed:
    """A picture in its own colours, or the 255 or 256 that come nearest to them.

    Where there are too many, colours that are near to each other and cover little become the one
    among them that covers most. So large areas keep their very colour, the steps of a gradient
    the order and the size they have, and only the soft edges of lines are coarser.

    Args:
        pixels: `(height, width)` uint32, the bytes of opaque RGBA; 0 for transparent.
    """
    flat = pixels.ravel()
    # A figure's rows consist of long runs: to sort these takes a tenth of sorting the pixels.
    starts = np.flatnonzero(np.concatenate([[True], flat[1:] != flat[:-1]]))
    lengths = np.diff(starts, append=flat.size)
    colours, which = np.unique(flat[starts], return_inverse=True)
    labels = np.repeat(which, lengths).reshape(pixels.shape)
    clear = int(colours[0] == 0)
    rgb = colours.view(np.uint8).reshape(-1, 4)[:, :3]
    places = np.arange(len(colours))
    if len(colours) > _MOST:
        groups, chosen = _grouped(rgb[clear:], _weights(labels)[clear:], _MOST - clear)
        rgb = np.concatenate([rgb[:clear], rgb[clear:][chosen]])
        places[clear:] = groups + clear
    return Indexed(places.astype(np.uint8)[labels], rgb, 0 if clear else None)


def _weights(labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """How much is seen of each colour: its area by the length of its runs.

    In wide areas a wrong colour is seen, and bands of it in a gradient, long before it is in the
    soft edges of letters. A run is one in rows or in columns, whichever are longer: a colour bar
    may stand or lie.

    Args:
        labels: `(height, width)`: the number of each pixel's colour, from 0.
    """
    areas = np.bincount(labels.ravel()).astype(np.float64)
    fewest = np.full(len(areas), np.inf)
    for lines in (labels, labels.T):
        begins = np.concatenate([lines[0], lines[1:][lines[1:] != lines[:-1]]])
        fewest = np.minimum(fewest, np.bincount(begins, minlength=len(areas)))
    weights: NDArray[np.float64] = areas * areas / fewest
    return weights


def _grouped(
    rgb: NDArray[np.uint8], weights: NDArray[np.float64], most: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Put near colours together, until there are so many groups.

    The group whose colours differ most, by weight, is halved where that takes most of the
    difference away (after Wu, Graphics Gems II, 1991).

    Returns:
        The group of each colour, and of each group the colour that weighs most.
    """
    colours = rgb.astype(np.float64)
    everything = np.arange(len(colours))
    # The second number tells groups apart that differ by the same: arrays cannot be compared.
    groups = [(-_spread(colours, weights).sum(), 0, everything)]
    for number in range(1, most):
        _, own, members = heapq.heappop(groups)
        for name, half in zip((own, number), _halved(members, colours, weights), strict=True):
            spread = float(_spread(colours[half], weights[half]).sum())
            heapq.heappush(groups, (-spread, name, half))
    labels, chosen = np.empty(len(colours), np.int64), np.empty(most, np.int64)
    for _, name, members in groups:
        labels[members] = name
        chosen[name] = members[weights[members].argmax()]
    return labels, chosen


def _spread(colours: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """`(3,)`: by how much red, green and blue differ from their mean, squared, by weight."""
    shift = colours - weights @ colours / weights.sum()
    spread: NDArray[np.float64] = weights @ (shift * shift)
    return spread


def _halved(
    members: NDArray[np.int64], colours: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    own, weights = colours[members], weights[members]
    axis = int(_spread(own, weights).argmax())
    order = own[:, axis].argsort(kind="stable")
    members, level, weights = members[order], own[order, axis], weights[order]
    below, total = np.cumsum(weights)[:-1], weights.sum()
    sums = np.cumsum(weights * level)
    gain = sums[:-1] ** 2 / below + (sums[-1] - sums[:-1]) ** 2 / (total - below)
    cut = int(gain.argmax()) + 1
    return members[:cut], members[cut:]
