"""The guide's window, used as a user does."""

import re

import pytest
from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QDesktopServices,
    QFontDatabase,
    QFontInfo,
    QImage,
    QTextCursor,
    QTextTable,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

from vingui.gui.dialogs import guide_page
from vingui.gui.dialogs.guide import GuideWindow
from vingui.gui.dialogs.guide_html import headings, slug
from vingui.gui.look.theme import DARK, LIGHT, Theme
from vingui.paths import GUIDE

PAGES = sorted(GUIDE.glob("*.md"), key=lambda path: int(path.name.partition("-")[0]))


def number(name):
    """The place of the page of this name."""
    return next(place for place, page in enumerate(PAGES) if page.stem.endswith(f"-{name}"))


PLANNING, VIN, LAYERS = map(number, ("planning", "vin", "layers"))
CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


@pytest.fixture
def theme(qapp):
    theme = Theme()
    theme.choose("light")
    return theme


@pytest.fixture
def guide(qtbot, theme):
    guide = GuideWindow(theme)
    qtbot.addWidget(guide)
    guide.show()
    qtbot.waitExposed(guide)
    guide.activateWindow()
    qtbot.waitUntil(guide.page.hasFocus)
    return guide


@pytest.fixture
def layers(guide):
    """The guide at the page about layers, which is long and has much code."""
    choose(guide.contents, guide.contents.pages[LAYERS])
    return guide


def cursor_at(page, words):
    cursor = page.document().find(words)
    assert not cursor.isNull()
    return cursor


