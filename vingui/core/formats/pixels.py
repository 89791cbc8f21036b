"""Pictures as numbers: PNG, JPEG, GIF, WebP, BMP and the PGM family, read in bounded memory."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.files import check_regular, gist
from vingui.core.formats.base import MAX_DEFLATE_RATIO, MAX_TEXT_BYTES
from vingui.core.formats.cells import block_sizes, block_sums

if TYPE_CHECKING:
    # Imported where it is used: the window opens its last map without waiting for Pillow.
    from PIL import Image

MAX_PIXELS: Final = 8192 * 8192
"""The largest picture read; checked in its header, before it is unpacked."""

_KINDS: Final = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "PPM")
_MAX_WEBP_BYTES: Final = 64 * 2**20
_MAX_WEBP_PIXELS: Final = MAX_PIXELS // 4
"""Pillow takes all of a WebP file at once, and several times the memory of its pixels."""

_DEEP_MODES: Final = ("I", "I;16", "I;16L", "I;16B", "I;16N")
_MODES: Final = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", *_DEEP_MODES)
_BAND_PIXELS: Final = 1 << 22
_ORIENTATION: Final = 0x0112

_UPRIGHT: Final = {
    2: lambda grey: grey[:, ::-1],
    3: lambda grey: grey[::-1, ::-1],
    4: lambda grey: grey[::-1],
    5: lambda grey: grey.T,
    6: lambda grey: grey.T[:, ::-1],
    7: lambda grey: grey.T[::-1, ::-1],
    8: lambda grey: grey.T[::-1],
}
"""What Exif's orientations do to a picture that is to be seen upright (Exif 2.3, 4.6.4)."""


def read_grey(path: Path, *, reduce: int = 1) -> NDArray[np.uint8]:
    """A picture's grey values, turned upright as its camera says, transparency over white.

    Args:
        path: the picture.
        reduce: 1 for all pixels; n for a draft, with the mean of n x n pixels in the place of
            each, and at the edges of those that there are.

    Returns:
        `(rows, cols)` uint8, 0 black to 255 white.

    Raises:
        VinguiError: it is no sound picture of at most `MAX_PIXELS`.
        OSError: it cannot be read.
    """
    with opened(path) as image:
        orientation = _orientation(image)
        if image.format == "JPEG":
            reduce //= _drafted(image, reduce)
        grey = _all_grey(image, reduce)
    return np.ascontiguousarray(_UPRIGHT.get(orientation, lambda grey: grey)(grey))


