import json
import os
import subprocess
import sys
from contextlib import suppress
from threading import Event

import numpy as np
import pytest
from PIL import Image

from vingui.core import files
from vingui.core.embedding import read_recipe
from vingui.core.figure_protocol import (
    DataNeeded,
    Drawn,
    DrawRequest,
    EvaluationFigureRequest,
    ExportRequest,
    Failed,
    NewRun,
    NewStarts,
    Progress,
    StopRequest,
    Written,
)
from vingui.core.grid import GridMap
from vingui.core.pipe import receive, send
from vingui.core.planner_protocol import (
    ExactSolution,
    GreedyActions,
    Ping,
    PlanFinished,
    PolicyReadout,
    Pong,
)
from vingui.core.value_history import VALUES_BUDGET
from vingui.figure import FigureOptions, Panel
from vingui.figure.compose import draw_figure
from vingui.figure.film import draw_film, film_ks, pages
from vingui.figure.film_options import FilmOptions
from vingui.figure.learning import learning_page
from vingui.figure.message_queue import MessageQueue
from vingui.figure.saving import pixels_of
from vingui.figure.worker import Worker
from vingui.paths import MODELS

pytestmark = pytest.mark.slow

FIGURE = FigureOptions(dpi=60)
FILM = FilmOptions(figure=FigureOptions(dpi=60, panels=(Panel("value"),)))


def picture_of(run, options, *, name):
    """A figure's pixels, `(height, width, 4)`."""
    return pixels_of(draw_figure(run, options, name=name).figure)


@pytest.fixture
def run(make_run):
    return make_run(GridMap(np.zeros((6, 9), bool), ((4, 7),), ((1, 1),)))


class ClosedWhenEmpty(MessageQueue):
    """A queue to which nothing is added once it is empty."""

    def take(self, *, wait):
        message = super().take(wait=False)
        if message is None and wait:
            self.close()
        return message


@pytest.fixture
def answered():
    """Answers messages; a function may put more into the queue when a reply comes."""

    def give_nothing(queue, reply):
        if isinstance(reply, DataNeeded):
            queue.close()

    def answer(messages, on_reply=give_nothing):
        queue, replies = ClosedWhenEmpty(), []

        def reply(message):
            replies.append(message)
            on_reply(queue, message)

        for message in messages:
            queue.put(message)
        worker = Worker(queue, reply)
        while not queue.closed:
            worker.run_once()
        return replies

    return answer


def run_messages(run, *, without=()):
    """The messages that make a run known."""
    yield NewRun(run.grid, VALUES_BUDGET)
    replies = (*run.replies(), *(run.readouts.of_cell(k, (0, 0)) for k in run.kept))
    yield from (reply for reply in replies if not isinstance(reply, without))


def draw(number=1, options=FIGURE, **changes):
    given = {"kind": "figure", "k": 0, "name": "room", "model": "dynamic-8", "most_pixels": 0}
    return DrawRequest(number=number, options=json.dumps(options.record()), **given | changes)


def export(path, number=1, kind="figure", options=FIGURE, **changes):
    text = json.dumps(options.record()) if options else ""
    given = {"k": 0, "name": "room", "model": "dynamic-8"}
    return ExportRequest(number, kind, str(path), text, **given | changes)


def giving(run):
    """Tells what is wanted of a run, after a preview that has to wait for it."""

    def give(queue, reply):
        if isinstance(reply, DataNeeded):
            queue.put(draw(90 + reply.request.k, most_pixels=10_000))
            queue.put(run.readouts.known(reply.request))

    return give


def test_a_picture_is_the_one_that_the_renderer_draws(run, answered):
    (drawn,) = answered([*run_messages(run), draw()])
    assert isinstance(drawn, Drawn)
    assert np.array_equal(drawn.picture, picture_of(run, FIGURE, name="room"))
    assert (drawn.height, drawn.width) == drawn.picture.shape[:2]
    assert drawn.millimetres == pytest.approx(np.array([drawn.width, drawn.height]) / 60 * 25.4)


def test_a_preview_is_coarser_and_says_how_large_the_file_is(run, answered):
    options = FigureOptions(dpi=300)
    coarse, fine = answered(
        [*run_messages(run), draw(1, options, most_pixels=100_000), draw(2, options)]
    )
    assert coarse.picture.shape[0] * coarse.picture.shape[1] <= 100_000
    assert (coarse.width, coarse.height) == (fine.width, fine.height)


