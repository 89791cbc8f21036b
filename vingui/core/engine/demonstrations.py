"""How well costs explain a demonstrated path, and which way they have to change.

Whoever demonstrates is taken to choose each move by what it costs to go on from there: the
probability of a move is the softmax over moves of minus scale times (the cost of the move + the
exact cost-to-go of the cell that it leads to). The loss is minus the log of the probability of the
demonstrated moves.

A cost-to-go is the cost of a best path, so its derivative by the cost of a cell is the length that
this path goes into the cell (the envelope theorem; it is exact wherever one path is best). So the
gradient of the loss takes one exact plan and one walk down its paths, and no backup has to be
differentiated.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from vingui.core.engine.compiling import compiled
from vingui.core.engine.shortest_paths import costs_to_go
from vingui.core.grid import Cell
from vingui.core.moves import MoveRule


def demonstration_loss(
    legal: NDArray[np.uint8],
    goals: Mapping[Cell, float],
    rule: MoveRule,
    entry_costs: NDArray[np.float64],
    path: NDArray[np.int64],
    *,
    scale: float,
) -> tuple[float, NDArray[np.float64]]:
    """Return the loss of one demonstrated path, and its gradient by the cost of each cell.

    Args:
        legal: `(rows, cols)` uint8, as of `shortest_paths.legal_masks`.
        goals: the cells that end a path, and their values.
        rule: the movement rule of `legal`.
        entry_costs: `(rows, cols)` float64, above 0 and finite: the cost of entering each cell.
        path: `(n, 2)`, the cells of the path by legal moves, a goal the last; n is 2 or more.
        scale: how much likelier a cheaper move is chosen.

    Returns:
        The mean loss of the moves, and `(rows, cols)` float64.
    """
    costs = costs_to_go(legal, goals, rule, entry_costs)
    is_goal = np.zeros(legal.shape, bool)
    for goal in goals:
        is_goal[goal] = True
    gradient = np.zeros(legal.shape)
    loss = _differentiate(
        legal, is_goal, rule.deltas, rule.costs, entry_costs, costs, path, scale, gradient
    )
    return loss / (len(path) - 1), gradient / (len(path) - 1)


@compiled
def _differentiate(
    legal: NDArray[np.uint8],
    is_goal: NDArray[np.bool_],
    deltas: NDArray[np.int64],
    lengths: NDArray[np.float64],
    entry_costs: NDArray[np.float64],
    costs: NDArray[np.float64],
    path: NDArray[np.int64],
    scale: float,
    gradient: NDArray[np.float64],
) -> float:
    """Add up the loss of all moves, and its gradient by the costs of cells."""
    # The derivative by the cost-to-go of each cell, to be passed on along its best path.
    shares = np.zeros(costs.shape)
    chances = np.zeros(lengths.size)
    loss = 0.0
    for place in range(len(path) - 1):
        row, col = path[place]
        least = np.inf
        for move in range(lengths.size):
            chances[move] = np.inf
            if legal[row, col] >> move & 1:
                to_row, to_col = row + deltas[move, 0], col + deltas[move, 1]
                onward = lengths[move] * entry_costs[to_row, to_col] + costs[to_row, to_col]
                chances[move] = scale * onward
                least = min(least, chances[move])
        total = 0.0
        for move in range(lengths.size):
            onward = chances[move]
            chances[move] = np.exp(least - onward)
            total += chances[move]
            to_row, to_col = row + deltas[move, 0], col + deltas[move, 1]
            if to_row == path[place + 1, 0] and to_col == path[place + 1, 1]:
                # Not the logarithm of the chance, which is 0 for moves that cost far too much.
                loss += onward - least
        loss += np.log(total)
        for move in range(lengths.size):
            if not legal[row, col] >> move & 1:
                continue
            to_row, to_col = row + deltas[move, 0], col + deltas[move, 1]
            share = -chances[move] / total
            if to_row == path[place + 1, 0] and to_col == path[place + 1, 1]:
                share += 1
            gradient[to_row, to_col] += scale * share * lengths[move]
            shares[to_row, to_col] += scale * share
    _pass_on(legal, is_goal, deltas, lengths, entry_costs, costs, shares, gradient)
    return loss


@compiled
def _pass_on(
    legal: NDArray[np.uint8],
    is_goal: NDArray[np.bool_],
    deltas: NDArray[np.int64],
    lengths: NDArray[np.float64],
    entry_costs: NDArray[np.float64],
    costs: NDArray[np.float64],
    shares: NDArray[np.float64],
    gradient: NDArray[np.float64],
) -> None:
    """Carry the shares of all cells down their best paths, the farthest first."""
    cols = costs.shape[1]
    for cell in np.argsort(-costs.ravel()):
        row, col = cell // cols, cell % cols
        share = shares[row, col]
        if share == 0 or is_goal[row, col]:
            continue
        best, least = 0, np.inf
        for move in range(lengths.size):
            if legal[row, col] >> move & 1:
                to_row, to_col = row + deltas[move, 0], col + deltas[move, 1]
                onward = lengths[move] * entry_costs[to_row, to_col] + costs[to_row, to_col]
                if onward < least:
                    best, least = move, onward
        to_row, to_col = row + deltas[best, 0], col + deltas[best, 1]
        gradient[to_row, to_col] += share * lengths[best]
        shares[to_row, to_col] += share
