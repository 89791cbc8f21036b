"""Terrain and several goals in figures."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.text import Text

from vingui.core.generate import generate
from vingui.core.grid import GridMap
from vingui.core.learned_costs import LearnedCosts
from vingui.core.planner_protocol import LayerValues
from vingui.core.readouts import BEST, LEARNED_COST
from vingui.core.relief import LEVELS, relief
from vingui.core.terrain import STANDARD, Terrain, palette_of_levels
from vingui.core.terrain_patterns import terrain_colours, texture_colours
from vingui.core.value_colours import rgb
from vingui.figure import FigureOptions, Panel, compose
from vingui.figure.context import DrawContext
from vingui.figure.film import draw_film, page_of, pages
from vingui.figure.film_options import FilmOptions
from vingui.figure.marker_key import key_entries
from vingui.figure.markers import goal_values
from vingui.figure.page import CellImage
from vingui.figure.saving import pixels_of, save_figure
from vingui.figure.terrain import (
    cell_colours,
    shows_terrain,
    terrain_entries,
    texture_shapes,
)
from vingui.figure.theme import LIGHT

pytestmark = pytest.mark.slow

BARE = {"ticks": False, "key": False, "caption": "", "trajectories": False, "grid": False}


@pytest.fixture
def world():
    """Stripes of the five standard kinds, two columns each, with a wall in the last column."""
    walls = np.zeros((10, 11), bool)
    walls[:, 10] = True
    terrain = np.zeros(walls.shape, np.uint8)
    terrain[:, :10] = np.arange(10) // 2
    return GridMap(walls, ((0, 0),), ((9, 9),), terrain=terrain)


def cells_of(run, **options):
    """`(rows, cols, cell, cell, 3)`: the pixels of each cell of the map's panel."""
    drawn = compose.draw_figure(
        run, FigureOptions(panels=(Panel("map"), Panel("value")), **BARE | options)
    )
    picture, box = pixels_of(drawn.figure)[..., :3], drawn.figure.axes[0].bbox
    left, top = round(box.x0), round(drawn.figure.bbox.height - box.y1)
    rows, cols = run.grid.walls.shape
    cell = round(box.width) // cols
    panel = picture[top : top + rows * cell, left : left + cols * cell]
    return panel.reshape(rows, cell, cols, cell, 3).swapaxes(1, 2)


def learned_run(make_run, grid, costs):
    run = make_run(grid, iterations=2)
    learned = LearnedCosts(grid, costs.astype(np.float32))
    run.cost_scale = learned.scale
    run.take(LayerValues(1, 0, LEARNED_COST, BEST, 1, learned.scaled))
    return run


def test_true_and_learned_costs_have_the_same_colours_and_share_a_bar(make_run, world):
    options = FigureOptions(panels=(Panel("cost"), Panel("learned-cost")), **BARE)
    drawn = compose.draw_figure(learned_run(make_run, world, world.costs / 4), options)
    true, learned = (image.get_array() for image in drawn.figure.findobj(CellImage))
    np.testing.assert_array_equal(true, learned)
    words = [text.get_text() for text in drawn.figure.findobj(Text)]
    assert words.count("Cost (per unit of length)") == 1
    assert {"Cost", "Learned cost"} <= set(words)
    other = compose.draw_figure(
        learned_run(make_run, world, np.ones(world.walls.shape)), options
    ).figure
    assert (
        len(np.unique(other.findobj(CellImage)[1].get_array()[:, :10].reshape(-1, 3), axis=0)) == 1
    )


@pytest.mark.parametrize("background", ["white", "dark"])
def test_a_figure_says_how_learned_costs_are_scaled_or_that_there_are_none(
    make_run, world, background
):
    options = FigureOptions(
        panels=(Panel("map"), Panel("learned-cost")), width=174.0, background=background
    )

    def words(run):
        texts = compose.draw_figure(run, options).figure.findobj(Text)
        return "\n".join(text.get_text() for text in texts).replace("\n", " ")

    text = words(learned_run(make_run, world, world.costs / 4))
    assert "Learned costs times 4, as near the true ones as possible" in text
    assert "did not learn" not in text
    plain = replace(world, terrain=None)
    text = words(learned_run(make_run, plain, np.full(world.walls.shape, 3.0)))
    assert "Learned costs as the network reads them" in text
    text = words(make_run(world, iterations=2))
    assert "dynamic-8 did not learn what cells cost" in text
    assert "Learned costs" not in text


