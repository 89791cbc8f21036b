"""Files made from recipes, for `vingui plan` and `vingui reproduce`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vingui.core.cards import ModelCard
from vingui.core.errors import VinguiError
from vingui.core.recipe import Recipe
from vingui.core.run_files import table_choice
from vingui.figure import SUFFIXES as FIGURE_SUFFIXES
from vingui.figure import FigureOptions, writing
from vingui.figure.film_options import FILM_SUFFIXES, FilmOptions

if TYPE_CHECKING:
    from vingui.core.run import Run

DATA_SUFFIXES: Final = (".npz", ".csv", ".json")
_SUFFIXES: Final = {
    "figure": FIGURE_SUFFIXES,
    "film": FILM_SUFFIXES,
    "data": DATA_SUFFIXES,
    "view": (".png",),
}


def check_recipe(recipe: Recipe) -> None:
    """Check that a file can be made from a recipe.

    Raises:
        VinguiError: there is no such kind of file, or an option is not valid.
    """
    if recipe.suffix not in _SUFFIXES[recipe.kind]:
        raise VinguiError(
            f"The recipe of a {recipe.kind} is for {', '.join(_SUFFIXES[recipe.kind])}, "
            f"not for {recipe.suffix}"
        )
    match recipe.kind:
        case "figure":
            FigureOptions.of_record(recipe.options)
        case "film":
            FilmOptions.of_record(recipe.options)
        case "view":
            from vingui.gui.exporting.screenshot import view_state_of

            view_state_of(recipe)
        case _:
            table_choice(recipe.options)


def write_file(
    run: "Run",
    path: Path,
    recipe: Recipe,
    *,
    card: ModelCard | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write a file of a run, whole or not at all.

    Args:
        run: the run.
        path: the file.
        recipe: describes the file, and is put into it.
        card: the model's card, for the record of the run.
        on_progress: called with the number of frames of a film that are done, and of all.

    Raises:
        VinguiError: it cannot be written, or an option of the recipe is not valid.
    """
    if recipe.kind == "view":
        from vingui.gui.exporting.screenshot import paint, view_state_of, write

        image = paint(view_state_of(recipe), recipe.grid, run)
        write(image, path, name=recipe.name, recipe=recipe)
    else:
        writing.write_file(run, path, recipe, card=card, on_progress=on_progress)
