"""Messages on a pipe: all of them come through whole, and nothing else does."""

import io
import json
import os
import struct
from dataclasses import fields
from threading import Thread

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from vingui.core.cell_backup import BackupRequest, CellBackup
from vingui.core.evaluation_protocol import (
    CancelEvaluation,
    EvaluateRequest,
    EvaluationFinished,
    EvaluationNote,
    EvaluationProgress,
    EvaluationRefused,
    EvaluatorCrashed,
    EvaluatorReady,
    FailedCase,
    FindFailureRequest,
    RowFinished,
    SearchFinished,
    SearchProgress,
)
from vingui.core.figure_protocol import DataNeeded
from vingui.core.grid import GridMap
from vingui.core.pipe import MAX_BYTES, Outlet, PipeError, receive, requests, send
from vingui.core.planner_protocol import (
    ActionsRequest,
    CancelRequest,
    ChangedValues,
    ExactSolution,
    GreedyActions,
    LayerRequest,
    LayerValues,
    Ping,
    PlanCrashed,
    PlanFinished,
    PlannerReady,
    PlannerUnavailable,
    PlanRefused,
    PlanRequest,
    PolicyReadout,
    Pong,
    ReadoutRequest,
    Values,
)
from vingui.core.terrain import STANDARD, palette_of_levels

numbers = st.integers(0, 2**40)
texts = st.text(max_size=20)
seconds = st.floats(0, 1e6)


def array(kind, dims):
    return arrays(kind, array_shapes(min_dims=dims, max_dims=dims, min_side=0, max_side=4))


@st.composite
def grids(draw):
    walls = draw(arrays(bool, array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=6)))
    free = [tuple(cell) for cell in np.argwhere(~walls).tolist()]
    if not free:
        return GridMap(walls)
    cells = st.lists(st.sampled_from(free), max_size=3)
    goals = tuple(draw(cells))
    return GridMap(
        walls,
        goals,
        tuple(draw(cells)),
        terrain=draw(st.none() | arrays(np.uint8, walls.shape, elements=st.integers(0, 4))),
        palette=draw(st.sampled_from([STANDARD, palette_of_levels([0.5, 1, 2, 3, 400])])),
        goal_values=tuple(draw(st.floats(-1e6, 1e6)) for _ in goals),
    )


