"""The rows of a map in a copied text, without what other programs put around them.

Chats and documents put a map into a code fence, mails quote it with `>`, terminals and editors
number its lines, in source code its rows are strings, and all of these may indent it.
"""

import re
from typing import Final

from vingui.core.errors import VinguiError
from vingui.core.grid import MAX_SIDE

_LINE_ENDS: Final = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_BLANKS: Final = dict.fromkeys(
    map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2007\u2009\u202f\u3000"), " "
)
_INVISIBLE: Final = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u00ad\u200e\u200f"))
_FENCES: Final = ("```", "~~~")
_ASSIGNMENT: Final = r"\s*+(?:(?:(?:const|let|var)\s+)?[A-Za-z_][A-Za-z0-9_.]*\s*=\s*)?"
_LIST: Final = re.compile(_ASSIGNMENT + r"(?:(?:(?:np|numpy)\.)?(?:as)?array\(\s*)?(?=\[)")
_LONG_STRING: Final = re.compile(_ASSIGNMENT + r"""r?(?P<mark>"{3}|'{3})\\?""")
_QUOTE: Final = re.compile(r"\s*+> ?")
_STRING: Final = re.compile(r"""\s*+(?P<mark>["'])(?P<row>[^"']*)(?P=mark),?""")
_ANY_STRING: Final = re.compile(r"""["']([^"']*)["']""")
_NUMBER: Final = re.compile(
    r"\s*+(?P<number>[0-9]{1,5})(?:[ \t]*[:|)\u2502] ?|\.[ \t]|[ \t])(?P<row>.*)"
)
_MAX_QUOTATIONS: Final = 10
"""The most quotations inside each other."""

_MAX_LINES: Final = 20_000
"""The most lines of a text with a map in it; a map has at most `MAX_SIDE` rows."""


def copied_lines(text: str) -> tuple[list[str], tuple[str, ...]]:
    """The lines of a text, without what surrounds a map that was copied.

    Args:
        text: any text.

    Returns:
        The lines without blanks at their ends, the first and the last one not empty; and notes
        on any text that was left out.

    Raises:
        VinguiError: there are several code blocks, or far more lines than a map has.
    """
    text = _LINE_ENDS.sub("\n", text).translate(_INVISIBLE | _BLANKS)
    if text.count("\n") > _MAX_LINES:
        raise VinguiError(
            f"The text has more than {_MAX_LINES:,} lines; a map has {MAX_SIDE:,} at most"
        )
    lines = _trimmed(text.split("\n"))
    lines, outside = _unfenced(_without_quote_marks(lines))
    lines = _without_quote_marks(lines)
    lines = _without_code(lines)
    notes = []
    if outside:
        notes.append("Read the code block and left out the text around it.")
    lines = _unquoted(lines)
    numbered = _without_numbers(lines)
    if numbered is not None:
        lines = numbered
        notes.append("Left out the line numbers.")
    return _single_spaced(lines), tuple(notes)


def _trimmed(lines: list[str]) -> list[str]:
    """Without blanks at the ends of lines, and without empty lines before and after the others."""
    lines = [line.rstrip() for line in lines]
    full = [at for at, line in enumerate(lines) if line]
    return lines[full[0] : full[-1] + 1] if full else []


def _without_quote_marks(lines: list[str]) -> list[str]:
    """Without the `>` that mails and Markdown put before each line of a quotation."""
    for _ in range(_MAX_QUOTATIONS):
        if not lines or not all(_QUOTE.match(line) for line in lines if line):
            break
        lines = _trimmed([_QUOTE.sub("", line, count=1) for line in lines])
    return lines


def _unfenced(lines: list[str]) -> tuple[list[str], bool]:
    """The lines of the code block, if there is one, and whether there was text around it."""
    fences = [at for at, line in enumerate(lines) if line.lstrip().startswith(_FENCES)]
    if not fences:
        return lines, False
    if len(fences) > 2:
        raise VinguiError(
            f"The text has {(len(fences) + 1) // 2} code blocks: keep the one with the map"
        )
    begin, end = fences[0], fences[1] if len(fences) > 1 else len(lines)
    return _trimmed(lines[begin + 1 : end]), any(lines[:begin] + lines[end + 1 :])


def _without_code(lines: list[str]) -> list[str]:
    """Without what precedes a list, an array or a long string in a program."""
    if not lines:
        return lines
    first = _LIST.match(lines[0])
    if first:
        return [lines[0][first.end() :], *lines[1:]]
    first = _LONG_STRING.match(lines[0])
    if first is None:
        return lines
    text = "\n".join(lines)[first.end() :]
    return _trimmed(text.partition(first["mark"])[0].split("\n"))


def _unquoted(lines: list[str]) -> list[str]:
    """The rows that are strings in the lines of a program or of JSON."""
    strings = [_STRING.fullmatch(line) for line in lines]
    if all(strings):
        return _trimmed([found["row"] for found in strings if found])
    joined = " ".join(lines)
    if joined.startswith("[") and "[" not in joined[1:]:
        return _trimmed(_ANY_STRING.findall(joined)) or lines
    return lines


def _without_numbers(lines: list[str]) -> list[str] | None:
    """The lines without the numbers before them; `None` where they do not count the lines."""
    if len(lines) < 2:
        return None
    rows: list[str] = []
    first = 0
    for at, line in enumerate(lines):
        # The blank after the number of an empty row has been stripped.
        found = _NUMBER.fullmatch(f"{line} ")
        if found is None:
            return None
        first = first if at else int(found["number"])
        if int(found["number"]) != first + at:
            return None
        rows.append(found["row"].rstrip())
    # Two rows of 0 and 1 may begin with these.
    if (first, len(lines)) == (0, 2) and all(re.match(r"\s*[01]\s+[01]\b", line) for line in lines):
        return None
    return _trimmed(rows)


def _single_spaced(lines: list[str]) -> list[str]:
    """Without the empty lines between all others, as web pages put them there."""
    if len(lines) > 4 and len(lines) % 2 and not any(lines[1::2]) and all(lines[::2]):
        return lines[::2]
    return lines
