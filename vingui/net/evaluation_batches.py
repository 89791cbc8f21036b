"""Evaluations in chunks of maps, by several processes, resumable.

The numbers of maps are added up in the order of the maps, in one process.
"""

import hashlib
import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from threading import Lock
from typing import Any, Final

from vingui.core.evaluation_sets import LoadedSet
from vingui.core.generated_maps import GeneratedMaps
from vingui.core.grid import GridMap
from vingui.core.map_digest import map_digest
from vingui.net.batches import (
    MOST_CELLS,
    Batches,
    Chunk,
    Task,
    check_version,
    run_in_batches,
)
from vingui.net.evaluation import Contestant, Evaluation, MapTrials, with_references
from vingui.net.map_counts import MapReport, reports_of, reports_text
from vingui.net.quiet import quiet_tensorflow
from vingui.net.worker_models import loaded_model, model_record
from vingui.version import VERSION

_TURN: Final = Lock()

_USUAL_MAPS: Final = 128
_MANY_CHUNKS: Final = 256
_MOST_CELLS: Final = 1 << 20
"""A chunk has so many maps, or fewer large ones. More chunks than this are made larger, until their
maps have so many cells: a chunk costs the process that gives it out as much as hundreds of maps."""

Reports = list[MapReport]
"""Those of one map, one of each model."""


def reports_in_batches(evaluation: Evaluation, batches: Batches) -> Generator[Reports]:
    """The reports of all maps of an evaluation, in order, for `Evaluation.run`.

    Raises:
        VinguiError: the log is of another evaluation, processes cannot be started, or some maps
            cannot be planned on.
    """
    return run_in_batches(_EvaluationTask(evaluation, batches.on_piece), batches)


class _EvaluationTask(Task[tuple[LoadedSet, int], Reports]):
    """An evaluation; its items are maps, each a set and an index."""

    takes_part = True

    def __init__(self, evaluation: Evaluation, on_piece: Callable[[], None]) -> None:
        self._evaluation, self._on_piece = evaluation, on_piece

    @property
    def function(self) -> Callable[..., str]:
        return evaluate_chunk

    def request(self) -> Mapping[str, Any]:
        return {**self._job, "maps": [_maps_record(one) for one in self._evaluation.sets]}

    @cached_property
    def _job(self) -> dict[str, Any]:
        """What a worker needs to know, but for the maps, as a JSON object."""
        evaluation = self._evaluation
        return {
            "version": VERSION,
            "models": [
                {**model_record(one.planner, one.file), "iterations": one.iterations}
                for one in evaluation.models
            ],
            "references": list(evaluation.references),
            "starts": evaluation.starts,
            "trajectories": evaluation.trajectories,
        }

    def chunks(self) -> Iterator[Chunk[tuple[LoadedSet, int]]]:
        total = self._evaluation.total
        for one in self._evaluation.sets:
            for indices in _ranges(one):
                first, last = indices[0], indices[-1]
                which = f"Maps {first:,} to {last:,}" if last > first else f"Map {first:,}"
                items = [(one, index) for index in indices]
                yield Chunk(f"{which} of {one.name}", items, len(indices) / total)

    def here(self, chunk: Chunk[tuple[LoadedSet, int]]) -> Iterator[Reports]:
        for one, index in chunk.items:
            yield self._evaluation.trials.run(one.maps[index], index, self._on_piece)

    def arguments(self, chunk: Chunk[tuple[LoadedSet, int]]) -> tuple[Any, ...]:
        (one, _), indices = chunk.items[0], [index for _, index in chunk.items]
        generated = isinstance(one.maps, GeneratedMaps)
        maps = one.maps if generated else {index: one.maps[index] for index in indices}
        return json.dumps(self._job), maps, indices

    def encode(self, results: list[Reports]) -> str:
        return reports_text(results)

    def decode(self, chunk: Chunk[tuple[LoadedSet, int]], content: Any) -> list[Reports]:
        return reports_of(content)


def _ranges(one: LoadedSet) -> Iterator[range]:
    if isinstance(one.maps, list | tuple):
        largest = max(grid.walls.size for grid in one.maps)
    else:
        largest = one.maps[0].walls.size
    few = min(MOST_CELLS // largest, _USUAL_MAPS)
    step = max(1, few, min(_MOST_CELLS // largest, len(one.maps) // _MANY_CHUNKS))
    for first in range(0, len(one.maps), step):
        yield range(first, min(first + step, len(one.maps)))


def _maps_record(one: LoadedSet) -> list[Any]:
    """What tells a set from others, for the log."""
    if isinstance(one.maps, GeneratedMaps):
        return [one.name, str(one.maps), one.maps.seed]
    digest = hashlib.sha256()
    for grid in one.maps:
        digest.update(map_digest(grid))
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
    check_version(content["version"])
    with quiet_tensorflow():
        models = [_loaded(record) for record in content["models"]]
    return MapTrials(
        with_references(models, content["references"]),
        content["starts"],
        trajectories=content["trajectories"],
    )


def _loaded(record: Mapping[str, Any]) -> Contestant:
    planner, card, _ = loaded_model(record)
    return Contestant(planner, card, record["iterations"])
