"""What kind of file a name is for, and its options."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vingui.api.checks import checked_choice, checked_whole
from vingui.core.errors import VinguiError
from vingui.core.moves import MoveRule
from vingui.core.run_files import DATA_SUFFIXES, TABLES, VALUES
from vingui.figure.film_options import FILM_SUFFIXES, FilmOptions
from vingui.figure.options import SUFFIXES as FIGURE_SUFFIXES
from vingui.figure.options import FigureOptions
from vingui.figure.panel import Panel

if TYPE_CHECKING:
    from vingui.core.run import Run

_FILM_ONLY: Final = ("rate", "every", "hold", "loop", "first", "last")

FRAMES_OF_SEARCH: Final = 240
"""About as many frames has a film of a search, unless it is chosen which."""


@dataclass(frozen=True, eq=False)
class PlanFile:
    """A file to write for each map.

    Attributes:
        pattern: its name, with placeholders.
        kind: its kind, as in a recipe.
        suffix: the suffix of its format.
        options: its options, as in a recipe.
        may_thin: whether a film of a search may leave out expansions.
    """

    pattern: str
    kind: str
    suffix: str
    options: dict[str, Any]
    may_thin: bool = False

    def options_for(self, run: "Run") -> dict[str, Any]:
        """The options for a run: a film of a search shows some of its expansions, unless chosen."""
        if self.kind != "film" or not self.may_thin or not run.is_search:
            return self.options
        return self.options | {"every": -(-run.latest // FRAMES_OF_SEARCH)}


def figure_options(options: Mapping[str, Any], rule: MoveRule) -> FigureOptions:
    """The options of a figure, with its panels as on the command line.

    Raises:
        VinguiError: there is no such option, or one is out of its range.
    """
    panels = options.get("panels")
    if isinstance(panels, str):
        panels = panels.split(",")
    if isinstance(panels, list | tuple):
        read = [Panel.parse(row, rule) if isinstance(row, str) else row for row in panels]
        options = {**options, "panels": tuple(read)}
    return FigureOptions.named(options)


def plan_file(path: str, options: Mapping[str, Any], rule: MoveRule) -> PlanFile:
    """What kind of file a name is for, with its options as of `Plan.save`.

    Raises:
        VinguiError: the suffix is unknown, or an option is out of its range.
    """
    suffix = Path(path).suffix.lower()
    of_film = {name: options[name] for name in _FILM_ONLY if name in options}
    if suffix in DATA_SUFFIXES:
        for name, value in options.items():
            _check_data_option(suffix, name, value)
        return PlanFile(path, "data", suffix, dict(options))
    if suffix in FIGURE_SUFFIXES and not (suffix in FILM_SUFFIXES and of_film):
        return PlanFile(path, "figure", suffix, figure_options(options, rule).record())
    if suffix not in FILM_SUFFIXES:
        suffixes = dict.fromkeys((*FIGURE_SUFFIXES, *FILM_SUFFIXES, *DATA_SUFFIXES))
        raise VinguiError(f"The file name must end in {', '.join(suffixes)}")
    of_figure = {name: value for name, value in options.items() if name not in of_film}
    film = FilmOptions.named({"figure": figure_options(of_figure, rule), **of_film})
    film.check_suffix(suffix)
    return PlanFile(path, "film", suffix, film.record())


def _check_data_option(suffix: str, name: str, value: Any) -> None:
    match suffix, name:
        case ".npz", "values":
            checked_choice(value, name, VALUES)
        case ".csv", "table":
            checked_choice(value, name, TABLES)
        case ".csv", "k":
            if value is not None:
                checked_whole(value, name, 1)
        case _:
            raise VinguiError(f"A {suffix} file has no option {name!r}")
