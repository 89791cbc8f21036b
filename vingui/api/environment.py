"""Gridworlds as an environment of Gymnasium, for agents that learn by acting.

It needs `pip install "vingui[gymnasium]"`. Importing this module tells Gymnasium about it, for
`gymnasium.make("vingui/GridWorld-v0", maps="rooms:12:20")`.
"""

from collections.abc import Sequence
from os import PathLike
from typing import Any, Final

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from vingui.api.checks import checked_choice, checked_whole
from vingui.api.maps import maps_of
from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.grid import Cell, GridMap
from vingui.core.map_picture import paint
from vingui.core.moves import DEFAULT_RULE, RULES
from vingui.core.oracle import solve
from vingui.core.rollout import Outcome, step_costs

ID: Final = "vingui/GridWorld-v0"

PLANES: Final = ("walls", "goals", "agent", "costs")
"""What the planes of an observation show."""


class GridWorldEnv(gymnasium.Env[NDArray[np.float32], np.int64]):
    """An agent walks to a goal over the maps of vingui, by its moves, terrain and goals.

    Each episode is on one of the maps, from one of its starts, both drawn at random. An action is a
    move of the rule, in the order N, S, E, W, NE, NW, SE, SW. One that the rule does not allow
    leaves the agent where it is, for the same cost. The reward is minus the cost of the move, plus
    the value of a goal that it reaches, which ends the episode. So the greatest return is minus the
    exact cost-to-go of the start, `info["cost_to_go"]` at the beginning.

    Observations are `(rows, cols, 4)` float32 from 0 to 1: the planes of `PLANES`. `costs` is that
    of entering a cell, as a share of the greatest cost of any map. `info["outcome"]` is, at the
    end, the name of a `vingui.core.rollout.Outcome`.

    Args:
        maps: one or several of one size, a file, or generated ones as "caves:16:100".
        moves: the name of the movement rule.
        max_steps: moves after which an episode is truncated; `None` for as many as cells.
        render_mode: "rgb_array" or `None`.

    Raises:
        VinguiError: the maps cannot be read or differ in size, no start of one can reach a goal, or
            an argument is out of its range.

    Example:
        >>> env = GridWorldEnv("rooms:12:20")
        >>> observation, info = env.reset(seed=1)
        >>> observation.shape
        (12, 12, 4)
    """

    # As Gymnasium declares it.
    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 10}  # noqa: RUF012

    def __init__(
        self,
        maps: GridMap | Sequence[GridMap] | str | PathLike[str] = "caves:16:100",
        *,
        moves: str = DEFAULT_RULE.name,
        max_steps: int | None = None,
        render_mode: str | None = None,
    ) -> None:
        self._maps = maps_of(maps).maps
        checked_choice(moves, "moves", RULES)
        self._rule = RULES[moves]
        self.render_mode = render_mode
        shapes = {grid.walls.shape for grid in self._maps}
        if len(shapes) > 1:
            raise VinguiError("The maps of an environment must have one size")
        (shape,) = shapes
        cells = shape[0] * shape[1]
        self._most_steps = cells if max_steps is None else checked_whole(max_steps, "max_steps", 1)
        self._greatest = max(1.0, *(float(_costs(grid).max()) for grid in self._maps))
        self.observation_space = spaces.Box(0, 1, (*shape, len(PLANES)), np.float32)
        self.action_space = spaces.Discrete(self._rule.n_actions)
        self._grid, self._cell, self._steps = self._maps[0], (0, 0), 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Begin an episode.

        Args:
            seed: of the maps and starts from now on.
            options: `{"map": index, "start": (row, col)}` to choose them.

        Raises:
            VinguiError: the goal cannot be reached from there, or there is no such map or cell.
        """
        super().reset(seed=seed)
        chosen = options or {}
        if unknown := chosen.keys() - {"map", "start"}:
            raise VinguiError(f"The options of reset are map and start, not {brief(unknown.pop())}")
        index, count = chosen.get("map"), len(self._maps)
        if index is None:
            index = int(self.np_random.integers(count))
        index = checked_whole(index, "map", 0, count - 1)
        self._grid = grid = self._maps[index]
        costs = solve(grid, self._rule).cost_to_go
        self._cell = self._start(grid, costs, index, chosen.get("start"))
        self._steps = 0
        return self._observation(), {"map": index, "cost_to_go": float(costs[self._cell])}

    def _start(
        self, grid: GridMap, costs: NDArray[np.float64], index: int, wanted: Cell | None
    ) -> Cell:
        starts = grid.starts if wanted is None else grid.with_starts((wanted,)).starts
        able = [start for start in starts if np.isfinite(costs[start]) and start not in grid.goals]
        if not able:
            raise VinguiError(f"Map {index} has no start from which a goal can be reached")
        return able[int(self.np_random.integers(len(able)))]

    def step(
        self, action: np.int64
    ) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """Try a move, the index of an action.

        Raises:
            VinguiError: there is no such action.
        """
        action = np.int64(checked_whole(action, "action", 0, self._rule.n_actions - 1))
        here, grid = self._cell, self._grid
        down, right = self._rule.deltas[action].tolist()
        blocked = not self._rule.allows(grid.walls, here, int(action))
        if not blocked:
            self._cell = here[0] + down, here[1] + right
        reward = -float(self._rule.costs[action])
        if not blocked:
            reward = -float(step_costs(grid, np.array([here, self._cell]))[0])
        self._steps += 1
        reached = self._cell in grid.goals
        truncated = not reached and self._steps >= self._most_steps
        info: dict[str, Any] = {"blocked": blocked}
        if reached:
            reward += grid.valued_goals[self._cell]
            info["outcome"] = Outcome.REACHED.value
        elif truncated:
            info["outcome"] = Outcome.OUT_OF_STEPS.value
        return self._observation(), reward, reached, truncated, info

    def render(self) -> NDArray[np.uint8] | None:
        """Return the map as `(height, width, 3)` uint8, with the agent in place of the starts."""
        if self.render_mode is None:
            return None
        grid = self._grid
        return paint(grid.walls, grid.terrain, grid.palette.colours, grid.goals, [self._cell])

    def _observation(self) -> NDArray[np.float32]:
        grid = self._grid
        planes = np.zeros((*grid.walls.shape, len(PLANES)), np.float32)
        planes[..., 0] = grid.walls
        for goal in grid.goals:
            planes[(*goal, 1)] = 1
        planes[(*self._cell, 2)] = 1
        planes[..., 3] = _costs(grid) / self._greatest
        return planes


def _costs(grid: GridMap) -> NDArray[np.float64]:
    return np.where(grid.walls, 0.0, 1.0 if grid.costs is None else grid.costs)


gymnasium.register(ID, entry_point=f"{__name__}:{GridWorldEnv.__name__}")
