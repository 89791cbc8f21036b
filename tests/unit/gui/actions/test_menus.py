"""The actions of the window, made on their own: all they need is a `Commands` and a widget."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from vingui.core.grid import GridMap
from vingui.core.map_edits import WALL
from vingui.core.terrain import Palette, Terrain
from vingui.gui import settings as entries
from vingui.gui.actions import ACTIONS
from vingui.gui.actions.materials import MaterialButton
from vingui.gui.actions.menus import Actions
from vingui.gui.commands.commands import Commands
from vingui.gui.commands.editing import Editing
from vingui.gui.commands.filing import Filing
from vingui.gui.commands.help import Help
from vingui.gui.document.tools import tool_named
from vingui.gui.exporting.controller import Exporting

OWN = {
    "export": "open_export_dialog",
    "command-palette": "open_command_palette",
    "place-goal": "place_goal",
    "add-goal": "add_goal",
    "goal-value": "change_goal_value",
    "toggle-start": "toggle_start",
    "draw-here": "draw_here",
    "show-terrain": "show_panel terrain",
    "show-teach": "show_panel teach",
    "train": "show_panel train",
    "open-model": "open_model",
    "model-card": "show_card",
    "plan-again": "plan_again",
    "restart": "restart_planners",
    "fullscreen": "toggle_fullscreen",
    "reset-layout": "reset_layout",
    "quit": "quit",
}
"""The actions that the window does itself, with what each calls."""


@pytest.fixture
def session(session_of):
    return session_of(GridMap(np.eye(4, 6, dtype=bool), goals=((0, 5),), starts=((3, 0),)))


@pytest.fixture
def called():
    return []


@pytest.fixture
def actions(session, called, qtbot):
    def call(*words):
        called.append(" ".join(words))

    parent = QMainWindow()
    qtbot.addWidget(parent)
    filing = Filing(session, parent)
    commands = Commands(
        session=session,
        filing=filing,
        editing=Editing(session, filing, parent),
        exporting=Exporting(session, lambda: None, parent),
        help=Help(session, tuple, parent),
        **{name: partial(call, name) for name in {text.split()[0] for text in OWN.values()}},
    )
    return Actions(commands, parent)


@pytest.mark.parametrize(("id_", "name"), OWN.items())
def test_what_only_the_window_can_do_is_called_by_its_action(actions, called, id_, name):
    actions[id_].trigger()
    assert called == [name]


def test_an_action_changes_the_map(actions, session):
    actions["clear"].trigger()
    assert not session.document.grid.walls.any()
    actions["undo"].trigger()
    assert session.document.grid.walls.sum() == 4


@pytest.mark.parametrize(
    ("speed", "id_", "expected"),
    [(10, "faster", 20), (10, "slower", 5), (1, "slower", 1), (1000, "faster", 1000)],
)
def test_speed_goes_along_the_list(actions, session, speed, id_, expected):
    session.settings.set(entries.SPEED, float(speed))
    actions[id_].trigger()
    assert session.settings.get(entries.SPEED) == expected


def test_zooming_keeps_the_centre(actions, session):
    camera = session.camera
    camera.set_map(rows=4, cols=6)
    before = camera.row, camera.col, camera.scale
    actions["zoom-in"].trigger()
    assert (camera.row, camera.col) == before[:2]
    assert camera.scale == pytest.approx(before[2] * 1.25)


def test_actions_are_enabled_where_they_can_be_done(actions, session):
    actions.refresh()
    assert not actions["undo"].isEnabled()
    assert not actions["play"].isEnabled()
    assert not actions["remove-start"].isEnabled()
    session.select_start(0)
    actions["clear"].trigger()
    actions.refresh()
    assert actions["undo"].isEnabled()
    assert actions["remove-start"].isEnabled()


def test_materials_are_chosen_by_keys_and_named_after_the_palette(actions, session, qtbot):
    menu = QMenu()
    qtbot.addWidget(menu)
    button = MaterialButton(session, actions, menu)
    qtbot.addWidget(button)
    assert actions["material-0"].isChecked()
    session.settings.set(entries.TOOL, "goal")
    actions["material-4"].trigger()
    assert session.material == 3
    assert tool_named(session.settings.get(entries.TOOL)).draws
    checked = [n for n in range(10) if actions[f"material-{n}"].isChecked()]
    assert checked == [4]
    assert actions["material-4"].text() == "&4  mud, cost 5"
    assert "mud" in button.toolTip()
    assert [actions[f"material-{n}"].isVisible() for n in range(10)] == [True] * 6 + [False] * 4
    grid = session.document.grid
    kind = Terrain("tar & feathers", 2, "#334455", "t")
    session.document.apply("Add", replace(grid, palette=Palette((*grid.palette.kinds, kind))))
    named = "&6  tar && feathers, cost 2"
    qtbot.waitUntil(lambda: actions["material-6"].text() == named)
    actions["material-6"].trigger()
    session.document.undo_stack.undo()
    assert session.material == WALL
    assert actions["material-0"].isChecked()


def test_no_two_actions_have_a_key():
    keys = [QKeySequence(key).toString() for row in ACTIONS for key in row.shortcuts]
    assert len(set(keys)) == len(keys)
