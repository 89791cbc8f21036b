"""What a document's file held when it was read or written, to notice changes by others."""

import hashlib
import os
import stat
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final, Self

_MOST_HASHED: Final = 64 << 20
"""Bytes. Sets of maps can be larger; of those the size and the time of the last change count."""


class FileState(Enum):
    """What has become of a file since it was marked."""

    SAME = "same"
    CHANGED = "changed"
    GONE = "gone"
    """There is no such file any more: deleted, moved, or a folder or a pipe is in its place."""


@dataclass(frozen=True)
class FileMark:
    """A file as it was.

    Attributes:
        path: the file or folder, as it was named.
        target: where that led to, after links.
        stamp: device, inode, and the times of the last change of content and of status, in ns.
        size: bytes; -1 of a folder, of which only its being there counts.
        digest: SHA-256 of the content; empty where that was not read.
        second: the other file of a format of two.
    """

    path: Path
    target: str
    stamp: tuple[int, ...]
    size: int
    digest: str
    second: Self | None = None

    @classmethod
    def of(cls, path: Path, second: Path | None = None) -> Self | None:
        """The file or folder as it is now; `None` where it cannot be read.

        Reads the file: call it in a background thread, before the file is read for its content.
        """
        try:
            target = os.path.realpath(path)
            status = os.stat(target)  # noqa: PTH116 - a text, as it is kept
            folder = stat.S_ISDIR(status.st_mode)
            size, digest = (-1, "") if folder else (status.st_size, _digest(target, status))
        except (OSError, ValueError):
            return None
        other = None if second is None else cls.of(second)
        return cls(path, target, _stamp(status), size, digest, other)

    @classmethod
    def from_record(cls, found: Any) -> Self | None:
        """What `record` gave, as it was found in a file; `None` of anything else."""
        match found:
            case {
                "path": str(path),
                "target": str(target),
                "stamp": list(stamp),
                "size": int(size),
                "digest": str(digest),
                "second": second,
            } if path and all(type(number) is int for number in stamp):
                return cls(Path(path), target, tuple(stamp), size, digest, cls.from_record(second))
        return None

    def record(self) -> dict[str, Any]:
        """All of it as JSON has it."""
        return {
            **vars(self),
            "path": str(self.path.absolute()),
            "second": self.second and self.second.record(),
        }

    def untouched(self) -> bool:
        """Whether the file system says that nobody has touched the file; reads nothing.

        False where that is not certain: then `state` tells.
        """
        if self.second is not None and not self.second.untouched():
            return False
        try:
            target = os.path.realpath(self.path)
            status = os.stat(target)  # noqa: PTH116 - a text, as it is kept
        except (OSError, ValueError):
            return False
        if target != self.target or stat.S_ISDIR(status.st_mode) != (self.size < 0):
            return False
        return self.size < 0 or (status.st_size, _stamp(status)) == (self.size, self.stamp)

    def state(self) -> FileState:
        """What has become of the file. It may read it: call it in a background thread."""
        if self.untouched():
            return FileState.SAME
        state = self._own_state()
        if state is FileState.SAME and self.second is not None:
            return self.second.state()
        return state

    def _own_state(self) -> FileState:
        try:
            target = os.path.realpath(self.path)
            status = os.stat(target)  # noqa: PTH116 - a text, as it is kept
            if stat.S_ISDIR(status.st_mode) != (self.size < 0) or not _is_plain(status):
                return FileState.GONE
            # Saving to a link writes what it leads to, which was another file before.
            same = target == self.target and self._holds(target, status)
        except (FileNotFoundError, NotADirectoryError):
            return FileState.GONE
        except (OSError, ValueError):
            return FileState.CHANGED
        return FileState.SAME if same else FileState.CHANGED

    def _holds(self, target: str, status: os.stat_result) -> bool:
        if self.size < 0:
            return True
        # Of another size it need not be read, however large it is.
        if status.st_size != self.size:
            return False
        # The third number is the time of the last change of content.
        read = _digest(target, status)
        return read == self.digest and (read != "" or _stamp(status)[2] == self.stamp[2])


def _stamp(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_ctime_ns


def _is_plain(status: os.stat_result) -> bool:
    return stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)


def _digest(target: str, status: os.stat_result) -> str:
    if status.st_size > _MOST_HASHED or not stat.S_ISREG(status.st_mode):
        return ""
    with open(target, "rb") as file:  # noqa: PTH123 - a text, as it is kept
        return hashlib.sha256(file.read(status.st_size)).hexdigest()
