"""Undo, step by step and over the end of a transaction."""

from __future__ import annotations

from msgspec.structs import replace

from app.domain import right
from app.services.outcome import Kind
from app.services.session import Session
from tests.builders import CARD, Library, head, scan

CLERK = replace(head(), rights=right.DESK)


def test_an_undone_payment_at_an_empty_desk_opens_nothing(session: Session, library: Library) -> None:
    library.lend(CARD, "C001")
    library.clock.go(days=30)
    library.bring("C001")
    scan(session, CARD, "=pay 1000", "=finish")
    session.staff = CLERK
    assert session.undo().kind is Kind.NEEDS_CONFIRMATION
    session.staff = head()
    assert session.override("salah").kind is Kind.UNDONE
    assert (session.acted, session.tx) == (0, "")
    assert "pile-finished" not in scan(session, CARD).notes


def test_undo_takes_the_desk_back_step_by_step(session: Session, library: Library) -> None:
    scan(session, CARD, "B001", "C001")
    assert [scan(session, "=undo").kind for _ in range(2)] == [Kind.UNDONE, Kind.UNDONE]
    assert scan(session, "=undo").code == "nothing-to-undo"
    assert library.has() == []
    assert scan(session, "B001").kind is Kind.LENT, "no double scan after an undo"


def test_undo_reaches_over_a_finished_transaction(session: Session, library: Library) -> None:
    scan(session, CARD, "B001", "=finish")
    assert scan(session, "=undo").kind is Kind.UNDONE
    assert library.has() == []


def test_undo_needs_its_right(library: Library) -> None:
    session = library.session(replace(CLERK, rights=frozenset({right.CIRCULATE})))
    scan(session, CARD, "B001")
    assert scan(session, "=undo").code == "no-right"
