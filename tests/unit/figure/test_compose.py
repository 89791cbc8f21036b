"""Figures, checked by their pixels and artists."""

from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from vingui.core import value_colours
from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.moves import FOUR
from vingui.core.rollout import Outcome
from vingui.core.value_colours import rgb
from vingui.core.value_layers import compute_layer, run_range
from vingui.figure import FigureOptions, Panel, captions, compose
from vingui.figure.layer_colours import gradient
from vingui.figure.page import CellImage
from vingui.figure.saving import pixels_of
from vingui.figure.theme import LIGHT

pytestmark = pytest.mark.slow

PLAIN = {
    "arrows": False,
    "trajectories": False,
    "grid": False,
    "ticks": False,
    "key": False,
    "caption": "",
    "bar": False,
}


def draw_figure(run, options, **given):
    """Draw a run and return the Matplotlib figure."""
    return compose.draw_figure(run, options, **given).figure


def picture_of(run, options, most_pixels=None):
    """A figure's pixels, `(height, width, 4)`."""
    return pixels_of(draw_figure(run, options), most_pixels)


def options_of(*panels, **given):
    return FigureOptions(panels=tuple(map(Panel.parse, panels)), **given)


def boxes_of(figure):
    """`(left, top, width, height)` of each picture of cells, in pixels from the upper left."""
    found = []
    for image in figure.findobj(CellImage):
        box = image.axes.bbox
        sides = box.x0, figure.bbox.height - box.y1, box.width, box.height
        assert sides == pytest.approx([round(side) for side in sides], abs=1e-3)
        found.append(tuple(round(side) for side in sides))
    return found


def cells_of(picture, box, shape):
    """`(rows, cols, cell, cell, 3)` the pixels of each cell of a panel."""
    left, top, width, height = box
    panel = picture[top : top + height, left : left + width]
    (rows, cols), cell = shape, height // shape[0]
    assert panel.shape[:2] == (rows * cell, cols * cell)
    return panel.reshape(rows, cell, cols, cell, 3).swapaxes(1, 2)


def words_of(figure):
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


@pytest.mark.parametrize("dpi", [72, 200, 333])
def test_each_cell_is_whole_pixels_of_one_colour(make_run, pixels, dpi):
    walls = np.random.default_rng(5).random((40, 31)) < 0.4
    walls[0, 0] = False
    run = make_run(GridMap(walls, ((0, 0),)), iterations=2)
    figure = draw_figure(run, options_of("value", dpi=dpi, **PLAIN))
    cells = cells_of(pixels(figure), boxes_of(figure)[0], walls.shape)[3:-1, 3:-1]
    assert (cells[walls[3:-1, 3:-1]] == rgb(LIGHT.wall)).all()
    free = ~walls[3:-1, 3:-1]
    assert (cells[free].reshape(free.sum(), -1, 3) != rgb(LIGHT.wall)).any(axis=-1).all()


@pytest.mark.parametrize("colour_map", ["viridis", "ocean"])
def test_a_value_has_the_colour_that_the_window_gives_it(room, pixels, colour_map):
    run, shape = room, room.grid.walls.shape
    figure = draw_figure(run, options_of("value@5", colour_map=colour_map, **PLAIN))
    cells = cells_of(pixels(figure), boxes_of(figure)[0], shape)
    layer = compute_layer(run, 5, "value", -1, whole=run_range(run, "value", -1))
    entries = value_colours.tinted(layer.values, run.grid.walls, low=layer.low, high=layer.high)
    colours = gradient(value_colours.colour_map_named(colour_map))
    table = value_colours.palette(colours, wall=LIGHT.wall, unreached=LIGHT.unreached)
    for row, col in [(0, 7), (1, 12), (6, 10), (3, 9), (4, 6)]:
        assert (cells[row, col][3:-3, 3:-3] == table[entries[row, col]]).all()


