"""Comparison of two files: pixel for pixel, frame for frame, byte for byte."""

import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.files import gist, naming, printable
from vingui.core.phrases import counted

if TYPE_CHECKING:
    from av import VideoFrame
    from PIL import Image

MOST_PIXELS: Final = 128_000_000
"""Larger pictures, which vingui never makes, are not unpacked."""

_PIECE: Final = 1 << 20
_MOST_NAMED: Final = 8
"""The most arrays that are named as different."""

_PILLOW_FORMATS: Final = {".png": "PNG", ".webp": "WEBP", ".gif": "GIF"}


@dataclass(frozen=True, eq=False)
class Frame:
    """A picture, or a frame of a film, of which only the header has been read.

    Attributes:
        size: its width and height in pixels.
        unpacked: unpacks its pixels, `(height, width, channels)` uint8, and its time: the duration
            in milliseconds, or the beginning in the film's unit. Call it before the next frame.
    """

    size: tuple[int, int]
    unpacked: Callable[[], tuple[NDArray[np.uint8], int]]


def difference(one: Path, other: Path, *, kind: str, suffix: str) -> str:
    """How two files differ: in pixels and times, in arrays, or in bytes.

    Args:
        one: the first file, possibly from elsewhere.
        other: the second file, just made.
        kind: their kind, as in a recipe.
        suffix: the suffix of their format.

    Returns:
        The difference in words, empty if there is none.

    Raises:
        VinguiError: the first file cannot be read.
    """
    with naming(one):
        try:
            return _difference(one, other, kind, suffix)
        except (VinguiError, MemoryError):
            raise
        except Exception as error:
            # Pillow, FFmpeg and zipfile raise all kinds of exceptions on a damaged file.
            raise VinguiError(f"It is not a valid {suffix} file: {gist(error)}") from error


def _difference(one: Path, other: Path, kind: str, suffix: str) -> str:
    if suffix == ".mp4":
        return _films_differ(_video(one), _video(other))
    if suffix in _PILLOW_FORMATS:
        how = _films_differ if kind == "film" else _pictures_differ
        return how(_animation(one, suffix), _animation(other, suffix))
    return _arrays_differ(one, other) if suffix == ".npz" else _bytes_differ(one, other)


def same_words(kind: str, suffix: str) -> str:
    """The message for files that do not differ."""
    if kind == "film":
        return "the same, frame for frame and pixel for pixel"
    if suffix in (".png", ".webp"):
        return "the same, pixel for pixel"
    return "the same, " + ("number for number" if suffix == ".npz" else "byte for byte")


def _films_differ(one: Iterator[Frame], other: Iterator[Frame]) -> str:
    """How two films differ. No more frames are unpacked than the second film has."""
    total = frames = late = 0
    for after in other:
        before = next(one, None)
        if before is None:
            made = total + 1 + sum(1 for _ in other)
            return f"its length: {counted(total, 'frame')} before, {made:,} now"
        if before.size != after.size:
            return _sizes(before, after)
        total += 1
        (pixels, stays), (new_pixels, new_stays) = before.unpacked(), after.unpacked()
        frames += not np.array_equal(pixels, new_pixels)
        late += stays != new_stays
    if next(one, None) is not None:
        return f"its length: more than {counted(total, 'frame')} before, {total:,} now"
    differences = [f"{frames:,} of {counted(total, 'frame')}"] if frames else []
    differences += [f"the times of {counted(late, 'frame')}"] if late else []
    return " and ".join(differences)


def _sizes(before: Frame, after: Frame) -> str:
    (width, height), (new_width, new_height) = before.size, after.size
    return f"{width}x{height} pixels before, {new_width}x{new_height} now"


def _pictures_differ(one: Iterator[Frame], other: Iterator[Frame]) -> str:
    before, after = next(one), next(other)
    if before.size != after.size:
        return _sizes(before, after)
    changed = (before.unpacked()[0] != after.unpacked()[0]).any(axis=-1)
    wrong = int(changed.sum())
    return f"{wrong:,} of {counted(changed.size, 'pixel')}" if wrong else ""


def _animation(path: Path, suffix: str) -> Iterator[Frame]:
    """The frames of a picture or film that Pillow reads, one after the other.

    Pillow may read only the one format that the file must have: for some others, such as
    PostScript, it would run another program.
    """
    from PIL import Image

    with warnings.catch_warnings():
        # Pillow warns of pages that are not too large here.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        opened = Image.open(path, formats=(_PILLOW_FORMATS[suffix],))
    with opened as picture:
        for number in count():
            try:
                # A frame of a GIF may extend beyond the page, which then grows.
                picture.seek(number)
            except EOFError:
                return
            _check_pixels(*picture.size)
            yield Frame(picture.size, partial(_unpacked, picture))


def _unpacked(picture: "Image.Image") -> tuple[NDArray[np.uint8], int]:
    pixels = np.asarray(picture.convert("RGBA"), np.uint8)
    # The duration of a WebP frame is known only after it is unpacked.
    return pixels, int(picture.info.get("duration", 0))


def _video(path: Path) -> Iterator[Frame]:
    """The frames of an MP4."""
    import av

    with av.open(str(path.resolve()), format="mp4") as film:
        streams = [stream for stream in film.streams.video if stream.codec_context.name == "h264"]
        if not streams:
            raise VinguiError("The film is not in H.264, as those that vingui writes are")
        stream = streams[0]
        _check_pixels(stream.width, stream.height)
        # The header may give a smaller size than that of the frames.
        stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
        for frame in film.decode(stream):
            yield Frame((frame.width, frame.height), partial(_rgb, frame))


def _rgb(frame: "VideoFrame") -> tuple[NDArray[np.uint8], int]:
    return frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False), frame.pts or 0


def _check_pixels(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise VinguiError(f"At most {MOST_PIXELS:,} pixels can be compared, not {width}x{height}")


def _arrays_differ(one: Path, other: Path) -> str:
    with zipfile.ZipFile(other) as after, zipfile.ZipFile(one) as before:
        there = set(before.namelist())
        names = [
            name.removesuffix(".npy")
            for name in after.namelist()
            if name not in there or not _same_stream(before, after, name)
        ]
        names += [name.removesuffix(".npy") for name in sorted(there - set(after.namelist()))]
    if not names:
        return ""
    more = ", ..." if len(names) > _MOST_NAMED else ""
    return f"the arrays {', '.join(map(printable, names[:_MOST_NAMED]))}{more}"


def _same_stream(before: zipfile.ZipFile, after: zipfile.ZipFile, name: str) -> bool:
    with before.open(name) as old, after.open(name) as new:
        while True:
            piece = new.read(_PIECE)
            if old.read(len(piece) or 1) != piece:
                return False
            if not piece:
                return True


def _bytes_differ(one: Path, other: Path) -> str:
    new = other.read_bytes()
    with one.open("rb") as file:
        old = file.read(len(new) + 1)
    if old == new:
        return ""
    size = min(len(old), len(new))
    before, after = (np.frombuffer(data[:size], np.uint8) for data in (old, new))
    differing = np.flatnonzero(before != after)
    return f"the bytes from {differing[0] if len(differing) else size:,} on"
