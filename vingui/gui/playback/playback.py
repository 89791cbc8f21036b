"""Playback: which iteration's V_k is shown, and how the playhead moves with time."""

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from vingui.gui.settings import LOOP, SPEED, Settings

SPEEDS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""Iterations per second to choose from."""

SHORTEST_WALK: Final = 1.5
LONGEST_WALK: Final = 6.0
"""The minimum and maximum of the seconds that the dots take along the longest trajectory."""

_SECONDS_PER_STEP: Final = 0.12
_REST: Final = 0.7
"""Seconds for which the end of the walk is shown before playback starts again or stops."""

_LONGEST_FRAME: Final = 16
_SHORTEST_FRAME: Final = 4
_EPSILON: Final = 1e-9


def walk_seconds(steps: int) -> float:
    """Return the seconds that the dots take for a number of steps."""
    return min(max(steps * _SECONDS_PER_STEP, SHORTEST_WALK), LONGEST_WALK)


class Playback(QObject):
    """The playhead: an iteration k from 1 to `last`, or 0 while there are no values.

    It moves with elapsed time, and skips iterations rather than lag. While a new run grows, the
    playhead returns to the position at which it was left. When a run has been played to its end,
    dots walk along the trajectories.
    """

    moved = Signal(int)
    """The playhead is at another k."""
    state_changed = Signal()
    """Something other than the playhead has changed: playing, live, speed, or the run's length."""
    walked = Signal(float)
    """The dots have walked this many steps; -1 if they are no longer shown."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], float] = time.perf_counter,
        parent: QObject | None = None,
    ) -> None:
        """Start with a playhead that follows the newest iteration.

        Args:
            settings: where speed and loop are kept.
            clock: returns the current time in seconds, from any origin.
            parent: the Qt parent.
        """
        super().__init__(parent)
        self._settings = settings
        self._clock = clock
        self._speed = settings.get(SPEED)
        self._loop = settings.get(LOOP)
        self._last = 0
        self._finished = False
        self._position = 1.0
        self._live = True
        self._playing = False
        self._walking = False
        self._returns = False
        self._held = False
        self._steps = 0.0
        self._rested = 0.0
        self._walk_length = 0
        self._rate: float | None = None
        self._target: int | None = None
        self._ticked = 0.0
        self._emitted_k = 0
        self._emitted_state = self._state()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_frame_time())
        self._timer.timeout.connect(self._tick)
        self._scrubbing = QTimer(self)
        self._scrubbing.setSingleShot(True)
        self._scrubbing.setInterval(_frame_time())
        self._scrubbing.timeout.connect(self._scrub_to_target)
        settings.changed.connect(self._on_setting_changed)

    @property
    def k(self) -> int:
        """The iteration shown; 0 while there is none."""
        return self._last if self._live else min(int(self._position + _EPSILON), self._last)

    @property
    def last(self) -> int:
        """The newest iteration of the run; 0 while there is none."""
        return self._last

    @property
    def finished(self) -> bool:
        """Whether the run is complete, so that `last` is K."""
        return self._finished

    @property
    def playing(self) -> bool:
        """Whether the playhead or the dots are moving."""
        return self._playing

    @property
    def live(self) -> bool:
        """Whether the playhead follows the newest iteration."""
        return self._live

    @property
    def walking(self) -> bool:
        """Whether the dots are shown on the trajectories, moving or paused."""
        return self._walking

    @property
    def steps(self) -> float:
        """How many steps the dots have walked; -1 while they are not shown."""
        return self._steps if self._walking else -1.0

    @property
    def at_end(self) -> bool:
        """Whether the playhead is at the end of a complete run, or follows a growing one."""
        return self.k == self._last > 0 and (self._finished or self._live)

    @property
    def speed(self) -> float:
        """Iterations per second."""
        return self._speed

    @property
    def loop(self) -> bool:
        """Whether playback starts again at the end."""
        return self._loop

    @property
    def verb(self) -> str:
        """What `toggle` will do: "Play", "Pause" or "Replay"."""
        if self._playing:
            return "Pause"
        return "Replay" if self.at_end and not self._walking else "Play"

    def play(self) -> None:
        """Play from here, or from k = 1 if at the end."""
        if self._playing or not self._last:
            return
        # The widget that called `hold` may have been destroyed before it called `release`.
        self._held = False
        if not self._walking:
            self._position = 1.0 if self.at_end else float(self.k)
            self._live = False
        self._rate = None
        self._playing = True
        self._update()

    def play_once(self, seconds: float) -> None:
        """Play from k = 1 to the end of the run in a number of seconds, without the walk."""
        if not self._last:
            return
        self._end_walk()
        self._held = False
        self._position, self._live = 1.0, False
        self._rate = max(self._last - 1, 1) / seconds
        self._playing = True
        self._update()

    def pause(self) -> None:
        """Stop the playhead and the dots."""
        self._playing = False
        if not self._walk_length:
            self._end_walk()
        self._update()

    def toggle(self) -> None:
        """Do what `verb` says."""
        if self._playing:
            self.pause()
        else:
            self.play()

    def step(self, n: int) -> None:
        """Pause, and move by n iterations."""
        self._playing = False
        self._place(self.k + n)

    def seek(self, k: int) -> None:
        """Move to k, limited to the run. Playing continues from there."""
        self._place(k)

    def scrub(self, k: int) -> None:
        """Move to k, at most once per frame, for drags with the mouse."""
        self._target = k
        if not self._scrubbing.isActive():
            self._scrub_to_target()

    def hold(self) -> None:
        """Suspend playback until `release`, while the playhead is dragged."""
        self._held = True
        self._update()

    def release(self) -> None:
        """Resume playback from where the playhead was left."""
        if self._target is not None:
            self._scrubbing.stop()
            self._scrub_to_target()
        self._held = False
        self._update()

    def first(self) -> None:
        """Move to k = 1."""
        self._place(1)

    def end(self) -> None:
        """Move to the newest iteration and follow it."""
        self._playing = False
        self._end_walk()
        self._live = True
        self._update()

    def toggle_live(self) -> None:
        """Follow the newest iteration, or stay at the current one."""
        if not self._live:
            self.end()
            return
        self._position = float(max(self._last, 1))
        self._live = False
        self._update()

    def walk(self) -> None:
        """Let the dots walk along the trajectories, from their starts."""
        if self._last and self._walk_length:
            self._begin_walk(returns=False)
            self._update()

    def change_speed(self, steps: int) -> None:
        """Play faster or slower, by a number of steps in the list of speeds."""
        speed = self._settings.get(SPEED)
        nearest = min(range(len(SPEEDS)), key=lambda place: abs(SPEEDS[place] - speed))
        place = min(max(nearest + steps, 0), len(SPEEDS) - 1)
        self._settings.set(SPEED, float(SPEEDS[place]))

    def set_last(self, k: int, *, finished: bool) -> None:
        """Set the length of the run, after it has grown or has been replaced.

        Args:
            k: the newest iteration; 0 if there are no values yet.
            finished: whether the run is complete.
        """
        if (k, finished) == (self._last, self._finished):
            return
        if self._finished or k < self._last:
            self._end_walk()
        self._last, self._finished = k, finished
        if finished and not k:
            self._playing = False
        self._update()

    def set_walk_length(self, steps: int) -> None:
        """Set the number of steps of the longest trajectory; 0 if there is none."""
        self._walk_length = steps
        if self._walking and not steps:
            self._end_walk()
            self._update()

    def _place(self, k: int) -> None:
        if not self._last:
            return
        self._end_walk()
        k = min(max(k, 1), self._last)
        self._position = float(k)
        # At the end of a complete run the playhead follows the next run; a growing run is not
        # followed.
        self._live = self._finished and k == self._last and not self._playing
        self._update()

    def _scrub_to_target(self) -> None:
        if self._target is not None:
            target, self._target = self._target, None
            self._scrubbing.start()
            self.seek(target)

    def _begin_walk(self, *, returns: bool) -> None:
        self._walking, self._playing, self._returns = True, True, returns
        self._steps = self._rested = 0.0
        if self._walk_length:
            self.walked.emit(0.0)

    def _end_walk(self) -> None:
        if self._walking:
            self._walking = self._playing = False
            self.walked.emit(-1.0)

    def _tick(self) -> None:
        now = self._clock()
        elapsed, self._ticked = now - self._ticked, now
        if self._walking:
            self._advance_walk(elapsed)
        else:
            self._advance(elapsed)
        self._update()

    def _advance(self, elapsed: float) -> None:
        # The playhead waits where it is until a new run has reached its position.
        furthest = max(self._position, float(self._last))
        self._position = min(self._position + elapsed * (self._rate or self._speed), furthest)
        if self._finished and self._position >= self._last:
            self._live = True
            if self._rate is not None:
                self._playing, self._rate = False, None
                return
            # The receivers of `moved` set the walk length for the last k.
            self._emit_changes()
            if self._playing and self._live:
                self._begin_walk(returns=True)

    def _advance_walk(self, elapsed: float) -> None:
        if self._steps < self._walk_length:
            rate = self._walk_length / walk_seconds(self._walk_length)
            self._steps = min(self._steps + elapsed * rate, float(self._walk_length))
            self.walked.emit(self._steps)
            return
        self._rested += elapsed
        if self._rested < _REST:
            return
        again = self._returns and self._loop
        self._end_walk()
        if again:
            self._playing, self._live, self._position = True, False, 1.0

    def _on_setting_changed(self, setting: object) -> None:
        if setting is SPEED or setting is LOOP:
            self._speed = self._settings.get(SPEED)
            self._loop = self._settings.get(LOOP)
            self._update()

    def _update(self) -> None:
        """Run the timer only while something moves, and emit the signals of what has changed."""
        waits = not self._finished and not self._walking and self._position >= self._last
        moves = self._playing and not self._held and not waits
        if not moves:
            self._timer.stop()
        elif not self._timer.isActive():
            self._ticked = self._clock()
            self._timer.start()
        self._emit_changes()

    def _emit_changes(self) -> None:
        # Noted before emitting, since a receiver may move the playhead again.
        if self._emitted_k != self.k:
            self._emitted_k = self.k
            self.moved.emit(self.k)
        if self._emitted_state != self._state():
            self._emitted_state = self._state()
            self.state_changed.emit()

    def _state(self) -> tuple[object, ...]:
        moving = self._playing, self._walking, self._live
        return *moving, self._last, self._finished, self.verb, self._speed, self._loop


def _frame_time() -> int:
    """The milliseconds of a frame at the screen's refresh rate."""
    screen = QGuiApplication.primaryScreen()
    rate = screen.refreshRate() if screen else 60.0
    return min(max(int(1000 / max(rate, 1.0)), _SHORTEST_FRAME), _LONGEST_FRAME)