def test_of_previews_only_the_newest_is_drawn(run, answered):
    requests = [draw(number, most_pixels=10_000) for number in (1, 2, 3)]
    replies = answered([*run_messages(run), requests[0], draw(9), *requests[1:]])
    assert [reply.number for reply in replies] == [9, 3]


def test_panels_without_an_iteration_take_the_requested_one(run, answered):
    at_two = FigureOptions(dpi=60, panels=(Panel("map", 2), Panel("value", 2)))
    shown, same = answered([*run_messages(run), draw(1, k=2), draw(2, at_two)])
    assert np.array_equal(shown.picture, same.picture)


def test_a_frame_of_a_film_describes_the_film(run, answered):
    (drawn,) = answered([*run_messages(run), draw(1, FILM, kind="film", k=3)])
    assert drawn.frames == run.latest
    assert drawn.seconds == pytest.approx(FILM.seconds(run.latest))
    drawn_pages = pages(draw_film(run, FILM, "room"), film_ks(run, FILM))
    page = [page[..., :3].copy() for page in drawn_pages][2]
    assert np.array_equal(drawn.picture[..., :3], page)


def test_other_starts_are_drawn_with_the_same_plan(run, make_run, answered):
    grid = run.grid.with_starts(((5, 0), (0, 8)))
    before, after = answered([*run_messages(run), draw(1), NewStarts(grid), draw(2)])
    assert not np.array_equal(before.picture, after.picture)
    assert np.array_equal(after.picture, picture_of(make_run(grid), FIGURE, name="room"))


@pytest.mark.parametrize(
    ("panels", "ks"),
    [
        ((Panel("q", 3), Panel("map", 2)), {2, 3}),
        ((Panel("outcomes", 4), Panel("reward")), {4}),
        ((Panel("value", 2), Panel("exact")), {2}),
    ],
)
def test_policies_that_a_drawing_needs_are_requested(run, answered, panels, ks):
    options = FigureOptions(dpi=60, panels=panels)
    messages = [*run_messages(run, without=(PolicyReadout, GreedyActions)), draw(1, options)]
    replies = answered(messages, giving(run))
    requested = {reply.request.k for reply in replies if isinstance(reply, DataNeeded)}
    # The preview that is drawn meanwhile shows the last.
    assert requested == ks | {run.latest}
    drawn = next(one for one in replies if isinstance(one, Drawn) and one.number == 1)
    assert np.array_equal(drawn.picture, picture_of(run, options, name="room"))


def test_a_plot_of_the_convergence_requests_all_that_it_shows(run, answered):
    options = FigureOptions(dpi=60, panels=(Panel("convergence"),))
    messages = [*run_messages(run, without=(PolicyReadout, GreedyActions)), draw(1, options)]
    replies = answered(messages, giving(run))
    requested = {reply.request.k for reply in replies if isinstance(reply, DataNeeded)}
    assert {*requested, run.latest} == set(run.kept)
    drawn = next(one for one in replies if isinstance(one, Drawn) and one.number == 1)
    assert np.array_equal(drawn.picture, picture_of(run, options, name="room"))


def test_a_request_that_was_stopped_before_its_turn_is_not_drawn(run, answered):
    replies = answered([*run_messages(run), draw(1), draw(2), StopRequest(1)])
    assert [type(reply) for reply in replies] == [Failed, Drawn]
    assert (replies[0].number, replies[0].reason) == (1, "")


@pytest.mark.parametrize("suffix", [".png", ".webp", ".svg", ".pdf"])
def test_a_figure_is_written_with_its_recipe(run, answered, tmp_path, suffix):
    path = tmp_path / f"figure{suffix}"
    (written,) = answered([*run_messages(run), export(path, k=2)])
    assert isinstance(written, Written), written
    assert written.size == path.stat().st_size
    recipe = read_recipe(path)
    assert recipe.kind == "figure"
    assert recipe.grid == run.grid
    assert (recipe.name, recipe.model, recipe.rule) == ("room", "dynamic-8", run.rule.name)
    assert recipe.iterations == run.latest
    assert recipe.options["panels"] == ["map@2", "value@2"]


