"""Files that another file names: found in its folder, and nowhere else."""

from pathlib import Path, PurePosixPath, PureWindowsPath

from vingui.core.errors import VinguiError
from vingui.core.files import brief


def companion(path: Path, name: str) -> Path:
    """The file that the file at `path` calls `name`, which must lie in its folder or below it.

    Raises:
        VinguiError: the name leads elsewhere, also by a link, or there is no such file.
        OSError: it may not be looked at.
    """
    plain = PurePosixPath(name.replace("\\", "/"))
    elsewhere = plain.is_absolute() or PureWindowsPath(name).drive or ".." in plain.parts
    if elsewhere or not plain.name or not name.isprintable():
        raise VinguiError(f"Expected the name of a file in its folder, received {brief(name)}")
    found = path.parent / plain
    if not found.is_file():
        raise VinguiError(f"Expected {brief(name)} in its folder, received no such file")
    if not found.resolve().is_relative_to(path.parent.resolve()):
        raise VinguiError(f"Expected {brief(name)} in its folder, received a link that leaves it")
    return found
