"""Snapshots of a training: listed by epoch, and thinned once there are many."""

from itertools import pairwise
from pathlib import Path

import pytest

from vingui.core.snapshots import Snapshots


@pytest.fixture
def snapshots(tmp_path):
    kept = Snapshots(tmp_path / "net.keras")
    kept.folder.mkdir()
    return kept


def test_they_are_beside_the_model():
    assert Snapshots(Path("a/net.keras")).file(7) == Path("a/net.snapshots/epoch-00007.keras")
    assert Snapshots(Path("nowhere/net.keras")).epochs() == []


def test_they_are_listed_by_epoch_and_thinned_once_there_are_many(snapshots):
    for epoch in range(201):
        snapshots.file(epoch).touch()
        snapshots.thin()
    epochs = snapshots.epochs()
    assert len(epochs) == 64
    assert epochs[:10] == list(range(10))
    assert epochs[-1] == 200
    ratios = [(later + 1) / (one + 1) for one, later in pairwise(epochs[10:-1])]
    assert max(ratios) < 1.2
    (snapshots.folder / "epoch-x.keras").touch()
    (snapshots.folder / "00003.keras").touch()
    assert snapshots.epochs() == epochs


def test_a_snapshot_is_known_by_its_place(snapshots):
    assert snapshots.epoch_of(snapshots.file(12)) == 12
    assert snapshots.epoch_of(Path("epoch-00012.keras")) is None
    around = Snapshots.around(snapshots.file(3))
    assert around is not None
    assert around.folder == snapshots.folder
    assert Snapshots.around(snapshots.folder.with_suffix(".keras")) is None
