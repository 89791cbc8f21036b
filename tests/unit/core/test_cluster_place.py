"""Which worker a process is, from options or from TensorFlow's variable."""

import json

import pytest

from vingui.core.cluster_place import ClusterPlace
from vingui.core.errors import VinguiError

TWO = ("node1:4000", "node2:4000")


def config(task_type, index, **cluster):
    content = {"cluster": cluster, "task": {"type": task_type, "index": index}}
    return {"TF_CONFIG": json.dumps(content)}


def test_a_process_without_workers_is_the_only_one_and_the_chief():
    for place in (ClusterPlace.of(None, None), ClusterPlace.of_environment({})):
        assert (place.count, place.index, place.is_chief) == (1, 0, True)


def test_the_first_worker_is_the_chief():
    first, second = ClusterPlace.of(TWO, 0), ClusterPlace.of(list(TWO), 1)
    assert (first.is_chief, second.is_chief) == (True, False)
    assert second.endpoint(0) == ("node1", 4000)
    assert second.named(1) == "worker 1 (node2:4000)"
    assert ClusterPlace.of(["[::1]:4000"], 0).endpoint(0) == ("::1", 4000)


def test_the_variable_of_tensorflow_names_the_same_place():
    assert ClusterPlace.of_environment(config("worker", 1, worker=TWO)) == ClusterPlace(TWO, 1)
    split = {"chief": TWO[:1], "worker": TWO[1:]}
    assert ClusterPlace.of_environment(config("chief", 0, **split)) == ClusterPlace(TWO, 0)
    assert ClusterPlace.of_environment(config("worker", 0, **split)) == ClusterPlace(TWO, 1)


@pytest.mark.parametrize(
    ("workers", "index", "reason"),
    [
        (TWO, 2, r"from 0 to 1, .* not 2"),
        (TWO, -1, r"not -1"),
        (TWO, None, "Which of the workers is this one"),
        (None, 1, "needs the addresses of all workers"),
        ((TWO[0], TWO[0]), 0, "node1:4000 is named twice"),
        (("node1",), 0, "HOST:PORT, like node1:4000, not 'node1'"),
        (("node1:99999",), 0, "HOST:PORT"),
        ((":4000",), 0, "HOST:PORT"),
        ((4000,), 0, "HOST:PORT"),
    ],
)
def test_an_impossible_place_is_refused_in_a_sentence(workers, index, reason):
    with pytest.raises(VinguiError, match=reason):
        ClusterPlace.of(workers, index)


@pytest.mark.parametrize(
    "environment",
    [{"TF_CONFIG": "{"}, {"TF_CONFIG": "[]"}, config("ps", 0, worker=TWO), config("worker", 0)],
)
def test_a_variable_that_names_no_worker_is_refused(environment):
    with pytest.raises(VinguiError, match=r"TF_CONFIG must name|index of a worker"):
        ClusterPlace.of_environment(environment)
