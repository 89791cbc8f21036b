"""Lines of equal value as Matplotlib draws them."""

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray


def path_of(points: NDArray[np.float64]) -> Path:
    """One path of many lines.

    Args:
        points: `(n, 2)` as x, y, with a row of `nan` after each line.
    """
    ends = np.isnan(points[:, 0])
    begins = np.concatenate([[True], ends[:-1]]) if len(points) else ends
    codes = np.where(begins, Path.MOVETO, Path.LINETO).astype(Path.code_type)
    return Path(points[~ends], codes[~ends])
