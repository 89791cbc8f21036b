"""The document, which owns the map, its file and its undo history."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from vingui.core.grid import GridMap
from vingui.gui.document.file_fingerprint import FileFingerprint
from vingui.gui.document.samples import Sample
from vingui.gui.document.set_position import SetMember
from vingui.gui.document.undo import EditMap

UNTITLED: Final = "Untitled"

_EMPTY: Final = GridMap(np.zeros((28, 28), bool))


@dataclass(frozen=True)
class Origin:
    """A document's name, and where its map is from.

    Attributes:
        path: the document's file, if it has one.
        title: its name while it has no file.
        about: a description, such as a sample's.
        member: the map of a set that it was opened from, if any.
        fingerprint: the state of its file when it was read or saved.
        lost: whether another program has changed or removed the file since.
    """

    path: Path | None = None
    title: str = UNTITLED
    about: str = ""
    member: SetMember | None = None
    fingerprint: FileFingerprint | None = None
    lost: bool = False


@dataclass(frozen=True)
class _Stroke:
    text: str
    before: GridMap


class _History(QUndoStack):
    """An unlimited undo stack, which commits a stroke in progress before undo and redo."""

    def __init__(self, document: "Document") -> None:
        super().__init__(document)
        self._document = document

    def undo(self) -> None:
        """Undo one edit."""
        self._document.commit()
        super().undo()

    def redo(self) -> None:
        """Redo the edit that was undone last."""
        self._document.commit()
        super().redo()


class Document(QObject):
    """A map that can be edited.

    An edit is made at once, by `apply`, or as a stroke: `begin`, any number of `preview`s, and
    `commit` or `abandon`. Any other edit ends a stroke in progress, so callers have to check
    `in_stroke` before each `preview`.

    Args:
        grid: the map; an empty one of 28x28 cells if left out.
        parent: the Qt parent.
    """

    changed = Signal()
    """`grid` has changed, possibly during a stroke."""
    state_changed = Signal()
    """The path, the title, `modified` or the undo history may have changed."""

    def __init__(self, grid: GridMap = _EMPTY, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._grid = grid
        self._origin = Origin()
        self._stroke: _Stroke | None = None
        self.undo_stack: QUndoStack = _History(self)
        self.undo_stack.indexChanged.connect(self._emit_state_changed)
        self.undo_stack.cleanChanged.connect(self._emit_state_changed)

    @property
    def grid(self) -> GridMap:
        """The current map."""
        return self._grid

    @property
    def path(self) -> Path | None:
        """The document's file, if it has one."""
        return self._origin.path

    @property
    def title(self) -> str:
        """The file's name, or the document's title if it has no file."""
        origin = self._origin
        return origin.title if origin.path is None else origin.path.name

    @property
    def about(self) -> str:
        """A description of the map, such as a sample's; may be empty."""
        return self._origin.about

    @property
    def member(self) -> SetMember | None:
        """The map of a set that it was opened from, if any."""
        return self._origin.member

    @property
    def fingerprint(self) -> FileFingerprint | None:
        """The state of the file when it was read or saved."""
        return self._origin.fingerprint

    @property
    def lost(self) -> bool:
        """Whether the file no longer holds the map that was read from it or saved to it."""
        return self._origin.lost

    @property
    def modified(self) -> bool:
        """Whether there are unsaved changes."""
        drawn = self._stroke is not None and self._stroke.before is not self._grid
        return drawn or self._origin.lost or not self.undo_stack.isClean()

    @property
    def in_stroke(self) -> bool:
        """Whether a stroke is in progress."""
        return self._stroke is not None

    def begin(self, text: str) -> None:
        """Begin a stroke.

        Args:
            text: the text of the undo entry, such as "Draw walls".

        Raises:
            RuntimeError: a stroke is in progress.
        """
        if self._stroke is not None:
            raise RuntimeError(f"Expected no stroke in progress, received {self._stroke.text!r}")
        self._stroke = _Stroke(text, self._grid)

    def preview(self, grid: GridMap) -> None:
        """Show the map as drawn by the stroke so far.

        Raises:
            RuntimeError: no stroke is in progress.
        """
        if self._stroke is None:
            raise RuntimeError("Expected a stroke in progress, received a preview without one")
        self._show(grid)

    def commit(self) -> None:
        """End the stroke, if any, and add it to the undo history if it changed anything."""
        stroke, self._stroke = self._stroke, None
        if stroke is None:
            return
        if self._grid != stroke.before:
            self._push(stroke.text, stroke.before, self._grid)
        self.state_changed.emit()

    def abandon(self) -> None:
        """Cancel the stroke, if any, and restore the map."""
        if self._stroke is not None:
            self._restore(self._stroke.before)
            self.state_changed.emit()

    def apply(self, text: str, grid: GridMap, *, title: str = "") -> None:
        """Make an undoable edit, unless `grid` equals the current map.

        Args:
            text: the text of the undo entry, such as "Invert walls".
            grid: the map after the edit.
            title: the new title if the edit makes a different document, such as a generated map.
                The document then has no file; undo restores its title and file.
        """
        self.commit()
        if grid != self._grid:
            self._push(text, self._grid, grid, Origin(title=title) if title else None)

    def replace(
        self,
        grid: GridMap,
        *,
        path: Path | None = None,
        title: str = UNTITLED,
        about: str = "",
        modified: bool = False,
        member: SetMember | None = None,
        fingerprint: FileFingerprint | None = None,
    ) -> None:
        """Replace the document by another document, and clear the undo history.

        Args:
            grid: the new map.
            path: its file.
            title: its name while it has no file.
            about: its description.
            modified: whether it has unsaved changes, as a recovered one does.
            member: the map of a set that it was opened from, if any.
            fingerprint: the state of its file when it was read.
        """
        self._stroke = None
        self._origin = Origin(path, title, about, member, fingerprint)
        self.undo_stack.clear()
        if modified:
            self.undo_stack.resetClean()
        else:
            self.undo_stack.setClean()
        self._show(grid)
        self.state_changed.emit()

    def replace_by_sample(self, sample: Sample) -> None:
        """Replace the document by a sample map."""
        self.replace(sample.grid, title=sample.title, about=sample.about)

    def saved(
        self, path: Path, grid: GridMap | None = None, *, fingerprint: FileFingerprint | None = None
    ) -> None:
        """Note that the document was saved to a file.

        Args:
            path: the file.
            grid: the map that was written; the current one if left out. If the map was edited in
                the meantime, the document stays modified.
            fingerprint: the state of the file after it was written.
        """
        self._origin = replace(self._origin, path=path, fingerprint=fingerprint, lost=False)
        if grid is None or grid == self._committed_grid():
            self.undo_stack.setClean()
        else:
            self.undo_stack.resetClean()
        self.state_changed.emit()

    def set_lost(self, *, lost: bool) -> None:
        """Note whether the file was changed or removed by another program."""
        self._origin = replace(self._origin, lost=lost)
        self.state_changed.emit()

    def detach_from_file(self) -> None:
        """Detach the document from its file, without unsaved changes."""
        title = self.title if self.path is None else self.path.stem
        self._origin = Origin(title=title, about=self.about)
        self.undo_stack.setClean()
        self.state_changed.emit()

    def _push(
        self, text: str, before: GridMap, after: GridMap, origin: Origin | None = None
    ) -> None:
        swap = None if origin is None else self._origin_swap(origin)
        self.undo_stack.push(
            EditMap(
                text, before, after, current=self._committed_grid, show=self._restore, swap=swap
            )
        )

    def _origin_swap(self, other: Origin) -> Callable[[], None]:
        """Return a function that swaps the current origin and `other` at each call."""

        def swap() -> None:
            nonlocal other
            other, self._origin = self._origin, other

        return swap

    def _committed_grid(self) -> GridMap:
        """The map of the undo history, without the stroke in progress."""
        return self._grid if self._stroke is None else self._stroke.before

    def _restore(self, grid: GridMap) -> None:
        # Qt's own undo actions bypass `_History`, in which case the stroke in progress is dropped.
        self._stroke = None
        self._show(grid)

    def _show(self, grid: GridMap) -> None:
        if grid is not self._grid:
            self._grid = grid
            self.changed.emit()

    def _emit_state_changed(self) -> None:
        self.state_changed.emit()
