"""The layers of a run that the value view shows: a number for each cell, and its range."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from vingui.core.extra_cost import EXTRA_COST, extra_costs, most_extra_cost
from vingui.core.grid import Cell, GridMap
from vingui.core.learned_costs import cost_range, learned_costs, note_on_costs
from vingui.core.moves import ACTION_NAMES, MoveRule
from vingui.core.oracle import Oracle
from vingui.core.outcome_categories import OutcomeCategory, categories_of, category_labels
from vingui.core.readouts import LEARNED_COST
from vingui.core.value_differences import as_costs, difference

if TYPE_CHECKING:
    from vingui.core.run import Run

Kind = Literal["sequential", "diverging", "outcomes"]

COST: Final = "cost"
"""The layer of what cells really cost."""

LAYERS: Final[tuple[tuple[str, str], ...]] = (
    ("value", "Value"),
    ("reward", "Reward"),
    ("q", "Q-values"),
    ("exact", "Exact value"),
    ("difference", "Difference"),
    ("outcomes", "Outcomes"),
    (COST, "Cost"),
    (LEARNED_COST, "Learned cost"),
    (EXTRA_COST, "Extra cost"),
)
"""The layers: their names in the settings, and their titles."""

_OF_BACKUPS: Final = {
    "reward": "rewards",
    "q": "q-values",
    "difference": "estimate of what is left to the goal",
}
"""Layers that a search does not have: what it lacks."""

_PER_LENGTH: Final = "per unit of length"

_LEAST_DIFFERENCE: Final = 0.05
"""The shortest scale of differences, so that rounding errors do not stand out."""

_SAMPLED: Final = 1_000_000
"""The most cells of earlier iterations that are used for the range of a whole run."""


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer of a run.

    Attributes:
        source: a run, whose V_k are the values of this layer, or else the values themselves.
        kind: the kind of colour scale.
        name: the name of the values, without a k.
        unit: the unit of the values; empty for none.
        k: the iteration; 0 if the layer is the same for all.
        low: the value of the lowest colour.
        high: the value of the highest colour, above `low`.
        note: what else there is to know about the values, as a sentence; empty for nothing.
        categories: in the outcomes layer, `OUTCOME_CATEGORIES` in the words for the map.
        counts: the number of cells of each of them.
    """

    source: "Run | NDArray[np.float32]"
    kind: Kind
    name: str
    unit: str
    k: int
    low: float
    high: float
    note: str = ""
    categories: tuple[OutcomeCategory, ...] = ()
    counts: tuple[int, ...] = ()

    @cached_property
    def values(self) -> NDArray[np.float32]:
        """`(rows, cols)` float32, `-inf` where there is none.

        In the outcomes layer they are indices of `OUTCOME_CATEGORIES`.
        """
        source = self.source
        return source if isinstance(source, np.ndarray) else source.values_at(self.k)[1]

    def reading(self) -> AbstractContextManager[NDArray[np.float32]]:
        """`values` until the block ends, without the effort of making them."""
        source = self.source
        return nullcontext(source) if isinstance(source, np.ndarray) else source.reading(self.k)

    def values_of(self, rows: slice, cols: slice) -> NDArray[np.float32] | None:
        """A part of `values`; `None` while another thread reads those of the run."""
        source = self.source
        if isinstance(source, np.ndarray):
            return source[rows, cols]
        return source.values_of(self.k, rows, cols)

    def value(self, cell: Cell) -> float:
        """The value of a cell, without the effort of making `values`."""
        source = self.source
        if isinstance(source, np.ndarray):
            return float(source[cell])
        return source.value(cell, self.k)

    def changes_since(
        self, before: "Layer"
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]] | None:
        """The few cells whose values differ from those of an earlier layer, if that is known.

        Returns:
            As of `Run.changes_between`; `None` also if the layers have different colours.
        """
        source, same = self.source, (self.low, self.high) == (before.low, before.high)
        if isinstance(source, np.ndarray) or before.source is not source or not same:
            return None
        return source.changes_between(before.k, self.k)

    @property
    def label(self) -> str:
        """The name with the unit: "V - exact (cells)"."""
        return f"{self.name} ({self.unit})" if self.unit else self.name

    @property
    def title(self) -> str:
        """The name with the k."""
        return f"{self.name}, k = {self.k:,}" if self.k else self.name


