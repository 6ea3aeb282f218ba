"""What is written out is all there, harmless in a spreadsheet, and comes in again as the same library."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.domain.canonical import canonical_text
from app.services.exports import LISTS, SLIMS_FILES, write_list, write_slims
from db.exporting import StoreExport
from tests.flows.desk_process import Place
from tests.flows.moving_in import SlimsLibrary, empty_home, take
from tests.importers.slims_dump_text import create

NOW = datetime(2099, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A library that came from SLiMS, with everything that can be written out."""
    place = empty_home(tmp_path)
    monkeypatch.setenv("MEJA_CONFIG_DIR", str(place.config))
    slims = SlimsLibrary(
        fines=[
            (1, "2026-01-09", "M001", 2000, 500, "Overdue fines for item B00001"),
            (2, "2026-01-09", "M002", 0, 700, "x"),
        ],
        reserves=[(4, "M002", 2, "B00003", "2026-02-02 10:00:00")],
        members={"M003": {"member_name": "=cmd|' /C calc'!A0", "is_pending": 1}},
    )
    slims.loan(7, "B00001", "M001", "2026-01-01", "2026-01-08", back="2026-01-07")
    slims.loan(8, "B00003", "M001", "2026-02-01", "2026-02-08", renewed=1)
    take(place, [slims.write(tmp_path / "a.sql")])
    return place


def written(home: Place, what: str, format_: str) -> str:
    """One list as text."""
    out = io.StringIO(newline="")
    with home.store() as store, StoreExport(store) as library:
        write_list(library, what, format_, out)
    return out.getvalue()


@pytest.mark.parametrize("what", list(LISTS))
def test_both_forms_have_the_same_rows(home: Place, what: str) -> None:
    lines = [json.loads(line) for line in written(home, what, "jsonl").splitlines()]
    rows = list(csv.DictReader(io.StringIO(written(home, what, "csv"), newline="")))
    assert len(lines) == len(rows) > 0
    assert tuple(rows[0]) == tuple(LISTS[what].columns)
    if what != "journal":
        assert tuple(lines[0]) == tuple(LISTS[what].columns)


def test_the_journal_is_the_text_its_chain_was_made_of(home: Place) -> None:
    lines = written(home, "journal", "jsonl").splitlines()
    assert lines == [event.canonical() for event in home.events()]
    assert all(canonical_text(json.loads(line)) == line for line in lines)


def test_a_name_that_is_a_formula_is_text(home: Place) -> None:
    assert "'=cmd" in written(home, "members", "csv")
    assert '"=cmd' in written(home, "members", "jsonl")


def test_loans_and_money_are_told_in_full(home: Place) -> None:
    loans = {line["barcode"]: line for line in map(json.loads, written(home, "loans", "jsonl").splitlines())}
    assert (loans["B00001"]["returned_on"], loans["B00001"]["open"]) == ("2026-01-07", False)
    assert (loans["B00003"]["renewals"], loans["B00003"]["open"], loans["B00003"]["source"]) == (
        1,
        True,
        "slims:loan:8",
    )
    (charge,) = map(json.loads, written(home, "charges", "jsonl").splitlines())
    assert (charge["amount"], charge["paid"], charge["left"], charge["source"]) == (2000, 500, 1500, "slims:fine:1")
    (hold,) = map(json.loads, written(home, "holds", "jsonl").splitlines())
    assert (hold["member_no"], hold["state"], hold["source"]) == ("M002", "waiting", "slims:reserve:4")


def back_to_slims(home: Place, folder: Path) -> dict[str, int]:
    """Write the files for SLiMS."""
    folder.mkdir()
    with home.store() as store, StoreExport(store) as library:
        counts, _ = write_slims(library, store.policies.on(NOW.date()), folder, NOW)
    return counts


def test_the_way_back_keeps_slims_own_numbers(home: Place, tmp_path: Path) -> None:
    counts = back_to_slims(home, tmp_path / "out")
    assert counts == {"titles": 3, "items": 4, "members": 3, "loans": 2, "fines": 2, "holds": 1, "closed_days": 0}
    sql = (tmp_path / "out" / SLIMS_FILES[3]).read_text(encoding="utf-8")
    assert "(8,'B00003','M001','2026-02-01','2026-02-08',1,0,1,0,NULL," in sql
    assert "(1,'2026-01-09','M001',2000,500," in sql
    assert "UPDATE `member` SET `is_pending`=1 WHERE `member_id`='M003'" in sql


def test_what_was_written_for_slims_comes_in_again(
    home: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_to_slims(home, tmp_path / "out")
    again = empty_home(tmp_path / "second")
    monkeypatch.setenv("MEJA_CONFIG_DIR", str(again.config))
    answer = take(again, [tmp_path / "out" / name for name in SLIMS_FILES[:3]])
    assert answer["accepted"] == {"title": 3, "item": 4, "member": 3}
    tables = "".join(create(table) for table in ("loan", "fines", "reserve"))
    sql = tables + (tmp_path / "out" / SLIMS_FILES[3]).read_text(encoding="utf-8")
    counted: dict[str, Any] = {name: sql.count(f"INSERT INTO `{name}`") for name in ("loan", "fines", "reserve")}
    assert counted == {"loan": 2, "fines": 2, "reserve": 1}
