"""Requests that the planner process has received but not begun."""

from threading import Condition

from vingui.core.planner_protocol import CancelRequest, PlanRequest, Request


class RequestQueue:
    """A thread-safe queue of the newest request of each kind."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: dict[type[Request], Request] = {}

    def put(self, request: Request) -> None:
        """Add a request, which replaces an older one of its kind."""
        with self._changed:
            plan = self._waiting.get(PlanRequest)
            if isinstance(request, CancelRequest) and plan and plan.number <= request.number:
                del self._waiting[PlanRequest]
            self._waiting[type(request)] = request
            self._changed.notify_all()

    def take(self, *kinds: type[Request], wait: float | None) -> Request | None:
        """Return the next request, or `None` if there is none within `wait` seconds.

        Args:
            *kinds: those that may be taken, the most urgent first.
            wait: in seconds; `None` for no limit.
        """
        with self._changed:
            self._changed.wait_for(lambda: any(kind in self._waiting for kind in kinds), wait)
            kind = next((kind for kind in kinds if kind in self._waiting), None)
            return self._waiting.pop(kind) if kind else None