def test_cells_are_the_same_in_all_panels(room):
    figure = draw_figure(room, options_of("value", "exact", "outcomes", "difference", bar=False))
    assert len({box[2:] for box in boxes_of(figure)}) == 1


def test_lines_between_cells_are_one_pixel(room, pixels):
    figure = draw_figure(room, options_of("value", **PLAIN | {"grid": True}))
    cells = cells_of(pixels(figure), boxes_of(figure)[0], room.grid.walls.shape)
    cell = cells[7, 2]
    assert (cell[1:, 1:] == cell[5, 5]).all()
    assert (cell[0, 1:] != cell[5, 5]).any(axis=-1).all()
    assert (cell[1:, 0] != cell[5, 5]).any(axis=-1).all()


def test_goal_and_starts_are_where_they_are(room, pixels):
    figure = draw_figure(room, options_of("value", "exact"))
    picture = pixels(figure)
    for box in boxes_of(figure)[:1]:
        cells = cells_of(picture, box, room.grid.walls.shape)
        middle = cells.shape[2] // 2
        assert cells[(*room.grid.goal, middle, middle)].tolist() == list(rgb(LIGHT.goal))
        for index, start in enumerate(room.grid.starts):
            # On the ring about the cell's colour and the number.
            beside = cells[(*start, middle, middle - round(0.62 * middle))]
            assert beside.tolist() == list(rgb(LIGHT.start(index)))


def test_trajectories_go_through_their_cells_only(room, pixels):
    figure = draw_figure(room, options_of("value", **PLAIN | {"trajectories": True}))
    cells = cells_of(pixels(figure), boxes_of(figure)[0], room.grid.walls.shape)
    for index, walk in enumerate(room.trajectories(room.grid.starts, room.latest)):
        shown = (cells == rgb(LIGHT.start(index))).all(axis=-1).any(axis=(2, 3))
        assert shown[tuple(walk.path[1:-1].T)].all()
        # A diagonal move touches the corners of two more cells, no more.
        assert shown.sum() <= 3 * len(walk.path)


def test_walls_keep_their_corners_where_paths_go_diagonally_past_them(make_run, pixels):
    walls = np.zeros((5, 5), bool)
    walls[2:, 2:] = True
    run = make_run(GridMap(walls, ((1, 3),), ((3, 1),)))
    figure = draw_figure(run, options_of("value", **PLAIN | {"trajectories": True}))
    cells = cells_of(pixels(figure), boxes_of(figure)[0], walls.shape)
    white = (cells == rgb(LIGHT.halo)).all(axis=-1).sum(axis=(2, 3))
    assert white[2, 1] > 0
    assert (white[walls] == 0).all()
    assert (cells[2, 2, 0, 0] != rgb(LIGHT.wall)).any()


def test_trajectories_are_those_of_the_panel_s_k(make_run):
    run = make_run(GridMap(np.zeros((3, 12), bool), ((1, 0),), ((1, 10),)))
    early = words_of(draw_figure(run, options_of("map@4")))
    assert any("trajectories under V₄" in text for text in early)
    stopped = "Stopped at row 1, col 10: at k = 4 the values have not reached this cell yet"
    assert any(text.startswith(stopped) for text in early)
    late = words_of(draw_figure(run, options_of("map")))
    assert "Reached the goal in 10 steps, 10.0 long (optimal)" in late
    assert not any("under" in text for text in late)


def test_unreached_cells_are_hatched(make_run, pixels):
    run = make_run(GridMap(np.zeros((8, 14), bool), ((3, 1),)), iterations=4)
    figure = draw_figure(run, options_of("value", **PLAIN))
    cells = cells_of(pixels(figure), boxes_of(figure)[0], (8, 14))
    blank = ~np.isfinite(run.values_at(4)[1])
    blank[0] = blank[-1] = blank[:, -1] = False
    tints = cells[blank].reshape(blank.sum(), -1, 3)
    is_plain = (tints == rgb(LIGHT.unreached)).all(axis=-1)
    assert is_plain.any(axis=1).all()
    assert (~is_plain).any(axis=1).all()
    assert np.ptp(tints.astype(int), axis=-1).max() < 30


