"""What goes into a frame of a film: what changed, in few enough colours."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vingui.figure.encoding.changes import changes
from vingui.figure.encoding.palette import indexed

# Changes.


def random_pages(seed):
    rng = np.random.default_rng(seed)
    page = np.full((9, 14, 4), 255, np.uint8)
    for _ in range(6):
        yield page.copy()
        top, left = rng.integers(0, 9), rng.integers(0, 14)
        page[top : top + 3, left : left + 4, :3] = rng.integers(0, 3, (3,))


@pytest.mark.parametrize("step", [1, 2])
@pytest.mark.parametrize("seed", range(12))
def test_changes_put_together_are_the_pages(seed, step):
    canvas = np.zeros((9, 14, 4), np.uint8)
    pages = list(random_pages(seed))
    for page, (top, left, pixels) in zip(pages, changes(pages, step=step), strict=True):
        assert (top % step, left % step) == (0, 0)
        part = canvas[top:, left:][: pixels.shape[0], : pixels.shape[1]]
        part[pixels != 0] = pixels[pixels != 0].view(np.uint8).reshape(-1, 4)
        np.testing.assert_array_equal(canvas, page)


def test_where_nothing_changed_is_one_clear_pixel():
    page = next(random_pages(1))
    first, second = changes([page, page])
    assert first.pixels.shape == (9, 14)
    assert (second.pixels.shape, second.pixels.item()) == ((1, 1), 0)


# Colours.


def packed(rgb):
    rgba = np.concatenate([rgb, np.full((*rgb.shape[:2], 1), 255, np.uint8)], axis=2)
    return rgba.view(np.uint32)[..., 0]


def test_256_colours_are_kept_as_they_are():
    rgb = np.random.default_rng(1).integers(0, 256, (16, 16, 3)).astype(np.uint8)
    picture = indexed(packed(rgb))
    assert picture.transparent is None
    np.testing.assert_array_equal(picture.palette[picture.indices], rgb)


def test_255_colours_and_none_are_kept_as_they_are():
    rgb = np.random.default_rng(1).integers(0, 256, (16, 16, 3)).astype(np.uint8)
    pixels = packed(rgb)
    pixels[3, 4] = 0
    picture = indexed(pixels)
    assert picture.transparent == 0
    assert picture.indices[3, 4] == 0
    shown = picture.palette[picture.indices]
    opaque = pixels != 0
    np.testing.assert_array_equal(shown[opaque], rgb[opaque])
    assert (picture.indices[opaque] != 0).all()
    assert len(picture.palette) == 256


def test_more_colours_than_that_keep_the_steps_of_a_gradient():
    """256 steps over large areas, under soft white lines: 4,000 colours or so."""
    from matplotlib import colormaps

    table = (colormaps["viridis"](np.arange(256))[:, :3] * 255).round()
    rgb = np.repeat(table[None], 400, axis=0).repeat(3, axis=1)
    cover = np.clip(np.random.default_rng(1).random((20, 768, 1)), 0, 1)
    rgb[100:120] += cover * (255 - rgb[100:120])
    rgb = rgb.round().astype(np.uint8)
    picture = indexed(packed(rgb))
    assert len(picture.palette) == 256
    wrong = np.abs(picture.palette[picture.indices].astype(int) - rgb).max(axis=2)
    plain = np.delete(wrong, slice(100, 120), axis=0)
    # No step is off by more than its neighbour is, and none is skipped for long.
    assert plain.max() <= 6
    assert np.percentile(plain, 80) <= 2
    assert wrong[100:120].mean() < 20
    used = picture.indices[0]
    assert len(np.unique(used)) >= 100


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32 - 1), many=st.integers(257, 3000))
def test_colours_put_together_are_near_and_never_mixed_with_none(seed, many):
    rng = np.random.default_rng(seed)
    rgb = rng.integers(0, 256, (1, many, 3)).astype(np.uint8)
    pixels = packed(rgb)
    pixels[0, ::7] = 0
    picture = indexed(pixels)
    np.testing.assert_array_equal(picture.indices == 0, pixels == 0)
    assert len(picture.palette) <= 256
    assert picture.indices.dtype == np.uint8
