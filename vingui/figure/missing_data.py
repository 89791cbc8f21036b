"""What has to be known of a run before a figure or a film of it can be drawn."""

from collections.abc import Iterable

import numpy as np

from vingui.core.figure_protocol import Lacking
from vingui.core.run import READING_BUDGET, Run
from vingui.core.value_history import study_ks
from vingui.figure.film import film_ks
from vingui.figure.film_options import FilmOptions
from vingui.figure.options import FigureOptions, needed_readings


def lacking_of_figure(number: int, run: Run, options: FigureOptions) -> Lacking | None:
    """What a figure wants to know that the run does not; `None` for nothing."""
    shown = {panel.k or run.latest for panel in options.panels}
    wanted = needed_readings(options, run.latest)
    return _told(number, run, wanted, shown | _studied(run, options))


def lacking_of_film(number: int, run: Run, options: FilmOptions) -> Lacking | None:
    """What a film wants to know that the run does not; `None` for nothing."""
    ks = film_ks(run, options)
    wanted = {one for k in ks for one in needed_readings(options.figure.at(k), run.latest)}
    return _told(number, run, wanted, {*ks, *_studied(run, options.figure)})


def lacking_of_table(number: int, run: Run, k: int) -> Lacking | None:
    """What a table of trajectories wants to know that the run does not; `None` for nothing."""
    return _told(number, run, (), [k or run.latest])


def _studied(run: Run, options: FigureOptions) -> set[int]:
    """The ks whose walks a plot of the convergence shows."""
    plots = any(panel.layer == "convergence" for panel in options.panels)
    return set(study_ks(run.kept, cells=run.grid.walls.size)) if plots else set()


def _told(number: int, run: Run, read: Iterable[int], walked: Iterable[int]) -> Lacking | None:
    """The ks, of some that are to be read and of others that are to be walked, not known yet.

    Where q-values and policies are more than a run keeps, they are left to be read one by one.
    """
    wanted = {run.frame(k)[0] for k in read}
    each = 8 * run.grid.walls.size * run.rule.n_actions
    kept = len(wanted) * each <= READING_BUDGET
    readings = {k for k in wanted if kept and not run.has_reading(k)}
    walks = {run.frame(k)[0] for k in walked if not run.has_actions(k)} - readings
    if not readings and not walks:
        return None
    return Lacking(number, np.array(sorted(readings), int), np.array(sorted(walks), int))
