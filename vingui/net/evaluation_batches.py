"""Evaluations in chunks of maps, by several processes, resumable.

Chunks do not depend on the number of processes, and what comes of a map is the same in each. The
numbers of maps are added up in the order of the maps, in one process.
"""

import hashlib
import json
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np

from vingui.core.chunk_log import ChunkLog
from vingui.core.errors import VinguiError
from vingui.core.evaluation_sets import LoadedSet
from vingui.core.generated_maps import GeneratedMaps
from vingui.core.grid import GridMap
from vingui.core.moves import rule_named
from vingui.core.recipe import checksum, checksum_of
from vingui.net.evaluation import Contestant, Evaluation, MapTrials, with_references
from vingui.net.map_counts import MapReport, parsed_reports, reports_of, reports_text
from vingui.net.quiet import quiet_tensorflow
from vingui.net.workers import Workers, can_start_workers, cores
from vingui.net.zoo import load_planner
from vingui.paths import MODELS
from vingui.version import VERSION

_MOST_MAPS: Final = 64
_MOST_CELLS: Final = 1 << 18
"""How many cells the maps of a chunk have together at most, if it has more than one map."""

_TURN: Final = Lock()

_PAYS_FROM: Final = 15.0
"""Seconds that are left to do from which it pays to start processes, which takes about four."""


@dataclass(frozen=True)
class Batches:
    """How an evaluation is divided among processes.

    Attributes:
        jobs: how many processes plan; `None` for as many as there are cores, once it is seen to
            take so long that starting them pays.
        scheduler: the address of a Dask scheduler, whose workers plan instead.
        log: the file that keeps finished chunks, or `None`. It is deleted when all is done.
        resume: whether to go on with those in `log`, if it exists.
        on_note: called with a sentence when a worker is lost.
    """

    jobs: int | None = 1
    scheduler: str | None = None
    log: Path | None = None
    resume: bool = False
    on_note: Callable[[str], None] = lambda _: None


@dataclass(frozen=True)
class _Chunk:
    """Some maps of a set, one after the other."""

    maps: LoadedSet
    indices: range

    def __str__(self) -> str:
        first, last = self.indices[0], self.indices[-1]
        which = f"Maps {first:,} to {last:,}" if last > first else f"Map {first:,}"
        return f"{which} of {self.maps.name}"

    def portable(self) -> GeneratedMaps | dict[int, GridMap]:
        """The maps by their index, for another process, which generates them if that is enough."""
        maps = self.maps.maps
        if isinstance(maps, GeneratedMaps):
            return maps
        return {index: maps[index] for index in self.indices}


