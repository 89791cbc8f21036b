"""Pictures that were made to be slow, refused before they are read.

Pillow goes through the pieces that some files are made of one by one in Python, and libjpeg over
all pixels for each scan. A file of a few kilobytes can keep them busy for minutes. Real pictures
are far from these bounds; up to them a file is read within about two seconds.
"""

import re
from typing import IO, Final

from vingui.core.errors import VinguiError
from vingui.core.formats.base import MAX_TEXT_BYTES

MAX_PIXELS: Final = 8192 * 8192
"""The largest picture read; checked in its header, before it is unpacked."""

MAX_WEBP_PIXELS: Final = MAX_PIXELS // 4
_MAX_WEBP_BYTES: Final = 64 * 2**20
"""Pillow takes all of a WebP file at once, and several times the memory of its pixels."""

MAX_RUN_LENGTH_PIXELS: Final = 4096 * 4096
"""Of a run-length BMP, which Pillow unpacks in Python."""

MAX_ODD_VALUES: Final = 2**22
"""Of a PGM or PPM with two bytes a value and any highest value, which Pillow scales in Python."""

_MAX_PNG_CHUNKS: Final = 100_000
"""Pixels usually lie in chunks of 8 kB; so much is 800 MB of them."""

_MAX_PNG_PROFILES: Final = 8
_MAX_JPEG_PIECES: Final = 10_000
_MAX_SCANNED_PIXELS: Final = 32 * MAX_PIXELS
"""Scans times pixels of a JPEG. A progressive one has about ten scans."""

_MAX_GIF_BLOCKS: Final = 500_000
"""Of up to 255 bytes, in the first picture of a GIF and before it."""

_MAX_PNM_HEADER: Final = 2**16
_MAX_PNM_COMMENTS: Final = 10_000
_PNM_NUMBER: Final = rb"(?:\s|#[^\r\n]*+[\r\n])++[0-9]++"
_PNM_HEADER: Final = re.compile(rb"P(?:[14](?:%b){2}|[2356](?:%b){3})" % (_PNM_NUMBER, _PNM_NUMBER))
"""The kind, width, height and highest value, with blanks and comments before each number."""

_PNM_COMMENT: Final = re.compile(rb"#[^\r\n]*+")

_SOLITARY: Final = frozenset((0x01, *range(0xD0, 0xDA)))
"""Markers of a JPEG that no segment follows: TEM, the restarts, its start and end."""

