"""Tests of imports in the background that wait while there are requests."""

import sys
from importlib import import_module
from threading import Event

import pytest

from vingui.net import import_ahead as module
from vingui.net.import_ahead import import_ahead


class Requests:
    """Keeps the process busy until it is set free."""

    def __init__(self, monkeypatch):
        self.asked, self.free, self.done = Event(), Event(), Event()
        monkeypatch.setattr(module, "sleep", lambda _: self.free.wait(60))

    def busy(self):
        self.asked.set()
        return 0.0 if self.free.is_set() else 0.25


@pytest.fixture
def requests(monkeypatch):
    return Requests(monkeypatch)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A module that imports another one."""
    (tmp_path / "one_of_two.py").write_text("import two_of_two\n")
    (tmp_path / "two_of_two.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in ("one_of_two", "two_of_two"):
        sys.modules.pop(name, None)


def test_an_import_waits_while_there_are_requests_and_goes_on_after_them(requests, package):
    def act():
        import_module("one_of_two")
        requests.done.set()

    import_ahead(act, busy=requests.busy)
    assert requests.asked.wait(60)
    assert not {"one_of_two", "two_of_two"} & set(sys.modules)
    requests.free.set()
    assert requests.done.wait(60)
    assert {"one_of_two", "two_of_two"} <= set(sys.modules)


def test_what_cannot_be_imported_is_left_to_whoever_needs_it(requests, monkeypatch):
    requests.free.set()
    before = list(sys.meta_path)
    # In this thread, so that it is known when it has ended.
    monkeypatch.setattr(module.Thread, "start", module.Thread.run)
    import_ahead(lambda: import_module("json.nothing_of_the_kind"), busy=requests.busy)
    assert requests.asked.is_set()
    assert sys.meta_path == before
