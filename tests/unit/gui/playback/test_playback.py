import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QTimer

from vingui.gui.playback.playback import LONGEST_WALK, SHORTEST_WALK, Playback, walk_seconds
from vingui.gui.settings import LOOP, SPEED, Settings


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def kept(qapp):
    made = Settings()
    made.set(SPEED, 20.0)
    made.set(LOOP, False)
    return made


@pytest.fixture
def playback(kept, clock):
    return Playback(kept, clock=clock)


@pytest.fixture
def finished(playback):
    playback.set_last(80, finished=True)
    return playback


def ticking(playback):
    return any(timer.isActive() for timer in playback.findChildren(QTimer))


def pass_time(qtbot, clock, playback, seconds):
    """Let time pass, and the playback notice."""
    timer = next(timer for timer in playback.findChildren(QTimer) if not timer.isSingleShot())
    clock.now += seconds
    if timer.isActive():
        with qtbot.waitSignal(timer.timeout):
            pass


def test_nothing_to_show(playback):
    assert (playback.k, playback.last, playback.live, playback.verb) == (0, 0, True, "Play")
    for act in (playback.play, playback.walk, playback.first, lambda: playback.step(1)):
        act()
        assert (playback.k, playback.playing, playback.live) == (0, False, True)
    assert not ticking(playback)


def test_live_follows_the_newest(qtbot, playback):
    moved = []
    playback.moved.connect(moved.append)
    for last in (1, 5, 30):
        playback.set_last(last, finished=False)
    playback.set_last(80, finished=True)
    assert moved == [1, 5, 30, 80]
    assert playback.live
    assert not ticking(playback)


def test_stepping_leaves_live(playback):
    playback.set_last(30, finished=False)
    playback.step(-1)
    assert (playback.k, playback.live) == (29, False)
    playback.set_last(60, finished=False)
    assert playback.k == 29
    playback.step(1)
    playback.step(1)
    assert playback.k == 31
    playback.end()
    assert (playback.k, playback.live) == (60, True)


def test_the_newest_of_a_growing_run_is_not_followed_unasked(playback):
    playback.set_last(30, finished=False)
    playback.seek(10)
    playback.seek(99)
    assert (playback.k, playback.live) == (30, False)
    playback.set_last(40, finished=False)
    assert playback.k == 30


def test_the_end_of_a_finished_run_is_followed(finished):
    finished.seek(10)
    assert not finished.live
    finished.seek(80)
    assert finished.live


def test_toggle_live(finished):
    finished.toggle_live()
    assert (finished.k, finished.live) == (80, False)
    finished.set_last(100, finished=True)
    assert finished.k == 80
    finished.toggle_live()
    assert (finished.k, finished.live) == (100, True)


def test_stays_where_it_was_put_while_runs_are_replaced(finished):
    finished.seek(37)
    finished.set_last(0, finished=False)
    assert finished.k == 0
    finished.set_last(12, finished=False)
    assert finished.k == 12
    finished.set_last(60, finished=True)
    assert finished.k == 37


def test_plays_by_elapsed_time(qtbot, clock, finished):
    finished.seek(10)
    finished.play()
    assert (finished.playing, finished.verb, finished.live) == (True, "Pause", False)
    pass_time(qtbot, clock, finished, 0.5)
    assert finished.k == 20
    with qtbot.waitSignal(finished.moved) as signal:
        clock.now += 2.0
    assert signal.args == [60]
    finished.pause()
    assert (finished.k, finished.verb) == (60, "Play")
    assert not ticking(finished)


def test_speed_is_taken_over_at_once(qtbot, clock, kept, finished):
    finished.first()
    finished.play()
    with qtbot.waitSignal(finished.state_changed):
        kept.set(SPEED, 100.0)
    pass_time(qtbot, clock, finished, 0.2)
    assert finished.k == 21
    finished.pause()


def test_play_from_the_end_starts_again(finished):
    assert finished.verb == "Replay"
    finished.toggle()
    assert (finished.k, finished.playing, finished.live) == (1, True, False)
    finished.toggle()
    assert not finished.playing


def test_seeking_goes_on_playing_and_stepping_does_not(qtbot, clock, finished):
    finished.play()
    finished.seek(40)
    assert finished.playing
    pass_time(qtbot, clock, finished, 0.1)
    assert finished.k == 42
    finished.step(-2)
    assert (finished.k, finished.playing) == (40, False)


def test_waits_at_the_newest_and_goes_on(qtbot, clock, playback):
    playback.set_last(10, finished=False)
    playback.seek(8)
    playback.play()
    pass_time(qtbot, clock, playback, 1.0)
    assert (playback.k, playback.playing) == (10, True)
    assert not ticking(playback)
    clock.now += 60
    playback.set_last(50, finished=False)
    pass_time(qtbot, clock, playback, 0.5)
    assert playback.k == 20
    playback.pause()


def test_in_the_hand_time_stands_still(qtbot, clock, finished):
    finished.seek(10)
    finished.play()
    finished.hold()
    assert not ticking(finished)
    assert finished.playing
    clock.now += 10
    finished.scrub(30)
    finished.release()
    assert finished.k == 30
    pass_time(qtbot, clock, finished, 0.5)
    assert finished.k == 40
    finished.pause()


def test_play_frees_a_forgotten_hand(finished):
    finished.seek(10)
    finished.hold()
    finished.play()
    assert ticking(finished)
    finished.pause()


def test_scrubbing_moves_once_a_frame(qtbot, finished):
    moved = []
    finished.moved.connect(moved.append)
    for k in range(10, 60):
        finished.scrub(k)
    assert moved == [10]
    qtbot.waitUntil(lambda: moved == [10, 59])
    qtbot.waitUntil(lambda: not ticking(finished))


