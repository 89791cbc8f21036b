"""`vingui evaluate --find-failure`: a map on which a model fails."""

import argparse
from typing import Final

from vingui.cli.file_arguments import read_options
from vingui.cli.map_output import check_map_output
from vingui.cli.map_sets import generated, like
from vingui.cli.model_arguments import models_for
from vingui.cli.printing import note, say
from vingui.cli.progress import counting
from vingui.cli.streams import read_maps
from vingui.core.errors import VinguiError
from vingui.core.evaluation_protocol import FailedCase
from vingui.core.evaluation_sets import LoadedSet
from vingui.core.formats import write_map
from vingui.core.grid import GridMap
from vingui.core.phrases import counted, place

_OTHER_FILES: Final = ("json", "csv", "figure")


def find_failure(options: argparse.Namespace) -> int:
    """Search for a map on which the model fails, and write it.

    Returns:
        The exit code: 1 if there was none.

    Raises:
        VinguiError: the options do not fit, or the maps or the model cannot be read.
    """
    check_map_output(options.find_failure, known=())
    if any(getattr(options, name) is not None for name in _OTHER_FILES) or options.references:
        raise VinguiError(
            "--find-failure writes one map and nothing else: leave out --json, --csv, --figure "
            "and --references"
        )
    if options.jobs or options.scheduler or options.resume:
        raise VinguiError(
            "--find-failure tries one map after the other: leave out --jobs, --scheduler and "
            "--resume"
        )
    where = _where(options)
    models = models_for(options)
    if len(models) > 1:
        raise VinguiError("--find-failure searches for one model: name one with --model")
    ((model, iterations),) = models
    from vingui.net.evaluation import Contestant
    from vingui.net.failure_search import FailureSearch

    contestant = Contestant(model.planner, model.card, iterations, by_k=False)
    search = FailureSearch(contestant, where, most=options.tries, seed=options.seed)
    found: FailedCase | None = None
    with counting("Searching") as on_progress:
        try:
            for case in search.run():
                found = case
                on_progress(search.tried, search.most)
        except KeyboardInterrupt as reason:
            reason.add_note(f"after {counted(search.tried, 'map')}, which {model.name} solves")
            raise
    if found is not None:
        return _write(options, found, search.tried)
    say(options, f"{model.name} solves {counted(search.tried, 'map')} from every cell; none fails")
    return 1


def _where(options: argparse.Namespace) -> GridMap | LoadedSet:
    """The map near which to search, or the maps to try."""
    if len(options.data) + len(options.generate) + len(options.like) != 1:
        raise VinguiError(
            "--find-failure searches near the first map of one DATA, or among the maps of one "
            "--generate or --like"
        )
    if options.data:
        dataset = read_maps(options.data[0], read_options(options))
        note(*dataset.notes)
        return dataset.maps[0]
    if options.generate:
        return generated(options.generate[0], options)
    maps = like(options.like[0], options, number=options.tries)
    note(*maps.notes)
    return maps


def _write(options: argparse.Namespace, case: FailedCase, tried: int) -> int:
    write_map(options.find_failure, case.grid)
    what = case.dataset if options.data else f"map {case.index} of {case.dataset}"
    say(
        options,
        f"{case.model} fails on {what}, after {counted(tried, 'map')}",
        f"  from {place(case.grid.starts[0])}, K = {case.iterations:,}: {case.sentence}",
        f"wrote {options.find_failure}",
    )
    return 0
