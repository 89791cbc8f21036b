"""Writing GIF89a, a frame at a time."""

import struct
from pathlib import Path
from typing import BinaryIO, Final

from PIL import Image
from PIL.GifImagePlugin import getdata

from vingui.figure.encoding.changes import Change, changes
from vingui.figure.encoding.film_spec import FilmSpec, Pages
from vingui.figure.encoding.palette import indexed
from vingui.version import VERSION

TICKS: Final = 100
"""Per second: a GIF counts hundredths of a second."""

_KEEP: Final = 1
"""Disposal method: the next frame is drawn over this one."""


def write_gif(path: Path, pages: Pages, spec: FilmSpec) -> None:
    """Write a film whose frames hold what changed, each with its own palette.

    Pillow's own writer would keep all frames in memory.

    Args:
        path: the file.
        pages: its pages, as many as `spec.frames`.
        spec: the film; its rate is at most `MOST_RATE_OF_GIF`.
    """
    with path.open("wb") as file:
        file.write(b"GIF89a" + struct.pack("<HHBBB", spec.width, spec.height, 0x70, 0, 0))
        if spec.loop:
            file.write(b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0")
        _write_comment(file, spec)
        for change, duration in zip(changes(pages), spec.durations(TICKS), strict=True):
            _write_frame(file, change, duration)
        file.write(b";")


def _write_comment(file: BinaryIO, spec: FilmSpec) -> None:
    text = spec.recipe or f"{spec.title} (vingui {VERSION})".strip()
    data = text.encode("ascii", "replace")
    file.write(b"!\xfe")
    for begin in range(0, len(data), 255):
        block = data[begin : begin + 255]
        file.write(bytes([len(block)]) + block)
    file.write(b"\0")


def _write_frame(file: BinaryIO, change: Change, duration: int) -> None:
    picture = indexed(change.pixels)
    image = Image.fromarray(picture.indices, "P")
    image.putpalette(picture.palette.tobytes())
    clear = {} if picture.transparent is None else {"transparency": picture.transparent}
    # Pillow expects milliseconds and writes hundredths.
    blocks = getdata(
        image,
        (change.left, change.top),
        duration=10 * duration,
        disposal=_KEEP,
        include_color_table=True,
        **clear,
    )
    file.writelines(blocks)
