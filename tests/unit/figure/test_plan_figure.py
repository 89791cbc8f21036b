"""What is in the picture, read back from its pixels."""

from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from vingui.core.grid import GridMap
from vingui.core.moves import FOUR
from vingui.figure import LIGHT, FigureOptions, caption, plan_figure
from vingui.figure.layout import arrange


def rgb(colour):
    return [round(255 * part) for part in to_rgb(colour)]


def cells_of(picture, box, cell):
    """`(rows, cols, cell, cell, 3)` the pixels of each cell of a panel."""
    panel = picture[box.top : box.bottom, box.left : box.right]
    rows, cols = box.height // cell, box.width // cell
    return panel.reshape(rows, cell, cols, cell, 3).swapaxes(1, 2)


def boxes_of(plan):
    layout = arrange(plan.grid.rows, plan.grid.cols)
    return layout, layout.map_box, layout.value_box


def test_each_cell_is_whole_pixels_of_one_colour(make_plan, pixels):
    walls = np.random.default_rng(5).random((40, 31)) < 0.4
    walls[0, 0] = False
    plan = make_plan(GridMap(walls, (0, 0)), iterations=2)
    picture = pixels(plan_figure(plan, (), options=FigureOptions(arrows=False)))
    layout, *boxes = boxes_of(plan)
    for box in boxes:
        cells = cells_of(picture, box, layout.cell)[1:-1, 1:-1]
        inside = walls[1:-1, 1:-1].copy()
        # The goal's mark reaches beyond its cell.
        inside[:3, :3] = False
        assert (cells[inside] == rgb(LIGHT.wall)).all()
        assert (cells[~walls[1:-1, 1:-1]][:, 5, 5] != rgb(LIGHT.wall)).any(axis=-1).all()


def test_a_value_has_its_colour_of_the_colour_map(room, pixels):
    plan, _ = room
    picture = pixels(plan_figure(plan, (), options=FigureOptions(arrows=False)))
    layout, _, box = boxes_of(plan)
    cells = cells_of(picture, box, layout.cell)
    values = plan.values[-1]
    low = values[np.isfinite(values)].min()
    for row, col in [(0, 0), (0, 12), (8, 0), (4, 8), (5, 12)]:
        share = (values[row, col] - low) / -low
        expected = mpl.colormaps["viridis"](float(share), bytes=True)[:3]
        assert np.abs(cells[row, col, 5, 5].astype(int) - expected).max() <= 1


def test_goal_and_starts_are_where_they_are(room, pixels):
    plan, trajectories = room
    picture = pixels(plan_figure(plan, trajectories))
    layout, *boxes = boxes_of(plan)
    middle = layout.cell // 2
    for box in boxes:
        cells = cells_of(picture, box, layout.cell)
        assert cells[(*plan.grid.goal, middle, middle)].tolist() == rgb(LIGHT.goal)
        for index, start in enumerate(plan.grid.starts):
            # Beside the number, which stands in the middle.
            assert cells[(*start, middle, middle - 17)].tolist() == rgb(LIGHT.trajectory(index))


def test_trajectories_go_through_their_cells_only(room, pixels):
    plan, trajectories = room
    picture = pixels(plan_figure(plan, trajectories))
    layout, box, _ = boxes_of(plan)
    cells = cells_of(picture, box, layout.cell)
    for index, trajectory in enumerate(trajectories):
        colour = rgb(LIGHT.trajectory(index))
        shown = (cells == colour).all(axis=-1).any(axis=(2, 3))
        assert shown[tuple(trajectory.path[1:-1].T)].all()
        # A diagonal move touches the corners of two more cells, no more.
        assert shown.sum() <= 3 * len(trajectory.path)


def test_unreached_cells_are_told_apart(make_plan, pixels):
    walls = np.zeros((8, 14), bool)
    plan = make_plan(GridMap(walls, (3, 1)), iterations=4)
    picture = pixels(plan_figure(plan, (), options=FigureOptions(arrows=False)))
    layout, _, box = boxes_of(plan)
    cells = cells_of(picture, box, layout.cell)
    blank = ~np.isfinite(plan.values[-1])
    blank[0] = blank[-1] = blank[:, -1] = False
    tints = cells[blank].reshape(blank.sum(), -1, 3)
    assert (tints == rgb(LIGHT.unreached)).all(axis=-1).any(axis=1).all()
    assert (tints != rgb(LIGHT.unreached)).any(axis=-1).any(axis=1).all()
    assert np.ptp(tints.astype(int), axis=-1).max() < 20


def test_arrows_only_where_cells_are_large(make_plan):
    def arrows(side, **kwargs):
        plan = make_plan(GridMap(np.zeros((side, side), bool), (1, 1)), iterations=2)
        figure = plan_figure(plan, (), options=FigureOptions(**kwargs))
        return sum(type(artist).__name__ == "PolyCollection" for artist in figure.findobj())

    assert arrows(8) == arrows(40) == 1
    assert arrows(44) == arrows(64) == 0
    assert arrows(64, arrows=True) == 1
    assert arrows(8, arrows=False) == 0


