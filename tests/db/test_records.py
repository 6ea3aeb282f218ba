"""Records: written and read back whole, found by their keys, marked for who follows."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.ids import derived_id
from app.domain.records import Item, ItemStatus, Member, MemberType, Staff, Title
from app.domain.text import code_key
from db.records import isbn_key
from tests.builders import Library, rows_of

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
DAYS = st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1))
HURRY = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=25)


@HURRY
@given(st.builds(Title, id=st.just(derived_id("t", "x")), authors=st.lists(TEXT).map(tuple), title=TEXT, isbn=TEXT,
                 subjects=st.lists(TEXT).map(tuple), hidden=st.booleans(), notes=TEXT, year=TEXT))  # fmt: skip
def test_a_title_comes_back_as_it_was_put(library: Library, title: Title) -> None:
    with library.store.act() as act:
        act.put_title(title)
        assert act.title(title.id) == title


@HURRY
@given(st.builds(Item, id=st.just(derived_id("i", "x")), title_id=st.just(""), barcode=TEXT, inventory_no=TEXT,
                 status=st.sampled_from(ItemStatus), price=st.none() | st.integers(0, 10**9), parts=TEXT,
                 received_on=DAYS, provisional=st.booleans()))  # fmt: skip
def test_a_copy_comes_back_as_it_was_put(library: Library, item: Item) -> None:
    item = replace(item, title_id=library.title("Sejarah Lampung").id)
    with library.store.act() as act:
        act.put_item(item)
        hit = act.item_by_id(item.id)
    assert hit is not None
    assert hit.item == item


@HURRY
@given(st.builds(Member, id=st.just(derived_id("m", "x")), member_no=TEXT, name=TEXT, member_type=TEXT, born_on=DAYS,
                 registered_on=DAYS, expires_on=DAYS, blocked=st.booleans(), card_lost=st.booleans(), notes=TEXT,
                 card_nos=st.lists(TEXT).map(tuple)))  # fmt: skip
def test_a_reader_comes_back_as_put_and_is_found_by_every_card(library: Library, member: Member) -> None:
    with library.store.act() as act:
        act.put_member(member)
        hit = act.member_by_id(member.id)
        assert hit is not None
        assert hit.member == member
        for code in member.card_nos:
            assert member.id in [found.member.id for found in act.member_by_card(code)] or act.member_by_card(code)


def test_a_changed_record_is_the_same_record_with_a_new_revision(library: Library) -> None:
    member = library.members["21.01.0042"]
    changed = replace(member, name="Ahmad F.", card_nos=("K-1",))
    count = rows_of(library.store, "SELECT count(*) FROM change")[0][0]
    with library.store.act() as act:
        act.put_member(changed)
        act.put_member(replace(changed, card_nos=("K-2",)))
    assert rows_of(library.store, "SELECT count(*) FROM member") == [(2,)]
    assert rows_of(library.store, "SELECT card_key FROM member_card") == [("k-2",)]
    assert rows_of(library.store, "SELECT count(*) FROM change")[0][0] == count + 2
    with library.store.read() as facts:
        assert facts.member_by_card("K-1") == []
        assert not facts.find_members("fauzi", 5).rows


def test_staff_and_types_are_kept(library: Library) -> None:
    person = Staff(
        derived_id("s", "x"), "Siti Rahma", "Siti", frozenset({"circulate", "pay"}), "hash", "Badge-7", False
    )
    with library.store.act() as act:
        act.put_staff(person)
        act.record("record.edited", {"record": "staff", "id": act.new_id()})
        act.put_member_type(MemberType("luar", "Anggota luar", 180))
        assert act.staff_list() == [replace(person, badge=code_key("Badge-7"))]
        assert act.member_type_name("luar") == "Anggota luar"
        assert act.member_type_name("tak-ada") == "tak-ada"


def test_a_note_is_kept_apart_cut_to_size_and_can_be_gone(library: Library) -> None:
    with library.store.act() as act:
        act.put_note("n" * 32, "x" * 5000)
        act.record("record.edited", {"record": "note", "id": act.new_id()})
        assert len(act.note("n" * 32)) == 2000
        assert act.note("o" * 32) == ""


@pytest.mark.parametrize(
    ("isbn", "key"),
    [
        ("978-602-03-1234-5", "9786020312345"),
        ("602-03-1234-X", "9786020312347"),
        ("0-306-40615-2", "9780306406157"),
        ("not one", None),
        ("", None),
        ("12345", None),
        ("9786020312345 (jilid 1)", None),
    ],
)
def test_an_isbn_is_found_by_its_thirteen_digits(isbn: str, key: str | None) -> None:
    assert isbn_key(isbn) == key


def test_no_field_of_a_record_is_forgotten_by_the_store() -> None:
    from db.rows import ITEM, MEMBER, TITLE

    for kind, columns in ((Title, TITLE), (Item, ITEM), (Member, MEMBER)):
        assert len(columns.split(",")) == len(kind.__struct_fields__)
