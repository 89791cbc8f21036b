import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vingui.core.engine.averaging import average, average_around


def shares(cells, pixels):
    """`(pixels, cells)`: the share of each pixel that each cell covers, along one axis."""
    edges = np.arange(cells + 1) / cells * pixels
    first, last = np.arange(pixels)[:, None], np.arange(1, pixels + 1)[:, None]
    return (np.minimum(edges[1:], last) - np.maximum(edges[:-1], first)).clip(0)


def expected(entries, colours, height, width):
    down, across = shares(entries.shape[0], height), shares(entries.shape[1], width)
    return np.einsum("yr,rcx,pc->ypx", down, colours[entries][..., :3].astype(float), across)


def channels(image):
    assert (image >> 24 == 255).all()
    return np.stack([image >> 16 & 255, image >> 8 & 255, image & 255], axis=-1).astype(float)


def made(rows, cols, seed, dtype):
    random = np.random.default_rng(seed)
    entries = random.integers(0, 20, (rows, cols)).astype(dtype)
    entries.flags.writeable = False
    return random, entries, random.integers(0, 256, (20, 4)).astype(np.float32)


@given(
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    st.tuples(st.floats(0, 1), st.floats(0, 1)),
    st.integers(0, 1000),
    st.sampled_from([np.uint8, np.uint16]),
)
def test_a_pixel_is_the_average_of_its_cells_by_area(shape, scale, seed, dtype):
    _, entries, colours = made(*shape, seed, dtype)
    height, width = (max(round(a * b), 1) for a, b in zip(shape, scale, strict=True))
    image = np.empty((height, width), np.uint32)
    average(entries, colours, image)
    assert np.abs(channels(image) - expected(entries, colours, height, width)).max() <= 0.51


@pytest.mark.parametrize("size", [(30, 41), (13, 17), (7, 41), (1, 1)])
def test_the_pixels_around_changed_cells_are_those_of_a_new_picture(size):
    random, entries, colours = made(30, 41, 5, np.uint8)
    image, visited = np.empty(size, np.uint32), np.zeros(size, np.int32)
    average(entries, colours, image)
    for visit in range(1, 30):
        after = entries.copy()
        cells = random.integers(0, after.size, random.integers(0, 30))
        after.ravel()[cells] = random.integers(0, 20, cells.size)
        after.flags.writeable = False
        entries = after
        average_around(entries, colours, image, cells, visited, visit)
        whole = np.empty(size, np.uint32)
        average(entries, colours, whole)
        np.testing.assert_array_equal(image, whole)
