"""Writing the file that a recipe describes."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from vingui.core.cards import ModelCard
from vingui.core.recipe import Recipe
from vingui.core.run import Run
from vingui.core.run_files import save_data
from vingui.core.snapshots import SnapshotPlans
from vingui.figure.film_options import FilmOptions
from vingui.figure.options import FigureOptions

_BEFORE: Final = {"diagnosis": False}
"""What figures showed before it could be chosen."""


def write_file(
    run: Run | SnapshotPlans,
    path: Path,
    recipe: Recipe,
    *,
    card: ModelCard | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write a figure, a film or data of a run, whole or not at all.

    Args:
        run: the run; for a film of learning the plans of snapshots.
        path: the file.
        recipe: describes the file, and is embedded in it.
        card: the model's card, for the record of a run, and for why trajectories in a figure fail.
        on_progress: called with the number of a film's frames that are written and of all frames,
            or of bytes.

    Raises:
        VinguiError: the file cannot be written, or the recipe's options do not fit its kind.
    """
    # Matplotlib takes half a second to import, and data do not need it.
    match recipe.kind, run:
        case "learning", SnapshotPlans():
            from vingui.figure.learning import save_learning

            film = film_of_recipe(recipe)
            save_learning(run, path, film, name=recipe.name, recipe=recipe, on_progress=on_progress)
        case "figure", Run():
            from vingui.figure.saving import save_figure

            options = figure_of_recipe(recipe)
            training = card.settings if card is not None else None
            save_figure(run, path, options, name=recipe.name, recipe=recipe, training=training)
        case "film", Run():
            from vingui.figure.film import save_film

            film = film_of_recipe(recipe)
            save_film(run, path, film, name=recipe.name, recipe=recipe, on_progress=on_progress)
        case _, Run():
            save_data(run, path, recipe, card, on_progress)


def figure_of_recipe(recipe: Recipe) -> FigureOptions:
    """The options of a recipe's figure, as they were when there was less to choose.

    Raises:
        VinguiError: as of `FigureOptions.of_record`.
    """
    return FigureOptions.of_record(_BEFORE | recipe.options)


def film_of_recipe(recipe: Recipe) -> FilmOptions:
    """The options of a recipe's film, as they were when there was less to choose.

    Raises:
        VinguiError: as of `FilmOptions.of_record`.
    """
    options, figure = recipe.options, recipe.options.get("figure", {})
    if isinstance(figure, dict):
        options = options | {"figure": _BEFORE | figure}
    return FilmOptions.of_record(options)