def middle_of(page, words):
    """A point within the words, which are scrolled to."""
    cursor = cursor_at(page, words)
    page.setTextCursor(cursor)
    cursor.setPosition((cursor.selectionStart() + cursor.selectionEnd()) // 2)
    return page.cursorRect(cursor).center()


def follow(page, words):
    """Click the link that has these words."""
    QTest.mouseClick(page.viewport(), Qt.MouseButton.LeftButton, pos=middle_of(page, words))


def top_line(page):
    """The first visible line."""
    return page.cursorForPosition(QPoint(0, 0)).block().text()


def letters(page, words):
    """The format of the words where they are first found."""
    return cursor_at(page, words).charFormat()


def choose(tree, item):
    QTest.mouseClick(
        tree.viewport(), Qt.MouseButton.LeftButton, pos=tree.visualItemRect(item).center()
    )


def find(guide, words):
    QTest.keyClick(guide.page, Qt.Key.Key_F, CONTROL)
    QTest.keyClicks(guide.find_bar.field, words)


def test_every_page_is_in_the_contents_with_its_sections(guide):
    for page, path in zip(guide.contents.pages, PAGES, strict=True):
        text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        titles = [title.replace("`", "") for title in re.findall(r"^##? (.*)$", text, re.MULTILINE)]
        assert [page.text(0)] + [page.child(n).text(0) for n in range(page.childCount())] == titles


def test_it_opens_at_the_first_page(guide):
    assert guide.page.name == PAGES[0].name
    assert guide.contents.currentItem() is guide.contents.pages[0]
    assert guide.contents.pages[0].isExpanded()
    assert guide.windowTitle().startswith(guide.contents.pages[0].text(0))


def test_a_click_on_a_page_opens_it_and_on_a_section_goes_there(guide):
    third = guide.contents.pages[2]
    choose(guide.contents, third)
    assert guide.page.name == PAGES[2].name
    assert third.isExpanded()
    assert not guide.contents.pages[0].isExpanded()
    section = third.child(3)
    choose(guide.contents, section)
    assert top_line(guide.page) == section.text(0)
    assert guide.contents.currentItem() is section
    assert guide.page.hasFocus()


def test_the_contents_are_for_the_keyboard_too(guide):
    guide.contents.setFocus()
    for _ in range(guide.contents.pages[0].childCount() + 1):
        QTest.keyClick(guide.contents, Qt.Key.Key_Down)
    QTest.keyClick(guide.contents, Qt.Key.Key_Return)
    assert guide.page.name == PAGES[1].name


def test_links_lead_to_other_pages_and_the_history_back(guide):
    follow(guide.page, "A VIN in Keras")
    assert guide.page.name == PAGES[VIN].name
    assert guide.contents.currentItem() is guide.contents.pages[VIN]
    follow(guide.page, "The next page")
    assert guide.page.name == PAGES[LAYERS].name
    QTest.keyClick(guide.page, Qt.Key.Key_Left, ALT)
    assert guide.page.name == PAGES[VIN].name
    QTest.keyClick(guide.page, Qt.Key.Key_Right, ALT)
    assert guide.page.name == PAGES[LAYERS].name
    assert letters(guide.page, "import").fontPointSize() > 0


def test_back_restores_the_scroll_position(layers):
    page = layers.page
    point = middle_of(page, "a VIN from these pieces")
    place = page.verticalScrollBar().value()
    assert place > 0
    QTest.mouseClick(page.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert page.name == PAGES[VIN].name
    assert page.verticalScrollBar().value() == 0
    QTest.keyClick(page, Qt.Key.Key_Left, ALT)
    assert page.name == PAGES[LAYERS].name
    assert page.verticalScrollBar().value() == place


def test_back_and_forward_are_enabled_if_there_is_a_page_to_go_to(guide, qtbot):
    def button(name):
        action = guide.findChild(QObject, name)
        return next(one for one in guide.findChildren(QToolButton) if one.defaultAction() is action)

    back, forward = button("guide-back"), button("guide-forward")
    assert not back.isEnabled()
    assert not forward.isEnabled()
    follow(guide.page, "Rewards nobody wrote down")
    assert back.isEnabled()
    QTest.mouseClick(back, Qt.MouseButton.LeftButton)
    assert guide.page.name == PAGES[0].name
    QTest.mouseClick(forward, Qt.MouseButton.LeftButton)
    assert guide.page.name == PAGES[number("teaching")].name


def test_opening_the_same_page_again_keeps_its_style(layers):
    choose(layers.contents, layers.contents.pages[LAYERS])
    size = letters(layers.page, "import tempfile").fontPointSize()
    assert size > 0
    QTest.keyClick(layers.page, Qt.Key.Key_Left, ALT)
    assert layers.page.name == PAGES[0].name


def test_every_link_of_the_guide_leads_somewhere():
    anchors = {}
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        anchors[path.name] = {
            slug(title.replace("`", "")) for title in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        }
    for path in PAGES:
        for target in re.findall(r"\]\(([^)]+)\)", path.read_text(encoding="utf-8")):
            if target.endswith(".png"):
                assert (GUIDE / target).is_file()
            elif not target.startswith("https://"):
                name, _, anchor = target.partition("#")
                assert (name or path.name) in anchors
                assert not anchor or anchor in anchors[name or path.name]


def test_pictures_are_as_wide_as_the_column_and_in_the_colours_of_the_theme(guide, theme):
    page = guide.page
    page.scrollToAnchor("look")

    def picture():
        """The picture as it is drawn: from its left edge to the right one of the column."""
        shape = page.document().rootFrame().frameFormat()
        row = top_of_picture(page) + 8
        image = page.viewport().grab().toImage()
        left, right = shape.leftMargin(), page.viewport().width() - shape.rightMargin()
        return [image.pixelColor(round(at), row).name() for at in (left + 4, right - 4)]

    assert picture() == ["#ffffff", "#ffffff"]
    theme.choose("dark")
    page.scrollToAnchor("look")
    shade = QImage(str(GUIDE / "pictures" / "plan-dark.png")).pixelColor(4, 4).name()
    assert shade != page.palette().base().color().name()
    assert picture() == [shade, shade]
    for zoom, width in ((1.0, 900), (2.0, 900), (1.0, 1500)):
        guide.resize(width, 640)
        page.set_zoom(zoom)
        page.scrollToAnchor("look")
        assert picture() == [shade, shade]


def top_of_picture(page):
    """Where the first picture on the page begins, in pixels from the top of the view."""
    block = page.document().begin()
    while "\ufffc" not in block.text():
        block = block.next()
    return round(page.cursorRect(QTextCursor(block)).top())


class Browser(QObject):
    """What the system opens links with."""

    def __init__(self):
        super().__init__()
        self.opened = []

    @Slot("QUrl")
    def take(self, url):
        self.opened.append(url.toString())


def test_links_to_other_sites_open_in_the_browser(guide, tmp_path, monkeypatch):
    page = guide.page
    (tmp_path / "links.md").write_text(
        "# Links\n\n[far away](https://example.org/there)\n\n[below](#the-end)\n\n"
        + "word\n\n" * 60
        + "## The end\n\n"
        + "word\n\n" * 60
    )
    monkeypatch.setattr(guide_page, "GUIDE", tmp_path)
    page.setSource("links.md")
    browser = Browser()
    QDesktopServices.setUrlHandler("https", browser, "take")
    try:
        follow(page, "far away")
    finally:
        QDesktopServices.unsetUrlHandler("https")
    assert browser.opened == ["https://example.org/there"]
    assert page.name == "links.md"
    follow(page, "below")
    assert top_line(page) == "The end"


def test_find_goes_forward_back_and_around(layers):
    page, bar = layers.page, layers.find_bar
    assert not bar.isVisible()
    find(layers, "softmax")
    assert bar.isVisible()
    assert bar.field.hasFocus()
    everywhere = [cursor.cursor.selectionStart() for cursor in page.extraSelections()]
    count = page.document().toPlainText().lower().count("softmax")
    assert len(everywhere) == count > 2
    assert page.textCursor().selectionStart() == everywhere[0]
    assert bar.count.text() == f"1 of {count}"
    QTest.keyClick(bar.field, Qt.Key.Key_Return)
    assert page.textCursor().selectionStart() == everywhere[1]
    QTest.keyClick(bar.field, Qt.Key.Key_Return, SHIFT)
    QTest.keyClick(bar.field, Qt.Key.Key_Return, SHIFT)
    assert page.textCursor().selectionStart() == everywhere[-1]
    assert bar.count.text() == f"{count} of {count}"
    assert page.viewport().rect().contains(page.cursorRect().center())
    QTest.mouseClick(bar.findChild(QToolButton, "find-next"), Qt.MouseButton.LeftButton)
    assert page.textCursor().selectionStart() == everywhere[0]
    QTest.mouseClick(bar.findChild(QToolButton, "find-previous"), Qt.MouseButton.LeftButton)
    assert page.textCursor().selectionStart() == everywhere[-1]


def test_words_that_are_not_found(layers):
    find(layers, "bicycle")
    assert layers.find_bar.count.text() == "Not found"
    assert not layers.page.textCursor().hasSelection()
    QTest.keyClick(layers.find_bar.field, Qt.Key.Key_Return)
    assert layers.find_bar.count.text() == "Not found"
    layers.find_bar.field.clear()
    assert layers.find_bar.count.text() == ""


@pytest.mark.parametrize("where", ["field", "page"])
def test_escape_closes_the_find_bar(layers, where):
    find(layers, "softmax")
    target = layers.find_bar.field if where == "field" else layers.page
    target.setFocus()
    QTest.keyClick(target, Qt.Key.Key_Escape)
    assert not layers.find_bar.isVisible()
    assert layers.page.hasFocus()
    assert layers.page.extraSelections() == []
    assert layers.page.textCursor().selectedText() == "softmax"
    assert layers.isVisible()


def test_the_bar_opens_with_the_selected_text(layers):
    layers.page.setTextCursor(cursor_at(layers.page, "einsum"))
    QTest.keyClick(layers.page, Qt.Key.Key_F, CONTROL)
    assert layers.find_bar.field.text() == "einsum"
    assert layers.find_bar.field.hasSelectedText()


def test_the_bar_searches_the_next_page_too(layers):
    find(layers, "kernel")
    choose(layers.contents, layers.contents.pages[number("networks")])
    count = layers.page.document().toPlainText().lower().count("kernel")
    assert layers.find_bar.count.text() == f"1 of {count}"


def test_matches_stay_highlighted_when_the_theme_changes(layers, theme):
    find(layers, "softmax")
    QTest.keyClick(layers.find_bar.field, Qt.Key.Key_Return)
    theme.choose("dark")
    behind = [mark.format.background().color().name() for mark in layers.page.extraSelections()]
    assert behind[1] == DARK.accent
    assert DARK.accent not in behind[:1] + behind[2:]


def wheel(page, notches):
    event = QWheelEvent(
        QPointF(page.viewport().rect().center()),
        QPointF(page.viewport().mapToGlobal(page.viewport().rect().center())),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        CONTROL,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(page.viewport(), event)


def test_zoom_by_keys_and_by_the_wheel(layers):
    page = layers.page
    usual = letters(page, "import tempfile").fontPointSize()
    QTest.keyClick(page, Qt.Key.Key_Plus, CONTROL)
    larger = letters(page, "import tempfile").fontPointSize()
    assert larger == pytest.approx(1.1 * usual, rel=0.02)
    assert page.document().defaultFont().pointSizeF() > QFontInfo(page.font()).pointSizeF()
    QTest.keyClick(page, Qt.Key.Key_Equal, CONTROL)
    assert page.zoom == pytest.approx(1.21)
    QTest.keyClick(page, Qt.Key.Key_0, CONTROL)
    assert letters(page, "import tempfile").fontPointSize() == usual
    QTest.keyClick(page, Qt.Key.Key_Minus, CONTROL)
    assert letters(page, "import tempfile").fontPointSize() < usual
    wheel(page, 1)
    assert page.zoom == pytest.approx(1)
    wheel(page, 50)
    assert page.zoom == 2.5
    wheel(page, -50)
    assert page.zoom == 0.6


@pytest.mark.parametrize("change", ["theme", "zoom"])
def test_the_place_on_the_page_stays(guide, theme, change):
    choose(guide.contents, guide.contents.pages[PLANNING])
    page = guide.page
    page.scrollToAnchor("outcomes")
    line, place = top_line(page), page.verticalScrollBar().value()
    assert line == "Outcomes"
    if change == "theme":
        theme.choose("dark")
        assert page.verticalScrollBar().value() == place
    else:
        QTest.keyClick(page, Qt.Key.Key_Plus, CONTROL)
        assert page.verticalScrollBar().value() > place
    assert top_line(page) == line


def test_the_place_on_the_page_stays_when_the_window_is_resized(guide, qtbot):
    choose(guide.contents, guide.contents.pages[PLANNING])
    page = guide.page
    for anchor in ("value-iteration-in-ten-lines", "reading-a-value-map", "outcomes"):
        guide.resize(1100, 640)
        qtbot.waitUntil(lambda: guide.width() == 1100)
        page.scrollToAnchor(anchor)
        line = top_line(page)
        for width in (640, 900, 700):
            guide.resize(width, 640)
            qtbot.waitUntil(lambda width=width: guide.width() == width)
            assert top_line(page) == line


def test_the_end_of_a_page_stays_at_the_end(layers, theme):
    QTest.keyClick(layers.page, Qt.Key.Key_End)
    bar = layers.page.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    theme.choose("dark")
    assert bar.value() == bar.maximum() > 0


def test_it_takes_the_colours_of_the_theme(layers, theme):
    def colours():
        page = layers.page
        cursor = cursor_at(page, "vingui.net")
        link = cursor_at(page, "The previous page")
        return (
            cursor.charFormat().background().color().name(),
            link.charFormat().foreground().color().name(),
        )

    assert colours() == (LIGHT.window, LIGHT.accent)
    theme.choose("dark")
    assert colours() == (DARK.panel, DARK.accent)


def colour(page, words):
    return letters(page, words).foreground().color().name()


def test_code_is_set_apart_and_coloured(layers):
    page = layers.page
    assert colour(page, "import") == LIGHT.accent
    assert colour(page, "import tempfile") == colour(page, "Value Iteration Network")
    assert colour(page, "default_rng(0") == LIGHT.warning
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    assert letters(page, "import tempfile").fontFamilies() == fixed.families()
    page.scrollToAnchor("1-a-layer-without-weights-the-absolute-value")
    line = cursor_at(page, "@keras")
    line.movePosition(QTextCursor.MoveOperation.StartOfBlock)
    box = page.cursorRect(line)
    image = page.viewport().grab().toImage()
    assert image.pixelColor(box.left() - 6, box.center().y()) == QColor(LIGHT.window)
    assert image.pixelColor(box.left() - 20, box.center().y()) == page.palette().base().color()


def test_a_string_over_several_lines_is_a_string_to_its_end(guide):
    choose(guide.contents, guide.contents.pages[VIN])
    page = guide.page
    assert colour(page, "drawing =") == colour(page, "The map has a wall")
    for string in ('"""', "#1....2#", "#....#3#"):
        assert colour(page, string) == LIGHT.success
    assert colour(page, "from vingui.paths import") == LIGHT.accent


def test_the_titles_of_tables_are_alike(guide):
    choose(guide.contents, guide.contents.pages[PLANNING])
    frames = guide.page.document().rootFrame().childFrames()
    tables = [frame for frame in frames if isinstance(frame, QTextTable) and frame.columns() > 1]
    assert len(tables) == 3
    for table in tables:
        for column in range(table.columns()):
            cell = table.cellAt(0, column)
            first = cell.firstCursorPosition()
            assert first.block() == cell.lastCursorPosition().block()
            if first.block().text():
                first.movePosition(QTextCursor.MoveOperation.Right)
                assert first.charFormat().fontWeight() > 500


@pytest.mark.parametrize("width", [640, 1024, 1600])
def test_the_column_is_readable_and_in_the_middle(guide, qtbot, width):
    guide.resize(width, 640)
    page = guide.page
    qtbot.waitUntil(lambda: guide.width() == width)
    shape = page.document().rootFrame().frameFormat()
    column = page.viewport().width() - shape.leftMargin() - shape.rightMargin()
    assert column <= 760
    assert shape.leftMargin() == shape.rightMargin() >= 24
    qtbot.waitUntil(lambda: page.horizontalScrollBar().maximum() == 0)


def test_a_heading_is_named_as_github_names_it(tmp_path):
    assert slug("3. `dot` and `batch_dot`".replace("`", "")) == "3-dot-and-batch_dot"
    assert slug("K, and why too small a K fails") == "k-and-why-too-small-a-k-fails"
    page = tmp_path / "page.md"
    page.write_text("# Layers\n\n```python\n# none\n```\n\n## `dot` and\n\n### more\n", "utf-8")
    titles = [(1, "Layers", "layers"), (2, "dot and", "dot-and"), (3, "more", "more")]
    assert list(headings(page)) == titles


def test_control_w_closes_it(guide):
    QTest.keyClick(guide.page, Qt.Key.Key_W, CONTROL)
    assert not guide.isVisible()
