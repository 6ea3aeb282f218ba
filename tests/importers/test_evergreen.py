"""Evergreen's sample library: every row of its dump is a row here or is refused with a reason."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.importers.evergreen import EvergreenOptions, read
from app.importers.problems import ImportProblem
from app.importers.rows import (
    Cancelled,
    ClosedDayRow,
    HoldRow,
    ItemRow,
    LoanRow,
    MemberRow,
    Noted,
    Refused,
    Row,
    TitleRow,
)

KINDS: dict[str, type] = {
    "title": TitleRow,
    "item": ItemRow,
    "member": MemberRow,
    "loan": LoanRow,
    "hold": HoldRow,
}


@pytest.fixture(scope="module")
def rows(shared_data: Path) -> list[Row]:
    return list(read(shared_data / "evergreen_concerto"))


@pytest.mark.parametrize(
    ("kind", "taken", "refused"),
    [
        ("title", 341, {"record-deleted": 3}),  # 344
        ("item", 4825, {"deleted-in-source": 27}),  # 4,852
        ("member", 377, {"deleted-in-source": 1}),  # 378
        ("loan", 486, {}),
        ("hold", 262, {"member-unknown": 2, "hold-kind-unknown": 1}),  # 265
    ],
)
def test_every_row_is_accounted_for(rows: list[Row], kind: str, taken: int, refused: dict[str, int]) -> None:
    assert sum(isinstance(row, KINDS[kind]) for row in rows) == taken
    assert Counter(row.reason for row in rows if isinstance(row, Refused) and row.kind == kind) == refused


def test_closed_days(rows: list[Row]) -> None:
    days = [row for row in rows if isinstance(row, ClosedDayRow)]
    assert len({row.source_key.split(":")[2] for row in days}) == 1091
    assert days[0].on == date(2021, 11, 11)
    assert days[0].description == "Veterans Day"
    assert len({row.source_key for row in days}) == len(days)


def test_one_branch_has_its_own_closed_days(shared_data: Path) -> None:
    folder = shared_data / "evergreen_concerto"
    branch = [row for row in read(folder, EvergreenOptions(branch="RPLS-WEPL")) if isinstance(row, ClosedDayRow)]
    assert 0 < len(branch) < 200
    assert {row.weekday for row in branch if row.weekday is not None} == {6}
    assert not [row for row in read(folder, EvergreenOptions(branch="none")) if isinstance(row, ClosedDayRow)]


def test_loans_are_open_and_hang_together(rows: list[Row]) -> None:
    barcodes = {row.barcode for row in rows if isinstance(row, ItemRow)}
    members = {row.member_no for row in rows if isinstance(row, MemberRow)}
    loans = [row for row in rows if isinstance(row, LoanRow)]
    assert all(loan.open and loan.barcode in barcodes and loan.member_no in members for loan in loans)
    assert len({loan.barcode for loan in loans}) == 486
    assert (loans[0].lent_on, loans[0].due_on) == (date(2014, 5, 14), date(2014, 5, 23))


def test_statuses_members_and_money(rows: list[Row]) -> None:
    assert Counter(row.status for row in rows if isinstance(row, ItemRow))["lost"] == 12
    member = next(row for row in rows if isinstance(row, MemberRow))
    assert (member.name, member.member_no, member.expires_on) == ("Terri Maria Brooks", "99999395390", date(2008, 1, 1))
    assert all(row.price is None for row in rows if isinstance(row, ItemRow))
    notes = {row.note: row.params for row in rows if isinstance(row, Noted)}
    assert int(notes["prices-left-out"]["count"]) > 4000


def test_one_dump_file_is_read_like_a_folder(shared_data: Path, tmp_path: Path, rows: list[Row]) -> None:
    whole = tmp_path / "whole.sql"
    whole.write_bytes(b"\n".join(p.read_bytes() for p in sorted((shared_data / "evergreen_concerto").glob("*.sql"))))
    assert Counter(map(type, read(whole))) == Counter(map(type, rows))


def test_progress_grows_and_may_stop(shared_data: Path) -> None:
    told: list[int] = []

    def stop_late(done: int, total: int) -> None:
        told.append(done)
        if done > 0.9 * total:
            raise Cancelled

    with pytest.raises(Cancelled):
        list(read(shared_data / "evergreen_concerto", progress=stop_late))
    assert len(told) > 3
    assert told == sorted(told)


def test_escapes_nulls_and_torn_rows(tmp_path: Path) -> None:
    path = tmp_path / "x.sql"
    path.write_bytes(
        b"COPY actor.card (id, usr, barcode, active) FROM stdin;\n1\t1\tA1\tt\n2\t1\tA1-lama\tf\n3\t1\tRFID9\tt\n\\.\n"
        b"COPY actor.usr (id, card, profile, first_given_name, family_name, barred, active) FROM stdin;\n"
        b"1\t1\t2\tSiti\\tA.\\nB\\\\\t\\N\tt\tt\nrusak\n2\t9\t2\tTanpa\tKartu\tf\tt\n\\.\n"
    )
    made = list(read(path))
    member = next(row for row in made if isinstance(row, MemberRow))
    assert (member.name, member.member_no, member.card_nos, member.blocked) == ("Siti\tA.\nB\\", "A1", ("RFID9",), True)
    assert [row.reason for row in made if isinstance(row, Refused)] == ["columns-missing", "member-number-missing"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=80))
def test_any_bytes_only_ever_give_rows_or_a_problem(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.sql"
    path.write_bytes(b"COPY actor.usr (id, card, dob) FROM stdin;\n" + data + b"\n1\t1\t9999-99-99\n")
    assert all(isinstance(row, Refused | Noted) for row in read(path))
    path.write_bytes(data)
    with pytest.raises(ImportProblem, match="not-evergreen"):
        list(read(path))
