"""Recovery of unsaved maps after a crash, and restoring the last map at the next start.

Each window writes its own file into the recovery folder: a vingui map, which can be opened as any
other, with the rest of the document under the key `recovery`. A `QLockFile` beside it shows
whether its process is still running.
"""

import json
import os
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QElapsedTimer, QLockFile, QObject, QTimer, Signal

from vingui.core.errors import VinguiError
from vingui.core.files import move_aside, name_of, read_text, replacing
from vingui.core.grid import GridMap
from vingui.core.temporary_files import remove_leftovers
from vingui.gui.background import Latest
from vingui.gui.document.document import UNTITLED, Document
from vingui.gui.document.file_fingerprint import FileFingerprint
from vingui.gui.document.set_position import SetMember

_KEY: Final = "recovery"
_LAST: Final = "last.json"
_NAMES: Final = re.compile(r"(drawing-\d+-[0-9a-f]+)\.(lock|json)")
_RETRY_MS: Final = 30_000

OnDamaged = Callable[[Path], None]


@dataclass(frozen=True)
class _Drawing:
    """The parts of a document that are saved.

    Attributes:
        grid: the map.
        path: the document's file, if it has one.
        title: its title.
        about: its description.
        modified: whether it has unsaved changes.
        member: the map of a set that it was opened from, if any.
        fingerprint: the state of its file when it was last read or written.
    """

    grid: GridMap
    path: Path | None
    title: str
    about: str
    modified: bool
    member: SetMember | None
    fingerprint: FileFingerprint | None

    @classmethod
    def of(cls, document: Document) -> "_Drawing":
        return cls(**{part.name: getattr(document, part.name) for part in fields(cls)})


@dataclass(frozen=True, eq=False)
class Recovered(_Drawing):
    """A document that was found in the recovery folder.

    Attributes:
        when: when it was written.
    """

    when: datetime
    _file: Path
    _lock: QLockFile | None = field(default=None, repr=False)

    def discard(self) -> None:
        """Remove the file, which would otherwise be found again at the next start.

        A caller that has opened the document has to call `Recovery.flush` first.
        """
        with suppress(OSError):
            self._file.unlink()
        if self._lock is not None:
            self._lock.unlock()


class Recovery(QObject):
    """Writes a document with unsaved changes to a recovery file, shortly after each edit.

    The file is removed when there are no unsaved changes. Writing happens in a background thread.

    Args:
        document: the document.
        folder: the recovery folder, which is created when first needed.
        delay_ms: milliseconds from an edit to writing, if no other edit follows.
        longest_ms: milliseconds from an edit to writing, at most, while more edits follow.
    """

    failed = Signal(str)
    """The recovery file could not be written: one line of text. Emitted once until it succeeds."""

    def __init__(
        self,
        document: Document,
        folder: Path,
        *,
        delay_ms: int = 1500,
        longest_ms: int = 5000,
    ) -> None:
        super().__init__(document)
        self._document = document
        self._delay_ms = delay_ms
        self._longest_ms = longest_ms
        self._recovery_file = _RecoveryFile(folder)
        self._latest = Latest(self)
        self._requested: _Drawing | None = None
        self._warned = False
        self._waiting = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._write)
        document.changed.connect(self._on_map_edited)
        document.state_changed.connect(self._on_map_edited)

    @property
    def pending(self) -> bool:
        """Whether the file is still to be written or removed."""
        return self._timer.isActive() or self._latest.busy

    def flush(self) -> None:
        """Write or remove the file now, in this thread."""
        self._stop()
        drawing = self._wanted()
        try:
            self._recovery_file.job(drawing)()
        except VinguiError as error:
            self._fail(error)
        else:
            self._requested = drawing
            self._warned = False

    def discard(self) -> None:
        """Remove the recovery file now, since the document was closed normally."""
        self._stop()
        self._requested = None
        with suppress(VinguiError):
            self._recovery_file.job(None)()

    def _stop(self) -> None:
        self._timer.stop()
        self._waiting.invalidate()
        self._latest.cancel()

    def _wanted(self) -> _Drawing | None:
        return _Drawing.of(self._document) if self._document.modified else None

    def _on_map_edited(self) -> None:
        if self._wanted() == self._requested:
            return
        if not self._waiting.isValid():
            self._waiting.start()
        left = max(0, self._longest_ms - self._waiting.elapsed())
        self._timer.start(min(self._delay_ms, left) if self._document.modified else 0)

    def _write(self) -> None:
        self._waiting.invalidate()
        self._requested = self._wanted()
        self._latest.submit(
            self._recovery_file.job(self._requested), on_done=self._succeed, on_failure=self._fail
        )

    def _succeed(self, _: None) -> None:
        self._warned = False

    def _fail(self, error: VinguiError) -> None:
        self._requested = None
        self._timer.start(_RETRY_MS)
        if not self._warned:
            self._warned = True
            self.failed.emit(f"The map would be lost in a crash: {error}")


