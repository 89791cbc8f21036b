"""Writing `.npz` files with arrays that are larger than the memory that they may take."""

import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import IO, Any, Final

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

_PART_BYTES: Final = 4 << 20
_LEVEL: Final = 1
"""Of zlib: on the arrays of a run, 6 takes five times as long for an eighth less."""


@dataclass(frozen=True, eq=False)
class ArrayParts:
    """An array that is computed in parts while it is written.

    Attributes:
        shape: its shape.
        dtype: its type.
        parts: arrays that follow each other along its first dimension.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    parts: Iterable[NDArray[Any]]


def write_arrays(
    file: IO[bytes],
    arrays: Mapping[str, NDArray[Any] | ArrayParts],
    *,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write arrays as `numpy.savez_compressed` does, a part at a time.

    Args:
        file: the file, which can be sought in.
        arrays: each array by its name.
        on_progress: called with the number of bytes that are written, before they are packed, and
            of all bytes. It may raise to end the writing.
    """
    total = sum(prod(array.shape) * array.dtype.itemsize for array in arrays.values())
    done = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                header = {
                    "descr": npy.dtype_to_descr(array.dtype),
                    "fortran_order": False,
                    "shape": array.shape,
                }
                npy.write_array_header_1_0(member, header)
                for part in _parts(array):
                    member.write(part)
                    done += len(part)
                    if on_progress is not None:
                        on_progress(done, total)


def _parts(array: NDArray[Any] | ArrayParts) -> Iterator[memoryview]:
    whole = array.parts if isinstance(array, ArrayParts) else [array]
    for part in whole:
        if part.size:
            data = np.ascontiguousarray(part).reshape(-1).view(np.uint8).data
            for first in range(0, len(data), _PART_BYTES):
                yield data[first : first + _PART_BYTES]
