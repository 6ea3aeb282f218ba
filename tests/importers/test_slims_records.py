"""What a SLiMS library consists of, record by record: taken as it is meant, or refused with its reason."""

from __future__ import annotations

from collections.abc import Set
from datetime import date
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.importers.rows import (
    ClosedDayRow,
    ItemRow,
    LoanRuleRow,
    MemberRow,
    MemberTypeRow,
    Place,
    Refused,
    Row,
    TitleRow,
)
from app.importers.slims_records import (
    CLOSED_DAY,
    ITEM,
    MEMBER,
    MEMBER_TYPE,
    RULE,
    TITLE,
    Library,
    Records,
    Table,
    address_of,
    price_of,
)
from app.importers.slims_tables import COLUMNS, LONG_TEXT, SHORT_TEXT
from tests.importers.slims_rows import taken

Kind = TypeVar("Kind")


@pytest.fixture
def library() -> Library:
    """A library with two titles, one member type and the names of some small tables."""
    made = Library("slims")
    made.titles.add(1)
    made.titles.add(2)
    made.member_types.add("1")
    masters = made.masters
    masters.authors.update({1: "Ali", 2: "Budi", 3: "Citra"})
    masters.topics.update({1: "Fikih"})
    masters.collections.update({"2": "Buku Teks"})
    masters.materials.update({"1": "Text"})
    masters.locations.update({"SL": "Pusat"})
    masters.publishers.update({"5": "Mizan"})
    masters.places.update({"6": "Bandung"})
    masters.languages.update({"id": "Indonesia"})
    masters.statuses.update({"R": ("Repair", True), "OK": ("Baru", False)})
    return made


@pytest.fixture
def records(library: Library) -> Records:
    return Records(library)


def whole(made: tuple[Row | None, set[str]], kind: type[Kind], notes: Set[str] = frozenset()) -> Kind:
    """The row, which must be of its kind and have no notes but these."""
    row, told = made
    assert isinstance(row, kind), row
    assert told == notes
    return row


def reason(made: tuple[Row | None, set[str]]) -> str:
    row, _ = made
    assert isinstance(row, Refused), row
    return row.reason


@pytest.mark.parametrize("table", [MEMBER_TYPE, RULE, CLOSED_DAY, TITLE, ITEM, MEMBER])
def test_the_columns_wanted_are_slims_own(table: Table) -> None:
    assert set(table.columns) <= set(COLUMNS[table.name])
    assert 0 <= table.label[0] < len(table.columns)


def test_a_member_type_has_its_terms(records: Records) -> None:
    row = whole(
        taken(
            records.member_type, MEMBER_TYPE, member_type_id=" 3 ", member_type_name="Dosen", loan_limit="5",
            loan_periode="14", reborrow_limit="2", fine_each_day="1000", grace_periode="1", member_periode="365",
            enable_reserve="1", reserve_limit="2",
        ),
        MemberTypeRow,
    )  # fmt: skip
    assert (row.source_key, row.name, row.loan_limit, row.loan_days) == ("slims:member_type:3", "Dosen", 5, 14)
    assert (row.renewals, row.fine_per_day, row.grace_days, row.membership_days) == (2, 1000, 1, 365)
    assert (row.holds_allowed, row.hold_limit) == (True, 2)


def test_what_a_member_type_leaves_open_stays_unknown(records: Records) -> None:
    row = whole(taken(records.member_type, MEMBER_TYPE, member_type_id="3", loan_limit=" "), MemberTypeRow)
    assert (row.name, row.loan_limit, row.holds_allowed) == ("3", None, None)
    made = taken(records.member_type, MEMBER_TYPE, member_type_id="4", loan_limit="-1", fine_each_day="seribu")
    assert whole(made, MemberTypeRow, {"number-unreadable"}).fine_per_day is None


def test_a_member_type_that_cannot_be_told_apart_is_refused(records: Records) -> None:
    assert reason(taken(records.member_type, MEMBER_TYPE, member_type_id="1", member_type_name="x")) == "id-repeated"
    assert reason(taken(records.member_type, MEMBER_TYPE, member_type_name="x")) == "id-missing"


