"""Long computations in chunks, by several processes, resumable.

Chunks do not depend on the number of processes, and neither do their results, which come in order.
"""

import json
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Any, ClassVar, Final, Generic, TypeVar

from vingui.core.chunk_log import ChunkLog
from vingui.core.errors import VinguiError
from vingui.core.processes import can_start_workers, cores
from vingui.net.workers import Workers, WorkersError
from vingui.version import VERSION

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST_MAPS: Final = 64
MOST_CELLS: Final = 1 << 18
"""How many cells the maps of a chunk have together at most, if it has more than one map."""

_PAYS_FROM: Final = 15.0
"""Seconds that are left to do from which it pays to start processes, which takes about four."""


@dataclass(frozen=True)
class Batches:
    """How a computation is divided among processes.

    Attributes:
        jobs: how many processes compute; `None` for one per core, once the first chunks show that
            the rest will take long enough to make starting them worthwhile.
        scheduler: the address of a Dask scheduler, whose workers compute instead.
        log: the file that keeps finished chunks, or `None`. It is deleted when all is done.
        resume: whether to go on with those in `log`, if it exists.
        on_note: called with a sentence when a worker is lost.
        remedy: how the user resumes, added to the message when workers fail.
        most: where `jobs` is `None`, the most processes; `None` for as many as there are cores.
        on_piece: called now and then; what it raises ends the computation.
    """

    jobs: int | None = 1
    scheduler: str | None = None
    log: Path | None = None
    resume: bool = False
    on_note: Callable[[str], None] = lambda _: None
    remedy: str = "resume to go on"
    most: int | None = None
    on_piece: Callable[[], None] = lambda: None

    @property
    def processes(self) -> int:
        """How many processes compute, if several do."""
        return self.jobs or self.most or cores()


@dataclass(frozen=True)
class Chunk(Generic[Item]):
    """Some of the items of a task, one after the other.

    Attributes:
        title: what it is about, for messages.
        items: the items.
        share: how much of the whole task it is, from 0 to 1.
        key: tells its items from others; a chunk in the log that has another key is done again.
    """

    title: str
    items: Sequence[Item]
    share: float
    key: str = ""


class Task(ABC, Generic[Item, Result]):
    """What is computed: one result of each item."""

    lost: ClassVar[str] = "What came of it is not here"
    """Why `decode` returns `None` of what a worker has just computed."""

    takes_part: ClassVar[bool] = False
    """Whether this process is one of two that compute. More have to be given work too often: each
    time Dask's thread would wait for the interpreter lock. What `function` returns must be what
    `encode` makes of the results of `here`."""

    @property
    @abstractmethod
    def function(self) -> Callable[..., Any]:
        """Computes a chunk in a worker."""

    @abstractmethod
    def request(self) -> Mapping[str, Any]:
        """A JSON object that identifies the task; only needed if there is a log."""

    @abstractmethod
    def chunks(self) -> Iterator[Chunk[Item]]:
        """The chunks, each made when its turn comes."""

    @abstractmethod
    def here(self, chunk: Chunk[Item]) -> Iterator[Result]:
        """Compute a chunk in this process, one result after the other."""

    @abstractmethod
    def arguments(self, chunk: Chunk[Item]) -> tuple[Any, ...]:
        """Those of `function`."""

    @abstractmethod
    def encode(self, results: list[Result]) -> str:
        """The results of a chunk as a line of JSON, for the log."""

    @abstractmethod
    def decode(self, chunk: Chunk[Item], content: Any) -> list[Result] | None:
        """The results from the parsed line; `None` to compute them again.

        Raises:
            VinguiError: the line is not one that `encode` makes.
        """

    def line(self, value: Any) -> str:
        """What `function` returned as a line of JSON, as of `encode`."""
        return str(value)

    def received(self, chunk: Chunk[Item], value: Any) -> list[Result]:
        """The results from what `function` returned."""
        results = self.decode(chunk, json.loads(value))
        if results is None:
            raise VinguiError(f"{chunk.title}: {self.lost}")
        return results


def check_version(version: str) -> None:
    """Raise `VinguiError`, in a worker, if the machine that asks has another version of vingui."""
    if version != VERSION:
        raise VinguiError(
            f"The worker has vingui {VERSION}, but the client has {version}. Install the same "
            "version on both"
        )