def test_titles_name_the_layer_and_its_k(room):
    texts = words_of(
        draw_figure(
            room,
            options_of(
                "map@3", "value@3", "value", "q:NE", "q:N@3", "reward:S", "exact",
                "difference@3", "outcomes@3", "convergence", columns=2,
            ),
        )
    )  # fmt: skip
    last = str(room.latest).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
    for title in (
        "Greedy trajectories under V₃",
        "Value function V₃",
        f"Value function V{last}",
        "Q of NE",
        "Q of N, k = 3",
        "Reward of S",
        "Exact value",
        "V₃ − exact",
        "Outcomes under V₃",
        "Convergence",
    ):
        assert title in texts


def bars_of(figure, label):
    return sum(text == label for text in words_of(figure))


def test_neighbours_of_one_scale_share_their_bar(room):
    def count(label, *panels, **given):
        return bars_of(draw_figure(room, options_of(*panels, **given)), label)

    strip = ("value@2", "value@5", "value")
    assert count("Value V", *strip) == 1
    assert count("Value V", *strip, columns=1) == 3
    assert count("Value V", *strip, columns=2) == 2
    assert count("Value V", *strip, scale="frame") == 3
    assert count("Value V", *strip, bar=False) == 0
    assert count("Value V", "value", "exact", "value", columns=3) == 2
    assert count("Q-value", "q:N", "q:S", "q:E", "q:W", columns=4) == 1
    # And the panel's title.
    assert count("Q of N", "q:N") == 2
    assert count("cost", *strip, bar_label="cost") == 1


def test_actions_have_one_scale(room):
    figure = draw_figure(room, options_of("q:N", "q:E@2", **PLAIN))
    pictures = [image.get_array() for image in figure.findobj(CellImage)]
    q = [room.readouts.layer(room.latest, "q", 0), room.readouts.layer(2, "q", 2)]
    colours = {}
    for picture, values in zip(pictures, q, strict=True):
        for cell in np.argwhere(np.isfinite(values) & room.grid.free).tolist():
            colours[float(values[tuple(cell)])] = picture[tuple(cell)].tolist()
    places = [
        gradient(value_colours.COLOUR_MAPS[0]).tolist().index(colours[v]) for v in sorted(colours)
    ]
    assert places[-1] == 253
    assert all(one <= other for one, other in pairwise(places))


def test_scales(room):
    def limits(*panels, **given):
        texts = words_of(draw_figure(room, options_of(*panels, ticks=False, **given)))
        return [float(text.replace("−", "-")) for text in texts if text.strip("−.0123456789") == ""]

    assert min(limits("value", scale="fixed", low=-100, high=100)) == -100
    assert max(limits("value", scale="fixed", low=-100, high=100)) == 100
    even = limits("value", scale="symmetric")
    assert max(even) == -min(even) > 0
    assert min(limits("value@2", scale="frame")) > min(limits("value@2"))


def test_outcomes_have_a_legend_with_counts(make_run):
    changes = {(4, 4): 0, (3, 4): 1, (7, 0): 3}
    run = make_run(GridMap(np.zeros((9, 9), bool), ((0, 8),)), changes=changes)
    texts = words_of(draw_figure(run, options_of("outcomes")))
    layer = compute_layer(run, run.latest, "outcomes", 0, whole=None)
    assert sum(layer.counts) == 81
    for name, count in zip(
        ("shortest", "longer", "stops", "into wall"), layer.counts, strict=False
    ):
        entries = [text.split(name)[1] for text in texts if text.startswith(name)]
        assert len(entries) == bool(count)
        assert all(entry.strip().startswith(f"{count} (") for entry in entries)


