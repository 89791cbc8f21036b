"""The icons: all there, in the look's colours, and crisp."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtCore import QByteArray, QSize
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QToolButton

import vingui.gui
from vingui.gui.actions import ACTIONS
from vingui.gui.look.icons import icon, set_theme
from vingui.gui.look.theme import DARK, LIGHT, Theme
from vingui.paths import ICONS

FILES = sorted(path.stem for path in ICONS.glob("*.svg"))
COLOURED = {"app"}
PLAIN = [name for name in FILES if name not in COLOURED]


def named():
    """The icons that the window asks for."""
    names = {row.icon for row in ACTIONS} | {"note", "warning", "error", "play", "pause", "replay"}
    for path in Path(vingui.gui.__file__).parent.rglob("*.py"):
        names.update(re.findall(r'\bicon\("([^"]+)"\)', path.read_text(encoding="utf-8")))
    return names - {""}


@pytest.fixture
def theme(qapp):
    theme = Theme()
    theme.choose("light")
    set_theme(theme)
    yield theme
    theme.choose("light")


def picture(name, side=24, ratio=1.0, mode=QIcon.Mode.Normal, state=QIcon.State.Off):
    pixmap = icon(name).pixmap(QSize(side, side), ratio, mode, state)
    return pixmap.toImage().convertToFormat(QImage.Format.Format_ARGB32)


def ink(image):
    """The colour of the pixel that is covered most."""
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(pixels, key=QColor.alphaF)


def near(one, other):
    return all(abs(a - b) <= 3 for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True))


def middle(widget):
    """The colour in the middle of a widget."""
    image = widget.grab().toImage()
    return image.pixelColor(image.rect().center())


def covered(image):
    """The smallest box around what is drawn, as left, top, right and bottom."""
    marks = [
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() > 40
    ]
    columns, rows = zip(*marks, strict=True)
    return min(columns), min(rows), max(columns), max(rows)


def test_every_icon_that_is_used_exists():
    assert named() <= set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_it_is_a_drawing_that_qt_reads(name):
    source = (ICONS / f"{name}.svg").read_bytes()
    side = 64 if name in COLOURED else 24
    root = ET.fromstring(source)  # noqa: S314
    assert root.get("viewBox") == f"0 0 {side} {side}"
    renderer = QSvgRenderer(QByteArray(source))
    assert renderer.isValid()
    assert renderer.defaultSize() == QSize(side, side)


@pytest.mark.parametrize("name", PLAIN)
def test_it_has_no_colour_of_its_own(name):
    source = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    painted = set(re.findall(r'(?:fill|stroke)="([^"]+)"', source))
    assert "currentColor" in painted
    assert painted <= {"currentColor", "none"}


@pytest.mark.parametrize("name", PLAIN)
def test_it_fills_its_square_and_keeps_off_the_edge(theme, name):
    left, top, right, bottom = covered(picture(name, 96))
    assert min(left, top) >= 4
    assert max(right, bottom) <= 91
    assert max(right - left, bottom - top) >= 46
    assert abs((left + right) / 2 - 47.5) <= 10
    assert abs((top + bottom) / 2 - 47.5) <= 10


def test_no_two_are_alike(theme):
    pictures = {}
    for name in FILES:
        image = picture(name, 20)
        pictures.setdefault(bytes(image.constBits()), []).append(name)
    assert [names for names in pictures.values() if len(names) > 1] == []


@pytest.mark.parametrize("name", ["open", "play", "goal"])
def test_states_look_different(theme, name):
    normal = picture(name)
    disabled = picture(name, mode=QIcon.Mode.Disabled)
    chosen = picture(name, state=QIcon.State.On)
    assert near(ink(normal), QColor(LIGHT.text))
    assert near(ink(chosen), QColor(LIGHT.accent))
    assert ink(disabled).lightnessF() > ink(normal).lightnessF() + 0.2


def test_it_follows_the_theme(theme):
    open_icon = icon("open")
    assert near(ink(open_icon.pixmap(24, 24).toImage()), QColor(LIGHT.text))
    theme.choose("dark")
    assert near(ink(open_icon.pixmap(24, 24).toImage()), QColor(DARK.text))
    assert near(ink(picture("open", state=QIcon.State.On)), QColor(DARK.accent))


def test_a_button_that_is_shown_takes_the_other_look(qtbot, theme):
    button = QToolButton()
    button.setIcon(icon("rectangle-filled"))
    button.setIconSize(QSize(24, 24))
    button.setFixedSize(40, 40)
    button.setStyleSheet("background: #808080; border: 0")
    qtbot.addWidget(button)
    button.show()
    qtbot.waitExposed(button)
    assert near(QColor(LIGHT.text), middle(button))
    theme.choose("dark")
    assert near(QColor(DARK.text), middle(button))


def test_the_applications_icon_has_its_own_colours(theme):
    light = picture("app", 64)
    theme.choose("dark")
    assert picture("app", 64) == light
    names = {light.pixelColor(x, y).name() for x in range(64) for y in range(64)}
    assert len(names) > 20


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0, 3.0])
def test_it_is_drawn_for_the_screens_pixels(theme, ratio):
    pixmap = icon("grid").pixmap(QSize(20, 20), ratio)
    assert pixmap.size() == QSize(20, 20) * ratio
    assert pixmap.devicePixelRatio() == ratio


def test_it_is_crisp_at_twice_the_pixels(theme):
    fine = picture("open", 24, 2.0)
    assert fine == picture("open", 48)
    blown_up = picture("open", 24).scaled(48, 48)
    assert fine != blown_up


def test_no_name_is_no_icon():
    assert icon("").isNull()


def test_a_name_that_is_none_is_a_bug():
    with pytest.raises(FileNotFoundError):
        icon("no such icon")
