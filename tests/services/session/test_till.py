"""Money at the desk: who pays, and what is no payment."""

from __future__ import annotations

from app.services.outcome import Kind
from app.services.session import Session
from tests.builders import CARD, Library, scan


def test_a_late_book_is_paid_at_once_by_who_brought_it(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=30)
    fined = scan(session, "B001")
    assert fined.fine == 7000
    paid = scan(session, "=pay 5.000")
    assert (paid.kind, paid.amount, paid.left, paid.receipt) == (Kind.PAID, 5000, 2000, "M1K-A-000001")
    assert scan(session, "=pay Rp 2000,-").left == 0
    assert library.owed() == 0


def test_a_payment_needs_somebody_and_a_sum(session: Session) -> None:
    assert scan(session, "=pay 1000").code == "nobody-to-pay-for"
    scan(session, CARD)
    assert scan(session, "=pay seribu").code == "amount-unreadable"
    assert scan(session, "=pay 1000").code == "payment-refused"
