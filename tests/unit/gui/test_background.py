import subprocess
import sys
import threading

import pytest
from PySide6.QtCore import QObject, QThread

from vingui.core.errors import VinguiError
from vingui.gui import background


@pytest.fixture
def parent(qtbot):
    owner = QObject()
    yield owner
    owner.deleteLater()


def test_the_answer_comes_on_the_windows_thread(qtbot, qapp, parent):
    came = []
    task = background.run(
        lambda: (threading.current_thread() is threading.main_thread(), 42),
        done=lambda answer: came.append((answer, QThread.currentThread() is qapp.thread())),
        failed=pytest.fail,
        parent=parent,
    )
    assert task.pending
    assert came == []
    qtbot.waitUntil(lambda: bool(came))
    assert came == [((False, 42), True)]
    assert not task.pending


@pytest.mark.parametrize("error", [VinguiError("Expected a, received b"), ZeroDivisionError("x")])
def test_what_the_work_raises_goes_to_failed(qtbot, parent, error):
    def work():
        raise error

    came = []
    background.run(work, done=pytest.fail, failed=came.append, parent=parent)
    qtbot.waitUntil(lambda: bool(came))
    assert came == [error]


def test_a_bug_without_failed_reaches_the_excepthook(qtbot, parent):
    with qtbot.captureExceptions() as caught:
        background.run(lambda: 1 // 0, done=pytest.fail, parent=parent)
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is ZeroDivisionError


def test_a_cancelled_task_calls_nothing(qtbot, parent):
    gate = threading.Event()
    cancelled = background.run(gate.wait, done=pytest.fail, failed=pytest.fail, parent=parent)
    cancelled.cancel()
    gate.set()
    came = []
    # Queued after the cancelled one: when this arrives, that one would have.
    after(qtbot, came, parent)
    assert not cancelled.pending


def test_nothing_is_called_after_the_parent_is_gone(qtbot, parent):
    gate = threading.Event()
    mortal = QObject()
    task = background.run(gate.wait, done=pytest.fail, failed=pytest.fail, parent=mortal)
    mortal.deleteLater()
    qtbot.waitUntil(lambda: not task.pending)
    gate.set()
    after(qtbot, [], parent)


def after(qtbot, came, parent):
    for thread in threading.enumerate():
        if thread.name == "vingui-background":
            thread.join(10)
    background.run(lambda: 1, done=came.append, parent=parent)
    qtbot.waitUntil(lambda: came == [1])


def test_of_many_the_latest_wins_and_one_works_at_a_time(qtbot, parent):
    gate, came, working, most = threading.Event(), [], [], []
    latest = background.Latest(parent)

    def work(number):
        working.append(number)
        most.append(len(working))
        gate.wait(10)
        working.remove(number)
        return number

    for number in range(6):
        latest.ask(lambda number=number: work(number), done=came.append)
    assert latest.busy
    gate.set()
    qtbot.waitUntil(lambda: not latest.busy)
    assert came == [5]
    assert most == [1, 1]


def test_latest_can_be_cancelled_and_asked_again(qtbot, parent):
    gate, came = threading.Event(), []
    latest = background.Latest(parent)
    latest.ask(gate.wait, done=pytest.fail)
    latest.cancel()
    assert not latest.busy
    latest.ask(lambda: "again", done=came.append)
    gate.set()
    qtbot.waitUntil(lambda: came == ["again"])


def test_a_failure_of_the_latest_is_told(qtbot, parent):
    came = []
    latest = background.Latest(parent)
    latest.ask(lambda: 1 // 0, done=pytest.fail, failed=came.append)
    qtbot.waitUntil(lambda: not latest.busy)
    assert isinstance(came[0], ZeroDivisionError)
    with qtbot.captureExceptions() as caught:
        latest.ask(lambda: 1 // 0, done=pytest.fail)
        qtbot.waitUntil(lambda: bool(caught))


def test_work_under_way_does_not_keep_the_process_alive():
    program = """
import threading
from PySide6.QtCore import QCoreApplication, QTimer
from vingui.gui import background
app = QCoreApplication([])
background.run(threading.Event().wait, done=print, parent=app)
QTimer.singleShot(0, app.quit)
app.exec()
print("ended")
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "ended\n", "")


def test_files_are_written_one_after_the_other_and_all_of_them(qtbot):
    parent = QObject()
    turn, order, release = background.InTurn(parent), [], threading.Event()

    def ask(name):
        def make():
            order.append(f"begin {name}")

            def work():
                release.wait(30)
                if name == "b":
                    raise ValueError(name)
                return name

            return work

        turn.ask(make, done=order.append, failed=lambda error: order.append(f"failed {error}"))

    for name in "abc":
        ask(name)
    assert order == ["begin a"]
    release.set()
    assert turn.finish(30)
    assert order == ["begin a", "a", "begin b", "failed b", "begin c", "c"]


def test_the_end_waits_for_a_file_no_longer_than_it_is_told_to(qtbot):
    parent = QObject()
    turn, release = background.InTurn(parent), threading.Event()
    turn.ask(lambda: lambda: release.wait(30), done=lambda _: None)
    assert not turn.finish(0.01)
    release.set()
    assert turn.finish(30)
