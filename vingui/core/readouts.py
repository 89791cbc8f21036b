"""What follows from the values of a run: greedy actions, q-values, policies, rewards."""

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.bounded_cache import BoundedCache
from vingui.core.cell_backup import BackupRequest, CellBackup
from vingui.core.grid import Cell
from vingui.core.planner_protocol import (
    ActionsRequest,
    DataReply,
    DataRequest,
    GreedyActions,
    LayerRequest,
    LayerValues,
    PlanFinished,
    PolicyReadout,
    ReadoutRequest,
)
from vingui.core.rollout import NO_ACTION
from vingui.core.tiles import SIDE, Box, Tile, box_of, is_one_tile, tile_of, tiles_in

BEST: Final = -1
"""In place of a latent action: the best one."""

LEARNED_COST: Final = "learned-cost"
"""The layer of a network that learned what cells cost."""

READOUT_BUDGET: Final = 256 << 20
"""The most bytes that a run keeps of what was requested: what was used last."""


class Readouts:
    """What a run does not hold by itself: it is requested from the planner where it is needed.

    Each method answers `None` while that is unknown, and takes the nearest k that is kept.

    Args:
        number: the number of the plan.
        shape: the rows and columns of the map.
        n_actions: the number of actions.
        nearest: returns the k that is kept for a k.

    Attributes:
        reader: computes what is not known; `None` if nothing can.
        has_backups: whether values come of Bellman backups, not of a search or of another package.
        latent_actions: how many q-values each cell has; 0 until that is known.
        reward_channels: how many rewards each cell has: one, or one for each latent action; 0
            until that is known.
    """

    def __init__(
        self, number: int, shape: tuple[int, int], n_actions: int, nearest: Callable[[int], int]
    ) -> None:
        self.reader: Callable[[DataRequest], DataReply] | None = None
        self.has_backups = True
        self.latent_actions = self.reward_channels = 0
        self._number = number
        self._shape = shape
        self._n_actions = n_actions
        self._nearest = nearest
        self._last: GreedyActions | None = None
        self._replies: BoundedCache[DataRequest, DataReply] = BoundedCache(
            lambda reply: reply.nbytes, most=READOUT_BUDGET
        )

    def add(self, reply: DataReply) -> None:
        """Add what was requested."""
        self._replies.add(reply.request, reply)
        match reply:
            case PolicyReadout():
                self.latent_actions = reply.q.shape[-1]
                self.reward_channels = reply.reward.shape[-1]
            case LayerValues(layer="q"):
                self.latent_actions = reply.count
            case LayerValues(layer="reward"):
                self.reward_channels = reply.count

    def finish(self, end: PlanFinished) -> None:
        """Add what the end of the plan brings."""
        nothing = np.empty(0, np.uint8)
        self._last = GreedyActions(end.number, end.iterations, end.actions, nothing)
        self.latent_actions, self.reward_channels = end.latent_actions, end.reward_channels

    def all_actions(self) -> Iterator[GreedyActions]:
        """Yield the greedy actions that are known, but for those under V_K."""
        for reply in self._replies.values():
            if isinstance(reply, GreedyActions):
                yield reply

    # Requests.

    def actions_request(self, k: int) -> ActionsRequest:
        """The request for the greedy actions under V_k."""
        return ActionsRequest(self._number, self._nearest(k))

    def tile_request(self, k: int, tile: Tile) -> ReadoutRequest:
        """The request for the readout of a tile."""
        return ReadoutRequest(self._number, self._nearest(k), *tile)

    def backup_request(self, k: int, cell: Cell) -> BackupRequest | None:
        """The request for the backup that gave a cell its V_k; `None` if V_(k-1) is not kept."""
        k = self._nearest(k)
        if not self.has_backups or (k > 1 and self._nearest(k - 1) != k - 1):
            return None
        return BackupRequest(self._number, k, *cell)

    def layer_request(self, k: int, layer: str, latent: int) -> DataRequest:
        """The request for a layer: for the readout of the only tile, if that has it.

        Args:
            k: the iteration.
            layer: as of `LayerRequest`.
            latent: the latent action, or `BEST`, which is also taken if there is no such action.
        """
        if layer == LEARNED_COST:
            return LayerRequest(self._number, 0, layer, BEST)
        if is_one_tile(self._shape):
            return self.tile_request(k, (0, 0))
        count = self.latent_actions if layer == "q" else self.reward_channels
        latent = latent if latent >= 0 and (not count or latent < count) else BEST
        return LayerRequest(self._number, self._nearest(k) if layer == "q" else 0, layer, latent)

    def holds(self, request: DataRequest) -> bool:
        """Whether the answer is known, without the reader."""
        if self._last is not None and request == self._last.request:
            return True
        return request in self._replies

    def known(self, request: DataRequest) -> DataReply | None:
        """The answer, if it is known or the reader can compute it.

        Raises:
            Exception: as raised by the reader.
        """
        if self._last is not None and request == self._last.request:
            return self._last
        if request not in self._replies and self.reader is not None:
            self.add(self.reader(request))
        return self._replies.get(request)

    # Answers.

    def actions(self, k: int) -> NDArray[np.int8] | None:
        """`(rows, cols)`: the greedy actions under V_k."""
        reply = self.known(self.actions_request(k))
        return reply.actions if isinstance(reply, GreedyActions) else None

    def backup(self, k: int, cell: Cell) -> CellBackup | None:
        """The backup that gave a cell its V_k."""
        request = self.backup_request(k, cell)
        reply = None if request is None else self.known(request)
        return reply if isinstance(reply, CellBackup) else None

    def of_cell(self, k: int, cell: Cell) -> PolicyReadout | None:
        """The readout of the tile that a cell lies in."""
        return self._of_tile(k, tile_of(cell))

    def _of_tile(self, k: int, tile: Tile) -> PolicyReadout | None:
        reply = self.known(self.tile_request(k, tile))
        return reply if isinstance(reply, PolicyReadout) else None

    def policy(self, k: int, box: Box) -> NDArray[np.float32] | None:
        """The policy of some cells under V_k.

        In tiles of which only the greedy actions are known, these have probability 1.

        Returns:
            `(rows, cols, n_actions)` float32, all 0 where there is no action or nothing is known;
            `None` if nothing is known of any of the cells.
        """
        top, left, bottom, right = box
        policy = np.zeros((bottom - top, right - left, self._n_actions), np.float32)
        found = False
        for tile in tiles_in(box):
            first_row, first_col, last_row, last_col = box_of(tile, self._shape)
            rows = slice(max(top, first_row), min(bottom, last_row))
            cols = slice(max(left, first_col), min(right, last_col))
            known = self._policy_of(k, tile, rows, cols)
            if known is not None:
                found = True
                policy[rows.start - top : rows.stop - top, cols.start - left : cols.stop - left] = (
                    known
                )
        return policy if found else None

    def _policy_of(
        self, k: int, tile: Tile, rows: slice, cols: slice
    ) -> NDArray[np.float32] | NDArray[np.bool_] | None:
        readout = self._of_tile(k, tile)
        if readout is not None:
            top, left = tile[0] * SIDE, tile[1] * SIDE
            inside = slice(rows.start - top, rows.stop - top)
            return readout.policy[inside, cols.start - left : cols.stop - left]
        actions = self.actions(k)
        if actions is None:
            return None
        chosen: NDArray[np.bool_] = actions[rows, cols, None] == np.arange(self._n_actions)
        return np.asarray(chosen & (actions[rows, cols, None] != NO_ACTION))

    def layer(self, k: int, layer: str, latent: int) -> NDArray[np.float32] | None:
        """`(rows, cols)` float32: a layer, as of `layer_request`."""
        reply = self.known(self.layer_request(k, layer, latent))
        match reply:
            case LayerValues():
                return reply.values
            case PolicyReadout():
                values = reply.q if layer == "q" else reply.reward
                if 0 <= latent < values.shape[-1]:
                    return values[..., latent]
                return np.asarray(values.max(axis=-1))
        return None

    def bands(self, k: int) -> Iterator[PolicyReadout]:
        """Yield the readout of every cell under V_k, `SIDE` whole rows at a time.

        Each has the number of its row of tiles, and is of the tiles of that row. None follows
        where one is not known.
        """
        rows, cols = self._shape
        for row in range(-(-rows // SIDE)):
            tiles = [self._of_tile(k, (row, col)) for col in range(-(-cols // SIDE))]
            known = [tile for tile in tiles if tile is not None]
            if len(known) < len(tiles):
                return
            yield PolicyReadout(
                self._number,
                self._nearest(k),
                row,
                0,
                np.concatenate([tile.reward for tile in known], axis=1),
                np.concatenate([tile.q for tile in known], axis=1),
                np.concatenate([tile.policy for tile in known], axis=1),
            )
