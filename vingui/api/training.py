"""Training networks from Python."""

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any

from vingui.api.checks import (
    checked_choice,
    checked_number,
    checked_path,
    checked_text,
    checked_whole,
    plain_values,
)
from vingui.api.maps import map_of
from vingui.api.progress import OnProgress, reporting
from vingui.core.cards import ModelCard
from vingui.core.cluster_place import ClusterPlace
from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.formats import write_map
from vingui.core.grid import GridMap
from vingui.core.moves import RULES
from vingui.core.snapshots import Snapshots
from vingui.core.train_settings import (
    MY_DEMONSTRATIONS,
    MY_MAP,
    PRESETS,
    SEES,
    TrainSettings,
    teaching_settings,
)
from vingui.net.quiet import quiet_tensorflow


def train(
    out: str | PathLike[str],
    settings: TrainSettings | str | None = None,
    *,
    title: str | None = None,
    evaluation: bool = True,
    minutes: float = 0,
    snapshots: Iterable[int] | bool = False,
    tensorboard: str | PathLike[str] | None = None,
    progress: bool = True,
    on_progress: OnProgress | None = None,
    on_epoch: Callable[[int, float], None] = lambda _number, _loss: None,
    on_note: Callable[[str], None] | None = None,
    workers: Sequence[str] | None = None,
    index: int | None = None,
    **changes: Any,
) -> ModelCard:
    """Train a network, and write it with its card; the same settings make the same network.

    A training that was interrupted is continued after its last epoch, from the folder that it
    leaves beside `out`.

    Several processes, on one machine or on several, train one network together: each takes its
    share of every batch, and the network is the one that a single process makes, but for rounding.
    Each is started with the same arguments and its own `index`; or `TF_CONFIG`, TensorFlow's
    environment variable, says both. The first one alone keeps the state of an interrupted training
    and writes files. What they send each other is neither encrypted nor signed.

    Args:
        out: the `.keras` file to write; the card goes beside it as `.json`.
        settings: what to train, or the name of a preset: "paper", "dynamic" or "terrain".
        title: one line for the card.
        evaluation: whether to evaluate the network at the end, as its card then tells.
        minutes: the training ends with the epoch in which so many are over; 0 for any number.
        snapshots: the epochs after which the network is kept, for films of learning; `True` for up
            to 64 of all.
        tensorboard: a folder for the losses as TensorBoard reads them.
        progress: whether to show a bar, in a notebook or at a terminal.
        on_progress: called instead, with how many batches are done, and of how many; then the same
            of the maps that it is evaluated on.
        on_epoch: called after each epoch with its number, from 1, and the mean loss.
        on_note: called with sentences that the user should read.
        workers: the addresses of all processes that train together, as `host:port`; by default,
            those of `TF_CONFIG`, or none.
        index: the place of this process among the workers, from 0.
        **changes: of the settings, such as `epochs=5` or `seed=1`.

    Returns:
        The card. That of a worker other than the first one, whose network is the same, has neither
        results nor a checksum.

    Raises:
        VinguiError: a setting is out of its range, the maps cannot be read, the training diverges,
            or a file cannot be written; or another worker does not come, has other settings or is
            lost.

    Example:
        >>> card = vingui.train("small.keras", "paper", epochs=1, evaluation=False)
        >>> card.architecture
        'vin'
    """
    out, wanted = checked_out(out), chosen_settings(settings, changes)
    minutes = checked_number(minutes, "minutes", 0)
    epochs = snapshot_epochs(snapshots)
    if title is not None:
        title = checked_text(title, "title")
    place = _place(workers, index)
    shown = progress and on_progress is None
    with quiet_tensorflow(), reporting("Loading TensorFlow", progress=shown):
        from vingui.net.train import KeepSnapshots, logs_for_tensorboard, resumes
        from vingui.net.train_and_evaluate import make

    checkpoint, kept = out.with_suffix(".checkpoint"), Snapshots(out)
    if place.is_chief and resumes(checkpoint, wanted) and on_note is not None:
        on_note(f"continuing from {checkpoint}")
    callbacks: list[Any] = []
    if epochs is not None and place.is_chief:
        callbacks.append(KeepSnapshots(kept, epochs=epochs))
    if tensorboard is not None and place.is_chief:
        callbacks.append(logs_for_tensorboard(str(checked_path(tensorboard, "tensorboard"))))
    try:
        card = make(
            wanted,
            out,
            checkpoint=checkpoint,
            title=title,
            evaluation=evaluation,
            minutes=minutes,
            callbacks=callbacks,
            reporting=partial(reporting, progress=progress, on_progress=on_progress),
            on_epoch=on_epoch,
            on_note=on_note,
            place=place,
        )
    except KeyboardInterrupt as stopped:
        stopped.add_note("with its last whole epoch kept; repeat it to go on")
        raise
    if not place.is_chief:
        return card
    if epochs is None:
        # They would be of the network that was replaced.
        kept.remove()
    shutil.rmtree(checkpoint)
    return card


