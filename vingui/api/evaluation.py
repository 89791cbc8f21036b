"""Evaluating models from Python."""

import html
import warnings
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal, get_args

from vingui.api.checks import checked_choice, checked_path, checked_whole, plain_values
from vingui.api.maps import Maps, maps_of
from vingui.api.model import Model, model_of
from vingui.api.progress import OnProgress, reporting
from vingui.core.errors import VinguiError
from vingui.core.evaluation_protocol import FailedCase
from vingui.core.evaluation_rows import csv_text, json_text, title
from vingui.core.evaluation_sets import LoadedSet, Starts
from vingui.core.evaluation_text import table_lines
from vingui.core.files import brief, replacing
from vingui.core.methods import is_search
from vingui.core.phrases import counted, percent
from vingui.core.references import REFERENCES
from vingui.core.train_settings import HELD_OUT_SEED

if TYPE_CHECKING:
    from vingui.net.batches import Batches

Models = Model | str | PathLike[str] | Iterable[Model | str | PathLike[str]]
"""One or several, loaded or as of `load_model`."""


class EvaluationResult:
    """How well models plan on sets of maps. In a notebook it shows its table.

    Args:
        rows: of each model on each set one, as `vingui.core.evaluation_protocol` describes them.
        failures: some cases in which a model does not reach a goal that can be reached.
    """

    def __init__(self, rows: list[dict[str, Any]], failures: list[FailedCase]) -> None:
        self.rows = rows
        self.failures = failures

    def __repr__(self) -> str:
        counts = {row["dataset"]: row["maps"] for row in self.rows}
        models = dict.fromkeys(row["model"] for row in self.rows)
        on = counted(sum(counts.values()), "map")
        return f"<vingui.EvaluationResult of {', '.join(models)} on {on}>"

    def __str__(self) -> str:
        return "\n".join(table_lines(self.rows))

    def save(self, path: str | PathLike[str], **options: Any) -> None:
        """Write the rows as `.csv` or `.json`, or draw them (`.png`, `.webp`, `.svg`, `.pdf`).

        Args:
            path: the file.
            **options: of a figure, such as `width=174`.

        Raises:
            VinguiError: there is no such format, or the file cannot be written.

        Example:
            >>> result.save("success.pdf", background="transparent")
        """
        path = checked_path(path)
        suffix = path.suffix.lower()
        if options and suffix in (".csv", ".json"):
            raise VinguiError(f"A {suffix} file has no option {next(iter(options))!r}")
        match suffix:
            case ".csv":
                text = csv_text(self.rows)
            case ".json":
                text = json_text(self.rows, self.failures)
            case _:
                from vingui.figure.evaluation import save_evaluation
                from vingui.figure.options import FigureOptions

                save_evaluation(self.rows, path, FigureOptions.named(plain_values(options)))
                return
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")

    def _repr_html_(self) -> str:
        head = ("maps", "model", "success", "95 % interval", "optimal", "actions right")
        lines = [head, *(_cells(row, self.rows) for row in self.rows)]
        made = ["".join(f"<td>{html.escape(cell)}</td>" for cell in line) for line in lines]
        return "<table>" + "".join(f"<tr>{line}</tr>" for line in made) + "</table>"


def _cells(row: dict[str, Any], rows: list[dict[str, Any]]) -> tuple[str, ...]:
    low, high = map(percent, row["success_interval"])
    accuracy = row["action_accuracy"]
    return (
        row["dataset"],
        title(row, rows),
        percent(row["success"]),
        f"{low} to {high}",
        percent(row["optimal"]),
        "-" if accuracy is None else percent(accuracy),
    )


