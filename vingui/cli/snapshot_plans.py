"""Plans with the snapshots of a model, for films of learning."""

from collections.abc import Sequence
from pathlib import Path

from vingui.cli.model_arguments import start_planner
from vingui.core.errors import VinguiError
from vingui.core.files import name_of
from vingui.core.recipe import Recipe, checksum
from vingui.core.run import Run
from vingui.core.snapshots import SnapshotPlans, Snapshots


def list_snapshots(model: Path) -> tuple[tuple[int, str], ...]:
    """The epochs and the checksums of a model's snapshots, as in a recipe.

    Raises:
        VinguiError: it has none.
    """
    snapshots = Snapshots(model)
    found = tuple((epoch, checksum(snapshots.file(epoch))) for epoch in snapshots.epochs())
    if not found:
        raise VinguiError(
            f"{model.stem} has no snapshots of its training for a film of learning. Train a model "
            "that keeps some: vingui train OUT.keras --snapshots"
        )
    return found


def check_snapshots(model: Path, wanted: Sequence[tuple[int, str]]) -> None:
    """Check that the snapshots of a recipe lie beside a model.

    Raises:
        VinguiError: one is missing, or is another one.
    """
    found = dict(list_snapshots(model))
    for epoch, sha256 in wanted:
        if found.get(epoch) != sha256:
            there = f"has checksum {found[epoch][:12]}" if epoch in found else "is missing"
            raise VinguiError(
                f"The film was made with a snapshot of epoch {epoch:,} of checksum {sha256[:12]}, "
                f"and in {Snapshots(model).folder.name} it {there}"
            )


def snapshot_plans(model: Path, recipe: Recipe) -> SnapshotPlans:
    """The plans of a film of learning, each with the K of its recipe."""
    snapshots = Snapshots(model)

    def plan(epoch: int) -> Run:
        file = snapshots.file(epoch)
        planner, _ = start_planner(str(file), engine=recipe.engine)
        if planner.rule.name != recipe.rule:
            raise VinguiError(
                f"{snapshots.folder.name}/{name_of(file)} is no snapshot of {recipe.model}: it "
                f"plans under movement rule {planner.rule.name}, not {recipe.rule}"
            )
        planner.name = recipe.model
        return planner.plan(recipe.grid, iterations=recipe.iterations, memory=recipe.memory)

    return SnapshotPlans([epoch for epoch, _ in recipe.snapshots], plan)
