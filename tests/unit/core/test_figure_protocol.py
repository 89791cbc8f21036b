import io
from dataclasses import fields
from typing import get_args

import numpy as np
import pytest

from vingui.core.figure_protocol import (
    DataNeeded,
    Drawn,
    DrawRequest,
    EvaluationFigureRequest,
    ExportMessage,
    ExportRequest,
    Failed,
    NewRun,
    NewStarts,
    Progress,
    StopRequest,
    Written,
)
from vingui.core.frame import MapFrame
from vingui.core.grid import GridMap
from vingui.core.pipe import receive, send
from vingui.core.planner_protocol import ReadoutRequest

GRID = GridMap(np.eye(3, 4, dtype=bool), ((1, 2),), ((0, 1), (2, 0)), MapFrame(0.05, (1, -2, 0.5)))

MESSAGES = [
    NewRun(GRID, 1 << 20),
    NewStarts(GRID),
    DrawRequest(1, "film", '{"rate": 2}', 3, "näme", "dynamic-8", 100),
    ExportRequest(2, "figure", "/a b/c.png", "{}", 0, "name", "dynamic-8"),
    EvaluationFigureRequest(3, "/a b/c.svg", [{"model": "näme", "mean_excess": None}], "{}"),
    StopRequest(2),
    Drawn(1, np.arange(24, dtype=np.uint8).reshape(2, 3, 4), 6, 4, np.array([84.0, 50.5]), 9, 1.5),
    DataNeeded(2, ReadoutRequest(1, 7, 0, 1)),
    Progress(2, 3, 9),
    Written(2, 12345),
    Failed(3, "Expected better", "Traceback ..."),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_comes_out_of_the_pipe_as_it_went_in(message):
    stream = io.BytesIO()
    send(stream, message)
    stream.seek(0)
    received = receive(stream)
    assert type(received) is type(message)
    for field in fields(message):
        sent, got = getattr(message, field.name), getattr(received, field.name)
        assert np.array_equal(sent, got) if isinstance(sent, np.ndarray) else sent == got
        assert getattr(sent, "dtype", None) == getattr(got, "dtype", None)


def test_every_message_is_among_them():
    assert {type(message) for message in MESSAGES} == set(get_args(ExportMessage))
