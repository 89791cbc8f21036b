"""Comparison of two files: pixel for pixel, frame for frame, byte for byte."""

import warnings
import zipfile
from collections.abc import Callable, Iterator
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
"""The most pixels of a picture that is unpacked; vingui makes none that are larger."""

FILMS: Final = ("film", "learning")
"""The kinds of recipes that are for films."""

_PIECE: Final = 1 << 20
_MOST_NAMED: Final = 8
"""The most arrays that are named as different."""

_PILLOW_FORMATS: Final = {".png": "PNG", ".webp": "WEBP", ".gif": "GIF"}


Frame = tuple[tuple[int, int], Callable[[], tuple[NDArray[np.uint8], int]]]
"""A picture, or a frame of a film, that has not been unpacked yet.

Its width and height in pixels, and a function that unpacks it, to be called before the next frame
is read. The function returns the pixels, `(height, width, channels)` uint8, and a time: the
duration in milliseconds, or the frame's beginning in the film's unit.
"""


def difference(one: Path, other: Path, *, kind: str, suffix: str) -> str:
    """How two files differ: in pixels and times, in arrays, or in bytes.

    Args:
        one: the first file, possibly from elsewhere.
        other: the second file, just made.
        kind: the kind of both, as in a recipe.
        suffix: the suffix of both.

    Returns:
        The difference in words; empty if there is none.

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
        return _frame_difference(_video(one), _video(other), kind)
    if suffix in _PILLOW_FORMATS:
        return _frame_difference(_animation(one, suffix), _animation(other, suffix), kind)
    return _array_difference(one, other) if suffix == ".npz" else _byte_difference(one, other)


def same_words(kind: str, suffix: str) -> str:
    """The message for files that do not differ."""
    if kind in FILMS:
        return "the same, frame for frame and pixel for pixel"
    if suffix in (".png", ".webp"):
        return "the same, pixel for pixel"
    return "the same, " + ("number for number" if suffix == ".npz" else "byte for byte")


def _frame_difference(one: Iterator[Frame], other: Iterator[Frame], kind: str) -> str:
    """How two films or pictures differ; at most as many frames are unpacked as the second has."""
    total = pixels = frames = late = 0
    for size, unpack in other:
        old_size, old_unpack = next(one, (None, None))
        if old_size is None or old_unpack is None:
            made = total + 1 + sum(1 for _ in other)
            return f"its length: {counted(total, 'frame')} before, {made:,} now"
        if old_size != size:
            return f"{old_size[0]}x{old_size[1]} pixels before, {size[0]}x{size[1]} now"
        (old, old_time), (new, time) = old_unpack(), unpack()
        changed = int((old != new).any(axis=-1).sum())
        total, pixels = total + 1, pixels + changed
        frames, late = frames + (changed > 0), late + (old_time != time)
    if next(one, None) is not None:
        return f"its length: more than {counted(total, 'frame')} before, {total:,} now"
    if kind not in FILMS:
        return f"{pixels:,} of {counted(size[0] * size[1], 'pixel')}" if pixels else ""
    differences = [f"{frames:,} of {counted(total, 'frame')}"] if frames else []
    differences += [f"the times of {counted(late, 'frame')}"] if late else []
    return " and ".join(differences)


def _animation(path: Path, suffix: str) -> Iterator[Frame]:
    """The frames of a picture or film that Pillow reads, one after the other.

    Pillow may read only the format that the file must have, because for some formats, such as
    PostScript, it runs another program.
    """
    from PIL import Image

    with warnings.catch_warnings():
        # Pillow warns about pages that are within the limit here.
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
            yield picture.size, partial(_unpacked, picture)


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
        # Frames may be larger than the header says.
        stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
        for frame in film.decode(stream):
            yield (frame.width, frame.height), partial(_rgb, frame)


def _rgb(frame: "VideoFrame") -> tuple[NDArray[np.uint8], int]:
    return frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False), frame.pts or 0


def _check_pixels(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise VinguiError(f"At most {MOST_PIXELS:,} pixels can be compared, not {width}x{height}")


def _array_difference(one: Path, other: Path) -> str:
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


def _byte_difference(one: Path, other: Path) -> str:
    new = other.read_bytes()
    with one.open("rb") as file:
        old = file.read(len(new) + 1)
    if old == new:
        return ""
    size = min(len(old), len(new))
    before, after = (np.frombuffer(data[:size], np.uint8) for data in (old, new))
    differing = np.flatnonzero(before != after)
    return f"the bytes from {differing[0] if len(differing) else size:,} on"
