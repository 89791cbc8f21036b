"""The settings of a training: which are refused, and the command that repeats them."""

import shlex
from dataclasses import asdict
from pathlib import Path

import pytest

from vingui.core.errors import VinguiError
from vingui.core.train_settings import PRESETS, TrainSettings

LEARNS_COSTS = "The architecture costs learns from maps of terrain or mountains, or from a file"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"architecture": "rnn"}, "There is no architecture 'rnn'; there are dynamic, vin, costs"),
        ({"goals": "none"}, "goals must be given or anywhere, not 'none'"),
        ({"density": 1.0}, "density must be from 0 to below 1, not 1.0"),
        ({"density": float("nan")}, "density must be from 0 to below 1, not nan"),
        (
            {"epochs": 3, "stop_after": 4},
            "stop_after must be from 0 to the number of epochs, 3, not 4",
        ),
        (
            {"architecture": "costs", "maps": "noise+maze"},
            f"{LEARNS_COSTS}, and noise+maze have no terrain",
        ),
        ({"maps": "rooms", "rows": 1}, "Training maps must have 2x2 to 4096x4096 cells, not 1x16"),
    ],
)
def test_settings_that_are_not_possible_are_refused(changes, message):
    with pytest.raises(VinguiError) as caught:
        TrainSettings(**changes)
    assert str(caught.value) == message


def test_maps_are_generated_by_their_kinds_or_read_from_a_file():
    assert TrainSettings(maps="obstacles+maze").wall_maps == ("obstacles", "maze")
    assert TrainSettings(maps="obstacles+maze").generated
    assert TrainSettings(maps="obstacles.npz").wall_maps == ()
    assert not TrainSettings(maps="obstacles+hills").generated


def test_the_command_repeats_the_settings():
    settings = TrainSettings(
        architecture="vin", maps="my map.json", rows=8, cols=9, goals="anywhere", stop_after=2
    )
    assert settings.command(Path("x/out.keras")) == (
        "vingui train out.keras --architecture vin --maps 'my map.json' --goals anywhere "
        "--stop-after 2 --size 8x9"
    )
    assert shlex.split(TrainSettings().command(Path("a.keras"))) == ["vingui", "train", "a.keras"]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_record_of_settings_is_read_back(preset):
    assert TrainSettings.of_record(asdict(preset.settings)) == preset.settings
    assert TrainSettings.of_record({"learning_rate": 0.5, "density": 0}).density == 0


@pytest.mark.parametrize(
    "content",
    [[], {"speed": 1}, {"epochs": 2.0}, {"epochs": True}, {"maps": 3}, {"moves": "diagonal"}],
)
def test_a_record_of_no_settings_is_refused(content):
    with pytest.raises(VinguiError):
        TrainSettings.of_record(content)
