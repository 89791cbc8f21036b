from collections.abc import Callable
from pathlib import Path

import pytest

from vingui.core.errors import VinguiError
from vingui.core.formats import read_dataset

CheckRefused = Callable[..., str]


@pytest.fixture
def refused() -> CheckRefused:
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
