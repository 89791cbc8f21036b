import doctest
import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from hypothesis import given
from hypothesis import strategies as st

import vingui
from vingui.api import environment
from vingui.api.environment import GridWorldEnv
from vingui.core.moves import RULES
from vingui.core.oracle import solve


def test_it_is_made_by_its_name_and_passes_gymnasiums_own_check():
    env = gymnasium.make("vingui/GridWorld-v0", maps="rooms:9:4", render_mode="rgb_array")
    with warnings.catch_warnings():
        # A space that does not need to be normalised, and other advice for those who learn.
        warnings.simplefilter("ignore", UserWarning)
        check_env(env.unwrapped)
    assert env.spec.id == environment.ID
    assert isinstance(env.unwrapped, GridWorldEnv)


def test_the_example_of_the_docstring():
    assert not doctest.testmod(environment).failed


@given(
    st.integers(0, 1000),
    st.sampled_from(sorted(RULES)),
    st.sampled_from(["patches:7:3", "noise:7:3", "caves:9:3"]),
)
def test_the_best_moves_earn_minus_the_cost_to_go(seed, moves, maps):
    env = GridWorldEnv(maps, moves=moves)
    observation, info = env.reset(seed=seed)
    assert env.observation_space.contains(observation)
    grid, total, done = env._maps[info["map"]], 0.0, False
    best = solve(grid, RULES[moves]).optimal.argmax(axis=-1)
    while not done:
        (cell,) = map(tuple, np.argwhere(observation[..., 2]))
        observation, reward, done, truncated, told = env.step(best[cell])
        assert not truncated
        assert not told["blocked"]
        assert env.observation_space.contains(observation)
        total += reward
    assert told["outcome"] == "reached"
    assert total == pytest.approx(-info["cost_to_go"])


def test_a_wall_costs_the_move_and_leaves_the_agent_and_the_episode_ends_when_steps_do():
    walls = np.zeros((3, 4), bool)
    walls[0, 1] = True
    env = GridWorldEnv(vingui.GridMap(walls, ((2, 3),), ((0, 0),)), max_steps=3)
    before, _ = env.reset()
    for count, action in enumerate((0, 2, 4)):
        observation, reward, terminated, truncated, info = env.step(np.int64(action))
        assert reward == pytest.approx(-(2**0.5) if action == 4 else -1)
        assert info["blocked"]
        np.testing.assert_array_equal(observation, before)
        assert not terminated
        assert truncated == (count == 2)
    assert info["outcome"] == "out-of-steps"


def test_goals_with_values_terrain_and_chosen_episodes():
    terrain = np.zeros((2, 3), np.uint8)
    terrain[0, 1] = 3
    grid = vingui.GridMap(
        np.zeros((2, 3), bool), ((0, 2),), ((0, 0),), terrain=terrain, goal_values=(5.0,)
    )
    env = GridWorldEnv([grid, grid], moves="4", render_mode="rgb_array")
    observation, info = env.reset(options={"map": 1, "start": (0, 1)})
    assert info["map"] == 1
    assert observation[0, 1, 2] == 1
    assert observation[0, 1, 3] == 1
    assert observation[0, 2, 1] == 1
    _, reward, terminated, _, info = env.step(np.int64(2))
    assert (reward, terminated, info["outcome"]) == (4.0, True, "reached")
    assert env.render().shape[2] == 3


@pytest.mark.parametrize(
    ("maps", "message"),
    [
        ("nowhere.json", "nowhere.json: There is no such file"),
        (
            [vingui.GridMap(np.zeros((2, size), bool), ((0, 0),)) for size in (2, 3)],
            "The maps of an environment must have one size",
        ),
    ],
)
def test_maps_that_cannot_be_are_refused(maps, message):
    with pytest.raises(vingui.VinguiError) as caught:
        GridWorldEnv(maps)
    assert str(caught.value).startswith(message)


def test_without_a_start_there_is_no_episode():
    env = GridWorldEnv(vingui.GridMap(np.zeros((2, 2), bool), ((0, 0),)))
    with pytest.raises(vingui.VinguiError, match="Map 0 has no start"):
        env.reset()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda _: GridWorldEnv("maze:9:2", moves=4), 'moves must be one of "8"'),
        (lambda _: GridWorldEnv("maze:9:2", max_steps=0), "max_steps must be a whole number of 1"),
        (
            lambda env: env.reset(options={"map": 2}),
            "map must be a whole number from 0 to 1, not 2",
        ),
        (lambda env: env.reset(options={"start": "a"}), "The start must be a"),
        (lambda env: env.reset(options={"goal": 1}), "The options of reset are map and start, not"),
        (lambda env: env.step(-1), "action must be a whole number from 0 to 7, not -1"),
        (lambda env: env.step(1.5), "action must be a whole number"),
    ],
)
def test_what_does_not_fit_is_refused(call, message):
    env = GridWorldEnv("maze:9:2")
    env.reset(seed=1)
    with pytest.raises(vingui.VinguiError) as caught:
        call(env)
    assert message in str(caught.value)
