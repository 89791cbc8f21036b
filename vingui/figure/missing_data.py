"""Which data of a run are missing to draw a figure or a film, or to write a table."""

from collections.abc import Iterable

import numpy as np

from vingui.core.figure_protocol import MissingData
from vingui.core.run import READING_BUDGET, Run
from vingui.core.value_history import study_ks
from vingui.figure.film import film_ks
from vingui.figure.film_options import FilmOptions
from vingui.figure.options import FigureOptions, needed_readouts


def missing_for_figure(number: int, run: Run, options: FigureOptions) -> MissingData | None:
    """Return what a figure needs and the run lacks; `None` for nothing."""
    shown = {panel.k or run.latest for panel in options.panels}
    wanted = needed_readouts(options, run.latest)
    return _missing(number, run, wanted, shown | _studied(run, options))


def missing_for_film(number: int, run: Run, options: FilmOptions) -> MissingData | None:
    """Return what a film needs and the run lacks; `None` for nothing."""
    ks = film_ks(run, options)
    wanted = {one for k in ks for one in needed_readouts(options.figure.at(k), run.latest)}
    return _missing(number, run, wanted, {*ks, *_studied(run, options.figure)})


def missing_for_table(number: int, run: Run, k: int) -> MissingData | None:
    """Return what a table of trajectories needs and the run lacks; `None` for nothing."""
    return _missing(number, run, (), [k or run.latest])


def _studied(run: Run, options: FigureOptions) -> set[int]:
    """Return the ks whose trajectories a convergence panel counts."""
    plots = any(panel.layer == "convergence" for panel in options.panels)
    return set(study_ks(run.kept, cells=run.grid.walls.size)) if plots else set()


def _missing(
    number: int, run: Run, q_ks: Iterable[int], action_ks: Iterable[int]
) -> MissingData | None:
    """Return the missing ks, of those whose q-values and of those whose actions are needed.

    Q-values and policies that would not fit into the run's memory are requested one by one while
    drawing.
    """
    needed = {run.frame(k)[0] for k in q_ks}
    each = 8 * run.grid.walls.size * run.rule.n_actions
    kept = len(needed) * each <= READING_BUDGET
    readouts = {k for k in needed if kept and not run.has_readout(k)}
    actions = {run.frame(k)[0] for k in action_ks if not run.has_actions(k)} - readouts
    if not readouts and not actions:
        return None
    return MissingData(number, np.array(sorted(readouts), int), np.array(sorted(actions), int))
