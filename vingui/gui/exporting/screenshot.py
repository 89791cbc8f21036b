"""Screenshots of the two views at any scale.

The window and `vingui reproduce` paint them in the same way: with views that are created from a
`ViewState` for this purpose, and are never on a screen.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QBuffer, QIODevice, QObject, QPoint, QSize
from PySide6.QtGui import QColor, QFont, QImage, QImageWriter, QPainter
from PySide6.QtWidgets import QWidget
from shiboken6 import delete

from vingui.core.embedding.pictures import with_png_text
from vingui.core.errors import VinguiError
from vingui.core.files import brief, replacing
from vingui.core.recipe import Recipe, checksum_of, versions_here
from vingui.core.value_history import VALUES_BUDGET
from vingui.gui.canvas.colour_bar import WIDTH, ColourBar
from vingui.gui.canvas.map_view import MapView
from vingui.gui.canvas.value_view import ValueView
from vingui.gui.document.document import Document
from vingui.gui.exporting.view_state import LONGEST_SIDE, ViewState
from vingui.gui.look.theme import Theme
from vingui.gui.planner.client import PlannerClient
from vingui.gui.playback.playback import Playback
from vingui.gui.session import Session
from vingui.gui.settings import Settings
from vingui.version import VERSION

if TYPE_CHECKING:
    from vingui.core.grid import GridMap
    from vingui.core.planner_protocol import DataRequest
    from vingui.core.run import Run

MOST_PIXELS: Final = 100_000_000
"""The maximum of a picture, which then takes 400 MB."""

_GAP: Final = 8


def view_state_of(recipe: Recipe) -> ViewState:
    """Return the view state in a recipe's options.

    Raises:
        VinguiError: it is damaged, does not fit the recipe's map and plan, or the picture would
            be too large.
    """
    state, grid = ViewState.of_record(recipe.options), recipe.grid
    for name, most in (
        ("k", recipe.iterations),
        ("row", grid.rows),
        ("col", grid.cols),
        ("start", len(grid.starts) - 1),
    ):
        value = getattr(state, name)
        if value is not None and value > most:
            raise VinguiError(f"The {name} of a view must be at most {most}, not {brief(value)}")
    check_size(size_of(state))
    return state


def size_of(state: ViewState) -> QSize:
    """Return the size in pixels of the picture, with the views side by side."""
    sizes = {"map": state.map, "value": (state.value[0] + WIDTH, state.value[1])}
    shown = list(sizes.values()) if state.shows == "both" else [sizes[state.shows]]
    width = sum(width for width, _ in shown) + _GAP * (len(shown) - 1)
    return QSize(width, max(height for _, height in shown)) * state.scale


def check_size(size: QSize) -> None:
    """Raise `VinguiError` if a picture would be too large."""
    pixels = size.width() * size.height()
    if pixels > MOST_PIXELS:
        raise VinguiError(
            f"The picture would have {pixels / 10**6:z.0f} megapixels, but at most "
            f"{MOST_PIXELS // 10**6} are possible. Choose a smaller scale"
        )
    if max(size.width(), size.height()) > LONGEST_SIDE:
        raise VinguiError(
            f"The picture would have {pixels_text(size)}, but at most {LONGEST_SIDE:,} a side are "
            "possible. Choose a smaller scale"
        )


def paint(
    state: ViewState, grid: "GridMap", run: "Run | None"
) -> tuple[QImage, list["DataRequest"]]:
    """Paint the views as they would look on a screen with `state.scale` times the pixels.

    Args:
        state: what the views show.
        grid: the map.
        run: its plan, if any.

    Returns:
        The picture, and what the plan did not know yet of what it shows.

    Raises:
        VinguiError: the picture would be too large.
    """
    size = size_of(state)
    check_size(size)
    image = QImage(size, QImage.Format.Format_RGB32)
    if image.isNull():
        raise VinguiError(
            f"There is too little memory for {pixels_text(size)}. Choose a smaller scale"
        )
    image.setDevicePixelRatio(state.scale)
    with _offscreen_views(state, grid, run) as (session, views):
        image.fill(QColor(session.theme.look.window))
        with QPainter(image) as painter:
            for widget, left in views:
                # The `render` of QGraphicsView would leave out the area around its scene.
                QWidget.render(widget, painter, QPoint(left, 0))
        missing = [] if run is None else session.needed(run)
    image.setDevicePixelRatio(1)
    return image, missing


@contextmanager
def _offscreen_views(
    state: ViewState, grid: "GridMap", run: "Run | None"
) -> Iterator[tuple[Session, list[tuple[QWidget, int]]]]:
    """Create views that are not on a screen, each with the position of its left edge."""
    owner = QObject()
    session = _make_session(state, grid, run, owner)
    views: list[tuple[QWidget, int]] = []
    left = 0
    if state.shows != "value":
        views.append((MapView(session, offscreen=True), left))
        views[-1][0].setFixedSize(*state.map)
        left += state.map[0] + _GAP
    if state.shows != "map":
        view = ValueView(session, offscreen=True)
        view.setFixedSize(*state.value)
        bar = ColourBar(session, view.picture)
        bar.setFixedSize(WIDTH, state.value[1])
        # The bar is painted after the view, which determines the limits that the bar shows.
        views += [(view, left), (bar, left + state.value[0])]
    for widget, _ in views:
        widget.setFont(_font(state.font))
    if state.steps is not None:
        session.playback.walked.emit(state.steps)
    try:
        yield session, views
    finally:
        for widget, _ in views:
            delete(widget)
        delete(owner)


def _make_session(state: ViewState, grid: "GridMap", run: "Run | None", owner: QObject) -> Session:
    """Create a session for one picture, with a planner that is never started."""
    settings, theme = Settings(owner, given=state.settings), Theme(owner)
    theme.choose(state.look)
    planner, playback = PlannerClient(parent=owner), Playback(settings, parent=owner)
    session = Session(
        document=Document(grid, owner),
        planner=planner,
        playback=playback,
        settings=settings,
        theme=theme,
        parent=owner,
    )
    camera = session.camera
    camera.fitted = False
    camera.scale, camera.row, camera.col = state.cell, state.row, state.col
    if run is not None:
        planner.updated.emit(run)
        playback.seek(state.k)
    session.select_start(state.start)
    session.teaching.set_panel_visible(state.demonstrations)
    return session


def _font(family: str) -> QFont:
    """Create a font whose glyphs do not depend on the screen or the desktop."""
    font = QFont(family)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setStyleStrategy(
        QFont.StyleStrategy.PreferAntialias | QFont.StyleStrategy.NoSubpixelAntialias
    )
    return font


def recipe_of(state: ViewState, grid: "GridMap", run: "Run", *, model: str, name: str) -> Recipe:
    """Return a picture's recipe. This reads the model's file; it may be called on any thread.

    Args:
        state: what the views show.
        grid: the map.
        run: its finished plan.
        model: the name or the file of the model that made the plan.
        name: the map's name.

    Raises:
        VinguiError: the model's file cannot be read.
    """
    return Recipe(
        kind="view",
        grid=grid,
        name=name,
        model=Path(model).name,
        sha256=checksum_of(model),
        rule=run.rule.name,
        iterations=run.latest,
        memory=VALUES_BUDGET,
        options=state.record(),
        versions=versions_here("view"),
        suffix=".png",
        engine=run.engine,
    )


def write(image: QImage, path: Path, *, name: str, recipe: Recipe | None) -> None:
    """Write a picture as PNG; if that fails, nothing is written. May be called on any thread.

    Args:
        image: the picture; the file's texts are added to it.
        path: the file.
        name: the map's name.
        recipe: the recipe to store in the file; `None` if there was no plan.

    Raises:
        VinguiError: it cannot be written.
    """
    image.setText("Software", f"vingui {VERSION}")
    image.setText("Title", name)
    if recipe is not None:
        image.setText("Model", recipe.model)
        image.setText("k", str(recipe.options["k"]))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, b"png")
    if not writer.write(image):
        raise VinguiError(f"The picture cannot be written: {writer.errorString()}")
    data = bytes(buffer.data().data())
    if recipe is not None:
        data = with_png_text(data, recipe.encoded())
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def pixels_text(size: QSize) -> str:
    """Format the size of a picture."""
    return f"{size.width():,} × {size.height():,} pixels (width × height)"