def test_the_charts_of_an_evaluation_are_written_without_a_run(answered, tmp_path):
    group = {"starts": 4, "success": 3, "optimal": 2}
    row = {
        "dataset": "rooms",
        "model": "vin-8x8",
        "moves": "8",
        "iterations": 10,
        "reference": False,
        "maps": 2,
        "starts": 4,
        "by_length": [{"from": 0, "to": 10, **group}],
        "by_k": [{"k": k, **group} for k in (1, 10)],
    }
    path, options = tmp_path / "charts.png", json.dumps(FIGURE.record())
    (written,) = answered([EvaluationFigureRequest(1, str(path), [row], options)])
    assert isinstance(written, Written), written
    assert written.size == path.stat().st_size
    missing = EvaluationFigureRequest(2, str(tmp_path / "no" / "x.png"), [row], options)
    (failed,) = answered([missing])
    assert isinstance(failed, Failed)
    assert failed.reason == "x.png: The file cannot be written: No such file or directory"
    assert failed.traceback == ""


def test_the_recipe_names_the_model_of_a_file_as_captions_do(run, answered, tmp_path):
    path = tmp_path / "figure.png"
    answered([*run_messages(run), export(path, model=str(MODELS / "dynamic-8.keras"))])
    assert read_recipe(path).model == run.model == "dynamic-8"


def test_the_last_frame_of_a_film_of_learning_is_previewed(run, answered):
    (drawn,) = answered([*run_messages(run), draw(1, FILM, kind="learning", k=60)])
    page = learning_page(run, FILM, "room", epoch=60)
    assert np.array_equal(drawn.picture, pixels_of(page))


def test_a_model_without_snapshots_has_no_film_of_learning(run, answered, tmp_path):
    file = export(tmp_path / "film.gif", kind="learning", options=FILM)
    (failed,) = answered([*run_messages(run), file])
    assert failed.reason.startswith("dynamic-8 has no snapshots of its training")
    assert not failed.traceback


def test_a_film_reports_its_progress(run, answered, tmp_path):
    path = tmp_path / "film.gif"
    *progress, written = answered([*run_messages(run), export(path, kind="film", options=FILM)])
    assert isinstance(written, Written), written
    assert all(isinstance(one, Progress) for one in progress)
    assert (progress[-1].done, progress[-1].total) == (run.latest, run.latest)
    with Image.open(path) as film:
        assert film.n_frames > 3
    assert read_recipe(path).kind == "film"


@pytest.mark.parametrize("texts", ["value", "map", "q,outcomes", "reward,map"])
def test_a_film_reads_all_policies_before_its_first_frame(run, answered, tmp_path, texts):
    """While it is drawn, the user may edit the map, and the planner forgets this plan."""
    panels = tuple(map(Panel.parse, texts.split(",")))
    film = FilmOptions(figure=FigureOptions(dpi=60, panels=panels))
    file = export(tmp_path / "film.gif", kind="film", options=film)

    def give(queue, reply):
        if isinstance(reply, DataNeeded):
            queue.put(run.readouts.known(reply.request))

    replies = answered([*run_messages(run, without=(PolicyReadout, GreedyActions)), file], give)
    kinds = [type(reply) for reply in replies]
    assert isinstance(replies[-1], Written), replies[-1]
    assert DataNeeded in kinds
    assert DataNeeded not in kinds[kinds.index(Progress) :]


def test_a_film_that_is_too_large_is_refused_before_any_policy_is_read(run, answered, tmp_path):
    figure = FigureOptions(dpi=1200, panels=(Panel("value"),), arrows=False, trajectories=False)
    file = export(tmp_path / "film.gif", kind="film", options=FilmOptions(figure=figure))
    messages = run_messages(run, without=(PolicyReadout, GreedyActions))
    (failed,) = answered([*messages, file])
    assert "films have sides of at most" in failed.reason


def test_a_preview_is_drawn_while_a_film_is_written(run, answered, tmp_path):
    def ask(queue, reply):
        if isinstance(reply, Progress) and reply.done < reply.total:
            queue.put(draw(7, most_pixels=50_000))

    replies = answered(
        [*run_messages(run), export(tmp_path / "film.gif", kind="film", options=FILM)], ask
    )
    kinds = [type(reply) for reply in replies]
    assert kinds.index(Drawn) < kinds.index(Written)


