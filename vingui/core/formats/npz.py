"""NumPy's `.npz` and `.npy` read with nothing trusted: sizes are checked before memory is taken.

The formats are the zip of PKWARE's APPNOTE and the `.npy` of NEP 1.
"""

import math
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.files import brief, check_regular, gist
from vingui.core.formats import base
from vingui.core.phrases import counted

_HEADS: Final = (b"PK\x03\x04", b"PK\x05\x06")
_END: Final = b"PK\x05\x06"
_END_SIZE: Final = 22
_ZIP64_LOCATOR: Final = b"PK\x06\x07"
_ZIP64_LOCATOR_SIZE: Final = 20
_MAX_DIRECTORY_BYTES: Final = 2**20
"""The longest table of contents read: ten thousand arrays. zipfile takes all of it at once."""

_CHUNK_BYTES: Final = 2**20
_PART_BYTES: Final = 4 * 2**20

_HEADER_READERS: Final = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


@dataclass(frozen=True)
class ArrayHeader:
    """What an array in the file says it is.

    Attributes:
        name: its name, without `.npy`.
        shape: no dimension is negative.
        dtype: a bool, integer or float one.
        fortran_order: whether the first index runs fastest.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran_order: bool

    @property
    def nbytes(self) -> int:
        """The bytes that its numbers take."""
        return math.prod(self.shape) * self.dtype.itemsize


def array_names(path: Path) -> tuple[str, ...]:
    """The names of the arrays, without `.npy`, in the order of the file.

    Raises:
        VinguiError: it is no sound zip.
        OSError: it cannot be read.
    """
    with _opened(path) as archive:
        return tuple(_member_names(archive))


def holds_array(head: bytes, path: Path, name: str) -> bool:
    """Whether a file, from its first bytes on, is a zip with an array of that name. Never raises.

    Args:
        head: its first bytes.
        path: the file.
        name: without `.npy`.
    """
    return is_zip(head) and name in names_or_none(path)


def names_or_none(path: Path) -> tuple[str, ...]:
    """As `array_names`, and no names where it is no sound zip. Never raises."""
    try:
        return array_names(path)
    except (VinguiError, OSError):
        return ()


def is_zip(head: bytes) -> bool:
    """Whether a file begins as a zip does."""
    return head.startswith(_HEADS)


def dimensions(path: Path, name: str) -> int | None:
    """How many dimensions an array of a zip has; `None` where there is no sound one. Never raises.

    Args:
        path: the file.
        name: the array's, without `.npy`.
    """
    try:
        return len(read_headers(path, [name])[name].shape)
    except (VinguiError, OSError):
        return None


def read_headers(path: Path, names: Iterable[str]) -> dict[str, ArrayHeader]:
    """What the named arrays say they are, without their numbers.

    Raises:
        VinguiError: the zip is not sound; an array is missing, holds objects or anything but
            numbers, or its length is not what its header says.
        OSError: it cannot be read.
    """
    with _opened(path) as archive:
        return {name: _header(archive, name) for name in names}


def read_arrays(path: Path, names: Iterable[str]) -> dict[str, NDArray[Any]]:
    """Read the named arrays.

    Returns:
        Each array under its name, read-only; one in C order owns its memory.

    Raises:
        VinguiError: as `read_headers`; and they take more than `base.MAX_ARRAY_BYTES` together,
            or are cut short or damaged.
        OSError: it cannot be read.
    """
    with _opened(path) as archive:
        headers = [_header(archive, name) for name in names]
        total = sum(header.nbytes for header in headers)
        if total > base.MAX_ARRAY_BYTES:
            raise VinguiError(
                f"Arrays may have at most {base.MAX_ARRAY_BYTES:,} bytes, not {total:,}"
            )
        return {header.name: _numbers(archive, header) for header in headers}


def iterate_rows(path: Path, name: str) -> Iterator[NDArray[Any]]:
    """Read the named array a part at a time, along its first dimension.

    For arrays that take far more memory than what is made of them.

    Yields:
        `(k, ...)` arrays of a few MiB, of which the caller may keep nothing.

    Raises:
        VinguiError: as `read_headers`; or it is in Fortran order, cut short or damaged.
        OSError: it cannot be read.
    """
    with _opened(path) as archive:
        header = _header(archive, name)
        count, *rest = header.shape
        if header.fortran_order and len(rest) > 0:
            raise VinguiError(
                f"The array {name} is stored column by column, and so large an array is read "
                "row by row only: save it after numpy.ascontiguousarray"
            )
        most = max(1, _PART_BYTES * count // max(1, header.nbytes))
        with archive.open(f"{name}.npy") as file:
            _parsed_header(name, file)
            for first in range(0, count, most):
                part = np.empty((min(most, count - first), *rest), header.dtype)
                _fill(part.reshape(-1).view(np.uint8).data, file, name)
                yield part
            # The checksum is compared once the end is met.
            if file.read(1):
                raise VinguiError(
                    f"{name} has more bytes than the {header.nbytes:,} that its header says"
                )


def npy_header(path: Path) -> ArrayHeader:
    """What the array of a `.npy` says it is, without its numbers.

    Raises:
        VinguiError: the header is damaged; the array holds objects or anything but numbers, or
            its length is not what its header says.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        header = _parsed_header("", file)
        there = check_regular(path) - file.tell()
    if header.nbytes != there:
        raise VinguiError(
            f"The header says that {counted(header.nbytes, 'byte')} of numbers follow, "
            f"and the file has {there:,}"
        )
    return header


