"""Whether two files show the same: pixel for pixel, frame for frame, byte for byte."""

import warnings
import zipfile
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.files import gist, naming
from vingui.core.words import counted

_MOST_PIXELS: Final = 128_000_000
"""Pictures larger than any that vingui makes are not unpacked."""

_PIECE: Final = 1 << 20

Frame = tuple[NDArray[np.uint8], int]
"""The pixels of a frame, and how long it stays, in milliseconds or in the film's own unit."""


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
            raise VinguiError(f"Expected a sound {suffix}, received: {gist(error)}") from error


def _difference(one: Path, other: Path, kind: str, suffix: str) -> str:
    if suffix == ".mp4":
        return _films_differ(_video(one), _video(other))
    if kind == "film":
        return _films_differ(_animation(one), _animation(other))
    if suffix in (".png", ".webp"):
        return _pictures_differ(one, other)
    return _arrays_differ(one, other) if suffix == ".npz" else _bytes_differ(one, other)


def same_words(kind: str, suffix: str) -> str:
    """What to say of files that do not differ."""
    if kind == "film":
        return "the same, frame for frame and pixel for pixel"
    if suffix in (".png", ".webp"):
        return "the same, pixel for pixel"
    return "the same, " + ("number for number" if suffix == ".npz" else "byte for byte")


def _films_differ(one: Iterator[Frame], other: Iterator[Frame]) -> str:
    total = frames = late = 0
    size = ""
    for before, after in zip_longest(one, other):
        total += 1
        if before is None or after is None:
            frames += 1
            continue
        size = size or _sizes_differ(before[0], after[0])
        frames += not np.array_equal(before[0], after[0])
        late += before[1] != after[1]
    if size:
        return size
    said = [f"{frames:,} of {counted(total, 'frame')}"] if frames else []
    said += [f"the times of {counted(late, 'frame')}"] if late else []
    return " and ".join(said)


def _sizes_differ(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> str:
    if one.shape == other.shape:
        return ""
    (rows, cols), (new_rows, new_cols) = one.shape[:2], other.shape[:2]
    return f"{cols}x{rows} pixels before, {new_cols}x{new_rows} now"


def _pictures_differ(one: Path, other: Path) -> str:
    (before, _), (after, _) = next(_animation(one)), next(_animation(other))
    size = _sizes_differ(before, after)
    if size:
        return size
    wrong = int((before != after).any(axis=-1).sum())
    return f"{wrong:,} of {counted(before[..., 0].size, 'pixel')}" if wrong else ""


def _animation(path: Path) -> Iterator[Frame]:
    """The frames of a picture or film that Pillow reads, one after the other."""
    from PIL import Image

    with warnings.catch_warnings():
        # Pillow warns of pages that are large, but not too large for us.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        opened = Image.open(path)
    with opened as picture:
        if picture.width * picture.height > _MOST_PIXELS:
            raise VinguiError(
                f"Expected at most {_MOST_PIXELS:,} pixels, "
                f"received {picture.width}x{picture.height}"
            )
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            pixels = np.asarray(picture.convert("RGBA"), np.uint8)
            yield pixels, int(picture.info.get("duration", 0))


def _video(path: Path) -> Iterator[Frame]:
    """The frames of an MP4."""
    import av

    with av.open(str(path.resolve()), format="mp4") as film:
        if not film.streams.video:
            raise VinguiError("Expected a film, received one without pictures")
        stream = film.streams.video[0]
        if stream.width * stream.height > _MOST_PIXELS:
            raise VinguiError(
                f"Expected at most {_MOST_PIXELS:,} pixels, received {stream.width}x{stream.height}"
            )
        for frame in film.decode(stream):
            yield frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False), frame.pts or 0


def _arrays_differ(one: Path, other: Path) -> str:
    with zipfile.ZipFile(other) as after, zipfile.ZipFile(one) as before:
        there = set(before.namelist())
        names = [
            name.removesuffix(".npy")
            for name in after.namelist()
            if name not in there or not _same_stream(before, after, name)
        ]
        names += [name.removesuffix(".npy") for name in there - set(after.namelist())]
    return f"the arrays {', '.join(names)}" if names else ""


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
    return f"{size:,} bytes before, {new_size:,} now" if size != new_size else ""


def _pieces(file: Any) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece
