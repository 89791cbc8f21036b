"""The messages about one backup of one cell: what its value in V_k is made of."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class BackupRequest:
    """Take apart the backup that gave a cell its V_k.

    Attributes:
        number: the number of the plan.
        k: the iteration, 1 or one whose k - 1 is kept too.
        row: the cell's row.
        col: its column.
    """

    number: int
    k: int
    row: int
    col: int


@dataclass(frozen=True, eq=False)
class CellBackup:
    """The arithmetic of one backup in one cell: V_k = max over latent actions of reward + onward.

    Attributes:
        number: the number of the plan.
        k: the iteration.
        row: the cell's row.
        col: its column.
        leads: `(latent actions, 2)` int64: the `(row, col)` step of each, `(0, 0)` if it stays;
            `(0, 2)` of the paper's VIN, whose latent actions are no moves.
        reward: `(latent actions,)` float32: what the reward adds to each q-value. Of a dynamic
            kernel the reward of the step, of the paper's VIN the convolution of the rewards around.
        onward: `(latent actions,)` float32: what V_(k-1) adds: its value where the action leads,
            or the convolution of its values around; `-inf` where not reached.
        q: `(latent actions,)` float32: the q-values under V_(k-1), the sums.
        next_q: `(latent actions,)` float32: the q-values under V_k, one step beyond it.
        logits: `(n_actions,)` float32: the action logits that follow from them.
    """

    number: int
    k: int
    row: int
    col: int
    leads: NDArray[np.int64]
    reward: NDArray[np.float32]
    onward: NDArray[np.float32]
    q: NDArray[np.float32]
    next_q: NDArray[np.float32]
    logits: NDArray[np.float32]

    @property
    def request(self) -> BackupRequest:
        """The request that it answers."""
        return BackupRequest(self.number, self.k, self.row, self.col)

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        return 4 * self.q.nbytes + self.leads.nbytes + self.logits.nbytes