class _RecoveryFile:
    """The recovery file of this window. Jobs may run in any thread, each one once."""

    def __init__(self, folder: Path) -> None:
        # A process may get the id of a dead process, whose file may still be here.
        name = f"drawing-{os.getpid()}-{secrets.token_hex(4)}"
        self._file = folder / f"{name}.json"
        self._lock = _lock(folder / f"{name}.lock")
        self._mutex = threading.Lock()
        self._requested = 0
        self._done = 0

    def job(self, drawing: _Drawing | None) -> Callable[[], None]:
        """Return a function that writes the document or, for `None`, removes the file.

        It does nothing if a later job was done before, and raises `VinguiError` on failure.
        """
        self._requested += 1
        number = self._requested

        def work() -> None:
            with self._mutex:
                if number > self._done:
                    self._done = number
                    self._remove() if drawing is None else self._write(drawing)

        return work

    def _write(self, drawing: _Drawing) -> None:
        self._acquire_lock()
        _write(self._file, drawing)

    def _remove(self) -> None:
        if not self._lock.isLocked():
            return
        try:
            self._file.unlink(missing_ok=True)
        except OSError as error:
            raise _failure(self._file, "the file cannot be removed", error.strerror) from error
        self._lock.unlock()

    def _acquire_lock(self) -> None:
        if self._lock.isLocked():
            return
        folder = self._file.parent
        try:
            _make_private(folder)
        except OSError as error:
            raise _failure(folder, "the folder cannot be created", error.strerror) from error
        # Without a lock, another window would take the file for that of a dead process.
        if not self._lock.tryLock(0):
            denied = self._lock.error() == QLockFile.LockError.PermissionError
            why = "Permission denied" if denied else "No space for a lock file"
            raise _failure(folder, "the folder cannot be written to", why)


def _failure(path: Path, what: str, why: str | None) -> VinguiError:
    return VinguiError(f"{name_of(path)}: {what}: {why}")


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Some file systems have no permissions.
    with suppress(OSError):
        folder.chmod(0o700)


def find_recovered(folder: Path, on_damaged: OnDamaged | None = None) -> Recovered | None:
    """Find the newest document left by a dead process, unless another window has found it.

    This reads files, and may be called in a background thread.

    Args:
        folder: the recovery folder.
        on_damaged: called with each damaged file, after it was moved aside.
    """
    found: list[Recovered] = []
    remove_leftovers(folder)
    for name in _names(folder):
        lock = _lock(folder / f"{name}.lock")
        # A lock file may name the wrong process: another one may have the dead process's id, or the
        # power failed before it was written. But only a running owner prevents its removal.
        if not (lock.tryLock(0) or (lock.removeStaleLockFile() and lock.tryLock(0))):
            continue
        recovered = _read(folder / f"{name}.json", lock, on_damaged)
        if recovered is None:
            lock.unlock()
        else:
            found.append(recovered)
    newest = max(found, key=lambda recovered: recovered.when, default=None)
    for recovered in found:
        if recovered is not newest and recovered._lock is not None:
            recovered._lock.unlock()
    return newest


