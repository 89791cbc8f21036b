"""Many random maps, in memory or in files."""

import base64
import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeVar

import numpy as np

from vingui.api.checks import checked_whole
from vingui.api.maps import check_generation
from vingui.api.progress import OnProgress, reporting
from vingui.core.dataset import DataSet
from vingui.core.demonstrations import random_demonstrations
from vingui.core.errors import VinguiError
from vingui.core.formats import format_to_write, read_dataset, write_dataset, write_map
from vingui.core.generate import Setting, nth_map
from vingui.core.grid import GridMap
from vingui.core.moves import DEFAULT_RULE, rule_named
from vingui.core.name_patterns import filled, is_pattern, make_folder
from vingui.net.batches import (
    MOST_CELLS,
    Batches,
    Chunk,
    Task,
    check_version,
    run_in_batches,
)
from vingui.version import VERSION

_MOST_MAPS: Final = 256
"""Of a chunk, if it has more than `MOST_CELLS` cells."""

Result = TypeVar("Result")


@dataclass(frozen=True)
class MapSeries:
    """Random maps; map i depends on the seed and on i, and on nothing before it.

    Attributes:
        kind: a name that `vingui generate` lists.
        count: how many maps there are.
        rows: the rows of each map.
        cols: the columns of each map.
        seed: the seed, 0 or more.
        starts: the starts in each map.
        uniform: whether the starts are drawn anywhere, instead of far from the goal and each other.
        demonstrations: how many random demonstrations there are in each map.
        moves: the name of their movement rule.
        parameters: the kind's own.
    """

    kind: str
    count: int
    rows: int = 28
    cols: int = 28
    seed: int = 0
    starts: int = 1
    uniform: bool = False
    demonstrations: int = 0
    moves: str = DEFAULT_RULE.name
    parameters: Mapping[str, Setting] = field(default_factory=dict)

    def map(self, index: int) -> GridMap:
        """The map at an index.

        Raises:
            VinguiError: there is no such kind or parameter, or a value is out of its range.
        """
        grid = nth_map(
            self.kind,
            index,
            seed=self.seed,
            rows=self.rows,
            cols=self.cols,
            starts=self.starts,
            uniform=self.uniform,
            **self.parameters,
        )
        if not self.demonstrations:
            return grid
        # Another last number than those of all other random numbers of the seed.
        rng = np.random.default_rng([self.seed, index, 0, 3])
        rule = rule_named(self.moves)
        return grid.with_demonstrations(random_demonstrations(grid, self.demonstrations, rule, rng))


def generate_many(
    kind: str = "caves",
    count: int = 100,
    *,
    rows: int = 28,
    cols: int = 28,
    seed: int = 0,
    starts: int = 1,
    uniform: bool = False,
    jobs: int | None = 1,
    scheduler: str | None = None,
    progress: bool = True,
    on_progress: OnProgress | None = None,
    **parameters: Any,
) -> Generator[GridMap]:
    """Generate random maps, one after the other; map i does not depend on `count`.

    Args:
        kind: as of `generate`, like the other arguments up to `starts`.
        count: the number of maps.
        rows: the number of rows.
        cols: the number of columns.
        seed: the seed; the same one gives the same maps as `vingui generate`.
        starts: the number of starts.
        uniform: whether the starts are drawn anywhere, instead of far from the goal and each other.
        jobs: how many processes generate, as of `evaluate`; the maps are the same.
        scheduler: the address of a Dask scheduler, as of `evaluate`.
        progress: whether to show a bar, in a notebook or at a terminal, if it takes a while.
        on_progress: called instead, with how many maps are done, and of how many.
        **parameters: the kind's own, such as `density`.

    Yields:
        The maps, in order. Those that nobody keeps take no memory.

    Raises:
        VinguiError: there is no such kind or parameter, a value is out of its range, or processes
            cannot be started.

    Example:
        >>> [grid.goal for grid in vingui.generate_many("maze", 3, rows=15, cols=15)]
        [(11, 7), (5, 13), (2, 5)]
    """
    check_generation(kind, rows, cols, seed, starts, parameters)
    count = checked_whole(count, "count", 0)
    jobs = None if jobs is None else checked_whole(jobs, "jobs", 1)
    series = MapSeries(
        kind, count, rows, cols, seed, starts, uniform=uniform, parameters=parameters
    )
    task = _MapsTask(series)
    with (
        reporting("Generating", progress=progress, on_progress=on_progress) as report,
        closing(run_in_batches(task, Batches(jobs, scheduler))) as maps,
    ):
        for done, grid in enumerate(maps, 1):
            report(done, count)
            yield grid


def write_generated(
    out: str | PathLike[str],
    series: MapSeries,
    batches: Batches,
    *,
    on_progress: OnProgress = lambda done, total: None,
) -> tuple[str, ...]:
    """Generate maps into a file, or into a file each.

    What was done before an interruption is kept in `batches.log`.

    Args:
        out: the file, or names with `{index}`.
        series: the maps.
        batches: how the work is divided.
        on_progress: called with how many maps are done, and of how many.

    Returns:
        What the format leaves out of the maps, a sentence each.

    Raises:
        VinguiError: as `generate_many`, or a file cannot be written.
    """
    out = Path(out)
    if series.count <= _step(series):
        # There is nothing to keep before all is done.
        batches = replace(batches, log=None)
    losses: dict[str, None] = {}
    if is_pattern(str(out)):
        with closing(run_in_batches(_FilesTask(series, out), batches)) as written:
            for done, lost in enumerate(written, 1):
                losses.update(dict.fromkeys(lost))
                on_progress(done, series.count)
        return tuple(losses)
    task, maps = _MapsTask(series, out), []
    with closing(run_in_batches(task, batches)) as generated:
        for grid in generated:
            maps.append(grid)
            on_progress(len(maps), series.count)
        write_dataset(out, DataSet(out.stem, maps))
    return tuple(task.losses)


