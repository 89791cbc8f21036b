"""What a planner needs of a network, whatever holds its weights."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from vingui.core.engine import Engine
from vingui.core.grid import GridMap
from vingui.core.moves import MoveRule
from vingui.core.value_changes import PLAN_BYTES_A_CELL
from vingui.net.dense_iteration import Backups, DenseIteration
from vingui.net.iteration import CostReading, Iteration, WaveIteration
from vingui.net.transition_tables import TransitionTables


class Iterations(Protocol):
    """Iterates the value functions of maps."""

    def bytes_for(self, grid: GridMap, *, keeping: int) -> int:
        """About how many bytes a plan takes.

        Args:
            grid: the map.
            keeping: how many bytes of values are kept at most.
        """
        ...

    def of(self, grid: GridMap, *, iterations: int | None, memory: int) -> Iteration:
        """Prepare the iteration of a map's value function; arguments as of `Planner.iterate`."""
        ...


@dataclass(frozen=True, eq=False)
class Network:
    """A network that planners can be made of.

    Attributes:
        rule: its movement rule.
        own_iterations: the K of a VIN's training; `None` for a dynamic kernel, whose values
            converge.
        engines: makes what iterates its value functions, for each engine.
    """

    rule: MoveRule
    own_iterations: int | None
    engines: Mapping[Engine, Callable[[], Iterations]]


@dataclass(frozen=True, eq=False)
class Waves:
    """The iterations of a dynamic kernel, by the compiled engine.

    Attributes:
        tables: what the kernel learned.
        read: reads what cells cost, if the network learned it; otherwise it is as the map says.
    """

    tables: TransitionTables
    read: Callable[[GridMap], CostReading] | None = None

    def bytes_for(self, grid: GridMap, *, keeping: int) -> int:
        """As of `Iterations`; all values are kept."""
        return PLAN_BYTES_A_CELL * grid.walls.size

    def of(self, grid: GridMap, *, iterations: int | None, memory: int) -> WaveIteration:
        """As of `Iterations`."""
        reading = None if self.read is None else self.read(grid)
        return WaveIteration(self.tables, grid, iterations, reading)


@dataclass(frozen=True, eq=False)
class DenseBackups:
    """The iterations of a network whose backups change every cell.

    Attributes:
        prepare: prepares the network for a map.
        own_iterations: as of `Network`.
        engine: what makes the backups.
        channels: how many numbers a backup has for each cell.
    """

    prepare: Callable[[GridMap], Backups]
    own_iterations: int | None
    engine: Engine
    channels: int = 0

    def bytes_for(self, grid: GridMap, *, keeping: int) -> int:
        """As of `Iterations`."""
        cells = grid.walls.size
        return 4 * cells * (self.channels + 192) + min(keeping, 4 * cells**2)

    def of(self, grid: GridMap, *, iterations: int | None, memory: int) -> DenseIteration:
        """As of `Iterations`."""
        return DenseIteration(
            self.prepare(grid),
            grid,
            iterations,
            limit=most_iterations(self.own_iterations, grid),
            memory=memory,
            engine=self.engine,
            exact=self.own_iterations is None,
        )


def most_iterations(own_iterations: int | None, grid: GridMap) -> int:
    """The limit of "auto", which grows with the map.

    A path without loops visits no more cells than the map has, so a dynamic kernel always
    converges before. A VIN, whose values need not converge, is stopped once they can have crossed
    the map and come back.
    """
    if own_iterations is None:
        return grid.walls.size
    return max(2 * (grid.rows + grid.cols), own_iterations)
