"""A figure that shows one iteration after the other: only what depends on k is drawn anew."""

import numpy as np
import pytest
from matplotlib.text import Text

from vingui.figure import FigureOptions, Panel, compose
from vingui.figure.compose import draw_film_page


def draw_figure(run, options, **given):
    """Draw a run and return the Matplotlib figure."""
    return compose.draw_figure(run, options, **given).figure


def options_of(*panels, **given):
    return FigureOptions(panels=tuple(map(Panel.parse, panels)), **given)


def painted(moving, ks):
    """The pages at some ks, by laying what moves over what stands still."""
    canvas = moving.figure.canvas
    canvas.draw()
    still = canvas.copy_from_bbox(moving.figure.bbox)
    pages = []
    for k in ks:
        moving.show(k)
        canvas.restore_region(still)
        for artist in moving.artists:
            moving.figure.draw_artist(artist)
        pages.append(np.array(canvas.buffer_rgba())[..., :3])
    return pages


PLAIN = {"caption": "", "key": False, "columns": 2}


@pytest.mark.parametrize(
    "layers",
    [
        ("value", "exact"),
        ("map", "value"),
        ("difference", "q:NE"),
        ("reward", "convergence"),
        ("value", "value@3"),
    ],
)
def test_a_page_is_the_figure_of_its_k(room, pixels, layers):
    options = options_of(*layers, contours=True, numbers=True, **PLAIN)
    pages = painted(draw_film_page(room, options), (2, 6, 4))
    for k, page in zip((2, 6, 4), pages, strict=True):
        fixed = [layer if "@" in layer else f"{layer}@{k}" for layer in layers]
        figure = draw_figure(room, options_of(*fixed, contours=True, numbers=True, **PLAIN))
        np.testing.assert_array_equal(page, pixels(figure))


def test_shown_again_a_page_is_the_same(room):
    one, _, again = painted(draw_film_page(room, FigureOptions()), (3, 9, 3))
    np.testing.assert_array_equal(one, again)


def test_what_stands_still_is_not_among_what_moves(room):
    moving = draw_film_page(room, options_of("value@3", "convergence@3"))
    assert moving.artists == ()
    moving = draw_film_page(room, options_of("map"))
    assert all(artist.get_animated() for artist in moving.artists)
    assert [artist.get_zorder() for artist in moving.artists] == sorted(
        artist.get_zorder() for artist in moving.artists
    )
    # The title, casings, lines, frame and marks: the ground, its lines and the walls stay.
    assert len(moving.artists) <= 5


def test_colour_limits_are_locked_unless_they_are_fitted(room):
    def words(scale, k):
        moving = draw_film_page(room, options_of("value", scale=scale, ticks=False, **PLAIN))
        moving.show(k)
        return {text.get_text() for text in moving.figure.findobj(Text)}

    assert words("run", 2) - {"Value function V₂"} == words("run", 7) - {"Value function V₇"}
    assert words("frame", 2) - {"Value function V₂"} != words("frame", 7) - {"Value function V₇"}


def test_titles_tell_k(room):
    moving = draw_film_page(room, options_of("map", "value", "outcomes", "difference"))
    for k in (1, 5, room.latest):
        moving.show(k)
        said = " ".join(text.get_text() for text in moving.figure.findobj(Text))
        digits = str(k).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
        assert said.count(f"V{digits}") == 4


def test_legends_tell_all_outcomes_and_their_counts_move(room):
    moving = draw_film_page(room, options_of("outcomes"))

    def counts(k):
        moving.show(k)
        said = [text.get_text() for text in moving.figure.findobj(Text)]
        return [text for text in said if text.endswith("%)")]

    assert len(counts(1)) == 6
    assert counts(1) != counts(room.latest)


def test_a_thinned_run_shows_what_was_kept(make_run):
    from vingui.core.grid import GridMap

    grid = GridMap(np.zeros((4, 30), bool), (0, 0), ((3, 29),))
    run = make_run(grid, memory=8 * (4 * 120 + 256))
    assert len(run.kept) <= 8
    moving = draw_film_page(run, FigureOptions())
    moving.show(run.kept[2] + 1)
    digits = str(run.kept[2]).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
    said = [text.get_text() for text in moving.figure.findobj(Text)]
    assert f"Value function V{digits}" in said


def test_a_page_without_policies_has_no_trajectories(make_run):
    from vingui.core.grid import GridMap

    run = make_run(GridMap(np.zeros((6, 6), bool), (0, 0), ((5, 5),)), readings=False)
    early, late = painted(draw_film_page(run, options_of("map", **PLAIN)), (2, run.latest))
    assert (early != late).any()
