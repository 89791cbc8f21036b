"""The guide's Markdown as HTML for Qt's rich text, and the style sheet for it."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from PySide6.QtGui import QFontDatabase

from vingui.gui.look.theme import Look

_SHEET: Final = """
h1, h2, h3, th {{ font-weight: 600; }}
h1 {{ font-size: {h1}pt; margin: 0 0 16px 0; line-height: 120%; }}
h2 {{ font-size: {h2}pt; margin: 28px 0 8px 0; line-height: 120%; }}
h3 {{ font-size: {h3}pt; margin: 20px 0 4px 0; line-height: 120%; }}
p {{ margin: 0 0 12px 0; line-height: 140%; }}
li {{ margin: 0 0 6px 0; line-height: 140%; }}
p.picture {{ line-height: 100%; }}
a {{ color: {accent}; text-decoration: none; }}
code, pre {{ font-family: {fixed}; font-size: {code}pt; }}
code {{ background: {behind_code}; }}
pre {{ margin: 0; line-height: 125%; white-space: pre-wrap; }}
table {{ border-collapse: collapse; margin: 8px 0 16px 0; }}
th, td {{ padding: 6px; border-bottom: 1px solid {border}; text-align: left;
    vertical-align: top; line-height: 125%; }}
table.code td {{ padding: 8px 12px; border: 1px solid {border}; background: {behind_code}; }}
.c1 {{ color: {muted}; }}
.s1, .s2, .sa, .sd {{ color: {success}; }}
.k, .kc, .kn, .ow {{ color: {accent}; }}
.mi, .mf {{ color: {warning}; }}
"""
"""The classes at the end are those of Pygments for Python: comments, strings, keywords, numbers."""


def slug(heading: str) -> str:
    """Return the anchor of a heading, by GitHub's rules."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def headings(page: Path) -> Iterator[tuple[int, str, str]]:
    """Yield the level, text and anchor of each heading of a Markdown file."""
    tokens = MarkdownIt().parse(page.read_text(encoding="utf-8"))
    for opening, content in pairwise(tokens):
        if opening.type == "heading_open":
            text = content.content.replace("`", "")
            yield int(opening.tag[1:]), text, slug(text)


@cache
def to_html(page: Path) -> str:
    """Convert a Markdown file to HTML with coloured code and an anchor at each heading."""
    converter = MarkdownIt(renderer_cls=_Renderer).enable("table")
    return str(converter.render(page.read_text(encoding="utf-8")))


def style_sheet(look: Look, points: float) -> str:
    """Return the style sheet of the pages.

    Args:
        look: the colours.
        points: the size of the text.
    """
    families = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).families()
    return _SHEET.format(
        **{name: getattr(look, name) for name in look.__dataclass_fields__},
        behind_code=look.panel if look.dark else look.window,
        fixed=", ".join(f"'{family}'" for family in families),
        h1=1.7 * points,
        h2=1.3 * points,
        h3=1.1 * points,
        code=0.92 * points,
    )


class _Renderer(RendererHTML):
    """Renders some elements as Qt's rich text needs them, which is not as browsers do."""

    def heading_open(self, tokens: Sequence[Token], place: int, *_: Any) -> str:
        """Name the anchor, for which Qt does not use the `id` of a heading."""
        anchor = slug(tokens[place + 1].content)
        return f'<{tokens[place].tag}><a name="{anchor}"></a>'

    def paragraph_open(self, tokens: Sequence[Token], place: int, *_: Any) -> str:
        """Mark a paragraph that is a picture, whose line height would leave a gap below it."""
        parts = tokens[place + 1].children or []
        is_picture = [part.type for part in parts] == ["image"]
        hidden = tokens[place].hidden
        return "" if hidden else '<p class="picture">' if is_picture else "<p>"

    def table_open(self, *_: Any) -> str:
        """Give tables the width of the column, which Qt's style sheets cannot do."""
        return '<table width="100%">'

    def fence(self, tokens: Sequence[Token], place: int, *_: Any) -> str:
        """Put code into a table of one cell, since only cells have a border and padding."""
        lexer = get_lexer_by_name(tokens[place].info)
        code = highlight(tokens[place].content, lexer, HtmlFormatter(nowrap=True)).rstrip()
        return f'<table class="code" width="100%"><tr><td><pre>{code}</pre></td></tr></table>'
