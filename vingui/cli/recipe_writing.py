"""Files made from recipes, for `vingui plan` and `vingui reproduce`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vingui.core.cards import ModelCard
from vingui.core.errors import VinguiError
from vingui.core.files import brief
from vingui.core.recipe import Recipe
from vingui.core.run_files import save_arrays, save_record, save_table
from vingui.figure import SUFFIXES as FIGURE_SUFFIXES
from vingui.figure import FigureOptions
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
            _table(recipe.options)


def _table(options: dict[str, Any]) -> tuple[str, int | None]:
    table, k = options.get("table", "trajectories"), options.get("k")
    if not isinstance(table, str) or not (k is None or (type(k) is int and k >= 1)):
        raise VinguiError(
            f"The recipe of a table must name the table and its k, not {brief(options)}"
        )
    return table, k


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
    # Matplotlib takes half a second to import, which text and data need not wait for.
    if recipe.kind == "figure":
        from vingui.figure.saving import save_figure

        options = FigureOptions.of_record(recipe.options)
        save_figure(run, path, options, name=recipe.name, recipe=recipe)
    elif recipe.kind == "film":
        from vingui.figure.film import save_film

        film = FilmOptions.of_record(recipe.options)
        save_film(run, path, film, name=recipe.name, recipe=recipe, on_progress=on_progress)
    elif recipe.kind == "view":
        from vingui.gui.exporting.screenshot import paint, view_state_of, write

        image = paint(view_state_of(recipe), recipe.grid, run)
        write(image, path, name=recipe.name, recipe=recipe)
    elif recipe.suffix == ".npz":
        save_arrays(run, path, recipe)
    elif recipe.suffix == ".csv":
        table, k = _table(recipe.options)
        save_table(run, path, what=table, k=k, recipe=recipe)
    else:
        save_record(run, path, recipe, card)
