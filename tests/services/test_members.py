"""A reader who registers at the desk stands open at once and can borrow."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from app.domain import right
from app.domain.records import Member, MemberType
from app.services.members import NewMember
from app.services.outcome import Kind
from app.services.session import Session
from tests.builders import CARD, Library, head, rows_of, scan


def test_the_new_reader_is_open_and_borrows(session: Session, library: Library) -> None:
    assert scan(session, "23.01.0099").code == "unknown-code"
    outcome = scan(session, "=register  Nur   Aini ")
    assert (outcome.kind, outcome.code) == (Kind.MEMBER, "registered")
    member = outcome.member
    assert member is not None
    assert (member.member_no, member.name, member.member_type) == ("23.01.0099", "Nur Aini", "mahasiswa")
    assert (member.registered_on, member.expires_on) == (date(2026, 3, 2), date(2027, 3, 2))
    assert scan(session, "B001").kind is Kind.LENT
    scan(session, "=finish")
    assert scan(session, "23.01.0099").kind is Kind.MEMBER


def test_what_was_recorded_names_the_record_and_not_the_person(session: Session, library: Library) -> None:
    scan(session, "23.01.0099", "=register Nur Aini")
    bodies = [body for (body,) in rows_of(library.store, "SELECT body FROM event ORDER BY seq DESC LIMIT 1")]
    assert "registered" in str(bodies[0])
    assert "Nur" not in str(bodies[0])


def test_another_type_by_code_or_name_with_its_own_days(session: Session, library: Library) -> None:
    with library.store.act() as act:
        act.put_member_type(MemberType("dosen", "Dosen tetap", 10))
    named = scan(session, "D-77", "=register Dosen tetap: Umar").member
    assert named is not None
    assert (named.name, named.member_type, named.expires_on) == ("Umar", "dosen", date(2026, 3, 12))
    assert scan(session, "D-78", "=register wali: Umar").code == "type-unknown"


def test_kinds_come_in_the_order_of_the_rules(library: Library) -> None:
    with library.store.act() as act:
        act.put_member_type(MemberType("alumni", "Alumni", 30))
    kinds = library.session().members.kinds()
    assert [kind.code for kind in kinds] == ["mahasiswa", "pascasarjana", "dosen", "tendik", "luar", "alumni"]


@pytest.mark.parametrize(
    ("codes", "problem"),
    [(["=register Nur Aini"], "card-missing"), ([CARD, "=register Nur Aini"], "card-missing"),
     (["23.01.0099", "=finish", "=register Nur Aini"], "card-missing"), (["X-1", "=register dosen: "], "name-missing")],
)  # fmt: skip
def test_without_card_or_name_nobody_is_registered(session: Session, codes: list[str], problem: str) -> None:
    assert scan(session, *codes).code == problem


def test_a_number_in_use_is_not_given_twice(library: Library) -> None:
    members = library.session().members
    assert members.register(library.desk, CARD, NewMember("Nur Aini")) == "card-taken"
    assert members.register(library.desk, "b001", NewMember("Nur Aini")) == "card-taken"
    assert isinstance(members.register(library.desk, "23.01.0099", NewMember("Nur Aini")), Member)
    assert members.register(library.desk, "23.01.0099", NewMember("Nur Laila")) == "card-taken"


def test_registering_needs_the_right_to_add_records(library: Library) -> None:
    clerk = library.session(replace(head(), rights=frozenset({right.CIRCULATE})))
    assert scan(clerk, "23.01.0099", "=register Nur Aini").code == "no-right"


def test_the_code_of_our_own_card_text_is_the_number(session: Session) -> None:
    member = scan(session, "meja:m:2301-99", "=register Nur Aini").member
    assert member is not None
    assert member.member_no == "2301-99"


def test_what_reaches_a_reader_is_kept_and_the_typed_last_day_counts(library: Library, session: Session) -> None:
    new = NewMember("Nur Aini", "dosen", " 0812  3456 7890 ", "nur@kampus.ac.id ", "31/12/2027")
    outcome = session.register(new, "23.01.0099")
    member = outcome.member
    assert member is not None
    assert (member.phone, member.email) == ("0812 3456 7890", "nur@kampus.ac.id")
    assert member.expires_on == date(2027, 12, 31)
    bodies = str(rows_of(library.store, "SELECT body FROM event"))
    assert "0812" not in bodies
    assert "kampus" not in bodies


@pytest.mark.parametrize(
    ("changes", "problem"),
    [({"phone": "belum ada"}, "phone-unfit"), ({"phone": "12"}, "phone-unfit"), ({"email": "nur"}, "email-unfit"),
     ({"email": "nur@kampus"}, "email-unfit"), ({"expires": "nanti"}, "expiry-unreadable"),
     ({"expires": "31/12/27"}, "expiry-unreadable"), ({"expires": "1/3/2026"}, "expiry-past")],
)  # fmt: skip
def test_what_cannot_be_right_is_refused_and_nobody_registered(
    library: Library, changes: dict[str, str], problem: str
) -> None:
    members = library.session().members
    assert members.register(library.desk, "23.01.0099", replace(NewMember("Nur Aini"), **changes)) == problem
    with library.store.read() as facts:
        assert not facts.member_by_card("23.01.0099")


def test_a_registration_is_undone_while_nothing_hangs_on_it(session: Session, library: Library) -> None:
    session.register(NewMember("Nur Aini", phone="081234567890"), "23.01.0099")
    outcome = session.undo()
    assert (outcome.kind, outcome.undone_kind) == (Kind.UNDONE, "member.registered")
    assert session.member_id == ""
    with library.store.read() as facts:
        assert not facts.member_by_card("23.01.0099")
        assert not facts.find_members("nur aini", 5).rows
    assert "Nur" not in str(rows_of(library.store, "SELECT name, phone FROM member WHERE gone = 1"))
    assert session.register(NewMember("Nur Aini")).code == "registered", "the card is still at hand"
    scan(session, "=finish")
    assert session.undo().undone_kind == "member.registered", "still the last thing that was done"


def test_a_registration_with_a_loan_stays_and_says_why(session: Session, library: Library) -> None:
    session.register(NewMember("Nur Aini"), "23.01.0099")
    scan(session, "B001")
    assert session.undo().undone_kind == "loan.opened"
    assert session.undo().code == "registration-used"
    scan(session, "B001", "=finish", CARD)
    assert session.undo().code == "nothing-to-undo", "another reader is open now"


def test_who_has_a_loan_is_not_withdrawn(library: Library) -> None:
    members = library.session().members
    library.lend(CARD, "B001")
    assert members.withdraw(library.desk, library.members[CARD].id) == "registration-used"
