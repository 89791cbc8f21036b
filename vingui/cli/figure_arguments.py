"""The arguments of figures and films, and `FigureOptions` and `FilmOptions` made from them."""

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


def add_figure_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that `figure_options` reads."""
    add = _group(parser, "figures", "the look of figures, and of the frames of films").add_argument
    add(
        "--panels",
        metavar="LIST",
        help="panels side by side: map, value, reward, q, exact, difference, outcomes, cost, "
        "learned-cost, extra-cost, convergence; @K adds an iteration, :NE or :3 a latent action, "
        "as in map,value@10,q:NE@20 (default: map,value)",
    )
    add("--columns", metavar="N", type=int, help="panels in a row (default: as many as fit)")
    add(
        "--width",
        metavar="MM",
        type=float,
        help="width of the page in millimetres, such as 84 or 174 (default: 174 or less)",
    )
    add("--dpi", metavar="N", type=int, help="pixels per inch (default: 200)")
    add("--colour-map", choices=FIGURE_COLOUR_MAPS, help="colours of values (default: viridis)")
    add(
        "--limits",
        metavar="run|frame|symmetric|LOW,HIGH",
        help="limits of the colours: run for the same at every k, frame for those of the k shown, "
        "symmetric for as far below 0 as above, or two numbers (default: run)",
    )
    add("--bar-label", metavar="TEXT", help="label of the colour bars (default: what they show)")
    add(
        "--arrows",
        action=argparse.BooleanOptionalAction,
        help="show or hide the policy's arrows (default: show if cells are large enough)",
    )
    add("--numbers", action="store_true", help="show each cell's value as a number")
    add("--contours", action="store_true", help="show contour lines")
    for name, what in (
        ("bar", "colour bars"),
        ("trajectories", "trajectories"),
        ("diagnosis", "marks of first wrong steps, and why they were made"),
        ("grid", "lines between cells"),
        ("ticks", "numbers of rows and columns"),
        ("key", "key to the markers"),
    ):
        add(f"--no-{name}", dest=name, action="store_false", help=f"leave out the {what}")
    add("--title", metavar="TEXT", help="title above the panels (default: none)")
    add(
        "--caption",
        metavar="TEXT",
        help='caption below the panels, or "" for none (default: a description of the plan)',
    )
    add("--background", choices=BACKGROUNDS, help="background of the page (default: white)")
    add("--margin", metavar="MM", type=float, help="margin in millimetres (default: 4)")
    add("--font-size", metavar="PT", type=float, help="size of the text in points (default: 8)")


def add_film_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that `film_options` reads."""
    add = _group(
        parser,
        "films",
        "films show each V_k and its trajectories, in all panels without @K; films of "
        "learning show\nplans of the model after each epoch, of which --every, --from and --to "
        "choose some",
    ).add_argument
    add(
        "--rate",
        metavar="N",
        type=float,
        help="frames per second, 1 to 60 (default: depends on the number of frames: 4 for 16, 9 "
        "for 80, 22 for 500; less for films of learning)",
    )
    add(
        "--every",
        metavar="N",
        type=int,
        help="show every N-th iteration (default: 1; of a search, one that gives 240 frames)",
    )
    add(
        "--hold",
        metavar="S",
        type=float,
        help="seconds that the last frame is shown, 0 to 60 (default: a quarter of the film, but "
        "at least 1.5 and at most 3)",
    )
    add("--once", dest="loop", action="store_false", help="do not repeat the film")
    add("--from", dest="first", metavar="K", type=int, help="the first iteration (default: 1)")
    add("--to", dest="last", metavar="K", type=int, help="the last iteration (default: the last)")


def _group(parser: argparse.ArgumentParser, title: str, about: str) -> argparse._ArgumentGroup:
    # Arguments that are not given do not appear, so that the options' own defaults apply.
    return parser.add_argument_group(title, about, argument_default=argparse.SUPPRESS)


def figure_options(options: argparse.Namespace, rule: MoveRule | None = None) -> FigureOptions:
    """The options of a figure from the arguments; panels may name the moves of `rule`.

    Raises:
        VinguiError: an argument is out of its range.
    """
    given = _given(options, FigureOptions)
    if "panels" in given:
        panels = [text for text in given["panels"].split(",") if text.strip()]
        given["panels"] = tuple(Panel.parse(text, rule) for text in panels)
    if "limits" in options:
        given |= _limits(options.limits)
    return FigureOptions(**given)


def film_options(options: argparse.Namespace, figure: FigureOptions) -> FilmOptions:
    """The options of a film from the arguments, and from those of its frames.

    Raises:
        VinguiError: an argument is out of its range.
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
