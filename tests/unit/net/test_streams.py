"""The maps that the shipped models were trained and marked on are the same for good.

The cards' commands promise the same weights and the same marks again, so these maps may not change
with what `vingui generate` and the window draw by default.
"""

import hashlib
import json

import numpy as np
import pytest

from vingui.core.cards import ModelCard
from vingui.core.train_settings import HELD_OUT_SEED, TrainSettings
from vingui.net.train import training_data
from vingui.net.train_and_evaluate import held_out_maps, held_out_suite
from vingui.paths import MODELS

TRAINING = {
    "costs-elevation": "f4815565f8267c1b",
    "costs-picture-8": "ffb500826312d787",
    "dynamic-4": "53f5e03f5fb7ba16",
    "dynamic-8": "53f5e03f5fb7ba16",
    "dynamic-8-both-free": "53f5e03f5fb7ba16",
    "dynamic-8-one-free": "53f5e03f5fb7ba16",
    "vin-16x16": "cb9e234c83e5919a",
    "vin-28x28": "089493b5a3e00b1a",
    "vin-8x8": "eef5ec4002d30e69",
}
MARKS = {
    ("caves", 128): "1f05b1af66621d41",
    ("caves", 256): "d07c5e28bc3f9aa6",
    ("caves", 512): "dcfd54d2923c3711",
    ("maze", 51): "ced5259d8fc64ecb",
    ("maze", 101): "3e06d6730fe3bbb1",
    ("mountains", 16): "9a0418230de15a98",
    ("mountains", 28): "9c55d004e7eed3d6",
    ("mountains", 64): "bc82d0d90112fd58",
    ("mountains", 128): "5d7b0eb0e9cc60e5",
    ("obstacles", 8): "9e0943c5ad82dbfd",
    ("obstacles", 16): "0a98ef8ed41de220",
    ("obstacles", 28): "6f2d1bcc9e9e71eb",
    ("obstacles", 512): "0a81ff45d8856e3a",
    ("patches", 16): "6ac76141ec63c426",
    ("patches", 28): "48e3187977c5644d",
    ("patches", 128): "2209a08a40339caa",
    ("roads", 64): "f5746028eb778707",
    ("rooms", 128): "5c1f4d56a9e98c74",
    ("rooms", 256): "2cc6064314e765a7",
}


def digest(maps):
    """A checksum of walls, terrain, elevation, goals and starts."""
    summed = hashlib.sha256()
    for grid in maps:
        summed.update(np.packbits(grid.walls).tobytes())
        for cells in (grid.terrain, grid.elevation):
            summed.update(b"" if cells is None else cells.tobytes())
        summed.update(json.dumps([grid.walls.shape, grid.goal, grid.starts]).encode())
    return summed.hexdigest()[:16]


def settings_of(name):
    return TrainSettings(**ModelCard.read(MODELS / f"{name}.json").settings)


def batches(settings):
    """Some batches of the first, a middle and the last epoch."""
    data = training_data(settings)
    for epoch in (0, settings.epochs // 2, settings.epochs - 1):
        data.epoch = epoch
        for index in (0, 1, settings.batches - 1):
            yield from data.maps(index)


CARDS = sorted(path.stem for path in MODELS.glob("*.json"))


@pytest.mark.parametrize("name", CARDS)
def test_training_goes_on_drawing_the_maps_of_the_card(name):
    assert digest(batches(settings_of(name))) == TRAINING[name]


@pytest.mark.parametrize("name", CARDS)
def test_marks_are_on_the_maps_of_the_card(name):
    for kind, side, count, _ in held_out_suite(settings_of(name)):
        few = min(count, 20 if side < 100 else 2)
        maps = held_out_maps(kind, side=side, count=few, seed=HELD_OUT_SEED)
        assert digest(maps) == MARKS[kind, side]