def test_missing_layers_are_explained(make_run, pixels):
    run = make_run(
        GridMap(np.zeros((8, 8), bool), ((0, 0),), ((7, 7),)),
        readouts=False,
        exact=False,
        finished=False,
    )
    many = ("map", "value", "reward", "q", "exact", "difference", "outcomes", "convergence")
    figure = draw_figure(run, options_of(*many))
    pixels(figure)
    texts = words_of(figure)
    texts = [" ".join(text.split()) for text in texts]
    assert "The reward is not known yet" in texts
    assert "The policy is not known at this k" in texts
    assert "Map" in texts


def test_a_k_beyond_the_run_is_refused(room):
    with pytest.raises(
        VinguiError, match=r"value@999 cannot be drawn: this plan has iterations 1 to \d+"
    ):
        draw_figure(room, options_of("value@999"))


def test_pages_are_bounded(room):
    with pytest.raises(VinguiError, match="at most 100 megapixels"):
        draw_figure(room, FigureOptions(dpi=2400, width=1000.0))
    with pytest.raises(VinguiError, match=r"need a page of at least \d+ mm, and it is 20 mm wide"):
        draw_figure(room, FigureOptions(width=20.0))


@pytest.mark.parametrize("width", [84.0, 174.0])
@pytest.mark.parametrize("dpi", [150, 300])
def test_a_page_has_the_chosen_width(room, pixels, width, dpi):
    figure = draw_figure(room, FigureOptions(width=width, dpi=dpi))
    assert pixels(figure).shape[1] == round(width / 25.4 * dpi)


def test_a_caption_describes_the_run_and_its_starts(make_run):
    starts = tuple((row, col) for row in (0, 2) for col in range(3))
    run = make_run(GridMap(np.zeros((3, 9), bool), ((0, 8),), starts), FOUR)
    texts = words_of(draw_figure(run, FigureOptions(), name="plain\nfield"))
    assert "plain field · 4 neighbours · model dynamic-8 · K = 11, converged" in texts
    assert texts.count("Reached the goal in 8 steps, 8.0 long (optimal)") == 2
    many = make_run(GridMap(np.zeros((3, 9), bool), ((0, 8),), (*starts, (1, 1))), FOUR)
    assert "All 7 starts reach the goal by a shortest path" in words_of(
        draw_figure(many, FigureOptions())
    )
    own = words_of(draw_figure(run, FigureOptions(caption="My own\nwords", title="And title")))
    assert {"My own", "words", "And title"} <= set(own)
    assert not any("4 neighbours" in text for text in own)
    none = words_of(draw_figure(run, FigureOptions(caption="", key=False)))
    assert not any("goal" in text for text in none)


def test_failures_are_marked_not_by_colour_alone(make_run):
    north, south, west = 0, 1, 3
    changes = {(4, 1): north, (3, 1): south, (7, 3): west, (7, 2): west, (7, 1): west, (7, 0): west}
    walls = np.zeros((9, 13), bool)
    walls[0:3, 10] = walls[3, 10:] = True
    grid = GridMap(walls, ((8, 11),), ((4, 1), (7, 3), (0, 12), (0, 0)))
    run = make_run(grid, changes=changes, iterations=9)
    walks = run.trajectories(grid.starts, 9)
    assert [walk.outcome for walk in walks] == [
        Outcome.LOOP,
        Outcome.WALL,
        Outcome.UNREACHABLE,
        Outcome.OUT_OF_STEPS,
    ]
    texts = words_of(draw_figure(run, FigureOptions()))
    assert {"loops", "runs into a wall", "no path to the goal", "stops: no value yet"} <= set(texts)


