"""The process that draws for the window: figures, films, and files with the data of a run.

Run it as `python -m vingui.figure.worker`. Matplotlib is imported and files are written here, so
that the window stays responsive.
"""

import copy
import json
import os
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import BinaryIO, Final

from vingui.core.cards import ModelCard, find_model
from vingui.core.errors import VinguiError
from vingui.core.figure_protocol import (
    DataNeeded,
    Drawn,
    DrawRequest,
    EvaluationFigureRequest,
    ExportMessage,
    ExportReply,
    ExportRequest,
    Failed,
    NewRun,
    NewStarts,
    Progress,
    Written,
)
from vingui.core.files import before_replacing, gist
from vingui.core.memory import free_memory_in_words, is_short_of_memory
from vingui.core.pipe import Outlet, own_output, requests
from vingui.core.planner_protocol import ChangedValues, DataReply, DataRequest, Message, Values
from vingui.core.recipe import Recipe, checksum_of, versions_here
from vingui.core.run import Run
from vingui.core.snapshots import Snapshots
from vingui.core.temporary_files import remove_own
from vingui.core.tiles import is_one_tile
from vingui.figure.film import film_ks, page_of
from vingui.figure.film_options import FilmOptions
from vingui.figure.message_queue import MessageQueue
from vingui.figure.options import FigureOptions
from vingui.figure.own_planner import OwnPlanner
from vingui.figure.writing import write_file

PROGRESS_INTERVAL: Final = 0.05
"""Least seconds between two reports of progress."""

GRACE: Final = 2.0
"""Seconds for an export to end once the window is gone."""


class _Stopped(Exception):  # noqa: N818 - it is no error
    """A request has been stopped."""


class Worker:
    """Handles the messages of a queue.

    While a film is being written, other messages are handled between its frames.

    Args:
        queue: the queue of received messages.
        reply: sends replies.
    """

    def __init__(self, queue: MessageQueue, reply: Callable[[ExportReply], None]) -> None:
        self._queue = queue
        self._reply = reply
        self._new_run: NewRun | None = None
        self._run: Run | None = None
        self._exports: deque[tuple[ExportRequest, Run | None, int]] = deque()

    def run_once(self) -> None:
        """Handle a message, or else a waiting export, or else wait for a message."""
        message = self._queue.take(wait=not self._exports)
        if message is not None:
            self._handle(message)
        elif self._exports:
            request, run, memory = self._exports.popleft()
            self._answer(request.number, lambda: self._export(request, run, memory))

    def _check_stopped(self, number: int) -> None:
        if self._queue.is_stopped(number):
            raise _Stopped

    def _handle(self, message: Message | ExportMessage) -> None:
        match message:
            case NewRun():
                self._new_run, self._run = message, None
            case NewStarts() if self._run is not None:
                # A copy: a film that is being written keeps its starts.
                self._run = copy.copy(self._run)
                self._run.grid = message.grid
            case DrawRequest():
                self._answer(message.number, lambda: self._draw(message))
            case EvaluationFigureRequest():
                self._answer(message.number, lambda: _draw_evaluation(message))
            case ExportRequest():
                memory = self._new_run.memory if self._new_run else 0
                self._exports.append((message, self._run, memory))
            case Values() | ChangedValues() if self._run is None and self._new_run is not None:
                self._run = Run(self._new_run.grid, message, memory=self._new_run.memory)
            case _ if self._run is not None:
                self._run.take(message)  # type: ignore[arg-type]

    def _answer(self, number: int, work: Callable[[], ExportReply]) -> None:
        try:
            self._check_stopped(number)
            answer = work()
        except _Stopped:
            answer = Failed(number, "", "")
        except VinguiError as error:
            answer = Failed(number, " ".join(str(error).split()), "")
        except Exception as error:
            reason = f"Drawing failed: {gist(error)}"
            if is_short_of_memory(error):
                free = free_memory_in_words()
                reason = f"There is too little memory to draw this{free and '; ' + free}"
            answer = Failed(number, reason, traceback.format_exc())
        self._reply(answer)

    @contextmanager
    def _readouts_on_request(self, number: int, run: Run) -> Iterator[None]:
        """Let a run request what it misses from the window while it is drawn."""

        def read(request: DataRequest) -> DataReply:
            self._reply(DataNeeded(number, request))
            answer = self._queue.take_answer(number, request)
            if answer is None:
                raise _Stopped
            return answer

        # Previews of the same run are drawn between a film's frames.
        readouts = run.readouts
        before, readouts.reader = readouts.reader, read
        try:
            yield
        finally:
            readouts.reader = before

    def _draw(self, request: DrawRequest) -> ExportReply:
        from vingui.figure.compose import draw_figure
        from vingui.figure.saving import pixels_of

        run = _required(self._run)
        film, options = _options(request)
        frames, seconds = 1, 0.0
        with self._readouts_on_request(request.number, run):
            if film is not None and request.kind == "learning":
                from vingui.figure.learning import learning_page

                figure = learning_page(run, film, request.name, epoch=request.k)
            elif film is not None:
                frames = len(film_ks(run, film))
                seconds = film.seconds(frames)
                figure = page_of(run, film, request.k or run.latest, request.name)
            else:
                card = _card(request.model)
                training = card.settings if card is not None else None
                figure = draw_figure(run, options, name=request.name, training=training).figure
        width, height = figure.canvas.get_width_height()
        return Drawn(
            number=request.number,
            # A preview may be coarser than the file would be.
            picture=pixels_of(figure, request.most_pixels or None),
            width=width,
            height=height,
            millimetres=figure.get_size_inches() * 25.4,
            frames=frames,
            seconds=seconds,
        )

    def _export(self, request: ExportRequest, given: Run | None, memory: int) -> ExportReply:
        run, path = _required(given), Path(request.path)
        if not run.settled:
            raise VinguiError("The plan is not finished yet. Export it when it is")
        recipe = _recipe(request, run, memory)
        card = _card(request.model) if request.kind in ("figure", "run") else None
        # Only films check it while they are drawn; this covers every kind of file.
        stopping = before_replacing(lambda: self._check_stopped(request.number))
        with self._readouts_on_request(request.number, run), stopping:
            report = self._reporter(request.number)
            if recipe.snapshots:
                self._export_learning(request, recipe, report)
            else:
                film = FilmOptions.of_record(recipe.options) if recipe.kind == "film" else None

                def on_progress(done: int, total: int) -> None:
                    if film is not None and not done:
                        self._read_policies(request.number, run, film)
                    report(done, total)

                write_file(run, path, recipe, card=card, on_progress=on_progress)
        return Written(request.number, path.stat().st_size)

    def _export_learning(
        self, request: ExportRequest, recipe: Recipe, report: Callable[[int, int], None]
    ) -> None:
        snapshots = Snapshots(find_model(request.model))
        with OwnPlanner() as planner:
            plans = snapshots.plans(recipe, lambda file: planner.plan(file, recipe))
            write_file(plans, Path(request.path), recipe, on_progress=report)

    def _read_policies(self, number: int, run: Run, film: FilmOptions) -> None:
        """Read a film's policies before it is drawn, so that another map may be planned then.

        Of what does not fit into the run's memory, the newest is kept, and the rest is read again
        while the film is drawn.
        """
        figure, shape = film.figure, run.grid.walls.shape
        drawn = figure.arrows is not False or any(panel.layer == "q" for panel in figure.panels)
        for k in film_ks(run, film):
            self._handle_waiting(number)
            run.readouts.actions(k)
            if drawn and is_one_tile(shape):
                run.readouts.of_cell(k, (0, 0))

    def _handle_waiting(self, number: int) -> None:
        """Handle the messages that wait while an export is made, unless it is stopped."""
        while (message := self._queue.take(wait=False)) is not None:
            self._handle(message)
        self._check_stopped(number)

    def _reporter(self, number: int) -> Callable[[int, int], None]:
        """What a film calls after each frame: it handles messages, and may stop."""
        reported = 0.0

        def report(done: int, total: int) -> None:
            nonlocal reported
            self._handle_waiting(number)
            if done == total or time.monotonic() >= reported + PROGRESS_INTERVAL:
                reported = time.monotonic()
                self._reply(Progress(number, done, total))

        return report


