from threading import Event, Thread

import numpy as np
import pytest

from vingui.core.value_changes import ValueChanges

ROWS, COLS, LAST = 5, 7, 12


@pytest.fixture
def changes():
    """Values that are revised again and again, added in three messages."""
    random = np.random.default_rng(2)
    made = ValueChanges((ROWS, COLS))
    now = np.full((ROWS + 2) * (COLS + 2), -np.inf, np.float32)
    inside = np.flatnonzero(np.pad(np.ones((ROWS, COLS), bool), 1))
    for _ in range(3):
        cells = [random.choice(inside, random.integers(0, 9), replace=False) for _ in range(4)]
        after, before = [], []
        for some in cells:
            before.append(now[some])
            now[some] = random.normal(size=some.size)
            after.append(now[some])
        made.extend(
            np.concatenate(cells).astype(np.int32),
            np.concatenate(after),
            np.concatenate(before),
            np.array([some.size for some in cells]),
        )
        # What was searched for before does not hide what comes later.
        made.series(2, 3)
    return made


def test_all_ways_to_read_a_value_agree(changes):
    order = np.random.default_rng(3).integers(1, LAST + 1, 40).tolist()
    for walked in order:
        k, values = changes.at(walked)
        assert k == walked
        with changes.reading(k) as read:
            np.testing.assert_array_equal(read, values)
        np.testing.assert_array_equal(changes.part(k, slice(1, 4), slice(2, 6)), values[1:4, 2:6])
        for at, (row, col) in zip(order, np.ndindex(ROWS, COLS), strict=False):
            assert changes.value(row, col, at) == changes.series(row, col)[at - 1]
            assert changes.value(row, col, k) == values[row, col]


def test_values_that_another_thread_reads_are_not_waited_for(changes):
    values, reads, end = changes.at(4)[1], Event(), Event()

    def read():
        with changes.reading(9):
            reads.set()
            end.wait(30)

    thread = Thread(target=read)
    thread.start()
    assert reads.wait(30)
    assert changes.part(4, slice(0, 2), slice(0, 2)) is None
    assert [changes.value(*cell, 4) for cell in np.ndindex(ROWS, COLS)] == values.ravel().tolist()
    end.set()
    thread.join()
    np.testing.assert_array_equal(changes.part(4, slice(0, 2), slice(0, 2)), values[:2, :2])
