"""Making a model that can be shipped: training, what it learned, its marks, its card."""

import hashlib
import os
import platform
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import keras
import tensorflow as tf

from vingui.core.cards import ModelCard
from vingui.core.files import replacing
from vingui.core.generate import generate_many
from vingui.net.data import MARK_SEED
from vingui.net.evaluate import Marks, Starts, evaluate
from vingui.net.models import DynamicVIN
from vingui.net.patches import learned
from vingui.net.planner import Planner
from vingui.net.train import TrainSettings, train

_PAPER: Final = tuple(("obstacles", side, 1000, "given") for side in (8, 16, 28))
_BEYOND: Final = (
    ("maze", 51, 100, "all"),
    ("maze", 101, 50, "all"),
    ("caves", 128, 50, "all"),
    ("rooms", 128, 50, "all"),
    ("caves", 256, 10, "all"),
    ("rooms", 256, 10, "all"),
    ("caves", 512, 3, "all"),
    ("obstacles", 512, 3, "all"),
)
"""Kind, side, count and starts of the maps that models are marked on."""


def make(
    settings: TrainSettings,
    out: Path,
    *,
    checkpoint: Path,
    command: str,
    title: str | None = None,
    marks: bool = True,
) -> ModelCard:
    """Train a model and write it with its card.

    Args:
        settings: what to train.
        out: the `.keras` file; the card goes beside it as `.json`.
        checkpoint: a folder for the state of training, as `train` wants it.
        command: the command that makes this model.
        title: one line for the card.
        marks: whether to evaluate the model.

    Raises:
        VinguiError: as `train` does, or a file cannot be written.
    """
    model, minutes = train(settings, checkpoint=checkpoint)
    with replacing(out) as temporary:
        model.save(temporary)
    planner = Planner(model, name=out.stem)
    card = ModelCard(
        name=out.stem,
        title=title or f"{type(model).__name__} trained on {settings.maps} maps",
        architecture=settings.architecture,
        moves=settings.moves,
        settings=asdict(settings),
        command=command,
        minutes=round(minutes, 2),
        machine=_machine(),
        weights=model.count_params(),
        sha256=hashlib.sha256(out.read_bytes()).hexdigest(),
        learned=learned(model) if isinstance(model, DynamicVIN) else {},
        marks=tuple(measured(planner, settings)) if marks else (),
    )
    with replacing(out.with_suffix(".json")) as temporary:
        temporary.write_text(card.encoded(), encoding="utf-8")
    return card


def measured(planner: Planner, settings: TrainSettings) -> Iterator[dict[str, Any]]:
    """A model's marks on maps that it never saw, a row for each kind and size.

    A dynamic kernel is marked on the paper's sizes and far beyond, with K on auto; the paper's
    VIN on the size and with the K that it was trained for.
    """
    dynamic = isinstance(planner.model, DynamicVIN)
    rows: Any = (*_PAPER, *_BEYOND) if dynamic else [("obstacles", settings.rows, 1000, "given")]
    for kind, side, count, starts in rows:
        yield mark(
            planner,
            kind,
            side=side,
            count=count,
            starts=starts,
            iterations=None if dynamic else settings.iterations,
        )


def mark(
    planner: Planner, kind: str, *, side: int, count: int, starts: Starts, iterations: int | None
) -> dict[str, Any]:
    """A model's marks on fresh maps of one kind and size."""
    maps = generate_many(kind, count=count, rows=side, cols=side, seed=MARK_SEED)
    marks = Marks()
    for result in evaluate(planner, maps, starts=starts, iterations=iterations):
        marks.add(result)
    summary = marks.summary()
    return {
        "maps_of": f"{kind} {side}x{side}",
        "from_starts": starts,
        "iterations": "auto" if iterations is None else iterations,
        "seed": MARK_SEED,
        **{name: value for name, value in summary.items() if name != "by_length"},
    }


def _machine() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    devices = "GPU" if tf.config.list_physical_devices("GPU") else "CPU"
    return (
        f"{cores} cores of {platform.machine()}, {devices}, {platform.system()}, "
        f"TensorFlow {tf.__version__}, Keras {keras.__version__}"
    )
