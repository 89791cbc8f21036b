"""Pictures of the views as they are seen, at a scale of their own.

A picture is painted of views that are made for it and that nobody sees, after the record of what
is looked at: the window and `vingui reproduce` paint the same.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QBuffer, QIODevice, QObject, QPoint, QSize
from PySide6.QtGui import QColor, QFont, QFontInfo, QImage, QImageWriter, QPainter
from PySide6.QtWidgets import QWidget
from shiboken6 import delete

from vingui import __version__
from vingui.core.cards import find_model
from vingui.core.embedding import KEY
from vingui.core.errors import VinguiError
from vingui.core.files import brief, replacing
from vingui.core.recipe import Recipe, checksum, versions_here
from vingui.core.value_history import FRAME_BUDGET
from vingui.gui.canvas.colour_bar import WIDTH, ColourBar
from vingui.gui.canvas.map_view import MapView
from vingui.gui.canvas.value_view import ValueView
from vingui.gui.document.document import Document
from vingui.gui.exporting.view_state import LONGEST_SIDE, Seen, Size
from vingui.gui.look.theme import Theme
from vingui.gui.planner.engine import Engine
from vingui.gui.playback.playback import Playback
from vingui.gui.session import Session
from vingui.gui.settings import Settings

if TYPE_CHECKING:
    from vingui.core.grid import GridMap
    from vingui.core.run import Run

MOST_PIXELS: Final = 100_000_000
"""The largest picture: 400 MB while it is painted."""

_GAP: Final = 8


def current_view_state(session: Session, *, map_view: QWidget, value_view: QWidget) -> Seen:
    """How two views of a session are looked at now."""
    family = family_here(map_view.font().family())
    return Seen.of(session, font=family, map=_size(map_view), value=_size(value_view))


def family_here(family: str) -> str:
    """The family of fonts that Qt takes on this system where one is asked for."""
    return QFontInfo(QFont(family)).family()


def view_state_of(recipe: Recipe) -> Seen:
    """What a recipe's options say.

    Raises:
        VinguiError: they are none of a view of its map and its plan, or the picture would be too
            large.
    """
    seen, grid = Seen.of_record(recipe.options), recipe.grid
    for name, most in (
        ("k", recipe.iterations),
        ("row", grid.rows),
        ("col", grid.cols),
        ("start", len(grid.starts) - 1),
    ):
        value = getattr(seen, name)
        if value is not None and value > most:
            raise VinguiError(f"Expected {name} of a view up to {most}, received {brief(value)}")
    check_size(size_of(seen))
    return seen


def size_of(seen: Seen) -> QSize:
    """The size in pixels of the picture, the views side by side."""
    sizes = {"map": seen.map, "value": (seen.value[0] + WIDTH, seen.value[1])}
    shown = list(sizes.values()) if seen.shows == "both" else [sizes[seen.shows]]
    width = sum(width for width, _ in shown) + _GAP * (len(shown) - 1)
    return QSize(width, max(height for _, height in shown)) * seen.scale


def check_size(size: QSize) -> None:
    """Raise `VinguiError` unless a picture may be that large."""
    pixels = size.width() * size.height()
    if pixels > MOST_PIXELS:
        raise VinguiError(
            f"Expected a picture of at most {MOST_PIXELS // 10**6} megapixels, "
            f"received {pixels / 10**6:z.0f}: choose a smaller scale"
        )
    if max(size.width(), size.height()) > LONGEST_SIDE:
        raise VinguiError(
            f"Expected a picture of at most {LONGEST_SIDE:,} pixels a side, "
            f"received {shown(size)}: choose a smaller scale"
        )


def needs_readout(seen: Seen, run: "Run") -> bool:
    """Whether what is seen of a run depends on q-values or a policy that it does not have."""
    whole = seen.arrows or seen.layer == "q"
    return not (run.has_readout(seen.k) if whole else run.has_actions(seen.k))


def painted(seen: Seen, grid: "GridMap", run: "Run | None") -> QImage:
    """Paint what is seen, as a screen of that many times the pixels would.

    Args:
        seen: how the views are looked at.
        grid: the map.
        run: the plan of it; `None` for none.

    Raises:
        VinguiError: the picture would be too large.
    """
    size = size_of(seen)
    check_size(size)
    image = QImage(size, QImage.Format.Format_RGB32)
    if image.isNull():
        raise VinguiError(f"Expected memory for a picture of {shown(size)}, received none")
    image.setDevicePixelRatio(seen.scale)
    with _unseen(seen, grid, run) as (session, parts):
        image.fill(QColor(session.theme.look.window))
        with QPainter(image) as painter:
            for widget, left in parts:
                # A QGraphicsView has another `render`, without what is around its scene.
                QWidget.render(widget, painter, QPoint(left, 0))
    image.setDevicePixelRatio(1)
    return image


@contextmanager
def _unseen(
    seen: Seen, grid: "GridMap", run: "Run | None"
) -> Iterator[tuple[Session, list[tuple[QWidget, int]]]]:
    """Views that show something without being on a screen, each with the place of its left edge."""
    owner = QObject()
    session = _session(seen, grid, run, owner)
    parts: list[tuple[QWidget, int]] = []
    left = 0
    if seen.shows != "value":
        parts.append((MapView(session, offscreen=True), left))
        parts[-1][0].setFixedSize(*seen.map)
        left += seen.map[0] + _GAP
    if seen.shows != "map":
        view = ValueView(session, offscreen=True)
        view.setFixedSize(*seen.value)
        bar = ColourBar(session, view.picture)
        bar.setFixedSize(WIDTH, seen.value[1])
        # The bar shows what the view has made of the plan when it was painted.
        parts += [(view, left), (bar, left + seen.value[0])]
    for widget, _ in parts:
        widget.setFont(_font(seen.font))
    if seen.steps is not None:
        session.playback.walked.emit(seen.steps)
    try:
        yield session, parts
    finally:
        for widget, _ in parts:
            delete(widget)
        delete(owner)


def _session(seen: Seen, grid: "GridMap", run: "Run | None", owner: QObject) -> Session:
    """A session of its own, with an engine that was never started."""
    settings, theme = Settings(owner, given=seen.settings), Theme(owner)
    theme.choose(seen.look)
    engine, playback = Engine(parent=owner), Playback(settings, parent=owner)
    session = Session(
        document=Document(grid, owner),
        engine=engine,
        playback=playback,
        settings=settings,
        theme=theme,
        parent=owner,
    )
    camera = session.camera
    camera.fitted = False
    camera.scale, camera.row, camera.col = seen.cell, seen.row, seen.col
    if run is not None:
        engine.updated.emit(run)
        playback.seek(seen.k)
    session.select_start(seen.start)
    return session


def _font(family: str) -> QFont:
    """A font whose glyphs do not depend on what a screen or a desktop would have of them."""
    font = QFont(family)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setStyleStrategy(
        QFont.StyleStrategy.PreferAntialias | QFont.StyleStrategy.NoSubpixelAntialias
    )
    return font


def _size(view: QWidget) -> Size:
    return view.width(), view.height()


def recipe_of(
    seen: Seen, grid: "GridMap", run: "Run", *, model: str, name: str
) -> Callable[[], Recipe]:
    """What makes the recipe of a picture.

    Args:
        seen: how the views are looked at.
        grid: the map.
        run: the finished plan of it.
        model: the name or the file of the model that planned it.
        name: the map's.

    Returns:
        A function that reads the model's file, for any thread.
    """
    recipe = partial(
        Recipe,
        kind="view",
        grid=grid,
        name=name,
        model=Path(model).name,
        rule=run.rule.name,
        iterations=run.latest,
        memory=FRAME_BUDGET,
        options=seen.record(),
        suffix=".png",
    )
    return lambda: recipe(sha256=checksum(find_model(model)), versions=versions_here("view"))


def encoded(image: QImage) -> bytes:
    """A picture as the bytes of a PNG file. May be called on any thread.

    Raises:
        VinguiError: it does not fit in memory.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, b"png")
    if not writer.write(image):
        raise VinguiError(f"Expected memory for the picture, received: {writer.errorString()}")
    return bytes(buffer.data().data())


def write(image: QImage, path: Path, *, name: str, recipe: Recipe | None) -> None:
    """Write a picture as PNG, whole or not at all. May be called on any thread.

    Args:
        image: the picture, which is given the file's texts.
        path: the file.
        name: the map's.
        recipe: what makes it again, kept in the file; `None` where nothing was planned.

    Raises:
        VinguiError: it cannot be written.
    """
    image.setText("Software", f"vingui {__version__}")
    image.setText("Title", name)
    if recipe is not None:
        image.setText("Model", recipe.model)
        image.setText("k", str(recipe.options["k"]))
        image.setText(KEY, recipe.encoded())
    data = encoded(image)
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def shown(size: QSize) -> str:
    """A size in words."""
    return f"{size.width():,} × {size.height():,} pixels (width × height)"
