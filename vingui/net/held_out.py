"""Maps that a training does not learn from, on which the network is evaluated along the way."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from vingui.core.evaluation_sets import Starts
from vingui.core.formats import read_dataset
from vingui.core.generate import generate_many, place_uniform
from vingui.core.grid import GridMap
from vingui.core.moves import rule_named
from vingui.core.phrases import counted
from vingui.core.train_settings import HELD_OUT_SEED, MOUNTAINS, TERRAIN, TrainSettings
from vingui.net.data import GeneratedData
from vingui.net.demonstration_data import generated_demonstrations
from vingui.net.evaluate import evaluate
from vingui.net.evaluation_totals import EvaluationTotals
from vingui.net.keras_networks import network_of
from vingui.net.map_counts import MapCounts
from vingui.net.models import ValueIterationModel
from vingui.net.planner import Planner

MAPS: Final = 64
"""How many maps there are at most."""


class HeldOut:
    """The held-out maps of a training.

    Args:
        settings: the training's settings.

    Attributes:
        maps: the maps.
        starts: from which cells they are planned.
        title: what they are, in a few words.

    Raises:
        VinguiError: they name a file that cannot be read.
    """

    def __init__(self, settings: TrainSettings) -> None:
        self.starts: Starts = "all"
        if settings.generated:
            self.maps = _generated(settings)
            self.title = f"{settings.maps} {settings.rows}x{settings.cols}"
            return
        grids = read_dataset(Path(settings.maps)).maps
        name = Path(settings.maps).stem
        rng = np.random.default_rng(HELD_OUT_SEED)
        if settings.architecture == "costs" and any(grid.demonstrations for grid in grids):
            self.maps, self.starts = _journeys(grids, rng), "given"
            self.title = f"journeys on {name}"
        elif settings.goals == "anywhere":
            chosen = [grids[place % len(grids)] for place in range(MAPS)]
            self.maps = [_with_goal(grid, rng) for grid in chosen]
            self.title = f"goals on {name}"
        elif settings.held_out:
            self.maps = list(grids[-settings.held_out :][:MAPS])
            self.title = f"the last {counted(settings.held_out, 'map')} of {name}"
        else:
            self.maps, self.title = list(grids[:MAPS]), f"the training's own maps of {name}"

    def evaluate(self, model: ValueIterationModel) -> dict[str, Any]:
        """How well a model plans on the maps, as a row of a card's results."""
        planner = Planner(network_of(model), name="")
        iterations = planner.own_iterations
        totals = EvaluationTotals()
        for result in evaluate(planner, self.maps, starts=self.starts, iterations=iterations):
            totals.add(MapCounts.of(result))
        return {
            "maps_of": self.title,
            "from_starts": self.starts,
            "iterations": "auto" if iterations is None else iterations,
            "seed": HELD_OUT_SEED,
            **totals.rates(),
        }


def _generated(settings: TrainSettings) -> list[GridMap]:
    size: dict[str, Any] = {"rows": settings.rows, "cols": settings.cols}
    if settings.maps == TERRAIN:
        return generated_demonstrations(MAPS, seed=HELD_OUT_SEED, **size)
    if settings.maps == MOUNTAINS:
        return generate_many(MOUNTAINS, count=MAPS, seed=HELD_OUT_SEED, uniform=True, **size)
    data = GeneratedData(
        settings.wall_maps,
        density=settings.density,
        rule=rule_named(settings.moves),
        batch_size=MAPS,
        batches=1,
        seed=HELD_OUT_SEED,
        **size,
    )
    return data.maps(0)


def _journeys(grids: Sequence[GridMap], rng: np.random.Generator) -> list[GridMap]:
    """Each with a start and a goal anywhere, between which no demonstration goes."""
    maps = []
    for grid in (grids[place % len(grids)] for place in range(MAPS)):
        shown = {(path.start, path.end) for path in grid.demonstrations}
        drawn = place_uniform(grid.walls, rng)
        if (drawn.starts[0], drawn.goal) not in shown:
            maps.append(grid.with_goal(drawn.goal).with_starts(drawn.starts))
    return maps


def _with_goal(grid: GridMap, rng: np.random.Generator) -> GridMap:
    return grid.with_goal(place_uniform(grid.walls, rng).goal)
