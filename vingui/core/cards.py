"""Model cards: what a trained model is, how it was made and how well it does.

A card is a JSON file beside the model's `.keras` file, under the same name. It is plain data, so
that it can be read without Keras.
"""

import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import NoneType
from typing import Any, Final, Self

from vingui.core.errors import VinguiError
from vingui.core.files import brief, parse_json, read_text, reading
from vingui.core.methods import METHODS
from vingui.core.moves import RULES, MoveRule, rule_named
from vingui.core.train_settings import ARCHITECTURES
from vingui.paths import MODELS

FORMAT: Final = "vingui-model-card"
VERSION: Final = 2
_MAX_BYTES = 1 << 20
_TYPES: Final[dict[str, type | tuple[type, ...]]] = {
    "name": str,
    "title": str,
    "architecture": str,
    "moves": str,
    "settings": dict,
    "command": str,
    "minutes": (int, float),
    "machine": str,
    "weights": int,
    "sha256": str,
    "learned": dict,
    "loss": (int, float, NoneType),
}
_NUMBERS = (
    "maps",
    "starts",
    "success",
    "optimal",
    "observations",
    "observations_right",
    "cost_correlation",
    "mean_cost_ratio",
)
"""Entries of `results` and `learned` that are shown as numbers."""
_LISTS = {"success_interval", "costs", "terrain_costs"}
"""Entries of `results` and `learned` that are shown as lists of numbers."""


@dataclass(frozen=True)
class ModelCard:
    """What is known about a trained model.

    Attributes:
        name: its name on the command line; the file's name without its suffix.
        title: a description in one line.
        architecture: `dynamic`, `vin` or `costs`.
        moves: the name of its movement rule.
        settings: the training's settings, seed included: they make the same model again.
        command: the command that made it.
        minutes: the duration of the training.
        machine: the machine that it was trained on.
        weights: the number of weights.
        sha256: the checksum of the `.keras` file.
        learned: measurements of what it learned, by name.
        results: one row for each set of maps that it was evaluated on.
        loss: the mean loss of the last epoch; `None` if it is not known.
    """

    name: str
    title: str
    architecture: str
    moves: str
    settings: dict[str, Any]
    command: str
    minutes: float
    machine: str
    weights: int
    sha256: str
    learned: dict[str, Any] = field(default_factory=dict)
    results: tuple[dict[str, Any], ...] = ()
    loss: float | None = None

    def __repr__(self) -> str:
        return f"ModelCard({self.name!r}, {self.title!r}, moves={self.moves!r})"

    @property
    def rule(self) -> MoveRule:
        """The movement rule that it was trained for."""
        return rule_named(self.moves)

    def encoded(self) -> str:
        """The card as the text of its file."""
        content = {"format": FORMAT, "version": VERSION, **asdict(self)}
        return json.dumps(content, indent=2) + "\n"

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a card from its file.

        Raises:
            VinguiError: the file cannot be read, or is not a model card.
        """
        with reading(path):
            try:
                content = parse_json(read_text(path, limit=_MAX_BYTES))
                kind, version = content.pop("format"), content.pop("version")
                if (kind, version) == (FORMAT, 1):
                    content["results"] = content.pop("marks")
                elif (kind, version) != (FORMAT, VERSION):
                    raise VinguiError(
                        f"The model card must be a {FORMAT} of version {VERSION}, "
                        f"not {brief(kind)} of version {brief(version)}"
                    )
                results = content["results"]
                if not isinstance(results, list):
                    raise VinguiError(
                        f'The "results" of the model card must be a list, not {brief(results)}'
                    )
                content["results"] = tuple(results)
                card = cls(**content)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise VinguiError("It is not a model card that vingui wrote") from error
            _check_types(card)
            rule_named(card.moves)
        return card


def _check_types(card: ModelCard) -> None:
    for name, kind in _TYPES.items():
        value = getattr(card, name)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise VinguiError(f"The model card cannot have {brief(value)} as its {name}")
    if not all(isinstance(row, dict) for row in card.results):
        raise VinguiError('The "results" of the model card must be a list of JSON objects')
    for row in (card.learned, *card.results):
        for name, value in row.items():
            if value is not None and not _is_sound(name, value):
                raise VinguiError(
                    f"The {name} of the model card must be numeric, not {brief(value)}"
                )


def _is_sound(name: str, value: object) -> bool:
    if name in _LISTS:
        if not isinstance(value, list) or not all(_is_number(number) for number in value):
            return False
        return name != "success_interval" or len(value) == 2
    return name not in _NUMBERS or _is_number(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _place(card: ModelCard) -> int:
    order = list(ARCHITECTURES)
    return order.index(card.architecture) if card.architecture in order else len(order)


def shipped_models() -> tuple[ModelCard, ...]:
    """The cards of the models that come with vingui, the default one first."""
    cards = [ModelCard.read(path) for path in sorted(MODELS.glob("*.json"))]
    order = list(RULES)
    return tuple(
        sorted(cards, key=lambda card: (_place(card), order.index(card.moves), card.weights))
    )


def default_model(rule: MoveRule) -> str:
    """The name of the default model for a movement rule."""
    return f"dynamic-{rule.name}"


def find_model(wanted: str) -> Path:
    """The `.keras` file of a model, given by the name of a shipped one or by its path.

    Raises:
        VinguiError: there is neither a shipped model nor a readable file of that name, or the file
            has the name of a planning method.
    """
    shipped = {path.stem: path for path in MODELS.glob("*.keras")}
    if wanted in shipped:
        return shipped[wanted]
    if wanted in METHODS:
        raise VinguiError(f"{wanted} is a planning method, and has no file; choose a model")
    path = Path(wanted)
    with reading(path):
        if path.is_file():
            if path.stem in METHODS:
                raise VinguiError(
                    f"“{path.stem}” is the name of a planning method; rename the model's file"
                )
            return path
    choices = " or ".join(filter(None, (", ".join(sorted(shipped)), "a .keras file")))
    raise VinguiError(f"There is no model {wanted!r}; choose {choices}")
