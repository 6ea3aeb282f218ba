"""Acts from a paper log: their true times, their bounds, their right."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from app.domain import right
from app.domain.records import ItemStatus
from app.services.outcome import Kind
from app.services.session import Session
from tests.builders import CARD, OTHER_CARD, Library, derived, head, rebuilt, rows_of, scan

CLERK = replace(head(), rights=right.DESK)


def test_a_paper_log_is_entered_at_its_true_times(session: Session, library: Library) -> None:
    library.clock.go(days=1)
    scan(session, CARD)
    outcome = scan(session, "@2026-03-02T09:30 B001")
    assert (outcome.kind, outcome.late, outcome.due_on) == (Kind.LENT, True, date(2026, 3, 16))
    again = scan(session, "@2026-03-02T09:31 C001")
    assert again.late
    assert derived(library.store) == rebuilt(library.store)


@pytest.mark.parametrize(
    ("stated", "code"), [("2026-03-09T09:00", "time-in-future"), ("0001-01-01T00:00", "time-too-early")]
)
def test_a_time_that_cannot_be_is_refused(session: Session, library: Library, stated: str, code: str) -> None:
    scan(session, CARD)
    assert scan(session, f"@{stated} B001").code == code
    assert library.has() == []


def test_a_loan_to_the_wrong_reader_is_mended_the_next_day(session: Session, library: Library) -> None:
    wrong = scan(session, CARD, "B001")
    session.finish()
    library.clock.go(days=1)
    asked = scan(session, OTHER_CARD, "@2026-03-02T09:30 B001")
    assert (asked.kind, asked.verdict.codes()) == (Kind.NEEDS_CONFIRMATION, ("on-loan-to-another",))
    right_one = scan(session, "=override keliru")
    assert (right_one.kind, right_one.late, right_one.due_on) == (Kind.LENT, True, wrong.due_on)
    assert (library.has(CARD), library.has(OTHER_CARD), library.owed(CARD)) == ([], ["B001"], 0)
    assert derived(library.store) == rebuilt(library.store)


def test_a_return_nobody_scanned_is_mended_with_the_time_it_came(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=30)
    back = scan(session, "=return", "@2026-03-16T10:00 B001")
    assert (back.kind, back.late, back.fine) == (Kind.RETURNED, True, 0)
    assert (library.has(), library.owed()) == ([], 0)


def test_a_library_may_bound_how_late_paper_is_typed_in(session: Session, library: Library) -> None:
    library.set("desk.stated_days", 3)
    scan(session, CARD)
    refusal = scan(session, "@2026-02-27T08:59 B001")
    assert (refusal.code, refusal.verdict.reasons[0].params) == ("time-too-old", {"days": 3})
    assert scan(session, "@2026-02-27T09:01 B001").kind is Kind.LENT


def test_a_late_entry_needs_its_right(library: Library) -> None:
    session = library.session(CLERK)
    library.clock.go(days=1)
    scan(session, CARD)
    assert scan(session, "@2026-03-02T09:30 B001").code == "no-right"


def test_a_lending_log_of_another_century_can_be_typed_in(session: Session, library: Library) -> None:
    library.member("1", "Gertrude Stein", registered_on=date(1919, 1, 1), expires_on=None)
    scan(session, "1")
    outcome = scan(session, "@1920-03-15T10:00 B001")
    assert (outcome.kind, outcome.due_on) == (Kind.LENT, date(1920, 3, 29))


@pytest.mark.parametrize("way", ["title", "provisional", "help"])
def test_a_stated_time_and_whoever_stated_it_end_with_the_sign_in_of_another(
    session: Session, library: Library, way: str
) -> None:
    siti, budi = library.staff("Siti Kepala"), library.staff("Budi Magang", right.DESK)
    session.sign_in(siti)
    assert scan(session, CARD, "@2026-02-20T09:30 B0O1X").code == "unknown-code"
    session.sign_in(budi)
    screen = library.screen(session)
    if way == "provisional":
        assert session.last_unknown == ""
        session.provisional("Buku tanpa nama", "X9")
    else:
        screen.key(way if way == "help" else "find-title")
        screen.answer("close", {}) if way == "help" else screen.search("Kamus")
        if way == "help":
            scan(session, "D001")
        else:
            asked = screen.pick(screen.view().question.choices[0].id)  # type: ignore[union-attr]
            assert asked.question is not None
            screen.pick(asked.question.choices[0].id)
    assert rows_of(library.store, "SELECT staff, late FROM event WHERE kind = 'loan.opened'") == [(budi.id, 0)]


def test_a_stated_time_is_that_of_its_own_scan_only(session: Session, library: Library) -> None:
    assert scan(session, CARD, "@2026-02-20T09:30 B0O1X").code == "unknown-code"
    screen = library.screen(session)
    screen.key("find-title")
    screen.search("Kamus")
    for _ in range(2):
        question = screen.view().question
        assert question is not None
        screen.pick(question.choices[0].id)
    assert rows_of(library.store, "SELECT late FROM event WHERE kind = 'loan.opened'") == [(0,)]


def test_the_title_typed_for_an_unknown_code_with_a_time_lends_at_that_time(session: Session, library: Library) -> None:
    scan(session, CARD, "@2026-03-01T09:30 X-77")
    assert scan(session, "=provisional ").code in ("title-missing", "no-argument")
    assert scan(session, "=provisional Buku baru").kind is Kind.LENT
    assert rows_of(library.store, "SELECT late FROM event WHERE kind = 'loan.opened'") == [(1,)]


def test_a_question_of_one_person_is_not_answered_by_the_next(session: Session, library: Library) -> None:
    library.item("R001", "Kamus Besar", status=ItemStatus.REFERENCE)
    assert scan(session, CARD, "R001").kind is Kind.NEEDS_CONFIRMATION
    session.sign_in(library.staff("Budi Magang", right.DESK))
    assert scan(session, "=override sudah izin").code == "no-question"