def test_failures_are_marked_not_by_colour_alone(room, bent, follow):
    plan, _ = room
    east, west, north = 2, 3, 0
    plan = bent(plan, {(4, 1): north, (3, 1): 1, (7, 3): east, (7, 4): east, (7, 5): east})
    plan = bent(plan, {(6, 1): west})
    trajectories = follow(plan)
    assert [trajectory.outcome.value for trajectory in trajectories] == ["loop", "wall"]
    figure = plan_figure(plan, trajectories)
    crosses = [line for line in figure.axes[1].lines if line.get_marker() == "X"]
    assert [line.get_xydata().tolist() for line in crosses] == [[[5.5, 7.0]]]
    rings = [line for line in figure.axes[1].lines if line.get_markerfacecolor() == "none"]
    assert {tuple(line.get_xydata()[0]) for line in rings} == {(1.0, 4.0)}
    dashed = [pattern for _, pattern in figure.axes[1].collections[-1].get_linestyle()]
    assert all(pattern is not None for pattern in dashed)


def test_a_caption_tells_the_plan_and_four_starts(make_plan, follow):
    free = np.zeros((3, 9), bool)
    starts = tuple((row, col) for row in (0, 2) for col in range(3))
    plan = make_plan(GridMap(free, (0, 8), starts), FOUR)
    said = caption(plan, follow(plan), FigureOptions(name="plain\nfield"))
    assert said == (
        "plain field · 4 neighbours · model default-8 · K = 11, converged",
        "start (0, 0): reached the goal in 8 steps, 8.0 long (optimal)",
        "start (0, 1): reached the goal in 7 steps, 7.0 long (optimal)",
        "start (0, 2): reached the goal in 6 steps, 6.0 long (optimal)",
        "start (2, 0): reached the goal in 10 steps, 10.0 long (optimal)",
        "and 2 more",
    )
    unnamed = caption(plan, follow(plan)[:4], FigureOptions())
    assert unnamed[0].startswith("4 neighbours")
    assert len(unnamed) == 5


@pytest.mark.parametrize(
    ("rows", "cols"), [(2, 2), (2, 1024), (1024, 2), (10, 64), (64, 10), (101, 101)]
)
def test_any_size(rows, cols, make_plan, follow, pixels):
    grid = GridMap(np.zeros((rows, cols), bool), (rows - 1, cols - 1), ((0, 0),))
    plan = make_plan(grid, iterations=12)
    picture = pixels(plan_figure(plan, follow(plan)))
    layout = arrange(rows, cols)
    assert picture.shape[1] == layout.width
    # Nothing is cut off at the edges of the page.
    for edge in (picture[:8], picture[-8:], picture[:, :8], picture[:, -8:]):
        assert (edge == 255).all()


@pytest.mark.parametrize("name", ["", "地図 $x_1$ \\frac", "W" * 80, "a b\x00c"])
def test_any_name(name, room, pixels):
    picture = pixels(plan_figure(*room, options=FigureOptions(name=name)))
    assert (picture[:, -8:] == 255).all()


def test_maps_without_starts_or_values(room, follow, pixels):
    plan, _ = room
    without = replace(plan, grid=plan.grid.with_starts(()))
    pixels(plan_figure(without, follow(without)))
    empty = replace(
        plan, values=np.full_like(plan.values, -np.inf), policy=np.zeros_like(plan.policy)
    )
    figure = plan_figure(empty, follow(empty))
    pixels(figure)
    assert not any(axes.get_ylabel() == "value V" for axes in figure.axes)
    goal_only = replace(plan, values=np.where(plan.values == 0, plan.values, -np.inf))
    pixels(plan_figure(goal_only, ()))


def test_many_starts(make_plan, follow, pixels):
    free = np.zeros((12, 12), bool)
    starts = tuple((row, col) for row in range(10) for col in range(12))
    plan = make_plan(GridMap(free, (11, 11), starts))
    pixels(plan_figure(plan, follow(plan)))


def test_large_cells_are_at_least_a_pixel(make_plan, pixels):
    walls = np.random.default_rng(1).random((512, 512)) < 0.2
    walls[300, 200] = False
    plan = make_plan(GridMap(walls, (300, 200)), iterations=30)
    picture = pixels(plan_figure(plan, ()))
    layout, _, box = boxes_of(plan)
    cells = cells_of(picture, box, layout.cell)[1:-1, 1:-1]
    far = walls[1:-1, 1:-1].copy()
    far[280:320, 180:220] = False
    assert (cells[far] == rgb(LIGHT.wall)).all()


def test_merging_trajectories_do_not_cross(make_plan, follow):
    """Three that come together lie side by side, in the order in which they came."""
    walls = np.ones((9, 12), bool)
    walls[4] = False
    walls[:4, 3] = walls[5:, 6] = False
    plan = make_plan(GridMap(walls, (4, 11), ((4, 0), (0, 3), (8, 6))))
    figure = plan_figure(plan, follow(plan))
    lines = figure.axes[1].collections[-1].get_segments()
    at_end = [line[-1][1] for line in lines]
    assert at_end[1] < at_end[0] < at_end[2]


def test_drawing_leaves_matplotlib_as_it_was(room):
    before = dict(mpl.rcParams)
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "lines.linewidth": 9}):
        odd = plan_figure(*room)
    assert isinstance(odd, Figure)
    assert dict(mpl.rcParams) == before
