"""Who waits for this copy, and before whom."""

from __future__ import annotations

from app.domain import queue
from tests.domain.lending import hold, item

FIRST, SECOND, THIRD = hold("M1", 1), hold("M2", 2), hold("M3", 3)


def test_the_queue_goes_by_position_and_then_by_id() -> None:
    twin = hold("M4", 2, hold_id="H0")
    assert queue.in_order(item(holds=(THIRD, SECOND, FIRST, twin))) == [FIRST, twin, SECOND, THIRD]


def test_a_hold_on_another_copy_or_one_that_is_served_does_not_wait_for_this_one() -> None:
    elsewhere = hold("M5", 1, item_id="I7")
    served = hold("M6", 2, aside=True, aside_item_id="I8")
    here = hold("M7", 3, item_id="I1")
    assert queue.waiting(item(holds=(elsewhere, served, here))) == (here,)


def test_the_copy_aside_is_told_by_the_copy_and_not_by_the_wish() -> None:
    wanted_any = hold("M2", 1, aside=True, aside_item_id="I1")
    wanted_this = hold("M3", 1, aside=True, item_id="I1")
    wanted_this_got_other = hold("M4", 1, aside=True, item_id="I1", aside_item_id="I5")
    assert queue.standing_aside(item(holds=(wanted_any,))) == wanted_any
    assert queue.standing_aside(item(holds=(wanted_this,))) == wanted_this
    assert queue.standing_aside(item(holds=(wanted_this_got_other,))) is None
    assert queue.aside_copy(FIRST) is None


def test_ahead_are_those_before_me_or_all_when_i_do_not_wait() -> None:
    three = item(holds=(THIRD, FIRST, SECOND))
    assert queue.ahead_of(three, "M1") == ()
    assert queue.ahead_of(three, "M3") == (FIRST, SECOND)
    assert queue.ahead_of(three, "M9") == (FIRST, SECOND, THIRD)


def test_free_copies_serve_as_many_as_they_are_and_no_wish_for_this_copy() -> None:
    two = (FIRST, SECOND)
    assert queue.covered_by_free_copies(item(other_copies_free=2), two)
    assert not queue.covered_by_free_copies(item(other_copies_free=1), two)
    assert not queue.covered_by_free_copies(item(other_copies_free=9), (hold("M2", item_id="I1"),))
