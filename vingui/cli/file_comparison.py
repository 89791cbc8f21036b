"""Whether two files show the same: pixel for pixel, frame for frame, byte for byte."""

import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.files import gist, naming, printable
from vingui.core.phrases import counted

if TYPE_CHECKING:
    from av import VideoFrame
    from PIL import Image

MOST_PIXELS: Final = 128_000_000
"""Pictures larger than any that vingui makes are not unpacked."""

_PIECE: Final = 1 << 20
_MOST_NAMED: Final = 8
"""Arrays that are named as different."""

_PILLOW_FORMATS: Final = {".png": "PNG", ".webp": "WEBP", ".gif": "GIF"}


@dataclass(frozen=True, eq=False)
class Frame:
    """A frame of a film, or a picture, of which only the head has been read.

    Attributes:
        size: its width and height in pixels.
        unpacked: its pixels, `(height, width, channels)` uint8, and how long it stays, in
            milliseconds, or when it begins, in the film's own unit. To be called before the next
            frame is asked for.
    """

    size: tuple[int, int]
    unpacked: Callable[[], tuple[NDArray[np.uint8], int]]


def difference(one: Path, other: Path, *, kind: str, suffix: str) -> str:
    """How two files of a kind differ.

    Args:
        one: a file, maybe from elsewhere.
        other: a file that was just made.
        kind: of both, as a recipe has it.
        suffix: of the format of both.

    Returns:
        In words, or nothing where they are the same in all that can be seen: of pictures and films
        the pixels and times, of arrays the numbers, of others the bytes.

    Raises:
        VinguiError: the first cannot be read.
    """
    with naming(one):
        try:
            return _difference(one, other, kind, suffix)
        except (VinguiError, MemoryError):
            raise
        except Exception as error:
            # Pillow, FFmpeg and zipfile raise all kinds of exceptions on a damaged file.
            raise VinguiError(f"It is no sound {suffix}: {gist(error)}") from error


def _difference(one: Path, other: Path, kind: str, suffix: str) -> str:
    if suffix == ".mp4":
        return _films_differ(_video(one), _video(other))
    if suffix in _PILLOW_FORMATS:
        how = _films_differ if kind == "film" else _pictures_differ
        return how(_animation(one, suffix), _animation(other, suffix))
    return _arrays_differ(one, other) if suffix == ".npz" else _bytes_differ(one, other)


def same_words(kind: str, suffix: str) -> str:
    """What to say of files that do not differ."""
    if kind == "film":
        return "the same, frame for frame and pixel for pixel"
    if suffix in (".png", ".webp"):
        return "the same, pixel for pixel"
    return "the same, " + ("number for number" if suffix == ".npz" else "byte for byte")


def _films_differ(one: Iterator[Frame], other: Iterator[Frame]) -> str:
    """How two films differ. Of no frame more is unpacked than the film that was made has."""
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

    Pillow is given the one format that the file must have: among the others is PostScript, which
    it would have another program run.
    """
    from PIL import Image

    with warnings.catch_warnings():
        # Pillow warns of pages that are large, but not too large for us.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        opened = Image.open(path, formats=(_PILLOW_FORMATS[suffix],))
    with opened as picture:
        for number in count():
            try:
                # A frame of a GIF may reach over the page, which then grows.
                picture.seek(number)
            except EOFError:
                return
            _check_pixels(*picture.size)
            yield Frame(picture.size, partial(_unpacked, picture))


def _unpacked(picture: "Image.Image") -> tuple[NDArray[np.uint8], int]:
    pixels = np.asarray(picture.convert("RGBA"), np.uint8)
    # Of a WebP it is known only now.
    return pixels, int(picture.info.get("duration", 0))


def _video(path: Path) -> Iterator[Frame]:
    """The frames of an MP4."""
    import av

    # Other programs' films may hold any codec; the ones that vingui writes hold this one.
    with av.open(str(path.resolve()), format="mp4") as film:
        streams = [stream for stream in film.streams.video if stream.codec_context.name == "h264"]
        if not streams:
            raise VinguiError("The film is not in H.264, as those of vingui are")
        stream = streams[0]
        _check_pixels(stream.width, stream.height)
        # A film may say that it is small and then hold larger frames.
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
    size, new_size = one.stat().st_size, other.stat().st_size
    with one.open("rb") as old, other.open("rb") as new:
        for place, (before, after) in enumerate(zip(_pieces(old), _pieces(new), strict=False)):
            if before != after:
                pairs = enumerate(zip(before, after, strict=False))
                at = next((i for i, (x, y) in pairs if x != y), min(len(before), len(after)))
                return f"the bytes from {place * _PIECE + at:,} on"
    return f"{counted(size, 'byte')} before, {new_size:,} now" if size != new_size else ""


def _pieces(file: Any) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece
