"""Small text files that stand in for another file: links copied as text, pointers of Git LFS.

Where Git may not make links, and on some shared drives and in some zip files, a symbolic link is a
text file that holds its target and nothing else.
"""

from collections.abc import Callable
from pathlib import PureWindowsPath
from typing import Final

from vingui.core.errors import VinguiError
from vingui.core.files import brief

_MOST_BYTES: Final = 4096
"""The longest path that Linux takes; pointers of Git LFS are shorter."""

_POINTER: Final = b"version https://git-lfs."
_ADDRESSES: Final = ("http://", "https://")
_OPENING: Final = ("{", "[", '"', "'", "<", "#!")
"""Beginnings of a line of JSON, YAML, XML or a program; no link's path begins like that."""


def check_no_placeholder(head: bytes, is_suffix: Callable[[str], bool]) -> None:
    """Refuse a file that is only a placeholder for another file.

    Args:
        head: the file's first bytes, from `read_head`.
        is_suffix: whether files of a suffix, in lower case and with the dot, are such that it may
            be a placeholder for.

    Raises:
        VinguiError: it is a placeholder for another file. The message does not begin with its name.
    """
    if head.startswith(_POINTER):
        raise VinguiError(
            "It is a pointer that Git LFS keeps in place of the file. Get the file itself with "
            "git lfs pull, or download it"
        )
    target = named_alone(head, is_suffix)
    if target.startswith(_ADDRESSES):
        raise VinguiError(
            f"It holds only the web address {brief(target)}. Download that file and open it"
        )
    if target:
        raise VinguiError(
            f"It holds only the path {brief(target)}: it is a link that was copied as text. "
            "Open that file instead"
        )


def named_alone(content: bytes, is_suffix: Callable[[str], bool]) -> str:
    """The path or web address that a text consists of; empty if it holds anything else.

    A file name counts if it has such a suffix, a path also if it begins with `/`, `./` or
    `../`.
    """
    if len(content) > _MOST_BYTES:
        return ""
    try:
        line = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return ""
    if not line.isprintable() or line.startswith(_OPENING) or ": " in line:
        return ""
    path = PureWindowsPath(line)
    if path.stem.strip(".") and is_suffix(path.suffix.lower()):
        return line
    leads = path.parts[:1] == ("..",) or line.startswith(("./", ".\\", "/"))
    return line if leads and len(path.parts) > 1 else ""
