"""How a page of the guide is set: sizes, space and colours of what Markdown names."""

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
"""Pixels between the edge of a panel of code and its letters, at the left and right."""

PAD_ABOVE: Final = 8
"""The same above and below."""

_HEADINGS: Final = {1: (1.7, 0, 16), 2: (1.3, 28, 8), 3: (1.1, 20, 4)}
"""Size as a share of the words' size, and the space above and below in pixels, by level."""

_TOKENS: Final = re.compile(
    r"(?P<remark>#.*)"
    r"|(?P<text>[rbf]?(?:\"\"\".*?\"\"\"|\"[^\"]*\"|'[^']*'))"
    r"|(?P<word>\b(?:and|as|assert|break|class|def|elif|else|except|False|for|from|if|import|in"
    r"|is|lambda|None|not|or|raise|return|True|try|while|with|yield)\b)"
    r"|(?P<number>\b\d+(?:\.\d+)?(?:e-?\d+)?\b)"
)
_QUOTES: Final = '"""'


def set_page(document: QTextDocument, look: Look) -> list[tuple[QTextBlock, QTextBlock]]:
    """Give everything on a page its size, space and colour.

    Args:
        document: as it was read from Markdown.
        look: the colours.

    Returns:
        The first and the last line of each piece of code.
    """
    pieces: list[tuple[QTextBlock, QTextBlock]] = []
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            _set_table(frame, look)
    for block in blocks(document):
        cursor.setPosition(block.position())
        if language(block) is None:
            _set_paragraph(cursor, document, look)
            continue
        _set_code(cursor, document)
        if pieces and pieces[-1][1].next() == block:
            pieces[-1] = (pieces[-1][0], block)
        else:
            pieces.append((block, block))
    for first, last in pieces:
        _space(first, above=2 * PAD_ABOVE)
        _space(last, below=PAD_ABOVE + 16)
    cursor.endEditBlock()
    return pieces


def ground(look: Look) -> QColor:
    """Behind code."""
    return QColor(look.panel if look.dark else look.window)


def slug(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def headings(document: QTextDocument) -> Iterator[tuple[int, str, str]]:
    """Level, words and anchor of each heading."""
    for block in blocks(document):
        if level := block.blockFormat().headingLevel():
            yield level, block.text(), slug(block.text())


def blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    """All its paragraphs and lines of code."""
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def language(block: QTextBlock) -> str | None:
    """The language of a line of code; `None` where it is none."""
    shape = block.blockFormat()
    if not shape.hasProperty(QTextFormat.Property.BlockCodeFence):
        return None
    return str(shape.property(QTextFormat.Property.BlockCodeLanguage) or "")


class Highlighter(QSyntaxHighlighter):
    """Colours Python as far as the eye needs it: keywords, strings, numbers and remarks."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._formats: dict[str, QTextCharFormat] = {}

    def use(self, look: Look) -> None:
        """Take the colours of a look; they are seen when the page is set anew."""
        colours = {
            "remark": look.muted,
            "text": look.success,
            "word": look.accent,
            "number": look.warning,
        }
        for name, colour in colours.items():
            self._formats[name] = QTextCharFormat()
            self._formats[name].setForeground(QColor(colour))

    def highlightBlock(self, text: str) -> None:  # noqa: N802
        """Colour one line; its state tells whether it ends inside a long string."""
        self.setCurrentBlockState(0)
        if language(self.currentBlock()) != "python" or not self._formats:
            return
        start = 0
        if self.previousBlockState() == 1:
            end = text.find(_QUOTES)
            start = len(text) if end < 0 else end + len(_QUOTES)
            self.setFormat(0, start, self._formats["text"])
            self.setCurrentBlockState(int(end < 0))
        for token in _TOKENS.finditer(text, start):
            self.setFormat(token.start(), len(token[0]), self._formats[str(token.lastgroup)])
            if token[0] == '""' and text.startswith(_QUOTES, token.start()):
                self.setFormat(token.start(), len(text), self._formats["text"])
                self.setCurrentBlockState(1)
                return


def _set_code(cursor: QTextCursor, document: QTextDocument) -> None:
    shape = QTextBlockFormat()
    shape.setLeftMargin(PAD)
    shape.setRightMargin(PAD)
    shape.setNonBreakableLines(False)
    _lead(shape, 1.25)
    cursor.mergeBlockFormat(shape)
    letters = _fixed(document, 0.92)
    cursor.mergeBlockCharFormat(letters)
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    cursor.mergeCharFormat(letters)


def _set_paragraph(cursor: QTextCursor, document: QTextDocument, look: Look) -> None:
    block = cursor.block()
    level = min(block.blockFormat().headingLevel(), 3)
    shape = QTextBlockFormat()
    if cursor.currentTable() is not None:
        _lead(shape, 1.25)
    elif level:
        _, above, below = _HEADINGS[level]
        shape.setTopMargin(above)
        shape.setBottomMargin(below)
        _lead(shape, 1.2)
    elif block.text():
        shape.setTopMargin(0)
        shape.setBottomMargin(6 if block.textList() else 12)
        _lead(shape, 1.4)
    else:
        # Qt ends a table with an empty paragraph.
        shape.setLineHeight(8, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
    cursor.mergeBlockFormat(shape)
    for start, length, letters in _runs(block):
        cursor.setPosition(start)
        cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(_letters(letters, document, look, block.text(), level))


def _runs(block: QTextBlock) -> list[tuple[int, int, QTextCharFormat]]:
    """Start, length and format of the pieces of a paragraph that look alike."""
    found, iterator = [], block.begin()
    while not iterator.atEnd():
        piece = iterator.fragment()
        found.append((piece.position(), piece.length(), piece.charFormat()))
        iterator += 1
    return found


def _letters(
    given: QTextCharFormat, document: QTextDocument, look: Look, heading: str, level: int
) -> QTextCharFormat:
    letters = QTextCharFormat()
    scale = _HEADINGS[level][0] if level else 1.0
    if given.fontFixedPitch():
        letters.merge(_fixed(document, 0.9 * scale))
        if not level:
            letters.setBackground(ground(look))
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


def _lead(shape: QTextBlockFormat, share: float) -> None:
    height = QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
    shape.setLineHeight(100 * share, height)


def _space(block: QTextBlock, *, above: int | None = None, below: int | None = None) -> None:
    shape = QTextBlockFormat()
    if above is not None:
        shape.setTopMargin(above)
    if below is not None:
        shape.setBottomMargin(below)
    QTextCursor(block).mergeBlockFormat(shape)


def _set_table(table: QTextTable, look: Look) -> None:
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
                _set_title(cell)
            edges = QTextTableCellFormat(cell.format().toTableCellFormat())
            edges.setPadding(6)
            edges.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignTop)
            edges.setBottomBorder(1)
            edges.setBottomBorderStyle(solid)
            edges.setBottomBorderBrush(line)
            cell.setFormat(edges)


def _set_title(cell: QTextTableCell) -> None:
    """Make a column's title bold."""
    cursor = cell.firstCursorPosition()
    if not cursor.block().text() and cell.lastPosition() > cell.firstPosition():
        # Qt puts the second title into a second paragraph where the first is empty.
        cursor.deleteChar()
    cursor.setPosition(cell.lastPosition(), QTextCursor.MoveMode.KeepAnchor)
    bold = QTextCharFormat()
    bold.setFontWeight(QFont.Weight.DemiBold)
    cursor.mergeCharFormat(bold)
