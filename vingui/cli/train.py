"""`vingui train`: train a network."""

import argparse
import math
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

from vingui.api.training import train
from vingui.cli.arguments import add_command, size
from vingui.cli.name_patterns import check_target
from vingui.cli.printing import note, say
from vingui.cli.train_many import add_run_arguments, is_for_several, run_several
from vingui.core.cluster_place import WorkerLostError
from vingui.core.errors import VinguiError
from vingui.core.moves import RULES
from vingui.core.phrases import percent
from vingui.core.train_settings import (
    ARCHITECTURES,
    COST_MAPS,
    GOALS,
    MOUNTAINS,
    MY_DEMONSTRATIONS,
    MY_MAP,
    PRESETS,
    SEES,
    TERRAIN,
    WALL_MAPS,
    TrainSettings,
)

_EXAMPLES: Final = """
vingui train dynamic.keras
vingui train mine.keras --moves 8-both-free --seed 1
vingui train vin.keras --architecture vin --maps obstacles --size 16 --iterations 20 --epochs 100
vingui train vin.keras --architecture vin --maps gridworld_16.mat --iterations 20
vingui train costs.keras --architecture costs --demonstrations 10 --epochs 3
vingui train slopes.keras --architecture costs --sees elevation --demonstrations 1000
vingui train paper.keras --preset paper --snapshots
vingui train paper.keras --preset paper --seeds 0-9 --csv seeds.csv
vingui train paper.keras --preset paper --seeds 0-4 --try learning-rate=0.001,0.003 --jobs 4
vingui train vin.keras --architecture vin --epochs 60 --snapshots 0,1,2,4,8,16,32
"""


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "train",
        "OUT.keras",
        description="Train a Value Iteration Network on generated maps or on a data set, and write "
        "it with a model\ncard: how it was made, and its results on held-out maps. The same seed "
        "and options make the same\nnetwork. If a training is interrupted, the same command "
        "continues it after its last epoch.",
        examples=_EXAMPLES,
    )
    parser.add_argument(
        "out",
        metavar="OUT.keras",
        type=Path,
        help="the file to write; the model card is written beside it",
    )
    parser.add_argument(
        "--preset",
        choices=[preset.name for preset in PRESETS],
        help="settings to begin with, which other options change: "
        + "; ".join(f"{preset.name}: {preset.title}" for preset in PRESETS),
    )
    _add_network_arguments(parser)
    _add_map_arguments(parser)
    _add_training_arguments(parser)
    _add_output_arguments(parser)
    add_run_arguments(parser)
    _add_worker_arguments(parser)
    parser.set_defaults(run=run)


def _add_worker_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "one training on several workers",
        "Each worker is started with the same command and its own --index, or with TensorFlow's "
        "variable\nTF_CONFIG. It takes its share of every batch, so that the network is the one "
        "that a single process\nmakes, but for rounding. Worker 0 writes the files. What they send "
        "is not encrypted: let nobody else\nreach their ports.",
    )
    group.add_argument(
        "--workers",
        metavar="HOST:PORT[,...]",
        type=lambda text: text.split(","),
        help="the addresses of all workers, the same for each of them",
    )
    group.add_argument(
        "--index", metavar="N", type=int, help="which of them this process is, from 0"
    )


def _add_network_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--architecture",
        choices=ARCHITECTURES,
        help="a VIN with a dynamic transition kernel, the paper's VIN, or one that learns the "
        "costs of terrain from demonstrated paths (default: dynamic)",
    )
    parser.add_argument(
        "--moves",
        metavar="RULE",
        choices=RULES,
        help=f"movement rule: {', '.join(RULES)} (default: 8)",
    )
    parser.add_argument(
        "--sees",
        choices=SEES,
        help="learn costs by the kind of terrain of a cell, from a picture of the map, 8x8 pixels "
        "a cell, or from the heights of cells (default: kinds)",
    )
    parser.add_argument(
        "--weights", metavar="MODEL", help="begin with the weights of a model of the same kind"
    )


def _add_map_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--maps",
        metavar="KIND[+KIND...]|FILE",
        help=f"train on generated maps ({', '.join((*WALL_MAPS, *COST_MAPS))}; mixed are the "
        "paper's obstacle fields, noise and mazes), or on the maps of a file (default: mixed; to "
        "learn costs terrain, and from elevation mountains)",
    )
    parser.add_argument(
        "--goals",
        choices=GOALS,
        help="the goals of a file's maps: as given, or anywhere on them (default: given)",
    )
    parser.add_argument(
        "--size",
        metavar="ROWSxCOLS",
        type=size,
        help="size of generated maps, or one number for squares (default: 16x16)",
    )
    _add_numbers(
        parser,
        ("--density", "X", float, "share of walls of noise and caves (default: their own)"),
        ("--demonstrations", "N", int, "paths that are shown to learn costs (default: 200)"),
        ("--held-out", "N", int, "do not learn from the last N maps of a file (default: 0)"),
    )
    parser.add_argument(
        "--mirrored",
        action="store_true",
        default=None,
        help="mirror the maps that demonstrate paths at random, to learn more from few",
    )


