"""Files that another file names, which are looked for in its folder only."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote

from vingui.core.errors import VinguiError
from vingui.core.files import brief, naming, read_head
from vingui.core.formats.placeholder_files import check_no_placeholder

_MAX_PATH: Final = 4096
_MAX_NAME: Final = 255
"""The longest path and name of a file that Linux takes."""

_URL: Final = re.compile(r"[a-z][a-z0-9+.-]+:/+", re.IGNORECASE)
"""`file://` and `package://`, which ROS tools write; a drive's letter is shorter."""


def companion(path: Path, name: str, *, fallback: str = "") -> Path:
    """The file that the file at `path` calls `name`, in the same folder or below it.

    A name is often a path on another machine: it is absolute, begins with `~` or `..`, or is a URL
    or a Windows path. So its longest ending that is the path of a file in the folder counts, down
    to the bare name. If `path` is a link, the folder of the linked file is searched too, because
    data stores link files one by one.

    Args:
        path: the file that names the other.
        name: the name or path of the other file, as `path` has it.
        fallback: another name to look for if there is no file of that name.

    Raises:
        VinguiError: there is no such file in the folder, or it is a link that leaves it or was
            copied as text.
        OSError: its folder cannot be read.
    """
    folders = dict.fromkeys((path.parent, path.resolve().parent))
    roots = [folder.resolve() for folder in folders]
    leaving = None
    for ending in (*_endings(name), *([fallback] if fallback else [])):
        for folder in folders:
            found = folder / ending
            if found != path and found.is_file():
                if any(found.resolve().is_relative_to(root) for root in roots):
                    with naming(found):
                        check_no_placeholder(read_head(found), found.suffix.lower().__eq__)
                    return found
                leaving = leaving or found
    if leaving is not None:
        raise VinguiError(
            f"It names the file {brief(name)}; {brief(leaving.name)} in its folder is a link that "
            "leaves it, which is not followed. Put the file itself there."
        )
    raise VinguiError(
        f"It names the file {brief(name)}, but its folder holds no file of that name. Put it there."
    )


def _endings(name: str) -> Iterator[str]:
    """The relative paths that a name may mean, longest first; none leads out of the folder."""
    if not name.isprintable() or len(name) > _MAX_PATH:
        return
    url = _URL.match(name)
    plain = unquote(name[url.end() :]) if url else re.sub(r"^[A-Za-z]:", "", name)
    parts = [part for part in plain.replace("\\", "/").split("/") if part not in ("", ".", "~")]
    if ".." in parts:
        parts = parts[len(parts) - parts[::-1].index("..") :]
    if all(part.isprintable() and len(part.encode()) <= _MAX_NAME for part in parts):
        for first in range(len(parts)):
            yield str(PurePosixPath(*parts[first:]))
