"""Workers meet before they train together, and compare what they are going to do.

TensorFlow's own start waits without end for a worker that does not come, and trains nonsense if
settings differ. So the workers first send their settings to the chief, over a connection of their
own to the very port that TensorFlow uses afterwards.
"""

import json
import os
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from typing import Any, Final

from vingui.core.cluster_place import ClusterPlace
from vingui.core.errors import VinguiError
from vingui.core.files import gist

PATIENCE: Final = 300.0
"""Seconds to wait for all workers."""

_RETRY: Final = 0.2
"""Seconds between two attempts."""

_SENDING: Final = 10.0
"""Seconds within which a message comes, once there is a connection."""

_MOST_BYTES: Final = 1 << 20


def meet(
    place: ClusterPlace,
    statement: Mapping[str, Any],
    *,
    on_note: Callable[[str], None],
    patience: float = PATIENCE,
) -> None:
    """Wait for all workers, and compare what they are going to do with what the chief is.

    Args:
        place: of this worker.
        statement: what must be the same for all, as JSON has it.
        on_note: called with a sentence when others have to be waited for.
        patience: how many seconds to wait.

    Raises:
        VinguiError: a port is in use, a worker does not come, or two of them do not agree.
    """
    deadline = time.monotonic() + patience
    with closing(_listening(place)) as listener:
        if place.is_chief:
            _receive_all(place, statement, listener, on_note, deadline)
            return
    message = {"index": place.index, "statement": statement}
    with closing(_connected(place, on_note, deadline)) as connection:
        connection.settimeout(patience + _RETRY)
        _send(connection, message)
        answer = _received(connection)
    if answer is None or answer["refusal"]:
        gone = f"{place.named(0).capitalize()} gave up before all workers had come"
        raise VinguiError(gone if answer is None else answer["refusal"])


def _listening(place: ClusterPlace) -> socket.socket:
    """A socket at the port of this worker, which shows that it is free."""
    _, port = place.endpoint(place.index)
    both = socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if both else socket.AF_INET
    try:
        return socket.create_server(("", port), family=family, dualstack_ipv6=both)
    except OSError as error:
        raise VinguiError(
            f"Port {port} of {place.named(place.index)} cannot be used on this machine: "
            f"{os.strerror(error.errno or 0)}. Choose another one, for all workers to know"
        ) from error


def _receive_all(
    place: ClusterPlace,
    statement: Mapping[str, Any],
    listener: socket.socket,
    on_note: Callable[[str], None],
    deadline: float,
) -> None:
    missing, refusal, noted = list(range(1, place.count)), "", False
    listener.settimeout(_RETRY)
    with ExitStack() as stack:
        connections = []
        while missing and not refusal:
            try:
                connection = stack.enter_context(listener.accept()[0])
            except TimeoutError:
                if time.monotonic() > deadline:
                    refusal = f"{_names(place, missing)} did not come. Start all workers again"
                elif not noted:
                    on_note(f"waiting for {_names(place, missing)}")
                    noted = True
                continue
            connection.settimeout(_SENDING)
            message = _received(connection)
            # Something else, such as a scanner of ports, is left alone.
            if message is not None:
                connections.append(connection)
                refusal = _refusal(place, statement, message, missing)
        for connection in connections:
            with suppress(OSError):
                _send(connection, {"refusal": refusal})
    if refusal:
        raise VinguiError(refusal)


def _refusal(
    place: ClusterPlace, statement: Mapping[str, Any], message: Any, missing: list[int]
) -> str:
    """Why a worker cannot take part, a sentence; otherwise it is not missing any more."""
    try:
        index, other = message["index"], message["statement"]
        differing = [name for name in statement if other.get(name) != statement[name]]
    except (TypeError, KeyError, AttributeError):
        return "Something else than a worker of this version of vingui has connected"
    if index not in missing:
        return (
            f"Two workers were started with index {index}, or one with addresses of its own. Each "
            "needs an index of its own, and all of them the same addresses"
        )
    missing.remove(index)
    if not differing:
        return ""
    what = " and ".join(filter(None, [", ".join(differing[:-1]), differing[-1]]))
    return (
        f"{place.named(index).capitalize()} was not started like worker 0: {what} "
        f"{'differs' if len(differing) == 1 else 'differ'}. Start all workers with the same options"
    )


def _connected(
    place: ClusterPlace, on_note: Callable[[str], None], deadline: float
) -> socket.socket:
    noted = False
    while True:
        try:
            return socket.create_connection(place.endpoint(0), timeout=_SENDING)
        except OSError as error:
            if time.monotonic() > deadline:
                raise VinguiError(
                    f"{place.named(0).capitalize()} does not answer: {gist(error)}"
                ) from error
        if not noted:
            on_note(f"waiting for {place.named(0)}")
            noted = True
        time.sleep(_RETRY)


def _send(connection: socket.socket, message: Any) -> None:
    connection.sendall(json.dumps(message).encode() + b"\n")


def _received(connection: socket.socket) -> Any:
    """A message, or `None` if what comes is none."""
    try:
        with connection.makefile("rb") as stream:
            return json.loads(stream.readline(_MOST_BYTES))
    except (OSError, ValueError):
        return None


def _names(place: ClusterPlace, indices: Sequence[int]) -> str:
    return ", ".join(map(place.named, indices))
