"""Training many networks from Python, which differ in seeds and settings."""

import html
import json
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from os import PathLike
from pathlib import Path
from typing import Any

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
from vingui.core.processes import can_start_workers, cores
from vingui.core.train_settings import TrainSettings
from vingui.core.training_runs import Row, TrainingRun, training_runs
from vingui.core.training_table import csv_text, json_text, table, table_lines
from vingui.net.workers import Workers


class TrainingResults:
    """What came of several trainings. In a notebook it shows its table.

    Args:
        rows: of each training one, as `vingui.core.training_runs` describes them.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows

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
        progress: whether to show a bar of the networks that are done.
        on_progress: called instead, with how many are done, and of how many.
        **changes: of the settings, such as `epochs=5`.

    Raises:
        VinguiError: a setting is out of its range, or processes cannot be started.

    Example:
        >>> results = vingui.train_many("mine.keras", "paper", seeds=range(2), evaluation=False)
        >>> [row["file"] for row in results.rows]
        ['mine-seed-0.keras', 'mine-seed-1.keras']
    """
    jobs = None if jobs is None else checked_whole(jobs, "jobs", 1)
    if not isinstance(variants, Mapping | None):
        raise VinguiError(
            f"variants must be values by the names of settings, not {brief(variants)}"
        )
    if title is not None:
        checked_text(title, "title")
    checked_number(minutes, "minutes", 0)
    snapshot_epochs(snapshots)
    runs = training_runs(
        checked_out(out),
        chosen_settings(settings, changes),
        seeds=(checked_whole(seed, "A seed", 0) for seed in _checked_values(seeds, "seeds")),
        variants={
            name: [_plain(value) for value in _checked_values(values, name)]
            for name, values in (variants or {}).items()
        },
    )
    logs = None if tensorboard is None else str(tensorboard)
    how = RunOptions(title, evaluation, minutes, snapshots, logs)
    rows: dict[int, Row] = {}
    with reporting("Training", progress=progress, on_progress=on_progress) as report:

        def add(number: int, row: Row) -> None:
            rows[number] = row
            report(len(rows), len(runs))

        train_runs(
            runs,
            how,
            jobs=jobs,
            scheduler=scheduler,
            resume=resume,
            on_row=add,
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


def train_runs(
    runs: Sequence[TrainingRun],
    how: RunOptions,
    *,
    jobs: int | None,
    scheduler: str | None,
    resume: bool,
    on_row: Callable[[int, Row], None],
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
        on_note: called with sentences that the user should read.

    Raises:
        VinguiError: processes cannot be started, or the scheduler was lost.
    """
    left = []
    for number, run in enumerate(runs):
        card = run.finished(evaluated=how.evaluation) if resume else None
        if card is None:
            left.append(number)
        else:
            on_row(number, run.row(card=card))
    if not left:
        return
    noted: set[str] = set()

    def note(text: str) -> None:
        # What is left out of a data set is the same for all runs.
        if text not in noted:
            noted.add(text)
            on_note(text)

    def fail(place: int, error: VinguiError) -> str:
        reason = str(error).removeprefix(f"{runs[left[place]]}: ")
        return json.dumps({"error": reason, "notes": []})

    def end(number: int, text: str) -> None:
        outcome = json.loads(text)
        for one in outcome["notes"]:
            note(one)
        on_row(number, _row(runs[number], outcome["error"]))

    options = asdict(how)

    def call(run: TrainingRun) -> tuple[str, tuple[str]]:
        logs = how.tensorboard and str(Path(how.tensorboard, run.out.stem))
        return str(run), (training_job(run.out, run.settings, {**options, "tensorboard": logs}),)

    calls = (call(runs[number]) for number in left)
    processes = min(jobs or (cores() if can_start_workers() else 1), len(left))
    if scheduler is None and processes <= 1:
        for number, (_, arguments) in zip(left, calls, strict=True):
            end(number, train_in_process(*arguments))
        return
    with Workers(
        processes, scheduler=scheduler, imports=training_process.__name__, on_note=on_note
    ) as workers:
        results = workers.run(
            train_in_process,
            calls,
            on_done=lambda place, text: end(left[place], text),
            on_failure=fail,
        )
        for _ in results:
            pass


def _row(run: TrainingRun, error: str | None) -> Row:
    card = None
    if error is None:
        card = run.finished(evaluated=False)
        if card is None:
            error = f"{run.out} was written by a worker that does not share this folder"
    return run.row(card=card, error=error)