def test_a_film_that_is_stopped_leaves_nothing(run, answered, tmp_path):
    def stop(queue, reply):
        if isinstance(reply, Progress):
            queue.put(StopRequest(1))

    film = export(tmp_path / "film.gif", kind="film", options=FILM)
    *_, failed = answered([*run_messages(run), film], stop)
    assert isinstance(failed, Failed)
    assert failed.reason == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("figure", "figure.png"),
        ("figure", "figure.svg"),
        ("figure", "figure.pdf"),
        ("arrays", "data.npz"),
        ("trajectories", "data.csv"),
        ("values", "data.csv"),
        ("run", "data.json"),
    ],
)
@pytest.mark.parametrize("before", [None, b"the old one"])
def test_a_file_that_is_stopped_while_it_is_written_is_not(
    run, answered, tmp_path, monkeypatch, kind, name, before
):
    """Stopped at the last moment: when all is drawn, and only the old file is still there."""
    path, queues = tmp_path / name, []
    if before is not None:
        path.write_bytes(before)
    create = files.created_beside

    def created(target):
        queues[0].put(StopRequest(1))
        return create(target)

    def on_reply(queue, reply):
        queues.append(queue)

    monkeypatch.setattr(files, "created_beside", created)
    options = FIGURE if kind == "figure" else None
    *_, failed = answered(
        [*run_messages(run), draw(9), export(path, kind=kind, options=options, k=2)], on_reply
    )
    assert isinstance(failed, Failed), failed
    assert failed.reason == ""
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == (
        {} if before is None else {name: before}
    )


@pytest.mark.parametrize("kind", ["film", "figure", "arrays", "run"])
def test_a_file_of_a_plan_under_way_has_to_wait(run, answered, tmp_path, kind):
    options = {"film": FILM, "figure": FIGURE}.get(kind)
    file = export(tmp_path / "file.gif", kind=kind, options=options)
    for missing in (PlanFinished, ExactSolution):
        (failed,) = answered([*run_messages(run, without=(missing,)), file])
        assert "finished" in failed.reason
    assert not any(tmp_path.iterdir())


Q_STRIP = FigureOptions(dpi=60, panels=tuple(map(Panel.parse, ("q@2", "q:N@3", "q@4", "map"))))
Q_FILM = FilmOptions(figure=FigureOptions(dpi=60, panels=(Panel("q"), Panel("value"))), every=3)


@pytest.fixture
def little_memory(monkeypatch):
    """Runs that keep a single readout."""
    monkeypatch.setattr("vingui.core.readouts.READOUT_BUDGET", 1)


@pytest.mark.parametrize(("kind", "options"), [("figure", Q_STRIP), ("film", Q_FILM)])
def test_readouts_of_more_memory_than_a_run_has_come_one_by_one(
    run, answered, tmp_path, request, kind, options
):
    name = "a.png" if kind == "figure" else "a.gif"
    file = export(tmp_path / name, kind=kind, options=options)
    assert isinstance(answered([*run_messages(run), file])[-1], Written)
    known = (tmp_path / name).read_bytes()
    request.getfixturevalue("little_memory")
    messages = [*run_messages(run, without=(PolicyReadout,)), file]
    replies = answered(messages, giving(run))
    assert [reply for reply in replies if isinstance(reply, Written)]
    assert {reply.request.k for reply in replies if isinstance(reply, DataNeeded)} >= {3}
    assert (tmp_path / name).read_bytes() == known


def test_a_picture_that_waits_for_a_readout_can_be_stopped(run, answered, little_memory):
    def stop(queue, reply):
        if isinstance(reply, DataNeeded):
            queue.put(StopRequest(reply.number))

    messages = [*run_messages(run, without=(PolicyReadout,)), draw(5, Q_STRIP)]
    wanted, failed = answered(messages, stop)
    assert wanted.number == failed.number == 5
    assert failed.reason == ""


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [("arrays", ".npz"), ("trajectories", ".csv"), ("values", ".csv"), ("run", ".json")],
)
def test_data_is_written_with_its_recipe(run, answered, tmp_path, kind, suffix):
    path = tmp_path / f"data{suffix}"
    *_, written = answered([*run_messages(run), export(path, kind=kind, options=None, k=2)])
    assert isinstance(written, Written), written
    recipe = read_recipe(path)
    assert recipe.kind == "data"
    assert recipe.suffix == suffix
    tables = {"table": kind, "k": 2}
    assert recipe.options == {".csv": tables, ".npz": {"values": "last"}, ".json": {}}[suffix]


