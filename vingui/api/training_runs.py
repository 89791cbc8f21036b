"""Training many networks from Python, which differ in seeds and settings."""

import html
import json
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Any, Final

from vingui.api import training_process
from vingui.api.checks import (
    checked_number,
    checked_path,
    checked_text,
    checked_whole,
    plain_values,
)
from vingui.api.progress import OnProgress, reporting
from vingui.api.training import checked_out, chosen_settings, snapshot_epochs
from vingui.api.training_process import train_in_process, training_job
from vingui.core.errors import VinguiError
from vingui.core.files import brief, replacing
from vingui.core.phrases import counted
from vingui.core.processes import can_start_workers, cores
from vingui.core.train_settings import TrainSettings
from vingui.core.training_runs import Row, TrainingRun, training_runs
from vingui.core.training_table import csv_text, json_text, table, table_lines
from vingui.net.workers import Workers

_MOST_WATCHED: Final = 256
"""Of so many runs that are left, the first ones, the finished epochs are looked up."""


class TrainingResults:
    """What came of several trainings. In a notebook it shows its table.

    Args:
        rows: of each training one, as `vingui.core.training_runs` describes them.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows

    def __repr__(self) -> str:
        return f"<vingui.TrainingResults of {counted(len(self.rows), 'training')}>"

    def __str__(self) -> str:
        return "\n".join(table_lines(self.rows))

    def save(self, path: str | PathLike[str]) -> None:
        """Write the rows as `.csv`, or as `.json` with means and standard deviations.

        Raises:
            VinguiError: there is no such format, or the file cannot be written.

        Example:
            >>> results.save("seeds.csv")
        """
        path = checked_path(path)
        formats = {".csv": csv_text, ".json": json_text}
        if path.suffix.lower() not in formats:
            raise VinguiError(f"{path.name}: The file name must end in .csv or .json")
        with replacing(path) as temporary:
            temporary.write_text(formats[path.suffix.lower()](self.rows), encoding="utf-8")

    def _repr_html_(self) -> str:
        lines = (
            "".join(f"<td>{html.escape(cell)}</td>" for cell in line) for line in table(self.rows)
        )
        return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def train_many(
    out: str | PathLike[str],
    settings: TrainSettings | str | None = None,
    *,
    seeds: Iterable[int] = (),
    variants: Mapping[str, Iterable[Any]] | None = None,
    jobs: int | None = 1,
    scheduler: str | None = None,
    resume: bool = False,
    title: str | None = None,
    evaluation: bool = True,
    minutes: float = 0,
    snapshots: Sequence[int] | bool = False,
    tensorboard: str | PathLike[str] | None = None,
    progress: bool = True,
    on_progress: OnProgress | None = None,
    **changes: Any,
) -> TrainingResults:
    """Train a network for each seed and each combination of some settings.

    Each network is the one that `train` makes of the same settings, bit for bit on CPUs with as
    many cores. It is trained in a process of its own; if that fails, the others go on.

    Args:
        out: `mine.keras` for `mine-seed-3.keras`, `mine-learning-rate-0.001-seed-3.keras`.
        settings: as of `train`.
        seeds: the seeds, such as `range(10)`; empty for that of the settings.
        variants: values of settings, as `{"learning_rate": (0.001, 0.003)}`; all combinations of
            them are trained. Those of `"size"` are pairs of rows and columns.
        jobs: how many processes train, each one network at a time; `None` for as many as there are
            cores. Several need `vingui[batches]`.
        scheduler: the address of a Dask scheduler, like "tcp://host:8786", whose workers train
            instead. It must be trusted, and share the folder of `out`.
        resume: whether to keep networks that lie there with a card of the same settings.
        title: as of `train`, and so are all that follow, for each network.
        evaluation: whether to evaluate each network.
        minutes: the longest time of each training.
        snapshots: the epochs after which each network is kept.
        tensorboard: a folder for the losses, with a folder for each network.
        progress: whether to show a bar of the epochs that are done.
        on_progress: called instead, with how many are done, of all networks together, and of how
            many.
        **changes: of the settings, such as `epochs=5`.

    Raises:
        VinguiError: a setting is out of its range, or processes cannot be started.

    Example:
        >>> results = vingui.train_many("mine.keras", "paper", seeds=range(2), evaluation=False)
        >>> [row["file"] for row in results.rows]
        ['mine-seed-0.keras', 'mine-seed-1.keras']
    """
    jobs = None if jobs is None else checked_whole(jobs, "jobs", 1)
    how = _checked_options(title, evaluation, minutes, snapshots, tensorboard)
    if not isinstance(variants, Mapping | None):
        raise VinguiError(
            f"variants must be values by the names of settings, not {brief(variants)}"
        )
    runs = training_runs(
        checked_out(out),
        chosen_settings(settings, changes),
        seeds=(checked_whole(seed, "A seed", 0) for seed in _checked_values(seeds, "seeds")),
        variants={
            name: [_plain(value) for value in _checked_values(values, name)]
            for name, values in (variants or {}).items()
        },
    )
    rows: dict[int, Row] = {}
    with reporting("Training", progress=progress, on_progress=on_progress) as report:
        train_runs(
            runs,
            how,
            jobs=jobs,
            scheduler=scheduler,
            resume=resume,
            on_row=rows.__setitem__,
            on_progress=report,
            on_note=warnings.warn,
        )
    return TrainingResults([rows[number] for number in range(len(runs))])


def _checked_values(values: Any, name: str) -> Iterable[Any]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise VinguiError(f"{name} must be several values, such as (1, 2), not {brief(values)}")
    return values


def _plain(value: Any) -> Any:
    """A value with numpy's scalar as a number of Python's, and a path as text."""
    value = plain_values({"": value})[""]
    return str(value) if isinstance(value, PathLike) else value


@dataclass(frozen=True)
class RunOptions:
    """What runs have in common but for the settings; the arguments of `train`."""

    title: str | None = None
    evaluation: bool = True
    minutes: float = 0
    snapshots: Sequence[int] | bool = False
    tensorboard: str | None = None


def _checked_options(
    title: str | None,
    evaluation: bool,
    minutes: float,
    snapshots: Sequence[int] | bool,
    tensorboard: str | PathLike[str] | None,
) -> RunOptions:
    if title is not None:
        checked_text(title, "title")
    checked_number(minutes, "minutes", 0)
    if not isinstance(snapshots, bool):
        snapshots = sorted(snapshot_epochs(snapshots) or ())
    logs = None if tensorboard is None else str(checked_path(tensorboard, "tensorboard"))
    return RunOptions(title, evaluation, minutes, snapshots, logs)


def train_runs(
    runs: Sequence[TrainingRun],
    how: RunOptions,
    *,
    jobs: int | None,
    scheduler: str | None,
    resume: bool,
    on_row: Callable[[int, Row], None],
    on_progress: OnProgress,
    on_note: Callable[[str], None],
) -> None:
    """Train the networks of runs, as `train_many` describes it.

    Args:
        runs: the runs.
        how: how to train.
        jobs: as of `train_many`.
        scheduler: the same.
        resume: the same.
        on_row: called with the number of each run and its row, as they come.
        on_progress: called with how many epochs are done, and of how many.
        on_note: called with sentences that the user should read.

    Raises:
        VinguiError: processes cannot be started, or the scheduler was lost.
    """
    training = _Training(runs, how, on_row, on_progress, on_note)
    if resume:
        training.skip_finished()
    processes = min(jobs or (cores() if can_start_workers() else 1), len(training.left))
    if scheduler is None and processes <= 1:
        training.run()
    elif training.left:
        with Workers(
            processes,
            scheduler=scheduler,
            imports=training_process.__name__,
            on_note=on_note,
            on_wait=training.report,
        ) as workers:
            training.run_by(workers)


class _Training:
    """Runs, and which of them are left."""

    def __init__(
        self,
        runs: Sequence[TrainingRun],
        how: RunOptions,
        on_row: Callable[[int, Row], None],
        on_progress: OnProgress,
        on_note: Callable[[str], None],
    ) -> None:
        self.left = dict(enumerate(runs))
        self._how, self._on_row, self._on_note = how, on_row, on_note
        self._on_progress = on_progress
        self._epochs: dict[int, int] = {}
        self._total = sum(run.settings.last_epoch for run in runs)
        self._noted: set[str] = set()

    def skip_finished(self) -> None:
        """Leave out the runs whose networks are there."""
        for number, run in list(self.left.items()):
            card = run.finished(evaluated=self._how.evaluation)
            if card is not None:
                self._end(number, run.row(card=card))

    def run(self) -> None:
        """Train one network after the other."""
        for number, run in list(self.left.items()):
            self._on_outcome(number, train_in_process(self._job(run), self.report))

    def run_by(self, workers: Workers) -> None:
        """Have workers train."""
        numbers, runs = list(self.left), list(self.left.values())

        def fail(place: int, error: VinguiError) -> str:
            reason = str(error).removeprefix(f"{runs[place]}: ")
            return json.dumps({"error": reason, "notes": []})

        outcomes = workers.run(
            train_in_process,
            ((str(run), (self._job(run),)) for run in runs),
            on_done=lambda place, text: self._on_outcome(numbers[place], text),
            on_failure=fail,
        )
        deque(outcomes, maxlen=0)

    def report(self) -> None:
        """Report the progress, of those that are being trained too."""
        for number, run in islice(self.left.items(), _MOST_WATCHED):
            # Fewer are found of one that was done a moment ago.
            self._epochs[number] = max(self._epochs.get(number, 0), run.epochs_done())
        self._on_progress(sum(self._epochs.values()), self._total)

    def _job(self, run: TrainingRun) -> str:
        logs = self._how.tensorboard
        if logs is not None:
            logs = str(Path(logs, run.out.stem).absolute())
        return training_job(run.out, run.settings, {**asdict(self._how), "tensorboard": logs})

    def _on_outcome(self, number: int, text: str) -> None:
        outcome, run = json.loads(text), self.left[number]
        for note in outcome["notes"]:
            # What is left out of a data set is the same for all runs.
            if note not in self._noted:
                self._noted.add(note)
                self._on_note(note)
        error, card = outcome["error"], None
        if error is None:
            card = run.finished(evaluated=False)
            if card is None:
                error = f"{run.out} was written by a worker that does not share this folder"
        self._end(number, run.row(card=card, error=error))

    def _end(self, number: int, row: Row) -> None:
        self._epochs[number] = self.left.pop(number).settings.last_epoch
        self._on_row(number, row)
        self.report()