names = st.lists(texts, max_size=3)
rows = st.dictionaries(texts, numbers | texts | st.none() | names, max_size=3)
f4, f8 = np.float32, np.float64
figures = array(f8, 1)
messages = st.one_of(
    st.builds(PlanRequest, numbers, grids(), texts, st.none() | numbers, numbers),
    st.builds(ActionsRequest, numbers, numbers),
    st.builds(ReadoutRequest, numbers, numbers, numbers, numbers),
    st.builds(LayerRequest, numbers, numbers, texts, numbers),
    st.builds(BackupRequest, *[numbers] * 4),
    st.builds(DataNeeded, numbers, st.builds(ReadoutRequest, numbers, numbers, numbers, numbers)),
    st.builds(CancelRequest, numbers),
    st.builds(Ping),
    st.builds(Pong),
    st.builds(PlannerReady, st.dictionaries(texts, texts, max_size=3)),
    st.builds(PlannerUnavailable, texts, texts),
    st.builds(
        Values,
        number=numbers,
        model=texts,
        rule=texts,
        first=numbers,
        changes=figures,
        lows=figures,
        highs=figures,
        reached=figures,
        kept=array(np.int64, 1),
        value_maps=st.integers(0, 4).map(
            lambda count: tuple(np.random.default_rng(count).random((count, 3, 2)).astype(f4))
        ),
    ),
    st.builds(
        ChangedValues,
        number=numbers,
        model=texts,
        rule=texts,
        first=numbers,
        changes=figures,
        lows=figures,
        highs=figures,
        reached=figures,
        cells=array(np.int32, 1),
        after=array(f4, 1),
        before=array(f4, 1),
        counts=array(np.int64, 1),
    ),
    st.builds(
        PlanFinished,
        number=numbers,
        iterations=numbers,
        converged=st.booleans(),
        latent_actions=numbers,
        reward_channels=numbers,
        actions=array(np.int8, 2),
        seconds=seconds,
        next_change=seconds,
    ),
    st.builds(ExactSolution, numbers, array(f8, 2), array(bool, 3)),
    st.builds(GreedyActions, numbers, numbers, array(np.int8, 2), array(np.uint8, 1)),
    st.builds(PolicyReadout, *[numbers] * 4, *[array(f4, 3)] * 3),
    st.builds(LayerValues, numbers, numbers, texts, numbers, numbers, array(f4, 2)),
    st.builds(CellBackup, *[numbers] * 4, array(np.int64, 2), *[array(f4, 1)] * 5),
    st.builds(PlanRefused, numbers, texts),
    st.builds(PlanCrashed, numbers, texts),
    st.builds(
        EvaluateRequest,
        number=numbers,
        models=names,
        sets=st.lists(rows, max_size=2),
        references=names,
        iterations=numbers | texts,
        starts=texts,
        most_failures=numbers,
        grid=grids(),
    ),
    st.builds(FindFailureRequest, numbers, texts, rows, numbers | texts, numbers, grids()),
    st.builds(CancelEvaluation, numbers),
    st.builds(EvaluatorReady),
    st.builds(EvaluationNote, numbers, texts),
    st.builds(EvaluationProgress, numbers, texts, numbers, numbers, st.lists(rows, max_size=2)),
    st.builds(RowFinished, numbers, rows),
    st.builds(
        FailedCase,
        numbers,
        texts,
        numbers,
        texts,
        numbers,
        texts,
        texts,
        grids(),
        arrays(np.int64, (5, 2)),
    ),
    st.builds(SearchProgress, numbers, numbers, numbers),
    st.builds(EvaluationFinished, numbers, st.booleans()),
    st.builds(SearchFinished, numbers, numbers, st.booleans(), st.booleans()),
    st.builds(EvaluationRefused, numbers, texts),
    st.builds(EvaluatorCrashed, numbers, texts),
)


def same(one, other):
    if isinstance(one, np.ndarray):
        return (
            isinstance(other, np.ndarray)
            and (one.dtype, one.shape) == (other.dtype, other.shape)
            and one.tobytes() == other.tobytes()
        )
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    # What is not a number equals nothing, not even itself.
    return type(one) is type(other) and (one == other or (one != one and other != other))


def assert_same(one, other):
    assert type(one) is type(other)
    for field in fields(one):
        assert same(getattr(one, field.name), getattr(other, field.name)), field.name


@given(sent=st.lists(messages, max_size=4))
def test_messages_come_out_as_they_went_in_and_then_the_end(sent):
    stream = io.BytesIO()
    for message in sent:
        send(stream, message)
    stream.seek(0)
    for message in sent:
        assert_same(message, receive(stream))
    with pytest.raises(EOFError):
        receive(stream)


@given(grid=grids(), seed=numbers)
def test_demonstrations_and_elevation_come_through(taught, grid, seed):
    message = PlanRequest(1, taught(grid, seed), "model", None, 1)
    stream = io.BytesIO()
    send(stream, message)
    stream.seek(0)
    assert_same(message, receive(stream))


@given(message=messages, data=st.data())
def test_a_message_cut_off_is_the_end(message, data):
    stream = io.BytesIO()
    send(stream, message)
    whole = stream.getvalue()
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(EOFError):
        receive(io.BytesIO(whole[:cut]))


@given(noise=st.binary(min_size=8, max_size=200))
def test_noise_is_no_message(noise):
    with pytest.raises(PipeError):
        receive(io.BytesIO(noise))


