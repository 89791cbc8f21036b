"""Processes of this machine that work for a Dask scheduler; lost ones are replaced."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from tempfile import TemporaryDirectory
from threading import Lock, Thread
from typing import IO, Any, Final, Self, cast

READY: Final = b"vingui's worker is ready\n"
"""What a process writes to standard error once it works for the scheduler."""

LOCAL: Final[dict[str, Any]] = {"host": "127.0.0.1", "port": 0, "dashboard_address": "127.0.0.1:0"}
"""Where the scheduler and the workers listen."""

_CONFIG: Final = {
    # Messages that were sent are kept by the thousand, with all maps in them.
    "distributed.admin.low-level-log-length": 0,
    "distributed.admin.system-monitor.disk": False,
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.diagnostics.nvml": False,
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.worker.profile.enabled": False,
    "distributed.worker.use-file-locking": False,
}
"""Dask's settings for the scheduler and the workers: nobody looks at its dashboards and profiles,
which take a tenth of their time."""

_DEADLINE: Final = 5.0
"""Seconds for a process to end by itself."""


class WorkerProcesses:
    """Processes that run `vingui.net.dask_worker`; as a context manager, ends them.

    They never import the script of this process, which so needs no `__name__ == "__main__"`, and
    import libraries while this process starts the scheduler.

    Args:
        count: how many.
        imports: the module whose functions they will run.
        on_fault: called in a thread with a sentence when a process ends before it is ready; it is
            not replaced.

    Attributes:
        config: settings of Dask for the scheduler.
    """

    def __init__(self, count: int, imports: str, *, on_fault: Callable[[str], None]) -> None:
        self._command = (sys.executable, "-P", "-m", "vingui.net.dask_worker", imports)
        self._on_fault = on_fault
        self._lock, self._is_closing = Lock(), False
        self._threads: list[Thread] = []
        self._folder = TemporaryDirectory(prefix="vingui-workers-", ignore_cleanup_errors=True)
        self.config = {**_CONFIG, "temporary-directory": self._folder.name}
        self._processes = [self._start() for _ in range(count)]

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - the command is our own
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=_environment(),
            # Ctrl+C in a terminal should reach only this process, which then ends the others.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    def connect(self, scheduler: str, security: Mapping[str, Any]) -> None:
        """Have them work.

        Args:
            scheduler: the scheduler's address.
            security: what Dask's `Security` needs to know.
        """
        content = {"scheduler": scheduler, "security": security, "config": self.config}
        line = json.dumps(content).encode() + b"\n"
        for place in range(len(self._processes)):
            thread = Thread(target=self._keep_running, args=(place, line), daemon=True)
            thread.start()
            self._threads.append(thread)

    def _keep_running(self, place: int, line: bytes) -> None:
        process = self._processes[place]
        while True:
            # Around closing the stream too, which flushes to a process that may be gone.
            with suppress(OSError, ValueError):
                _input(process).write(line)
                _input(process).flush()
            was_ready, last = _listen(cast("IO[bytes]", process.stderr))
            process.wait()
            with self._lock:
                if self._is_closing:
                    return
                if not was_ready:
                    last = last or f"it ended with code {process.returncode}"
                    self._on_fault(f"A worker process did not start: {last}")
                    return
                with suppress(OSError):
                    _input(process).close()
                process = self._processes[place] = self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._is_closing = True
        for process in self._processes:
            with suppress(OSError):
                _input(process).close()
        for process in self._processes:
            try:
                process.wait(_DEADLINE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for thread in self._threads:
            thread.join()
        for process in self._processes:
            cast("IO[bytes]", process.stderr).close()
        self._folder.cleanup()


def _input(process: subprocess.Popen[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", process.stdin)


def _listen(stderr: IO[bytes]) -> tuple[bool, str]:
    """Read to the end: whether the process was ready, and the last line that it wrote."""
    was_ready, last = False, b""
    with stderr:
        for line in stderr:
            was_ready = was_ready or line.endswith(READY)
            last = line.strip() or last
    return was_ready, last.decode(errors="replace")


def _environment() -> dict[str, str]:
    return {
        **os.environ,
        # The same modules as in this process.
        "PYTHONPATH": os.pathsep.join(sys.path),
        # Each process has one core.
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
