"""Evaluating several models on several sets of maps, with references and failed cases."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from vingui.core.cards import ModelCard
from vingui.core.diagnosis_text import trajectory_record
from vingui.core.errors import VinguiError
from vingui.core.evaluation_protocol import FailedCase
from vingui.core.evaluation_sets import LoadedSet, Starts
from vingui.core.files import brief, naming
from vingui.core.grid import Cell, GridMap
from vingui.core.moves import MoveRule
from vingui.core.references import REFERENCES, exact_actions, reactive_actions
from vingui.core.rollout import Outcome, Trajectory
from vingui.core.run import Run
from vingui.net.evaluate import MapResult, SolvedMap, ks_until
from vingui.net.evaluation_totals import EvaluationTotals
from vingui.net.map_counts import MapReport
from vingui.net.planner import Planner

_WARM_UP_CELLS: Final = 1 << 18
"""A first map of up to so many cells is planned on twice: the first plan of a process takes longer,
because compiled code is loaded."""


class Contestant:
    """A model that is evaluated.

    Args:
        planner: the model.
        card: its card, if there is one.
        iterations: K, or `None` for auto.
        by_k: whether the success by K is wanted.
        file: its file, from which other processes load it; `None` of a method.
    """

    def __init__(
        self,
        planner: Planner,
        card: ModelCard | None,
        iterations: int | None,
        *,
        by_k: bool = True,
        file: Path | None = None,
    ) -> None:
        self.name, self.rule, self.is_reference = planner.name, planner.rule, False
        self.iterations = iterations
        self.ks: Sequence[int] = ks_until(iterations) if by_k else ()
        self.planner, self.file = planner, file
        self._settings = card.settings if card else None

    def try_on(self, solved: SolvedMap, on_piece: Callable[[], None]) -> MapResult:
        """Plan on a map."""
        return solved.plan(self.planner, self.iterations, ks=self.ks, on_piece=on_piece)

    def failed_case(
        self,
        grid: GridMap,
        start: Cell,
        outcome: str,
        *,
        iterations: int,
        index: int,
        number: int,
        dataset: str,
    ) -> FailedCase:
        """A start from which it fails on a map, with the reason as far as it is known."""
        alone = grid.with_starts((start,))
        run = self.planner.plan(alone, iterations=self.iterations)
        (trajectory,) = run.trajectories(alone.starts, run.latest)
        return FailedCase(
            number,
            dataset,
            index,
            self.name,
            iterations,
            outcome,
            _sentence(trajectory, run, self._settings),
            alone,
            trajectory.path,
        )


def _sentence(trajectory: Trajectory, run: Run, settings: Mapping[str, Any] | None) -> str:
    record = trajectory_record(trajectory, run, run.latest, settings)
    words = [record["words"]]
    if trajectory.outcome is Outcome.REACHED:
        words = [f"{words[0]}, with more than twice as many states as the best path"]
    return " ".join([f"{words[0]}.", record.get("why", "")]).strip()


class Reference:
    """A row to compare models with."""

    iterations: int | None = None
    ks: Sequence[int] = ()

    def __init__(self, name: str, rule: MoveRule) -> None:
        if name not in REFERENCES:
            raise VinguiError(
                f"There is no reference {brief(name)}; there are {', '.join(REFERENCES)}"
            )
        self.name, self.rule, self.is_reference = name, rule, True

    def try_on(self, solved: SolvedMap, _on_piece: Callable[[], None]) -> MapResult:
        """Follow its actions on a map."""
        if solved.oracle is None:
            return solved.without_goal()
        if self.name == "exact":
            return solved.result(exact_actions(solved.oracle), seconds=solved.seconds)
        began = time.perf_counter()
        actions = reactive_actions(solved.grid, self.rule)
        return solved.result(actions, seconds=time.perf_counter() - began)


@dataclass
class _Entry:
    """One row: a contestant on a set."""

    contestant: Contestant | Reference
    totals: EvaluationTotals
    failures: int = 0

    def row(self, dataset: str, *, finished: bool) -> dict[str, Any]:
        one = self.contestant
        wanted: int | str | None = "auto" if one.iterations is None else one.iterations
        return {
            "dataset": dataset,
            "model": one.name,
            "moves": one.rule.name,
            "iterations": None if one.is_reference else wanted,
            "reference": one.is_reference,
            "finished": finished,
            **self.totals.summary(),
        }


@dataclass(frozen=True)
class EvaluatedMap:
    """What came of one map.

    Attributes:
        trajectories: their records, with the names of the set and the model; those of references
            are left out.
        failures: the cases to keep.
    """

    trajectories: list[dict[str, Any]]
    failures: list[FailedCase]


def _name_apart(models: Sequence[Contestant]) -> None:
    """Add a number to each name that came before: rows are told apart by them."""
    counts: dict[str, int] = {}
    for model in models:
        name = model.name
        counts[name] = counts.get(name, 0) + 1
        if counts[name] > 1:
            model.name = f"{name} ({counts[name]})"


def with_references(
    models: Sequence[Contestant], references: Sequence[str]
) -> list[Contestant | Reference]:
    """The models, and references under each of their movement rules.

    Raises:
        VinguiError: there is no such reference.
    """
    rules = {model.rule.name: model.rule for model in models}
    return [*models, *(Reference(name, rule) for rule in rules.values() for name in references)]


class MapTrials:
    """Tries all contestants on maps.

    Args:
        contestants: the models and references.
        starts: the starts that maps have, or every cell that is free and no goal.
        trajectories: whether the reports of models have the records of all trajectories.
    """

    def __init__(
        self, contestants: Sequence[Contestant | Reference], starts: Starts, *, trajectories: bool
    ) -> None:
        self._contestants, self._starts, self._trajectories = contestants, starts, trajectories
        self._is_warm = False

    def run(
        self, grid: GridMap, index: int, on_piece: Callable[[], None] = lambda: None
    ) -> list[MapReport]:
        """Plan on a map; of each movement rule it is solved once."""
        if not self._is_warm and grid.walls.size <= _WARM_UP_CELLS:
            self._try_all(grid, index, on_piece)
        self._is_warm = True
        return [
            MapReport.of(result, trajectories=self._trajectories and not one.is_reference)
            for one, result in zip(
                self._contestants, self._try_all(grid, index, on_piece), strict=True
            )
        ]

    def _try_all(self, grid: GridMap, index: int, on_piece: Callable[[], None]) -> list[MapResult]:
        solved: dict[str, SolvedMap] = {}
        results = []
        for one in self._contestants:
            if one.rule.name not in solved:
                solved[one.rule.name] = SolvedMap(grid, one.rule, index=index, starts=self._starts)
            results.append(one.try_on(solved[one.rule.name], on_piece))
            on_piece()
        return results


class Evaluation:
    """Evaluates models on sets of maps, map by map, all models on each.

    Args:
        models: the models.
        sets: the sets.
        references: names of `REFERENCES`, evaluated under each movement rule of the models.
        starts: the starts that maps have, or every cell that is free and no goal.
        most_failures: how many failed cases to keep of each model and set, one a map.
        trajectories: whether to keep the records of all trajectories.
        number: the number of the request in the cases.

    Attributes:
        models: the models.
        sets: the sets.
        references: the names of the references.
        starts: as above.
        trajectories: as above.
        trials: plans on maps in this process.
        total: how many maps there are in all sets.
        done: how many of them are done.
        finished: the rows of the sets that are finished.

    Raises:
        VinguiError: there is no such reference.
    """

    def __init__(
        self,
        models: Sequence[Contestant],
        sets: Sequence[LoadedSet],
        *,
        references: Sequence[str] = (),
        starts: Starts = "given",
        most_failures: int = 0,
        trajectories: bool = False,
        number: int = 0,
    ) -> None:
        _name_apart(models)
        self.models, self.sets, self.references = models, sets, references
        self.starts, self.trajectories = starts, trajectories
        self._contestants = with_references(models, references)
        self.trials = MapTrials(self._contestants, starts, trajectories=trajectories)
        self._most_failures, self._number = most_failures, number
        self.total, self.done = sum(len(one.maps) for one in sets), 0
        self.finished: list[dict[str, Any]] = []
        self._dataset, self._entries = sets[0].name if sets else "", list[_Entry]()

    @property
    def dataset(self) -> str:
        """The name of the set that comes next or is not finished; of the last once all are."""
        return self._dataset

    def run(self, reports: Iterator[list[MapReport]]) -> Iterator[EvaluatedMap]:
        """Evaluate, map by map. The rows have the maps that are done, also if it is ended.

        Args:
            reports: of all maps of all sets, in order.

        Raises:
            VinguiError: no start of a set can reach a goal, or a plan would take too much memory.
        """
        for one in self.sets:
            self._dataset = one.name
            self._entries = [_Entry(each, EvaluationTotals(each.ks)) for each in self._contestants]
            for index in range(len(one.maps)):
                evaluated = self._count(one, index, next(reports))
                self.done += 1
                if index + 1 == len(one.maps):
                    self._finish()
                yield evaluated
        # To its end, so that it ends what it began.
        assert next(reports, None) is None  # noqa: S101 - there was one a map

    def _count(self, maps: LoadedSet, index: int, reports: list[MapReport]) -> EvaluatedMap:
        """Count a map once all have planned on it, so that all rows are of the same maps."""
        evaluated = EvaluatedMap([], [])
        for entry, report in zip(self._entries, reports, strict=True):
            entry.totals.add(report.counts)
            evaluated.trajectories.extend(
                {"dataset": maps.name, "model": entry.contestant.name, **record}
                for record in report.trajectories
            )
            evaluated.failures.extend(self._failure_of(entry, maps, index, report))
        return evaluated

    def _failure_of(
        self, entry: _Entry, maps: LoadedSet, index: int, report: MapReport
    ) -> Iterator[FailedCase]:
        one = entry.contestant
        if isinstance(one, Reference) or report.failing is None:
            return
        if entry.failures < self._most_failures:
            entry.failures += 1
            yield one.failed_case(
                maps.maps[index],
                report.failing,
                report.outcome,
                iterations=report.counts.iterations,
                index=index,
                number=self._number,
                dataset=maps.name,
            )

    def _finish(self) -> None:
        with naming(self._dataset):
            self.finished += [entry.row(self._dataset, finished=True) for entry in self._entries]
        self._entries = []

    def current_rows(self) -> list[dict[str, Any]]:
        """The rows of the set that is not finished, those that have counted a start."""
        return [
            entry.row(self._dataset, finished=False)
            for entry in self._entries
            if entry.totals.starts
        ]

    def rows(self) -> list[dict[str, Any]]:
        """All rows, those of finished sets first."""
        return self.finished + self.current_rows()