def evaluate(
    models: Models,
    maps: Maps | Mapping[str, Maps],
    *,
    iterations: int | Literal["own", "auto"] = "own",
    starts: Starts = "given",
    references: bool = False,
    seed: int = HELD_OUT_SEED,
    most_failures: int = 20,
    jobs: int | None = 1,
    scheduler: str | None = None,
    resume: str | PathLike[str] | None = None,
    progress: bool = True,
    on_progress: OnProgress | None = None,
) -> EvaluationResult:
    """Evaluate models on sets of maps; the figures are those of `vingui evaluate`.

    Args:
        models: one or several, loaded or as of `load_model`.
        maps: one set, or several by their names.
        iterations: K; "own" for each model's own, "auto" for as many as change values.
        starts: "given" for the starts that maps have, "all" for every free cell.
        references: whether to add the rows of `vingui.core.references.REFERENCES`.
        seed: of generated maps.
        most_failures: how many failed cases to keep of each model and set, one a map.
        jobs: how many processes plan; `None` for as many as there are cores, once the time that
            the first maps took shows that starting them pays. Results are the same, bit for bit,
            but for `seconds_per_map`. Needs `vingui[batches]`.
        scheduler: the address of a Dask scheduler, like "tcp://host:8786", whose workers plan
            instead. It must be trusted.
        resume: a file that keeps what is finished, until all is: the same call goes on with it.
        progress: whether to show a bar, in a notebook or at a terminal, if it takes a while.
        on_progress: called instead, with how many maps are done, and of how many.

    Returns:
        A row of rates and counts for each model on each set, and some failed cases.

    Raises:
        VinguiError: a model or maps cannot be read, no start of a set can reach a goal, processes
            cannot be started, or `resume` keeps what another call has finished.
        KeyboardInterrupt: it was interrupted; the attribute `result` has what came of the maps
            that are done, at a prompt and in a notebook as `sys.last_value.result`.

    Example:
        >>> result = vingui.evaluate("dynamic-8", "maze:16:5", references=True)
        >>> [(row["model"], row["success"]) for row in result.rows]
        [('dynamic-8', 1.0), ('exact', 1.0), ('reactive', 0.2)]
    """
    from vingui.net.batches import Batches

    checked_choice(starts, "starts", get_args(Starts))
    most_failures = checked_whole(most_failures, "most_failures", 0)
    jobs = None if jobs is None else checked_whole(jobs, "jobs", 1)
    chosen = _loaded(models, progress=progress and on_progress is None)
    named = maps if isinstance(maps, Mapping) else {"": maps}
    if not named:
        raise VinguiError("There are no maps")
    run = EvaluationRun(
        [(one, one.planner.iterations_for(iterations)) for one in chosen],
        [maps_of(each, name=str(name), seed=seed) for name, each in named.items()],
        references=references,
        starts=starts,
        most_failures=most_failures,
    )
    log = None if resume is None else checked_path(resume, "resume")
    batches = Batches(
        jobs, scheduler, log, resume=True, on_note=warnings.warn, remedy="repeat the call to go on"
    )
    try:
        with (
            reporting("Evaluating", progress=progress, on_progress=on_progress) as report,
            closing(run.trajectories(batches)) as evaluated,
        ):
            for _ in evaluated:
                report(run.done, run.total)
    except KeyboardInterrupt as stopped:
        stopped.__dict__["result"] = run.result
        done = f"after {run.done:,} of {counted(run.total, 'map')}"
        kept = "the results of these are in sys.last_value.result"
        stopped.add_note(f"{done}; {kept if log is None else 'repeat the call to go on'}")
        raise
    return run.result


class EvaluationRun:
    """An evaluation as it goes, with the result of what is done.

    Args:
        models: the models, each with K or `None` for auto.
        sets: the sets of maps.
        references: whether to add the rows of `vingui.core.references.REFERENCES`.
        starts: as of `evaluate`.
        most_failures: as of `evaluate`.
        with_trajectories: whether the records of trajectories are wanted.
    """

    def __init__(
        self,
        models: Iterable[tuple[Model, int | None]],
        sets: Sequence[LoadedSet],
        *,
        references: bool,
        starts: Starts,
        most_failures: int,
        with_trajectories: bool = False,
    ) -> None:
        # Planning takes a while to import.
        from vingui.net.evaluation import Contestant, Evaluation

        self._evaluation = Evaluation(
            [Contestant(one.planner, one.card, k, file=one.file) for one, k in models],
            sets,
            references=tuple(REFERENCES) if references else (),
            starts=starts,
            most_failures=most_failures,
            trajectories=with_trajectories,
        )
        self._failures: list[FailedCase] = []

    @property
    def done(self) -> int:
        """How many maps are done."""
        return self._evaluation.done

    @property
    def total(self) -> int:
        """How many maps there are."""
        return self._evaluation.total

    @property
    def result(self) -> EvaluationResult:
        """What came of the maps that are done."""
        return EvaluationResult(self._evaluation.rows(), self._failures)

    def trajectories(self, batches: "Batches") -> Generator[list[dict[str, Any]]]:
        """Evaluate, map by map; yields the records of the trajectories on each.

        Raises:
            VinguiError: as `evaluate`.
        """
        from vingui.net.evaluation_batches import reports_in_batches

        with closing(reports_in_batches(self._evaluation, batches)) as reports:
            for evaluated in self._evaluation.run(reports):
                self._failures += evaluated.failures
                yield evaluated.trajectories


def _loaded(models: Models, *, progress: bool) -> list[Model]:
    """The models to evaluate.

    Raises:
        VinguiError: there are none, one cannot be loaded, or one is a search.
    """
    several = [models] if isinstance(models, Model | str | PathLike) else models
    if not isinstance(several, Iterable):
        raise VinguiError(f"models must be models or their names, not {brief(models)}")
    chosen = [model_of(one, progress=progress) for one in several]
    if not chosen:
        raise VinguiError("There are no models to evaluate")
    for one in chosen:
        if is_search(one.name):
            raise VinguiError(
                f"{one.name} plans from the first start of a map alone, and cannot be evaluated "
                "from all; evaluate exact instead"
            )
    return chosen
