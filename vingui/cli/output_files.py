"""The files that `vingui plan` writes for each map."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vingui.api.file_options import PlanFile
from vingui.cli.arguments import whole_number_from
from vingui.cli.figure_arguments import figure_options, film_options
from vingui.core.errors import VinguiError
from vingui.core.formats import writable_suffixes
from vingui.core.run_files import DATA_SUFFIXES, TABLES, VALUES
from vingui.figure import SUFFIXES as FIGURE_SUFFIXES
from vingui.figure.film_options import FILM_SUFFIXES

if TYPE_CHECKING:
    from vingui.core.moves import MoveRule


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


def _data_options(options: argparse.Namespace, suffix: str) -> dict[str, Any]:
    match suffix:
        case ".csv":
            return {"table": options.table, "k": options.k}
        case ".npz":
            return {"values": options.values}
    return {}


def targets(options: argparse.Namespace, rule: "MoveRule | None") -> Iterator[PlanFile]:
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
            yield PlanFile(pattern, "data", suffix, _data_options(options, suffix))
            continue
        figure = figure or figure_options(options, rule)
        kind = wanted or ("figure" if suffix in FIGURE_SUFFIXES else "film")
        if kind == "figure":
            yield PlanFile(pattern, kind, suffix, figure.at(options.k).record())
        else:
            made = film_options(options, figure.at(options.k) if kind == "learning" else figure)
            made.check_suffix(suffix)
            yield PlanFile(pattern, kind, suffix, made.record(), "every" not in options)


def _check_suffix(pattern: str, suffix: str, *, film: bool) -> None:
    known = FILM_SUFFIXES if film else (*FIGURE_SUFFIXES, *FILM_SUFFIXES, *DATA_SUFFIXES)
    if suffix in known:
        return
    convert = "; maps are written by vingui convert" if suffix in writable_suffixes() else ""
    raise VinguiError(
        f"{pattern}: The file name must end in {', '.join(dict.fromkeys(known))}{convert}"
    )