def _drafted(image: "Image.Image", reduce: int) -> int:
    """Have libjpeg make the picture smaller, in a fraction of the time; by how much it will."""
    cols, rows = image.size
    factor = next((factor for factor in (8, 4, 2) if reduce % factor == 0), 1)
    if factor == 1:
        return 1
    image.draft("L", (max(1, cols // factor), max(1, rows // factor)))
    return factor if image.size == (-(-cols // factor), -(-rows // factor)) else 1


@contextmanager
def opened(path: Path) -> Iterator["Image.Image"]:
    """A picture of which the header has been read and checked, to be unpacked in the body.

    Raises:
        VinguiError: it is no picture of at most `MAX_PIXELS`, or the body found it damaged.
        OSError: it cannot be read.
    """
    from PIL import Image, UnidentifiedImageError

    size = check_regular(path)
    with path.open("rb") as file:
        try:
            # Pillow warns of odd but readable files.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                _check_webp(file, size)
                with Image.open(file, formats=_KINDS) as image:
                    _check(image, size)
                    yield image
        except (VinguiError, MemoryError):
            raise
        except Image.DecompressionBombError as error:
            raise _too_large("one of far more") from error
        except UnidentifiedImageError as error:
            raise VinguiError(
                "Expected a PNG, JPEG, GIF, WebP, BMP or PGM picture, "
                "received no such file or a damaged one"
            ) from error
        except Exception as error:
            # Pillow's readers fail on damaged files in nearly any way.
            raise VinguiError(
                f"Expected a sound picture, received one that is cut short or damaged: "
                f"{gist(error)}"
            ) from error


def bands(image: "Image.Image", mode: str) -> Iterator[tuple[slice, NDArray[np.uint8]]]:
    """A picture's pixels, some rows at a time, so that no second copy of all is made.

    Args:
        image: as it was opened.
        mode: `L`, `LA`, `RGB` or `RGBA`, which the pixels are made.

    Yields:
        The rows, and their values, `(rows, cols)` for `L` or `(rows, cols, channels)` uint8.
    """
    deep = image.mode in _DEEP_MODES
    step = max(1, _BAND_PIXELS // image.width)
    for top in range(0, image.height, step):
        rows = slice(top, min(top + step, image.height))
        part = image.crop((0, rows.start, image.width, rows.stop))
        if deep:
            yield rows, _shallow(part, mode)
        else:
            yield rows, np.asarray(part if part.mode == mode else part.convert(mode))


def _shallow(part: "Image.Image", mode: str) -> NDArray[np.uint8]:
    # Pillow's own conversion clips 16 bits at 255, which makes nearly everything white.
    grey: NDArray[Any] = np.asarray(part).astype(np.int32)
    np.clip(grey, 0, 65535, out=grey)
    grey //= 257
    values = grey.astype(np.uint8)
    return values if mode == "L" else np.repeat(values[..., None], len(mode), axis=2)


def _all_grey(image: "Image.Image", reduce: int) -> NDArray[np.uint8]:
    see_through = image.has_transparency_data
    grey = np.empty((image.height, image.width), np.uint8)
    for rows, pixels in bands(image, "RGBA" if see_through else "L"):
        grey[rows] = _over_white(pixels) if see_through else pixels
    return grey if reduce == 1 else reduced(grey, reduce)


def _over_white(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    from PIL import Image

    image = Image.fromarray(pixels)
    white = Image.new("L", image.size, 255)
    white.paste(image.convert("L"), mask=image.getchannel("A"))
    return np.asarray(white)


def reduced(grey: NDArray[np.uint8], reduce: int) -> NDArray[np.uint8]:
    """The mean of reduce x reduce pixels in the place of each, and at the edges of what is there.

    Args:
        grey: `(height, width)` uint8.
        reduce: from 1.
    """
    sizes = block_sizes(grey.shape, reduce)
    return np.asarray((block_sums(grey, reduce) + sizes // 2) // sizes, np.uint8)


def _orientation(image: "Image.Image") -> int:
    found = image.getexif().get(_ORIENTATION, 1)
    return found if found in _UPRIGHT else 1


def _too_large(received: str, most: int = MAX_PIXELS) -> VinguiError:
    return VinguiError(f"Expected a picture of at most {most:,} pixels, received {received}")


def _check_webp(file: IO[bytes], size: int) -> None:
    """Look into the header of a WebP file, which Pillow makes room for as soon as it opens it."""
    head = file.read(30)
    file.seek(0)
    if not head.startswith(b"RIFF") or head[8:12] != b"WEBP":
        return
    if size > _MAX_WEBP_BYTES:
        raise VinguiError(
            f"Expected a WebP picture of at most {_MAX_WEBP_BYTES:,} bytes, received {size:,}"
        )
    width, height = _webp_size(head)
    if width * height > _MAX_WEBP_PIXELS:
        raise _too_large(f"{height}x{width} in WebP", _MAX_WEBP_PIXELS)


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


def _check(image: "Image.Image", size: int) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise _too_large(f"{height}x{width}")
    # A pixel takes a bit at least, and neither deflate nor JPEG nor GIF packs one any tighter;
    # WebP does, and has limits of its own.
    if image.format != "WEBP" and width * height > size * 8 * MAX_DEFLATE_RATIO:
        raise VinguiError(
            f"Expected {size:,} bytes to hold a picture, "
            f"received a claim of {height}x{width} pixels"
        )
    # The reader of numbers written out as text takes seconds for a few million of them.
    plain = any("plain" in str(tile[0]) for tile in getattr(image, "tile", ()))
    if plain and size > MAX_TEXT_BYTES:
        raise VinguiError(
            f"Expected a plain PGM of at most {MAX_TEXT_BYTES:,} bytes, received {size:,}"
        )
    if getattr(image, "is_animated", False):
        raise VinguiError("Expected a picture that stands still, received an animation")
    if image.mode not in _MODES:
        raise VinguiError(f"Expected a grey or colour picture, received one of mode {image.mode}")
