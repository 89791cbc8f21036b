"""Temporary files beside their targets, and the removal of those that killed processes left.

A process holds a lock on each of its temporary files. The system releases the lock however the
process ends, so a temporary file without a lock is a leftover.
"""

import errno
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

try:
    import fcntl
except ImportError:  # pragma: no cover - on Windows, where leftovers are not removed
    fcntl = None  # type: ignore[assignment]

_NAME: Final = re.compile(r"\.vingui-[0-9a-f]{12}\..*", re.DOTALL)
_PAUSE: Final = 10.0
"""Seconds until a folder is scanned again: some have very many files."""

_scanned: dict[Path, float] = {}
_own: set[Path] = set()
"""The temporary files that this process is writing."""


@contextmanager
def created_beside(target: Path) -> Iterator[Path]:
    """A new, empty file beside a target, with its suffix; what is left of it is removed at the end.

    First, temporary files that killed processes left in the folder are removed.

    Raises:
        OSError: it cannot be made.
    """
    now = time.monotonic()
    if now - _scanned.get(target.parent, -_PAUSE) >= _PAUSE:
        _scanned[target.parent] = now
        remove_leftovers(target.parent)
    made: list[Path] = []
    descriptor = None
    try:
        descriptor = _create(target, made)
        yield made[-1]
    finally:
        for temporary in made:
            _own.discard(temporary)
            with suppress(OSError):
                temporary.unlink()
        if descriptor is not None:
            os.close(descriptor)


def remove_own() -> None:
    """Remove the files that this process is writing, before it exits at once. Never raises."""
    for temporary in tuple(_own):
        with suppress(OSError):
            temporary.unlink()


def remove_leftovers(folder: Path) -> None:
    """Remove the temporary files in a folder whose writers are gone. Never raises."""
    if fcntl is None:
        return
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name):
                with suppress(OSError):
                    _remove_left(Path(entry.path))


def _remove_left(path: Path) -> None:
    # A link of that name is not followed, and a pipe is not waited for.
    descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid():
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
    finally:
        os.close(descriptor)


def _create(target: Path, made: list[Path]) -> int | None:
    """Create the file and return the descriptor that locks it for as long as it is open.

    Args:
        target: the file beside which it is created.
        made: gets its path, before it is created: Ctrl+C may come as soon as it is there.
    """
    while True:
        temporary = target.with_name(
            f".vingui-{secrets.token_hex(6)}.{target.stem[:32]}{target.suffix}"
        )
        made.append(temporary)
        _own.add(temporary)
        # Not mkstemp: its files can be read by their owner only, whatever the umask says.
        descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)
        if fcntl is None:
            os.close(descriptor)
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                # Another process is just removing it, as a file without a lock.
                os.close(descriptor)
                continue
            # The file system has no locks, so no file is ever treated as a leftover.
        if os.fstat(descriptor).st_nlink:
            return descriptor
        os.close(descriptor)