def compute_layer(
    run: "Run", k: int, layer: str, latent: int, *, whole: tuple[float, float] | None
) -> Layer | None:
    """Compute a layer of a run; `None` if it is not known yet.

    Args:
        run: the run.
        k: the iteration; the values that the run keeps for it are used.
        layer: a name of `LAYERS`.
        latent: the latent action of the reward and q layers, or `BEST`, which is also used if
            there is no such action.
        whole: the range of the colours, from `run_range`; `None` to fit them to this iteration.
    """
    if not run.kept or missing_reason(run, layer):
        return None
    if layer == "outcomes":
        return _outcomes(run, k)
    found = _VALUES[layer](run, k, latent)
    if found is None:
        return None
    source, kind, name, unit, layer_k = found
    if layer in (COST, LEARNED_COST):
        note = note_on_costs(run) if layer == LEARNED_COST else ""
        return Layer(source, kind, name, unit, layer_k, *cost_range(run.grid, source), note)
    low, high = _range_at_k(run, source, layer_k)
    if layer == EXTRA_COST and high <= 0:
        # All 0 is the lowest colour, as wherever it is 0.
        low, high = 0.0, most_extra_cost(run.grid, run.rule)
    if whole is not None:
        low, high = min(low, whole[0]), max(high, whole[1])
    if kind == "diverging":
        low, high = balanced(low, high)
    else:
        low, high = _widened(low, high)
    return Layer(source, kind, name, unit, layer_k, low, high)


