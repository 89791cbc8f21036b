"""Networks with known or random weights, and the Bellman backup in plain loops to hold them to."""

import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from vingui.core.grid import GridMap
from vingui.core.moves import COSTS, RULES
from vingui.core.terrain import palette_of_levels
from vingui.net.backend import keras
from vingui.net.keras_networks import network_of
from vingui.net.models import VIN, DynamicVIN, ValueIterationModel
from vingui.net.planner import Planner

_HERE = Path(__file__).parent
_CORNERS = {"4": 0, "8": 0, "8-one-free": 2, "8-both-free": 0}

_THIRD_PARTY = (
    # Keras asks TensorFlow's tensors for a NumPy array without a copy, which they cannot yet say.
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning",
)


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(_HERE):
            for warning in _THIRD_PARTY:
                item.add_marker(pytest.mark.filterwarnings(warning))


def built(model):
    model.build((None, None, None, 2))
    return model


def randomised(model, seed=0, spread=0.6):
    """The model with every learned number drawn anew, biases and costs among them."""
    rng = np.random.default_rng(seed)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(0, spread, weight.shape))
    return model


def inverse_softplus(values):
    return np.log(np.expm1(np.asarray(values, np.float64)))


def exact_model(rule_name, **kwargs):
    """A `DynamicVIN` whose weights are written by hand: it knows the rule and the costs."""
    model = built(DynamicVIN(moves=rule_name, hidden=8, **kwargs))
    transitions, rule = model.transitions, model.rule
    patch = np.zeros(transitions.patch.kernel.shape, np.float32)
    blocked = np.zeros(transitions.patch.bias.shape, np.float32)
    logits = np.zeros((8, rule.n_actions, 9), np.float32)
    bias = np.zeros((rule.n_actions, 9), np.float32)
    bias[:, 8] = 0.5
    for action, (row, col) in enumerate(rule.deltas.tolist()):
        bias[action, action] = 1
        if row and col and rule.free_corners:
            # Walls are 1 and free cells -1: above 0 exactly if enough corners are free.
            patch[1 + row, 1, 0, action] = patch[1, 1 + col, 0, action] = -1
            blocked[action] = _CORNERS[rule_name]
            logits[action, action, action] = 1
            bias[action, action] = -1
    transitions.patch.kernel.assign(patch)
    transitions.patch.bias.assign(blocked)
    transitions.mix.kernel.assign(np.eye(8, dtype=np.float32)[None, None])
    transitions.mix.bias.assign(np.zeros(8))
    transitions.logits.kernel.assign(logits.reshape(1, 1, 8, -1))
    transitions.logits.bias.assign(bias.ravel())
    model.step_reward.raw.assign(inverse_softplus([*COSTS, 1.0]))
    model.scale.raw.assign(inverse_softplus(20.0))
    return model


def backup_by_hand(kernel, reward, values, *, outside):
    """Q of one map, a cell, an action and a place at a time, in float64."""
    rows, cols, actions, _ = kernel.shape
    places = [(-1, 0), (1, 0), (0, 1), (0, -1), (-1, 1), (-1, -1), (1, 1), (1, -1), (0, 0)]
    q = np.zeros((rows, cols, actions))
    for row, col, action in np.ndindex(rows, cols, actions):
        q[row, col, action] = reward[row, col, action]
        for place, (down, right) in enumerate(places):
            at = (row + down, col + right)
            inside = 0 <= at[0] < rows and 0 <= at[1] < cols
            q[row, col, action] += kernel[row, col, action, place] * (
                values[at] if inside else outside
            )
    return q


