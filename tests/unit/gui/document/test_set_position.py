"""Which map of each data set was open last, and which one a document is."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vingui.core.dataset import DataSet
from vingui.core.errors import VinguiError
from vingui.core.grid import Demonstration, GridMap
from vingui.gui.document.set_position import (
    SetMember,
    SetPosition,
    remember_position,
    remembered_position,
)
from vingui.gui.settings import IMPORT_POSITIONS, Settings

PATH = Path("/data/mazes.npz")


def test_the_first_map_is_meant_where_none_was_open(qapp):
    assert remembered_position(Settings(), PATH) == SetPosition(0, "")


def test_each_file_has_its_own_and_the_oldest_are_forgotten(qapp):
    settings = Settings()
    remember_position(settings, PATH, SetPosition(7, "training"))
    for number in range(49):
        remember_position(settings, Path(f"/data/{number}.npz"), SetPosition(number))
    settings.sync()
    assert remembered_position(Settings(), PATH) == SetPosition(7, "training")
    assert remembered_position(settings, Path("/data/3.npz")) == SetPosition(3)
    remember_position(settings, Path("/data/3.npz"), SetPosition(4))
    assert remembered_position(settings, Path("/data/3.npz")) == SetPosition(4)
    remember_position(settings, Path("/data/more.npz"), SetPosition(1))
    assert remembered_position(settings, PATH) == SetPosition()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        '{"/data/mazes.npz": 3}',
        '{"/data/mazes.npz": ["3", "test"]}',
        '{"/data/mazes.npz": [-1, "test"]}',
        '{"/data/mazes.npz": [3, 4]}',
        '{"/data/mazes.npz": [3]}',
    ],
)
def test_nonsense_in_the_settings_is_no_place(qapp, text):
    settings = Settings()
    settings.set(IMPORT_POSITIONS, text)
    assert remembered_position(settings, PATH) == SetPosition()
    remember_position(settings, PATH, SetPosition(5))
    assert remembered_position(settings, PATH) == SetPosition(5)


# Which one a document is.

MAPS = tuple(GridMap(np.zeros((4, 5), bool), ((0, goal),)) for goal in range(4))
MAZES = DataSet("mazes", MAPS, split="test", splits={"training": 9, "test": 4})
MEMBER = SetMember.at(PATH, MAZES, 2)
SHOWN = (Demonstration(((0, 0), (0, 1))),)
HEIGHTS = np.zeros((4, 5), np.float32)


def test_a_member_comes_back_from_a_file():
    assert (MEMBER.path, MEMBER.index, MEMBER.split, MEMBER.count) == (PATH, 2, "test", 4)
    assert SetMember.from_record(json.loads(json.dumps(MEMBER.record()))) == MEMBER


def test_a_relative_path_is_kept_from_the_root(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    member = SetMember.from_record(SetMember.at(Path("mazes.npz"), MAZES, 0).record())
    assert member.path == tmp_path / "mazes.npz"


@pytest.mark.parametrize(
    "change",
    [
        {"path": ""},
        {"path": 3},
        {"index": -1},
        {"index": 4},
        {"index": 1.5},
        {"index": "1"},
        {"split": None},
        {"count": 0},
        {"count": [4]},
        {"checksum": 7},
    ],
)
def test_nonsense_in_a_file_is_no_member(change):
    assert SetMember.from_record({**MEMBER.record(), **change}) is None
    for missing in change:
        record = MEMBER.record()
        del record[missing]
        assert SetMember.from_record(record) is None


@pytest.mark.parametrize("nonsense", [None, [], "mazes.npz", 3, {}])
def test_nothing_is_no_member(nonsense):
    assert SetMember.from_record(nonsense) is None


@pytest.mark.parametrize(
    "changed",
    [
        replace(MAZES, maps=MAPS[:3], labels=()),
        replace(MAZES, maps=MAPS[:1], labels=()),
        replace(MAZES, maps=MAPS[::-1]),
        replace(MAZES, maps=tuple(one.with_goal((3, 3)) for one in MAPS)),
        replace(MAZES, split="training"),
        replace(MAZES, maps=tuple(one.with_demonstrations(SHOWN) for one in MAPS)),
        replace(MAZES, maps=tuple(replace(one, elevation=HEIGHTS) for one in MAPS)),
    ],
    ids=[
        *("fewer", "one", "another order", "other goals", "another split"),
        *("demonstrations", "elevation"),
    ],
)
def test_a_changed_set_is_distinguished_from_the_one_before(changed):
    MEMBER.check(replace(MAZES, name="other"))
    with pytest.raises(VinguiError, match=r"^mazes\.npz: The set of 4 maps has changed"):
        MEMBER.check(changed)
