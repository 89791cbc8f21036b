"""What networks of each architecture learn, what is built in, and what else plans like them."""

from typing import Final

from vingui.core.cards import ModelCard

_DYNAMIC: Final = """
It learned where each move leads, for every arrangement of walls around a cell, how long a step \
is, and how sure to be of the best move.
It learned from maps that were solved exactly: all best moves of cells, and their costs-to-go.
Built in are walls, goals and the costs of terrain; that a move depends on the 3x3 cells around, \
and that none ends in a wall.
Dijkstra's algorithm is given the moves, and finishes the nearest cells first. Here values spread \
by one move in each iteration, {values}.
The paper's VIN has the same transitions in all cells. Here they depend on the walls{plans}.
"""

_PAPER: Final = """
It learned everything, in {weights:,} weights: a reward for each cell, transitions that are the \
same in all cells, and which moves these stand for.
It learned from maps that were solved exactly: all best moves of cells, but no rewards and no \
values.
Built in is value iteration: K times a 3x3 convolution and a maximum. It sees walls and goals, and \
no costs.
Dijkstra's algorithm is given the moves, and is exact. Here values need not be costs-to-go, and \
paths can fail, most of all on maps unlike those of its training.
The paper's VIN has the same layers. Here all best moves of each cell count in training, and those \
of earlier iterations too.
"""

_COSTS: Final = """
It learned what it costs to enter a cell, {seen}.
It learned from demonstrated paths: costs that make these likely. It never sees the true ones.
Built in are walls, goals, and the moves and lengths of steps that a dynamic VIN has learned; that \
a step costs its length times the cost of the cell.
Dijkstra's algorithm has to be given the costs; with those that are learned here, it finds the \
same values.
The paper's VIN learns its reward through its planner too. Here the planner is exact, and only the \
costs are learned.
"""

_SEEN: Final = {
    "kinds": "by the kind of its terrain",
    "picture": "by a picture of it and of its surroundings",
    "elevation": "by how much higher or lower its neighbours are",
}
"""What the costs of a cell are read from, by the name in the settings of a training."""


def about(card: ModelCard) -> list[str]:
    """Say what a network learned and what is built in.

    Returns:
        Five lines of one or two sentences: what its weights hold; what it learned from; what is
        built in; how it differs from Dijkstra's algorithm; how it differs from the VIN of Tamar et
        al. (2016) and its training there. None for an architecture that is unknown.
    """
    match card.architecture:
        case "dynamic":
            text = _dynamic(card)
        case "vin":
            text = _PAPER.format(weights=card.weights)
        case "costs":
            text = _COSTS.format(seen=_SEEN.get(str(card.settings.get("sees")), "by what it sees"))
        case _:
            text = ""
    return text.strip().splitlines()


def _dynamic(card: ModelCard) -> str:
    right, total = (card.learned.get(name) for name in ("observations_right", "observations"))
    if total and right == total:
        values, plans = "to the same values in the end", ", so plans are exact on maps of any size"
    else:
        values, plans = "and are as right as the moves that it learned", ""
    return _DYNAMIC.format(values=values, plans=plans)
