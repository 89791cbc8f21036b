"""The results of the shipped models on fresh maps, of another seed than the cards' and training's.

    python tests/benchmarks/results.py [MODEL ...] [--seed S] [--maps N]
    python tests/benchmarks/results.py [MODEL ...] --update-cards

For each model and kind of map a row: maps, starts, success with its 95 % interval, optimal paths.
Dynamic models plan with K on auto; the paper's VINs on their own size with the K of their training.
The second form measures the results of the cards again, on their own maps, and writes them there,
for when the generators or the protocol have changed.
"""

import argparse
import os
from dataclasses import replace
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from vingui.core.cards import shipped_models
from vingui.core.files import replacing
from vingui.core.train_settings import TrainSettings
from vingui.net.train_and_evaluate import evaluate_kind, evaluate_suite, held_out_suite
from vingui.net.zoo import load_planner
from vingui.paths import MODELS


def table(name: str, *, seed: int, maps: int) -> None:
    """Print the rows of one model."""
    planner, card = load_planner(name)
    assert card is not None
    settings = TrainSettings(**card.settings)
    for kind, side, count, starts in held_out_suite(settings):
        scaled = max(count * maps // 1000, 1)
        row: dict[str, Any] = evaluate_kind(
            planner,
            kind,
            side=side,
            count=scaled,
            starts=starts,
            iterations=None if settings.architecture == "dynamic" else settings.iterations,
            seed=seed,
        )
        low, high = row["success_interval"]
        print(
            f"{name:<20} {row['maps_of']:<18} {row['maps']:>6} {row['starts']:>9,}  "
            f"{row['success']:8.3%} ({low:.2%} to {high:.2%})  {row['optimal']:8.3%}",
            flush=True,
        )


def update_card(name: str) -> None:
    """Measure the results of a model's card anew."""
    planner, card = load_planner(name)
    assert card is not None
    results = tuple(evaluate_suite(planner, TrainSettings(**card.settings)))
    with replacing(MODELS / f"{name}.json") as temporary:
        temporary.write_text(replace(card, results=results).encoded(), encoding="utf-8")


def main() -> None:
    """Run the script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", metavar="MODEL")
    parser.add_argument("--seed", type=int, default=77)
    parser.add_argument(
        "--maps", type=int, default=1000, help="maps of a paper's size; fewer of the large ones"
    )
    parser.add_argument("--update-cards", action="store_true")
    options = parser.parse_args()
    for name in options.models or [card.name for card in shipped_models()]:
        if options.update_cards:
            update_card(name)
            continue
        table(name, seed=options.seed, maps=options.maps)


if __name__ == "__main__":
    main()
