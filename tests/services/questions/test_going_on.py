"""An act that waited for money: it goes on when the money is there, and not before."""

from __future__ import annotations

from app.domain.money import Surplus
from app.services.outcome import PAID_FIRST, Kind, refused
from app.services.questions.going_on import then_go_on
from app.services.session import Session
from tests.builders import CARD, Library, scan


def test_what_waited_goes_on_with_what_was_paid(session: Session, library: Library) -> None:
    library.lend(CARD, "C001")
    library.clock.go(days=80)
    library.bring("C001")
    scan(session, CARD, "B001")
    held = session.pending
    assert held is not None
    assert then_go_on(session, held, refused("amount-unreadable")).code == "amount-unreadable"
    assert library.has() == []
    paid = session.pay(library.owed() + 500, surplus=Surplus.CHANGE)
    assert then_go_on(session, None, paid) == paid
    done = then_go_on(session, held, paid)
    assert (done.kind, done.change, done.notes[-1]) == (Kind.LENT, 500, PAID_FIRST)
    assert library.has() == ["B001"]
