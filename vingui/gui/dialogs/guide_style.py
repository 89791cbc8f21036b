"""The style of the guide's pages: sizes, spacing and colours of Markdown elements."""

import re
from collections.abc import Iterator
from typing import Final

from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontDatabase,
    QSyntaxHighlighter,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
    QTextTableCell,
    QTextTableCellFormat,
)

from vingui.gui.look.theme import Look

PAD: Final = 12
"""Pixels between the edge of a code panel and its text, at the left and right."""

PAD_ABOVE: Final = 8
"""The same above and below."""

_HEADINGS: Final = {1: (1.7, 0, 16), 2: (1.3, 28, 8), 3: (1.1, 20, 4)}
"""By level: size relative to the text, and the space above and below in pixels."""

_TOKENS: Final = re.compile(
    r"(?P<comment>#.*)"
    r"|(?P<string>[rbf]?(?:\"\"\".*?\"\"\"|\"[^\"]*\"|'[^']*'))"
    r"|(?P<keyword>\b(?:and|as|assert|break|class|def|elif|else|except|False|for|from|if|import|in"
    r"|is|lambda|None|not|or|raise|return|True|try|while|with|yield)\b)"
    r"|(?P<number>\b\d+(?:\.\d+)?(?:e-?\d+)?\b)"
)
_QUOTES: Final = '"""'


def style_page(document: QTextDocument, look: Look) -> list[tuple[QTextBlock, QTextBlock]]:
    """Set the sizes, spacing and colours of everything on a page.

    Args:
        document: the page as read from Markdown.
        look: the colours.

    Returns:
        The first and last line of each code block.
    """
    code: list[tuple[QTextBlock, QTextBlock]] = []
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            _style_table(frame, look)
    for block in blocks(document):
        cursor.setPosition(block.position())
        if language(block) is None:
            _style_paragraph(cursor, document, look)
            continue
        _style_code(cursor, document)
        if code and code[-1][1].next() == block:
            code[-1] = (code[-1][0], block)
        else:
            code.append((block, block))
    for first, last in code:
        _set_margins(first, above=2 * PAD_ABOVE)
        _set_margins(last, below=PAD_ABOVE + 16)
    cursor.endEditBlock()
    return code


def code_background(look: Look) -> QColor:
    """The background colour of code."""
    return QColor(look.panel if look.dark else look.window)


def slug(heading: str) -> str:
    """Return the anchor of a heading, by GitHub's rules."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def headings(document: QTextDocument) -> Iterator[tuple[int, str, str]]:
    """Yield the level, text and anchor of each heading."""
    for block in blocks(document):
        if level := block.blockFormat().headingLevel():
            yield level, block.text(), slug(block.text())


def blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    """Yield all paragraphs and lines of code."""
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def language(block: QTextBlock) -> str | None:
    """The language of a line of code, or "" if unnamed; `None` for other text."""
    shape = block.blockFormat()
    if not shape.hasProperty(QTextFormat.Property.BlockCodeFence):
        return None
    return str(shape.property(QTextFormat.Property.BlockCodeLanguage) or "")


class Highlighter(QSyntaxHighlighter):
    """Highlights Python code: keywords, strings, numbers and comments."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._formats: dict[str, QTextCharFormat] = {}

    def use(self, look: Look) -> None:
        """Set the colours; they take effect when the page is styled again."""
        colours = {
            "comment": look.muted,
            "string": look.success,
            "keyword": look.accent,
            "number": look.warning,
        }
        for name, colour in colours.items():
            self._formats[name] = QTextCharFormat()
            self._formats[name].setForeground(QColor(colour))

    def highlightBlock(self, text: str) -> None:  # noqa: N802
        """Colour one line; its state is 1 if it ends inside a triple-quoted string."""
        self.setCurrentBlockState(0)
        if language(self.currentBlock()) != "python" or not self._formats:
            return
        start = 0
        if self.previousBlockState() == 1:
            end = text.find(_QUOTES)
            start = len(text) if end < 0 else end + len(_QUOTES)
            self.setFormat(0, start, self._formats["string"])
            self.setCurrentBlockState(int(end < 0))
        for token in _TOKENS.finditer(text, start):
            self.setFormat(token.start(), len(token[0]), self._formats[str(token.lastgroup)])
            if token[0] == '""' and text.startswith(_QUOTES, token.start()):
                self.setFormat(token.start(), len(text), self._formats["string"])
                self.setCurrentBlockState(1)
                return


