"""The bulk door writes what the slow way would have written: the same events, the same chain, the same state."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calendar import Calendar
from app.domain.canonical import canonical_text
from app.domain.event import Event, check_body
from app.domain.fold.item import fold_item
from app.domain.ids import derived_id
from app.domain.loan_rule import Terms
from app.domain.records import Item, Member, Title
from app.ports import Finding, ImportPlan, StagedFine, StagedHold, StagedLoan
from db import journal
from db.aggregates import loan_row
from db.check import check_home
from db.import_digest import item_digest, item_words_digest, member_digest, title_digest
from db.import_fold import FreshCopy, Taken, loan_body, loan_values
from db.import_place import stage_path, sweep
from db.importing import StoreImport
from db.records import item_values, member_values, title_values
from tests.builders import Library, founded

TERMS = canonical_text(Terms("slims", 'versi "1"', "slims:rule:3", "", 3, 7, fine_per_day=500).to_json())
ITEM, TITLE, PARTY = "1" * 32, "2" * 32, "3" * 32


class _Rules:
    zone = "Asia/Jakarta"

    def calendar(self, _policy: str) -> Calendar:
        return Calendar()


def staged(number: int, lent: str, back: str, at: int, *, open_: bool = False, renewals: int = 0) -> StagedLoan:
    """A staged loan of the one copy."""
    key = f'slims:loan:"{number}"'
    return StagedLoan(
        key, derived_id("loan", key), "B1", "b1", "M1", "m1", lent, "2026-02-01", "" if open_ else back, open_,
        renewals, "", at, "dump.sql", number,
    )  # fmt: skip


_LOANS = st.lists(
    st.tuples(
        st.integers(0, 4_000_000_000_000),
        st.sampled_from(["2026-01-05", "2025-12-31"]),
        st.sampled_from(["", "2026-01-09"]),
        st.integers(0, 3),
    ),
    max_size=6,
)


@given(_LOANS, st.booleans(), st.one_of(st.none(), st.integers(0, 10_000_000)), st.sampled_from([TERMS, "{}"]))
def test_a_fresh_copy_is_what_the_fold_makes_of_it(
    past: list[tuple[int, str, str, int]], is_out: bool, price: int | None, terms: str
) -> None:
    loans = [staged(n, lent, back, at, renewals=r) for n, (at, lent, back, r) in enumerate(sorted(past))]
    if is_out:
        loans.append(staged(99, "2026-01-20", "", max([loan.at for loan in loans], default=5), open_=True))
    copy, events, rows = FreshCopy(ITEM), [], {}
    for seq, loan in enumerate(loans, 7):
        taken = Taken(loan, ITEM, TITLE, PARTY, "2026-02-01", terms if loan.open else "{}", "v 1", price)
        body = json.loads(loan_body(taken))
        assert loan_body(taken) == canonical_text(body)
        assert check_body("loan.imported", body) == ""
        events.append(
            Event(loan.loan_id, "l" * 32, "d" * 32, "i" * 16, seq, loan.at, 0, 0, "b", "loan.imported", "", body)
        )
        copy.add(taken, f'[{loan.at},"{"d" * 32}","{"i" * 16}",{seq}]')
        rows[loan.loan_id] = loan_values(taken)
    folded = fold_item(ITEM, events, _Rules())
    assert copy.is_empty == (not loans)
    if loans:
        assert copy.state() == (folded.state.text().decode(), folded.state.hash())
    assert rows == {loan.id: loan_row(loan) for loan in folded.loans}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """A library with nothing in it but its rules."""
    lib = founded(tmp_path)
    yield lib
    lib.close()


def plan(**more: object) -> ImportPlan:
    """A plan with fixed terms."""
    return ImportPlan("r" * 32, "slims", lambda *_: (TERMS, "campus-1"), **more)  # type: ignore[arg-type]


def fill(door: StoreImport, loans: int = 40) -> None:
    """Two readers, twenty copies of ten titles, loans, fines and a hold."""
    door.begin()
    for n in range(10):
        door.title(Title(derived_id("title", f"s:t:{n}"), f"Judul {n}", ("A. Penulis",), source_key=f"s:t:{n}"), "f", n)
    for n in range(20):
        item = Item(derived_id("item", f"s:i:{n}"), "", f"B{n}", price=5000 * n or None, source_key=f"s:i:{n}")
        door.item(item, f"s:t:{n // 2}", "", "f", n)
    for n in range(2):
        member = Member(derived_id("member", f"s:m:{n}"), f"M{n}", f"Nama {n}", "x", source_key=f"s:m:{n}")
        door.member(member, "f", n)
    for n in range(loans):
        barcode, number = f"B{n % 20}", f"M{n % 2}"
        is_open = n >= loans - 5
        door.loan(
            StagedLoan(
                f"s:l:{n}", derived_id("loan", f"s:l:{n}"), barcode, barcode.lower(), number, number.lower(),
                "2026-02-02", "2026-02-09", "" if is_open else "2026-02-05", is_open, n % 3, "", 1_770_000_000_000 + n,
                "f", n,
            )
        )  # fmt: skip
    door.fine(StagedFine("s:f:1", "m0", "M0", 3000, 1000, "Denda B1", "b1", 1_770_000_000_000, "f", 1))
    door.hold(StagedHold("s:h:1", derived_id("hold", "s:h:1"), "m1", "M1", "s:t:0", "", 1_770_000_000_500, "f", 1))
    door.finding(Finding("title", False, "title-missing", "f", 3, "biblio", "{}", "x"))


def test_what_was_taken_in_bulk_is_what_a_rebuild_makes(library: Library) -> None:
    door = StoreImport(library.store)
    fill(door)
    totals = door.commit(plan(type_codes={"x": "mahasiswa"}), lambda *_: None)
    assert [finding.reason for finding in door.findings()] == ["title-missing"]
    door.close()
    assert totals.accepted == {
        "title": 10, "item": 20, "member": 2, "open-loan": 5, "past-loan": 35, "fine": 1, "hold": 1, "visit": 0,
    }  # fmt: skip
    report = check_home(library.store, None)
    assert report.ok, report.faults
    assert totals.reconcile["fines-owed"] == (2000, 2000)
    events = list(journal.all_events(library.store.connection, library.store.identity.library))
    imported = [event for event in events if event.kind == "loan.imported"]
    assert len(imported) == 40
    assert all(event.late for event in imported)
    # One token for what is over, one for what is open; the open one is the one the desk goes on with.
    assert len({event.body["party"] for event in imported}) == 4
    with library.store.read() as facts:
        hit = facts.member_by_card("m0")[0]
        assert hit.member.member_type == "mahasiswa"
        assert hit.facts.owed == 2000
        assert hit.parties[0] in {event.body["party"] for event in imported if event.body["open"]}
        assert facts.find_titles("judul 3", 5).rows[0].copies == 2
    assert not stage_path(library.store.home).exists()


def test_a_taken_library_can_be_searched_as_if_it_were_typed_in(library: Library) -> None:
    door = StoreImport(library.store)
    fill(door)
    door.commit(plan(), lambda *_: None)
    door.close()

    def found() -> list[str]:
        with library.store.read() as facts:
            words = ("judul", "penulis", "b1", "nama 1")
            hits = [hit.title.id for word in words for hit in facts.find_titles(word, 30).rows]
            return hits + [member.id for word in words for member in facts.find_members(word, 30).rows]

    from db.rebuild import reindex

    before = found()
    reindex(library.store.connection)
    assert before
    assert found() == before


def test_a_dry_run_takes_everything_back(library: Library) -> None:
    door = StoreImport(library.store)
    fill(door)
    events, state = library.store.author.seq, library.store.projection.state_hash
    totals = door.commit(plan(dry_run=True), lambda *_: None)
    door.close()
    assert totals.accepted["item"] == 20
    assert (library.store.author.seq, library.store.projection.state_hash) == (events, state)
    assert library.store.connection.execute("SELECT count(*) FROM item").fetchone() == (0,)
    assert check_home(library.store, None).ok


def test_the_waiting_rows_are_encrypted_and_swept_away(library: Library) -> None:
    door = StoreImport(library.store)
    fill(door)
    for table in ("title", "member"):
        door._flush(table)
    assert door._stage is not None
    door._stage.execute("COMMIT")
    written = stage_path(library.store.home).read_bytes()
    assert len(written) > 4096
    assert b"Nama 1" not in written
    assert b"SQLite format" not in written
    door.close()
    stage_path(library.store.home).write_bytes(b"x")
    sweep(library.store.home)
    assert not stage_path(library.store.home).exists()


def test_a_code_of_another_title_stays_with_its_copy(library: Library) -> None:
    library.item("B3", "Buku lain sama sekali")
    door = StoreImport(library.store)
    fill(door)
    totals = door.commit(plan(), lambda *_: None)
    reasons = [finding.reason for finding in door.findings()]
    door.close()
    assert "barcode-of-other-title" in reasons
    assert totals.accepted["item"] == 19
    with library.store.read() as facts:
        assert [hit.title.title for hit in facts.item_by_code("b3")] == ["Buku lain sama sekali"]
    assert check_home(library.store, None).ok


def test_letters_that_are_no_letters_do_not_stop_an_import(library: Library) -> None:
    door = StoreImport(library.store)
    door.begin()
    title = Title(derived_id("title", "s:t:1"), "rusak \ud800 di sini", source_key="s:t:1")
    door.title(title, "f", 1)
    totals = door.commit(plan(), lambda *_: None)
    door.close()
    assert totals.accepted["title"] == 1
    with library.store.read() as facts:
        assert facts.find_titles("rusak", 3).rows[0].title.title == "rusak ? di sini"


def test_a_digest_says_whether_the_source_says_the_same() -> None:
    title = Title("a" * 32, "Judul", cover="x", source_key="s:1")
    row = title_values(title)
    stored = (*row[:19], 0, *row[20:])
    assert title_digest(row) == title_digest(stored)
    assert title_digest(("b" * 32, *row[1:18], "y", *row[19:])) == title_digest(row)
    assert title_digest((row[0], "Lain", *row[2:])) != title_digest(row)
    item = item_values(Item("a" * 32, "t", "B1", source_key="s:2"))
    assert item_words_digest(item) == item_words_digest((item[0], "other", *item[2:15], 0, item[16]))
    assert item_digest(item, "k", "") != item_digest(item, "", "k")
    member = member_values(Member("a" * 32, "M1", "Nama", "x", source_key="s:3"))
    other = member_values(Member("a" * 32, "M1", "Nama", "x", card_lost=True, photo="p", source_key="s:3"))
    assert member_digest(member) == member_digest(other)
    assert len(hashlib.blake2b(digest_size=16).digest()) == len(member_digest(member))
