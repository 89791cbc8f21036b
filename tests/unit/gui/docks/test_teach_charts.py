"""The charts of the Teach panel: what they show, in both looks."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor

from vingui.core.terrain import STANDARD, palette_of_levels
from vingui.gui.docks.chart import LogAxis
from vingui.gui.docks.teach_charts import AgreementChart, CostChart
from vingui.gui.look.theme import DARK, LIGHT, Theme

LEARNED = np.array([1.1, 1.5, 2.5, np.nan, 9.5])


@pytest.fixture
def theme(qapp):
    return Theme()


def shown(qtbot, chart, width=320, height=260):
    qtbot.addWidget(chart)
    chart.resize(width, height)
    chart.show()
    qtbot.waitExposed(chart)
    return chart


@pytest.fixture
def costs(qtbot, theme):
    chart = shown(qtbot, CostChart(theme))
    chart.show_costs(STANDARD, LEARNED)
    return chart


def test_a_point_a_kind_whose_cost_was_learned(costs):
    true, learned = costs.points.getData()
    np.testing.assert_allclose(10**true, [1, 1.5, 3, 9])
    np.testing.assert_allclose(10**learned, [1.1, 1.5, 2.5, 9.5])
    assert costs.names == ("road", "grass", "sand", "shallow water")
    assert "sand: true cost 3, learned 2.5" in costs.accessibleDescription()
    assert "mud" not in costs.accessibleDescription()


def test_costs_that_are_not_positive_have_no_point(costs):
    costs.show_costs(STANDARD, np.array([0.0, -1, np.inf, np.nan, 2]))
    assert costs.names == ("shallow water",)
    costs.show_costs(STANDARD, np.full(5, np.nan))
    assert costs.names == ()
    assert len(costs.points.getData()[0]) == 0


def test_both_axes_are_alike_and_the_diagonal_is_what_was_learned_exactly(costs):
    across, up = costs.box.viewRange()
    np.testing.assert_allclose(across, up)
    xs, ys = costs.diagonal.getData()
    np.testing.assert_allclose(xs, ys)
    np.testing.assert_allclose(xs, across)


def area(chart, label):
    """The area of a label in the chart."""
    return label.mapRectToScene(label.boundingRect())


def test_names_lie_inside_and_apart(costs):
    assert list(costs.labels) == list(costs.names)
    areas = [area(costs, label) for label in costs.labels.values()]
    box = costs.box.mapRectToScene(costs.box.rect())
    for number, one in enumerate(areas):
        assert box.adjusted(-1, -1, 1, 1).contains(one)
        inner = one.adjusted(0.5, 0.5, -0.5, -0.5)
        assert not any(inner.intersects(other) for other in areas[number + 1 :])


def test_names_are_placed_anew_when_the_chart_is_resized_and_dropped_where_there_is_no_room(
    costs, qtbot
):
    before = {name: label.pos() for name, label in costs.labels.items()}
    costs.resize(500, 400)
    qtbot.waitUntil(lambda: {n: label.pos() for n, label in costs.labels.items()} != before)
    levels = palette_of_levels(np.geomspace(1, 50, 40))
    costs.show_costs(levels, levels.costs)
    assert len(costs.names) == 40
    assert 3 <= len(costs.labels) < 40


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=lambda look: look.name)
def test_points_have_the_colours_of_the_map_in_the_look(costs, theme, look):
    theme.choose(look.name)
    grass = costs.points.points()[1]
    green = grass.brush().color()
    assert (green == QColor(STANDARD[1].colour)) == (look is LIGHT)
    assert green.green() > green.red()
    place = costs.mapFromScene(costs.box.mapViewToScene(grass.pos()))
    picture = costs.grab().toImage()
    assert picture.pixelColor(place) == green
    assert picture.pixelColor(2, 2) == QColor(look.panel)
    assert costs.labels["grass"].color == QColor(look.text)


@pytest.fixture
def agreement(qtbot, theme):
    return shown(qtbot, AgreementChart(theme))


def test_agreement_is_joined_in_order_of_the_numbers(agreement):
    agreement.show_agreement(np.array([5, 100, 20]), np.array([0.25, 1, 0.5]))
    numbers, percentages = agreement.curve.getData()
    np.testing.assert_allclose(10**numbers, [5, 20, 100])
    np.testing.assert_allclose(percentages, [25, 50, 100])
    assert agreement.accessibleDescription() == (
        "5 demonstrations: 25.00%; 20 demonstrations: 50.00%; 100 demonstrations: 100.00%"
    )
    low, high = agreement.box.viewRange()[0]
    assert low < np.log10(5)
    assert high > 2
    low, high = agreement.box.viewRange()[1]
    assert low < 0
    assert high > 100


@pytest.mark.parametrize("numbers", [[], [10]])
def test_few_points_have_an_axis_too(agreement, numbers):
    agreement.show_agreement(np.array(numbers, int), np.full(len(numbers), 0.5))
    low, high = agreement.box.viewRange()[0]
    assert high - low > 0.5
    agreement.grab()


def test_the_curve_follows_the_theme(agreement, theme):
    theme.choose("dark")
    assert agreement.curve.opts["pen"].color() == QColor(DARK.accent)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.floats(-3, 3), st.floats(0.05, 5), st.floats(60, 1200))
def test_ticks_are_ones_twos_and_fives_with_room_between_them(qapp, low, span, size):
    axis = LogAxis("bottom")
    ((_, values),) = axis.tickValues(low, low + span, size)
    texts = axis.tickStrings(values, 1, 1)
    assert all(text.replace(",", "").strip("0.")[0] in "125" for text in texts)
    assert all(low <= value <= low + span for value in values)
    if len(values) > 1:
        assert np.diff(values).min() * size / span >= 10
