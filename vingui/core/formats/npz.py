"""NumPy's `.npz` and `.npy` files from anywhere: sizes are checked before memory is allocated.

The size in each array's header is compared with the one in the zip's table of contents, and that
with the bytes in the file. NumPy then reads the arrays, without pickles.
"""

import math
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
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
from vingui.core.formats.bounded_file import BoundedFile
from vingui.core.phrases import counted

_HEADS: Final = (b"PK\x03\x04", b"PK\x05\x06")
_MAX_DIRECTORY_BYTES: Final = 2**20
"""The longest table of contents read: ten thousand arrays. zipfile takes all of it at once."""

_MAX_COMMENT_BYTES: Final = 2**17
"""What zipfile may also read while it looks for the table of contents."""

_PART_BYTES: Final = 4 * 2**20

# Version 3.0 differs from 2.0 in the names of fields only, and arrays with fields are refused.
_HEADER_READERS: Final = {
    (1, 0): npy.read_array_header_1_0,
    (2, 0): npy.read_array_header_2_0,
    (3, 0): npy.read_array_header_2_0,
}


_KINDS: Final = {"biuf": "numbers", "iu": "whole numbers", "biu": "bools"}
_OTHER_KINDS: Final = {"c": "complex numbers", "U": "texts", "S": "texts", "V": "records"}


@dataclass(frozen=True)
class ArrayHeader:
    """The name, shape and type that an array declares.

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

    def check(self, *shapes: tuple[int | str, ...], kinds: str = "biuf") -> None:
        """Raise `VinguiError` unless it has one of the shapes and numbers of one of the kinds.

        Args:
            shapes: such as `("n", 2)`. A name matches any length, and each time the same one.
            kinds: the letters that `dtype.kind` may be, one of `_KINDS`.
        """
        if self.dtype.kind in kinds and any(map(self._fits, shapes)):
            return
        wanted = " or ".join(str(shape).replace("'", "") for shape in shapes)
        raise VinguiError(
            f"The array {self.name} must hold {_KINDS[kinds]} of shape {wanted}, "
            f"not {self.dtype.name} of shape {brief(self.shape)}"
        )

    def _fits(self, shape: tuple[int | str, ...]) -> bool:
        lengths: dict[int | str, int] = {each: each for each in shape if isinstance(each, int)}
        return len(shape) == len(self.shape) and all(
            lengths.setdefault(wanted, length) == length
            for wanted, length in zip(shape, self.shape, strict=True)
        )


def is_zip(head: bytes) -> bool:
    """Whether a file's first bytes are those of a zip."""
    return head.startswith(_HEADS)


def names_or_empty(head: bytes, path: Path) -> tuple[str, ...]:
    """As `array_names`; empty if the file is not a valid zip. Never raises.

    Args:
        head: the file's first bytes.
        path: the file.
    """
    try:
        return array_names(path) if is_zip(head) else ()
    except (VinguiError, OSError):
        return ()


def dimensions(path: Path, name: str) -> int | None:
    """The number of dimensions of an array; `None` if there is no valid array. Never raises.

    Args:
        path: a zip.
        name: the array's name, without `.npy`.
    """
    try:
        return len(read_headers(path, [name])[name].shape)
    except (VinguiError, OSError):
        return None


def array_names(path: Path) -> tuple[str, ...]:
    """The names of the arrays, without `.npy`, in the order of the file.

    Raises:
        VinguiError: it is not a valid zip.
        OSError: it cannot be read.
    """
    with _opened(path) as archive:
        return _names(archive)


def read_headers(path: Path, names: Iterable[str]) -> dict[str, ArrayHeader]:
    """The headers of the named arrays, without their numbers.

    Raises:
        VinguiError: the zip is not valid; an array is missing, holds objects or anything but
            numbers, or its length is not what its header says.
        OSError: it cannot be read.
    """
    with _opened(path) as archive:
        return {name: _member_header(archive, name) for name in names}


def read_arrays(path: Path, names: Iterable[str]) -> dict[str, NDArray[Any]]:
    """Read the named arrays.

    Returns:
        Each array by its name, read-only.

    Raises:
        VinguiError: as `read_headers`; or the arrays take more than `base.MAX_ARRAY_BYTES`
            together, or are cut short or damaged.
        OSError: it cannot be read.
    """
    with _opened(path) as archive:
        headers = [_member_header(archive, name) for name in names]
        base.check_bytes("Arrays", sum(header.nbytes for header in headers))
        arrays = {}
        for header in headers:
            with archive.open(f"{header.name}.npy") as file, _quiet_numpy():
                arrays[header.name] = _sealed(header.name, npy.read_array(file))
        return arrays


