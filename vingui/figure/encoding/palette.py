"""Pictures in at most 256 colours: their own if they are few enough."""

import heapq
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_MOST: Final = 256


@dataclass(frozen=True, eq=False)
class IndexedPicture:
    """A picture in the colours of a palette.

    Attributes:
        indices: `(height, width)` uint8, each pixel's colour in the palette.
        palette: `(n, 3)` uint8, n at most 256.
        transparent: the index of transparent pixels; `None` where there are none.
    """

    indices: NDArray[np.uint8]
    palette: NDArray[np.uint8]
    transparent: int | None


def indexed(pixels: NDArray[np.uint32]) -> IndexedPicture:
    """A picture in its own colours, or in 256 close to them.

    If there are too many, similar colours that cover little are replaced by the one among them
    that covers most. So large areas keep their exact colour, gradients keep order and size of
    their steps, and only the soft edges of lines become coarser.

    Args:
        pixels: `(height, width)` uint32, the bytes of opaque RGBA; 0 for transparent.
    """
    flat = pixels.ravel()
    # Rows of figures consist of long runs: sorting these takes a tenth of sorting the pixels.
    starts = np.flatnonzero(np.concatenate([[True], flat[1:] != flat[:-1]]))
    lengths = np.diff(starts, append=flat.size)
    colours, which = np.unique(flat[starts], return_inverse=True)
    labels = np.repeat(which, lengths).reshape(pixels.shape)
    clear = int(colours[0] == 0)
    rgb = colours.view(np.uint8).reshape(-1, 4)[:, :3]
    indices = np.arange(len(colours))
    if len(colours) > _MOST:
        groups, chosen = _grouped(rgb[clear:], _weights(labels)[clear:], _MOST - clear)
        rgb = np.concatenate([rgb[:clear], rgb[clear:][chosen]])
        indices[clear:] = groups + clear
    return IndexedPicture(indices.astype(np.uint8)[labels], rgb, 0 if clear else None)


def _weights(labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """How visible each colour is: its area times the mean length of its runs.

    A wrong colour is visible in wide areas, and as bands in gradients, long before it is in the
    soft edges of letters. Runs are those of rows or columns, whichever are longer, because colour
    bars can be vertical or horizontal.

    Args:
        labels: `(height, width)`, the number of each pixel's colour from 0.
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
    """Split colours into a number of groups of similar ones.

    The group with the greatest weighted variance is split where that reduces the variance most
    (after Wu, Graphics Gems II, 1991).

    Returns:
        The group of each colour, and the colour of greatest weight in each group.
    """
    colours = rgb.astype(np.float64)
    everything = np.arange(len(colours))
    # The second number orders groups of equal variance, because arrays cannot be compared.
    groups = [(-_spread(colours, weights).sum(), 0, everything)]
    for number in range(1, most):
        _, split_name, members = heapq.heappop(groups)
        for name, half in zip(
            (split_name, number), _halved(members, colours, weights), strict=True
        ):
            spread = float(_spread(colours[half], weights[half]).sum())
            heapq.heappush(groups, (-spread, name, half))
    labels, chosen = np.empty(len(colours), np.int64), np.empty(most, np.int64)
    for _, name, members in groups:
        labels[members] = name
        chosen[name] = members[weights[members].argmax()]
    return labels, chosen


def _spread(colours: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The `(3,)` weighted sums of squared differences from the mean of red, green, blue."""
    shift = colours - weights @ colours / weights.sum()
    spread: NDArray[np.float64] = weights @ (shift * shift)
    return spread


def _halved(
    members: NDArray[np.int64], colours: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    group, weights = colours[members], weights[members]
    axis = int(_spread(group, weights).argmax())
    order = group[:, axis].argsort(kind="stable")
    members, level, weights = members[order], group[order, axis], weights[order]
    below, total = np.cumsum(weights)[:-1], weights.sum()
    sums = np.cumsum(weights * level)
    gain = sums[:-1] ** 2 / below + (sums[-1] - sums[:-1]) ** 2 / (total - below)
    cut = int(gain.argmax()) + 1
    return members[:cut], members[cut:]
