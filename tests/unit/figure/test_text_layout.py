"""Names and captions as letters."""

from itertools import pairwise

import numpy as np
import pytest

from vingui.figure.text_layout import (
    fitting,
    one_line,
    outlined,
    subscript,
    width,
    wrapped,
)


def test_a_name_becomes_one_line():
    assert one_line("a\n b\t\x00c\udcff") == "a b c"
    assert one_line("n" * 61) == "n" * 59 + "…"
    assert one_line("n" * 60) == "n" * 60


def test_subscript():
    assert subscript(1805) == "₁₈₀₅"


@pytest.mark.parametrize("room", [50, 120, 300, 1000])
def test_wrapped_lines_fit(room):
    text = "8 neighbours, corners may be cut " + "W" * 30
    lines = wrapped(text, 22, room=room)
    assert all(width(line, 22) <= room + 1 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_the_longest_text_that_fits():
    texts = ("Value function V₈₀", "Value V₈₀", "V₈₀")
    for text in texts:
        assert fitting(texts, 22, room=width(text, 22) + 1) == text
    assert fitting(("Outcomes",), 22, room=width("Outc…", 22) + 1) == "Outc…"
    assert fitting(("Outcomes",), 22, room=1) == ""


def test_lines_are_as_full_as_they_get():
    text = "the sum of the costs of all steps of a trajectory"
    room = width("the sum of the costs", 22)
    lines = wrapped(text, 22, room=room)
    for line, following in pairwise(lines):
        assert width(f"{line} {following.split()[0]}", 22) > room


def test_outlines_are_about_their_places():
    path = outlined(["8", "8"], [(10, 20), (110, 20)], 10)
    points = np.asarray(path.vertices)[path.codes != path.CLOSEPOLY]
    for x in (10, 110):
        near = points[np.abs(points[:, 0] - x) < 20]
        low, high = near.min(axis=0), near.max(axis=0)
        np.testing.assert_allclose((low + high) / 2, (x, 20), atol=0.2)
        assert 6 < (high - low)[1] < 9
    assert len(outlined([], [], 10).vertices) == 0
