"""Maps from standard input and from pipes."""

import re
import stat
import sys
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from vingui.cli.printing import note
from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.files import distinct_names, name_of, reading
from vingui.core.formats import ReadOptions, format_of, movingai, read_dataset, ros

_STANDARD_INPUT: Final = ("-", "/dev/stdin")
_DESCRIPTOR: Final = re.compile(r"/dev/fd/\d+|/proc/self/fd/\d+")
_MOST_BYTES: Final = 256 << 20
_PIECE: Final = 1 << 20


def is_stream(path: Path) -> bool:
    """Whether a path is standard input or a pipe, and so can be read only once."""
    if str(path) in _STANDARD_INPUT or _DESCRIPTOR.fullmatch(str(path)):
        return True
    with suppress(OSError, ValueError):
        return stat.S_ISFIFO(path.stat().st_mode)
    return False


def check_read_once(paths: Sequence[Path]) -> None:
    """Raise `VinguiError` if standard input is given twice."""
    if sum(str(path) in _STANDARD_INPUT for path in paths) > 1:
        raise VinguiError("Standard input is given twice, but can be read only once")


def message_names(paths: Sequence[Path]) -> list[str]:
    """The names of files of maps in messages, from `distinct_names`."""
    return [
        _message_name(path) if is_stream(path) else name
        for path, name in zip(paths, distinct_names(paths), strict=True)
    ]


def read_maps(path: Path, options: ReadOptions) -> DataSet:
    """Read maps as `read_dataset` does, also from standard input and pipes.

    Raises:
        VinguiError: as `read_dataset`, or the stream is too long.
    """
    if not is_stream(path):
        return read_dataset(path, options)
    with tempfile.TemporaryDirectory(prefix="vingui-") as folder:
        file = Path(folder, "stdin")
        try:
            with reading(file):
                _copy(path, file)
            file = file.rename(file.with_suffix(_suffix_of(file)))
            _check_whole(file)
            dataset = read_dataset(file, options)
        except VinguiError as error:
            reason = str(error).removeprefix(f"{name_of(file)}: ")
            raise VinguiError(f"{_message_name(path)}: {reason}") from error
    return replace(dataset, name="stdin")


def _message_name(path: Path) -> str:
    return "standard input" if str(path) in _STANDARD_INPUT else str(path)


def _copy(path: Path, file: Path) -> None:
    """Copy a stream to a file, which can be read more than once."""
    standard = str(path) in _STANDARD_INPUT
    if standard and sys.stdin.isatty():
        note("Reading a map from the terminal; end it with Ctrl+D.")
    left = _MOST_BYTES
    opened = nullcontext(sys.stdin.buffer) if standard else path.open("rb")
    with opened as stream, file.open("wb") as copy:
        while piece := stream.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise VinguiError(
                    f"There are more than {_MOST_BYTES:,} bytes, which is too long for maps"
                )
            copy.write(piece)


def _check_whole(file: Path) -> None:
    """Raise `VinguiError` if the maps are in a second file, which a stream cannot have."""
    if file.suffix in (*ros.FORMAT.suffixes, *movingai.SCENARIO_FORMAT.suffixes):
        raise VinguiError(
            "It names a second file, which must be beside it: give the path of the file instead"
        )


def _suffix_of(file: Path) -> str:
    """The suffix of a file's format, found by its content."""
    with suppress(VinguiError):
        return format_of(file).suffixes[0]
    with file.open("rb") as opened:
        head = opened.read(64)
    # The reader of the most likely format then explains what is wrong.
    return ".json" if head.lstrip().startswith(b"{") else ".txt"
