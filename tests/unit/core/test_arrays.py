"""A plan as arrays in a file: all of it, exactly, whole or not at all."""

import numpy as np
import pytest

from vingui.core.arrays import save_arrays
from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.moves import EIGHT
from vingui.core.plan import Plan


def plan_of(starts=((0, 0), (2, 3))):
    rng = np.random.default_rng(0)
    walls = np.zeros((3, 4), bool)
    walls[1, 1] = True
    values = rng.normal(size=(2, 3, 4)).astype(np.float32)
    values[:, 1, 1] = -np.inf
    return Plan(
        grid=GridMap(walls, (2, 0), starts),
        model="some",
        rule=EIGHT,
        iterations=7,
        converged=True,
        kept=np.array([4, 7]),
        values=values,
        reward=rng.normal(size=(3, 4, 1)).astype(np.float32),
        q=rng.normal(size=(3, 4, 10)).astype(np.float32),
        policy=rng.random((3, 4, 8)).astype(np.float32),
    )


def test_the_file_holds_every_array_of_the_plan_exactly(tmp_path):
    plan = plan_of()
    save_arrays(plan, tmp_path / "plan.npz")
    with np.load(tmp_path / "plan.npz", allow_pickle=False) as arrays:
        assert {name: arrays[name].dtype.name for name in arrays} == {
            "walls": "bool",
            "goal": "int64",
            "starts": "int64",
            "iterations": "int64",
            "values": "float32",
            "reward": "float32",
            "q": "float32",
            "policy": "float32",
        }
        np.testing.assert_array_equal(arrays["walls"], plan.grid.walls)
        assert arrays["goal"].tolist() == [2, 0]
        assert arrays["starts"].tolist() == [[0, 0], [2, 3]]
        np.testing.assert_array_equal(arrays["iterations"], plan.kept)
        for name in ("values", "reward", "q", "policy"):
            np.testing.assert_array_equal(arrays[name], getattr(plan, name))


def test_a_map_without_starts_has_none_in_the_file(tmp_path):
    save_arrays(plan_of(starts=()), tmp_path / "plan.npz")
    with np.load(tmp_path / "plan.npz") as arrays:
        assert arrays["starts"].shape == (0, 2)


@pytest.mark.parametrize("name", ["plan", "plan.dat"])
def test_the_file_has_the_name_that_was_asked_for(tmp_path, name):
    save_arrays(plan_of(), tmp_path / name)
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert np.load(tmp_path / name)["walls"].shape == (3, 4)


def test_a_file_that_is_there_is_replaced(tmp_path):
    (tmp_path / "plan.npz").write_bytes(b"x" * 100_000)
    save_arrays(plan_of(), tmp_path / "plan.npz")
    with np.load(tmp_path / "plan.npz") as arrays:
        assert arrays["values"].shape == (2, 3, 4)


def test_a_failure_leaves_the_file_as_it_was_and_nothing_beside_it(tmp_path, monkeypatch):
    file = tmp_path / "plan.npz"
    file.write_bytes(b"before")

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", fail)
    with pytest.raises(VinguiError, match=r"^plan\.npz: .*No space left on device$"):
        save_arrays(plan_of(), file)
    assert file.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_is_not_there_is_refused_by_the_files_name(tmp_path):
    with pytest.raises(VinguiError, match=r"^plan\.npz: Expected a file that can be written"):
        save_arrays(plan_of(), tmp_path / "nowhere" / "plan.npz")
