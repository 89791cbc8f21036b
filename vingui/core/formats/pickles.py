"""Python pickles, which are refused."""

from pathlib import Path
from typing import Final

_SUFFIXES: Final = (".pkl", ".pickle")
_HEADS: Final = tuple(bytes((0x80, protocol)) for protocol in range(2, 6))

REFUSAL: Final = (
    "It is a Python pickle, which can run code when it is loaded, so it is not read. Export the "
    "maps with numpy.savez to an .npz with the arrays walls, goal and start"
)


def is_pickle(head: bytes, path: Path) -> bool:
    """Whether a file is a pickle, by its name or its first bytes.

    Protocols 0 and 1 have no mark of their own, and are known by the name only.
    """
    return path.suffix.lower() in _SUFFIXES or head.startswith(_HEADS)
