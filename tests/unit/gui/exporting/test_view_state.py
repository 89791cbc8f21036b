"""The state of the views as a record: written, read, and refused where it is damaged."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QWidget

from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.value_colours import COLOUR_MAPS
from vingui.core.value_layers import LAYERS
from vingui.gui import settings as entries
from vingui.gui.camera import MAX_SCALE, MIN_SCALE
from vingui.gui.exporting.view_state import LONGEST_SIDE, ViewState, family_here

SIZE = st.tuples(*[st.integers(1, LONGEST_SIDE)] * 2)
SWITCH = st.booleans()
STATES = st.builds(
    ViewState,
    shows=st.sampled_from(entries.EXPORT_WHAT.choices),
    scale=st.integers(1, 8),
    layer=st.sampled_from([name for name, _ in LAYERS]),
    latent=st.integers(-1, 1023),
    colour_map=st.sampled_from([row.id for row in COLOUR_MAPS if row.kind == "sequential"]),
    limits=st.sampled_from(["run", "frame"]),
    arrows=SWITCH,
    numbers=SWITCH,
    trajectories=SWITCH,
    contours=SWITCH,
    grid=SWITCH,
    k=st.integers(1, 10**6),
    look=st.sampled_from(["light", "dark"]),
    font=st.text(max_size=40).filter(str.isprintable),
    map=SIZE,
    value=SIZE,
    cell=st.floats(MIN_SCALE, MAX_SCALE),
    row=st.floats(0, 4096),
    col=st.floats(0, 4096),
    start=st.none() | st.integers(0, 10**6),
    steps=st.none() | st.floats(0, 10**6),
    demonstrations=SWITCH,
)
USUAL = ViewState(
    shows="both",
    scale=2,
    layer="value",
    latent=-1,
    colour_map="viridis",
    limits="run",
    arrows=True,
    numbers=False,
    trajectories=True,
    contours=False,
    grid=True,
    k=3,
    look="light",
    font="DejaVu Sans",
    map=(300, 200),
    value=(250, 200),
    cell=20.0,
    row=3.0,
    col=4.0,
    start=None,
    steps=None,
)


@given(STATES)
def test_it_is_read_as_it_is_written(state):
    assert ViewState.of_record(json.loads(json.dumps(state.record(), allow_nan=False))) == state


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("shows", "all"),
        ("scale", 9),
        ("scale", 0),
        ("scale", 2.0),
        ("scale", True),
        ("layer", "secret"),
        ("layer", ["value"]),
        ("latent", -2),
        ("colour_map", "blue-yellow"),
        ("colour_map", None),
        ("colour_map", {}),
        ("limits", "fixed"),
        ("arrows", 1),
        ("grid", "yes"),
        ("k", 0),
        ("k", 10**30),
        ("look", "auto"),
        ("look", []),
        ("font", "a\nb"),
        ("font", "a" * 1000),
        ("font", 3),
        ("map", [300]),
        ("map", [300, 200, 100]),
        ("map", [300, 0]),
        ("map", [300, 1e3]),
        ("map", "ab"),
        ("map", {"0": 1, "1": 2}),
        ("value", [LONGEST_SIDE + 1, 5]),
        ("cell", 0.0),
        ("cell", math.nan),
        ("cell", 20),
        ("row", -1.0),
        ("row", math.inf),
        ("col", "4"),
        ("start", -1),
        ("start", 1.0),
        ("start", 2**60),
        ("steps", -0.5),
        ("steps", math.nan),
    ],
)
def test_what_is_out_of_range_is_one_line_that_names_it(name, value):
    with pytest.raises(VinguiError, match=rf"^The {name} of a view cannot be .{{,80}}$"):
        ViewState.of_record(USUAL.record() | {name: value})


@pytest.mark.parametrize("content", [None, [], "both", 3, {"look": 3}, {}])
def test_other_objects_are_refused(content):
    with pytest.raises(VinguiError, match=r"^The .* of (a|the) view (cannot be|is missing).*$"):
        ViewState.of_record(content)


def test_each_part_has_to_be_there_and_nothing_else():
    for name in USUAL.record().keys() - {"demonstrations"}:
        with pytest.raises(VinguiError, match=rf"^The {name} of the view is missing$"):
            ViewState.of_record(
                {key: value for key, value in USUAL.record().items() if key != name}
            )
    with pytest.raises(VinguiError, match=r"^A view has no option 'hovered'$"):
        ViewState.of_record(USUAL.record() | {"hovered": [1, 1]})


def test_a_state_of_an_older_version_shows_no_demonstrations():
    record = replace(USUAL, demonstrations=True).record()
    assert ViewState.of_record(record).demonstrations
    del record["demonstrations"]
    assert ViewState.of_record(record) == USUAL


def test_it_is_what_the_session_shows(session_of, qtbot):
    session = session_of(GridMap(np.zeros((6, 8), bool), ((0, 1),), ((5, 0), (1, 7))))
    settings = session.settings
    session.theme.choose("dark")
    settings.set(entries.LAYER, "q")
    settings.set(entries.EXPORT_SCALE, 5)
    settings.set(entries.COLOUR_MAP, "magma")
    session.select_start(1)
    session.camera.zoom(1.7, row=2.0, col=3.0)
    # What is pointed at is no part of it.
    session.set_hovered((1, 1))
    session.set_cursor((2, 2))
    views = QWidget(), QWidget()
    for view, size in zip(views, ((300, 200), (250, 210)), strict=True):
        qtbot.addWidget(view)
        view.resize(*size)
    state = ViewState.of(session, map_view=views[0], value_view=views[1])
    assert (state.look, state.layer, state.scale, state.start) == ("dark", "q", 5, 1)
    assert state.colour_map == "magma"
    assert (state.cell, state.row, state.col) == (
        session.camera.scale,
        session.camera.row,
        session.camera.col,
    )
    assert (state.map, state.value) == ((300, 200), (250, 210))
    assert state.font == family_here(views[0].font().family())
    assert state.steps is None
    assert not state.demonstrations
    session.teaching.set_panel_visible(True)
    assert ViewState.of(session, map_view=views[0], value_view=views[1]).demonstrations
    assert state.settings[entries.LAYER] == "q"
