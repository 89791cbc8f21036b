"""Films of learning: which epochs they show, and frames of one layout."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.snapshots import SnapshotPlans
from vingui.core.value_colours import rgb
from vingui.figure.film_options import FilmOptions
from vingui.figure.learning import film_epochs, learning_page, save_learning
from vingui.figure.options import FigureOptions
from vingui.figure.panel import Panel
from vingui.figure.theme import LIGHT

EPOCHS = (0, 1, 2, 5)


@pytest.fixture
def plans(make_run):
    """Networks that look as many steps ahead as their epoch, and one more."""
    walls = np.zeros((5, 7), bool)
    walls[1:4, 3] = True
    grid = GridMap(walls, ((2, 6),), ((0, 4), (2, 0)))
    return SnapshotPlans(EPOCHS, lambda epoch: make_run(grid, iterations=epoch + 1))


def film_of(plans, path, **options):
    """The film's frames, `(n, height, width, 3)`, and their durations in milliseconds."""
    figure = options.pop("figure", FigureOptions(dpi=80))
    save_learning(plans, path, FilmOptions(figure=figure, **options), name="two rooms")
    frames, durations = [], []
    with Image.open(path) as film:
        for number in range(film.n_frames):
            film.seek(number)
            film.load()
            durations.append(film.info["duration"])
            frames.append(np.asarray(film.convert("RGB")))
    return np.stack(frames), durations


def test_each_epoch_has_a_frame_and_the_last_one_stays(plans, tmp_path):
    frames, durations = film_of(plans, tmp_path / "film.webp")
    assert len(frames) == len(EPOCHS)
    assert durations == [667, 666, 667, 1500]
    _, durations = film_of(plans, tmp_path / "film.webp", rate=4, hold=2)
    assert durations == [250, 250, 250, 2000]


def test_epochs_are_chosen_as_iterations_are(plans):
    assert film_epochs(plans, FilmOptions()) == EPOCHS
    assert film_epochs(plans, FilmOptions(every=2)) == (0, 2, 5)
    assert film_epochs(plans, FilmOptions(first=1, last=2)) == (1, 2)
    with pytest.raises(VinguiError, match="has 4 snapshots, of epochs 0 to 5, and none that"):
        film_epochs(plans, FilmOptions(first=3, last=4))


def test_frames_differ_in_what_was_learned_and_not_in_their_layout(plans, tmp_path):
    frames, _ = film_of(plans, tmp_path / "film.webp")
    same = (frames == frames[0]).all(axis=(0, 3))
    # Walls, frames, colour bar and key.
    assert same.mean() > 0.6
    # The middle of the wall of both panels.
    assert (frames < 100).all(axis=(0, 3)).sum() > 200
    assert (frames[1:] != frames[:-1]).any(axis=(1, 2, 3)).all()


