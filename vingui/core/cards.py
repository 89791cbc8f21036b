"""Model cards: what a trained model is, how it was made and how well it does.

A card is a JSON file beside the model's `.keras` file, under the same name. It is plain data, so
that it can be read without Keras.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from vingui.core.errors import VinguiError
from vingui.core.moves import MoveRule, rule_named

FORMAT: Final = "vingui-model-card"
VERSION: Final = 1
_MAX_BYTES = 1 << 20


@dataclass(frozen=True)
class ModelCard:
    """What is known about a trained model.

    Attributes:
        name: what the command line calls it; the file's name without its suffix.
        title: one line in words.
        architecture: `dynamic` or `vin`.
        moves: the name of its movement rule.
        settings: what it was trained with: everything that, with the seed, makes it again.
        command: the command that made it.
        minutes: how long that took.
        machine: on what.
        weights: how many numbers were learned.
        sha256: of the `.keras` file.
        learned: measurements of what it learned, by name.
        marks: one row for each set of maps it was evaluated on.
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
    marks: tuple[dict[str, Any], ...] = ()

    @property
    def rule(self) -> MoveRule:
        """The movement rule it was trained for."""
        return rule_named(self.moves)

    def encoded(self) -> str:
        """The card as the text of its file."""
        content = {"format": FORMAT, "version": VERSION, **asdict(self)}
        return json.dumps(content, indent=2) + "\n"

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a card.

        Raises:
            VinguiError: the file cannot be read or is no card.
        """
        try:
            if path.stat().st_size > _MAX_BYTES:
                raise VinguiError(f"{path.name}: Expected a model card, received a larger file")
            content = json.loads(path.read_text(encoding="utf-8"))
            if content.pop("format") != FORMAT or content.pop("version") != VERSION:
                raise VinguiError(f"{path.name}: Expected a {FORMAT} of version {VERSION}")
            content["marks"] = tuple(content["marks"])
            card = cls(**content)
            rule_named(card.moves)
        except OSError as error:
            raise VinguiError(
                f"{path.name}: Expected a model card, received {error.strerror}"
            ) from error
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise VinguiError(
                f"{path.name}: Expected a model card, received other content"
            ) from error
        return card
