from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QSpinBox, QToolButton, QWidget

from vingui.gui.look.theme import Theme
from vingui.gui.playback.playback import Playback
from vingui.gui.playback.scrubber import Scrubber
from vingui.gui.playback.transport import TransportBar
from vingui.gui.settings import ITERATIONS, LOOP, SPEED, Settings

IDS = ("first", "step-back", "play", "step-forward", "last", "live", "loop", "walk")
OPTIONAL = ("speed", "transport-walk", "transport-loop")


@pytest.fixture
def session(qapp):
    settings = Settings()
    for setting in (SPEED, LOOP, ITERATIONS):
        settings.set(setting, setting.default)
    return SimpleNamespace(settings=settings, playback=Playback(settings), theme=Theme())


@pytest.fixture
def actions(session):
    playback = session.playback
    acts = {
        "first": playback.first,
        "step-back": lambda: playback.step(-1),
        "play": playback.toggle,
        "step-forward": lambda: playback.step(1),
        "last": playback.end,
        "live": playback.toggle_live,
        "loop": lambda: None,
        "walk": playback.walk,
    }
    made = {}
    for id_ in IDS:
        made[id_] = QAction(id_.capitalize())
        made[id_].setCheckable(id_ in ("live", "loop"))
        made[id_].triggered.connect(lambda _=False, act=acts[id_]: act())
    return made


@pytest.fixture
def bar(qtbot, session, actions):
    made = TransportBar(session.playback, session.settings, session.theme, actions)
    qtbot.addWidget(made)
    made.resize(600, made.sizeHint().height())
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def playback(session, bar):
    session.playback.set_last(80, finished=True)
    return session.playback


@pytest.fixture
def scrubber(bar, playback):
    return bar.findChild(Scrubber)


@pytest.fixture
def spin(bar, playback):
    return bar.findChild(QSpinBox)


