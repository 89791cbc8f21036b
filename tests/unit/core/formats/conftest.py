from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from vingui.core.errors import VinguiError
from vingui.core.formats import read_dataset

PlanRefused = Callable[..., str]


@pytest.fixture
def refused() -> PlanRefused:
    """`refused(path, *parts)`: reading fails with one line, the file's name first, parts in it."""

    def check(path: Path, *parts: str) -> str:
        with pytest.raises(VinguiError) as caught:
            read_dataset(path)
        message = str(caught.value)
        assert message.startswith(f"{path.name}: ")
        assert "\n" not in message
        for part in parts:
            assert part in message
        return message

    return check


@pytest.fixture
def walls() -> NDArray[np.bool_]:
    """A 4x5 map that no transposition or turn leaves as it is."""
    rows = ["#####", "#..##", "#...#", "#####"]
    return np.array([[mark == "#" for mark in row] for row in rows])
