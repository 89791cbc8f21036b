"""Which map of each data set was open last."""

from pathlib import Path

import pytest

from vingui.gui.import_places import Spot, keep_spot, spot_in
from vingui.gui.settings import IMPORT_PLACES, Settings

PATH = Path("/data/mazes.npz")


def test_the_first_map_is_meant_where_none_was_open(qapp):
    assert spot_in(Settings(), PATH) == Spot(0, "")


def test_each_file_has_its_own_and_the_oldest_are_forgotten(qapp):
    settings = Settings()
    keep_spot(settings, PATH, Spot(7, "training"))
    for number in range(49):
        keep_spot(settings, Path(f"/data/{number}.npz"), Spot(number))
    settings.sync()
    assert spot_in(Settings(), PATH) == Spot(7, "training")
    assert spot_in(settings, Path("/data/3.npz")) == Spot(3)
    keep_spot(settings, Path("/data/3.npz"), Spot(4))
    assert spot_in(settings, Path("/data/3.npz")) == Spot(4)
    keep_spot(settings, Path("/data/more.npz"), Spot(1))
    assert spot_in(settings, PATH) == Spot()


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
    settings.set(IMPORT_PLACES, text)
    assert spot_in(settings, PATH) == Spot()
    keep_spot(settings, PATH, Spot(5))
    assert spot_in(settings, PATH) == Spot(5)
