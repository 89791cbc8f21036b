"""Arrays written in parts are the arrays that numpy reads."""

import numpy as np
import pytest

from vingui.core import array_writer
from vingui.core.array_writer import ArrayParts, write_arrays


def test_arrays_and_their_parts_are_read_back_by_numpy(tmp_path, monkeypatch):
    monkeypatch.setattr(array_writer, "_PART_BYTES", 64)
    rng, done = np.random.default_rng(0), []
    whole = rng.random((40, 3)).astype(np.float32)
    arrays = {
        "numbers": rng.integers(0, 9, (5, 7)),
        "none": np.zeros((0, 2), bool),
        "one": np.array(2.5),
        "texts": np.array(["reached", "loop"]),
        "turned": np.asfortranarray(whole),
    }
    parts = ArrayParts(whole.shape, whole.dtype, (whole[at : at + 9] for at in range(0, 40, 9)))
    with (tmp_path / "a.npz").open("wb") as file:
        write_arrays(file, arrays | {"parts": parts}, on_progress=lambda *now: done.append(now))
    with np.load(tmp_path / "a.npz", allow_pickle=False) as read:
        assert list(read) == [*arrays, "parts"]
        for name, array in arrays.items():
            np.testing.assert_array_equal(read[name], array)
            assert read[name].dtype == array.dtype
        np.testing.assert_array_equal(read["parts"], whole)
    total = sum(array.nbytes for array in arrays.values()) + whole.nbytes
    assert done[-1] == (total, total)
    assert [count for count, _ in done] == sorted({count for count, _ in done})


def test_writing_ends_where_the_progress_raises(tmp_path):
    def stop(done, total):
        raise InterruptedError

    with (tmp_path / "a.npz").open("wb") as file, pytest.raises(InterruptedError):
        write_arrays(file, {"a": np.zeros(3)}, on_progress=stop)
