"""The fold of a waiting queue: first come first, whatever order the events arrive in."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.domain.event import Event
from app.domain.fold.queue import ASIDE, CANCELLED, FULFILLED, WAITING, fold_queue
from app.domain.ids import derived_id
from tests.domain.fold.history import DAY, ITEM, READERS, START, TITLE, event, opened, undone

HOLDS = tuple(derived_id("t", "hold", str(n)) for n in range(4))


def placed(seq: int, at: int, hold: str = HOLDS[0], party: str = READERS[0], **more: Any) -> Event:
    """A reader begins to wait."""
    return event(seq, "hold.placed", at, {"hold": hold, "queue": TITLE, "party": party, "number": seq, **more})


def aside(seq: int, at: int, hold: str = HOLDS[0]) -> Event:
    """A copy stands on the shelf for somebody."""
    body = {"hold": hold, "queue": TITLE, "copy": ITEM, "until": "2026-03-10"}
    return event(seq, "hold.put_aside", at, body)


def cancelled(seq: int, at: int, hold: str = HOLDS[0]) -> Event:
    """Somebody waits no more."""
    return event(seq, "hold.cancelled", at, {"hold": hold, "queue": TITLE})


def fulfilled(seq: int, at: int, hold: str = HOLDS[0]) -> Event:
    """A loan that was typed in later served somebody who waits now."""
    return event(seq, "hold.fulfilled", at, {"hold": hold, "queue": TITLE, "copy": ITEM})


def released(seq: int, at: int, hold: str = HOLDS[0], copy: str = ITEM) -> Event:
    """The copy stands aside no more."""
    return event(seq, "hold.released", at, {"hold": hold, "queue": TITLE, "copy": copy})


@st.composite
def queues(draw: st.DrawFn) -> list[Event]:
    """Anything that can happen to a queue."""
    events: list[Event] = []
    for seq in range(1, draw(st.integers(1, 10)) + 1):
        at, hold = START + draw(st.integers(0, 9)) * DAY, draw(st.sampled_from(HOLDS))
        match draw(st.sampled_from(["place", "place", "aside", "cancel", "fulfil", "fulfil-now", "bump", "release"])):
            case "place":
                events.append(placed(seq, at, hold, draw(st.sampled_from(READERS))))
            case "aside":
                events.append(aside(seq, at, hold))
            case "cancel":
                events.append(cancelled(seq, at, hold))
            case "fulfil":
                events.append(opened(seq, at, READERS[0], queue=TITLE, hold=hold))
            case "fulfil-now":
                events.append(fulfilled(seq, at, hold))
            case "release":
                events.append(released(seq, at, hold))
            case "bump":
                events.append(opened(seq, at, READERS[1], queue=TITLE, bumps=hold))
    return events


@given(queues(), st.randoms())
def test_any_order_of_arrival_gives_one_queue(events: list[Event], luck: Random) -> None:
    one = fold_queue(TITLE, events)
    luck.shuffle(events)
    assert fold_queue(TITLE, events).hash() == one.hash()


@given(queues())
def test_a_copy_stands_aside_only_for_who_still_waits(events: list[Event]) -> None:
    for hold in fold_queue(TITLE, events).holds:
        assert (hold.copy is not None) == (hold.state == ASIDE)
        assert (hold.until is not None) == (hold.state == ASIDE)
        assert (hold.ended_at is not None) == (hold.state in (CANCELLED, FULFILLED))
        assert hold.live == (hold.state in (WAITING, ASIDE))


def test_first_come_first_by_effective_time() -> None:
    later, first = placed(1, START + DAY, HOLDS[1], READERS[1]), placed(2, START, HOLDS[0])
    assert [hold.id for hold in fold_queue(TITLE, [later, first]).live()] == [HOLDS[0], HOLDS[1]]


def test_a_hold_s_way() -> None:
    way = [placed(1, START, only=ITEM), aside(2, START + DAY)]
    hold = fold_queue(TITLE, way).holds[0]
    assert (hold.state, hold.copy, hold.until, hold.only, hold.number) == (ASIDE, ITEM, "2026-03-10", ITEM, 1)
    bumped = [*way, opened(3, START + 2 * DAY, READERS[1], queue=TITLE, bumps=HOLDS[0])]
    assert fold_queue(TITLE, bumped).holds[0].state == WAITING
    lent = [*way, opened(3, START + 2 * DAY, READERS[0], queue=TITLE, hold=HOLDS[0])]
    assert fold_queue(TITLE, lent).holds[0].state == FULFILLED
    assert fold_queue(TITLE, [*lent, undone(4, START + 3 * DAY, lent[-1])]).holds[0].state == ASIDE


def test_a_loan_typed_in_later_ends_the_wait_when_it_is_typed_in() -> None:
    way = [placed(1, START + 5 * DAY), opened(2, START + 2 * DAY, READERS[0]), fulfilled(3, START + 6 * DAY)]
    hold = fold_queue(TITLE, way).holds[0]
    assert (hold.state, hold.placed_at, hold.ended_at) == (FULFILLED, START + 5 * DAY, START + 6 * DAY)
    assert fold_queue(TITLE, way[:2]).holds[0].state == WAITING
    # Another desk's shelf of the time between is over with it, whenever its news arrives.
    assert fold_queue(TITLE, [*way, aside(4, START + 5 * DAY + 1)]).holds[0].state == FULFILLED
    assert fold_queue(TITLE, [*way, undone(5, START + 7 * DAY, way[2])]).holds[0].state == WAITING


def test_only_the_copy_that_stands_aside_is_taken_from_the_shelf() -> None:
    way = [placed(1, START), aside(2, START + DAY)]
    assert fold_queue(TITLE, [*way, released(3, START + 2 * DAY)]).holds[0].state == WAITING
    assert fold_queue(TITLE, [*way, released(3, START + 2 * DAY, copy=HOLDS[3])]).holds[0].state == ASIDE


def test_what_ended_does_not_begin_again() -> None:
    events = [placed(1, START), cancelled(2, START + DAY), aside(3, START + 2 * DAY)]
    assert fold_queue(TITLE, events).holds[0].state == CANCELLED


def test_an_undone_hold_is_no_hold() -> None:
    one = placed(1, START)
    assert fold_queue(TITLE, [one, undone(2, START + DAY, one)]).holds == ()
