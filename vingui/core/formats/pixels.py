"""Pictures as numbers: PNG, JPEG, GIF, WebP, BMP and the PGM family, read in bounded memory."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.files import check_regular, gist
from vingui.core.formats.picture_bounds import (
    bounded,
    check_before_opening,
    check_opened,
    too_large,
)

if TYPE_CHECKING:
    # Imported where it is used, so that the window can open its last map without Pillow.
    from PIL import Image, ImageFile

_KINDS: Final = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "PPM")
"""Pillow's names of the formats that are read; a JPEG of several pictures becomes an MPO."""

_FILM_SUFFIXES: Final = (".gif", ".webp")
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
"""How to turn a picture of each Exif orientation upright (Exif 2.3, 4.6.4)."""


_SEVERAL_NOTE: Final = "The file holds more than one picture; read the first."
_MADE_NOTE: Final = (
    "Warning: this is a picture that vingui made of a plan; it was read as a map all the same."
)


@dataclass(frozen=True, eq=False)
class GreyPicture:
    """The grey values of a picture, and notes on its file.

    Attributes:
        grey: `(rows, cols)` uint8, 0 black to 255 white.
        notes: notes on the file, from `notes_on`.
    """

    grey: NDArray[np.uint8]
    notes: tuple[str, ...] = ()


def read_grey(path: Path) -> GreyPicture:
    """A picture's grey values, turned upright by its Exif orientation, transparency over white.

    Raises:
        VinguiError: it is not a valid picture, or too large or too slow to read.
        OSError: it cannot be read.
    """
    with opened(path) as image:
        notes = notes_on(image, path)
        orientation = _orientation(image)
        grey = _all_grey(image)
    upright = _UPRIGHT.get(orientation, lambda grey: grey)(grey)
    return GreyPicture(np.ascontiguousarray(upright), notes)


def is_film(path: Path) -> bool:
    """Whether it is a GIF or WebP of several pictures; not if it is damaged. Never raises."""
    if path.suffix.lower() not in _FILM_SUFFIXES:
        return False
    try:
        with opened(path) as picture:
            return _is_several(picture)
    except (VinguiError, OSError):
        # What is wrong is reported when the file is read.
        return False


def _is_several(image: "Image.Image") -> bool:
    return bool(getattr(image, "is_animated", False))


def notes_on(image: "Image.Image", path: Path) -> tuple[str, ...]:
    """Notes on a picture's file, one sentence each.

    It may hold more pictures, such as the frames of an animation, or a thumbnail or gain map of a
    photograph. It may be a figure or a film that vingui made.

    Args:
        image: the opened picture.
        path: its file.
    """
    # Imported here, because `embedding` imports the reader of arrays in this package.
    from vingui.core.embedding import has_recipe

    notes = (_SEVERAL_NOTE,) if _is_several(image) else ()
    return (_MADE_NOTE, *notes) if has_recipe(path) else notes


@contextmanager
def opened(path: Path) -> Iterator["Image.Image"]:
    """Open a picture and check its header; the body can then unpack it.

    In a file with several pictures it is the first one.

    Raises:
        VinguiError: it is not a picture of at most `MAX_PIXELS`, or damaged.
        OSError: it cannot be read.
    """
    from PIL import Image, UnidentifiedImageError

    check_regular(path)
    with bounded(path) as file:
        try:
            # Pillow warns of odd but readable files.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                check_before_opening(path)
                with Image.open(file, formats=_KINDS) as image:
                    check_opened(image, path)
                    _check_mode(image)
                    file.open_fully()
                    yield _quickly_scaled(image)
        except (VinguiError, MemoryError):
            raise
        except Image.DecompressionBombError as error:
            raise too_large("one of far more") from error
        except UnidentifiedImageError as error:
            raise VinguiError(
                "This is not a PNG, JPEG, GIF, WebP, BMP or PGM picture, or it is damaged. "
                "Save it as one of them with an image editor"
            ) from error
        except Exception as error:
            # Pillow's readers fail on damaged files in nearly any way.
            raise VinguiError(f"The picture is cut short or damaged: {gist(error)}") from error


def _check_mode(image: "Image.Image") -> None:
    if image.mode not in _MODES:
        raise VinguiError(f"The picture must be grey or in colour, not of mode {image.mode}")


def _quickly_scaled(image: "ImageFile.ImageFile") -> "Image.Image":
    """Unpack a PGM or PPM with an odd highest value at once; Pillow takes seconds for it."""
    tile = image.tile[0] if image.tile else None
    if tile is None or tile.codec_name != "ppm" or not isinstance(tile.args, tuple):
        return image
    most, mode = int(tile.args[1]), image.mode
    if most > 255 and mode != "I":
        # Colours of two bytes can only be unpacked by Pillow itself.
        return image
    image.tile = [tile._replace(codec_name="raw", args="I;16B" if mode == "I" else mode)]
    if mode == "I":
        return image.point(lambda value: value * (65535 / most) + 0.5)
    return image.point([min(255, round(value * 255 / most)) for value in range(256)] * len(mode))


def bands(image: "Image.Image", mode: str) -> Iterator[tuple[slice, NDArray[np.uint8]]]:
    """A picture's pixels, some rows at a time, so that they are never all copied.

    Args:
        image: the opened picture.
        mode: `L`, `LA`, `RGB` or `RGBA`, to which the pixels are converted.

    Yields:
        The rows, and their pixels: uint8, `(rows, cols)` for `L`, else `(rows, cols, channels)`.
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


def _all_grey(image: "Image.Image") -> NDArray[np.uint8]:
    see_through = image.has_transparency_data
    grey = np.empty((image.height, image.width), np.uint8)
    for rows, pixels in bands(image, "RGBA" if see_through else "L"):
        grey[rows] = _over_white(pixels) if see_through else pixels
    return grey


def _over_white(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    from PIL import Image

    image = Image.fromarray(pixels)
    white = Image.new("L", image.size, 255)
    white.paste(image.convert("L"), mask=image.getchannel("A"))
    return np.asarray(white)


def reduced(grey: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    """A smaller picture: the mean of each block of factor x factor pixels.

    Args:
        grey: `(height, width)` uint8.
        factor: the side of a block, from 1.

    Returns:
        Uint8, one pixel for each block.
    """
    from PIL import Image

    return np.asarray(Image.fromarray(grey).reduce(factor))


def _orientation(image: "Image.Image") -> int:
    found = image.getexif().get(_ORIENTATION, 1)
    return found if found in _UPRIGHT else 1