def iterate_rows(path: Path, name: str) -> Iterator[NDArray[Any]]:
    """Read the named array a part at a time, along its first dimension.

    For arrays that take far more memory than the maps made from them.

    Yields:
        `(k, ...)` arrays of a few MiB.

    Raises:
        VinguiError: as `read_headers`; or it is in Fortran order, cut short or damaged.
        OSError: it cannot be read.
    """
    with _opened(path) as archive:
        header = _member_header(archive, name)
        count, *rest = header.shape
        if header.fortran_order and len(rest) > 0:
            raise VinguiError(
                f"The array {name} is stored column by column, but an array this large must be "
                "stored row by row. Save it after numpy.ascontiguousarray"
            )
        row_bytes = math.prod(rest) * header.dtype.itemsize
        most = max(1, _PART_BYTES // max(1, row_bytes))
        with archive.open(f"{name}.npy") as file:
            _header(name, file)
            for first in range(0, count, most):
                rows = min(most, count - first)
                data = file.read(rows * row_bytes)
                if len(data) != rows * row_bytes:
                    raise VinguiError(f"The array {name} is cut short")
                yield np.frombuffer(data, header.dtype).reshape(rows, *rest)


def read_npy(path: Path, check: Callable[[ArrayHeader], None]) -> NDArray[Any]:
    """Read the array of a `.npy`.

    Args:
        path: the file.
        check: raises `VinguiError` for an array that should not be read.

    Returns:
        The array, read-only.

    Raises:
        VinguiError: as `check`; or the header is damaged; the array holds objects or anything but
            numbers, or its length is not what its header says.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        header = _header("", file)
        there = check_regular(path) - file.tell()
    if header.nbytes != there:
        raise VinguiError(
            f"The header says that {counted(header.nbytes, 'byte')} of numbers follow, "
            f"and the file has {there:,}"
        )
    check(header)
    with _quiet_numpy():
        return _sealed("", np.load(path, allow_pickle=False))


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip whose table of contents is short enough to be read."""
    check_regular(path)
    file = BoundedFile(
        path,
        nbytes=_MAX_DIRECTORY_BYTES + _MAX_COMMENT_BYTES,
        refusal=f"The table of contents may have at most {_MAX_DIRECTORY_BYTES:,} bytes",
    )
    try:
        with file, zipfile.ZipFile(file) as archive:
            file.open_fully()
            yield archive
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        struct.error,
        OverflowError,
        ValueError,  # NumPy's for an array that is cut short, and zipfile's for a damaged offset.
    ) as error:
        raise VinguiError(f"The .npz file is cut short or damaged: {gist(error)}") from error


def _names(archive: zipfile.ZipFile) -> tuple[str, ...]:
    return tuple(name.removesuffix(".npy") for name in archive.namelist())


def _member_header(archive: zipfile.ZipFile, name: str) -> ArrayHeader:
    """The header of an array in a zip, whose length has been checked."""
    try:
        info = archive.getinfo(f"{name}.npy")
    except KeyError:
        found = ", ".join(_names(archive)) or "none"
        raise VinguiError(f"The file has no array {name}; it has {brief(found)}") from None
    if info.flag_bits & 1:
        raise VinguiError("The .npz file is encrypted; save it without a password")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise VinguiError(
            f"Arrays must be stored or deflated, not packed by method {info.compress_type}. "
            "Save them with numpy.savez_compressed"
        )
    stored = info.compress_type == zipfile.ZIP_STORED
    most = info.compress_size * (1 if stored else base.MAX_DEFLATE_RATIO)
    if info.file_size > most or info.compress_size > Path(str(archive.filename)).stat().st_size:
        raise VinguiError(
            f"The .npz file is damaged: {info.compress_size:,} packed bytes claim to hold "
            f"{info.file_size:,}"
        )
    with archive.open(info) as file:
        header = _header(name, file)
        there = info.file_size - file.tell()
    if header.nbytes != there:
        raise VinguiError(
            f"{name} must have {counted(header.nbytes, 'byte')}, as its header says, not {there:,}"
        )
    return header


def _header(name: str, file: IO[bytes]) -> ArrayHeader:
    """Read the header of an array, and leave the file at the array's numbers.

    Args:
        name: the array's name; empty for a `.npy`, whose array has none.
        file: the array's bytes.
    """
    what = f"array {name}" if name else "array"
    try:
        with _quiet_numpy():
            shape, fortran_order, dtype = _HEADER_READERS[npy.read_magic(file)](file)
    except (zipfile.BadZipFile, zlib.error):
        raise
    except Exception as error:
        # The header is a Python literal; parsing it can raise nearly any exception.
        raise VinguiError(f"The header of the {what} is damaged") from error
    if dtype.hasobject:
        raise VinguiError(
            f"The {what} holds pickled objects, which run code when they are loaded. "
            "Save it as plain numbers"
        )
    if dtype.kind not in "biuf":
        kind = _OTHER_KINDS.get(dtype.kind, f"values of the type {dtype.name}")
        raise VinguiError(
            f"The {what} holds {kind}. Save it as whole or decimal numbers or as bools"
        )
    if any(length < 0 for length in shape):
        raise VinguiError(f"The {what} has an impossible shape: {brief(shape)}")
    return ArrayHeader(name, shape, dtype, fortran_order)


@contextmanager
def _quiet_numpy() -> Iterator[None]:
    """Ignore NumPy's warning about headers from Python 2, which it reads correctly."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _sealed(name: str, array: NDArray[Any]) -> NDArray[Any]:
    """The array, made read-only, after a check of its bools."""
    if array.dtype.kind == "b" and array.size and array.view(np.uint8).max() > 1:
        # NumPy takes such bytes as they are, and then ~ and == answer wrongly.
        raise VinguiError(
            f"{name or 'The array'} must hold bools, and has bytes other than 0 and 1"
        )
    array.flags.writeable = False
    if isinstance(array.base, np.ndarray):
        array.base.flags.writeable = False
    return array
