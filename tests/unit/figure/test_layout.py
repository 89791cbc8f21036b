"""Sizes and places on the page."""

import pytest

from vingui.figure.layout import arrange, cell_size

SIZES = [(2, 2), (8, 8), (28, 28), (17, 27), (101, 101), (512, 512), (1024, 1024)]
LONG = [(10, 64), (17, 64), (64, 10), (2, 1024), (1024, 2), (2, 4), (512, 300)]


@pytest.mark.parametrize(("rows", "cols"), SIZES + LONG)
def test_nothing_overlaps_or_leaves_the_page(rows, cols):
    layout = arrange(rows, cols)
    boxes = [layout.map_box, layout.value_box, layout.bar]
    for box in (layout.map_box, layout.value_box):
        assert (box.height, box.width) == (rows * layout.cell, cols * layout.cell)
    for index, one in enumerate(boxes):
        assert one.left >= 0
        assert one.top >= 0
        assert one.right < layout.width
        assert one.bottom < layout.words.top
        for other in boxes[index + 1 :]:
            assert one.right < other.left or one.bottom < other.top
    assert layout.words.right <= layout.width
    assert layout.height(100) >= layout.words.top + 100
    assert layout.width <= 3000
    assert layout.height(100) <= 3000


@pytest.mark.parametrize(
    ("rows", "cols", "stacked"), [(28, 28, False), (17, 64, True), (64, 17, False), (17, 27, False)]
)
def test_wide_maps_are_stacked(rows, cols, stacked):
    layout = arrange(rows, cols)
    assert layout.stacked is stacked
    if stacked:
        assert layout.map_box.left == layout.value_box.left
        assert layout.bar.width > layout.bar.height
    else:
        assert layout.map_box.top == layout.value_box.top
        assert layout.bar.height == layout.value_box.height


def test_small_maps_are_large_and_large_ones_sharp():
    assert cell_size(28, 28) * 28 >= 700
    assert cell_size(40, 40) >= 20
    assert cell_size(101, 101) == 8
    assert cell_size(512, 512) == 2
    assert cell_size(1024, 1024) == 1


def test_pages_are_whole_pixels_for_matplotlib():
    for side in range(2, 1025, 7):
        layout = arrange(side, side)
        assert layout.width / 200 * 200 == layout.width
        assert int(layout.height(side) / 200 * 200) == layout.height(side)
