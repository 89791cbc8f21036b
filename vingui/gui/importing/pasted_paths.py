"""Paths and file URLs that were copied as text."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QUrl

_MOST_CHARACTERS: Final = 100_000
_MOST_FILES: Final = 1_000
_LIST_HEADS: Final = ("x-special/nautilus-clipboard", "copy", "cut")
"""The first lines when file managers copy URLs as text."""


def named_files(text: str) -> list[Path]:
    """Return the files that the lines of a text name; none if any line is something else.

    A line can be a `file://` URL, a path that is absolute or begins with `~/`, in quotation marks
    or not, or the name of an existing file in the current folder. The file of an absolute path
    need not exist, since opening it reports that.
    """
    if len(text) > _MOST_CHARACTERS:
        return []
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    while lines and lines[0] in _LIST_HEADS:
        del lines[0]
    if any(line.startswith("file:") for line in lines):
        # Comments of the media type text/uri-list (RFC 2483).
        lines = [line for line in lines if not line.startswith("#")]
    if not 0 < len(lines) <= _MOST_FILES:
        return []
    paths = [_named_file(line, alone=len(lines) == 1) for line in lines]
    return [path for path in paths if path] if all(paths) else []


def _named_file(line: str, *, alone: bool) -> Path | None:
    for mark in "\"'":
        if len(line) > 2 and line[0] == line[-1] == mark:
            line = line[1:-1]
    if line.startswith("file:"):
        url = QUrl(line)
        if url.host() == "localhost":
            url.setHost("")
        return Path(url.toLocalFile()) if url.path() else None
    # Terminals escape the spaces in a path.
    for name in (line, line.replace("\\ ", " ")):
        try:
            path = Path(name).expanduser()
            # A name alone has to be a file's: dots can be a folder, or a row of a map.
            if path.exists() if path.is_absolute() else alone and path.is_file():
                return path.absolute()
        except (OSError, RuntimeError, ValueError):
            continue
    return Path(line) if line.startswith("/") and not line.startswith("//") else None