def _options(request: DrawRequest) -> tuple[FilmOptions | None, FigureOptions]:
    """A preview's options as a film, if it is one, and as a figure."""
    record = json.loads(request.options)
    film = FilmOptions.of_record(record) if request.kind in ("film", "learning") else None
    options = film.figure if film is not None else FigureOptions.of_record(record)
    return film, options.at(request.k or None)


def _draw_evaluation(request: EvaluationFigureRequest) -> ExportReply:
    from vingui.figure.evaluation import save_evaluation

    path = Path(request.path)
    save_evaluation(request.rows, path, FigureOptions.of_record(json.loads(request.options)))
    return Written(request.number, path.stat().st_size)


def _required(run: Run | None) -> Run:
    if run is None:
        raise VinguiError("There is no plan to draw yet")
    return run


def _recipe(request: ExportRequest, run: Run, memory: int) -> Recipe:
    kind, k, options = "data", request.k or None, {}
    match request.kind:
        case "figure":
            kind = "figure"
            options = FigureOptions.of_record(json.loads(request.options)).at(k).record()
        case "film" | "learning":
            kind = request.kind
            options = FilmOptions.of_record(json.loads(request.options)).record()
        case "arrays":
            options = {"values": "last"}
        case "trajectories" | "values":
            options = {"table": request.kind, "k": k}
    learning = find_model(request.model) if kind == "learning" else None
    return Recipe(
        kind=kind,
        grid=run.grid,
        name=request.name,
        # Captions show the name that the run has.
        model=run.model if learning is None else learning.stem,
        sha256=checksum_of(request.model),
        rule=run.rule.name,
        iterations=run.latest,
        memory=memory,
        options=options,
        versions=versions_here(),
        suffix=Path(request.path).suffix.lower(),
        engine=run.engine,
        snapshots=() if learning is None else Snapshots(learning).listed(),
    )


def _card(model: str) -> ModelCard | None:
    try:
        return ModelCard.read(find_model(model).with_suffix(".json"))
    except VinguiError:
        return None


def main() -> None:
    """Handle requests until the window closes the pipe."""
    outlet, queue = Outlet(own_output()), MessageQueue()

    def reply(message: ExportReply) -> None:
        try:
            outlet.send(message)
        except OSError:
            # The window is gone. Exports end as if they were stopped.
            queue.close()

    worker = Worker(queue, reply)
    Thread(target=_listen, args=(sys.stdin.buffer, outlet, queue), daemon=True).start()
    while not queue.closed:
        worker.run_once()
    # At once, without waiting for what libraries do when a process ends.
    os._exit(0)


def _listen(stream: BinaryIO, outlet: Outlet, queue: MessageQueue) -> None:
    try:
        for message in requests(stream, outlet):
            queue.put(message)
    except BaseException:
        traceback.print_exc()
    queue.close()
    # The window is gone. Exports end by themselves, unless a figure takes long to draw.
    Event().wait(GRACE)
    remove_own()
    os._exit(1)


if __name__ == "__main__":
    main()
