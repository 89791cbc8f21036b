"""Maps from pictures: PNG, JPEG, BMP and the PGM family. Dark is wall.

The steps are apart, so that a dialog can show the threshold live: `read_grey` once, then
`walls_of` for every change of the options.
"""

import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.files import check_regular, gist
from vingui.core.formats.base import MAX_TEXT_BYTES, Format, only_map
from vingui.core.grid import MAX_SIDE, GridMap, check_shape

if TYPE_CHECKING:
    # Imported where it is used: the window opens its last map without waiting for Pillow.
    from PIL import Image

MAX_PIXELS: Final = 8192 * 8192
"""The largest picture read; checked in its header, before it is unpacked."""

_KINDS: Final = ("PNG", "JPEG", "BMP", "PPM")
_DEEP_MODES: Final = ("I", "I;16", "I;16L", "I;16B", "I;16N")
_MODES: Final = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", *_DEEP_MODES)
_BMP_HEADER_SIZES: Final = (12, 16, 40, 52, 56, 64, 108, 124)


@dataclass(frozen=True, kw_only=True)
class PictureOptions:
    """How grey values become walls.

    Attributes:
        threshold: a pixel is dark if its grey value, 0 black to 255 white, is below it: 0 to
            256. `None` for Otsu's.
        invert: light is wall, not dark.
        cell: the side of a cell in pixels, from 1. `None` for the smallest at which the map is
            at most 1024x1024.
        dark_share: a cell is a wall if this share of its pixels or more is dark, above 0 to 1.
            With `invert`, the share of pixels that are not dark.

    Raises:
        VinguiError: one is out of its range.
    """

    threshold: int | None = None
    invert: bool = False
    cell: int | None = None
    dark_share: float = 0.5

    def __post_init__(self) -> None:
        if self.threshold is not None and not 0 <= self.threshold <= 256:
            raise VinguiError(f"Expected a threshold of 0 to 256, received {self.threshold}")
        if self.cell is not None and self.cell < 1:
            raise VinguiError(f"Expected cells of 1 pixel or more, received {self.cell}")
        if not 0 < self.dark_share <= 1:
            raise VinguiError(
                f"Expected a dark share above 0, at most 1, received {self.dark_share}"
            )


DEFAULT_OPTIONS: Final = PictureOptions()


def matches(head: bytes, path: Path) -> bool:
    """Whether it begins as one of the kinds of picture does."""
    if head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        return True
    if head.startswith(b"BM"):
        # Two letters alone would take many a text for a picture.
        return int.from_bytes(head[14:18], "little") in _BMP_HEADER_SIZES
    return re.match(rb"P[1-6]\s", head) is not None


def read(path: Path, options: PictureOptions = DEFAULT_OPTIONS) -> DataSet:
    """Read a picture as a map without goal and starts.

    Raises:
        VinguiError: it is no sound picture of at most `MAX_PIXELS`, or makes no map of a size
            that a map may have.
        OSError: it cannot be read.
    """
    grey = read_grey(path)
    threshold = otsu(grey) if options.threshold is None else options.threshold
    cell = options.cell or fitting_cell(*grey.shape)
    chosen = PictureOptions(
        threshold=threshold, invert=options.invert, cell=cell, dark_share=options.dark_share
    )
    walls = walls_of(grey, chosen)
    return DataSet(path.stem, (GridMap(walls),), _notes(grey, walls, options, chosen))


def read_grey(path: Path) -> NDArray[np.uint8]:
    """A picture's grey values, turned upright as its camera says, transparency over white.

    Returns:
        `(rows, cols)` uint8, 0 black to 255 white.

    Raises:
        VinguiError: it is no sound picture of at most `MAX_PIXELS`.
        OSError: it cannot be read.
    """
    from PIL import Image, UnidentifiedImageError

    size = check_regular(path)
    try:
        # Pillow warns of odd but readable files.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=_KINDS) as image:
                _check(image, size)
                return _grey(image)
    except VinguiError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_large("one of far more") from error
    except UnidentifiedImageError as error:
        raise VinguiError(
            "Expected a PNG, JPEG, BMP or PGM picture, received no such file or a damaged one"
        ) from error
    except Exception as error:
        # Pillow's readers fail on damaged files in nearly any way.
        raise VinguiError(
            f"Expected a sound picture, received one that is cut short or damaged: {gist(error)}"
        ) from error


def otsu(grey: NDArray[np.uint8]) -> int:
    """Otsu's threshold, below which a pixel is dark.

    It makes the variance between dark and light largest (Otsu 1979); of equally good ones the
    middle. A picture of one grey has none, and gets 128.

    Args:
        grey: any shape, uint8.

    Returns:
        1 to 255.
    """
    counts = np.bincount(grey.reshape(-1), minlength=256).astype(np.float64)
    below = np.cumsum(counts)[:-1]
    above = counts.sum() - below
    sums = counts * np.arange(256)
    sum_below = np.cumsum(sums)[:-1]
    split = (below > 0) & (above > 0)
    if not split.any():
        return 128
    between = np.zeros(255)
    mean_gap = sum_below[split] / below[split] - (sums.sum() - sum_below[split]) / above[split]
    between[split] = below[split] * above[split] * mean_gap**2
    best = np.flatnonzero(between == between.max())
    return int(best[0] + best[-1]) // 2 + 1


