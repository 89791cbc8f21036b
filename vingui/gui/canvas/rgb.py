"""Colours as Qt's images keep them."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage


def packed_rgb(table: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Convert `(n, 3)` uint8 RGB to `(n,)` uint32 0xffRRGGBB."""
    red, green, blue = table.astype(np.uint32).T
    return np.asarray(0xFF000000 | red << 16 | green << 8 | blue)


def rgb32_image(colours: NDArray[np.uint32]) -> QImage:
    """Return an image of `(rows, cols)` uint32 0xffRRGGBB, which the array has to outlive."""
    rows, cols = colours.shape
    return QImage(colours.data, cols, rows, 4 * cols, QImage.Format.Format_RGB32)
