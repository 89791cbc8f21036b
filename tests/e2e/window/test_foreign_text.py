"""Names and titles that look like markup are shown as they are, in every corner of the window."""

import json
import os
import shutil

import numpy as np
import pytest
from PIL import Image
from PySide6 import QtGui
from PySide6.QtCore import QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QGraphicsTextItem,
    QGraphicsView,
    QGroupBox,
    QLabel,
    QListWidget,
    QMenu,
    QMessageBox,
    QTabBar,
    QTextEdit,
    QWidget,
)

from vingui.core.dataset import DataSet, MapStack
from vingui.core.formats import read_dataset, write_dataset
from vingui.gui.look.plain_text import RichLabel
from vingui.paths import MAPS, MODELS

Key = Qt.Key
NAME = "<img src=pipe><b>R&D[*]"
"""The picture that it names is a pipe to which nobody writes: opening it would take for ever."""
MOST_ROWS = 50


def everywhere():
    for top in QApplication.topLevelWidgets():
        yield top
        yield from top.findChildren(QWidget)


def tips_of(model, parent=QModelIndex()):  # noqa: B008
    # PySide hides the columns of a list, and that it has no rows within rows.
    flat = isinstance(model, QAbstractListModel)
    for row in range(min(model.rowCount(parent), MOST_ROWS)):
        for col in range(1 if flat else model.columnCount(parent)):
            index = model.index(row, col, parent)
            yield index.data(Qt.ItemDataRole.ToolTipRole) or ""
            if not flat:
                yield from tips_of(model, index)


def markup(widget):
    """The texts of a widget that Qt would take for HTML."""
    texts = [widget.toolTip(), widget.whatsThis()]
    texts += [action.toolTip() for action in widget.actions()]
    if isinstance(widget, QLabel) and widget.textFormat() is not Qt.TextFormat.PlainText:
        texts.append(widget.text())
    if isinstance(widget, QAbstractItemView | QComboBox) and widget.model() is not None:
        texts += tips_of(widget.model())
    if isinstance(widget, QTextEdit):
        texts.append(widget.toHtml())
    if isinstance(widget, QGraphicsView) and widget.scene() is not None:
        items = [item for item in widget.scene().items() if isinstance(item, QGraphicsTextItem)]
        texts += [item.toHtml() for item in items]
    own = isinstance(widget, RichLabel | QTextEdit | QGraphicsView)
    return [text for text in texts if own or QtGui.Qt.mightBeRichText(text)]


def shortened(widget):
    """The texts of a widget in which a name has lost its `&`."""
    texts = [action.text() for action in widget.actions()]
    if isinstance(widget, QAbstractButton):
        texts.append(widget.text())
    if isinstance(widget, QGroupBox | QMenu):
        texts.append(widget.title())
    if isinstance(widget, QTabBar):
        texts += [widget.tabText(place) for place in range(widget.count())]
    if isinstance(widget, QLabel) and widget.buddy() is not None:
        texts.append(widget.text())
    return [text for text in texts if "R&D" in text]


