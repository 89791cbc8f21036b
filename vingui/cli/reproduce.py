"""`vingui reproduce`: make a file again from the recipe in it, and compare."""

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vingui.cli.arguments import add_command
from vingui.cli.file_comparison import FILMS, difference, same_words
from vingui.cli.model_arguments import snapshot_plans, start_model
from vingui.cli.printing import note, say
from vingui.cli.progress import counting, status
from vingui.core.cards import find_model
from vingui.core.embedding import read_recipe
from vingui.core.errors import VinguiError
from vingui.core.files import name_of, naming
from vingui.core.methods import METHODS
from vingui.core.recipe import Recipe, checksum, versions_here
from vingui.core.run import Run
from vingui.core.run_files import DATA_SUFFIXES, table_choice
from vingui.core.snapshots import SnapshotPlans, Snapshots
from vingui.figure import SUFFIXES as FIGURE_SUFFIXES
from vingui.figure.film_options import FILM_SUFFIXES
from vingui.figure.writing import figure_of_recipe, film_of_recipe, write_file
from vingui.paths import MODELS

if TYPE_CHECKING:
    from vingui.core.cards import ModelCard

_EXAMPLES: Final = """
vingui reproduce spiral.png
vingui reproduce talk/cave.mp4 --out cave.mp4
vingui reproduce figure-3.pdf --model my-own.keras
"""

