"""Films of a run: which iterations they show, what their frames are, and how they end."""

import hashlib
import sys
from dataclasses import dataclass, field
from itertools import pairwise
from types import SimpleNamespace

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image

from vingui.core.embedding import read_recipe
from vingui.core.errors import VinguiError
from vingui.core.grid import GridMap
from vingui.core.moves import EIGHT
from vingui.core.oracle import solve
from vingui.core.planner_protocol import ExactSolution, GreedyActions, PlanFinished, Values
from vingui.core.recipe import Recipe, versions_here
from vingui.core.run import Run
from vingui.figure.film import draw_film, film_ks, pages, save_film
from vingui.figure.film_options import FILM_SUFFIXES, FilmOptions
from vingui.figure.options import FigureOptions
from vingui.figure.panel import Panel

pytestmark = pytest.mark.slow

KINDS = pytest.mark.parametrize("suffix", FILM_SUFFIXES)


def run_of(count, *, rows=4, cols=5, memory=1 << 28):
    """A run whose V_k is how far the goal's corner has been left behind after k steps."""
    grid = GridMap(np.zeros((rows, cols), bool), ((0, 0),), ((rows - 1, cols - 1),))
    oracle = solve(grid, EIGHT)
    away = np.maximum(*np.indices((rows, cols)))
    frames = [np.where(away <= k, -away, -np.inf).astype(np.float32) for k in range(1, count + 1)]
    ks = np.arange(1, count + 1)
    run = Run(
        grid,
        Values(
            number=1,
            model="dynamic-8",
            rule="8",
            first=1,
            changes=1.0 / ks,
            lows=-np.minimum(ks, away.max()).astype(float),
            highs=np.zeros(count),
            reached=np.array([np.isfinite(frame).mean() for frame in frames]),
            kept=ks,
            value_maps=tuple(frames),
        ),
        memory=memory,
    )
    run.take(ExactSolution(1, oracle.cost_to_go, oracle.optimal))
    actions = oracle.optimal.argmax(axis=-1)
    for k in run.kept:
        known = oracle.optimal.any(axis=-1) & np.isfinite(run.values_at(k)[1])
        run.take(
            GreedyActions(1, k, np.where(known, actions, -1).astype(np.int8), np.packbits(known))
        )
    run.take(
        PlanFinished(
            number=1,
            iterations=count,
            converged=True,
            latent_actions=8,
            reward_channels=1,
            actions=np.where(oracle.optimal.any(axis=-1), actions, -1).astype(np.int8),
            seconds=0.1,
        )
    )
    return run


def frames(run, options, name=""):
    """A film's frames, `(height, width, 3)` each."""
    for page in pages(draw_film(run, options, name), film_ks(run, options)):
        yield page[..., :3].copy()


# Which iterations.


def shown(run, **options):
    return film_ks(run, FilmOptions(**options))


def test_all_iterations_are_shown():
    assert shown(run_of(6)) == (1, 2, 3, 4, 5, 6)
    assert shown(run_of(1)) == (1,)


@pytest.mark.parametrize(
    ("options", "ks"),
    [
        ({"every": 4}, (1, 4, 8, 10)),
        ({"every": 5}, (1, 5, 10)),
        ({"every": 99}, (1, 10)),
        ({"first": 3}, (3, 4, 5, 6, 7, 8, 9, 10)),
        ({"last": 3}, (1, 2, 3)),
        ({"first": 3, "last": 3}, (3,)),
        ({"first": 3, "last": 9, "every": 3}, (3, 6, 9)),
        ({"last": 999, "every": 9}, (1, 9, 10)),
    ],
)
def test_each_nth_iteration_between_the_first_and_the_last(options, ks):
    assert shown(run_of(10), **options) == ks


def test_of_a_thinned_run_those_kept_are_shown():
    run = run_of(41, memory=12 * (4 * 20 + 256))
    assert run.kept == [4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 41]
    assert shown(run) == tuple(run.kept)
    assert shown(run, every=10) == (4, 12, 20, 32, 40, 41)
    assert shown(run, first=5, last=30) == (8, 12, 16, 20, 24, 28)


