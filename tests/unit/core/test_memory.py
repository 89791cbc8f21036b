"""How much memory is free, and what says that there is too little."""

import errno
import resource

import pytest

from vingui.core import memory
from vingui.core.memory import free_memory, free_memory_in_words, is_short_of_memory


@pytest.mark.parametrize(
    ("free", "words"),
    [
        (3 << 29, "1.5 GiB of memory are free"),
        (200 << 20, "200 MiB of memory are free"),
        (0, "0 MiB of memory are free"),
        (None, ""),
    ],
)
def test_free_memory_in_words(monkeypatch, free, words):
    monkeypatch.setattr(memory, "_of_machine", lambda: free)
    monkeypatch.setattr(memory, "_of_limit", lambda: None)
    assert free_memory_in_words() == words


def test_a_limit_of_the_process_counts_where_it_is_the_smaller(monkeypatch):
    monkeypatch.setattr(memory, "_of_machine", lambda: 1 << 40)
    limit = 1 << 36
    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, limit))
    assert 0 < free_memory() < limit
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1 << 20, 1 << 20))
    assert free_memory() == 0


def caused(error, cause):
    error.__cause__ = cause
    return error


class ResourceExhaustedError(Exception):
    """As TensorFlow names it."""


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        ImportError("libx.so: failed to map segment from shared object"),
        ResourceExhaustedError("OOM when allocating tensor with shape[1]"),
        RuntimeError("std::bad_alloc"),
        caused(ValueError("no"), MemoryError()),
    ],
)
def test_short_memory_is_reported_whatever_the_exception(error):
    assert is_short_of_memory(error)


@pytest.mark.parametrize(
    "error", [ValueError("no"), OSError(errno.ENOSPC, "full"), caused(KeyError(1), OSError())]
)
def test_other_exceptions_are_not_for_memory(error):
    assert not is_short_of_memory(error)
