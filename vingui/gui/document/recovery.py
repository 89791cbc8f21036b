"""Keeping the drawing through crashes, and what was left off from one start to the next.

Each window writes a file of its own into the recovery folder: a vingui map, which any vingui can
open, with what else is needed under the key `recovery`. A `QLockFile` beside it tells whether its
process still lives.
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
from vingui.core.files import move_aside, read_text, replacing, shown
from vingui.core.grid import GridMap
from vingui.core.temporary_files import remove_leftovers
from vingui.gui.background import Latest
from vingui.gui.document.document import UNTITLED, Document
from vingui.gui.document.file_mark import FileMark
from vingui.gui.document.set_position import SetMember

_KEY: Final = "recovery"
_LAST: Final = "last.json"
_NAMES: Final = re.compile(r"(drawing-\d+-[0-9a-f]+)\.(lock|json)")
_RETRY_MS: Final = 30_000

OnDamaged = Callable[[Path], None]


@dataclass(frozen=True)
class _Drawing:
    """What is kept of a document.

    Attributes:
        grid: the map.
        path: the file that it belongs to, if it has one.
        title: what it is called.
        about: what is told of it.
        modified: whether it is another than its file.
        member: which map of a set it was opened as.
        mark: its file as it was read or written last.
    """

    grid: GridMap
    path: Path | None
    title: str
    about: str
    modified: bool
    member: SetMember | None
    mark: FileMark | None

    @classmethod
    def of(cls, document: Document) -> "_Drawing":
        return cls(**{one.name: getattr(document, one.name) for one in fields(cls)})


@dataclass(frozen=True, eq=False)
class Recovered(_Drawing):
    """A drawing that was kept.

    Attributes:
        when: when it was kept.
    """

    when: datetime
    _file: Path
    _lock: QLockFile | None = field(default=None, repr=False)

    def forget(self) -> None:
        """Remove its file. As long as it is not forgotten, a later start finds it again.

        Whoever shows it writes it anew first, by `Recovery.flush`.
        """
        with suppress(OSError):
            self._file.unlink()
        if self._lock is not None:
            self._lock.unlock()


class Recovery(QObject):
    """Writes what is not saved of a document to a recovery file, some moments after each edit.

    The file is gone once there is nothing to save. Writing happens in a background thread.

    Args:
        document: whose map it keeps.
        folder: where to; made when first needed.
        delay_ms: how long after an edit, if no other follows.
        longest_ms: how long after an edit while others keep following.
    """

    failed = Signal(str)
    """The drawing could not be kept: one line. Told once, until it succeeds again."""

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
        self._shelf = _Shelf(folder)
        self._latest = Latest(self)
        self._asked: _Drawing | None = None
        self._warned = False
        self._waiting = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._write)
        document.changed.connect(self._on_map_edited)
        document.state_changed.connect(self._on_map_edited)

    @property
    def pending(self) -> bool:
        """Whether something is still to be written or removed."""
        return self._timer.isActive() or self._latest.busy

    def flush(self) -> None:
        """Do now, on this thread, what is to be done some moments later."""
        self._stop()
        drawing = self._wanted()
        try:
            self._shelf.job(drawing)()
        except VinguiError as error:
            self._fail(error)
        else:
            self._asked = drawing
            self._warned = False

    def discard(self) -> None:
        """Remove the recovery file now: the document was closed in peace."""
        self._stop()
        self._asked = None
        with suppress(VinguiError):
            self._shelf.job(None)()

    def _stop(self) -> None:
        self._timer.stop()
        self._waiting.invalidate()
        self._latest.cancel()

    def _wanted(self) -> _Drawing | None:
        return _Drawing.of(self._document) if self._document.modified else None

    def _on_map_edited(self) -> None:
        if self._wanted() == self._asked:
            return
        if not self._waiting.isValid():
            self._waiting.start()
        left = max(0, self._longest_ms - self._waiting.elapsed())
        self._timer.start(min(self._delay_ms, left) if self._document.modified else 0)

    def _write(self) -> None:
        self._waiting.invalidate()
        self._asked = self._wanted()
        self._latest.ask(self._shelf.job(self._asked), done=self._succeed, failed=self._fail)

    def _succeed(self, _: None) -> None:
        self._warned = False

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, VinguiError):
            raise error
        self._asked = None
        self._timer.start(_RETRY_MS)
        if not self._warned:
            self._warned = True
            self.failed.emit(f"The drawing is not kept against a crash: {error}")


class _Shelf:
    """The recovery file of this window. Jobs may be done in any thread, each one once."""

    def __init__(self, folder: Path) -> None:
        # A process may take over the id of a dead one, whose drawing may still be here.
        name = f"drawing-{os.getpid()}-{secrets.token_hex(4)}"
        self._file = folder / f"{name}.json"
        self._lock = _lock(folder / f"{name}.lock")
        self._turn = threading.Lock()
        self._asked = 0
        self._done = 0

    def job(self, drawing: _Drawing | None) -> Callable[[], None]:
        """What writes the drawing, or removes the file; nothing once a later job was done.

        It raises `VinguiError` where the file cannot be written or removed.
        """
        self._asked += 1
        number = self._asked

        def work() -> None:
            with self._turn:
                if number > self._done:
                    self._done = number
                    self._remove() if drawing is None else self._put(drawing)

        return work

    def _put(self, drawing: _Drawing) -> None:
        self._acquire_lock()
        _write(self._file, drawing)

    def _remove(self) -> None:
        if not self._lock.isLocked():
            return
        try:
            self._file.unlink(missing_ok=True)
        except OSError as error:
            raise _refusal(self._file, "file that can be removed", error.strerror) from error
        self._lock.unlock()

    def _acquire_lock(self) -> None:
        if self._lock.isLocked():
            return
        folder = self._file.parent
        try:
            _make_private(folder)
        except OSError as error:
            raise _refusal(folder, "folder that can be made", error.strerror) from error
        # Without its lock another window would offer the file as one of a dead process.
        if not self._lock.tryLock(0):
            denied = self._lock.error() == QLockFile.LockError.PermissionError
            why = "Permission denied" if denied else "no room for a lock file"
            raise _refusal(folder, "folder that can be written", why)


def _refusal(path: Path, expected: str, why: str | None) -> VinguiError:
    return VinguiError(f"{shown(path)}: Expected a {expected}, received: {why}")


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Some file systems know no permissions.
    with suppress(OSError):
        folder.chmod(0o700)


def find(folder: Path, on_damaged: OnDamaged | None = None) -> Recovered | None:
    """The newest drawing that a dead process has left, which no other window now offers.

    It reads files, and may be called in a background thread.

    Args:
        folder: where drawings are kept.
        on_damaged: is given each file that is damaged, which was moved aside.
    """
    found: list[Recovered] = []
    remove_leftovers(folder)
    for name in _names(folder):
        lock = _lock(folder / f"{name}.lock")
        # What stands in a lock file may mislead: another process has the dead one's id, or the
        # power went before it was written. Only a living owner keeps the file from being removed.
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


def remember(document: Document, folder: Path) -> bool:
    """Keep the map for the next start, saved or not; returns whether that was possible.

    Writes before it returns, for a window that closes.
    """
    try:
        _make_private(folder)
        _write(folder / _LAST, _Drawing.of(document))
    except (OSError, VinguiError):
        return False
    return True


def remembered(folder: Path, on_damaged: OnDamaged | None = None) -> Recovered | None:
    """The map that was there when a window was last closed.

    Args:
        folder: where drawings are kept.
        on_damaged: is given the file where it is damaged, which was moved aside.
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
    # Stale by its process alone: a window may well stay open for longer than some seconds.
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
        "mark": None if drawing.mark is None else drawing.mark.record(),
        "when": datetime.now(UTC).isoformat(),
        "process": os.getpid(),
    }
    text = vingui_map.encoded(drawing.grid).rstrip().removesuffix("}").rstrip()
    # What is drawn is nobody else's business. An older version's file would keep its permissions.
    with suppress(OSError):
        file.chmod(0o600)
    with replacing(file) as temporary:
        temporary.chmod(0o600)
        temporary.write_text(f'{text},\n  "{_KEY}": {json.dumps(rest)}\n}}\n', encoding="utf-8")


def _read(file: Path, lock: QLockFile | None, on_damaged: OnDamaged | None) -> Recovered | None:
    """What a file keeps; `None` where there is none, or none that can be read."""
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
        raise VinguiError(f"Expected what was kept with the map, received {type(rest).__name__}")
    path, title, about, when = (rest.get(key) for key in ("path", "title", "about", "when"))
    if not isinstance(when, str):
        raise VinguiError(f"Expected a time, received {type(when).__name__}")
    return Recovered(
        grid=grid,
        path=Path(path) if isinstance(path, str) and path else None,
        title=title if isinstance(title, str) and title else UNTITLED,
        about=about if isinstance(about, str) else "",
        modified=rest.get("modified") is not False,
        member=SetMember.kept(rest.get("member")),
        mark=FileMark.from_record(rest.get("mark")),
        when=datetime.fromisoformat(when).astimezone(UTC),
        _file=file,
        _lock=lock,
    )
