"""What is said about networks: short, and true of the network that it is about."""

from dataclasses import replace

import pytest

from vingui.core.architectures import about
from vingui.core.cards import shipped_models

CARDS = {card.name: card for card in shipped_models()}


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
def test_five_short_lines_are_about_every_shipped_model(card):
    lines = about(card)
    assert len(lines) == 5
    for line in lines:
        assert line.endswith(".")
        assert len(line) < 170
        assert "{" not in line
    for line, subject in zip(lines[2:], ("Built in", "Dijkstra's", "The paper's VIN"), strict=True):
        assert line.startswith(subject)


def test_numbers_and_inputs_are_those_of_the_card():
    assert "3,260 weights" in about(CARDS["vin-28x28"])[0]
    assert about(CARDS["costs-picture-8"])[0].endswith(
        "by a picture of it and of its surroundings."
    )
    assert about(CARDS["costs-elevation"])[0].endswith("higher or lower its neighbours are.")


def test_only_a_network_whose_moves_are_all_right_is_called_exact():
    card = CARDS["dynamic-8"]
    assert card.learned["observations_right"] == 256
    assert "exact" in about(card)[4]
    assert "to the same values" in about(card)[3]
    for learned in ({}, {"observations_right": 255, "observations": 256}):
        lines = about(replace(card, learned=learned))
        assert "exact" not in lines[4]
        assert lines[3].endswith("and are as right as the moves that it learned.")


def test_nothing_is_said_about_an_unknown_architecture():
    assert about(replace(CARDS["dynamic-8"], architecture="other")) == []