def at(scrubber, k):
    return QPoint(round(scrubber.x_of(k)), scrubber.height() // 2)


def click(bar, name):
    button = bar.findChild(QToolButton, f"transport-{name}")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_no_plan_yet(bar):
    spin, scrubber = bar.findChild(QSpinBox), bar.findChild(Scrubber)
    assert spin.text() == "no plan yet"
    assert not spin.isEnabled()
    assert not scrubber.isEnabled()
    bar.grab()


def test_buttons(bar, playback):
    click(bar, "first")
    assert playback.k == 1
    click(bar, "step-forward")
    assert playback.k == 2
    click(bar, "step-back")
    assert playback.k == 1
    click(bar, "last")
    assert (playback.k, playback.live) == (80, True)
    click(bar, "play")
    assert playback.playing
    click(bar, "play")
    assert not playback.playing


def test_play_says_what_it_will_do(bar, playback):
    button = bar.findChild(QToolButton, "transport-play")
    assert button.accessibleName() == "Replay"
    playback.seek(10)
    assert button.accessibleName() == "Play"
    playback.play()
    assert button.accessibleName() == "Pause"
    playback.pause()


def test_live_is_lit_while_it_follows(bar, playback):
    button = bar.findChild(QToolButton, "transport-live")
    lit = button.grab().toImage()
    playback.seek(10)
    assert button.grab().toImage() != lit
    click(bar, "live")
    assert playback.live
    assert playback.k == 80


def test_a_click_jumps_there(scrubber, playback):
    QTest.mouseClick(scrubber, Qt.MouseButton.LeftButton, pos=at(scrubber, 37))
    assert playback.k == 37
    assert scrubber.value() == 37
    assert not playback.live


def test_a_drag_scrubs(qtbot, scrubber, playback):
    moved = []
    playback.moved.connect(moved.append)
    QTest.mousePress(scrubber, Qt.MouseButton.LeftButton, pos=at(scrubber, 20))
    for k in (30, 40, 50):
        QTest.mouseMove(scrubber, at(scrubber, k))
        qtbot.waitUntil(lambda k=k: moved[-1] == k)
    QTest.mouseRelease(scrubber, Qt.MouseButton.LeftButton, pos=at(scrubber, 52))
    QTest.mouseMove(scrubber, at(scrubber, 60))
    assert moved == [20, 30, 40, 50, 52]


def test_the_last_of_a_drag_counts(scrubber, playback):
    QTest.mousePress(scrubber, Qt.MouseButton.LeftButton, pos=at(scrubber, 20))
    QTest.mouseMove(scrubber, QPoint(-50, 0))
    QTest.mouseRelease(scrubber, Qt.MouseButton.LeftButton, pos=QPoint(-50, 0))
    assert playback.k == 1


def test_keys(scrubber, playback):
    scrubber.setFocus()
    for key, k in (
        (Qt.Key.Key_Home, 1),
        (Qt.Key.Key_Right, 2),
        (Qt.Key.Key_PageUp, 12),
        (Qt.Key.Key_Left, 11),
        (Qt.Key.Key_End, 80),
    ):
        QTest.keyClick(scrubber, key)
        assert playback.k == k
    assert playback.live


def test_wheel(scrubber, playback):
    def turn(angle):
        event = QWheelEvent(
            QPointF(20, 10),
            QPointF(scrubber.mapToGlobal(QPoint(20, 10))),
            QPoint(),
            QPoint(0, angle),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(scrubber, event)

    playback.seek(40)
    turn(-240)
    assert playback.k == 38
    turn(60)
    assert playback.k == 38
    turn(60)
    assert playback.k == 39


def test_line_reaches_as_far_as_is_planned(session, bar):
    scrubber = bar.findChild(Scrubber)
    session.settings.set(ITERATIONS, 200)
    session.playback.set_last(50, finished=False)
    assert (scrubber.maximum(), scrubber.value()) == (200, 50)
    bar.grab()
    session.settings.set(ITERATIONS, 0)
    assert scrubber.maximum() == 50
    bar.grab()
    session.playback.set_last(60, finished=True)
    assert scrubber.maximum() == 60


def test_a_shorter_run_leaves_the_playhead(session, scrubber, playback):
    playback.seek(37)
    playback.set_last(50, finished=True)
    assert (playback.k, scrubber.value()) == (37, 37)


def test_typing_an_iteration(spin, playback):
    assert spin.text() == "k = 80 / 80"
    spin.setFocus()
    spin.selectAll()
    QTest.keyClicks(spin, "37")
    assert playback.k == 80
    QTest.keyClick(spin, Qt.Key.Key_Return)
    assert (playback.k, spin.text()) == (37, "k = 37 / 80")
    QTest.keyClick(spin, Qt.Key.Key_Up)
    assert playback.k == 38


def test_what_is_typed_is_left_alone(spin, playback):
    playback.set_last(90, finished=False)
    spin.setFocus()
    spin.selectAll()
    QTest.keyClicks(spin, "12")
    playback.set_last(120, finished=False)
    assert spin.lineEdit().text() == "k = 12 / 90"
    QTest.keyClick(spin, Qt.Key.Key_Return)
    assert spin.text() == "k = 12 / 120"
    assert (playback.k, playback.live) == (12, False)


def test_the_number_does_not_change_in_width(spin, playback):
    width = spin.width()
    for k in (1, 9, 10, 80):
        playback.seek(k)
        assert spin.width() == width
    playback.set_last(999, finished=True)
    assert spin.width() == width


def test_speed(bar, session):
    speed = bar.findChild(QComboBox, "speed")
    assert speed.currentText() == "10 it/s"
    speed.setFocus()
    QTest.keyClick(speed, Qt.Key.Key_Down)
    assert session.settings.get(SPEED) == 20.0
    session.settings.set(SPEED, 1000.0)
    assert speed.currentText() == "1000 it/s"
    session.settings.set(SPEED, 33.0)
    assert (speed.currentIndex(), speed.placeholderText()) == (-1, "33 it/s")


def test_fits_where_there_is_little_room(qtbot, bar):
    shown = {}
    for width in (600, 420, bar.minimumSizeHint().width()):
        bar.resize(width, bar.height())
        shown[width] = [name for name in OPTIONAL if not bar.findChild(QWidget, name).isHidden()]
        inside = [one for one in bar.findChildren(QToolButton) if not one.isHidden()]
        assert all(one.geometry().right() < width for one in inside)
    assert next(iter(shown.values())) == list(OPTIONAL)
    assert list(shown.values())[-1] == []
    bar.resize(600, bar.height())
    assert not bar.findChild(QComboBox, "speed").isHidden()


def test_it_follows_the_theme(session, scrubber, playback):
    session.theme.choose("light")
    light = scrubber.grab().toImage()
    session.theme.choose("dark")
    assert scrubber.grab().toImage() != light
    played = scrubber.grab().toImage().pixelColor(at(scrubber, 20))
    assert played.name() == session.theme.look.accent


def test_what_can_be_used_has_a_name(bar):
    for child in (*bar.findChildren(QToolButton), bar.findChild(Scrubber), bar.findChild(QSpinBox)):
        assert child.objectName()
        assert child.accessibleName()
        assert child.toolTip()
