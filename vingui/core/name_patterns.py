"""Patterns of the names of output files: `out/{name}_{k}.png`."""

import os
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final

from vingui.core.errors import VinguiError
from vingui.core.files import brief, name_of

PLACEHOLDERS: Final = ("name", "folder", "k", "K", "model", "index")
_PLACEHOLDER: Final = re.compile(r"\{([^{}/]*)\}")


def is_pattern(name: str) -> bool:
    """Whether a file name has a placeholder, known or not."""
    return _PLACEHOLDER.search(name) is not None


def check_pattern(
    pattern: str, *, needed: Sequence[str] = (), known: Sequence[str] = PLACEHOLDERS
) -> None:
    """Raise `VinguiError` unless a pattern has only known placeholders, and all needed ones.

    Args:
        pattern: a file name, with or without placeholders.
        needed: placeholders without which several files would have the same name.
        known: all placeholders that it may have.
    """
    found = _PLACEHOLDER.findall(pattern)
    for name in found:
        if name not in known:
            raise VinguiError(
                f"{pattern}: There is no placeholder {{{name}}}; there are {braced(known, ', ')}"
            )
    missing = [name for name in needed if name not in found]
    if missing:
        path = Path(pattern)
        example = path.with_name(f"{path.stem}_{braced(missing, '_')}{path.suffix}")
        raise VinguiError(
            f"{pattern}: Several files would have this name. Put {braced(missing, ' and ')} "
            f"into it, like {example}"
        )


def braced(names: Sequence[str], between: str) -> str:
    """Placeholders by their names, as they are written."""
    return between.join(f"{{{name}}}" for name in names)


def filled(pattern: str, values: Mapping[str, object]) -> Path:
    """The file that a pattern names, always inside the folders of the pattern.

    Args:
        pattern: a pattern that `check_pattern` accepts.
        values: the value of every placeholder.

    Raises:
        VinguiError: with these values the name would be one that no file can have.
    """
    parts = []
    for part in Path(pattern).parts:
        made = _PLACEHOLDER.sub(lambda found: _safe(values[found[1]]), part)
        if made != part and made.strip(". ") == "":
            raise VinguiError(f"{part} would give the name {brief(made)}, which no file can have")
        parts.append(made)
    return Path(*parts)


def _safe(value: object) -> str:
    """A value without the characters that separate folders."""
    return re.sub(r"[/\\\0]", "_", str(value))


def make_folder(pattern: str, path: Path) -> None:
    """Make the folder of a file that a pattern names.

    Raises:
        VinguiError: it cannot be made.
    """
    if not is_pattern(pattern):
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise VinguiError(f"{path.parent}: The folder cannot be made: {error.strerror}") from error


class OutputNames:
    """The names of output files: none is that of a source, and none is used twice.

    Args:
        sources: the real paths of the files that the maps are read from.
    """

    def __init__(self, sources: AbstractSet[str]) -> None:
        self._sources = sources
        self._owners: dict[str, int] = {}

    def take(self, out: Path, owner: int = 0) -> int:
        """Take a name for an output file of the map number `owner`, unless another map has it.

        Returns:
            The number of the map that has the name.

        Raises:
            VinguiError: it is the name of a source, or of another output file of the same map.
        """
        # Not resolve(), which raises an error where links form a circle.
        place = os.path.realpath(out)
        if place in self._sources:
            raise VinguiError(
                f"{name_of(out)}: This would overwrite a map that is read. Choose another name"
            )
        if self._owners.get(place) == owner:
            raise VinguiError(f"{name_of(out)}: Two files would have this name; choose another")
        return self._owners.setdefault(place, owner)


def unfinished(pattern: str) -> Path:
    """The file that keeps finished chunks while files of such names are written.

    It lies beside them, or in the last folder that they share.
    """
    parts = Path(pattern).parts
    shared = next((at for at, part in enumerate(parts) if is_pattern(part)), len(parts) - 1)
    return Path(*parts[:shared], f"{'_'.join(parts[shared:])}.unfinished")
