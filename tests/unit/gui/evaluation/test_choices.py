"""What is entered in the Evaluate panel: remembered, and turned into sets of maps."""

import pytest

from vingui.core.evaluation_sets import MapSet
from vingui.core.generated_maps import GeneratedMaps
from vingui.core.train_settings import HELD_OUT_SEED
from vingui.gui.evaluation.choices import OWN, EvaluationChoices


def test_choices_are_remembered_as_they_are():
    choices = EvaluationChoices(
        models=("vin-8x8", "/x/own.keras"),
        maps=("map", "maze"),
        count=7,
        starts="all",
        iterations=9,
        processes=3,
    )
    assert EvaluationChoices.of_text(choices.encoded()) == choices


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "null", "[1]", '{"count": "7"}', '{"models": 3}', '{"nothing": 1}'),
        '{"references": 1}',
        "[" * 100_000,
    ],
)
def test_what_cannot_be_read_gives_the_defaults(text):
    assert EvaluationChoices.of_text(text) == EvaluationChoices()


def test_each_name_is_a_set_of_maps():
    maps = ("map", "like", "maze", "/x/set.npz")
    choices = EvaluationChoices(maps=maps, count=30, rows=16, cols=9, seed=4)
    assert list(choices.sets) == [
        MapSet("map"),
        MapSet("like", "30", 4),
        MapSet("generate", "maze:16x9:30", 4),
        MapSet("file", "/x/set.npz"),
    ]
    generated = GeneratedMaps.parse("maze:16x9:30", seed=4)
    assert (generated.rows, generated.cols, len(generated)) == (16, 9, 30)
    assert EvaluationChoices().seed == HELD_OUT_SEED


def test_auto_is_the_k_of_each_model():
    assert EvaluationChoices(iterations=OWN).k == "own"
    assert EvaluationChoices(iterations=40).k == 40


@pytest.mark.parametrize(
    ("maps", "has_size", "is_random"),
    [
        (("map",), False, False),
        (("map", "like"), False, True),
        (("maze",), True, True),
        (("/x/set.npz",), False, False),
    ],
)
def test_the_fields_that_matter_follow_from_the_maps(maps, has_size, is_random):
    choices = EvaluationChoices(maps=maps)
    assert (choices.has_size, choices.is_random) == (has_size, is_random)