def _style_code(cursor: QTextCursor, document: QTextDocument) -> None:
    shape = QTextBlockFormat()
    shape.setLeftMargin(PAD)
    shape.setRightMargin(PAD)
    shape.setNonBreakableLines(False)
    _set_line_height(shape, 1.25)
    cursor.mergeBlockFormat(shape)
    letters = _fixed(document, 0.92)
    cursor.mergeBlockCharFormat(letters)
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    cursor.mergeCharFormat(letters)


def _style_paragraph(cursor: QTextCursor, document: QTextDocument, look: Look) -> None:
    block = cursor.block()
    level = min(block.blockFormat().headingLevel(), 3)
    shape = QTextBlockFormat()
    if cursor.currentTable() is not None:
        _set_line_height(shape, 1.25)
    elif level:
        _, above, below = _HEADINGS[level]
        shape.setTopMargin(above)
        shape.setBottomMargin(below)
        _set_line_height(shape, 1.2)
    elif block.text():
        shape.setTopMargin(0)
        shape.setBottomMargin(6 if block.textList() else 12)
        _set_line_height(shape, 1.4)
    else:
        # Qt ends a table with an empty paragraph.
        shape.setLineHeight(8, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
    cursor.mergeBlockFormat(shape)
    for start, length, letters in _runs(block):
        cursor.setPosition(start)
        cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(_char_format(letters, document, look, block.text(), level))


def _runs(block: QTextBlock) -> list[tuple[int, int, QTextCharFormat]]:
    """List the start, length and format of the uniformly formatted parts of a paragraph."""
    found, iterator = [], block.begin()
    while not iterator.atEnd():
        piece = iterator.fragment()
        found.append((piece.position(), piece.length(), piece.charFormat()))
        iterator += 1
    return found


def _char_format(
    given: QTextCharFormat, document: QTextDocument, look: Look, heading: str, level: int
) -> QTextCharFormat:
    letters = QTextCharFormat()
    scale = _HEADINGS[level][0] if level else 1.0
    if given.fontFixedPitch():
        letters.merge(_fixed(document, 0.9 * scale))
        if not level:
            letters.setBackground(code_background(look))
    elif level:
        letters.setFontPointSize(document.defaultFont().pointSizeF() * scale)
    if level:
        letters.setFontWeight(QFont.Weight.DemiBold)
        letters.setAnchor(True)
        letters.setAnchorNames([slug(heading)])
    if given.isAnchor():
        letters.setForeground(QColor(look.accent))
    return letters


def _fixed(document: QTextDocument, share: float) -> QTextCharFormat:
    letters = QTextCharFormat()
    letters.setFontFamilies(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).families())
    letters.setFontPointSize(document.defaultFont().pointSizeF() * share)
    return letters


def _set_line_height(shape: QTextBlockFormat, share: float) -> None:
    height = QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
    shape.setLineHeight(100 * share, height)


def _set_margins(block: QTextBlock, *, above: int | None = None, below: int | None = None) -> None:
    shape = QTextBlockFormat()
    if above is not None:
        shape.setTopMargin(above)
    if below is not None:
        shape.setBottomMargin(below)
    QTextCursor(block).mergeBlockFormat(shape)


def _style_table(table: QTextTable, look: Look) -> None:
    shape = table.format()
    shape.setBorder(0)
    shape.setBorderCollapse(True)
    shape.setCellSpacing(0)
    shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    # Qt leaves out the space below the panel of code that a table follows.
    before = table.firstCursorPosition().block().previous()
    shape.setTopMargin(8 if language(before) is None else PAD_ABOVE + 16)
    shape.setBottomMargin(16)
    table.setFormat(shape)
    line = QBrush(QColor(look.border))
    solid = QTextFrameFormat.BorderStyle.BorderStyle_Solid
    for row in range(table.rows()):
        for column in range(table.columns()):
            cell = table.cellAt(row, column)
            if row == 0:
                _style_column_title(cell)
            edges = QTextTableCellFormat(cell.format().toTableCellFormat())
            edges.setPadding(6)
            edges.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignTop)
            edges.setBottomBorder(1)
            edges.setBottomBorderStyle(solid)
            edges.setBottomBorderBrush(line)
            cell.setFormat(edges)


def _style_column_title(cell: QTextTableCell) -> None:
    """Make a column's title bold."""
    cursor = cell.firstCursorPosition()
    if not cursor.block().text() and cell.lastPosition() > cell.firstPosition():
        # Qt puts the second title into a second paragraph where the first is empty.
        cursor.deleteChar()
    cursor.setPosition(cell.lastPosition(), QTextCursor.MoveMode.KeepAnchor)
    bold = QTextCharFormat()
    bold.setFontWeight(QFont.Weight.DemiBold)
    cursor.mergeCharFormat(bold)
