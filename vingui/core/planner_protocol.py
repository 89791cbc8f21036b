"""The messages between the window and the planner process.

Requests are numbered in ascending order, and the latest plan wins. Every reply about a plan has
the plan's number. `Ping` and `Pong` check whether a process responds, and are used with every
worker process of the window.
"""

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.cell_backup import BackupRequest, CellBackup
from vingui.core.engine import Engine
from vingui.core.grid import Cell, GridMap
from vingui.core.moves import DEFAULT_RULE
from vingui.core.tiles import SIDE

KERAS_WHEN_NEEDED: Final = "--keras-when-needed"
"""The option of a planner process that does not import Keras before a model needs it."""


@dataclass(frozen=True, eq=False)
class PlanRequest:
    """Plan on a map.

    Attributes:
        number: the number of the plan, above that of every earlier request.
        grid: a map with a goal.
        model: the name of a shipped model or the path of a file, or a name of
            `vingui.core.methods.METHODS`.
        iterations: K, or `None` for the model's default.
        memory: how many bytes of values to keep at most.
        engine: what iterates the values of a model.
        rule: the name of the movement rule of a method; models have their own.
    """

    number: int
    grid: GridMap
    model: str
    iterations: int | None
    memory: int
    engine: Engine = "numba"
    rule: str = DEFAULT_RULE.name


@dataclass(frozen=True)
class ActionsRequest:
    """Compute the greedy actions under a V_k of a plan.

    Attributes:
        number: the number of the plan.
        k: the iteration, one of those that are kept.
    """

    number: int
    k: int


@dataclass(frozen=True)
class ReadoutRequest:
    """Read out the q-values and the policy of a tile that follow from a V_k of a plan.

    Attributes:
        number: the number of the plan.
        k: the iteration, one of those that are kept.
        tile_row: the tile, as of `vingui.core.tiles.Tile`.
        tile_col: the same.
    """

    number: int
    k: int
    tile_row: int
    tile_col: int


@dataclass(frozen=True)
class LayerRequest:
    """Compute a number for each cell of a map.

    Attributes:
        number: the number of the plan.
        k: the iteration, one of those that are kept; 0 for layers that are the same for all.
        layer: "q", "reward" or, of a network that learned costs, "learned-cost".
        latent: the latent action, or `vingui.core.value_layers.BEST`.
    """

    number: int
    k: int
    layer: str
    latent: int


@dataclass(frozen=True, eq=False)
class CancelRequest:
    """Stop the plan with this number and all earlier ones."""

    number: int


@dataclass(frozen=True, eq=False)
class Ping:
    """Reply at once with a `Pong`, whatever is being computed."""


@dataclass(frozen=True, eq=False)
class Pong:
    """The process responds, though it may be busy computing."""


@dataclass(frozen=True, eq=False)
class PlannerReady:
    """The process has started.

    Attributes:
        versions: the versions of its libraries, by name.
    """

    versions: dict[str, str]


@dataclass(frozen=True, eq=False)
class PlannerUnavailable:
    """The process cannot plan at all, and exits.

    Attributes:
        reason: why, in one line.
        remedy: what to do about it.
    """

    reason: str
    remedy: str


@dataclass(frozen=True, eq=False)
class _Iterations:
    """The next iterations of a plan.

    Attributes:
        number: the number of the plan.
        model: the model's name.
        rule: the name of the model's movement rule.
        first: the first k.
        changes: `(n,)` float64, a row of `vingui.core.value_history.figures`, as the next three.
        lows: `(n,)` float64.
        highs: `(n,)` float64.
        reached: `(n,)` float64.
        engine: what iterated them.
        cost_scale: of a network that learned what cells cost, the `LearnedCosts.scale` of the map;
            `nan` for all others.
    """

    number: int
    model: str
    rule: str
    first: int
    changes: NDArray[np.float64]
    lows: NDArray[np.float64]
    highs: NDArray[np.float64]
    reached: NDArray[np.float64]
    engine: Engine = field(default="numba", kw_only=True)
    cost_scale: float = field(default=math.nan, kw_only=True)


@dataclass(frozen=True, eq=False)
class Values(_Iterations):
    """The next iterations of a plan that changes every cell in each of them.

    Attributes:
        kept: int64, the ks of `value_maps`: those that a `ValueHistory` of the plan's memory keeps.
        value_maps: `(rows, cols)` float32 each, `-inf` where not reached yet.
    """

    kept: NDArray[np.int64]
    value_maps: tuple[NDArray[np.float32], ...]


