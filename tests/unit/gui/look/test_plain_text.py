"""Text from elsewhere is shown as it is."""

import os

import pytest
from PySide6 import QtGui
from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow, QMessageBox

from vingui.core.cards import ModelCard
from vingui.gui.dialogs.guide_page import GuidePage
from vingui.gui.docks.card import summary
from vingui.gui.look.plain_text import FileDialog, Label, button_text, tip, title_text
from vingui.gui.look.theme import Theme
from vingui.paths import GUIDE

HOSTILE = (
    '<img src="/dev/zero">',
    "<b>bold</b> hall",
    "a &lt; b",
    "hall\n<table><tr><td>x",
    "<?xml version='1.0'?>",
    "<!DOCTYPE html>",
    "\t <a href='file:///etc/passwd'>x</a>",
)


def as_plain_text(text):
    """What Qt shows of a text whose format it guesses."""
    if not QtGui.Qt.mightBeRichText(text):
        return text
    document = QTextDocument()
    document.setHtml(text)
    return document.toPlainText()


@pytest.mark.parametrize("text", [*HOSTILE, "hall.txt", "a < b & c", ""])
def test_a_tooltip_shows_the_text_itself(qapp, text):
    shown = as_plain_text(tip(text))
    assert shown.split() == text.split()
    assert shown.count("\n") == text.count("\n")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_label_shows_the_text_itself(qtbot, text):
    label = Label(text)
    qtbot.addWidget(label)
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert label.text() == text


@pytest.mark.parametrize("name", ["R&D hall.txt", "a&b&c", "&File", "x && y", "no letter", "&"])
def test_a_menu_shows_every_letter_of_a_name(qtbot, name):
    window = QMainWindow()
    qtbot.addWidget(window)
    action = window.menuBar().addAction(button_text(name))
    # A tool button has the action's text without its mnemonic.
    assert action.iconText() == name
    assert QtGui.QKeySequence.mnemonic(action.text()).isEmpty()


@pytest.mark.parametrize("modified", [True, False])
@pytest.mark.parametrize(
    "name", ["hall[*].txt", "[*]", "a[*][*]b", "[*].[*].txt", "hall.txt", "[[*]]", "x[*]"]
)
def test_a_title_shows_every_letter_of_a_name(qtbot, name, modified):
    window = QMainWindow()
    qtbot.addWidget(window)
    window.show()
    window.setWindowModified(modified)
    window.setWindowTitle(f"{title_text(name)}[*] - vingui")
    mark = "*" if modified else ""
    assert window.windowHandle().title() == f"{name}{mark} - vingui"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_card_is_summed_up_with_its_words_as_they_are(qapp, text):
    card = ModelCard(
        name=text,
        title=text,
        architecture="vin",
        moves="8",
        settings={"maps": text, "rows": text, "cols": text},
        command=text,
        minutes=1.0,
        machine=text,
        weights=3,
        sha256="0" * 64,
        learned={},
    )
    words = as_plain_text(summary(card)).split()
    assert " ".join(words).count(" ".join(text.split())) == 5


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
@pytest.mark.parametrize("name", ["<img src=pipe>.json", "<b>x<img src='pipe'>.json"])
def test_the_question_about_a_file_that_is_there_opens_no_other(qtbot, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    (tmp_path / name).write_text("{}")
    parent = QMainWindow()
    qtbot.addWidget(parent)
    dialog = FileDialog(parent, "Save", str(tmp_path), "Maps (*.json)")
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(name)
    run_modal = []

    def answer():
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox) and box.isVisible():
            run_modal.append((box.textFormat(), box.text()))
            box.grab()
            box.reject()

    timer = QTimer(dialog)
    timer.timeout.connect(answer)
    timer.start(5)
    dialog.show()
    # It hangs where the pipe is opened, to which nobody writes.
    dialog.accept()
    assert run_modal[0][0] is Qt.TextFormat.PlainText
    assert name in run_modal[0][1]
    timer.stop()


@pytest.mark.parametrize(
    ("name", "proposed"),
    [
        ("R&D hall.json", "R&D hall.json"),
        ("hall[*].json", "hall[*].json"),
        ("50%1 {k}.json", "50%1 {k}.json"),
        ('say "hi" twice.json', "say 'hi' twice.json"),
        ("a/b/c.json", "a-b-c.json"),
        ("../up.json", "..-up.json"),
        ("<b>.json", "<b>.json"),
        ("~root.json", "~root.json"),
    ],
)
def test_a_title_is_proposed_as_one_name(qtbot, tmp_path, name, proposed):
    dialog = FileDialog(None, "Save", str(tmp_path), "Maps (*.json)")
    qtbot.addWidget(dialog)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("json")
    dialog.selectFile(name)
    assert dialog.selectedFiles() == [str(tmp_path / proposed)]


@pytest.mark.parametrize(
    "name",
    [
        "file:///etc/passwd",
        "/etc/passwd",
        "../models/dynamic-8.json",
        "../pictures/spiral.png",
        "pipe",
        "nosuch.md",
    ],
)
def test_the_guide_loads_nothing_but_its_own_files(qtbot, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pipe").write_text("x")
    page = GuidePage(Theme())
    qtbot.addWidget(page)
    for kind in QTextDocument.ResourceType:
        assert page.loadResource(kind.value, QUrl(name)) is None
    first = min(path.name for path in GUIDE.glob("*.md"))
    markdown = QTextDocument.ResourceType.MarkdownResource.value
    assert page.loadResource(markdown, QUrl(first)) is not None
    image = QTextDocument.ResourceType.ImageResource.value
    assert page.loadResource(image, QUrl("pictures/plan.png")) is not None