def test_a_panel_with_an_iteration_changes_from_frame_to_frame_too(make_run, tmp_path):
    grid = GridMap(np.zeros((4, 6), bool), ((0, 5),), ((3, 0),))
    turns = [{(3, 0): action} for action in (0, 2, 4)]
    plans = SnapshotPlans(
        range(3), lambda epoch: make_run(grid, iterations=9, changes=turns[epoch])
    )
    figure = FigureOptions(panels=(Panel("map", k=2),), dpi=80, caption="")
    frames, _ = film_of(plans, tmp_path / "film.webp", figure=figure)
    # Only the lines of the map, for the heading is below it.
    changed = (frames[1:] != frames[:-1]).any(axis=3)
    assert changed[:, : frames.shape[1] // 2].any(axis=(1, 2)).all()


def test_a_first_wrong_step_is_in_the_key_of_all_frames(make_run, tmp_path):
    grid = GridMap(np.zeros((4, 6), bool), ((0, 5),), ((3, 0),))
    plans = SnapshotPlans(
        range(2), lambda epoch: make_run(grid, changes={} if epoch else {(3, 0): 0})
    )
    shown = [
        film_of(plans, tmp_path / "film.webp", figure=FigureOptions(dpi=80, diagnosis=diagnosis))[0]
        for diagnosis in (False, True)
    ]
    red = [(abs(frames.astype(int) - rgb(LIGHT.error)) < 6).all(axis=3) for frames in shown]
    before, after = (marks.sum(axis=(1, 2)) for marks in red)
    assert (before == 0).all()
    assert after[0] > after[1] > 0


def test_colours_have_the_same_limits_in_all_frames_unless_fitted(make_run, tmp_path):
    # All networks give the goal the value 0; how low their values get differs.
    grid = GridMap(np.zeros((3, 8), bool), ((1, 0),), ())
    plans = SnapshotPlans((1, 2, 7), lambda epoch: make_run(grid, iterations=epoch))
    lowest = {}
    for scale in ("run", "frame"):
        figure = FigureOptions(panels=(Panel("value"),), dpi=80, scale=scale, arrows=False)
        frames, _ = film_of(plans, tmp_path / "film.webp", figure=figure)
        lowest[scale] = (abs(frames.astype(int) - (68, 1, 84)) < 6).all(axis=3).sum(axis=(1, 2))
    # At first only the colour bar has the lowest colour.
    assert lowest["run"][0] == lowest["run"][1] < lowest["run"][2]
    assert (lowest["frame"][:2] > 2 * lowest["run"][0]).all()


def test_every_panel_can_be_filmed(plans, tmp_path):
    layers = ("map", "value", "q", "reward", "exact", "difference", "outcomes", "convergence")
    figure = FigureOptions(panels=tuple(map(Panel, layers)), dpi=60, background="transparent")
    frames, _ = film_of(plans, tmp_path / "film.gif", figure=figure, every=5)
    assert len(frames) == 2
    assert frames[0, 0, 0].tolist() == [255, 255, 255]


def test_progress_is_reported_and_old_plans_are_freed(plans, tmp_path):
    alive, most, reports = weakref.WeakSet(), [], []

    def plan(epoch):
        gc.collect()
        most.append(len(alive))
        run = plans.plan(epoch)
        alive.add(run)
        return run

    save_learning(
        replace(plans, plan=plan),
        tmp_path / "film.gif",
        FilmOptions(figure=FigureOptions(dpi=60)),
        on_progress=lambda *report: reports.append(report),
    )
    assert reports == [(done, 4) for done in (0, 0, 0, 0, 1, 2, 3, 4)]
    assert max(most) <= 2


def test_no_file_is_left_when_a_network_cannot_plan(plans, tmp_path):
    def plan(epoch):
        if epoch == 5:
            raise VinguiError("This network cannot plan")
        return plans.plan(epoch)

    with pytest.raises(VinguiError, match="cannot plan"):
        save_learning(replace(plans, plan=plan), tmp_path / "film.gif", FilmOptions())
    with pytest.raises(VinguiError, match="must end in"):
        save_learning(plans, tmp_path / "film.png", FilmOptions())
    assert list(tmp_path.iterdir()) == []


def test_the_page_of_the_last_epoch_is_the_last_frame(plans, pixels, tmp_path):
    last = replace(plans, epochs=(5,))
    frames, _ = film_of(last, tmp_path / "film.webp")
    options = FilmOptions(figure=FigureOptions(dpi=80))
    page = learning_page(plans.plan(5), options, "two rooms", epoch=5)
    assert np.array_equal(pixels(page), frames[0])


@pytest.mark.parametrize(
    ("epoch", "iterations", "text"),
    [
        (0, 1, "Before training: 0 of 2 starts reach the goal"),
        (3, 4, "After epoch 3 of 3: 1 of 2 starts reaches the goal, 1 by a shortest path"),
        (1200, 9, "After epoch 1,200 of 1,200: 2 of 2 starts reach the goal, 2 by a shortest path"),
    ],
)
def test_the_caption_says_how_far_it_has_learned(make_run, epoch, iterations, text):
    grid = GridMap(np.zeros((4, 9), bool), ((0, 8),), ((0, 0), (3, 5)))
    run = make_run(grid, iterations=iterations)
    page = learning_page(run, FilmOptions(), "", epoch=epoch)
    assert text in [line.get_text() for line in page.texts]