_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG whose segment has its size."""

_PIECE: Final = 2**20


def check_pieces(file: IO[bytes], size: int) -> None:
    """Check what a picture is made of. What is no known kind or damaged is left to the reader.

    Args:
        file: the picture; it is at its beginning again when this returns.
        size: its bytes.

    Raises:
        VinguiError: it would take very long to read, or more memory than its size lets expect.
    """
    head = file.read(30)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        _check_png(file)
    elif head.startswith(b"\xff\xd8"):
        _check_jpeg(file)
    elif head.startswith(b"GIF8"):
        _check_gif(file)
    elif head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        _check_webp(head, size)
    elif re.match(rb"P[1-6]\s", head):
        _check_pnm(file, size)
    file.seek(0)


def too_large(size: str, most: int = MAX_PIXELS) -> VinguiError:
    """The error for a picture of too many pixels."""
    return VinguiError(f"A picture may have at most {most:,} pixels, not {size}")


def _too_slow(what: str) -> VinguiError:
    return VinguiError(
        f"The picture has {what}, which would take very long to read. "
        "Save it anew with a program for pictures."
    )


def _check_png(file: IO[bytes]) -> None:
    file.seek(8)
    profiles = 0
    for _ in range(_MAX_PNG_CHUNKS):
        head = file.read(8)
        kind = head[4:]
        if len(head) < 8 or kind == b"IEND":
            return
        profiles += kind == b"iCCP"
        if profiles > _MAX_PNG_PROFILES:
            raise _too_slow(f"more than {_MAX_PNG_PROFILES} colour profiles")
        file.seek(int.from_bytes(head[:4], "big") + 4, 1)
    raise _too_slow(f"more than {_MAX_PNG_CHUNKS:,} chunks")


def _check_jpeg(file: IO[bytes]) -> None:
    pixels = _jpeg_pixels(file)
    scans, last = 1, b""
    while pixels and (piece := file.read(_PIECE)):
        # Within a scan no other byte follows 0xFF than 0 and those of restarts.
        scans += (last + piece).count(b"\xff\xda")
        last = piece[-1:]
        if scans * pixels > _MAX_SCANNED_PIXELS:
            raise _too_slow(f"far more scans than a JPEG of {pixels:,} pixels needs")


def _jpeg_pixels(file: IO[bytes]) -> int:
    """The pixels that a JPEG says it has; the file is then behind the mark of its first scan."""
    file.seek(2)
    pixels = 0
    for _ in range(_MAX_JPEG_PIECES):
        mark = file.read(1)
        if mark != b"\xff":
            if not mark:
                return pixels
            # Pillow skips what is no marker, byte by byte.
            continue
        kind = int.from_bytes(file.read(1), "big")
        if kind == 0xFF:
            file.seek(-1, 1)
        elif kind == 0xDA:
            return pixels
        elif kind and kind not in _SOLITARY:
            length = int.from_bytes(file.read(2), "big") - 2
            if kind in _FRAMES and length >= 5:
                frame = file.read(5)
                pixels = int.from_bytes(frame[1:3], "big") * int.from_bytes(frame[3:], "big")
                length -= 5
            file.seek(max(0, length), 1)
    raise _too_slow(f"more than {_MAX_JPEG_PIECES:,} pieces before its pixels")


def _check_gif(file: IO[bytes]) -> None:
    """Walk through the blocks up to the end of the first picture, and up to the second one."""
    pictures = 0
    file.seek(10)
    flags = file.read(3)[:1]
    file.seek(13 + _gif_colours(flags))
    left = _MAX_GIF_BLOCKS
    while left > 0:
        left -= 1
        mark = file.read(1)
        if mark in (b"", b";") or (mark == b"," and pictures):
            return
        if mark == b",":
            pictures += 1
            flags = file.read(9)[8:]
            file.seek(_gif_colours(flags) + 1, 1)
        elif mark == b"!":
            file.read(1)
        else:
            # Pillow skips what is none of these, byte by byte.
            continue
        while left > 0:
            left -= 1
            length = file.read(1)
            if length in (b"", b"\0"):
                break
            file.seek(length[0], 1)
    raise _too_slow(f"more than {_MAX_GIF_BLOCKS:,} blocks")


def _gif_colours(flags: bytes) -> int:
    """The bytes of a table of colours, from the flags before it."""
    return 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0


def _check_webp(head: bytes, size: int) -> None:
    """Look into the header of a WebP file, which Pillow makes room for as soon as it opens it."""
    if size > _MAX_WEBP_BYTES:
        raise VinguiError(
            f"A WebP picture may have at most {_MAX_WEBP_BYTES:,} bytes, not {size:,}"
        )
    width, height = _webp_size(head)
    if width * height > MAX_WEBP_PIXELS:
        raise too_large(f"{width}x{height} in WebP", MAX_WEBP_PIXELS)


def _webp_size(head: bytes) -> tuple[int, int]:
    """Width and height as the three kinds of WebP tell them (RFC 9649); zeros of another one."""
    match head[12:16]:
        case b"VP8X":
            return _number(head[24:27]) + 1, _number(head[27:30]) + 1
        case b"VP8L":
            bits = _number(head[21:25])
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            return _number(head[26:28]) & 0x3FFF, _number(head[28:30]) & 0x3FFF
    return 0, 0


def _number(part: bytes) -> int:
    return int.from_bytes(part, "little")


def _check_pnm(file: IO[bytes], size: int) -> None:
    file.seek(0)
    head = file.read(_MAX_PNM_HEADER)
    if len(head) == _MAX_PNM_HEADER and not _PNM_HEADER.match(head):
        raise _too_slow(f"a header of more than {_MAX_PNM_HEADER:,} bytes")
    if head[1:2] not in b"123":
        return
    # The reader of numbers written out as text takes seconds for a few million of them.
    if size > MAX_TEXT_BYTES:
        raise VinguiError(f"A plain PGM may have at most {MAX_TEXT_BYTES:,} bytes, not {size:,}")
    text = head + file.read(MAX_TEXT_BYTES)
    if text.count(b"#") > _MAX_PNM_COMMENTS:
        comments = sum(1 for _ in _PNM_COMMENT.finditer(text))
        if comments > _MAX_PNM_COMMENTS:
            raise _too_slow(f"{comments:,} comments")
