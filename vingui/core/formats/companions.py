"""Files that another file names: found in its folder, and nowhere else."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote

from vingui.core.errors import VinguiError
from vingui.core.files import brief, naming, read_head
from vingui.core.formats.placeholder_files import check_no_stand_in

_MAX_PATH: Final = 4096
_MAX_NAME: Final = 255
"""The longest path and name of a file that Linux takes."""

_URL: Final = re.compile(r"[a-z][a-z0-9+.-]+:/+", re.IGNORECASE)
"""`file://` and `package://`, which ROS tools write; a drive's letter is shorter."""


def companion(path: Path, name: str, *, fallback: str = "") -> Path:
    """The file that the file at `path` calls `name`, in the same folder or below it.

    A name often leads to where the files lay on another machine: it is absolute, begins with `~`
    or `..`, is a URL or a Windows path. So its longest ending that leads to a file in the folder
    counts, and at last the bare name. A link at `path` has a second folder, that of the file it
    leads to, as links into one folder of a data store do.

    Args:
        path: the file that names the other.
        name: what it calls it.
        fallback: the name to look for where the other one is not there.

    Raises:
        VinguiError: there is no such file in the folder, or it is a link that leaves it or was
            copied as text.
        OSError: its folder cannot be read.
    """
    folders = dict.fromkeys((path.parent, path.resolve().parent))
    own = [folder.resolve() for folder in folders]
    leaving = None
    for ending in (*_endings(name), *([fallback] if fallback else [])):
        for folder in folders:
            found = folder / ending
            if found != path and found.is_file():
                if any(found.resolve().is_relative_to(root) for root in own):
                    with naming(found):
                        check_no_stand_in(read_head(found), (found.suffix.lower(),))
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
    """The relative paths, longest first, that a name may mean; none of them leads upwards."""
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
