"""What a dialog's choices come to, worked out in the background; only the newest choices count."""

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer

from vingui.core.errors import VinguiError
from vingui.gui.background import Latest
from vingui.gui.look.debounce import Debounce

Work = Callable[[], Any]

_DELAY_MS: Final = 30
"""From a change to the work for it, so that a slider that is dragged does not ask each time."""

_PATIENCE_MS: Final = 400
"""How long a result may take before it is said that it is on its way."""


class LivePreview(QObject):
    """Works out results for a dialog, in two steps where the whole takes long.

    Args:
        work: makes the work for the choices as they are; the work itself runs in a thread.
        draft: the same for a quick picture of the result; it may come to `None`: not worth it.
        show: is given what the work came to, or the draft.
        tell: is given the line that says why there is none.
        slow: is called when a result takes a while.
        parent: the dialog.
    """

    def __init__(
        self,
        work: Callable[[], Work],
        *,
        show: Callable[[Any], None],
        tell: Callable[[str], None],
        slow: Callable[[], None],
        draft: Callable[[], Work] | None = None,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._work, self._draft = work, draft
        self._show, self._tell = show, tell
        self._drafts, self._results = Latest(self), Latest(self)
        self._soon = Debounce(self._begin, _DELAY_MS, self)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(slow)
        self._then: Callable[[], None] | None = None
        self.result: Any = None
        """What the choices as they are come to; `None` while that is not known."""

    def change(self) -> None:
        """Take note that the choices are others."""
        self.result = None
        self._results.cancel()
        self._soon.ask()
        if not self._patience.isActive():
            self._patience.start()

    def then(self, call: Callable[[], None]) -> None:
        """Call something once the result is there; not at all where there is none."""
        if self.result is not None:
            call()
            return
        self._then = call
        if self._soon.isActive():
            self._soon.stop()
            self._begin()

    def stop(self) -> None:
        """Give up what is under way."""
        self._soon.stop()
        self._patience.stop()
        self._drafts.cancel()
        self._results.cancel()
        self._then = None

    def _begin(self) -> None:
        if self._draft is None or self._then is not None:
            self._drafts.cancel()
            self._ask()
        else:
            self._drafts.submit(self._draft(), on_done=self._on_draft_ready, on_failure=self._fail)

    def _ask(self) -> None:
        self._results.submit(self._work(), on_done=self._take, on_failure=self._fail)

    def _on_draft_ready(self, result: Any) -> None:
        if result is not None:
            self._show(result)
        if not self._soon.isActive():
            self._ask()

    def _take(self, result: Any) -> None:
        if self._soon.isActive():
            return
        self._patience.stop()
        self.result = result
        self._show(result)
        then, self._then = self._then, None
        if then is not None:
            then()

    def _fail(self, error: VinguiError) -> None:
        self._patience.stop()
        self._then = None
        self._tell(str(error))
