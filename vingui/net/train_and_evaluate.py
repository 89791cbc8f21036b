"""Training a model, evaluating it on held-out maps, and writing it with its card."""

import hashlib
import os
import platform
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import Any, Final

import numpy as np

from vingui.core.cards import ModelCard
from vingui.core.cluster_place import ClusterPlace
from vingui.core.evaluation_sets import Starts
from vingui.core.files import replacing
from vingui.core.generate import generate_many
from vingui.core.grid import GridMap
from vingui.core.learned_costs import best_scale
from vingui.core.train_settings import HELD_OUT_SEED, MOUNTAINS, TrainSettings
from vingui.net.backend import keras, tf
from vingui.net.backups import tables_of
from vingui.net.cluster import ALONE
from vingui.net.cost_vin import CostVIN
from vingui.net.demonstration_data import generated_demonstrations
from vingui.net.evaluate import evaluate
from vingui.net.evaluation_totals import EvaluationTotals
from vingui.net.keras_networks import network_of
from vingui.net.map_counts import MapCounts
from vingui.net.models import DynamicVIN, ValueIterationModel
from vingui.net.planner import Planner
from vingui.net.seen_costs import SeenCosts
from vingui.net.train import ReportProgress, save_model, train
from vingui.net.transition_tables import learned

_PAPER: Final[tuple[tuple[str, int, int, Starts], ...]] = (
    ("obstacles", 8, 1000, "given"),
    ("obstacles", 16, 1000, "given"),
    ("obstacles", 28, 1000, "given"),
)
_BEYOND: Final[tuple[tuple[str, int, int, Starts], ...]] = (
    ("maze", 51, 100, "all"),
    ("maze", 101, 50, "all"),
    ("caves", 128, 50, "all"),
    ("rooms", 128, 50, "all"),
    ("caves", 256, 10, "all"),
    ("rooms", 256, 10, "all"),
    ("caves", 512, 3, "all"),
    ("obstacles", 512, 3, "all"),
)
"""Kind, side, count and starts of the maps that dynamic kernels are evaluated on."""

_TERRAIN: Final[tuple[tuple[str, int, int, Starts], ...]] = (
    ("patches", 16, 500, "given"),
    ("patches", 28, 500, "given"),
    ("roads", 64, 50, "given"),
    ("patches", 128, 50, "given"),
)
_MOUNTAINS: Final[tuple[tuple[str, int, int, Starts], ...]] = (
    ("mountains", 16, 500, "given"),
    ("mountains", 28, 500, "given"),
    ("mountains", 64, 50, "given"),
    ("mountains", 128, 50, "given"),
)
"""The same for networks that learn costs, by what they see."""

Reporting = Callable[[str], AbstractContextManager[Callable[[int, int], None]]]
"""Yields what is called with how much of some work is done, and of how much."""

_COMPARED: Final = 50
"""Maps on which learned costs are compared with the true ones."""


def make(
    settings: TrainSettings,
    out: Path,
    *,
    checkpoint: Path,
    title: str | None = None,
    evaluation: bool = True,
    minutes: float = 0,
    callbacks: Sequence[Any] = (),
    reporting: Reporting = lambda _doing: nullcontext(lambda _done, _total: None),
    on_epoch: Callable[[int, float], None] = lambda _number, _loss: None,
    on_note: Callable[[str], None] | None = None,
    place: ClusterPlace = ALONE.place,
) -> ModelCard:
    """Train a model and write it with its card.

    Args:
        settings: what to train.
        out: the `.keras` file; the card goes beside it as `.json`.
        checkpoint: a folder for the state of training, as of `train`.
        title: one line for the card.
        evaluation: whether to evaluate the model.
        minutes: the training ends with the epoch in which so many are over; 0 for any number.
        callbacks: more of Keras's callbacks.
        reporting: makes the context for each part of the work, from what it is doing.
        on_epoch: called after each epoch with its number, from 1, and the mean loss.
        on_note: as of `train`.
        place: as of `train`; the chief alone evaluates the model and writes it with its card.

    Raises:
        VinguiError: as `train` does, or a file cannot be written.
    """
    with reporting("Training") as report:
        model, taken, settings, loss = train(
            settings,
            checkpoint=checkpoint,
            verbose=0,
            minutes=minutes,
            callbacks=[ReportProgress(report, on_epoch), *callbacks],
            on_note=on_note,
            place=place,
        )
    if not place.is_chief:
        return card_of(model, settings, out, minutes=taken, title=title, loss=loss)
    save_model(model, out)
    planner = Planner(network_of(model), name=out.stem)
    results: tuple[dict[str, Any], ...] = ()
    if evaluation:
        with reporting("Evaluating") as report:
            results = tuple(evaluate_suite(planner, settings, report))
    return write_card(model, settings, out, minutes=taken, results=results, title=title, loss=loss)


def card_of(
    model: ValueIterationModel,
    settings: TrainSettings,
    out: Path,
    *,
    minutes: float,
    results: tuple[dict[str, Any], ...] = (),
    title: str | None = None,
    loss: float | None = None,
    sha256: str = "",
) -> ModelCard:
    """The card of a trained model, from what `write_card` takes and the checksum of its file."""
    return ModelCard(
        name=out.stem,
        title=title or f"{type(model).__name__} trained on {settings.maps!s} maps",
        architecture=settings.architecture,
        moves=settings.moves,
        settings=asdict(settings),
        command=settings.command(out),
        minutes=round(minutes, 2),
        machine=_machine(model.cluster.place),
        weights=model.count_params(),
        sha256=sha256,
        learned=_learned(model),
        results=results,
        loss=loss,
    )


