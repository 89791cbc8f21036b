"""What the window asks of the process that plans, and what it is answered.

Requests are numbered, newer ones higher, and the latest plan wins. Every reply but the first
carries the number of the plan that it belongs to. `Ping` and `Pong` are about the process alone,
and go between the window and every process that works for it.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vingui.core.grid import GridMap


@dataclass(frozen=True, eq=False)
class PlanRequest:
    """Plan on a map.

    Attributes:
        number: above that of every request before.
        grid: a map with a goal.
        model: the name of a shipped model or the path of a file.
        iterations: K, or `None` for the model's own.
        memory: how many bytes of values to keep at most.
    """

    number: int
    grid: GridMap
    model: str
    iterations: int | None
    memory: int


@dataclass(frozen=True, eq=False)
class ReadoutRequest:
    """Tell the q-values and the policy that follow from one of a plan's value functions.

    Attributes:
        number: the plan's.
        k: which V_k it is.
        values: `(rows, cols)` float32, as a `Values` brought it.
    """

    number: int
    k: int
    values: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class CancelRequest:
    """Stop the plan of that number, and those before it."""

    number: int


@dataclass(frozen=True, eq=False)
class Ping:
    """Answer at once with a `Pong`, whatever is being computed."""


@dataclass(frozen=True, eq=False)
class Pong:
    """The process runs, which a long silence while it computes does not tell."""


@dataclass(frozen=True, eq=False)
class PlannerReady:
    """The process has started.

    Attributes:
        versions: of the libraries that it plans with, by name.
        seconds: how long the start took.
    """

    versions: dict[str, str]
    seconds: float


@dataclass(frozen=True, eq=False)
class PlannerUnavailable:
    """The process cannot plan at all, and ends.

    Attributes:
        reason: why, in one line.
        remedy: what to do about it.
    """

    reason: str
    remedy: str


@dataclass(frozen=True, eq=False)
class Values:
    """The next iterations of a plan.

    Attributes:
        number: the plan's.
        model: the model's name.
        rule: the name of the model's movement rule.
        first: the first of the k that this is about; each of the four arrays of figures, as in
            `vingui.core.value_history.IterationFigures`, has one number for each.
        changes: float64.
        lows: float64.
        highs: float64.
        reached: float64.
        kept: int64, the ks of `frames`: those that a `ValueHistory` of the plan's memory keeps.
        frames: `(rows, cols)` float32 each, `-inf` where not reached yet.
    """

    number: int
    model: str
    rule: str
    first: int
    changes: NDArray[np.float64]
    lows: NDArray[np.float64]
    highs: NDArray[np.float64]
    reached: NDArray[np.float64]
    kept: NDArray[np.int64]
    frames: tuple[NDArray[np.float32], ...]


@dataclass(frozen=True, eq=False)
class PlanFinished:
    """A plan is made: all of its values were sent.

    Attributes:
        number: the plan's.
        iterations: K.
        converged: whether another backup would change nothing.
        reward: `(rows, cols, channels)` float32, the learned reward.
        q: `(rows, cols, latent actions)` float32, of V_K.
        policy: `(rows, cols, n_actions)` float32, under V_K.
        actions: `(rows, cols)` int8, the greedy ones under V_K, or `NO_ACTION`.
        seconds: how long it took.
        next_change: max |V_(K+1) - V_K| over the cells that have a value in both: what one more
            backup would change; `nan` where that is not known.
    """

    number: int
    iterations: int
    converged: bool
    reward: NDArray[np.float32]
    q: NDArray[np.float32]
    policy: NDArray[np.float32]
    actions: NDArray[np.int8]
    seconds: float
    next_change: float = math.nan


@dataclass(frozen=True, eq=False)
class ExactSolution:
    """The exact solution of a plan's map: the fields of an `Oracle`.

    Attributes:
        number: the plan's.
        cost_to_go: `(rows, cols)` float64.
        optimal: `(rows, cols, n_actions)` bool.
    """

    number: int
    cost_to_go: NDArray[np.float64]
    optimal: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class GreedyActions:
    """Where a plan's V_k leads.

    Attributes:
        number: the plan's.
        k: which V_k.
        actions: `(rows, cols)` int8, the greedy ones under V_k, or `NO_ACTION`.
        reaching: uint8, a bit for each cell as of `np.packbits`: whether its greedy walk under
            V_k reaches the goal. Empty where that is not known.
    """

    number: int
    k: int
    actions: NDArray[np.int8]
    reaching: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class PolicyReadout:
    """What follows from a plan's V_k.

    Attributes:
        number: the plan's.
        k: which V_k.
        q: `(rows, cols, latent actions)` float32; `-inf` where not reached.
        policy: `(rows, cols, n_actions)` float32, all 0 where it has nothing to say.
        actions: `(rows, cols)` int8, the greedy ones, or `NO_ACTION`.
    """

    number: int
    k: int
    q: NDArray[np.float32]
    policy: NDArray[np.float32]
    actions: NDArray[np.int8]

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        return self.q.nbytes + self.policy.nbytes + self.actions.nbytes


@dataclass(frozen=True, eq=False)
class PlanRefused:
    """A plan cannot be made, for a reason that the user can mend.

    Attributes:
        number: the plan's.
        reason: what was expected and what came instead.
    """

    number: int
    reason: str


@dataclass(frozen=True, eq=False)
class PlanCrashed:
    """A plan was given up because of a fault in the program.

    Attributes:
        number: the plan's.
        traceback: where, in many lines.
    """

    number: int
    traceback: str


Request = PlanRequest | ReadoutRequest | CancelRequest
PlanReply = (
    Values
    | PlanFinished
    | ExactSolution
    | GreedyActions
    | PolicyReadout
    | PlanRefused
    | PlanCrashed
)
Reply = PlannerReady | PlannerUnavailable | PlanReply
Message = Request | Reply | Ping | Pong