def save_last_map(document: Document, folder: Path) -> bool:
    """Save the document for the next start, even if unmodified; return whether that succeeded.

    The file is written before this returns, since the window is closing.
    """
    try:
        _make_private(folder)
        _write(folder / _LAST, _Drawing.of(document))
    except (OSError, VinguiError):
        return False
    return True


def load_last_map(folder: Path, on_damaged: OnDamaged | None = None) -> Recovered | None:
    """Return the document of the window that was closed last, if it was saved.

    Args:
        folder: the recovery folder.
        on_damaged: called with the file if it is damaged, after it was moved aside.
    """
    return _read(folder / _LAST, None, on_damaged)


def _names(folder: Path) -> Iterator[str]:
    try:
        files = sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return
    matches = (_NAMES.fullmatch(file) for file in files)
    yield from dict.fromkeys(match[1] for match in matches if match)


def _lock(path: Path) -> QLockFile:
    lock = QLockFile(str(path))
    # Locks never expire with time, since a window may stay open for days.
    lock.setStaleLockTime(0)
    return lock


def _write(file: Path, drawing: _Drawing) -> None:
    from vingui.core.formats import vingui_map

    rest = {
        "path": None if drawing.path is None else str(drawing.path.absolute()),
        "title": drawing.title,
        "about": drawing.about,
        "modified": drawing.modified,
        "member": None if drawing.member is None else drawing.member.record(),
        "fingerprint": None if drawing.fingerprint is None else drawing.fingerprint.record(),
        "when": datetime.now(UTC).isoformat(),
        "process": os.getpid(),
    }
    text = vingui_map.encoded(drawing.grid).rstrip().removesuffix("}").rstrip()
    # Maps are private, and a file that already exists would keep its permissions.
    with suppress(OSError):
        file.chmod(0o600)
    with replacing(file) as temporary:
        temporary.chmod(0o600)
        temporary.write_text(f'{text},\n  "{_KEY}": {json.dumps(rest)}\n}}\n', encoding="utf-8")


def _read(file: Path, lock: QLockFile | None, on_damaged: OnDamaged | None) -> Recovered | None:
    """Read a saved document; `None` if there is no file or it cannot be read."""
    from vingui.core.formats import vingui_map
    from vingui.core.formats.base import MAX_TEXT_BYTES

    try:
        content = json.loads(read_text(file, limit=MAX_TEXT_BYTES))
        return _recovered(vingui_map.read(file).maps[0], content.get(_KEY), file, lock)
    except OSError:
        return None
    except (VinguiError, ValueError, ArithmeticError, RecursionError):
        with suppress(OSError):
            aside = move_aside(file)
            if on_damaged is not None:
                on_damaged(aside)
        return None


def _recovered(grid: GridMap, rest: Any, file: Path, lock: QLockFile | None) -> Recovered:
    if not isinstance(rest, dict):
        raise VinguiError(f"Expected a {_KEY} object, received {type(rest).__name__}")
    path, title, about, when = (rest.get(key) for key in ("path", "title", "about", "when"))
    if not isinstance(when, str):
        raise VinguiError(f"Expected a time, received {type(when).__name__}")
    return Recovered(
        grid=grid,
        path=Path(path) if isinstance(path, str) and path else None,
        title=title if isinstance(title, str) and title else UNTITLED,
        about=about if isinstance(about, str) else "",
        modified=rest.get("modified") is not False,
        member=SetMember.from_record(rest.get("member")),
        fingerprint=FileFingerprint.from_record(rest.get("fingerprint")),
        when=datetime.fromisoformat(when).astimezone(UTC),
        _file=file,
        _lock=lock,
    )
