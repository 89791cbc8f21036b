"""`vingui models`: the shipped models, with their results on held-out maps."""

import argparse
from dataclasses import asdict
from typing import Any, Final

from vingui.cli.arguments import add_command
from vingui.cli.printing import say, write_json
from vingui.core.cards import ModelCard, default_model, find_model, shipped_models
from vingui.core.phrases import percent
from vingui.core.snapshots import Snapshots

_EXAMPLES: Final = """
vingui models
vingui models --json cards.json
"""


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "models",
        "",
        description="List the models that come with vingui: the movement rule of each, how it was "
        "trained, and its\nresults on held-out maps.",
        examples=_EXAMPLES,
    )
    parser.add_argument(
        "--json", metavar="FILE|-", help="write the model cards as JSON; - for standard output"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    cards = shipped_models()
    for card in cards:
        say(options, *_lines(card), "")
    if options.json:
        records = [asdict(card) | {"snapshots": _snapshots(card).epochs()} for card in cards]
        write_json(options.json, {"models": records})
    return 0


def _snapshots(card: ModelCard) -> Snapshots:
    return Snapshots(find_model(card.name))


def _lines(card: ModelCard) -> list[str]:
    default = ", the default model for these moves" if card.name == default_model(card.rule) else ""
    lines = [
        f"{card.name}: {card.title}",
        f"  moves    {card.rule.name} ({card.rule.title}){default}",
        f"  weights  {card.weights:,}, trained in {card.minutes:z.1f} minutes on {card.machine}",
        f"  made by  {card.command}",
    ]
    if snapshots := _snapshots(card).in_words():
        lines.append(f"  kept     snapshots {snapshots}, for plan --learning")
    if card.results:
        title = "results on held-out maps"
        lines.append(f"  {title:<41} {'maps':>6} {'starts':>9} {'success':>9} {'optimal':>9}")
    lines += [
        f"    {row['maps_of']:<39} {row['maps']:>6,} {row['starts']:>9,} "
        f"{percent(row['success']):>9} {percent(row['optimal']):>9}"
        for row in card.results
    ]
    return lines
