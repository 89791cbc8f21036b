"""Messages that the drawing process has received but not handled yet."""

from collections import deque
from threading import Condition

from vingui.core.figure_protocol import DrawRequest, ExportMessage, StopRequest
from vingui.core.planner_protocol import DataReply, DataRequest, Message


class MessageQueue:
    """A thread-safe queue of messages; requests to stop take effect at once."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: deque[Message | ExportMessage] = deque()
        self._stopped: set[int] = set()
        self.closed = False

    def put(self, message: Message | ExportMessage) -> None:
        """Add a message, or note that a request has to stop."""
        with self._changed:
            if isinstance(message, StopRequest):
                self._stopped.add(message.number)
            else:
                self._waiting.append(message)
            self._changed.notify_all()

    def close(self) -> None:
        """Note that no more messages will come, and stop all requests."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()

    def take(self, *, wait: bool) -> Message | ExportMessage | None:
        """The next message, or `None`; previews with a newer one waiting are skipped."""
        with self._changed:
            while True:
                if wait:
                    self._changed.wait_for(lambda: self._waiting or self.closed)
                if self.closed or not self._waiting:
                    return None
                message = self._waiting.popleft()
                if not (_is_preview(message) and any(map(_is_preview, self._waiting))):
                    return message

    def take_answer(self, number: int, request: DataRequest) -> DataReply | None:
        """Wait for an answer of the planner, and take it out of turn.

        Args:
            number: the number of the request that needs it.
            request: what was requested from the planner.

        Returns:
            The answer; `None` if the request has to stop.
        """

        def found() -> DataReply | None:
            for message in self._waiting:
                if isinstance(message, DataReply) and message.request == request:
                    return message
            return None

        with self._changed:
            self._changed.wait_for(lambda: self._is_stopped(number) or found())
            answer = None if self._is_stopped(number) else found()
            if answer is not None:
                self._waiting.remove(answer)
            return answer

    def is_stopped(self, number: int) -> bool:
        """Whether a request has to stop."""
        with self._changed:
            return self._is_stopped(number)

    def _is_stopped(self, number: int) -> bool:
        return self.closed or number in self._stopped


def _is_preview(message: object) -> bool:
    return isinstance(message, DrawRequest) and message.most_pixels > 0
