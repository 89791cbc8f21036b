from types import SimpleNamespace

import pytest
from PIL import Image
from PySide6.QtCore import QObject, QRectF, QSize
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsScene,
    QGraphicsView,
    QWidget,
)

from vingui import __version__
from vingui.core.errors import VinguiError
from vingui.gui import snapshot
from vingui.gui.settings import EXPORT_SCALE, EXPORT_WHAT, Settings
from vingui.gui.theme import LIGHT

RED, BLUE = QColor("#ff0000"), QColor("#0000ff")


class Half(QWidget):
    """Red to the middle of a pixel, blue from there on: only a finer picture tells them apart."""

    def paintEvent(self, _event):  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), BLUE)
        painter.fillRect(QRectF(0, 0, 10.5, self.height()), RED)


class Panel(QWidget):
    """A header of 20 pixels, the view below it, and a footer."""

    def __init__(self):
        super().__init__()
        self.setGeometry(0, 0, 60, 90)
        self.view = Half(self)
        self.view.setGeometry(0, 20, 40, 50)

    def paintEvent(self, _event):  # noqa: N802
        QPainter(self).fillRect(self.rect(), QColor("#00ff00"))


class FakeSession(QObject):
    def __init__(self):
        super().__init__()
        self.settings = Settings()
        self.theme = SimpleNamespace(look=LIGHT)
        self.document = SimpleNamespace(title="Nine: rooms/α")
        self.model = "dynamic-8"
        self.k = 17
        self.told = []

    def notify(self, text, *, kind="note", key=""):
        self.told.append((kind, text))


@pytest.fixture
def session(qtbot):
    made = FakeSession()
    made.settings.set(EXPORT_SCALE, 2)
    made.settings.set(EXPORT_WHAT, "both")
    return made


@pytest.fixture
def views(qtbot):
    map_view, panel = Half(), Panel()
    map_view.resize(30, 40)
    for widget in (map_view, panel):
        qtbot.addWidget(widget)
        widget.show()
    return map_view, panel


@pytest.mark.parametrize("scale", [1, 2, 3, 8])
def test_a_picture_has_the_pixels_of_its_scale(views, scale):
    parts = snapshot.pieces("map", *views)
    image = snapshot.render(parts, scale, behind="#ffffff")
    assert image.size() == QSize(30 * scale, 40 * scale)
    assert image.devicePixelRatio() == 1
    edge = int(10.5 * scale)
    assert image.pixelColor(edge - 1, 5) == RED
    # Painted, not magnified: the edge lies in the middle of what one pixel was.
    assert image.pixelColor(edge + (scale % 2), 5) == BLUE


def test_the_value_picture_has_no_header_and_no_footer(views):
    image = snapshot.render(snapshot.pieces("value", *views), 2, behind="#ffffff")
    assert image.size() == QSize(120, 100)
    assert image.pixelColor(2, 0) == RED
    assert image.pixelColor(60, 0) == BLUE
    assert image.pixelColor(2, 99) == RED
    # Beside the view, where its colour bar is.
    assert image.pixelColor(100, 50) == QColor("#00ff00")


class HalfItem(QGraphicsItem):
    """The same as an item that is kept as pixels."""

    def __init__(self):
        super().__init__()
        self.setCacheMode(self.CacheMode.DeviceCoordinateCache)

    def boundingRect(self):  # noqa: N802
        return QRectF(0, 0, 40, 40)

    def paint(self, painter, _option, _widget=None):
        painter.fillRect(QRectF(0, 0, 40, 40), BLUE)
        painter.fillRect(QRectF(0, 0, 10.5, 40), RED)


@pytest.mark.parametrize("inside", [False, True])
def test_items_kept_as_pixels_are_painted_anew(qtbot, inside):
    outer, item = QWidget(), HalfItem()
    qtbot.addWidget(outer)
    view = QGraphicsView(outer)
    view.setFrameShape(view.Shape.NoFrame)
    view.setScene(QGraphicsScene(0, 0, 60, 60, view))
    view.scene().addItem(item)
    for widget in (outer, view):
        widget.resize(60, 60)
    with qtbot.waitExposed(outer):
        outer.show()
    view.grab()
    seen = outer if inside else view
    image = snapshot.render([(seen, seen.rect())], 2, behind="#ffffff")
    assert image.pixelColor(20, 5) == RED
    assert image.pixelColor(21, 5) == BLUE
    assert item.cacheMode() == item.CacheMode.DeviceCoordinateCache


def test_both_are_side_by_side(views):
    image = snapshot.render(snapshot.pieces("both", *views), 2, behind="#123456")
    assert image.size() == QSize(2 * (30 + 8 + 60), 100)
    assert image.pixelColor(2, 50) == RED
    assert image.pixelColor(2, 90) == QColor("#123456")
    assert image.pixelColor(65, 50) == QColor("#123456")
    assert image.pixelColor(2 * 38 + 2, 50) == RED


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (QSize(10_001, 10_000), "at most 100 megapixels"),
        (QSize(40_000, 10), "at most 32,767 pixels a side"),
    ],
)
def test_too_large_a_picture_is_refused(size, said):
    with pytest.raises(VinguiError, match=said):
        snapshot.check_size(size)


def test_the_file_is_a_png_that_says_what_it_shows(session, views, tmp_path):
    image = snapshot.picture_of(session, snapshot.pieces("both", *views))
    snapshot.write(image, tmp_path / "seen.png")
    with Image.open(tmp_path / "seen.png") as found:
        found.load()
        assert found.size == (196, 100)
        assert found.text == {
            "Software": f"vingui {__version__}",
            "Title": "Nine: rooms/α",
            "Model": "dynamic-8",
            "k": "17",
        }


def test_a_full_disk_leaves_the_old_picture(session, views, tmp_path, monkeypatch):
    (tmp_path / "a.png").write_bytes(b"before")
    image = snapshot.picture_of(session, snapshot.pieces("both", *views))

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(VinguiError, match="No space left on device"):
        snapshot.write(image, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
