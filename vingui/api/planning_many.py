"""Planning on many maps from Python."""

import warnings
from collections.abc import Generator
from contextlib import closing
from os import PathLike
from pathlib import Path
from typing import Any, Literal

from vingui.api.checks import checked_path, checked_whole, plain_values
from vingui.api.file_options import plan_file
from vingui.api.maps import Maps, maps_of
from vingui.api.model import Model, model_of
from vingui.api.plan_batches import MapToPlan, PlannedMap, PlanSetup, plans_in_batches
from vingui.api.plan_files import PlanFiles
from vingui.api.progress import OnProgress, reporting
from vingui.core.engine import Engine
from vingui.core.errors import VinguiError
from vingui.core.generated_maps import GeneratedMaps
from vingui.core.name_patterns import check_pattern
from vingui.core.train_settings import HELD_OUT_SEED
from vingui.net.batches import Batches


def plan_many(
    maps: Maps,
    *,
    model: Model | str | PathLike[str] | None = None,
    moves: str | None = None,
    iterations: int | Literal["own", "auto"] = "own",
    engine: Engine | None = None,
    seed: int = HELD_OUT_SEED,
    save: str | PathLike[str] | None = None,
    jobs: int | None = 1,
    scheduler: str | None = None,
    resume: str | PathLike[str] | None = None,
    progress: bool = True,
    on_progress: OnProgress | None = None,
    **options: Any,
) -> Generator[PlannedMap]:
    """Plan on many maps, one after the other.

    Args:
        maps: as of `evaluate`.
        model: a model, as of `plan`, like the other arguments up to `engine`.
        moves: the movement rule.
        iterations: K.
        engine: what iterates the values.
        seed: of generated maps.
        save: a file to write of each plan, as of `Plan.save`, with `{index}` in its name.
        jobs: how many processes plan, as of `evaluate`; the results are the same, bit for bit.
        scheduler: the address of a Dask scheduler, as of `evaluate`. Its workers write the files,
            into a folder that they must share with this machine.
        resume: a file that keeps what is finished, until all is: the same call goes on with it.
            Files that are written already are not made again.
        progress: whether to show a bar, in a notebook or at a terminal, if it takes a while.
        on_progress: called instead, with how many maps are done, and of how many.
        **options: of `save`, as of `Plan.save`.

    Yields:
        What came of each map, in order. Those that nobody keeps take no memory.

    Raises:
        VinguiError: maps or the model cannot be read, an option is out of its range, or processes
            cannot be started. What cannot be planned on is named in `error` instead.

    Example:
        >>> found = vingui.plan_many("my-maps", save="plans/{index}.csv")
        >>> [(each.name, each.outcomes[0].value, len(each.paths[0])) for each in found]
        [('map 0', 'reached', 15), ('map 1', 'reached', 19)]
    """
    loaded = model_of(model, moves=moves, engine=engine, progress=progress and on_progress is None)
    wanted = loaded.planner.iterations_for(iterations)
    jobs = None if jobs is None else checked_whole(jobs, "jobs", 1)
    files = []
    if save is not None:
        pattern = str(checked_path(save, "save"))
        check_pattern(pattern, needed=["index"], known=("index", "name", "k", "K", "model"))
        files.append(plan_file(pattern, plain_values(options), loaded.rule))
    elif options:
        raise VinguiError(
            f"There is no argument {next(iter(options))!r}; options are those of save"
        )
    chosen = maps_of(maps, seed=seed)
    total = len(chosen.maps)
    items = (
        MapToPlan(
            f"map {index}",
            (chosen.maps, index) if isinstance(chosen.maps, GeneratedMaps) else chosen.maps[index],
            title=f"{chosen.name} map {index}",
            values={"index": index, "name": chosen.name},
            done=(index + 1) / total,
        )
        for index in range(total)
    )
    written = PlanFiles(files, loaded, folder=str(Path.cwd()))
    setup = PlanSetup(loaded, wanted or "auto", written)
    log = None if resume is None else checked_path(resume, "resume")
    batches = Batches(
        jobs, scheduler, log, resume=True, on_note=warnings.warn, remedy="repeat the call to go on"
    )
    return _plans(plans_in_batches(setup, items, batches), total, progress, on_progress)


def _plans(
    planned: Generator[tuple[MapToPlan, PlannedMap]],
    total: int,
    progress: bool,
    on_progress: OnProgress | None,
) -> Generator[PlannedMap]:
    with (
        reporting("Planning", progress=progress, on_progress=on_progress) as report,
        closing(planned),
    ):
        for done, (_, each) in enumerate(planned, 1):
            report(done, total)
            yield each
