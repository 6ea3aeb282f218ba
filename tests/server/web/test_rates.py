"""How often somebody may ask."""

from __future__ import annotations

import pytest

from server.web.rates import Rates


def test_a_burst_then_a_pace() -> None:
    rates = Rates(2.0, 3)
    assert [rates.take("a", 10.0) for _ in range(3)] == [0, 0, 0]
    assert rates.take("a", 10.0) == pytest.approx(0.5)
    assert rates.early("a", 10.25) == pytest.approx(0.25)
    assert rates.take("a", 10.5) == 0
    assert rates.take("a", 10.5) > 0


def test_askers_do_not_share() -> None:
    rates = Rates(1.0, 1)
    assert rates.take("a", 0.0) == 0
    assert rates.take("b", 0.0) == 0
    assert rates.take("a", 0.0) == pytest.approx(1.0)


def test_looking_takes_nothing() -> None:
    rates = Rates(1.0, 1)
    assert [rates.early("a", 0.0), rates.early("a", 0.0), rates.take("a", 0.0)] == [0, 0, 0]


def test_many_askers_take_no_more_room() -> None:
    rates = Rates(1.0, 1, most=100)
    for asker in range(1_000):
        rates.take(str(asker), asker / 1_000)
    assert len(rates._kept) <= 100
    # Who came last is still held.
    assert rates.early("999", 0.999) > 0
