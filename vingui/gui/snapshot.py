"""Pictures of what is seen, at a scale of their own."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect, QSize
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter, QRegion
from PySide6.QtWidgets import QGraphicsItem, QGraphicsView, QWidget

from vingui import __version__
from vingui.core.cards import find_model
from vingui.core.embedding import KEY
from vingui.core.errors import VinguiError
from vingui.core.files import replacing
from vingui.core.film import FRAME_BUDGET
from vingui.core.recipe import Recipe, checksum, versions_here
from vingui.gui.settings import EXPORT_SCALE, EXPORT_WHAT, LAYER

if TYPE_CHECKING:
    from vingui.gui.canvas.value_panel import ValuePanel
    from vingui.gui.session import Session

MOST_PIXELS: Final = 100_000_000
"""The largest picture: 400 MB while it is painted."""

_LONGEST_SIDE: Final = 32_767
"""Qt paints no farther."""

_GAP: Final = 8
Piece = tuple[QWidget, QRect]
"""A widget and the part of it that belongs into the picture."""


def pieces(what: str, map_view: QWidget, value_panel: "ValuePanel") -> list[Piece]:
    """What a picture shows: "map", "value" or "both"."""
    view = value_panel.view
    top = view.mapTo(value_panel, QPoint(0, 0)).y()
    found: dict[str, Piece] = {
        "map": (map_view, map_view.rect()),
        # As wide as the panel, as the colour bar is beside the view.
        "value": (value_panel, QRect(0, top, value_panel.width(), view.height())),
    }
    return list(found.values()) if what == "both" else [found[what]]


def size_of(parts: Sequence[Piece], scale: float) -> QSize:
    """The size in pixels of a picture of the pieces, side by side."""
    width = sum(part.width() for _, part in parts) + _GAP * (len(parts) - 1)
    height = max(part.height() for _, part in parts)
    return QSize(round(width * scale), round(height * scale))


def check_size(size: QSize) -> None:
    """Raise `VinguiError` unless a picture may be that large."""
    pixels = size.width() * size.height()
    if pixels > MOST_PIXELS:
        raise VinguiError(
            f"Expected a picture of at most {MOST_PIXELS // 10**6} megapixels, "
            f"received {pixels / 10**6:.0f}: choose a smaller scale"
        )
    if max(size.width(), size.height()) > _LONGEST_SIDE:
        raise VinguiError(
            f"Expected a picture of at most {_LONGEST_SIDE:,} pixels a side, "
            f"received {shown(size)}: choose a smaller scale"
        )


def render(parts: Sequence[Piece], scale: float, *, behind: str) -> QImage:
    """Paint pieces of widgets side by side, as a screen of that many times the pixels would.

    Args:
        parts: what is painted.
        scale: pixels for each device-independent one.
        behind: the colour behind them.

    Raises:
        VinguiError: the picture would be too large.
    """
    size = size_of(parts, scale)
    check_size(size)
    image = QImage(size, QImage.Format.Format_RGB32)
    if image.isNull():
        raise VinguiError(f"Expected memory for a picture of {shown(size)}, received none")
    image.setDevicePixelRatio(scale)
    image.fill(QColor(behind))
    with QPainter(image) as painter:
        for widget, part in parts:
            # A QGraphicsView has another `render`, without what is around its scene.
            with _painted_anew(widget):
                QWidget.render(widget, painter, QPoint(0, 0), QRegion(part))
            painter.translate(part.width() + _GAP, 0)
    image.setDevicePixelRatio(1)
    return image


@contextmanager
def _painted_anew(widget: QWidget) -> Iterator[None]:
    """Have the items of graphics views painted, where they are else kept as pixels."""
    views = [widget] if isinstance(widget, QGraphicsView) else widget.findChildren(QGraphicsView)
    modes = [(item, item.cacheMode()) for view in views for item in view.items()]
    for item, _ in modes:
        item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
    try:
        yield
    finally:
        for item, mode in modes:
            item.setCacheMode(mode)


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


def write(image: QImage, path: Path, recipe: Recipe | None = None) -> None:
    """Write a picture as PNG, whole or not at all. May be called on any thread.

    Args:
        image: the picture.
        path: the file.
        recipe: what was planned, kept in the file.

    Raises:
        VinguiError: it cannot be written.
    """
    if recipe is not None:
        image = image.copy()
        image.setText(KEY, recipe.encoded())
    data = encoded(image)
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def picture_of(session: "Session", parts: Sequence[Piece]) -> QImage:
    """The picture of the pieces at the scale of the settings, with what it shows as its texts.

    Raises:
        VinguiError: it would be too large.
    """
    scale = session.settings.get(EXPORT_SCALE)
    image = render(parts, scale, behind=session.theme.look.window)
    image.setText("Software", f"vingui {__version__}")
    image.setText("Title", session.document.title)
    image.setText("Model", session.model)
    image.setText("k", str(session.k))
    return image


def view_recipe(session: "Session", *, model: str, name: str) -> Callable[[], Recipe] | None:
    """What makes the recipe of a picture of what is seen; `None` while there is no plan.

    Args:
        session: what is shown.
        model: the name or the file of the model that planned it.
        name: the map's.

    Returns:
        A function that reads the model's file, for any thread.
    """
    run = session.run
    if run is None:
        return None
    get = session.settings.get
    options = {"shows": get(EXPORT_WHAT), "scale": get(EXPORT_SCALE), "layer": get(LAYER)}
    recipe = partial(
        Recipe,
        kind="view",
        grid=run.grid,
        name=name,
        model=Path(model).name,
        rule=run.rule.name,
        iterations=run.latest,
        memory=FRAME_BUDGET,
        options={**options, "k": session.k},
        suffix=".png",
    )
    return lambda: recipe(sha256=checksum(find_model(model)), versions=versions_here())


def shown(size: QSize) -> str:
    """A size in words."""
    return f"{size.width():,} × {size.height():,} pixels"