def test_dots_walk_on_arrival_and_then_it_stops(qtbot, clock, finished):
    steps = []
    finished.walked.connect(steps.append)
    finished.set_walk_length(10)
    finished.seek(70)
    finished.play()
    pass_time(qtbot, clock, finished, 5.0)
    assert (finished.k, finished.walking, finished.live) == (80, True, True)
    pass_time(qtbot, clock, finished, SHORTEST_WALK / 2)
    assert steps == [0.0, pytest.approx(5.0)]
    pass_time(qtbot, clock, finished, SHORTEST_WALK)
    assert steps[-1] == 10.0
    pass_time(qtbot, clock, finished, 5.0)
    assert steps[-1] == -1.0
    assert not (finished.playing)
    assert not (finished.walking)
    assert not ticking(finished)


def test_loop_starts_again(qtbot, clock, kept, finished):
    kept.set(LOOP, True)
    finished.seek(79)
    finished.play()
    for _ in range(2):
        pass_time(qtbot, clock, finished, 10.0)
    assert (finished.playing, finished.walking, finished.live) == (True, False, False)
    assert finished.k < 80
    finished.pause()


def test_a_walk_is_paused_and_goes_on(qtbot, clock, finished):
    steps = []
    finished.walked.connect(steps.append)
    finished.set_walk_length(10)
    finished.walk()
    pass_time(qtbot, clock, finished, SHORTEST_WALK / 10)
    finished.pause()
    assert (finished.walking, finished.playing, finished.verb) == (True, False, "Play")
    assert finished.steps == steps[-1]
    clock.now += 100
    finished.play()
    pass_time(qtbot, clock, finished, SHORTEST_WALK / 10)
    assert steps == [0.0, pytest.approx(1.0), pytest.approx(2.0)]
    finished.seek(3)
    assert steps[-1] == finished.steps == -1.0
    assert not finished.playing


@pytest.mark.parametrize(
    "edit",
    [
        lambda playback: playback.set_last(0, finished=False),
        lambda playback: playback.set_last(90, finished=True),
        lambda playback: playback.set_walk_length(0),
        lambda playback: playback.end(),
        lambda playback: playback.first(),
    ],
)
def test_what_ends_a_walk(qtbot, finished, edit):
    finished.set_walk_length(10)
    finished.walk()
    with qtbot.waitSignal(finished.walked, check_params_cb=lambda steps: steps == -1.0):
        edit(finished)
    assert not (finished.walking)
    assert not (finished.playing)
    assert not ticking(finished)


def test_growing_does_not_end_a_walk(playback):
    playback.set_last(10, finished=False)
    playback.set_walk_length(10)
    playback.walk()
    playback.set_last(20, finished=False)
    playback.set_last(30, finished=True)
    assert playback.walking
    playback.end()


def test_who_hears_of_it_may_move_the_playhead(finished):
    finished.moved.connect(lambda k: finished.seek(5) if k == 7 else None)
    finished.seek(7)
    assert finished.k == 5


@given(st.integers(1, 10_000))
def test_walk_seconds(steps):
    assert SHORTEST_WALK <= walk_seconds(steps) <= LONGEST_WALK
    assert walk_seconds(steps) <= walk_seconds(steps + 1)


ACTS = st.one_of(
    st.tuples(st.just("set_last"), st.integers(0, 9), st.booleans()),
    st.tuples(st.sampled_from(["step", "seek", "scrub", "set_walk_length"]), st.integers(-3, 12)),
    st.tuples(
        st.sampled_from(
            ["play", "pause", "toggle", "first", "end", "walk", "toggle_live", "hold", "release"]
        )
    ),
    st.tuples(st.just("tick"), st.floats(0, 3)),
)


@given(acts=st.lists(ACTS, max_size=30))
@settings(max_examples=200)
def test_laws(qapp, acts):
    clock = Clock()
    playback = Playback(Settings(), clock=clock)
    told, steps = [0], [-1.0]
    playback.moved.connect(told.append)
    playback.walked.connect(steps.append)
    for name, *values in acts:
        if name == "set_last":
            playback.set_last(values[0], finished=values[1])
        elif name == "tick":
            clock.now += values[0]
            timer = next(one for one in playback.findChildren(QTimer) if not one.isSingleShot())
            if timer.isActive():
                timer.timeout.emit()
        else:
            getattr(playback, name)(*values)
        assert playback.k == told[-1]
        assert 0 <= playback.k <= playback.last
        assert bool(playback.k) == bool(playback.last)
        assert not playback.live or playback.k == playback.last
        assert playback.walking or steps[-1] == -1.0
        assert not (playback.playing and playback.live and not playback.walking)
    playback.hold()
    assert all(one.isSingleShot() or not one.isActive() for one in playback.findChildren(QTimer))


def test_a_run_is_played_once_in_a_number_of_seconds_without_the_walk(qtbot, clock, finished):
    finished.set_walk_length(12)
    finished.play_once(5.0)
    assert (finished.k, finished.playing, finished.live) == (1, True, False)
    pass_time(qtbot, clock, finished, 2.5)
    assert finished.k == 40
    pass_time(qtbot, clock, finished, 2.5)
    assert (finished.k, finished.playing, finished.live) == (80, False, True)
    assert not finished.walking
    assert not ticking(finished)


def test_a_run_that_is_played_once_and_paused_goes_on_at_the_speed(qtbot, clock, finished):
    finished.play_once(1.0)
    pass_time(qtbot, clock, finished, 0.5)
    finished.pause()
    before = finished.k
    finished.play()
    pass_time(qtbot, clock, finished, 0.5)
    assert finished.k == before + 10


def test_nothing_is_played_once_without_values(playback):
    playback.play_once(5.0)
    assert (playback.k, playback.playing, playback.live) == (0, False, True)
