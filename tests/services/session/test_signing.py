"""Questions on the table: who may answer them, and what they are for."""

from __future__ import annotations

from msgspec.structs import replace

from app.domain import right
from app.services.outcome import Kind, Outcome
from app.services.session import Session
from tests.builders import CARD, Library, head, rows_of, scan

CLERK = replace(head(), rights=right.DESK)


def said(outcome: Outcome) -> tuple[str, ...]:
    """The codes of an answer."""
    return outcome.verdict.codes()


def test_a_question_is_not_answered_for_what_came_after_it(session: Session, library: Library) -> None:
    library.lend(CARD, "C001")
    library.clock.go(days=60)
    library.bring("C001")
    session.staff = CLERK
    scan(session, CARD, "=pay 1000")
    assert session.undo().kind is Kind.NEEDS_CONFIRMATION
    assert scan(session, "=pay 2000").kind is Kind.PAID
    session.staff = head()
    assert session.override("salah").code == "no-question"


def test_an_override_needs_a_reason_and_a_right(library: Library) -> None:
    library.staff("Hasan Basri", pin="2222")
    session = library.session(CLERK)
    scan(session, "19.02.0005", "B001")
    assert session.override("", "2222").code == "reason-missing"
    assert session.override("izin").code == "needs-supervisor"
    assert session.override("izin", "9999").code == "pin-wrong"
    assert library.has("19.02.0005") == []
    outcome = session.override("izin kepala", "2222")
    assert outcome.kind is Kind.LENT
    row = rows_of(library.store, "SELECT json_extract(body, '$.approver'), staff FROM event ORDER BY n DESC LIMIT 1")
    hasan = session.people.named("Hasan Basri")
    assert hasan is not None
    assert row == [(hasan.id, CLERK.id)]
    assert session.override("lagi").code == "no-question"


def test_a_plain_question_is_anybody_s_to_answer(library: Library) -> None:
    session = library.session(CLERK)
    asked = scan(session, CARD, "E001")
    assert said(asked) == ("parts-to-check",)
    assert scan(session, "=override peta ada").kind is Kind.LENT


def test_an_override_dies_with_the_transaction(session: Session) -> None:
    scan(session, "19.02.0005", "B001", "=finish")
    assert session.pending is None
    assert scan(session, "=override x").code == "no-question"


def test_what_is_impossible_cannot_be_signed_for(session: Session, library: Library) -> None:
    library.member("22.01.0077", "Nabila", blocked=True)
    outcome = scan(session, "22.01.0077", "B001")
    assert outcome.kind is Kind.REFUSED
    assert scan(session, "=override saya kepala").code == "no-question"
    assert library.has("22.01.0077") == []


def test_a_dropped_question_leaves_nothing(session: Session, library: Library) -> None:
    scan(session, "19.02.0005", "B001")
    assert scan(session, "=cancel").kind is Kind.MODE
    assert scan(session, "=override x").code == "no-question"
    assert library.has("19.02.0005") == []
