"""A reader who registers at the desk stands open at once and can borrow."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from app.domain import right
from app.domain.records import Member, MemberType
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
    assert members.register(library.desk, CARD, "Nur Aini") == "card-taken"
    assert members.register(library.desk, "b001", "Nur Aini") == "card-taken"
    assert isinstance(members.register(library.desk, "23.01.0099", "Nur Aini"), Member)
    assert members.register(library.desk, "23.01.0099", "Nur Laila") == "card-taken"


def test_registering_needs_the_right_to_add_records(library: Library) -> None:
    clerk = library.session(replace(head(), rights=frozenset({right.CIRCULATE})))
    assert scan(clerk, "23.01.0099", "=register Nur Aini").code == "no-right"


def test_the_code_of_our_own_card_text_is_the_number(session: Session) -> None:
    member = scan(session, "meja:m:2301-99", "=register Nur Aini").member
    assert member is not None
    assert member.member_no == "2301-99"
