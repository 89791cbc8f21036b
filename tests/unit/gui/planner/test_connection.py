"""The link to a process: nothing waits for ever, and nothing that was said is lost."""

import os
import sys
from threading import Event

import numpy as np
import pytest

from vingui.core.grid import GridMap
from vingui.core.planner_protocol import CancelRequest, PlanRequest
from vingui.gui.planner import connection as link_module
from vingui.gui.planner.connection import Connection

SAYS = """
import os, sys
import numpy as np
from vingui.core.grid import GridMap
from vingui.core.planner_protocol import GreedyActions
from vingui.core.pipe import send
stream = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)
for k in range(int(sys.argv[1])):
    send(stream, GreedyActions(1, k, np.zeros((64, 64), np.int8), np.empty(0, np.uint8)))
"""
"""Says so many things of 4096 bytes each, and then what follows."""


@pytest.fixture
def talk(tmp_path, monkeypatch):
    """Links to processes that say something, and what came of each until it ended."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    links = []

    def start(count, then=""):
        file = tmp_path / f"says{len(links)}.py"
        file.write_text(SAYS + then)
        came, gone = [], Event()

        def deliver(_, message):
            came.append(message)
            if message is None:
                gone.set()

        links.append(Connection(deliver, command=(sys.executable, str(file), str(count))))
        return links[-1], came, gone

    yield start
    for link in links:
        link.end(wait=5)


def until_there_are(count, came):
    for _ in range(20_000):
        if len(came) >= count:
            return
        Event().wait(0.001)
    pytest.fail(f"Expected {count} replies, received {len(came)}")


def said(came):
    assert came[-1] is None
    return [message.k for message in came[:-1]]


def test_replies_wait_in_the_process_while_the_window_is_slow(talk, monkeypatch):
    monkeypatch.setattr(link_module, "IN_FLIGHT", 3 * 4096)
    link, came, gone = talk(200)
    for place in range(200):
        until_there_are(place + 1, came)
        # Three are under way until one of them is dealt with; the end counts as none.
        assert len(came) - came.count(None) <= place + 3
        link.handled(came[place])
    assert gone.wait(20)
    assert said(came) == list(range(200))


def test_all_messages_sent_before_a_process_died_are_delivered(talk, monkeypatch):
    monkeypatch.setattr(link_module, "IN_FLIGHT", 4096)
    link, came, gone = talk(20, "os._exit(3)")
    # The pipe holds them all: the process is gone long before the window has taken them.
    link.process.wait(20)
    assert link.process.poll() is not None
    for place in range(20):
        until_there_are(place + 1, came)
        link.handled(came[place])
    assert gone.wait(20)
    assert said(came) == list(range(20))


@pytest.mark.parametrize("then", ["", "sys.stdin.buffer.read()"])
def test_an_end_while_replies_wait_leaves_no_thread_and_delivers_none_of_them(
    talk, monkeypatch, then
):
    monkeypatch.setattr(link_module, "IN_FLIGHT", 2 * 4096)
    # More than the pipe holds, so that the process waits as well.
    link, came, gone = talk(600, then)
    until_there_are(2, came)
    link.end(wait=20)
    assert link.process.returncode == 0
    assert gone.is_set()
    assert said(came) == [0, 1]
    assert not any(thread.is_alive() for thread in link._threads)
    # What the window was dealing with meanwhile.
    link.handled(came[0])


def test_a_process_is_asked_no_more_of_what_waited_once_it_is_ended(talk):
    link, came, gone = talk(0, "import time; time.sleep(600)")
    large = GridMap(np.zeros((512, 512), bool))
    # As fast as they can be said, though nobody reads.
    for k in range(20):
        link.send(PlanRequest(k, large, "dynamic-8", None, 0))
    link.send(CancelRequest(1))
    assert link.process.poll() is None
    link.end(wait=0.1)
    assert gone.wait(20)
    assert came == [None]


def test_what_is_no_message_ends_the_process_and_is_its_last_word(talk):
    link, came, gone = talk(1, "stream.write(b'hello, window'); stream.flush(); os.read(0, 1)")
    assert gone.wait(20)
    assert said(came) == [0]
    assert link.process.poll() is not None
    assert link.fault == "it sent data that is not a message"
    assert link.written.strip().startswith("Expected a message")


def test_what_a_process_writes_is_kept_as_text_that_can_be_shown(talk):
    link, _, gone = talk(0, "print('before\\n\\x1b[31m' + 'so ' * 100 + '\\n\\n', file=sys.stderr)")
    assert gone.wait(20)
    assert link.written == "before\n[31m" + "so " * 100 + "\n\n\n"
