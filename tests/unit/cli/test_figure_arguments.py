"""The arguments of figures and films: every option has one, and comes to what it says."""

import argparse
import re
from dataclasses import fields

import pytest

from vingui.cli import main
from vingui.cli.figure_arguments import (
    add_figure_arguments,
    add_film_arguments,
    figure_options,
    film_options,
)
from vingui.core.errors import VinguiError
from vingui.core.moves import FOUR
from vingui.figure.film_options import FilmOptions
from vingui.figure.options import FigureOptions
from vingui.figure.panel import Panel


def parsed(*words):
    parser = argparse.ArgumentParser()
    parser._negative_number_matcher = re.compile(r"-\.?\d.*")
    add_figure_arguments(parser)
    add_film_arguments(parser)
    return parser.parse_args(words)


def test_without_arguments_the_options_are_the_defaults():
    assert figure_options(parsed()) == FigureOptions()
    assert film_options(parsed(), FigureOptions()) == FilmOptions()


FIGURE = {
    "--panels map,value@10,q:NE": {
        "panels": (Panel("map"), Panel("value", 10), Panel("q", None, 4))
    },
    "--columns 3": {"columns": 3},
    "--width 84.5": {"width": 84.5},
    "--dpi 300": {"dpi": 300},
    "--colour-map magma": {"colour_map": "magma"},
    "--limits frame": {"scale": "frame"},
    "--limits symmetric": {"scale": "symmetric"},
    "--limits -40,0.5": {"scale": "fixed", "low": -40.0, "high": 0.5},
    "--limits=-4e1,-.5": {"scale": "fixed", "low": -40.0, "high": -0.5},
    "--no-bar": {"bar": False},
    "--bar-label cost": {"bar_label": "cost"},
    "--arrows": {"arrows": True},
    "--no-arrows": {"arrows": False},
    "--numbers": {"numbers": True},
    "--contours": {"contours": True},
    "--no-trajectories": {"trajectories": False},
    "--no-diagnosis": {"diagnosis": False},
    "--no-grid": {"grid": False},
    "--no-ticks": {"ticks": False},
    "--no-key": {"key": False},
    "--title A": {"title": "A"},
    "--caption B": {"caption": "B"},
    "--background dark": {"background": "dark"},
    "--margin 2": {"margin": 2.0},
    "--font-size 9": {"font_size": 9.0},
}
FILM = {
    "--rate 12.5": {"rate": 12.5},
    "--every 4": {"every": 4},
    "--hold 0": {"hold": 0.0},
    "--once": {"loop": False},
    "--from 3": {"first": 3},
    "--to 30": {"last": 30},
}


@pytest.mark.parametrize("words", FIGURE)
def test_an_argument_of_a_figure_is_its_option(words):
    assert figure_options(parsed(*words.split())) == FigureOptions(**FIGURE[words])


@pytest.mark.parametrize("words", FILM)
def test_an_argument_of_a_film_is_its_option(words):
    figure = FigureOptions(dpi=100)
    assert film_options(parsed(*words.split()), figure) == FilmOptions(figure=figure, **FILM[words])


def test_every_option_can_be_chosen():
    figure = {name for chosen in FIGURE.values() for name in chosen}
    film = {name for chosen in FILM.values() for name in chosen} | {"figure"}
    assert figure == {row.name for row in fields(FigureOptions)}
    assert film == {row.name for row in fields(FilmOptions)}


def test_an_empty_caption_is_none_at_all():
    assert figure_options(parsed("--caption", "")).caption == ""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("--panels map,valeu", "There is no panel 'valeu'"),
        ("--panels ,", "A figure has 1 to 64 panels"),
        ("--panels q:NE", "one of N, S, E, W"),
        ("--limits low", "--limits must be run, frame, symmetric or LOW,HIGH"),
        ("--limits 1,2,3", "--limits must be"),
        ("--limits 3,1", "A fixed scale needs low below high"),
        ("--limits nan,1", "low must be"),
        ("--dpi 0", "dpi must be from"),
        ("--width 0", "width must be from"),
        ("--width nan", "width must be"),
        ("--columns 0", "columns must be from"),
        ("--font-size -3", "font_size must be from"),
    ],
)
def test_what_is_out_of_range_is_one_line(words, expected):
    with pytest.raises(VinguiError, match=expected):
        figure_options(parsed(*words.split()), FOUR)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--rate 0", "rate must be from 1 to 60, not 0"),
        ("--every 0", "every must be from 1 "),
        ("--hold -1", "hold must be from 0 to 60, not -1"),
        ("--from 9 --to 3", "The film's last iteration, 3, is before its first, 9"),
    ],
)
def test_a_film_out_of_range_is_one_line(words, message):
    with pytest.raises(VinguiError, match=rf"\A{message}"):
        film_options(parsed(*words.split()), FigureOptions())


def test_the_iteration_that_is_shown_is_put_into_panels_that_name_none():
    figure = FigureOptions(panels=(Panel("map"), Panel("value", 3), Panel("q", None, 2)))
    assert figure.at(None) == figure
    panels = figure.at(7).panels
    assert panels == (Panel("map", 7), Panel("value", 3), Panel("q", 7, 2))


def test_limits_below_zero_are_no_option(capsys, tmp_path):
    assert main(["plan", str(tmp_path / "none.json"), "--limits", "-40,0", "--out", "x.png"]) == 2
    assert "none.json: There is no such file" in capsys.readouterr().err
