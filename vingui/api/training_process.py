"""A process that trains one network and ends.

Initial weights come from the random numbers of the whole process, from which threads of Dask or of
a notebook may take some too. By itself a training is the same every time; and if it crashes or
takes too much memory, nothing else ends.

Run it as `python -m vingui.api.training_process`.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from threading import Thread
from typing import Any, Final

from vingui.api.training import train
from vingui.core.errors import VinguiError
from vingui.core.files import gist
from vingui.core.pipe import own_output
from vingui.core.train_settings import TrainSettings
from vingui.net.batches import check_version
from vingui.version import VERSION

COMMAND: Final = (sys.executable, "-P", "-m", "vingui.api.training_process")

_TRIES: Final = 2
_PAUSE: Final = 0.25
"""Seconds between two calls of `on_wait`."""


def training_job(out: Path, settings: TrainSettings, how: dict[str, Any]) -> str:
    """What a process needs to know, as a line of JSON.

    Args:
        out: the file of the network.
        settings: what to train.
        how: the other arguments of `train`.
    """
    content = {"out": str(out.absolute()), "settings": asdict(settings), "how": how}
    return json.dumps({"version": VERSION, **content})


def train_in_process(job: str, on_wait: Callable[[], None] = lambda: None) -> str:
    """Train a network in a process of its own; if that is killed, go on in another.

    Args:
        job: as `training_job` makes it.
        on_wait: called some times a second.

    Returns:
        A JSON object: `error`, why the training failed, or `None`; `notes`, sentences for the user.
    """
    check_version(json.loads(job)["version"])
    for _ in range(_TRIES):
        answer, code, last = _run(job, on_wait)
        if answer:
            return answer
    how = "by signal {}, perhaps for lack of memory" if code < 0 else "with exit code {}"
    why = f": {last[:200]}" if code > 0 and last else ""
    ended = f"The process that trained it ended {how.format(abs(code))}, {_TRIES} times{why}"
    return _outcome(ended, [])


def _run(job: str, on_wait: Callable[[], None]) -> tuple[str, int, str]:
    """Run the process; returns its answer, its exit code, and its last line of errors."""
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(  # noqa: S603 - the command is our own
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            # Those that train at the same time share a GPU.
            env={"TF_FORCE_GPU_ALLOW_GROWTH": "true", **os.environ},
        ) as process,
    ):
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        assert process.stdout is not None  # noqa: S101
        try:
            # It may have ended already.
            with suppress(BrokenPipeError):
                process.stdin.write(job.encode() + b"\n")
                process.stdin.flush()
            while process.poll() is None:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_PAUSE)
                on_wait()
            answer = process.stdout.read().decode()
        finally:
            process.kill()
        errors.seek(0)
        last = errors.read().decode(errors="replace").strip().rpartition("\n")[2]
        return answer, process.returncode, last


def _outcome(error: str | None, notes: list[str]) -> str:
    return json.dumps({"error": error, "notes": notes})


def _train(job: str) -> str:
    content = json.loads(job)
    notes: list[str] = []
    try:
        settings = TrainSettings.of_record(content["settings"])
        train(content["out"], settings, **content["how"], progress=False, on_note=notes.append)
    except VinguiError as error:
        return _outcome(str(error), notes)
    except Exception as error:
        return _outcome(f"{type(error).__name__}: {gist(error)}", notes)
    return _outcome(None, notes)


def _end_with_parent() -> None:
    os.read(0, 1)
    os._exit(1)


def main() -> None:
    """Train what the line on standard input says, while that stays open."""
    # Ctrl+C reaches all processes of a terminal; the one that started this one ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Each network is one process's, also on a machine that has been set up for several workers.
    os.environ.pop("TF_CONFIG", None)
    with own_output() as answer:
        job = sys.stdin.readline()
        Thread(target=_end_with_parent, daemon=True).start()
        answer.write(_train(job).encode())


if __name__ == "__main__":
    main()
