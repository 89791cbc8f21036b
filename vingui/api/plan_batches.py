"""Planning on many maps, in several processes, resumable."""

import hashlib
import json
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from vingui.api.file_options import PlanFile
from vingui.api.model import Model
from vingui.api.plan_files import PlanFiles
from vingui.api.planning import Plan, plan
from vingui.api.progress import OnProgress
from vingui.api.reports import record, summary
from vingui.core.errors import VinguiError
from vingui.core.generated_maps import GeneratedMaps
from vingui.core.grid import GridMap
from vingui.core.map_digest import map_digest
from vingui.core.memory import naming_short_memory
from vingui.core.outcome_text import state
from vingui.core.rollout import Outcome
from vingui.net.batches import (
    MOST_CELLS,
    MOST_MAPS,
    Batches,
    Chunk,
    Task,
    check_version,
    run_in_batches,
)
from vingui.net.quiet import quiet_tensorflow
from vingui.net.worker_models import loaded_model, model_record
from vingui.version import VERSION

_TURN: Final = Lock()

Iterations = int | Literal["auto"]


@dataclass(frozen=True)
class MapToPlan:
    """A map to plan on.

    Attributes:
        name: what messages call it.
        source: the map, or generated ones and its index; `None` for one that cannot be read.
        record: the beginning of its record.
        title: what figures call it.
        values: the values of the placeholders in names of files, but those that its plan has.
        error: why it cannot be read.
        done: how much of the work is done after it, from 0 to 1.
    """

    name: str
    source: GridMap | tuple[GeneratedMaps, int] | None = None
    record: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    error: str = ""
    done: float = 1.0

    @property
    def grid(self) -> GridMap | None:
        """The map."""
        if isinstance(self.source, tuple):
            maps, index = self.source
            return maps[index]
        return self.source


@dataclass(frozen=True)
class PlannedMap:
    """What came of a map, without its plan, which would not fit into memory for many.

    Attributes:
        name: what the map is called.
        record: what `vingui plan --json` writes of it: the model, `iterations`, `converged` and the
            trajectory from each start; empty if it could not be planned on.
        words: how the plan went, in a line.
        files: the files that were written.
        notes: what is to be said about them.
        error: why it could not be planned on; empty if it was.
    """

    name: str
    record: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""
    files: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    error: str = ""

    def __repr__(self) -> str:
        return f"<vingui.PlannedMap {self.error or f'{self.name}: {self.words}'}>"

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """How the trajectory from each start ends."""
        return tuple(Outcome(each["outcome"]) for each in self._trajectories)

    @property
    def paths(self) -> tuple[NDArray[np.int64], ...]:
        """`(cells, 2)` int64: the row and column of each cell of the trajectory from each start."""
        return tuple(np.array(each["path"], np.int64) for each in self._trajectories)

    @property
    def _trajectories(self) -> list[dict[str, Any]]:
        return self.record["trajectories"] if self.record else []


@dataclass(eq=False)
class PlanSetup:
    """What is the same for every map.

    Attributes:
        model: the model.
        iterations: K, as of `plan`.
        files: the files to write.
    """

    model: Model
    iterations: Iterations
    files: PlanFiles

    @cached_property
    def record(self) -> dict[str, Any]:
        """What a worker needs to know, a JSON object."""
        files = self.files
        return {
            "version": VERSION,
            "plan": model_record(self.model.planner, self.model.file),
            "iterations": self.iterations,
            "files": [asdict(file) for file in files.files],
            "k": files.k,
            "folder": files.folder,
            "sources": list(files.sources),
        }

    @classmethod
    def of_record(cls, content: Mapping[str, Any]) -> "PlanSetup":
        """Load the model of a record.

        Raises:
            VinguiError: this is another version of vingui, or another model is here.
        """
        check_version(content["version"])
        with quiet_tensorflow():
            planner, card, file = loaded_model(content["plan"])
        model = Model(file, planner, card)
        files = [PlanFile(**one) for one in content["files"]]
        return cls(
            model,
            content["iterations"],
            PlanFiles(files, model, content["k"], content["folder"], content["sources"]),
        )

    def plan(self, grid: GridMap, *, name: str, on_progress: OnProgress | None = None) -> Plan:
        """Plan on a map, as `plan` does."""
        return plan(
            grid,
            model=self.model,
            iterations=self.iterations,
            name=name,
            progress=False,
            on_progress=on_progress,
        )

    def plan_item(self, item: MapToPlan) -> str:
        """Plan on a map, and write its files.

        Returns:
            The fields of a `PlannedMap` but its name, a JSON object.
        """
        grid, fields = item.grid, {}
        if grid is None:
            fields = {"error": item.error}
        else:
            try:
                with naming_short_memory():
                    fields = self._fields(item, grid)
            except VinguiError as error:
                fields = {"error": " ".join(f"{item.name}: {error}".split())}
        return json.dumps(fields, allow_nan=False)

    def _fields(self, item: MapToPlan, grid: GridMap) -> dict[str, Any]:
        model, made = self.model, self.plan(grid, name=item.title)
        run, missing = made.run, self.files.missing_iteration(made)
        return {
            "record": record(run, model.card.settings if model.card else None),
            "words": f"{state(run)}; {summary(run)}",
            "files": [str(file) for file in self.files.write(made, item.values)],
            "notes": [f"{item.name}: {missing}"] if missing else [],
        }


