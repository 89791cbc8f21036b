"""Large arrays are let go of a little at a time."""

import weakref

import numpy as np

from vingui.gui.planner import deferred_free as module
from vingui.gui.planner.deferred_free import DeferredFree


class Held(np.ndarray):
    """An array that can be asked whether it is still there."""


def arrays(count, *, nbytes):
    return [np.zeros(nbytes, np.uint8).view(Held) for _ in range(count)]


def test_what_is_large_goes_piece_by_piece(qtbot):
    free, some = DeferredFree(), arrays(5, nbytes=module._AT_ONCE)
    left = [weakref.ref(one) for one in some]
    free.free_later(some)
    del some
    counts = [sum(one() is not None for one in left)]
    free._timer.timeout.connect(lambda: counts.append(sum(one() is not None for one in left)))
    qtbot.waitUntil(lambda: not free._held)
    assert counts == [5, 4, 3, 2, 1, 0]
    assert not free._timer.isActive()


def test_what_is_small_goes_at_once(qapp):
    free, some = DeferredFree(), arrays(5, nbytes=1000)
    left = [weakref.ref(one) for one in some]
    free.free_later(some)
    del some
    assert not any(one() is not None for one in left)


def test_what_somebody_else_still_holds_stays(qtbot):
    free, (one, *_) = DeferredFree(), arrays(3, nbytes=module._AT_ONCE)
    free.free_later([one, *arrays(3, nbytes=module._AT_ONCE)])
    qtbot.waitUntil(lambda: not free._held)
    assert one.nbytes == module._AT_ONCE
