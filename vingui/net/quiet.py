"""Keeping away what libraries print by themselves."""

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Final

_one_at_a_time: Final = RLock()
"""There is one standard error for all threads."""


@contextmanager
def quiet_tensorflow() -> Iterator[None]:
    """Keep away the lines that TensorFlow's libraries print to standard error when imported.

    They write to the file descriptor, whatever `sys.stderr` is. If what is done meanwhile fails,
    the lines are printed after all, unless it was interrupted.
    """
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    if sys.stderr is None:
        # It was closed before Python began, or this is a program of Windows without a console.
        yield
        return
    with _one_at_a_time:
        yield from _capturing()


def _capturing() -> Iterator[None]:
    python_stderr = sys.stderr
    python_stderr.flush()
    with os.fdopen(os.dup(2), "w") as terminal, tempfile.TemporaryFile() as captured:
        os.dup2(captured.fileno(), 2)
        # Python's own output, such as a spinner, still goes to the terminal.
        sys.stderr = terminal
        try:
            yield
        except Exception:
            captured.seek(0)
            terminal.write(captured.read().decode(errors="replace"))
            raise
        finally:
            terminal.flush()
            os.dup2(terminal.fileno(), 2)
            sys.stderr = python_stderr