def _place(workers: Sequence[str] | None, index: int | None) -> ClusterPlace:
    if workers is None and index is None:
        return ClusterPlace.of_environment(os.environ)
    if workers is not None and (isinstance(workers, str) or not isinstance(workers, Sequence)):
        raise VinguiError(f"workers must be a list of addresses, not {brief(workers)}")
    return ClusterPlace.of(workers, None if index is None else checked_whole(index, "index", 0))


def teach(
    source: GridMap | str | PathLike[str],
    out: str | PathLike[str],
    *,
    sees: str = "kinds",
    moves: str = "8",
    evaluation: bool = False,
    **options: Any,
) -> ModelCard:
    """Learn what cells cost from the demonstrations of a map, within half a minute.

    Args:
        source: a map with demonstrations, such as `grid.with_demonstrations(paths)` returns, or
            its file.
        out: the `.keras` file to write; the map goes beside it, as `.map.json`.
        sees: what the network sees: "kinds" of terrain, a "picture" or the "elevation".
        moves: the movement rule.
        evaluation: as of `train`.
        **options: others of `train`, such as `epochs=5`, `seed=1` or `progress=False`.

    Returns:
        The card; `card.learned` has the costs that were learned, beside the true ones.

    Raises:
        VinguiError: the map has no demonstration, no elevation to see, or as of `train`.

    Example:
        >>> card = vingui.teach(demonstrated, "slopes.keras", epochs=1)
        >>> card.settings["sees"]
        'kinds'
    """
    checked_choice(sees, "sees", SEES)
    checked_choice(moves, "moves", RULES)
    out = checked_out(out)
    grid = map_of(source, needs_goal=False)
    if not grid.demonstrations:
        raise VinguiError(
            "The map has no demonstrations. Show paths: grid.with_demonstrations([Demonstration(("
            "(0, 0), (0, 1)))])"
        )
    if sees == "elevation" and grid.elevation is None:
        raise VinguiError("The map has no elevation to learn costs from")
    file = out.with_suffix(".map.json")
    write_map(file, grid)
    settings = replace(teaching_settings(sees, moves), maps=str(file))
    return train(out, settings, evaluation=evaluation, **options)


def checked_out(out: str | PathLike[str]) -> Path:
    """The file for a network.

    Raises:
        VinguiError: its name does not end in `.keras`.
    """
    path = checked_path(out, "out")
    if path.suffix.lower() != ".keras":
        raise VinguiError(f"{path.name}: The file name must end in .keras")
    return path


def snapshot_epochs(snapshots: Iterable[int] | bool) -> frozenset[int] | None:
    """After which epochs to keep the network, empty for all; `None` for no snapshots."""
    if isinstance(snapshots, bool):
        return frozenset() if snapshots else None
    if not isinstance(snapshots, Iterable):
        raise VinguiError(f"snapshots must be True, False or epochs, not {brief(snapshots)}")
    return frozenset(checked_whole(epoch, "An epoch of snapshots", 0) for epoch in snapshots)


def chosen_settings(settings: TrainSettings | str | None, changes: dict[str, Any]) -> TrainSettings:
    """The settings, those of a preset by its name or the default ones, with changes.

    Raises:
        VinguiError: there is no such preset or setting, or a value is not possible.
    """
    if settings is None:
        settings = TrainSettings()
    elif not isinstance(settings, TrainSettings):
        presets = {preset.name: preset.settings for preset in PRESETS}
        checked_choice(settings, "The preset", presets)
        settings = presets[settings]
    known = asdict(settings)
    for name, value in plain_values(changes).items():
        if name not in known:
            raise VinguiError(f"There is no setting {name!r}; there are {', '.join(known)}")
        known[name] = str(value) if isinstance(value, PathLike) else value
    if known["maps"] in (MY_MAP, MY_DEMONSTRATIONS):
        raise VinguiError(
            f"These settings learn from {known['maps']} in the window. Here, name a file by "
            "maps=..., or use vingui.teach(grid, out)"
        )
    return TrainSettings.of_record(known)
