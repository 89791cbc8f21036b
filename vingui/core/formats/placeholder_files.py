"""Small text files that stand in for another file: links copied as text, pointers of Git LFS.

Git without leave to make links, zip tools and shared drives write a symbolic link as a text file
that holds its target and nothing else.
"""

from pathlib import PureWindowsPath
from typing import Final

from vingui.core.errors import VinguiError
from vingui.core.files import brief

_MOST_BYTES: Final = 4096
"""The longest path that Linux takes; pointers of Git LFS are shorter."""

_POINTER: Final = b"version https://git-lfs."
_ADDRESSES: Final = ("http://", "https://")
_OPENING: Final = ("{", "[", '"', "'", "<", "#!")
"""What one line of JSON, YAML, XML or a program begins with, and no path of a link."""


def check_no_stand_in(head: bytes, suffixes: tuple[str, ...]) -> None:
    """Refuse a file that only names another one, which is not followed.

    Args:
        head: what `read_head` returned.
        suffixes: lower case, with the dot, of the files that may be meant.

    Raises:
        VinguiError: it names another file only; the message is without its own name.
    """
    if head.startswith(_POINTER):
        raise VinguiError(
            "It is a pointer that Git LFS keeps in place of the file. Get the file itself with "
            "git lfs pull, or download it"
        )
    target = named_alone(head, suffixes)
    if target.startswith(_ADDRESSES):
        raise VinguiError(
            f"It holds only the web address {brief(target)}. Download that file and open it"
        )
    if target:
        raise VinguiError(
            f"It holds only the path {brief(target)}: it is a link that was copied as text. "
            "Open that file instead"
        )


def named_alone(content: bytes, suffixes: tuple[str, ...]) -> str:
    """The path or address that a text holds and nothing else; empty where it holds more.

    A single name counts where it has one of the suffixes, a path also where it says from where it
    leads, with `/`, `./` or `../`.
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
    if path.suffix.lower() in suffixes and path.stem.strip("."):
        return line
    leads = path.parts[:1] == ("..",) or line.startswith(("./", ".\\", "/"))
    return line if leads and len(path.parts) > 1 else ""
