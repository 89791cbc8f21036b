"""What a user's script may look like, for the type checker, which checks it strictly; never run."""

from pathlib import Path
from typing import assert_type

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

import vingui


def on_progress(done: int, total: int) -> None:
    print(done, total)


walls = np.zeros((8, 8), dtype=bool)
walls[4, :6] = True
plan = vingui.plan(walls, goal=(7, 0), starts=[(0, 0), (2, 5)], iterations=20, model="dynamic-8")
vingui.plan(walls.tolist(), goal=np.array([7, 0]), starts=np.argwhere(~walls))
vingui.plan([[0, 1], [0, 0]], goal=[(0, 0), (1, 0)], starts=(1, 1), on_progress=on_progress)
assert_type(plan.values(3), NDArray[np.float32])
assert_type(plan.costs_to_go, NDArray[np.float64])
assert_type(plan.outcomes, tuple[vingui.Outcome, ...])
assert_type(plan.trajectories[0].cost, float)
assert_type(plan.figure(width=84), Figure)
plan.save("plan.pdf", panels="map,value", width=174)
result = vingui.evaluate(
    ["dynamic-8", vingui.load_model("vin-8x8"), Path("mine.keras")],
    {"mazes": "maze:9:2", "rooms": "rooms"},
    jobs=2,
)
vingui.evaluate("dynamic-8", [vingui.generate(seed=seed) for seed in range(3)])
vingui.evaluate("dynamic-8", vingui.open_maps("my-maps"), on_progress=on_progress)
result.save("success.csv")
for planned in vingui.plan_many(vingui.generate_many("maze", 3), save="{index}.png", width=84):
    assert_type(planned.outcomes, tuple[vingui.Outcome, ...])
assert_type(vingui.train("small.keras", "paper", epochs=1), vingui.ModelCard)
window = vingui.view(walls)
assert_type(window.map, vingui.GridMap)
window.map.with_starts([(0, 0)])