def check(*, named=()):
    """Look at everything that is there; some widgets have to show the name."""
    shown = set()
    for widget in everywhere():
        where = f"{type(widget).__name__} {widget.objectName()!r}"
        assert [
            text for text in markup(widget) if "<img src=pipe" in text or "<b>R" in text
        ] == [], where
        assert shortened(widget) == [], where
        if widget.isWindow() and NAME in widget.windowTitle().replace("[*][*]", "[*]"):
            handle = widget.windowHandle()
            assert handle is None or NAME in handle.title(), where
            shown.add("title")
        texts = [widget.text()] if isinstance(widget, QLabel) else []
        texts += [action.text().replace("&&", "&") for action in widget.actions()]
        if any(NAME in text for text in texts):
            shown.add(widget.objectName())
        if isinstance(widget, QLabel) and NAME in widget.text() and widget.isVisible():
            widget.grab()
    assert set(named) <= shown


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A folder of files of every kind, all of that name."""
    monkeypatch.chdir(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo("pipe")
    (grid,) = read_dataset(MAPS / "two-ways.json").maps
    write_dataset(tmp_path / f"{NAME}.json", DataSet(NAME, (grid,)))
    walls = np.zeros((3, 9, 9), bool)
    stack = MapStack(walls, np.zeros((3, 2), int), np.full((3, 2), 8))
    write_dataset(tmp_path / f"{NAME}.npz", DataSet(NAME, stack))
    grey = np.full((40, 60), 205, np.uint8)
    grey[4:36, 4:56] = 254
    Image.fromarray(grey).save(tmp_path / f"{NAME}.png")
    Image.fromarray(grey).save(tmp_path / f"{NAME}.pgm")
    (tmp_path / f"{NAME}.yaml").write_text(
        f'image: "{NAME}.pgm"\nresolution: 0.1\norigin: [0, 0, 0]\nnegate: 0\n'
        "occupied_thresh: 0.65\nfree_thresh: 0.196\n"
    )
    (tmp_path / f"{NAME}-broken.json").write_text(f'{{"format": "{NAME}"}}')
    shutil.copy(MODELS / "vin-8x8.keras", tmp_path / f"{NAME}.keras")
    card = json.loads((MODELS / "vin-8x8.json").read_text(encoding="utf-8"))
    card |= {"title": NAME, "command": NAME, "machine": NAME}
    card["settings"] |= {"rows": NAME, "cols": NAME, "maps": NAME}
    card["results"] = [{"maps_of": NAME}]
    (tmp_path / f"{NAME}.json.card").write_text(json.dumps(card))
    return tmp_path


def check_and_reject(dialog):
    check()
    dialog.reject()


def check_title_and_reject(dialog):
    check(named=("title",))
    dialog.reject()


def check_pages_and_reject(dialog):
    pages = dialog.findChild(QListWidget, "pages")
    for row in range(pages.count()):
        pages.setCurrentRow(row)
        QApplication.processEvents()
        check()
    dialog.reject()


def check_and_discard(box):
    assert isinstance(box, QMessageBox)
    assert NAME in box.text()
    box.grab()
    check()
    QTest.mouseClick(box.button(QMessageBox.StandardButton.Discard), Qt.MouseButton.LeftButton)


def test_every_label_tip_and_title(drive, files):
    def steps(user):
        filing = user.window.filing
        user.until(lambda: user.document.title == f"{NAME}.json")
        user.wait_for_plan()
        check(named=("title", "map-title", "menu-recent"))
        filing.open_path(files / f"{NAME}-broken.json")
        user.until(lambda: user.messages)
        check(named=("message-text",))
        for id_ in ("export", "new", "gallery", "resize", "generate"):
            met = user.in_dialog(check_pages_and_reject if id_ == "export" else check_and_reject)
            user.trigger(id_)
            assert met, id_
        for suffix in (".npz", ".yaml", ".png"):
            met = user.in_dialog(check_and_reject if suffix == ".png" else check_title_and_reject)
            filing.open_path(files / f"{NAME}{suffix}")
            user.until(lambda met=met: met)
            user.until(lambda: QApplication.activeModalWidget() is None)
        for id_ in ("guide", "shortcuts", "tour", "about"):
            user.trigger(id_)
            QApplication.processEvents()
            check()
        for name in ("guide", "shortcut-sheet", "about-dialog"):
            user.find(name).close()
        markers = (*user.grid.starts, *user.grid.goals)
        cells = map(tuple, np.argwhere(user.grid.free).tolist())
        user.click(next(cell for cell in cells if cell not in markers))
        assert user.document.modified
        met = user.in_dialog(check_and_discard)
        filing.after_saving_changes(lambda: None)
        assert met

    assert drive(steps, files / f"{NAME}.json") == 0


def test_a_model_and_its_card(drive, files):
    # Its card has the same name as the map of the other test.
    (files / f"{NAME}.json.card").replace(files / f"{NAME}.json")

    def steps(user):
        user.wait_for_plan()
        user.window.filing.open_path(files / f"{NAME}.keras")
        user.until(lambda: user.planned() and user.session.run.model == NAME)
        assert user.session.card is not None
        assert user.session.card.title == NAME
        check(named=("model-remark",))
        user.trigger("model-card")
        check(named=("card-command", "card-machine", "card-trained"))
        box = user.find("model-box")
        box.showPopup()
        QApplication.processEvents()
        check()
        box.hidePopup()
        for action in user.window.findChildren(QAction):
            assert "<img" not in action.text(), action.objectName()

    assert drive(steps) == 0
