"""Undo, step by step and over the end of a transaction."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from app.domain import right
from app.services.outcome import UNDO_EARLIER, Kind
from app.services.session import Session
from tests.builders import CARD, OTHER_CARD, Library, derived, head, rows_of, scan

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


@pytest.mark.parametrize("act", ["lost", "due", "charge", "paper"])
def test_who_may_not_do_a_thing_may_not_take_it_back(session: Session, library: Library, act: str) -> None:
    siti, budi = library.staff("Siti Kepala", pin="4711"), library.staff("Budi Magang", right.DESK)
    session.sign_in(siti, "4711")
    scan(session, CARD, "B001", "=finish")
    library.clock.go(minutes=60)
    match act:
        case "lost":
            scan(session, "=lost B001")
        case "due":
            scan(session, "=fix-due B001 2026-06-01 sakit")
        case "charge":
            scan(session, "B001", "=condition wet")
        case "paper":
            scan(session, CARD, "@2026-03-02T09:30 C001")
    scan(session, "=finish")
    session.sign_in(budi)
    before = derived(library.store)
    codes = {"lost": "undoes-loss", "due": "undoes-due-date", "charge": "undoes-charge", "paper": "undoes-late-entry"}
    asked = session.undo()
    if asked.code == UNDO_EARLIER:
        asked = session.override("")
    assert (asked.kind, asked.code) == (Kind.NEEDS_CONFIRMATION, codes[act])
    assert session.override("salah").code == "needs-supervisor"
    assert derived(library.store) == before
    assert session.override("salah", "4711").kind is Kind.UNDONE
    body = json.loads(
        rows_of(library.store, "SELECT body FROM event WHERE kind = 'act.undone' ORDER BY n LIMIT 1")[0][0]
    )
    assert (body["approved"], body["approver"]) == ([codes[act]], siti.id)


def test_one_s_own_charge_is_one_s_own_to_take_back(session: Session, library: Library) -> None:
    session.sign_in(library.staff("Budi Magang", right.DESK))
    scan(session, CARD, "B001", "=finish")
    library.clock.go(minutes=60)
    scan(session, "B001", "=condition wet")
    assert library.owed() > 0
    assert session.undo().kind is Kind.UNDONE
    assert library.owed() == 0
