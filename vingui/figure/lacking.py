"""What has to be known of a run before a figure or a film of it can be drawn."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from vingui.core.exports import Lacking
from vingui.core.film import study_ks
from vingui.core.run import Run
from vingui.figure.film import film_ks
from vingui.figure.film_options import FilmOptions
from vingui.figure.options import FigureOptions, needed_readings

_FILM_READINGS: Final = 64 << 20
"""Bytes of q-values and policies that a film may ask for: a run keeps no more."""


def lacking_of_figure(number: int, run: Run, options: FigureOptions) -> Lacking | None:
    """What a figure wants to know that the run does not; `None` for nothing."""
    readings = _unread(run, needed_readings(options, run.latest))
    shown = {panel.k or run.latest for panel in options.panels}
    return _told(number, readings, _unwalked(run, shown | _studied(run, options)))


def lacking_of_film(number: int, run: Run, options: FilmOptions) -> Lacking | None:
    """What a film wants to know that the run does not; `None` for nothing.

    Where q-values and policies of all frames are more than a run keeps, it makes do with actions.
    """
    ks = film_ks(run, options)
    wanted = {one for k in ks for one in needed_readings(options.figure.at(k), run.latest)}
    readings = _unread(run, wanted)
    each = 8 * run.grid.walls.size * run.rule.n_actions
    if len(wanted) * each > _FILM_READINGS:
        readings = set()
    return _told(number, readings, _unwalked(run, {*ks, *_studied(run, options.figure)}))


def lacking_of_table(number: int, run: Run, k: int) -> Lacking | None:
    """What a table of trajectories wants to know that the run does not; `None` for nothing."""
    return _told(number, set(), _unwalked(run, [k or run.latest]))


def _studied(run: Run, options: FigureOptions) -> set[int]:
    """The ks whose walks a plot of the convergence shows."""
    plots = any(panel.layer == "convergence" for panel in options.panels)
    return set(study_ks(run.kept, cells=run.grid.walls.size)) if plots else set()


def _unread(run: Run, ks: Iterable[int]) -> set[int]:
    return {run.frame(k)[0] for k in ks if run.reading(k) is None}


def _unwalked(run: Run, ks: Iterable[int]) -> set[int]:
    return {run.frame(k)[0] for k in ks if run.actions(k) is None}


def _told(number: int, readings: set[int], walks: set[int]) -> Lacking | None:
    walks -= readings
    if not readings and not walks:
        return None
    return Lacking(number, np.array(sorted(readings), int), np.array(sorted(walks), int))
