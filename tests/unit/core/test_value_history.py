"""Films: which frames they keep of V_1 to V_K; the figures about them; the order to look in."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vingui.core.value_history import ValueHistory, coarse_to_fine, figures, frames_within


def frame_of(k, shape=(2, 3)):
    return np.full(shape, -k, np.float32)


def filmed(most, last):
    film = ValueHistory(most)
    for k in range(1, last + 1):
        film.add(k, frame_of(k))
    return film


@given(most=st.integers(2, 12), last=st.integers(1, 200))
def test_a_film_keeps_so_many_frames_evenly_and_the_newest(most, last):
    film = filmed(most, last)
    assert len(film.kept) <= most
    assert film.kept[-1] == last
    assert film.kept == sorted(set(film.kept))
    assert all(k % film.stride == 0 for k in film.kept[:-1])
    assert film.kept[:-1] == list(range(film.stride, last, film.stride))
    assert last > most or film.kept == list(range(1, last + 1)) or last == most
    for k in film.kept:
        assert (film.at(k)[1] == -k).all()


@given(most=st.integers(2, 12), last=st.integers(1, 200))
def test_no_frame_is_thinned_out_while_there_is_room(most, last):
    film = filmed(most, last)
    assert film.stride == 1 or len(range(film.stride // 2, last + 1, film.stride // 2)) >= most


@given(
    most=st.integers(2, 12),
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=12),
)
def test_a_film_that_gets_only_what_another_keeps_is_its_like(most, sizes):
    here, there, last = ValueHistory(most), ValueHistory(most), 0
    for size in sizes:
        for k in range(last + 1, last + size + 1):
            here.add(k, frame_of(k))
        kept, frames = here.since(last + 1)
        for k, frame in zip(kept.tolist(), frames, strict=True):
            there.add(k, frame)
        last += size
        assert there.kept == here.kept
        assert there.stride == here.stride
        assert [there.at(k)[1][0, 0] for k in there.kept] == [-k for k in there.kept]


@given(most=st.integers(2, 9), last=st.integers(1, 60), k=st.integers(0, 90))
def test_at_gives_the_newest_frame_at_or_before_k_or_the_first(most, last, k):
    film = filmed(most, last)
    found, frame = film.at(k)
    assert found == max((kept for kept in film.kept if kept <= k), default=film.kept[0])
    assert (frame == -found).all()


@given(most=st.integers(2, 9), last=st.integers(1, 60), start=st.integers(0, 70))
def test_since_gives_the_frames_from_k_on(most, last, start):
    film = filmed(most, last)
    kept, frames = film.since(start)
    assert kept.dtype == np.int64
    assert kept.tolist() == [k for k in film.kept if k >= start]
    assert [frame[0, 0] for frame in frames] == [-k for k in kept.tolist()]


def test_frames_are_copied_out_of_what_they_are_part_of():
    film, chunk = ValueHistory(10), np.zeros((3, 2, 2), np.float32)
    for k, frame in enumerate(chunk, start=1):
        film.add(k, frame)
    chunk += 5
    assert all((film.at(k)[1] == 0).all() for k in (1, 2, 3))
    assert all(film.at(k)[1].base is None for k in (1, 2, 3))


def test_a_film_without_frames_has_none_to_give():
    with pytest.raises(IndexError):
        ValueHistory(2).at(1)


@given(memory=st.integers(0, 1 << 30), side=st.integers(2, 1024))
def test_a_film_fits_its_memory(memory, side):
    most = frames_within(memory, cells=side * side)
    assert most >= 2
    assert most == 2 or most * side * side * 4 <= memory
    assert most == 2 or side < 64 or (most + 1) * side * side * 4.1 > memory


values = st.sampled_from([-np.inf, -3.5, -1, 0, 2.25])


@given(
    frames=arrays(np.float32, (4, 3, 4), elements=values),
    free=arrays(bool, (3, 4)),
)
def test_figures_say_what_a_loop_over_the_cells_finds(frames, free):
    changes, lows, highs, reached = figures(frames[0], frames[1:], free)
    for place, (before, after) in enumerate(pairwise(frames)):
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
