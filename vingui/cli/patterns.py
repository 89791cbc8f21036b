"""File names that are made for each of many maps: `out/{name}_{k}.png`."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from vingui.core.errors import VinguiError
from vingui.core.files import brief

PLACEHOLDERS: Final = ("name", "k", "K", "model", "index")
_PLACEHOLDER: Final = re.compile(r"\{([^{}/]*)\}")


def check_pattern(
    pattern: str, *, needed: Sequence[str] = (), known: Sequence[str] = PLACEHOLDERS
) -> None:
    """Raise `VinguiError` unless a pattern has known placeholders, and those that it needs.

    Args:
        pattern: a file name with placeholders, or without.
        needed: those without which many maps would be written to one name.
        known: those that there are.
    """
    found = _PLACEHOLDER.findall(pattern)
    for name in found:
        if name not in known:
            raise VinguiError(
                f"{pattern}: Expected placeholders of {_braced(known, ', ')}, received {{{name}}}"
            )
    missing = [name for name in needed if name not in found]
    if missing:
        path = Path(pattern)
        example = path.with_name(f"{path.stem}_{_braced(missing, '_')}{path.suffix}")
        raise VinguiError(
            f"{pattern}: Expected a name with {_braced(missing, ' and ')} for many maps, like "
            f"{example}, received one name for several"
        )


def is_pattern(name: str) -> bool:
    """Whether a file name has something like a placeholder."""
    return _PLACEHOLDER.search(name) is not None


def _braced(names: Sequence[str], between: str) -> str:
    return between.join(f"{{{name}}}" for name in names)


def filled(pattern: str, values: Mapping[str, object]) -> Path:
    """The file that a pattern names for some values of its placeholders.

    Folders of the pattern are made where they are not there yet; a value never leads out of them.

    Args:
        pattern: checked by `check_pattern`.
        values: of every placeholder.

    Raises:
        VinguiError: a folder cannot be made, or a value would lead elsewhere.
    """
    if not is_pattern(pattern):
        return Path(pattern)
    parts = []
    for part in Path(pattern).parts:
        made = _PLACEHOLDER.sub(lambda found: _safe(values[found[1]]), part)
        if made != part and made.strip(". ") == "":
            raise VinguiError(f"Expected a name for {part}, received {brief(made)}")
        parts.append(made)
    path = Path(*parts)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise VinguiError(
            f"{path.parent}: Expected a folder that can be made, received: {error.strerror}"
        ) from error
    return path


def _safe(value: object) -> str:
    """A value as part of a file's name: nothing that stands between folders."""
    return re.sub(r"[/\\\0]", "_", str(value))
