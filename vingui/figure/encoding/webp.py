"""Writing animated WebP (RFC 9649), a frame at a time, without loss."""

import struct
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from PIL import Image

from vingui.core.embedding import xmp_packet
from vingui.core.errors import VinguiError
from vingui.figure.encoding.changes import Change, changes
from vingui.figure.encoding.film_spec import FilmSpec, Pages

TICKS: Final = 1000
"""Per second: a WebP counts milliseconds."""

_ANIMATION, _XMP, _ALPHA = 0x02, 0x04, 0x10
_MOST_BYTES: Final = (1 << 32) - 10


def write_webp(path: Path, pages: Pages, spec: FilmSpec) -> None:
    """Write a film whose frames hold what changed and are transparent elsewhere.

    Pillow's own writer would keep all frames in memory.

    Args:
        path: the file.
        pages: its pages, as many as `spec.frames`.
        spec: the film.

    Raises:
        VinguiError: the film is longer than 4 GiB.
    """
    with path.open("wb") as file:
        file.write(b"RIFF\0\0\0\0WEBP")
        flags = _ANIMATION | _ALPHA | (_XMP if spec.recipe else 0)
        size = _three(spec.width - 1) + _three(spec.height - 1)
        _write_chunk(file, b"VP8X", struct.pack("<I", flags) + size)
        _write_chunk(file, b"ANIM", b"\xff\xff\xff\xff" + struct.pack("<H", 0 if spec.loop else 1))
        for change, duration in zip(changes(pages, step=2), spec.durations(TICKS), strict=True):
            _write_chunk(file, b"ANMF", _frame(change, duration))
        if spec.recipe:
            _write_chunk(file, b"XMP ", xmp_packet(spec.recipe))
        length = file.tell() - 8
        file.seek(4)
        file.write(struct.pack("<I", length))


def _write_chunk(file: BinaryIO, name: bytes, data: bytes) -> None:
    if file.tell() + len(data) > _MOST_BYTES:
        raise VinguiError("A WebP holds at most 4 GiB; show fewer iterations or write an MP4")
    file.write(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2))


def _frame(change: Change, duration: int) -> bytes:
    place = _three(change.left // 2) + _three(change.top // 2)
    height, width = change.pixels.shape
    size = _three(width - 1) + _three(height - 1)
    # No flags: the frame is drawn over the one before and stays.
    return place + size + _three(duration) + b"\0" + _picture(change)


def _picture(change: Change) -> bytes:
    """The chunk of a still WebP that holds its picture."""
    buffer = BytesIO()
    # The slowest methods take ten times as long and save a twentieth.
    rgba = change.pixels.view(np.uint8).reshape(*change.pixels.shape, 4)
    Image.fromarray(rgba).save(buffer, "WEBP", lossless=True, quality=75, method=4)
    data, begin = buffer.getvalue(), 12
    while data[begin : begin + 4] != b"VP8L":
        begin += 8 + _even(data, begin)
    return data[begin : begin + 8 + _even(data, begin)]


def _even(data: bytes, begin: int) -> int:
    """The length of a chunk's content with its padding."""
    length = int.from_bytes(data[begin + 4 : begin + 8], "little")
    return length + length % 2


def _three(number: int) -> bytes:
    return number.to_bytes(3, "little")
