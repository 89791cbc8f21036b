"""Long paths in fewer bytes, through the same points."""

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vingui.core.grid import GridMap
from vingui.figure import FigureOptions, Panel
from vingui.figure.cell_outlines import outline
from vingui.figure.saving import save_figure
from vingui.figure.svg import shortened

POINTS = st.tuples(st.integers(-3, 3), st.integers(-3, 3)).map(lambda p: (p[0] * 0.36, p[1] * 0.36))


def written(polygons):
    """As Matplotlib writes them."""
    steps = []
    for first, *others in polygons:
        steps.append(f"M {first[0]:g} {first[1]:g} ")
        steps += [f"L {x:g} {y:g} " for x, y in others]
        steps.append("z")
    return "\n".join([*steps, ""])


def points_of(path):
    """The points of a path in order, `None` for the end of a polygon."""
    found, x, y = [], "", ""
    for letter, numbers in re.findall(r"([MLHVz])([^MLHVz]*)", path):
        places = numbers.split()
        if letter in "ML":
            x, y = places
        elif letter == "H":
            (x,) = places
        elif letter == "V":
            (y,) = places
        found.append((x, y) if places else None)
    return found


@given(st.lists(st.lists(POINTS, min_size=2, max_size=9), min_size=1, max_size=5))
def test_it_goes_through_the_same_points(polygons):
    path = written(polygons)
    long = path * (100_000 // len(path) + 1)
    before = f'<svg><path class="a" d="{long}" style="fill: #333"/></svg>'
    after = shortened(before.encode()).decode()
    assert after.startswith('<svg><path class="a" d="M')
    assert after.endswith('z" style="fill: #333"/></svg>')
    assert points_of(after.partition(' d="')[2].partition('"')[0]) == points_of(long)


def test_other_paths_are_left_as_they_are():
    short = written([[(0, 0), (1, 0), (1, 1)]])
    curved = short * 5000 + "Q 1 2 3 4 \n"
    for path in (short, curved):
        svg = f'<svg><path d="{path}"/></svg>'.encode()
        assert shortened(svg) == svg


def test_the_walls_of_a_large_map_are_written_so(make_run, tmp_path):
    walls = np.random.default_rng(3).random((160, 160)) < 0.5
    walls[0, 0] = False
    run = make_run(GridMap(walls, (0, 0)), iterations=1)
    options = FigureOptions(panels=(Panel("map"),))
    save_figure(run, tmp_path / "a.svg", options, recipe=None)
    (path,) = re.findall(r' d="([^"]{60000,})"', (tmp_path / "a.svg").read_text())
    assert "L" not in path
    assert len(points_of(path)) == len(outline(walls).vertices)