def read_npy(path: Path) -> NDArray[Any]:
    """Read the array of a `.npy`, of which the caller has checked that `npy_header` is small.

    Returns:
        The array, read-only.

    Raises:
        VinguiError: as `npy_header`.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return _read_numbers(file, _parsed_header("", file))


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        _check_directory(path)
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        struct.error,
        OverflowError,
        ValueError,  # A damaged offset makes zipfile seek before the beginning.
    ) as error:
        raise VinguiError(f"The .npz file is damaged: {gist(error)}") from error


def _check_directory(path: Path) -> None:
    size = check_regular(path)
    with path.open("rb") as file:
        length = min(size, _END_SIZE + 2**16 + _ZIP64_LOCATOR_SIZE)
        file.seek(size - length)
        tail = file.read(length)
    # zipfile looks at the very end first, then for the last mark before a comment.
    end = len(tail) - _END_SIZE
    if end < 0 or tail[end : end + 4] != _END or tail[-2:] != b"\0\0":
        end = tail.rfind(_END)
    if end < 0 or end + _END_SIZE > len(tail):
        raise VinguiError("The .npz file is cut short, or no zip archive")
    if tail[max(0, end - _ZIP64_LOCATOR_SIZE) : end].startswith(_ZIP64_LOCATOR):
        raise VinguiError("Files of 2 GiB and more, in zip64, are not read")
    directory = int.from_bytes(tail[end + 12 : end + 16], "little")
    if directory > _MAX_DIRECTORY_BYTES:
        raise VinguiError(
            f"The table of contents may have at most {_MAX_DIRECTORY_BYTES:,} bytes, "
            f"not {directory:,}"
        )


def _member_names(archive: zipfile.ZipFile) -> Iterator[str]:
    for name in archive.namelist():
        yield name.removesuffix(".npy")


def _header(archive: zipfile.ZipFile, name: str) -> ArrayHeader:
    try:
        info = archive.getinfo(f"{name}.npy")
    except KeyError:
        found = ", ".join(_member_names(archive)) or "none"
        raise VinguiError(f"The file has no array {name}; it has {brief(found)}") from None
    _check_member(archive, info)
    with archive.open(info) as file:
        header = _parsed_header(name, file)
        offset = file.tell()
    if offset + header.nbytes != info.file_size:
        raise VinguiError(
            f"{name} must have {counted(header.nbytes, 'byte')}, as its header says, "
            f"not {info.file_size - offset:,}"
        )
    return header


def _check_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    if info.flag_bits & 1:
        raise VinguiError("The .npz file is encrypted; save it without a password")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise VinguiError(
            f"Arrays must be stored or deflated, not packed by method {info.compress_type}"
        )
    stored = info.compress_type == zipfile.ZIP_STORED
    most = info.compress_size * (1 if stored else base.MAX_DEFLATE_RATIO)
    assert archive.filename is not None  # noqa: S101 - for the type checker: opened by its path
    if info.file_size > most or info.compress_size > Path(archive.filename).stat().st_size:
        raise VinguiError(
            f"The .npz file is damaged: {info.compress_size:,} packed bytes claim to hold "
            f"{info.file_size:,}"
        )


def _parsed_header(name: str, file: IO[bytes]) -> ArrayHeader:
    try:
        with warnings.catch_warnings():
            # NumPy warns of headers from Python 2, which it reads all the same.
            warnings.simplefilter("ignore")
            # 3.0 differs in the names of fields only, and arrays with fields are refused anyway.
            shape, fortran_order, dtype = _HEADER_READERS[npy.read_magic(file)](file)
    except (zipfile.BadZipFile, zlib.error):
        raise
    except Exception as error:
        # The header is a Python literal: parsing it can fail in nearly any way.
        raise VinguiError(f"The header of {_array(name)} is damaged") from error
    return _checked_header(ArrayHeader(name, shape, dtype, bool(fortran_order)))


def _checked_header(header: ArrayHeader) -> ArrayHeader:
    if header.dtype.hasobject:
        raise VinguiError(
            f"{_that_array(header.name)} holds pickled objects, which run code when they are "
            "loaded. Save it as plain numbers"
        )
    if header.dtype.kind not in "biuf":
        raise VinguiError(
            f"{_that_array(header.name)} holds {_kind(header.dtype)}. Save it as whole or decimal "
            "numbers or as bools"
        )
    if any(length < 0 for length in header.shape):
        raise VinguiError(
            f"{_that_array(header.name)} has an impossible shape: {brief(header.shape)}"
        )
    return header


def _array(name: str) -> str:
    """What messages call an array; that of a `.npy` has no name."""
    return f"the array {name}" if name else "the array"


def _that_array(name: str) -> str:
    text = _array(name)
    return text[0].upper() + text[1:]


def _kind(dtype: np.dtype[Any]) -> str:
    kinds = {"c": "complex numbers", "U": "texts", "S": "texts", "V": "records"}
    return kinds.get(dtype.kind, f"values of the type {dtype.name}")


def _numbers(archive: zipfile.ZipFile, header: ArrayHeader) -> NDArray[Any]:
    with archive.open(f"{header.name}.npy") as file:
        _parsed_header(header.name, file)
        return _read_numbers(file, header)


def _read_numbers(file: IO[bytes], header: ArrayHeader) -> NDArray[Any]:
    """The numbers that follow an array's header, to the end of the file."""
    shape = header.shape[::-1] if header.fortran_order else header.shape
    array = np.empty(shape, header.dtype)
    _fill(array.reshape(-1).view(np.uint8).data, file, header.name)
    # A zip compares its checksum once all is read and the end is met.
    if file.read(1):
        raise VinguiError(
            f"{header.name} has more bytes than the {header.nbytes:,} that its header says"
        )
    if header.dtype.kind == "b" and array.size and array.view(np.uint8).max() > 1:
        # NumPy takes such bytes as they are, and then ~ and == answer wrongly.
        raise VinguiError(f"{header.name} must hold bools, and has bytes other than 0 and 1")
    array.flags.writeable = False
    return array.T if header.fortran_order else array


def _fill(target: memoryview, file: IO[bytes], name: str) -> None:
    done = 0
    while done < len(target):
        chunk = file.read(min(_CHUNK_BYTES, len(target) - done))
        if not chunk:
            raise VinguiError(f"{name} must have {counted(len(target), 'byte')}, and has {done:,}")
        target[done : done + len(chunk)] = chunk
        done += len(chunk)