def _step(series: MapSeries) -> int:
    """How many maps a chunk has."""
    return min(max(MOST_CELLS // (series.rows * series.cols), 1), _MOST_MAPS)


class _SeriesTask(Task[int, Result]):
    """Generates a series; its items are the indices of maps."""

    def __init__(self, series: MapSeries, out: Path | None) -> None:
        self._series, self._out = series, out

    def request(self) -> Mapping[str, Any]:
        out = str(self._out)
        return {"version": VERSION, "generate": asdict(self._series), "out": out}

    def chunks(self) -> Iterator[Chunk[int]]:
        series = self._series
        step = _step(series)
        for first in range(0, series.count, step):
            indices = range(first, min(first + step, series.count))
            last = indices[-1]
            title = f"Maps {first:,} to {last:,}" if last > first else f"Map {first:,}"
            yield Chunk(title, indices, len(indices) / series.count)


class _MapsTask(_SeriesTask[GridMap]):
    """Generates maps into memory, for a data set if a file is named.

    Attributes:
        losses: what its format leaves out.
    """

    def __init__(self, series: MapSeries, out: Path | None = None) -> None:
        super().__init__(series, out)
        self.losses: dict[str, None] = {}

    @property
    def function(self) -> Callable[..., list[GridMap]]:
        return generate_chunk

    def here(self, chunk: Chunk[int]) -> Iterator[GridMap]:
        for index in chunk.items:
            grid = self._series.map(index)
            self._note_losses([grid])
            yield grid

    def arguments(self, chunk: Chunk[int]) -> tuple[Any, ...]:
        return VERSION, self._series, list(chunk.items)

    def received(self, chunk: Chunk[int], value: Any) -> list[GridMap]:
        self._note_losses(value)
        return list(value)

    def _note_losses(self, maps: Sequence[GridMap]) -> None:
        if self._out is not None:
            self.losses.update(dict.fromkeys(format_to_write(self._out).losses(maps)))

    def line(self, value: Any) -> str:
        return self.encode(value)

    def encode(self, results: list[GridMap]) -> str:
        """The maps as a data set, as they are in the end, and what it lacks."""
        assert self._out is not None  # noqa: S101 - there is a log
        losses = format_to_write(self._out).losses(results)
        with TemporaryDirectory(prefix="vingui-") as folder:
            file = Path(folder, self._out.name)
            write_dataset(file, DataSet(self._out.stem, results))
            data = base64.b64encode(file.read_bytes()).decode()
        return json.dumps({"losses": losses, "maps": data})

    def decode(self, chunk: Chunk[int], content: Any) -> list[GridMap]:
        assert self._out is not None  # noqa: S101 - there is a log
        try:
            losses, data = map(str, content["losses"]), base64.b64decode(content["maps"])
            self.losses.update(dict.fromkeys(losses))
        except (TypeError, ValueError, LookupError):
            raise VinguiError("Expected maps, received something else") from None
        with TemporaryDirectory(prefix="vingui-") as folder:
            file = Path(folder, self._out.name)
            file.write_bytes(data)
            return list(read_dataset(file).maps)


class _FilesTask(_SeriesTask[Sequence[str]]):
    """Generates maps into a file each; the results are what their format leaves out."""

    lost = "Its files are not here. Name a folder that the workers share with this machine"

    def __init__(self, series: MapSeries, out: Path) -> None:
        super().__init__(series, out)
        self._names = (str(Path.cwd()), str(out))

    @property
    def function(self) -> Callable[..., str]:
        return write_chunk

    def here(self, chunk: Chunk[int]) -> Iterator[Sequence[str]]:
        for index in chunk.items:
            yield _write(self._series, index, *self._names)

    def arguments(self, chunk: Chunk[int]) -> tuple[Any, ...]:
        return VERSION, self._series, list(chunk.items), *self._names

    def encode(self, results: list[Sequence[str]]) -> str:
        return json.dumps(results)

    def decode(self, chunk: Chunk[int], content: Any) -> list[Sequence[str]] | None:
        if not isinstance(content, list) or not all(isinstance(one, list) for one in content):
            raise VinguiError("Expected what is left out of maps, received something else")
        files = (_file(index, *self._names) for index in chunk.items)
        return content if all(file.exists() for file in files) else None


def generate_chunk(version: str, series: MapSeries, indices: Sequence[int]) -> list[GridMap]:
    """Generate some maps of a series, in a worker process.

    Raises:
        VinguiError: the worker has another version of vingui, or cannot generate them.
    """
    check_version(version)
    return [series.map(index) for index in indices]


def write_chunk(
    version: str, series: MapSeries, indices: Sequence[int], folder: str, pattern: str
) -> str:
    """Write some maps of a series into a file each, in a worker process.

    Args:
        version: that of vingui.
        series: the maps.
        indices: which of them.
        folder: what the names are relative to.
        pattern: the names, with `{index}`.

    Returns:
        What the format leaves out of each map, as JSON.

    Raises:
        VinguiError: as `generate_chunk`, or a file cannot be written.
    """
    check_version(version)
    return json.dumps([_write(series, index, folder, pattern) for index in indices])


def _write(series: MapSeries, index: int, folder: str, pattern: str) -> tuple[str, ...]:
    grid, file = series.map(index), _file(index, folder, pattern)
    make_folder(pattern, file)
    write_map(file, grid)
    return format_to_write(file).losses([grid])


def _file(index: int, folder: str, pattern: str) -> Path:
    return Path(folder, filled(pattern, {"index": index}))
