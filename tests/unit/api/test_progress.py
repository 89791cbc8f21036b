import io
import sys
from types import SimpleNamespace

import pytest

import vingui
from vingui.api import progress
from vingui.api.progress import reporting


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test moves."""
    now = SimpleNamespace(seconds=0.0)
    monkeypatch.setattr(progress.time, "monotonic", lambda: now.seconds)
    return now


@pytest.fixture
def shown(monkeypatch):
    """The pages that a notebook shows; the last of each bar counts."""
    pages = []

    def display(page, *, raw, display_id):
        assert raw
        assert display_id
        pages.append(page)
        index = len(pages) - 1
        return SimpleNamespace(update=lambda page, raw: pages.__setitem__(index, page))

    monkeypatch.setattr(progress, "_notebook_display", lambda: display)
    return pages


def test_a_bar_appears_in_a_notebook_once_the_work_takes_a_while(clock, shown):
    with reporting("Drawing <b>") as report:
        report(1, 10)
        assert not shown
        clock.seconds = 2.0
        report(2, 10)
        assert shown[0]["text/html"] == (
            '<progress value="2" max="10"></progress> Drawing &lt;b&gt;: 2 of 10, 0 s'
        )
        clock.seconds = 5.0
        report(9, 0)
        assert "<progress></progress>" in shown[0]["text/html"]
        report(10, 10)
    assert len(shown) == 1
    assert shown[0]["text/plain"] == "Drawing <b>: 10 of 10, done, 3 s"
    assert "<progress" not in shown[0]["text/html"]


def test_an_interrupted_bar_tells_how_far_it_came(clock, shown):
    def interrupted():
        with reporting("Planning") as report:
            clock.seconds = 1.0
            report(3, 7)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert shown[0]["text/plain"] == "Planning: 3 of 7, stopped, 0 s"


def test_a_bar_at_a_terminal_is_gone_at_the_end(monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0)
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    with reporting("Planning") as report:
        report(3, 7)
        report(7, 7)
    assert "Planning" in sys.stderr.getvalue()
    # The last thing is to go up and to clear the line.
    assert sys.stderr.getvalue().endswith("\x1b[1A\x1b[2K")


def test_elsewhere_there_is_no_bar(capfd, monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0)
    with reporting("Planning") as report:
        report(3, 7)
    assert capfd.readouterr() == ("", "")


def test_progress_goes_to_the_callback_in_place_of_a_bar(shown, monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0)
    counts = []
    grid = vingui.generate("maze", rows=9, cols=9)
    vingui.plan(grid, iterations=5, on_progress=lambda *each: counts.append(each))
    assert counts[-1] == (5, 5)
    with reporting("Planning", progress=False) as report:
        report(1, 2)
    assert not shown
