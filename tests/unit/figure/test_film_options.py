"""What can be chosen about a film, and what cannot."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vingui.core.errors import VinguiError
from vingui.figure.film_options import FilmOptions
from vingui.figure.options import FigureOptions

OPTIONS = st.builds(
    FilmOptions,
    figure=st.builds(FigureOptions, dpi=st.integers(36, 600), contours=st.booleans()),
    rate=st.none() | st.floats(1, 60) | st.integers(1, 60),
    every=st.integers(1, 10**6),
    hold=st.none() | st.floats(0, 60),
    loop=st.booleans(),
    first=st.none() | st.integers(1, 10),
    last=st.none() | st.integers(10, 10**6),
)


@given(OPTIONS)
def test_options_come_back_from_json(options):
    text = json.dumps(options.record(), allow_nan=False)
    assert FilmOptions.of_record(json.loads(text)) == options


def test_what_a_record_does_not_name_is_the_default():
    assert FilmOptions.of_record({}) == FilmOptions()
    assert FilmOptions.of_record({"rate": 5}) == FilmOptions(rate=5)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"rate": 0.5}, "rate must be from 1 to 60, not 0.5"),
        ({"rate": 61}, "rate must be from 1 to 60, not 61"),
        ({"rate": math.nan}, "rate must be from 1 to 60, not nan"),
        ({"rate": "20"}, "rate must be a number, not '20'"),
        ({"rate": True}, "rate must be a number, not True"),
        ({"rate": 10**400}, "rate must be from 1 to 60, not 1000000"),
        ({"hold": -1}, "hold must be from 0 to 60, not -1"),
        ({"hold": math.inf}, "hold must be from 0 to 60, not inf"),
        ({"every": 0}, "every must be from 1 to 1,000,000,000, not 0"),
        ({"every": 1.0}, "every must be a whole number, not 1.0"),
        ({"loop": 1}, "loop must be true or false, not 1"),
        ({"first": 0}, "first must be from 1 to 1,000,000,000, not 0"),
        ({"last": "9"}, "last must be a whole number, not '9'"),
        ({"first": 9, "last": 8}, "The film's last iteration, 8, is before its first, 9"),
        ({"figure": {"dpi": 0}}, "dpi must be"),
        ({"figure": 3}, "The options of a figure must be names and values, not 3"),
        ({"figure": None}, "The options of a figure must be names and values, not None"),
        ({"speed": 3}, "A film has no option 'speed'"),
        ({3: 3}, "A film has no option 3"),
        ([], r"The options of a film must be names and values, not \[\]"),
    ],
)
def test_what_is_out_of_range_is_refused_in_one_line(given, message):
    with pytest.raises(VinguiError, match=f"^{message}") as caught:
        FilmOptions.of_record(given)
    assert len(str(caught.value)) < 200
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("frames", "rate", "hold", "seconds"),
    [(1, 20, 0, 0.05), (1, 20, 2, 2), (81, 20, 1, 5), (81, 20, 0, 4.05)],
)
def test_how_long_a_film_is(frames, rate, hold, seconds):
    assert FilmOptions(rate=rate, hold=hold).seconds(frames) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("frames", "rate", "hold", "seconds"),
    [
        (1, 2, 1.5, 1.5),
        (3, 2, 1.5, 2.5),
        (16, 4, 1.5, 5.25),
        (40, 6, 1.7, 8.2),
        (80, 9, 2.2, 10.98),
        (500, 22, 3, 25.68),
        (5000, 50, 3, 102.98),
    ],
)
def test_a_film_can_be_followed_whatever_its_length(frames, rate, hold, seconds):
    assert FilmOptions().timing(frames) == (rate, hold)
    assert FilmOptions().seconds(frames) == pytest.approx(seconds, abs=0.01)


@given(st.integers(1, 10_000))
def test_usual_films_are_none_too_fast_and_longer_with_more_frames(frames):
    rate, hold = FilmOptions().timing(frames)
    assert 2 <= rate <= 50
    assert 1.5 <= hold <= 3
    assert FilmOptions().seconds(frames + 100) > FilmOptions().seconds(frames)
    FilmOptions(rate=rate, hold=hold)


@pytest.mark.parametrize(
    ("options", "timing"),
    [
        ({"rate": 20}, (20, 1.5)),
        ({"rate": 1}, (1, 3)),
        ({"hold": 0}, (4, 0)),
        ({"rate": 60, "hold": 60}, (60, 60)),
    ],
)
def test_a_rate_or_hold_that_is_given_stays(options, timing):
    assert FilmOptions(**options).timing(16) == timing
