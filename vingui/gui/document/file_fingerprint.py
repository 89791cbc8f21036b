"""The state of a file when it was read or written, to notice changes by other programs."""

import hashlib
import os
import stat
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final, Self

_MOST_HASHED: Final = 64 << 20
"""Bytes. Larger files, such as sets of maps, are compared by size and modification time."""


class FileState(Enum):
    """What has happened to a file since it its fingerprint was taken."""

    SAME = "same"
    CHANGED = "changed"
    GONE = "gone"
    """The file was deleted or moved, or replaced by a folder or a pipe."""


@dataclass(frozen=True)
class FileFingerprint:
    """The state of a file or folder at some time.

    Attributes:
        path: the file or folder, as it was given.
        target: the path after resolving links.
        stamp: device, inode, modification time and status change time, in ns.
        size: bytes; -1 for a folder, of which only the existence is checked.
        digest: SHA-256 of the content; empty if it was not read.
        second: the other file, for formats that use two.
    """

    path: Path
    target: str
    stamp: tuple[int, ...]
    size: int
    digest: str
    second: Self | None = None

    @classmethod
    def of(cls, path: Path, second: Path | None = None) -> Self | None:
        """Record the current state of a file or folder; `None` if it cannot be read.

        This reads the file, so call it in a background thread, before the content is loaded.
        """
        try:
            target = os.path.realpath(path)
            status = os.stat(target)  # noqa: PTH116 - kept as a string
            folder = stat.S_ISDIR(status.st_mode)
            size, digest = (-1, "") if folder else (status.st_size, _digest(target, status))
        except (OSError, ValueError):
            return None
        other = None if second is None else cls.of(second)
        return cls(path, target, _stamp(status), size, digest, other)

    @classmethod
    def from_record(cls, found: Any) -> Self | None:
        """Restore a fingerprint from what `record` returned; `None` for anything else."""
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
        """Return the fingerprint as JSON values."""
        return {
            **vars(self),
            "path": str(self.path.absolute()),
            "second": self.second and self.second.record(),
        }

    def untouched(self) -> bool:
        """Whether the file is unchanged according to its metadata; does not read the content.

        If this is False, `state` has to be called to be certain.
        """
        if self.second is not None and not self.second.untouched():
            return False
        try:
            target = os.path.realpath(self.path)
            status = os.stat(target)  # noqa: PTH116 - kept as a string
        except (OSError, ValueError):
            return False
        if target != self.target or stat.S_ISDIR(status.st_mode) != (self.size < 0):
            return False
        return self.size < 0 or (status.st_size, _stamp(status)) == (self.size, self.stamp)

    def state(self) -> FileState:
        """Compare the file with the fingerprint; may read it, so call it in a background thread."""
        if self.untouched():
            return FileState.SAME
        state = self._own_state()
        if state is FileState.SAME and self.second is not None:
            return self.second.state()
        return state

    def _own_state(self) -> FileState:
        try:
            target = os.path.realpath(self.path)
            status = os.stat(target)  # noqa: PTH116 - kept as a string
            if stat.S_ISDIR(status.st_mode) != (self.size < 0) or not _is_plain(status):
                return FileState.GONE
            # Saving to a link writes its target, which was a different file before.
            same = target == self.target and self._holds(target, status)
        except (FileNotFoundError, NotADirectoryError):
            return FileState.GONE
        except (OSError, ValueError):
            return FileState.CHANGED
        return FileState.SAME if same else FileState.CHANGED

    def _holds(self, target: str, status: os.stat_result) -> bool:
        if self.size < 0:
            return True
        # A file of another size need not be read, however large it is.
        if status.st_size != self.size:
            return False
        # The third number of the stamp is the modification time.
        read = _digest(target, status)
        return read == self.digest and (read != "" or _stamp(status)[2] == self.stamp[2])


def _stamp(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_ctime_ns


def _is_plain(status: os.stat_result) -> bool:
    return stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)


def _digest(target: str, status: os.stat_result) -> str:
    if status.st_size > _MOST_HASHED or not stat.S_ISREG(status.st_mode):
        return ""
    with open(target, "rb") as file:  # noqa: PTH123 - kept as a string
        return hashlib.sha256(file.read(status.st_size)).hexdigest()
