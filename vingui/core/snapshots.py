"""Snapshots: networks kept along a training, in a folder beside the model that came of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vingui.core.errors import VinguiError
from vingui.core.phrases import counted
from vingui.core.recipe import Recipe, checksum

if TYPE_CHECKING:
    from vingui.core.run import Run

MOST: Final = 64
"""The most that are kept: the early epochs, in which most is learned, and ever fewer later."""

_MOST_NAMED: Final = 12
"""The most epochs that are named in a sentence."""

_PREFIX: Final = "epoch-"
_SUFFIX: Final = ".snapshots"


class Snapshots:
    """The networks after some of the epochs of a training.

    Args:
        model: the file of the model.

    Attributes:
        folder: where they are, which need not exist.
    """

    def __init__(self, model: Path) -> None:
        self.folder = model.with_suffix(_SUFFIX)

    @classmethod
    def around(cls, file: Path) -> "Snapshots | None":
        """The snapshots of which a file is one, or `None` if it is none."""
        folder = file.parent
        if folder.suffix != _SUFFIX or _epoch_of(file) is None:
            return None
        return cls(folder)

    def file(self, epoch: int) -> Path:
        """The file of the network after an epoch; 0 for the untrained network."""
        return self.folder / f"{_PREFIX}{epoch:05d}.keras"

    def epoch_of(self, file: Path) -> int | None:
        """The epoch after which a file was kept, or `None` if it is none of these."""
        return _epoch_of(file) if file.parent == self.folder else None

    def epochs(self) -> list[int]:
        """The epochs whose networks are kept, ascending."""
        found = map(_epoch_of, self.folder.glob(f"{_PREFIX}*.keras"))
        return sorted(epoch for epoch in found if epoch is not None)

    def in_words(self) -> str:
        """Which there are, such as "after epochs 0, 1, 2 and 60"; empty if there are none."""
        epochs = self.epochs()
        if len(epochs) > _MOST_NAMED:
            return f"after {counted(len(epochs), 'epoch')} from {epochs[0]:,} to {epochs[-1]:,}"
        if len(epochs) < 2:
            return f"after epoch {epochs[0]:,}" if epochs else ""
        *others, last = [f"{epoch:,}" for epoch in epochs]
        return f"after epochs {', '.join(others)} and {last}"

    def listed(self) -> tuple[tuple[int, str], ...]:
        """Their epochs and checksums, as in a recipe.

        Raises:
            VinguiError: there are none.
        """
        found = tuple((epoch, checksum(self.file(epoch))) for epoch in self.epochs())
        if not found:
            raise VinguiError(
                f"{self.folder.stem} has no snapshots of its training for a film of learning. "
                "Train a model that keeps some: vingui train OUT.keras --snapshots"
            )
        return found

    def check(self, recipe: Recipe) -> None:
        """Check that the snapshots of a recipe are here.

        Raises:
            VinguiError: one is missing, or is another one.
        """
        found = dict(self.listed())
        for epoch, sha256 in recipe.snapshots:
            if found.get(epoch) != sha256:
                there = f"has checksum {found[epoch][:12]}" if epoch in found else "is missing"
                raise VinguiError(
                    f"The film was made with a snapshot of epoch {epoch:,} of checksum "
                    f"{sha256[:12]}, and in {self.folder.name} it {there}"
                )

    def plans(self, recipe: Recipe, plan: "Callable[[Path], Run]") -> "SnapshotPlans":
        """The plans of a film of learning.

        Args:
            recipe: of the film.
            plan: plans with the network in a file as the recipe says.
        """

        def plan_epoch(epoch: int) -> "Run":
            file = self.file(epoch)
            run = plan(file)
            if run.rule.name != recipe.rule:
                raise VinguiError(
                    f"{self.folder.name}/{file.name} is no snapshot of {recipe.model}: it plans "
                    f"under movement rule {run.rule.name}, not {recipe.rule}"
                )
            run.model = recipe.model
            return run

        return SnapshotPlans([epoch for epoch, _ in recipe.snapshots], plan_epoch)

    def remove(self) -> None:
        """Remove all of them."""
        for epoch in self.epochs():
            self.file(epoch).unlink(missing_ok=True)

    def thin(self) -> None:
        """Remove those whose epochs are closest in proportion, while there are too many."""
        epochs = self.epochs()
        while len(epochs) > MOST:
            inner = range(1, len(epochs) - 1)
            closest = min(
                inner, key=lambda place: (epochs[place + 1] + 1) / (epochs[place - 1] + 1)
            )
            self.file(epochs.pop(closest)).unlink(missing_ok=True)


@dataclass(frozen=True, eq=False)
class SnapshotPlans:
    """The plans of a network on one map, with what it had learned after some epochs.

    Attributes:
        epochs: the epochs, ascending.
        plan: makes the finished plan of one of them, each time anew: of a large map, one plan takes
            as much memory as may be used.
    """

    epochs: Sequence[int]
    plan: "Callable[[int], Run]"


def _epoch_of(file: Path) -> int | None:
    number = file.stem.removeprefix(_PREFIX)
    return int(number) if number.isdecimal() and file.stem != number else None
