"""Checks that refuse pictures made to be slow or to take much memory, before they are unpacked.

Pillow reads the pieces of some files one by one in Python, and libjpeg visits all pixels for each
scan, so a file of a few kilobytes can keep them busy for minutes. Real pictures are far from these
bounds; any file within them is read in about two seconds.
"""

import re
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vingui.core.errors import VinguiError
from vingui.core.formats.base import MAX_DEFLATE_RATIO, check_bytes
from vingui.core.formats.bounded_file import BoundedFile
from vingui.core.phrases import counted

if TYPE_CHECKING:
    from PIL import ImageFile

MAX_PIXELS: Final = 8192 * 8192
"""The largest picture that is read; its header is checked before it is unpacked."""

MAX_WEBP_PIXELS: Final = MAX_PIXELS // 4
"""Fewer than for others: Pillow takes several times the memory of a WebP's pixels."""

MAX_RUN_LENGTH_PIXELS: Final = 4096 * 4096
"""For a run-length BMP, which Pillow unpacks in Python."""

_MAX_BYTES_BEFORE_PIXELS: Final = 64 * 2**20
"""For texts, profiles and thumbnails, and for all of a WebP, which Pillow reads at once."""

_MAX_PNG_PROFILES: Final = 8
_MAX_SCANNED_PIXELS: Final = 32 * MAX_PIXELS
"""The most scans times pixels of a JPEG. A progressive JPEG has about ten scans."""

_MAX_PNM_COMMENTS: Final = 10_000
_MAX_PLAIN_BYTES: Final = 16 * 2**20
_PNM_COMMENT: Final = re.compile(rb"#[^\r\n]*+")
_PIECE: Final = 2**20


def bounded(path: Path) -> BoundedFile:
    """A picture's file for Pillow to open; its pixels can be read only after `open_fully`."""
    return BoundedFile(
        path,
        nbytes=_MAX_BYTES_BEFORE_PIXELS,
        refusal="The picture has so many or so large parts besides its pixels that it would take "
        "very long to read. Save it again with an image editor",
    )


def check_before_opening(path: Path) -> None:
    """Check what takes Pillow time or memory as soon as it opens a picture.

    Raises:
        VinguiError: it takes too much.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(30)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        if _count(path, b"iCCP") > _MAX_PNG_PROFILES:
            raise _too_slow(f"more than {_MAX_PNG_PROFILES} colour profiles")
    elif head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        width, height = _webp_size(head)
        if width * height > MAX_WEBP_PIXELS:
            raise too_large(f"{width}x{height} in WebP", MAX_WEBP_PIXELS)
    elif re.match(rb"P[1-3]\s", head):
        _check_plain(path)


def check_opened(image: "ImageFile.ImageFile", path: Path) -> None:
    """Check the size that an opened picture claims.

    Raises:
        VinguiError: it is too large, or the claim cannot be true.
        OSError: it cannot be read.
    """
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise too_large(f"{width}x{height}")
    size = path.stat().st_size
    # A pixel takes at least a bit, which deflate shrinks at most so far, and JPEG and GIF less.
    # WebP shrinks more, and has its own limit.
    if image.format != "WEBP" and width * height > size * 8 * MAX_DEFLATE_RATIO:
        raise VinguiError(
            f"The picture is damaged: {counted(size, 'byte')} claim to hold "
            f"{width}x{height} pixels (width x height)"
        )
    if image.format in ("JPEG", "MPO"):
        # Within a scan only 0 and restart markers follow 0xFF, so the pixels contain no such bytes.
        scans = _count(path, b"\xff\xda")
        if scans * width * height > _MAX_SCANNED_PIXELS:
            raise _too_slow(f"far more scans than a JPEG of {width * height:,} pixels needs")
    decoder = image.tile[0].codec_name if image.tile else ""
    if decoder == "bmp_rle" and width * height > MAX_RUN_LENGTH_PIXELS:
        raise too_large(f"{width}x{height} in a run-length BMP", MAX_RUN_LENGTH_PIXELS)


def too_large(size: str, most: int = MAX_PIXELS) -> VinguiError:
    """The error for a picture of too many pixels."""
    return VinguiError(f"A picture may have at most {most:,} pixels, not {size}")


def _too_slow(what: str) -> VinguiError:
    return VinguiError(
        f"The picture has {what}, which would take very long to read. "
        "Save it again with an image editor"
    )


def _count(path: Path, wanted: bytes) -> int:
    """How often `wanted` occurs in a file."""
    count, end = 0, b""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            count += (end + piece).count(wanted)
            end = piece[1 - len(wanted) :]
    return count


def _webp_size(head: bytes) -> tuple[int, int]:
    """Width and height of a WebP of the three kinds of RFC 9649; zeros for any other."""
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


def _check_plain(path: Path) -> None:
    """Check a PGM of numbers written out as text: Pillow takes seconds for a few million."""
    size = path.stat().st_size
    check_bytes("A plain PGM", size, _MAX_PLAIN_BYTES)
    comments = _PNM_COMMENT.finditer(path.read_bytes())
    if next(islice(comments, _MAX_PNM_COMMENTS, None), None):
        raise _too_slow(f"more than {_MAX_PNM_COMMENTS:,} comments")