def run_in_batches(task: Task[Item, Result], batches: Batches) -> Generator[Result]:
    """Compute all results of a task, in order.

    Raises:
        VinguiError: the log is of another task, processes cannot be started, or a chunk failed.
    """
    if batches.log is None:
        yield from _Run(task, batches, None).results()
        return
    with ChunkLog(batches.log, task.request(), resume=batches.resume) as log:
        try:
            yield from _Run(task, batches, log).results()
        except WorkersError as error:
            if not batches.log.exists():
                raise
            raise WorkersError(f"{error}. Finished chunks are kept; {batches.remedy}") from error
        log.remove()


class _Run(Generic[Item, Result]):
    """A task in chunks: the first here, and the others by other processes, if any are."""

    def __init__(self, task: Task[Item, Result], batches: Batches, log: ChunkLog | None) -> None:
        self._task, self._batches, self._log = task, batches, log
        self._left = 1.0
        # Of what is computed here, after the first item, which takes longer: compiled code is
        # loaded.
        self._share, self._seconds, self._is_warm = 0.0, 0.0, False

    def results(self) -> Iterator[Result]:
        numbered = enumerate(self._task.chunks())
        for number, chunk in numbered:
            kept = self._kept(number, chunk)
            if kept is not None:
                yield from kept
            elif self._starts_workers():
                yield from self._by_workers(chain([(number, chunk)], numbered))
                return
            else:
                yield from self._here(number, chunk)
            self._left -= chunk.share

    def _kept(self, number: int, chunk: Chunk[Item]) -> list[Result] | None:
        """The results of a chunk in the log, if they are there."""
        if self._log is None or not self._log.has(number, chunk.key):
            return None
        try:
            results = self._task.decode(chunk, self._log.read(number))
        except VinguiError:
            results = []
        if results is not None and len(results) != len(chunk.items):
            raise VinguiError(f"{self._batches.log}: It is damaged. Delete it to begin again")
        return results

    def _starts_workers(self) -> bool:
        """Whether what is left is for other processes."""
        jobs = self._batches.jobs
        if self._batches.scheduler is not None or jobs is not None:
            return self._batches.scheduler is not None or jobs != 1
        if not self._share or self._batches.processes == 1 or not can_start_workers():
            return False
        return self._left * self._seconds / self._share > _PAYS_FROM

    def _here(self, number: int, chunk: Chunk[Item]) -> Iterator[Result]:
        results = []
        began = time.monotonic()
        for result in self._task.here(chunk):
            if self._is_warm:
                self._seconds += time.monotonic() - began
                self._share += chunk.share / len(chunk.items)
            self._is_warm = True
            results.append(result)
            if len(results) == len(chunk.items) and self._log is not None:
                # Before it is yielded: whoever takes it may end the run.
                self._log.add(number, self._task.encode(results), key=chunk.key)
            yield result
            began = time.monotonic()

    def _keep(self, number: int, chunk: Chunk[Item], value: Any) -> None:
        if self._log is not None:
            self._log.add(number, self._task.line(value), key=chunk.key)

    def _by_workers(self, numbered: Iterator[tuple[int, Chunk[Item]]]) -> Iterator[Result]:
        ahead = deque[tuple[Chunk[Item], list[Result] | None]]()
        given: dict[int, tuple[int, Chunk[Item]]] = {}
        places = count()

        def calls() -> Iterator[tuple[str, tuple[Any, ...]]]:
            for number, chunk in numbered:
                kept = self._kept(number, chunk)
                ahead.append((chunk, kept))
                if kept is None:
                    given[next(places)] = number, chunk
                    yield chunk.title, self._task.arguments(chunk)

        def here(place: int) -> Any:
            _, chunk = given[place]
            return self._task.encode(list(self._task.here(chunk)))

        batches = self._batches
        helps = self._task.takes_part and batches.scheduler is None and batches.processes == 2
        with Workers(
            batches.processes - helps,
            scheduler=batches.scheduler,
            imports=self._task.function.__module__,
            on_note=batches.on_note,
            on_wait=batches.on_piece,
        ) as workers:
            for value in workers.run(
                self._task.function,
                calls(),
                on_done=lambda place, value: self._keep(*given.pop(place), value),
                here=here if helps else None,
            ):
                yield from _kept_before(ahead)
                chunk, _ = ahead.popleft()
                yield from self._task.received(chunk, value)
            yield from _kept_before(ahead)


def _kept_before(ahead: deque[tuple[Chunk[Item], list[Result] | None]]) -> Iterator[Result]:
    """Take the kept chunks at the head of a queue; returns their results."""
    while ahead and (kept := ahead[0][1]) is not None:
        ahead.popleft()
        yield from kept