@pytest.mark.parametrize("anything", [None, "", "0"])
def test_a_rule_names_what_it_is_for(records: Records, anything: str | None) -> None:
    made = taken(
        records.rule, RULE, loan_rules_id="7", member_type_id="1", coll_type_id="2", gmd_id=anything, loan_limit="2",
        loan_periode="3",
    )  # fmt: skip
    row = whole(made, LoanRuleRow)
    assert (row.source_key, row.member_type_key) == ("slims:rule:7", "slims:member_type:1")
    assert (row.collection, row.material, row.loan_limit, row.loan_days) == ("Buku Teks", "", 2, 3)


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ({"member_type_id": "9"}, "member-type-unknown"),
        ({}, "member-type-unknown"),
        ({"member_type_id": "1", "coll_type_id": "8"}, "collection-unknown"),
        ({"member_type_id": "1", "gmd_id": "8"}, "material-unknown"),
    ],
)
def test_a_rule_for_what_nobody_knows_is_refused(records: Records, named: dict[str, str], why: str) -> None:
    assert reason(taken(records.rule, RULE, loan_rules_id="7", **named)) == why


@pytest.mark.parametrize(
    ("name", "on", "expected"),
    [
        ("Fri", None, (4, None)),
        ("sunday", None, (6, None)),
        ("mon", "2026-08-17", (None, date(2026, 8, 17))),
        ("nonsense", "2026-08-17", (None, date(2026, 8, 17))),
    ],
)
def test_a_closed_day_is_weekly_or_dated(
    records: Records, name: str, on: str | None, expected: tuple[int | None, date | None]
) -> None:
    made = taken(records.closed_day, CLOSED_DAY, holiday_id="1", holiday_dayname=name, holiday_date=on, description="x")
    row = whole(made, ClosedDayRow)
    assert ((row.weekday, row.on), row.description, row.source_key) == (expected, "x", "slims:holiday:1")


@pytest.mark.parametrize(
    ("name", "on", "why"),
    [("", "0000-00-00", "date-unreadable"), ("mon", "besok", "date-unreadable"), ("libur", None, "weekday-unknown")],
)
def test_a_closed_day_that_is_neither_is_refused(records: Records, name: str, on: str | None, why: str) -> None:
    assert reason(taken(records.closed_day, CLOSED_DAY, holiday_dayname=name, holiday_date=on)) == why


def test_a_title_has_its_names_from_the_small_tables(library: Library, records: Records) -> None:
    library.masters.title_authors.add(9, 3, 1)
    library.masters.title_authors.add(9, 1, 2)
    library.masters.title_topics.add(9, 1, 1)
    row = whole(
        taken(
            records.title, TITLE, biblio_id="9", title=" Fikih Ibadah ", isbn_issn="\ufeff978-602", publisher_id="5",
            publish_place_id="6", publish_year="2015 ", language_id="id", gmd_id="1", opac_hide="1", image="a.jpg",
        ),
        TitleRow,
    )  # fmt: skip
    assert (row.source_key, row.title, row.authors, row.subjects) == (
        "slims:biblio:9", "Fikih Ibadah", ("Budi", "Ali"), ("Fikih",),
    )  # fmt: skip
    assert (row.publisher, row.publish_place, row.year) == ("Mizan", "Bandung", "2015")
    assert (row.language, row.material, row.hidden, row.cover, row.isbn) == (
        "Indonesia", "Text", True, "a.jpg", "978-602",
    )  # fmt: skip
    assert 9 in library.titles


def test_names_that_are_nowhere_are_left_out_and_noted(library: Library, records: Records) -> None:
    library.masters.title_authors.add(9, 1, 77)
    library.masters.title_topics.add(9, 1, 77)
    named = {"publisher_id": "77", "publish_place_id": "77", "gmd_id": "77", "language_id": "xx"}
    made = taken(records.title, TITLE, biblio_id="9", title="T", **named)
    told = {"author-unknown", "topic-unknown", "publisher-unknown", "place-unknown", "material-unknown"}
    row = whole(made, TitleRow, told)
    assert (row.authors, row.publisher, row.material, row.language) == ((), "", "", "xx")


def test_a_title_that_is_none_is_refused(records: Records) -> None:
    assert reason(taken(records.title, TITLE, biblio_id="1", title="Lain")) == "id-repeated"
    assert reason(taken(records.title, TITLE, biblio_id="9", title="  ")) == "title-missing"
    assert reason(taken(records.title, TITLE, title="Tanpa nomor")) == "id-missing"


def test_text_is_kept_but_for_what_breaks_a_line(records: Records) -> None:
    title = "Kitāb \u202bكِتَاب\u202c  TAFSIR\r\nAL-MISBAH \x07"
    made = taken(records.title, TITLE, biblio_id="9", title=title, notes="a\r\nb\x00")
    row = whole(made, TitleRow, {"line-break", "control-characters"})
    assert row.title == "Kitāb \u202bكِتَاب\u202c  TAFSIR AL-MISBAH"
    assert row.notes == "a\nb"


