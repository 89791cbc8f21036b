"""Colours of values: what must never be confused, and what must keep its order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vingui.core import value_colours
from vingui.core.outcome_categories import OUTCOME_CATEGORIES, category_colours
from vingui.core.ticks import minus, tick_labels, ticks
from vingui.gui.canvas.picture import gradient
from vingui.gui.look.theme import DARK, LIGHT

SHAPE = (5, 7)
FINITE = st.floats(-1e5, 1e5, width=32)
VALUES = arrays(np.float32, SHAPE, elements=FINITE | st.just(-np.inf))
WALLS = arrays(np.bool_, SHAPE)
RANGES = st.tuples(FINITE, st.floats(0.015625, 1e4, width=32)).map(lambda p: (p[0], p[0] + p[1]))


def lab(colours):
    """CIE L*a*b* of RGB bytes."""
    linear = np.asarray(colours, float) / 255
    linear = np.where(linear <= 0.04045, linear / 12.92, ((linear + 0.055) / 1.055) ** 2.4)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = linear @ np.array(to_xyz).T / (0.9505, 1, 1.089)
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)


@given(VALUES, WALLS, RANGES)
def test_walls_and_unreached_cells_have_entries_of_their_own(values, walls, bounds):
    entries = value_colours.tinted(values, walls, low=bounds[0], high=bounds[1])
    assert entries.dtype == np.uint8
    np.testing.assert_array_equal(entries == value_colours.WALL, walls)
    np.testing.assert_array_equal(entries == value_colours.UNREACHED, ~walls & np.isneginf(values))


@given(VALUES, RANGES)
def test_a_higher_value_never_has_a_lower_colour(values, bounds):
    entries = value_colours.tinted(values, np.zeros(SHAPE, bool), low=bounds[0], high=bounds[1])
    order = np.argsort(values, axis=None)
    assert (np.diff(entries.ravel()[order].astype(int)) >= 0).all()


@given(st.floats(-1e4, 1e4), st.floats(0.25, 1e3), st.floats(0, 1))
def test_the_colour_is_the_share_of_the_range(low, span, share):
    # Ranges are those of values, which are float32.
    low, high = (float(np.float32(end)) for end in (low, low + span))
    span = high - low
    value = np.array([[low, low + share * span, high]], np.float32)
    entries = value_colours.tinted(value, np.zeros((1, 3), bool), low=low, high=high)[0].astype(int)
    assert entries[0] == value_colours.FIRST
    assert entries[2] == 255
    # A float32 has seven digits, some of which a narrow range of large numbers uses up.
    slack = 1 + 253 * 4e-7 * (abs(low) + span) / span
    assert abs(entries[1] - (value_colours.FIRST + share * (value_colours.LEVELS - 1))) <= slack


@given(arrays(np.float32, SHAPE, elements=st.sampled_from([-np.inf, 0, 1, 2, 3, 4, 5])), WALLS)
def test_labels_are_their_places_in_the_table(labels, walls):
    entries = value_colours.labelled(labels, walls)
    shown = ~walls & np.isfinite(labels)
    np.testing.assert_array_equal(entries[shown], value_colours.FIRST + labels[shown].astype(int))


def test_every_colour_map_has_its_table():
    for row in value_colours.COLOUR_MAPS:
        assert gradient(row).shape == (value_colours.LEVELS, 3)
    assert len({row.id for row in value_colours.COLOUR_MAPS}) == len(value_colours.COLOUR_MAPS)
    assert value_colours.colour_map_named("plasma").title == "Plasma"
    assert value_colours.colour_map_named("of a later version") is value_colours.COLOUR_MAPS[0]
    assert (
        value_colours.colour_map_named(value_colours.DIVERGING.id) is value_colours.COLOUR_MAPS[0]
    )


@pytest.mark.parametrize("colour_map", value_colours.COLOUR_MAPS, ids=lambda row: row.id)
def test_lightness_rises_with_the_value(colour_map):
    lightness = lab(gradient(colour_map))[::11, 0]
    assert (np.diff(lightness) > 0).all()


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=lambda look: look.name)
@pytest.mark.parametrize("colour_map", value_colours.COLOUR_MAPS, ids=lambda row: row.id)
def test_no_value_looks_like_a_wall_or_an_unreached_cell(colour_map, look):
    apart = [lab(value_colours.rgb(look.wall)), lab(value_colours.rgb(look.unreached))]
    distance = np.linalg.norm(lab(gradient(colour_map))[:, None] - apart, axis=-1)
    assert distance.min() > 20


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=lambda look: look.name)
def test_outcomes_are_distinct_names_without_hue(look):
    # The last has hatching besides.
    lightness = np.sort(lab(category_colours(look.unreached))[:-1, 0])
    assert len(lightness) == len(OUTCOME_CATEGORIES) - 1
    assert np.diff(lightness).min() > 6


def test_the_palette_begins_with_walls_and_unreached_cells():
    table = value_colours.palette(
        np.array([[1, 2, 3]], np.uint8), wall="#0a0b0c", unreached="#ff0010"
    )
    assert table.shape == (256, 3)
    assert table[:4].tolist() == [[10, 11, 12], [255, 0, 16], [1, 2, 3], [0, 0, 0]]


def test_something_dark_is_seen_on_light_colours():
    assert value_colours.dark_on(
        np.array([[255, 255, 255], [253, 231, 37], [68, 1, 84]])
    ).tolist() == [
        True,
        True,
        False,
    ]


@given(FINITE, st.floats(1e-3, 1e5), st.integers(2, 12))
def test_ticks_are_few_evenly_spaced_and_within(low, span, most):
    found = ticks(low, low + span, most=most)
    assert len(found) <= most
    slack = 1e-6 * (abs(low) + span)
    assert all(low - slack <= tick <= low + span + slack for tick in found)
    np.testing.assert_allclose(np.diff(found, 2), 0, atol=slack)


def test_ticks_are_round():
    assert ticks(-36.3, 0, most=8) == [-35, -30, -25, -20, -15, -10, -5, 0]
    np.testing.assert_allclose(ticks(-0.25, 0.25, most=3), [-0.2, 0, 0.2], atol=1e-12)


def test_labels_have_the_decimals_they_need():
    assert tick_labels([-30.0, 0.0, 30.0]) == ["−30", "0", "30"]
    assert tick_labels([-0.25, 0.0, 0.25]) == ["−0.25", "0.00", "0.25"]
    assert tick_labels([0.0, 2.5, 5.0]) == ["0.0", "2.5", "5.0"]
    assert tick_labels([-1500.0, -1000.0]) == ["−1,500", "−1,000"]
    assert tick_labels([]) == []


def test_zero_has_no_sign():
    assert [minus("-0.00"), minus("-0.01"), minus("3")] == ["0.00", "−0.01", "3"]
