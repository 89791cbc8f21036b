"""The sentences about why trajectories fail."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from vingui.core.diagnosis import Diagnosis, More, Peak, Reason, WrongStep
from vingui.core.diagnosis_text import explain
from vingui.core.rollout import NO_ACTION
from vingui.core.surroundings import Difference

GRID = SimpleNamespace(goals=((0, 0),))
RUN = SimpleNamespace(model="vin-8x8", is_search=False, latest=40, grid=GRID)
SEARCH = SimpleNamespace(model="breadth-first", is_search=True, latest=40, grid=GRID)
WRONG = WrongStep((3, 4), 0, 2, None, None)
FIRST = "First wrong step at row 3, col 4: N instead of E"


def found(*reasons, more=More.UNKNOWN, **kwargs):
    nothing = np.empty((0, 2), np.int64)
    fields = {"needed": 0, "wrong": WRONG, "peak": None, "unlike": (), **kwargs}
    return Diagnosis(reasons, more, k=10, horizon=11, loop=nothing, **fields)


PEAK = found(Reason.PEAK, peak=Peak((5, 6), 1.5, -2.25), more=More.CANNOT)
UNLIKE = (
    Difference("path", (23.4,), (0,), (10,)),
    Difference("walls", (0.204,), (0.44,), (0.59,)),
    Difference("width", (9.0,), (1.0,), (6.0,)),
    Difference("size", (20, 21), (8, 8), (8, 8)),
)


@pytest.mark.parametrize(
    ("diagnosis", "words"),
    [
        (found(Reason.NO_PATH, wrong=None, more=More.CANNOT), ""),
        (found(), f"{FIRST}. Why is unknown."),
        (found(more=More.MAY), f"{FIRST}. Why is unknown; V has not converged."),
        (
            PEAK,
            (
                f"{FIRST}. A peak of V at row 5, col 6 holds it: 1.50, and −2.25 at the goal; V "
                "has converged, so more iterations change nothing."
            ),
        ),
        (
            found(Reason.NOT_ARRIVED, more=More.CAN, wrong=replace(WRONG, chosen=NO_ACTION)),
            (
                "V_10 knows no paths of more than 11 moves, and the best from there has more; more "
                "iterations can find it."
            ),
        ),
        (
            found(Reason.NOT_ARRIVED, needed=15, more=More.LATER),
            (
                f"{FIRST}. The goal is 15 cells away, and V_10 sees no farther than 11; at K = 40 "
                "it is right."
            ),
        ),
        (found(Reason.UNSEEN_COSTS), f"{FIRST}. The network cannot see that its path costs more."),
        (
            found(Reason.NOT_ARRIVED, Reason.UNLIKE_TRAINING, needed=15, unlike=UNLIKE),
            f"{FIRST}. The goal is 15 cells away, and V_10 sees no farther than 11.",
        ),
        (found(Reason.BELIEVED_COSTS), f"{FIRST}."),
        (
            found(Reason.UNSEEN_COSTS, Reason.UNLIKE_TRAINING, unlike=UNLIKE),
            (
                f"{FIRST}. The network cannot see that its path costs more; unlike the training's "
                "maps: a path of 23.4 (there up to 10)."
            ),
        ),
        (
            found(Reason.UNLIKE_TRAINING, unlike=UNLIKE, more=More.MAY),
            (
                f"{FIRST}. Unlike the training's maps: a path of 23.4 (there up to 10), 20 % walls "
                "(there 44 to 59 %)."
            ),
        ),
        (
            found(Reason.UNLIKE_TRAINING, unlike=UNLIKE[2:]),
            (
                f"{FIRST}. Unlike the training's maps: free space 9 wide (there 1 to 6), 20x21 "
                "(there 8x8)."
            ),
        ),
    ],
)
def test_a_diagnosis_in_words(diagnosis, words):
    assert explain(diagnosis, RUN) == words


@pytest.mark.parametrize(
    ("q", "probabilities", "numbers"),
    [
        ((-7.414, -7.8), (0.6, 0.4), " (q −7.41 against −7.80)"),
        (None, (0.62, 0.38), " (probability 62 % against 38 %)"),
    ],
)
def test_the_numbers_of_the_first_wrong_step(q, probabilities, numbers):
    wrong = replace(WRONG, q=q, probabilities=probabilities)
    assert explain(found(wrong=wrong), RUN) == f"{FIRST}{numbers}. Why is unknown."


def test_all_reasons_and_all_that_more_iterations_change_have_words():
    for reason in Reason:
        for more in More:
            run = SEARCH if reason is Reason.METHOD else RUN
            assert isinstance(explain(replace(PEAK, reasons=(reason,), more=more), run), str)
