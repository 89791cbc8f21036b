"""Figures have the colours and the numbers of the window."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vingui.core.colours import Colours
from vingui.core.ticks import cell_ticks, tick_labels, ticks
from vingui.core.value_colours import COLOUR_MAPS
from vingui.figure import theme as figure
from vingui.figure.layer_colours import gradient
from vingui.gui.canvas.picture import gradient as window_gradient
from vingui.gui.look import theme as window


@pytest.mark.parametrize("colour_map", COLOUR_MAPS, ids=lambda row: row.id)
def test_gradients_are_those_of_the_window(colour_map):
    ours, theirs = gradient(colour_map).astype(int), window_gradient(colour_map).astype(int)
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= 1


@pytest.mark.parametrize("look", ["LIGHT", "DARK"])
def test_marks_have_the_colours_of_the_window(look):
    ours, theirs = getattr(figure, look), getattr(window, look)
    for field in fields(Colours):
        assert getattr(ours, field.name) == getattr(theirs, field.name)


@given(st.floats(-1e30, 1e30), st.floats(1e-12, 1e30))
def test_ticks_of_any_range_have_short_labels(low, span):
    if low + span > low:
        labels = tick_labels(ticks(low, low + span, most=6))
        assert all(len(label) <= 24 for label in labels)


@given(st.integers(1, 1024), st.integers(0, 9))
def test_rows_are_numbered_sparsely(cells, most):
    shown = cell_ticks(cells, most=most)
    assert shown[0] == 0
    assert shown == sorted(set(shown))
    assert shown[-1] < cells
    assert len(shown) <= max(most, 2)


def test_a_corridor_has_its_last_row_numbered():
    assert cell_ticks(2, most=7) == [0, 1]
    assert cell_ticks(28, most=7) == [0, 5, 10, 15, 20, 25]
    assert cell_ticks(512, most=7) == [0, 100, 200, 300, 400, 500]
    assert cell_ticks(2, most=1) == [0]
