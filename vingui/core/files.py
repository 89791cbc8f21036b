"""Reading files of unknown size and writing files that are never left half done."""

import itertools
import json
import os
import shutil
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final

from vingui.core.errors import VinguiError
from vingui.core.phrases import counted
from vingui.core.temporary_files import created_beside

_HEAD_BYTES: Final = 4097
_MAX_JSON_DEPTH: Final = 50
_BRIEF: Final = 60
_GIST: Final = 120
"""The most characters of a value, and of a library's message, in our messages."""

UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
"""The first bytes of a text in UTF-16."""


def printable(text: str) -> str:
    """The text as one line for a terminal, with control characters escaped."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def name_of(path: Path) -> str:
    """The file's name for messages: one line, with control characters escaped."""
    return printable(path.name or str(path))


def distinct_names(paths: Sequence[Path]) -> list[str]:
    """The names of several files for messages, with folders where names are the same.

    Returns:
        The name of each file; where several have the same name, as much of each path as it takes
        to tell them apart.
    """
    parts = [Path(os.path.normpath(path.absolute())).parts for path in paths]
    names = [path.name or str(path) for path in paths]
    depths = [1] * len(paths)
    while True:
        alike = Counter(names)
        longer = [
            place
            for place, name in enumerate(names)
            if alike[name] > 1 and depths[place] < len(parts[place])
        ]
        if not longer:
            return [printable(name) for name in names]
        for place in longer:
            depths[place] += 1
            names[place] = str(Path(*parts[place][-depths[place] :]))


def brief(value: object) -> str:
    """`repr(value)` cut to about 60 characters, for messages about a file's content."""
    # A long string is cut first, so that only this much of it is copied.
    text = repr(value[: _BRIEF + 1] if isinstance(value, str) else value)
    text = text if isinstance(value, str) else " ".join(text.split())
    return text if len(text) <= _BRIEF else text[:_BRIEF] + "..."


def gist(error: Exception) -> str:
    """A library's message about a damaged file, as one short line of printable characters."""
    message = str(error) or type(error).__name__
    text = "".join(char for char in " ".join(message[:_GIST].split()) if char.isprintable())
    return text if len(message) <= _GIST else text + "..."


def check_regular(path: Path) -> int:
    """The size in bytes of the regular file at `path`.

    Raises:
        VinguiError: it is a folder, a pipe or a device; opening some of these never returns.
        OSError: it does not exist, or its folder may not be read.
    """
    try:
        status = path.stat()
    except ValueError:
        raise VinguiError("The file name has a null character in it") from None
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe, socket or device"
        raise VinguiError(f"It is {kind}, not a file")
    return status.st_size


def read_head(path: Path) -> bytes:
    """The first 4,097 bytes of a file: one more than the longest path on Linux has."""
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES)


def read_bytes(path: Path, *, limit: int) -> bytes:
    """The bytes of a regular file of at most `limit` bytes.

    Raises:
        VinguiError: it is not a regular file, or longer than `limit`.
        OSError: it cannot be read.
    """
    size = check_regular(path)
    if size <= limit:
        with path.open("rb") as file:
            # Python allocates all that is requested, so `limit` bytes are requested only if needed.
            data = file.read(size + 1)
            if len(data) > size:
                data += file.read(limit + 1 - len(data))
        if len(data) <= limit:
            return data
        size = len(data)
    raise VinguiError(f"The file has {counted(size, 'byte')}; at most {limit:,} can be read")


