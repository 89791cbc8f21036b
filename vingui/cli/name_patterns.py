"""Names of output files: whether they can be written, and are not taken."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from vingui.cli.printing import STANDARD_OUTPUT
from vingui.cli.streams import is_stream
from vingui.core.errors import VinguiError
from vingui.core.files import name_of
from vingui.core.name_patterns import PLACEHOLDERS, OutputNames, braced, filled


def check_target(name: str) -> None:
    """Raise `VinguiError` if a file certainly cannot be written; to be called before any work.

    Args:
        name: the file, or `-` for standard output.
    """
    folder = Path(name).parent
    # A folder that may not be read is reported when the file is written.
    with suppress(OSError):
        if name != STANDARD_OUTPUT and not folder.is_dir():
            raise VinguiError(f"{name}: There is no folder {str(folder)!r}; make it first")
        if Path(name).is_dir():
            raise VinguiError(f"{name}: It is a folder; name a file")


def placeholder_values(path: Path, called: str = "") -> dict[str, str]:
    """The values of `{name}` and `{folder}` for a file or folder of maps.

    Args:
        path: the file or folder.
        called: its name in messages, from `distinct_names`; if that has folders, `{folder}` has
            the same ones.
    """
    folders = Path(called).parent
    return {
        "name": "stdin" if is_stream(path) else path.stem,
        "folder": str(folders) if folders.name else Path(os.path.abspath(path)).parent.name,  # noqa: PTH100 - links are kept
    }


def check_distinct(
    patterns: Sequence[str],
    values: Sequence[tuple[str, Mapping[str, object]]],
    sources: Sequence[Path],
) -> None:
    """Raise `VinguiError` if two output files would have the same name, or one that of a source.

    Args:
        patterns: patterns that `check_pattern` accepts.
        values: for each map its name in messages, and the values of the placeholders that are
            known before planning. The other placeholders may have the same value for all maps.
        sources: the files that the maps are read from.
    """
    names = OutputNames(set(map(os.path.realpath, sources)))
    for pattern in patterns:
        for number, (name, known) in enumerate(values):
            out = filled(pattern, {**dict.fromkeys(PLACEHOLDERS, "_"), **known})
            owner = names.take(out, number)
            if owner == number:
                continue
            if os.path.realpath(sources[owner]) == os.path.realpath(sources[number]):
                raise VinguiError(
                    f"{name_of(sources[owner])} is given twice, and {pattern} would be written "
                    "twice"
                )
            unused = [part for part in ("folder", "name") if f"{{{part}}}" not in pattern]
            advice = f"; put {braced(unused, ' and ')} into it" if unused else ""
            raise VinguiError(
                f"{pattern}: The files of {values[owner][0]} and of {name} would have the same "
                f"name{advice}"
            )
