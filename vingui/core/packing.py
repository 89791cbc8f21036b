"""Arrays as text in JSON: compressed bytes in base64."""

import base64
import binascii
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.phrases import counted


def packed(data: bytes) -> str:
    """Return bytes as ASCII: compressed by zlib, in base64."""
    return base64.b64encode(zlib.compress(data, 9)).decode("ascii")


def unpacked(text: Any, *, most: int, what: str) -> bytes:
    """Return the bytes of a text made by `packed`.

    Args:
        text: the text; it may be from anywhere.
        most: the most bytes that it may hold; no more are unpacked.
        what: a noun for messages, like "cells of the recipe".

    Raises:
        VinguiError: it is damaged, or holds more bytes.
    """
    try:
        data = base64.b64decode(text, validate=True)
        unpacker = zlib.decompressobj()
        found = unpacker.decompress(data, most + 1)
    except (TypeError, ValueError, binascii.Error, zlib.error):
        raise VinguiError(f"The packed {what} cannot be read: the data is damaged") from None
    if len(found) > most:
        raise VinguiError(f"The packed {what} must be at most {counted(most, 'byte')}")
    if not unpacker.eof:
        raise VinguiError(f"The packed {what} cannot be read: the data is cut short")
    return found


def packed_elevation(elevation: NDArray[np.float32]) -> str:
    """Return heights as text: float32, little-endian, row by row."""
    return packed(elevation.astype("<f4", copy=False).tobytes())


def unpacked_elevation(text: Any, rows: int, cols: int) -> NDArray[np.float32]:
    """Return the `(rows, cols)` heights of a text made by `packed_elevation`.

    Raises:
        VinguiError: it is damaged, or holds another number of heights.
    """
    data = unpacked(text, most=4 * rows * cols, what="elevation")
    if len(data) != 4 * rows * cols:
        raise VinguiError(
            f"The elevation of {rows}x{cols} cells must have {counted(4 * rows * cols, 'byte')}, "
            f"4 a cell, not {len(data):,}"
        )
    return np.frombuffer(data, "<f4").reshape(rows, cols).astype(np.float32, copy=False)