@given(
    kept=st.sets(st.integers(1, 60), min_size=1).map(sorted),
    every=st.integers(1, 70),
)
def test_the_first_and_the_last_are_always_shown_and_no_gap_is_too_long(kept, every):
    run = SimpleNamespace(kept=kept, latest=kept[-1])
    ks = film_ks(run, FilmOptions(every=every))
    assert (ks[0], ks[-1]) == (kept[0], kept[-1])
    assert set(ks) <= set(kept)
    assert list(ks) == sorted(set(ks))
    for before, after in pairwise(ks):
        assert all(k // every == before // every for k in kept if before < k < after)


def test_a_film_of_no_iteration_is_refused():
    with pytest.raises(VinguiError, match=r"keeps 10 iterations, k = 1 to 10, .* 11 on$"):
        shown(run_of(10), first=11)
    thinned = run_of(41, memory=12 * (4 * 20 + 256))
    with pytest.raises(VinguiError, match=r"keeps 11 iterations, k = 4 to 41, .* 5 to 7$"):
        shown(thinned, first=5, last=7)


# A stand-in for the renderer, and films of it.


@dataclass
class Drawn:
    """A page of 101x61 pixels: a picture that follows k, a line over it and a number."""

    run: Run
    options: FigureOptions
    name: str
    shown: list = field(default_factory=list)

    def __post_init__(self):
        self.figure = Figure(figsize=(1.01, 0.61), dpi=100, facecolor="white")
        axes = self.figure.add_axes((0.1, 0.1, 0.8, 0.7))
        axes.set_axis_off()
        self.image = axes.imshow(self.run.values_at(1)[1], vmin=-5, vmax=0, animated=True)
        (self.line,) = axes.plot([0, 1], [0, 1], color="w", animated=True)
        self.text = self.figure.text(0.4, 0.84, "", fontsize=7, animated=True)
        self.artists = [self.image, self.line, self.text]

    def show(self, k):
        self.shown.append(k)
        values = self.run.values_at(k)[1]
        self.image.set_data(np.where(np.isfinite(values), values, np.nan))
        self.line.set_data([0, k % 5], [0, k % 3])
        self.text.set_text(f"k = {k}")

    def at(self, k):
        """The whole page drawn again, `(height, width, 3)`."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        fresh = Drawn(self.run, self.options, self.name)
        fresh.show(k)
        for artist in fresh.artists:
            artist.set_animated(False)
        canvas = FigureCanvasAgg(fresh.figure)
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[..., :3]


@pytest.fixture
def drawn(monkeypatch):
    """What has been drawn by the stand-in, in turn."""
    made = []

    def draw_figure(run, options, *, name, film_ks):
        made.append(Drawn(run, options, name))
        return made[-1]

    monkeypatch.setitem(
        sys.modules, "vingui.figure.compose", SimpleNamespace(draw_figure=draw_figure)
    )
    return made


def test_a_frame_is_the_figure_drawn_at_its_k(drawn):
    pages = list(frames(run_of(6), FilmOptions(every=2), "corner"))
    assert [page.shape for page in pages] == [(61, 101, 3)] * 4
    assert drawn[0].shown == [1, 2, 4, 6]
    assert drawn[0].name == "corner"
    for k, page in zip((1, 2, 4, 6), pages, strict=True):
        np.testing.assert_array_equal(page, drawn[0].at(k))


@KINDS
def test_a_film_has_a_frame_for_each_k_and_the_last_stays(drawn, tmp_path, suffix):
    run, path, reports = run_of(12), tmp_path / f"film{suffix.upper()}", []
    options = FilmOptions(rate=10, hold=0.7)
    save_film(run, path, options, on_progress=lambda done, total: reports.append((done, total)))
    assert reports == [(done, 12) for done in range(13)]
    if suffix == ".mp4":
        with av.open(str(path)) as container:
            found = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
            assert container.duration / av.time_base == pytest.approx(options.seconds(12))
        assert len(found) == 11 + 7
        assert np.abs(found[-1][:61, :101].astype(int) - drawn[0].at(12)).mean() < 6
        return
    with Image.open(path) as image:
        assert image.n_frames == 12
        total = 0
        for number in range(12):
            image.seek(number)
            image.load()
            total += image.info["duration"]
        last = np.asarray(image.convert("RGB"))
    assert total == pytest.approx(1000 * options.seconds(12))
    wrong = np.abs(last.astype(int) - drawn[0].at(12))
    # Few colours are soft enough not to be kept.
    assert wrong.max() <= (0 if suffix == ".webp" else 40)
    assert wrong.mean() <= (0 if suffix == ".webp" else 1)


@KINDS
def test_a_film_of_few_frames_can_be_followed_and_carries_so(drawn, tmp_path, suffix):
    path = tmp_path / f"film{suffix}"
    save_film(run_of(16), path, FilmOptions())
    if suffix == ".mp4":
        with av.open(str(path)) as container:
            assert container.duration / av.time_base == pytest.approx(5.25)
            assert container.streams.video[0].average_rate == 4
        return
    with Image.open(path) as image:
        lasting = []
        for number in range(image.n_frames):
            image.seek(number)
            image.load()
            lasting.append(image.info["duration"])
    assert lasting == [250] * 15 + [1500]


@KINDS
def test_the_same_run_and_options_make_the_same_bytes(drawn, tmp_path, suffix):
    made = set()
    for number in range(2):
        path = tmp_path / f"{number}{suffix}"
        save_film(run_of(12), path, FilmOptions(), name="corner")
        made.add(hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(made) == 1


@KINDS
def test_a_film_carries_the_recipe_of_the_largest_map(drawn, tmp_path, suffix):
    options, path = FilmOptions(rate=12.5, every=3), tmp_path / f"film{suffix}"
    walls = np.random.default_rng(1).random((1024, 1024)) < 0.5
    walls[5, 6] = walls[900, 3] = False
    recipe = Recipe(
        kind="film",
        grid=GridMap(walls, ((5, 6),), ((900, 3),)),
        name="höhle",
        model="dynamic-8",
        sha256="0" * 64,
        rule="8",
        iterations=12,
        memory=1 << 28,
        options=options.record(),
        versions=versions_here(),
        suffix=suffix,
    )
    save_film(run_of(12), path, options, name="höhle", recipe=recipe)
    found = read_recipe(path)
    assert found.record() == recipe.record()
    assert FilmOptions.of_record(found.options) == options


class CancelledError(Exception):
    """What the one who watches raises to stop a film."""


@KINDS
@pytest.mark.parametrize("after", [1, 7, 12])
def test_a_film_that_is_stopped_leaves_nothing(drawn, tmp_path, suffix, after):
    def watch(done, total):
        if done == after:
            raise CancelledError

    path = tmp_path / f"film{suffix}"
    for before in (None, b"what was there"):
        if before:
            path.write_bytes(before)
        with pytest.raises(CancelledError):
            save_film(run_of(12), path, FilmOptions(), on_progress=watch)
        assert [file.name for file in tmp_path.iterdir()] == ([path.name] if before else [])
        assert not before or path.read_bytes() == before


@KINDS
def test_a_fault_while_drawing_leaves_nothing(drawn, tmp_path, monkeypatch, suffix):
    def show(self, k):
        if k == 5:
            raise RuntimeError("a fault")

    monkeypatch.setattr(Drawn, "show", show)
    with pytest.raises(RuntimeError, match="a fault"):
        save_film(run_of(12), tmp_path / f"film{suffix}", FilmOptions())
    assert list(tmp_path.iterdir()) == []


def test_a_film_is_not_transparent(drawn, tmp_path):
    options = FilmOptions(figure=FigureOptions(background="transparent"))
    next(frames(run_of(2), options))
    assert drawn[0].options.background == "white"
    dark = FilmOptions(figure=FigureOptions(background="dark"))
    next(frames(run_of(2), dark))
    assert drawn[1].options.background == "dark"


def refused(tmp_path, name="film.gif", run=None, **options):
    with pytest.raises(VinguiError) as caught:
        save_film(run or run_of(3), tmp_path / name, FilmOptions(**options))
    assert list(tmp_path.iterdir()) == []
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_another_format_is_refused(drawn, tmp_path):
    message = refused(tmp_path, "film.avi")
    assert message == "film.avi: The name of a film must end in .gif, .mp4 or .webp"
    assert refused(tmp_path, "film").startswith("film: ")


def test_a_rate_that_viewers_of_gifs_slow_down_is_refused_for_a_gif_only(drawn, tmp_path):
    message = refused(tmp_path, rate=50.1)
    assert message.startswith("Viewers slow down GIFs of more than 50 frames a second")
    save_film(run_of(3), tmp_path / "film.gif", FilmOptions(rate=50))
    save_film(run_of(3), tmp_path / "film.webp", FilmOptions(rate=60))


def test_no_iterations_a_page_too_large_and_nothing_that_moves_are_refused(
    drawn, tmp_path, monkeypatch
):
    assert refused(tmp_path, first=4).startswith(
        "The film would be empty: the run keeps 3 iterations"
    )
    whole = Drawn.__post_init__

    def larger(self):
        whole(self)
        self.figure.set_dpi(4200)

    monkeypatch.setattr(Drawn, "__post_init__", larger)
    message = refused(tmp_path)
    assert message.startswith(
        "This film would have 4,242 x 2,562 pixels, and films have sides of at most 4,096"
    )

    def still(self):
        whole(self)
        self.artists = []

    monkeypatch.setattr(Drawn, "__post_init__", still)
    assert (
        refused(tmp_path)
        == "Nothing in this film would change; give it a panel without a fixed iteration"
    )


def test_a_folder_that_is_not_there_is_named(drawn, tmp_path):
    with pytest.raises(VinguiError, match=r"film\.mp4: The file cannot be written"):
        save_film(run_of(3), tmp_path / "nowhere" / "film.mp4", FilmOptions())


# Films as the renderer draws them.


def drawn_whole(run, options, k):
    """A film's page drawn as a whole, without a background that is kept, `(height, width, 3)`."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from vingui.figure.compose import draw_figure

    moving = draw_figure(run, options, name="corner", film_ks=run.kept)
    moving.show(k)
    for artist in moving.artists:
        artist.set_animated(False)
    canvas = FigureCanvasAgg(moving.figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]


@pytest.mark.parametrize("background", ["white", "dark"])
@pytest.mark.parametrize(
    "panels",
    [
        (Panel("map"), Panel("value")),
        (Panel("value", k=2), Panel("difference"), Panel("outcomes"), Panel("convergence")),
    ],
)
def test_frames_are_the_page_drawn_as_a_whole(tmp_path, panels, background):
    run, figure = run_of(5), FigureOptions(panels=panels, dpi=100, background=background)
    options = FilmOptions(figure=figure, every=2)
    pages = list(frames(run, options, "corner"))
    for k, page in zip(film_ks(run, options), pages, strict=True):
        np.testing.assert_array_equal(page, drawn_whole(run, figure, k))
    path = tmp_path / "film.webp"
    save_film(run, path, options, name="corner")
    with Image.open(path) as image:
        for number, page in enumerate(pages):
            image.seek(number)
            np.testing.assert_array_equal(np.asarray(image.convert("RGB")), page)


def test_the_last_frame_is_the_figure():
    from vingui.figure.compose import draw_figure
    from vingui.figure.saving import pixels_of

    figure = FigureOptions(panels=(Panel("value"),), dpi=100, key=False, caption="")
    *_, last = frames(run_of(5), FilmOptions(figure=figure))
    differ = (last != pixels_of(draw_figure(run_of(5), figure).figure)[..., :3]).any(axis=2)
    # The label of the bar, which leaves room for the longest numbers of the film.
    assert differ.mean() < 0.005
    assert not differ[:, : differ.shape[1] * 4 // 5].any()


def test_no_more_is_read_than_is_shown(make_run):
    grid = GridMap(np.zeros((6, 20), bool), ((0, 0),), ((5, 19),))
    whole, run, requested = make_run(grid), make_run(grid, readouts=False), []

    def read(request):
        requested.append(request.k)
        return whole.readouts.known(request)

    run.readouts.reader = read
    options = FilmOptions(figure=FigureOptions(dpi=100), every=7)
    assert len(list(frames(run, options))) == 4
    assert sorted(set(requested)) == list(film_ks(run, options))[:-1]


def test_frames_differ_while_the_values_do():
    pages = list(frames(run_of(5), FilmOptions(figure=FigureOptions(dpi=100))))
    assert len({page.tobytes() for page in pages}) == 5


def test_a_film_is_the_same_whatever_the_users_style_is():
    import matplotlib as mpl

    options = FilmOptions(figure=FigureOptions(dpi=100), every=99)
    plain = [page.tobytes() for page in frames(run_of(3), options)]
    given = {"text.hinting": "none", "image.interpolation": "bicubic", "lines.linewidth": 9}
    with mpl.rc_context(given):
        assert [page.tobytes() for page in frames(run_of(3), options)] == plain
        assert mpl.rcParams["text.hinting"] == "none"


@pytest.mark.parametrize("count", [40, 300, 2000])
def test_a_film_that_would_take_hours_is_refused(tmp_path, monkeypatch, count):
    run = run_of(count)
    frame = next(frames(run, FilmOptions()))
    pixels = frame.shape[0] * frame.shape[1]
    monkeypatch.setattr("vingui.figure.film.MOST_PIXELS", 39 * pixels)
    with pytest.raises(VinguiError, match=f"The film has {len(run.kept):,} frames of .* hours"):
        save_film(run, tmp_path / "a.gif", FilmOptions())
    assert not list(tmp_path.iterdir())
    save_film(run, tmp_path / "a.gif", FilmOptions(every=count))