def write_card(
    model: ValueIterationModel,
    settings: TrainSettings,
    out: Path,
    *,
    minutes: float,
    results: tuple[dict[str, Any], ...],
    title: str | None = None,
    loss: float | None = None,
) -> ModelCard:
    """Write the card of a trained model beside its file.

    Args:
        model: the model.
        settings: what it was trained with.
        out: its file.
        minutes: how long the training took.
        results: rows of its results.
        title: one line for the card.
        loss: the mean loss of its last epoch.

    Raises:
        VinguiError: it cannot be written.
    """
    card = card_of(
        model,
        settings,
        out,
        minutes=minutes,
        results=results,
        title=title,
        loss=loss,
        sha256=hashlib.sha256(out.read_bytes()).hexdigest(),
    )
    with replacing(out.with_suffix(".json")) as temporary:
        temporary.write_text(card.encoded(), encoding="utf-8")
    return card


def _learned(model: ValueIterationModel) -> dict[str, Any]:
    if isinstance(model, CostVIN):
        return learned_costs(model)
    return learned(tables_of(model), model.rule) if isinstance(model, DynamicVIN) else {}


def learned_costs(model: CostVIN) -> dict[str, Any]:
    """What a network learned of the costs of terrain, on held-out maps.

    Returns:
        `terrain_costs`: the mean cost of each kind, all multiplied by one number, so that they
        come as near the true ones as possible; `cost_correlation`: that of the costs of free
        cells with the true ones.
    """
    if model.sees == "elevation":
        grids = held_out_maps(MOUNTAINS, side=28, count=_COMPARED, seed=HELD_OUT_SEED)
    else:
        grids = generated_demonstrations(_COMPARED, rows=16, cols=16, seed=HELD_OUT_SEED)
    seen, free = SeenCosts.of(model), [grid.free for grid in grids]
    costs = np.concatenate([seen(grid)[one] for grid, one in zip(grids, free, strict=True)])
    kinds = np.concatenate(
        [
            np.zeros(one.sum(), int) if grid.terrain is None else grid.terrain[one]
            for grid, one in zip(grids, free, strict=True)
        ]
    )
    palette = grids[0].palette
    true = palette.costs[kinds]
    scale = best_scale(costs, true)
    means = [float(scale * costs[kinds == kind].mean()) for kind in range(len(palette))]
    return {
        "terrain_costs": [round(mean, 3) for mean in means],
        "cost_correlation": round(float(np.corrcoef(costs, true)[0, 1]), 4),
    }


def held_out_suite(settings: TrainSettings) -> tuple[tuple[str, int, int, Starts], ...]:
    """The maps that a model is evaluated on: kind, side, number of maps, starts.

    A dynamic kernel is evaluated on the paper's sizes and far beyond, one that learns costs on
    terrain or mountains, and the paper's VIN on the size that it was trained for.
    """
    if settings.architecture == "dynamic":
        return (*_PAPER, *_BEYOND)
    if settings.architecture == "costs":
        return _MOUNTAINS if settings.sees == "elevation" else _TERRAIN
    return (("obstacles", settings.rows, 1000, "given"),)


def evaluate_suite(
    planner: Planner,
    settings: TrainSettings,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Iterator[dict[str, Any]]:
    """Yield a model's results on held-out maps, a row for each kind and size.

    The paper's VIN plans with the K of its training, others with K on auto.

    Args:
        planner: the model.
        settings: how it was trained.
        on_progress: called with how many maps are done, and of how many.
    """
    iterations = settings.iterations if settings.architecture == "vin" else None
    suite, done = held_out_suite(settings), count(1)
    total = sum(maps for _, _, maps, _ in suite)
    for kind, side, maps, starts in suite:
        yield evaluate_kind(
            planner,
            kind,
            side=side,
            count=maps,
            starts=starts,
            iterations=iterations,
            on_map=lambda: on_progress(next(done), total),
        )


def evaluate_kind(
    planner: Planner,
    kind: str,
    *,
    side: int,
    count: int,
    starts: Starts,
    iterations: int | None,
    seed: int = HELD_OUT_SEED,
    on_map: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """A model's results on held-out maps of one kind and size; calls `on_map` after each."""
    maps = held_out_maps(kind, side=side, count=count, seed=seed)
    totals = EvaluationTotals()
    for result in evaluate(planner, maps, starts=starts, iterations=iterations):
        totals.add(MapCounts.of(result))
        on_map()
    return {
        "maps_of": f"{kind} {side}x{side}",
        "from_starts": starts,
        "iterations": "auto" if iterations is None else iterations,
        "seed": seed,
        **totals.rates(),
    }


def held_out_maps(kind: str, *, side: int, count: int, seed: int) -> list[GridMap]:
    """The maps for evaluation, each with a start anywhere, as in the paper's data."""
    return generate_many(kind, count=count, rows=side, cols=side, seed=seed, uniform=True)


def _machine(place: ClusterPlace) -> str:
    """The machine, the chief's if several workers have trained."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    devices = "GPU" if tf.config.list_physical_devices("GPU") else "CPU"
    workers = f"{place.count} workers, the first with " if place.count > 1 else ""
    return (
        f"{workers}{cores} cores of {platform.machine()}, {devices}, {platform.system()}, "
        f"TensorFlow {tf.__version__}, Keras {keras.__version__}"
    )
