"""Labels of points: inside the chart, beside their points, and none over another."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vingui.core.label_placement import place_labels

WIDTH, HEIGHT, RADIUS = 200.0, 150.0, 7.0
POINTS = st.lists(st.tuples(st.floats(0, WIDTH), st.floats(0, HEIGHT)), max_size=12)


def placed(points, sizes):
    points, sizes = (np.array(pairs, float).reshape(-1, 2) for pairs in (points, sizes))
    return place_labels(points, sizes, width=WIDTH, height=HEIGHT, radius=RADIUS)


def overlap(one, other):
    return all(one[i] < other[i + 2] and other[i] < one[i + 2] for i in (0, 1))


@settings(max_examples=150)
@given(POINTS, st.data())
def test_labels_overlap_neither_labels_nor_points(points, data):
    size = st.tuples(st.floats(5, 80), st.floats(5, 20))
    sizes = [data.draw(size) for _ in points]
    places = placed(points, sizes)
    assert len(places) == len(points)
    boxes = [
        (number, (x, y, x + width, y + height))
        for number, (place, (width, height)) in enumerate(zip(places, sizes, strict=True))
        if place is not None
        for x, y in [place]
    ]
    for number, box in boxes:
        assert box[0] >= 0 and box[1] >= 0  # noqa: PT018 - one property
        assert box[2] <= WIDTH + 1e-9
        assert box[3] <= HEIGHT + 1e-9
        assert not any(overlap(box, other) for another, other in boxes if another != number)
        for another, (x, y) in enumerate(points):
            disc = x - RADIUS + 1e-6, y - RADIUS + 1e-6, x + RADIUS - 1e-6, y + RADIUS - 1e-6
            assert another == number or not overlap(box, disc)


@given(st.tuples(st.floats(0, WIDTH), st.floats(0, HEIGHT)))
def test_a_label_alone_lies_beside_its_point(point):
    (place,) = placed([point], [(40, 12)])
    gaps = [
        max(point[i] - (place[i] + size), place[i] - point[i]) for i, size in ((0, 40), (1, 12))
    ]
    assert abs(max(gaps) - RADIUS) < 1e-6


def test_a_label_without_room_is_left_out():
    assert placed([(100, 75)], [(WIDTH + 1, 12)]) == [None]
    crowd = placed([(100, 75)] * 12, [(40, 12)] * 12)
    assert 4 <= crowd.count(None) < 12
    assert placed([], []) == []
