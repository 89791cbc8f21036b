"""Workers meet, and refuse to train together if they would not train the same."""

import socket
from concurrent.futures import ThreadPoolExecutor

from vingui.core.cluster_place import ClusterPlace
from vingui.core.errors import VinguiError
from vingui.net.rendezvous import meet

SAME = {"seed": 1, "batch_size": 4}


def outcome(place, statement, notes, patience):
    try:
        return meet(place, statement, on_note=notes.append, patience=patience)
    except VinguiError as error:
        return str(error)


def outcomes(addresses, *statements, indices=None, patience=60):
    """What comes of the meeting for each worker: `None`, or why not; and the notes."""
    indices = range(len(statements)) if indices is None else indices
    places = [ClusterPlace(addresses, index) for index in indices]
    notes = []
    with ThreadPoolExecutor(len(places)) as threads:
        results = threads.map(
            lambda pair: outcome(*pair, notes, patience), zip(places, statements, strict=True)
        )
        return list(results), notes


def test_workers_with_the_same_settings_meet(free_addresses):
    addresses = free_addresses(3)
    assert outcomes(addresses, SAME, SAME, SAME)[0] == [None] * 3
    # The ports are free again for TensorFlow.
    assert outcomes(addresses, SAME, SAME, SAME)[0] == [None] * 3


def test_a_worker_with_other_settings_is_named_with_them_to_both(free_addresses):
    addresses = free_addresses(2)
    found, _ = outcomes(addresses, SAME, {"seed": 2, "batch_size": 8})
    assert found[0] == found[1]
    assert f"Worker 1 ({addresses[1]}) was not started like worker 0" in found[0]
    assert "seed and batch_size differ" in found[0]


def test_two_workers_with_one_index_are_refused(free_addresses):
    # The last is on another machine, where its port is free.
    *addresses, elsewhere = free_addresses(4)
    places = (
        ClusterPlace(tuple(addresses), 0),
        ClusterPlace(tuple(addresses), 1),
        ClusterPlace((addresses[0], elsewhere, addresses[2]), 1),
    )
    with ThreadPoolExecutor(3) as threads:
        found = [threads.submit(outcome, place, SAME, [], 60) for place in places]
    assert "Two workers were started with index 1" in found[0].result()
    assert {one.result() for one in found} == {found[0].result()}


def test_workers_that_do_not_come_are_named(free_addresses):
    addresses = free_addresses(3)
    (chief,), _ = outcomes(addresses, SAME, patience=0)
    for index in (1, 2):
        assert f"worker {index} ({addresses[index]})" in chief
    assert chief.endswith("did not come. Start all workers again")
    (worker,), _ = outcomes(addresses, SAME, indices=[1], patience=0)
    assert f"Worker 0 ({addresses[0]}) does not answer" in worker


def test_a_port_in_use_is_named(free_addresses):
    addresses = free_addresses(2)
    with socket.create_server(("127.0.0.1", int(addresses[1].rpartition(":")[2]))):
        (worker,), _ = outcomes(addresses, SAME, indices=[1])
    assert f"of worker 1 ({addresses[1]}) cannot be used on this machine" in worker


def test_something_else_at_the_port_is_no_worker(free_addresses):
    addresses = free_addresses(2)
    port = int(addresses[0].rpartition(":")[2])
    with ThreadPoolExecutor(2) as threads:
        chief = threads.submit(outcome, ClusterPlace(addresses, 0), SAME, [], 60)
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port)) as stranger:
                    stranger.sendall(b"GET / HTTP/1.1\r\n\r\n")
                break
            except ConnectionRefusedError:
                continue
        worker = threads.submit(outcome, ClusterPlace(addresses, 1), SAME, [], 60)
    assert (chief.result(), worker.result()) == (None, None)
