"""What the desk knows between two scans: whom an act belongs to, what counts, when the quiet time begins."""

from __future__ import annotations

from app.services.circulation import Desk
from app.services.outcome import Kind, Outcome
from app.services.session.state import State
from tests.builders import HandClock, head


def test_a_transaction_begins_with_its_first_act_and_its_acts_are_counted() -> None:
    state = State(HandClock(), head())
    assert state.done(Outcome(Kind.LENT, event_id="e0")).tx == ""
    assert state.acted == 0, "an act in no transaction belongs to an earlier one"
    tx = state.with_tx(None).tx
    assert tx
    assert state.with_tx(Desk(head(), stated_at=5)) == Desk(head(), tx, 5)
    assert state.done(Outcome(Kind.LENT, event_id="e1")).tx == tx
    state.done(Outcome(Kind.REFUSED))
    assert state.acted == 1


def test_who_acts_is_who_serves_for_who_stands_there() -> None:
    state = State(HandClock(), head())
    state.member_id = "m"
    assert state.desk(7) == Desk(head(), "", 7, "m")


def test_every_answer_begins_the_quiet_time_anew() -> None:
    clock = HandClock()
    state = State(clock, head())
    clock.go(ms=900)
    state.done(Outcome(Kind.SHOWN))
    assert state.moved_at == clock.read().mono


def test_a_code_that_is_forgotten_is_no_double() -> None:
    state = State(HandClock(), head())
    never = state.last_code
    state.last_code = ("B001", 5)
    state.forget_code()
    assert state.last_code == never