def received(header, rest=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return receive(io.BytesIO(struct.pack("!4sI", b"vin1", len(text)) + text + rest))


def walks(actions):
    values = {"number": {"value": 1}, "k": {"value": 1}, "reaching": {"array": ["uint8", 1]}}
    return ["GreedyActions", {**values, "actions": actions}]


@pytest.mark.parametrize(
    "header",
    [
        b"{",
        b"[]",
        b"[" * 100_000,
        [],
        ["GreedyActions", {}],
        ["GreedyActions", []],
        ["Nothing", {}],
        [["GreedyActions"], {}],
        ["CancelRequest", {"number": 1}],
        ["CancelRequest", {"number": {}}],
        walks({"array": []}),
        walks({"array": ["object", 1]}),
        walks({"array": ["int8", -1]}),
        walks({"array": ["int8", 2.5]}),
        walks({"array": ["int8", "2"]}),
        walks({"array": ["int8", MAX_BYTES, MAX_BYTES]}),
        walks({"arrays": 1 << 40, "each": ["int8", 0]}),
        walks({"arrays": -1, "each": ["int8", 1]}),
        walks({"walls": {"array": ["bool", 1, 1]}, "goals": [], "starts": []}),
        walks({"walls": {"array": ["bool", 2, 2]}, "goal": [9, 9], "starts": []}),
        walks({"walls": {"array": ["bool", 2, 2]}, "goal": 3, "starts": [3]}),
    ],
)
def test_absurd_headers_are_refused_before_memory_is_taken(header):
    with pytest.raises(PipeError):
        received(header, bytes(16))


def test_a_header_without_end_is_refused():
    with pytest.raises(PipeError, match="length"):
        receive(io.BytesIO(struct.pack("!4sI", b"vin1", 1 << 31)))


def exact_solution(values):
    return ExactSolution(1, values, np.zeros((1, 1, 8), bool))


def test_arrays_that_do_not_lie_in_one_piece_come_through():
    values = np.arange(24, dtype=f4).reshape(4, 6)[::2, 1:4].T
    stream = io.BytesIO()
    send(stream, exact_solution(values))
    stream.seek(0)
    message = receive(stream)
    np.testing.assert_array_equal(message.cost_to_go, values)
    assert not message.cost_to_go.flags.writeable


def test_what_is_larger_than_the_pipe_comes_through_it():
    reading, writing = os.pipe()
    values = np.random.default_rng(0).random((700, 900)).astype(f4)
    with os.fdopen(reading, "rb") as out, os.fdopen(writing, "wb") as into:
        thread = Thread(target=send, args=(into, exact_solution(values)))
        thread.start()
        message = receive(out)
        thread.join()
    np.testing.assert_array_equal(message.cost_to_go, values)


def test_pings_are_answered_where_requests_are_read_and_are_no_requests():
    sent, answers = io.BytesIO(), io.BytesIO()
    for message in (Ping(), CancelRequest(1), Ping(), Ping(), CancelRequest(2)):
        send(sent, message)
    sent.seek(0)
    assert [request.number for request in requests(sent, Outlet(answers))] == [1, 2]
    answers.seek(0)
    assert [type(receive(answers)) for _ in range(3)] == [Pong] * 3
    with pytest.raises(EOFError):
        receive(answers)


def test_requests_end_with_the_pipe_and_fail_with_what_is_no_message():
    assert list(requests(io.BytesIO(), Outlet(io.BytesIO()))) == []
    with pytest.raises(PipeError):
        list(requests(io.BytesIO(b"no message, surely"), Outlet(io.BytesIO())))


def test_replies_of_several_threads_do_not_get_among_each_other():
    stream = io.BytesIO()
    outlet = Outlet(stream)
    threads = [
        Thread(target=lambda: [outlet.send(CancelRequest(n)) for n in range(200)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stream.seek(0)
    numbers = sorted(receive(stream).number for _ in range(800))
    assert numbers == sorted([*range(200)] * 4)
