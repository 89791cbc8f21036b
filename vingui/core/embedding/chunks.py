"""The recipe's text in files that are made of chunks: PNG, WebP, GIF, MP4.

The chunks are walked, those of pictures and sound skipped. Nothing is decoded but what may hold a
recipe. Each function returns the texts found, in the order of the file, and ends quietly where a
file is cut short or damaged.
"""

import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from vingui.core.embedding.markers import KEY
from vingui.core.embedding.texts import elements
from vingui.core.recipe import MAX_CHARACTERS

_MOST_CHUNKS: Final = 200_000
_MOST_BLOCKS: Final = 2_000_000
"""Blocks of up to 255 bytes that a GIF is looked through: half a gigabyte of it."""

_MOST_TEXTS: Final = 16
"""Texts in one file that may be a recipe and are unpacked. vingui writes one."""

_MOST_XMP_BYTES: Final = 2 * MAX_CHARACTERS
_TEXT_CHUNKS: Final = (b"tEXt", b"zTXt", b"iTXt")
_COMMENT: Final = (b"udta", b"meta", b"ilst", b"\xa9cmt", b"data")


def png_texts(file: BinaryIO) -> Iterator[bytes]:
    """The text of `KEY` in a PNG (ISO/IEC 15948, 11.3.3), wherever it is."""
    file.seek(8)
    left = _MOST_TEXTS
    for _ in range(_MOST_CHUNKS):
        head = file.read(8)
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if len(head) < 8 or kind == b"IEND" or not left:
            return
        if kind not in _TEXT_CHUNKS or length > MAX_CHARACTERS:
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


def webp_texts(file: BinaryIO) -> Iterator[bytes]:
    """The text of the `<vingui:recipe>` in a WebP's XMP chunk (RFC 9649, 2.7.1.5)."""
    file.seek(12)
    left = _MOST_TEXTS
    for _ in range(_MOST_CHUNKS):
        head = file.read(8)
        length = int.from_bytes(head[4:], "little")
        if len(head) < 8 or not left:
            return
        if head[:4] == b"XMP " and length <= _MOST_XMP_BYTES:
            left -= 1
            yield from elements(file.read(length))
            file.seek(length % 2, 1)
        else:
            file.seek(length + length % 2, 1)


def gif_texts(file: BinaryIO) -> Iterator[bytes]:
    """The comments of a GIF (GIF89a, 24)."""
    file.seek(10)
    flags = file.read(3)[:1]
    left = _MOST_BLOCKS
    file.seek(13 + _gif_colours(flags))
    while left > 0:
        mark = file.read(1)
        if mark == b"!":
            comment = file.read(1) == b"\xfe"
            text, left = _gif_blocks(file, left, wanted=comment)
            if comment:
                yield text
        elif mark == b",":
            flags = file.read(9)[8:]
            file.seek(_gif_colours(flags) + 1, 1)
            _, left = _gif_blocks(file, left, wanted=False)
        else:
            return


def _gif_colours(flags: bytes) -> int:
    """The bytes of a table of colours, from the flags before it."""
    return 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0


def _gif_blocks(file: BinaryIO, left: int, *, wanted: bool) -> tuple[bytes, int]:
    """The text of some blocks, if wanted, and how many more may be looked at."""
    text = bytearray()
    while left > 0:
        left -= 1
        length = file.read(1)
        if length in (b"", b"\0"):
            break
        if wanted and len(text) <= MAX_CHARACTERS:
            text += file.read(length[0])
        else:
            file.seek(length[0], 1)
    return bytes(text), left


def mp4_texts(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The comment of an MP4, in the boxes that FFmpeg and iTunes keep it in.

    Args:
        file: it.
        size: its bytes.
    """
    begin, end = 0, size
    for name in (b"moov", *_COMMENT):
        place = _box(file, begin, end, name)
        if place is None:
            return
        begin, end = place
        if name == b"meta":
            # It begins with a version, unlike the boxes around it.
            begin += 4
    # Before the text, its type and language.
    begin += 8
    if 0 < end - begin <= MAX_CHARACTERS:
        file.seek(begin)
        yield file.read(end - begin)


def _box(file: BinaryIO, begin: int, end: int, name: bytes) -> tuple[int, int] | None:
    """Where the content of the first box of that name begins and ends (ISO/IEC 14496-12, 4.2)."""
    for _ in range(_MOST_CHUNKS):
        if begin + 8 > end:
            return None
        file.seek(begin)
        head = file.read(16)
        length, content = int.from_bytes(head[:4], "big"), begin + 8
        if length == 1:
            length, content = int.from_bytes(head[8:], "big"), begin + 16
        after = begin + length if length else end
        if after < content or after > end:
            return None
        if head[4:8] == name:
            return content, after
        begin = after
    return None
