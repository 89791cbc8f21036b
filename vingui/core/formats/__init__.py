"""Files of maps. Each format is a module, and a row of `registry.FORMATS`.

`read_dataset` and `read_map` read any of them, as `ReadOptions` say; `write_dataset` and
`write_map` choose a format by the file's suffix. Anything wrong with a file becomes a `VinguiError`
of one line.
"""

from vingui.core.formats.base import Format
from vingui.core.formats.opening import format_of, read_dataset, read_map
from vingui.core.formats.options import PictureOptions, ReadOptions
from vingui.core.formats.registry import (
    FORMATS,
    format_to_write,
    readable_suffixes,
    writable_suffixes,
)
from vingui.core.formats.saving import write_dataset, write_map

__all__ = [
    "FORMATS",
    "Format",
    "PictureOptions",
    "ReadOptions",
    "format_of",
    "format_to_write",
    "read_dataset",
    "read_map",
    "readable_suffixes",
    "writable_suffixes",
    "write_dataset",
    "write_map",
]