def test_endless_text_is_cut_and_told(records: Records) -> None:
    endless = "x" * (LONG_TEXT + 1)
    row = whole(taken(records.title, TITLE, biblio_id="9", title=endless, notes=endless), TitleRow, {"text-cut"})
    assert (len(row.title), len(row.notes)) == (SHORT_TEXT, LONG_TEXT)


def test_a_copy_has_its_title_place_and_price(records: Records) -> None:
    row = whole(
        taken(
            records.item, ITEM, item_id="4", item_code="P004", biblio_id="1", coll_type_id="2", location_id="SL",
            site=" Rak A ", item_status_id="r", price="75000", price_currency="Rupiah", source="2",
            received_date="2024-01-02", inventory_code="INV/4", call_number="297 ABC",
        ),
        ItemRow,
    )  # fmt: skip
    assert (row.source_key, row.barcode, row.title_key) == ("slims:item:4", "P004", "slims:biblio:1")
    assert (row.collection, row.location, row.shelf, row.status) == ("Buku Teks", "Pusat", "Rak A", "repair")
    assert (row.price, row.source, row.received_on) == (75_000, "gift", date(2024, 1, 2))
    assert (row.inventory_no, row.call_number) == ("INV/4", "297 ABC")


def test_the_first_copy_keeps_a_code_and_the_others_name_it(records: Records) -> None:
    whole(taken(records.item, ITEM, item_id="1", item_code="B001", biblio_id="1"), ItemRow)
    assert reason(taken(records.item, ITEM, item_id="2", item_code="b001 ", biblio_id="1")) == "barcode-repeated"
    row, _ = taken(records.item, ITEM, item_id="3", item_code="\ufeffB001", biblio_id="2")
    assert isinstance(row, Refused)
    assert (row.reason, row.params) == (
        "barcode-on-two-titles", {"barcode": "B001", "first_title_key": "slims:biblio:1"},
    )  # fmt: skip
    assert reason(taken(records.item, ITEM, item_id="1", item_code="B009", biblio_id="1")) == "id-repeated"


def test_a_copy_without_a_number_is_known_by_its_code(records: Records) -> None:
    row = whole(taken(records.item, ITEM, item_code="P1", biblio_id="1"), ItemRow)
    assert row.source_key == "slims:item:code:p1"


@pytest.mark.parametrize(
    ("written", "code", "notes"),
    [
        ("\u200bP\u00a0", "P", {"code-cleaned"}),
        (" 0001234", "0001234", set()),
        ("X0022/2016", "X0022/2016", set()),
        ("A 12", "A 12", {"code-has-blank"}),
        ("ABC-12-34", "ABC-12-34", set()),
        ("12345678901234", "12345678901234", set()),
        ("B1B2", "B1B2", set()),
        ("RAK A 001", "RAK A 001", {"code-has-blank"}),
    ],
)
def test_codes_are_taken_as_they_stand_but_for_what_nobody_sees(
    records: Records, written: str, code: str, notes: set[str]
) -> None:
    row = whole(taken(records.item, ITEM, item_id="1", item_code=written, biblio_id="1"), ItemRow, notes)
    assert row.barcode == code


@pytest.mark.parametrize("code", ["B00001B00002", "B00001 B00002", "B00001;B00002", "b00001B00002", "INV001INV002"])
def test_two_codes_in_one_field_are_refused(records: Records, code: str) -> None:
    assert reason(taken(records.item, ITEM, item_id="1", item_code=code, biblio_id="1")) == "codes-run-together"


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ({"item_code": "", "biblio_id": "1"}, "barcode-missing"),
        ({"biblio_id": "1"}, "barcode-missing"),
        ({"item_code": "x" * 65, "biblio_id": "1"}, "code-too-long"),
        ({"item_code": "A1", "biblio_id": "99"}, "title-missing"),
        ({"item_code": "A1"}, "title-missing"),
    ],
)
def test_a_copy_of_nothing_is_refused(records: Records, named: dict[str, str], why: str) -> None:
    assert reason(taken(records.item, ITEM, item_id="1", **named)) == why


