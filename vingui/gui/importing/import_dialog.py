"""A dialog that shows the map of its current choices, which is made in the background."""

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtWidgets import QDialog, QWidget

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.phrases import percent
from vingui.gui.background import Latest
from vingui.gui.canvas.thumbnail import MapPreview
from vingui.gui.look.buttons import dialog_buttons
from vingui.gui.look.debounce import Debounce
from vingui.gui.look.plain_text import RichLabel, title_text

if TYPE_CHECKING:
    from vingui.gui.look.theme import Look

_DELAY_MS: Final = 30
"""The delay after a change, so that a dragged slider does not start work at every step."""

_SLOW_MS: Final = 400
"""The time until the preview says that the map is being made."""


class ImportDialog(QDialog):
    """Asks how a file becomes a map. Results of outdated choices are dropped.

    Subclasses call `choices_changed` when the user changes something, and implement `work`, which
    returns a function that makes the map; that function's result has an attribute `dataset`.

    Args:
        title: the window's title.
        look: the colours of the preview.
        parent: the window.
    """

    def __init__(self, title: str, look: "Look", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title_text(title))
        self._preview = MapPreview(look, self)
        self._preview.setAccessibleName("Resulting map")
        self._preview.setMinimumSize(200, 160)
        self._result_label = RichLabel(parent=self)
        self._result_label.setObjectName("result-size")
        self._result_label.setWordWrap(True)
        self._buttons = dialog_buttons(self, "Open &map", tip="Open the resulting map")
        self._result: Any = None
        self._accepting = False
        self._drafts, self._results = Latest(self), Latest(self)
        self._delay = Debounce(self._begin, _DELAY_MS, self)
        self._slow = Debounce(lambda: self._preview.show_text("Working …"), _SLOW_MS, self)

    @property
    def dataset(self) -> DataSet | None:
        """The map of the current choices; `None` until it has been made."""
        return None if self._result is None else self._result.dataset

    def choices_changed(self) -> None:
        """Make the map of the new choices."""
        self._result = None
        self._results.cancel()
        self._delay.request()
        self._slow.request()

    def accept(self) -> None:
        """Close as soon as the map of the current choices has been made."""
        if self._result is not None:
            super().accept()
            return
        self._accepting = True
        if self._delay.isActive():
            self._delay.stop()
            self._begin()

    def done(self, result: int) -> None:
        """Remember the choices if they were accepted, and stop working."""
        if result == QDialog.DialogCode.Accepted:
            self.remember()
        self._delay.stop()
        self._slow.stop()
        self._drafts.cancel()
        self._results.cancel()
        super().done(result)

    # For subclasses.

    def work(self) -> Callable[[], Any]:
        """Return a function that makes the map of the current choices, for another thread."""
        raise NotImplementedError

    def draft(self) -> Callable[[], Any] | None:
        """Like `work`, but for a rough map that is made quickly; the function may return `None`."""
        return None

    def remember(self) -> None:
        """Remember the choices for the next file."""
        raise NotImplementedError

    def show_result(self, result: Any) -> None:
        """Show what `work` or `draft` returned."""
        grid = result.dataset.maps[0]
        size = f"{grid.rows} × {grid.cols} cells (rows × columns)"
        self._preview.show_text("")
        self._preview.show_map(grid)
        self._result_label.setText(
            f"<b>Map</b>  ·  {size}, {percent(float(grid.free.mean()))} free"
        )
        self._buttons.buttons()[0].setEnabled(True)

    # Making the map.

    def _begin(self) -> None:
        draft = None if self._accepting else self.draft()
        if draft is None:
            self._drafts.cancel()
            self._make()
        else:
            self._drafts.submit(draft, on_done=self._on_draft, on_failure=self._on_failure)

    def _make(self) -> None:
        self._results.submit(self.work(), on_done=self._on_result, on_failure=self._on_failure)

    def _on_draft(self, result: Any) -> None:
        if result is not None:
            self.show_result(result)
        if not self._delay.isActive():
            self._make()

    def _on_result(self, result: Any) -> None:
        if self._delay.isActive():
            return
        self._slow.stop()
        self._result = result
        self.show_result(result)
        if self._accepting:
            self.accept()

    def _on_failure(self, error: VinguiError) -> None:
        self._slow.stop()
        self._accepting = False
        self._preview.show_text("")
        self._preview.show_map(None)
        self._result_label.setText(f"<b>No map</b>  ·  {escape(str(error))}")
        self._buttons.buttons()[0].setEnabled(False)
