"""`vingui train`: train a network."""

import argparse
import shlex
import shutil
from dataclasses import fields
from pathlib import Path
from typing import Any

from vingui.cli.common import (
    add_command,
    check_suffixes,
    check_target,
    import_tensorflow_quietly,
    size,
)
from vingui.cli.printing import say
from vingui.core.moves import RULES
from vingui.core.phrases import percent

_EXAMPLES = """
vingui train dynamic.keras
vingui train mine.keras --moves 8-both-free --seed 1
vingui train vin.keras --architecture vin --maps obstacles --size 16 --iterations 20 --epochs 100
vingui train vin.keras --architecture vin --maps gridworld_16.mat --iterations 20
"""


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "train",
        about="train a network",
        description="Train a Value Iteration Network on generated maps or on a data set, and "
        "write it with its card: how it\nwas made, and its results on held-out maps. "
        "The same seed and settings make the same network.\nA training that was interrupted is "
        "gone on with by the same command, from the end of its last epoch.",
        examples=_EXAMPLES,
    )
    parser.add_argument("out", metavar="OUT.keras", type=Path, help="the card goes beside it")
    parser.add_argument(
        "--architecture",
        choices=("dynamic", "vin"),
        help="a VIN with a dynamic transition kernel (the default), or the paper's",
    )
    parser.add_argument("--moves", metavar="RULE", choices=RULES, help=", ".join(RULES))
    parser.add_argument(
        "--maps",
        metavar="obstacles|mixed|FILE",
        help="what to train on: the paper's obstacle fields; those mixed with noise and mazes "
        "(the default); or the maps of a data-set file",
    )
    parser.add_argument("--size", metavar="RxC", type=size, help="of generated maps; default 16x16")
    for option, metavar, kind, text in (
        ("--iterations", "K", int, "Bellman backups in training; default 24"),
        ("--epochs", "N", int, "default 20"),
        ("--batches", "N", int, "batches in an epoch; default 100"),
        ("--batch-size", "N", int, "maps in a batch; default 32"),
        ("--learning-rate", "X", float, "Adam's at the beginning; default 0.003"),
        ("--reading-every", "N", int, "learn from the policy at every N-th iteration; default 5"),
        ("--seed", "S", int, "default 0"),
    ):
        parser.add_argument(option, metavar=metavar, type=kind, help=text)
    parser.add_argument("--title", metavar="TEXT", help="one line for the card")
    parser.add_argument(
        "--no-marks", action="store_true", help="do not evaluate the network at the end"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    check_suffixes([options.out], (".keras",))
    check_target(str(options.out))
    with import_tensorflow_quietly():
        from vingui.net.train import TrainSettings, resumes
        from vingui.net.train_and_evaluate import make
    given = {
        row.name: getattr(options, row.name)
        for row in fields(TrainSettings)
        if getattr(options, row.name, None) is not None
    }
    if options.size:
        given["rows"], given["cols"] = options.size
    settings = TrainSettings(**given)
    checkpoint = options.out.with_suffix(".checkpoint")
    if resumes(checkpoint, settings):
        say(options, f"going on from {checkpoint}")
    card = make(
        settings,
        options.out,
        checkpoint=checkpoint,
        command=_command(settings, options.out),
        title=options.title,
        marks=not options.no_marks,
    )
    shutil.rmtree(checkpoint)
    say(options, f"wrote {options.out} and its card, {card.minutes:z.1f} minutes of training")
    for mark in card.marks:
        say(
            options,
            f"  {mark['maps_of']}: success {percent(mark['success'])}, "
            f"optimal {percent(mark['optimal'])}",
        )
    return 0


def _command(settings: Any, out: Path) -> str:
    """The command that makes the same network: what differs from the defaults."""
    words = ["vingui", "train", out.name]
    for row in fields(settings):
        value = getattr(settings, row.name)
        if row.name not in ("rows", "cols") and value != row.default:
            words += ["--" + row.name.replace("_", "-"), str(value)]
    if (settings.rows, settings.cols) != (16, 16):
        words += ["--size", f"{settings.rows}x{settings.cols}"]
    return shlex.join(words)
