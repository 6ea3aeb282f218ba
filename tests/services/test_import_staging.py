"""Rows wait under the ids, keys and moments they will have."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from app.domain.clock import local_datetime
from app.domain.ids import derived_id
from app.importers.rows import FineRow, ItemRow, LoanRow, MemberRow, Place, Refused, TitleRow, VisitRow
from app.services.import_staging import Staging

HERE = Place("dump.sql", 7, "loan")
ZONE = "Asia/Makassar"
NOW = 1_795_000_000_000


class Door:
    """Keeps what is put."""

    def __init__(self) -> None:
        self.put: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *values: self.put.append((name, values))


def staged(*rows: Any) -> tuple[Staging, list[tuple[str, tuple[Any, ...]]]]:
    """The rows put through."""
    door = Door()
    staging = Staging(door, ZONE, NOW)  # type: ignore[arg-type]
    for row in rows:
        staging.put(row)
    return staging, door.put


def test_a_loan_stands_at_noon_of_the_day_that_is_known_last() -> None:
    open_ = LoanRow("s:loan:1", HERE, "B-1", "M1", date(2026, 3, 1), date(2026, 3, 8))
    past = LoanRow("s:loan:2", HERE, "ب1", "m1", date(2026, 3, 1), None, date(2026, 3, 4), open=False, renewals=-2)
    staging, put = staged(open_, past)
    (first, second) = (values[0] for _, values in put)
    assert local_datetime(first.at, ZONE).isoformat() == "2026-03-01T12:00:00+08:00"
    assert local_datetime(second.at, ZONE).isoformat() == "2026-03-04T12:00:00+08:00"
    assert (first.loan_id, first.barcode_key, first.open, first.returned) == (
        derived_id("loan", "s:loan:1"), "b-1", True, "",
    )  # fmt: skip
    assert (second.due, second.renewals, second.returned) == ("", 0, "2026-03-04")
    assert (staging.seen["open-loan"], staging.seen["past-loan"]) == (1, 1)


def test_a_fine_knows_the_code_at_the_end_of_its_words() -> None:
    _, put = staged(FineRow("s:f:1", HERE, "M1", None, 500, 0, "Overdue fines for item B00001"))
    assert (put[0][1][0].copy_key, put[0][1][0].at) == ("b00001", NOW)


def test_refused_fines_are_added_up_for_the_sheet() -> None:
    rows = [
        Refused("fine", "member-unknown", HERE, {"charged": "2000", "paid": "500"}),
        Refused("fine", "amount-unreadable", HERE, {"charged": "dua ribu", "paid": "0"}),
    ]
    staging, put = staged(*rows)
    assert (staging.owed_refused, staging.refused["fine"]) == (1500, 2)
    assert json.loads(put[0][1][0].params) == {"charged": "2000", "paid": "500"}


def test_of_a_reader_s_row_the_report_gets_place_and_number_only() -> None:
    row = "23.01 | Nur Aini | 0812 3456 7890"
    member = Refused("member", "member-number-repeated", HERE, {"member_no": "23.01"}, row)
    title = Refused("title", "title-missing", HERE, {}, "Fikih | 1998")
    _, put = staged(member, title)
    of_member, of_title = (values[0] for _, values in put)
    assert (of_member.line, json.loads(of_member.params), of_member.excerpt) == (7, {"member_no": "23.01"}, "")
    assert of_title.excerpt == "Fikih | 1998"


def test_records_get_ids_that_stay() -> None:
    title = TitleRow("s:t:1", HERE, "Judul", cover="a.jpg")
    item = ItemRow("s:i:1", HERE, "B1", "s:t:1", status="gibberish")
    member = MemberRow("s:m:1", HERE, "M1", "Nama", member_type="s:type:1", photo="x.jpg")
    staging, put = staged(
        title, item, member, VisitRow("s:v:1", HERE, datetime.fromisoformat("2026-01-01T09:30"), "M1")
    )
    values = [entry[1][0] for entry in put]
    assert [values[0].id, values[1].id, values[2].id] == [
        derived_id("title", "s:t:1"), derived_id("item", "s:i:1"), derived_id("member", "s:m:1"),
    ]  # fmt: skip
    # A status nobody knows does not keep a book from being lent, and no picture is taken unless asked for.
    assert values[1].status == "available"
    assert (values[0].cover, values[2].photo, staging.named_pictures) == ("", "", {"title": [], "member": []})
    assert list(staging.rules.said_types) == ["s:type:1"]
    assert local_datetime(values[3].at, ZONE).hour == 9