@dataclass(frozen=True, eq=False)
class ChangedValues(_Iterations):
    """The next iterations of a plan that changes few cells in each of them.

    Attributes:
        cells: int32, the cells that changed, as in `vingui.core.value_changes.ValueChanges`.
        after: float32, their values from then on.
        before: float32, their values until then; `-inf` if there was none.
        counts: int64, how many of them changed in each iteration; those of V_1 include V_0.
    """

    cells: NDArray[np.int32]
    after: NDArray[np.float32]
    before: NDArray[np.float32]
    counts: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PlanFinished:
    """A plan is finished: all of its values were sent.

    Attributes:
        number: the number of the plan.
        iterations: K.
        converged: whether another backup would change nothing.
        latent_actions: how many q-values each cell has.
        reward_channels: how many rewards each cell has: one, or one for each latent action.
        actions: `(rows, cols)` int8, the greedy actions under V_K, or `NO_ACTION`.
        seconds: how long it took.
        next_change: max |V_(K+1) - V_K| over the cells that have a value in both; `nan` if it is
            not known.
    """

    number: int
    iterations: int
    converged: bool
    latent_actions: int
    reward_channels: int
    actions: NDArray[np.int8]
    seconds: float
    next_change: float = math.nan


@dataclass(frozen=True, eq=False)
class ExactSolution:
    """The exact solution of a plan's map, with the fields of an `Oracle`.

    Attributes:
        number: the number of the plan.
        cost_to_go: `(rows, cols)` float64.
        optimal: `(rows, cols, n_actions)` bool.
    """

    number: int
    cost_to_go: NDArray[np.float64]
    optimal: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class GreedyActions:
    """The greedy actions under a V_k of a plan.

    Attributes:
        number: the number of the plan.
        k: the iteration.
        actions: `(rows, cols)` int8, the greedy actions under V_k, or `NO_ACTION`.
        reaching: uint8, a bit for each cell as of `np.packbits`: whether its greedy rollout under
            V_k reaches the goal. Empty if that is not known.
    """

    number: int
    k: int
    actions: NDArray[np.int8]
    reaching: NDArray[np.uint8]

    @property
    def request(self) -> ActionsRequest:
        """The request that it answers."""
        return ActionsRequest(self.number, self.k)

    @property
    def nbytes(self) -> int:
        """Bytes of its large array."""
        return self.actions.nbytes


@dataclass(frozen=True, eq=False)
class PolicyReadout:
    """The reward, the q-values and the policy of a tile of the map that follow from a V_k.

    Attributes:
        number: the number of the plan.
        k: the iteration.
        tile_row: the tile, as of `vingui.core.tiles.Tile`.
        tile_col: the same.
        reward: `(rows, cols, channels)` float32, the learned reward of the tile's cells.
        q: `(rows, cols, latent actions)` float32; `-inf` where not reached.
        policy: `(rows, cols, n_actions)` float32, all 0 where there is no action: on walls, at
            the goal, and where no action has a value.
    """

    number: int
    k: int
    tile_row: int
    tile_col: int
    reward: NDArray[np.float32]
    q: NDArray[np.float32]
    policy: NDArray[np.float32]

    @property
    def request(self) -> ReadoutRequest:
        """The request that it answers."""
        return ReadoutRequest(self.number, self.k, self.tile_row, self.tile_col)

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        return self.reward.nbytes + self.q.nbytes + self.policy.nbytes

    def at(self, cell: Cell) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The q-values `(latent actions,)` and the policy `(n_actions,)` of a cell of the tile."""
        place = cell[0] - self.tile_row * SIDE, cell[1] - self.tile_col * SIDE
        return self.q[place], self.policy[place]


@dataclass(frozen=True, eq=False)
class LayerValues:
    """A number for each cell of a map.

    Attributes:
        number: the number of the plan.
        k: the iteration, as it was requested.
        layer: the layer.
        latent: the latent action as it was requested; if there is no such action, `values` are
            of the best one.
        count: how many latent actions the layer has.
        values: `(rows, cols)` float32; `-inf` where not reached. Learned costs are
            `LearnedCosts.scaled`.
    """

    number: int
    k: int
    layer: str
    latent: int
    count: int
    values: NDArray[np.float32]

    @property
    def request(self) -> LayerRequest:
        """The request that it answers."""
        return LayerRequest(self.number, self.k, self.layer, self.latent)

    @property
    def nbytes(self) -> int:
        """Bytes of its array."""
        return self.values.nbytes


@dataclass(frozen=True, eq=False)
class PlanRefused:
    """A plan is not possible, for a reason that the user can change.

    Attributes:
        number: the number of the plan.
        reason: why, and what to do about it.
        broken: the name of the planner of another package that cannot be used at all, if that is
            why.
    """

    number: int
    reason: str
    broken: str = ""


@dataclass(frozen=True, eq=False)
class PlanCrashed:
    """A plan failed because of a bug.

    Attributes:
        number: the number of the plan.
        traceback: of the exception, in many lines.
    """

    number: int
    traceback: str


NewValues = Values | ChangedValues
DataRequest = ActionsRequest | ReadoutRequest | LayerRequest | BackupRequest
DataReply = GreedyActions | PolicyReadout | LayerValues | CellBackup
"""What a run does not hold by itself; each has the `request` that it answers."""

Request = PlanRequest | DataRequest | CancelRequest
PlanReply = NewValues | PlanFinished | ExactSolution | DataReply | PlanRefused | PlanCrashed
Reply = PlannerReady | PlannerUnavailable | PlanReply
Message = Request | Reply | Ping | Pong
