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
            removed at once, since the files that it tells of may be replaced.

    Raises:
        VinguiError: the file cannot be read, is damaged, or is of another request.
    """

    def __init__(self, path: Path, request: Mapping[str, Any], *, resume: bool) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        # As it is read again: a tuple becomes a list.
        self._head = json.loads(json.dumps({"kind": _KIND, "version": VERSION, "request": request}))
        self._places: dict[int, tuple[int, str]] = {}
        if not resume:
            with reading(path):
                path.unlink(missing_ok=True)
        elif path.exists():
            with reading(path), ExitStack() as stack:
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
            content = _parsed(line)
            number, key = content.get("chunk"), content.get("key", "")
            if type(number) is not int or type(key) is not str:
                raise VinguiError(_DAMAGED)
            self._places[number] = place, key
            place = file.tell()
        file.truncate(place)

    def has(self, number: int, key: str = "") -> bool:
        """Whether a chunk is finished, with the key that it was added with."""
        return number in self._places and self._places[number][1] == key

    def read(self, number: int) -> Any:
        """The results of a chunk.

        Raises:
            KeyError: it is not finished.
            VinguiError: the file cannot be read any more.
        """
        assert self._file is not None  # noqa: S101 - a chunk was found in it or written to it
        with reading(self._path):
            self._file.seek(self._places[number][0])
            return _parsed(self._file.readline()).get("results")

    def add(self, number: int, results: str, *, key: str = "") -> None:
        """Keep the results of a chunk, a line of JSON, in place of any that it has.

        Args:
            number: the number of the chunk.
            results: the results.
            key: tells what the chunk was made of, if the request does not.

        Raises:
            VinguiError: the file cannot be written.
        """
        with naming(self._path):
            try:
                if self._file is None:
                    # Files of patterns make their folder, and may come later.
                    self._path.parent.mkdir(parents=True, exist_ok=True)
                    self._file = self._path.open("w+b")
                    self._file.write(json.dumps(self._head).encode() + b"\n")
                self._file.seek(0, 2)
                self._places[number] = self._file.tell(), key
                keyed = f',"key":{json.dumps(key)}' if key else ""
                self._file.write(f'{{"chunk":{number}{keyed},"results":{results}}}\n'.encode())
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
