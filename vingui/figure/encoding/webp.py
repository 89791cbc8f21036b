"""Writing animated WebP (RFC 9649), a frame at a time, without loss."""

import struct
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

from PIL import Image

from vingui.core.embedding import xmp_packet
from vingui.core.errors import VinguiError
from vingui.figure.encoding.changes import Change, Changes
from vingui.figure.encoding.film_spec import FilmSpec, Pages

TICKS: Final = 1000
"""A WebP tells time in milliseconds."""

_ANIMATION, _XMP, _ALPHA = 0x02, 0x04, 0x10
_MOST_BYTES: Final = (1 << 32) - 10


def write_webp(path: Path, pages: Pages, spec: FilmSpec) -> None:
    """Write a film. Each frame holds what changed, the rest of it being transparent.

    Pillow's writer for films would keep all frames until the last has come.

    Args:
        path: of the file.
        pages: as many as `spec` says.
        spec: about them.

    Raises:
        VinguiError: the film is longer than 4 GiB.
    """
    changes = Changes(step=2)
    with path.open("wb") as file:
        file.write(b"RIFF\0\0\0\0WEBP")
        flags = _ANIMATION | _ALPHA | (_XMP if spec.recipe else 0)
        size = _three(spec.width - 1) + _three(spec.height - 1)
        _write_chunk(file, b"VP8X", struct.pack("<I", flags) + size)
        _write_chunk(file, b"ANIM", b"\xff\xff\xff\xff" + struct.pack("<H", 0 if spec.loop else 1))
        for page, stay in zip(pages, spec.stays(TICKS), strict=True):
            _write_chunk(file, b"ANMF", _frame(changes.of(page), stay))
        if spec.recipe:
            _write_chunk(file, b"XMP ", xmp_packet(spec.recipe))
        length = file.tell() - 8
        file.seek(4)
        file.write(struct.pack("<I", length))


def _write_chunk(file: BinaryIO, name: bytes, data: bytes) -> None:
    if file.tell() + len(data) > _MOST_BYTES:
        raise VinguiError(
            "Expected a film that fits into the 4 GiB of a WebP, received a longer one"
        )
    file.write(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2))


def _frame(change: Change, stay: int) -> bytes:
    place = _three(change.left // 2) + _three(change.top // 2)
    size = _three(change.width - 1) + _three(change.height - 1)
    # No flags: laid over what is there, and left there.
    return place + size + _three(stay) + b"\0" + _picture(change)


def _picture(change: Change) -> bytes:
    """The chunk of a still WebP that holds its picture."""
    buffer = BytesIO()
    # The slowest of its methods take ten times as long for a twentieth less.
    Image.fromarray(change.rgba).save(buffer, "WEBP", lossless=True, quality=75, method=4)
    data, begin = buffer.getvalue(), 12
    while data[begin : begin + 4] != b"VP8L":
        begin += 8 + _even(data, begin)
    return data[begin : begin + 8 + _even(data, begin)]


def _even(data: bytes, begin: int) -> int:
    """The length of a chunk's content with what pads it."""
    length = int.from_bytes(data[begin + 4 : begin + 8], "little")
    return length + length % 2


def _three(number: int) -> bytes:
    return number.to_bytes(3, "little")
