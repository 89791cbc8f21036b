"""Files for libraries to read, with bounds on the bytes and on the number of reads."""

import io
import sys
from pathlib import Path
from typing import Final

from vingui.core.errors import VinguiError

_MAX_READS: Final = 1_000_000
"""About two seconds of Pillow's time; a picture of 8192x8192 pixels takes half as many reads."""


class BoundedFile(io.BufferedReader):
    """A file that cannot be read beyond its bounds.

    Libraries believe what a file claims: that a table of contents has 4 GB, or that a million
    pieces follow, each of which takes a few microseconds of Python. Files of any format that were
    made to be slow are refused here.

    Args:
        path: a regular file.
        nbytes: how many bytes may be read until `open_fully` is called.
        refusal: the message of the `VinguiError` that is raised beyond a bound.
    """

    def __init__(self, path: Path, *, nbytes: int, refusal: str) -> None:
        super().__init__(io.FileIO(path))
        self._bytes_left = nbytes
        self._reads_left = _MAX_READS
        self._refusal = refusal

    def open_fully(self) -> None:
        """Let any number of bytes be read, once what the file claims has been checked."""
        self._bytes_left = sys.maxsize

    def read(self, size: int | None = -1, /) -> bytes:
        """Read at most `size` bytes, or all that are left.

        Raises:
            VinguiError: this is beyond the bounds. It is raised before memory is allocated.
        """
        if size is None or size < 0:
            size = Path(self.name).stat().st_size - self.tell()
        self._reads_left -= 1
        if size > self._bytes_left or self._reads_left < 0:
            raise VinguiError(self._refusal)
        data = super().read(size)
        self._bytes_left -= len(data)
        return data
