"""Value iteration as loops compiled by Numba: what Keras learned goes in, every V_k comes out.

Nothing here depends on Keras. `wave` iterates max-plus backups and visits only the neighbours of
the cells that changed; `dense` iterates the convolutions of the paper's VIN; both only compute
what the Keras layers of `vingui.net` define. `best_first` has the classic searches.
"""

from typing import Final, Literal, get_args

Engine = Literal["numba", "keras"]
"""What iterates the values: these compiled loops, or the layers as Keras runs them."""

ENGINES: Final[tuple[Engine, ...]] = get_args(Engine)
"""Both, the default first."""


def compile_all() -> None:
    """Compile every function of the engine, or load its machine code from the cache.

    The first time on a machine this takes some seconds, which a process that has to import
    TensorFlow as well can spend in another thread.
    """
    import numpy as np

    from vingui.core.engine import (
        averaging,
        best_first,
        dense,
        readout,
        rollouts,
        shortest_paths,
        wave,
    )
    from vingui.core.methods import Priority
    from vingui.core.moves import EIGHT

    # What the default model needs comes first.
    walls, values = np.zeros((3, 3), bool), np.zeros((3, 3), np.float32)
    iteration = wave.Wave(walls, {(1, 1): 0.0}, np.full((512, 8), -1, np.float32))
    iteration.advance(4)
    iteration.figures(1)
    leads, rewards = np.zeros((512, 8, 2), np.int64), np.zeros((512, 8), np.float32)
    patches, bordered = iteration.patches.reshape(5, 5), np.zeros((5, 5), np.float32)
    q = readout.q_of_actions(patches, leads, rewards, bordered, iteration.entry_costs)
    readout.rewards_of_actions(patches, leads, rewards, iteration.entry_costs)
    readout.policy_of(q, q, walls)
    entry_costs = iteration.entry_costs.ravel()
    policy = readout.GreedyPolicy(
        iteration.changes, iteration.patches, leads, rewards, entry_costs, np.float32(1), [(0, 0)]
    )
    # All cells, and then those around the ones that changed, which are none.
    policy.at(1)
    policy.at(1)
    legal, goals = shortest_paths.legal_masks(walls, EIGHT), {(0, 0): 0.0}
    costs = shortest_paths.costs_to_go(legal, goals, EIGHT)
    shortest_paths.optimal_masks(costs, legal, goals, EIGHT)
    rollouts.GreedyRollouts(legal, goals, EIGHT).follow(np.zeros((3, 3), np.int8))
    share, weights = np.zeros((1, 3, 3), np.float32), np.zeros((1, 3, 3), np.float32)
    dense.iterate(share, weights, values, 1)
    dense.q_values(share, weights, values)
    # The free cells of a map are read only, which is a type of its own.
    free = ~walls
    free.flags.writeable = False
    dense.fill_figures(values, share, free, 1, np.empty((4, 1)))
    best_first.BestFirstSearch(legal, (1, 1), goals, EIGHT, None, Priority(1, 1)).advance(9)
    # Maps, and terrain with shades.
    colours, image = np.zeros((1, 4), np.float32), np.empty((1, 1), np.uint32)
    for entries in (np.zeros((1, 1), np.uint8), np.zeros((1, 1), np.uint16)):
        entries.flags.writeable = False
        averaging.average(entries, colours, image)
        cells, visited = np.zeros(1, np.int64), np.zeros((1, 1), np.int32)
        averaging.average_around(entries, colours, image, cells, visited, 1)
