"""The colours of a figure: those of the window's light and dark themes, on paper."""

from dataclasses import dataclass
from typing import Final

from vingui.core.colours import ON_DARK, ON_LIGHT, Colours


@dataclass(frozen=True, kw_only=True)
class Theme(Colours):
    """The colours of a figure, as `#rrggbb`.

    Attributes:
        paper: the background.
        frame: the frames of the panels.
        dark: whether they are those of the dark theme.
    """

    paper: str
    frame: str
    dark: bool

    def start(self, index: int) -> str:
        """The colour of a start and of its trajectory."""
        return self.starts[index % len(self.starts)]

    @property
    def curves(self) -> tuple[str, str]:
        """Colours of the convergence panel: of revisions, and of the starts that succeed."""
        return self.accent, self.success


LIGHT: Final = Theme(paper="#ffffff", frame="#8b94a1", dark=False, **ON_LIGHT)
DARK: Final = Theme(paper="#16191e", frame="#5a6472", dark=True, **ON_DARK)
