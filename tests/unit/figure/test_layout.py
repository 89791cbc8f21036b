"""Sizes and places on the page."""

import pytest

from vingui.figure.context import Sizes
from vingui.figure.layout import LayoutSpec, PanelRoom, arrange

SHAPES = [(2, 2), (8, 8), (28, 28), (101, 101), (512, 512), (17, 64), (64, 10), (2, 300), (300, 2)]
SIZES = Sizes(200, 8.0)


def rooms(count, *, plots=(), dpi=200):
    room = (length * dpi / 200 for length in (70, 110, 40, 60, 90))
    return [PanelRoom(index in plots, *room) for room in [tuple(room)] for index in range(count)]


def laid_out(rows, cols, count, *, width=None, columns=None, plots=(), dpi=200):
    pixels = None if width is None else round(width / 25.4 * dpi)
    spec = LayoutSpec(rows, cols, Sizes(dpi, 8.0), pixels, 31)
    return arrange(spec, count, lambda _: rooms(count, plots=plots, dpi=dpi), columns=columns)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 8])
@pytest.mark.parametrize(("rows", "cols"), SHAPES)
def test_nothing_overlaps(rows, cols, count):
    layout = laid_out(rows, cols, count)
    assert layout.cell == int(layout.cell) >= 1
    for index, one in enumerate(layout.boxes):
        assert (one.height, one.width) == (rows * layout.cell, cols * layout.cell)
        assert one.left >= 70
        assert one.top >= 40
        assert one.right + 110 <= layout.width
        assert one.bottom + 60 <= layout.height
        for other in layout.boxes[index + 1 :]:
            beside = other.left >= one.right + 180 or one.left >= other.right + 180
            assert beside or other.top >= one.bottom + 100


@pytest.mark.parametrize("width", [84, 174])
@pytest.mark.parametrize("dpi", [72, 200, 300, 600])
@pytest.mark.parametrize(("rows", "cols"), [(28, 28), (17, 64), (64, 10), (512, 512)])
def test_panels_fit_the_chosen_page(rows, cols, width, dpi):
    layout = laid_out(rows, cols, 1, width=width, dpi=dpi, columns=1)
    assert layout.width <= width / 25.4 * dpi + 1
    smallest = layout.cell if layout.cell >= 1 else layout.boxes[0].width / cols
    assert smallest == pytest.approx(layout.cell, abs=1 / cols)


def test_as_many_columns_as_stay_large_enough():
    assert laid_out(28, 28, 2).columns == 2
    assert laid_out(28, 28, 2, width=84).columns == 1
    assert laid_out(17, 64, 2).columns == 1
    assert laid_out(64, 10, 2).columns == 2
    assert laid_out(28, 28, 3, columns=9).columns == 3
    assert laid_out(28, 28, 3, columns=1).columns == 1


def test_enough_is_in_whole_pixels_of_cells():
    """Of 25 mm that are enough for 27 cells, 24 mm are had: as 7 pixels a cell, not 7.29."""
    spec, wide = LayoutSpec(27, 27, SIZES, None, 31), [PanelRoom(False, 0, 211, 40, 60, 0)] * 10
    layout = arrange(spec, 10, lambda _: wide, columns=None)
    assert (layout.columns, layout.cell) == (3, 7)


@pytest.mark.parametrize("count", [2, 5, 10, 28, 64])
def test_chosen_columns_fit_the_chosen_page(count):
    for width in (84, 130, 174, 200):
        assert laid_out(256, 256, count, width=width).width <= width / 25.4 * 200


def test_rows_are_as_even_as_they_can_be():
    def columns(count):
        spec = LayoutSpec(28, 28, SIZES, None, 31)
        tight = [PanelRoom(False, 0, 11, 40, 0, 0)] * count
        return arrange(spec, count, lambda _: tight, columns=None).columns

    assert [columns(count) for count in (1, 2, 3, 4, 5, 6, 8)] == [1, 2, 3, 4, 5, 3, 4]


def test_plots_are_as_wide_as_their_column_or_the_page():
    mixed = laid_out(28, 28, 2, columns=1, plots=(1,))
    panel, plot = mixed.boxes
    assert (plot.left, plot.right) == (panel.left, panel.right)
    alone = laid_out(28, 28, 1, width=84, plots=(0,))
    assert alone.width == round(84 / 25.4 * 200)
    assert alone.cell == 0


def test_a_narrow_page_has_less_than_a_pixel_a_cell():
    layout = laid_out(512, 512, 2, width=84, columns=2)
    assert 0 < layout.cell < 1
    assert layout.width <= 84 / 25.4 * 200


def test_panels_are_not_squeezed_to_nothing():
    assert laid_out(28, 28, 1, width=22).width > 22 / 25.4 * 200
    side = laid_out(28, 28, 6, columns=6).boxes[0].width
    assert side >= 20 / 25.4 * 200
