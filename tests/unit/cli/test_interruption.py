import errno
import os
import signal
import threading
import time
from contextlib import suppress

import numpy as np
import pytest

from vingui.cli import main
from vingui.cli.interruption import Ended, ending_by_signals, exit_code, words_for
from vingui.cli.progress import counting
from vingui.core.memory import is_short_of_memory

pytestmark = pytest.mark.usefixtures("interruptible")


def end_by(number):
    with ending_by_signals():
        try:
            os.kill(os.getpid(), number)
        finally:
            # The tidying up is not broken off.
            os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGHUP)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_body_and_others_are_held_off(number):
    before = signal.getsignal(number)
    with pytest.raises(Ended) as caught:
        end_by(number)
    assert exit_code(caught.value) == 128 + number
    assert words_for(caught.value) == f"ended by {number.name}"
    assert signal.getsignal(number) == before


def test_an_interrupt_is_one_still():
    assert exit_code(KeyboardInterrupt()) == 130
    assert words_for(KeyboardInterrupt()) == "interrupted"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("other", [None, RuntimeError("Error calling __set_name__")])
def test_a_library_that_catches_it_or_raises_another_error_does_not_keep_the_command_alive(
    number, other
):
    before, frames = signal.getsignal(number), []

    def library():
        try:
            os.kill(os.getpid(), number)
            time.sleep(60)
        except KeyboardInterrupt:
            if other is not None:
                raise other from None

    def film():
        with counting("Drawing the film") as on_progress:
            for done in range(3):
                on_progress(done, 3)
                frames.append(done)
                library()

    with pytest.raises(KeyboardInterrupt) as caught, ending_by_signals():
        film()
    assert exit_code(caught.value) == 128 + number
    assert frames == [0]
    assert signal.getsignal(number) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_that_is_caught_at_the_very_end_ends_the_command_still(number):
    def library():
        with suppress(KeyboardInterrupt):
            os.kill(os.getpid(), number)
            time.sleep(60)

    with pytest.raises(KeyboardInterrupt) as caught, ending_by_signals():
        library()
    assert exit_code(caught.value) == 128 + number


def test_what_the_caller_ignores_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ending_by_signals():
            os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_another_thread_leaves_signals_alone():
    found = []

    def work():
        with ending_by_signals():
            found.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [signal.SIG_DFL]


class ResourceExhaustedError(Exception):
    """As TensorFlow's is called."""


def too_large():
    np.empty(1 << 60, np.uint8)


def exhausted():
    raise ResourceExhaustedError("OOM when allocating tensor with shape[1024,1024]")


def no_memory():
    raise OSError(errno.ENOMEM, "Cannot allocate memory")


def plain():
    raise MemoryError


@pytest.mark.parametrize("fail", [too_large, exhausted, no_memory, plain])
def test_out_of_memory_is_a_sentence(capfd, monkeypatch, fail):
    monkeypatch.setattr("vingui.cli._parser", lambda _: fail())
    assert main(["plan", "map.txt"]) == 2
    said = capfd.readouterr().err
    assert said.startswith("vingui plan: There is not enough memory for this")
    assert "Close other programs, or take a smaller map" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("error", [ValueError(), OSError(errno.EIO, ""), RuntimeError("x")])
def test_other_faults_are_none_of_memory(error):
    assert not is_short_of_memory(error)
