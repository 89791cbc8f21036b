"""Films of learning: the finished plan of one network after another, each of a later epoch."""

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.phrases import counted
from vingui.core.recipe import Recipe
from vingui.core.rollout import Outcome, Trajectory
from vingui.core.run import Run
from vingui.core.snapshots import SnapshotPlans
from vingui.figure.compose import Composer
from vingui.figure.context import DrawContext, SharedLook
from vingui.figure.film import check_film, check_size, encode, opaque
from vingui.figure.film_options import FilmOptions
from vingui.figure.layer_colours import Limits
from vingui.figure.options import FigureOptions
from vingui.figure.page import figure_style
from vingui.figure.panel import Panel
from vingui.figure.panel_block import PanelBlock

_NOTHING: Final = (np.inf, -np.inf)


def film_epochs(plans: SnapshotPlans, options: FilmOptions) -> tuple[int, ...]:
    """The epochs that a film of learning shows, a frame each, ascending.

    Raises:
        VinguiError: there is none between the chosen first and last.
    """
    if epochs := options.choose(plans.epochs):
        return epochs
    raise VinguiError(
        f"The film would be empty: the model has {counted(len(plans.epochs), 'snapshot')}, of "
        f"epochs {plans.epochs[0]:,} to {plans.epochs[-1]:,}, and none that were chosen"
    )


def save_learning(
    plans: SnapshotPlans,
    path: Path,
    options: FilmOptions,
    *,
    name: str = "",
    recipe: Recipe | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write a film of learning, whole or not at all. The same plans make the same bytes.

    All frames have the same layout, the same key and, unless `scale` is "frame", the same limits
    of colours, which follow from all plans. Each plan is made twice, so that no more than two are
    in memory. Frames differ more than those of `save_film`, and are shown longer by default.

    Args:
        plans: the plans of the snapshots.
        path: the file, whose suffix is one of `FILM_SUFFIXES`.
        options: the film's options, whose iterations are epochs here.
        name: the map's name, for title and caption.
        recipe: embedded in the file, so that it can be made again.
        on_progress: called after each plan with the number of frames done, first of all 0, and of
            all frames. An exception that it raises ends the film.

    Raises:
        VinguiError: as of `save_film`, or a network cannot be loaded or plan.
    """
    epochs = film_epochs(plans, options)
    check_film(path, options)
    options = options.for_learning(len(epochs))

    def runs(*, drawn: bool) -> Iterator[tuple[int, Run]]:
        for done, epoch in enumerate(epochs, start=1):
            yield epoch, plans.plan(epoch)
            if on_progress is not None:
                on_progress(done if drawn else 0, len(epochs))

    layout = _Frames(runs(drawn=False), options, name, last=plans.epochs[-1])
    frames = layout.draw(runs(drawn=True))
    first = next(frames)
    height, width, _ = first.shape
    check_size(width, height)
    encode(
        chain((first,), frames),
        path,
        options,
        frames=len(epochs),
        size=(width, height),
        name=name,
        recipe=recipe,
    )


def learning_page(run: Run, options: FilmOptions, name: str, *, epoch: int) -> Figure:
    """The last frame of a film of learning, after an epoch, as far as its plan tells."""
    return _Frames(iter([(epoch, run)]), options, name, last=epoch).page()


class _Frames:
    """Frames of one layout.

    Args:
        runs: the epochs and their plans.
        options: the film's options.
        name: the map's name; empty for none.
        last: the last epoch of the training.
    """

    def __init__(
        self, runs: Iterator[tuple[int, Run]], options: FilmOptions, name: str, *, last: int
    ) -> None:
        self._options, self._name, self._last = opaque(options.figure), name, last
        overview, heading = _Overview(self._options), ""
        for epoch, run in runs:
            overview.add(run)
            heading = max(heading, self._heading(epoch, run), key=len)
        shared = overview.shared()
        self._context = DrawContext(run, self._options, shared=shared, heading=heading)
        with figure_style(self._context, name):
            self._composer = Composer(self._context, name)

    def draw(self, runs: Iterator[tuple[int, Run]]) -> Iterator[NDArray[np.uint8]]:
        """Yield the frames as `Pages`."""
        for epoch, run in runs:
            # Not around the loop: the caller does not expect another style between frames.
            with figure_style(self._context, self._name):
                figure = self._composer.draw_frame(run, self._heading(epoch, run))
                canvas: Any = figure.canvas
                canvas.draw()
            yield np.asarray(canvas.buffer_rgba())

    def page(self) -> Figure:
        """The frame of the last run."""
        with figure_style(self._context, self._name):
            return self._composer.draw(vector=False).figure

    def _heading(self, epoch: int, run: Run) -> str:
        when = f"After epoch {epoch:,} of {self._last:,}" if epoch else "Before training"
        trajectories = run.trajectories(run.grid.starts, run.latest)
        if not trajectories:
            return when
        reached = sum(trajectory.outcome is Outcome.REACHED for trajectory in trajectories)
        verb = "reaches" if reached == 1 else "reach"
        text = f"{when}: {reached:,} of {counted(len(trajectories), 'start')} {verb} the goal"
        optimal = sum(trajectory.optimal for trajectory in trajectories)
        best = "path of least cost" if run.grid.is_costly else "shortest path"
        return f"{text}, {optimal:,} by a {best}" if reached else text


class _Overview:
    """Gathers what the frames have in common."""

    def __init__(self, options: FigureOptions) -> None:
        self._options = options
        self._limits: dict[str, Limits] = {}
        self._trajectories: dict[tuple[Outcome, bool], Trajectory] = {}
        self._blank = self._wrong = False

    def add(self, run: Run) -> None:
        """Take the plan of another frame into account."""
        context = DrawContext(run, self._options)
        for panel in self._options.panels:
            block = PanelBlock(context, panel, None)
            for trajectory in context.trajectories(panel.layer, block.k):
                self._trajectories.setdefault(
                    (trajectory.outcome, bool(trajectory.steps)), trajectory
                )
            self._wrong |= bool(context.wrong_steps(panel.layer, block.k))
            if block.coloured is not None:
                self._blank |= bool(block.coloured.blank.any())
            if block.layer is not None:
                low, high = self._limits.get(panel.layer, _NOTHING)
                self._limits[panel.layer] = min(low, block.layer.low), max(high, block.layer.high)

    def shared(self) -> SharedLook:
        """What the frames have in common."""
        fitted = self._options.scale == "frame"
        limits: dict[Panel, Limits | None] = {
            panel: None if fitted or panel.layer == "outcomes" else self._limits.get(panel.layer)
            for panel in self._options.panels
        }
        trajectories = tuple(self._trajectories.values())
        return SharedLook(limits, trajectories, self._blank, self._wrong)
