"""The tour: a few steps, each of which is over when the user has done it."""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from vingui.gui import settings as entries
from vingui.gui.canvas.grid_view import GridView
from vingui.gui.look.debounce import Debounce
from vingui.gui.session import Session
from vingui.gui.tour.card import Card
from vingui.gui.tour.stage import Stage
from vingui.gui.tour.step import Step
from vingui.gui.tour.steps import (
    PAPER_MODEL,
    DragGoal,
    DrawWall,
    Explain,
    FewerIterations,
    PaperNetwork,
    PlayAgain,
    Watch,
    WatchLearning,
)

_SHORTCUT: Final = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)

COUNT: Final = 7
"""The number of steps after the first one, in which the user only watches."""


class Tour(QObject):
    """Leads through the steps, which the user does in the window itself.

    Next and Enter do a step for the user, and pressed again go on; Skip and Escape end the tour.
    The map is changed only by edits that can be undone. At the end the model is the one before.

    Args:
        session: the map, its plan and the settings.
        window: the window.
        watch: whether to play the plan first, until it ends, or any key or button is pressed.

    Attributes:
        number: that of the step, from 1; 0 while the plan is played first.
    """

    finished = Signal()
    """The tour was completed or skipped."""

    def __init__(self, session: Session, window: QMainWindow, *, watch: bool) -> None:
        super().__init__(window)
        self.number = 0
        self._stage = stage = Stage(session, window)
        self._card = Card(stage)
        self._model = session.model
        card = session.card
        is_paper = card is not None and card.architecture == "vin"
        self._default = default = entries.MODEL.default if is_paper else session.model
        self._steps: tuple[Callable[[], Step], ...] = (
            partial(PlayAgain, stage),
            partial(DragGoal, stage),
            partial(DrawWall, stage),
            partial(FewerIterations, stage),
            partial(PaperNetwork, stage),
            partial(Explain, stage, default),
            partial(WatchLearning, stage),
        )
        self._step: Step = Watch(stage)
        self._helped = False
        self._any_input = _AnyInput(self._stop_watching, self)
        self._refreshing = Debounce(self._refresh, 0, self)
        self._moving_on = QTimer(self)
        self._moving_on.setSingleShot(True)
        self._moving_on.timeout.connect(self._go_on)
        self._card.next_wanted.connect(self._on_next)
        self._card.skip_wanted.connect(self.end)
        self._follow_changes()
        if is_paper:
            session.choose_model(default)
        if watch:
            self._step.begin()
            self._any_input.listen()
            self._refresh()
        else:
            self._go_on()

    def _follow_changes(self) -> None:
        session, docks = self._stage.session, self._stage.docks()
        for changed in (
            session.document.changed,
            session.document.state_changed,
            session.playback.moved,
            session.playback.state_changed,
            session.settings.changed,
            session.run_changed,
            session.trajectories_changed,
            session.camera.changed,
            self._stage.scrubber.sliderReleased,
            *(dock.visibilityChanged for dock in docks),
        ):
            changed.connect(self._refresh_soon)

    def _refresh_soon(self, *_: object) -> None:
        # The model may change once more after the end.
        if not self._card.isHidden():
            self._refreshing.request()

    def take_focus(self) -> None:
        """Give the card the keyboard focus."""
        self._card.next.setFocus()

    def end(self) -> None:
        """Skip the rest."""
        self._step.end()
        self._finish()

    def _finish(self) -> None:
        self._any_input.stop()
        self._moving_on.stop()
        self._refreshing.stop()
        self._card.remove()
        session = self._stage.session
        if session.model in (self._default, PAPER_MODEL) and session.model != self._model:
            session.choose_model(self._model)
        self.deleteLater()
        self.finished.emit()

    def _stop_watching(self) -> None:
        self._step.do()
        self._go_on()

    def _on_next(self) -> None:
        if self._helped or self._step.is_done():
            self._go_on()
        else:
            self._helped = True
            self._step.do()
            self._refresh()

    def _go_on(self) -> None:
        """Begin the next step that makes sense."""
        self._any_input.stop()
        self._step.end()
        while self.number < COUNT:
            self._step = self._steps[self.number]()
            self.number += 1
            if self._step.is_possible():
                self._helped = False
                self._step.begin()
                self._refresh()
                return
        self._finish()

    def _refresh(self) -> None:
        """Show the step as it is, and go on a moment after it is done."""
        done, last = self._step.is_done(), self.number == COUNT
        if done and not last:
            self._moving_on.start(self._step.pause)
        else:
            self._moving_on.stop()
        if not self.number:
            if done:
                self._any_input.stop()
            self._card.show_step(self._step, note="Any key or click goes to the end")
            return
        ready = done or self._helped
        self._card.show_step(
            self._step,
            note=f"{self.number} of {COUNT}{', done' if done and not last else ''}",
            button=("D&one" if last else "&Next") if ready else "Show &me",
            tip="Go on (Enter)" if ready else "Do it for me (Enter)",
            skips=not (last and ready),
        )


class _AnyInput(QObject):
    """Calls a function when a key or a mouse button is pressed anywhere.

    Keys, unless with Ctrl, Alt or Meta, and clicks on a view have no other effect.

    Args:
        call: the function.
        parent: the Qt parent.
    """

    def __init__(self, call: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._call = call

    def listen(self) -> None:
        """Begin."""
        if (application := QApplication.instance()) is not None:
            application.installEventFilter(self)

    def stop(self) -> None:
        """End, if it has begun."""
        if (application := QApplication.instance()) is not None:
            application.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Call the function, and discard the event if it has no other effect."""
        if isinstance(event, QKeyEvent):
            return self._on_key(event)
        pressed = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)
        if event.type() not in pressed or not isinstance(watched, QWidget):
            return False
        self._call()
        return isinstance(watched.parent(), GridView)

    def _on_key(self, event: QKeyEvent) -> bool:
        plain = not event.modifiers() & _SHORTCUT
        if event.type() == QEvent.Type.ShortcutOverride and plain:
            # So that the key is pressed, whatever it is the shortcut of.
            event.accept()
            return True
        if event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            self._call()
            return plain
        return False
