"""Making files again from the recipes in them."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vingui.api.checks import checked_path
from vingui.api.model import load_model
from vingui.api.progress import OnProgress, reporting
from vingui.core.cards import find_model
from vingui.core.embedding import read_recipe
from vingui.core.errors import VinguiError
from vingui.core.file_comparison import FILMS, difference, same_words
from vingui.core.files import name_of, naming
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

_SUFFIXES: Final = {
    "figure": FIGURE_SUFFIXES,
    "film": FILM_SUFFIXES,
    "learning": FILM_SUFFIXES,
    "data": DATA_SUFFIXES,
    "view": (".png",),
}


@dataclass(frozen=True)
class Reproduction:
    """A file that was made again.

    Attributes:
        path: the new file.
        same: whether both are the same: in each pixel, number or byte, as the kind of file has it.
        words: in what they are the same, or in what they differ.
    """

    path: Path
    same: bool
    words: str


def reproduce(
    path: str | PathLike[str],
    out: str | PathLike[str] | None = None,
    *,
    model: str | PathLike[str] | None = None,
    on_note: Callable[[str], None] = lambda _: None,
    progress: bool = True,
    on_progress: OnProgress | None = None,
) -> Reproduction:
    """Make a file again that vingui wrote, from the recipe in it, and compare both.

    Args:
        path: a figure, a film, data or a screenshot.
        out: the file to write; `None` for the name of `path` with "-again", in the current folder.
        model: the model's file, if it is not one that comes with vingui.
        on_note: called with sentences about versions that differ from those that made the file.
        progress: whether to show a bar, in a notebook or at a terminal, if it takes a while.
        on_progress: called instead, with how many frames of a film are done, and of how many.

    Raises:
        VinguiError: there is no recipe in the file, the model is another one, or the file cannot
            be written.

    Example:
        >>> plan.save("values.csv", table="values")
        >>> vingui.reproduce("values.csv").same
        True
    """
    file = checked_path(path)
    wanted = None if out is None else checked_path(out, "out")
    recipe = read_recipe(file)
    if recipe.kind == "view":
        from vingui.gui.system import start_offscreen

        start_offscreen()
    with naming(file):
        _check(recipe)
        model_file = _model(recipe, None if model is None else str(model))
    target = _target(file, wanted, recipe.suffix)
    here = versions_here(recipe.kind, model=recipe.model)
    for difference_here in _differences(recipe, here):
        on_note(difference_here)
    planned, card = _planned(recipe, model_file)
    doing = f"Making {name_of(file)} again"
    with reporting(doing, progress=progress, on_progress=on_progress) as report:
        _write(planned, target, replace(recipe, versions=here), card, report)
    found = _compared(file, target, recipe, planned, card)
    return Reproduction(target, not found, found or same_words(recipe.kind, recipe.suffix))


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
    on_progress: OnProgress | None = None,
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
    if not recipe.sha256:
        if wanted not in (None, recipe.model):
            raise VinguiError(f"The file was made with {recipe.model}, without a model")
        return None
    shipped = MODELS / f"{recipe.model}.keras"
    if wanted is None and shipped.name not in {path.name for path in MODELS.glob("*.keras")}:
        raise VinguiError(
            f"The model {recipe.model} is not shipped with vingui. Name its file as the model; its "
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
        raise VinguiError(f"{name_of(out)}: There is already such a file; name another to write")
    return out


def _differences(recipe: Recipe, here: dict[str, str]) -> Iterator[str]:
    """Which versions differ from those that made the original."""
    for name, version in recipe.versions.items():
        if here.get(name) != version:
            yield f"made with {name} {version}, here it is {here.get(name, 'not installed')}"
    if recipe.kind == "view":
        from vingui.gui.exporting.screenshot import view_state_of
        from vingui.gui.exporting.view_state import family_here

        family = view_state_of(recipe).font
        found = family_here(family)
        if found != family:
            yield f"made with the font {family}, here it is {found}"


def _planned(recipe: Recipe, model: Path | None) -> tuple[Run | SnapshotPlans, "ModelCard | None"]:
    if recipe.snapshots and model is not None:
        return snapshot_plans(model, recipe), None
    # Networks have their own movement rule.
    rule = recipe.rule if model is None else None
    started = load_model(model or recipe.model, moves=rule, engine=recipe.engine, progress=False)
    planner, card = started.planner, started.card
    # The model's file may have been renamed, and captions show its name.
    planner.name = recipe.model
    if planner.rule.name != recipe.rule:
        raise VinguiError(
            f"The recipe is for movement rule {recipe.rule}, and the model plans under "
            f"{planner.rule.name}"
        )
    run = planner.plan(recipe.grid, iterations=recipe.iterations, memory=recipe.memory)
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
    if has_pixels or recipe.versions == versions_here(recipe.kind, model=recipe.model):
        found = difference(file, out, kind=recipe.kind, suffix=recipe.suffix)
    else:
        # The versions are in the bytes, so a twin with the original's versions is compared.
        with tempfile.TemporaryDirectory() as folder:
            twin = Path(folder, out.name)
            _write(run, twin, recipe, card)
            found = difference(file, twin, kind=recipe.kind, suffix=recipe.suffix)
    return f"differs from {name_of(file)} in {found}" if found else ""


def snapshot_plans(model: Path, recipe: Recipe) -> SnapshotPlans:
    """The plans of a film of how a model learned."""

    def plan(file: Path) -> "Run":
        planner = load_model(file, engine=recipe.engine, progress=False).planner
        return planner.plan(recipe.grid, iterations=recipe.iterations, memory=recipe.memory)

    return Snapshots(model).plans(recipe, plan)