@pytest.mark.parametrize(
    ("changes", "middle"),
    [({}, None), ({(2, 4): 4}, (1.5, 4.5)), ({(2, 3): 0, (1, 3): 0, (0, 3): 0}, (1.5, 3.0))],
)
def test_a_first_wrong_step_is_marked_and_explained(make_run, changes, middle):
    run = make_run(GridMap(np.zeros((12, 16), bool), ((2, 12),), ((2, 1),)), changes=changes)
    figure = draw_figure(run, options_of("map", grid=False))
    picture, place = pixels_of(figure), figure.axes[0].transData
    for row, col in [(1.5, 4.5), (1.5, 3.0), (2.0, 2.5)]:
        right, up = place.transform((col + 0.5, row + 0.5))
        at = picture[len(picture) - round(up), round(right), :3]
        assert (tuple(at) == rgb(LIGHT.error)) == ((row, col) == middle)
    texts = words_of(figure)
    assert ("first wrong step" in texts) == bool(changes)
    assert ("First wrong step at row 2" in " ".join(texts)) == bool(changes)
    plain = words_of(draw_figure(run, options_of("map", grid=False, diagnosis=False)))
    assert not any("wrong step" in text for text in plain)


def test_the_caption_says_in_what_the_map_is_unlike_those_of_the_training(make_run, monkeypatch):
    met = []

    def diagnosed(_trajectory, _run, _k, settings):
        met.append(settings)

    monkeypatch.setattr(captions, "diagnose", diagnosed)
    run, training = make_run(GridMap(np.zeros((3, 9), bool), ((0, 8),), ((0, 0),))), {"rows": 8}
    draw_figure(run, FigureOptions(), training=training)
    assert met == [training]


@pytest.mark.parametrize(
    ("rows", "cols"), [(2, 2), (2, 300), (300, 2), (10, 64), (64, 10), (101, 101)]
)
@pytest.mark.parametrize("width", [None, 84.0])
def test_nothing_is_cut_off_at_the_edges_of_any_page(rows, cols, width, make_run, pixels):
    grid = GridMap(np.zeros((rows, cols), bool), ((rows - 1, cols - 1),), ((0, 0),))
    run = make_run(grid, iterations=12)
    picture = pixels(draw_figure(run, FigureOptions(width=width)))
    for edge in (picture[:8], picture[-8:], picture[:, :8], picture[:, -8:]):
        assert (edge == 255).all()


@pytest.mark.parametrize("name", ["", "地図 $x_1$ \\frac", "W" * 80, "a b\x00c"])
def test_any_name(name, room, pixels):
    options = FigureOptions(title=name, bar_label=name, caption=name or None)
    picture = pixels(draw_figure(room, options, name=name))
    assert (picture[:, -8:] == 255).all()


@pytest.mark.parametrize("font_size", [3.0, 14.0])
def test_letters_of_any_size_stay_on_the_page(font_size, room, pixels):
    picture = pixels(draw_figure(room, FigureOptions(font_size=font_size)))
    for edge in (picture[:8], picture[-8:], picture[:, :8], picture[:, -8:]):
        assert (edge == 255).all()


PAGES = [
    {"panels": ("map", "value@3", "q:NE", "outcomes@3", "convergence@4", "difference")},
    {"panels": ("value@2", "value", "exact", "outcomes"), "scale": "frame", "columns": 2},
    {"panels": ("value", "outcomes", "convergence"), "columns": 1, "width": 84.0},
    {"panels": ("map", "q", "reward:S"), "font_size": 12.0, "dpi": 72},
]


@pytest.mark.parametrize("given", PAGES)
@pytest.mark.parametrize("shape", [(9, 13), (6, 40), (40, 6)])
def test_words_neither_overlap_nor_leave_the_page(make_run, shape, given):
    rows, cols = shape
    grid = GridMap(np.zeros(shape, bool), ((1, 1),), ((rows - 1, cols - 1), (0, cols - 2)))
    given = given | {"title": "A title that is long enough to be broken into several lines " * 3}
    figure = draw_figure(make_run(grid), options_of(*given["panels"], **without_panels(given)))
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in figure.findobj(Text) if text.get_text()]
    for index, one in enumerate(boxes):
        assert min(one.x0, one.y0) >= 0
        assert one.x1 <= figure.bbox.width
        assert one.y1 <= figure.bbox.height
        for other in boxes[index + 1 :]:
            wide = min(one.x1, other.x1) - max(one.x0, other.x0)
            high = min(one.y1, other.y1) - max(one.y0, other.y0)
            assert not (wide > 1 and high > 3)


