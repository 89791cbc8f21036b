"""Films of a run: V_1 to V_K and the trajectories under them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.files import replacing
from vingui.core.phrases import counted
from vingui.core.recipe import Recipe
from vingui.core.run import Run
from vingui.figure.checks import checked_suffix
from vingui.figure.film_options import FILM_SUFFIXES, FilmOptions
from vingui.figure.options import FigureOptions

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vingui.figure.compose import DrawnFigure
    from vingui.figure.encoding.film_spec import FilmSpec, Pages

MOST_SIDE: Final = 4096
"""Pixels: the most that hardware decoders of H.264 accept."""

MOST_PIXELS: Final = 50_000_000_000
"""The most pixels of all frames together: about an hour of drawing."""


def film_ks(run: Run, options: FilmOptions) -> tuple[int, ...]:
    """The iterations that a film shows, a frame each, ascending.

    Of a thinned run only kept ones are shown: the first one kept of each `every` iterations.

    Raises:
        VinguiError: the run keeps none between the chosen first and last.
    """
    if ks := options.choose(run.kept):
        return ks
    first, to = options.first or 1, "on" if options.last is None else f"to {options.last:,}"
    raise VinguiError(
        f"The film would be empty: the run keeps {counted(len(run.kept), 'iteration')}, "
        f"k = {run.kept[0]:,} to {run.kept[-1]:,}, and none from {first:,} {to}"
    )


def page_of(run: Run, options: FilmOptions, k: int, name: str = "") -> "Figure":
    """One frame of a film, of the iteration k, as a figure.

    Raises:
        VinguiError: there is nothing to show, or the frames are too large.
    """
    drawn = draw_film(run, options, name)
    drawn.show(k)
    for artist in drawn.artists:
        artist.set_animated(False)
    return drawn.figure


def save_film(
    run: Run,
    path: Path,
    options: FilmOptions,
    *,
    name: str = "",
    recipe: Recipe | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write a film, whole or not at all. The same run and options make the same bytes.

    Args:
        run: the run, with the policies of all kept iterations or a `reader` for them.
        path: the file, whose suffix is one of `FILM_SUFFIXES`.
        options: the film's options.
        name: the map's name, for title and caption.
        recipe: embedded in the file, so that it can be made again.
        on_progress: called before the first frame, once it is known that the film can be written,
            and after each frame, with the number of frames done and of all frames. An exception
            that it raises ends the film, and no file is left.

    Raises:
        VinguiError: the suffix is not a film's, the format cannot hold the film, there is nothing
            to show, the frames are too large, or the file cannot be written.
    """
    ks = film_ks(run, options)
    check_film(path, options)
    drawn = draw_film(run, options, name)

    def reported() -> Iterator[NDArray[np.uint8]]:
        if on_progress is not None:
            on_progress(0, len(ks))
        # A page has been encoded when the next one is requested.
        for done, page in enumerate(pages(drawn, ks), start=1):
            yield page
            if on_progress is not None:
                on_progress(done, len(ks))

    size = drawn.figure.canvas.get_width_height()
    encode(reported(), path, options, frames=len(ks), size=size, name=name, recipe=recipe)


def check_film(path: Path, options: FilmOptions) -> None:
    """Raise `VinguiError` if a file cannot hold a film with these options."""
    options.check_suffix(checked_suffix(path, FILM_SUFFIXES, "film"))


def encode(
    frames_in_turn: "Pages",
    path: Path,
    options: FilmOptions,
    *,
    frames: int,
    size: tuple[int, int],
    name: str,
    recipe: Recipe | None,
) -> None:
    """Write the frames of a film, whole or not at all.

    Args:
        frames_in_turn: the frames.
        path: the file.
        options: the film's options.
        frames: how many frames there are.
        size: their width and height in pixels.
        name: the map's name, for the title.
        recipe: embedded in the file.

    Raises:
        VinguiError: the frames are too many or too large, or the file cannot be written.
    """
    from vingui.figure.encoding.film_spec import FilmSpec
    from vingui.figure.text_layout import one_line

    width, height = size
    if frames * width * height > MOST_PIXELS:
        raise VinguiError(
            f"The film has {counted(frames, 'frame')} of {width:,} x {height:,} pixels, which "
            "would take hours; show fewer of them or choose a lower dpi"
        )
    rate, hold = options.timing(frames)
    spec = FilmSpec(
        width=width,
        height=height,
        frames=frames,
        rate=rate,
        hold=hold,
        loop=options.loop,
        title=one_line(options.figure.title or name, limit=200),
        recipe=recipe.encoded() if recipe else "",
    )
    with replacing(path) as temporary:
        _writer(path.suffix.lower())(temporary, frames_in_turn, spec)


def _writer(suffix: str) -> "Callable[[Path, Pages, FilmSpec], None]":
    """The function that writes a format; importing it loads the encoders."""
    from vingui.figure.encoding.gif import write_gif
    from vingui.figure.encoding.mp4 import write_mp4
    from vingui.figure.encoding.webp import write_webp

    return {".gif": write_gif, ".mp4": write_mp4, ".webp": write_webp}[suffix]


def draw_film(run: Run, options: FilmOptions, name: str) -> "DrawnFigure":
    """Draw a figure that can show the iterations of a film.

    Raises:
        VinguiError: there is nothing to show, or the frames are too large.
    """
    from vingui.figure.compose import draw_figure

    figure = opaque(options.figure)
    drawn = draw_figure(run, figure, name=name, film_ks=film_ks(run, options))
    if not drawn.artists:
        raise VinguiError(
            "Nothing in this film would change; give it a panel without a fixed iteration"
        )
    check_size(*drawn.figure.canvas.get_width_height())
    return drawn


def opaque(options: FigureOptions) -> FigureOptions:
    """The options of the frames: many players do not support transparency."""
    return replace(options, background="white") if options.background == "transparent" else options


def check_size(width: int, height: int) -> None:
    """Raise `VinguiError` if frames are too large."""
    if max(width, height) > MOST_SIDE:
        raise VinguiError(
            f"This film would have {width:,} x {height:,} pixels, and films have sides of at most "
            f"{MOST_SIDE:,}; choose a lower dpi or a narrower page"
        )


def pages(drawn: "DrawnFigure", ks: Sequence[int]) -> Iterator[NDArray[np.uint8]]:
    """Yield the frames of a film as `Pages`; what never changes is drawn once."""
    import matplotlib.style
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas: Any = FigureCanvasAgg(drawn.figure)
    with matplotlib.style.context("default"):
        canvas.draw()
    background = canvas.copy_from_bbox(drawn.figure.bbox)
    for k in ks:
        # Not around the loop: the caller does not expect another style between frames.
        with matplotlib.style.context("default"):
            drawn.show(k)
            canvas.restore_region(background)
            for artist in drawn.artists:
                drawn.figure.draw_artist(artist)
        yield np.asarray(canvas.buffer_rgba())
