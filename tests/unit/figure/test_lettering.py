"""Names and captions as letters."""

import pytest

from vingui.figure.lettering import drawable, flow, one_line, subscript, width, wrapped


def test_a_name_becomes_one_line():
    assert one_line("a\n b\t\x00c\udcff") == "a b c"
    assert one_line("n" * 61) == "n" * 59 + "…"
    assert one_line("n" * 60) == "n" * 60


def test_what_the_font_lacks_has_a_stand_in():
    assert drawable("V₈₀ · Grüße · Лес") == "V₈₀ · Grüße · Лес"
    assert drawable("地図") == "\ufffd\ufffd"


def test_subscript():
    assert subscript(1805) == "₁₈₀₅"


@pytest.mark.parametrize("room", [50, 120, 300, 1000])
def test_wrapped_lines_fit(room):
    text = "8 neighbours, corners may be cut " + "W" * 30
    lines = wrapped(text, 8, room=room)
    assert all(width(line, 8) <= room + 1 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_flow_fills_lines():
    assert flow([10, 20, 30], gap=5, room=40) == [(0, 0.0), (0, 15.0), (1, 0.0)]
    assert flow([100, 10], gap=5, room=40) == [(0, 0.0), (1, 0.0)]
    assert flow([], gap=5, room=40) == []
