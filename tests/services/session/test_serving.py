"""Who serves: badges, PINs, and what nobody may give out."""

from __future__ import annotations

from msgspec.structs import replace

from app.domain import right
from app.domain.records import Staff
from app.services.outcome import Kind
from app.services.staff import NOBODY
from tests.builders import CARD, OTHER_CARD, Library, head, scan

CLERK = replace(head(), rights=right.DESK)


def test_a_badge_or_a_pin_signs_in(library: Library) -> None:
    with library.store.act() as act:
        act.put_staff(Staff("b" * 32, "Siti Rahma", "Siti", right.DESK, badge="STAF-1"))
        act.record("record.edited", {"record": "staff", "id": act.new_id()})
    session = library.session(CLERK)
    assert session.sign_in_badge("staf-1").kind is Kind.SIGNED_IN
    assert session.staff.name == "Siti Rahma"
    assert session.sign_in_badge("none").code == "badge-unknown"
    hasan = library.staff("Hasan Basri", pin="2222")
    assert session.sign_in(hasan).code == "pin-needed"
    assert session.sign_in(hasan, "1111").code == "pin-wrong"
    assert session.staff.name == "Siti Rahma"
    assert session.sign_in(hasan, "2222").kind is Kind.SIGNED_IN
    session.sign_out()
    assert session.staff.rights == right.DESK


def test_the_third_wrong_pin_names_the_wait_at_once(library: Library) -> None:
    hasan = library.staff("Hasan Basri", pin="2222")
    session = library.session(CLERK)
    said = [session.sign_in(hasan, "1111") for _ in range(3)]
    assert [outcome.code for outcome in said] == ["pin-wrong", "pin-wrong", "pin-waits"]
    assert said[-1].verdict.reasons[0].params == {"seconds": 30}


def test_a_library_may_want_a_name_under_what_it_gives_out(library: Library) -> None:
    library.lend(OTHER_CARD, "D001")
    library.set("desk.needs_sign_in", True)
    session = library.session(NOBODY)
    assert scan(session, CARD, "B001").kind is Kind.LENT, "nobody could sign in yet"
    hasan = library.staff("Hasan Basri", pin="2222")
    said = [scan(session, "C001"), session.renew_all(), session.pay(500), scan(session, "23.01.0099", "=register Nur")]
    assert [outcome.code for outcome in said] == ["sign-in-first"] * 4
    scan(session, "=return")
    assert scan(session, "D001").kind is Kind.RETURNED
    session.sign_in(hasan, "2222")
    assert scan(session, CARD, "C001").kind is Kind.LENT


def test_without_that_setting_the_desk_lends_before_anybody_signed_in(library: Library) -> None:
    library.staff("Hasan Basri", pin="2222")
    assert scan(library.session(NOBODY), CARD, "B001").kind is Kind.LENT