def run_range(run: "Run", layer: str, latent: int) -> tuple[float, float]:
    """The least and the greatest value of a layer over a run, as far as it is known.

    For differences, only a sample of the iterations is used.

    Returns:
        Both; `inf`, `-inf` if there is none.
    """
    if layer == "value":
        return _or_none(run.low, run.high)
    if layer == EXTRA_COST:
        return 0.0, most_extra_cost(run.grid, run.rule)
    if missing_reason(run, layer):
        return np.inf, -np.inf
    ks = [run.latest] if layer == "q" else []
    if layer == "difference":
        count = min(max(_SAMPLED // run.grid.walls.size, 2), 16) if run.finished else 1
        ks = [run.kept[place] for place in np.linspace(len(run.kept) - 1, 0, count, dtype=int)]
    low, high = np.inf, -np.inf
    for k in ks:
        found = _VALUES[layer](run, k, latent)
        if found is not None:
            at_k = _range_at_k(run, found[0], k)
            low, high = min(low, at_k[0]), max(high, at_k[1])
    return low, high


def depends_on_k(layer: str) -> bool:
    """Whether a layer differs between iterations."""
    return layer not in ("reward", "exact", COST, LEARNED_COST)


def layers_of(*, costs: bool, learned: bool, chosen: str = "value") -> tuple[tuple[str, str], ...]:
    """Those of `LAYERS` that show something, and the chosen one.

    Args:
        costs: whether the map has costs.
        learned: whether the network learned what cells cost.
        chosen: the layer that is shown.
    """
    empty = {COST: not costs, LEARNED_COST: not learned}
    return tuple(row for row in LAYERS if row[0] == chosen or not empty.get(row[0], False))


def missing_reason(run: "Run", layer: str) -> str:
    """Why a run never has a layer, as a sentence; "" if it has it once it is known."""
    if run.is_search and layer in _OF_BACKUPS:
        return f"A search makes no backups: {run.model} has no {_OF_BACKUPS[layer]}"
    if layer != LEARNED_COST or run.has_learned_costs:
        return ""
    return (
        f"{run.model} did not learn what cells cost. Choose a model that did, such as "
        "costs-picture-8"
    )


def latent_names(count: int, rule: MoveRule) -> tuple[str, ...]:
    """The names of latent actions: those of the moves if there is one for each."""
    if count == rule.n_actions:
        return ACTION_NAMES[:count]
    return tuple(f"latent {action}" for action in range(count))


def balanced(low: float, high: float) -> tuple[float, float]:
    """The range of a diverging colour scale, centred on 0, for values of some range."""
    high = max(-low, high, _LEAST_DIFFERENCE) if low <= high else 1.0
    return -high, high


def finite_range(values: NDArray[np.float32], free: NDArray[np.bool_]) -> tuple[float, float]:
    """The least and the greatest finite value of free cells; `inf`, `-inf` if there is none.

    Args:
        values: `(rows, cols)` float32.
        free: `(rows, cols)` bool.
    """
    # Several times as fast as selecting these cells.
    shown = free & np.isfinite(values)
    low = np.where(shown, values, np.float32(np.inf)).min()
    return float(low), float(np.where(shown, values, np.float32(-np.inf)).max())


# Each returns the source, the kind of colour scale, name, unit and k; or None if not known.

_Found = tuple["Run | NDArray[np.float32]", Kind, str, str, int] | None


def _value(run: "Run", k: int, latent: int) -> _Found:
    name = "Minus the cost from the start" if run.is_search else "Value V"
    return run, "sequential", name, "", run.nearest(k)


def _reward(run: "Run", k: int, latent: int) -> _Found:
    values = run.readouts.layer(k, "reward", latent)
    channels = run.readouts.reward_channels
    if values is None:
        return None
    if channels == 1:
        return values, "sequential", "Reward", "", 0
    if not 0 <= latent < channels:
        return values, "sequential", "Best reward", "", 0
    name = latent_names(channels, run.rule)[latent]
    return values, "sequential", f"Reward of {name}", "", 0


def _q(run: "Run", k: int, latent: int) -> _Found:
    values = run.readouts.layer(k, "q", latent)
    count = run.readouts.latent_actions
    if values is None:
        return None
    if not 0 <= latent < count:
        return values, "sequential", "Best Q", "", run.nearest(k)
    name = latent_names(count, run.rule)[latent]
    return values, "sequential", f"Q of {name}", "", run.nearest(k)


def _exact(run: "Run", k: int, latent: int) -> _Found:
    if run.oracle is None:
        return None
    return _exact_values(run.oracle), "sequential", "Exact value", unit_of(run.grid), 0


def _difference(run: "Run", k: int, latent: int) -> _Found:
    if run.oracle is None:
        return None
    kept_k, values, name = as_costs(run, k, run.oracle)
    return difference(values, run.oracle), "diverging", f"{name} − exact", unit_of(run.grid), kept_k


def _cost(run: "Run", k: int, latent: int) -> _Found:
    grid = run.grid
    costs = np.ones(grid.walls.shape) if grid.costs is None else grid.costs
    values = np.where(grid.free, costs, -np.inf).astype(np.float32)
    return values, "sequential", "Cost", _PER_LENGTH, 0


def _learned_cost(run: "Run", k: int, latent: int) -> _Found:
    values = learned_costs(run)
    return None if values is None else (values, "sequential", "Learned cost", _PER_LENGTH, 0)


def _extra_cost(run: "Run", k: int, latent: int) -> _Found:
    actions = run.readouts.actions(k)
    if actions is None or run.oracle is None:
        return None
    values = extra_costs(run.grid, actions, run.rule, run.oracle)
    return values, "sequential", "Extra cost", unit_of(run.grid), run.nearest(k)


def unit_of(grid: GridMap) -> str:
    """What values are measured in: lengths in cells, or costs."""
    return "cost" if grid.has_costs else "cells"


_VALUES: Final[dict[str, Callable[["Run", int, int], _Found]]] = {
    "value": _value,
    "reward": _reward,
    "q": _q,
    "exact": _exact,
    "difference": _difference,
    COST: _cost,
    LEARNED_COST: _learned_cost,
    EXTRA_COST: _extra_cost,
}


def _exact_values(oracle: Oracle) -> NDArray[np.float32]:
    return -oracle.cost_to_go.astype(np.float32)


def _outcomes(run: "Run", k: int) -> Layer | None:
    rollouts = run.rollouts(k)
    if rollouts is None or run.oracle is None:
        return None
    value = run.grid.greatest_value
    labels = category_labels(rollouts, run.oracle, greatest_value=value)
    categories = categories_of(run.grid)
    counts = np.bincount(labels[labels >= 0], minlength=len(categories)).tolist()
    values = np.where(labels >= 0, labels, -np.inf).astype(np.float32)
    kept_k = run.nearest(k)
    high = len(categories) - 1
    return Layer(values, "outcomes", "Outcomes", "", kept_k, 0, high, "", categories, tuple(counts))


def _range_at_k(run: "Run", source: "Run | NDArray[np.float32]", k: int) -> tuple[float, float]:
    if isinstance(source, np.ndarray):
        return finite_range(source, run.grid.free)
    return _or_none(float(run.lows[k - 1]), float(run.highs[k - 1]))


def _or_none(low: float, high: float) -> tuple[float, float]:
    return (low, high) if low <= high else (np.inf, -np.inf)


def _widened(low: float, high: float) -> tuple[float, float]:
    """The range, made wide enough for a colour scale."""
    if not low <= high:
        return -1.0, 0.0
    # Equal values with rounding errors should have one colour.
    least = max(1e-3 * max(abs(low), abs(high)), 1e-6)
    return (low, high) if high - low >= least else (high - max(1.0, least), high)