def plans_in_batches(
    setup: PlanSetup, items: Iterable[MapToPlan], batches: Batches
) -> Generator[tuple[MapToPlan, PlannedMap]]:
    """Plan on many maps; what came of each comes in order.

    Raises:
        VinguiError: the log is of another task, processes cannot be started, or a chunk failed.
    """
    owners: dict[str, str] = {}
    with closing(run_in_batches(_PlanTask(setup, items, batches), batches)) as planned:
        for item, each in planned:
            yield item, _with_own_names(each, owners)


def _with_own_names(planned: PlannedMap, owners: dict[str, str]) -> PlannedMap:
    """A map whose files have names that no other map's have; otherwise that is its error."""
    for file in planned.files:
        if owners.setdefault(os.path.realpath(file), planned.name) != planned.name:
            why = f"{file.name}: Two files would have this name; choose another"
            return replace(planned, error=f"{planned.name}: {why}")
    return planned


class _PlanTask(Task[MapToPlan, tuple[MapToPlan, PlannedMap]]):
    lost = "Its files are not here. Name a folder that the workers share with this machine"
    takes_part = True

    def __init__(self, setup: PlanSetup, items: Iterable[MapToPlan], batches: Batches) -> None:
        self._setup, self._items = setup, items
        self._keyed = batches.log is not None
        # Whoever interrupts a run keeps every map whose files are written.
        self._most = 1 if setup.files.files else MOST_MAPS

    @property
    def function(self) -> Callable[..., str]:
        return plan_chunk

    def request(self) -> Mapping[str, Any]:
        return self._setup.record

    def chunks(self) -> Iterator[Chunk[MapToPlan]]:
        items: list[MapToPlan] = []
        cells, before = 0, 0.0
        for item in self._items:
            size = _cells(item)
            if items and (len(items) == self._most or cells + size > MOST_CELLS):
                yield self._chunk(items, items[-1].done - before)
                cells, before, items = 0, items[-1].done, []
            items.append(item)
            cells += size
        if items:
            yield self._chunk(items, items[-1].done - before)

    def _chunk(self, items: list[MapToPlan], share: float) -> Chunk[MapToPlan]:
        first, last = items[0].name, items[-1].name
        title = first if len(items) == 1 else f"{first} to {last}"
        return Chunk(title, items, share, _key(items) if self._keyed else "")

    def here(self, chunk: Chunk[MapToPlan]) -> Iterator[tuple[MapToPlan, PlannedMap]]:
        for item in chunk.items:
            yield item, _planned(item, json.loads(self._setup.plan_item(item)))

    def arguments(self, chunk: Chunk[MapToPlan]) -> tuple[Any, ...]:
        return json.dumps(self._setup.record), chunk.items

    def encode(self, results: list[tuple[MapToPlan, PlannedMap]]) -> str:
        # As `plan_item` writes them; `asdict` would copy every cell of every path.
        content = [{**vars(each), "files": list(map(str, each.files))} for _, each in results]
        return json.dumps(content, allow_nan=False)

    def decode(
        self, chunk: Chunk[MapToPlan], content: Any
    ) -> list[tuple[MapToPlan, PlannedMap]] | None:
        try:
            pairs = zip(chunk.items, content, strict=True)
            planned = [(item, _planned(item, fields)) for item, fields in pairs]
        except (TypeError, ValueError, LookupError, AttributeError):
            raise VinguiError("Expected the plans of maps, received something else") from None
        return planned if all(file.exists() for _, each in planned for file in each.files) else None


def _planned(item: MapToPlan, fields: Mapping[str, Any]) -> PlannedMap:
    return PlannedMap(
        item.name,
        dict(fields.get("record", {})),
        str(fields.get("words", "")),
        tuple(map(Path, fields.get("files", ()))),
        tuple(map(str, fields.get("notes", ()))),
        str(fields.get("error", "")),
    )


def _cells(item: MapToPlan) -> int:
    if isinstance(item.source, tuple):
        return item.source[0].rows * item.source[0].cols
    return 0 if item.source is None else item.source.walls.size


def _key(items: Sequence[MapToPlan]) -> str:
    digest = hashlib.sha256()
    for item in items:
        source: Any = item.source
        if isinstance(source, GridMap):
            source = map_digest(source)
        digest.update(repr((source, item.name, item.title, item.values, item.error)).encode())
    return digest.hexdigest()


def plan_chunk(job: str, items: Sequence[MapToPlan]) -> str:
    """Plan on some maps, in a worker process.

    Args:
        job: the text of `PlanSetup.record`.
        items: the maps.

    Returns:
        What came of each, a JSON array.

    Raises:
        VinguiError: the worker has another version of vingui, or another model.
    """
    # The workers of a cluster may have several threads, and these would load the model twice.
    with _TURN:
        setup = _loaded(job)
        return f"[{','.join(map(setup.plan_item, items))}]"


@lru_cache(maxsize=1)
def _loaded(job: str) -> PlanSetup:
    """Load the model, once for all chunks."""
    return PlanSetup.of_record(json.loads(job))
