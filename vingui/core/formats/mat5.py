"""MATLAB's version 5 MAT-files, the numeric arrays and cells of arrays in them.

Read by hand because `scipy.io.loadmat` ends the process with a segmentation fault on damaged files:
in each of four runs over 2,000 to 6,000 mutated files. It also allocates any memory a file claims.
Source: MathWorks, "MAT-File Format" (R2024a), chapter 1.
"""

import math
import struct
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.files import brief, check_regular
from vingui.core.formats import base
from vingui.core.phrases import counted

_HEADER_BYTES: Final = 128
_MATRIX: Final = 14
_COMPRESSED: Final = 15
_NUMBER_TYPES: Final = {
    1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8",
}  # fmt: skip
_NUMERIC_CLASSES: Final = range(6, 16)
_CLASS_NAMES: Final = {1: "cell", 2: "struct", 3: "object", 4: "char", 5: "sparse", 16: "function"}
_MAX_VARIABLES: Final = 1000
_PREVIEW_BYTES: Final = 1024
"""Enough for a variable's flags, size and name, which has at most 63 characters."""


@dataclass(frozen=True)
class Variable:
    """A variable in the file.

    Attributes:
        name: its name.
        kind: `numeric`, `cell`, or another class by its name in MATLAB.
        shape: its dimensions.
        nbytes: the bytes that it takes when unpacked.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    nbytes: int
    _offset: int
    _packed_bytes: int
    _compressed: bool
    _order: Literal["<", ">"]


def list_variables(path: Path) -> dict[str, Variable]:
    """The variables of a file, without their numbers.

    Raises:
        VinguiError: it is not a valid MAT-file of version 5, or it is one of version 7.3.
        OSError: it cannot be read.
    """
    size = check_regular(path)
    variables: dict[str, Variable] = {}
    with path.open("rb") as file:
        order = _byte_order(file.read(_HEADER_BYTES))
        offset, count = _HEADER_BYTES, 0
        # MATLAB itself sometimes leaves a few zero bytes at the end.
        while size - offset >= 8:
            count += 1
            if count > _MAX_VARIABLES:
                raise VinguiError(f"The file has more than {_MAX_VARIABLES} variables")
            file.seek(offset)
            kind, packed = struct.unpack(order + "II", file.read(8))
            if packed > size - offset - 8:
                raise VinguiError("The MATLAB file is cut short")
            variable = _previewed(file, kind, offset + 8, packed, order)
            if variable is not None:
                variables[variable.name] = variable
            offset += 8 + packed
    return variables


def read_numeric(path: Path, variable: Variable) -> NDArray[Any]:
    """The numbers of a variable.

    Returns:
        Its array in the dtype that it is stored in, read-only, the first index fastest. MATLAB
        stores whole doubles as integers.

    Raises:
        VinguiError: it is not numeric or not valid, or larger than `base.MAX_ARRAY_BYTES`.
        OSError: it cannot be read.
    """
    return _array(_Matrix.parsed(_unpacked(path, variable), variable._order), variable._order)


def read_cells(path: Path, variable: Variable) -> list[NDArray[Any]]:
    """The arrays of a cell variable, in MATLAB's order.

    Raises:
        VinguiError: it is not a cell of numeric arrays or not valid, or larger than
            `base.MAX_ARRAY_BYTES`.
        OSError: it cannot be read.
    """
    order = variable._order
    matrix = _Matrix.parsed(_unpacked(path, variable), order)
    # A cell takes at least 8 bytes, so impossible counts are refused here.
    if matrix.kind != "cell" or math.prod(matrix.shape) * 8 > len(matrix.content):
        raise VinguiError(f"{variable.name} is not a valid cell array")
    cells = []
    at = 0
    for _ in range(math.prod(matrix.shape)):
        kind, content, at = _element(matrix.content, at, order)
        if kind != _MATRIX:
            raise VinguiError(f"{variable.name} holds something other than arrays")
        cells.append(_array(_Matrix.parsed(content, order), order))
    return cells


def _byte_order(header: bytes) -> Literal["<", ">"]:
    if header.startswith((b"\x89HDF", b"MATLAB 7.3")):
        raise VinguiError("MATLAB files of version 7.3 are not read. Save it with '-v7' in MATLAB")
    order_mark = header[126:128]
    order: Literal["<", ">"] = "<" if order_mark == b"IM" else ">"
    if order_mark not in (b"IM", b"MI") or struct.unpack(order + "H", header[124:126])[0] >> 8 != 1:
        raise VinguiError(
            "This is not a MATLAB file of version 5 to 7: save it with '-v7' in MATLAB"
        )
    return order


def _previewed(
    file: IO[bytes], kind: int, offset: int, packed: int, order: Literal["<", ">"]
) -> Variable | None:
    """The variable at `offset`, `packed` bytes long in the file; `None` for other elements."""
    preview, nbytes = file.read(min(packed, _PREVIEW_BYTES)), packed
    compressed = kind == _COMPRESSED
    if compressed:
        try:
            preview = zlib.decompressobj().decompress(preview, _PREVIEW_BYTES)
        except zlib.error:
            raise VinguiError("The MATLAB file is damaged") from None
        if len(preview) < 8:
            raise VinguiError("The MATLAB file is damaged: a variable is empty")
        kind, nbytes = struct.unpack(order + "II", preview[:8])
        preview = preview[8:]
        if nbytes > packed * base.MAX_DEFLATE_RATIO:
            raise VinguiError(
                f"The MATLAB file is damaged: {packed:,} packed bytes claim to hold {nbytes:,}"
            )
    if kind != _MATRIX:
        return None
    matrix = _Matrix.parsed(memoryview(preview), order)
    # A matrix without a name is MATLAB's own, for function handles.
    if not matrix.name:
        return None
    return Variable(
        matrix.name, matrix.kind, matrix.shape, nbytes, offset, packed, compressed, order
    )


def _unpacked(path: Path, variable: Variable) -> memoryview:
    base.check_bytes(variable.name, variable.nbytes)
    with path.open("rb") as file:
        file.seek(variable._offset)
        data = file.read(variable._packed_bytes)
    if variable._compressed:
        stream = zlib.decompressobj()
        with suppress(zlib.error):
            # With room for one more byte zlib reaches the end and compares the checksum.
            data = stream.decompress(data, 8 + variable.nbytes + 1)
        if not stream.eof:
            raise VinguiError(
                f"The data of {variable.name} is damaged, or not "
                f"{counted(variable.nbytes, 'byte')} long"
            )
    content = memoryview(data)[8:] if variable._compressed else memoryview(data)
    if len(content) != variable.nbytes:
        raise VinguiError(
            f"{variable.name} must have {counted(variable.nbytes, 'byte')}, "
            f"but has {len(content):,}"
        )
    return content


@dataclass(frozen=True)
class _Matrix:
    """A matrix element taken apart; `content` is what follows its name."""

    kind: str
    shape: tuple[int, ...]
    name: str
    content: memoryview

    @classmethod
    def parsed(cls, data: memoryview, order: Literal["<", ">"]) -> "_Matrix":
        if not data:
            return cls("numeric", (0, 0), "", data)
        flags_type, flags, at = _element(data, 0, order)
        shape_type, dims, at = _element(data, at, order)
        name_type, name, end = _element(data, at, order)
        types = flags_type, shape_type, name_type
        if types != (6, 5, 1) or len(flags) != 8 or len(name) > 63:
            raise VinguiError("A matrix of the MATLAB file is damaged")
        if not 8 <= len(dims) <= 128 or len(dims) % 4:
            raise VinguiError("A matrix of the MATLAB file is damaged")
        flag_bits = struct.unpack(order + "I", flags[:4])[0]
        shape = struct.unpack(f"{order}{len(dims) // 4}i", dims)
        if min(shape) < 0:
            raise VinguiError("A matrix of the MATLAB file has a negative size")
        return cls(_kind(flag_bits), shape, bytes(name).decode("ascii", "replace"), data[end:])


def _kind(flag_bits: int) -> str:
    class_number, is_complex = flag_bits & 0xFF, flag_bits & 0x0800
    if class_number in _NUMERIC_CLASSES:
        return "complex" if is_complex else "numeric"
    return _CLASS_NAMES.get(class_number, f"class {class_number}")


def _element(data: memoryview, at: int, order: Literal["<", ">"]) -> tuple[int, memoryview, int]:
    """The type and content of the element at `at`, and where the next one begins."""
    if at + 8 > len(data):
        raise VinguiError("A matrix of the MATLAB file is cut short")
    kind, length = struct.unpack(order + "II", data[at : at + 8])
    if kind >> 16:
        kind, length, begin, end = kind & 0xFFFF, kind >> 16, at + 4, at + 8
        if length > 4:
            raise VinguiError("A matrix of the MATLAB file is damaged")
    else:
        begin = at + 8
        end = begin + length + -length % 8
    if begin + length > len(data):
        raise VinguiError("A matrix of the MATLAB file is cut short")
    return kind, data[begin : begin + length], end


def _array(matrix: _Matrix, order: Literal["<", ">"]) -> NDArray[Any]:
    if matrix.kind != "numeric":
        raise VinguiError(f"An array must hold numbers, not {brief(matrix.kind)}")
    if not matrix.content and 0 in matrix.shape:
        return np.empty(matrix.shape)
    kind, content, _ = _element(matrix.content, 0, order)
    dtype = np.dtype(order + _NUMBER_TYPES[kind]) if kind in _NUMBER_TYPES else None
    if dtype is None or math.prod(matrix.shape) * dtype.itemsize != len(content):
        raise VinguiError("An array has more or fewer numbers than its shape says")
    return np.frombuffer(content, dtype).reshape(matrix.shape, order="F")