def fitting_cell(rows: int, cols: int) -> int:
    """The smallest side of a cell in pixels at which the map is at most 1024x1024."""
    return max(1, -(-max(rows, cols) // MAX_SIDE))


def walls_of(grey: NDArray[np.uint8], options: PictureOptions) -> NDArray[np.bool_]:
    """The walls that a picture shows.

    Cells at the right and bottom edge that reach beyond the picture are judged by the pixels
    that they have.

    Args:
        grey: `(height, width)` uint8, from `read_grey`.
        options: how to see it.

    Returns:
        `(rows, cols)` bool.

    Raises:
        VinguiError: the map would have a size that no map may have.
    """
    threshold = otsu(grey) if options.threshold is None else options.threshold
    cell = options.cell or fitting_cell(*grey.shape)
    check_shape(*(-(-side // cell) for side in grey.shape), what="a picture that makes a map")
    dark = grey < threshold
    if options.invert:
        np.logical_not(dark, out=dark)
    if cell == 1:
        return dark
    row_edges, col_edges = (np.arange(0, side, cell) for side in grey.shape)
    count = np.add.reduceat(dark, row_edges, axis=0, dtype=np.int32)
    count = np.add.reduceat(count, col_edges, axis=1)
    heights = np.diff(row_edges, append=grey.shape[0])
    widths = np.diff(col_edges, append=grey.shape[1])
    return np.asarray(count >= options.dark_share * np.outer(heights, widths))


def write(path: Path, dataset: DataSet) -> None:
    """Write the walls of the one map of a data set, a pixel a cell, walls black.

    A picture has no place for the goal and the starts.

    Raises:
        VinguiError: there are more maps.
    """
    from PIL import Image

    walls = only_map(dataset).walls
    kind = "PPM" if path.suffix.lower() == ".pgm" else "PNG"
    Image.fromarray(np.where(walls, np.uint8(0), np.uint8(255))).save(path, format=kind)


def _too_large(received: str) -> VinguiError:
    return VinguiError(f"Expected a picture of at most {MAX_PIXELS:,} pixels, received {received}")


def _check(image: "Image.Image", size: int) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise _too_large(f"{height}x{width}")
    # The reader of numbers written out as text takes seconds for a few million of them.
    plain = any("plain" in str(tile[0]) for tile in getattr(image, "tile", ()))
    if plain and size > MAX_TEXT_BYTES:
        raise VinguiError(
            f"Expected a plain PGM of at most {MAX_TEXT_BYTES:,} bytes, received {size:,}"
        )
    if image.mode not in _MODES:
        raise VinguiError(f"Expected a grey or colour picture, received one of mode {image.mode}")


def _grey(image: "Image.Image") -> NDArray[np.uint8]:
    from PIL import Image, ImageOps

    ImageOps.exif_transpose(image, in_place=True)
    if image.mode in _DEEP_MODES:
        # Pillow's own conversion clips 16 bits at 255, which makes nearly everything white.
        deep = np.array(image)
        np.clip(deep, 0, 65535, out=deep)
        deep //= 257
        return deep.astype(np.uint8)
    if not image.has_transparency_data:
        return np.array(image.convert("L"), np.uint8)
    colours = image if image.mode == "RGBA" else image.convert("RGBA")
    white = Image.new("L", colours.size, 255)
    white.paste(colours.convert("L"), mask=colours.getchannel("A"))
    return np.array(white, np.uint8)


def _notes(
    grey: NDArray[np.uint8],
    walls: NDArray[np.bool_],
    asked: PictureOptions,
    chosen: PictureOptions,
) -> tuple[str, ...]:
    side = "not darker" if chosen.invert else "darker"
    how = " (Otsu's threshold)" if asked.threshold is None else ""
    notes = [f"Took pixels {side} than grey {chosen.threshold} of 255 as walls{how}."]
    if grey.min() == grey.max():
        notes = [
            f"The picture has one grey only: all of it is {'wall' if walls[0, 0] else 'free'}."
        ]
    if chosen.cell != 1:
        notes.append(
            f"Downsampled {grey.shape[0]}x{grey.shape[1]} pixels to "
            f"{walls.shape[0]}x{walls.shape[1]} cells of {chosen.cell}x{chosen.cell} pixels."
        )
    return tuple(notes)


FORMAT: Final = Format(
    name="picture",
    title="Picture",
    suffixes=(".png", ".pgm", ".pbm", ".ppm", ".bmp", ".jpg", ".jpeg"),
    matches=matches,
    read=read,
    write=write,
    written_suffixes=(".png", ".pgm"),
    keeps_markers=False,
)
