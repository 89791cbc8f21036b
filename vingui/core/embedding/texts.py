"""The recipe's text where it is in plain letters: SVG, WebP, PDF, MP4, JSON, CSV.

These files are searched piece by piece for what precedes a recipe, without parsing the rest.
"""

import os
import re
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, Final
from xml.sax.saxutils import unescape

from vingui.core.embedding.markers import COMMENT_LINE
from vingui.core.recipe import MAX_CHARACTERS

_PIECE: Final = 1 << 20
_MOST_FOUND: Final = 16
"""The most occurrences in one file, of what precedes a recipe, that are examined."""

_MOST_TOKENS: Final = 20_000
"""The most strings and braces of an object that may be a recipe."""

_OPENING: Final = b"<vingui:recipe"
_ELEMENT: Final = re.compile(rb"[^<>]{0,1000}+>([^<]*+)</vingui:recipe\s*>")
_QUOTES: Final = {"&quot;": '"', "&apos;": "'", "&#34;": '"'}
_MP4_COMMENT: Final = b"\xa9cmt"
_KEYWORDS: Final = b"/Keywords"
_RECIPE_KEY: Final = b'"recipe"'
_JSON_OBJECT: Final = re.compile(rb"\s*:\s*(?=\{)")
# A string that is not closed goes to the end: searching for an end from each quotation mark would
# take hours.
_JSON_TOKEN: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[{}]', re.DOTALL)
_PDF_ESCAPE: Final = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_PDF_STRING: Final = re.compile(rb"\s*\(([^()\\]*+(?:\\.[^()\\]*+)*+)\)", re.DOTALL)
_PDF_LETTERS: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def xml_texts(file: BinaryIO) -> Iterator[bytes]:
    """The texts of `<vingui:recipe>` elements, in an SVG or in the XMP packet of a WebP."""
    # Escaping makes a recipe longer, but few of its characters are escaped.
    for data in _following(file, _OPENING, 2 * MAX_CHARACTERS):
        found = _ELEMENT.match(data)
        if found:
            text = found[1].decode("ascii", "replace")
            yield unescape(text, _QUOTES).encode("ascii", "replace")


def mp4_texts(file: BinaryIO) -> Iterator[bytes]:
    """The comments of an MP4, in the boxes where FFmpeg and iTunes keep them."""
    for data in _following(file, _MP4_COMMENT, MAX_CHARACTERS + 16):
        # The size and name of a box that holds type, language and text.
        if data[4:8] == b"data":
            yield data[16 : int.from_bytes(data[:4], "big")]


def pdf_texts(file: BinaryIO) -> Iterator[bytes]:
    """The keywords of a PDF's information dictionary (ISO 32000-1, 7.3.4.2)."""
    for data in _following(file, _KEYWORDS, 2 * MAX_CHARACTERS):
        found = _PDF_STRING.match(data)
        if found:
            yield _PDF_ESCAPE.sub(_pdf_unescaped, found[1])


def _pdf_unescaped(found: re.Match[bytes]) -> bytes:
    escaped = found[1]
    if escaped.isdigit():
        return bytes([int(escaped, 8) & 255])
    if escaped in (b"\n", b"\r", b"\r\n"):
        return b""
    return _PDF_LETTERS.get(escaped, escaped)


def json_texts(file: BinaryIO) -> Iterator[bytes]:
    """The objects under the key `"recipe"` in JSON, at any depth."""
    for data in _following(file, _RECIPE_KEY, 2 * MAX_CHARACTERS):
        begins = _JSON_OBJECT.match(data)
        if begins:
            end = _object_end(data, begins.end())
            yield data[begins.end() : end]


def _object_end(data: bytes, begin: int) -> int:
    depth = 0
    for token in islice(_JSON_TOKEN.finditer(data, begin), _MOST_TOKENS):
        depth += {b"{": 1, b"}": -1}.get(token[0], 0)
        if not depth:
            return token.end()
    return begin


def csv_texts(file: BinaryIO) -> Iterator[bytes]:
    """The rest of each line of a table that contains `COMMENT_LINE`."""
    for data in _following(file, COMMENT_LINE.encode(), MAX_CHARACTERS + 2):
        yield data.splitlines()[0] if data else b""


def _following(file: BinaryIO, key: bytes, most: int) -> Iterator[bytes]:
    """The bytes after each occurrence of `key`, at most `most` each time."""
    begin, found = 0, 0
    tail = b""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    while found < _MOST_FOUND:
        piece = file.read(_PIECE)
        if not piece:
            return
        data = tail + piece
        place = data.find(key)
        if place < 0:
            tail = data[-len(key) + 1 :]
            begin += len(data) - len(tail)
            continue
        found += 1
        begin += place + len(key)
        file.seek(begin)
        # A read allocates all that it is asked for, however little the file has.
        yield file.read(min(most, size - begin))
        file.seek(begin)
        tail = b""
