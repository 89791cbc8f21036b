"""The settings of a training: what they mean, which are possible, and presets to begin with."""

import shlex
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.grid import check_shape
from vingui.core.moves import rule_named

ARCHITECTURES: Final = {
    "dynamic": "Dynamic transition kernel",
    "vin": "The paper's VIN",
    "costs": "Learned costs",
}
"""The networks by the name that settings and cards give them, in the order of lists."""

SEES: Final = {
    "kinds": "the kinds of terrain",
    "picture": "a picture of the terrain",
    "elevation": "the heights of cells",
}
"""What a network that learns costs can see."""

WALL_MAPS: Final = ("obstacles", "mixed", "noise", "maze", "rooms", "caves")
"""Generated maps of walls; several are mixed as `obstacles+maze`. `mixed` are obstacle fields,
noise and mazes with random parameters."""

TERRAIN: Final = "terrain"
MOUNTAINS: Final = "mountains"
COST_MAPS: Final = (TERRAIN, MOUNTAINS)
"""Generated maps with costs to learn: patches of terrain, and real mountains with elevation."""

MY_MAP: Final = "my map"
MY_DEMONSTRATIONS: Final = "my demonstrations"
"""What `maps` is in the window for the map in the editor; a file of it takes its place."""

GOALS: Final = {
    "given": "as in the file",
    "anywhere": "anywhere on its maps, another one in every batch",
}
"""Where the goals of a file's maps are."""

HELD_OUT_SEED: Final = 1_000_003
"""The seed of the maps that models are evaluated on, which training therefore refuses."""

_COUNTS: Final = (
    "iterations",
    "epochs",
    "batches",
    "batch_size",
    "reading_every",
    "demonstrations",
)
_SIZE: Final = ("rows", "cols")


@dataclass(frozen=True)
class TrainSettings:
    """The settings that, together with the package's version, determine the weights.

    Attributes:
        architecture: a name of `ARCHITECTURES`: `dynamic`, `vin` for the paper's, or `costs` for
            one that learns the costs of terrain from demonstrated paths.
        moves: the name of the movement rule.
        maps: names of `WALL_MAPS` joined by +, or a data-set file; for `costs`, a name of
            `COST_MAPS` or a file.
        rows: the rows of generated maps.
        cols: the columns of generated maps.
        iterations: K in training.
        epochs: how many epochs.
        batches: batches in an epoch.
        batch_size: maps in a batch.
        learning_rate: Adam's at the beginning; it falls to 0 by a cosine.
        reading_every: every how many iterations the policy learns.
        seed: 0 or more.
        sees: what a network of `costs` sees, a name of `SEES`.
        demonstrations: how many generated maps demonstrate a path to a network of `costs`.
        mirrored: whether maps that demonstrate paths are mirrored at random, which teaches more
            from few of them.
        goals: a name of `GOALS`, for the maps of a file.
        density: the share of walls of generated noise and caves; 0 for their own.
        held_out: how many of a file's last maps are not learned from.
        weights: the model whose weights training begins with; empty for new ones.
        stop_after: after how many epochs to stop, 0 for all; the learning rate falls as if there
            were all.
    """

    architecture: str = "dynamic"
    moves: str = "8"
    maps: str = "mixed"
    rows: int = 16
    cols: int = 16
    iterations: int = 24
    epochs: int = 20
    batches: int = 100
    batch_size: int = 32
    learning_rate: float = 3e-3
    reading_every: int = 5
    seed: int = 0
    sees: str = "kinds"
    demonstrations: int = 200
    mirrored: bool = False
    goals: str = "given"
    density: float = 0.0
    held_out: int = 0
    weights: str = ""
    stop_after: int = 0

    def __post_init__(self) -> None:
        if self.architecture not in ARCHITECTURES:
            raise VinguiError(
                f"There is no architecture {self.architecture!r}; "
                f"there are {', '.join(ARCHITECTURES)}"
            )
        rule_named(self.moves)
        if self.sees not in SEES:
            raise VinguiError(
                f"A network sees {' or '.join(SEES)} of a map, not {brief(self.sees)}"
            )
        if self.goals not in GOALS:
            raise VinguiError(f"goals must be {' or '.join(GOALS)}, not {brief(self.goals)}")
        self._check_maps()
        self._check_numbers()

    def _check_maps(self) -> None:
        if self.architecture == "costs" and self.wall_maps:
            raise VinguiError(
                f"The architecture costs learns from maps of {' or '.join(COST_MAPS)}, or from a "
                f"file, and {self.maps} have no terrain"
            )
        if self.architecture != "costs" and self.maps in (*COST_MAPS, MY_DEMONSTRATIONS):
            what = "Demonstrations" if self.maps not in COST_MAPS else f"Maps of {self.maps}"
            raise VinguiError(
                f"{what} are for the architecture costs, which learns what terrain costs"
            )
        if self.sees == "elevation" and self.maps == TERRAIN:
            raise VinguiError(
                f"Maps of {TERRAIN} have no elevation to learn costs from; those of {MOUNTAINS} do"
            )
        if self.generated:
            check_shape(self.rows, self.cols, what="training maps")

    def _check_numbers(self) -> None:
        for name in _COUNTS:
            if getattr(self, name) < 1:
                raise VinguiError(f"{name} must be 1 or more, not {getattr(self, name)}")
        if not 0 < self.learning_rate < 1:
            raise VinguiError(
                f"learning_rate must be above 0 and below 1, not {self.learning_rate}"
            )
        if not 0 <= self.density < 1:
            raise VinguiError(f"density must be from 0 to below 1, not {self.density}")
        if not 0 <= self.stop_after <= self.epochs:
            raise VinguiError(
                f"stop_after must be from 0 to the number of epochs, {self.epochs}, "
                f"not {self.stop_after}"
            )
        for name in ("seed", "held_out"):
            if getattr(self, name) < 0:
                raise VinguiError(f"{name} must be 0 or more, not {getattr(self, name)}")
        if self.seed == HELD_OUT_SEED:
            raise VinguiError(
                f"The seed {self.seed} is that of the maps for evaluation; choose another"
            )

    @property
    def wall_maps(self) -> tuple[str, ...]:
        """The names of `WALL_MAPS` that are mixed; empty for terrain and for files."""
        names = tuple(self.maps.split("+"))
        return names if set(names) <= set(WALL_MAPS) else ()

    @property
    def generated(self) -> bool:
        """Whether the maps are generated, and not read from a file."""
        return self.maps in COST_MAPS or bool(self.wall_maps)

    @property
    def last_epoch(self) -> int:
        """The number of epochs that are trained."""
        return self.stop_after or self.epochs

    def command(self, out: Path) -> str:
        """The command that trains the same network, without options that have default values."""
        words = ["vingui", "train", out.name]
        for row in fields(self):
            value = getattr(self, row.name)
            if row.name not in _SIZE and value != row.default:
                words.append("--" + row.name.replace("_", "-"))
                words += [] if value is True else [str(value)]
        if (self.rows, self.cols) != (16, 16):
            words += ["--size", f"{self.rows}x{self.cols}"]
        return shlex.join(words)

    @classmethod
    def of_record(cls, content: Any) -> "TrainSettings":
        """The settings of a JSON object, such as `dataclasses.asdict` makes.

        Raises:
            VinguiError: it is no such object, or a value is not possible.
        """
        kinds = {row.name: type(row.default) for row in fields(cls)}
        if not isinstance(content, dict) or not set(content) <= set(kinds):
            raise VinguiError(f"The settings of a training cannot be {brief(content)}")
        for name, value in content.items():
            fits = type(value) is kinds[name] or (kinds[name] is float and type(value) is int)
            if not fits:
                raise VinguiError(f"The {name} of a training cannot be {brief(value)}")
        return cls(**content)