def read_text(path: Path, *, limit: int) -> str:
    r"""The text of a file of at most `limit` bytes, every line's end made `\n`.

    It is in UTF-8, or in UTF-16 with a byte order mark, as PowerShell and Notepad write it.

    Raises:
        VinguiError: it is not a regular file, longer than `limit`, or not such a text.
        OSError: it cannot be read.
    """
    data = read_bytes(path, limit=limit)
    try:
        text = data.decode("utf-16" if data.startswith(UTF16_MARKS) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise VinguiError(
            f"This is not text in UTF-8 or UTF-16: byte {error.start:,}, in line {line:,}, "
            "belongs to neither"
        ) from None
    if "\0" in text:
        raise VinguiError(
            "This is not text: it has null characters, as files of other programs and texts in "
            "UTF-16 without a byte order mark have. Save it as text in UTF-8"
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse_json(text: str | bytes, **options: Any) -> Any:
    """The content of a JSON text. Texts from elsewhere may be nested too deep for Python.

    Args:
        text: the text; bytes in UTF-8.
        **options: as `json.loads` takes them.

    Raises:
        ValueError: it is not JSON, or nested deeper than any file of vingui.
    """
    try:
        content = json.loads(text, **options)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise
    except ValueError:
        # Python refuses such numbers with advice about one of its settings.
        raise ValueError("it has a number of thousands of digits") from None
    level, depth = [content], 0
    while level := [part for value in level for part in _parts(value)]:
        depth += 1
        if depth > _MAX_JSON_DEPTH:
            raise ValueError("it is nested too deep")
    return content


def _parts(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def move_aside(file: Path) -> Path:
    """Rename a damaged file to a new name that ends in `.damaged`.

    Returns:
        Its new path.

    Raises:
        OSError: it cannot be renamed.
    """
    numbers = itertools.count(2)
    aside = file.with_name(f"{file.name}.damaged")
    while os.path.lexists(aside):
        aside = file.with_name(f"{file.name}.{next(numbers)}.damaged")
    return file.rename(aside)


@contextmanager
def naming(path: Path | str) -> Iterator[None]:
    """Put the file's name before the message of a `VinguiError` raised inside, on one line.

    Args:
        path: the file, or what messages call it.
    """
    try:
        yield
    except VinguiError as error:
        message = " ".join(str(error).split())
        name = path if isinstance(path, str) else name_of(path)
        raise VinguiError(f"{name}: {message}") from error


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """As `naming`; an `OSError` or `MemoryError` raised inside becomes a `VinguiError` too."""
    with naming(path):
        try:
            yield
        except OSError as error:
            raise VinguiError(_unreadable(path, error)) from error
        except MemoryError as error:
            raise VinguiError("There is too little memory to read this file") from error


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write a file whole or not at all.

    Yields a temporary path beside the target, with the target's suffix, for the body to write
    to. When the body succeeds the temporary file takes the target's place in one step; when it
    fails the target is as it was and the temporary file is gone.

    Args:
        path: the target. A symbolic link is followed, so that the link itself stays.

    Raises:
        VinguiError: an `OSError` kept it from being written; the message starts with its name.
    """
    temporary: Path | None = None
    try:
        target = Path(os.path.realpath(path))
        _check_target(target)
        with created_beside(target) as temporary:
            yield temporary
            _before_replacing.get()()
            _settle(temporary, target)
    except OSError as error:
        raise VinguiError(f"{name_of(path)}: The file cannot be written: {_why(error)}") from error
    except ValueError as error:
        if temporary is not None:
            raise
        raise VinguiError(f"{name_of(path)}: The file name has a null character in it") from error


_before_replacing: ContextVar[Callable[[], object]] = ContextVar(
    "_before_replacing", default=lambda: None
)


@contextmanager
def before_replacing(check: Callable[[], object]) -> Iterator[None]:
    """In the body, call a function each time `replacing` is about to replace its target.

    Args:
        check: the function; if it raises an exception, the target stays as it was.
    """
    token = _before_replacing.set(check)
    try:
        yield
    finally:
        _before_replacing.reset(token)


def _check_target(target: Path) -> None:
    # Replacing needs permission for the folder only: without this check a write-protected file or
    # a device would be replaced silently.
    if not target.exists():
        return
    if target.is_dir():
        raise IsADirectoryError("it is a folder")
    if not target.is_file():
        raise OSError("it is not a regular file")
    if not os.access(target, os.W_OK):
        raise PermissionError("it is write-protected")


def _settle(temporary: Path, target: Path) -> None:
    if target.exists():
        shutil.copymode(target, temporary)
    # Without this a power cut soon after the replacement can leave an empty file.
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    temporary.replace(target)


def _unreadable(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError) and not path.exists():
        if path.is_symlink():
            return f"It is a link to {brief(str(path.readlink()))}, and there is no such file"
        return "There is no such file or folder"
    return f"The file cannot be read: {_why(error)}"


def _why(error: OSError) -> str:
    # str(error) would show the temporary file's name.
    return error.strerror or str(error) or type(error).__name__