def test_failures_are_explained_in_one_line(run, answered, tmp_path):
    nowhere = export(tmp_path / "no" / "figure.png", 1)
    other = export(tmp_path / "figure.tiff", 2)
    unknown = export(tmp_path / "figure.png", 3, model="no such model")
    replies = answered([*run_messages(run), nowhere, other, unknown])
    assert [reply.number for reply in replies] == [1, 2, 3]
    for reply in replies:
        assert reply.reason
        assert "\n" not in reply.reason
        assert not reply.traceback
    assert list(tmp_path.iterdir()) == []


def test_drawing_without_a_plan_fails_with_a_reason(answered):
    (failed,) = answered([draw()])
    assert failed.reason == "There is no plan to draw yet"


def test_a_fault_is_reported_with_its_traceback(run, answered, monkeypatch):
    def fault(*_args, **_given):
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("vingui.figure.saving.pixels_of", fault)
    (failed,) = answered([*run_messages(run), draw()])
    assert "by nothing" in failed.reason
    assert "ZeroDivisionError" in failed.traceback


@pytest.fixture
def process():
    """Starts processes that draw, or that run some other code first."""
    started = []

    def start(*words):
        made = subprocess.Popen(
            [sys.executable, "-P", *(words or ("-m", "vingui.figure.worker"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "MPLBACKEND": "agg"},
        )
        started.append(made)
        return made

    yield start
    for made in started:
        made.kill()
        made.wait()
        with suppress(BrokenPipeError):
            made.stdin.close()
        made.stdout.close()


def test_the_process_draws_and_ends_with_the_pipe(run, process):
    process = process()
    for message in (*run_messages(run), draw()):
        send(process.stdin, message)
    drawn = receive(process.stdout)
    assert np.array_equal(drawn.picture, picture_of(run, FIGURE, name="room"))
    process.stdin.close()
    assert process.wait(30) == 0


def test_when_the_window_is_gone_a_film_is_given_up(run, process, tmp_path):
    process = process()
    film = FilmOptions(figure=FigureOptions(dpi=150), rate=10)
    for message in (*run_messages(run), export(tmp_path / "film.gif", kind="film", options=film)):
        send(process.stdin, message)
    assert isinstance(receive(process.stdout), Progress)
    process.stdin.close()
    assert process.wait(30) == 0
    assert list(tmp_path.iterdir()) == []


SLOW_TO_DRAW = """
import time
from vingui.figure import saving, worker

worker.GRACE = 0.1
saving._picture = lambda *_: time.sleep(600)
worker.main()
"""
"""Never finishes a picture, as if it took very long to draw."""


def test_when_the_window_is_gone_a_figure_that_takes_long_is_given_up_too(run, process, tmp_path):
    slow = process("-c", SLOW_TO_DRAW)
    for message in (*run_messages(run), export(tmp_path / "figure.png")):
        send(slow.stdin, message)
    until_there_is_a_file_in(tmp_path)
    slow.stdin.close()
    assert slow.wait(30) == 1
    assert list(tmp_path.iterdir()) == []


def until_there_is_a_file_in(folder):
    for _ in range(60_000):
        if list(folder.iterdir()):
            return
        Event().wait(0.001)
    pytest.fail("Expected a file that is being written")


def test_a_ping_is_answered_while_a_film_is_drawn(run, process, tmp_path):
    made = process()
    film = FilmOptions(figure=FigureOptions(dpi=150), rate=10)
    for message in (*run_messages(run), export(tmp_path / "film.gif", kind="film", options=film)):
        send(made.stdin, message)
    assert isinstance(receive(made.stdout), Progress)
    send(made.stdin, Ping())
    kinds = []
    while not kinds or kinds[-1] not in (Pong, Written):
        kinds.append(type(receive(made.stdout)))
    assert kinds[-1] is Pong
