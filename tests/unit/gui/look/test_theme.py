import itertools
import re

import numpy as np
import pytest
import shiboken6
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QFile, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QLineEdit, QSpinBox, QWidget

from vingui.core.terrain import STANDARD
from vingui.core.terrain_patterns import terrain_colours
from vingui.gui.look.theme import DARK, LIGHT, Theme, chosen, mixed, palette, style_sheet

LOOKS = pytest.mark.parametrize("look", [LIGHT, DARK], ids=lambda look: look.name)

# How the three kinds of colour-blindness see linear RGB (Machado et al. 2009, severity 1).
EYES = {
    "all colours": np.eye(3),
    "no red": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "no green": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no blue": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(colour):
    part = np.array(QColor(colour).getRgbF()[:3])
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    lights = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def oklab(rgb):
    cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return lab @ np.cbrt(cones @ np.clip(rgb, 0, 1))


@pytest.fixture
def theme(qapp):
    made = Theme()
    made.start(qapp)
    yield made
    made.choose("auto")
    made.deleteLater()
    qapp.setStyleSheet("")


@LOOKS
def test_text_is_legible_on_every_background(look):
    for behind in (look.window, look.panel, look.raised, look.hover, chosen(look)):
        assert contrast(look.text, behind) >= 7
    for behind in (look.window, look.panel, look.raised):
        for words in (look.muted, look.accent, look.error, look.warning, look.success):
            assert contrast(words, behind) >= 4.5
    assert contrast(look.on_accent, look.accent) >= 4.5


@LOOKS
def test_markers_have_contrast_with_the_cells(look):
    for colour in (*look.starts, look.goal, look.cursor, look.cell_hover):
        assert contrast(colour, look.free) >= 3
    assert contrast(look.wall, look.free) >= 1.7
    assert 1.05 < contrast(look.grid, look.free) < 2


@LOOKS
def test_demonstrations_have_contrast_with_all_terrain_and_blocked_ones_with_walls_too(look):
    terrain = [QColor(*colour) for colour in terrain_colours(STANDARD, dark=look.dark).tolist()]
    assert contrast(look.demonstration, look.demonstration_edge) >= 7
    for behind in terrain:
        assert contrast(look.demonstration_edge, behind) >= 4
    assert contrast(look.warning, look.halo) >= 4.5
    for behind in (*terrain, look.wall):
        assert max(contrast(look.warning, behind), contrast(look.halo, behind)) >= 2.5


@LOOKS
@pytest.mark.parametrize("eyes", EYES)
def test_starts_are_distinct_names_by_every_kind_of_eyes(look, eyes):
    perceived = [oklab(EYES[eyes] @ linear(colour)) for colour in look.starts]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(perceived, 2)) > 0.07


@LOOKS
def test_palette_sets_every_role_of_every_group(look):
    made = palette(look)
    roles = [role for role in QPalette.ColorRole if role.name not in {"NoRole", "NColorRoles"}]
    for role in roles:
        assert made.isBrushSet(QPalette.ColorGroup.Active, role), role
        assert made.isBrushSet(QPalette.ColorGroup.Disabled, role), role
    disabled, active = QPalette.ColorGroup.Disabled, QPalette.ColorGroup.Active
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        panel = look.panel
        assert contrast(made.color(disabled, role), panel) < contrast(
            made.color(active, role), panel
        )


@LOOKS
def test_style_sheet_is_complete(look, theme):
    sheet = style_sheet(look)
    assert "{{" not in sheet
    assert sheet.count("{") == sheet.count("}")
    pictures = re.findall(r"url\((.*?)\)", sheet)
    assert pictures
    for picture in pictures:
        assert QFile.exists(picture), picture


def test_choice_changes_the_application_and_its_windows(theme, qapp, qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    theme.set_window(window)
    theme.choose("light")
    with qtbot.waitSignal(theme.changed):
        theme.choose("dark")
    assert theme.look is DARK
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.panel)
    qtbot.waitUntil(lambda: not theme.switching)
    assert DARK.raised in window.styleSheet()
    with qtbot.assertNotEmitted(theme.changed):
        theme.choose("dark")


def test_auto_follows_the_system(theme, qapp, monkeypatch):
    scheme = Qt.ColorScheme.Dark
    hints = QGuiApplication.styleHints()
    monkeypatch.setattr(type(hints), "colorScheme", lambda _: scheme)
    theme.choose("auto")
    hints.colorSchemeChanged.emit(scheme)
    assert theme.look is DARK
    scheme = Qt.ColorScheme.Light
    hints.colorSchemeChanged.emit(scheme)
    assert theme.look is LIGHT
    theme.choose("dark")
    hints.colorSchemeChanged.emit(scheme)
    assert theme.look is DARK


@pytest.mark.parametrize("buttons", QSpinBox.ButtonSymbols)
@pytest.mark.parametrize("name", ["light", "dark"])
def test_number_fields_have_room_for_their_number(theme, qtbot, name, buttons):
    theme.choose(name)
    field = QSpinBox()
    qtbot.addWidget(field)
    field.setRange(0, 999)
    field.setButtonSymbols(buttons)
    field.setValue(999)
    field.show()
    words = field.findChild(QLineEdit)
    assert words.geometry().left() >= 2
    assert words.width() >= words.fontMetrics().horizontalAdvance("999")


@given(st.floats(0, 1))
def test_mixed_lies_between_its_colours(share):
    colour = mixed(LIGHT.accent, LIGHT.panel, share)
    ends = QColor(LIGHT.accent), QColor(LIGHT.panel)
    for part in (QColor.red, QColor.green, QColor.blue):
        low, high = sorted(part(end) for end in ends)
        assert low <= part(colour) <= high


def test_nothing_is_painted_in_colours_of_both_looks(theme, qtbot):
    window = QWidget()
    theme.set_window(window)
    window.show()
    theme.choose("light")
    qtbot.waitUntil(lambda: not theme.switching)
    for name in ("dark", "light", "dark"):
        theme.choose(name)
        assert theme.switching
        assert not window.updatesEnabled()
    qtbot.waitUntil(lambda: not theme.switching)
    assert window.updatesEnabled()
    assert DARK.raised in window.styleSheet()
    # A window may be closed in the meantime.
    theme.choose("light")
    shiboken6.delete(window)
    qtbot.waitUntil(lambda: not theme.switching)
