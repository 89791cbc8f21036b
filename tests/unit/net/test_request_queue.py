"""The planner process's queue: the newest request of each kind, the most urgent first."""

from threading import Thread

import numpy as np

from vingui.core.grid import GridMap
from vingui.core.planner_protocol import CancelRequest, PlanRequest, ReadoutRequest
from vingui.net.request_queue import RequestQueue


def plan_request(number):
    return PlanRequest(number, GridMap(np.zeros((2, 2), bool), ((0, 0),)), "any", None, 0)


def read_request(k):
    return ReadoutRequest(1, k, 0, 0)


def test_a_queue_gives_the_newest_of_each_kind_in_the_order_asked_for():
    queue = RequestQueue()
    for request in (plan_request(1), plan_request(2), read_request(3), read_request(4)):
        queue.put(request)
    assert queue.take(CancelRequest, wait=0) is None
    kinds = (CancelRequest, ReadoutRequest, PlanRequest)
    taken = [queue.take(*kinds, wait=0) for _ in range(3)]
    assert [type(one) for one in taken] == [ReadoutRequest, PlanRequest, type(None)]
    assert (taken[0].k, taken[1].number) == (4, 2)


def test_a_cancelled_plan_is_not_given_but_a_newer_is():
    queue = RequestQueue()
    queue.put(plan_request(1))
    queue.put(CancelRequest(1))
    assert queue.take(PlanRequest, wait=0) is None
    queue.put(plan_request(2))
    assert queue.take(PlanRequest, wait=0).number == 2
    assert queue.take(CancelRequest, wait=0).number == 1


def test_a_queue_waits_for_what_is_put_in_by_another_thread():
    queue = RequestQueue()
    thread = Thread(target=queue.put, args=(plan_request(7),))
    thread.start()
    assert queue.take(PlanRequest, wait=None).number == 7
    thread.join()
