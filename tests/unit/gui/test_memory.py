"""Freed memory goes back to the system."""

import subprocess
import sys

import pytest

SCRIPT = """
import threading
from pathlib import Path
import numpy as np
from vingui.gui.memory import return_freed_memory
if {given_back}:
    return_freed_memory()
kept, hold = [], threading.Barrier(9)

def work():
    # Freeing a large block teaches the C library to keep such; small ones pin what is around them.
    for _ in range(2):
        large = [np.ones(2_000_000, np.uint8) for _ in range(8)]
        kept.append([np.ones(900, np.uint8) for _ in range(50)])
        hold.wait()
        del large
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads:
    thread.start()
for _ in range(2):
    hold.wait()
for thread in threads:
    thread.join()
lines = Path("/proc/self/status").read_text().splitlines()
print(next(line for line in lines if line.startswith("VmRSS:")).split()[1])
"""


def resident(*, given_back: bool) -> int:
    """KiB that a process keeps after it has freed 128 MB."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(given_back=given_back)],
        check=True,
        capture_output=True,
        text=True,
    )
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's own way of keeping memory")
def test_large_blocks_go_back_once_they_are_freed():
    assert resident(given_back=True) < resident(given_back=False)
