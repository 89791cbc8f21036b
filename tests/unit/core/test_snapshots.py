"""Snapshots of a training: listed by epoch, and thinned once there are many."""

from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.moves import RULES
from vingui.core.recipe import Recipe, checksum
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


@pytest.mark.parametrize(
    ("epochs", "text"),
    [
        ((), ""),
        ((60,), "after epoch 60"),
        ((0, 1), "after epochs 0 and 1"),
        ((0, 4, 1200), "after epochs 0, 4 and 1,200"),
        (range(21), "after 21 epochs from 0 to 20"),
    ],
)
def test_they_are_named(snapshots, epochs, text):
    for epoch in epochs:
        snapshots.file(epoch).touch()
    assert snapshots.in_words() == text
    snapshots.remove()
    assert snapshots.epochs() == []


def test_a_snapshot_is_known_by_its_place(snapshots):
    assert snapshots.epoch_of(snapshots.file(12)) == 12
    assert snapshots.epoch_of(Path("epoch-00012.keras")) is None
    around = Snapshots.around(snapshots.file(3))
    assert around is not None
    assert around.folder == snapshots.folder
    assert Snapshots.around(snapshots.folder.with_suffix(".keras")) is None


def recipe_of(snapshots, rule="8"):
    return Recipe(
        kind="learning",
        grid=GridMap(np.zeros((2, 2), bool), ((0, 1),)),
        name="",
        model="net",
        sha256="0" * 64,
        rule=rule,
        iterations=3,
        memory=0,
        options={},
        versions={},
        suffix=".gif",
        snapshots=snapshots,
    )


def test_they_are_listed_with_their_checksums(snapshots):
    for epoch in (0, 3):
        snapshots.file(epoch).write_bytes(bytes([epoch]))
    listed = snapshots.listed()
    assert listed == tuple((epoch, checksum(snapshots.file(epoch))) for epoch in (0, 3))
    snapshots.check(recipe_of(listed))
    snapshots.check(recipe_of(listed[1:]))


def test_a_model_without_any_says_how_to_get_some(snapshots):
    with pytest.raises(VinguiError) as caught:
        snapshots.listed()
    assert str(caught.value) == (
        "net has no snapshots of its training for a film of learning. Train a model that keeps "
        "some: vingui train OUT.keras --snapshots"
    )


def test_others_than_those_of_a_film_are_refused(snapshots):
    for epoch in (0, 3):
        snapshots.file(epoch).write_bytes(bytes([epoch]))
    listed = snapshots.listed()
    with pytest.raises(VinguiError, match=r"epoch 5 of checksum 111111111111, .* it is missing$"):
        snapshots.check(recipe_of((*listed, (5, "1" * 64))))
    snapshots.file(3).write_bytes(b"other")
    with pytest.raises(VinguiError, match=r"^The film was made with a snapshot of epoch 3 .* has"):
        snapshots.check(recipe_of(listed))


def test_plans_have_the_name_and_the_rule_of_the_model(snapshots):
    def plan(file):
        return SimpleNamespace(rule=RULES["8"], model=file.stem)

    plans = snapshots.plans(recipe_of(((0, "0" * 64), (3, "1" * 64))), plan)
    assert plans.epochs == [0, 3]
    assert plans.plan(3).model == "net"
    with pytest.raises(
        VinguiError, match=r"^net.snapshots/epoch-00003.keras is no snapshot of net"
    ):
        snapshots.plans(recipe_of(((3, "1" * 64),), rule="4"), plan).plan(3)
