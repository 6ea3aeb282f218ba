"""A transaction from its mode to its number, also over a restart."""

from __future__ import annotations

from app.services.outcome import Kind
from app.services.session import RENEW, Session
from tests.builders import CARD, OTHER_CARD, Library, scan


def test_who_stood_at_the_desk_still_does_after_a_crash(session: Session, library: Library) -> None:
    library.lend(OTHER_CARD, "C001")
    library.clock.go(days=12)
    scan(session, CARD, "B001")
    assert scan(session, "=renew-phone C001").kind is Kind.RENEWED
    library.reopen()
    again = library.session()
    assert again.taken_up
    assert again.member_id == library.members[CARD].id
    assert scan(again, "D001").kind is Kind.LENT
    assert library.has() == ["B001", "D001"]


def test_renewals_for_others_bring_nobody_to_the_desk(session: Session, library: Library) -> None:
    library.lend(OTHER_CARD, "C001")
    library.clock.go(days=12)
    assert scan(session, "=renew-phone C001").kind is Kind.RENEWED
    library.reopen()
    assert library.session().member_id == ""


def test_an_old_act_of_a_clock_put_back_is_not_taken_up(session: Session, library: Library) -> None:
    library.clock.go(days=7)
    scan(session, CARD, "B001")
    library.clock.go(days=-5)
    library.reopen()
    assert not library.session().taken_up


def test_finishing_numbers_transactions_without_gaps(session: Session) -> None:
    numbers = []
    for codes in ((CARD, "B001"), (OTHER_CARD,), (OTHER_CARD, "C001"), ("B001",)):
        scan(session, *codes)
        numbers.append(scan(session, "=finish").number)
    assert numbers == [1, 0, 2, 3]
    assert scan(session, "=finish").number == 0


def test_an_unfinished_basket_is_taken_up_after_a_restart(session: Session, library: Library) -> None:
    tx = scan(session, CARD, "B001").tx
    library.reopen()
    again = library.session()
    assert (again.tx, again.member_id, again.acted) == (tx, library.members[CARD].id, 1)
    scan(again, "C001")
    outcome = scan(again, "=finish")
    assert (outcome.number, outcome.counts) == (1, (2, 0, 0))
    assert library.session().tx == ""


def test_an_old_basket_is_left(session: Session, library: Library) -> None:
    scan(session, CARD, "B001")
    library.clock.go(minutes=10)
    assert library.session().tx == ""


def test_a_mode_stays_until_it_is_changed(session: Session, library: Library) -> None:
    scan(session, "=renew")
    assert session.mode == RENEW
    assert scan(session, "B001").kind is Kind.REFUSED
    scan(session, "=auto")
    assert scan(session, "B001").kind is Kind.SHOWN
    library.lend(OTHER_CARD, "C001")
    scan(session, CARD, "=return")
    assert session.member_id == "", "returning a pile closes the reader first"
    assert scan(session, "C001").kind is Kind.RETURNED
