"""Large arrays are let go of a little at a time."""

import weakref

import numpy as np

from vingui.gui.planner import deferred_free as module
from vingui.gui.planner.deferred_free import Attic


class Held(np.ndarray):
    """An array that can be asked whether it is still there."""


def arrays(count, *, nbytes):
    return [np.zeros(nbytes, np.uint8).view(Held) for _ in range(count)]


def test_what_is_large_goes_piece_by_piece(qtbot):
    attic, some = Attic(), arrays(5, nbytes=module._AT_ONCE)
    left = [weakref.ref(one) for one in some]
    attic.hold(some)
    del some
    counts = [sum(one() is not None for one in left)]
    attic._timer.timeout.connect(lambda: counts.append(sum(one() is not None for one in left)))
    qtbot.waitUntil(lambda: not attic._held)
    assert counts == [5, 4, 3, 2, 1, 0]
    assert not attic._timer.isActive()


def test_what_is_small_goes_at_once(qapp):
    attic, some = Attic(), arrays(5, nbytes=1000)
    left = [weakref.ref(one) for one in some]
    attic.hold(some)
    del some
    assert not any(one() is not None for one in left)


def test_what_somebody_else_still_holds_stays(qtbot):
    attic, (one, *_) = Attic(), arrays(3, nbytes=module._AT_ONCE)
    attic.hold([one, *arrays(3, nbytes=module._AT_ONCE)])
    qtbot.waitUntil(lambda: not attic._held)
    assert one.nbytes == module._AT_ONCE