def _chunks(one: LoadedSet) -> Iterator[_Chunk]:
    if isinstance(one.maps, list | tuple):
        largest = max(grid.walls.size for grid in one.maps)
    else:
        largest = one.maps[0].walls.size
    step = min(max(_MOST_CELLS // largest, 1), _MOST_MAPS)
    for first in range(0, len(one.maps), step):
        yield _Chunk(one, range(first, min(first + step, len(one.maps))))


def reports_in_batches(evaluation: Evaluation, batches: Batches) -> Generator[list[MapReport]]:
    """The reports of all maps of an evaluation, in order, for `Evaluation.run`.

    Raises:
        VinguiError: the log is of another evaluation, processes cannot be started, or some maps
            cannot be planned on.
    """
    if batches.log is None:
        yield from _Run(evaluation, batches, None).reports()
        return
    request = {**_job(evaluation), "maps": [_maps_record(one) for one in evaluation.sets]}
    with ChunkLog(batches.log, request, resume=batches.resume) as log:
        yield from _Run(evaluation, batches, log).reports()
        log.remove()


class _Run:
    """An evaluation in chunks: the first here, and the others by other processes, if any are."""

    def __init__(self, evaluation: Evaluation, batches: Batches, log: ChunkLog | None) -> None:
        self._evaluation, self._batches, self._log = evaluation, batches, log
        self._chunks = [chunk for one in evaluation.sets for chunk in _chunks(one)]
        # Of the chunks that are planned on here, after the first map, which takes longer:
        # compiled code is loaded.
        self._planned, self._began = 0, 0.0

    def reports(self) -> Iterator[list[MapReport]]:
        for number, chunk in enumerate(self._chunks):
            if self._is_kept(number):
                yield from self._kept(number)
            elif self._starts_workers(number):
                yield from self._by_workers(number)
                return
            else:
                yield from self._here(number, chunk)

    def _is_kept(self, number: int) -> bool:
        return self._log is not None and number in self._log

    def _kept(self, number: int) -> list[list[MapReport]]:
        assert self._log is not None  # noqa: S101 - it has the chunk
        reports = reports_of(self._log.read(number))
        if len(reports) != len(self._chunks[number].indices):
            raise VinguiError(f"{self._batches.log}: It is damaged. Delete it to begin again")
        return reports

    def _starts_workers(self, number: int) -> bool:
        """Whether the chunks from a number on are for other processes."""
        jobs = self._batches.jobs
        if self._batches.scheduler is not None or jobs is not None:
            return self._batches.scheduler is not None or jobs != 1
        if not self._planned or cores() == 1 or not can_start_workers():
            return False
        left = sum(
            len(chunk.indices)
            for at, chunk in enumerate(self._chunks[number:], number)
            if not self._is_kept(at)
        )
        return left * (time.monotonic() - self._began) / self._planned > _PAYS_FROM

    def _here(self, number: int, chunk: _Chunk) -> Iterator[list[MapReport]]:
        reports = []
        for index in chunk.indices:
            reports.append(self._evaluation.trials.run(chunk.maps.maps[index], index))
            if self._began:
                self._planned += 1
            self._began = self._began or time.monotonic()
            yield reports[-1]
        self._keep(number, reports_text(reports))

    def _keep(self, number: int, text: str) -> None:
        if self._log is not None:
            self._log.add(number, text)

    def _by_workers(self, first: int) -> Iterator[list[MapReport]]:
        numbers = [at for at in range(first, len(self._chunks)) if not self._is_kept(at)]
        job = json.dumps(_job(self._evaluation))

        def arguments(place: int) -> tuple[Any, ...]:
            chunk = self._chunks[numbers[place]]
            return job, chunk.portable(), list(chunk.indices)

        batches = self._batches
        with Workers(
            batches.jobs or cores(), scheduler=batches.scheduler, on_note=batches.on_note
        ) as workers:
            texts = workers.run(
                evaluate_chunk,
                arguments,
                titles=[str(self._chunks[number]) for number in numbers],
                on_done=lambda place, text: self._keep(numbers[place], text),
            )
            planned = set(numbers)
            for number in range(first, len(self._chunks)):
                if number in planned:
                    yield from parsed_reports(next(texts))
                else:
                    yield from self._kept(number)


def _job(evaluation: Evaluation) -> dict[str, Any]:
    """What a worker needs to know, but for the maps, as a JSON object."""
    return {
        "version": VERSION,
        "models": [_model_record(model) for model in evaluation.models],
        "references": list(evaluation.references),
        "starts": evaluation.starts,
        "trajectories": evaluation.trajectories,
    }


def _model_record(model: Contestant) -> dict[str, Any]:
    file = model.file
    if file is None:
        name = model.planner.name
    else:
        # Those that come with vingui lie elsewhere on other machines.
        name = file.stem if file.parent == MODELS else str(file.resolve())
    return {
        "model": name,
        "sha256": "" if file is None else checksum(file),
        "moves": model.rule.name,
        "engine": model.planner.engine,
        "iterations": model.iterations,
    }


def _maps_record(one: LoadedSet) -> list[Any]:
    """What tells a set from others, for the log."""
    if isinstance(one.maps, GeneratedMaps):
        return [one.name, str(one.maps), one.maps.seed]
    digest = hashlib.sha256()
    for grid in one.maps:
        for array in (grid.walls, grid.terrain, grid.elevation):
            digest.update(b"-" if array is None else np.ascontiguousarray(array).data)
        rest = (grid.walls.shape, grid.goals, grid.starts, grid.goal_values, grid.palette.record())
        digest.update(repr((*rest, len(grid.demonstrations))).encode())
    return [one.name, len(one.maps), digest.hexdigest()]


def evaluate_chunk(
    job: str, maps: GeneratedMaps | Mapping[int, GridMap], indices: Sequence[int]
) -> str:
    """Plan on some maps, in a worker process.

    Args:
        job: the text of what `_job` returns.
        maps: the maps.
        indices: which of them.

    Returns:
        The text of their reports.

    Raises:
        VinguiError: the worker has another version of vingui or other models, or cannot plan.
    """
    # The workers of a cluster may have several threads, and these would load the models twice.
    with _TURN:
        trials = _trials(job)
        return reports_text([trials.run(maps[index], index) for index in indices])


@lru_cache(maxsize=1)
def _trials(job: str) -> MapTrials:
    """Load the models, once for all chunks."""
    content = json.loads(job)
    if content["version"] != VERSION:
        raise VinguiError(
            f"The worker has vingui {VERSION}, and evaluates for {content['version']}. Install the "
            "same version on both"
        )
    with quiet_tensorflow():
        models = [_loaded(record) for record in content["models"]]
    return MapTrials(
        with_references(models, content["references"]),
        content["starts"],
        trajectories=content["trajectories"],
    )


def _loaded(record: Mapping[str, Any]) -> Contestant:
    name = record["model"]
    if checksum_of(name) != record["sha256"]:
        raise VinguiError(
            f"{name} is another file on the worker than on the machine that asks for it. Put the "
            "model into a folder that both share"
        )
    planner, card = load_planner(name, engine=record["engine"], rule=rule_named(record["moves"]))
    return Contestant(planner, card, record["iterations"])