@dataclass(frozen=True)
class Preset:
    """Settings to begin with.

    Attributes:
        name: a short identifier.
        title: its name in the window.
        about: what one will see, in a sentence.
        settings: the settings. Of data, `maps` may be `MY_DEMONSTRATIONS`.
    """

    name: str
    title: str
    about: str
    settings: TrainSettings


def teaching_settings(sees: str, moves: str) -> TrainSettings:
    """Settings to learn from the demonstrations of the map in the editor, within half a minute.

    Args:
        sees: what the network sees, a name of `SEES`.
        moves: the name of the movement rule.
    """
    batches, rate = {"kinds": (10, 0.05), "picture": (50, 0.003), "elevation": (25, 0.03)}[sees]
    return TrainSettings(
        architecture="costs",
        moves=moves,
        maps=MY_DEMONSTRATIONS,
        sees=sees,
        mirrored=sees != "kinds",
        epochs=20,
        batches=batches,
        batch_size=16,
        learning_rate=rate,
    )


PRESETS: Final = (
    Preset(
        "paper",
        "The paper's VIN on 8x8",
        "The network of 2016 learns to plan on small obstacle fields: right in a minute.",
        TrainSettings(
            architecture="vin",
            maps="obstacles",
            rows=8,
            cols=8,
            iterations=10,
            epochs=60,
            batches=50,
        ),
    ),
    Preset(
        "dynamic",
        "Watch a dynamic VIN learn",
        "It learns what its actions do, and with that to plan on maps of any size.",
        TrainSettings(rows=8, cols=8, iterations=12, epochs=40, batches=25),
    ),
    Preset(
        "terrain",
        "Learn my terrain",
        "It sees the kinds of terrain and your demonstrations, and learns what each kind costs.",
        teaching_settings("kinds", "8"),
    ),
)
