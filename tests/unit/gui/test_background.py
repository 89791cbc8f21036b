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
        on_done=lambda answer: came.append((answer, QThread.currentThread() is qapp.thread())),
        on_failure=pytest.fail,
        parent=parent,
    )
    assert task.pending
    assert came == []
    qtbot.waitUntil(lambda: bool(came))
    assert came == [((False, 42), True)]
    assert not task.pending


def test_what_the_user_can_mend_goes_to_on_failure(qtbot, parent):
    error = VinguiError("There is no such file")

    def work():
        raise error

    came = []
    background.run(work, on_done=pytest.fail, on_failure=came.append, parent=parent)
    qtbot.waitUntil(lambda: bool(came))
    assert came == [error]


@pytest.mark.parametrize("on_failure", [None, pytest.fail])
def test_a_bug_reaches_the_excepthook(qtbot, parent, on_failure):
    with qtbot.captureExceptions() as caught:
        background.run(lambda: 1 // 0, on_done=pytest.fail, on_failure=on_failure, parent=parent)
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is ZeroDivisionError


def test_without_on_failure_what_the_user_can_mend_is_a_bug(qtbot, parent):
    def work():
        raise VinguiError("There is no such file")

    with qtbot.captureExceptions() as caught:
        background.run(work, on_done=pytest.fail, parent=parent)
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is VinguiError


def test_a_cancelled_task_calls_nothing(qtbot, parent):
    gate = threading.Event()
    cancelled = background.run(
        gate.wait, on_done=pytest.fail, on_failure=pytest.fail, parent=parent
    )
    cancelled.cancel()
    gate.set()
    came = []
    # Queued after the cancelled one: when this arrives, that one would have.
    after(qtbot, came, parent)
    assert not cancelled.pending


def test_nothing_is_called_after_the_parent_is_gone(qtbot, parent):
    gate = threading.Event()
    mortal = QObject()
    task = background.run(gate.wait, on_done=pytest.fail, on_failure=pytest.fail, parent=mortal)
    mortal.deleteLater()
    qtbot.waitUntil(lambda: not task.pending)
    gate.set()
    after(qtbot, [], parent)


def after(qtbot, came, parent):
    for thread in threading.enumerate():
        if thread.name == "vingui-background":
            thread.join(10)
    background.run(lambda: 1, on_done=came.append, parent=parent)
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
        latest.submit(lambda number=number: work(number), on_done=came.append)
    assert latest.busy
    gate.set()
    qtbot.waitUntil(lambda: not latest.busy)
    assert came == [5]
    assert most == [1, 1]


def test_latest_can_be_cancelled_and_used_again(qtbot, parent):
    gate, came = threading.Event(), []
    latest = background.Latest(parent)
    latest.submit(gate.wait, on_done=pytest.fail)
    latest.cancel()
    assert not latest.busy
    latest.submit(lambda: "again", on_done=came.append)
    gate.set()
    qtbot.waitUntil(lambda: came == ["again"])


def test_a_failure_of_the_latest_is_handled(qtbot, parent):
    def work():
        raise VinguiError("There is no such file")

    came = []
    latest = background.Latest(parent)
    latest.submit(work, on_done=pytest.fail, on_failure=came.append)
    qtbot.waitUntil(lambda: not latest.busy)
    assert str(came[0]) == "There is no such file"
    with qtbot.captureExceptions() as caught:
        latest.submit(lambda: 1 // 0, on_done=pytest.fail, on_failure=pytest.fail)
        qtbot.waitUntil(lambda: bool(caught))
    latest.submit(lambda: 3, on_done=came.append)
    qtbot.waitUntil(lambda: came[1:] == [3])


def test_work_under_way_does_not_keep_the_process_alive():
    program = """
import threading
from PySide6.QtCore import QCoreApplication, QTimer
from vingui.gui import background
app = QCoreApplication([])
background.run(threading.Event().wait, on_done=print, parent=app)
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
                    raise VinguiError(name)
                return name

            return work

        turn.submit(
            make, on_done=order.append, on_failure=lambda error: order.append(f"failed {error}")
        )

    for name in "abc":
        ask(name)
    assert order == ["begin a"]
    release.set()
    assert turn.finish(30)
    assert order == ["begin a", "a", "begin b", "failed b", "begin c", "c"]


def test_the_end_waits_for_a_file_no_longer_than_it_is_given(qtbot):
    parent = QObject()
    turn, release = background.InTurn(parent), threading.Event()
    turn.submit(lambda: lambda: release.wait(30), on_done=lambda _: None)
    assert not turn.finish(0.01)
    release.set()
    assert turn.finish(30)
