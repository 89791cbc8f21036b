"""The arguments of figures and films, and what they come to as options of `vingui.figure`."""

import argparse
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from vingui.core.errors import VinguiError
from vingui.core.moves import MoveRule
from vingui.figure import FigureOptions, Panel
from vingui.figure.film_options import FilmOptions
from vingui.figure.options import BACKGROUNDS, FIGURE_COLOUR_MAPS

_SCALES: Final = ("run", "frame", "symmetric")

_FIGURE_ARGUMENTS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    (
        "--panels",
        {
            "metavar": "LIST",
            "help": "what is shown side by side: map, value, reward, q, exact, difference, "
            "outcomes, convergence; with @K an iteration, with :NE or :3 a latent action, as "
            "map,value@10,q:NE@20. Without it, map,value",
        },
    ),
    ("--columns", {"metavar": "N", "type": int, "help": "panels in a row"}),
    (
        "--width",
        {"metavar": "MM", "type": float, "help": "of the page in millimetres, as 84 or 174"},
    ),
    ("--dpi", {"metavar": "N", "type": int, "help": "pixels an inch; default 200"}),
    (
        "--colour-map",
        {
            "choices": FIGURE_COLOUR_MAPS,
            "help": "default viridis",
        },
    ),
    (
        "--limits",
        {
            "metavar": "run|frame|symmetric|LOW,HIGH",
            "help": "of the colours: one range for every k (the default), that of what is shown, "
            "as far below 0 as above, or numbers",
        },
    ),
    ("--no-bar", {"dest": "bar", "action": "store_false", "help": "no colour bars"}),
    ("--bar-label", {"metavar": "TEXT", "help": "beside the colour bars"}),
    (
        "--arrows",
        {
            "action": argparse.BooleanOptionalAction,
            "help": "the policy; without either, where cells are large enough",
        },
    ),
    ("--numbers", {"action": "store_true", "help": "each cell's value"}),
    ("--contours", {"action": "store_true", "help": "lines of equal value"}),
    (
        "--no-trajectories",
        {"dest": "trajectories", "action": "store_false", "help": "no trajectories"},
    ),
    ("--no-grid", {"dest": "grid", "action": "store_false", "help": "no lines between cells"}),
    ("--no-ticks", {"dest": "ticks", "action": "store_false", "help": "no rows and columns"}),
    ("--no-key", {"dest": "key", "action": "store_false", "help": "no key to the marks"}),
    ("--title", {"metavar": "TEXT", "help": "above the panels"}),
    ("--caption", {"metavar": "TEXT", "help": 'below them; "" for none'}),
    (
        "--background",
        {"choices": BACKGROUNDS, "help": "default white"},
    ),
    ("--margin", {"metavar": "MM", "type": float, "help": "around it all, in millimetres"}),
    ("--font-size", {"metavar": "PT", "type": float, "help": "of the text, in points; default 8"}),
)

_FILM_ARGUMENTS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    (
        "--rate",
        {
            "metavar": "N",
            "type": float,
            "help": "frames a second, 1 to 60; without it as many as suit the number of frames: 4 "
            "for 16 frames, 9 for 80, 22 for 500",
        },
    ),
    ("--every", {"metavar": "N", "type": int, "help": "show each N-th iteration only"}),
    (
        "--hold",
        {
            "metavar": "S",
            "type": float,
            "help": "seconds that the last frame stays, 0 to 60; without it a quarter of the film, "
            "but 1.5 to 3",
        },
    ),
    ("--once", {"dest": "loop", "action": "store_false", "help": "do not begin anew at the end"}),
    ("--from", {"dest": "first", "metavar": "K", "type": int, "help": "the first iteration"}),
    ("--to", {"dest": "last", "metavar": "K", "type": int, "help": "the last iteration"}),
)


def add_figure_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything that can be chosen about a figure, as `figure_options` reads it."""
    group = parser.add_argument_group("figures", "what figures look like, and the frames of films")
    _add(group, _FIGURE_ARGUMENTS)


def add_film_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything that can be chosen about a film, as `film_options` reads it."""
    group = parser.add_argument_group(
        "films", "films of V_k over k, and of the trajectories; panels without @K move"
    )
    _add(group, _FILM_ARGUMENTS)


def _add(group: Any, arguments: tuple[tuple[str, dict[str, Any]], ...]) -> None:
    for name, row in arguments:
        # What was not given is left to the options' own defaults.
        group.add_argument(name, default=argparse.SUPPRESS, **row)


def figure_options(options: argparse.Namespace, rule: MoveRule | None = None) -> FigureOptions:
    """The figure that the arguments ask for.

    Args:
        options: with the arguments of `add_figure_arguments`.
        rule: the movement rule, whose moves panels may name.

    Raises:
        VinguiError: one of them is out of its range.
    """
    given = _given(options, FigureOptions)
    if "panels" in given:
        panels = [text for text in given["panels"].split(",") if text.strip()]
        given["panels"] = tuple(Panel.parse(text, rule) for text in panels)
    if "limits" in options:
        given |= _limits(options.limits)
    return FigureOptions(**given)


def film_options(options: argparse.Namespace, figure: FigureOptions) -> FilmOptions:
    """The film that the arguments ask for.

    Args:
        options: with the arguments of `add_film_arguments`.
        figure: what its frames look like.

    Raises:
        VinguiError: one of them is out of its range.
    """
    return FilmOptions(figure=figure, **_given(options, FilmOptions))


def _given(options: argparse.Namespace, kind: Any) -> dict[str, Any]:
    return {row.name: vars(options)[row.name] for row in fields(kind) if row.name in options}


def _limits(text: str) -> Mapping[str, Any]:
    if text in _SCALES:
        return {"scale": text}
    try:
        low, high = (float(number) for number in text.split(","))
    except ValueError:
        raise VinguiError(
            f"--limits must be {', '.join(_SCALES)} or LOW,HIGH, not {text!r}"
        ) from None
    return {"scale": "fixed", "low": low, "high": high}
