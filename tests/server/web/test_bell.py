"""Who waits for news is woken by it."""

from __future__ import annotations

import asyncio

from server.web.bell import MOST_WAITS, Bell


def test_a_ring_wakes_those_of_one_library() -> None:
    async def story() -> tuple[bool, bool, bool]:
        bell = Bell()
        here, also, there = bell.next_ring("a"), bell.next_ring("a"), bell.next_ring("b")
        bell.ring("a")
        return here.is_set(), also.is_set(), there.is_set()

    assert asyncio.run(story()) == (True, True, False)


def test_a_ring_is_for_those_who_waited_before_it() -> None:
    async def story() -> bool:
        bell = Bell()
        bell.ring("a")
        return bell.next_ring("a").is_set()

    assert asyncio.run(story()) is False


def test_the_end_wakes_everybody() -> None:
    async def story() -> bool:
        bell = Bell()
        rings = [bell.next_ring(name) for name in "abc"]
        bell.stop()
        return bell.stopping and all(ring.is_set() for ring in rings)

    assert asyncio.run(story())


def test_one_desk_may_not_wait_without_end() -> None:
    bell = Bell()
    assert [bell.come("a") for _ in range(MOST_WAITS + 1)] == [True] * MOST_WAITS + [False]
    assert bell.come("b")
    assert bell.waiting == MOST_WAITS + 1
    bell.go("a")
    assert bell.come("a")