def without_panels(given):
    return {name: value for name, value in given.items() if name != "panels"}


def test_the_key_is_read_row_by_row(room):
    entries = ["goal", "start", "greedy trajectory", "wall", "policy (longest: likeliest)"]
    figure = draw_figure(room, FigureOptions(width=84.0, caption=""))
    figure.canvas.draw()
    texts = [text for legend in figure.legends for text in legend.get_texts()]
    at = {text.get_text(): text.get_window_extent() for text in texts}
    by_row = sorted(entries, key=lambda entry: (-round(at[entry].y0 / 5), at[entry].x0))
    assert by_row == entries
    assert len({round(box.y0 / 5) for box in at.values()}) > 1


def test_many_starts_and_every_overlay(make_run, pixels):
    starts = tuple((row, col) for row in range(10) for col in range(12))
    run = make_run(GridMap(np.zeros((12, 12), bool), ((11, 11),), starts))
    figure = draw_figure(run, options_of("value", numbers=True, arrows=True, contours=True))
    cells = cells_of(pixels(figure), boxes_of(figure)[0], (12, 12))
    for index, start in enumerate(starts):
        assert (cells[start] == rgb(LIGHT.start(index))).all(axis=-1).any()
    assert "All 120 starts reach the goal by a shortest path" in words_of(figure)


@pytest.mark.parametrize(
    ("walls", "goal"), [(np.zeros((5, 5), bool), (2, 2)), (~np.eye(3, dtype=bool), (0, 0))]
)
def test_maps_without_starts_and_goals_that_no_cell_reaches(make_run, pixels, walls, goal):
    run = make_run(GridMap(walls, (goal,)), FOUR)
    figure = draw_figure(run, options_of("map", "value", "difference", "outcomes", "q"))
    middle = cells_of(pixels(figure), boxes_of(figure)[0], walls.shape)[goal]
    assert (middle == rgb(LIGHT.goal)).all(axis=-1).any()
    words = words_of(figure)
    assert {"Map", "Outcomes"} <= {word.split(" under")[0] for word in words}
    assert "goal" in words
    assert not any("Reached the goal" in word for word in words)


def test_small_cells_have_neither_arrows_nor_numbers(make_run, pixels):
    run = make_run(GridMap(np.zeros((64, 64), bool), ((1, 1),)), iterations=3)

    def drawn(**given):
        return pixels(draw_figure(run, options_of("value", key=False, **given))).copy()

    plain = drawn(arrows=False)
    assert (drawn() == plain).all()
    assert (drawn(numbers=None) == plain).all()
    assert (drawn(arrows=True) != plain).any()


@pytest.mark.parametrize(
    ("starts", "able"),
    [(((0, 0), (0, 9)), True), (((0, 9),), False), ((), False), (((0, 0), (2, 3)), True)],
)
def test_convergence_counts_starts_and_has_no_axis_for_none(make_run, starts, able):
    walls = np.zeros((3, 10), bool)
    walls[:, 6] = True
    run = make_run(GridMap(walls, ((1, 1),), starts))
    figure = draw_figure(run, options_of("convergence", width=174))
    words = words_of(figure)
    assert ("Starts that succeed" in words) == able
    assert ("100%" in words) == able
    assert not any("Solved" in one or "Change" in one for one in words)


@pytest.mark.parametrize("following", [0.0, 0.25, 1e-5])
def test_convergence_ends_with_the_step_that_changed_nothing_more(make_run, following):
    grid = GridMap(np.zeros((3, 10), bool), ((1, 1),), ((1, 9),))
    run, longer = make_run(grid), make_run(grid)
    longer.next_change = following
    assert (run.converged, run.latest) == (True, 9)
    options = options_of("convergence", width=174)
    assert "10" in words_of(draw_figure(longer, options))
    assert "10" not in words_of(draw_figure(run, options))


