"""Maps that come from standard input, or from another program through a pipe."""

import re
import stat
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final

from vingui.cli.printing import note
from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.files import reading, shown, told_apart
from vingui.core.formats import ReadOptions, format_of, movingai, read_dataset, ros

_STANDARD_INPUT: Final = ("-", "/dev/stdin")
_DESCRIPTOR: Final = re.compile(r"/dev/fd/\d+|/proc/self/fd/\d+")
_MOST_BYTES: Final = 256 << 20
_PIECE: Final = 1 << 20


def is_stream(path: Path) -> bool:
    """Whether a path is read from its beginning to its end, once, and has no name of its own."""
    if str(path) in _STANDARD_INPUT or _DESCRIPTOR.fullmatch(str(path)):
        return True
    with suppress(OSError, ValueError):
        return stat.S_ISFIFO(path.stat().st_mode)
    return False


def check_read_once(paths: Sequence[Path]) -> None:
    """Raise `VinguiError` where standard input, which can be read once, is given twice."""
    if sum(str(path) in _STANDARD_INPUT for path in paths) > 1:
        raise VinguiError("Standard input is given twice, and can be read once")


def names_for(paths: Sequence[Path]) -> list[str]:
    """What messages call each of some maps, as `told_apart` does."""
    return [
        _called(path) if is_stream(path) else name
        for path, name in zip(paths, told_apart(paths), strict=True)
    ]


def read_maps(path: Path, options: ReadOptions) -> DataSet:
    """Read maps as `read_dataset` does, from standard input and pipes too, by their content.

    Raises:
        VinguiError: as of `read_dataset`; or more came than a file of maps may have.
    """
    if not is_stream(path):
        return read_dataset(path, options)
    called = _called(path)
    with tempfile.TemporaryDirectory(prefix="vingui-") as folder:
        file = Path(folder, "stdin")
        try:
            with reading(file):
                _keep(path, file)
            file = file.rename(file.with_suffix(_suffix_of(file)))
            _check_whole(file)
            dataset = read_dataset(file, options)
        except VinguiError as error:
            reason = str(error).removeprefix(f"{shown(file)}: ")
            raise VinguiError(f"{called}: {reason}") from error
    return replace(dataset, name="stdin")


def _called(path: Path) -> str:
    return "standard input" if str(path) in _STANDARD_INPUT else str(path)


def _keep(path: Path, file: Path) -> None:
    """Copy a stream to a file, where readers can go back and forth."""
    if str(path) not in _STANDARD_INPUT:
        with path.open("rb") as stream:
            _copy(stream, file)
        return
    if sys.stdin.isatty():
        note("Reading a map from the terminal; end it with Ctrl+D.")
    _copy(sys.stdin.buffer, file)


def _copy(stream: BinaryIO, file: Path) -> None:
    left = _MOST_BYTES
    with file.open("wb") as kept:
        while piece := stream.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise VinguiError(f"More than {_MOST_BYTES:,} bytes came, which no map has")
            kept.write(piece)


def _check_whole(file: Path) -> None:
    """Raise `VinguiError` where a file names a second one, which a stream does not bring."""
    if file.suffix in (*ros.FORMAT.suffixes, *movingai.SCENARIO_FORMAT.suffixes):
        raise VinguiError(
            "It names a second file, which must lie beside it: give the path of the file instead"
        )


def _suffix_of(file: Path) -> str:
    """The suffix of the format that a file is of by its content."""
    with suppress(VinguiError):
        return format_of(file).suffixes[0]
    with file.open("rb") as opened:
        head = opened.read(64)
    # The reader of the format that was meant says best what is wrong.
    return ".json" if head.lstrip().startswith(b"{") else ".txt"