def _add_training_arguments(parser: argparse.ArgumentParser) -> None:
    _add_numbers(
        parser,
        ("--iterations", "K", int, "number of Bellman backups in training (default: 24)"),
        ("--epochs", "N", int, "number of epochs (default: 20)"),
        ("--batches", "N", int, "batches in an epoch (default: 100)"),
        ("--batch-size", "N", int, "maps in a batch (default: 32)"),
        ("--learning-rate", "X", float, "Adam's learning rate at the beginning (default: 0.003)"),
        ("--reading-every", "N", int, "learn from the policy at every N-th k (default: 5)"),
        ("--stop-after", "N", int, "stop after this epoch, as if there were more (default: none)"),
        ("--seed", "N", int, "seed of the random numbers (default: 0)"),
    )
    parser.add_argument(
        "--minutes",
        metavar="X",
        type=float,
        default=0.0,
        help="stop after the epoch in which so many minutes of training are over",
    )


def _add_numbers(
    parser: argparse.ArgumentParser, *rows: tuple[str, str, type[int] | type[float], str]
) -> None:
    """Add options for numbers: of each its name, placeholder, type and help."""
    for option, metavar, kind, text in rows:
        parser.add_argument(option, metavar=metavar, type=kind, help=text)


def _add_output_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--snapshots",
        metavar="EPOCHS",
        nargs="?",
        const=True,
        default=False,
        type=_epochs,
        help="keep the network after some epochs and the last one, such as 0,1,2,4,8, or without a "
        "list after up to 64 of them, in the folder OUT.snapshots: films of learning show it",
    )
    parser.add_argument(
        "--tensorboard", metavar="FOLDER", help="write the losses for TensorBoard into a folder"
    )
    parser.add_argument("--title", metavar="TEXT", help="a description in one line, for the card")
    parser.add_argument(
        "--no-evaluation",
        dest="evaluation",
        action="store_false",
        help="do not evaluate the network at the end",
    )


def _epochs(text: str) -> tuple[int, ...]:
    """The epochs of `--snapshots`."""
    numbers = text.split(",")
    if not all(number.isdecimal() and number.isascii() for number in numbers):
        raise argparse.ArgumentTypeError(f"must be epochs from 0, such as 0,1,2,4,8, not {text!r}")
    return tuple(map(int, numbers))


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    if options.out.suffix.lower() != ".keras":
        raise VinguiError(f"{options.out.name}: The file name must end in .keras")
    check_target(str(options.out))
    settings = _settings(options)
    if not 0 <= options.minutes < math.inf:
        raise VinguiError(f"--minutes must be 0 or more, not {options.minutes}")
    if is_for_several(options):
        if options.workers or options.index is not None:
            raise VinguiError(
                "--workers train one network together, and --seeds and --try are for several"
            )
        return run_several(options, settings)
    try:
        card = train(
            options.out,
            settings,
            title=options.title,
            evaluation=options.evaluation,
            minutes=options.minutes,
            snapshots=options.snapshots,
            tensorboard=options.tensorboard,
            on_epoch=lambda number, loss: say(options, f"epoch {number}: loss {loss:z.4f}"),
            on_note=note,
            workers=options.workers,
            index=options.index,
        )
    except WorkerLostError as error:
        raise VinguiError(f"{error}, this one by: {options.command_line}") from error
    taken = f"{card.minutes:z.1f} minutes of training"
    if not card.sha256:
        say(options, f"{taken}; worker 0 writes {options.out}")
        return 0
    say(options, f"wrote {options.out} and its card, {taken}")
    for row in card.results:
        success, optimal = percent(row["success"]), percent(row["optimal"])
        say(options, f"  {row['maps_of']}: success {success}, optimal {optimal}")
    return 0


def _settings(options: argparse.Namespace) -> TrainSettings:
    """The preset's settings, or else the default ones, with the options that were given."""
    given = {
        row.name: getattr(options, row.name)
        for row in fields(TrainSettings)
        if getattr(options, row.name, None) is not None
    }
    if options.size:
        given["rows"], given["cols"] = options.size
    if options.preset:
        preset = next(preset.settings for preset in PRESETS if preset.name == options.preset)
        settings = replace(preset, **given)
    else:
        if options.architecture == "costs":
            given.setdefault("maps", MOUNTAINS if options.sees == "elevation" else TERRAIN)
        settings = TrainSettings(**given)
    if settings.maps in (MY_MAP, MY_DEMONSTRATIONS):
        raise VinguiError(
            f"The preset {options.preset} learns from {settings.maps} in the window. Here, name a "
            "map file with demonstrations by --maps"
        )
    return settings
