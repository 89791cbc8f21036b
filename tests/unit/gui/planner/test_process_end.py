"""Why a process ended is told by its cause, and never by what libraries write besides."""

import signal

import pytest

from vingui.gui.planner import process_end as module
from vingui.gui.planner.process_end import process_end

CHATTER = (
    "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
    "I0000 00:00:1 cudart_stub.cc:31] Could not find cuda drivers on your machine, GPU will not "
    "be used.\n"
)
TRACEBACK = 'Traceback (most recent call last):\n  File "<string>", line 1, in <module>\n{error}\n'


@pytest.fixture(autouse=True)
def much_memory(monkeypatch):
    monkeypatch.setattr(module, "free_memory_in_words", lambda: "1.2 GiB of memory are free")


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        (signal.SIGTERM, "it was killed by signal 15 (SIGTERM)"),
        (signal.SIGHUP, "it was killed by signal 1 (SIGHUP)"),
        (
            signal.SIGKILL,
            "it was killed by signal 9 (SIGKILL); 1.2 GiB of memory are free now",
        ),
        (signal.SIGSEGV, "it crashed (SIGSEGV)"),
        (signal.SIGABRT, "it crashed (SIGABRT)"),
        (63, "it was killed by signal 63 (unknown)"),
    ],
)
def test_a_signal_is_named_whatever_was_written_before(number, cause):
    end = process_end(-number, CHATTER)
    assert end.cause == cause
    assert "cuda" in end.details
    assert not end.short_of_memory
    assert end.killed == ("killed" in cause)


@pytest.mark.parametrize(
    ("code", "written"),
    [
        (
            -6,
            "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  no",
        ),
        (1, TRACEBACK.format(error="MemoryError")),
        (
            1,
            TRACEBACK.format(error="numpy._core._exceptions._ArrayMemoryError: Unable to allocate"),
        ),
        (
            1,
            TRACEBACK.format(
                error="ImportError: libx.so: failed to map segment from shared object"
            ),
        ),
        (1, TRACEBACK.format(error="OSError: [Errno 12] Cannot allocate memory")),
        (-11, "W0000 bfc_allocator.cc] OOM when allocating tensor"),
        (1, "OpenBLAS error: Memory allocation still failed after 10 retries, giving up."),
    ],
)
def test_memory_that_ran_out_is_named_with_how_much_is_free(code, written):
    end = process_end(code, CHATTER + written)
    assert end.cause == "it ran out of memory; 1.2 GiB of memory are free now"
    assert end.short_of_memory
    assert written.strip() in end.details


@pytest.mark.parametrize(
    ("code", "written", "cause"),
    [
        (1, TRACEBACK.format(error="KeyError: 'x'"), "KeyError: 'x'"),
        (1, TRACEBACK.format(error="ValueError: first\nsecond line"), "ValueError: first"),
        (
            1,
            TRACEBACK.format(error="KeyError: 1")
            + "\nDuring handling of the above exception\n\n"
            + TRACEBACK.format(error="TypeError: last")
            + CHATTER,
            "TypeError: last",
        ),
        (
            1,
            TRACEBACK.format(error="ValueError: " + "long " * 100),
            "ValueError: " + ("long " * 100)[:188] + "...",
        ),
        (3, CHATTER, "it ended with code 3"),
        (0, "", "it ended with code 0"),
        (0, TRACEBACK.format(error="KeyError: 1"), "it ended with code 0"),
    ],
)
def test_the_exception_that_ended_it_is_the_cause_and_other_words_are_not(code, written, cause):
    assert process_end(code, written).cause == cause


def test_free_memory_that_is_not_known_is_not_mentioned(monkeypatch):
    monkeypatch.setattr(module, "free_memory_in_words", lambda: "")
    assert process_end(-9, "").cause == "it was killed by signal 9 (SIGKILL)"
    assert process_end(1, "MemoryError").cause == "it ran out of memory"
