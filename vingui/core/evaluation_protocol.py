"""The messages between the window and the process that evaluates models.

One evaluation or search runs at a time, and a newer request ends the one before. Every reply about
it has its number. It begins with notes and progress, and ends with one of `EvaluationFinished`,
`SearchFinished`, `EvaluationRefused` and `EvaluatorCrashed`.

A row of results, of one model on one set, is a JSON object:

- `dataset`, `model`, `moves`, `iterations`: the names of the set, the model and its movement rule;
  K, or "auto";
- `reference`: whether `model` is a name of `vingui.core.references.REFERENCES`;
- `finished`: whether all maps of the set are counted;
- `maps`, `starts`, `unreachable`: how many there are; `starts` are those that can reach a goal, and
  all rates are shares of them;
- `success`, `success_interval`, `optimal`: shares of 1, and the 95 % interval (Wilson) of the
  first;
- `mean_excess`: of the starts that succeed, cost minus least cost; `null` if there is none;
- `mean_cost_ratio`: the same as a quotient, only where maps have costs;
- `action_accuracy`: the share of cells whose greedy action is an optimal one; or `null`;
- `seconds_per_map`: the median time of planning; the maps' exact solution does not count;
- `by_length`, `by_side`: lists of `{"from", "to", "starts", "success", "optimal"}`, counts by the
  least cost (on plain maps the length of the shortest path) and by the longer side of the map, each
  `from` to below `to`, which is `null` in the last; empty groups are left out;
- `by_k`: a list of `{"k", "starts", "success", "optimal"}`, counts under V_k; maps whose values
  converged before count with their last. Empty for references.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vingui.core.grid import GridMap
from vingui.core.moves import DEFAULT_RULE


@dataclass(frozen=True, eq=False)
class EvaluateRequest:
    """Evaluate models on sets of maps.

    Attributes:
        number: greater than those of all earlier requests.
        models: the names of shipped models, and files.
        sets: the records of `vingui.core.evaluation_sets.MapSet`s.
        references: names of `vingui.core.references.REFERENCES`, which are evaluated too, once for
            each movement rule of the models.
        iterations: K; "own" for each model's own, "auto" for as many as change values.
        starts: "given" for the starts that maps have, "all" for every free cell.
        most_failures: how many failed cases to send of each model and set at most, one a map.
        processes: how many processes may plan, where starting several pays.
        grid: the map in the editor, for the sets that refer to it.
        rule: the name of the movement rule of planners of other packages; models have their own.
    """

    number: int
    models: list[str]
    sets: list[dict[str, Any]]
    references: list[str]
    iterations: int | str
    starts: str
    most_failures: int
    processes: int
    grid: GridMap
    rule: str = DEFAULT_RULE.name


@dataclass(frozen=True, eq=False)
class FindFailureRequest:
    """Search for a map on which a model fails.

    Attributes:
        number: greater than those of all earlier requests.
        model: the name of a shipped model, or a file.
        maps: the record of the `MapSet` whose maps are tried, one after the other; of the source
            "map" the map in the editor, and then ever larger changes of it.
        iterations: as of `EvaluateRequest`.
        most: how many maps to try at most.
        grid: the map in the editor.
    """

    number: int
    model: str
    maps: dict[str, Any]
    iterations: int | str
    most: int
    grid: GridMap


@dataclass(frozen=True, eq=False)
class CancelEvaluation:
    """End an evaluation or a search; what is done is sent as finished and cancelled.

    Attributes:
        number: the number of the request.
    """

    number: int


@dataclass(frozen=True, eq=False)
class EvaluatorReady:
    """The process has started, and listens."""


@dataclass(frozen=True, eq=False)
class EvaluationNote:
    """How maps were read or chosen, or which could not be read.

    Attributes:
        number: the number of the request.
        text: a sentence.
    """

    number: int
    text: str


@dataclass(frozen=True, eq=False)
class EvaluationProgress:
    """How far an evaluation is; sent some times a second.

    Attributes:
        number: the number of the request.
        dataset: the name of the set that is evaluated on.
        done: how many maps are done, of all sets together.
        total: how many there are.
        rows: the rows of this set so far, those that have counted a start.
    """

    number: int
    dataset: str
    done: int
    total: int
    rows: list[dict[str, Any]]


@dataclass(frozen=True, eq=False)
class RowFinished:
    """A model was evaluated on all maps of a set; once cancelled, on those that were done.

    Attributes:
        number: the number of the request.
        row: the results.
    """

    number: int
    row: dict[str, Any]


@dataclass(frozen=True, eq=False)
class FailedCase:
    """A start from which a model fails to reach a goal that can be reached.

    Attributes:
        number: the number of the request.
        dataset: the name of the set; of a search, what was tried.
        index: the index of the map in its set.
        model: the name of the model.
        iterations: K of its plan.
        outcome: the value of a `vingui.core.rollout.Outcome`: how its trajectory ends within twice
            the number of states of the best path.
        sentence: how it ends, and why it fails, where that is known.
        grid: the map, with that start alone.
        path: `(n, 2)` int64, the cells of the trajectory, the start first.
    """

    number: int
    dataset: str
    index: int
    model: str
    iterations: int
    outcome: str
    sentence: str
    grid: GridMap
    path: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SearchProgress:
    """How far a search is; sent some times a second.

    Attributes:
        number: the number of the request.
        tried: how many maps were tried.
        most: how many are tried at most.
    """

    number: int
    tried: int
    most: int


@dataclass(frozen=True, eq=False)
class EvaluationFinished:
    """All rows and failed cases were sent.

    Attributes:
        number: the number of the request.
        cancelled: whether it was ended before all maps were done.
    """

    number: int
    cancelled: bool


@dataclass(frozen=True, eq=False)
class SearchFinished:
    """A search is over; the case that it found was sent before.

    Attributes:
        number: the number of the request.
        tried: how many maps were tried.
        found: whether the model fails on the last of them.
        cancelled: whether it was ended before.
    """

    number: int
    tried: int
    found: bool
    cancelled: bool


@dataclass(frozen=True, eq=False)
class EvaluationRefused:
    """A request cannot be met, for a reason that the user can change.

    Attributes:
        number: the number of the request.
        reason: why, and what to do about it.
        broken: the name of the planner of another package that cannot be used at all, if that is
            why.
    """

    number: int
    reason: str
    broken: str = ""


@dataclass(frozen=True, eq=False)
class EvaluatorCrashed:
    """A request failed because of a bug.

    Attributes:
        number: the number of the request.
        traceback: of the exception, in many lines.
    """

    number: int
    traceback: str


EvaluationReply = (
    EvaluationNote
    | EvaluationProgress
    | RowFinished
    | FailedCase
    | SearchProgress
    | EvaluationFinished
    | SearchFinished
    | EvaluationRefused
    | EvaluatorCrashed
)
EvaluationMessage = (
    EvaluateRequest | FindFailureRequest | CancelEvaluation | EvaluatorReady | EvaluationReply
)
