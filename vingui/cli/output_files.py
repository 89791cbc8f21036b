"""The files that `vingui plan` writes for each map."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vingui.api.reproducing import snapshot_plans
from vingui.cli.arguments import whole_number_from
from vingui.cli.figure_arguments import figure_options, film_options
from vingui.cli.name_patterns import OutputNames
from vingui.cli.progress import counting
from vingui.core.errors import VinguiError
from vingui.core.formats import writable_suffixes
from vingui.core.name_patterns import filled, make_folder
from vingui.core.run_files import DATA_SUFFIXES, TABLES, VALUES
from vingui.core.snapshots import Snapshots
from vingui.figure import SUFFIXES as FIGURE_SUFFIXES
from vingui.figure.film_options import FILM_SUFFIXES
from vingui.figure.writing import write_file

if TYPE_CHECKING:
    from vingui.api.model import Model
    from vingui.api.planning import Plan
    from vingui.core.moves import MoveRule
    from vingui.core.run import Run

FRAMES_OF_SEARCH: Final = 240
"""About as many frames has a film of a search, unless it is chosen which."""


def add_file_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `--out`, `--film` and what belongs to them, for `targets`."""
    group = parser.add_argument_group(
        "files",
        "Placeholders in file names: {name} is the map's name, {folder} its folder, {index} its "
        "index in\na data set, {k} the iteration shown, {K} the last iteration, {model} the model.",
    )
    group.add_argument(
        "--out",
        metavar="FILE",
        action="append",
        default=[],
        help="write a figure (.png, .webp, .svg, .pdf), a film (.gif, .mp4), all arrays (.npz), a "
        "table (.csv) or the run (.json); may be repeated",
    )
    group.add_argument(
        "--film",
        metavar="FILE",
        action="append",
        default=[],
        help="write a film of V_1 to V_K (.gif, .mp4, .webp); may be repeated",
    )
    group.add_argument(
        "--learning",
        metavar="FILE",
        action="append",
        default=[],
        help="write a film (.gif, .mp4, .webp) of how the model learned: the finished plan of each "
        "of the snapshots that its training kept; may be repeated",
    )
    group.add_argument(
        "--table",
        choices=TABLES,
        default=TABLES[0],
        help="what a .csv holds: the cells of every trajectory, or the values of the iteration "
        "shown (default: trajectories)",
    )
    group.add_argument(
        "--values",
        choices=VALUES,
        default=VALUES[0],
        help="which V_k of a dynamic model a .npz has as whole maps; it has every V_k as changes "
        "anyway (default: last)",
    )
    group.add_argument(
        "--k",
        metavar="K",
        type=whole_number_from(1),
        help="the iteration that figures and tables show (default: the last)",
    )
    group.add_argument(
        "--json", metavar="FILE|-", help="write the trajectories as JSON; - for standard output"
    )


@dataclass(frozen=True, eq=False)
class Target:
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


def _data_options(options: argparse.Namespace, suffix: str) -> dict[str, Any]:
    match suffix:
        case ".csv":
            return {"table": options.table, "k": options.k}
        case ".npz":
            return {"values": options.values}
    return {}


def targets(options: argparse.Namespace, rule: "MoveRule | None") -> Iterator[Target]:
    """The files that the arguments name; panels of figures may name the moves of `rule`.

    Raises:
        VinguiError: a suffix is unknown, or an option is out of its range.
    """
    figure: Any = None
    named = {"": options.out, "film": options.film, "learning": options.learning}
    for wanted, pattern in ((kind, pattern) for kind in named for pattern in named[kind]):
        suffix = Path(pattern).suffix.lower()
        _check_suffix(pattern, suffix, film=bool(wanted))
        if suffix in DATA_SUFFIXES:
            yield Target(pattern, "data", suffix, _data_options(options, suffix))
            continue
        figure = figure or figure_options(options, rule)
        kind = wanted or ("figure" if suffix in FIGURE_SUFFIXES else "film")
        if kind == "figure":
            yield Target(pattern, kind, suffix, figure.at(options.k).record())
        else:
            made = film_options(options, figure.at(options.k) if kind == "learning" else figure)
            made.check_suffix(suffix)
            yield Target(pattern, kind, suffix, made.record(), "every" not in options)


def _check_suffix(pattern: str, suffix: str, *, film: bool) -> None:
    known = FILM_SUFFIXES if film else (*FIGURE_SUFFIXES, *FILM_SUFFIXES, *DATA_SUFFIXES)
    if suffix in known:
        return
    convert = "; maps are written by vingui convert" if suffix in writable_suffixes() else ""
    raise VinguiError(
        f"{pattern}: The file name must end in {', '.join(dict.fromkeys(known))}{convert}"
    )


@dataclass(eq=False)
class Files:
    """The files to write for the plan of each map.

    Attributes:
        targets: the files.
        names: the names that are in use.
        model: the model.
    """

    targets: Sequence[Target]
    names: OutputNames
    model: "Model"

    def __post_init__(self) -> None:
        learning = any(target.kind == "learning" for target in self.targets)
        file = self.model.file
        self._snapshots = Snapshots(file).listed() if learning and file is not None else ()

    def write(self, plan: "Plan", *, values: Mapping[str, object], bars: bool) -> None:
        """Write the files of one map.

        Args:
            plan: its plan.
            values: the values of the placeholders.
            bars: whether to show how far a film is; two bars cannot be shown at once.

        Raises:
            VinguiError: a file cannot be written, or has the name of another or of a map.
        """
        for target in self.targets:
            out = filled(target.pattern, values)
            self.names.take(out)
            make_folder(target.pattern, out)
            snapshots = self._snapshots if target.kind == "learning" else ()
            made = target.options_for(plan.run)
            recipe = plan.recipe(target.kind, target.suffix, made, snapshots)
            file = self.model.file
            source = plan.run if file is None or not snapshots else snapshot_plans(file, recipe)
            bar = bars and target.kind in ("film", "learning")
            with counting("Drawing the film") if bar else nullcontext() as on_progress:
                write_file(source, out, recipe, card=self.model.card, on_progress=on_progress)