_SUFFIXES: Final = {
    "figure": FIGURE_SUFFIXES,
    "film": FILM_SUFFIXES,
    "learning": FILM_SUFFIXES,
    "data": DATA_SUFFIXES,
    "view": (".png",),
}


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "reproduce",
        "FILE",
        description="Make a file again that vingui wrote, and compare both. Figures, films, data "
        "and screenshots hold\na recipe: the map, the model's checksum and all options. Exit code "
        "0 if both are the same, pixel\nfor pixel, else 1.",
        examples=_EXAMPLES,
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="a file that vingui wrote")
    parser.add_argument(
        "--model",
        metavar="NAME|FILE",
        help="the model's file, if it is not a shipped model",
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        type=Path,
        help="the file to write (default: FILE's name with -again, in the current folder)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    file: Path = options.file
    recipe = read_recipe(file)
    if recipe.kind == "view":
        from vingui.gui.system import start_offscreen

        start_offscreen()
    with naming(file):
        _check(recipe)
        model = _model(recipe, options.model)
    out = _target(file, options.out, recipe.suffix)
    here = versions_here(recipe.kind)
    _note_differences(recipe, here)
    planned, card = _planned(recipe, model)
    with counting(f"Making {name_of(out)}") as on_progress:
        _write(planned, out, replace(recipe, versions=here), card, on_progress)
    found = _compared(file, out, recipe, planned, card)
    say(options, f"{out}: {found or same_words(recipe.kind, recipe.suffix)}")
    return 1 if found else 0


def _check(recipe: Recipe) -> None:
    """Check that a file can be made from a recipe.

    Raises:
        VinguiError: the suffix does not fit the kind of file, or an option is not valid.
    """
    if recipe.suffix not in _SUFFIXES[recipe.kind]:
        raise VinguiError(
            f"The recipe of a {recipe.kind} is for {', '.join(_SUFFIXES[recipe.kind])}, "
            f"not for {recipe.suffix}"
        )
    match recipe.kind:
        case "figure":
            figure_of_recipe(recipe)
        case "film" | "learning":
            film_of_recipe(recipe)
        case "view":
            from vingui.gui.exporting.screenshot import view_state_of

            view_state_of(recipe)
        case _:
            table_choice(recipe.options)


def _write(
    run: Run | SnapshotPlans,
    path: Path,
    recipe: Recipe,
    card: "ModelCard | None",
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    if recipe.kind == "view" and isinstance(run, Run):
        from vingui.gui.exporting.screenshot import paint, view_state_of, write

        image, _ = paint(view_state_of(recipe), recipe.grid, run)
        write(image, path, name=recipe.name, recipe=recipe)
    else:
        write_file(run, path, recipe, card=card, on_progress=on_progress)


def _model(recipe: Recipe, wanted: str | None) -> Path | None:
    """The file of the recipe's model: a shipped one, unless `--model` names another.

    Returns:
        `None` of a planning method, which has no file.
    """
    if recipe.model in METHODS:
        if wanted not in (None, recipe.model):
            raise VinguiError(f"The file was made with {recipe.model}, without a model")
        return None
    shipped = MODELS / f"{recipe.model}.keras"
    if wanted is None and shipped.name not in {path.name for path in MODELS.glob("*.keras")}:
        raise VinguiError(
            f"The model {recipe.model} is not shipped with vingui. Name its file with --model; its "
            f"checksum is {recipe.sha256[:12]}"
        )
    path = shipped if wanted is None else find_model(wanted)
    found = checksum(path)
    if found != recipe.sha256:
        raise VinguiError(
            f"The file was made with the model {recipe.model} of checksum {recipe.sha256[:12]}, "
            f"and {name_of(path)} has checksum {found[:12]}"
        )
    if recipe.snapshots:
        Snapshots(path).check(recipe)
    return path


def _target(file: Path, wanted: Path | None, suffix: str) -> Path:
    out = wanted or Path(f"{file.stem}-again{suffix}")
    if out.suffix.lower() != suffix:
        raise VinguiError(f"{name_of(out)}: The file name must end in {suffix}, as the original")
    if out.resolve() == file.resolve():
        raise VinguiError(f"{name_of(out)}: This would overwrite the original. Choose another name")
    if wanted is None and out.exists():
        raise VinguiError(f"{name_of(out)}: There is already such a file; name another with --out")
    return out


def _note_differences(recipe: Recipe, here: dict[str, str]) -> None:
    """Print which versions differ from those that made the original."""
    for name, version in recipe.versions.items():
        if here.get(name) != version:
            note(f"made with {name} {version}, here it is {here.get(name, 'not installed')}")
    if recipe.kind == "view":
        from vingui.gui.exporting.screenshot import view_state_of
        from vingui.gui.exporting.view_state import family_here

        family = view_state_of(recipe).font
        found = family_here(family)
        if found != family:
            note(f"made with the font {family}, here it is {found}")


def _planned(recipe: Recipe, model: Path | None) -> tuple[Run | SnapshotPlans, "ModelCard | None"]:
    if recipe.snapshots and model is not None:
        return snapshot_plans(model, recipe), None
    # Networks have their own movement rule.
    rule = recipe.rule if model is None else None
    started = start_model(str(model or recipe.model), moves=rule, engine=recipe.engine)
    planner, card = started.planner, started.card
    # The model's file may have been renamed, and captions show its name.
    planner.name = recipe.model
    if planner.rule.name != recipe.rule:
        raise VinguiError(
            f"The recipe is for movement rule {recipe.rule}, and the model plans under "
            f"{planner.rule.name}"
        )
    with status("Planning") as show:
        run = planner.plan(
            recipe.grid,
            iterations=recipe.iterations,
            memory=recipe.memory,
            on_progress=show,
        )
    return run, card


def _compared(
    file: Path,
    out: Path,
    recipe: Recipe,
    run: Run | SnapshotPlans,
    card: "ModelCard | None",
) -> str:
    """How the original and the new file differ, in words; empty if they do not."""
    has_pixels = recipe.kind in FILMS or recipe.suffix in (".png", ".webp")
    if has_pixels or recipe.versions == versions_here(recipe.kind):
        found = difference(file, out, kind=recipe.kind, suffix=recipe.suffix)
    else:
        # The versions are in the bytes, so a twin with the original's versions is compared.
        with tempfile.TemporaryDirectory() as folder:
            twin = Path(folder, out.name)
            _write(run, twin, recipe, card)
            found = difference(file, twin, kind=recipe.kind, suffix=recipe.suffix)
    return f"differs from {name_of(file)} in {found}" if found else ""