def convolved_by_hand(image, kernel):
    """`(rows, cols, in)` with `(height, width, in, out)`, zeros outside, in float64."""
    rows, cols, _ = image.shape
    height, width, _, out = kernel.shape
    result = np.zeros((rows, cols, out))
    for row, col, down, right in np.ndindex(rows, cols, height, width):
        at = (row + down - height // 2, col + right - width // 2)
        if 0 <= at[0] < rows and 0 <= at[1] < cols:
            result[row, col] += image[at] @ kernel[down, right]
    return result


def map_of(*rows):
    """`#` a wall, `G` the goal, `S` a start."""
    marks = np.array([list(row) for row in rows])
    goals = list(map(tuple, np.argwhere(marks == "G").tolist()))
    starts = tuple(map(tuple, np.argwhere(marks == "S").tolist()))
    return GridMap(marks == "#", goals[:1], starts)


def random_map(rng, rows, cols, density=0.3):
    walls = rng.random((rows, cols)) < density
    goal = (int(rng.integers(rows)), int(rng.integers(cols)))
    walls[goal] = False
    return GridMap(walls, (goal,))


def terrain_map(random, rows, cols, *, goals, density=0.2):
    """A map with terrain of random costs in patches, and goals of random values."""
    walls = random.random((rows, cols)) < density
    patches = random.integers(0, 8, (rows // 4 + 1, cols // 4 + 1))
    terrain = patches.repeat(4, axis=0).repeat(4, axis=1)[:rows, :cols].astype(np.uint8)
    cells = np.argwhere(~walls)
    places = random.choice(len(cells), goals, replace=False)
    return GridMap(
        walls,
        tuple(tuple(cell) for cell in cells[places].tolist()),
        terrain=terrain,
        palette=palette_of_levels(random.uniform(0.2, 20, 8).round(2).tolist()),
        goal_values=tuple(random.uniform(-20, 20, goals).round(1).tolist()) if goals > 1 else (),
    )


def corridor_of(moves):
    """A serpentine of straight corridors whose far end is so many moves from the goal."""
    strips = moves // 12 + 1
    walls = np.ones((2 * strips + 1, 11), bool)
    cells = []
    for strip in range(strips):
        columns = range(11) if strip % 2 == 0 else range(10, -1, -1)
        cells += [(2 * strip, col) for col in columns]
        cells.append((2 * strip + 1, columns[-1]))
    assert len(cells) > moves
    cells = cells[: moves + 1]
    walls[tuple(np.array(cells).T)] = False
    return GridMap(walls, (cells[0],), (cells[-1],))


@pytest.fixture(scope="session")
def grid_of() -> Callable[..., GridMap]:
    return map_of


@pytest.fixture(scope="session")
def draw_map() -> Callable[..., GridMap]:
    return random_map


@pytest.fixture(scope="session")
def draw_terrain() -> Callable[..., GridMap]:
    return terrain_map


@pytest.fixture(scope="session")
def corridor() -> Callable[[int], GridMap]:
    return corridor_of


@pytest.fixture(scope="session")
def bellman() -> Callable[..., NDArray[np.float64]]:
    return backup_by_hand


@pytest.fixture(scope="session")
def convolution() -> Callable[..., NDArray[np.float64]]:
    return convolved_by_hand


@pytest.fixture(scope="session")
def make_exact() -> Callable[..., DynamicVIN]:
    return exact_model


@pytest.fixture(scope="session")
def make_random() -> Callable[..., ValueIterationModel]:
    """`make_random("dynamic" or "vin", seed=, **model arguments)`, small and built."""

    def make(architecture, *, seed=0, **kwargs):
        if architecture == "dynamic":
            return randomised(built(DynamicVIN(**{"hidden": 8, "iterations": 6, **kwargs})), seed)
        sizes = {"hidden": 6, "latent_actions": 4, "iterations": 6}
        return randomised(built(VIN(**{**sizes, **kwargs})), seed, spread=0.2)

    return make


@pytest.fixture(scope="session")
def dynamic(make_random) -> DynamicVIN:
    """Random weights: never to be changed."""
    return make_random("dynamic", seed=3)


@pytest.fixture(scope="session")
def vin(make_random) -> VIN:
    """Random weights: never to be changed."""
    return make_random("vin", seed=4)


@pytest.fixture(scope="session")
def exact_models() -> dict[str, DynamicVIN]:
    """For each movement rule the model that knows it: never to be changed."""
    return {name: exact_model(name) for name in RULES}


@pytest.fixture(scope="session")
def exact_planner(exact_models) -> Planner:
    return Planner(network_of(exact_models["8"]), name="exact-8")


@pytest.fixture(scope="session")
def as_array() -> Callable[..., NDArray[np.float32]]:
    return keras.ops.convert_to_numpy


@pytest.fixture(scope="session")
def free_addresses():
    """`free_addresses(n)`: addresses of this machine at which nobody listens.

    Their ports stay reserved, by sockets that do not listen themselves, so that no other process
    is given them.
    """
    with ExitStack() as stack:

        def reserve(count):
            sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
            for one in sockets:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                one.bind(("127.0.0.1", 0))
            return tuple(f"127.0.0.1:{one.getsockname()[1]}" for one in sockets)

        yield reserve