def cell_pixels(picture, box, shape, cell):
    left, top, _, height = box
    row, col = cell
    side = height // shape[0]
    return picture[
        top + row * side : top + (row + 1) * side, left + col * side : left + (col + 1) * side
    ].astype(int)


@pytest.mark.parametrize("arrows", [False, True])
@pytest.mark.parametrize("trajectories", [False, True])
def test_the_values_of_the_goal_and_the_starts_can_be_read(make_run, pixels, arrows, trajectories):
    grid = GridMap(np.zeros((4, 5), bool), ((3, 4),), ((0, 0), (2, 1)))
    run = make_run(grid)
    given = {"arrows": arrows, "trajectories": trajectories, "key": False, "caption": ""}
    with_numbers = draw_figure(run, options_of("value", numbers=True, **given))
    without = draw_figure(run, options_of("value", numbers=False, **given))
    (box,), shape = boxes_of(without)[:1], grid.walls.shape
    pictures = pixels(with_numbers).copy(), pixels(without).copy()
    for cell in (grid.goal, *grid.starts):
        one, other = (cell_pixels(picture, box, shape, cell) for picture in pictures)
        low = round(0.74 * len(one))
        assert (one[low:] != other[low:]).any(axis=-1).mean() > 0.03, cell


@pytest.mark.parametrize("at", [(0, 0), (2, 1), (3, 4)])
def test_marks_on_values_are_rings_about_the_colour_of_their_cell(make_run, pixels, at):
    grid = GridMap(np.zeros((4, 5), bool), ((3, 4),), ((0, 0), (2, 1)))
    run = make_run(grid)
    figure = draw_figure(run, options_of("value", "map", arrows=False, numbers=False, key=False))
    boxes, picture = boxes_of(figure), pixels(figure)
    cell = cell_pixels(picture, boxes[0], grid.walls.shape, at)
    side = len(cell)
    ring = cell[side // 2 - side // 12 : side // 2 + side // 12]
    corner = cell[3, 3]
    # Left of what is in the middle there is the colour that the corner of the cell has.
    assert (ring[:, : side // 2] == corner).all(axis=-1)[:, side // 4 :].any()


def test_merging_trajectories_do_not_cross(make_run):
    """Three that come together lie side by side, in the order in which they came."""
    from vingui.figure.trajectory_lines import trajectory_lines

    walls = np.ones((9, 12), bool)
    walls[4] = False
    walls[:4, 3] = walls[5:, 6] = False
    run = make_run(GridMap(walls, ((4, 11),), ((4, 0), (0, 3), (8, 6))))
    walks = run.trajectories(run.grid.starts, run.latest)
    _, lines = trajectory_lines(walks, run, run.latest, LIGHT, 14.4)
    at_end = {shape.edge: shape.path.vertices[-1][1] for shape in lines}
    first, second, third = (at_end[LIGHT.start(index)] for index in range(3))
    assert second < first < third


def test_a_preview_is_the_figure_in_small(room):
    full = picture_of(room, FigureOptions())
    small = picture_of(room, FigureOptions(), most_pixels=100_000)
    assert full.shape[2] == small.shape[2] == 4
    assert small.shape[0] * small.shape[1] <= 101_000
    assert small.shape[1] / small.shape[0] == pytest.approx(full.shape[1] / full.shape[0], rel=0.01)
    assert np.abs(full.mean(axis=(0, 1)) - small.mean(axis=(0, 1))).max() < 4
    assert picture_of(room, FigureOptions(), most_pixels=10**9).shape == full.shape


def test_drawing_leaves_matplotlib_as_it_was(room):
    before = dict(mpl.rcParams)
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "lines.linewidth": 9}):
        odd = draw_figure(room, FigureOptions())
    assert isinstance(odd, Figure)
    assert dict(mpl.rcParams) == before
