"""The files that a plan is written to: their arguments, and what each is to hold."""

import argparse
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vingui.cli.common import counting
from vingui.cli.figure_arguments import figure_options, film_options
from vingui.cli.name_patterns import filled, make_folder
from vingui.cli.recipe_writing import DATA_SUFFIXES, FileContent, write_file
from vingui.core.errors import VinguiError
from vingui.core.files import shown
from vingui.core.formats import writable_suffixes
from vingui.core.recipe import Recipe, versions_here
from vingui.core.run_files import TABLES
from vingui.figure import SUFFIXES as FIGURE_SUFFIXES
from vingui.figure.film_options import FILM_SUFFIXES

if TYPE_CHECKING:
    from vingui.core.cards import ModelCard
    from vingui.core.moves import MoveRule
    from vingui.core.run import Run


def add_file_arguments(parser: argparse.ArgumentParser) -> None:
    """`--out`, `--film` and what goes with them, as `targets` reads them."""
    group = parser.add_argument_group(
        "files",
        "In names {name} stands for the map's, {folder} for the folder that it lies in, {index} "
        "for its\nnumber in a data set, {k} for the iteration that is shown, {K} for the last, "
        "{model} for the model.",
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
    product: FileContent


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
            yield Target(pattern, FileContent("data", suffix, record))
            continue
        figure = figure or figure_options(options, rule)
        if film or suffix not in FIGURE_SUFFIXES:
            made = film_options(options, figure)
            made.check_suffix(suffix)
            yield Target(pattern, FileContent("film", suffix, made.record()))
        else:
            record = figure.at(options.k).record()
            yield Target(pattern, FileContent("figure", suffix, record))


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
    """The files that are made of each map's plan, and those that were.

    Attributes:
        targets: which.
        card: the model's, where it has one.
        sha256: the checksum of the model's file.
        memory: the bytes of values that plans keep at most.
        sources: the maps' own files, as they resolve: none of them is written to.
    """

    targets: Sequence[Target]
    card: "ModelCard | None"
    sha256: str
    memory: int
    sources: frozenset[Path]
    _written: set[Path] = field(default_factory=set)
    # Looked up in the installed packages, which takes longer than a small plan.
    _versions: dict[str, str] = field(default_factory=versions_here)

    def write(self, run: "Run", *, name: str, values: Mapping[str, object], films: bool) -> None:
        """Make the files of one map.

        Args:
            run: what was planned on it.
            name: what it is called in them.
            values: of the placeholders in their names.
            films: whether to show how far a film is: no two bars can move at once.

        Raises:
            VinguiError: one cannot be written, or has the name of another or of a map.
        """
        for target in self.targets:
            out = filled(target.pattern, values)
            self._take(out)
            make_folder(target.pattern, out)
            recipe = self._recipe(target.product, run, name=name)
            with _filming(target.product, shown=films) as watch:
                write_file(run, out, recipe, card=self.card, watch=watch)

    def _take(self, out: Path) -> None:
        # Not resolve(), which raises an error where links go round in a circle.
        place = Path(os.path.realpath(out))
        if place in self._written:
            raise VinguiError(f"{shown(out)}: Two files would have this name; choose another")
        if place in self.sources:
            raise VinguiError(
                f"{shown(out)}: This would overwrite a map that is read. Choose another name"
            )
        self._written.add(place)

    def _recipe(self, product: FileContent, run: "Run", *, name: str) -> Recipe:
        return Recipe(
            kind=product.kind,
            grid=run.grid,
            name=name,
            model=run.model,
            sha256=self.sha256,
            rule=run.rule.name,
            iterations=run.latest,
            memory=self.memory,
            options=product.options,
            versions=self._versions,
            suffix=product.suffix,
        )


@contextmanager
def _filming(product: FileContent, *, shown: bool) -> Iterator[Any]:
    if not shown or product.kind != "film":
        yield None
        return
    with counting("Drawing the film") as watch:
        yield watch
