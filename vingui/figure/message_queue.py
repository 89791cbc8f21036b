"""What the process that draws was asked and has not dealt with yet."""

from collections import deque
from threading import Condition

from vingui.core.figure_protocol import DrawRequest, ExportMessage, StopRequest
from vingui.core.planner_protocol import Message, Reading


class MessageQueue:
    """Messages that were received and not dealt with yet, in their order."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: deque[Message | ExportMessage] = deque()
        self._stopped: set[int] = set()
        self.closed = False

    def put(self, message: Message | ExportMessage) -> None:
        """Take in a message. One that ends a request is heeded at once."""
        with self._changed:
            if isinstance(message, StopRequest):
                self._stopped.add(message.number)
            else:
                self._waiting.append(message)
            self._changed.notify_all()

    def close(self) -> None:
        """Say that nothing more will come, and that whatever goes on is to end."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()

    @property
    def waits(self) -> bool:
        """Whether there is a message."""
        with self._changed:
            return bool(self._waiting)

    def take(self, *, wait: bool) -> Message | ExportMessage | None:
        """The next message, or `None`. Of previews that wait only the newest is ever given."""
        with self._changed:
            while True:
                if wait:
                    self._changed.wait_for(lambda: self._waiting or self.closed)
                if self.closed or not self._waiting:
                    return None
                message = self._waiting.popleft()
                if not (_is_preview(message) and any(map(_is_preview, self._waiting))):
                    return message

    def take_reading(self, number: int, *, plan: int, k: int) -> Reading | None:
        """Wait for a reading, whatever waits before it.

        Args:
            number: of the request that wants it.
            plan: the number of the plan that it is of.
            k: which V_k.

        Returns:
            The reading; `None` once the request is to be given up.
        """

        def found() -> Reading | None:
            for one in self._waiting:
                if isinstance(one, Reading) and (one.number, one.k) == (plan, k):
                    return one
            return None

        with self._changed:
            self._changed.wait_for(lambda: self._is_stopped(number) or found())
            reading = None if self._is_stopped(number) else found()
            if reading is not None:
                self._waiting.remove(reading)
            return reading

    def is_stopped(self, number: int) -> bool:
        """Whether a request is to be given up."""
        with self._changed:
            return self._is_stopped(number)

    def _is_stopped(self, number: int) -> bool:
        return self.closed or number in self._stopped


def _is_preview(message: object) -> bool:
    return isinstance(message, DrawRequest) and message.most_pixels > 0
