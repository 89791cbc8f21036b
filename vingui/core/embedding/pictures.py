"""The recipe's text in pictures: a PNG's text chunks and a GIF's comments.

The chunks of PNG files are read here because Pillow finds a text that lies behind the pixels, where
ImageMagick writes it, only by unpacking them: for a figure of 100 megapixels that takes 3 seconds
and 800 MiB. It also reads no text of more than 1 MiB.
"""

import os
import struct
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from vingui.core.embedding.markers import KEY
from vingui.core.formats.bounded_file import BoundedFile
from vingui.core.recipe import MAX_CHARACTERS

_MOST_CHUNKS: Final = 200_000
_MOST_TEXTS: Final = 16
"""The most texts in one file that are unpacked as possible recipes. vingui writes one."""

_HEADER: Final = 33
"""Bytes of a PNG's signature and its first chunk, behind which texts may stand."""

_TEXT_CHUNKS: Final = (b"tEXt", b"zTXt", b"iTXt")


def with_png_text(picture: bytes, text: str) -> bytes:
    """Return a PNG with a text under the keyword `KEY`.

    It is not packed, as Qt would do it: Pillow opens no picture with a packed text of more than 1
    MiB, as the recipe of a large map.
    """
    chunk = b"tEXt" + KEY.encode() + b"\0" + text.encode("ascii")
    whole = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return picture[:_HEADER] + whole + picture[_HEADER:]


def png_texts(file: BinaryIO) -> Iterator[bytes]:
    """The texts under the keyword `KEY` in a PNG (ISO/IEC 15948, 11.3.3), anywhere in the file.

    No error is raised where the file is cut short or damaged.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(8)
    left = _MOST_TEXTS
    for _ in range(_MOST_CHUNKS):
        head = file.read(8)
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if len(head) < 8 or kind == b"IEND" or not left:
            return
        # A read allocates all that it is asked for, however little the file has.
        if kind not in _TEXT_CHUNKS or length > min(MAX_CHARACTERS, size - file.tell()):
            file.seek(length + 4, 1)
            continue
        data, crc = file.read(length), int.from_bytes(file.read(4), "big")
        key, _, rest = data.partition(b"\0")
        if key == KEY.encode() and zlib.crc32(kind + data) == crc:
            left -= 1
            yield _png_text(kind, rest)


def _png_text(kind: bytes, rest: bytes) -> bytes:
    if kind == b"tEXt":
        return rest
    if kind == b"zTXt":
        return _inflated(rest[1:])
    packed, rest = rest[:1] == b"\x01", rest[2:]
    text = rest.partition(b"\0")[2].partition(b"\0")[2]
    return _inflated(text) if packed else text


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, MAX_CHARACTERS + 1)
    except zlib.error:
        return b""


def gif_texts(path: Path) -> Iterator[bytes]:
    """The comments of a GIF before its first picture; none where it is damaged."""
    from PIL import Image

    bounded = BoundedFile(path, nbytes=2 * MAX_CHARACTERS, refusal="The comments are too long")
    with bounded as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(file, formats=("GIF",)) as image:
                comments = image.info.get("comment", b"")
        except Exception:
            # Pillow's readers fail on damaged files in nearly any way.
            return
    yield from comments.split(b"\n")
