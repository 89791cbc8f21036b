import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vingui.core.grid import GridMap
from vingui.figure.film_options import FilmOptions
from vingui.figure.options import FigureOptions
from vingui.figure.panel import Panel
from vingui.gui import settings as entries
from vingui.gui.exporting.choices import (
    Export,
    figure_choice,
    file_name,
    film_choice,
    folder,
    last_export,
    remember,
)
from vingui.gui.settings import Settings

GRID = GridMap(np.zeros((4, 5), bool), ((1, 1),))


@pytest.fixture
def settings(qapp):
    return Settings()


def test_at_first_a_figure_has_the_colours_of_the_view(settings):
    settings.set(entries.COLOUR_MAP, "magma")
    settings.set(entries.SCALE, "frame")
    options, suffix = figure_choice(settings, 9)
    assert options == FigureOptions(colour_map="magma", scale="frame")
    assert suffix == ".png"
    assert film_choice(settings, 9)[0].figure == replace(options, dpi=150)


def test_what_was_chosen_comes_back_at_the_next_start(settings):
    figure = FigureOptions(panels=(Panel("q", 3, 1),), width=84, title="A „title“", caption="")
    remember(settings, entries.EXPORT_FIGURE, figure.record(), ".svg")
    film = FilmOptions(figure=figure, rate=12.5, first=2, last=8)
    remember(settings, entries.EXPORT_FILM, film.record(), ".mp4")
    settings.sync()
    again = Settings()
    assert figure_choice(again, 9) == (figure, ".svg")
    assert film_choice(again, 9) == (film, ".mp4")


def test_iterations_of_a_longer_run_are_left_open(settings):
    figure = FigureOptions(panels=(Panel("value", 3), Panel("value", 30), Panel("value", 40)))
    remember(settings, entries.EXPORT_FIGURE, figure.record(), ".png")
    assert figure_choice(settings, 9)[0].panels == (Panel("value", 3), Panel("value"))
    film = FilmOptions(figure=figure, first=20, last=30)
    remember(settings, entries.EXPORT_FILM, film.record(), ".gif")
    found, _ = film_choice(settings, 9)
    assert (found.first, found.last) == (None, None)


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "{",
        "[]",
        "3",
        '{"options": 3}',
        '{"options": {"dpi": -1}}',
        '{"options": {"x": 1}}',
        '{"options": {"panels": [[]]}}',
        '{"suffix": ".exe", "options": {}}',
        "[" * 5000,
    ],
)
def test_nonsense_in_the_settings_is_no_choice(settings, nonsense):
    settings.set(entries.EXPORT_FIGURE, nonsense)
    settings.set(entries.EXPORT_FILM, nonsense)
    assert figure_choice(settings, 9) == (FigureOptions(), ".png")
    assert film_choice(settings, 9)[1] == ".gif"


@pytest.mark.parametrize(
    ("page", "kind", "suffix"),
    [
        ("figure", "figure", ".png"),
        ("film", "film", ".gif"),
        ("data", "trajectories", ".csv"),
        ("screenshot", "screenshot", ".png"),
    ],
)
def test_what_is_exported_again_is_what_was_exported_last(settings, page, kind, suffix):
    settings.set(entries.EXPORT_PAGE, page)
    settings.set(entries.EXPORT_DATA, "trajectories")
    export = last_export(settings, 9)
    assert (export.kind, export.suffix) == (kind, suffix)
    if export.options:
        assert isinstance(json.loads(export.options), dict)


def test_the_map_is_exported_in_the_format_that_was_last_export(settings):
    settings.set(entries.EXPORT_PAGE, "data")
    settings.set(entries.EXPORT_DATA, "map")
    settings.set(entries.EXPORT_MAP, ".txt")
    assert last_export(settings, 9) == Export("map", ".txt")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Nine: rooms/α", "Nine- rooms-α.gif"),
        ("..", "map.gif"),
        (".hidden", "hidden.gif"),
        ("a\nb", "a-b.gif"),
    ],
)
def test_a_name_is_sound_whatever_the_map_is_called(session_of, title, name):
    session = session_of(GRID)
    session.document.replace(GRID, title=title)
    assert file_name(session, Export("film", ".gif")) == name


def test_a_name_has_no_suffix_of_the_maps_file(session_of):
    session = session_of(GRID)
    session.document.replace(GRID, path=Path("/a/maze.txt"))
    assert file_name(session, Export("arrays", ".npz")) == "maze.npz"


def test_the_folder_is_the_last_one(settings, tmp_path):
    settings.set(entries.FOLDER, str(tmp_path))
    assert folder(settings) == tmp_path
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    settings.set(entries.EXPORT_FOLDER, str(pictures))
    assert folder(settings) == pictures


@pytest.mark.parametrize(
    ("kind", "suffix", "typed", "file"),
    [
        ("figure", ".png", "a", "a.png"),
        ("figure", ".png", "a.svg", "a.svg"),
        ("figure", ".png", "a.PDF", "a.PDF"),
        ("figure", ".png", "a.gif", "a.gif.png"),
        ("film", ".gif", "a.mp4", "a.mp4"),
        ("film", ".gif", "fig. 3", "fig. 3.gif"),
        ("values", ".csv", "a.json", "a.json.csv"),
        ("screenshot", ".png", "a.svg", "a.svg.png"),
    ],
)
def test_a_format_can_be_chosen_by_typing_its_suffix(kind, suffix, typed, file):
    assert Export(kind, suffix).file(Path("folder", typed)) == Path("folder", file)
