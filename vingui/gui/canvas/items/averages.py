"""The picture of a large map, of which each pixel is the average of several cells."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from vingui.gui.background import run
from vingui.gui.canvas.rgb import packed_rgb, rgb32_image

LARGE: Final = 1 << 20
"""Cells of the largest map that is coloured and scaled at once, and not in the background."""

_MOST_CHANGED: Final = 1 << 17
"""The most cells that are looked at one by one."""

Entries = NDArray[np.unsignedinteger[Any]]
"""`(rows, cols)` uint8 or uint16: the index of each cell in a table of colours."""


class Averages:
    """Finds the picture in a thread, and afterwards changes only the pixels of changed cells.

    Args:
        parent: once it is destroyed, nothing is called.
        on_found: called when there is another picture.
        at_once: whether to wait for the picture.
    """

    def __init__(self, parent: QObject, on_found: Callable[[], None], *, at_once: bool) -> None:
        self._parent, self._on_found, self._at_once = parent, on_found, at_once
        self._entries: Entries = np.zeros((0, 0), np.uint8)
        self._packed, self._colours = np.zeros(0, np.uint32), np.zeros((0, 4), np.float32)
        self._image = np.zeros((0, 0), np.uint32)
        self._visited = np.zeros((0, 0), np.int32)
        self._visits = 0
        self._known = self._running = False
        self._missed: list[NDArray[np.int64]] | None = None

    def show(
        self, entries: Entries, table: NDArray[np.uint8], *, changed: NDArray[np.int64] | None
    ) -> None:
        """Set the cells, as for `Cells.show_entries`."""
        if entries.shape != self._entries.shape:
            self._image = np.zeros((0, 0), np.uint32)
        # Machine code is made for read-only arrays, which those of maps are.
        self._entries = entries.view()
        self._entries.flags.writeable = False
        if changed is None or changed.size > _MOST_CHANGED:
            self._packed = packed_rgb(table)
            self._colours = np.pad(table, ((0, 0), (0, 1))).astype(np.float32)
            self._known, self._missed = False, None
        elif self._known:
            self._change(changed)
        elif self._missed is not None:
            self._missed.append(changed)

    def _change(self, cells: NDArray[np.int64]) -> None:
        from vingui.core.engine.averaging import average_around

        self._visits += 1
        average_around(
            self._entries, self._colours, self._image, cells, self._visited, self._visits
        )

    def image(self, width: int, height: int) -> QImage:
        """Return the picture, or until it is found another one to be drawn in its place."""
        if not (self._known and self._image.shape == (height, width)):
            self._find(width, height)
        if not self._image.size:
            return self._sampled(width, height)
        return rgb32_image(self._image)

    def _find(self, width: int, height: int) -> None:
        if self._running:
            return
        entries, colours = self._entries, self._colours
        self._running, self._known, self._missed = True, False, []

        def find() -> NDArray[np.uint32]:
            # Imported when it is first needed: the window starts without Numba.
            from vingui.core.engine.averaging import average, average_around

            image = np.empty((height, width), np.uint32)
            average(entries, colours, image)
            # Compiled here, and not in the window's thread.
            nothing, visited = np.empty(0, np.int64), np.zeros((1, 1), np.int32)
            average_around(entries, colours, image, nothing, visited, 0)
            return image

        def on_found(image: NDArray[np.uint32]) -> None:
            self._running = False
            self._take(image, of_this_map=entries.shape == self._entries.shape)

        if self._at_once:
            on_found(find())
        else:
            run(find, on_done=on_found, parent=self._parent)

    def _take(self, image: NDArray[np.uint32], *, of_this_map: bool) -> None:
        """Show a picture, even if its cells were all replaced since: the newest one follows."""
        missed, self._missed = self._missed, None
        if of_this_map:
            self._image, self._visited = image, np.zeros(image.shape, np.int32)
        self._known = missed is not None
        for cells in missed or ():
            self._change(cells)
        if not self._at_once:
            self._on_found()

    def _sampled(self, width: int, height: int) -> QImage:
        """Return a picture of which each pixel is one of its cells."""
        rows, cols = self._entries.shape
        places = np.arange(height) * rows // height, np.arange(width) * cols // width
        return rgb32_image(self._packed[self._entries[np.ix_(*places)]]).copy()
