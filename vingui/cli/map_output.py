"""Checks of the files that maps are written to, before any work."""

from collections.abc import Sequence
from pathlib import Path

from vingui.cli.name_patterns import check_target
from vingui.core.formats import format_to_write
from vingui.core.name_patterns import check_pattern, is_pattern


def check_map_output(out: Path, *, known: Sequence[str]) -> None:
    """Raise `VinguiError` unless `out` is the name of a map file, or a pattern of such names.

    Args:
        out: a file, or a pattern of file names.
        known: the placeholders that a pattern may have.
    """
    format_to_write(out)
    if is_pattern(str(out)):
        check_pattern(str(out), known=known)
    else:
        check_target(str(out))
