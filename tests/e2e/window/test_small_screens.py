"""Small and scaled screens: 1920x1080 at 200 % has 960x540, 1366x768 at 150 % 911x512."""

from functools import partial

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialogButtonBox, QWidget

from vingui.core.dataset import DataSet
from vingui.core.formats import write_dataset
from vingui.core.grid import GridMap

LEAST = QSize(900, 480)
"""What the smallest screen has room for, less the title of a window: 48 pixels of height and 16
of width are those of a dialog's frame."""

FRAME = QSize(16, 48)
MODAL = ("new", "gallery", "resize", "settings", "generate", "export")
OTHERS = ("shortcuts", "about", "guide")
GRID = GridMap(np.zeros((12, 14), bool), ((9, 11),), ((2, 2),))


def check_fits(window):
    """Whether a window can be made as small as the screen, with all its buttons still there."""
    least = window.minimumSizeHint().expandedTo(window.minimumSize())
    room = LEAST - FRAME
    name = window.objectName()
    assert least.width() <= room.width(), (name, least)
    assert least.height() <= room.height(), (name, least)
    window.resize(room)
    QApplication.processEvents()
    boxes = window.findChildren(QDialogButtonBox)
    for button in (button for box in boxes for button in box.findChildren(QAbstractButton)):
        if button.isVisible():
            place = button.mapTo(window, button.rect().bottomRight())
            assert window.rect().contains(place), (name, button.text())


def test_the_window_fits_with_all_of_its_bars(drive):
    def steps(user):
        user.wait_for_plan()
        window = user.window
        least = window.minimumSizeHint()
        assert least.width() <= LEAST.width()
        assert least.height() <= LEAST.height()
        for size in (LEAST, QSize(911, 512 - 30), QSize(960, 540 - 30)):
            window.resize(size)
            user.until(lambda size=size: window.size() == size)
            for bar in (window.statusBar(), window.transport, window.map_panel.footer):
                bottom = bar.mapTo(window, bar.rect().bottomLeft()).y()
                assert bar.isVisible()
                assert bottom < size.height(), bar
            # The pictures of the map and the values still show something.
            assert window.map_view.height() > 80
            assert window.value_view.height() > 80
            for dock in window.docks.values():
                assert dock.mapTo(window, dock.rect().bottomLeft()).y() < size.height()

    assert drive(steps) == 0


def test_panels_below_the_edge_are_scrolled_to(drive):
    def steps(user):
        user.wait_for_plan()
        window = user.window
        window.resize(LEAST)
        user.until(lambda: window.size() == LEAST)
        area = window.docks["model"].widget()
        bar = area.verticalScrollBar()
        user.until(lambda: bar.maximum() > 0)
        bar.setValue(bar.maximum())
        content = area.widget()
        assert content.height() - bar.value() == area.viewport().height()
        # As wide as it has to be: nothing is cut off at the side.
        assert area.viewport().width() >= content.minimumSizeHint().width()

    assert drive(steps) == 0


def test_every_dialog_fits_with_its_buttons(drive):
    def steps(user):
        user.wait_for_plan()
        for id_ in MODAL:

            def act(dialog):
                check_fits(dialog)
                dialog.reject()

            met = user.in_dialog(act)
            user.trigger(id_)
            user.until(lambda met=met: met)
        user.expected_log.append("This plugin does not support raise")
        for show in (
            *(partial(user.trigger, id_) for id_ in OTHERS),
            user.window.model_panel.show_card,
        ):
            show()
            (dialog,) = (
                one
                for one in QApplication.topLevelWidgets()
                if one.isVisible() and one is not user.window
            )
            check_fits(dialog)
            dialog.close()

    assert drive(steps) == 0


@pytest.mark.parametrize("kind", ["set", "picture", "robot"])
def test_the_dialogs_of_imports_fit(drive, tmp_path, kind):
    path = tmp_path / {"set": "set.npz", "picture": "plan.png", "robot": "hall.yaml"}[kind]
    if kind == "picture":
        image = QImage(600, 400, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        assert image.save(str(path))
    else:
        write_dataset(path, DataSet(path.stem, (GRID, GRID) if kind == "set" else (GRID,)))

    def steps(user):
        def act(dialog):
            assert isinstance(dialog, QWidget)
            check_fits(dialog)
            dialog.reject()

        met = user.in_dialog(act)
        user.window.filing.open_path(path)
        user.until(lambda: met)

    assert drive(steps) == 0
