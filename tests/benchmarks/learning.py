"""How quickly networks learn, and how well, on maps of a fresh seed.

    python tests/benchmarks/learning.py [paper] [ten] [pictures] [large] [--seed N]

Each row trains with the settings that the window offers, and evaluates on maps that neither the
training nor the project has seen. Without a seed, another one is drawn in every run.
"""

import argparse
import secrets
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from vingui.core.phrases import percent
from vingui.core.train_settings import PRESETS, TERRAIN, TrainSettings, teaching_settings
from vingui.net.keras_networks import network_of
from vingui.net.planner import Planner
from vingui.net.train import Trained, train
from vingui.net.train_and_evaluate import evaluate_kind
from vingui.net.zoo import load_planner

PAPER = next(preset.settings for preset in PRESETS if preset.name == "paper")


def trained(settings: TrainSettings, *, minutes: float = 0) -> tuple[Trained, float]:
    """What a training came to, and its seconds from the first to the last."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        done = train(settings, checkpoint=Path(folder, "at"), verbose=0, minutes=minutes)
        return done, time.perf_counter() - began


def show(title: str, seconds: float, planner: Planner, kind: str, side: int, count: int, seed: int):
    """Evaluate and print a row."""
    fixed = planner.own_iterations
    row = evaluate_kind(
        planner, kind, side=side, count=count, starts="given", iterations=fixed, seed=seed
    )
    ratio = row.get("mean_cost_ratio")
    costs = "" if ratio is None else f", mean cost {ratio:.4f} times the least"
    print(
        f"{title}: {seconds:.0f} s; {count} maps of {kind} {side}x{side}: success "
        f"{percent(row['success'])}, optimal {percent(row['optimal'])}{costs}",
        flush=True,
    )


def paper(seed: int) -> None:
    """The paper's VIN by its preset, stopped within a minute, and to its end."""
    for title, minutes in (("the paper's VIN by its preset, 45 s of it", 0.75), ("all of it", 0)):
        done, seconds = trained(replace(PAPER, seed=seed), minutes=minutes)
        show(
            title,
            seconds,
            Planner(network_of(done.model), name="paper"),
            "obstacles",
            8,
            1000,
            seed + 1,
        )


def ten(seed: int) -> None:
    """Ten demonstrations, on ten maps of five kinds of terrain that are seen as kinds."""
    few = replace(teaching_settings("kinds", "8"), maps=TERRAIN, demonstrations=10, seed=seed)
    done, seconds = trained(few)
    planner = Planner(network_of(done.model), name="ten")
    show("10 demonstrations, kinds", seconds, planner, "patches", 16, 200, seed + 1)


def pictures(seed: int) -> None:
    """Two hundred demonstrations, pictures of 8x8 pixels a cell."""
    many = replace(teaching_settings("picture", "8"), maps=TERRAIN, demonstrations=200, seed=seed)
    done, seconds = trained(many)
    planner = Planner(network_of(done.model), name="pictures")
    show("200 demonstrations, pictures", seconds, planner, "patches", 16, 200, seed + 1)


def large(seed: int) -> None:
    """The shipped picture network, trained on 16x16, on maps of 128x128."""
    planner, _ = load_planner("costs-picture-8")
    show("costs-picture-8", 0, planner, "patches", 128, 50, seed)


ROWS = {row.__name__: row for row in (paper, ten, pictures, large)}


def main() -> None:
    """Run the rows that were named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[*ROWS, []], help="which rows")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    for name in options.rows or ROWS:
        ROWS[name](options.seed)


if __name__ == "__main__":
    main()
