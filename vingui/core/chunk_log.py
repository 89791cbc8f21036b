"""A file that keeps the finished chunks of a long computation, so that it can be resumed.

The first line is the request; each further line has the number of a chunk and its results, as JSON.
A chunk whose line was cut short by a crash is computed again.
"""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, Final, Self

from vingui.core.errors import VinguiError
from vingui.core.files import naming, parse_json, reading

VERSION: Final = 1
_KIND: Final = "vingui's finished chunks"
_DAMAGED: Final = "It is damaged. Delete it to begin again"


class ChunkLog:
    """Keeps chunks in a file; as a context manager, closes it.

    Args:
        path: the file. It is written when the first chunk is finished.
        request: the request, a JSON object.
        resume: whether to go on with the chunks in the file, if there is one; if not, it is
            replaced.

    Raises:
        VinguiError: the file cannot be read, is damaged, or is of another request.
    """

    def __init__(self, path: Path, request: Mapping[str, Any], *, resume: bool) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        self._head = {"kind": _KIND, "version": VERSION, "request": request}
        self._places: dict[int, int] = {}
        if resume and path.exists():
            with reading(path), naming(path), ExitStack() as stack:
                file = stack.enter_context(path.open("r+b"))
                self._find_chunks(file)
                self._file = file
                stack.pop_all()

    def _find_chunks(self, file: IO[bytes]) -> None:
        head = file.readline()
        if not head.endswith(b"\n") or _parsed(head) != self._head:
            raise VinguiError(
                "It keeps the chunks of another command, of other maps or models, or of another "
                "version of vingui. Repeat the command that was interrupted, or begin again "
                "without resuming"
            )
        place = file.tell()
        while (line := file.readline()).endswith(b"\n"):
            number = _parsed(line).get("chunk")
            if type(number) is not int:
                raise VinguiError(_DAMAGED)
            self._places[number] = place
            place = file.tell()
        file.truncate(place)

    def __contains__(self, number: int) -> bool:
        return number in self._places

    def read(self, number: int) -> Any:
        """The results of a chunk.

        Raises:
            KeyError: it is not finished.
            VinguiError: the file cannot be read any more.
        """
        assert self._file is not None  # noqa: S101 - a chunk was found in it or written to it
        with reading(self._path):
            self._file.seek(self._places[number])
            return _parsed(self._file.readline()).get("results")

    def add(self, number: int, results: str) -> None:
        """Keep the results of a chunk, a line of JSON.

        Raises:
            VinguiError: the file cannot be written.
        """
        with naming(self._path):
            try:
                if self._file is None:
                    self._file = self._path.open("w+b")
                    self._file.write(json.dumps(self._head).encode() + b"\n")
                self._file.seek(0, 2)
                self._places[number] = self._file.tell()
                self._file.write(b'{"chunk":%d,"results":%b}\n' % (number, results.encode()))
                self._file.flush()
            except OSError as error:
                raise VinguiError(f"Finished chunks cannot be kept: {error.strerror}") from error

    def remove(self) -> None:
        """Delete the file: everything is done."""
        self.close()
        if self._places:
            self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        content = parse_json(line)
    except ValueError:
        raise VinguiError(_DAMAGED) from None
    if not isinstance(content, dict):
        raise VinguiError(_DAMAGED)
    return content
