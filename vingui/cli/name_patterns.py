"""File names that are made for each of many maps: `out/{name}_{k}.png`."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from vingui.cli.streams import is_stream
from vingui.core.errors import VinguiError
from vingui.core.files import brief, shown

PLACEHOLDERS: Final = ("name", "folder", "k", "K", "model", "index")
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
                f"{pattern}: There is no placeholder {{{name}}}; there are {_braced(known, ', ')}"
            )
    missing = [name for name in needed if name not in found]
    if missing:
        path = Path(pattern)
        example = path.with_name(f"{path.stem}_{_braced(missing, '_')}{path.suffix}")
        raise VinguiError(
            f"{pattern}: This name would be that of several files. Put {_braced(missing, ' and ')} "
            f"into it, like {example}"
        )


def is_pattern(name: str) -> bool:
    """Whether a file name has something like a placeholder."""
    return _PLACEHOLDER.search(name) is not None


def _braced(names: Sequence[str], between: str) -> str:
    return between.join(f"{{{name}}}" for name in names)


def filled(pattern: str, values: Mapping[str, object]) -> Path:
    """The file that a pattern names for some values of its placeholders.

    A value never leads out of the folders of the pattern.

    Args:
        pattern: checked by `check_pattern`.
        values: of every placeholder.

    Raises:
        VinguiError: a value would lead elsewhere.
    """
    if not is_pattern(pattern):
        return Path(pattern)
    parts = []
    for part in Path(pattern).parts:
        made = _PLACEHOLDER.sub(lambda found: _safe(values[found[1]]), part)
        if made != part and made.strip(". ") == "":
            raise VinguiError(f"{part} would give the name {brief(made)}, which no file can have")
        parts.append(made)
    return Path(*parts)


def make_folder(pattern: str, path: Path) -> None:
    """Make the folders of a file that a pattern names, where they are not there yet.

    Raises:
        VinguiError: one cannot be made.
    """
    if not is_pattern(pattern):
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise VinguiError(f"{path.parent}: The folder cannot be made: {error.strerror}") from error


def check_distinct(
    patterns: Sequence[str],
    values: Sequence[tuple[str, Mapping[str, object]]],
    sources: Sequence[Path],
) -> None:
    """Raise `VinguiError` where two files would have one name, or one a map's: before any work.

    Args:
        patterns: checked by `check_pattern`.
        values: for each map what messages call it, and of the placeholders those that are known
            before. Others, such as the iterations, are too uncertain to tell files apart.
        sources: the files of the maps.
    """
    maps = {os.path.realpath(source) for source in sources}
    taken: dict[str, tuple[int, str]] = {}
    for pattern in patterns:
        for number, (called, known) in enumerate(values):
            out = filled(pattern, {**dict.fromkeys(PLACEHOLDERS, "_"), **known})
            place = os.path.realpath(out)
            if place in maps:
                raise VinguiError(
                    f"{shown(out)}: This would overwrite a map that is read. Choose another name"
                )
            if place not in taken:
                taken[place] = number, called
            elif taken[place][0] == number:
                raise VinguiError(f"{pattern}: Two files would have this name; choose another")
            else:
                first = sources[taken[place][0]]
                if os.path.realpath(first) == os.path.realpath(sources[number]):
                    raise VinguiError(f"{shown(first)} is given twice, and {pattern} once")
                raise VinguiError(
                    f"{pattern}: The files of {taken[place][1]} and of {called} would have one "
                    f"name{_missing(pattern)}"
                )


def names_of(path: Path, called: str = "") -> dict[str, str]:
    """`{name}` and `{folder}` of a file or folder of maps.

    Args:
        path: it.
        called: what messages call it, as of `told_apart`: where that begins with folders, so does
            `{folder}`.
    """
    folders = Path(called).parent
    return {
        "name": "stdin" if is_stream(path) else path.stem,
        "folder": str(folders) if folders.name else Path(os.path.abspath(path)).parent.name,  # noqa: PTH100 - links are kept
    }


def _missing(pattern: str) -> str:
    found = _PLACEHOLDER.findall(pattern)
    missing = [name for name in ("folder", "name") if name not in found]
    return f"; put {_braced(missing, ' and ')} into it" if missing else ""


def _safe(value: object) -> str:
    """A value as part of a file's name: without the characters that separate folders."""
    return re.sub(r"[/\\\0]", "_", str(value))
