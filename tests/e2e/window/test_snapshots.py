"""A few pictures, compared with those that somebody has looked at.

After an intended change: `pytest tests/e2e/window/test_snapshots.py --update-snapshots`, and look
at the new ones. They show no words, as fonts differ between machines.
"""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from vingui.gui import settings as entries
from vingui.gui.canvas.legibility import ARROWS_FROM
from vingui.paths import MAPS

SNAPSHOTS = Path(__file__).parents[2] / "snapshots"
SIDE = 280
"""Pixels of the views: so small that the numbers of starts are specks."""

MEAN = 2.0
"""Of 255 steps: how far pixels may be apart on average, as lines are smoothed differently."""

FAR, SHARE = 48, 0.01
"""And so many steps apart only this share of them."""


def pixels(image):
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    flat = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return flat[:, : 3 * image.width()].reshape(image.height(), -1, 3).astype(int)


@pytest.fixture
def assert_like(request, tmp_path):
    """Compares a picture with the one kept under a name, or keeps it."""

    def compare(image, name):
        file = SNAPSHOTS / f"{name}.png"
        if request.config.getoption("--update-snapshots"):
            SNAPSHOTS.mkdir(exist_ok=True)
            assert image.save(str(file))
            return
        expected, received = pixels(QImage(str(file))), pixels(image)
        assert received.shape == expected.shape
        apart = np.abs(received - expected).max(axis=-1)
        if apart.mean() > MEAN or (apart > FAR).mean() > SHARE:
            image.save(str(tmp_path / file.name))
            pytest.fail(
                f"{file.name} is another picture: {apart.mean():.2f} steps apart, "
                f"{(apart > FAR).mean():.2%} far; see {tmp_path / file.name}"
            )

    return compare


def shown(user, name, *, theme="light", layer="value", starts=True):
    """A sample in views of a fixed size, without numbers, once all is known of it."""
    settings = user.session.settings
    settings.set(entries.THEME, theme)
    settings.set(entries.LAYER, layer)
    for view in (user.map_view, user.value_view):
        view.setFixedSize(SIDE, SIDE)
    user.window.filing.open_path(MAPS / f"{name}.json")
    user.until(lambda: user.document.path is not None and user.document.path.stem == name)
    if not starts:
        user.document.replace(user.grid.with_starts(()))
    run = user.wait_for_plan()
    user.until(lambda: run.readouts.of_cell(run.latest, (0, 0)) is not None)
    user.until(lambda: bool(user.session.trajectories) is starts)
    user.session.camera.fit()
    # Where cells are too small for arrows, words would say so.
    settings.set(entries.SHOW_ARROWS, user.session.camera.scale >= ARROWS_FROM)
    user.session.set_hovered(None)
    user.until(lambda: user.value_view.viewport().width() == SIDE)
    return run


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_value_view(drive, assert_like, theme):
    def steps(user):
        shown(user, "first-steps", theme=theme, starts=False)
        assert_like(user.picture(user.value_view), f"value-{theme}")

    assert drive(steps) == 0


def test_values_that_are_on_their_way(drive, assert_like):
    def steps(user):
        run = shown(user, "spiral", starts=False)
        user.session.settings.set(entries.SHOW_CONTOURS, True)
        user.session.playback.seek(run.latest // 2)
        user.until(lambda: run.readouts.of_cell(user.session.k, (0, 0)) is not None)
        assert_like(user.picture(user.value_view), "value-half-way")

    assert drive(steps) == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_map_with_trajectories(drive, assert_like, theme):
    def steps(user):
        shown(user, "obstacle-field", theme=theme)
        assert_like(user.picture(user.map_view), f"map-{theme}")

    assert drive(steps) == 0


def test_the_outcomes_of_all_cells(drive, assert_like):
    def steps(user):
        run = shown(user, "diamonds", layer="outcomes")
        user.session.playback.seek(run.latest // 2)
        user.until(lambda: run.readouts.of_cell(user.session.k, (0, 0)) is not None)
        assert_like(user.picture(user.value_view), "outcomes")

    assert drive(steps) == 0
