"""The snapshots of films of learning: listed by checksum, and compared with those of a recipe."""

import pytest

from vingui.cli.snapshot_plans import check_snapshots, list_snapshots
from vingui.core.errors import VinguiError
from vingui.core.recipe import checksum
from vingui.core.snapshots import Snapshots


@pytest.fixture
def model(tmp_path):
    """A model with two snapshots; no network is read."""
    file = tmp_path / "mine.keras"
    snapshots = Snapshots(file)
    snapshots.folder.mkdir()
    for epoch in (0, 3):
        snapshots.file(epoch).write_bytes(bytes([epoch]))
    return file


def test_snapshots_are_listed_with_their_checksums(model):
    listed = list_snapshots(model)
    assert listed == tuple((epoch, checksum(Snapshots(model).file(epoch))) for epoch in (0, 3))
    check_snapshots(model, listed)
    check_snapshots(model, listed[1:])


def test_a_model_without_snapshots_is_told_how_to_get_some(tmp_path):
    with pytest.raises(VinguiError) as caught:
        list_snapshots(tmp_path / "mine.keras")
    assert str(caught.value) == (
        "mine has no snapshots of its training for a film of learning. Train a model that keeps "
        "some: vingui train OUT.keras --snapshots"
    )


def test_other_snapshots_than_those_of_a_film_are_refused(model):
    listed = list_snapshots(model)
    with pytest.raises(VinguiError, match=r"epoch 5 of checksum 111111111111, .* it is missing$"):
        check_snapshots(model, [*listed, (5, "1" * 64)])
    Snapshots(model).file(3).write_bytes(b"other")
    with pytest.raises(VinguiError, match=r"^The film was made with a snapshot of epoch 3 .* has"):
        check_snapshots(model, listed)