@pytest.mark.parametrize("background", ["white", "dark"])
def test_cells_have_the_colours_and_the_textures_of_their_kinds(make_run, world, background):
    cells = cells_of(make_run(world, iterations=2), background=background)
    colours = terrain_colours(STANDARD, dark=background == "dark").astype(int)
    inks = texture_colours(terrain_colours(STANDARD, dark=background == "dark")).astype(int)
    for kind in range(5):
        pixels = cells[3:7, 2 * kind + 1].reshape(-1, 3)
        assert (pixels == colours[kind]).all(axis=1).mean() > 0.6
        # No pixel is farther from the colour than the texture's ink is.
        beyond = np.abs(pixels - colours[kind]) > np.abs(inks[kind] - colours[kind]) + 2
        assert not beyond.any()
        shares = np.abs(pixels - colours[kind]).sum(axis=1) > 20
        assert (shares.mean() > 0.01) == (kind > 0)


def test_walls_keep_their_colour(make_run, world):
    assert (cells_of(make_run(world, iterations=2))[3:7, 10, 3:-3, 3:-3] == rgb(LIGHT.wall)).all()


def test_a_map_of_the_first_kind_alone_is_drawn_as_before(make_run, world):
    plain = replace(world, terrain=None)
    drawn = compose.draw_figure(make_run(plain, iterations=2), FigureOptions())
    axes = drawn.figure.axes[0]
    assert not axes.findobj(CellImage)
    assert axes.get_facecolor()[:3] == tuple(part / 255 for part in rgb(LIGHT.free))
    assert (cells_of(make_run(plain, iterations=2))[5, 5] == rgb(LIGHT.free)).all()


def test_a_palette_whose_first_kind_costs_more_is_explained(make_run, world):
    palette = STANDARD.with_kind(0, Terrain("gravel", 2.5, "#d0ccc4", "."))
    run = make_run(replace(world, terrain=None, palette=palette), iterations=2)
    assert (cells_of(run)[5, 5] == rgb("#d0ccc4")).all()
    assert labels_of(run) == ["gravel (cost 2.5)"]


def labels_of(run):
    return [entry.label for entry in terrain_entries(DrawContext(run, FigureOptions()))]


def test_the_legend_has_the_kinds_that_occur_from_cheap_to_costly(make_run, world):
    terrain = np.where(world.terrain == 2, 4, world.terrain)
    run = make_run(replace(world, terrain=terrain.astype(np.uint8)), iterations=2)
    assert labels_of(run) == [
        *("road (cost 1)", "grass (cost 1.5)", "mud (cost 5)", "shallow water (cost 9)"),
    ]


def test_a_kind_below_walls_alone_is_not_in_the_legend(make_run):
    walls = np.zeros((6, 6), bool)
    walls[0] = True
    run = make_run(GridMap(walls, ((3, 3),), terrain=np.where(walls, 0, 2).astype(np.uint8)))
    assert labels_of(run) == ["sand (cost 3)"]


def test_the_legend_of_many_levels_is_short(make_run):
    terrain = (np.arange(400).reshape(20, 20) % 200).astype(np.uint8)
    palette = palette_of_levels(np.linspace(1, 30, 200).tolist())
    run = make_run(
        GridMap(np.zeros((20, 20), bool), ((0, 0),), terrain=terrain, palette=palette),
        iterations=2,
    )
    labels = labels_of(run)
    assert (labels[0], labels[-2:]) == ("cost 1", ["cost 30", "193 kinds between"])
    assert len(labels) == 8
    assert max(map(len, labels)) < 20


def test_only_figures_with_a_map_explain_terrain(make_run, world):
    run = make_run(world, iterations=2)
    for layer, count in (("map", 5), ("value", 0)):
        panel = Panel(layer)
        entries = key_entries(
            DrawContext(run, FigureOptions(panels=(panel,))),
            [(panel, 2)],
            arrows=False,
            blank=False,
        )
        assert sum("cost" in entry.label for entry in entries) == count


@pytest.mark.parametrize("side", [5, 64, 512])
def test_textures_have_about_as_many_marks_on_maps_of_all_sizes(side):
    terrain = np.full((side, side), 4, np.uint8)
    grid = GridMap(np.zeros((side, side), bool), terrain=terrain)
    lines = texture_shapes(grid, dark=False, points=200 / side)[0]
    assert 100 < int((lines.path.codes == 1).sum()) < 700


