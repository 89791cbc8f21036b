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
def appear(monkeypatch):
    """Lets the bars appear that were begun: their patience is over when the test says so."""
    timers = []

    class Patience:
        def __init__(self, seconds, function):
            assert seconds == progress.PATIENCE
            self.function, self.cancelled = function, False
            timers.append(self)

        def start(self):
            """Its time does not pass by itself."""

        def cancel(self):
            self.cancelled = True

    monkeypatch.setattr(progress, "Timer", Patience)

    def act():
        for timer in timers:
            timer.function()
        return timers

    return act


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


def test_a_bar_appears_in_a_notebook_once_the_work_takes_a_while(appear, shown):
    with reporting("Drawing <b>") as report:
        report(1, 10)
        assert not shown
        appear()
        assert shown[0]["text/html"].startswith(
            '<progress value="1" max="10"></progress> Drawing &lt;b&gt;: 1 of 10, '
        )
        report(9, 0)
        report(10, 10)
    assert len(shown) == 1
    assert shown[0]["text/plain"].startswith("Drawing <b>: 10 of 10, done, ")
    assert "<progress" not in shown[0]["text/html"]


def test_work_that_reports_nothing_has_a_bar_too(appear, shown):
    with reporting("Loading"):
        appear()
        assert shown[0]["text/html"].startswith("<progress></progress> Loading: ")
    assert shown[0]["text/plain"].startswith("Loading: done, ")


def test_work_that_is_quick_has_none(appear, shown):
    with reporting("Loading") as report:
        report(1, 1)
    (timer,) = appear()
    assert timer.cancelled
    assert not shown


def test_an_interrupted_bar_tells_how_far_it_came(appear, shown):
    def interrupted():
        with reporting("Planning") as report:
            report(3, 7)
            appear()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert shown[0]["text/plain"].startswith("Planning: 3 of 7, stopped, ")


def test_a_bar_at_a_terminal_is_gone_at_the_end(appear, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    with reporting("Planning") as report:
        appear()
        report(3, 7)
        report(7, 7)
    assert "Planning" in sys.stderr.getvalue()
    # The last thing is to go up and to clear the line.
    assert sys.stderr.getvalue().endswith("\x1b[1A\x1b[2K")


def test_elsewhere_there_is_no_bar(appear, capfd):
    with reporting("Planning") as report:
        report(3, 7)
    assert appear() == []
    assert capfd.readouterr() == ("", "")


def test_progress_goes_to_the_callback_in_place_of_a_bar(appear, shown):
    counts = []
    grid = vingui.generate("maze", rows=9, cols=9, progress=False)
    model = vingui.load_model(progress=False)
    vingui.plan(grid, model=model, iterations=5, on_progress=lambda *each: counts.append(each))
    assert counts[-1] == (5, 5)
    with reporting("Planning", progress=False) as report:
        report(1, 2)
    assert appear() == []
    assert not shown
