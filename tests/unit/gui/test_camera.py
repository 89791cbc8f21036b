import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject

from vingui.gui.camera import MAX_SCALE, MIN_SCALE, Camera

sides = st.integers(2, 4096)


def camera(rows, cols, width=400, height=300):
    made = Camera()
    made.view = QObject(made)
    made.set_view_size(made.view, width=width, height=height)
    made.set_map(rows=rows, cols=cols)
    return made


@given(sides, sides, st.integers(100, 2000), st.integers(100, 2000))
def test_a_fitted_map_is_all_in_view(rows, cols, width, height):
    made = camera(rows, cols, width, height)
    if MIN_SCALE < made.scale < MAX_SCALE:
        assert made.scale * cols <= width
        assert made.scale * rows <= height
    assert (made.row, made.col) == (rows / 2, cols / 2)


@given(st.floats(0.5, 2), st.floats(4, 20), st.floats(4, 20))
def test_zooming_keeps_the_point_under_the_mouse(factor, row, col):
    made = camera(28, 28)
    before = (row - made.row) * made.scale, (col - made.col) * made.scale
    made.zoom(factor, row=row, col=col)
    after = (row - made.row) * made.scale, (col - made.col) * made.scale
    # Unless the map's edge would come past the middle of the view.
    if 0 < made.row < 28 and 0 < made.col < 28:
        assert after == pytest.approx(before, abs=1e-6)


@pytest.mark.parametrize("view", [(400, 300), (331, 977), (1280, 641)])
@pytest.mark.parametrize(("rows", "cols"), [(12, 14), (28, 28), (3, 40), (97, 5), (4096, 513)])
def test_showing_a_cell_of_a_map_that_fits_pans_nothing(rows, cols, view):
    made = camera(rows, cols, *view)
    before = made.row, made.col, made.scale
    for row, col in ((0, 0), (rows - 1, 0), (0, cols - 1), (rows - 1, cols - 1), (rows // 2, 0)):
        made.show_cell(row, col)
        assert (made.row, made.col, made.scale) == before
        assert made.fitted


@given(st.integers(0, 99), st.integers(0, 49), st.floats(3, 200))
def test_a_cell_that_is_shown_is_in_view_with_half_of_its_neighbours(row, col, scale):
    made = camera(100, 50)
    made.zoom_by(scale / made.scale)
    made.show_cell(row, col)
    for cell, cells, centre, pixels in ((row, 100, made.row, 300), (col, 50, made.col, 400)):
        half = pixels / made.scale / 2
        if half >= 1:
            assert centre - half <= max(cell - 0.5, 0) + 1e-6
            assert centre + half >= min(cell + 1.5, cells) - 1e-6
        else:
            assert centre - half <= cell + 0.5 <= centre + half


@given(st.lists(st.tuples(st.floats(-500, 500), st.floats(-500, 500)), max_size=9))
def test_the_map_cannot_be_lost(moves):
    made = camera(28, 28)
    for rows, cols in moves:
        made.pan(rows=rows, cols=cols)
        assert 0 <= made.row <= 28
        assert 0 <= made.col <= 28


def test_the_smallest_view_limits_the_scale():
    made = camera(20, 20, 800, 800)
    wide = made.scale
    other = QObject(made)
    made.set_view_size(other, width=200, height=200)
    assert made.scale < wide


def test_stays_fitted_until_somebody_zooms():
    made = camera(20, 20)
    made.set_view_size(made.view, width=800, height=600)
    fitted = made.scale
    made.zoom_by(9.0 / made.scale)
    made.set_view_size(made.view, width=1600, height=1200)
    assert made.scale == 9.0
    assert fitted != 9.0
    made.fit()
    assert made.scale > fitted


def test_a_map_of_another_size_is_fitted():
    made = camera(20, 20)
    made.zoom_by(99.0 / made.scale)
    made.set_map(rows=40, cols=20)
    assert made.fitted
    assert (made.row, made.col) == (20, 10)


def test_shows_a_cell_that_is_out_of_view():
    made = camera(200, 200)
    made.zoom_by(20.0 / made.scale)
    made.show_cell(199, 0)
    assert abs(199.5 - made.row) * 20 <= 150
    assert abs(0.5 - made.col) * 20 <= 200
    here = made.row, made.col
    made.show_cell(199, 0)
    assert (made.row, made.col) == here
