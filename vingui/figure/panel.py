"""What a panel of a figure shows, and how that is written on the command line."""

import re
from dataclasses import dataclass
from typing import Final, Self

from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.moves import ACTION_NAMES, MoveRule
from vingui.core.readouts import BEST
from vingui.core.value_layers import LAYERS

PANELS: Final = (("map", "Map"), *LAYERS, ("convergence", "Convergence"))
"""Names of what a panel may show, with their titles."""

WITH_LATENT: Final = ("reward", "q")
"""The layers with one picture for each latent action."""

_NAMES: Final = tuple(name for name, _ in PANELS)
_MOST_K: Final = 10**9
_MOST_LATENT: Final = 10**4
_WRITTEN: Final = re.compile(r"([a-z-]+)(?::([A-Za-z0-9]{1,6}))?(?:@([0-9]{1,10}))?", re.ASCII)


@dataclass(frozen=True)
class Panel:
    """What a panel shows.

    Attributes:
        layer: "map", a name of `vingui.core.value_layers.LAYERS`, or "convergence".
        k: the iteration, 1 or more; `None` for the run's last. Where the layer itself is the same
            for all iterations, that of its overlays.
        latent: the latent action of reward and Q, or `BEST`.

    Raises:
        VinguiError: there is no such panel.
    """

    layer: str = "value"
    k: int | None = None
    latent: int = BEST

    def __post_init__(self) -> None:
        if self.layer not in _NAMES:
            raise VinguiError(
                f"There is no panel {brief(self.layer)}; there are {', '.join(_NAMES)}"
            )
        if self.k is not None and not (_is_whole(self.k) and 1 <= self.k <= _MOST_K):
            raise VinguiError(f"An iteration is a whole number from 1, not {brief(self.k)}")
        most = _MOST_LATENT if self.layer in WITH_LATENT else BEST
        if not (_is_whole(self.latent) and BEST <= self.latent <= most):
            raise VinguiError(
                f"Only {' and '.join(WITH_LATENT)} have latent actions, counted from 0; "
                f"{self.layer} has no {brief(self.latent)}"
            )

    @classmethod
    def parse(cls, text: str, rule: MoveRule | None = None) -> Self:
        """Read a panel such as "map", "value@10", "q:NE@20", "q:3" or "reward:N".

        Args:
            text: a name, after `:` a latent action by its number or by the name of a move, after
                `@` an iteration.
            rule: the rule whose moves may be named; `None` for all moves.

        Raises:
            VinguiError: the text does not name a panel.
        """
        found = _WRITTEN.fullmatch(text.strip())
        if not found:
            raise VinguiError(
                f"A panel is written like map, value@10 or q:NE@20, not {brief(text)}"
            )
        layer, latent, k = found.groups()
        return cls(layer, int(k) if k else None, _latent(latent, rule) if latent else BEST)

    def __str__(self) -> str:
        """Write it as `parse` reads it."""
        latent = "" if self.latent == BEST else f":{self.latent}"
        return f"{self.layer}{latent}" + ("" if self.k is None else f"@{self.k}")


def _latent(text: str, rule: MoveRule | None) -> int:
    if text.isdigit():
        return int(text)
    names = ACTION_NAMES[: rule.n_actions if rule else None]
    if text.lower() == "best":
        return BEST
    if text.upper() not in names:
        raise VinguiError(
            f"A latent action is a number, best, or one of {', '.join(names)}, not {brief(text)}"
        )
    return names.index(text.upper())


def _is_whole(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool)
