"""Figures that show one iteration after another: only what depends on k is drawn again."""

import numpy as np
import pytest
from matplotlib.axis import Axis
from matplotlib.text import Text

from vingui.figure import FigureOptions, Panel, compose


def draw_figure(run, options, **given):
    """Draw a run and return the Matplotlib figure."""
    return compose.draw_figure(run, options, **given).figure


def draw_film_page(run, options):
    """Draw a run so that panels without a fixed k can show any that it keeps."""
    return compose.draw_figure(run, options, film_ks=run.kept)


def options_of(*panels, **given):
    return FigureOptions(panels=tuple(map(Panel.parse, panels)), **given)


def painted(film_page, ks):
    """Return the pages at some ks, drawn over a background that never changes."""
    canvas = film_page.figure.canvas
    canvas.draw()
    background = canvas.copy_from_bbox(film_page.figure.bbox)
    pages = []
    for k in ks:
        film_page.show(k)
        canvas.restore_region(background)
        for artist in film_page.artists:
            film_page.figure.draw_artist(artist)
        pages.append(np.array(canvas.buffer_rgba())[..., :3])
    return pages


PLAIN = {"caption": "", "key": False, "columns": 2}


@pytest.mark.slow
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


def test_what_never_changes_is_not_drawn_again(room):
    film_page = draw_film_page(room, options_of("value@3", "convergence@3"))
    assert film_page.artists == ()
    film_page = draw_film_page(room, options_of("map"))
    assert all(artist.get_animated() for artist in film_page.artists)
    assert [artist.get_zorder() for artist in film_page.artists] == sorted(
        artist.get_zorder() for artist in film_page.artists
    )
    # Title, casings, lines, frame and markers, but neither the ground, its lines nor the walls.
    assert len(film_page.artists) <= 5


def test_colour_limits_are_locked_unless_they_are_fitted(room):
    def words(scale, k):
        film_page = draw_film_page(room, options_of("value", scale=scale, ticks=False, **PLAIN))
        film_page.show(k)
        return {text.get_text() for text in film_page.figure.findobj(Text)}

    assert words("run", 2) - {"Value function V₂"} == words("run", 7) - {"Value function V₇"}
    assert words("frame", 2) - {"Value function V₂"} != words("frame", 7) - {"Value function V₇"}


def test_titles_name_k(room):
    film_page = draw_film_page(room, options_of("map", "value", "outcomes", "difference"))
    for k in (1, 5, room.latest):
        film_page.show(k)
        texts = " ".join(text.get_text() for text in film_page.figure.findobj(Text))
        digits = str(k).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
        assert texts.count(f"V{digits}") == 4


def test_legends_have_all_outcomes_and_their_counts_change(room):
    film_page = draw_film_page(room, options_of("outcomes"))

    def counts(k):
        film_page.show(k)
        texts = [text.get_text() for text in film_page.figure.findobj(Text)]
        return [text for text in texts if text.endswith("%)")]

    assert len(counts(1)) == 6
    assert counts(1) != counts(room.latest)


def test_a_thinned_run_shows_what_was_kept(make_run):
    from vingui.core.grid import GridMap

    grid = GridMap(np.zeros((4, 30), bool), ((0, 0),), ((3, 29),))
    run = make_run(grid, memory=8 * (4 * 120 + 256))
    assert len(run.kept) <= 8
    film_page = draw_film_page(run, FigureOptions())
    film_page.show(run.kept[2] + 1)
    digits = str(run.kept[2]).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
    texts = [text.get_text() for text in film_page.figure.findobj(Text)]
    assert f"Value function V{digits}" in texts


def test_a_page_without_policies_has_no_trajectories(make_run):
    from vingui.core.grid import GridMap

    run = make_run(GridMap(np.zeros((6, 6), bool), ((0, 0),), ((5, 5),)), readouts=False)
    early, late = painted(draw_film_page(run, options_of("map", **PLAIN)), (2, run.latest))
    assert (early != late).any()


def test_the_label_of_a_bar_keeps_its_place_while_limits_change(room):
    film_page = draw_film_page(room, options_of("value", scale="frame", caption="", key=False))
    places = []
    for k in (1, 2, 5, room.latest):
        film_page.show(k)
        film_page.figure.canvas.draw()
        renderer = film_page.figure.canvas.get_renderer()
        for artist in film_page.artists:
            artist.draw(renderer)
        (label,) = (one for one in film_page.figure.findobj(Text) if one.get_text() == "Value V")
        places.append(label.get_window_extent().bounds)
    assert len(set(places)) == 1


def test_ticks_that_other_limits_add_look_like_the_others(room):
    film_page = draw_film_page(room, options_of("value", scale="frame", caption="", key=False))
    looks, counts = set(), set()
    for k in range(1, room.latest + 1):
        film_page.show(k)
        (axis,) = (one for one in film_page.artists if isinstance(one, Axis))
        ticks = axis.get_major_ticks(len(axis.get_majorticklocs()))
        counts.add(len(ticks))
        looks |= {
            (tick.label2.get_color(), tick.label2.get_size(), tick.tick2line.get_markersize())
            for tick in ticks
        }
    assert len(counts) > 1
    assert len(looks) == 1
