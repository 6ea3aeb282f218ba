"""The PC's clocks."""

from __future__ import annotations

import time

from db.clock import PcClock


def test_a_reading_is_of_now_and_of_this_boot() -> None:
    clock = PcClock()
    before = time.time_ns() // 1_000_000
    one, other = clock.read(), PcClock().read()
    after = time.time_ns() // 1_000_000
    assert before <= one.wall <= other.wall <= after
    assert one.mono <= other.mono
    assert one.boot == other.boot
    assert 0 < len(one.boot) <= 12
