"""Histories: which value maps they keep of V_1 to V_K; statistics of them; the order of study."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vingui.core.value_history import ValueHistory, coarse_to_fine, figures, value_maps_within


def value_map_of(k, shape=(2, 3)):
    return np.full(shape, -k, np.float32)


def made_history(most, last):
    history = ValueHistory(most)
    for k in range(1, last + 1):
        history.add(k, value_map_of(k))
    return history


@given(most=st.integers(2, 12), last=st.integers(1, 200))
def test_a_history_keeps_so_many_value_maps_evenly_and_the_newest(most, last):
    history = made_history(most, last)
    assert len(history.kept) <= most
    assert history.kept[-1] == last
    assert history.kept == sorted(set(history.kept))
    assert all(k % history.stride == 0 for k in history.kept[:-1])
    assert history.kept[:-1] == list(range(history.stride, last, history.stride))
    assert last > most or history.kept == list(range(1, last + 1)) or last == most
    for k in history.kept:
        assert (history.at(k)[1] == -k).all()


@given(most=st.integers(2, 12), last=st.integers(1, 200))
def test_no_value_map_is_thinned_out_while_there_is_room(most, last):
    history = made_history(most, last)
    assert history.stride == 1 or last // (history.stride // 2) >= most


@given(
    most=st.integers(2, 12),
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=12),
)
def test_a_history_given_only_what_another_keeps_is_equal(most, sizes):
    here, there, last = ValueHistory(most), ValueHistory(most), 0
    for size in sizes:
        for k in range(last + 1, last + size + 1):
            here.add(k, value_map_of(k))
        kept, value_maps = here.since(last + 1)
        for k, value_map in zip(kept.tolist(), value_maps, strict=True):
            there.add(k, value_map)
        last += size
        assert there.kept == here.kept
        assert there.stride == here.stride
        assert [there.at(k)[1][0, 0] for k in there.kept] == [-k for k in there.kept]


@given(most=st.integers(2, 9), last=st.integers(1, 60), k=st.integers(0, 90))
def test_at_gives_the_newest_value_map_at_or_before_k_or_the_first(most, last, k):
    history = made_history(most, last)
    found, value_map = history.at(k)
    assert found == max((kept for kept in history.kept if kept <= k), default=history.kept[0])
    assert (value_map == -found).all()


@given(most=st.integers(2, 9), last=st.integers(1, 60), start=st.integers(0, 70))
def test_since_gives_the_value_maps_from_k_on(most, last, start):
    history = made_history(most, last)
    kept, value_maps = history.since(start)
    assert kept.dtype == np.int64
    assert kept.tolist() == [k for k in history.kept if k >= start]
    assert [value_map[0, 0] for value_map in value_maps] == [-k for k in kept.tolist()]


def test_value_maps_are_copied_out_of_what_they_are_part_of():
    history, chunk = ValueHistory(10), np.zeros((3, 2, 2), np.float32)
    for k, value_map in enumerate(chunk, start=1):
        history.add(k, value_map)
    chunk += 5
    assert all((history.at(k)[1] == 0).all() for k in (1, 2, 3))
    assert all(history.at(k)[1].base is None for k in (1, 2, 3))


def test_an_empty_history_has_nothing_to_give():
    with pytest.raises(IndexError):
        ValueHistory(2).at(1)


@given(memory=st.integers(0, 1 << 30), side=st.integers(2, 1024))
def test_a_history_fits_its_memory(memory, side):
    most = value_maps_within(memory, cells=side * side)
    assert most >= 2
    assert most == 2 or most * side * side * 4 <= memory
    assert most == 2 or side < 64 or (most + 1) * side * side * 4.1 > memory


values = st.sampled_from([-np.inf, -3.5, -1, 0, 2.25])


@given(
    value_maps=arrays(np.float32, (4, 3, 4), elements=values),
    free=arrays(bool, (3, 4)),
)
def test_figures_say_what_a_loop_over_the_cells_finds(value_maps, free):
    changes, lows, highs, reached = figures(value_maps[0], value_maps[1:], free)
    for place, (before, after) in enumerate(pairwise(value_maps)):
        both = np.isfinite(before) & np.isfinite(after)
        moves = np.abs(after[both] - before[both])
        assert changes[place] == max(moves.tolist(), default=0)
        shown = after[np.isfinite(after) & free]
        assert reached[place] == len(shown) / max(free.sum(), 1)
        if len(shown):
            assert (lows[place], highs[place]) == (shown.min(), shown.max())
        else:
            assert np.isnan(lows[place])
            assert np.isnan(highs[place])


@given(count=st.integers(1, 400))
def test_coarse_to_fine_names_every_place_once_the_ends_first(count):
    order = coarse_to_fine(count)
    assert sorted(order) == list(range(count))
    assert order[0] == count - 1
    assert count == 1 or order[1] == 0


@given(count=st.integers(2, 2000), seen=st.integers(2, 64))
def test_coarse_to_fine_leaves_no_large_gap_wherever_it_is_cut_off(count, seen):
    places = sorted(coarse_to_fine(count)[:seen])
    assert np.diff(places).max() <= max(4 * count / len(places), 1)