@pytest.mark.parametrize("suffix", [".svg", ".pdf"])
def test_vector_files_do_not_grow_with_the_map(make_run, tmp_path, suffix):
    rng = np.random.default_rng(1)
    sizes = []
    for side in (16, 128):
        terrain = rng.integers(0, 5, (16, 16)).astype(np.uint8).repeat(side // 16, 0)
        terrain = terrain.repeat(side // 16, 1)
        run = make_run(
            GridMap(np.zeros((side, side), bool), ((0, 0),), terrain=terrain), iterations=1
        )
        path = tmp_path / f"{side}{suffix}"
        save_figure(run, path, FigureOptions(panels=(Panel("map"),), grid=False), recipe=None)
        sizes.append(path.stat().st_size)
    assert sizes[1] < 1.5 * sizes[0]


def test_terrain_is_drawn_once_for_all_frames_of_a_film(make_run, world):
    run = make_run(world)
    options = FilmOptions(figure=FigureOptions(panels=(Panel("map"), Panel("value"))))
    drawn = draw_film(run, options, "")
    (terrain, values) = drawn.figure.findobj(CellImage)
    assert terrain not in drawn.artists
    assert values in drawn.artists
    for k, page in zip(run.kept, pages(drawn, run.kept), strict=True):
        assert np.array_equal(page, pixels_of(page_of(run, options, k)))


def test_a_caption_says_what_the_model_cannot_see(make_run, world):
    run = make_run(world)
    assert "cannot see" not in compose.draw_figure(run, FigureOptions()).caption
    # As of the paper's VIN.
    run.readouts.reward_channels = 1
    lines = compose.draw_figure(run, FigureOptions()).caption.splitlines()
    assert lines[1] == "dynamic-8 cannot see terrain: it plans as if every cell cost 1"
    assert lines[2].startswith("Reached the goal")


def test_every_goal_has_a_marker(make_run, world):
    goals = ((1, 1), (5, 8), (9, 0))
    cells = cells_of(make_run(replace(world, goals=goals), iterations=2))
    middle = cells.shape[2] // 2
    for goal in goals:
        assert cells[goal][middle, middle].tolist() == list(rgb(LIGHT.goal))


@pytest.mark.parametrize("points", [0.4, 10, 40])
def test_values_of_goals_stand_beside_them_on_the_map(world, points):
    side = round(200 / points)
    corners = ((0, 0), (0, side - 1), (side - 1, side - 1), (side - 1, 0))
    grid = GridMap(
        np.zeros((side, side), bool),
        (*corners, (side // 2, side // 2)),
        goal_values=(12345.5, -12345.5, 1, -1, 0),
    )
    shapes = goal_values(grid, 4 / points, LIGHT, points)
    # A background and a text each; none for the goal in the middle.
    assert len(shapes) == 8
    vertices = np.concatenate([shape.path.vertices for shape in shapes])
    assert vertices.min() >= 0
    assert vertices.max() <= side
    for corner, shape in zip(np.repeat(corners, 2, axis=0), shapes, strict=True):
        distance = np.abs(shape.path.vertices - corner[::-1] - 0.5).min(axis=0)
        assert (distance * points < 12).all()


def test_values_of_goals_are_drawn(make_run, world):
    options = FigureOptions(panels=(Panel("map"),), **BARE)
    grids = (world, replace(world, goal_values=(7.0,)))
    pictures = [
        pixels_of(compose.draw_figure(make_run(grid, iterations=2), options).figure)
        for grid in grids
    ]
    assert 20 < (pictures[0] != pictures[1]).any(axis=-1).sum() < 3000


def test_the_key_says_that_goals_have_values(make_run, world):
    for values, label in (((), "goal"), ((3,), "goal, with its value")):
        run = make_run(replace(world, goal_values=values), iterations=2)
        entries = key_entries(DrawContext(run, FigureOptions()), [], arrows=False, blank=False)
        assert entries[0].label == label


@pytest.mark.parametrize("dark", [False, True])
def test_elevation_shades_the_colours_of_terrain(dark):
    grid = generate("mountains", rows=30, cols=30, rng=np.random.default_rng(1))
    kinds, shade = grid.terrain, relief(grid)
    colours = cell_colours(grid, dark=dark)
    level = shade == LEVELS // 2
    plain = terrain_colours(grid.palette, dark=dark)[kinds]
    assert (colours[level] == plain[level]).all()
    assert (colours[shade > 20].astype(int).sum(-1) > plain[shade > 20].astype(int).sum(-1)).all()
    assert (colours[shade < 10].astype(int).sum(-1) < plain[shade < 10].astype(int).sum(-1)).all()
    bare = replace(grid, terrain=None, palette=STANDARD)
    assert shows_terrain(bare)
    assert len(np.unique(cell_colours(bare, dark=dark).reshape(-1, 3), axis=0)) > 10
