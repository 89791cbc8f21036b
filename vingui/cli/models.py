"""`vingui models`: the shipped models, with their results on held-out maps."""

import argparse
from dataclasses import asdict
from typing import Any, Final

from vingui.cli.arguments import add_command
from vingui.cli.printing import say, write_json
from vingui.core.architectures import about
from vingui.core.cards import ModelCard, default_model, find_model, shipped_models
from vingui.core.extensions import leave_out, reason_of
from vingui.core.methods import METHODS, Method
from vingui.core.phrases import percent
from vingui.core.snapshots import Snapshots

_EXAMPLES: Final = """
vingui models
vingui models dynamic-8 my-own.keras
vingui models --json cards.json
"""


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "models",
        "[NAME|FILE ...]",
        description="List the models that come with vingui: the movement rule of each, how it was "
        "trained, and its\nresults on held-out maps. Of models that are named also what they "
        "learned and what is built in.",
        examples=_EXAMPLES,
    )
    parser.add_argument(
        "models",
        metavar="NAME|FILE",
        nargs="*",
        help="a shipped model or a .keras file with its card (default: all shipped ones)",
    )
    parser.add_argument(
        "--json", metavar="FILE|-", help="write the model cards as JSON; - for standard output"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    files = [find_model(name) for name in options.models or [c.name for c in shipped_models()]]
    cards = [ModelCard.read(file.with_suffix(".json")) for file in files]
    for file, card in zip(files, cards, strict=True):
        say(options, *_lines(card, Snapshots(file)), *(_about(card) if options.models else []), "")
    if not options.models:
        say(options, "planning methods without a network, under any movement rule")
        say(options, *map(_about_method, filter(_is_usable, METHODS.values())))
    if options.json:
        records = [
            asdict(card) | {"snapshots": Snapshots(file).epochs()}
            for file, card in zip(files, cards, strict=True)
        ]
        write_json(options.json, {"models": records})
    return 0


def _is_usable(method: Method) -> bool:
    """Whether the planner of another package can be imported; if not, it is left out."""
    if method.extension is None:
        return True
    try:
        why = "" if callable(method.extension.entry_point.load()) else "it is no function"
    except (Exception, SystemExit) as error:
        why = reason_of(error)
    if why:
        leave_out(method.extension, why)
    return not why


def _about_method(method: Method) -> str:
    title = method.description if method.extension is not None else method.title
    return f"  {method.name}: {title.rstrip('.')}"


def _about(card: ModelCard) -> list[str]:
    return [f"  {line}" for line in about(card)]


def _lines(card: ModelCard, snapshots: Snapshots) -> list[str]:
    default = ", the default model for these moves" if card.name == default_model(card.rule) else ""
    lines = [
        f"{card.name}: {card.title}",
        f"  moves    {card.rule.name} ({card.rule.title}){default}",
        f"  weights  {card.weights:,}, trained in {card.minutes:z.1f} minutes on {card.machine}",
        f"  made by  {card.command}",
    ]
    if kept := snapshots.in_words():
        lines.append(f"  kept     snapshots {kept}, for plan --learning")
    if card.results:
        title = "results on held-out maps"
        lines.append(f"  {title:<41} {'maps':>6} {'starts':>9} {'success':>9} {'optimal':>9}")
    lines += [
        f"    {row['maps_of']:<39} {row['maps']:>6,} {row['starts']:>9,} "
        f"{percent(row['success']):>9} {percent(row['optimal']):>9}"
        for row in card.results
    ]
    return lines
