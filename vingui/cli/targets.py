"""The files that a plan is written to: their arguments, and what each is to hold."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vingui.cli.drawing import figure_options, film_options
from vingui.cli.writing import DATA_SUFFIXES, Product
from vingui.core.errors import VinguiError
from vingui.core.export import TABLES
from vingui.core.formats import writable_suffixes
from vingui.figure import SUFFIXES as FIGURE_SUFFIXES
from vingui.figure.film_options import FILM_SUFFIXES

if TYPE_CHECKING:
    from vingui.core.moves import MoveRule


def add_file_arguments(parser: argparse.ArgumentParser) -> None:
    """`--out`, `--film` and what goes with them, as `targets` reads them."""
    group = parser.add_argument_group(
        "files",
        "In names {name} stands for the map's, {index} for the --index, {k} for the iteration "
        "that\nis shown, {K} for the last, {model} for the model.",
    )
    group.add_argument(
        "--out",
        metavar="FILE",
        action="append",
        default=[],
        help="a figure (.png, .webp, .svg, .pdf), a film (.gif, .mp4), every array (.npz), a "
        "table (.csv) or the run (.json); may be repeated",
    )
    group.add_argument(
        "--film",
        metavar="FILE",
        action="append",
        default=[],
        help="a film (.gif, .mp4, and .webp as well); may be repeated",
    )
    group.add_argument(
        "--table",
        choices=TABLES,
        default=TABLES[0],
        help="what a .csv holds: the cells of each trajectory (the default), or the values of "
        "the iteration that is shown",
    )
    group.add_argument(
        "--k",
        metavar="K",
        type=int,
        help="the iteration that figures and tables show; without it, the last",
    )
    group.add_argument(
        "--json", metavar="FILE|-", help="write the trajectories as JSON; - for standard output"
    )


@dataclass(frozen=True, eq=False)
class Target:
    """A file to be made for each map: its name with placeholders, and what it is to hold."""

    pattern: str
    product: Product


def targets(options: argparse.Namespace, rule: "MoveRule | None") -> Iterator[Target]:
    """The files that the arguments ask for.

    Args:
        options: with the arguments of files, figures and films.
        rule: the movement rule, whose moves panels may name.

    Raises:
        VinguiError: a suffix is of no format, or an option is out of its range.
    """
    figure: Any = None
    for pattern, film in (
        *((pattern, False) for pattern in options.out),
        *((pattern, True) for pattern in options.film),
    ):
        suffix = Path(pattern).suffix.lower()
        _check_suffix(pattern, suffix, film=film)
        if suffix in DATA_SUFFIXES:
            record = {"table": options.table, "k": options.k} if suffix == ".csv" else {}
            yield Target(pattern, Product("data", suffix, record))
            continue
        figure = figure or figure_options(options, rule)
        if film or suffix not in FIGURE_SUFFIXES:
            record = film_options(options, figure).record()
            yield Target(pattern, Product("film", suffix, record))
        else:
            record = figure.at(options.k).record()
            yield Target(pattern, Product("figure", suffix, record))


def _check_suffix(pattern: str, suffix: str, *, film: bool) -> None:
    known = FILM_SUFFIXES if film else (*FIGURE_SUFFIXES, *FILM_SUFFIXES, *DATA_SUFFIXES)
    if suffix in known:
        return
    convert = "; maps are written by vingui convert" if suffix in writable_suffixes() else ""
    raise VinguiError(
        f"{pattern}: Expected a file name that ends in {', '.join(dict.fromkeys(known))}, "
        f"received {suffix or 'none'}{convert}"
    )
