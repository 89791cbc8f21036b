"""Files that libraries read, with a bound on how much of them and in how many pieces."""

import io
import sys
from pathlib import Path
from typing import Final

from vingui.core.errors import VinguiError

_MAX_READS: Final = 1_000_000
"""About two seconds of Pillow's time; a picture of 8192x8192 pixels takes half of them."""


class BoundedFile(io.BufferedReader):
    """A file that refuses to be read further than its bounds.

    Libraries believe what a file says of itself: that a table of contents has 4 GB, or that a
    million pieces follow, each of which costs a few microseconds of Python. One that was made to
    be slow is refused here, whatever it is made of.

    Args:
        path: of a regular file.
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
            VinguiError: that is beyond the bounds. It is raised before memory is taken.
        """
        if size is None or size < 0:
            size = Path(self.name).stat().st_size - self.tell()
        self._reads_left -= 1
        if size > self._bytes_left or self._reads_left < 0:
            raise VinguiError(self._refusal)
        data = super().read(size)
        self._bytes_left -= len(data)
        return data
