"""Finding commands by some letters of their names."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtGui import QAction, QKeySequence

from vingui.gui.look.plain_text import shown_text

_IN_TEXT, _IN_PLACE, _IN_TIP = 4.0, 2.0, 1.0
"""What a match in a command's name counts, and in its menu's, and in its description."""

_WHOLE, _BEGINNING, _INSIDE = 5.0, 4.0, 2.0
"""What a whole word counts, and the beginning of one, and other letters in one piece."""

_SCATTERED: Final = 1.0
"""The most that letters count that are in the right order, with others between them."""


@dataclass(frozen=True, eq=False)
class Command:
    """A command that can be found.

    Attributes:
        action: what runs it.
        place: the menu that it is in, or what it is.
        text: its name.
        tip: one line about it.
        keys: its shortcut, as the platform writes it.
    """

    action: QAction
    place: str
    text: str = field(init=False)
    tip: str = field(init=False)
    keys: str = field(init=False)

    def __post_init__(self) -> None:
        action = self.action
        native = QKeySequence.SequenceFormat.NativeText
        object.__setattr__(self, "text", shown_text(action.text()))
        object.__setattr__(self, "tip", action.statusTip() or action.toolTip())
        object.__setattr__(self, "keys", action.shortcut().toString(native))

    @property
    def id(self) -> str:
        """Its name in the list of recent commands."""
        return self.action.objectName() or f"{self.place}/{self.text}"


def found(commands: Iterable[Command], query: str, recent: Sequence[str]) -> list[Command]:
    """Return the commands that match all words of a query, the best first, disabled ones last.

    Of equally good ones, those used recently come first. An empty query matches all commands.

    Args:
        commands: the commands to search.
        query: what was typed.
        recent: the ids of recent commands, the newest first.
    """
    words = query.casefold().split()
    newness = {id_: place for place, id_ in enumerate(recent)}
    scored = []
    for command in commands:
        scores = [_score(word, command) for word in words]
        if all(scores):
            order = newness.get(command.id, len(recent))
            scored.append((not command.action.isEnabled(), -sum(scores), order, command))
    return [command for *_, command in sorted(scored, key=lambda row: row[:3])]


def _score(word: str, command: Command) -> float:
    """How well a word matches a command; 0 if it does not."""
    text, place = command.text.casefold(), command.place.casefold()
    return max(
        _IN_TEXT * (_match(word, text) or _scattered(word, text)),
        _IN_PLACE * (_match(word, place) or _scattered(word, place)),
        _IN_TIP * _match(word, f"{command.tip} {command.keys}".casefold()),
    )


def _match(word: str, text: str) -> float:
    words = re.findall(r"[^\W_]+", text)
    if word in words:
        return _WHOLE
    if any(other.startswith(word) for other in words):
        return _BEGINNING
    return _INSIDE if word in text else 0.0


def _scattered(word: str, text: str) -> float:
    """From 0, if the letters are not there in this order, to 1, if they have none between them."""
    pattern = "(?=(" + ".*?".join(re.escape(letter) for letter in word) + "))"
    spans = [len(match[1]) for match in re.finditer(r"\b" + pattern, text)]
    return _SCATTERED * len(word) / min(spans) if spans else 0.0
