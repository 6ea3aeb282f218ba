"""What happened in a SLiMS library: loans that contradict each other, the fine ledger, the waiting list, the door."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.importers.rows import FineRow, HoldRow, LoanRow, Place, Refused, Row, VisitRow
from app.importers.slims_lending import FINE, HOLD, LOAN, VISIT, Circulation
from app.importers.slims_records import Library, Table
from app.importers.slims_tables import COLUMNS
from tests.importers.slims_rows import Made, taken


@pytest.fixture
def library() -> Library:
    """Two titles, two copies, two readers, one room."""
    made = Library("slims")
    for number, code in ((1, "P001"), (2, "P002")):
        made.titles.add(number)
        made.items.add(code, number)
    made.members.add("M1", 1)
    made.members.add("M2", 2)
    made.masters.rooms["R1"] = "Ruang Baca"
    return made


@pytest.fixture
def lending(library: Library) -> Circulation:
    return Circulation(library)


def lent(lending: Circulation, number: str | None, code: str, who: str, on: str, back: str | None = None,
         line: int = 7, **named: str | None) -> Made:  # fmt: skip
    usual: dict[str, str | None] = {
        "due_date": "2026-02-01", "renewed": "0", "loan_rules_id": "0", "is_lent": "1",
        "is_return": "0" if back is None else "1", "return_date": back,
    }  # fmt: skip
    values = usual | {"loan_id": number, "item_code": code, "member_id": who, "loan_date": on} | named
    return taken(lending.loan, LOAN, line, **values)


def past(lending: Circulation, number: str | None, code: str = "P002", on: str = "2025-04-24") -> Made:
    named = {"due_date": "2025-05-01", "is_lent": "1", "is_return": "1", "return_date": "2025-05-01"}
    return taken(lending.old_loan, LOAN, 7, loan_id=number, item_code=code, member_id="M2", loan_date=on, **named)


def reason(row: Row | None) -> str:
    assert isinstance(row, Refused), row
    return row.reason


@pytest.mark.parametrize("table", [LOAN, FINE, HOLD, VISIT])
def test_the_columns_wanted_are_slims_own(table: Table) -> None:
    assert set(table.columns) <= set(COLUMNS[table.name])
    assert set(LOAN.columns) - {"loan_rules_id"} <= set(COLUMNS["loan_history"])


def test_an_open_loan_follows_its_copy_whatever_the_case(lending: Circulation) -> None:
    made, notes = lent(
        lending, "1", "p001\u200b", "m1", "2026-01-05", renewed="2", loan_rules_id="3", return_date="2026-01-09"
    )
    assert made is None  # kept until all loans are known
    assert notes == {"code-written-otherwise"}
    (row,) = lending.open_loans()
    assert isinstance(row, LoanRow)
    assert (row.source_key, row.barcode, row.member_no) == ("slims:loan:1", "P001", "M1")
    assert (row.lent_on, row.due_on) == (date(2026, 1, 5), date(2026, 2, 1))
    assert (row.renewals, row.rule_key) == (2, "slims:rule:3")
    assert (row.open, row.returned_on) == (True, None)  # a renewal leaves the date on an open loan
    assert list(lending.open_loans()) == []


def test_a_past_loan_is_told_at_once(lending: Circulation) -> None:
    row, notes = lent(lending, "1", "P001", "M1", "2026-01-05", "2026-01-09", renewed="-1")
    assert isinstance(row, LoanRow)
    assert (row.open, row.returned_on, row.renewals, row.rule_key, notes) == (False, date(2026, 1, 9), 0, "", set())


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ({"item_code": "P009"}, "item-unknown"),
        ({"item_code": None}, "item-unknown"),
        ({"member_id": "M9"}, "member-unknown"),
        ({"is_lent": "0"}, "never-lent"),
        ({"is_lent": None}, "never-lent"),
        ({"loan_date": "0000-00-00"}, "loan-date-unknown"),
        ({"loan_date": "besok"}, "loan-date-unknown"),
        ({"is_return": "1", "return_date": "2026-01-04"}, "returned-before-lent"),
    ],
)
def test_a_loan_that_cannot_have_been_is_refused_with_its_facts(
    lending: Circulation, named: dict[str, str | None], why: str
) -> None:
    row, _ = lent(lending, "1", "P001", "M1", "2026-01-05", **named)
    assert isinstance(row, Refused)
    assert row.reason == why
    assert row.params["id"] == "1"
    assert list(lending.open_loans()) == []


@pytest.mark.parametrize(
    ("named", "notes"),
    [
        ({"is_return": "1", "return_date": None}, {"return-date-unknown"}),
        ({"is_return": "1", "return_date": "kapan?"}, {"date-unreadable"}),
        ({"is_return": "1", "return_date": "2026-01-05"}, set()),
        ({"due_date": "2026-01-01"}, {"due-before-lent"}),
        ({"due_date": "0000-00-00"}, set()),
        ({"due_date": "?"}, {"date-unreadable"}),
    ],
)
def test_what_is_odd_about_a_loan_is_noted(lending: Circulation, named: dict[str, str | None], notes: set[str]) -> None:
    row, told = lent(lending, "1", "P001", "M1", "2026-01-05", **named)
    assert not isinstance(row, Refused)
    assert told == notes


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_open_loans_of_a_copy_the_later_is_taken(lending: Circulation, turned: bool) -> None:
    loans = [("1", "M1", "2026-01-05", 7), ("2", "M2", "2026-01-06", 8)]
    for number, who, on, line in reversed(loans) if turned else loans:
        assert lent(lending, number, "P001", who, on, line=line)[0] is None
    kept, refused = lending.open_loans()
    assert isinstance(kept, LoanRow)
    assert kept.member_no == "M2"
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.place.line) == ("copy-open-twice", 7)
    assert refused.params == {
        "barcode": "P001", "member_no": "M1", "lent_on": "2026-01-05", "kept": "slims:loan:2", "kept_member_no": "M2",
    }  # fmt: skip


def test_of_two_open_loans_of_one_day_the_later_line_is_taken(lending: Circulation) -> None:
    for number, line in (("1", 7), ("2", 8), ("3", 9)):
        lent(lending, number, "P001", "M1", "2026-01-05", line=line)
    kept, *refused = lending.open_loans()
    assert isinstance(kept, LoanRow)
    assert kept.source_key == "slims:loan:3"
    assert [reason(row) for row in refused] == ["copy-open-twice"] * 2


def test_a_loan_stands_once(lending: Circulation) -> None:
    assert isinstance(lent(lending, "1", "P001", "M1", "2026-01-05", "2026-01-06")[0], LoanRow)
    assert reason(lent(lending, "1", "P002", "M2", "2026-01-07")[0]) == "id-repeated"


def test_a_loan_without_a_number_is_known_by_what_it_says(lending: Circulation) -> None:
    row, _ = lent(lending, None, "P001", "M1", "2026-01-05", "2026-01-06")
    assert isinstance(row, LoanRow)
    assert row.source_key == "slims:loan:P001~M1~2026-01-05"
    assert reason(lent(lending, None, "p001", "M1", "2026-01-05", "2026-01-06")[0]) == "loan-repeated"


def test_the_history_fills_only_what_the_loans_lack(lending: Circulation) -> None:
    lent(lending, "1", "P001", "M1", "2026-01-05")
    assert past(lending, "1") == (None, set())
    row, notes = past(lending, "2")
    assert isinstance(row, LoanRow)
    assert (row.source_key, row.barcode, row.open, notes) == ("slims:loan:2", "P002", False, {"from-loan-history"})
    assert past(lending, "2") == (None, set())
    assert reason(past(lending, None)[0]) == "id-missing"
    assert reason(past(lending, "3", code="P009")[0]) == "item-unknown"


@pytest.mark.parametrize(
    ("named", "expected", "notes"),
    [
        (("2026-01-02", "m1", "1500", None, " Terlambat "), ("M1", date(2026, 1, 2), 1500, 0, "Terlambat"), set()),
        (("2026-01-03", "M1", "0", "500", None), ("M1", date(2026, 1, 3), 0, 500, ""), set()),
        (("0000-00-00", "M2", "", "0", None), ("M2", None, 0, 0, ""), {"date-unknown"}),
        (("kapan?", "M2", "1", "0", None), ("M2", None, 1, 0, ""), {"date-unreadable"}),
    ],
)
def test_a_line_of_the_fine_ledger_is_charged_or_paid(
    lending: Circulation, named: tuple[str | None, ...], expected: tuple[object, ...], notes: set[str]
) -> None:
    values = dict(zip(("fines_date", "member_id", "debet", "credit", "description"), named, strict=True))
    row, told = taken(lending.fine, FINE, 7, fines_id="4", **values)
    assert isinstance(row, FineRow)
    assert (row.member_no, row.on, row.charged, row.paid, row.description) == expected
    assert (row.source_key, told) == ("slims:fine:4", notes)


def test_a_fine_of_nobody_or_of_no_amount_is_refused(lending: Circulation) -> None:
    row, _ = taken(lending.fine, FINE, 7, fines_id="4", member_id="M9", debet="500")
    assert isinstance(row, Refused)
    assert (row.reason, row.params) == ("member-unknown", {"member_no": "M9", "charged": "500", "paid": "0"})
    for odd in ("-5", "lima ribu", "5.5"):
        assert reason(taken(lending.fine, FINE, 7, member_id="M1", debet=odd)[0]) == "amount-unreadable"
        assert reason(taken(lending.fine, FINE, 7, member_id="M1", credit=odd)[0]) == "amount-unreadable"


@pytest.mark.parametrize(
    ("title", "code", "at", "expected", "notes"),
    [
        ("1", "p001", "2026-01-02 09:30:00", ("slims:biblio:1", "P001", "2026-01-02T09:30:00"), set()),
        ("2", "P009", None, ("slims:biblio:2", "", ""), {"date-unknown"}),
        ("9", "P002", "?", ("", "P002", ""), {"date-unknown"}),
    ],
)
def test_a_hold_waits_for_a_copy_or_a_title(
    lending: Circulation, title: str, code: str, at: str | None, expected: tuple[str, str, str], notes: set[str]
) -> None:
    row, told = taken(lending.hold, HOLD, 7, member_id="M2", biblio_id=title, item_code=code, reserve_date=at)
    assert isinstance(row, HoldRow)
    placed = datetime.fromisoformat(expected[2]) if expected[2] else None
    assert (row.title_key, row.barcode, row.placed_at) == (expected[0], expected[1], placed)
    assert told == notes


def test_a_hold_of_nobody_or_for_nothing_is_refused(lending: Circulation) -> None:
    assert reason(taken(lending.hold, HOLD, 7, member_id="M9", biblio_id="1")[0]) == "member-unknown"
    assert reason(taken(lending.hold, HOLD, 7, member_id="M1", biblio_id="9", item_code="P009")[0]) == "item-unknown"


@pytest.mark.parametrize(
    ("who", "room", "expected"),
    [("m1", "R1", ("M1", "Ruang Baca")), (None, " R2 ", ("", "R2")), ("M9", None, ("", ""))],
)
def test_a_visitor_who_is_no_reader_stays_as_a_guest(
    lending: Circulation, who: str | None, room: str | None, expected: tuple[str, str]
) -> None:
    named = {"member_name": " Tamu\r\n", "institution": "Dakwah", "checkin_date": "2026-01-02 08:00:00"}
    row, _ = taken(lending.visit, VISIT, 7, visitor_id="3", member_id=who, room_code=room, **named)
    assert isinstance(row, VisitRow)
    assert (row.member_no, row.room) == expected
    assert (row.name, row.institution, row.at) == ("Tamu", "Dakwah", datetime.fromisoformat("2026-01-02T08:00:00"))


def test_a_visit_at_no_time_is_refused(lending: Circulation) -> None:
    for odd in (None, "0000-00-00 00:00:00", "kemarin"):
        assert reason(taken(lending.visit, VISIT, 7, member_id="M1", checkin_date=odd)[0]) == "date-unreadable"


LOANS = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "3", "4", None]), st.sampled_from(["P001", "p002", "P009"]),
        st.sampled_from(["M1", "m2", "M9"]), st.sampled_from(["2026-01-05", "2026-01-06", "0000-00-00"]),
        st.sampled_from([None, "2026-01-05", "2026-01-07"]),
    ),
    max_size=12,
)  # fmt: skip


@settings(deadline=None)
@given(LOANS)
def test_however_loans_contradict_each_other_a_copy_is_open_once_and_every_loan_is_answered(
    loans: list[tuple[str | None, str, str, str, str | None]],
) -> None:
    library = Library("slims")
    for code in ("P001", "P002"):
        library.items.add(code, 1)
    for number in ("M1", "M2"):
        library.members.add(number, 1)
    lending = Circulation(library)
    answers = [lent(lending, *loan, line=line)[0] for line, loan in enumerate(loans)]
    late = list(lending.open_loans())
    rows = [row for row in (*answers, *late) if row is not None]
    assert len(rows) == len(loans)
    taken_rows = [row for row in rows if isinstance(row, LoanRow)]
    assert len({row.source_key for row in taken_rows}) == len(taken_rows)
    still_out = [row.barcode for row in taken_rows if row.open]
    assert len(set(still_out)) == len(still_out)


VALUE = st.none() | st.text(max_size=8) | st.sampled_from(["", "0", "1", "P001", "M1", "2026-01-05", "0000-00-00"])


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_any_values_become_a_row_or_a_refusal_of_their_kind(data: st.DataObject) -> None:
    library = Library("slims")
    library.items.add("P001", 1)
    library.members.add("M1", 1)
    lending = Circulation(library)
    readers = {LOAN: lending.loan, FINE: lending.fine, HOLD: lending.hold, VISIT: lending.visit}
    for table, read in readers.items():
        values = data.draw(st.lists(VALUE, min_size=len(table.columns), max_size=len(table.columns)))
        row = read(values, Place("d", 1, table.name), set())
        assert not isinstance(row, Refused) or row.kind == table.kind
