"""`vingui train`: what its options make of the settings, and what it refuses."""

import argparse
from pathlib import Path

import pytest

from vingui.cli import train
from vingui.core.errors import VinguiError
from vingui.core.train_settings import PRESETS, TrainSettings


def options_of(*words):
    parser = argparse.ArgumentParser()
    train.add_parser(parser.add_subparsers())
    return parser.parse_args(["train", "out.keras", *words])


def settings_of(*words):
    return train._settings(options_of(*words))


def test_options_change_the_preset():
    preset = next(preset for preset in PRESETS if preset.name == "paper").settings
    assert settings_of("--preset", "paper") == preset
    changed = settings_of("--preset", "paper", "--size", "9x10", "--seed", "3", "--maps", "maze")
    assert (changed.rows, changed.cols, changed.seed, changed.maps) == (9, 10, 3, "maze")
    assert changed.iterations == preset.iterations


def test_the_command_on_a_card_gives_the_same_settings():
    settings = TrainSettings(
        architecture="vin",
        maps="noise+caves",
        density=0.3,
        goals="anywhere",
        held_out=5,
        mirrored=True,
        weights="vin-8x8",
        stop_after=3,
        rows=5,
    )
    words = settings.command(Path("out.keras")).split()
    assert settings_of(*words[3:]) == settings


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--preset", "terrain"], "The preset terrain learns from my demonstrations in the window"),
        (["--minutes", "-1"], "--minutes must be 0 or more, not -1.0"),
        (["--minutes", "nan"], "--minutes must be 0 or more, not nan"),
        (["--index", "1"], "The index of a worker needs the addresses of all workers"),
        (["--workers", "a:1,b:1"], "Which of the workers is this one? Give its index"),
        (["--workers", "a:1,b:1", "--index", "2"], "The index of a worker must be from 0 to 1"),
        (["--workers", "a:1,b", "--index", "0"], "The address of a worker must be HOST:PORT"),
        (["--workers", "a:1,b:1", "--index", "0", "--seeds", "0-3"], "--workers train one network"),
    ],
)
def test_what_is_not_possible_is_refused_before_tensorflow_is_loaded(words, message):
    with pytest.raises(VinguiError) as caught:
        train.run(options_of(*words))
    assert str(caught.value).startswith(message)


def test_snapshots_are_of_chosen_epochs_or_of_all():
    assert options_of().snapshots is False
    assert options_of("--snapshots").snapshots is True
    assert options_of("--snapshots", "0,1,32").snapshots == (0, 1, 32)


@pytest.mark.parametrize("text", ["1,x", "-1", "1,,2", "1.5", "out.keras"])
def test_epochs_that_are_none_are_refused(text, capsys):
    with pytest.raises(SystemExit):
        options_of(f"--snapshots={text}")
    assert "must be epochs from 0, such as 0,1,2,4,8" in capsys.readouterr().err