@pytest.mark.parametrize(
    ("price", "currency", "expected", "note"),
    [
        ("75000", "Rupiah", 75_000, ""), ("75000", None, 75_000, ""), ("75000", " IDR ", 75_000, ""),
        ("5000.00", "Rp.", 5000, ""), ("0", "USD", None, ""), (None, None, None, ""), (" ", None, None, ""),
        ("20", "USD", None, "price-other-currency"), ("-5", "", None, "price-unreadable"),
        ("lima", "", None, "price-unreadable"),
    ],
)  # fmt: skip
def test_prices_are_rupiah_or_unknown(price: str | None, currency: str | None, expected: int | None, note: str) -> None:
    notes: set[str] = set()
    assert price_of(price, currency, notes) == expected
    assert notes == ({note} if note else set())


@pytest.mark.parametrize(
    ("parts", "address"),
    [
        (("Jl. Melati 5", "69162", "PO Box 1"), "Jl. Melati 5\n69162"),
        (("Jl. Melati 5, 69162", "69162", None), "Jl. Melati 5, 69162"),
        ((" ", None, "PO Box 1\r\nKota"), "PO Box 1\nKota"),
        ((None, "69162", None), "69162"),
        ((None, None, None), ""),
    ],
)
def test_an_address_has_its_postal_code_once(parts: tuple[str | None, str | None, str | None], address: str) -> None:
    assert address_of(*parts, set()) == address


def test_a_reader_comes_with_type_days_and_what_staff_decided(records: Records) -> None:
    row = whole(
        taken(
            records.member, MEMBER, member_id="2023001", member_name="Siti ", member_type_id="1", gender="0",
            birth_date="2003-04-05", register_date="2024-08-01", member_since_date="2020-01-02",
            expire_date="2028-07-31", is_pending="1", member_phone=" 0812 ",
        ),
        MemberRow,
    )  # fmt: skip
    assert (row.source_key, row.name, row.member_type) == ("slims:member:2023001", "Siti", "slims:member_type:1")
    assert (row.gender, row.born_on, row.registered_on) == ("f", date(2003, 4, 5), date(2024, 8, 1))
    assert (row.expires_on, row.blocked, row.phone) == (date(2028, 7, 31), True, "0812")


@pytest.mark.parametrize(
    ("named", "note"),
    [
        ({"expire_date": "0000-00-00"}, "expiry-unknown"),
        ({"member_name": ""}, "number-as-name"),
        ({"member_type_id": "9"}, "member-type-unknown"),
        ({"birth_date": "2001-02-30"}, "date-unreadable"),
        ({"birth_date": "tahun lalu"}, "date-unreadable"),
        ({"member_id": "\ufeffM1"}, "code-cleaned"),
        ({"member_id": "p001"}, "number-is-also-a-barcode"),
    ],
)
def test_a_reader_with_something_to_know_of_is_taken(records: Records, named: dict[str, str], note: str) -> None:
    whole(taken(records.item, ITEM, item_id="1", item_code="P001", biblio_id="1"), ItemRow)
    sound = {"member_id": "M1", "member_name": "Siti", "member_type_id": "1", "expire_date": "2028-01-01"}
    row = whole(taken(records.member, MEMBER, **(sound | named)), MemberRow, {note})
    assert row.name in ("Siti", "M1")
    assert row.born_on is None
    assert not row.blocked


def test_a_reader_who_cannot_be_is_refused(records: Records) -> None:
    sound = {"member_name": "Siti", "member_type_id": "1", "expire_date": "2028-01-01"}
    whole(taken(records.member, MEMBER, member_id="M1", **sound), MemberRow)
    assert reason(taken(records.member, MEMBER, member_id=" m1", **sound)) == "member-number-repeated"
    assert reason(taken(records.member, MEMBER, member_id="", **sound)) == "member-number-missing"


VALUE = st.none() | st.text(max_size=8) | st.sampled_from(["", "0", "1", "2", "P001", "2026-01-05", "0000-00-00", "-1"])


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_any_values_become_a_row_or_a_refusal_of_their_kind(data: st.DataObject) -> None:
    made = Records(Library("slims"))
    tables = {
        MEMBER_TYPE: made.member_type, RULE: made.rule, CLOSED_DAY: made.closed_day, TITLE: made.title,
        ITEM: made.item, MEMBER: made.member,
    }  # fmt: skip
    for table, read in tables.items():
        width = len(table.columns)
        keys = set()
        for values in data.draw(st.lists(st.lists(VALUE, min_size=width, max_size=width), max_size=3)):
            row = read(values, Place("d", 1, table.name), set())
            if isinstance(row, Refused):
                assert row.kind == table.kind
            elif not isinstance(row, ClosedDayRow | LoanRuleRow):
                assert row.source_key not in keys
                keys.add(row.source_key)
