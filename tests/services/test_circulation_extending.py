"""A loan that ends later because a person with the right says so."""

from __future__ import annotations

import json
from datetime import date

from msgspec.structs import replace

from app.domain import right
from app.domain.slip import LineAct, SlipKind
from app.services.outcome import Kind
from app.services.session import Session
from app.services.slips import slip_from_json
from tests.builders import CARD, Library, derived, head, rebuilt, rows_of, scan

LATER = date(2026, 4, 20)


def due(library: Library) -> list[date]:
    """When the loans of Ahmad are due."""
    with library.store.read() as facts:
        return [line.due_on for line in facts.loans_of_member(library.members[CARD].id, closed=False, limit=9)]


def test_the_loan_ends_on_that_day_without_a_fine_or_a_renewal(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=20)
    done = scan(session, CARD, "=fix-due B001 2026-04-20 sakit lama")
    assert (done.kind, done.code, done.due_on, done.was_due) == (Kind.RENEWED, "due-fixed", LATER, date(2026, 3, 16))
    assert due(library) == [LATER]
    assert derived(library.store) == rebuilt(library.store)
    with library.store.read() as facts:
        event = facts.event(done.event_id)
        assert event is not None
        assert facts.note(str(event.body["note"])) == "sakit lama"
    session.finish()
    slip = slip_from_json(json.loads(rows_of(library.store, "SELECT body FROM print_job")[0][0]))
    assert (slip.kind, slip.member_no) == (SlipKind.RENEWAL, CARD)
    assert [(line.act, line.due_on, line.fine) for line in slip.lines] == [(LineAct.RENEWED, LATER, 0)]
    library.clock.go(days=20)
    assert scan(session, "B001").fine == 0


def test_what_was_printed_is_never_shortened(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    refused = scan(session, "=fix-due B001 2026-03-10 salah")
    assert (refused.kind, refused.verdict.codes(), refused.due_on) == (
        Kind.REFUSED, ("due-not-later",), date(2026, 3, 16),
    )  # fmt: skip
    assert due(library) == [date(2026, 3, 16)]


def test_it_needs_its_right_a_reason_a_date_and_a_loan(library: Library) -> None:
    library.lend(CARD, "B001")
    session = library.session()
    assert scan(session, "=fix-due B001 besok izin").code == "date-unreadable"
    assert scan(session, "=fix-due B001 2026-04-20").verdict.codes() == ("reason-missing",)
    assert scan(session, "=fix-due C001 2026-04-20 izin").verdict.codes() == ("not-on-loan",)
    assert scan(session, "=fix-due X999 2026-04-20 izin").code == "item-unknown"
    session.staff = replace(head(), rights=right.DESK)
    assert scan(session, "=fix-due B001 2026-04-20 izin").verdict.missing() == ("moves-due-date",)
    assert scan(session, "=override izin").code == "needs-supervisor", "only their own rights count here"
    assert due(library) == [date(2026, 3, 16)]


def test_it_is_taken_back(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    scan(session, CARD, "=fix-due B001 2026-04-20 izin")
    assert scan(session, "=undo").undone_kind == "loan.corrected"
    assert due(library) == [date(2026, 3, 16)]
    assert derived(library.store) == rebuilt(library.store)


def test_the_row_and_the_banner_say_the_new_date(library: Library) -> None:
    library.lend(CARD, "B001")
    screen = library.screen()
    screen.scan(CARD)
    library.clock.go(ms=2000)
    view = screen.scan("=fix-due B001 2026-04-19 izin")
    assert view.banner is not None
    assert (view.banner.code, [line.code for line in view.banner.reasons]) == ("due-fixed", ["due-on-closed-day"])
    assert view.rows[0].due_on == LATER
