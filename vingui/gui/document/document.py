"""The one owner of the map, its file and its history."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from vingui.core.grid import GridMap
from vingui.gui.document.file_mark import FileMark
from vingui.gui.document.set_position import SetMember
from vingui.gui.document.undo import EditMap

UNTITLED: Final = "Untitled"

_EMPTY: Final = GridMap(np.zeros((28, 28), bool))


@dataclass(frozen=True)
class Origin:
    """What a document is called, and where its map is from.

    Attributes:
        path: the file that it is kept in, if there is one.
        title: what it is called as long as it has no file.
        about: what there is to say of it, as of a sample.
        member: which map of a set it was opened as.
        mark: the file that it was read from or saved to, as it was then.
        lost: whether that file has been found to hold another map, or none, since.
    """

    path: Path | None = None
    title: str = UNTITLED
    about: str = ""
    member: SetMember | None = None
    mark: FileMark | None = None
    lost: bool = False


@dataclass(frozen=True)
class _Stroke:
    text: str
    before: GridMap


class _History(QUndoStack):
    """Steps without limit. A stroke under way becomes one before a step is undone or redone."""

    def __init__(self, document: "Document") -> None:
        super().__init__(document)
        self._document = document

    def undo(self) -> None:
        """Undo one step."""
        self._document.commit()
        super().undo()

    def redo(self) -> None:
        """Do again the step that was undone last."""
        self._document.commit()
        super().redo()


class Document(QObject):
    """A map that is edited.

    Edits come at once, by `apply`, or as a stroke: `begin`, any number of `preview`s, and `commit`
    or `abandon`. Whatever else is done to the document ends a stroke under way, so whoever draws
    asks `in_stroke` before each `preview`.

    Args:
        grid: the map; an empty one of 28x28 cells if left out.
        parent: the owner.
    """

    changed = Signal()
    """`grid` is another map, also during a stroke."""
    state_changed = Signal()
    """The path, the title, `modified`, or what can be undone may be another."""

    def __init__(self, grid: GridMap = _EMPTY, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._grid = grid
        self._origin = Origin()
        self._stroke: _Stroke | None = None
        self.undo_stack: QUndoStack = _History(self)
        self.undo_stack.indexChanged.connect(self._tell_state)
        self.undo_stack.cleanChanged.connect(self._tell_state)

    @property
    def grid(self) -> GridMap:
        """The map as it is now."""
        return self._grid

    @property
    def path(self) -> Path | None:
        """The file that it is kept in, if there is one."""
        return self._origin.path

    @property
    def title(self) -> str:
        """The file's name, or what a document without a file is called."""
        origin = self._origin
        return origin.title if origin.path is None else origin.path.name

    @property
    def about(self) -> str:
        """What is told of the map, as of a sample; often nothing."""
        return self._origin.about

    @property
    def member(self) -> SetMember | None:
        """Which map of a set it was opened as; `None` where it was opened as none."""
        return self._origin.member

    @property
    def mark(self) -> FileMark | None:
        """The file that the map was read from or saved to, as it was then."""
        return self._origin.mark

    @property
    def lost(self) -> bool:
        """Whether the file that the map was read from or saved to no longer holds it."""
        return self._origin.lost

    @property
    def modified(self) -> bool:
        """Whether the map is another than the file's, or than the one that was opened."""
        drawn = self._stroke is not None and self._stroke.before is not self._grid
        return drawn or self._origin.lost or not self.undo_stack.isClean()

    @property
    def in_stroke(self) -> bool:
        """Whether a stroke is under way."""
        return self._stroke is not None

    def begin(self, text: str) -> None:
        """Begin a stroke on the map as it is.

        Args:
            text: what it does, for the menu: "Draw walls".

        Raises:
            RuntimeError: one is under way.
        """
        if self._stroke is not None:
            raise RuntimeError(f"Expected no stroke under way, received {self._stroke.text!r}")
        self._stroke = _Stroke(text, self._grid)

    def preview(self, grid: GridMap) -> None:
        """Show how far the stroke has come.

        Raises:
            RuntimeError: none is under way.
        """
        if self._stroke is None:
            raise RuntimeError("Expected a stroke under way, received a preview without one")
        self._show(grid)

    def commit(self) -> None:
        """End the stroke, if there is one: a step that can be undone, if anything changed."""
        stroke, self._stroke = self._stroke, None
        if stroke is None:
            return
        if self._grid != stroke.before:
            self._push(stroke.text, stroke.before, self._grid)
        self.state_changed.emit()

    def abandon(self) -> None:
        """Go back to the map before the stroke, if there is one."""
        if self._stroke is not None:
            self._settle(self._stroke.before)
            self.state_changed.emit()

    def apply(self, text: str, grid: GridMap, *, title: str = "") -> None:
        """Make one step that can be undone, if `grid` is another map.

        Args:
            text: what it does, for the menu: "Invert walls".
            grid: the map after it.
            title: what the map after it is called where it is no longer the same document, as a
                generated one: it has no file then. Undoing the step gives back name and file.
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
        mark: FileMark | None = None,
    ) -> None:
        """Become another document, without a history.

        Args:
            grid: its map.
            path: its file.
            title: what it is called as long as it has no file.
            about: what is told of it.
            modified: whether there is something to save, as in one that was recovered.
            member: which map of a set it is.
            mark: the file that it was read from, as it was then.
        """
        self._stroke = None
        self._origin = Origin(path, title, about, member, mark)
        self.undo_stack.clear()
        if modified:
            self.undo_stack.resetClean()
        else:
            self.undo_stack.setClean()
        self._show(grid)
        self.state_changed.emit()

    def saved(
        self, path: Path, grid: GridMap | None = None, *, mark: FileMark | None = None
    ) -> None:
        """Take note that the document is kept in a file.

        Args:
            path: the file.
            grid: the map that was written; the present one if left out. Where it is another one,
                because drawing went on meanwhile, the document stays modified.
            mark: the file as it was written.
        """
        self._origin = replace(self._origin, path=path, mark=mark, lost=False)
        if grid is None or grid == self._settled():
            self.undo_stack.setClean()
        else:
            self.undo_stack.resetClean()
        self.state_changed.emit()

    def set_lost(self, *, lost: bool) -> None:
        """Take note of whether the file holds another map now, or is gone."""
        self._origin = replace(self._origin, lost=lost)
        self.state_changed.emit()

    def let_go_of_file(self) -> None:
        """Become a document without a file, and without anything to save."""
        title = self.title if self.path is None else self.path.stem
        self._origin = Origin(title=title, about=self.about)
        self.undo_stack.setClean()
        self.state_changed.emit()

    def _push(
        self, text: str, before: GridMap, after: GridMap, origin: Origin | None = None
    ) -> None:
        swap = None if origin is None else self._swapping(origin)
        self.undo_stack.push(
            EditMap(text, before, after, current=self._settled, show=self._settle, swap=swap)
        )

    def _swapping(self, other: Origin) -> Callable[[], None]:
        """What puts another origin in the place of the present one, and next time that one back."""

        def swap() -> None:
            nonlocal other
            other, self._origin = self._origin, other

        return swap

    def _settled(self) -> GridMap:
        """The map that the history has led to, without the stroke under way."""
        return self._grid if self._stroke is None else self._stroke.before

    def _settle(self, grid: GridMap) -> None:
        # Qt's own undo actions do not ask `_History`: then a stroke under way is given up.
        self._stroke = None
        self._show(grid)

    def _show(self, grid: GridMap) -> None:
        if grid is not self._grid:
            self._grid = grid
            self.changed.emit()

    def _tell_state(self) -> None:
        self.state_changed.emit()
