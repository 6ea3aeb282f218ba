"""Undo, step by step and over the end of a transaction."""

from __future__ import annotations

from msgspec.structs import replace

from app.domain import right
from app.services.outcome import UNDO_EARLIER, Kind
from app.services.session import Session
from tests.builders import CARD, OTHER_CARD, Library, head, scan

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


def test_what_was_done_before_something_else_was_shown_is_undone_after_a_question_only(
    session: Session, library: Library
) -> None:
    scan(session, CARD, "B001", "=finish", "C001")
    asked = scan(session, "=undo")
    assert (asked.kind, asked.code) == (Kind.NEEDS_CONFIRMATION, UNDO_EARLIER)
    assert dict(asked.verdict.reasons[0].params) == {
        "what": "undo-loan", "title": "Sejarah Lampung", "name": "Ahmad F.",
    }  # fmt: skip
    assert library.has(CARD) == ["B001"]
    session.drop_question()
    assert library.has(CARD) == ["B001"]
    scan(session, "=undo")
    assert scan(session, "=override ya").kind is Kind.UNDONE
    assert library.has(CARD) == []


def test_a_reader_who_only_came_by_makes_the_undo_before_a_question(session: Session, library: Library) -> None:
    scan(session, CARD, "B001", "=finish", OTHER_CARD, "=finish")
    assert scan(session, "=undo").code == UNDO_EARLIER
    scan(session, "=cancel", CARD, "C001", "=finish")
    assert scan(session, "=undo").kind is Kind.UNDONE, "just finished: no question"


def test_f8_after_the_last_transaction_was_undone_says_so(session: Session, library: Library) -> None:
    scan(session, CARD, "B001", "=finish", "=undo")
    assert scan(session, "=reprint").code == "last-undone"
