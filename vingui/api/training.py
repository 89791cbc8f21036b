"""Training networks from Python."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any

from vingui.api.progress import OnProgress, reporting
from vingui.core.cards import ModelCard
from vingui.core.errors import VinguiError
from vingui.core.formats import write_map
from vingui.core.grid import GridMap
from vingui.core.snapshots import Snapshots
from vingui.core.train_settings import PRESETS, TrainSettings, teaching_settings
from vingui.net.quiet import quiet_tensorflow


def train(
    out: str | PathLike[str],
    settings: TrainSettings | str | None = None,
    *,
    title: str | None = None,
    evaluation: bool = True,
    minutes: float = 0,
    snapshots: Sequence[int] | bool = False,
    tensorboard: str | PathLike[str] | None = None,
    progress: bool = True,
    on_progress: OnProgress | None = None,
    on_epoch: Callable[[int, float], None] = lambda _number, _loss: None,
    on_note: Callable[[str], None] | None = None,
    **changes: Any,
) -> ModelCard:
    """Train a network, and write it with its card; the same settings make the same network.

    A training that was interrupted is continued after its last epoch, from the folder that it
    leaves beside `out`.

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
        **changes: of the settings, such as `epochs=5` or `seed=1`.

    Returns:
        The card.

    Raises:
        VinguiError: a setting is out of its range, the maps cannot be read, the training diverges,
            or a file cannot be written.

    Example:
        >>> card = vingui.train("small.keras", "paper", epochs=1, evaluation=False)
        >>> card.architecture
        'vin'
    """
    with quiet_tensorflow():
        from vingui.net.train import KeepSnapshots, logs_for_tensorboard, resumes
        from vingui.net.train_and_evaluate import make

    out = Path(out)
    if out.suffix.lower() != ".keras":
        raise VinguiError(f"{out.name}: The file name must end in .keras")
    wanted = _settings(settings, changes)
    checkpoint, kept = out.with_suffix(".checkpoint"), Snapshots(out)
    if resumes(checkpoint, wanted) and on_note is not None:
        on_note(f"continuing from {checkpoint}")
    callbacks: list[Any] = []
    if snapshots is not False:
        epochs = frozenset[int]() if snapshots is True else frozenset(snapshots)
        callbacks.append(KeepSnapshots(kept, epochs=epochs))
    if tensorboard is not None:
        callbacks.append(logs_for_tensorboard(str(tensorboard)))
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
        )
    except KeyboardInterrupt as stopped:
        stopped.add_note("repeat it to go on after its last whole epoch")
        raise
    if snapshots is False:
        # They would be of the network that was replaced.
        kept.remove()
    shutil.rmtree(checkpoint)
    return card


def teach(
    grid: GridMap,
    out: str | PathLike[str],
    *,
    sees: str = "kinds",
    moves: str = "8",
    **changes: Any,
) -> ModelCard:
    """Learn what cells cost from the demonstrations of a map, within half a minute.

    Args:
        grid: a map with demonstrations, such as `grid.with_demonstrations(paths)` returns.
        out: the `.keras` file to write; the map goes beside it, as `.map.json`.
        sees: what the network sees: "kinds" of terrain, a "picture" or the "elevation".
        moves: the movement rule.
        **changes: of the settings, such as `epochs=5` or `seed=1`; or
            `progress=False`.

    Returns:
        The card; `card.learned` has the costs that were learned, beside the true ones.

    Raises:
        VinguiError: the map has no demonstration, no elevation to see, or as of `train`.

    Example:
        >>> card = vingui.teach(demonstrated, "slopes.keras", epochs=1)
        >>> card.settings["sees"]
        'kinds'
    """
    if not grid.demonstrations:
        raise VinguiError(
            "The map has no demonstrations. Show paths: grid.with_demonstrations([Demonstration(("
            "(0, 0), (0, 1)))])"
        )
    out = Path(out)
    file = out.with_suffix(".map.json")
    write_map(file, grid)
    settings = replace(teaching_settings(sees, moves), maps=str(file))
    return train(out, settings, evaluation=False, **changes)


def _settings(settings: TrainSettings | str | None, changes: dict[str, Any]) -> TrainSettings:
    if isinstance(settings, str):
        presets = {preset.name: preset.settings for preset in PRESETS}
        if settings not in presets:
            raise VinguiError(f"There is no preset {settings!r}; choose {', '.join(presets)}")
        settings = presets[settings]
    try:
        return TrainSettings(**changes) if settings is None else replace(settings, **changes)
    except TypeError as error:
        raise VinguiError(f"There is no such setting: {error}") from error
