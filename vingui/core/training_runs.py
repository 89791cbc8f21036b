"""Training runs that differ in seeds and settings, and their results.

The result of a run is a row, a JSON object: `file`; `settings`, those that vary, and `seed` if
seeds do; `loss`, `minutes` and `results`, as on the model's card; `error`, why it failed, or
`None`.
"""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import islice, product
from pathlib import Path
from typing import Any, Final

from vingui.core.cards import ModelCard
from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.recipe import checksum
from vingui.core.train_settings import TrainSettings

Row = Mapping[str, Any]

EPOCHS_FILE: Final = "epochs.json"
"""In the checkpoint of a training, how many epochs are finished."""

_MOST_RUNS: Final = 10_000
_SIZE: Final = "size"
"""A setting of runs for `rows` and `cols` together."""


@dataclass(frozen=True)
class TrainingRun:
    """One of several trainings.

    Attributes:
        out: the `.keras` file to write.
        settings: what to train.
        varied: the settings in which runs differ, but for the seed, as text by their names.
        seeded: whether the seeds differ.
    """

    out: Path
    settings: TrainSettings
    varied: Mapping[str, str] = field(default_factory=dict)
    seeded: bool = False

    def __str__(self) -> str:
        parts = [f"{_words(name)} {value}" for name, value in self.varied.items()]
        return ", ".join([*parts, f"seed {self.settings.seed}"] if self.seeded else parts)

    def row(self, *, card: ModelCard | None = None, error: str | None = None) -> Row:
        """The row of what came of it: the card of the network, or an error."""
        return {
            "file": str(self.out),
            "settings": dict(self.varied),
            **({"seed": self.settings.seed} if self.seeded else {}),
            "loss": card and card.loss,
            "minutes": card and card.minutes,
            "results": list(card.results) if card else [],
            "error": error,
        }

    def epochs_done(self) -> int:
        """How many epochs are finished of a training that is not."""
        with suppress(OSError, ValueError):
            return int((self.out.with_suffix(".checkpoint") / EPOCHS_FILE).read_text("utf-8"))
        return 0

    def finished(self, *, evaluated: bool) -> ModelCard | None:
        """The card of the network, if it lies beside it and both are of these settings.

        Args:
            evaluated: whether it must have results.
        """
        try:
            card = ModelCard.read(self.out.with_suffix(".json"))
            made = TrainSettings.of_record(card.settings)
            # A limit of minutes ends a training earlier than its settings do.
            same = replace(made, stop_after=self.settings.stop_after) == self.settings
            if same and checksum(self.out) == card.sha256 and (card.results or not evaluated):
                return card
        except (OSError, VinguiError):
            pass
        return None


def training_runs(
    out: Path,
    settings: TrainSettings,
    *,
    seeds: Iterable[int] = (),
    variants: Mapping[str, Iterable[Any]],
) -> list[TrainingRun]:
    """The runs of all combinations of some values of settings, each with all seeds.

    Args:
        out: the file whose name those of the runs begin with: `OUT-learning-rate-0.001-seed-3`.
        settings: all other settings.
        seeds: the seeds; empty for that of `settings`.
        variants: values of settings, by the names of `TrainSettings`; of `size`, pairs of rows and
            columns.

    Raises:
        VinguiError: there is no such setting, or a value is not possible.
    """
    known = {row.name for row in fields(TrainSettings)} - {"seed", "rows", "cols"} | {_SIZE}
    for name in variants:
        if name not in known:
            raise VinguiError(
                f"There is no setting {brief(name)} to vary; there are {', '.join(sorted(known))}"
            )
    chosen = list(dict.fromkeys(islice(seeds, _MOST_RUNS + 1)))
    runs = list[TrainingRun]()
    choices = [list(dict.fromkeys(values)) for values in variants.values()]
    for values in product(*choices):
        changes, texts = dict[str, Any](), {}
        for name, value in zip(variants, values, strict=True):
            texts[name] = "x".join(map(str, value)) if name == _SIZE else str(value)
            changes |= {"rows": value[0], "cols": value[1]} if name == _SIZE else {name: value}
        for seed in chosen or [settings.seed]:
            if len(runs) == _MOST_RUNS:
                raise VinguiError(f"There can be {_MOST_RUNS:,} runs at most; choose fewer values")
            wanted = TrainSettings.of_record({**asdict(settings), **changes, "seed": seed})
            run = TrainingRun(out, wanted, texts, bool(chosen))
            runs.append(replace(run, out=_file(run)))
    if len({run.out for run in runs}) < len(runs):
        raise VinguiError("Two runs would have the same file name; choose other values")
    return runs


def parsed_values(name: str, text: str) -> list[Any]:
    """The values of a setting in a text like "0.001,0.003" or "8,16x24" (of `size`).

    Raises:
        VinguiError: they are of another type than the setting.
    """
    kinds: dict[str, Any] = {row.name: type(row.default) for row in fields(TrainSettings)}
    convert = _size if name == _SIZE else _switch if kinds.get(name) is bool else kinds.get(name)
    try:
        return [(convert or str)(part.strip()) for part in text.split(",")]
    except (ValueError, KeyError):
        raise VinguiError(f"The {_words(name)} of runs cannot be {brief(text)}") from None


def _size(text: str) -> tuple[int, int]:
    rows, _, cols = text.partition("x")
    return int(rows), int(cols or rows)


def _switch(text: str) -> bool:
    return {"yes": True, "no": False}[text]


def _words(name: str) -> str:
    return name.replace("_", " ")


def _file(run: TrainingRun) -> Path:
    parts = [run.out.stem]
    for name, value in run.varied.items():
        # A value can be the path of a data set.
        parts += [name.replace("_", "-"), re.sub(r"[^\w.+-]", "_", value)]
    if run.seeded:
        parts += ["seed", str(run.settings.seed)]
    return run.out.with_name("-".join(parts) + run.out.suffix)
