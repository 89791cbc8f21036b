"""What can be chosen, how it is written down, and what is refused."""

import json
import subprocess
import sys
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vingui.core.errors import VinguiError
from vingui.core.moves import FOUR
from vingui.core.readouts import BEST
from vingui.figure.options import (
    BACKGROUNDS,
    FIGURE_COLOUR_MAPS,
    SCALES,
    FigureOptions,
)
from vingui.figure.panel import PANELS, WITH_LATENT, Panel
from vingui.figure.theme import DARK, LIGHT

PANEL = st.builds(
    lambda layer, k, latent: Panel(layer, k, latent if layer in WITH_LATENT else BEST),
    st.sampled_from([name for name, _ in PANELS]),
    st.none() | st.integers(1, 10**6),
    st.integers(BEST, 9),
)
LIMITS = st.tuples(st.floats(-1e6, 1e6), st.floats(0.1, 1e3)).map(lambda p: (p[0], p[0] + p[1]))
SWITCH = st.booleans()
OPTIONS = st.builds(
    lambda limits, **given: FigureOptions(low=limits[0], high=limits[1], **given),
    LIMITS,
    panels=st.lists(PANEL, min_size=1, max_size=9).map(tuple),
    columns=st.none() | st.integers(1, 9),
    width=st.none() | st.floats(20, 400),
    dpi=st.integers(36, 1200),
    colour_map=st.sampled_from(FIGURE_COLOUR_MAPS),
    scale=st.sampled_from(SCALES),
    bar=SWITCH,
    bar_label=st.text(max_size=20),
    arrows=st.none() | SWITCH,
    numbers=st.none() | SWITCH,
    trajectories=SWITCH,
    diagnosis=SWITCH,
    contours=SWITCH,
    grid=SWITCH,
    ticks=SWITCH,
    key=SWITCH,
    title=st.text(max_size=20),
    caption=st.none() | st.text(max_size=20),
    background=st.sampled_from(BACKGROUNDS),
    margin=st.floats(0, 50),
    font_size=st.floats(4, 20),
)


@given(PANEL)
def test_a_panel_is_read_as_it_is_written(panel):
    assert Panel.parse(str(panel)) == panel


@pytest.mark.parametrize(
    ("text", "panel"),
    [
        ("map", Panel("map")),
        (" value@10 ", Panel("value", 10)),
        ("q:NE@20", Panel("q", 20, 4)),
        ("q:ne", Panel("q", None, 4)),
        ("q:3", Panel("q", None, 3)),
        ("q:best", Panel("q")),
        ("reward:N", Panel("reward", None, 0)),
        ("convergence@7", Panel("convergence", 7)),
    ],
)
def test_how_panels_are_written(text, panel):
    assert Panel.parse(text) == panel


@pytest.mark.parametrize(
    "text",
    ["", "values", "value@", "value@0", "value@-1", "value:N", "q:X", "q:", "value@1@2", "q:²",
     "value@٣", "map value", "value@" + "9" * 50],
)  # fmt: skip
def test_other_panels_are_refused_in_one_line(text):
    with pytest.raises(VinguiError, match=r"\A[^\n]{20,200}\Z"):
        Panel.parse(text)


def test_the_rule_has_the_names():
    with pytest.raises(VinguiError, match="one of N, S, E, W, not 'NE'"):
        Panel.parse("q:NE", FOUR)
    assert Panel.parse("q:W", FOUR).latent == 3


@given(OPTIONS)
def test_a_record_makes_the_same_options(options):
    record = json.loads(json.dumps(options.record()))
    assert FigureOptions.of_record(record) == options


def test_a_record_may_leave_out_what_is_default():
    assert FigureOptions.of_record({}) == FigureOptions()
    assert FigureOptions.of_record({"dpi": 300}).dpi == 300


@pytest.mark.parametrize(
    "record",
    [
        [],
        {"colour": "red"},
        {"panels": "map"},
        {"panels": [1]},
        {"panels": []},
        {"panels": ["map"] * 65},
        {"panels": ["nothing"]},
        {"columns": 0},
        {"columns": 1.5},
        {"columns": True},
        {"width": 1},
        {"width": "84"},
        {"width": float("nan")},
        {"dpi": 10**9},
        {"dpi": 200.0},
        {"colour_map": "jet"},
        {"colour_map": ["viridis"]},
        {"scale": "log"},
        {"scale": "fixed"},
        {"scale": "fixed", "low": 1, "high": 1},
        {"low": float("inf")},
        {"bar": 1},
        {"bar": None},
        {"arrows": "yes"},
        {"title": 3},
        {"title": None},
        {"title": "x" * 501},
        {"caption": 3},
        {"background": "black"},
        {"margin": -1},
        {"font_size": 0},
        {1: 2},
    ],
)
def test_what_is_no_option_is_refused_in_one_line(record):
    with pytest.raises(VinguiError, match=r"\A[^\n]{20,200}\Z"):
        FigureOptions.of_record(record)


def test_every_option_is_in_the_record():
    assert FigureOptions().record().keys() == {one.name for one in fields(FigureOptions)}


def test_the_dark_background_has_its_colours():
    assert FigureOptions().theme is FigureOptions(background="transparent").theme is LIGHT
    assert FigureOptions(background="dark").theme is DARK


def panels(*texts, **given):
    return FigureOptions(panels=tuple(map(Panel.parse, texts)), **given)


def test_choosing_needs_no_matplotlib():
    code = """
import sys
import vingui.figure
from vingui.figure import FigureOptions, Panel
FigureOptions().record()
bad = [name for name in ("matplotlib", "PIL", "contourpy", "colorcet") if name in sys.modules]
sys.exit(", ".join(bad) or 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
